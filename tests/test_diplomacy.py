"""Measures of diplomacy, on cases worked by hand, on properties, and on the real tables."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data
from turkic_ties.countries import MEMBERS
from turkic_ties.measures import diplomacy

POWERS = ("RUS", "CHN", "USA")
TABLES = {address.partition("/")[2]: data.load(address) for address in data.addresses("defense")}


def votes(year: int, rcid: int = 1, **states: str) -> pd.DataFrame:
    """Roll calls of a year, one letter a vote."""
    return pd.DataFrame({state: list(cast) for state, cast in states.items()}).assign(
        year=year, rcid=lambda frame: range(rcid, rcid + len(frame))
    )


def points(year: int, **positions: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"iso3": positions.keys(), "year": year, "ideal_point": positions.values(), "n_votes": 60}
    )


def shuffled(table: pd.DataFrame) -> pd.DataFrame:
    return table.sample(frac=1, random_state=7)


# -- votes and ideal points ------------------------------------------------------------------------


def test_agreement_counts_an_abstention_as_half_or_as_nothing() -> None:
    # 20 votes: 12 the same, 4 with one abstaining, 4 opposed. (12 + 2) / 20 and 12 / 20.
    table = pd.DataFrame(
        [("KAZ", "TUR", 2001, 20, 12, 4, 4)],
        columns=[
            "country_a",
            "country_b",
            "year",
            "n_votes",
            "n_same",
            "n_one_abstained",
            "n_opposite",
        ],
    )
    result = diplomacy.voting_agreement(table, "KAZ", ["TUR"]).iloc[0]
    assert (result["agreement"], result["agreement_identical"], result["n_votes"]) == (0.7, 0.6, 20)


def agreement(**columns: object) -> pd.DataFrame:
    usual = {"country_a": "KAZ", "country_b": "TUR", "year": 2001, "n_votes": 20, "n_same": 12}
    return pd.DataFrame([{**usual, "n_one_abstained": 4, **columns}])


@pytest.mark.parametrize(("n_votes", "years"), [(9, []), (10, [2001])])
def test_a_year_of_fewer_than_ten_common_votes_is_left_out(n_votes: int, years: list[int]) -> None:
    table = agreement(n_votes=n_votes, n_same=5)
    assert diplomacy.voting_agreement(table, "KAZ", ["TUR"])["year"].tolist() == years


def test_a_year_without_votes_or_a_pair_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"row without votes \(KAZ, TUR, 2001\)"):
        diplomacy.voting_agreement(
            pd.concat([agreement(n_votes=1, year=2000), agreement(n_votes=0)]), "KAZ", ["TUR"]
        )
    swapped = agreement(country_a="TUR", country_b="KAZ")
    with pytest.raises(ValueError, match="two rows for country_a KAZ, other TUR, year 2001"):
        diplomacy.voting_agreement(pd.concat([agreement(), swapped]), "KAZ", ["TUR"])


def test_others_come_in_the_order_they_are_named_and_years_with_both_ends() -> None:
    table = pd.concat(
        [
            agreement(country_b=other, year=year)
            for other in ("CHN", "TUR")
            for year in (2003, 2001, 2002)
        ]
    )
    rows = diplomacy.voting_agreement(table, "KAZ", ["TUR", "CHN"], 2001, 2002)
    assert rows[["other", "year"]].to_numpy().tolist() == [
        ["TUR", 2001],
        ["TUR", 2002],
        ["CHN", 2001],
        ["CHN", 2002],
    ]


@pytest.mark.no_cover
def test_agreement_is_symmetric_between_any_two_members() -> None:
    table = TABLES["un_votes_agreement"]
    for a, b in itertools.combinations(MEMBERS, 2):
        one, other = (
            diplomacy.voting_agreement(table, a, [b]),
            diplomacy.voting_agreement(table, b, [a]),
        )
        pd.testing.assert_frame_equal(one.drop(columns="other"), other.drop(columns="other"))
        assert one["agreement"].between(0, 1).all()
        assert (one["agreement_identical"] <= one["agreement"]).all()


def test_distance_of_ideal_points_is_the_absolute_difference_in_common_years() -> None:
    table = pd.concat(
        [points(2001, KAZ=-1.0, TUR=0.5), points(2002, KAZ=-1.0), points(2003, TUR=0.0, KAZ=0.25)]
    )
    table.loc[(table["iso3"] == "TUR") & (table["year"] == 2003), "n_votes"] = 7
    result = diplomacy.ideal_point_distance(table, "KAZ", ["TUR", "RUS"])
    assert result[["other", "year", "distance", "n_votes"]].to_numpy().tolist() == [
        ["TUR", 2001, 1.5, 60],
        ["TUR", 2003, 0.25, 7],
    ]


# -- equal distance --------------------------------------------------------------------------------


def test_dispersion_is_the_standard_deviation_of_all_distances() -> None:
    # Mean 2, squared deviations 1, 0, 1: the root of 2/3.
    assert diplomacy.dispersion([1, 2, 3]) == pytest.approx((2 / 3) ** 0.5)


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 5), min_size=2, max_size=6).map(
        lambda distances: [round(d, 3) for d in distances]
    )
)
def test_dispersion_is_zero_if_and_only_if_all_distances_are_equal(
    distances: Sequence[float],
) -> None:
    assert (diplomacy.dispersion(distances) == 0) == (len(set(distances)) == 1)
    assert diplomacy.dispersion(distances) == diplomacy.dispersion(sorted(distances))
    assert diplomacy.dispersion(distances) <= (max(distances) - min(distances)) / 2 + 1e-9


def test_votes_that_are_all_alike_leave_nothing_to_chance() -> None:
    # Always with Russia (distance 0), half way from an abstaining China (1/2), against the United
    # States (1): mean 1/2, squared deviations 1/4, 0, 1/4; whatever is drawn again is the same.
    table = votes(2001, KAZ="Y" * 12, RUS="Y" * 12, CHN="A" * 12, USA="N" * 12)
    result = diplomacy.vote_dispersion(table, "KAZ", POWERS).iloc[0]
    assert (result["nearest"], result["nearest_distance"]) == ("RUS", 0)
    assert (result["furthest"], result["furthest_distance"]) == ("USA", 1)
    assert result["dispersion"] == pytest.approx((1 / 6) ** 0.5)
    assert (result["dispersion_low"], result["dispersion_high"]) == (
        result["dispersion"],
        result["dispersion"],
    )


@pytest.mark.parametrize(("gap", "zero"), [(8e-13, True), (4e-12, False)])
def test_a_dispersion_below_the_noise_of_floating_point_is_zero(gap: float, zero: bool) -> None:
    assert (diplomacy.dispersion([0.0, gap]) == 0) == zero


def test_a_thousand_resamples_are_drawn_unless_another_number_is_given() -> None:
    table = votes(2001, KAZ="Y" * 40, RUS="YN" * 20, USA="YYNA" * 10)
    usual = diplomacy.vote_dispersion(table, "KAZ", ["RUS", "USA"])
    same = diplomacy.vote_dispersion(table, "KAZ", ["RUS", "USA"], draws=1000, seed=1991)
    pd.testing.assert_frame_equal(usual, same)
    fewer = diplomacy.vote_dispersion(table, "KAZ", ["RUS", "USA"], draws=10)
    assert fewer["dispersion_high"].tolist() != usual["dispersion_high"].tolist()


def test_each_resample_has_as_many_rows_as_there_are() -> None:
    times = diplomacy._resamples(np.arange(7), 50, (1,))
    assert times.shape == (50, 7)
    assert (times.sum(axis=1) == 7).all()


def test_resamples_that_miss_a_power_are_left_out_of_the_interval() -> None:
    # The first column is known in one of two rows: a quarter of the resamples miss it.
    # In the others its mean is 0, that of the second is 1: the dispersion is half of it.
    apart = np.array([[0.0, 1.0], [np.nan, 1.0]])
    low, high = diplomacy._dispersion_interval(apart, 200, (1,))
    assert (low, high) == (0.5, 0.5)


def test_a_state_that_votes_the_same_way_as_all_powers_is_at_equal_distance() -> None:
    same = "YNAYNAYNAYNA"
    result = diplomacy.vote_dispersion(
        votes(2001, KAZ=same, RUS=same, CHN=same, USA=same), "KAZ", POWERS
    ).iloc[0]
    assert (result["nearest_distance"], result["furthest_distance"], result["dispersion"]) == (
        0,
        0,
        0,
    )
    assert (result["dispersion_low"], result["dispersion_high"]) == (0, 0)


def test_only_votes_in_which_both_took_part_are_counted() -> None:
    # With Russia 11 votes, 1 opposed: 1/11. With China 12 votes, 3 with one abstaining: 1.5/12.
    table = votes(2001, KAZ="YYYYYYYYYYYY", RUS="XYYYYYYYYYYN", CHN="AAAYYYYYYYYY")
    result = diplomacy.vote_dispersion(table, "KAZ", ["RUS", "CHN"]).iloc[0]
    assert result["n_votes"] == 11
    assert (result["nearest"], result["furthest"]) == ("RUS", "CHN")
    assert (result["nearest_distance"], result["furthest_distance"]) == pytest.approx(
        (1 / 11, 1.5 / 12)
    )


def test_a_window_needs_enough_votes_in_its_first_and_last_year() -> None:
    table = pd.concat(
        [
            votes(2001, 1, KAZ="Y" * 10, RUS="Y" * 10, USA="N" * 10),
            votes(2002, 11, KAZ="Y" * 5, RUS="Y" * 5, USA="N" * 5),
            votes(2003, 16, KAZ="Y" * 10, RUS="Y" * 10, USA="N" * 10),
            votes(2004, 26, KAZ="Y" * 10, RUS="Y" * 10, USA="N" * 9 + "X"),
        ]
    )
    assert diplomacy.vote_dispersion(table, "KAZ", ["RUS", "USA"])["window_end"].tolist() == [
        2001,
        2003,
    ]
    result = diplomacy.vote_dispersion(table, "KAZ", ["RUS", "USA"], window=3)
    assert result[["window_end", "n_votes"]].to_numpy().tolist() == [[2003, 25]]


def test_an_interval_depends_on_its_window_and_seed_alone() -> None:
    table = TABLES["un_roll_calls"]
    wide = diplomacy.vote_dispersion(table, "KAZ", POWERS, 2015, 2020)
    narrow = diplomacy.vote_dispersion(shuffled(table), "KAZ", POWERS[::-1], 2019, 2020)
    pd.testing.assert_frame_equal(wide.tail(2).reset_index(drop=True), narrow)
    other = diplomacy.vote_dispersion(table, "KAZ", POWERS, 2019, 2020, seed=2)
    assert (other["dispersion"] == narrow["dispersion"]).all()
    assert (other["dispersion_low"] != narrow["dispersion_low"]).any()


def test_the_interval_of_votes_has_the_width_statistics_expects() -> None:
    # Two powers: the dispersion is half the difference of two distances. With Russia every vote the
    # same, against the United States a fair coin over 400 votes: half of 0.5, standard error half
    # of sqrt(0.25 / 400) = 0.0125.
    n = 400
    table = votes(2001, KAZ="Y" * n, RUS="Y" * n, USA="YN" * (n // 2))
    result = diplomacy.vote_dispersion(table, "KAZ", ["RUS", "USA"], draws=4000).iloc[0]
    assert result["dispersion"] == 0.25
    assert result["dispersion_low"] == pytest.approx(0.25 - 1.96 * 0.0125, abs=0.002)
    assert result["dispersion_high"] == pytest.approx(0.25 + 1.96 * 0.0125, abs=0.002)


def test_ideal_points_are_averaged_over_the_years_all_have() -> None:
    # Distances to Russia 1 and 2, to the United States 2 and 3, the year between lacks one: means
    # 1.5 and 2.5, and half their difference whichever year is drawn again.
    table = pd.concat(
        [
            points(2001, KAZ=0.0, RUS=-1.0, USA=2.0),
            points(2002, KAZ=0.0, RUS=-1.0),
            points(2003, KAZ=0.0, RUS=-2.0, USA=3.0),
        ]
    )
    result = diplomacy.ideal_point_dispersion(table, "KAZ", ["RUS", "USA"], window=3).iloc[0]
    assert (result["n_years"], result["nearest_distance"], result["furthest_distance"]) == (
        2,
        1.5,
        2.5,
    )
    assert (result["dispersion"], result["dispersion_low"], result["dispersion_high"]) == (
        0.5,
        0.5,
        0.5,
    )


def test_ideal_points_that_stand_twice_are_refused() -> None:
    table = pd.concat([points(2001, KAZ=0.0, RUS=1.0), points(2001, KAZ=0.5)])
    with pytest.raises(ValueError, match="two rows for iso3 KAZ, year 2001"):
        diplomacy.ideal_point_distance(table, "KAZ", ["RUS"])
    with pytest.raises(ValueError, match="two rows for iso3 KAZ, year 2001"):
        diplomacy.ideal_point_dispersion(table, "KAZ", ["RUS", "USA"])


def test_two_years_of_ideal_points_have_an_interval() -> None:
    # Distances 1 and 2, then 1 and 4: a dispersion of 0.5 and 1.5, drawn twice, mean 1.
    table = pd.concat(
        [points(2001, KAZ=0.0, RUS=-1.0, USA=2.0), points(2002, KAZ=0.0, RUS=-1.0, USA=4.0)]
    )
    row = diplomacy.ideal_point_dispersion(table, "KAZ", ["RUS", "USA"], window=2).iloc[0]
    assert (row["dispersion"], row["dispersion_low"], row["dispersion_high"]) == (1.0, 0.5, 1.5)


def test_one_year_of_ideal_points_has_no_interval() -> None:
    result = diplomacy.ideal_point_dispersion(
        points(2001, KAZ=0.0, RUS=-1.0, USA=2.0), "KAZ", ["RUS", "USA"]
    ).iloc[0]
    assert result["dispersion"] == 0.5
    assert np.isnan(result["dispersion_low"])
    assert np.isnan(result["dispersion_high"])


def test_a_power_without_votes_or_points_gives_an_empty_frame() -> None:
    assert diplomacy.vote_dispersion(TABLES["un_roll_calls"], "KAZ", ["RUS", "JPN"]).empty
    assert diplomacy.ideal_point_dispersion(TABLES["un_ideal_points"], "KAZ", ["RUS", "JPN"]).empty


# -- arsenals --------------------------------------------------------------------------------------


def test_weapons_on_foreign_soil_are_counted_where_they_stand_or_where_they_are_commanded() -> None:
    table = pd.DataFrame(
        [
            ("control", "RUS", "RUS", 100),
            ("control", "FRA", "FRA", 20),
            ("location", "KAZ", "RUS", 30),
        ],
        columns=["basis", "iso3", "controller", "warheads"],
    ).assign(year=1991, counted="all", confidence="high")
    by_control = diplomacy.arsenal_order(table, "control")
    assert by_control[["rank", "iso3", "warheads"]].to_numpy().tolist() == [
        [1, "RUS", 100],
        [2, "FRA", 20],
    ]
    by_location = diplomacy.arsenal_order(table, "location")
    assert by_location[["rank", "iso3", "warheads"]].to_numpy().tolist() == [
        [1, "RUS", 70],
        [2, "KAZ", 30],
        [3, "FRA", 20],
    ]
    assert by_control["warheads"].sum() == by_location["warheads"].sum()
    assert diplomacy.arsenal_order(table, "control", 1950).empty


def test_arsenals_are_those_of_1991_unless_another_year_is_given() -> None:
    table = pd.DataFrame(
        [("control", "RUS", "RUS", 90, 1990), ("control", "RUS", "RUS", 100, 1991)],
        columns=["basis", "iso3", "controller", "warheads", "year"],
    ).assign(counted="all", confidence="high")
    assert diplomacy.arsenal_order(table, "control")["warheads"].tolist() == [100]
    assert diplomacy.arsenal_order(table, "control", 1990)["warheads"].tolist() == [90]


def test_equal_arsenals_share_the_better_rank() -> None:
    rows = [
        ("control", iso3, iso3, warheads) for iso3, warheads in zip("CAB", [5, 9, 5], strict=True)
    ]
    table = pd.DataFrame(rows, columns=["basis", "iso3", "controller", "warheads"])
    order = diplomacy.arsenal_order(table.assign(year=1991, counted="", confidence=""), "control")
    assert order[["rank", "iso3"]].to_numpy().tolist() == [[1, "A"], [2, "B"], [2, "C"]]


def test_kazakhstan_held_the_fourth_largest_arsenal_by_location_and_none_by_control() -> None:
    by_location = diplomacy.arsenal_order(TABLES["nuclear_warheads"], "location").set_index("iso3")
    assert by_location.index[:5].tolist() == ["RUS", "USA", "UKR", "KAZ", "FRA"]
    assert by_location.loc["KAZ", ["rank", "warheads"]].tolist() == [4, 1410]
    # 29,154 of the Soviet Union less 1,410, 1,900 and 80 elsewhere.
    assert by_location.loc["RUS", "warheads"] == 25764
    assert "KAZ" not in set(diplomacy.arsenal_order(TABLES["nuclear_warheads"], "control")["iso3"])


# -- events ----------------------------------------------------------------------------------------


def events(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["id", "date", "stage"])
    precision = frame["date"].str.len().map({4: "year", 7: "month", 10: "day"})
    return frame.assign(precision=precision, category="talks", countries="KAZ;TUR").astype(
        {"stage": "str"}
    )


def test_intervals_are_exact_between_days_and_ranges_otherwise() -> None:
    table = events(
        ("c", "2003", None),
        ("a", "2001-01-31", None),
        ("b", "2001-03", None),
        ("d", "2009", "planned"),
    )
    result = diplomacy.event_intervals(table, "talks")
    # 31 January to 1 March is 29 days, to 31 March 59. From 31 March 2001 to 1 January 2003 it is
    # 641 days (276 to 1 January 2002, 365 more), from 1 March 2001 to 31 December 2003 it is 1,035
    # (306, 365 and 364).
    assert result.to_numpy().tolist() == [["a", "b", 0, 29, 59], ["b", "c", 2, 641, 1035]]
    assert diplomacy.event_intervals(table, "other").empty


def test_two_events_in_one_known_year_may_be_on_one_day() -> None:
    result = diplomacy.event_intervals(events(("a", "2001", None), ("b", "2001", None)), "talks")
    assert result[["days_min", "days_max"]].to_numpy().tolist() == [[0, 364]]


@pytest.mark.parametrize(
    ("date", "earliest", "latest"),
    [
        ("2004", "2004-01-01", "2004-12-31"),
        ("2004-02", "2004-02-01", "2004-02-29"),
        ("2004-02-03", "2004-02-03", "2004-02-03"),
    ],
)
def test_an_event_lies_within_what_is_known_of_its_date(
    date: str, earliest: str, latest: str
) -> None:
    row = diplomacy.events_between(events(("a", date, None)), "KAZ", "TUR").iloc[0]
    assert row["earliest"].strftime("%Y-%m-%d") == earliest
    assert row["latest"].strftime("%Y-%m-%d") == latest


def test_events_of_a_pair_concern_both_states_and_lie_in_the_years() -> None:
    table = events(("a", "2001-02", None), ("b", "2003", None), ("c", "2002-05-06", None))
    table.loc[1, "countries"] = "KAZ"
    result = diplomacy.events_between(table, "TUR", "KAZ")
    assert result["id"].tolist() == ["a", "c"]
    assert result["latest"].dt.strftime("%Y-%m-%d").tolist() == ["2001-02-28", "2002-05-06"]
    assert diplomacy.events_between(table, "TUR", "KAZ", 2002, 2003)["id"].tolist() == ["c"]
    assert diplomacy.events_between(table, "TUR", "KAZ", 2001, 2001)["id"].tolist() == ["a"]
    assert diplomacy.events_between(table, "TUR", "AZE").empty


# -- the real tables -------------------------------------------------------------------------------


def test_the_table_of_agreement_is_a_recount_of_the_roll_calls() -> None:
    calls, table = TABLES["un_roll_calls"], TABLES["un_votes_agreement"]
    codes = calls.drop(columns=["rcid", "year"]).apply(
        lambda votes: votes.map({"Y": 1.0, "A": 0.0, "N": -1.0})
    )
    for (a, b), pair in table.groupby(["country_a", "country_b"]):
        score = 1 - (codes[a] - codes[b]).abs() / 2
        yearly = score.groupby(calls["year"]).agg(["count", "mean"]).loc[pair["year"]]
        assert yearly["count"].tolist() == pair["n_votes"].tolist()
        assert yearly["mean"].tolist() == pytest.approx(pair["agreement"].tolist(), abs=5e-5)
        assert (
            pair["n_same"] + pair["n_one_abstained"] + pair["n_opposite"] == pair["n_votes"]
        ).all()


@pytest.mark.parametrize("name", ["un_votes_agreement", "alliances"])
def test_pairs_are_unordered_and_stand_once(name: str) -> None:
    assert (TABLES[name]["country_a"] < TABLES[name]["country_b"]).all()


def test_turkish_votes_end_in_2022_and_its_ideal_points_in_2024() -> None:
    agreement = diplomacy.voting_agreement(TABLES["un_votes_agreement"], "KAZ", ["TUR", "RUS"])
    assert agreement.groupby("other")["year"].max().to_dict() == {"RUS": 2023, "TUR": 2022}
    distance = diplomacy.ideal_point_distance(TABLES["un_ideal_points"], "KAZ", ["TUR"])
    assert distance["year"].max() == 2024


def test_the_congress_kept_its_three_years_but_once() -> None:
    result = diplomacy.event_intervals(TABLES["events"], "congress of religions")
    assert result["years"].tolist() == [3, 3, 3, 3, 3, 4, 3]


def test_an_events_date_is_as_precise_as_it_says() -> None:
    digits = TABLES["events"]["date"].str.len().map({4: "year", 7: "month", 10: "day"})
    assert (digits == TABLES["events"]["precision"]).all()
    assert all(
        id.startswith(date)
        for id, date in zip(TABLES["events"]["id"], TABLES["events"]["date"], strict=True)
    )


# -- wrong arguments -------------------------------------------------------------------------------


def test_equal_distance_from_one_power_is_refused() -> None:
    with pytest.raises(ValueError, match="two powers or more"):
        diplomacy.vote_dispersion(TABLES["un_roll_calls"], "KAZ", ["RUS", "RUS"])
    with pytest.raises(ValueError, match="fewer than two distances"):
        diplomacy.dispersion([1.0])


def test_arsenals_are_ordered_by_control_or_location_only() -> None:
    with pytest.raises(ValueError, match="not by 'size'"):
        diplomacy.arsenal_order(TABLES["nuclear_warheads"], "size")
