"""Measures of trade: worked by hand, held to properties, compared with published figures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data, trade
from turkic_ties.countries import MEMBERS
from turkic_ties.measures import trade as measures

Flow = tuple[str, str, str, int, str, float]
OTHERS = ["RUS", "CHN", "ITA", "DEU", "USA"]

amounts = st.floats(min_value=1, max_value=1e12)
few_examples = settings(max_examples=12, deadline=None, derandomize=True)


def books(*flows: Flow) -> pd.DataFrame:
    return pd.DataFrame(
        flows, columns=["source", "reporter", "partner", "year", "flow", "value_usd"]
    )


def exports_of(country: str, values: list[float], year: int = 2022) -> pd.DataFrame:
    """Give the exports of a country to as many partners as there are values."""
    return books(
        *[("bns", country, f"P{i:02}", year, "export", value) for i, value in enumerate(values)]
    )


def goods(*flows: tuple[str, str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(flows, columns=["exporter", "importer", "sitc_section", "value_usd"])
    return frame.assign(year=2015)


@cache
def table(name: str) -> pd.DataFrame:
    return data.load(f"trade/{name}")


# -- books ---------------------------------------------------------------------


def test_a_national_office_serves_the_whole_year_where_comtrade_has_it_too() -> None:
    reports = books(
        ("wits", "KGZ", "TUR", 2010, "export", 34),
        ("wits", "KGZ", "TUR", 2010, "import", 80),
        ("kgnsc", "KGZ", "TUR", 2010, "export", 37),
        ("wits", "KGZ", "TUR", 2011, "export", 53),
    )
    own = trade.bilateral(reports, "KGZ", "TUR").query("books == 'own'").set_index("year")
    assert own["source"].to_dict() == {2010: "kgnsc", 2011: "wits"}
    assert own["exports_usd"].to_dict() == {2010: 37, 2011: 53}
    assert np.isnan(own.loc[2010, "imports_usd"])  # the import of the other source is not mixed in


def test_the_mirror_turns_the_flow_round_and_the_model_stands_beside_it() -> None:
    reports = books(
        ("bns", "KAZ", "TUR", 2020, "export", 100),
        ("uzstat", "TUR", "KAZ", 2020, "import", 90),
        ("uzstat", "TUR", "KAZ", 2020, "export", 50),
        ("baci", "KAZ", "TUR", 2020, "export", 95),
        ("baci", "TUR", "KAZ", 2020, "export", 45),
    )
    pair = trade.bilateral(reports, "KAZ", "TUR").set_index("books")
    assert pair.index.tolist() == ["own", "mirror", "model"]
    assert pair["exports_usd"].tolist() == [100, 90, 95]
    assert pair["imports_usd"].tolist()[1:] == [50, 45]
    # (90 - 50) / (90 + 50) = 40 / 140
    assert pair.loc["mirror", "balance_usd"] == 40
    assert pair.loc["mirror", "normalised_balance"] == pytest.approx(2 / 7)


def test_a_flow_nobody_recorded_stays_missing_and_takes_the_balance_with_it() -> None:
    pair = trade.bilateral(books(("bns", "KAZ", "TUR", 2020, "export", 100)), "KAZ", "TUR").iloc[0]
    assert pair["turnover_usd"] == 100
    assert pair[["imports_usd", "balance_usd", "normalised_balance"]].isna().all()


def test_a_pair_without_trade_has_no_normalised_balance() -> None:
    zeros = books(
        ("bns", "KAZ", "TUR", 2020, "export", 0), ("bns", "KAZ", "TUR", 2020, "import", 0)
    )
    assert trade.bilateral(zeros, "KAZ", "TUR")["normalised_balance"].isna().all()


def test_prefer_takes_own_then_mirror_then_model_year_by_year() -> None:
    frame = pd.DataFrame(
        {
            "year": [2020, 2019, 2018, 2020, 2019],
            "books": ["own", "mirror", "model", "mirror", "model"],
        }
    )
    taken = {"year": [2018, 2019, 2020], "books": ["model", "mirror", "own"]}
    pd.testing.assert_frame_equal(trade.prefer(frame), pd.DataFrame(taken))


def test_each_flow_is_taken_from_its_own_first_books() -> None:
    """Books that allocate only imports well serve imports; exports then come from the model."""
    rows = [("own", "imports"), ("model", "exports"), ("model", "imports")]
    frame = pd.DataFrame(rows, columns=["books", "flow"]).assign(country="UZB", year=2023)
    taken = trade.prefer(frame).set_index("flow")["books"]
    assert taken.to_dict() == {"imports": "own", "exports": "model"}


SERIES = [  # year, books, source, turnover
    (2015, "own", "wits", 1.0),
    (2018, "own", "bns", 2.0),
    (2019, "own", "bns_panel", 3.0),
    (2019, "mirror", "wits", 4.0),
    (2020, "mirror", "wits", np.nan),
]


def test_the_main_series_reaches_the_latest_known_year_back_to_the_last_seam() -> None:
    rows = pd.DataFrame(SERIES, columns=["year", "books", "source", "turnover_usd"])
    series = trade.main_series(rows)
    assert series["year"].tolist() == [2018, 2019]
    assert set(series["books"]) == {"own"}
    later = rows.fillna({"turnover_usd": 5.0})
    assert trade.main_series(later)["year"].tolist() == [2019, 2020]
    assert set(trade.main_series(later)["books"]) == {"mirror"}
    assert trade.main_series(rows.head(0)).empty
    # A source that comes back after another one is no longer the same series.
    again = rows.head(3).assign(source=["bns", "wits", "bns"])
    assert trade.main_series(again)["year"].tolist() == [2019]


def test_asymmetry_compares_the_same_flow_in_both_books() -> None:
    reports = books(
        ("bns", "KAZ", "UZB", 2020, "export", 110),
        ("uzstat", "UZB", "KAZ", 2020, "import", 90),
        ("bns", "KAZ", "UZB", 2020, "import", 30),  # without a mirror: no row
    )
    row = trade.asymmetry(trade.bilateral(reports, "KAZ", "UZB")).iloc[0]
    # (110 - 90) / ((110 + 90) / 2) = 20 / 100
    assert (row["flow"], row["own_source"], row["mirror_source"]) == ("exports", "bns", "uzstat")
    assert (row["gap_usd"], row["asymmetry"]) == (20, pytest.approx(0.2))
    assert len(trade.asymmetry(trade.bilateral(reports, "KAZ", "UZB"))) == 1


@few_examples
@given(amounts, amounts)
def test_asymmetry_changes_sign_with_the_side_and_keeps_within_two(
    own: float, mirror: float
) -> None:
    reports = books(
        ("bns", "KAZ", "UZB", 2020, "export", own), ("uzstat", "UZB", "KAZ", 2020, "import", mirror)
    )
    here = trade.asymmetry(trade.bilateral(reports, "KAZ", "UZB"))["asymmetry"].item()
    there = trade.asymmetry(trade.bilateral(reports, "UZB", "KAZ"))["asymmetry"].item()
    assert here == -there
    assert abs(here) <= 2


# -- change over time ----------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize(("better", "worse"), list(itertools.pairwise(trade.REPORTED)))
def test_sources_serve_in_the_order_of_the_list(better: str, worse: str) -> None:
    reports = books(
        (worse, "KAZ", "TUR", 2020, "export", 1), (better, "KAZ", "TUR", 2020, "export", 2)
    )
    assert trade.bilateral(reports, "KAZ", "TUR")["source"].tolist() == [better]


def test_growth_needs_the_base_year_and_no_other() -> None:
    series = pd.DataFrame(
        {
            "year": [2010, 2015, 2016],
            "books": "own",
            "source": "wits",
            "value": [100.0, 200.0, 150.0],
        }
    )
    grown = trade.growth(series, "value").set_index("year")
    assert grown.loc[2016, "growth_1y"] == pytest.approx(-0.25)  # 150 / 200 - 1
    assert grown.loc[2015, "cagr_5y"] == pytest.approx(
        0.148698, abs=1e-6
    )  # fifth root of 2, less 1
    assert grown["growth_1y"].isna().tolist() == [True, True, False]
    assert grown["cagr_5y"].isna().tolist() == [True, False, True]


def test_growth_from_nothing_is_missing_and_to_nothing_is_minus_one() -> None:
    values = [5.0, 0.0, 7.0, -7.0, 7.0]
    series = pd.DataFrame({"year": range(2000, 2005), "books": "own", "value": values})
    grown = trade.growth(series, "value")["growth_1y"]
    assert grown.iloc[[1, 3]].tolist() == [-1, -2]
    assert grown.iloc[[0, 2, 4]].isna().all()  # no base, a base of 0, a base below 0


def test_growth_over_a_change_of_publisher_is_marked_and_a_second_copy_is_none() -> None:
    sources = ["wits", "wits_panel", "bns", "bns_panel"]
    series = pd.DataFrame(
        {
            "year": range(2016, 2020),
            "books": "own",
            "source": sources,
            "value": [1.0, 2.0, 3.0, 4.0],
        }
    )
    assert trade.growth(series, "value")["seam_1y"].tolist() == [False, False, True, False]
    later = series.assign(year=[2016, 2021, 2022, 2023])
    assert trade.growth(later, "value")["seam_5y"].tolist() == [False, False, False, False]
    later["source"] = ["wits", "bns", "bns", "bns"]
    assert trade.growth(later, "value")["seam_5y"].tolist() == [False, True, False, False]


def test_growth_refuses_two_rows_for_one_year() -> None:
    series = pd.DataFrame({"year": [2000, 2000], "books": "own", "value": [1.0, 2.0]})
    with pytest.raises(ValueError, match="one row per books and year"):
        trade.growth(series, "value")


def test_constant_dollars_follow_the_price_index_and_leave_the_base_year_alone() -> None:
    prices = pd.DataFrame({"series": "us_cpi_u", "year": [2000, 2020], "value": [50.0, 100.0]})
    series = pd.DataFrame({"year": [2000, 2010, 2020], "turnover_usd": [7.0, 7.0, 7.0]})
    constant = trade.constant_dollars(series, prices, 2020)
    assert constant["turnover_constant_usd"].tolist()[::2] == [14.0, 7.0]  # 7 · 100 / 50
    assert np.isnan(constant["turnover_constant_usd"].iloc[1])
    assert (constant["base_year"] == 2020).all()
    with pytest.raises(ValueError, match="no year 2010; choose one of 2000–2020"):
        trade.constant_dollars(series, prices, 2010)


# -- place among partners ------------------------------------------------------


def test_shares_are_of_the_published_total_and_totals_take_no_rank() -> None:
    reports = books(
        ("kgnsc", "KGZ", "WLD", 2021, "export", 200),
        ("kgnsc", "KGZ", "XXX", 2021, "export", 40),
        ("kgnsc", "KGZ", "RUS", 2021, "export", 60),
        ("kgnsc", "KGZ", "TUR", 2021, "export", 60),
        ("kgnsc", "KGZ", "KAZ", 2021, "export", 0),
    )
    ranked = trade.ranks(reports, "KGZ").query("flow == 'exports'").set_index("partner")
    assert ranked["rank"].to_dict() == {
        "RUS": 1,
        "TUR": 1,
    }  # equals share the better rank, no trade takes none
    assert ranked["share"].to_dict() == {"RUS": 0.3, "TUR": 0.3}  # 60 / 200
    assert ranked["coverage"].tolist() == [0.6, 0.6]  # (60 + 60) / 200


def test_growth_is_taken_over_any_base_above_zero() -> None:
    line = pd.DataFrame({"year": range(2020, 2024), "books": "own", "value": [1.0, 2.0, 0.0, 3.0]})
    growth = trade.growth(line, "value")["growth_1y"]
    assert growth.tolist()[1:3] == [1.0, -1.0]  # 2 / 1 - 1; 0 / 2 - 1
    assert growth.isna().tolist() == [True, False, False, True]  # no year before; a base of zero


def test_concentrations_are_shown_from_nine_tenths_allocated_on() -> None:
    assert [share >= trade.COVERAGE for share in (0.899, 0.9)] == [False, True]


def test_without_a_published_total_unallocated_trade_counts_in_the_denominator() -> None:
    reports = books(
        ("uzstat", "UZB", "XXX", 2020, "import", 25), ("uzstat", "UZB", "TUR", 2020, "import", 75)
    )
    assert trade.ranks(reports, "UZB").query("flow == 'imports'")["share"].tolist() == [0.75]


def test_the_rank_by_turnover_adds_both_flows() -> None:
    reports = books(
        ("bns", "KAZ", "TUR", 2022, "export", 50),
        ("bns", "KAZ", "TUR", 2022, "import", 20),
        ("bns", "KAZ", "ITA", 2022, "export", 60),
        ("bns", "KAZ", "ITA", 2022, "import", 5),
    )
    of_tur = trade.ranks(reports, "KAZ").query("partner == 'TUR'").set_index("flow")["rank"]
    assert of_tur.to_dict() == {"turnover": 1, "exports": 2, "imports": 1}


@pytest.mark.no_cover
def test_the_mirror_is_ranked_from_fifty_reporters_on() -> None:
    assert trade.MIRROR_REPORTERS == 50
    few = books(*[("wits", f"P{i:02}", "TUR", 2016, "import", 1) for i in range(49)])
    many = books(*[("wits", f"P{i:02}", "TUR", 2016, "import", 1) for i in range(50)])
    assert trade.ranks(few, "TUR").empty
    assert trade.ranks(many, "TUR")["books"].unique().tolist() == ["mirror"]
    assert trade.ranks(many, "TUR")["coverage"].isna().all()


@pytest.mark.no_cover
def test_a_year_that_lacks_a_main_partner_is_flagged_whatever_years_are_asked_for() -> None:
    flows = [
        ("bns", "KAZ", p, y, "export", 9.0)
        for p in OTHERS
        for y in (2009, 2010, 2011)
        if (p, y) != ("RUS", 2010)
    ]
    for years in ((None, None), (2010, 2010)):
        ranked = trade.ranks(books(*flows), "KAZ", *years)
        flags = ranked.groupby("year")["flag"].first()
        assert flags[2010] == "RUS is missing, a main partner the years around"
        assert (flags.drop(2010) == "").all()


@pytest.mark.no_cover
@pytest.mark.parametrize(("size", "flag"), [(5.0, "TUR is missing"), (0.5, "")])
def test_a_main_partner_is_one_of_the_five_largest(size: float, flag: str) -> None:
    """With 4 larger partners Türkiye ranks 5th and is expected in 2010; with 5 it ranks 6th."""
    larger = [("bns", "KAZ", p, y, "export", 9.0) for p in OTHERS[:4] for y in (2009, 2010, 2011)]
    fifth = [("bns", "KAZ", "USA", y, "export", 1.0) for y in (2009, 2010, 2011)]
    sold = [("bns", "KAZ", "TUR", y, "export", size) for y in (2009, 2011)]
    flags = trade.ranks(books(*larger, *fifth, *sold), "KAZ", 2010, 2010)["flag"]
    assert flags.str.startswith(flag).all()
    assert (flags != "").all() == bool(flag)


@pytest.mark.no_cover
@pytest.mark.parametrize(("later", "flagged"), [(2010, []), (2011, [2010]), (2012, [])])
def test_a_main_partner_is_missing_only_in_a_single_year_between_two(
    later: int, flagged: list[int]
) -> None:
    """Without a record in two years on end it may as well have stopped trading."""
    others = [("bns", "KAZ", p, y, "export", 9.0) for p in OTHERS for y in range(2009, 2013)]
    of_tur = [("bns", "KAZ", "TUR", y, "export", 99.0) for y in (2009, later)]
    ranked = trade.ranks(books(*others, *of_tur), "KAZ")
    assert ranked[ranked["flag"] != ""]["year"].unique().tolist() == flagged


def test_a_total_published_for_one_flow_is_not_the_total_of_turnover() -> None:
    """60 sold of 80, 20 bought of the 40 that the partners add up to: 80 / 120 of turnover."""
    reports = books(
        ("kgnsc", "KGZ", "WLD", 2021, "export", 80),
        ("kgnsc", "KGZ", "TUR", 2021, "export", 60),
        ("kgnsc", "KGZ", "TUR", 2021, "import", 20),
        ("kgnsc", "KGZ", "RUS", 2021, "import", 20),
    )
    shares = trade.ranks(reports, "KGZ").query("partner == 'TUR'").set_index("flow")["share"]
    expected = {"turnover": 80 / 120, "exports": 0.75, "imports": 0.5}
    assert shares.to_dict() == pytest.approx(expected)


@pytest.mark.no_cover
@pytest.mark.parametrize("rank", [5, 6])
@pytest.mark.parametrize("gap", [2014, 2016])
@pytest.mark.no_cover
def test_a_mirror_without_a_main_partner_of_the_years_around_is_left_out(
    rank: int, gap: int
) -> None:
    """The 5th of 2015 does not report a year before or after; the 6th would not be missed."""
    sizes = {f"P{i:02}": 100 - i for i in range(60)}
    gone = f"P{rank - 1:02}"
    reports = [
        ("wits", reporter, "TKM", year, "import", size)
        for reporter, size in sizes.items()
        for year in (2014, 2015, 2016)
        if (reporter, year) != (gone, gap)
    ]
    kept = trade.ranks(books(*reports), "TKM")["year"].unique().tolist()
    assert kept == [year for year in (2014, 2015, 2016) if year != gap or rank == 6]
    # The years around are looked at even where they are not wanted.
    assert trade.ranks(books(*reports), "TKM", gap, gap).empty == (rank == 5)


def test_one_flagged_row_flags_the_ranks_of_its_year() -> None:
    reports = books(
        ("wits", "AZE", "ITA", 2008, "export", 19), ("wits", "AZE", "TUR", 2008, "export", 1)
    )
    reports["flag"] = ["level not comparable", ""]
    assert (trade.ranks(reports, "AZE")["flag"] == "level not comparable").all()
    assert trade.bilateral(reports, "AZE", "TUR")["flag"].tolist() == [""]


def test_the_concentration_of_three_partners_is_as_reckoned_by_hand() -> None:
    row = (
        trade.concentration(trade.ranks(exports_of("KAZ", [50, 30, 20]), "KAZ"))
        .query("flow == 'exports'")
        .iloc[0]
    )
    assert row["hhi"] == pytest.approx(0.38)  # 0.25 + 0.09 + 0.04
    assert row["hhi_normalised"] == pytest.approx(0.07)  # (0.38 - 1/3) / (2/3)
    assert (row["partners"], row["coverage"], row["source"]) == (3, 1, "bns")


def test_the_concentration_of_a_single_partner_is_one_and_its_normalised_form_undefined() -> None:
    row = trade.concentration(trade.ranks(exports_of("KAZ", [50]), "KAZ")).iloc[0]
    assert row["hhi"] == 1
    assert np.isnan(row["hhi_normalised"])


@few_examples
@given(
    st.lists(amounts, min_size=2, max_size=20),
    st.floats(min_value=0.01, max_value=100),
    st.randoms(),
)
def test_concentration_keeps_its_bounds_and_ignores_scale_and_order(
    values: list[float], scale: float, random: Any
) -> None:
    def index(of: list[float]) -> pd.Series[Any]:
        return trade.concentration(trade.ranks(exports_of("KAZ", of), "KAZ")).iloc[0][
            ["hhi", "hhi_normalised"]
        ]

    hhi, normalised = index(values)
    assert 1 / len(values) - 1e-9 <= hhi <= 1 + 1e-9
    assert -1e-9 <= normalised <= 1 + 1e-9
    shuffled = random.sample(values, len(values))
    assert index([scale * value for value in shuffled]).tolist() == pytest.approx(
        [hhi, normalised], abs=1e-9
    )


@few_examples
@given(st.lists(amounts, min_size=1, max_size=20))
def test_shares_of_fully_allocated_trade_add_up_to_one(values: list[float]) -> None:
    ranked = trade.ranks(exports_of("KAZ", values), "KAZ").query("flow == 'exports'")
    assert ranked["share"].sum() == pytest.approx(1)
    assert ranked["value_usd"].is_monotonic_decreasing


# -- trade among the six -------------------------------------------------------


def test_the_matrix_says_for_each_cell_whose_books_it_is() -> None:
    reports = books(
        ("bns", "KAZ", "TUR", 2022, "export", 60),
        ("bns", "KAZ", "TUR", 2022, "import", 20),
        ("bns", "KAZ", "RUS", 2022, "export", 99),
        ("uzstat", "UZB", "KAZ", 2022, "import", 20),
    )
    cells = trade.prefer(trade.intra_trade(reports)).set_index(["exporter", "importer"])
    assert cells["books"].to_dict() == {
        ("KAZ", "TUR"): "own",
        ("KAZ", "UZB"): "mirror",
        ("TUR", "KAZ"): "mirror",
    }
    shares = trade.member_shares(cells.reset_index()).set_index("country")
    # total 100: KAZ sells 80 and buys 20, TUR sells 20 and buys 60, UZB buys 20; each over 2 · 100
    assert shares["share"].to_dict() == {"KAZ": 0.5, "TUR": 0.4, "UZB": 0.1}
    assert shares["export_share"].fillna(0).to_dict() == {"KAZ": 0.8, "TUR": 0.2, "UZB": 0.0}
    assert shares.loc["KAZ", ["cells", "own", "mirror", "model"]].tolist() == [3, 1, 2, 0]


def test_member_shares_refuses_cells_of_several_books_at_once() -> None:
    reports = books(
        ("bns", "KAZ", "TUR", 2020, "export", 60), ("baci", "KAZ", "TUR", 2020, "export", 61)
    )
    with pytest.raises(ValueError, match="apply prefer"):
        trade.member_shares(trade.intra_trade(reports))


def test_a_matrix_is_complete_with_a_cell_for_every_pair() -> None:
    assert trade.CELLS == 6 * 5
    pairs = [(a, b) for a in MEMBERS for b in MEMBERS if a != b]
    cells = [
        ("baci", a, b, year, "export", 1.0)
        for a, b in pairs
        for year in (2019, 2020)
        if (a, year) != ("TKM", 2020)
    ]
    assert trade.latest_complete_year(trade.intra_trade(books(*cells))) == 2019
    lacking = [cell for cell in cells if cell[1:3] != ("KAZ", "TUR")]
    assert trade.latest_complete_year(trade.intra_trade(books(*lacking))) is None


# -- what is traded ------------------------------------------------------------


def test_the_energy_share_is_that_of_section_three_in_each_flow() -> None:
    flows = goods(
        ("KAZ", "TUR", "3", 60),
        ("KAZ", "TUR", "6", 40),
        ("TUR", "KAZ", "7", 20),
        ("KAZ", "TUR", "TOTAL", 100),
    )
    fuels = trade.sections(flows, "KAZ", "TUR").query("section == '3'").set_index("flow")["share"]
    assert fuels.to_dict() == {
        "turnover": 0.5,
        "exports": 0.6,
        "imports": 0.0,
    }  # 60 / 120, 60 / 100, 0 / 20


def test_revealed_advantage_compares_with_all_states_together() -> None:
    flows = goods(
        ("KAZ", "DEU", "3", 80),
        ("KAZ", "CHN", "6", 20),
        ("TUR", "DEU", "3", 20),
        ("TUR", "DEU", "7", 80),
    )
    flows = pd.concat(
        [flows, goods(("DEU", "KAZ", "7", 1000))]
    )  # not an export of a state compared
    rca = trade.revealed_advantage(flows, "KAZ").set_index("section")["rca"]
    # fuels are 80 of 100 Kazakh exports and 100 of the 200 of all: 0.8 / 0.5
    assert rca["3"] == pytest.approx(1.6)
    assert rca["6"] == pytest.approx(2)  # 0.2 / 0.1
    assert rca["7"] == 0
    assert np.isnan(rca["0"])


def test_complementarity_sets_what_one_sells_against_what_the_other_buys() -> None:
    flows = goods(
        ("KAZ", "CHN", "3", 70),
        ("KAZ", "CHN", "6", 30),
        ("RUS", "TUR", "3", 50),
        ("DEU", "TUR", "7", 50),
    )
    fit = trade.complementarity(flows, "KAZ", "TUR")
    # |0.5 - 0.7| + |0 - 0.3| + |0.5 - 0| = 1; the other way round neither side has figures
    assert fit[["exporter", "importer"]].to_numpy().tolist() == [["KAZ", "TUR"]]
    assert fit["complementarity"].item() == pytest.approx(0.5)


def test_intra_industry_trade_is_one_where_balanced_and_weighted_over_sections() -> None:
    flows = goods(("KAZ", "TUR", "6", 30), ("TUR", "KAZ", "6", 10), ("TUR", "KAZ", "7", 60))
    index = trade.intra_industry(flows, "KAZ", "TUR").set_index("section")["grubel_lloyd"]
    assert index["6"] == pytest.approx(0.5)  # 1 - 20 / 40
    assert index["7"] == 0
    assert np.isnan(index["0"])
    assert index["all"] == pytest.approx(0.2)  # 1 - (20 + 60) / (40 + 60)


def test_a_year_of_one_way_trade_has_an_index_of_zero() -> None:
    """Of the 30 sold and the 0 bought nothing is two-way: 1 - 30 / 30."""
    index = trade.intra_industry(goods(("KAZ", "TUR", "6", 30)), "KAZ", "TUR").set_index("section")
    assert index.loc["all", ["exports_usd", "imports_usd", "grubel_lloyd"]].tolist() == [30, 0, 0]
    assert np.isnan(index.loc["3", "grubel_lloyd"])


# UNCTAD's exports and imports, BACI's, and whether turnover, exports, imports are comparable.
MATRIX = [
    (60, 100, 100, 100, [True, True, True]),  # 160 / 200, 0.6, 1.0
    (59, 100, 100, 100, [False, False, True]),  # exports 0.59
    (150, 100, 100, 100, [True, True, True]),  # 1.25, 1.5, 1.0
    (151, 100, 100, 100, [False, False, True]),  # exports 1.51
    (100, 100, None, 100, [False, False, True]),  # BACI has no exports
]


@pytest.mark.parametrize(("sold", "bought", "exports", "imports", "comparable"), MATRIX)
def test_sections_are_comparable_where_the_matrix_holds_about_the_flow_of_baci(
    sold: float, bought: float, exports: float | None, imports: float, comparable: list[bool]
) -> None:
    flows = goods(("KAZ", "TUR", "3", sold), ("TUR", "KAZ", "7", bought))
    known = [("baci", "TUR", "KAZ", 2015, "export", imports)]
    if exports is not None:
        known.append(("baci", "KAZ", "TUR", 2015, "export", exports))
    rows = trade.section_coverage(flows, books(*known), "KAZ", "TUR").set_index("flow")
    assert rows["comparable"].tolist() == comparable  # turnover, exports, imports
    assert rows.loc["imports", "ratio"] == 1
    assert rows.loc["exports", "unctad_usd"] == sold


def test_turnover_of_one_known_flow_is_not_comparable() -> None:
    known = books(("baci", "KAZ", "TUR", 2015, "export", 10))
    rows = trade.section_coverage(goods(("KAZ", "TUR", "3", 10)), known, "KAZ", "TUR")
    assert rows.set_index("flow")["comparable"].to_dict() == {"turnover": False, "exports": True}


baskets = st.lists(amounts, min_size=10, max_size=10)


@few_examples
@given(baskets, baskets)
def test_indices_of_composition_keep_their_bounds_and_symmetries(
    sold: list[float], bought: list[float]
) -> None:
    there = [("KAZ", "TUR", str(k), value) for k, value in enumerate(sold)]
    back = [("TUR", "KAZ", str(k), value) for k, value in enumerate(bought)]
    flows = goods(*there, *back)
    for flow, shares in trade.sections(flows, "KAZ", "TUR").groupby("flow")["share"]:
        assert shares.sum() == pytest.approx(1), flow
    here = trade.intra_industry(flows, "KAZ", "TUR")["grubel_lloyd"]
    assert here.between(-1e-9, 1 + 1e-9).all()
    assert here.tolist() == trade.intra_industry(flows, "TUR", "KAZ")["grubel_lloyd"].tolist()
    assert (
        trade.complementarity(flows, "KAZ", "TUR")["complementarity"].between(-1e-9, 1 + 1e-9).all()
    )
    advantage = trade.revealed_advantage(flows, "KAZ")
    assert (advantage["reference_share"] * advantage["rca"]).sum() == pytest.approx(1)


def test_identical_baskets_are_wholly_complementary() -> None:
    flows = goods(
        ("KAZ", "CHN", "3", 7),
        ("KAZ", "CHN", "6", 3),
        ("RUS", "TUR", "3", 70),
        ("RUS", "TUR", "6", 30),
    )
    assert trade.complementarity(flows, "KAZ", "TUR")["complementarity"].item() == pytest.approx(1)


# -- oil -----------------------------------------------------------------------


def test_oil_statements_give_a_monthly_rate_and_a_share_only_over_a_whole_year() -> None:
    said = pd.DataFrame(
        [
            ("a", "2023", "Kazakh oil towards the BTC pipeline", 1_200_000.0, "tonnes"),
            ("b", "Jan-Sep 2023", "Kazakh oil towards the BTC pipeline", 900_000.0, "tonnes"),
            ("c", "2024", "Kazakh oil towards the BTC pipeline, plan", 1_500_000.0, "tonnes"),
            ("d", "Jun 2006-Jun 2022", "oil through the BTC pipeline", 516e6, "tonnes"),
            ("e", "2023", "oil through the BTC pipeline", 30e6, "tonnes"),
            ("f", "2023", "oil through the BTC pipeline, cumulative", 600e6, "tonnes"),
            ("g", "2023", "oil through the BTC pipeline, capacity", 1e6, "barrels a day"),
            ("h", "2023", "Kazakh oil shipped from Aktau by sea", 3e6, "tonnes"),
            ("j", "2024", "Kazakh and Turkmen oil through the BTC pipeline", 4e6, "tonnes"),
            ("i", "Jan-Dec 2023", "Kazakh oil towards the BTC pipeline", 1_200_000.0, "tonnes"),
        ],
        columns=["id", "period", "measure", "value", "unit"],
    ).assign(speaker="somebody", date="2024")
    produced = pd.DataFrame(
        {"series": "oil_production", "iso3": "KAZ", "year": [2023], "value": [90e6]}
    )
    oil = trade.oil_by_btc(said, produced).set_index("id")
    origins = {"j": "KAZ; TKM", "b": "KAZ", "a": "KAZ", "i": "KAZ", "e": ""}
    assert oil.loc[["j", "e"], "concerns"].tolist() == ["AZE; KAZ; TKM; TUR", "AZE; TUR"]
    assert oil["origins"].to_dict() == origins
    oil = oil.drop("j")
    assert oil["months"].to_dict() == {"a": 12, "b": 9, "e": 12, "i": 12}
    assert oil["tonnes_per_month"].drop("i").to_dict() == {"a": 1e5, "b": 1e5, "e": 2.5e6}
    assert oil.loc[["a", "i"], "share_of_production"].tolist() == pytest.approx([1.2 / 90] * 2)
    assert oil.loc[["b", "e"], "share_of_production"].isna().all()


SAID = [
    ("a", "2005-2021", "Turkish direct investment in KAZ, cumulative", "US dollars", "2022-05"),
    ("b", "2021", "Turkish direct investment in KAZ, inflow", "US dollars", "2021"),
    ("c", "2021", "Turkish direct investment in KAZ, inflow, change", "percent", "2022"),
    ("d", "2024", "Turkish direct investment stock in Central Asia", "US dollars", "2025"),
    ("e", "2024", "Kazakh investment in TUR, cumulative", "US dollars", "2025"),
    ("f", "2024", "Turkish direct investment stock in KAZ, increase", "US dollars", "2025"),
    ("g", "2024", "KAZ exports to TUR", "US dollars", "2025"),
    ("h", "2021", "rank as source of gross direct investment in KAZ: TUR", "rank", "2022"),
]


def said() -> pd.DataFrame:
    frame = pd.DataFrame(SAID, columns=["id", "period", "measure", "unit", "date"])
    return frame.assign(value=9.0, speaker="somebody")


def test_stated_investment_is_split_into_investor_host_and_kind() -> None:
    columns = ["id", "investor", "host", "kind"]
    rows = trade.stated_investment(said(), "KAZ", "TUR")[columns].fillna("").to_numpy().tolist()
    assert rows == [
        ["b", "TUR", "KAZ", "inflow"],
        ["a", "TUR", "KAZ", "cumulative"],
        ["d", "TUR", "Central Asia", ""],
        ["e", "KAZ", "TUR", "cumulative"],
    ]


@pytest.mark.parametrize(
    ("pair", "ids"),
    [
        (("TUR", "KAZ"), list("bade")),
        (("UZB", "TUR"), ["d"]),
        (("AZE", "TUR"), []),
        (("KAZ", "UZB"), []),
    ],
)
def test_stated_investment_is_of_a_pair_or_of_the_region_one_side_is_in(
    pair: tuple[str, str], ids: list[str]
) -> None:
    assert trade.stated_investment(said(), *pair)["id"].tolist() == ids


def test_ranks_of_investors_name_host_and_investor() -> None:
    row = trade.investor_ranks(said()).iloc[0]
    assert row[["host", "investor", "rank", "id"]].tolist() == ["KAZ", "TUR", 9, "h"]


def test_every_investment_in_dollars_in_the_table_is_read() -> None:
    """A sum whose wording has another form would be left out without a word."""
    statements = table("statements")
    in_dollars = statements[statements["unit"] == "US dollars"]
    named = in_dollars[in_dollars["measure"].str.contains(r"^(?:Kazakh|Turkish) .*investment")]
    read = trade.stated_investment(statements, "KAZ", "TUR")["id"]
    assert set(named["id"]) - set(read) == {"P035-c"}  # an increase, neither a sum nor a stock


# -- arguments -----------------------------------------------------------------

EMPTY = books()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: trade.ranks(EMPTY, "RUS"), "not one of the states compared here: use one of KAZ"),
        (lambda: trade.bilateral(EMPTY, "KAZ", "KAZ"), "country and partner are both KAZ"),
        (lambda: trade.bilateral(EMPTY, "KAZ", "TRU"), "TRU"),
        (lambda: trade.sections(goods(), "KAZ", "TRU"), "TRU"),
        (lambda: trade.intra_industry(goods(), "KAZ", "TRU"), "TRU"),
        (lambda: trade.ranks(EMPTY, "KAZ", 2020, 2010), r"start \(2020\) must not be after end"),
        (lambda: trade.revealed_advantage(goods(), "RUS"), "not one of the states compared"),
        (lambda: trade.complementarity(goods(), "KAZ", "RUS"), "not one of the states compared"),
        (lambda: trade.complementarity(goods(), "KAZ", "KAZ"), "both KAZ"),
        (
            lambda: trade.ranks(books(("made_up", "KAZ", "TUR", 2020, "export", 1)), "KAZ"),
            "the source 'made_up'",
        ),
    ],
)
def test_a_wrong_argument_is_named_in_one_sentence(
    call: Callable[[], object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        call()


TWICE = [("bns", "KAZ", "TUR", 2020, "export", 1.0)] * 2
BELOW = [("bns", "KAZ", "TUR", 2020, "export", -1.0)]
SOLD_TWICE, SOLD_BELOW = [("KAZ", "TUR", "3", 1.0)] * 2, [("KAZ", "TUR", "3", -1.0)]


@pytest.mark.parametrize(
    "measure",
    [
        lambda reports, flows: trade.bilateral(reports, "KAZ", "TUR"),
        lambda reports, flows: trade.ranks(reports, "KAZ"),
        lambda reports, flows: trade.intra_trade(reports),
        lambda reports, flows: trade.sections(flows, "KAZ", "TUR"),
        lambda reports, flows: trade.intra_industry(flows, "KAZ", "TUR"),
        lambda reports, flows: trade.revealed_advantage(flows, "KAZ"),
        lambda reports, flows: trade.complementarity(flows, "KAZ", "TUR"),
    ],
)
def test_two_rows_for_one_flow_and_negative_values_are_refused(
    measure: Callable[..., object],
) -> None:
    with pytest.raises(ValueError, match=r"two rows for .*KAZ"):
        measure(books(*TWICE), goods(*SOLD_TWICE))
    with pytest.raises(ValueError, match=r"negative value_usd -1\.0"):
        measure(books(*BELOW), goods(*SOLD_BELOW))


def measured(reports: pd.DataFrame, flows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give what every measure makes of the tables."""
    pair, ranked = trade.bilateral(reports, "KAZ", "UZB"), trade.ranks(reports, "KAZ")
    cells = trade.intra_trade(reports)
    return {
        "bilateral": pair,
        "asymmetry": trade.asymmetry(pair),
        "ranks": ranked,
        "concentration": trade.concentration(ranked),
        "intra_trade": cells,
        "member_shares": trade.member_shares(trade.prefer(cells)),
        "sections": trade.sections(flows, "KAZ", "UZB"),
        "section_coverage": trade.section_coverage(flows, reports, "KAZ", "UZB"),
        "revealed_advantage": trade.revealed_advantage(flows, "KAZ"),
        "complementarity": trade.complementarity(flows, "KAZ", "UZB"),
        "intra_industry": trade.intra_industry(flows, "KAZ", "UZB"),
    }


