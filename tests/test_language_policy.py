"""Measures of language policy: cases worked by hand, properties, and the published examples and figures."""

from __future__ import annotations

import itertools
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data
from turkic_ties import language_policy as lp
from turkic_ties.countries import MEMBERS
from turkic_ties.parameters import LanguagePolicyParameters

TABLES = {
    address.split("/")[1]: data.load(address) for address in data.addresses("language_policy")
}
PAIRS = list(itertools.combinations(MEMBERS, 2))
# Only a pair with Kazakhstan depends on the version; the functions under test are called in both directions.
VERSIONS_OF_PAIRS = [
    (*pair, version)
    for pair in PAIRS
    for version in lp.VERSIONS
    if "KAZ" in pair or version == "2021"
]
KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
KAZAKH_CAPITALS = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"
USE_TABLES = ("language_figures", "census_mother_tongue", "home_language_instruction")


def alphabets(**letters: str) -> pd.DataFrame:
    """Lay out alphabets given as letters separated by blanks."""
    rows = [
        (name, i, letter) for name, text in letters.items() for i, letter in enumerate(text.split())
    ]
    return pd.DataFrame(rows, columns=["alphabet", "position", "lower"])


def counts(**words: dict[str, int]) -> pd.DataFrame:
    """Lay out the word counts of Latin texts, one a language."""
    rows = [
        ("c", language, "Latn", word, n)
        for language, text in words.items()
        for word, n in text.items()
    ]
    return pd.DataFrame(rows, columns=["corpus", "language", "script", "word", "count"])


def cognates(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["language", "concept", "cognate_set", "segments"])


def similarity(country: str, partner: str, **options: Any) -> pd.DataFrame:
    words = options.pop("word_form_counts", TABLES["word_form_counts"])
    return lp.text_similarity(words, TABLES["kazakh_latin"], country, partner, **options)


def in_latin(text: str, version: str) -> str:
    return lp.transliterate(TABLES["kazakh_latin"], text, version).text


# -- the state languages ----------------------------------------------------------------------------------------


def test_the_state_languages_are_those_of_the_table_and_official_by_cldr() -> None:
    table = TABLES["languages"].dropna(subset="state")
    assert dict(zip(table["state"], table["language"], strict=True)) == lp.STATE_LANGUAGES
    assert dict(zip(table["state"], table["alphabet"], strict=True)) == lp.ALPHABETS
    official = TABLES["territory_languages"].query("official")
    tags = {"KAZ": "kk", "TUR": "tr", "AZE": "az", "UZB": "uz", "KGZ": "ky", "TKM": "tk"}
    assert set(tags.items()) <= set(zip(official["iso3"], official["language_tag"], strict=True))


# -- letters ----------------------------------------------------------------------------------------------------


def test_a_report_can_be_asked_for_every_version_and_no_other() -> None:
    assert get_args(LanguagePolicyParameters.model_fields["alphabet"].annotation) == lp.VERSIONS


def test_letters_shared_of_two_small_alphabets_by_hand() -> None:
    # Shared: a, sh. All letters of either: a, sh, o', s, h, b. So 2/6, 2/3 of the first and 2/5 of the second.
    table = alphabets(kk_latn_2021="a sh o'", uz_latn_1995="a s h sh b")
    overlap = lp.letters_shared(table, "KAZ", "UZB", "2021")
    assert overlap.shared == ("a", "sh")
    assert overlap.country_only == ("o'",)
    assert overlap.partner_only == ("s", "h", "b")
    assert overlap.jaccard_pct == pytest.approx(100 / 3)
    assert overlap.country_pct == pytest.approx(200 / 3)
    assert overlap.partner_pct == pytest.approx(40)


def test_an_apostrophe_letter_is_not_its_plain_letter() -> None:
    overlap = lp.letters_shared(TABLES["alphabets"], "KAZ", "TUR", "2017")
    assert {"a'", "s'"} <= set(overlap.country_only)
    assert {"ş", "ö"} <= set(overlap.partner_only)


