"""Titles and findings of the demographics report: every case of a sentence, on made rows."""

from __future__ import annotations

import json
import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from turkic_ties import countries, data, demographics, show
from turkic_ties.countries import MEMBERS
from turkic_ties.findings import demographics as findings

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "demographics.ipynb"
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
        "The Kazakh share was 71.0% on 1 January 2024 (register, based on the census of 2021); "
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


PARTS = "+5.7 from the group's own numbers and +4.0 from those of all others"


def test_changes_are_given_in_points_with_signs() -> None:
    (last,) = findings.last_change("Kazakh", changes(0.097))
    assert last == (
        f"Between the last two censuses, 1999–2009, the Kazakh share rose by 9.7 points: {PARTS}; "
        "the group changed by +2.4% a year, all others by −0.3%."
    )
    assert [*findings.revised_changes(changes(0.097))] == []
    (revised,) = findings.revised_changes(changes(0.097, "census_revised"))
    assert revised == (
        f"On the revised base the share rose by 9.7 points from 1999 to 2009: {PARTS}."
    )


def test_only_one_of_several_rises_is_the_largest() -> None:
    three = pd.concat([changes(0.05), changes(0.097), changes(-0.2)])
    assert findings.largest_rise("Kazakh", three) == (
        f"The Kazakh share rose most in 1999–2009, by 9.7 points: {PARTS}"
    )
    assert findings.largest_rise("Kazakh", changes(0.097)) == (
        f"1999–2009: the Kazakh share rose by 9.7 points: {PARTS}"
    )
    assert findings.largest_rise("Kazakh", changes(-0.2)).startswith(
        "1999–2009: the Kazakh share fell by 20.0 points: "
    )


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
    tiles = rows(
        "region share year when",
        ("Akmola Region", share, 2021, "2021"),
        ("Pavlodar Region", 0.4, 2009, "2009"),
    )
    assert findings.regions("Kazakh", tiles) == (
        f"By the latest figure of each (2009–2021) the Kazakh share is above one half in {many} of "
        "2 regions; the lowest is 40% in Pavlodar Region (2009)"
    )


def test_cities_are_bounded_by_the_lowest_and_the_highest() -> None:
    cities = rows(
        "place share date grade",
        ("Almaty", 0.4, "2005", "A"),
        ("Almaty", 0.56, "2014", "A"),
        ("Astana", 0.81, "2022", "A"),
        ("Kostanay", 0.43, "2022", "B"),
    )
    assert findings.cities("Kazakh", cities) == (
        "Kazakh share in 3 cities: 43% in Kostanay (2022, grade B) to 81% in Astana (2022, grade A)"
    )
    assert findings.cities("Kazakh", cities.tail(1)) == (
        "Kazakh share in one city: 43% in Kostanay (2022, grade B)"
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
    totals = rows("iso3 led indicators", ("TUR", 30, 88), ("KAZ", 27, 88), ("AZE", 9, 87))
    assert findings.leads(totals, ["KAZ", "AZE"]) == (
        "Türkiye ranks first on 30 of 88 selected indicators, Kazakhstan on 27 of 88, Azerbaijan "
        "on 9 of 87"
    )


def test_a_state_is_not_compared_with_itself() -> None:
    (total,) = rows("led_share led_jointly expected_share", (0.3, 0, 1 / 6)).itertuples()
    equal = pd.Series({"KAZ": 0.25, "TUR": 0.325})
    assert findings.equal_weights("TUR", total, equal) == (
        "Türkiye ranks first on 30.0% of the indicators it is ranked on; by lot it would be 17%. "
        "With every domain weighing the same it is 32.5%, the highest share of all states."
    )
    assert findings.equal_weights("KAZ", total._replace(led_jointly=4), equal) == (
        "Kazakhstan ranks first on 30.0% of the indicators it is ranked on (4 jointly); by lot it "
        "would be 17%. With every domain weighing the same it is 25.0%, the highest share is "
        "32.5%, of Türkiye."
    )


def test_a_bad_is_not_called_a_lead() -> None:
    own = rows(
        "domain name direction leads",
        ("health", "Stillbirths", "lower_is_better", True),
        ("health", "Physicians", "higher_is_better", True),
        ("health", "Vaccination", "higher_is_better", True),
    )
    assert findings.by_domain(own).to_dict() == {
        "health": "Highest: Physicians; Vaccination. Lowest: Stillbirths."
    }
    assert findings.by_domain(own.assign(leads=False)).to_dict() == {
        "health": "Highest: Stillbirths. Lowest: Physicians; Vaccination."
    }
    assert findings.by_domain(own.head(0)).empty
    assert findings.where("Kazakhstan", own, 2) == (
        "Kazakhstan is first on 3 and last on 2 of 3 indicators"
    )


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ([2, 1, 1], "1st by 2 and 2nd by 1 of 3 series"),
        ([3, 3], "3rd by all 2 series"),
        ([4], "4th by the only series there is"),
    ],
)
def test_ranks_are_counted(ranks: list[int], expected: str) -> None:
    series = pd.DataFrame({"rank": ranks, "year": 2023, "n_states": 6})
    assert findings.income("Kazakhstan", series) == (
        f"Among the 6 states compared Kazakhstan ranked {expected} of GDP per capita in 2023"
    )
    some = series.assign(n_states=[5, *[6] * (len(ranks) - 1)])
    among = "5–6" if len(ranks) > 1 else "5"
    assert findings.income("Kazakhstan", some).startswith(f"Among the {among} states compared")
    assert findings.income_without("Kazakhstan", "Türkiye", series) == (
        f"With Türkiye left out, Kazakhstan ranked {expected} in 2023."
    )