def documented(measure: str) -> list[str]:
    """Read the columns from the docstring, up to the first full stop or semicolon."""
    text = getattr(measures, measure).__doc__.split("pandas.DataFrame")[1]
    listed = re.split(r"[.;]", re.sub(r"\([^)]*\)", "", text))[0]
    return [name.strip() for name in listed.split(",")]


@pytest.mark.no_cover
def test_columns_are_those_documented_with_and_without_rows() -> None:
    ways = [("KAZ", "UZB"), ("UZB", "KAZ")]
    reports = [("bns", *way, 2020, flow, 1.0) for way in ways for flow in ("export", "import")]
    flows = goods(*[(*way, "3", 1.0) for way in ways])
    full, empty = measured(books(*reports), flows), measured(EMPTY, goods())
    for measure, rows in full.items():
        assert len(rows), measure
        assert not len(empty[measure]), measure
        assert rows.columns.tolist() == documented(measure), measure
        assert empty[measure].columns.tolist() == documented(measure), measure
    assert trade.latest_complete_year(empty["intra_trade"]) is None


# -- published figures ---------------------------------------------------------


def test_kazakh_books_show_the_published_trade_with_tuerkiye() -> None:
    own = (
        trade.bilateral(table("bilateral_trade"), "KAZ", "TUR")
        .query("books == 'own'")
        .set_index("year")
    )
    assert own["turnover_usd"].div(1e6).round(1)[[2022, 2023]].tolist() == [6348.1, 5985.0]
    assert own["exports_usd"].div(1e6).round()[[2022, 2023]].tolist() == [4751, 3943]
    assert own["source"][[2016, 2017, 2018, 2024]].tolist() == [
        "wits",
        "wits_panel",
        "bns",
        "bns_panel",
    ]
    growth = trade.growth(own.reset_index(), "exports_usd").set_index("year")["growth_1y"]
    assert growth[2023] == pytest.approx(-0.170, abs=5e-4)  # 3943.3 / 4751.0 - 1