@pytest.mark.parametrize(("country", "partner", "version"), VERSIONS_OF_PAIRS)
def test_the_overlap_of_letters_is_symmetric_and_a_share(
    country: str, partner: str, version: str
) -> None:
    there = lp.letters_shared(TABLES["alphabets"], country, partner, version)
    back = lp.letters_shared(TABLES["alphabets"], partner, country, version)
    assert 0 <= there.jaccard_pct <= 100
    assert there.jaccard_pct == back.jaccard_pct
    assert there.country_pct == back.partner_pct
    assert set(there.shared) == set(back.shared)
    assert there.jaccard_pct <= min(there.country_pct, there.partner_pct)
    for one, other, overlap in ((country, partner, there), (partner, country, back)):
        sounds = lp.shared_letter_sounds(
            TABLES["alphabets"],
            TABLES["letter_sounds"],
            TABLES["kazakh_latin"],
            one,
            other,
            version,
        )
        assert tuple(sounds["letter"]) == overlap.shared
        assert set(sounds["relation"]) <= {"same", "partly", "different", "unknown"}


def test_the_alphabets_have_the_announced_numbers_of_letters() -> None:
    sizes = TABLES["alphabets"].groupby("alphabet").size()
    announced = {
        "kk_cyrl": 42,
        "kk_latn_2017": 32,
        "kk_latn_2018": 32,
        "kk_latn_2021-01": 31,
        "kk_latn_2021": 31,
    }
    announced |= {"tr_latn": 29, "az_latn": 32, "cta_1991": 34, "cta_2024": 34, "ky_cyrl": 36}
    assert sizes[list(announced)].to_dict() == announced


def test_letters_of_turkish_and_the_kazakh_draft_of_2021() -> None:
    # Turkish has 29 letters; of these only c and ç are missing in the draft of 31. Union: 29 + 31 - 27 = 33.
    overlap = lp.letters_shared(TABLES["alphabets"], "KAZ", "TUR", "2021")
    assert overlap.partner_only == ("c", "ç")
    assert len(overlap.shared) == 27
    assert overlap.jaccard_pct == pytest.approx(100 * 27 / 33)


def test_latin_and_kyrgyz_share_nothing_and_cyrillic_contains_the_kyrgyz_letters() -> None:
    assert lp.letters_shared(TABLES["alphabets"], "KAZ", "KGZ", "2021").shared == ()
    assert lp.letters_shared(TABLES["alphabets"], "KAZ", "KGZ", "cyrillic").partner_pct == 100


def test_all_overlaps_agree_with_the_overlap_of_a_pair() -> None:
    table = lp.alphabet_overlaps(TABLES["alphabets"]).set_index(["alphabet", "other"])
    row = table.loc[("kk_latn_2021", "tr_latn")]
    pair = lp.letters_shared(TABLES["alphabets"], "KAZ", "TUR", "2021")
    assert (row["shared"], row["jaccard_pct"], row["found_pct"]) == (
        27,
        pair.jaccard_pct,
        pair.country_pct,
    )
    assert len(table) == 18 * 17


def test_false_friends_by_hand() -> None:
    # Kazakh y is ы, Turkish y is a consonant; i is и and й; b is b in both; q is unknown to the table of sounds.
    letters = alphabets(kk_latn_2021="y b i q", tr_latn="b y i q")
    sounds = pd.DataFrame(
        [
            ("kk_cyrl", "ы", "ə", "ı"),
            ("kk_cyrl", "б", "b", "b"),
            ("kk_cyrl", "и", "ij", "i"),
            ("kk_cyrl", "й", "j", "y"),
            ("tr_latn", "y", "j", "y"),
            ("tr_latn", "b", "b", "b"),
            ("tr_latn", "i", "i", "i"),
        ],
        columns=["alphabet", "grapheme", "ipa", "sound"],
    )
    written = [
        ("2021", "ы", "y"),
        ("2021", "б", "b"),
        ("2021", "и", "i"),
        ("2021", "й", "i"),
        ("2018", "ы", "b"),
    ]
    latin = pd.DataFrame(written, columns=["version", "cyrillic_lower", "latin_lower"]).assign(
        basis="official"
    )
    table = lp.shared_letter_sounds(letters, sounds, latin, "KAZ", "TUR", "2021").set_index(
        "letter"
    )
    assert table["relation"].to_dict() == {
        "y": "different",
        "b": "same",
        "i": "partly",
        "q": "unknown",
    }
    assert table.loc["i", "country_ipa"] == "ij, j"


