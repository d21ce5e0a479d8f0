"""Ethnic composition: cases worked by hand, properties, published figures on the real tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turkic_ties import data, demographics
from turkic_ties.countries import MEMBERS


@pytest.fixture(scope="module")
def ethnic_composition() -> pd.DataFrame:
    return data.load("demographics/ethnic_composition")


@pytest.fixture(scope="module")
def region_population() -> pd.DataFrame:
    return data.load("demographics/region_population")


def figures(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Make a table of geography, date, basis, group, count, share_pct, preferred, grade, flag."""
    columns = ["geography", "date", "basis", "ethnic_group", "count", "share_pct", "preferred"]
    table = pd.DataFrame(rows, columns=[*columns, "grade", "flag"])
    table["year"] = pd.to_numeric(table["date"].str[:4], errors="coerce").astype("Int64")
    table["geography_type"] = np.where(table["geography"] == "Kazakhstan", "country", "city")
    return table.astype({"count": "Int64", "share_pct": "float64"}).assign(
        iso3="KAZ", note="", source="made", reference="page", url=""
    )


numbers = st.floats(min_value=1, max_value=1e8)


mixtures = st.lists(st.floats(min_value=0.001, max_value=1), min_size=1, max_size=12).map(
    lambda weights: [weight / sum(weights) for weight in weights]
)


TWO_CENSUSES = figures(
    ("Kazakhstan", "2000", "census", "Total", 200, None, True, "A", ""),
    ("Kazakhstan", "2000", "census", "Kazakh", 100, None, True, "A", ""),
    ("Kazakhstan", "2000", "census", "Russian", 80, None, True, "B", "suspect"),
    ("Kazakhstan", "2010", "census", "Total", 400, None, True, "A", ""),
    ("Kazakhstan", "2010", "census", "Kazakh", 300, None, True, "A", ""),
    ("Kazakhstan", "2010", "census", "Kazakh", 290, None, False, "C", "conflict"),
    ("Kazakhstan", "2021-07-02", "estimate_2009_base", "Kazakh", 310, 77.0, True, "A", "rounded"),
)


def test_groups_of_equal_size_come_by_name() -> None:
    census, known = ("Kazakhstan", "2000", "census"), (None, True, "A", "")
    people = {"Total": 4, "Uzbek": 2, "Kazakh": 2}
    table = figures(*((*census, group, count, *known) for group, count in people.items()))
    groups = demographics.compositions(table, "KAZ")["ethnic_group"]
    assert groups.tolist()[:2] == ["Kazakh", "Uzbek"]


def test_composition_adds_what_the_listed_groups_leave_and_sums_to_one() -> None:
    # Of 200 people 100 are Kazakh and 80 Russian: 20, a tenth, belong to neither.
    shares = demographics.composition(TWO_CENSUSES, "2000", "census", "KAZ").set_index(
        "ethnic_group"
    )["share"]
    assert shares.to_dict() == pytest.approx(
        {"Kazakh": 0.5, "Russian": 0.4, demographics.OTHER: 0.1}
    )
    assert shares.index[-1] == demographics.OTHER


def test_a_composition_is_that_date_of_all_compositions() -> None:
    every = demographics.compositions(TWO_CENSUSES, "KAZ")
    one = demographics.composition(TWO_CENSUSES, "2010", "census", "KAZ")
    pd.testing.assert_frame_equal(one, every.iloc[3:5, 2:].reset_index(drop=True))


def test_compositions_give_every_date_with_what_is_left_last() -> None:
    # 2010: 300 of 400, so a quarter is left; 2021: 77 % as printed, for the count is rounded.
    result = demographics.compositions(TWO_CENSUSES, "KAZ").groupby("date")
    assert result["ethnic_group"].agg(list).to_dict() == {
        "2000": ["Kazakh", "Russian", demographics.OTHER],
        "2010": ["Kazakh", demographics.OTHER],
        "2021-07-02": ["Kazakh", demographics.OTHER],
    }
    assert result["share"].last().tolist() == pytest.approx([0.1, 0.25, 0.23])


def test_composition_dates_tell_how_much_is_listed() -> None:
    dates = demographics.composition_dates(TWO_CENSUSES, "KAZ")
    assert dates["groups"].tolist() == [2, 1, 1]
    assert dates["listed_share"].tolist() == pytest.approx([0.9, 0.75, 0.77])
    assert dates["total"].tolist()[:2] == [200, 400]


