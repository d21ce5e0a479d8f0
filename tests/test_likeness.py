"""Measures of likeness: cases worked by hand, properties, and published examples and figures."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data
from turkic_ties import language_policy as lp
from turkic_ties.countries import MEMBERS
from turkic_ties.measures import common, likeness

LANGUAGES = data.load("language_policy/languages")
LETTERS = data.load("language_policy/alphabets")
KAZAKH_LATIN = data.load("language_policy/kazakh_latin")
COGNATES = data.load("language_policy/cognates")
WORDS = data.load("language_policy/word_form_counts")
LANGUAGE = lp.by_state(LANGUAGES)
PAIRS = list(itertools.combinations(MEMBERS, 2))
KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
KAZAKH_UPPER = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"


def counts(**words: dict[str, int]) -> pd.DataFrame:
    """Lay out the word counts of Latin texts, one per language."""
    rows = [
        ("c", language, "Latn", word, n)
        for language, text in words.items()
        for word, n in text.items()
    ]
    return pd.DataFrame(rows, columns=["corpus", "language", "script", "word", "count"])


def cognates(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["language", "concept", "cognate_set", "segments"])


def similarity(country: str, partner: str, **options: Any) -> pd.DataFrame:
    words = options.pop("word_form_counts", WORDS)
    return lp.text_similarity(words, KAZAKH_LATIN, LANGUAGES, country, partner, **options)


def in_latin(text: str, version: str) -> str:
    return lp.transliterate(KAZAKH_LATIN, text, version)


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
    table = KAZAKH_LATIN.query("version == @version")
    assert set(table["cyrillic_lower"]) == set(KAZAKH)
    written = in_latin(KAZAKH + KAZAKH_UPPER, version)
    assert not set(KAZAKH + KAZAKH_UPPER) & set(written)


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


def test_letters_that_are_not_kazakh_are_kept() -> None:
    assert in_latin("Ўзбек ва NATO, Ћ 2021", "2021") == "Ўzbek va NATO, Ћ 2021"


def tokens(text: str, letters: list[str]) -> list[str] | None:
    """Read a text as letters, the longest first; None when a sign belongs to none."""
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
    letters = LETTERS[LETTERS["alphabet"] == lp.alphabet_of(LANGUAGES, "KAZ", version)]
    assert tokens(in_latin(text, version), list(letters["lower"])) is not None
    capitals = text.translate(str.maketrans(KAZAKH, KAZAKH_UPPER))
    signs = {sign for letter in [*letters["upper"], *letters["lower"]] for sign in letter} | {"H"}
    assert set(in_latin(capitals, version)) <= signs


@given(text=st.text(KAZAKH, min_size=2, max_size=30), version=st.sampled_from(lp.LATIN_VERSIONS))
@settings(max_examples=60, deadline=None)
def test_case_is_preserved(text: str, version: str) -> None:
    latin = LETTERS[LETTERS["alphabet"] == lp.alphabet_of(LANGUAGES, "KAZ", version)]
    lower, upper = latin["lower"], latin["upper"]
    case = {a: b for pair in zip(lower, upper, strict=True) for a, b in zip(*pair, strict=True)} | {
        "h": "H"
    }
    capitals = text.translate(str.maketrans(KAZAKH, KAZAKH_UPPER))
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
    table = pd.DataFrame(rows, columns=columns).assign(basis="official")
    assert lp.transliterate(table, "схс", "2021") == "xs"


def test_what_the_versions_no_longer_tell_apart() -> None:
    lost = {version: lp.lost_distinctions(KAZAKH_LATIN, version) for version in lp.LATIN_VERSIONS}
    for table in lost.values():
        same = set(table.loc[(table["kind"] == "same letters") & ~table["loan"], "cyrillic"])
        assert same == {"и / й", "х / һ"}
        assert table.loc[table["kind"] == "not written", "cyrillic"].tolist() == ["ъ / ь"]
    capitals = lost["2018"].query("kind == 'same upper case'")
    assert capitals["cyrillic"].tolist() == ["И / Й / І"]
    assert "ш / сх / сһ" in set(lost["2018"]["cyrillic"])
    assert "same upper case" not in set(lost["2021"]["kind"])


def test_similarity_of_two_small_texts_by_hand() -> None:
    # " ab" and "ab " against those and " cd", "cd ": cosine 2 / (sqrt 2 · sqrt 4). The only word is
    # in the other text.
    words = counts(aze={"ab": 1}, tur={"ab": 1, "cd": 1})
    row = similarity("AZE", "TUR", word_form_counts=words).iloc[0]
    assert row["cosine"] == pytest.approx(2 / np.sqrt(8))
    assert row["identical"] == 1
    assert (row["words"], row["partner_words"]) == (1, 2)
    # Seen from the other side one of the two running words is in the first text.
    assert similarity("TUR", "AZE", word_form_counts=words).iloc[0]["identical"] == 0.5


def test_equal_texts_are_alike_and_texts_without_common_letters_are_not() -> None:
    same = similarity(
        "AZE", "TUR", word_form_counts=counts(aze={"su": 3, "ot": 1}, tur={"su": 3, "ot": 1})
    ).iloc[0]
    assert same["cosine"] == pytest.approx(1)
    assert same["cosine_high"] == 1
    other = similarity("AZE", "TUR", word_form_counts=counts(aze={"su": 3}, tur={"kel": 1})).iloc[0]
    assert (other["cosine"], other["identical"]) == (0, 0)


def test_two_forms_that_latin_merges_count_as_the_partners_form() -> None:
    # и and й are both i in 2021: 2 of 3 running words of the Kazakh text are then the Turkish word
    # ai.
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
    assert table.loc["2021", "identical"] == pytest.approx(2 / 3)
    assert table.loc["2018", "identical"] == 0
    assert table.loc["cyrillic", "cosine"] == 0


@pytest.mark.no_cover
@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_every_pair_has_text_with_figures_in_their_bounds(country: str, partner: str) -> None:
    udhr = WORDS.query("corpus == 'udhr'")
    table = similarity(country, partner, word_form_counts=udhr, draws=3)
    back = similarity(partner, country, word_form_counts=udhr, draws=3)
    assert not table.empty
    assert set(table["version"]) == ({*lp.VERSIONS} if "KAZ" in (country, partner) else {""})
    assert sorted(table["cosine"].round(12)) == sorted(back["cosine"].round(12))
    for name in ("cosine", "identical"):
        low, high = f"{name}_low", f"{name}_high"
        assert (table[[name, low, high]] >= 0).all(axis=None)
        assert (table[[name, low, high]] <= 1 + 1e-12).all(axis=None)
        assert ((table[low] <= table[name]) & (table[name] <= table[high] + 1e-12)).all()
    crossed = table[table["country_script"] != table["partner_script"]]
    assert (crossed[["cosine", "identical"]] == 0).all(axis=None)


@pytest.mark.no_cover
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
    udhr = WORDS.query("corpus == 'udhr'")
    shuffled = udhr.sample(frac=1, random_state=1)
    one, two = (
        similarity("KAZ", "TUR", word_form_counts=rows, draws=20) for rows in (udhr, shuffled)
    )
    pd.testing.assert_frame_equal(one, two)
    other = similarity("KAZ", "TUR", word_form_counts=udhr, draws=20, seed=2)
    assert (one["cosine"] == other["cosine"]).all()
    assert (one["cosine_low"] != other["cosine_low"]).any()


def test_cognate_share_by_hand() -> None:
    # Known in both: water (shared), fire (not), stone (shared through the second word); eye is
    # known in one only. Distances: s u / s u w has 1 of 3 sounds in excess; t a s / t a ʃ differs
    # in 1 of 3. Mean 1/3.
    table = cognates(
        ("kaz", "water", 1, "s u"), ("kaz", "fire", 2, "o t"), ("kaz", "stone", 3, "t a s"),
        ("kaz", "eye", 5, "k ø z"),
        ("tur", "water", 1, "s u w"), ("tur", "fire", 4, "a l e v"), ("tur", "stone", 9, "k a j a"),
        ("tur", "stone", 3, "t a ʃ"),
    )  # fmt: skip
    result = lp.cognate_share(table, LANGUAGES, "KAZ", "TUR")
    assert result is not None
    assert (result.concepts, result.shared) == (3, 2)
    assert result.share == pytest.approx(2 / 3)
    assert result.edit_distance == pytest.approx(1 / 3)
    assert (result.edit_low, result.edit_high) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_several_cognate_pairs_of_a_concept_count_with_their_mean() -> None:
    table = cognates(("kaz", "big", 1, "a b"), ("tur", "big", 1, "a b"), ("tur", "big", 1, "c d"))
    result = lp.cognate_share(table, LANGUAGES, "KAZ", "TUR")
    assert result is not None
    assert result.edit_distance == pytest.approx(0.5)


@pytest.mark.no_cover
@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_the_cognate_share_is_symmetric_and_inside_its_interval(country: str, partner: str) -> None:
    there = lp.cognate_share(COGNATES, LANGUAGES, country, partner, draws=200)
    back = lp.cognate_share(COGNATES, LANGUAGES, partner, country, draws=200)
    assert there == back
    assert there is not None
    assert 0 <= there.share_low <= there.share <= there.share_high <= 1
    assert 0 <= there.edit_low <= there.edit_distance <= there.edit_high <= 1


def test_the_distances_are_a_symmetric_matrix_that_agrees_with_the_shares() -> None:
    matrix = lp.language_distances(COGNATES)
    assert matrix.shape == (32, 32)
    assert list(matrix.index) == list(matrix.columns)
    assert (matrix.to_numpy() == matrix.to_numpy().T).all()
    assert (np.diag(matrix) == 0).all()
    assert ((matrix >= 0) & (matrix <= 1)).all(axis=None)
    for country, partner in PAIRS:
        share = lp.cognate_share(COGNATES, LANGUAGES, country, partner, draws=2)
        assert share is not None
        distance = matrix.loc[LANGUAGE[country], LANGUAGE[partner]]
        assert distance == pytest.approx(1 - share.share)


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
    row = lp.language_distances(COGNATES).loc["kaz"].drop("kaz")
    assert row.idxmin() == "kaa"
    assert row["tur"] > row["kir"]


def words_apart(**distances: float) -> pd.DataFrame:
    """Lay out word lists with ten concepts per pair of languages, at a distance (``ab=0.1``)."""
    rows = []
    for (one, other), distance in distances.items():
        for i in range(10):
            concept = f"{one}{other}{i}"
            rows += [(one, concept, 1, "s"), (other, concept, 1 if i >= 10 * distance else 2, "s")]
    return cognates(*rows)


def test_the_order_of_languages_is_by_average_linkage() -> None:
    # a and b join first. Then c is 0.6 and d 0.65 from them on average, so c and d join at 0.5, and
    # b a c d (0.1 + 0.3 + 0.5) is the shorter way than a b d c (0.1 + 0.4 + 0.5). By the nearest
    # pair (single linkage) c would join a and b at 0.3, d at 0.4, and the order be c a b d.
    table = words_apart(ab=0.1, ac=0.3, bd=0.4, cd=0.5, bc=0.9, ad=0.9)
    matrix = lp.language_distances(table)
    assert matrix.loc["a", "c"] == pytest.approx(0.3)
    assert list(matrix.index) in (["b", "a", "c", "d"], ["d", "c", "a", "b"])


def test_two_languages_need_no_tree() -> None:
    matrix = lp.language_distances(words_apart(ab=0.4))
    assert list(matrix.index) == ["a", "b"]
    assert matrix.loc["a", "b"] == pytest.approx(0.4)


@pytest.mark.parametrize(("text", "latin"), [
    ("АШ", "ASH"),  # at the end of a word the letter before decides
    ("аШ", "aSh"),
    ("АШа", "ASha"),  # inside a word the letter after decides
    ("аША", "aSHA"),
    ("АШ-а", "ASH-a"),  # a hyphen ends the word
    ("Ш", "Sh"),
])  # fmt: skip
def test_the_neighbour_that_decides_how_an_upper_case_letter_is_written(
    text: str, latin: str
) -> None:
    assert in_latin(text, "2018") == latin


def test_lost_distinctions_by_hand() -> None:
    # б and п are both b; ш is sh, as с and х in a row; ъ is not written; И and І share I.
    rows = [
        ("б", "Б", "b", "B", "official"), ("п", "П", "b", "B", "official"),
        ("с", "С", "s", "S", "official"), ("х", "Х", "h", "H", "official"),
        ("ш", "Ш", "sh", "Sh", "official"), ("ъ", "Ъ", None, None, "spelled out"),
        ("и", "И", "ı", "I", "official"), ("і", "І", "i", "I", "official"),
    ]  # fmt: skip
    columns = ["cyrillic_lower", "cyrillic_upper", "latin_lower", "latin_upper", "basis"]
    table = pd.DataFrame(rows, columns=columns).assign(version="2021")
    assert lp.lost_distinctions(table, "2021").to_numpy().tolist() == [
        ["like a sequence", "sh", "ш / сх", False],
        ["not written", "", "ъ", True],
        ["same letters", "b", "б / п", False],
        ["same upper case", "I", "И / І", False],
    ]


def test_the_interval_of_a_text_is_1_96_standard_errors_and_stays_in_bounds() -> None:
    # The two resampled values are 0.1 from their mean: standard deviation sqrt(0.02) = 0.1414.
    interval = likeness._normal_interval(np.array([0.5, 0.4, 0.6]))
    assert interval == pytest.approx((0.5 - 0.277186, 0.5 + 0.277186), abs=1e-6)
    assert likeness._normal_interval(np.array([0.1, 0.0, 0.4]))[0] == 0
    assert likeness._normal_interval(np.array([0.9, 0.6, 1.0]))[1] == 1


def test_one_resampled_text_gives_no_interval() -> None:
    assert np.isnan(likeness._normal_interval(np.array([0.5, 0.4]))).all()
    assert (
        similarity("AZE", "TUR", draws=0, word_form_counts=counts(aze={"a": 1}, tur={"a": 1}))[
            "cosine_low"
        ]
        .isna()
        .all()
    )


def test_how_many_samples_are_drawn() -> None:
    text = counts(aze={"su": 3, "ot": 2, "el": 1}, tur={"su": 3, "od": 2, "el": 2})
    usual, explicit, fewer = (
        similarity("AZE", "TUR", word_form_counts=text, **options)
        for options in ({}, {"draws": 200}, {"draws": 199})
    )
    pd.testing.assert_frame_equal(usual, explicit)
    assert usual["cosine_low"].iloc[0] != fewer["cosine_low"].iloc[0]


@pytest.mark.no_cover
def test_the_interval_of_the_vocabulary_holds_95_percent_of_2000_samples() -> None:
    result = lp.cognate_share(COGNATES, LANGUAGES, "KAZ", "TUR")
    assert result is not None
    known = np.zeros(result.concepts)
    known[: result.shared] = 1
    # The order of concepts does not change the distribution, only the samples: the bounds are those
    # of a mean of shares, whatever the order, within the noise of 2,000 samples.
    picked = np.random.default_rng(7).integers(len(known), size=(100_000, len(known)))
    low, high = np.percentile(known[picked].mean(axis=1), [2.5, 97.5])
    assert (result.share_low, result.share_high) == pytest.approx((low, high), abs=0.006)
    assert likeness.DRAWS == 2000
    explicit = lp.cognate_share(COGNATES, LANGUAGES, "KAZ", "TUR", draws=2000)
    assert result == explicit
    assert result != lp.cognate_share(COGNATES, LANGUAGES, "KAZ", "TUR", draws=1999)


def test_texts_come_in_the_order_of_the_partners_and_versions() -> None:
    udhr = WORDS[WORDS["corpus"] == "udhr"]
    table = lp.text_similarity(udhr, KAZAKH_LATIN, LANGUAGES, "KAZ", ["UZB", "TUR"], draws=0)
    assert list(dict.fromkeys(table["partner"])) == ["UZB", "TUR"]
    turkish = table[(table["partner"] == "TUR") & (table["country_script"] == "Latn")]
    assert tuple(turkish["version"]) == lp.LATIN_VERSIONS


# -- relatives ----------------------------------------------------------------------------------


def test_relatives_by_hand() -> None:
    # 8 of 10 concepts shared: Wilson gives (0.8 + 0.19208 ± 1.96 √(0.016 + 0.0096040)) / 1.38416,
    # so 0.4902 to 0.9433.
    row = lp.relatives(words_apart(ab=0.2), "a").iloc[0]
    assert (row["language"], row["concepts"], row["shared"]) == ("b", 10, 8)
    assert row["share"] == pytest.approx(0.8)
    assert (row["share_low"], row["share_high"]) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_an_interval_that_reaches_the_nearest_overlaps_with_it() -> None:
    # Of 10 concepts: 10 shared 0.7225 to 1; 7 shared 0.3968 to 0.8922 reaches 0.7225; 4 shared
    # 0.1682 to 0.6873 does not.
    table = lp.relatives(words_apart(ab=0, ac=0.3, ad=0.6), "a").set_index("language")
    assert table["share_low"]["b"] == pytest.approx(0.7225, abs=1e-4)
    assert table["share_high"].to_dict() == pytest.approx(
        {"b": 1, "c": 0.8922, "d": 0.6873}, abs=1e-4
    )
    assert table["overlaps"].to_dict() == {"b": True, "c": True, "d": False}


def test_languages_of_equal_shares_are_ordered_by_code() -> None:
    table = lp.relatives(words_apart(ac=0.2, ab=0.2, ad=0.1), "a")
    assert table["language"].tolist() == ["d", "b", "c"]


@pytest.mark.no_cover
@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_relatives_are_the_same_from_both_sides_and_agree_with_the_share(
    country: str, partner: str
) -> None:
    own, other = LANGUAGE[country], LANGUAGE[partner]
    columns = ["concepts", "shared", "share", "share_low", "share_high"]
    there = lp.relatives(COGNATES, own).set_index("language").loc[other, columns]
    back = lp.relatives(COGNATES, other).set_index("language").loc[own, columns]
    assert there.tolist() == back.tolist()
    share = lp.cognate_share(COGNATES, LANGUAGES, country, partner, draws=2)
    assert share is not None
    assert there["share"] == pytest.approx(share.share)


def test_the_nearest_of_turkmen_is_open() -> None:
    table = lp.relatives(COGNATES, "tuk")
    assert table["language"].iloc[0] == "uig"
    assert {"aze", "tur", "uzb"} <= set(table.loc[table["overlaps"], "language"])
    assert lp.relatives(COGNATES, "hun").empty


@pytest.mark.no_cover
@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_texts_are_as_alike_from_both_sides(country: str, partner: str) -> None:
    udhr = WORDS[WORDS["corpus"] == "udhr"]
    there = similarity(country, partner, word_form_counts=udhr, draws=20)
    back = similarity(partner, country, word_form_counts=udhr, draws=20)
    keys = ["version", "country_script", "partner_script"]
    back = back.rename(
        columns={"country_script": "partner_script", "partner_script": "country_script"}
    )
    columns = ["cosine", "cosine_low", "cosine_high"]
    first, second = (table.sort_values(keys)[columns].to_numpy() for table in (there, back))
    assert first == pytest.approx(second)


# -- edges ----------------------------------------------------------------------------------------


def test_empty_tables_give_empty_frames_with_their_columns() -> None:
    none = KAZAKH_LATIN.head(0)
    texts = lp.text_similarity(WORDS.head(0), none, LANGUAGES, "KAZ", "TUR")
    assert list(texts) == list(similarity("AZE", "TUR", draws=0))
    assert list(lp.lost_distinctions(none, "2021")) == ["kind", "latin", "cyrillic", "loan"]
    assert lp.cognate_share(COGNATES.head(0), LANGUAGES, "KAZ", "TUR") is None
    assert lp.language_distances(COGNATES.head(0)).empty
    assert lp.transliterate(none, "ab", "2021") == "ab"


def test_a_state_without_language_data_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "MEMBERS", (*MEMBERS, "HUN"))
    assert similarity("HUN", "TUR", draws=0).empty
    assert similarity("TUR", "HUN", draws=0).empty
    assert lp.cognate_share(COGNATES, LANGUAGES, "HUN", "TUR") is None


def test_wrong_arguments_are_errors_that_say_what_to_do() -> None:
    with pytest.raises(ValueError, match="choose two different states"):
        lp.cognate_share(COGNATES, LANGUAGES, "KAZ", "KAZ")
    with pytest.raises(ValueError, match="'RUS' is not one of the states"):
        similarity("KAZ", "RUS")
    with pytest.raises(ValueError, match="choose one of 2017"):
        in_latin("ана", "cyrillic")
    with pytest.raises(ValueError, match="choose one of 2017"):
        lp.lost_distinctions(KAZAKH_LATIN, "2031")
