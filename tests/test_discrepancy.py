"""Reports that disagree: both sides of a flow, and several publications of one report."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data, trade
from turkic_ties.countries import MEMBERS
from turkic_ties.findings import discrepancy as findings
from turkic_ties.measures import discrepancy

KEYS = ["source", "reporter", "partner", "year", "flow", "value_usd"]
Flow = tuple[str, str, str, int, str, float]


def books(*rows: Flow) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=KEYS)


@cache
def table() -> pd.DataFrame:
    return data.load("trade/bilateral_trade")


@cache
def among_members() -> pd.DataFrame:
    rows = table()
    return rows[rows["reporter"].isin(MEMBERS) & rows["partner"].isin(MEMBERS)]


def compared(country: str, partner: str, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    pair = trade.bilateral(table() if rows is None else rows, country, partner)
    return discrepancy.sent_and_received(trade.asymmetry(pair))


# -- sent and received --------------------------------------------------------------------------


def test_what_was_sent_and_received_is_told_apart_by_hand() -> None:
    rows = books(
        ("comtrade_2026", "TUR", "KAZ", 2023, "export", 30),
        ("bns", "KAZ", "TUR", 2023, "import", 20),
        ("imf_dots", "TUR", "KAZ", 2020, "import", 55),
        ("bns", "KAZ", "TUR", 2020, "export", 50),
    )
    result = compared("KAZ", "TUR", rows)
    columns = ["exporter", "importer", "year", "sent_usd", "received_usd", "gap_usd"]
    assert result[columns].to_numpy().tolist() == [
        ["KAZ", "TUR", 2020, 50, 55, -5],
        ["TUR", "KAZ", 2023, 30, 20, 10],
    ]
    assert result["received_ratio"].tolist() == pytest.approx([1.1, 2 / 3])
    assert result["sent_source"].tolist() == ["bns", "comtrade_2026"]
    assert result["received_source"].tolist() == ["imf_dots", "bns"]


@pytest.mark.no_cover
@pytest.mark.parametrize("country", MEMBERS)
@pytest.mark.parametrize("partner", MEMBERS)
def test_a_pair_seen_from_either_side_is_compared_alike(country: str, partner: str) -> None:
    if country < partner:
        rows = among_members()
        here, there = compared(country, partner, rows), compared(partner, country, rows)
        pd.testing.assert_frame_equal(here, there)


def test_nothing_sent_has_no_ratio_and_no_books_give_an_empty_frame_of_the_same_types() -> None:
    rows = books(
        ("uzstat", "UZB", "KAZ", 2020, "export", 0), ("bns", "KAZ", "UZB", 2020, "import", 5)
    )
    result = compared("KAZ", "UZB", rows)
    assert result["received_ratio"].isna().all()
    assert result["gap_usd"].tolist() == [-5.0]
    empty = compared("KAZ", "TUR", rows)
    assert empty.empty
    assert empty.columns.tolist() == result.columns.tolist()


def test_the_two_sides_part_in_2023() -> None:
    flow = compared("KAZ", "TUR").query("exporter == 'TUR'").set_index("year")
    millions = (flow[["sent_usd", "received_usd"]] / 1e6).round(1)
    assert millions.loc[2021].tolist() == [1288.1, 1146.4]
    assert millions.loc[2022].tolist() == [1606.3, 1597.1]
    assert millions.loc[2023].tolist() == [2960.3, 2041.7]
    assert millions.loc[2024].tolist() == [3315.5, 1662.0]
    assert flow["received_ratio"].loc[2021:2022].min() > 0.88
    assert flow["received_ratio"].loc[2023:].max() < 0.7


# -- publications -------------------------------------------------------------------------------


def test_publications_of_one_report_stand_side_by_side() -> None:
    rows = books(
        ("wits", "TUR", "AZE", 2008, "import", 4),
        ("imf_dots_special", "TUR", "AZE", 2008, "import", 10),
        ("wits", "TUR", "AZE", 2007, "import", 3),
        ("wits", "TUR", "AZE", 2008, "export", 7),  # no second publication of this flow
        ("baci", "AZE", "TUR", 2008, "export", 9),  # no report
        ("wits", "KAZ", "AZE", 2008, "import", 1),  # another reporter
    )
    result = discrepancy.publications(rows, "AZE", "TUR")
    columns = ["reporter", "flow", "source", "year", "value_usd"]
    assert result[columns].to_numpy().tolist() == [
        ["TUR", "import", "imf_dots_special", 2008, 10],
        ["TUR", "import", "wits", 2007, 3],
        ["TUR", "import", "wits", 2008, 4],
    ]
    assert result["spread"].tolist()[::2] == [2.5, 2.5]
    assert pd.isna(result["spread"][1])


def test_a_figure_twice_in_one_publication_is_refused() -> None:
    row: Flow = ("wits", "TUR", "AZE", 2008, "import", 4)
    with pytest.raises(ValueError, match=r"bilateral_trade holds two rows for reporter TUR"):
        discrepancy.publications(books(row, row), "TUR", "AZE")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=4))
def test_the_spread_is_one_or_more_and_exists_with_two_publications(values: list[int]) -> None:
    sources = ["bns", "imf_dots", "wits", "wits_panel"]
    rows = books(
        *[
            (source, "KAZ", "TUR", 2020, "export", v)
            for source, v in zip(sources, values, strict=False)
        ]
    )
    result = discrepancy.publications(rows, "KAZ", "TUR")
    assert len(result) == (len(values) if len(values) > 1 else 0)
    assert (result["spread"] >= 1).all()
    assert result["spread"].tolist() == [max(values) / min(values)] * len(result)


# -- sentences ----------------------------------------------------------------------------------


def test_the_sentences_name_both_sides_and_the_widest_gap() -> None:
    rows = books(
        ("comtrade_2026", "TUR", "KAZ", 2023, "export", 3e9),
        ("bns", "KAZ", "TUR", 2023, "import", 2e9),
        ("comtrade_2026", "TUR", "KAZ", 2022, "export", 1e9),
        ("bns", "KAZ", "TUR", 2022, "import", 1.1e9),
    )
    result = compared("KAZ", "TUR", rows)
    assert findings.parted(result) == (
        "Goods worth $3.00 billion went from Türkiye to Kazakhstan in 2023 by Türkiye's "
        "statistics, worth $2.00 billion by Kazakhstan's"
    )
    assert findings.gaps(result) == [
        "From Türkiye to Kazakhstan: Kazakhstan booked less as received than Türkiye as sent in 1 "
        "of 2 years that both report. The widest gap was $1.00 billion in 2023, when Türkiye "
        "booked more."
    ]
    assert findings.gaps(result.head(0)) == []
    assert findings.gaps(result[result["year"] == 2022]) == [
        "From Türkiye to Kazakhstan: in 2022, the only year both report, Türkiye booked $100 "
        "million less as sent than Kazakhstan as received."
    ]


@pytest.mark.parametrize(("second", "named"), [(1.1e9, 1), (1.09e9, 0)])
def test_publications_are_named_from_a_tenth_apart(second: float, named: int) -> None:
    rows = books(
        ("wits", "TUR", "KAZ", 2010, "import", 1e9),
        ("imf_dots_special", "TUR", "KAZ", 2010, "import", second),
    )
    result = discrepancy.publications(rows, "KAZ", "TUR")
    assert len(findings.differing(result)) == named
    assert findings.publications(result) == (
        f"Publications of the same report differ by a tenth or more in {named} of 1 flows and years"
    )
    if named:
        assert findings.differing(result) == [
            "Türkiye's imports from Kazakhstan differ between publications in 2010: $1.10 billion "
            "(IMF, special trade) and $1.00 billion (UN Comtrade through WITS, special trade)."
        ]


def test_every_source_of_reports_has_a_name() -> None:
    assert set(findings.PUBLICATIONS) == set(trade.REPORTED)
    assert findings.publication("TUR", "imf_dots") == "IMF, general trade"
    assert findings.publication("AZE", "imf_dots") == "IMF"