def test_the_draft_of_2021_has_three_false_friends_with_turkish() -> None:
    table = lp.shared_letter_sounds(
        TABLES["alphabets"], TABLES["letter_sounds"], TABLES["kazakh_latin"], "KAZ", "TUR", "2021"
    )
    assert set(table.loc[table["relation"] == "different", "letter"]) == {"ı", "u", "y"}
    assert set(table.loc[table["relation"] == "partly", "letter"]) == {"i"}


def test_the_letter_table_shows_each_kazakh_letter_once_and_marks_shared_ones() -> None:
    table = lp.letter_table(TABLES["alphabets"], TABLES["kazakh_latin"], "2021").set_index(
        "cyrillic"
    )
    assert "".join(table.index) == KAZAKH
    assert table.loc["ш", ["2017", "2018", "2019", "2021"]].tolist() == ["s'", "sh", "ş", "ş"]
    assert (table.loc["ш", "tr_latn"], table.loc["ш", "uz_latn_1995"]) == ("ş", "")
    assert (table.loc["ә", "tk_latn"], table.loc["ә", "az_latn"]) == ("ä", "")
    assert "".join(table.index[table["spelled_out"]]) == "ёцчщъьэюя"
    shown = {letter for letter in table["tr_latn"] if letter}
    assert shown == set(lp.letters_shared(TABLES["alphabets"], "KAZ", "TUR", "2021").shared)


# -- transliteration --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "cyrillic", "latin"),
    [
        # The name of the state as printed with each decree.
        ("2017", "Қазақстан Республикасы", "Qazaqstan Respy'bli'kasy"),
        ("2018", "Қазақстан Республикасы", "Qazaqstan Respýblıkasy"),
        ("2021", "Қазақстан Республикасы", "Qazaqstan Respublikasy"),
        # The decree of 2017 as a news agency printed it in its own alphabet.
        ("2017", "көшіру туралы жарлыққа қол қойды", "ko's'iry' ty'raly jarlyqqa qol qoi'dy"),
        # A text of 1902 that is printed in both scripts.
        (
            "2021",
            "Бұрыңғы өткен заманда, бір данышпан кісі",
            "Būryñğy ötken zamanda, bır danyşpan kısı",
        ),
        (
            "2021",
            "Бағдат шаһарының бір үлкен қазысының үйіне келіп",
            "Bağdat şaharynyñ bır ülken qazysynyñ üiıne kelıp",
        ),
        ("2021", "— „Бұл маған келген бала", "— „Būl mağan kelgen bala"),
    ],
)
def test_published_parallel_texts_are_reproduced(version: str, cyrillic: str, latin: str) -> None:
    assert in_latin(cyrillic, version) == latin


@pytest.mark.parametrize("version", lp.LATIN_VERSIONS)
def test_the_table_holds_every_kazakh_letter(version: str) -> None:
    table = TABLES["kazakh_latin"].query("version == @version")
    assert set(table["cyrillic_lower"]) == set(KAZAKH)
    written = lp.transliterate(TABLES["kazakh_latin"], KAZAKH + KAZAKH_CAPITALS, version)
    assert written.unknown == ()


def test_the_dotless_i_and_the_shared_capital_of_2018() -> None:
    assert in_latin("Іні ини", "2021") == "Inı ini"
    assert in_latin("Ини", "2021") == "İni"
    assert in_latin("Іні Ини", "2018") == "Ini Inı"
    assert in_latin("Іні", "2019") == "İni"


def test_a_capital_that_becomes_two_letters_follows_its_word() -> None:
    assert in_latin("Шал ШАЛ БАШ Ш шал", "2018") == "Shal SHAL BASH Sh shal"
    assert in_latin("Ялта ЯЛТА", "2021") == "İalta İALTA"
    assert in_latin("Әже ӘЖЕ", "2017") == "A'je A'JE"


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert in_latin("и\u0306", "2021") == in_latin("й", "2021") == "i"


def test_letters_that_are_not_kazakh_are_kept_and_reported() -> None:
    result = lp.transliterate(TABLES["kazakh_latin"], "Ўзбек ва NATO, Ћ 2021", "2021")
    assert result.text == "Ўzbek va NATO, Ћ 2021"
    assert result.unknown == ("Ћ", "Ў")


