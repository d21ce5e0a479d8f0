"""Titles and findings of the demographics report: every case of a sentence, on made rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from turkic_ties.findings import demographics as findings

NAMES = {"KAZ": "Kazakhstan", "TUR": "Türkiye"}


def rows(columns: str, *values: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(values), columns=columns.split())


SHARES = rows(
    "date year basis share",
    ("1959", 1959, "census", 0.300),
    ("1989", 1989, "census", 0.397),
    ("1989", 1989, "census_revised", 0.401),
    ("2021-01-01", 2021, "estimate_2009_base", 0.690),
    ("2021-09-01", 2021, "census", 0.704),
    ("2024-01-01", 2024, "estimate_2021_base", 0.710),
)


def test_the_newest_share_comes_first_then_the_first_and_the_lowest_census() -> None:
    assert findings.composition("Kazakh", SHARES) == (
        "The Kazakh share was 71.0% on 1 January 2024 (register on the census of 2021); "
        "earlier censuses counted 30.0% in 1959"
    )
    earlier = rows("date year basis share", ("1897", 1897, "census", 0.817))
    assert findings.composition("Kazakh", pd.concat([earlier, SHARES])).endswith(
        "earlier censuses counted 81.7% in 1897 and 30.0% in 1959"
    )


@pytest.mark.parametrize("many", [1])
def test_a_share_without_earlier_census_is_given_alone(many: int) -> None:
    only = SHARES.head(many)
    assert findings.composition("Kazakh", only) == "The Kazakh share was 30.0% in 1959 (census)"


def test_a_census_with_two_bases_is_named_once() -> None:
    assert [*findings.revisions("Kazakh", SHARES)] == [
        "The census of 1989 has two bases: 39.7% Kazakh as counted, 40.1% as revised."
    ]


def test_disputes_give_every_figure_and_note() -> None:
    disputed = rows(
        "date share note flag",
        ("1939", 0.350, "", "conflict"),
        ("1939", 0.378, "Printed as 2.3 million.", "rounded;suspect"),
        ("1970", 0.326, "", "rounded"),
    )
    disputed["disputed"] = findings.is_disputed(disputed)
    assert disputed["disputed"].tolist() == [True, True, False]
    assert [*findings.disputes(disputed)] == [
        "Disputed: 1939, 35.0% against 37.8%. Printed as 2.3 million."
    ]


CHANGE = (
    "start_date end_date start_basis interval change own_effect rest_effect own_growth rest_growth "
    "share_start share_end own_start own_end"
)


def changes(change: float, start_basis: str = "census") -> pd.DataFrame:
    values = ("1999", "2009", start_basis, "1999–2009", change, 0.057, 0.04, 0.024, -0.003)
    return rows(CHANGE, (*values, 0.5, 0.5 + change, 1e6, 2e6))


@pytest.mark.parametrize(("change", "word"), [(0.1, "rose"), (-0.1, "fell")])
def test_the_other_group_rises_or_falls(change: float, word: str) -> None:
    (sentence,) = findings.other_group("Russian", changes(change))
    assert f"The Russian share, the largest of the others, {word} from 50.0%" in sentence
    assert sentence.endswith("they numbered 1 million and 2 million.")


def test_changes_are_given_in_points_with_signs() -> None:
    assert findings.largest_change("Kazakh", changes(0.097)) == (
        "1999–2009: the Kazakh share changed by +9.7 points, +5.7 from the group's own numbers, "
        "+4.0 from those of all others"
    )
    (last,) = findings.last_change(changes(0.097))
    assert last.endswith("the group changed by +2.4% a year, all others by −0.3%.")
    assert [*findings.revised_changes(changes(0.097))] == []
    (revised,) = findings.revised_changes(changes(0.097, "census_revised"))
    assert revised.startswith("On the revised base the change from 1999 to 2009 is +9.7 points")


def test_the_break_of_the_register_sets_the_last_old_and_the_first_new_share_together() -> None:
    assert findings.register_break(SHARES) == (
        "The census of 2021 changed the base: 69.0% on 1 January 2021 by the old register, 71.0% "
        "on 1 January 2024 by the new"
    )


def test_the_largest_groups_are_those_of_the_last_date() -> None:
    mixture = rows(
        "date ethnic_group share",
        ("2009", "Kazakh", 0.63),
        ("2025-01-01", "Kazakh", 0.71),
        ("2025-01-01", "Russian", 0.146),
    )
    assert findings.largest_groups(mixture) == (
        "The largest groups in 2025: Kazakh 71.0%, Russian 14.6%"
    )


def test_dates_are_marked_by_basis() -> None:
    assert findings.date_marks(SHARES) == ["1959", "1989", "1989r", "2021e", "2021", "2024e"]
    assert findings.dates_and_bases(SHARES.head(1)) == ["1959, census"]


@pytest.mark.parametrize(("share", "many"), [(0.51, 1), (0.5, 0)])
def test_one_half_is_no_majority(share: float, many: int) -> None:
    tiles = rows("region share", ("Akmola Region", share), ("Pavlodar Region", 0.4))
    assert findings.regions("Kazakh", tiles) == (
        f"Kazakh share above one half in {many} of the 2 regions with a figure; the lowest is 40% "
        "in Pavlodar Region"
    )


def test_districts_are_counted_from_the_highest_class() -> None:
    classes = pd.Series(["0-40", "80-100", "80-100", None])
    assert findings.districts("Kazakh", classes) == (
        "Of 3 districts on a private map of unstated date, by Kazakh share in percent: 2 in the "
        "class 80–100; 1 in the class 0–40 (grade C)."
    )


OUTLOOK = rows(
    "state year kind value lower_95 upper_95",
    ("Kazakhstan", 2023, "estimate", 3.01, None, None),
    ("Kazakhstan", 2050, "projection", 2.4, 1.5, 3.5),
)


def test_a_forecast_names_the_last_estimate_where_there_is_one() -> None:
    measure = "total_fertility_rate"
    projection = "the projection for 2050 is 2.4 children per woman (95% interval 1.5 to 3.5)."
    assert findings.forecast(measure, OUTLOOK, 2050) == (
        f"Kazakhstan: 3.0 children per woman in 2023; {projection}"
    )
    assert findings.forecast(measure, OUTLOOK.tail(1), 2050) == f"Kazakhstan: {projection}"


def test_median_ages_are_compared() -> None:
    ages = rows("iso3 year median_age", ("TUR", 2020, 31.5), ("KAZ", 2020, 30.7))
    assert findings.pyramids(NAMES, ages) == (
        "In 2020 half the people of Kazakhstan were younger than 30.7 years, half those of "
        "Türkiye younger than 31.5"
    )


def test_the_state_that_leads_most_comes_first_and_the_pair_follows() -> None:
    totals = rows("iso3 led indicators", ("TUR", 30, 88), ("KAZ", 27, 88), ("AZE", 9, 88))
    assert findings.leads(totals, ["KAZ", "AZE"]) == (
        "Türkiye leads on 30 of 88 selected indicators, Kazakhstan on 27 of 88, Azerbaijan on 9 of "
        "88"
    )


def test_ranks_are_counted() -> None:
    series = pd.DataFrame({"rank": [2, 1, 1], "year": 2023, "n_states": 6})
    assert findings.income("Kazakhstan", series) == (
        "By GDP per capita Kazakhstan ranked 1st in 2, 2nd in 1 of 3 series in 2023"
    )
    assert findings.ranks(series) == ["2nd of 6", "1st of 6", "1st of 6"]


@pytest.mark.parametrize(
    ("series", "year"),
    [
        ({2022: "abc", 2023: "abc", 2024: "ab"}, 2023),  # the last year with three
        ({2022: "ab", 2023: "ab", 2024: "a"}, 2023),  # or with as many as any year has
        ({2022: "abcd", 2023: "abc"}, 2023),
    ],
)
def test_the_year_of_a_title_is_the_last_that_three_series_have(
    series: dict[int, str], year: int
) -> None:
    pairs = [(year, name) for year, names in series.items() for name in names]
    history = rows("year indicator", *pairs)
    assert findings.well_covered(history)["year"].unique().tolist() == [year]
    assert findings.well_covered(history.head(0)).empty


def test_a_state_without_surveys_is_said_to_have_none() -> None:
    surveys = rows("iso3 year value", ("KAZ", 2020, 29.0), ("KAZ", 2021, 29.2), ("UZB", 2022, 31.0))
    assert findings.surveys(NAMES, surveys) == (
        "Gini index of the last survey: Kazakhstan 29.2 in 2021, Türkiye has none"
    )


@pytest.mark.parametrize(
    ("no_value", "end"),
    [("AZE TKM", "; no survey that year: Azerbaijan, Turkmenistan."), ("", ".")],
)
def test_states_without_a_survey_are_named(no_value: str, end: str) -> None:
    history = rows("year rank n_states no_value", (2021, 2, 4, no_value))
    (sentence,) = findings.gini_rank("Kazakhstan", history)
    assert sentence == (
        "In 2021, its last survey year shared with another state, Kazakhstan ranked 2nd of 4, the "
        f"most equal first{end}"
    )
