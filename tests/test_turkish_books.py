"""Türkiye's books after 2012 in the bilateral table: whose they are, and what was published."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from turkic_ties import data, trade

KEYS = ["source", "reporter", "partner", "year", "flow", "value_usd"]


@cache
def table() -> pd.DataFrame:
    return data.load("trade/bilateral_trade")


def reported(flow: str, partner: str, reporter: str = "TUR") -> pd.Series[float]:
    """Give what a country reports of a flow with a partner, million dollars by year."""
    own = trade.bilateral(table(), reporter, partner).query("books == 'own'")
    return (own.set_index("year")[f"{flow}_usd"] / 1e6).round(1)


# -- exports alone ------------------------------------------------------------------------------


def test_no_turnover_comes_from_a_source_of_exports_alone() -> None:
    rows = [("comtrade_2026", "TUR", "KAZ", 2024, "export", 30.0)]
    rows += [("imf_dots", "TUR", "KAZ", 2020, "export", 20.0)]
    own = trade.bilateral(pd.DataFrame(rows, columns=KEYS), "TUR", "KAZ").set_index("year")
    assert own["exports_usd"].tolist() == [20.0, 30.0]
    # Elsewhere a flow without a row is one that did not take place, and the other is the turnover.
    assert own.loc[2020, "turnover_usd"] == 20.0
    assert pd.isna(own.loc[2024, "turnover_usd"])


def test_books_of_both_flows_come_before_books_of_one() -> None:
    rows = [
        ("comtrade_2026", "TUR", "KAZ", 2024, "export", 30.0),
        ("bns_panel", "KAZ", "TUR", 2024, "import", 20.0),
        ("bns_panel", "KAZ", "TUR", 2024, "export", 10.0),
        ("comtrade_2026", "TUR", "KAZ", 2023, "export", 5.0),
    ]
    series = trade.prefer(trade.bilateral(pd.DataFrame(rows, columns=KEYS), "TUR", "KAZ"))
    assert series["year"].tolist() == [2023, 2024]
    assert series["books"].tolist() == ["own", "mirror"]
    assert series["turnover_usd"].tolist()[1] == 30.0


def test_a_rank_by_turnover_ends_where_imports_do() -> None:
    ranked = trade.ranks(table(), "TUR", 2019)
    last = ranked[ranked["books"] == "own"].groupby("flow")["year"].max()
    assert last.to_dict() == {"exports": 2024, "imports": 2020, "turnover": 2020}


# -- whose books --------------------------------------------------------------------------------


def test_turkish_books_change_from_special_to_general_trade_in_2013() -> None:
    own = trade.bilateral(table(), "TUR", "KAZ", 1995).query("books == 'own'").set_index("year")
    assert set(own.loc[:2012, "source"]) == {"wits"}
    assert set(own.loc[2013:2020, "source"]) == {"imf_dots"}
    assert set(own.loc[2021:, "source"]) == {"comtrade_2026"}
    assert own.index[-1] == 2024
    grown = trade.growth(own.reset_index(), "exports_usd").set_index("year")
    assert grown.index[grown["seam_1y"]].tolist() == [2013, 2021]


def test_the_second_reading_of_the_special_trade_is_never_served() -> None:
    assert "imf_dots_special" not in set(trade.intra_trade(table())["source"])
    assert table().query("source == 'imf_dots_special'")["year"].max() == 2012


def test_no_mirror_times_the_freight_factor_passes_as_a_report() -> None:
    rows = table().query("source == 'imf_dots'")
    assert not set(rows["reporter"]) & {"TKM", "UZB", "KAZ", "KGZ"}
    sent = rows[(rows["reporter"] == "TUR") & (rows["flow"] == "export")]
    bought = rows[(rows["partner"] == "TUR") & (rows["flow"] == "import")]
    pairs = sent.merge(bought, left_on=["partner", "year"], right_on=["reporter", "year"])
    pairs = pairs[pairs["value_usd_x"] > 1e5]
    factor = pairs["value_usd_y"] / pairs["value_usd_x"]
    assert len(pairs) > 400
    assert ((factor - 1.06).abs() < 0.0005).mean() < 0.01


@pytest.mark.parametrize("year", [2008, 2009, 2010])
@pytest.mark.parametrize("partner", ["KAZ", "AZE"])
def test_imports_without_confidential_energy_are_flagged_and_lower_than_the_imf_has(
    year: int, partner: str
) -> None:
    rows = table().query("reporter == 'TUR' and flow == 'import'")
    rows = rows[(rows["year"] == year) & (rows["partner"] == partner)].set_index("source")
    assert rows.loc["wits", "flag"] == "omits confidential energy lines"
    assert rows.loc["wits", "value_usd"] < 0.81 * rows.loc["imf_dots_special", "value_usd"]


@pytest.mark.parametrize("year", range(2015, 2021))
def test_gas_that_one_side_alone_books_is_flagged_on_the_other(year: int) -> None:
    rows = (
        table().query("source == 'imf_dots' and year == @year").set_index(["reporter", "partner"])
    )
    bought = rows.loc[("TUR", "AZE")].query("flow == 'import'")
    sold = rows.loc[("AZE", "TUR")].query("flow == 'export'")
    assert bought["flag"].tolist() == ["omits confidential energy lines"]
    assert bought["value_usd"].iloc[0] < 0.3 * sold["value_usd"].iloc[0]


@pytest.mark.no_cover
def test_azerbaijan_reports_to_the_imf_what_it_reports_to_the_united_nations() -> None:
    chapters = data.load("trade/chapter_trade").query("reporter == 'AZE' and year == 2016")
    sums = chapters.groupby(["flow", "partner"])["value_usd"].sum() / 1e6
    for flow, partner in [
        ("export", "TUR"),
        ("export", "KAZ"),
        ("import", "KAZ"),
        ("export", "UZB"),
    ]:
        known = reported(f"{flow}s", partner, "AZE").loc[2016]
        assert known == pytest.approx(sums[flow, partner], rel=0.01)


# -- the published figures ----------------------------------------------------------------------


def test_exports_to_kazakhstan_and_what_kazakhstan_books() -> None:
    assert reported("exports", "KAZ").loc[2021:].tolist() == [1288.1, 1606.3, 2960.3, 3315.5]
    bought = reported("imports", "TUR", "KAZ").loc[2021:2024]
    assert bought.tolist() == [1146.4, 1597.1, 2041.7, 1662.0]
    assert reported("imports", "KAZ").loc[2017:2020].tolist() == [1493.8, 1601.7, 1404.0, 1180.5]


@pytest.mark.no_cover
def test_five_years_of_exports_are_those_of_the_statistical_office() -> None:
    # TurkStat, through Anadolu: 12.8bn to Azerbaijan and 36.6bn to the four together in 2020-2024.
    to = {partner: reported("exports", partner).loc[2020:2024].sum() for partner in ["AZE"]}
    assert round(to["AZE"] / 1e3, 2) == 12.81
    four = sum(
        reported("exports", other).loc[2020:2024].sum() for other in ["AZE", "KAZ", "KGZ", "UZB"]
    )
    assert round(four / 1e3, 2) == 36.59


def test_the_world_totals_are_those_printed() -> None:
    rows = table().query("reporter == 'TUR' and partner == 'WLD' and flow == 'export'")
    totals = rows.query("source != 'imf_dots_special'").set_index("year")["value_usd"] / 1e6
    assert totals.loc[2018:2020].round(1).tolist() == [177168.8, 180832.7, 169637.8]
    assert totals.loc[2021] == 225214.458038


@pytest.mark.no_cover
def test_the_trade_with_central_asia_of_two_publishers_agrees() -> None:
    # The IMF by country against UN Comtrade by chapter, which lacks chapter 34.
    parts = {
        other: reported("imports", other).loc[2019] for other in ["KAZ", "UZB", "TKM", "KGZ", "TJK"]
    }
    assert parts == {"KAZ": 1404.0, "UZB": 1140.2, "TKM": 344.8, "KGZ": 77.2, "TJK": 198.1}
    rows = data.load("trade/chapter_trade").query(
        "partner == 'CENTRAL_ASIA' and year == 2019 and flow == 'import'"
    )
    together = rows["value_usd"].sum() / 1e6
    assert together == pytest.approx(sum(parts.values()), rel=0.003)