def tokens(text: str, letters: list[str]) -> list[str] | None:
    """Read a text as letters of an alphabet, the longest first; None when a sign belongs to none."""
    found = []
    while text:
        letter = next(
            (one for one in sorted(letters, key=len, reverse=True) if text.startswith(one)), None
        )
        if letter is None:
            return None
        found.append(letter)
        text = text[len(letter) :]
    return found


@given(text=st.text(KAZAKH, max_size=30), version=st.sampled_from(lp.LATIN_VERSIONS))
@settings(max_examples=60, deadline=None)
def test_no_letter_outside_the_alphabet_of_the_version_is_written(text: str, version: str) -> None:
    letters = TABLES["alphabets"].query("alphabet == @lp.alphabet_of('KAZ', @version)")
    assert tokens(in_latin(text, version), list(letters["lower"])) is not None
    capitals = text.translate(str.maketrans(KAZAKH, KAZAKH_CAPITALS))
    signs = {sign for letter in [*letters["upper"], *letters["lower"]] for sign in letter} | {"H"}
    assert set(in_latin(capitals, version)) <= signs


@given(text=st.text(KAZAKH, min_size=2, max_size=30), version=st.sampled_from(lp.LATIN_VERSIONS))
@settings(max_examples=60, deadline=None)
def test_case_is_preserved(text: str, version: str) -> None:
    latin = TABLES["alphabets"].query("alphabet == @lp.alphabet_of('KAZ', @version)")
    small, large = latin["lower"], latin["upper"]
    case = {a: b for pair in zip(small, large, strict=True) for a, b in zip(*pair, strict=True)} | {
        "h": "H"
    }
    capitals = text.translate(str.maketrans(KAZAKH, KAZAKH_CAPITALS))
    expected = "".join(case.get(sign, sign) for sign in in_latin(text, version))
    assert in_latin(capitals, version) == expected


@given(
    words=st.lists(st.text(KAZAKH + " -", max_size=8), max_size=6),
    version=st.sampled_from(lp.LATIN_VERSIONS),
)
@settings(max_examples=40, deadline=None)
def test_small_letters_are_written_alike_wherever_they_stand(
    words: list[str], version: str
) -> None:
    assert in_latin("".join(words), version) == "".join(in_latin(word, version) for word in words)


def test_the_longest_entry_is_replaced_first() -> None:
    rows = [
        ("2021", "с", "С", "s", "S"),
        ("2021", "х", "Х", "h", "H"),
        ("2021", "сх", "СХ", "x", "X"),
    ]
    columns = ["version", "cyrillic_lower", "cyrillic_upper", "latin_lower", "latin_upper"]
    assert lp.transliterate(pd.DataFrame(rows, columns=columns), "схс", "2021").text == "xs"


def test_what_the_versions_no_longer_tell_apart() -> None:
    lost = {
        version: lp.lost_distinctions(TABLES["kazakh_latin"], version)
        for version in lp.LATIN_VERSIONS
    }
    for table in lost.values():
        same = set(table.loc[(table["kind"] == "same letters") & ~table["loan"], "cyrillic"])
        assert same == {"и / й", "х / һ"}
        assert table.loc[table["kind"] == "not written", "cyrillic"].tolist() == ["ъ / ь"]
    capitals = lost["2018"].query("kind == 'same capitals'")
    assert capitals["cyrillic"].tolist() == ["И / Й / І"]
    assert "ш / сх / сһ" in set(lost["2018"]["cyrillic"])
    assert "same capitals" not in set(lost["2021"]["kind"])


# -- running text -----------------------------------------------------------------------------------------------


def test_similarity_of_two_small_texts_by_hand() -> None:
    # " ab" and "ab " against those and " cd", "cd ": cosine 2 / (sqrt 2 · sqrt 4). The only word is in the other text.
    words = counts(aze={"ab": 1}, tur={"ab": 1, "cd": 1})
    row = similarity("AZE", "TUR", word_form_counts=words).iloc[0]
    assert row["cosine"] == pytest.approx(2 / np.sqrt(8))
    assert row["identical_pct"] == 100
    assert (row["words"], row["partner_words"]) == (1, 2)
    # Seen from the other side one of the two running words is in the first text.
    assert similarity("TUR", "AZE", word_form_counts=words).iloc[0]["identical_pct"] == 50