def test_group_shares_keep_conflicts_and_tell_bases_apart() -> None:
    shares = demographics.group_shares(TWO_CENSUSES, "Kazakh", "KAZ")
    assert shares["share"].tolist() == pytest.approx([0.5, 0.75, 0.725, 0.77])
    assert shares["preferred"].tolist() == [True, True, False, True]
    assert shares["basis"].tolist()[-1] == "estimate_2009_base"
    # A plain year is its middle; 2 July is the 183rd day of 365: 182 days have passed.
    assert shares["time"].tolist() == pytest.approx([2000.5, 2010.5, 2010.5, 2021 + 182 / 365])


def test_a_rounded_count_does_not_replace_a_printed_share() -> None:
    frame = figures(
        ("Kazakhstan", "2021", "census", "Total", 1000, None, True, "A", ""),
        ("Kazakhstan", "2021", "census", "Kazakh", 700, 70.4, True, "A", "rounded"),
        ("Kazakhstan", "2021", "census", "Russian", 155, 15.0, True, "A", ""),
    )
    result = demographics.composition(frame, "2021", "census", "KAZ").set_index("ethnic_group")
    assert result.loc["Kazakh", ["share", "share_kind"]].tolist() == [
        pytest.approx(0.704),
        "printed",
    ]
    assert result.loc["Russian", ["share", "share_kind"]].tolist() == [
        pytest.approx(0.155),
        "computed",
    ]


def test_the_largest_group_is_that_of_the_last_date_that_lists_nearly_all() -> None:
    # In 2010 the listed groups are three quarters: that census does not count.
    assert demographics.largest_group(TWO_CENSUSES, "KAZ") == "Kazakh"
    rows = figures(
        ("Kazakhstan", "1999", "census", "Russian", None, 95.0, True, "A", ""),
        ("Kazakhstan", "2009", "census", "Kazakh", None, 50.0, True, "A", ""),
        ("Kazakhstan", "2009", "census", "Russian", None, 40.0, True, "A", ""),
        ("Kazakhstan", "2021", "census", "Uzbek", None, 89.0, True, "A", ""),
    )
    assert demographics.largest_group(rows, "KAZ") == "Kazakh"
    assert demographics.largest_group(rows, "TUR") is None


def test_years_and_undated_figures_are_filtered() -> None:
    frame = figures(
        ("Atyrau city", "undated", "not_stated", "Kazakh", None, 90.0, True, "C", "undated"),
        ("Atyrau city", "2010", "census", "Kazakh", None, 80.0, True, "B", ""),
    )
    assert demographics.group_shares(frame, "Kazakh", "KAZ", "Atyrau city")[
        "share"
    ].tolist() == pytest.approx([0.8, 0.9])
    assert demographics.group_shares(frame, "Kazakh", "KAZ", "Atyrau city", start=2000)[
        "date"
    ].tolist() == ["2010"]


def test_both_effects_are_means_over_the_other_factor() -> None:
    # Own 1 -> 3, rest 1 -> 2. s(1,1)=1/2, s(3,1)=3/4, s(1,2)=1/3, s(3,2)=3/5.
    # Own: (1/4 + 4/15)/2 = 31/120; rest: (-1/6 - 3/20)/2 = -19/120; sum 12/120 = 3/5 - 1/2.
    assert demographics.decompose_share(1, 1, 3, 2) == pytest.approx((31 / 120, -19 / 120))


@given(numbers, numbers, numbers, numbers)
def test_the_two_effects_sum_to_the_change(
    own_start: float, rest_start: float, own_end: float, rest_end: float
) -> None:
    change = own_end / (own_end + rest_end) - own_start / (own_start + rest_start)
    assert sum(
        demographics.decompose_share(own_start, rest_start, own_end, rest_end)
    ) == pytest.approx(change, abs=1e-12)


@given(numbers, numbers, numbers, numbers, st.floats(min_value=0.001, max_value=1000))
def test_the_decomposition_does_not_depend_on_the_unit_and_turns_round(
    a: float, b: float, c: float, d: float, unit: float
) -> None:
    forward = demographics.decompose_share(a, b, c, d)
    assert demographics.decompose_share(a * unit, b * unit, c * unit, d * unit) == pytest.approx(
        forward, abs=1e-9
    )
    assert demographics.decompose_share(c, d, a, b) == pytest.approx(
        [-effect for effect in forward], abs=1e-12
    )