def test_a_range_of_one_value_is_one_value() -> None:
    swing = rows("among led_share", ("all", 0.2), ("all", 0.3), ("without", 0.25))
    assert findings.sensitivity("Kazakhstan", "Türkiye", swing) == (
        "Kazakhstan ranks first on 20% to 30% of the indicators, depending on the selection; on "
        "25% with Türkiye left out"
    )


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


@pytest.mark.parametrize(
    ("oldest", "kazakhstan"),
    [(2021, "Kazakhstan 29.2 in 2021"), (2022, "Kazakhstan has none since 2021")],
)
def test_an_old_survey_is_not_set_against_a_recent_one(oldest: int, kazakhstan: str) -> None:
    surveys = rows("iso3 year value", ("KAZ", 2020, 29.0), ("KAZ", 2021, 29.2), ("UZB", 2022, 31.0))
    assert findings.surveys(NAMES, surveys, oldest) == (
        f"Gini index of the last survey: {kazakhstan}, Türkiye has none"
    )
    assert [*findings.last_surveys(surveys)] == [
        "Last surveys: Kazakhstan 29.2 (2021) and Uzbekistan 31.0 (2022)."
    ]
    assert [*findings.last_surveys(surveys.head(0))] == []


def test_ranks_of_the_last_five_years_of_surveys_are_listed() -> None:
    history = rows("year rank n_states", (2016, 1, 3), (2017, 2, 3), (2021, 2, 4))
    assert [*findings.gini_ranks("Kazakhstan", history)] == [
        "Among the states with a survey in the same year Kazakhstan ranked 2nd of 3 in 2017 and "
        "2nd of 4 in 2021; the lowest index ranks first."
    ]
    assert [*findings.gini_ranks("Kazakhstan", history.head(0))] == []


MIGRANTS = (
    "origin destination year persons origin_share destination_rank destinations destination_share "
    "origin_rank origins"
)


def test_migrants_are_given_both_ways_or_said_to_be_missing() -> None:
    both = rows(
        MIGRANTS,
        ("KAZ", "TUR", 2015, 4918, 0.1, 2, 59, 0.1, 1, 109),
        ("KAZ", "TUR", 2020, 6869, 0.002, 13, 59, 0.001, 1, 109),
        ("TUR", "KAZ", 2020, 49353, 0.014, 10, 83, 0.014, 7, 18),
    )
    assert findings.migrants(both, "KAZ", "TUR") == (
        "In 2020, 49,353 people born in Türkiye lived in Kazakhstan; 6,869 people born in "
        "Kazakhstan lived in Türkiye"
    )
    assert findings.migrants(both.head(2), "KAZ", "TUR") == (
        "In 2020, no figure is listed for people from Türkiye in Kazakhstan; 6,869 people born in "
        "Kazakhstan lived in Türkiye"
    )
    first, second = findings.migrant_shares(both)
    assert first == (
        "Türkiye had 0.2% of the people born in Kazakhstan who lived abroad in 2020, as the 13th "
        "largest of 59 countries of residence listed; they were 0.1% of the people in Türkiye born "
        "abroad, the largest of 109 countries of birth listed."
    )
    assert "Kazakhstan had 1.4% of the people born in Türkiye" in second
    (tiny,) = findings.migrant_shares(both.tail(1).assign(origin_share=0.0004999))
    assert tiny.startswith("Kazakhstan had less than 0.1% of the people born in Türkiye")
    assert findings.directions(both)[0] == "born in Kazakhstan, living in Türkiye"


# -- every pair -----------------------------------------------------------------------------------

PAIRS = list(permutations(MEMBERS, 2))
# What no sentence may say: a number that is missing, a plural of one, a superlative of one.
BROKEN = re.compile(
    r"\bnan\b|NaN|None|\binf\b|<NA>|not available|1st[- ]largest|largest of 1\b|of 1 series"
    r"|\b1 (?:states|indicators|series there|cities|regions|people|countries)\b|[−+]0\.0 points"
)


