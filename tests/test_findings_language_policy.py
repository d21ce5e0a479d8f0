"""Sentences of the report on language policy: every case of each, by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from turkic_ties.findings import language_policy as findings


def rows(columns: str, *values: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=columns.split())


ASKED = "row asked indicator language_name year share"
TAUGHT = "group population language_name segment year share approximate"


def test_the_last_question_on_several_languages_is_told() -> None:
    asked = rows(
        ASKED,
        ("a, 2019", "speaks", "speaks", "Kazakh", 2019, 0.7),
        ("a, 2019", "speaks", "speaks", "Russian", 2019, 0.8),
        ("b, 2023", "uses daily", "uses daily", "Kazakh", 2023, 0.5),
    )
    assert findings.use(asked, "Kazakhstan") == "Kazakhstan, 2019: 80% speak Russian, 70% Kazakh"
    assert findings.use(asked.tail(1), "Kazakhstan") == "Kazakhstan, 2023: 50% use daily Kazakh"


def test_a_question_without_a_verb_is_named() -> None:
    asked = rows(ASKED, ("a", "mother tongue", "mother tongue", "Kyrgyz", 1999, 0.6697))
    told = findings.use(asked, "Kyrgyzstan")
    assert told == "Kyrgyzstan, 1999: mother tongue, 66.97% Kyrgyz"


def test_schooling_tells_first_and_last_year_of_one_source() -> None:
    taught = rows(
        TAUGHT,
        ("School pupils", "school pupils", "Kazakh", "s", 1991, 0.3235, False),
        ("School pupils", "school pupils", "Kazakh", "s", 2019, 0.66, False),
    )
    told = "Kazakhstan, school pupils taught in Kazakh 32.35% in 1991, 66% in 2019"
    assert findings.schooling(taught, "Kazakhstan") == told
    one = taught.tail(1)
    told = "Kazakhstan, school pupils taught in Kazakh 66% in 2019"
    assert findings.schooling(one, "Kazakhstan") == told
    approximate = taught.assign(approximate=True)
    assert findings.schooling(approximate, "Kazakhstan") == told


def test_schooling_of_students_is_told_where_there_are_no_pupils() -> None:
    taught = rows(TAUGHT, ("University students", "students", "Uzbek", "s", 2000, 0.5, False))
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
        "Of 1 shared letters 1 stand for a similar sound. None stands for quite another sound."
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


TEXTS = "corpus version written cosine"


def test_likeness_of_text_names_a_nearer_version_only_when_there_is_one() -> None:
    texts = rows(TEXTS, ("udhr", "2021", "Apr 2021", 0.31), ("udhr", "2019", "2019", 0.35))
    told = "The Declaration in Kazakh (Apr 2021) and in Turkish have a likeness of 0.31"
    nearer = "; the version nearest to Turkish is 2019 with 0.35"
    assert findings.text_likeness(texts, "2021", "Kazakh", "Turkish") == told + nearer
    assert findings.text_likeness(texts.head(1), "2021", "Kazakh", "Turkish") == told
    told = "The Declaration in Kazakh (2019) and in Turkish have a likeness of 0.35"
    assert findings.text_likeness(texts, "2019", "Kazakh", "Turkish") == told


def test_likeness_of_text_prefers_news_and_says_when_there_is_no_text() -> None:
    texts = rows(TEXTS, ("udhr", "", "Latin", 0.31), ("xwmt", "", "Latin", 0.42))
    told = "News sentences in Uzbek (Latin) and in Turkish have a likeness of 0.42"
    assert findings.text_likeness(texts, "2021", "Uzbek", "Turkish") == told
    told = "Uzbek and Turkish have no text in one script here"
    assert findings.text_likeness(texts.head(0), "2021", "Uzbek", "Turkish") == told


@pytest.mark.parametrize(
    ("latin", "told"),
    [("Both Latin (now)", "Latin (now)"), ("Nearest Latin", "the nearest Latin version")],
)
def test_scripts_counts_texts_more_alike_in_cyrillic(latin: str, told: str) -> None:
    both = pd.DataFrame({"Both Cyrillic": [0.5, 0.4, 0.3], latin: [0.4, 0.4, 0.4]})
    sentence = f"In Cyrillic 1 of 3 texts are more like the Kazakh one than in {told}"
    assert findings.scripts(both, "Kazakh") == sentence


def test_kinship_with_and_without_the_pair() -> None:
    kinship = rows("state concepts share share_low share_high", ("TUR", 237, 0.696, 0.637, 0.751))
    told = "Kazakh and Turkish have a word of one origin for 70% of 237 basic meanings (64 to 75%)"
    assert findings.kinship(kinship, "TUR", "Kazakh", "Turkish") == told
    told = "Basic vocabulary of Kazakh compared with the other state languages"
    assert findings.kinship(kinship, "HUN", "Kazakh", "Hungarian") == told


def test_relatives_tell_both_ends_and_the_place_of_the_other() -> None:
    table = rows("language Kazakh", ("Nogai", 0.97), ("Turkish", 0.7), ("Dolgan", 0.56))
    told = "Nearest to Kazakh is Nogai (97%), farthest Dolgan (56%); Turkish is 2nd of 3"
    assert findings.relatives(table, "Kazakh", "Turkish") == told


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
            "went from 2000 to 2005 in 2 announcements",
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
        ("KAZ", "Western Europe", 0.068, 2017, ""),
    )
    told = "Kazakhstan: 6.8% of its students abroad were in Western Europe in 2017, 13.1% in 2012."
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
    told = "2 dated steps from 1991 to 1993, 1 of them on the alphabet alone"
    assert findings.timeline(events) == told
    assert findings.timeline(events.head(1)) == "Dated steps in 1991: 1"


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