def test_tuerkiye_ranks_fourth_in_2022_and_fifth_in_2023_in_kazakh_books() -> None:
    ranked = trade.ranks(table("bilateral_trade"), "KAZ", 2022, 2023).query(
        "books == 'own' and flow == 'turnover'"
    )
    assert ranked.query("partner == 'TUR'").set_index("year")["rank"].to_dict() == {
        2022: 4,
        2023: 5,
    }
    assert ranked.query("year == 2022")["partner"].tolist()[:4] == ["RUS", "CHN", "ITA", "TUR"]


def test_kyrgyz_exports_of_2021_are_allocated_to_three_fifths() -> None:
    ranked = trade.ranks(table("bilateral_trade"), "KGZ", 2021, 2021)
    row = trade.concentration(ranked).query("books == 'own' and flow == 'exports'")
    assert row["coverage"].item() == pytest.approx(0.598, abs=5e-4)


def test_the_reconciled_matrix_is_complete_to_2020_and_no_set_of_reports_ever_is() -> None:
    cells = trade.intra_trade(table("bilateral_trade"))
    assert trade.latest_complete_year(cells[cells["books"] == "model"]) == 2020
    assert trade.latest_complete_year(cells[cells["books"] == "own"]) is None
    shares = trade.member_shares(cells[cells["books"] == "model"])
    assert shares.groupby("year")["share"].sum().to_numpy() == pytest.approx(1)