def test_a_decomposition_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="populations must be positive"):
        demographics.decompose_share(0, 0, 1, 1)


def test_fractionalization_and_polarization_of_three_groups_by_hand() -> None:
    # 1 - (0.25 + 0.09 + 0.04) = 0.62; 4 (0.25 * 0.5 + 0.09 * 0.7 + 0.04 * 0.8) = 0.88.
    assert demographics.fractionalization([0.5, 0.3, 0.2]) == pytest.approx(0.62)
    assert demographics.polarization([0.5, 0.3, 0.2]) == pytest.approx(0.88)


@given(mixtures)
def test_indices_stay_within_their_bounds(shares: list[float]) -> None:
    assert -1e-12 <= demographics.fractionalization(shares) <= 1 - 1 / len(shares) + 1e-12
    assert -1e-12 <= demographics.polarization(shares) <= 1 + 1e-12


def test_polarization_is_greatest_at_two_equal_groups() -> None:
    assert demographics.polarization([0.5, 0.5]) == 1
    assert demographics.polarization([1]) == demographics.fractionalization([1]) == 0
    assert demographics.polarization([0.51, 0.49]) < 1
    # n equal groups: 4 n (1/n²)(1 - 1/n), for three 8/9; fractionalisation goes on rising with n.
    assert demographics.polarization([1 / 3] * 3) == pytest.approx(8 / 9)
    assert demographics.fractionalization([1 / 3] * 3) > demographics.fractionalization([0.5, 0.5])


def test_shares_that_are_no_shares_are_refused() -> None:
    for wrong in ([], [50, 50], [-0.1, 0.5], [np.nan]):
        with pytest.raises(ValueError, match="fractions that sum to at most one"):
            demographics.fractionalization(wrong)


CITY = figures(
    ("Almaty city", "2014", "estimate_2009_base", "Kazakh", 60, None, True, "A", ""),
    ("Almaty city", "2022-01-01", "estimate_2009_base", "Kazakh", 90, None, True, "A", ""),
    ("Almaty city", "2009", "census", "Kazakh", None, 55.0, True, "B", ""),
    ("Almaty city", "2014-06-01", "estimate_2009_base", "Kazakh", None, 61.0, True, "C", ""),
    ("Atyrau city", "undated", "not_stated", "Kazakh", None, 90.0, True, "C", "undated"),
    ("Kazakhstan", "2009", "census", "Kazakh", None, 63.0, True, "A", ""),
)


RESIDENTS = pd.DataFrame(
    {
        "region": ["Almaty city", "Almaty city"],
        "year": [2014, 2022],
        "basis": ["estimate_2009_base", "estimate_2021_base"],
        "population": [100, 120],
    }
)


def test_a_count_is_divided_only_by_a_population_on_the_same_base() -> None:
    result = demographics.regional_shares(CITY, RESIDENTS, "Kazakh", "KAZ").set_index(
        ["geography", "date"]
    )["share"]
    # 60 of 100 in 2014; the 90 of 2022 are of the old register, the population of 2022 is based
    # on the census: no share.
    assert result["Almaty city"].to_dict() == pytest.approx(
        {"2009": 0.55, "2014": 0.6, "2014-06-01": 0.61}
    )
    assert "Kazakhstan" not in result.index


def test_the_latest_share_prefers_better_evidence_of_the_same_year() -> None:
    latest = demographics.latest_regional_shares(CITY, RESIDENTS, "Kazakh", "KAZ").set_index(
        "geography"
    )
    assert latest.loc["Almaty city", ["date", "grade"]].tolist() == ["2014", "A"]
    assert latest.loc["Atyrau city", ["date", "flag"]].tolist() == ["undated", "undated"]
    before = demographics.latest_regional_shares(CITY, RESIDENTS, "Kazakh", "KAZ", end=2010)
    assert before["date"].tolist() == ["2009"]