def test_equal_texts_are_alike_and_texts_without_common_letters_are_not() -> None:
    same = similarity(
        "AZE", "TUR", word_form_counts=counts(aze={"su": 3, "ot": 1}, tur={"su": 3, "ot": 1})
    ).iloc[0]
    assert same["cosine"] == pytest.approx(1)
    assert same["cosine_high"] == 1
    other = similarity("AZE", "TUR", word_form_counts=counts(aze={"su": 3}, tur={"kel": 1})).iloc[0]
    assert (other["cosine"], other["identical_pct"]) == (0, 0)


def test_two_forms_that_latin_merges_count_as_the_partners_form() -> None:
    # и and й are both i in 2021: 2 of 3 running words of the Kazakh text are then the Turkish word ai.
    kazakh = pd.DataFrame(
        [
            ("c", "kaz", "Cyrl", "аи", 1),
            ("c", "kaz", "Cyrl", "ай", 1),
            ("c", "kaz", "Cyrl", "от", 1),
        ]
    )
    kazakh.columns = pd.Index(["corpus", "language", "script", "word", "count"])
    words = pd.concat([kazakh, counts(tur={"ai": 1, "su": 1})])
    table = similarity("KAZ", "TUR", word_form_counts=words).set_index("version")
    assert table.loc["2021", "identical_pct"] == pytest.approx(200 / 3)
    assert table.loc["2018", "identical_pct"] == 0
    assert table.loc["cyrillic", "cosine"] == 0


@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_every_pair_has_text_with_figures_in_their_bounds(country: str, partner: str) -> None:
    udhr = TABLES["word_form_counts"].query("corpus == 'udhr'")
    table = similarity(country, partner, word_form_counts=udhr, draws=3)
    back = similarity(partner, country, word_form_counts=udhr, draws=3)
    assert not table.empty
    assert set(table["version"]) == ({*lp.VERSIONS} if "KAZ" in (country, partner) else {""})
    assert sorted(table["cosine"].round(12)) == sorted(back["cosine"].round(12))
    for name, most in (("cosine", 1), ("identical_pct", 100)):
        low, high = (
            name.replace("_pct", "") + f"_{end}" + ("_pct" if most == 100 else "")
            for end in ("low", "high")
        )
        assert (table[[name, low, high]] >= 0).all(axis=None)
        assert (table[[name, low, high]] <= most + 1e-12).all(axis=None)
        assert ((table[low] <= table[name]) & (table[name] <= table[high] + 1e-12)).all()
    crossed = table[table["country_script"] != table["partner_script"]]
    assert (crossed[["cosine", "identical_pct"]] == 0).all(axis=None)


def test_kazakh_is_nearest_to_kyrgyz_while_both_are_cyrillic() -> None:
    kyrgyz = (
        similarity("KAZ", "KGZ", draws=50)
        .query("corpus == 'xwmt' and version == 'cyrillic'")
        .iloc[0]
    )
    turkish = (
        similarity("KAZ", "TUR", draws=50).query("corpus == 'xwmt' and version == '2021'").iloc[0]
    )
    assert kyrgyz["cosine_low"] > turkish["cosine_high"] > 0


def test_the_bootstrap_is_seeded_and_does_not_see_the_order_of_rows() -> None:
    udhr = TABLES["word_form_counts"].query("corpus == 'udhr'")
    shuffled = udhr.sample(frac=1, random_state=1)
    one, two = (
        similarity("KAZ", "TUR", word_form_counts=rows, draws=20) for rows in (udhr, shuffled)
    )
    pd.testing.assert_frame_equal(one, two)
    other = similarity("KAZ", "TUR", word_form_counts=udhr, draws=20, seed=2)
    assert (one["cosine"] == other["cosine"]).all()
    assert (one["cosine_low"] != other["cosine_low"]).any()


# -- words ------------------------------------------------------------------------------------------------------