def test_fuels_were_three_fifths_of_kazakh_exports_to_tuerkiye_in_2015() -> None:
    flows = trade.sections(table("product_trade"), "KAZ", "TUR").query(
        "year == 2015 and section == '3'"
    )
    shares = flows.set_index("flow")["share"]
    assert shares["exports"] == pytest.approx(
        842 / 1358, abs=1e-3
    )  # millions of dollars, as published
    assert shares["turnover"] < 0.5


@pytest.mark.no_cover
def test_results_do_not_depend_on_the_order_of_the_rows() -> None:
    trade_table = table("bilateral_trade")
    shuffled = trade_table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(trade.ranks(trade_table, "KGZ"), trade.ranks(shuffled, "KGZ"))


@pytest.mark.no_cover
def test_several_countries_at_once_are_each_as_alone() -> None:
    reports, wanted = table("bilateral_trade"), ["UZB", "KAZ"]
    together = trade.ranks(reports, wanted, 2009, 2011)
    alone = [trade.ranks(reports, state, 2009, 2011) for state in wanted]
    assert together["country"].unique().tolist() == wanted
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
    apart = pd.concat(map(trade.concentration, alone), ignore_index=True)
    pd.testing.assert_frame_equal(trade.concentration(together), apart)


def test_no_statements_give_no_sums_and_no_ranks() -> None:
    none = data.load("trade/statements").head(0)
    assert trade.stated_investment(none, "KAZ", "TUR").empty
    assert "value" in trade.stated_investment(none, "KAZ", "TUR")
    assert trade.investor_ranks(none).empty