@pytest.mark.parametrize(
    ("date", "basis", "kazakh", "russian"),
    [
        ("1989", "census", 0.397, 0.378),
        ("1989", "census_revised", 0.401, 0.374),
        ("1999", "census", 0.534, 0.300),
        ("2009", "census", 0.631, 0.237),
        ("2021-01-01", "estimate_2009_base", 0.690, 0.185),
        ("2021-09-01", "census", 0.704, 0.155),
        ("2024-01-01", "estimate_2021_base", 0.710, 0.149),
    ],
)
def test_shares_of_kazakhs_and_russians_are_the_published_ones(
    ethnic_composition: pd.DataFrame, date: str, basis: str, kazakh: float, russian: float
) -> None:
    shares = demographics.composition(ethnic_composition, date, basis, "KAZ").set_index(
        "ethnic_group"
    )["share"]
    assert (round(shares["Kazakh"], 3), round(shares["Russian"], 3)) == (kazakh, russian)
    assert shares.sum() == pytest.approx(1)


def test_every_composition_sums_to_one(ethnic_composition: pd.DataFrame) -> None:
    for place in (None, "Almaty city", "Atyrau Region", "North Kazakhstan Region", "Shymkent city"):
        for date in demographics.composition_dates(ethnic_composition, "KAZ", place).to_dict(
            "records"
        ):
            result = demographics.composition(
                ethnic_composition, date["date"], date["basis"], "KAZ", place
            )
            assert result["share"].sum() == pytest.approx(1)


def test_every_figure_has_one_preferred_row_at_most(ethnic_composition: pd.DataFrame) -> None:
    keys = ["geography", "date", "basis", "ethnic_group"]
    assert ethnic_composition.groupby(keys)["preferred"].sum().max() == 1


def test_no_source_states_the_kazakh_share_of_2020_and_the_line_gives_68_5(
    ethnic_composition: pd.DataFrame,
) -> None:
    shares = demographics.group_shares(ethnic_composition, "Kazakh", "KAZ")
    assert 2020 not in shares["year"].tolist()
    between = demographics.neighbouring_shares(
        ethnic_composition, "Kazakh", "KAZ", 2020, "estimate_2009_base"
    )
    # Half-way (365 of 731 days) between 67.98 on 1 January 2019 and 69.03 on 1 January 2021.
    assert between["interpolated"].item() == pytest.approx((0.6798 + 0.6903) / 2, abs=1e-4)


def test_diversity_falls_since_1959_while_polarization_peaked_in_1999(
    ethnic_composition: pd.DataFrame,
) -> None:
    result = demographics.diversity(ethnic_composition, "KAZ")
    counted = result[(result["basis"] == "census") & (result["year"] >= 1959)].set_index("year")
    assert counted["fractionalization"].is_monotonic_decreasing
    assert counted["polarization"].idxmax() == 1999


def test_almaty_city_passed_one_half_and_atyrau_city_rests_on_one_unsourced_page(
    ethnic_composition: pd.DataFrame, region_population: pd.DataFrame
) -> None:
    shares = demographics.regional_shares(
        ethnic_composition, region_population, "Kazakh", "KAZ"
    ).set_index("geography")
    almaty = shares.loc["Almaty city"].set_index("date")["share"]
    assert almaty["2005"] < 0.5 < almaty["2009"]
    residents = region_population.set_index(["region", "year"])["population"]
    assert almaty["2014"] == pytest.approx(845_000 / residents[("Almaty city", 2014)])
    assert shares.loc[["Atyrau city"], "flag"].tolist() == ["undated;unsourced"]


def test_regions_sum_to_the_country_and_the_census_of_2021_breaks_the_series(
    region_population: pd.DataFrame,
) -> None:
    by_year = region_population.assign(
        whole=region_population["region"] == "Kazakhstan"
    ).pivot_table("population", "year", "whole", aggfunc="sum")
    assert (by_year[True] == by_year[False]).all()
    assert by_year.loc[2022, True] - by_year.loc[2021, True] == 623_607


def test_the_tiles_of_a_year_are_its_regions_each_in_a_place_of_its_own(
    region_population: pd.DataFrame,
) -> None:
    tiles = data.load("demographics/region_tiles")
    for year, regions in region_population[region_population["region"] != "Kazakhstan"].groupby(
        "year"
    )["region"]:
        shown = tiles[(tiles["first_year"] <= year) & (tiles["last_year"].fillna(9999) >= year)]
        assert set(shown["region"]) == set(regions)
        assert not shown.duplicated(["column", "row"]).any()