@pytest.fixture(scope="module")
def compared() -> dict[str, pd.DataFrame]:
    """Compare the states on all selected indicators, once for all pairs."""
    tables = data.load("demographics/indicators"), data.load("demographics/indicator_catalog")
    leads = demographics.leads_by_domain(*tables)
    gini = [demographics.rank_history(*tables, "gini", iso3).assign(iso3=iso3) for iso3 in MEMBERS]
    surveys = tables[0][tables[0]["indicator"] == "gini_index_wb_2026"]
    return {
        "leads": leads[leads["domain"] == demographics.ALL_DOMAINS].sort_values("led"),
        "equal": leads[leads["domain"] == demographics.MEAN_OF_DOMAINS].set_index("iso3"),
        "dominance": demographics.pairwise_dominance(*tables).set_index(["iso3", "other"]),
        "surveys": surveys.sort_values(["iso3", "year"]),
        "gini": pd.concat(gini),
    }


@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_no_sentence_of_any_pair_is_broken(
    country: str, partner: str, compared: dict[str, pd.DataFrame]
) -> None:
    name, other = countries.name(country), countries.name(partner)
    migrants = demographics.migrants(data.load("demographics/migrant_stock"), country, partner)
    dominance = compared["dominance"].reset_index().set_index(["iso3", "other"], drop=False)
    leads, gini = compared["leads"], compared["gini"]
    sentences = [
        findings.migrants(migrants, country, partner),
        *findings.migrant_shares(migrants),
        findings.leads(leads, [country, partner]),
        findings.dominance(dominance.loc[(country, partner)]),
        findings.surveys({country: name, partner: other}, compared["surveys"], 2018),
        *findings.gini_ranks(name, gini[gini["iso3"] == country]),
    ]
    sentences += [
        findings.equal_weights(country, total, compared["equal"]["led_share"])
        for total in leads[leads["iso3"] == country].itertuples()
    ]
    assert not [sentence for sentence in sentences if BROKEN.search(sentence)]


@pytest.mark.no_cover
@pytest.mark.parametrize(("country", "partner"), [pair for pair in PAIRS if pair[0] < pair[1]])
def test_a_pair_says_the_same_from_both_sides(
    country: str, partner: str, compared: dict[str, pd.DataFrame]
) -> None:
    stock = data.load("demographics/migrant_stock")
    migrants = demographics.migrants(stock, country, partner)
    pd.testing.assert_frame_equal(migrants, demographics.migrants(stock, partner, country))
    assert [*findings.migrant_shares(migrants)] == [
        *findings.migrant_shares(demographics.migrants(stock, partner, country))
    ]
    forth, back = (
        findings.migrants(migrants, *pair).removeprefix("In 2020, ").split("; ")
        for pair in ((country, partner), (partner, country))
    )
    assert forth == back[::-1]
    row, mirror = (
        compared["dominance"].loc[pair] for pair in ((country, partner), (partner, country))
    )
    assert (row["better"], row["worse"]) == (mirror["worse"], mirror["better"])
    assert row["indicators"] == mirror["indicators"]


# Each state once as the country and once as the partner, and periods with little in them.
RUNS: list[dict[str, Any]] = [
    *({"country": iso3, "partner": MEMBERS[i - 2]} for i, iso3 in enumerate(MEMBERS)),
    {"start": 2020, "end": 2020},
    {"country": "TKM", "partner": "AZE", "start": 1992, "end": 1996},
    {"country": "AZE", "partner": "TUR", "start": 1900, "end": 1901},
    {"country": "UZB", "partner": "KAZ", "start": 2050, "end": 2060},
    {"group": "Uzbek"},
    {"country": "TUR", "partner": "KAZ", "group": "Kazakh"},
]


@pytest.mark.no_cover
@pytest.mark.parametrize("asked", RUNS, ids=lambda asked: "-".join(map(str, asked.values())))
def test_no_sentence_of_the_notebook_is_broken(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the cells for other parameters, without drawing, and read what they say."""
    sentences: list[str] = []

    def chart(rows: pd.DataFrame, draw: object, **texts: Any) -> None:
        names = ["title", "subtitle", "source", "alt"] if len(rows) else ["missing"]
        written = [texts[name] for name in names]
        sentences.extend(text if isinstance(text, str) else text(rows) for text in written)

    def figure(_: None, **texts: Any) -> None:
        sentences.extend(texts[name] for name in ("title", "subtitle", "source", "alt"))

    for name in ("finding", "unavailable"):
        monkeypatch.setattr(show, name, sentences.append)
    for name in ("key_figures", "statements", "sources", "setup", "in_short"):
        monkeypatch.setattr(show, name, lambda *_: None)
    monkeypatch.setattr(show, "table", lambda frame, **texts: sentences.append(texts["title"]))
    monkeypatch.setattr(show, "chart", chart)
    monkeypatch.setattr(show, "figure", figure)
    names: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            names |= {name: lambda *_: None for name in names if name.startswith("draw_")}
            if "parameters" in cell["metadata"].get("tags", []):
                names |= asked
    assert len(sentences) > 10
    assert not [sentence for sentence in sentences if BROKEN.search(sentence)]
