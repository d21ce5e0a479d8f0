"""Direct investment: worked by hand, held to bounds, and met with the publisher's figures."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data
from turkic_ties.findings import investment as findings
from turkic_ties.measures import investment

KEYS = ["host", "partner", "measure", "year", "value_eur", "rank", "partners"]
Row = tuple[str, str, int, float | None, int | None, int | None]


def table(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame([("KAZ", *row) for row in rows], columns=KEYS)


def stock_of(values: list[float], quoted: int, total: float | None = None) -> pd.DataFrame:
    """Give the stocks of the largest investors out of several, and the total."""
    largest = sorted(values, reverse=True)
    rows: list[Row] = [
        (f"P{i:02}", "inward_stock", 2021, value, 1 + largest.index(value), len(values))
        for i, value in enumerate(largest[:quoted])
    ]
    return table(*rows, ("WLD", "inward_stock", 2021, total or sum(values), None, None))


@cache
def published() -> pd.DataFrame:
    return data.load("trade/inward_investment")


# -- one investor -------------------------------------------------------------------------------


def test_stock_share_and_cumulative_net_inflow_are_worked_by_hand() -> None:
    rows = table(
        ("TUR", "inward_stock", 2020, 40.0, 3, 10),
        ("TUR", "inward_stock", 2021, 60.0, 2, 11),
        ("TUR", "net_inflow", 2020, -5.0, 9, 10),
        ("TUR", "net_inflow", 2021, 30.0, 4, 10),
        ("WLD", "inward_stock", 2020, 400.0, None, None),
        ("WLD", "inward_stock", 2021, 500.0, None, None),
        ("WLD", "net_inflow", 2021, 70.0, None, None),
    )
    result = investment.investor(rows, "KAZ", "TUR").set_index("year")
    assert result["stock_share"].tolist() == [0.1, 0.12]  # 40/400, 60/500
    assert result["cumulative_net_inflow_eur"].tolist() == [-5.0, 25.0]  # -5, -5 + 30
    assert result["stock_rank"].tolist() == [3, 2]
    assert result["net_inflow_partners"].tolist() == [10, 10]
    assert investment.investor(rows, "KAZ", "TUR", start=2021)[
        "cumulative_net_inflow_eur"
    ].tolist() == [30.0]


def test_a_sum_of_inflows_ends_where_one_is_missing() -> None:
    rows = table(
        ("TUR", "net_inflow", 2019, 1.0, 1, 2),
        ("TUR", "net_inflow", 2020, None, 1, 2),
        ("TUR", "net_inflow", 2021, 1.0, 1, 2),
    )
    sums = investment.investor(rows, "KAZ", "TUR")["cumulative_net_inflow_eur"]
    assert sums.isna().tolist() == [False, True, True]


def test_a_country_of_which_the_rank_alone_is_quoted_has_no_value() -> None:
    result = investment.investor(published(), "KAZ", "UZB").iloc[-1]
    assert (result["year"], result["stock_rank"], result["stock_partners"]) == (2021, 50, 75)
    assert pd.isna(result["stock_eur"])
    assert pd.isna(result["stock_share"])


def test_two_figures_for_one_year_are_refused() -> None:
    twice = table(
        ("TUR", "inward_stock", 2021, 1.0, 1, 2), ("TUR", "inward_stock", 2021, 2.0, 1, 2)
    )
    with pytest.raises(ValueError, match=r"inward_investment holds two rows for host KAZ"):
        investment.investor(twice, "KAZ", "TUR")


@pytest.mark.parametrize(("host", "partner"), [("KAZ", "KAZ"), ("FRA", "TUR")])
def test_a_wrong_pair_is_refused(host: str, partner: str) -> None:
    with pytest.raises(ValueError, match=r"choose two different|use one of"):
        investment.investor(published(), host, partner)


def test_a_host_without_figures_gives_empty_frames_of_the_same_types() -> None:
    rows = published()
    for empty, full in (
        (investment.investor(rows, "UZB", "TUR"), investment.investor(rows, "KAZ", "TUR")),
        (investment.stocks(rows, "UZB"), investment.stocks(rows, "KAZ")),
        (
            investment.investor_concentration(rows, "UZB"),
            investment.investor_concentration(rows, "KAZ"),
        ),
    ):
        assert empty.empty
        pd.testing.assert_series_equal(empty.dtypes, full.dtypes)


# -- concentration ------------------------------------------------------------------------------


def test_the_bounds_are_worked_by_hand() -> None:
    # Shares 0.5, 0.3 of four known; the rest 0.2 is held by two others.
    # low  = 0.25 + 0.09 + 0.2² / 2  = 0.36
    # high = 0.25 + 0.09 + 0.2 · 0.3 = 0.40
    rows = stock_of([50, 30, 15, 5], quoted=2)
    result = investment.investor_concentration(rows, "KAZ").iloc[0]
    assert result["hhi_low"] == pytest.approx(0.36)
    assert result["hhi_high"] == pytest.approx(0.40)
    assert (result["known"], result["partners"], result["largest"]) == (2, 4, "P00")
    assert (result["largest_share"], result["known_share"]) == (0.5, 0.8)


def test_with_all_investors_known_the_bounds_meet() -> None:
    result = investment.investor_concentration(stock_of([50, 30, 20], quoted=3), "KAZ").iloc[0]
    assert result["hhi_low"] == result["hhi_high"] == pytest.approx(0.25 + 0.09 + 0.04)


def test_investors_after_a_gap_in_the_ranks_do_not_count_as_known() -> None:
    rows = stock_of([50, 30, 15, 5], quoted=4)
    without_second = rows[rows["rank"] != 2]
    assert investment.investor_concentration(without_second, "KAZ")["known"].tolist() == [1]
    without_first = rows[rows["rank"] != 1]
    assert investment.investor_concentration(without_first, "KAZ").empty


def test_equals_share_a_rank_and_are_no_gap() -> None:
    rows = stock_of([40, 20, 20, 20], quoted=4)
    assert rows["rank"].tolist()[:4] == [1, 2, 2, 2]
    assert investment.investor_concentration(rows, "KAZ")["known"].tolist() == [4]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=12, unique=True),
    st.integers(1, 12),
)
def test_the_true_index_lies_between_the_bounds(values: list[int], quoted: int) -> None:
    amounts = [float(value) for value in values]
    result = investment.investor_concentration(stock_of(amounts, quoted), "KAZ").iloc[0]
    index = sum((value / sum(amounts)) ** 2 for value in amounts)
    assert result["hhi_low"] <= index + 1e-12
    assert index <= result["hhi_high"] + 1e-12
    assert 1 / len(values) <= result["hhi_low"] + 1e-12


# -- the published figures ----------------------------------------------------------------------


def test_the_turkish_figures_are_those_of_the_publisher() -> None:
    result = investment.investor(published(), "KAZ", "TUR", start=2005).set_index("year")
    last = result.loc[2021]
    assert round(last["stock_eur"] / 1e6, 1) == 1106.6
    assert round(100 * last["stock_share"], 2) == 0.82
    assert (last["stock_rank"], last["stock_partners"]) == (12, 75)
    assert round(last["net_inflow_eur"] / 1e6, 1) == 366.7
    assert (last["net_inflow_rank"], result.loc[2020, "net_inflow_rank"]) == (5, 8)
    assert round(result.loc[2020, "net_inflow_eur"] / 1e6, 1) == 166.3
    assert round(last["cumulative_net_inflow_eur"] / 1e6, 1) == 1129.9
    negative = result.index[result["net_inflow_eur"] < 0].tolist()
    assert negative == [2005, 2006, 2014, 2015]


def test_the_stock_of_kazakhstan_is_as_if_spread_over_four_to_five_investors() -> None:
    result = investment.investor_concentration(published(), "KAZ").set_index("year")
    assert result.index.tolist() == [2011, 2021]
    assert result.loc[2021, ["hhi_low", "hhi_high"]].round(4).tolist() == [0.2317, 0.2328]
    assert result["largest"].tolist() == ["NLD", "NLD"]


def test_no_more_of_the_publishers_table_is_stored_than_is_quoted() -> None:
    rows = published().dropna(subset="value_eur")
    elsewhere = rows[~rows["partner"].isin(["TUR", "WLD"])]
    assert set(elsewhere["year"]) == {2011, 2021}
    assert set(elsewhere["measure"]) == {"inward_stock"}
    assert elsewhere["rank"].max() == 10


# -- sentences ----------------------------------------------------------------------------------


def test_the_sentences_name_stock_and_net_inflow_and_their_places() -> None:
    rows = investment.investor(published(), "KAZ", "TUR", start=2005)
    assert findings.stock(rows) == (
        "Türkiye's stock of direct investment in Kazakhstan was 1.11 billion euros at the end of "
        "2021, 0.82% of all"
    )
    assert findings.place(rows) == [
        "By stock at the end of 2021 Türkiye ranked 12th of the 75 countries listed with direct "
        "investment in Kazakhstan.",
        "By net inflow in 2021 Türkiye ranked 5th of the 73 countries listed with direct "
        "investment in Kazakhstan.",
    ]
    assert findings.inflows(rows) == [
        "Net inflows from Türkiye of 2005–2021 add up to 1.13 billion euros; 4 of 17 years are "
        "negative, and 2021 alone holds 367 million euros."
    ]


def test_the_net_inflow_of_a_single_year_is_no_sum() -> None:
    rows = investment.investor(published(), "KAZ", "TUR", 2020, 2020)
    assert findings.inflows(rows) == ["The net inflow from Türkiye in 2020 was 166 million euros."]


def test_where_the_rank_alone_is_known_nothing_is_said_of_values() -> None:
    rows = investment.investor(published(), "KAZ", "UZB")
    assert findings.inflows(rows) == []
    assert len(findings.place(rows)) == 2
    assert findings.place(rows.head(0)) == []


def test_concentration_is_said_as_a_number_of_equal_investors() -> None:
    rows = stock_of([50, 30, 15, 5], quoted=2)
    # 1 / 0.40 = 2.5 and 1 / 0.36 = 2.8
    (sentence,) = findings.concentrated(investment.investor_concentration(rows, "KAZ"))
    assert "spread evenly over 2.5 to 2.8 of them" in sentence
    rows = stock_of([50, 50], quoted=2)
    (sentence,) = findings.concentrated(investment.investor_concentration(rows, "KAZ"))
    assert "spread evenly over 2.0 of them" in sentence


def test_the_largest_investor_is_named() -> None:
    known = investment.stocks(published(), "KAZ")
    assert findings.largest(known[known["year"] == 2021]) == (
        "The Netherlands held 39% of the stock of direct investment in Kazakhstan "
        "at the end of 2021"
    )