def test_diversity_takes_the_rest_as_one_group_or_as_many() -> None:
    # Shares 0.5, 0.4 and 0.1 others. One group: 1 - 0.25 - 0.16 - 0.01 = 0.58; splintered: 0.59.
    # Polarization 4 (0.125 + 0.096 + 0.009) = 0.92, without the others 0.884.
    (row,) = demographics.diversity(TWO_CENSUSES, "KAZ").to_dict("records")
    assert row["fractionalization"] == pytest.approx(0.58)
    assert row["fractionalization_splintered"] == pytest.approx(0.59)
    assert row["polarization"] == pytest.approx(0.92)
    assert row["polarization_splintered"] == pytest.approx(0.884)
    assert row["date"] == "2000"  # the census of 2010 lists only three quarters of the people
    assert row["source"] == "made"


@pytest.mark.parametrize(("listed", "is_used"), [(90.0, True), (89.9, False)])
def test_a_census_is_used_for_diversity_when_nine_tenths_are_listed(
    listed: float, is_used: bool
) -> None:
    rows = figures(("Kazakhstan", "2000", "census", "Kazakh", None, listed, True, "A", ""))
    assert demographics.LISTED_SHARE == 0.9
    assert len(demographics.diversity(rows, "KAZ")) == is_used


@pytest.mark.parametrize("basis", ["estimate_2021_base", "not_stated"])
def test_diversity_is_that_of_censuses(basis: str) -> None:
    rows = figures(("Kazakhstan", "2000", basis, "Kazakh", None, 95.0, True, "A", ""))
    assert demographics.diversity(rows, "KAZ").empty


def test_composition_of_a_date_or_basis_that_is_not_there_says_which_are() -> None:
    known = "2000 census, 2010 census, 2021-07-02 estimate_2009_base"
    with pytest.raises(ValueError, match=known):
        demographics.composition(TWO_CENSUSES, "2000", "census_revised", "KAZ")


def test_printed_shares_above_one_leave_nothing_for_the_others() -> None:
    rows = figures(
        ("Kazakhstan", "2000", "census", "Kazakh", None, 60.1, True, "A", ""),
        ("Kazakhstan", "2000", "census", "Russian", None, 40.0, True, "A", ""),
    )
    shares = demographics.compositions(rows, "KAZ")["share"]
    assert shares.tolist() == pytest.approx([0.601, 0.4, 0])


def test_a_total_that_is_not_preferred_divides_nothing() -> None:
    rows = figures(
        ("Kazakhstan", "2000", "census", "Total", 300, None, False, "C", "conflict"),
        ("Kazakhstan", "2000", "census", "Kazakh", 100, 50.0, True, "A", ""),
    )
    shares = demographics.group_shares(rows, "Kazakh", "KAZ")
    assert shares[["share", "share_kind"]].to_numpy().tolist() == [[0.5, "printed"]]


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2020", 2020.5),  # a plain year: its middle
        ("2020-01-01", 2020),  # no day has passed
        ("2020-12-31", 2020 + 365 / 366),  # a leap year
        ("2021-12-31", 2021 + 364 / 365),
        ("2000-03-01", 2000 + 60 / 366),  # 31 days and 29
        ("1900-03-01", 1900 + 59 / 365),  # no leap year
        ("undated", None),
    ],
)
def test_dates_become_decimal_years(date: str, time: float | None) -> None:
    rows = figures(("Kazakhstan", date, "census", "Kazakh", None, 50.0, True, "A", ""))
    (computed,) = demographics.group_shares(rows, "Kazakh", "KAZ")["time"]
    assert computed == pytest.approx(time) if time else pd.isna(computed)


@pytest.mark.parametrize(
    ("start", "end", "dates"),
    [(2000, 2009, ["2000"]), (2001, 2010, ["2010", "2010"]), (2001, 2009, [])],
)
def test_first_and_last_year_are_included(start: int, end: int, dates: list[str]) -> None:
    shares = demographics.group_shares(TWO_CENSUSES, "Kazakh", "KAZ", start=start, end=end)
    assert shares["date"].tolist() == dates


