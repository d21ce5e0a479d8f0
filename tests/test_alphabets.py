"""Measures of alphabets: cases worked by hand, properties, and published examples and figures."""

from __future__ import annotations

import itertools
import math
from typing import get_args

import pandas as pd
import pytest

from turkic_ties import data
from turkic_ties import language_policy as lp
from turkic_ties.countries import MEMBERS
from turkic_ties.measures import common
from turkic_ties.parameters import MODELS

LANGUAGES = data.load("language_policy/languages")
LETTERS = data.load("language_policy/alphabets")
SOUNDS = data.load("language_policy/letter_sounds")
KAZAKH_LATIN = data.load("language_policy/kazakh_latin")
PAIRS = list(itertools.combinations(MEMBERS, 2))
# Only a pair with Kazakhstan depends on the version; the functions under test are called in both
# directions.
VERSIONS_OF_PAIRS = [
    (*pair, version)
    for pair in PAIRS
    for version in lp.VERSIONS
    if "KAZ" in pair or version == "2021"
]
KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"


def alphabets(**letters: str) -> pd.DataFrame:
    """Lay out alphabets given as letters separated by blanks."""
    rows = [
        (name, i, letter) for name, text in letters.items() for i, letter in enumerate(text.split())
    ]
    return pd.DataFrame(rows, columns=["alphabet", "position", "lower"])


def test_the_state_languages_are_those_of_the_table_and_official_by_cldr() -> None:
    assert set(lp.by_state(LANGUAGES)) == set(MEMBERS)
    assert set(lp.by_state(LANGUAGES, "alphabet").values()) <= set(LETTERS["alphabet"])
    official = data.load("language_policy/territory_languages").query("official")
    tags = {"KAZ": "kk", "TUR": "tr", "AZE": "az", "UZB": "uz", "KGZ": "ky", "TKM": "tk"}
    assert set(tags.items()) <= set(zip(official["iso3"], official["language_tag"], strict=True))


def test_a_report_can_be_asked_for_every_version_and_no_other() -> None:
    assert get_args(MODELS["language_policy"].model_fields["alphabet"].annotation) == lp.VERSIONS


def test_letters_shared_of_two_small_alphabets_by_hand() -> None:
    # Shared: a, sh. All letters of either: a, sh, o', s, h, b. So 2/6, 2/3 of the first and 2/5 of
    # the second.
    table = alphabets(kk_latn_2021="a sh o'", uz_latn_1995="a s h sh b")
    overlap = lp.letters_shared(table, LANGUAGES, "KAZ", "UZB", "2021")
    assert overlap.shared == ("a", "sh")
    assert overlap.country_only == ("o'",)
    assert overlap.partner_only == ("s", "h", "b")
    assert overlap.jaccard == pytest.approx(1 / 3)
    assert overlap.country_share == pytest.approx(2 / 3)
    assert overlap.partner_share == pytest.approx(0.4)


def test_an_apostrophe_letter_is_not_its_plain_letter() -> None:
    overlap = lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "TUR", "2017")
    assert {"a'", "s'"} <= set(overlap.country_only)
    assert {"ş", "ö"} <= set(overlap.partner_only)


@pytest.mark.no_cover
@pytest.mark.parametrize(("country", "partner", "version"), VERSIONS_OF_PAIRS)
def test_the_overlap_of_letters_is_symmetric_and_a_share(
    country: str, partner: str, version: str
) -> None:
    there = lp.letters_shared(LETTERS, LANGUAGES, country, partner, version)
    back = lp.letters_shared(LETTERS, LANGUAGES, partner, country, version)
    assert 0 <= there.jaccard <= 1
    assert there.jaccard == back.jaccard
    assert there.country_share == back.partner_share
    assert set(there.shared) == set(back.shared)
    assert there.jaccard <= min(there.country_share, there.partner_share)
    for one, other, overlap in ((country, partner, there), (partner, country, back)):
        sounds = lp.shared_letter_sounds(
            LETTERS,
            SOUNDS,
            KAZAKH_LATIN,
            LANGUAGES,
            one,
            other,
            version,
        )
        assert tuple(sounds["letter"]) == overlap.shared
        assert set(sounds["relation"]) <= {"same", "partly", "different", "unknown"}


def test_the_alphabets_have_the_announced_numbers_of_letters() -> None:
    sizes = LETTERS.groupby("alphabet").size()
    announced = {
        "kk_cyrl": 42,
        "kk_latn_2017": 32,
        "kk_latn_2018": 32,
        "kk_latn_2021-01": 31,
        "kk_latn_2021": 31,
    }
    announced |= {"tr_latn": 29, "az_latn": 32, "cta_1991": 34, "cta_2024": 34, "ky_cyrl": 36}
    assert sizes[list(announced)].to_dict() == announced


def test_alphabets_in_use_are_those_of_their_orthographies() -> None:
    letters = LETTERS.groupby("alphabet")["lower"].agg(list)
    # UNGEGN prints 35 letters for Uzbek Cyrillic; ц and ь, which CLDR has as auxiliary, among them.
    assert len(letters["uz_cyrl"]) == 35
    assert {"ц", "ь"} <= set(letters["uz_cyrl"])
    # Uzbek Latin has 26 letters, sh, ch and ng; the sign ʼ is no letter.
    assert letters["uz_latn_1995"][-3:] == ["sh", "ch", "ng"]
    assert len(letters["uz_latn_1995"]) == 29
    # The alphabet of 1958 wrote ј for the й of the one before.
    assert len(letters["az_cyrl"]) == 32
    assert "й" not in letters["az_cyrl"]