def test_cognate_share_by_hand() -> None:
    # Known in both: water (shared), fire (not), stone (shared through the second word); eye is known in one only.
    # Distances: s u / s u w has 1 of 3 sounds in excess; t a s / t a ʃ differs in 1 of 3. Mean 1/3.
    table = cognates(
        ("kaz", "water", 1, "s u"), ("kaz", "fire", 2, "o t"), ("kaz", "stone", 3, "t a s"), ("kaz", "eye", 5, "k ø z"),
        ("tur", "water", 1, "s u w"), ("tur", "fire", 4, "a l e v"), ("tur", "stone", 9, "k a j a"),
        ("tur", "stone", 3, "t a ʃ"),
    )  # fmt: skip
    result = lp.cognate_share(table, "KAZ", "TUR")
    assert result is not None
    assert (result.concepts, result.shared) == (3, 2)
    assert result.share_pct == pytest.approx(200 / 3)
    assert result.edit_distance == pytest.approx(1 / 3)
    assert (result.edit_low, result.edit_high) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_several_cognate_pairs_of_a_concept_count_with_their_mean() -> None:
    table = cognates(("kaz", "big", 1, "a b"), ("tur", "big", 1, "a b"), ("tur", "big", 1, "c d"))
    result = lp.cognate_share(table, "KAZ", "TUR")
    assert result is not None
    assert result.edit_distance == pytest.approx(0.5)


@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_the_cognate_share_is_symmetric_and_inside_its_interval(country: str, partner: str) -> None:
    there = lp.cognate_share(TABLES["cognates"], country, partner, draws=200)
    back = lp.cognate_share(TABLES["cognates"], partner, country, draws=200)
    assert there == back
    assert there is not None
    assert 0 <= there.low_pct <= there.share_pct <= there.high_pct <= 100
    assert 0 <= there.edit_low <= there.edit_distance <= there.edit_high <= 1


def test_the_distances_are_a_symmetric_matrix_that_agrees_with_the_shares() -> None:
    matrix = lp.language_distances(TABLES["cognates"])
    assert matrix.shape == (32, 32)
    assert list(matrix.index) == list(matrix.columns)
    assert (matrix.to_numpy() == matrix.to_numpy().T).all()
    assert (np.diag(matrix) == 0).all()
    assert ((matrix >= 0) & (matrix <= 1)).all(axis=None)
    for country, partner in PAIRS:
        share = lp.cognate_share(TABLES["cognates"], country, partner, draws=2)
        assert share is not None
        distance = matrix.loc[lp.STATE_LANGUAGES[country], lp.STATE_LANGUAGES[partner]]
        assert distance == pytest.approx(1 - share.share_pct / 100)


def test_distances_of_three_languages_by_hand() -> None:
    # a and b share both concepts, c shares one of two with either.
    rows = [(language, "x", 1, "s") for language in "abc"] + [
        ("a", "y", 2, "s"),
        ("b", "y", 2, "s"),
        ("c", "y", 3, "s"),
    ]
    matrix = lp.language_distances(cognates(*rows))
    assert matrix.loc["a", "b"] == 0
    assert matrix.loc["a", "c"] == matrix.loc["b", "c"] == 0.5
    assert list(matrix.index) in (
        ["a", "b", "c"],
        ["b", "a", "c"],
        ["c", "a", "b"],
        ["c", "b", "a"],
    )


def test_karakalpak_is_the_nearest_relative_of_kazakh_and_turkish_is_far() -> None:
    row = lp.language_distances(TABLES["cognates"]).loc["kaz"].drop("kaz")
    assert row.idxmin() == "kaa"
    assert row["tur"] > row["kir"]


# -- use --------------------------------------------------------------------------------------------------------


def use(country: str, **options: Any) -> pd.DataFrame:
    return lp.language_use(*(TABLES[name] for name in USE_TABLES), country, **options)


def test_a_segment_never_mixes_questions_populations_or_authorities() -> None:
    for country in MEMBERS:
        table = use(country)
        mixed = table.groupby("segment")[["indicator", "population", "authority"]].nunique()
        assert (mixed == 1).all(axis=None)
        assert not table.duplicated(["segment", "language", "year"]).any()
        assert table["value_pct"].between(0, 100).all()