ON_ONE_BASIS = figures(
    ("Kazakhstan", "2019-01-01", "estimate_2009_base", "Kazakh", None, 60.0, True, "A", ""),
    ("Kazakhstan", "2020-01-01", "census", "Kazakh", None, 99.0, True, "A", ""),
    ("Kazakhstan", "2021-01-01", "estimate_2009_base", "Kazakh", None, 64.0, True, "A", ""),
)


@pytest.mark.parametrize(
    ("time", "share"),
    [
        (2019.5, 0.60 + 0.04 * 0.5 / 2),  # a quarter of the way from 60 to 64
        (2019.0, 0.60),  # the day of a figure is that figure, not outside
        (2018.9, None),
        (2021.0, None),  # nothing comes after the last
    ],
)
def test_neighbouring_shares_draw_a_line_on_one_basis_only(time: float, share: float) -> None:
    between = demographics.neighbouring_shares(
        ON_ONE_BASIS, "Kazakh", "KAZ", time, "estimate_2009_base"
    )
    assert between["interpolated"].tolist() == ([] if share is None else [pytest.approx(share)])
    dates = between[["date_before", "date_after"]].to_numpy().tolist()
    assert dates == [["2019-01-01", "2021-01-01"]] * len(between)


def test_share_change_is_split_as_by_hand() -> None:
    # From 100 of 200 to 300 of 400. Shares: s(100, 100) = 1/2, s(300, 100) = 3/4: the rest did not
    # move, so all of the quarter is own growth.
    (change,) = demographics.share_changes(TWO_CENSUSES, "Kazakh", "KAZ").to_dict("records")
    parts = [change[part] for part in ("change", "own_effect", "rest_effect", "rest_growth")]
    assert parts == pytest.approx([0.25, 0.25, 0, 0])
    # 100 becomes 300 in ten years: ln 3 / 10.
    assert change["own_growth"] == pytest.approx(0.1098612)
    numbers = [change[f"{who}_{when}"] for who in ("own", "rest") for when in ("start", "end")]
    assert numbers == pytest.approx([100, 300, 100, 100])
    assert (change["years"], change["flag"]) == (10, "")


def test_a_change_carries_the_flags_of_both_censuses_and_no_growth_from_nobody() -> None:
    rows = figures(
        ("Kazakhstan", "2000", "census", "Total", 100, None, True, "A", ""),
        ("Kazakhstan", "2000", "census", "Kazakh", 0, None, True, "A", "suspect;conflict"),
        ("Kazakhstan", "2010", "census", "Total", 100, None, True, "A", ""),
        ("Kazakhstan", "2010", "census", "Kazakh", 50, None, True, "A", "rounded"),
        ("Kazakhstan", "2020", "census", "Kazakh", None, 60.0, True, "A", ""),
    )
    # The last census has no total, so no number and no change to it.
    (change,) = demographics.share_changes(rows, "Kazakh", "KAZ").to_dict("records")
    assert change["flag"] == "conflict;rounded;suspect"
    assert np.isnan(change["own_growth"])
    assert change["rest_growth"] == pytest.approx(np.log(0.5) / 10)


@pytest.mark.parametrize(("start", "end", "many"), [(2000, 2010, 1), (2001, 2010, 0)])
def test_changes_are_between_censuses_of_the_period(start: int, end: int, many: int) -> None:
    changes = demographics.share_changes(TWO_CENSUSES, "Kazakh", "KAZ", start=start, end=end)
    assert len(changes) == many


def test_changes_are_not_decomposed_across_estimates() -> None:
    with pytest.raises(ValueError, match="use census or census_revised"):
        demographics.share_changes(TWO_CENSUSES, "Kazakh", "KAZ", basis="estimate_2009_base")


@pytest.mark.parametrize("wrong", [(-1, 2, 1, 1), (1, 1, 0, 0)])
def test_negative_numbers_and_nobody_are_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="populations must be positive"):
        demographics.decompose_share(*wrong)


def test_a_group_of_nobody_among_others_is_a_population() -> None:
    assert demographics.decompose_share(0, 1, 0, 2) == (0, 0)


def test_shares_may_miss_one_by_rounding_only() -> None:
    demographics.polarization([0.5, 0.5 + 5e-10])
    with pytest.raises(ValueError, match="fractions that sum to at most one"):
        demographics.polarization([0.5, 0.5 + 5e-9])


