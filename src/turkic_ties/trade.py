"""Measures of trade: whose books say what, with whom, how concentrated, in what, and against which expectation.

A flow between two states can be known from three sets of **books**, and no measure mixes them silently:

``own``
    what the country itself reports: exports FOB to the declared destination, imports CIF by country of origin;
``mirror``
    the same flows as its partners report them, so that exports are valued CIF and imports FOB;
``model``
    one value a flow, reconciled from both reports by a third party: CEPII BACI, FOB on both sides.

Every row says which books and which ``source`` it rests on. `prefer` takes the first of own, mirror, model that a year
has; `latest` the last year each of them has. Values are current US dollars unless the column says otherwise.

A missing row is not a zero: a flow nobody recorded stays missing, and so does any balance that would need it.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from turkic_ties import countries
from turkic_ties.countries import MEMBERS

Series: TypeAlias = "pd.Series[float]"
Array: TypeAlias = npt.NDArray[np.float64]

BOOKS = ("own", "mirror", "model")

# Where two sources hold the books of one reporter for one year, the first of this list is taken, for the whole year.
# National offices come before UN Comtrade (WITS): they are the origin of what Comtrade republishes, carry revisions and
# cover more. Kyrgyz exports in WITS lack most of what goes to Switzerland, Britain and the Emirates, and a large part
# of those to Kazakhstan. Kyrgyzstan is so one series from 1994; Kazakhstan passes from WITS to its office in 2018.
# Türkiye passes from WITS (special trade) to the IMF and UN Comtrade (general trade) in 2013. Azerbaijan passes to the
# IMF in 2013 as well: its exports of 2015 and 2016 in WITS are not the final ones. The IMF's special trade of Türkiye
# comes last, for comparison only.
REPORTED = (
    "bns",
    "bns_panel",
    "uzstat",
    "kgnsc",
    "comtrade_2026",
    "imf_dots",
    "wits",
    "wits_panel",
    "imf_dots_special",
)

# Sources without imports: no turnover can be formed from them.
EXPORTS_ONLY = ("comtrade_2026",)
MODEL = "baci"

WORLD, UNALLOCATED = "WLD", "XXX"

# With fewer reporters than this the mirror is not a picture of all trade: from 1996 to 2016 58 to 164 reporters name
# each of the six, after that only Kazakhstan, Uzbekistan and Kyrgyzstan do.
MIRROR_REPORTERS = 50

SECTIONS = {
    "0": "Food and live animals",
    "1": "Beverages and tobacco",
    "2": "Crude materials except fuels",
    "3": "Mineral fuels",
    "4": "Oils, fats and waxes",
    "5": "Chemicals",
    "6": "Manufactures by material, metals",
    "7": "Machinery and vehicles",
    "8": "Other manufactures",
    "9": "Not classified elsewhere",
}

FLOWS = ("turnover", "exports", "imports")
_FLOW_VALUES = ["exports_usd", "imports_usd"]
_OTHER_SIDE = {"export": "import", "import": "export", "exports": "imports", "imports": "exports"}


# -- books ------------------------------------------------------------------------------------------------------


def partners(
    bilateral_trade: pd.DataFrame,
    country: str | Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Lay out the trade of a country, or of several, with every partner, in each set of books.

    In the own books one source serves a whole year, the first of `REPORTED` that has it; in the mirror the same holds
    for each partner's books.

    Parameters
    ----------
    bilateral_trade
        Columns source, reporter, partner, year, flow (export | import), value_usd and, if any, flag.
    country
        ISO3 code of one of the six states, or a list of such.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        country, partner (``WLD`` the published total, ``XXX`` not allocated), year, books, source, exports_usd,
        imports_usd, turnover_usd (the sum of the flows recorded; missing from a source of `EXPORTS_ONLY`), flag; countries in the order given, sorted by books,
        year and partner.

    Raises
    ------
    ValueError
        For a country outside the six, a start after the end, or a source that has no place in `REPORTED`.
    """
    return _texts(_by_partner(_records(bilateral_trade, country, start, end)))


def _records(
    bilateral_trade: pd.DataFrame, country: str | Sequence[str], start: int | None, end: int | None
) -> pd.DataFrame:
    """Collect the flows of a country, or of several, seen from there, in each set of books from one source a year."""
    _check(country, start=start, end=end)
    states = _listed(country)
    trade = bilateral_trade if "flag" in bilateral_trade else bilateral_trade.assign(flag="")
    if unknown := sorted(set(trade["source"].unique()) - {*REPORTED, MODEL}):
        raise ValueError(
            f"bilateral_trade holds the source {unknown[0]!r}: give it a place in trade.REPORTED."
        )
    involved = trade["reporter"].isin(states) | trade["partner"].isin(states)
    trade = trade[involved & trade["year"].between(*_years(start, end))]
    # Categories group and sort in a fraction of the time texts take, and in the order given.
    everyone = pd.CategoricalDtype(
        sorted({*trade["reporter"].unique(), *trade["partner"].unique()})
    )
    sources = pd.CategoricalDtype([*REPORTED, MODEL])
    trade = trade.astype(
        {"reporter": everyone, "partner": everyone, "source": sources, "value_usd": "float64"}
    )
    own, mirror = trade[trade["reporter"].isin(states)], trade[trade["partner"].isin(states)]
    # What the reporter imports from the country is the country's export to it.
    turned = {"country": mirror["partner"], "partner": mirror["reporter"]}
    rows = pd.concat(
        [own.assign(country=own["reporter"]), mirror.assign(**turned)], ignore_index=True
    )
    is_own, is_model = np.arange(len(rows)) < len(own), rows["source"] == MODEL
    is_export = (rows["flow"] == "export") == is_own
    books = pd.Series("mirror", rows.index, pd.CategoricalDtype(list(BOOKS)))
    rows = rows.assign(
        country=rows["country"].cat.set_categories(states),
        books=books.mask(is_own, "own").mask(is_model, "model"),
        exports_usd=rows["value_usd"].where(is_export),
        imports_usd=rows["value_usd"].where(~is_export),
    )
    place = rows["source"].cat.codes
    serving = [rows[key] for key in ("country", "books", "reporter", "year")]
    return rows[place == place.groupby(serving, observed=True).transform("min")]