def test_letters_of_turkish_and_the_kazakh_draft_of_2021() -> None:
    # Turkish has 29 letters; of these only c and ç are missing in the draft of 31. Union: 29 + 31 -
    # 27 = 33.
    overlap = lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "TUR", "2021")
    assert overlap.partner_only == ("c", "ç")
    assert len(overlap.shared) == 27
    assert overlap.jaccard == pytest.approx(27 / 33)


def test_latin_and_kyrgyz_share_nothing_and_cyrillic_contains_the_kyrgyz_letters() -> None:
    assert lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "KGZ", "2021").shared == ()
    assert lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "KGZ", "cyrillic").partner_share == 1


def test_all_overlaps_agree_with_the_overlap_of_a_pair() -> None:
    table = lp.alphabet_overlaps(LETTERS).set_index(["alphabet", "other"])
    row = table.loc[("kk_latn_2021", "tr_latn")]
    pair = lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "TUR", "2021")
    assert (row["shared"], row["jaccard"], row["share"]) == (
        27,
        pair.jaccard,
        pair.country_share,
    )
    assert len(table) == 18 * 17


def test_false_friends_by_hand() -> None:
    # Kazakh y is ы, Turkish y is a consonant; i is и and й; b is b in both; q is unknown to the
    # table of sounds.
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
    table = lp.shared_letter_sounds(
        letters, sounds, latin, LANGUAGES, "KAZ", "TUR", "2021"
    ).set_index("letter")
    assert table["relation"].to_dict() == {
        "y": "different",
        "b": "same",
        "i": "partly",
        "q": "unknown",
    }
    assert table.loc["i", "country_ipa"] == "ij, j"


def test_the_draft_of_2021_has_three_false_friends_with_turkish() -> None:
    table = lp.shared_letter_sounds(LETTERS, SOUNDS, KAZAKH_LATIN, LANGUAGES, "KAZ", "TUR", "2021")
    assert set(table.loc[table["relation"] == "different", "letter"]) == {"ı", "u", "y"}
    assert set(table.loc[table["relation"] == "partly", "letter"]) == {"i"}


def test_the_letter_table_shows_each_kazakh_letter_once_and_marks_shared_ones() -> None:
    table = lp.letter_table(LETTERS, KAZAKH_LATIN, "2021").set_index("cyrillic")
    assert "".join(table.index) == KAZAKH
    assert table.loc["ш", ["2017", "2018", "2019", "2021"]].tolist() == ["s'", "sh", "ş", "ş"]
    assert (table.loc["ш", "tr_latn"], table.loc["ш", "uz_latn_1995"]) == ("ş", "")
    assert (table.loc["ә", "tk_latn"], table.loc["ә", "az_latn"]) == ("ä", "")
    assert "".join(table.index[table["spelled_out"]]) == "ёцчщъьэюя"
    shown = {letter for letter in table["tr_latn"] if letter}
    assert shown == set(lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "TUR", "2021").shared)


# -- edges ----------------------------------------------------------------------------------------


def test_the_two_directions_of_a_pair_in_the_grid_share_the_same_letters() -> None:
    table = lp.alphabet_overlaps(alphabets(a="a b", b="b c d"))
    assert table.to_numpy().tolist() == [
        ["a", "b", 2, 1, 1 / 4, 1 / 2],
        ["b", "a", 3, 1, 1 / 4, 1 / 3],
    ]


def test_a_new_state_needs_only_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "MEMBERS", (*MEMBERS, "HUN"))
    without = lp.letters_shared(LETTERS, LANGUAGES, "HUN", "TUR")
    assert without.alphabet == ""
    assert without.shared == ()
    assert math.isnan(without.jaccard)
    assert math.isnan(without.country_share)
    assert without.partner_share == 0
    arguments = (LETTERS, SOUNDS, KAZAKH_LATIN, LANGUAGES, "HUN", "TUR")
    assert lp.shared_letter_sounds(*arguments).empty
    row = {"language": "hun", "name": "Hungarian", "state": "HUN", "alphabet": "hu_latn"}
    languages = pd.concat([LANGUAGES, pd.DataFrame([row])], ignore_index=True)
    letters = pd.concat([LETTERS, alphabets(hu_latn="a á b")], ignore_index=True)
    overlap = lp.letters_shared(letters, languages, "HUN", "TUR")
    assert overlap.shared == ("a", "b")
    assert overlap.country_share == pytest.approx(2 / 3)


def test_empty_tables_give_empty_frames_with_their_columns() -> None:
    none = LETTERS.head(0)
    assert lp.letters_shared(none, LANGUAGES, "KAZ", "TUR").shared == ()
    assert list(lp.alphabet_overlaps(none)) == list(lp.alphabet_overlaps(LETTERS))
    sounds = (SOUNDS.head(0), KAZAKH_LATIN.head(0), LANGUAGES, "KAZ", "TUR")
    assert list(lp.shared_letter_sounds(none, *sounds)) == list(
        lp.shared_letter_sounds(LETTERS, *sounds)
    )
    table = lp.letter_table(none, KAZAKH_LATIN.head(0))
    assert list(table) == ["cyrillic", *lp.LATIN_VERSIONS, "spelled_out"]


def test_wrong_arguments_are_errors_that_say_what_to_do() -> None:
    with pytest.raises(ValueError, match="'RUS' is not one of the states"):
        lp.letters_shared(LETTERS, LANGUAGES, "RUS", "KAZ")
    with pytest.raises(ValueError, match="choose two different states"):
        lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "KAZ")
    with pytest.raises(ValueError, match="choose one of cyrillic, 2017"):
        lp.letters_shared(LETTERS, LANGUAGES, "KAZ", "TUR", "2031")
    with pytest.raises(ValueError, match="choose one of cyrillic, 2017"):
        lp.letter_table(LETTERS, KAZAKH_LATIN, "2031")