@pytest.mark.parametrize(("end", "dates"), [(2014, ["2009", "2014-06-01", "2014"]), (2008, [])])
def test_regional_figures_stop_at_the_end_and_undated_ones_have_no_end(
    end: int, dates: list[str]
) -> None:
    rows = demographics.regional_shares(CITY, RESIDENTS, "Kazakh", "KAZ", end=end)
    assert rows["date"].tolist() == dates


def test_the_1990s_are_the_only_decade_in_which_the_rest_moved_the_share_more(
    ethnic_composition: pd.DataFrame,
) -> None:
    changes = demographics.share_changes(ethnic_composition, "Kazakh", "KAZ", start=1959)
    by_rest = changes[changes["rest_effect"] > changes["own_effect"]]
    assert by_rest["start_date"].tolist() == ["1989"]
    effects = changes["own_effect"] + changes["rest_effect"]
    assert effects.tolist() == pytest.approx(changes["change"].tolist())
    revised = demographics.share_changes(
        ethnic_composition, "Kazakh", "KAZ", start=1979, basis="census_revised"
    )
    assert revised["end_basis"].tolist() == ["census_revised", "census", "census", "census"]


def measures_of(
    ethnic_composition: pd.DataFrame, region_population: pd.DataFrame, iso3: str
) -> dict[str, pd.DataFrame]:
    """Call every measure of a country's ethnic composition."""
    of_regions = (ethnic_composition, region_population, "Kazakh", iso3)
    return {
        "composition_dates": demographics.composition_dates(ethnic_composition, iso3),
        "compositions": demographics.compositions(ethnic_composition, iso3),
        "composition": demographics.composition(ethnic_composition, "2009", "census", iso3),
        "group_shares": demographics.group_shares(ethnic_composition, "Kazakh", iso3),
        "neighbouring_shares": demographics.neighbouring_shares(
            ethnic_composition, "Kazakh", iso3, 2020, "estimate_2009_base"
        ),
        "share_changes": demographics.share_changes(ethnic_composition, "Kazakh", iso3),
        "diversity": demographics.diversity(ethnic_composition, iso3),
        "regional_shares": demographics.regional_shares(*of_regions, end=2024),
        "latest_regional_shares": demographics.latest_regional_shares(*of_regions),
    }


def test_countries_without_ethnic_tables_get_empty_frames_of_the_same_columns_and_types(
    ethnic_composition: pd.DataFrame, region_population: pd.DataFrame
) -> None:
    full = measures_of(ethnic_composition, region_population, "KAZ")
    for iso3 in set(MEMBERS) - {"KAZ"}:
        for name, empty in measures_of(ethnic_composition, region_population, iso3).items():
            assert empty.empty
            assert empty.dtypes.to_dict() == full[name].dtypes.to_dict(), name


@pytest.fixture(scope="module")
def of_kazakhstan(
    ethnic_composition: pd.DataFrame, region_population: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    return measures_of(ethnic_composition, region_population, "KAZ")


def test_columns_are_those_of_the_docstrings(of_kazakhstan: dict[str, pd.DataFrame]) -> None:
    for name, rows in of_kazakhstan.items():
        returned = (getattr(demographics, name).__doc__ or "").split("Returns\n")[1]
        if "The columns of" not in returned:
            positions = [returned.find(column) for column in rows]
            assert min(positions) >= 0, name


def test_results_do_not_depend_on_the_order_of_rows(
    ethnic_composition: pd.DataFrame,
    region_population: pd.DataFrame,
    of_kazakhstan: dict[str, pd.DataFrame],
) -> None:
    shuffled = ethnic_composition.sample(frac=1, random_state=1)
    for name, rows in measures_of(shuffled, region_population, "KAZ").items():
        pd.testing.assert_frame_equal(of_kazakhstan[name], rows)


def test_a_wrong_country_and_period_are_refused(ethnic_composition: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="'RUS' is not one of the states"):
        demographics.compositions(ethnic_composition, "RUS")
    with pytest.raises(ValueError, match=r"start \(2020\) must not be after end \(2010\)"):
        demographics.group_shares(ethnic_composition, "Kazakh", "KAZ", start=2020, end=2010)
