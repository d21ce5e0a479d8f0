"""What all measures share: checks, ranks, concentration, intervals, frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turkic_ties.measures import common


def test_a_state_that_is_not_compared_is_refused() -> None:
    common.check_country("KGZ")
    with pytest.raises(ValueError, match=r"'DEU' is not one of the states compared here: use one"):
        common.check_country("DEU")


def test_a_pair_of_a_country_with_itself_is_refused() -> None:
    common.check_pair("KAZ", "RUS")  # the partner may be any country
    with pytest.raises(ValueError, match="country and partner are both KAZ"):
        common.check_pair("KAZ", "KAZ")


def test_a_start_after_the_end_is_refused_and_one_year_is_a_period() -> None:
    common.check_period(2020, 2020)
    with pytest.raises(ValueError, match=r"start \(2021\) must not be after end \(2020\)"):
        common.check_period(2021, 2020)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(None, None, (0, 9999)), (2001, None, (2001, 9999)), (None, 2020, (0, 2020)), (1, 2, (1, 2))],
)
def test_an_open_side_of_a_period_takes_every_year(
    start: int | None, end: int | None, expected: tuple[int, int]
) -> None:
    assert common.bounds(start, end) == expected


def test_bounds_refuse_what_is_no_period() -> None:
    with pytest.raises(ValueError, match="must not be after"):
        common.bounds(2, 1)


def test_a_key_that_occurs_twice_is_named() -> None:
    rows = pd.DataFrame({"year": [2020, 2021, 2021], "flow": ["export"] * 3})
    common.check_unique(rows.head(2), ["year", "flow"], "trade")
    with pytest.raises(ValueError, match="trade holds two rows for year 2021, flow export"):
        common.check_unique(rows, ["year", "flow"], "trade")


def test_a_negative_value_is_named_and_zero_is_fine() -> None:
    common.check_not_negative(pd.DataFrame({"usd": [0.0, np.nan, 0.5]}), "usd", "trade")
    with pytest.raises(ValueError, match=r"trade holds the negative usd -0\.5"):
        common.check_not_negative(pd.DataFrame({"usd": [0.0, -0.5]}), "usd", "trade")


def test_a_ratio_to_nothing_is_missing() -> None:
    ratio = common.ratio(pd.Series([1.0, 1.0, 3.0]), pd.Series([0.0, np.nan, 2.0]))
    assert ratio.isna().tolist() == [True, True, False]
    assert ratio.iloc[2] == 1.5


def test_equal_values_share_the_better_rank_and_missing_ones_get_none() -> None:
    values = pd.Series([3.0, 7.0, 3.0, np.nan, 1.0])
    assert common.competition_rank(values).fillna(0).tolist() == [2, 1, 2, 0, 4]
    smallest_first = common.competition_rank(values, largest_first=False)
    assert smallest_first.fillna(0).tolist() == [2, 4, 2, 0, 1]


def test_each_group_is_ranked_on_its_own() -> None:
    ranks = common.competition_rank(pd.Series([3.0, 7.0, 5.0]), by=["a", "a", "b"])
    assert ranks.tolist() == [2, 1, 1]


def test_the_index_of_concentration_by_hand() -> None:
    shares = pd.Series([0.5, 0.3, 0.2, 1.0])
    assert common.herfindahl_hirschman(shares.head(3)) == pytest.approx(0.38)  # 0.25 + 0.09 + 0.04
    by_group = common.herfindahl_hirschman(shares, by=["a", "a", "a", "b"])
    assert by_group.tolist() == pytest.approx([0.38, 1.0])


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30))
def test_the_index_of_concentration_lies_between_equal_shares_and_one(values: list[float]) -> None:
    shares = pd.Series(values) / sum(values)
    assert 1 / len(values) - 1e-9 <= common.herfindahl_hirschman(shares) <= 1 + 1e-9


def test_the_interval_leaves_a_fortieth_on_each_side() -> None:
    # Of 0, 1, …, 1000 the quantiles 0.025 and 0.975 are the numbers 25 and 975.
    assert common.percentile_interval(np.arange(1001.0)) == pytest.approx((25, 975))
    assert np.isnan(common.percentile_interval(np.array([]))).all()


def test_a_frame_has_its_columns_and_types_with_and_without_rows() -> None:
    types = {"year": "int64", "name": "str"}
    full, empty = common.frame([{"name": "a", "year": 1}], types), common.frame([], types)
    assert full.to_dict("records") == [{"year": 1, "name": "a"}]
    assert list(full) == list(empty) == ["year", "name"]
    assert full.dtypes.equals(empty.dtypes)


def test_rows_are_sorted_stably_and_numbered_anew() -> None:
    rows = pd.DataFrame(
        {"year": [2, 1, 2, 1], "name": list("abcd"), "other": 0}, index=[9, 8, 7, 6]
    )
    arranged = common.arrange(rows, ["name", "year"], by=["year"])
    assert arranged["name"].tolist() == ["b", "d", "a", "c"]
    assert list(arranged) == ["name", "year"]
    assert arranged.index.tolist() == [0, 1, 2, 3]


def test_texts_are_joined_once_each() -> None:
    assert common.joined(["wits", "", "bns; wits"]) == "bns; wits"
    assert common.joined(["b,a", "c"], ",") == "a,b,c"
    assert common.joined([]) == ""
