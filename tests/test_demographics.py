"""The measures of demographics: cases worked by hand, properties, and published figures on the real tables."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data
from turkic_ties import demographics as demo
from turkic_ties.countries import MEMBERS

numbers = st.floats(min_value=1, max_value=1e8)
mixtures = st.lists(st.floats(min_value=0.001, max_value=1), min_size=1, max_size=12).map(
    lambda weights: [weight / sum(weights) for weight in weights]
)


@pytest.fixture(scope="module")
def ethnic_composition():
    return data.load("demographics/ethnic_composition")


@pytest.fixture(scope="module")
def region_population():
    return data.load("demographics/region_population")


@pytest.fixture(scope="module")
def population():
    return data.load("demographics/population")


@pytest.fixture(scope="module")
def age_structure():
    return data.load("demographics/age_structure")


@pytest.fixture(scope="module")
def indicators():
    return data.load("demographics/indicators")


@pytest.fixture(scope="module")
def indicator_catalog():
    return data.load("demographics/indicator_catalog")


# -- ethnic composition: a country of our own -------------------------------------------------------------------


def figures(*rows):
    """Rows of geography, date, basis, group, count, share_pct, preferred, grade, flag."""
    columns = [
        "geography",
        "date",
        "basis",
        "ethnic_group",
        "count",
        "share_pct",
        "preferred",
        "grade",
        "flag",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame["year"] = pd.to_numeric(frame["date"].str[:4], errors="coerce").astype("Int64")
    frame["geography_type"] = np.where(frame["geography"] == "Kazakhstan", "country", "city")
    return frame.astype({"count": "Int64", "share_pct": "float64"}).assign(
        iso3="KAZ", note="", source="made", reference="page", url=""
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


def test_composition_adds_what_the_listed_groups_leave_and_sums_to_one():
    # Of 200 people 100 are Kazakh and 80 Russian: 20, a tenth, belong to neither.
    shares = demo.composition(TWO_CENSUSES, "2000", "census", "KAZ").set_index("ethnic_group")[
        "share"
    ]
    assert shares.to_dict() == pytest.approx({"Kazakh": 0.5, "Russian": 0.4, demo.OTHER: 0.1})
    assert shares.index[-1] == demo.OTHER


def test_compositions_give_every_date_with_what_is_left_last():
    # 2010: 300 of 400, so a quarter is left; 2021: 77 % as printed, for the count is rounded.
    found = demo.compositions(TWO_CENSUSES, "KAZ").groupby("date")
    assert found["ethnic_group"].agg(list).to_dict() == {
        "2000": ["Kazakh", "Russian", demo.OTHER],
        "2010": ["Kazakh", demo.OTHER],
        "2021-07-02": ["Kazakh", demo.OTHER],
    }
    assert found["share"].last().tolist() == pytest.approx([0.1, 0.25, 0.23])


def test_composition_of_a_date_or_basis_that_is_not_there_says_which_are():
    with pytest.raises(
        ValueError, match=r"2000 census, 2010 census, 2021-07-02 estimate_2009_base"
    ):
        demo.composition(TWO_CENSUSES, "2000", "census_revised", "KAZ")


def test_composition_dates_tell_how_much_is_listed():
    dates = demo.composition_dates(TWO_CENSUSES, "KAZ")
    assert dates["groups"].tolist() == [2, 1, 1]
    assert dates["listed_share"].tolist() == pytest.approx([0.9, 0.75, 0.77])
    assert dates["total"].tolist()[:2] == [200, 400]


def test_group_shares_keep_conflicts_and_tell_bases_apart():
    shares = demo.group_shares(TWO_CENSUSES, "Kazakh", "KAZ")
    assert shares["share"].tolist() == pytest.approx([0.5, 0.75, 0.725, 0.77])
    assert shares["preferred"].tolist() == [True, True, False, True]
    assert shares["basis"].tolist()[-1] == "estimate_2009_base"
    # Plain years stand in their middle; 2 July is the 183rd day of 365, so half of the year (182 days) has passed.
    assert shares["time"].tolist() == pytest.approx([2000.5, 2010.5, 2010.5, 2021 + 182 / 365])


def test_a_rounded_count_does_not_replace_a_printed_share():
    frame = figures(
        ("Kazakhstan", "2021", "census", "Total", 1000, None, True, "A", ""),
        ("Kazakhstan", "2021", "census", "Kazakh", 700, 70.4, True, "A", "rounded"),
        ("Kazakhstan", "2021", "census", "Russian", 155, 15.0, True, "A", ""),
    )
    found = demo.composition(frame, "2021", "census", "KAZ").set_index("ethnic_group")
    assert found.loc["Kazakh", ["share", "share_kind"]].tolist() == [
        pytest.approx(0.704),
        "printed",
    ]
    assert found.loc["Russian", ["share", "share_kind"]].tolist() == [
        pytest.approx(0.155),
        "computed",
    ]


def test_years_and_undated_figures_are_filtered():
    frame = figures(
        ("Atyrau city", "undated", "not_stated", "Kazakh", None, 90.0, True, "C", "undated"),
        ("Atyrau city", "2010", "census", "Kazakh", None, 80.0, True, "B", ""),
    )
    assert demo.group_shares(frame, "Kazakh", "KAZ", "Atyrau city")[
        "share"
    ].tolist() == pytest.approx([0.8, 0.9])
    assert demo.group_shares(frame, "Kazakh", "KAZ", "Atyrau city", start=2000)[
        "date"
    ].tolist() == ["2010"]


def test_neighbouring_shares_draw_a_line_on_one_basis_only():
    frame = figures(
        ("Kazakhstan", "2019-01-01", "estimate_2009_base", "Kazakh", None, 60.0, True, "A", ""),
        ("Kazakhstan", "2020-01-01", "census", "Kazakh", None, 99.0, True, "A", ""),
        ("Kazakhstan", "2021-01-01", "estimate_2009_base", "Kazakh", None, 64.0, True, "A", ""),
    )
    between = demo.neighbouring_shares(frame, "Kazakh", "KAZ", 2019.5, "estimate_2009_base")
    # A quarter of the way from 60 to 64.
    assert between["interpolated"].item() == pytest.approx(0.61)
    assert between[["date_before", "date_after"]].to_numpy().tolist() == [
        ["2019-01-01", "2021-01-01"]
    ]
    assert demo.neighbouring_shares(frame, "Kazakh", "KAZ", 2022.0, "estimate_2009_base").empty


# -- decomposition ----------------------------------------------------------------------------------------------


def test_share_change_is_split_as_by_hand():
    # From 100 of 200 to 300 of 400. Shares: s(100, 100) = 1/2, s(300, 100) = 3/4: the rest did not move, so all of the
    # 25 points is own growth.
    (change,) = demo.share_changes(TWO_CENSUSES, "Kazakh", "KAZ").to_dict("records")
    assert (
        change["change_pp"],
        change["own_growth_pp"],
        change["rest_growth_pp"],
    ) == pytest.approx((25, 25, 0))
    # 100 becomes 300 in ten years: ln 3 / 10 = 10.986 per cent a year.
    assert change["own_growth_pct"] == pytest.approx(10.98612)
    assert (change["years"], change["flag"]) == (10, "")


def test_both_effects_are_means_over_the_other_factor():
    # Own 1 -> 3, rest 1 -> 2. s(1,1)=1/2, s(3,1)=3/4, s(1,2)=1/3, s(3,2)=3/5.
    # Own: (1/4 + 4/15)/2 = 31/120; rest: (-1/6 - 3/20)/2 = -19/120; sum 12/120 = 3/5 - 1/2.
    assert demo.decompose_share(1, 1, 3, 2) == pytest.approx((31 / 120, -19 / 120))


@given(numbers, numbers, numbers, numbers)
def test_the_two_effects_sum_to_the_change(own_start, rest_start, own_end, rest_end):
    change = own_end / (own_end + rest_end) - own_start / (own_start + rest_start)
    assert sum(demo.decompose_share(own_start, rest_start, own_end, rest_end)) == pytest.approx(
        change, abs=1e-12
    )


@given(numbers, numbers, numbers, numbers, st.floats(min_value=0.001, max_value=1000))
def test_the_decomposition_does_not_depend_on_the_unit_and_turns_round(a, b, c, d, unit):
    forward = demo.decompose_share(a, b, c, d)
    assert demo.decompose_share(a * unit, b * unit, c * unit, d * unit) == pytest.approx(
        forward, abs=1e-9
    )
    assert demo.decompose_share(c, d, a, b) == pytest.approx(
        [-effect for effect in forward], abs=1e-12
    )


def test_a_decomposition_of_nobody_is_refused():
    with pytest.raises(ValueError, match="populations must be positive"):
        demo.decompose_share(0, 0, 1, 1)


def test_changes_are_not_decomposed_across_estimates():
    with pytest.raises(ValueError, match="use census or census_revised"):
        demo.share_changes(TWO_CENSUSES, "Kazakh", "KAZ", basis="estimate_2009_base")


# -- diversity --------------------------------------------------------------------------------------------------


def test_fractionalization_and_polarization_of_three_groups_by_hand():
    # 1 - (0.25 + 0.09 + 0.04) = 0.62; 4 (0.25 * 0.5 + 0.09 * 0.7 + 0.04 * 0.8) = 0.88.
    assert demo.fractionalization([0.5, 0.3, 0.2]) == pytest.approx(0.62)
    assert demo.polarization([0.5, 0.3, 0.2]) == pytest.approx(0.88)


@given(mixtures)
def test_indices_stay_within_their_bounds(shares):
    assert -1e-12 <= demo.fractionalization(shares) <= 1 - 1 / len(shares) + 1e-12
    assert -1e-12 <= demo.polarization(shares) <= 1 + 1e-12


def test_polarization_is_greatest_at_two_equal_groups():
    assert demo.polarization([0.5, 0.5]) == 1
    assert demo.polarization([1]) == demo.fractionalization([1]) == 0
    assert demo.polarization([0.51, 0.49]) < 1
    # n equal groups: 4 n (1/n²)(1 - 1/n), for three 8/9; fractionalisation goes on rising with n.
    assert demo.polarization([1 / 3] * 3) == pytest.approx(8 / 9)
    assert demo.fractionalization([1 / 3] * 3) > demo.fractionalization([0.5, 0.5])


def test_shares_that_are_no_shares_are_refused():
    for wrong in ([], [50, 50], [-0.1, 0.5], [np.nan]):
        with pytest.raises(ValueError, match="fractions that sum to at most one"):
            demo.fractionalization(wrong)


def test_diversity_takes_the_rest_as_one_group_or_as_many():
    # Shares 0.5, 0.4 and 0.1 others. One group: 1 - 0.25 - 0.16 - 0.01 = 0.58; splintered: 0.59.
    # Polarisation 4 (0.125 + 0.096 + 0.009) = 0.92, without the others 0.884.
    (row,) = demo.diversity(TWO_CENSUSES, "KAZ").to_dict("records")
    assert (row["fractionalization"], row["fractionalization_splintered"]) == pytest.approx(
        (0.58, 0.59)
    )
    assert (row["polarization"], row["polarization_splintered"]) == pytest.approx((0.92, 0.884))
    assert row["date"] == "2000"  # the census of 2010 lists only three quarters of the people


# -- regions ----------------------------------------------------------------------------------------------------

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


def test_a_count_is_divided_only_by_a_population_on_the_same_base():
    found = demo.regional_shares(CITY, RESIDENTS, "Kazakh", "KAZ").set_index(["geography", "date"])[
        "share"
    ]
    # 60 of 100 in 2014; the 90 of 2022 rest on the old register, the population of 2022 on the census: no share.
    assert found["Almaty city"].to_dict() == pytest.approx(
        {"2009": 0.55, "2014": 0.6, "2014-06-01": 0.61}
    )
    assert "Kazakhstan" not in found.index


def test_the_latest_share_prefers_better_evidence_of_the_same_year():
    latest = demo.latest_regional_shares(CITY, RESIDENTS, "Kazakh", "KAZ").set_index("geography")
    assert latest.loc["Almaty city", ["date", "grade"]].tolist() == ["2014", "A"]
    assert latest.loc["Atyrau city", ["date", "flag"]].tolist() == ["undated", "undated"]
    before = demo.latest_regional_shares(CITY, RESIDENTS, "Kazakh", "KAZ", end=2010)
    assert before["date"].tolist() == ["2009"]


# -- population -------------------------------------------------------------------------------------------------


def test_outlook_joins_estimates_and_projections_with_their_intervals():
    frame = pd.DataFrame(
        [("UZB", 2023, "estimate", 10), ("UZB", 2024, "medium", 11), ("UZB", 2024, "lower_95", 9)],
        columns=["iso3", "year", "variant", "population"],
    )
    outlook = demo.population_outlook(frame, "UZB")
    assert outlook[["kind", "value"]].to_numpy().tolist() == [
        ["estimate", 10.0],
        ["projection", 11.0],
    ]
    assert outlook["lower_95"].tolist()[1] == 9
    assert outlook["upper_95"].isna().all()


def test_median_age_is_interpolated_within_the_group():
    # 40 below 5, 20 from 5 to 10: half of 100 is reached after 10 of the 20, in the middle of the group.
    assert demo.median_age(pd.Series({0: 40, 5: 20, 10: 40, 15: 0})) == 7.5
    assert demo.median_age(pd.Series({10: 40, 0: 40, 15: 0, 5: 20})) == 7.5
    with pytest.raises(ValueError, match="no median age"):
        demo.median_age(pd.Series({0: 1, 100: 5}))


@given(
    st.lists(st.integers(min_value=1, max_value=10**6), min_size=5, max_size=20), st.integers(2, 50)
)
def test_median_age_lies_in_the_ages_and_ignores_the_unit(people, factor):
    by_age = pd.Series([*people, 0], index=range(0, 5 * len(people) + 5, 5))
    median = demo.median_age(by_age)
    assert 0 < median <= 5 * len(people)
    assert demo.median_age(by_age * factor) == pytest.approx(median)


def test_dependency_ratios_by_hand():
    ages = pd.DataFrame({"age_start": [0, 15, 65, 100], "population": [30, 50, 20, 0]})
    frame = ages.assign(iso3="KGZ", year=2000, sex="female", variant="estimate")
    (row,) = demo.age_indicators(frame, "KGZ").to_dict("records")
    assert (row["child_ratio"], row["old_age_ratio"], row["dependency_ratio"]) == (60, 40, 100)
    assert (row["aged_0_14_pct"], row["aged_15_64_pct"], row["aged_65_plus_pct"]) == (30, 50, 20)
    # 30 below 15, half is 50: 15 + 50 * 20 / 50 = 35 in a group of fifty years.
    assert row["median_age"] == 35


# -- indicators: a small world ----------------------------------------------------------------------------------


def world(values, **described):
    """Turn {indicator: {iso3: value or (value, year)}} into tables; described overrides columns of the catalogue."""
    cells = [
        (indicator, iso3, *(cell if isinstance(cell, tuple) else (cell, 2020)))
        for indicator, by_state in values.items()
        for iso3, cell in by_state.items()
    ]
    indicators = pd.DataFrame(cells, columns=["indicator", "iso3", "value", "year"]).astype(
        {"value": "float64"}
    )
    catalog = pd.DataFrame({"indicator": list(values)})
    defaults = {
        "name": "x",
        "unit": "y",
        "domain": "health",
        "direction": "higher_is_better",
        "concept": "c",
    }
    for column, default in (
        defaults | {"selected": True, "is_composite": False, "exclusion": ""}
    ).items():
        catalog[column] = [
            described.get(column, {}).get(indicator, default) for indicator in values
        ]
    return indicators, catalog


SIX = {"KAZ": 6, "TUR": 5, "AZE": 4, "UZB": 4, "KGZ": 2, "TKM": 1}


def test_ranks_share_ties_and_follow_the_direction():
    tables = world({"up": SIX, "down": SIX}, direction={"down": "lower_is_better"})
    ranks = demo.indicator_ranks(*tables).set_index(["indicator", "iso3"])
    assert ranks.loc["up", "rank"].reindex(MEMBERS).tolist() == [1, 2, 3, 3, 5, 6]
    assert ranks.loc["down", "rank"].reindex(MEMBERS).tolist() == [6, 5, 3, 3, 2, 1]
    assert ranks.loc["up", "tied"].reindex(MEMBERS).tolist() == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    assert ranks.loc["up", "leads"].reindex(MEMBERS).tolist() == [True, *[False] * 5]


def test_old_values_are_shown_and_not_ranked_and_missing_ones_stay_missing():
    values = {
        "x": SIX | {"TUR": (9, 2010)},
        "y": SIX | {"TUR": (9, 2010), "UZB": (9, 2010)},
        "z": dict(SIX),
    }
    del values["z"]["TKM"]
    ranks = demo.indicator_ranks(*world(values), year=2020, window=5).set_index(
        ["indicator", "iso3"]
    )
    turkish = ranks.loc[("x", "TUR")]
    assert (turkish["status"], turkish["value"], turkish["value_year"]) == ("stale", 9, 2010)
    assert pd.isna(turkish["rank"])
    assert ranks.loc[("x", "AZE"), ["rank", "n_states"]].tolist() == [2, 5]
    assert set(ranks.loc["y", "status"]) == {"stale", "too few states"}
    assert ranks.loc["y", "rank"].isna().all()
    assert ranks.loc[("z", "TKM"), "status"] == "missing"
    assert (
        demo.indicator_ranks(*world(values), year=2020, window=10)["status"].eq("stale").sum() == 0
    )


def test_later_values_than_the_reference_year_are_not_used():
    ranks = demo.indicator_ranks(*world({"x": SIX | {"TKM": (99, 2021)}}), year=2020)
    assert ranks.set_index("iso3").loc["TKM", "status"] == "missing"


def test_leaving_a_state_out_moves_the_others_up_without_changing_what_is_ranked():
    tables = world({"x": SIX})
    ranks = demo.indicator_ranks(*tables, without=["KAZ"]).set_index("iso3")
    assert "KAZ" not in ranks.index
    assert (ranks.loc["TUR", "rank"], ranks.loc["TUR", "n_states"]) == (1, 5)


def test_neutral_measures_are_left_out_or_read_either_way():
    tables = world({"x": SIX}, direction={"x": "neutral"})
    assert demo.indicator_ranks(*tables).empty
    up = demo.indicator_ranks(*tables, neutral="higher_is_better").set_index("iso3")["rank"]
    down = demo.indicator_ranks(*tables, neutral="lower_is_better").set_index("iso3")["rank"]
    assert (up["KAZ"], down["KAZ"], up["TKM"], down["TKM"]) == (1, 6, 6, 1)


values_of_six = st.lists(st.integers(-1000, 1000), min_size=6, max_size=6)


@settings(max_examples=10, deadline=None)
@given(
    values_of_six, st.floats(min_value=0.01, max_value=100), st.floats(min_value=-50, max_value=50)
)
def test_ranks_do_not_change_with_the_unit(values, scale, shift):
    by_state = dict(zip(MEMBERS, values, strict=True))
    plain = demo.indicator_ranks(*world({"x": by_state}))
    scaled = demo.indicator_ranks(
        *world({"x": {s: v * scale + shift for s, v in by_state.items()}})
    )
    cubed = demo.indicator_ranks(*world({"x": {s: v**3 for s, v in by_state.items()}}))
    for column in ("rank", "tied", "leads"):
        assert plain[column].tolist() == scaled[column].tolist() == cubed[column].tolist()


def test_leads_are_counted_by_domain_and_domains_can_count_the_same():
    # Kazakhstan leads both measures of health and none of the one of labour, which Türkiye and Azerbaijan share.
    tables = world(
        {"a": SIX, "b": SIX, "c": SIX | {"KAZ": 0, "TUR": 7, "AZE": 7}}, domain={"c": "labour"}
    )
    leads = demo.leads_by_domain(*tables).set_index(["domain", "iso3"])
    assert leads.loc[("health", "KAZ"), ["indicators", "led", "led_share"]].tolist() == [2, 2, 1]
    assert leads.loc[("labour", "TUR"), ["led", "led_jointly"]].tolist() == [1, 1]
    assert leads.loc[(demo.ALL_DOMAINS, "KAZ"), "led_share"] == pytest.approx(2 / 3)
    assert leads.loc[(demo.MEAN_OF_DOMAINS, "KAZ"), "led_share"] == pytest.approx(1 / 2)
    assert leads.loc[(demo.ALL_DOMAINS, "KAZ"), "expected_share"] == pytest.approx(1 / 6)
    assert leads.loc[(demo.ALL_DOMAINS, "KAZ"), "mean_rank"] == pytest.approx((1 + 1 + 6) / 3)


def test_sensitivity_by_hand_and_the_same_for_the_same_seed():
    second = SIX | {"TUR": 7}
    tables = world(
        {"a": SIX, "b": second, "c": second, "composite": SIX, "twin": SIX, "neutral": SIX},
        domain={"b": "labour", "c": "labour"},
        is_composite={"c": True, "composite": True},
        selected={"composite": False, "twin": False, "neutral": False},
        exclusion={
            "composite": "composite",
            "twin": "near_duplicate",
            "neutral": "no_agreed_direction",
        },
        direction={"neutral": "neutral"},
    )
    found = demo.selection_sensitivity(*tables, "KAZ", replicates=200)
    share = found.set_index("variant")["led_share"]
    assert share["all selected indicators"] == pytest.approx(1 / 3)
    assert share["without composites"] == pytest.approx(1 / 2)
    assert share["with the composites dropped for their components"] == pytest.approx(2 / 4)
    assert share["with near-duplicates"] == pytest.approx(2 / 4)
    assert share["with neutral measures, higher is better"] == pytest.approx(2 / 4)
    assert share["with neutral measures, lower is better"] == pytest.approx(1 / 4)
    assert share["every domain counts the same"] == pytest.approx(1 / 2)
    assert (share["without labour"], share["without health"]) == (1, 0)
    bootstrap = found[found["test"] == "bootstrap"]
    assert (bootstrap["lower"] <= bootstrap["led_share"]).all()
    assert (bootstrap["upper"] >= bootstrap["led_share"]).all()
    pd.testing.assert_frame_equal(found, demo.selection_sensitivity(*tables, "KAZ", replicates=200))


def test_dominance_by_hand():
    # AZE and UZB tie on a; on b AZE is ahead.
    dominance = demo.pairwise_dominance(*world({"a": SIX, "b": SIX | {"AZE": 5}})).set_index(
        ["iso3", "other"]
    )
    assert dominance.loc[("AZE", "UZB"), ["better", "worse", "tied"]].tolist() == [0.5, 0, 0.5]
    assert dominance.loc[("KAZ", "TKM"), "better"] == 1


def test_rank_history_compares_values_of_the_same_year_only():
    values = {"x": {"KAZ": (30, 2001), "TUR": (40, 2001), "KGZ": (20, 2002), "UZB": (25, 2001)}}
    tables = world(values, direction={"x": "lower_is_better"})
    history = demo.rank_history(*tables, "c", "KAZ")
    assert history[["year", "rank", "n_states", "states", "no_value"]].to_numpy().tolist() == [
        [2001, 2, 3, "UZB KAZ TUR", "AZE KGZ TKM"]
    ]
    assert demo.rank_history(*tables, "c", "KAZ", without=["UZB"])["rank"].item() == 1
    assert demo.rank_history(*tables, "c", "KGZ").empty
    with pytest.raises(ValueError, match="no concept 'd'"):
        demo.rank_history(*tables, "d", "KAZ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"without": "TUR"}, "give a list of codes"),
        ({"without": ["RUS"]}, "'RUS' is not one of the six"),
        ({"without": MEMBERS[:5]}, "nobody to compare"),
        ({"window": -1}, "window is -1"),
        ({"neutral": "up"}, "neutral is 'up'"),
        ({"only": ["nothing"]}, "no indicator 'nothing'"),
    ],
)
def test_wrong_questions_about_ranks_are_answered_in_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        demo.indicator_ranks(*world({"x": SIX}), **arguments)


# -- the real tables: published figures -------------------------------------------------------------------------


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
    ethnic_composition, date, basis, kazakh, russian
):
    shares = demo.composition(ethnic_composition, date, basis, "KAZ").set_index("ethnic_group")[
        "share"
    ]
    assert (round(shares["Kazakh"], 3), round(shares["Russian"], 3)) == (kazakh, russian)
    assert shares.sum() == pytest.approx(1)


def test_every_composition_sums_to_one(ethnic_composition):
    for place in (None, "Almaty city", "Atyrau Region", "North Kazakhstan Region", "Shymkent city"):
        for date in demo.composition_dates(ethnic_composition, "KAZ", place).to_dict("records"):
            found = demo.composition(ethnic_composition, date["date"], date["basis"], "KAZ", place)
            assert found["share"].sum() == pytest.approx(1)


def test_every_figure_has_one_preferred_row_at_most(ethnic_composition):
    keys = ["geography", "date", "basis", "ethnic_group"]
    assert ethnic_composition.groupby(keys)["preferred"].sum().max() == 1


def test_no_source_states_the_kazakh_share_of_2020_and_the_line_gives_68_5(ethnic_composition):
    shares = demo.group_shares(ethnic_composition, "Kazakh", "KAZ")
    assert 2020 not in shares["year"].tolist()
    between = demo.neighbouring_shares(
        ethnic_composition, "Kazakh", "KAZ", 2020, "estimate_2009_base"
    )
    # Half-way (365 of 731 days) between 67.98 on 1 January 2019 and 69.03 on 1 January 2021.
    assert between["interpolated"].item() == pytest.approx((0.6798 + 0.6903) / 2, abs=1e-4)


def test_the_1990s_are_the_only_decade_in_which_the_rest_moved_the_share_more(ethnic_composition):
    changes = demo.share_changes(ethnic_composition, "Kazakh", "KAZ", start=1959).set_index(
        "start_date"
    )
    assert changes.index[changes["rest_growth_pp"] > changes["own_growth_pp"]].tolist() == ["1989"]
    effects = changes["own_growth_pp"] + changes["rest_growth_pp"]
    assert effects.tolist() == pytest.approx(changes["change_pp"].tolist())
    revised = demo.share_changes(
        ethnic_composition, "Kazakh", "KAZ", start=1979, basis="census_revised"
    )
    assert revised["end_basis"].tolist() == ["census_revised", "census", "census", "census"]


def test_diversity_falls_since_1959_while_polarization_peaked_in_1999(ethnic_composition):
    found = demo.diversity(ethnic_composition, "KAZ")
    counted = found[(found["basis"] == "census") & (found["year"] >= 1959)].set_index("year")
    assert counted["fractionalization"].is_monotonic_decreasing
    assert counted["polarization"].idxmax() == 1999


def test_almaty_city_passed_one_half_and_atyrau_city_rests_on_one_unsourced_page(
    ethnic_composition, region_population
):
    shares = demo.regional_shares(ethnic_composition, region_population, "Kazakh", "KAZ").set_index(
        "geography"
    )
    almaty = shares.loc["Almaty city"].set_index("date")["share"]
    assert almaty["2005"] < 0.5 < almaty["2009"]
    residents = region_population.set_index(["region", "year"])["population"]
    assert almaty["2014"] == pytest.approx(845_000 / residents[("Almaty city", 2014)])
    assert shares.loc[["Atyrau city"], "flag"].tolist() == ["undated;unsourced"]


def test_regions_sum_to_the_country_and_the_census_of_2021_breaks_the_series(region_population):
    by_year = region_population.assign(
        whole=region_population["region"] == "Kazakhstan"
    ).pivot_table("population", "year", "whole", aggfunc="sum")
    assert (by_year[True] == by_year[False]).all()
    assert by_year.loc[2022, True] - by_year.loc[2021, True] == 623_607


def test_the_tiles_of_a_year_are_its_regions_each_in_a_place_of_its_own(region_population):
    tiles = data.load("demographics/region_tiles")
    for year, regions in region_population[region_population["region"] != "Kazakhstan"].groupby(
        "year"
    )["region"]:
        shown = tiles[(tiles["first_year"] <= year) & (tiles["last_year"].fillna(9999) >= year)]
        assert set(shown["region"]) == set(regions)
        assert not shown.duplicated(["column", "row"]).any()


def test_population_of_kazakhstan_is_that_of_the_united_nations(population):
    outlook = demo.population_outlook(population, "KAZ").set_index("year")
    assert outlook.loc[2023, "value"] == 20_331_000
    assert outlook.loc[2024, "value"] == pytest.approx(20_592_571)
    assert outlook.loc[2023, "kind"] == "estimate"
    ahead = outlook.loc[2024:]
    for lower, upper in (
        ("lower_95", "lower_80"),
        ("lower_80", "value"),
        ("value", "upper_80"),
        ("upper_80", "upper_95"),
    ):
        assert (ahead[lower] <= ahead[upper]).all()
    fertility = demo.population_outlook(population, "KAZ", "total_fertility_rate").set_index("year")
    assert fertility.loc[2023, "value"] == pytest.approx(3.01, abs=0.005)


def test_change_of_the_medium_variant_is_births_less_deaths_plus_migration(population):
    medium = population[population["variant"] == "medium"].sort_values(["iso3", "year"])
    balance = medium["births"] - medium["deaths"] + medium["net_migration"]
    # Mid-year to mid-year is half of one calendar year's balance and half of the next one's.
    expected = (balance + balance.groupby(medium["iso3"]).shift()) / 2
    error = medium.groupby("iso3")["population"].diff() - expected
    assert (error.dropna().abs() / medium["population"]).max() < 1e-4


def test_age_structure_is_that_of_the_2019_revision_and_near_later_ones(age_structure, indicators):
    later = indicators[indicators["indicator"] == "median_age_years"].set_index(["iso3", "year"])[
        "value"
    ]
    for country in MEMBERS:
        found = demo.age_indicators(age_structure, country).set_index("year")
        parts = found[["aged_0_14_pct", "aged_15_64_pct", "aged_65_plus_pct"]].sum(axis=1)
        assert parts.tolist() == pytest.approx([100] * len(found))
        for year in (1990, 2000, 2010):
            assert found.loc[year, "median_age"] == pytest.approx(later[(country, year)], abs=2)
    # The 2019 revision gives 18.78 million people for 2020, that of 2024 gives 19.48 million.
    kazakhstan = demo.age_indicators(age_structure, "KAZ").set_index("year")
    assert round(kazakhstan.loc[2020, "population"] / 1e6, 2) == 18.78


def test_a_pyramid_takes_the_last_year_there_is_and_sums_to_one(age_structure):
    pyramid = demo.age_pyramid(age_structure, "TUR", 2023)
    assert pyramid["year"].unique().tolist() == [2020]
    assert (len(pyramid), pyramid["share"].sum()) == (42, pytest.approx(1))
    assert demo.age_pyramid(age_structure, "TUR", 1900).empty


def test_the_selection_is_that_of_the_catalogue(indicators, indicator_catalog):
    assert len(demo.selection(indicator_catalog)) == 88
    ranks = demo.indicator_ranks(indicators, indicator_catalog)
    assert ranks.loc[ranks["iso3"] == "KAZ", "status"].eq("ranked").all()
    assert not set(ranks["status"]) & {"too few states"}
    spans = indicators.groupby("indicator")["year"].agg(["min", "max"])
    catalog = indicator_catalog.set_index("indicator").loc[spans.index]
    assert spans["min"].tolist() == catalog["first_year"].tolist()
    assert spans["max"].tolist() == catalog["last_year"].tolist()


def test_gdp_per_capita_of_2023_ranks_first_in_one_vintage_and_second_in_the_next(
    indicators, indicator_catalog
):
    history = demo.rank_history(
        indicators, indicator_catalog, "gdp_per_capita", "KAZ", start=2023, end=2023
    )
    rank = history.set_index("indicator")["rank"]
    assert rank["gdp_per_capita_current_usd_wdi202406"] == 1
    assert rank["gdp_per_capita_current_usd"] == 2
    values = history.set_index("indicator")["value"]
    assert values["gdp_per_capita_current_usd"] == pytest.approx(12_858.8)
    assert values["gdp_per_capita_current_usd_wdi202406"] == pytest.approx(13_136.6)
    without = demo.rank_history(
        indicators, indicator_catalog, "gdp_per_capita", "KAZ", ["TUR"], 2023, 2023
    )
    assert without["rank"].eq(1).all()


def test_gini_is_ranked_only_among_surveys_of_the_same_year(indicators, indicator_catalog):
    history = demo.rank_history(indicators, indicator_catalog, "gini", "KAZ")
    last = history[history["indicator"] == "gini_index_wb"].iloc[-1]
    assert (last["year"], last["value"], last["rank"], last["states"]) == (
        2021,
        29.2,
        2,
        "KGZ KAZ UZB TUR",
    )
    assert last["no_value"] == "AZE TKM"
    assert history["n_states"].max() < len(MEMBERS)


def test_kazakhstan_leads_less_than_half_of_the_selected_indicators(indicators, indicator_catalog):
    for without, led in (([], 27), (["TUR"], 36)):
        leads = demo.leads_by_domain(indicators, indicator_catalog, without=without).set_index(
            ["domain", "iso3"]
        )
        whole = leads.loc[(demo.ALL_DOMAINS, "KAZ")]
        assert (whole["led"], whole["indicators"]) == (led, 88)
        found = demo.selection_sensitivity(indicators, indicator_catalog, "KAZ", without=without)
        assert found["led_share"].max() < 0.5


def test_dominance_of_a_pair_sums_to_one_and_turns_round(indicators, indicator_catalog):
    dominance = demo.pairwise_dominance(indicators, indicator_catalog).set_index(["iso3", "other"])
    assert len(dominance) == 30
    for first, other in permutations(MEMBERS, 2):
        row, mirror = dominance.loc[(first, other)], dominance.loc[(other, first)]
        assert row["better"] + mirror["better"] + row["tied"] == pytest.approx(1)


def test_results_do_not_depend_on_the_order_of_rows(
    ethnic_composition, indicators, indicator_catalog, age_structure
):
    def mixed(frame):
        return frame.sample(frac=1, random_state=1)

    for plain, again in (
        (
            demo.indicator_ranks(indicators, indicator_catalog),
            demo.indicator_ranks(mixed(indicators), mixed(indicator_catalog)),
        ),
        (
            demo.selection_sensitivity(indicators, indicator_catalog, "TUR"),
            demo.selection_sensitivity(mixed(indicators), mixed(indicator_catalog), "TUR"),
        ),
        (
            demo.share_changes(ethnic_composition, "Russian", "KAZ"),
            demo.share_changes(mixed(ethnic_composition), "Russian", "KAZ"),
        ),
        (
            demo.group_shares(ethnic_composition, "Kazakh", "KAZ"),
            demo.group_shares(mixed(ethnic_composition), "Kazakh", "KAZ"),
        ),
        (
            demo.age_indicators(age_structure, "UZB"),
            demo.age_indicators(mixed(age_structure), "UZB"),
        ),
    ):
        pd.testing.assert_frame_equal(plain, again)


# -- every country and pair -------------------------------------------------------------------------------------


def test_countries_without_ethnic_tables_get_empty_frames_with_the_same_columns(
    ethnic_composition, region_population
):
    for measure in (
        lambda iso3: demo.composition_dates(ethnic_composition, iso3),
        lambda iso3: demo.compositions(ethnic_composition, iso3),
        lambda iso3: demo.composition(ethnic_composition, "2009", "census", iso3),
        lambda iso3: demo.group_shares(ethnic_composition, "Kazakh", iso3),
        lambda iso3: demo.neighbouring_shares(
            ethnic_composition, "Kazakh", iso3, 2020, "estimate_2009_base"
        ),
        lambda iso3: demo.share_changes(ethnic_composition, "Kazakh", iso3),
        lambda iso3: demo.diversity(ethnic_composition, iso3),
        lambda iso3: demo.regional_shares(
            ethnic_composition, region_population, "Kazakh", iso3, end=2024
        ),
        lambda iso3: demo.latest_regional_shares(
            ethnic_composition, region_population, "Kazakh", iso3
        ),
    ):
        columns = measure("KAZ").columns.tolist()
        for country in MEMBERS[1:]:
            empty = measure(country)
            assert empty.empty
            assert empty.columns.tolist() == columns


@pytest.mark.parametrize("country", MEMBERS)
def test_everything_else_works_for_every_country(
    country, population, age_structure, indicators, indicator_catalog
):
    for measure in demo.MEASURES_OF_POPULATION:
        outlook = demo.population_outlook(population, country, measure)
        assert (len(outlook), outlook["value"].notna().all()) == (151, True)
    assert len(demo.age_indicators(age_structure, country)) == 31
    assert len(demo.rank_history(indicators, indicator_catalog, "gdp_per_capita", country)) > 100
    demo.rank_history(indicators, indicator_catalog, "gini", country)


@pytest.mark.parametrize("partner", MEMBERS)
def test_every_country_can_be_compared_without_every_partner(
    partner, indicators, indicator_catalog
):
    recent = indicators[indicators["year"] >= 2018]
    led = demo.leads_by_domain(recent, indicator_catalog, without=[partner]).set_index(
        ["domain", "iso3"]
    )
    assert partner not in led.index.get_level_values("iso3")
    for country in set(MEMBERS) - {partner}:
        found = demo.selection_sensitivity(
            recent, indicator_catalog, country, without=[partner], replicates=20
        )
        assert found["led_share"].between(0, 1).all()
        assert led.loc[(demo.ALL_DOMAINS, country), "led_share"] == pytest.approx(
            found["led_share"].iloc[0]
        )


def test_years_before_the_data_give_empty_frames(
    population, age_structure, indicators, indicator_catalog
):
    assert demo.population_outlook(population, "KAZ", end=1900).empty
    assert demo.age_indicators(age_structure, "KAZ", end=1900).empty
    assert demo.rank_history(indicators, indicator_catalog, "gini", "KAZ", end=1950).empty
    assert demo.selection_sensitivity(indicators, indicator_catalog, "KAZ", year=1950).empty
    assert demo.pairwise_dominance(indicators, indicator_catalog, year=1950).empty
    leads = demo.leads_by_domain(indicators, indicator_catalog, year=1950)
    assert leads.empty
    assert set(demo.indicator_ranks(indicators, indicator_catalog, year=1950)["status"]) == {
        "missing"
    }


@pytest.mark.parametrize("measure", [demo.population_outlook, demo.age_indicators])
def test_wrong_countries_and_periods_are_refused(measure, population, age_structure):
    table = population if measure is demo.population_outlook else age_structure
    with pytest.raises(ValueError, match="'RUS' is not one of the six states"):
        measure(table, "RUS")
    with pytest.raises(ValueError, match="the start 2020 lies after the end 2010"):
        measure(table, "KAZ", start=2020, end=2010)


def test_a_country_cannot_be_left_out_of_its_own_comparison(indicators, indicator_catalog):
    with pytest.raises(ValueError, match="KAZ cannot be left out"):
        demo.selection_sensitivity(indicators, indicator_catalog, "KAZ", without=["KAZ"])