def _by_partner(records: pd.DataFrame) -> pd.DataFrame:
    """Lay out records with both flows of a partner in one row, sorted."""
    keys = ["country", "books", "year", "partner", "source"]
    cells = records.groupby(keys, observed=True)
    wide = cells[_FLOW_VALUES].sum(min_count=1).reset_index()
    turnover = wide[_FLOW_VALUES].sum(axis=1, min_count=1)
    wide["turnover_usd"] = turnover.mask(wide["source"].isin(EXPORTS_ONLY))
    # The rows of `wide` are numbered as the cells are.
    wide["flag"] = _joined(records.assign(cell=cells.ngroup()), ["cell"], "flag")
    columns = [
        "country",
        "partner",
        "year",
        "books",
        "source",
        *_FLOW_VALUES,
        "turnover_usd",
        "flag",
    ]
    return wide[columns].fillna({"flag": ""})


def bilateral(
    bilateral_trade: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Give the yearly trade of a pair in each set of books: flows, turnover and balance.

    The balance is X − M, the normalised balance (X − M) / (X + M), from −1 (imports only) to 1 (exports only); both are
    missing where a flow is.

    Parameters
    ----------
    bilateral_trade
        As for `partners`.
    country, partner
        ISO3 codes; the country is one of the six.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books, source, exports_usd, imports_usd, turnover_usd, balance_usd, normalised_balance,
        flag; sorted by books and year. The source may change from year to year: draw such a seam as a break.

    Raises
    ------
    ValueError
        For a wrong country, a pair of a country with itself, or a start after the end.
    """
    _check(country, partner, start, end)
    records = _records(bilateral_trade, country, start, end)
    pair = _texts(_by_partner(records[records["partner"] == partner]))
    balance = pair["exports_usd"] - pair["imports_usd"]
    pair.insert(8, "balance_usd", balance)
    pair.insert(9, "normalised_balance", _ratio(balance, pair["turnover_usd"]))
    return pair


def prefer(frame: pd.DataFrame) -> pd.DataFrame:
    """Take the first of own, mirror and model books that exist: for each country (or exporter and importer) and year.

    Where a frame has a turnover, books that know it come before books that hold one flow only.

    Parameters
    ----------
    frame
        Output of `bilateral`, `ranks`, `concentration` or `intra_trade`, with columns year and books.

    Returns
    -------
    pandas.DataFrame
        The same columns; ``books`` still says for each row which were taken.
    """
    place = _places(frame["books"])
    if "turnover_usd" in frame:
        place = place + len(BOOKS) * frame["turnover_usd"].isna()
    cell = [frame[key] for key in ("country", "year", "exporter", "importer") if key in frame]
    first = frame[place == place.groupby(cell).transform("min")]
    return first.sort_values("year", kind="stable", ignore_index=True)


def latest(frame: pd.DataFrame, end: int) -> pd.DataFrame:
    """Take the last year up to `end` that each set of books has.

    Parameters
    ----------
    frame
        Output of a measure with columns year and books.
    end
        Last year wanted.

    Returns
    -------
    pandas.DataFrame
        The rows of one year for each of the books, own first; empty where there are none up to `end`.
    """
    past = frame[frame["year"] <= end]
    rows = past[past["year"] == past.groupby("books")["year"].transform("max")]
    return rows.sort_values("books", key=_places, kind="stable", ignore_index=True)


def asymmetry(pair: pd.DataFrame) -> pd.DataFrame:
    """Compare the two sides' books flow by flow.

    The asymmetry is (own − mirror) / ((own + mirror) / 2), from −2 to 2; 0 when both agree. Positive: the country's
    books show more than its partner's. Exports (FOB) are compared with imports (CIF, which hold freight and insurance:
    the IMF reckons 6 %), so own exports are expected a little below their mirror and own imports a little above; a
    larger gap comes from transit through third countries, confidential goods, timing or unrecorded trade.

    Parameters
    ----------
    pair
        Output of `bilateral`.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, flow (exports | imports, seen from the country), own_usd, own_source, mirror_usd,
        mirror_source, gap_usd (own − mirror), asymmetry; only years and flows that both books have.

    References
    ----------
    Javorsek, M. (2016). Asymmetries in international merchandise trade statistics. ARTNeT Working Paper 156, ESCAP.
    IMF (2017). Direction of Trade Statistics Yearbook (CIF/FOB factor 1.06).
    """
    keys = ["country", "partner", "year", "flow"]
    flows = pair.melt([*keys[:3], "books", "source"], _FLOW_VALUES, "flow", "usd").dropna(
        subset="usd"
    )
    flows["flow"] = flows["flow"].str.removesuffix("_usd")
    own, mirror = (
        flows[flows["books"] == books].set_index(keys)[["usd", "source"]]
        for books in ("own", "mirror")
    )
    both = own.add_prefix("own_").join(mirror.add_prefix("mirror_"), how="inner").reset_index()
    both["gap_usd"] = both["own_usd"] - both["mirror_usd"]
    both["asymmetry"] = _ratio(both["gap_usd"], (both["own_usd"] + both["mirror_usd"]) / 2)
    columns = (
        "country partner year flow own_usd own_source mirror_usd mirror_source gap_usd asymmetry"
    )
    return _arrange(both, columns, by="flow year")


# -- change over time -------------------------------------------------------------------------------------------


def growth(series: pd.DataFrame, value: str, by: str = "books") -> pd.DataFrame:
    """Add the growth of a series on one year, and its compound annual rate on five years.

    growth_1y = v(t) / v(t−1) − 1;  cagr_5y = (v(t) / v(t−5)) ** (1/5) − 1. Both are missing when the base year is
    missing or not above zero; years in between are neither needed nor filled.

    Parameters
    ----------
    series
        One row for each year and `by`, for example from `bilateral`, or the table ``transit``. Do not cut its start:
        the first year shown needs the years before it.
    value
        Column that grows.
    by
        Column that tells the lines apart (``books``, ``route``, ``iso3``).

    Returns
    -------
    pandas.DataFrame
        The columns of `series` and growth_1y, cagr_5y (shares: 0.1 is ten percent), seam_1y, seam_5y (True where the
        base is another publisher's figure, so that the growth holds the difference of the two).

    Raises
    ------
    ValueError
        When a year stands twice in one line.
    """
    if series.duplicated([by, "year"]).any():
        raise ValueError(f"growth needs one row for each {by} and year; select one line before.")
    # A panel is a second copy of its publisher's figures, so that no seam lies between the two.
    source = (
        series["source"].str.removesuffix("_panel")
        if "source" in series
        else pd.Series("", index=series.index)
    )
    now = series.assign(_source=source)
    result = series.copy()
    for name, years in (("growth_1y", 1), ("cagr_5y", 5)):
        base = now[[by, "year", value, "_source"]].assign(year=now["year"] + years)
        base = now[[by, "year"]].merge(base, how="left", on=[by, "year"]).set_axis(series.index)
        rate = _ratio(series[value], base[value].where(base[value] > 0)) ** (1 / years) - 1
        result[name] = rate
        result[f"seam_{years}y"] = (base["_source"] != source) & rate.notna()
    return result


def constant_dollars(
    series: pd.DataFrame, commodities: pd.DataFrame, base_year: int
) -> pd.DataFrame:
    """Deflate dollar columns by the US consumer price index.

    v · CPI(base) / CPI(t). This removes the loss of value of the dollar, not the movement of the goods' own prices
    (oil above all), so it is no volume of trade.

    Parameters
    ----------
    series
        Any frame with a year and columns that end in ``_usd``.
    commodities
        Columns series, year, value; the series ``us_cpi_u`` (annual average, 1982–84 = 100) is used.
    base_year
        Year whose dollars are wanted.

    Returns
    -------
    pandas.DataFrame
        The columns of `series`, for each ``x_usd`` an ``x_constant_usd`` (missing where the index is), and base_year.

    Raises
    ------
    ValueError
        When the index does not cover the base year.

    References
    ----------
    U.S. Bureau of Labor Statistics, CPI-U, all items, U.S. city average.
    """
    prices = commodities[commodities["series"] == "us_cpi_u"].set_index("year")["value"]
    if base_year not in prices.index:
        covered = f"{prices.index.min()}–{prices.index.max()}"
        raise ValueError(f"the US price index has no year {base_year}; choose one of {covered}.")
    deflator = series["year"].map(prices[base_year] / prices).astype("float64")
    constant = {
        f"{column.removesuffix('_usd')}_constant_usd": series[column] * deflator
        for column in series.columns
        if column.endswith("_usd") and not column.endswith("_constant_usd")
    }
    return series.assign(**constant, base_year=base_year)


# -- place among partners ---------------------------------------------------------------------------------------


def ranks(
    bilateral_trade: pd.DataFrame,
    country: str | Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Rank the partners of a country, or of several, by turnover, exports and imports, with the share of each.

    The share is of all trade: of the published total where there is one (Kyrgyzstan prints exports it does not
    allocate), else of the sum over partners, unallocated trade included. Totals and unallocated trade take no rank.

    Parameters
    ----------
    bilateral_trade, country, start, end
        As for `partners`.

    Returns
    -------
    pandas.DataFrame
        country, year, books, source, flow (turnover | exports | imports), partner, value_usd, rank (1 the largest,
        equals share the better rank), partners (number ranked), share (0–1), coverage (part of all trade that is
        allocated to partners; missing for the mirror, which has no total), flag (all flags of that year's books, and
        large partners they lack: one wrong partner moves every rank and share). Partners without trade are left out,
        and so is the mirror in years with fewer than `MIRROR_REPORTERS` reporters. Countries in the
        order given, sorted by books, year, flow, rank.

    Raises
    ------
    ValueError
        As for `partners`.
    """
    _check(country, start=start, end=end)
    # What lacks in a year shows in its neighbours.
    first, last = _years(start, end)
    frame = _by_partner(_records(bilateral_trade, country, first - 1, last + 1))
    frame["cell"] = frame.groupby(["country", "books", "year"], observed=True).ngroup()
    rows = pd.concat([_ranked(frame, flow) for flow in FLOWS], ignore_index=True)
    rows = rows[(rows["books"] != "mirror") | (rows["partners"] >= MIRROR_REPORTERS)]
    flagged = pd.concat([frame[["cell", "flag"]], _missing_partners(rows)])
    rows = rows[rows["year"].between(first, last)]
    rows = rows.assign(
        flag=_joined(flagged, ["cell"], "flag").reindex(rows["cell"], fill_value="").array
    )
    # Cells are numbered in the order of countries, books and years; equals stay in the order of `partners`.
    rows = rows.sort_values(["cell", "flow", "rank"], kind="stable", ignore_index=True)
    columns = "country year books source flow partner value_usd rank partners share coverage flag"
    return _texts(rows[columns.split()])


def _ranked(frame: pd.DataFrame, flow: str) -> pd.DataFrame:
    """Rank the partners by one flow within each cell (a country's books of a year)."""
    cell, is_world = frame["cell"], frame["partner"] == WORLD
    values = frame[f"{flow}_usd"]
    published = values.where(is_world).groupby(cell).transform("max")
    total = published.fillna(values.mask(is_world).groupby(cell).transform("sum"))
    values = values.where((values > 0) & ~frame["partner"].isin([WORLD, UNALLOCATED]))
    by_cell = values.groupby(cell)
    rows = frame[["country", "year", "books", "source", "partner", "cell"]].assign(
        flow=pd.Series(flow, frame.index, pd.CategoricalDtype(list(FLOWS))),
        value_usd=values,
        rank=by_cell.rank(method="min", ascending=False),
        partners=by_cell.transform("count"),
        share=values / total,
        coverage=(by_cell.transform("sum") / total).where(frame["books"] != "mirror"),
    )
    return rows[values.notna()].astype({"rank": "int64", "partners": "int64"})


def _missing_partners(rows: pd.DataFrame) -> pd.DataFrame:
    """Find partners without a record between two years in which they were among the five largest."""
    books = ["country", "books", "flow", "year"]
    large = rows.loc[rows["rank"] <= 5, [*books, "partner"]]
    skipped = (
        large.groupby(["country", "books", "flow", "partner"], observed=True)["year"].diff() == 2
    )
    expected = large[skipped].assign(year=large["year"] - 1)
    there = rows.loc[rows["rank"] == 1, [*books, "cell"]].drop_duplicates()
    expected = expected.merge(there, on=books)  # the books exist in that year
    keys = ["cell", "flow", "partner"]
    known = rows.loc[rows["cell"].isin(expected["cell"]), keys]
    missing = expected.merge(known, how="left", indicator="found", on=keys).query(
        "found == 'left_only'"
    )
    return missing[["cell"]].assign(
        flag=missing["partner"].astype("str") + " is missing, a main partner the years around"
    )


def concentration(ranked: pd.DataFrame) -> pd.DataFrame:
    """Measure how concentrated the trade of a country, or of several, is on few partners (Herfindahl–Hirschman).

    HHI = Σ s², s the share of a partner in the trade allocated to partners: from 1/N (N equal partners) to 1 (one
    partner). Normalised: (HHI − 1/N) / (1 − 1/N), from 0 to 1; missing with a single partner. N counts the partners
    traded with in that year, so it grows with better recording; the plain index hardly does.

    Parameters
    ----------
    ranked
        Output of `ranks`.

    Returns
    -------
    pandas.DataFrame
        country, year, books, source (all that serve the year), flow (turnover | exports | imports), hhi,
        hhi_normalised, partners (N), coverage (part of all trade that the index sees; below 0.9 read it with care),
        flag. Countries in the order of `ranked`, sorted by books, flow, year.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade. University of California Press.
    Rhoades, S. A. (1993). The Herfindahl-Hirschman Index. Federal Reserve Bulletin 79(3), 188-189.
    """
    keys = ["country", "books", "flow", "year"]
    rows = ranked.assign(cell=ranked.groupby(keys).ngroup())
    by_cell = rows.groupby("cell")
    rows["hhi"] = (rows["value_usd"] / by_cell["value_usd"].transform("sum")) ** 2
    result = rows.drop_duplicates("cell").set_index("cell")
    result = result.assign(hhi=by_cell["hhi"].sum(), source=_joined(rows, ["cell"], "source"))
    floor = 1 / result["partners"]
    result["hhi_normalised"] = _ratio(result["hhi"] - floor, 1 - floor)
    columns = "country year books source flow hhi hhi_normalised partners coverage flag"
    return _arrange(result, columns, "country books flow year", list(ranked["country"].unique()))


# -- trade among the six ----------------------------------------------------------------------------------------


def intra_trade(
    bilateral_trade: pd.DataFrame, start: int | None = None, end: int | None = None
) -> pd.DataFrame:
    """List the exports of each of the six states to each other one: the 30 cells of a matrix, in all books.

    ``own`` is the exporter's report (FOB), ``mirror`` the importer's (CIF). `prefer` makes one matrix of them that says
    for each cell whose books it is; ``query("books == 'model'")`` the reconciled one.

    Parameters
    ----------
    bilateral_trade, start, end
        As for `partners`.

    Returns
    -------
    pandas.DataFrame
        exporter, importer, year, books, source, value_usd; cells without a record are missing. Sorted by books, year,
        exporter and importer.
    """
    by_members = bilateral_trade[bilateral_trade["reporter"].isin(MEMBERS)]
    records = _records(by_members, MEMBERS, start, end)
    cells = _texts(_by_partner(records[records["partner"].isin(MEMBERS)])).dropna(
        subset="exports_usd"
    )
    cells = cells.rename(
        columns={"country": "exporter", "partner": "importer", "exports_usd": "value_usd"}
    )
    return _arrange(
        cells, "exporter importer year books source value_usd", by="books year exporter importer"
    )


def member_shares(cells: pd.DataFrame) -> pd.DataFrame:
    """Share out the trade among the six by member.

    share = (exports to + imports from the other members) / (2 · trade among all members), so that shares add up to 1.

    Parameters
    ----------
    cells
        One set of cells from `intra_trade`: those of one of the books, or what `prefer` took.

    Returns
    -------
    pandas.DataFrame
        country, year, exports_usd, imports_usd, turnover_usd, share, export_share (of all exports to members), cells
        (how many of the 30 are known in that year; shares of an incomplete year are not to be compared), own, mirror,
        model (how many of them rest on which books).

    Raises
    ------
    ValueError
        When a cell stands twice in a year.
    """
    if cells.duplicated(["exporter", "importer", "year"]).any():
        raise ValueError(
            "member_shares needs each cell once: apply prefer, or select one set of books before."
        )
    exports = (
        cells.groupby(["year", "exporter"])["value_usd"].sum().rename_axis(["year", "country"])
    )
    imports = (
        cells.groupby(["year", "importer"])["value_usd"].sum().rename_axis(["year", "country"])
    )
    result = pd.DataFrame({"exports_usd": exports, "imports_usd": imports}).reset_index()
    result["turnover_usd"] = result[["exports_usd", "imports_usd"]].sum(axis=1)
    total = result.groupby("year")["exports_usd"].transform("sum")
    result["share"] = _ratio(result["turnover_usd"], 2 * total)
    result["export_share"] = _ratio(result["exports_usd"], total)
    for books in BOOKS:
        known = cells.loc[cells["books"] == books, "year"].value_counts()
        result[books] = result["year"].map(known).fillna(0).astype("int64")
    result["cells"] = result[list(BOOKS)].sum(axis=1)
    columns = "country year exports_usd imports_usd turnover_usd share export_share cells own mirror model"
    return _arrange(result, columns, by="year country")


def latest_complete_year(cells: pd.DataFrame) -> int | None:
    """Return the last year in which all 30 cells of the intra-OTS matrix are known; None when there is none.

    Parameters
    ----------
    cells
        Rows of `intra_trade`, of one set of books or of several.
    """
    known = cells.drop_duplicates(["exporter", "importer", "year"]).groupby("year").size()
    complete = known.index[known == len(MEMBERS) * (len(MEMBERS) - 1)]
    return int(complete.max()) if len(complete) else None


# -- what is traded ---------------------------------------------------------------------------------------------
#
# These measures use UNCTAD's exporter-side matrix: one value a flow, FOB, as the exporter reported it or as UNCTAD
# estimated it (Uzbekistan, Turkmenistan). It is therefore `model` in the sense of the books, also for imports. It holds
# 1995, 2005 and 2015 and ten sections only; a section without a row in a year that has others counts as no trade.

_UNCTAD = {"books": "model", "source": "unctad"}


def sections(product_trade: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """Break the trade of a pair down by SITC section.

    The share of section 3 (mineral fuels: coal, oil, gas, electricity) is the energy share of the flow.

    Parameters
    ----------
    product_trade
        Columns exporter, importer, sitc_section (0–9), year, value_usd.
    country, partner
        ISO3 codes; the country is one of the six.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books, source, flow (turnover | exports | imports), section, section_name, value_usd,
        share (of the flow in that year); ten rows for each flow that has trade in a year.

    Raises
    ------
    ValueError
        For a wrong country or a pair of a country with itself.
    """
    _check(country, partner)
    flows = {
        "exports": _by_section(product_trade, exporter=country, importer=partner),
        "imports": _by_section(product_trade, exporter=partner, importer=country),
    }
    flows["turnover"] = flows["exports"].add(flows["imports"], fill_value=0.0)
    rows = pd.concat(flows, names=["flow"]).rename("value_usd").reset_index()
    rows["share"] = _ratio(
        rows["value_usd"], rows.groupby(["flow", "year"])["value_usd"].transform("sum")
    )
    rows = rows.assign(
        country=country, partner=partner, **_UNCTAD, section_name=rows["section"].map(SECTIONS)
    )
    columns = "country partner year books source flow section section_name value_usd share"
    return _arrange(rows, columns, by="year flow section")


def revealed_advantage(product_trade: pd.DataFrame, country: str) -> pd.DataFrame:
    """Measure in which sections a country is specialised, against the six states together (Balassa).

    RCA = (x_k / x) / (X_k / X): x the country's exports to the world, X those of all six, the country included. Above
    1: the section weighs more in its exports than in theirs. The world as a whole is not in the table, so the reference
    is the six and the values are not comparable with published, world-based ones; the large members (TUR, KAZ) make
    most of the reference.

    Parameters
    ----------
    product_trade
        As for `sections`.
    country
        ISO3 code of one of the six states.

    Returns
    -------
    pandas.DataFrame
        country, year, books, source, reference, section, section_name, share (of the country's exports),
        reference_share, rca (missing where the six export nothing).

    Raises
    ------
    ValueError
        For a country outside the six.

    References
    ----------
    Balassa, B. (1965). Trade liberalisation and "revealed" comparative advantage. The Manchester School 33, 99-123.
    """
    _check(country)
    own = _shares(_by_section(product_trade, exporter=country))
    reference = _shares(_by_section(product_trade[product_trade["exporter"].isin(MEMBERS)]))
    rows = pd.DataFrame({"share": own, "reference_share": reference}).dropna()
    rows["rca"] = _ratio(rows["share"], rows["reference_share"])
    rows = rows.reset_index().assign(
        country=country, **_UNCTAD, reference="exports of the six states"
    )
    rows["section_name"] = rows["section"].map(SECTIONS)
    columns = "country year books source reference section section_name share reference_share rca"
    return _arrange(rows, columns, by="year section")


def complementarity(product_trade: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """Measure how well what one side sells fits what the other buys (Michaely), in both directions.

    1 − Σ |m_k − x_k| / 2: x_k the section's share in the exporter's exports to the world, m_k in the importer's imports
    from the world. 0: nothing fits; 1: the same composition. With ten sections it is high for most pairs.

    Parameters
    ----------
    product_trade
        As for `sections`.
    country, partner
        ISO3 codes, both among the six: of others the table has no complete trade.

    Returns
    -------
    pandas.DataFrame
        exporter, importer, year, books, source, complementarity.

    Raises
    ------
    ValueError
        For a country or partner outside the six, or a pair of a country with itself.

    References
    ----------
    Michaely, M. (1996). Trade preferential agreements in Latin America: an ex-ante assessment. World Bank.
    """
    _check(country, partner)
    _check(partner)
    directions = []
    for exporter, importer in ((country, partner), (partner, country)):
        sold = _shares(_by_section(product_trade, exporter=exporter))
        bought = _shares(_by_section(product_trade, importer=importer))
        fit = 1 - (bought - sold).abs().dropna().groupby("year").sum() / 2
        rows = fit.rename("complementarity").reset_index()
        directions.append(rows.assign(exporter=exporter, importer=importer, **_UNCTAD))
    columns = ["exporter", "importer", "year", "books", "source", "complementarity"]
    return pd.concat(directions, ignore_index=True)[columns]


def intra_industry(product_trade: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """Measure how far a pair trades the same kind of goods both ways (Grubel–Lloyd).

    For a section GL = 1 − |X − M| / (X + M); for all trade the mean weighted by X + M. 0: one-way, 1: balanced two-way
    trade. Sections are very wide (crude oil and electricity are one), which pushes the index up: compare pairs and
    years, not with indices of finer goods.

    Parameters
    ----------
    product_trade, country, partner
        As for `sections`.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books, source, section (0–9, and ``all``), section_name, exports_usd, imports_usd,
        grubel_lloyd (missing where nothing is traded); only years with a record of both flows.

    Raises
    ------
    ValueError
        As for `sections`.

    References
    ----------
    Grubel, H. G. and Lloyd, P. J. (1975). Intra-Industry Trade. Macmillan.
    """
    _check(country, partner)
    exports = _by_section(product_trade, exporter=country, importer=partner)
    imports = _by_section(product_trade, exporter=partner, importer=country)
    rows = pd.DataFrame({"exports_usd": exports, "imports_usd": imports}).dropna()
    rows["two_way"] = (
        rows[_FLOW_VALUES].sum(axis=1) - (rows["exports_usd"] - rows["imports_usd"]).abs()
    )
    whole = rows.groupby("year").sum().assign(section="all").set_index("section", append=True)
    rows = pd.concat([rows, whole]).reset_index()
    rows["grubel_lloyd"] = _ratio(rows["two_way"], rows["exports_usd"] + rows["imports_usd"])
    rows = rows.assign(
        country=country, partner=partner, **_UNCTAD, section_name=rows["section"].map(SECTIONS)
    )
    rows = rows.fillna({"section_name": "All sections"})
    columns = "country partner year books source section section_name exports_usd imports_usd grubel_lloyd"
    return _arrange(rows, columns, by="year section")


def _by_section(
    product_trade: pd.DataFrame, exporter: str | None = None, importer: str | None = None
) -> Series:
    """Sum trade by year and section; in a year with any trade the absent sections are 0."""
    rows = product_trade
    if exporter is not None:
        rows = rows[rows["exporter"] == exporter]
    if importer is not None:
        rows = rows[rows["importer"] == importer]
    rows = rows[rows["sitc_section"].isin(list(SECTIONS))]
    sums = rows.groupby(["year", "sitc_section"])["value_usd"].sum().astype("float64")
    grid = pd.MultiIndex.from_product(
        [sorted(rows["year"].unique()), list(SECTIONS)], names=["year", "section"]
    )
    return sums.rename_axis(["year", "section"]).reindex(grid, fill_value=0.0)


def _shares(by_section: Series) -> Series:
    return _ratio(by_section, by_section.groupby("year").transform("sum"))


# -- oil and transit --------------------------------------------------------------------------------------------


def oil_by_btc(statements: pd.DataFrame, commodities: pd.DataFrame) -> pd.DataFrame:
    """List what was said about oil through the Baku–Tbilisi–Ceyhan pipeline, as a monthly rate and share of production.

    The figures are statements of different bodies for different spans and groups of oil (Kazakh; Kazakh and Turkmen;
    all), so they form no single series. Months make spans comparable; plans and cumulative figures are left out.

    Parameters
    ----------
    statements
        Columns id, period (a year, or months such as ``Jan-Sep 2023``), measure, value, unit, speaker, date.
    commodities
        Columns series, iso3, year, value; the series ``oil_production`` of Kazakhstan, in tonnes, is used.

    Returns
    -------
    pandas.DataFrame
        measure, period, year, months, tonnes, tonnes_per_month, production_tonnes (Kazakhstan, that year),
        share_of_production (0–1; only for Kazakh oil over a whole year), speaker, date, id; sorted by measure and year.
    """
    rows = statements[statements["measure"].str.contains("BTC") & (statements["unit"] == "tonnes")]
    rows = rows[~rows["measure"].str.contains("plan|cumulative")].rename(
        columns={"value": "tonnes"}
    )
    span = rows["period"].str.extract(r"^(?:([A-Z][a-z]{2})-([A-Z][a-z]{2}) )?(\d{4})$")
    month = {name: i for i, name in enumerate(calendar.month_abbr)}
    months = span[1].map(month) - span[0].map(month) + 1
    rows = rows.assign(year=span[2], months=months.fillna(12)).dropna(subset="year")
    rows = rows.astype({"year": "int64", "months": "int64", "tonnes": "float64"})
    rows["tonnes_per_month"] = rows["tonnes"] / rows["months"]
    produced = commodities[
        (commodities["series"] == "oil_production") & (commodities["iso3"] == "KAZ")
    ]
    rows["production_tonnes"] = (
        rows["year"].map(produced.set_index("year")["value"]).astype("float64")
    )
    whole = (rows["months"] == 12) & rows["measure"].str.startswith("Kazakh oil")
    rows["share_of_production"] = _ratio(rows["tonnes"], rows["production_tonnes"]).where(whole)
    columns = "measure period year months tonnes tonnes_per_month production_tonnes share_of_production speaker date id"
    return _arrange(rows, columns, by="measure year months id")


# -- gravity ----------------------------------------------------------------------------------------------------

_BASE = ("ln_gdp", "ln_distance", "contiguous", "common_language", "both_ex_ussr")

# What is varied, and why. Russia carries most of the common-language variable, which therefore goes with it.
SPECIFICATIONS = {
    "base": _BASE,
    "landlocked": (*_BASE, "landlocked"),
    "population": (*_BASE, "ln_population"),
    "window only": _BASE,
    "without Russia and China": ("ln_gdp", "ln_distance", "contiguous", "both_ex_ussr"),
}


@dataclass(frozen=True)
class Gravity:
    """What a gravity model expects of a pair.

    Attributes
    ----------
    ratios
        specification, fitted_on (exports of the six | imports of the six), flow (exports | imports of the country),
        first_year, last_year, years (with a record of the pair), books, source, observed_usd, predicted_usd (sums over
        these years), ratio (observed / predicted).
    coefficients
        specification, fitted_on, variable, coefficient, standard_error (clustered by exporter–importer pair),
        observations, clusters.
    summary
        flow, first_year, last_year, observed_usd, ratio_low, ratio_high (over all rows of `ratios` for the flow),
        reading (``not distinguishable`` from normal when the range touches 0.5–2, else ``below`` or ``above``).
    """

    ratios: pd.DataFrame
    coefficients: pd.DataFrame
    summary: pd.DataFrame


def gravity(
    bilateral_trade: pd.DataFrame,
    gravity_countries: pd.DataFrame,
    gravity_pairs: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> Gravity:
    """Compare the trade of a pair with what size, distance and a common past would lead one to expect.

    Poisson pseudo-maximum likelihood on BACI, 2000–2020, for the exports and for the imports of the six states apart:

        E[trade] = exp(reporter-year effect + b · (log partner GDP, log distance, contiguity, common official language,
        both once Soviet republics))

    and the variations of `SPECIFICATIONS`: landlocked partner or log partner population added, the years of the window
    alone, Russia and China left out. The pair itself takes no part in the estimation, and no dummy marks Turkic pairs:
    the ratio observed / predicted is what remains for kinship and everything else the model does not know. When both
    sides are among the six, each flow is predicted twice: as an export of the one and as an import of the other.

    Cautions. Six reporters cannot identify multilateral resistance, so this is a benchmark, not a structural estimate.
    The variation among the specifications is the honest error band; a ratio between about 0.5 and 2 cannot be told
    from normal. Dollar GDP at official rates overstates Turkmenistan, and Uzbekistan before 2017. Oil booked to hubs
    weighs in the predictions. A partner that BACI knows but a year has no row for counts as no trade, except among the
    six: there a missing cell (Uzbekistan with Turkmenistan, 2001–16) means that neither side reported.

    Parameters
    ----------
    bilateral_trade
        As for `partners`; only the BACI rows are used.
    gravity_countries
        Columns iso3, year, gdp_usd, population.
    gravity_pairs
        Columns iso3_a, iso3_b, distance_km, contiguous, common_language, both_ex_ussr, landlocked_b (of iso3_b).
    country, partner
        ISO3 codes; the country is one of the six.
    start, end
        Window of the comparison; None for the last five years of BACI. Years outside BACI are ignored.

    Returns
    -------
    Gravity
        Three frames, empty where BACI has no record of the pair in the window.

    Raises
    ------
    ValueError
        For a wrong country, a pair of a country with itself, or a start after the end.

    References
    ----------
    Santos Silva, J. M. C. and Tenreyro, S. (2006). The log of gravity. Review of Economics and Statistics 88(4).
    Gaulier, G. and Zignago, S. (2010). BACI: International Trade Database at the Product-Level. The 1994-2007 Version.
    CEPII WP 2010-23.
    Mayer, T. and Zignago, S. (2011). Notes on CEPII's distances measures: the GeoDist database. CEPII WP 2011-25.
    """
    _check(country, partner, start, end)
    model = bilateral_trade[bilateral_trade["source"] == MODEL]
    last = end if end is not None else int(model["year"].max()) if len(model) else 0
    window = (start if start is not None else last - 4, last)
    ratios, coefficients = [], []
    for regression, reporter, other in (
        ("exports", "reporter", "partner"),
        ("imports", "partner", "reporter"),
    ):
        trade = model.rename(columns={reporter: "iso3_a", other: "iso3_b"})
        panel = _gravity_panel(trade, gravity_countries, gravity_pairs)
        is_pair = panel["iso3_a"].isin([country, partner]) & panel["iso3_b"].isin(
            [country, partner]
        )
        in_window = panel["year"].between(*window)
        pair = panel[is_pair & in_window]
        if pair.empty:
            continue
        sides = pair.groupby("iso3_a")
        observed = sides.agg(
            first_year=("year", "min"), last_year=("year", "max"), years=("year", "size")
        )
        observed["observed_usd"] = sides["value_usd"].sum()
        flow = [
            regression if side == country else _OTHER_SIDE[regression] for side in observed.index
        ]
        observed, side = observed.assign(flow=flow, books="model", source=MODEL), sides.ngroup()
        for specification, variables in SPECIFICATIONS.items():
            used = ~is_pair
            if specification == "window only":
                used &= in_window
            elif specification == "without Russia and China":
                used &= ~panel["iso3_b"].isin(["RUS", "CHN"])
            estimated, effects = _ppml(panel[used], list(variables))
            label = {"specification": specification, "fitted_on": f"{regression} of the six"}
            coefficients.append(estimated.rename_axis("variable").reset_index().assign(**label))
            expected = np.exp(pair[list(variables)] @ estimated["coefficient"]) * pair[
                "reporter_year"
            ].map(effects)
            # A sum that is missing where the effect of a year is.
            ratios.append(observed.assign(**label, predicted_usd=np.bincount(side, expected)))
    return _gravity_frames(ratios, coefficients)


def _gravity_panel(
    trade: pd.DataFrame, gravity_countries: pd.DataFrame, gravity_pairs: pd.DataFrame
) -> pd.DataFrame:
    """Lay out every reporter, partner and year with GDP known, zeros included, in a fixed order."""
    trade = trade.loc[trade["iso3_a"].isin(MEMBERS), ["iso3_a", "iso3_b", "year", "value_usd"]]
    sizes = gravity_countries.rename(columns={"iso3": "iso3_b"}).dropna(
        subset=["gdp_usd", "population"]
    )
    sizes = sizes[sizes["year"].isin(trade["year"])].sort_values("year")
    sizes = sizes.assign(
        ln_gdp=np.log(sizes["gdp_usd"].astype("float64")),
        ln_population=np.log(sizes["population"].astype("float64")),
    )[["iso3_b", "year", "ln_gdp", "ln_population"]]
    pairs = gravity_pairs[gravity_pairs["iso3_b"].isin(trade["iso3_b"])].sort_values(
        ["iso3_a", "iso3_b"]
    )
    pairs = pairs.assign(pair=range(len(pairs)), ln_distance=np.log(pairs["distance_km"]))
    pairs = pairs.rename(columns={"landlocked_b": "landlocked"})
    common = ["contiguous", "common_language", "both_ex_ussr"]
    pairs = pairs[["iso3_a", "iso3_b", "pair", "ln_distance", *common, "landlocked"]]
    panel = pairs.merge(sizes, on="iso3_b").merge(
        trade, how="left", on=["iso3_a", "iso3_b", "year"]
    )
    panel = panel[panel["value_usd"].notna() | ~panel["iso3_b"].isin(MEMBERS)].fillna(
        {"value_usd": 0.0}
    )
    return panel.assign(reporter_year=panel.groupby(["iso3_a", "year"]).ngroup()).reset_index(
        drop=True
    )


def _ppml(panel: pd.DataFrame, variables: list[str]) -> tuple[pd.DataFrame, Series]:
    """Fit the Poisson model with reporter-year effects; return coefficients and exp(effect) by reporter_year.

    The effects (126 of them) are concentrated out: given the coefficients each makes the predictions of its reporter
    and year add up to what was observed. With regressors taken as deviations from their mean in the reporter-year,
    weighted by the prediction, scores and information are those of the model with a dummy for each of them.
    """
    panel = panel[
        panel.groupby("reporter_year")["value_usd"].transform("sum") > 0
    ]  # an effect of log 0 says nothing
    group, reporter_years = pd.factorize(panel["reporter_year"])
    pair, pairs = pd.factorize(panel["pair"])
    trade, regressors = panel["value_usd"].to_numpy("float64"), panel[variables].to_numpy("float64")
    totals = np.bincount(group, trade)
    slopes = np.zeros(len(variables))
    predictor = np.log(
        trade + (totals / np.bincount(group))[group]
    )  # the usual first guess of a GLM
    for _ in range(100):  # iteratively reweighted least squares, the response with its weight
        expected = np.exp(predictor)
        expected = expected * (totals / np.bincount(group, expected))[group]
        weighted = regressors * expected[:, None]
        deviations = regressors - (_sums(weighted, group) / totals[:, None])[group]
        information = deviations.T @ weighted
        response = expected * predictor + trade - expected
        previous, slopes = slopes, np.linalg.solve(information, deviations.T @ response)
        predictor = regressors @ slopes
        if np.abs(slopes - previous).max() < 1e-10:
            break
    else:
        raise ArithmeticError(
            "the gravity model did not converge; look for constant columns in the gravity tables."
        )
    scores = _sums(deviations * (trade - expected)[:, None], pair)
    inverse = np.linalg.inv(information)
    (rows, count), clusters = regressors.shape, len(pairs)
    small_sample = clusters / (clusters - 1) * (rows - 1) / (rows - count)
    errors = np.sqrt(small_sample * np.diag(inverse @ scores.T @ scores @ inverse))
    estimated = pd.DataFrame({"coefficient": slopes, "standard_error": errors}, index=variables)
    effects = totals / np.bincount(group, np.exp(predictor))
    return estimated.assign(observations=rows, clusters=clusters), pd.Series(
        effects, index=reporter_years
    )


def _sums(values: Array, group: npt.NDArray[np.integer[Any]]) -> Array:
    """Add up the rows of each group, column by column."""
    return np.column_stack([np.bincount(group, column) for column in values.T])


def _gravity_frames(ratios: list[pd.DataFrame], coefficients: list[pd.DataFrame]) -> Gravity:
    columns = [
        "specification",
        "fitted_on",
        "flow",
        "first_year",
        "last_year",
        "years",
        "books",
        "source",
    ]
    columns += ["observed_usd", "predicted_usd"]
    ratio = pd.concat(ratios)[columns] if ratios else pd.DataFrame(columns=columns)
    ratio["ratio"] = _ratio(ratio["observed_usd"], ratio["predicted_usd"])
    ratio = ratio.sort_values(["flow", "fitted_on"], key=_places, kind="stable", ignore_index=True)
    summary = ratio.groupby("flow", as_index=False).agg(
        first_year=("first_year", "first"),
        last_year=("last_year", "first"),
        observed_usd=("observed_usd", "first"),
        ratio_low=("ratio", "min"),
        ratio_high=("ratio", "max"),
    )
    bounds = [summary["ratio_high"] < 0.5, summary["ratio_low"] > 2]
    summary["reading"] = np.select(bounds, ["below", "above"], "not distinguishable")
    columns = [
        "specification",
        "fitted_on",
        "variable",
        "coefficient",
        "standard_error",
        "observations",
        "clusters",
    ]
    table = (
        pd.concat(coefficients, ignore_index=True)
        if coefficients
        else pd.DataFrame(columns=columns)
    )
    return Gravity(ratio, table[columns], summary)


# -- small helpers ----------------------------------------------------------------------------------------------


def _check(
    country: str | Sequence[str],
    partner: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> None:
    for state in _listed(country):
        if state not in MEMBERS:
            raise ValueError(
                f"{state!r} is not one of the six states; use one of {', '.join(MEMBERS)}."
            )
    if partner == country:
        raise ValueError(f"{country} cannot be its own partner; choose two different states.")
    if partner is not None:
        countries.name(partner)  # raises for a code that does not exist
    if start is not None and end is not None and start > end:
        raise ValueError(f"the start {start} lies after the end {end}; exchange them.")


def _years(start: int | None, end: int | None) -> tuple[int, int]:
    return (0 if start is None else start, 9999 if end is None else end)


def _ratio(numerator: Series, denominator: Series) -> Series:
    """Divide; missing, not infinite, where the denominator is zero."""
    return numerator.astype("float64") / denominator.astype("float64").where(denominator != 0)


def _joined(rows: pd.DataFrame, by: list[str], column: str) -> pd.Series[str]:
    """Join the different texts of each group that has any, in alphabetical order."""
    texts = rows[[*by, column]].drop_duplicates()
    texts = texts[texts[column] != ""].dropna().sort_values(column)
    return texts.groupby(by)[column].agg("; ".join)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into the texts they stand for."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))


def _listed(country: str | Sequence[str]) -> list[str]:
    return [country] if isinstance(country, str) else list(country)


def _arrange(
    frame: pd.DataFrame, columns: str, by: str, states: Sequence[str] = ()
) -> pd.DataFrame:
    """Select and sort, countries as in `states` if given; columns are named in one string, with blanks between."""

    def key(column: pd.Series[Any]) -> pd.Series[Any]:
        given = column.name == "country" and states
        return (
            column.astype(pd.CategoricalDtype(list(states))).cat.codes if given else _places(column)
        )

    return frame[columns.split()].sort_values(by.split(), key=key, kind="stable", ignore_index=True)


def _places(column: pd.Series[Any]) -> pd.Series[Any]:
    """Sort books as own, mirror, model and flows as turnover, exports, imports; all else by itself."""
    order = pd.CategoricalDtype([*BOOKS, *FLOWS])
    return column.astype(order).cat.codes if column.name in ("books", "flow") else column
