"""Sentences of the report on language policy: every case of each, by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from turkic_ties import data
from turkic_ties.findings import language_policy as findings


def rows(columns: str, *values: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=columns.split())


ASKED = "row asked indicator language_name year share grade"
TAUGHT = "group population language_name segment year share approximate grade"


def test_the_last_question_on_several_languages_is_told() -> None:
    asked = rows(
        ASKED,
        ("a, 2019", "speaks", "speaks", "Kazakh", 2019, 0.7, "A"),
        ("a, 2019", "speaks", "speaks", "Russian", 2019, 0.8, "B"),
        ("b, 2023", "uses daily", "uses daily", "Kazakh", 2023, 0.5, "C"),
    )
    assert findings.use(asked, "Kazakhstan") == "Kazakhstan, 2019: 80% speak Russian, 70% Kazakh"
    assert (
        findings.use(asked.tail(1), "Kazakhstan")
        == "Kazakhstan, 2023: 50% use daily Kazakh (grade C)"
    )


def test_a_question_without_a_verb_is_named() -> None:
    asked = rows(ASKED, ("a", "mother tongue", "mother tongue", "Kyrgyz", 1999, 0.6697, "A"))
    told = findings.use(asked, "Kyrgyzstan")
    assert told == "Kyrgyzstan, 1999: mother tongue, 67% Kyrgyz"


def test_schooling_tells_first_and_last_year_of_one_source() -> None:
    taught = rows(
        TAUGHT,
        ("School pupils", "school pupils", "Kazakh", "s", 1991, 0.3235, False, "B"),
        ("School pupils", "school pupils", "Kazakh", "s", 2019, 0.66, False, "C"),
    )
    told = "Kazakhstan, school pupils taught in Kazakh 32.4% in 1991, 66% in 2019 (grade C)"
    assert findings.schooling(taught, "Kazakhstan") == told
    one = taught.tail(1)
    told = "Kazakhstan, school pupils taught in Kazakh 66% in 2019 (grade C)"
    assert findings.schooling(one, "Kazakhstan") == told
    approximate = taught.assign(approximate=True)
    assert findings.schooling(approximate, "Kazakhstan") == told


def test_schooling_of_students_is_told_where_there_are_no_pupils() -> None:
    taught = rows(TAUGHT, ("University students", "students", "Uzbek", "s", 2000, 0.5, False, "B"))
    assert (
        findings.schooling(taught, "Uzbekistan")
        == "Uzbekistan, students taught in Uzbek 50% in 2000"
    )


def test_home_language_tells_the_last_wave_of_each_state() -> None:
    waves = rows(
        "iso3 level year share",
        ("KAZ", "end of primary", 2018, 0.8),
        ("KAZ", "grades 2-3", 2021, 0.891),
        ("TUR", "grades 2-3", 2019, 0.92),
    )
    told = "Kazakhstan 89% (grades 2-3, 2021); Türkiye 92% (grades 2-3, 2019)"
    assert findings.home_language(waves) == told


CHANGES = "indicator language population first_year last_year first_share last_share change"


def test_changes_mark_round_readings_and_are_in_points() -> None:
    change = rows(
        f"{CHANGES} approximate",
        ("speaks", "kaz", "adults", 1999, 2021, 0.644, 0.801, 0.157, True),
    )
    assert findings.changes(change, {"kaz": "Kazakh"}).iloc[0].tolist() == [
        "Kazakh", "speaks, adults", "≈ 64.4% (1999)", "≈ 80.1% (2021)", "15.7",
    ]  # fmt: skip


def test_letters_of_an_unknown_alphabet() -> None:
    told = findings.letters(0, float("nan"), "the language of Hungary", "Turkish")
    assert told == "The alphabets of the language of Hungary and Turkish are not both in the tables"


def test_sounds_with_and_without_false_friends() -> None:
    sounds = rows(
        "letter country_ipa partner_ipa relation",
        ("a", "a", "a", "same"),
        ("y", "ə", "j", "different"),
        ("i", "ij", "i", "partly"),
    )
    assert findings.sounds(sounds, "Kazakh", "Turkish") == (
        "Of 3 shared letters 1 stand for a similar sound. Same letter, another sound: "
        "y [ə] in Kazakh, [j] in Turkish. Partly alike: i."
    )
    assert findings.sounds(sounds.head(1), "Kazakh", "Turkish") == (
        "Of 1 shared letters 1 stand for a similar sound. "
        "No shared letter stands for quite another sound."
    )


def test_lost_distinctions_leave_loans_aside() -> None:
    lost = rows(
        "kind latin cyrillic loan",
        ("same letters", "h", "х / һ", False),
        ("same letters", "e", "е / э", True),
        ("same upper case", "I", "И / І", False),
    )
    told = "V writes alike what Cyrillic keeps apart: х / һ as h"
    assert findings.lost(lost, "V") == f"{told}; in upper case also И / І as I. Loan letters aside."
    assert findings.lost(lost.head(2), "V") == f"{told}. Loan letters aside."


TEXTS = "corpus version written cosine cosine_low cosine_high"


def test_likeness_of_text_names_a_nearer_version_only_when_its_interval_lies_higher() -> None:
    chosen = ("udhr", "2021", "Apr 2021", 0.31, 0.28, 0.34)
    told = "The Declaration in Kazakh (Apr 2021) and in Turkish have a likeness of 0.31 (1: equal)"
    nearer = "; the version nearest to Turkish is 2019 with 0.40"
    for low, added in ((0.35, nearer), (0.34, ""), (0.33, "")):
        texts = rows(TEXTS, chosen, ("udhr", "2019", "2019", 0.4, low, 0.45))
        assert findings.text_likeness(texts, "2021", "Kazakh", "Turkish") == told + added
    told = "The Declaration in Kazakh (2019) and in Turkish have a likeness of 0.40 (1: equal)"
    assert findings.text_likeness(texts, "2019", "Kazakh", "Turkish") == told


def test_likeness_of_text_prefers_news_and_says_when_there_is_no_text() -> None:
    texts = rows(
        TEXTS, ("udhr", "", "Latin", 0.31, 0.3, 0.32), ("xwmt", "", "Latin", 0.42, 0.4, 0.44)
    )
    told = "News sentences in Uzbek (Latin) and in Turkish have a likeness of 0.42 (1: equal)"
    assert findings.text_likeness(texts, "2021", "Uzbek", "Turkish") == told
    told = "Uzbek and Turkish have no text in one script in the tables"
    assert findings.text_likeness(texts.head(0), "2021", "Uzbek", "Turkish") == told


SCRIPTS = "cosine_low cosine_high cosine_low_latin cosine_high_latin"


def test_scripts_count_only_texts_whose_intervals_do_not_overlap() -> None:
    cyrillic, latin, touching = (0.5, 0.6, 0.3, 0.4), (0.3, 0.4, 0.5, 0.6), (0.4, 0.5, 0.3, 0.4)
    told = "Texts compared with Kazakh in both scripts: "
    both = rows(SCRIPTS, cyrillic, latin)
    assert findings.scripts(both, "Kazakh") == f"{told}2; 1 more alike in Cyrillic, 1 in Latin"
    both = rows(SCRIPTS, cyrillic, touching)
    assert findings.scripts(both, "Kazakh") == (
        f"{told}2; 1 more alike in Cyrillic, 0 in Latin; the other intervals overlap"
    )


def test_kinship_with_and_without_the_pair() -> None:
    kinship = rows("state concepts share share_low share_high", ("TUR", 237, 0.696, 0.637, 0.751))
    told = "Kazakh and Turkish have a word of one origin for 70% of 237 basic meanings (64 to 75%)"
    assert findings.kinship(kinship, "TUR", "Kazakh", "Turkish") == told
    told = "Basic vocabulary of Kazakh compared with the other state languages"
    assert findings.kinship(kinship, "HUN", "Kazakh", "Hungarian") == told


def test_relatives_tell_both_ends_and_the_other_language() -> None:
    table = rows("name share", ("Nogai", 0.97), ("Turkish", 0.7), ("Tatar", 0.6), ("Dolgan", 0.56))
    told = (
        "Kazakh has basic vocabulary in common: 97% with Nogai, 70% with Turkish, 56% with Dolgan"
    )
    assert findings.relatives(table, "Kazakh", "Turkish") == told
    told = "Kazakh has basic vocabulary in common: 97% with Nogai, 56% with Dolgan"
    assert findings.relatives(table, "Kazakh", "Nogai") == told


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], ", and no other interval reaches it."),
        (["A"], "; the intervals of A overlap with its own, so their order is open."),
        (list("ABCDEFGH"), "; the intervals of A, B, C, D, E, F, G and H overlap with its own, "
         "so their order is open."),
        (list("ABCDEFGHI"), "; the intervals of 9 other languages overlap with its own, "
         "so their order is open."),
    ],
)  # fmt: skip
def test_the_nearest_is_told_with_all_whose_intervals_reach_it(
    others: list[str], told: str
) -> None:
    table = rows(
        "name share share_low share_high overlaps",
        ("Uyghur", 0.86, 0.8, 0.9, True),
        *[(name, 0.85, 0.79, 0.89, True) for name in others],
        ("Dolgan", 0.5, 0.4, 0.6, False),
    )
    said = "Uyghur has the largest share with Turkmen, 86% (80 to 90%)"
    assert findings.nearest(table, "Turkmen") == said + told


PLANS = "state announced completion_year years_ahead speaker"


def plans(*years: int) -> pd.DataFrame:
    given = [
        ("UZB", pd.Timestamp(year=1998 + i, month=1, day=1), year, year - 1998 - i, "a law")
        for i, year in enumerate(years)
    ]
    return rows(PLANS, *given)


@pytest.mark.parametrize(
    ("years", "short", "long"),
    [
        ((1999,), "named 1999", "named 1999, 1 year ahead, in 1998 (a law)."),
        (
            (2000, 2000),
            "named 2000 every time",
            "first named 2000, 2 years ahead, in 1998 (a law) and last 2000, 1 year ahead, in 1999 "
            "(a law). The date did not move.",
        ),
        (
            (2000, 2005),
            "named 2000 first and 2005 last, in 2 announcements",
            "first named 2000, 2 years ahead, in 1998 (a law) and last 2005, 6 years ahead, in "
            "1999 (a law). The date moved by 5 years.",
        ),
    ],
)
def test_plans(years: tuple[int, ...], short: str, long: str) -> None:
    assert findings.plans(plans(*years)) == f"Uzbekistan {short}"
    assert findings.plan(plans(*years)) == f"Uzbekistan {long}"


def test_students_in_the_west_first_and_last_year() -> None:
    west = rows(
        "state region share year flag",
        ("KAZ", "Western Europe", 0.131, 2012, ""),
        ("KAZ", "Western Europe", 0.068, 2017, "repeats the year before"),
    )
    told = "Kazakhstan: 6.8% of its students abroad were in Western Europe in 2017, 13.1% in 2012."
    told += " The figure of 2017 repeats the year before."
    assert findings.abroad_west(west) == told
    told = "Kazakhstan: 13.1% of its students abroad were in Western Europe in 2012."
    assert findings.abroad_west(west.head(1)) == told


def test_scholarships_name_the_largest_destinations_and_turkiye() -> None:
    scholars = rows(
        "year place destination share",
        (2018, "France", "FRA", 1.0),
        (2023, "United States", "USA", 0.52),
        (2023, "Germany", "DEU", 0.4),
        (2023, "Türkiye", "TUR", 0.029),
    )
    told = "Where Kazakhstan's Bolashak scholars were in 2023: "
    told += "United States 52%; Germany 40%; Türkiye 2.9%"
    assert findings.scholarships(scholars) == told


def test_the_timeline_of_one_year_and_of_several() -> None:
    events = pd.DataFrame(
        {"date": pd.to_datetime(["1991-05-01", "1993-05-01"]), "category": ["law", "alphabet"]}
    )
    told = "Steps in this selection: 2, 1 of them on the alphabet alone, 1991–1993"
    assert findings.timeline(events) == told
    told = "Steps in this selection: 1, 0 of them on the alphabet alone, 1991"
    assert findings.timeline(events.head(1)) == told


def test_dates_are_as_precise_as_known_and_states_are_named() -> None:
    events = pd.DataFrame(
        {
            "date": pd.to_datetime(["1991-05-03"] * 3),
            "precision": ["day", "month", "year"],
            "countries": ["KAZ", "KAZ;TUR;AZE;UZB;KGZ;TKM", "TUR"],
            "event": "a law",
            "confidence": "high",
        }
    )
    table = findings.events(events, ["KAZ", "TUR"])
    assert table["Date"].tolist() == ["1991-05-03", "1991-05", "1991"]
    assert table["State"].tolist() == ["Kazakhstan", "all", "Türkiye"]


def test_single_figures_on_students() -> None:
    figures = pd.DataFrame(
        {
            "country": "KAZ", "year": pd.array([2020, None], dtype="Int64"),
            "indicator": "students",
            "counterpart": ["TUR", None], "value": [1500.0, 10.0], "approximate": [True, False],
            "speaker": [None, "a ministry"], "publisher": "a newspaper", "grade": "B",
        }
    )  # fmt: skip
    table = findings.students(figures)
    assert table["Number"].tolist() == ["about 1,500", "10"]
    assert table["By"].tolist() == ["a newspaper", "a ministry"]
    assert table["Year"].tolist() == ["2020", "undated"]


def test_students_between_tell_the_last_way_of_counting() -> None:
    flows = rows(
        "origin destination year students series",
        ("KAZ", "TUR", 2012, 851, "to 2013"),
        ("KAZ", "TUR", 2014, 1306, "from 2014"),
        ("KAZ", "TUR", 2019, 2191, "from 2014"),
        ("TUR", "KAZ", 2020, 316, ""),
    )
    assert findings.students_between(flows) == (
        "Students from Kazakhstan in Türkiye 1,306 in 2014, 2,191 in 2019; "
        "from Türkiye in Kazakhstan 316 in 2020"
    )
    peak = rows(
        "origin destination year students series",
        ("TKM", "KGZ", 2001, 122, ""), ("TKM", "KGZ", 2010, 1750, ""),
        ("TKM", "KGZ", 2020, 121, ""),
    )  # fmt: skip
    told = (
        "Students from Turkmenistan in Kyrgyzstan 122 in 2001, at most 1,750 in 2010, 121 in 2020"
    )
    assert findings.students_between(peak) == told


@pytest.mark.parametrize(("rest", "total"), [(0.0205, None), (0.022, "100.6"), (0.026, "101")])
def test_sums_above_one_hundred_percent_are_told(rest: float, total: str | None) -> None:
    # 32.35 and 66.05 percent and a rest: half a percent above the whole is rounding.
    shares = rows(
        "segment population year share",
        ("s", "school pupils", 1991, 0.3235),
        ("s", "school pupils", 1991, 0.6605),
        ("s", "school pupils", 1991, rest),
    )
    told = (
        f"The shares of school pupils in 1991 add up to {total}% as published, so at least one of "
        "them is wrong."
    )
    assert findings.sums_above_one(shares) == ([told] if total else [])


def test_mother_tongues_of_at_least_one_percent_are_listed() -> None:
    census = rows(
        "year language_name share_pct",
        (1999, "Dungan", 1.0), (1999, "Kyrgyz", 66.97), (1999, "Kazakh", 0.99),
    )  # fmt: skip
    told = "Mother tongue in Kyrgyzstan by the census of 1999, with at least 1%: "
    assert findings.mother_tongues(census, "Kyrgyzstan") == told + "Kyrgyz 67%, Dungan 1%."


def test_software_estimates_list_every_language_once() -> None:
    estimates = rows(
        "language_tag population_percent",
        ("uz", 85), ("uz_Cyrl", 15), ("kaa", 2.1), ("tr", 0.62), ("ru", 14),
    )  # fmt: skip
    told = findings.software(estimates, "Uzbekistan")
    assert told.endswith("with at least 1%: Uzbek 85%, Russian 14%, Karakalpak 2.1%.")


def test_every_language_with_a_percent_has_a_name() -> None:
    table = data.load("language_policy/territory_languages")
    tags = set(table.loc[table["population_percent"] >= 1, "language_tag"])
    assert {tag for tag in tags if tag not in ("az_Cyrl", "uz_Cyrl")} == set(
        findings.SOFTWARE_LANGUAGES
    )