def test_the_censuses_of_kazakhstan_are_three_segments() -> None:
    table = use("KAZ").query("language == 'kaz' and domain == 'knowledge'")
    census = table[table["indicator"].isin(["speaks", "understands speech"])].set_index("year")
    assert census["value_pct"].to_dict() == {1999: 64.4, 2009: 74.0, 2021: 80.1}
    assert census["segment"].nunique() == 3


def test_targets_are_not_reported_figures() -> None:
    assert use("KAZ")["year"].max() <= 2024
    assert 95 not in set(use("KAZ").query("language == 'kaz'")["value_pct"])


def test_language_of_schooling_and_of_universities_changed_places() -> None:
    table = lp.language_changes(*(TABLES[name] for name in USE_TABLES), "KAZ")
    school = table.query("population == 'school pupils' and language == 'kaz'").iloc[0]
    assert school[["first_year", "first_pct", "last_year", "last_pct"]].tolist() == [
        1991,
        32.35,
        2019,
        66,
    ]
    assert school["change_points"] == pytest.approx(33.65)
    universities = table.query("population == 'university students' and language == 'rus'").iloc[0]
    assert universities["change_points"] == pytest.approx(30.2 - 86.3)
    assert (table["last_year"] > table["first_year"]).all()


def test_mother_tongue_of_azerbaijan_is_one_segment() -> None:
    table = use("AZE", start=1999).query("domain == 'mother tongue' and language == 'aze'")
    assert table["year"].tolist() == [1999, 2009, 2019]
    assert table["segment"].nunique() == 1
    assert table["value_pct"].tolist() == [91.206, 92.499, 96.101]


def test_latest_shares_of_kazakhstan() -> None:
    figures = TABLES["language_figures"]
    speaks = lp.latest_share(figures, "KAZ", "speaks", "kaz")
    assert speaks is not None
    assert (speaks.value_pct, speaks.year, speaks.grade) == (80.1, 2021, "C")
    daily = lp.latest_share(figures, "KAZ", "uses daily", "kaz", population="population")
    assert daily is not None
    assert daily.value_pct == 49.3
    before = lp.latest_share(figures, "KAZ", "speaks", "kaz", end=2010)
    assert before is not None
    assert before.value_pct == 64.4
    assert lp.latest_share(figures, "UZB", "speaks", "uzb") is None
    assert lp.latest_share(figures, "KAZ", "speaks", "kaz", start=2022) is None


def test_a_round_share_is_called_approximate() -> None:
    russian = lp.latest_share(TABLES["language_figures"], "KAZ", "speaks", "rus", end=2010)
    assert russian is not None
    assert (russian.value_pct, russian.year, russian.approximate) == (95, 1999, True)


def test_the_announced_completion_moved_from_2025_to_2031() -> None:
    table = lp.completion_dates(TABLES["completion_plans"], "KAZ")
    assert table["completion_year"].tolist() == [2025, 2025, 2025, 2025, 2031]
    # 2012 to 2025, 2017 to 2025 twice, 2018 to 2025, 2021 to 2031.
    assert table["years_ahead"].tolist() == [13, 8, 8, 7, 10]
    assert table["slipped_years"].tolist() == [0, 0, 0, 0, 6]
    assert table["moved_years"].isna().tolist() == [True, False, False, False, False]
    uzbek = lp.completion_dates(TABLES["completion_plans"], "UZB")
    assert uzbek["completion_year"].tolist() == [2000, 2023]
    assert lp.completion_dates(TABLES["completion_plans"], "TUR").empty


# -- study abroad and online ------------------------------------------------------------------------------------


def test_students_abroad_by_hand() -> None:
    rows = [
        ("all", 200, ""),
        ("Central Asia", 50, ""),
        ("Arab States", 110, "repeats the year before"),
    ]
    table = pd.DataFrame(rows, columns=["region", "persons", "flag"])
    table = table.assign(iso3="KAZ", year=2015, indicator="outbound_students")
    shares = lp.students_abroad(table, "KAZ").set_index("region")
    assert shares["share_pct"].to_dict() == {
        "Arab States": 55,
        "Central Asia": 25,
        lp.REMAINDER: 20,
    }
    assert shares.loc["Arab States", "flag"] == "repeats the year before"


