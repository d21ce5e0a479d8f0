"""Sentences of the report on trade, each written by hand for a small frame."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from turkic_ties.findings import trade as findings

PAIR = {"country": "KAZ", "partner": "TUR"}


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{**PAIR, **row} for row in rows])


def test_turnover_names_the_peak_unless_it_is_the_last_year() -> None:
    years = [{"year": 2021, "turnover_usd": 5e9}, {"year": 2022, "turnover_usd": 6e9}]
    up, down = frame(*years), frame(years[1], {"year": 2023, "turnover_usd": 5e9})
    start = "Kazakhstan and Türkiye traded goods worth "
    assert findings.turnover(up) == f"{start}$6 billion in 2022, the highest of the period"
    assert findings.turnover(down) == f"{start}$5 billion in 2023; the peak was $6 billion in 2022"


@pytest.mark.parametrize("seam", [True, False])
def test_growth_says_when_a_base_is_from_another_source(seam: bool) -> None:
    row = {"year": 2022, "growth_1y": 0.1, "cagr_5y": -0.05, "base_year": 2025}
    row |= {"turnover_constant_usd": 7e9, "seam_1y": False, "seam_5y": seam}
    (text,) = findings.growth(frame(row))
    assert "changed by 10.0% on the year before and by −5.0% a year over five years." in text
    assert ("comes from another source" in text) == seam
    assert text.endswith("it was $7 billion; the highest of the period was $7 billion.")
    assert findings.growth(frame()) == []


@pytest.mark.parametrize(
    ("balance", "seller", "buyer"),
    [(2e9, "Kazakhstan", "Türkiye"), (-2e9, "Türkiye", "Kazakhstan")],
)
def test_the_balance_names_who_sold_more(balance: float, seller: str, buyer: str) -> None:
    title = findings.balance(frame({"year": 2020, "balance_usd": balance}))
    assert title == f"In 2020 {seller} sold {buyer} $2 billion more than it bought"


def test_a_gap_is_that_of_the_last_year_of_each_flow() -> None:
    common = {"flow": "exports", "own_usd": 110.0, "mirror_usd": 90.0, "asymmetry": 0.2}
    (text,) = findings.gaps(frame({"year": 2019, **common}, {"year": 2020, **common}))
    assert text == (
        "Kazakhstan's books put its exports of 2020, the last year with both books, at $110, "
        "Türkiye's at $90: a gap of 20.0% of their mean."
    )


def test_flagged_books_are_named_with_their_years() -> None:
    rows = [{"books": "mirror", "year": year, "flag": "lacks energy"} for year in (2008, 2009)]
    books = frame(*rows, {"books": "own", "year": 2008, "flag": ""})
    assert findings.flagged_books(books) == [
        "To be read with care: Türkiye's books of 2008, 2009 (lacks energy)."
    ]


def test_the_place_of_a_partner_is_its_rank_or_that_it_has_none() -> None:
    ranked = frame({"year": 2022, "rank": 4, "books": "own"})
    assert findings.partner(ranked, "TUR") == (
        "Türkiye was Kazakhstan's 4th-largest partner in goods trade in 2022"
    )
    assert findings.partner(ranked, "TKM") == (
        "Turkmenistan does not appear among Kazakhstan's partners in goods trade in 2022"
    )
    assert findings.share_unit(ranked).endswith("turnover with the world, percent; own books")


def test_the_best_rank_is_named_where_it_is_better_than_the_last() -> None:
    ranks = [
        {"year": 2007, "flow": "turnover", "rank": 2},
        {"year": 2022, "flow": "turnover", "rank": 4},
    ]
    of_exports = {"year": 2010, "flow": "exports", "rank": 1}
    title = "Türkiye ranked 4th by turnover in 2022"
    assert findings.rank(frame(*ranks, of_exports)) == f"{title}; its best was 2nd in 2007"
    assert findings.rank(frame(ranks[1])) == title


def test_flags_of_ranks_are_grouped_by_reason_with_a_country_by_name() -> None:
    missing = "RUS is missing, a main partner the years around"
    rows = [
        {"year": year, "flag": flag}
        for year, flag in ((2010, missing), (2010, missing), (2008, "x"), (2009, ""))
    ]
    subject = "Kazakhstan's ranks, shares and concentration of"
    assert findings.flagged_ranks(frame(*rows)) == [
        f"{subject} 2010 need care: Russia is missing, a main partner the years around.",
        f"{subject} 2008 need care: x.",
    ]


def test_concentration_is_written_as_a_number_of_equal_partners() -> None:
    rows = frame(
        {"year": 2019, "flow": "exports", "hhi": 0.5},
        {"year": 2020, "flow": "exports", "hhi": 0.25},
        {"year": 2021, "flow": "imports", "hhi": 0.1},
    )
    title = "Concentration of Kazakhstan's exports: as if spread evenly over 4 partners (2020)"
    assert findings.concentration(rows, "KAZ") == title
    assert findings.concentration(rows, "TKM").endswith("exports: not known")


def test_composition_names_the_largest_section_of_the_last_year() -> None:
    rows = [
        {"year": 2005, "section_name": "Fuels", "value_usd": 99.0, "share": 0.9},
        {"year": 2015, "section_name": "Chemicals", "value_usd": 50.0, "share": 0.6},
    ]
    mix = frame(*rows).assign(direction="Kazakhstan to Türkiye")
    title = "Chemicals made 60% of what went from Kazakhstan to Türkiye in 2015"
    assert findings.composition(mix) == title


def test_the_states_with_the_largest_parts_are_named_and_parts_are_of_one_side() -> None:
    rows = [("TUR", 0.34), ("KAZ", 0.21), ("UZB", 0.2)]
    shares = pd.DataFrame(rows, columns=["country", "share"]).assign(year=2020)
    assert findings.pillars(shares) == (
        "Türkiye took part in 68% of the trade among the Turkic states in 2020, Kazakhstan in 42%"
    )


def test_gravity_gives_the_range_and_reading_of_both_directions() -> None:
    rows = [("exports", 0.1, 0.4, "below"), ("imports", 0.4, 3.0, "not distinguishable")]
    columns = ["flow", "ratio_low", "ratio_high", "reading"]
    summary = pd.DataFrame(rows, columns=columns).assign(first_year=2016, last_year=2020)
    text = findings.gravity(summary, "KAZ", "TUR")
    assert "Kazakhstan to Türkiye 0.1 to 0.4 times (below normal)" in text
    assert "Türkiye to Kazakhstan 0.4 to 3.0 times" in text
    assert findings.window(summary) == ", 2016–2020"
    assert findings.window(summary.head(0)) == ""


def test_stated_investment_gives_the_range_of_the_direction_stated_most_often() -> None:
    columns = ["investor", "host", "kind", "value"]
    rows = [("TUR", "KAZ", "cumulative", 2e9), ("TUR", "KAZ", "cumulative", 5e9)]
    rows += [("KAZ", "TUR", "cumulative", 1e9), ("TUR", "KAZ", "inflow", 9e9)]
    said = pd.DataFrame(rows, columns=columns)
    assert findings.stated_investment(said) == (
        "Stated cumulative investment of Türkiye in Kazakhstan runs from $2 billion to $5 billion"
    )
    assert findings.stated_investment(said.tail(1)) == "What was stated about investment"


def test_a_rank_among_investors_is_given_for_the_host_and_a_list_without_it_is_named() -> None:
    columns = ["host", "period", "speaker", "rank", "investor"]
    rows = [
        ("KAZ", "2021", "A", 9, "TUR"),
        ("KAZ", "2022", "B", 1, "NLD"),
        ("KAZ", "2022", "B", 2, "USA"),
    ]
    ranked = pd.DataFrame(rows, columns=columns)
    first, second = findings.investor_ranks(ranked, "TUR", "KAZ")
    assert first.startswith("Türkiye stood 9th")
    assert second.startswith("Türkiye is not among the 2 listed")
    assert len(findings.investor_ranks(ranked, "KAZ", "UZB")) == 1  # one rank is no list
    assert findings.investor_ranks(ranked, "UZB", "TUR") == []


def test_oil_and_cargo_are_of_the_last_year() -> None:
    columns = ["iso3", "year", "value"]
    oil = pd.DataFrame([("KAZ", 2022, 8e7), ("KAZ", 2023, 9e7)], columns=columns)
    assert findings.oil(oil) == "Kazakhstan produced 90 million tonnes of oil in 2023"
    cargo = pd.DataFrame({"year": [2023, 2024], "cargo_tonnes": [4e6, 3e6]})
    title = "The Middle Corridor carried 3 million tonnes in 2024"
    assert findings.cargo(cargo) == f"{title}; the most was 4 million tonnes in 2023"
    assert findings.cargo(cargo.head(1)) == "The Middle Corridor carried 4 million tonnes in 2023"
    assert findings.period(cargo) == "2023–2024"
