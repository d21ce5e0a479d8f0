"""Sentences of the report on trade, each written by hand for a small frame."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from turkic_ties.findings import trade as findings
from turkic_ties.measures.trade import COVERAGE

PAIR = {"country": "KAZ", "partner": "TUR"}


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{**PAIR, **row} for row in rows])


def own(*rows: dict[str, Any]) -> pd.DataFrame:
    return frame(*({"books": "own", **row} for row in rows))


@pytest.mark.parametrize(
    ("books", "whose"),
    [
        ("own", "Kazakhstan's statistics"),
        ("mirror", "Türkiye's statistics"),
        ("model", "the reconciled model"),
    ],
)
def test_turnover_gives_both_flows_of_the_last_year_and_whose_books(books: str, whose: str) -> None:
    row = {"year": 2022, "books": books, "exports_usd": 3.9e9, "imports_usd": 1.51e9}
    assert findings.turnover(frame(row), "KAZ", "TUR") == (
        "Kazakhstan sold Türkiye goods worth $3.90 billion in 2022 "
        f"and bought goods worth $1.51 billion, in {whose}"
    )
    assert findings.turnover(frame().head(0), "KAZ", "TUR").startswith(
        "No statistics have both flows"
    )


def test_a_peak_is_named_with_its_year_and_only_of_several_years() -> None:
    low, high = {"year": 2021, "turnover_usd": 5e9}, {"year": 2022, "turnover_usd": 6e9}
    start = "In Kazakhstan's statistics turnover was"
    assert findings.peak(own(low, high)) == [
        f"{start} $6.00 billion in 2022, the highest since 2021."
    ]
    assert findings.peak(own(high, {"year": 2023, "turnover_usd": 5e9})) == [
        f"{start} $5.00 billion in 2023; the highest since 2022 was $6.00 billion in 2022."
    ]
    assert findings.peak(own(high)) == [f"{start} $6.00 billion in 2022."]
    assert findings.peak(frame()) == []


def change(*rows: tuple[int, float, float, float]) -> pd.DataFrame:
    """Give rows of year, growth on a year, growth over five, and turnover in dollars of 2025."""
    columns = ["year", "growth_1y", "cagr_5y", "turnover_constant_usd"]
    rates = pd.DataFrame(rows, columns=columns)
    return rates.assign(**PAIR, books="own", base_year=2025)


NAN = float("nan")


@pytest.mark.parametrize(
    ("one", "five", "words"),
    [
        (0.1, 0.05, "rose by 10.0% on the year before and by 5.0% a year over five years"),
        (0.1, -0.05, "rose by 10.0% on the year before and fell by 5.0% a year over five years"),
        (-0.1, NAN, "fell by 10.0% on the year before"),
        (NAN, -0.05, "fell by 5.0% a year over five years"),
    ],
)
def test_growth_leaves_out_what_has_no_base(one: float, five: float, words: str) -> None:
    (text,) = findings.growth(change((2022, one, five, 7e9)))
    assert text == f"Turnover of 2022 in Kazakhstan's statistics {words}."
    assert findings.growth(change((2022, NAN, NAN, 7e9))) == []
    assert findings.growth(change()) == []


def test_constant_dollars_name_the_year_of_the_highest_and_do_not_repeat_the_last() -> None:
    unit = "In dollars of 2025 (US consumer prices)"
    first, second = (2021, NAN, NAN, 9e9), (2022, NAN, NAN, 7e9)
    assert findings.growth(change(first, second)) == [
        f"{unit} the highest turnover since 2021 was $9.00 billion in 2021; "
        "in 2022 it was $7.00 billion."
    ]
    assert findings.growth(change(first, (2025, NAN, NAN, 7e9))) == [
        f"{unit} the highest turnover since 2021 was $9.00 billion in 2021."
    ]
    assert findings.growth(change(second, (2023, NAN, NAN, 8e9))) == [
        f"{unit} the highest turnover since 2022 is that of 2023, $8.00 billion."
    ]


@pytest.mark.parametrize(
    ("balance", "seller", "buyer"),
    [(2e9, "Kazakhstan", "Türkiye"), (-2e9, "Türkiye", "Kazakhstan")],
)
def test_the_balance_names_who_sold_more(balance: float, seller: str, buyer: str) -> None:
    row = {"year": 2020, "balance_usd": balance, "normalised_balance": balance / 8e9}
    assert findings.balance(own(row)) == (
        f"In 2020 {seller} sold {buyer} $2.00 billion more than it bought, 25% of turnover, "
        "in Kazakhstan's statistics"
    )


def test_a_gap_is_that_of_the_last_year_of_each_flow() -> None:
    common = {"flow": "exports", "own_usd": 110.0, "mirror_usd": 90.0, "asymmetry": 0.2}
    (text,) = findings.gaps(frame({"year": 2019, **common}, {"year": 2020, **common}))
    assert text == (
        "Kazakhstan's statistics put its exports of 2020, the last year both report, at $110, "
        "Türkiye's statistics at $90: Kazakhstan's figure is higher by 20.0% of the mean of both."
    )


def test_flagged_books_are_named_with_their_years() -> None:
    rows = [
        {"books": "mirror", "year": year, "flag": "lacks energy"} for year in (2008, 2009, 2011)
    ]
    books = frame(*rows, {"books": "own", "year": 2008, "flag": ""})
    assert findings.flagged_books(books) == [
        "To be read with care: Türkiye's statistics of 2008–2009 and 2011 (lacks energy)."
    ]


def test_the_place_of_a_partner_is_its_rank_or_that_it_has_none() -> None:
    few = {"partners": 150, "coverage": COVERAGE - 0.01}
    ranked = frame({"year": 2022, "rank": 4, "books": "own", **few})
    assert findings.partner(ranked, "TUR") == (
        "Türkiye was Kazakhstan's 4th-largest partner in goods trade in 2022"
    )
    largest = findings.partner(ranked.assign(rank=1), "TUR")
    assert largest == "Türkiye was Kazakhstan's largest partner in goods trade in 2022"
    nearly_all = findings.partner(ranked.assign(coverage=COVERAGE), "TUR")
    assert (
        nearly_all == "Türkiye was Kazakhstan's 4th-largest of 150 partners in goods trade in 2022"
    )
    assert findings.partner(ranked, "TKM") == (
        "Turkmenistan does not appear among Kazakhstan's partners in goods trade in 2022"
    )
    assert findings.share_unit(ranked).endswith("turnover with the world, percent; own books")


def test_the_best_rank_is_named_with_its_years_where_it_is_better_than_the_last() -> None:
    def title(*ranks: int) -> str:
        rows = [{"year": 2018 + i, "rank": rank} for i, rank in enumerate(ranks)]
        return findings.rank(own(*rows).assign(partners=150, coverage=1.0), "KAZ", "TUR")

    last = "Türkiye ranked 4th of 150 partners by turnover in 2020 in Kazakhstan's statistics"
    assert title(2, 5, 4) == f"{last}; its best rank since 2018 was 2nd, in 2018"
    assert title(2, 2, 4) == f"{last}; its best rank since 2018 was 2nd, in 2018 and 2019"
    assert title(2, 2, 2, 2, 3).endswith("its best rank since 2018 was 2nd, in 4 years")
    assert title(4, 5, 4) == last
    assert (
        findings.rank(own().head(0), "KAZ", "TUR") == "Rank of Türkiye among Kazakhstan's partners"
    )
    mirror = {"books": "mirror", "partners": 60, "coverage": float("nan")}
    rows = frame({"year": 2018, "rank": 4, **mirror})
    assert findings.rank(rows, "KAZ", "TUR").startswith("Türkiye ranked 4th by turnover")
    assert findings.rank(rows, "KAZ", "TUR").endswith("in its partners' statistics")


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
    title = "In 2020 Kazakhstan's exports were as concentrated as if"
    assert findings.concentration(rows, "KAZ") == f"{title} spread evenly over 4 partners"
    one = rows.assign(hhi=0.9)
    assert findings.concentration(one, "KAZ") == f"{title} sent to a single partner"
    assert findings.concentration(rows.assign(hhi=0.66), "KAZ").endswith("evenly over 2 partners")
    assert findings.concentration(rows, "TKM").endswith("exports are not allocated well enough")


def test_composition_names_the_largest_section_of_the_flows_the_matrix_covers() -> None:
    rows = [
        {"year": 2005, "section_name": "Fuels", "value_usd": 99.0, "share": 0.9},
        {"year": 2015, "section_name": "Metals", "value_usd": 70.0, "share": 0.9},
        {"year": 2015, "section_name": "Chemicals", "value_usd": 50.0, "share": 0.6},
    ]
    mix = frame(*rows).assign(direction="Kazakhstan to Türkiye", comparable=[True, False, True])
    title = "Chemicals made 60% of what went from Kazakhstan to Türkiye in 2015"
    assert findings.composition(mix) == title
    none = findings.composition(mix.assign(comparable=False))
    assert none == "Goods traded by section up to 2015, as far as UNCTAD's matrix holds them"


def test_the_coverage_of_both_directions_is_written_for_the_last_year() -> None:
    rows = [
        ("exports", 2005, 1e9, 1e9, 1.0, True),
        ("exports", 2015, 1.8e8, 1.5e9, 0.12, False),
        ("imports", 2015, 1.9e9, NAN, NAN, False),
        ("turnover", 2015, 2e9, 3e9, 0.7, False),
    ]
    columns = ["flow", "year", "unctad_usd", "baci_usd", "ratio", "comparable"]
    coverage = pd.DataFrame(rows, columns=columns).assign(**PAIR)
    assert findings.composition_coverage(coverage) == [
        "For Kazakhstan to Türkiye in 2015 UNCTAD's matrix holds $180 million, 12% of the "
        "$1.50 billion in BACI: too far off for its shares to be key figures.",
        "For Türkiye to Kazakhstan in 2015 UNCTAD's matrix holds $1.90 billion; "
        "BACI has no figure to hold it against.",
    ]
    reason = "2015: UNCTAD's matrix does not match BACI"
    assert findings.not_comparable(coverage[coverage["flow"] == "exports"]) == reason
    of_imports = coverage[coverage["flow"] == "imports"]
    assert findings.not_comparable(of_imports).startswith("2015: no figure of BACI")
    assert findings.not_comparable(coverage.head(0)) == "no record in this period"


def test_a_missing_composition_names_the_years_of_the_matrix() -> None:
    matrix_years = [1995, 2005, 2015]
    assert findings.no_composition(matrix_years, 2000, 2020) == (
        "UNCTAD's matrix records no trade of the pair in 2005 and 2015."
    )
    assert findings.no_composition(matrix_years, 2020, 2020) == (
        "UNCTAD's matrix has the years 1995, 2005 and 2015, none of them in 2020."
    )


def test_specialisation_names_the_highest_index_of_each_side() -> None:
    rows = [("KAZ", "Mineral fuels", 2.66), ("KAZ", "Chemicals", 0.5), ("TUR", "Chemicals", 1.5)]
    columns = ["country", "section_name", "rca"]
    index = pd.DataFrame(rows, columns=columns).assign(year=2015)
    assert findings.advantage(index, "KAZ", "TUR") == (
        "Highest specialisation in 2015: Kazakhstan in mineral fuels (2.7 times); "
        "Türkiye in chemicals (1.5 times)"
    )


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
    assert text.endswith(
        "Kazakhstan to Türkiye 0.1–0.4 × (below normal); "
        "Türkiye to Kazakhstan 0.4–3.0 × (may be normal)"
    )
    assert findings.window(summary) == "2016–2020"
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
    assert first.startswith("Türkiye ranked 9th among the sources of gross direct investment")
    assert second.startswith("Türkiye is not among the 2 largest sources")
    assert len(findings.investor_ranks(ranked, "KAZ", "UZB")) == 1  # one rank is no list
    assert findings.investor_ranks(ranked, "UZB", "TUR") == []


def test_oil_and_cargo_are_of_the_last_year() -> None:
    columns = ["iso3", "year", "value"]
    oil = pd.DataFrame([("KAZ", 2022, 8e7), ("KAZ", 2023, 9e7)], columns=columns)
    assert findings.oil(oil) == "Kazakhstan produced 90 million tonnes of oil in 2023"
    cargo = pd.DataFrame({"year": [2023, 2024], "cargo_tonnes": [4e6, 3e6]})
    title = "The Middle Corridor carried 3 million tonnes in 2024"
    assert findings.cargo(cargo) == f"{title}; the most was 4 million tonnes in 2023"
    more = findings.cargo(cargo.assign(cargo_tonnes=[4e6, 5e6]))
    assert more == "The Middle Corridor carried 5 million tonnes in 2024, the most since 2023"
    assert findings.cargo(cargo.head(1)) == "The Middle Corridor carried 4 million tonnes in 2023"
    assert findings.period(cargo) == "2023–2024"


@pytest.mark.parametrize(
    ("largest", "factor", "unit"),
    [
        (1e9, 1e9, "Billion current US dollars"),
        (9.99e8, 1e6, "Million current US dollars"),
        (9.99e5, 1e3, "Thousand current US dollars"),
        (999.0, 1.0, "Current US dollars"),
    ],
)
def test_an_axis_is_in_the_unit_of_its_largest_value(
    largest: float, factor: float, unit: str
) -> None:
    assert findings.dollar_unit(pd.Series([1.0, largest])) == (factor, unit)