@pytest.mark.parametrize("country", MEMBERS)
def test_the_regions_of_study_add_up(country: str) -> None:
    shares = lp.students_abroad(TABLES["student_mobility"], country)
    sums = shares.groupby("year")["share_pct"].sum()
    assert list(sums.index) == list(range(2012, 2018))
    assert (sums - 100).abs().max() < 0.1


def test_most_kazakh_students_abroad_are_in_the_region_of_russia_and_turkiye() -> None:
    shares = lp.students_abroad(TABLES["student_mobility"], "KAZ", 2016, 2016).set_index("region")
    assert shares.loc["Central and Eastern Europe", "share_pct"] == pytest.approx(
        100 * 75321 / 90187
    )
    assert shares.loc["North America and Western Europe", "students"] == 6064


def test_bolashak_scholars_go_west() -> None:
    table = lp.scholarship_destinations(TABLES["language_figures"], "KAZ")
    last = table.query("year == 2023").set_index("destination")
    assert last["share_pct"].sum() == pytest.approx(100)
    assert last["scholars"].sum() == 946
    assert last.loc["USA", "share_pct"] == pytest.approx(100 * 488 / 946)
    assert table.query("year == 2018")["destination"].iloc[0] == "GBR"
    assert lp.scholarship_destinations(TABLES["language_figures"], "UZB").empty


def test_languages_online_are_ranked_on_their_latest_reading() -> None:
    table = lp.online_presence(TABLES["digital_presence"]).set_index(["measure", "language"])
    assert table.loc[("articles", "kaz"), ["value", "rank"]].tolist() == [244147, 4]
    assert table.loc["active_users", "first_value"].isna().all()
    assert (table["date"] >= table["first_date"].fillna(table["date"])).all()


# -- edges ------------------------------------------------------------------------------------------------------


def test_empty_tables_give_empty_frames_with_their_columns() -> None:
    none = {name: table.head(0) for name, table in TABLES.items()}
    empty = [
        lp.text_similarity(none["word_form_counts"], none["kazakh_latin"], "KAZ", "TUR"),
        lp.shared_letter_sounds(
            none["alphabets"], none["letter_sounds"], none["kazakh_latin"], "KAZ", "TUR"
        ),
        lp.letter_table(none["alphabets"], none["kazakh_latin"]),
        lp.alphabet_overlaps(none["alphabets"]),
        lp.lost_distinctions(none["kazakh_latin"], "2021"),
        lp.language_use(*(none[name] for name in USE_TABLES), "KAZ"),
        lp.language_changes(*(none[name] for name in USE_TABLES), "KAZ"),
        lp.completion_dates(none["completion_plans"], "KAZ"),
        lp.students_abroad(none["student_mobility"], "KAZ"),
        lp.scholarship_destinations(none["language_figures"], "KAZ"),
        lp.online_presence(none["digital_presence"]),
    ]
    assert all(table.empty and len(table.columns) for table in empty)
    assert lp.cognate_share(none["cognates"], "KAZ", "TUR") is None
    assert lp.language_distances(none["cognates"]).empty
    assert lp.letters_shared(none["alphabets"], "KAZ", "TUR").shared == ()
    assert lp.transliterate(none["kazakh_latin"], "ab", "2021").text == "ab"


def test_wrong_arguments_are_errors_that_say_what_to_do() -> None:
    letters, latin = TABLES["alphabets"], TABLES["kazakh_latin"]
    with pytest.raises(ValueError, match="choose one of KAZ"):
        lp.letters_shared(letters, "RUS", "KAZ")
    with pytest.raises(ValueError, match="choose two different states"):
        lp.cognate_share(TABLES["cognates"], "KAZ", "KAZ")
    with pytest.raises(ValueError, match="choose one of cyrillic, 2017"):
        lp.letters_shared(letters, "KAZ", "TUR", "2031")
    with pytest.raises(ValueError, match="choose one of 2017"):
        lp.transliterate(latin, "ана", "cyrillic")
    with pytest.raises(ValueError, match="choose one of 2017"):
        lp.lost_distinctions(latin, "2031")
    with pytest.raises(ValueError, match="swap them"):
        use("KAZ", start=2020, end=2010)
