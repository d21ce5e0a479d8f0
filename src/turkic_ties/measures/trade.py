"""Trade of goods by reporting country: flows, growth, ranks, concentration, composition.

A flow between two states can be known from three sets of **books**, and no measure mixes them
silently:

``own``
    what the country itself reports: exports FOB to the declared destination, imports CIF by country
    of origin;
``mirror``
    the same flows as its partners report them, so that exports are valued CIF and imports FOB;
``model``
    one value per flow, reconciled from both reports by a third party: CEPII BACI, FOB on both
    sides.

Every row says which books and which ``source`` it rests on. `prefer` takes the first of own, mirror
and model that a year has. Values are current US dollars unless the column says otherwise.

A missing row is not a zero: a flow that nobody recorded stays missing, and so does any balance that
would need it.

The table ``bilateral_trade`` has the columns source, reporter, partner, year, flow (export |
import), value_usd and, where a figure needs a warning, flag. The table ``product_trade`` has
exporter, importer, sitc_section, year, value_usd.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from turkic_ties import countries
from turkic_ties.countries import MEMBERS
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.common import (
    Series,
    bounds,
    check_country,
    check_known,
    check_not_negative,
    check_pair,
    check_unique,
    competition_rank,
    herfindahl_hirschman,
    joined,
    of_last_year,
    ratio,
    within,
)

BOOKS = ("own", "mirror", "model")
FLOWS = ("turnover", "exports", "imports")

REPORTED = (
    "bns",
    "bns_panel",
    "uzstat",
    "kgnsc",
    "comtrade",
    "comtrade_2026",
    "imts",
    "imf_dots",
    "wits",
    "wits_panel",
    "imf_dots_special",
)
"""Sources of reported trade. Of two for one reporter and year the first serves all of the year.

National offices come before UN Comtrade (WITS): Comtrade republishes their figures, without later
revisions and with gaps. Kyrgyz exports in WITS lack most of what goes to Switzerland, the United
Kingdom and the Emirates, and much of what goes to Kazakhstan. So Kyrgyzstan is a single series from
1994 on, and Kazakhstan changes its source in 2018. Türkiye changes from WITS (special trade) to the
IMF and UN Comtrade (general trade) in 2013, Azerbaijan to the IMF in the same year: its exports of
2015 and 2016 in WITS are not the final ones. The IMF's special trade of Türkiye comes last, for
comparison only.
"""

EXPORTS_ONLY = ("comtrade_2026",)
"""Sources without imports: no turnover can be formed from them."""

MODEL = "baci"
WORLD, UNALLOCATED = "WLD", "XXX"

MIRROR_REPORTERS = 50
"""With fewer reporters the mirror does not show all trade.

From 1996 to 2016 between 58 and 164 reporters name each of the states compared; after that only a
few do.
"""

MAIN_PARTNERS = 5
"""A partner of this rank or better in the years before and after is expected between them."""

COVERAGE = 0.9
"""Books that allocate less of the trade to partners do not show how concentrated it is."""

COMPARABLE = (0.6, 1.5)
"""UNCTAD's matrix shows what a flow is made of only where it holds about what BACI holds of it."""

CELLS = len(MEMBERS) * (len(MEMBERS) - 1)
"""Number of flows from one of the states compared to another."""

SECTIONS = {
    "0": "Food and live animals",
    "1": "Beverages and tobacco",
    "2": "Crude materials except fuels",
    "3": "Mineral fuels",
    "4": "Oils, fats and waxes",
    "5": "Chemicals",
    "6": "Manufactures by material",
    "7": "Machinery and vehicles",
    "8": "Other manufactures",
    "9": "Goods not classified elsewhere",
}
"""Sections of the Standard International Trade Classification."""

_KEY = ["source", "reporter", "partner", "year", "flow"]
_PRODUCT_KEY = ["exporter", "importer", "sitc_section", "year"]
_FLOW_VALUES = ["exports_usd", "imports_usd"]
_ORDER = pd.CategoricalDtype([*BOOKS, *FLOWS])


# -- books ---------------------------------------------------------------------


def bilateral(
    bilateral_trade: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Give the yearly trade of a pair in each set of books: flows, turnover and balance.

    The balance is X − M, the normalised balance (X − M) / (X + M), from −1 (imports only) to 1
    (exports only); both are missing where a flow is. In the own books one source serves a whole
    year, the first of `REPORTED` that has it; in the mirror the same is true of the partner's
    books.

    Parameters
    ----------
    bilateral_trade
        See the module.
    country, partner
        The country is one of the states compared.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books, source, exports_usd, imports_usd, turnover_usd (the sum of
        the flows recorded; missing from a source of `EXPORTS_ONLY`), balance_usd,
        normalised_balance, flag; sorted by books and year. Where the source changes from one year
        to the next, draw the line as broken.

    Raises
    ------
    ValueError
        Also for a partner that does not exist, and for a source that has no place in `REPORTED`.

    Examples
    --------
    >>> keys = ["source", "reporter", "partner", "year", "flow", "value_usd"]
    >>> sold = ("bns", "KAZ", "TUR", 2020, "export", 90.0)
    >>> bought = ("bns", "KAZ", "TUR", 2020, "import", 30.0)
    >>> pair = bilateral(pd.DataFrame([sold, bought], columns=keys), "KAZ", "TUR")
    >>> pair[["books", "turnover_usd", "normalised_balance"]].values.tolist()
    [['own', 120.0, 0.5]]
    """
    _check_pair(country, partner)
    pair = within(_pair(bilateral_trade, country, partner), start, end)
    return pair.reset_index(drop=True)


@cached_measure
def _pair(bilateral_trade: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """Give the trade of a pair in all years: a report asks for several periods."""
    is_of_pair = bilateral_trade["reporter"].isin([country, partner])
    records = _records(bilateral_trade[is_of_pair], [country], None, None)
    pair = _by_partner(records[records["partner"].isin([partner])])
    pair["balance_usd"] = pair["exports_usd"] - pair["imports_usd"]
    pair["normalised_balance"] = ratio(pair["balance_usd"], pair["turnover_usd"])
    values = "exports_usd imports_usd turnover_usd balance_usd normalised_balance"
    return _arrange(pair, f"country partner year books source {values} flag", "books year")


def _records(
    bilateral_trade: pd.DataFrame, states: Sequence[str], start: int | None, end: int | None
) -> pd.DataFrame:
    """Collect flows as the countries see them, each set of books from one source per year."""
    is_theirs = bilateral_trade[["reporter", "partner"]].isin(states).any(axis=1)
    trade = _prepared(within(bilateral_trade[is_theirs], start, end))
    own = trade[trade["reporter"].isin(states)]
    own = own.assign(country=own["reporter"], books="own")
    # What a reporter imports from the country is the country's export to it.
    mirror = trade[trade["partner"].isin(states)]
    mirror = mirror.assign(
        country=mirror["partner"],
        partner=mirror["reporter"],
        is_export=~mirror["is_export"],
        books="mirror",
    )
    rows = pd.concat([own, mirror], ignore_index=True)
    rows["books"] = rows["books"].mask(rows["source"] == MODEL, "model")
    rows["books"] = pd.Categorical(rows["books"], BOOKS)
    rows["country"] = rows["country"].cat.set_categories(states)
    rows["place"] = rows["source"].cat.codes
    of_year = rows.groupby(["country", "books", "reporter", "year"], observed=True)
    return rows[rows["place"] == of_year["place"].transform("min")]


def _prepared(bilateral_trade: pd.DataFrame) -> pd.DataFrame:
    """Add flags where there are none, and categories: they group much faster than texts."""
    texts = dict.fromkeys(["source", "reporter", "partner", "flow"], "category")
    trade = bilateral_trade.astype(texts | {"value_usd": "float64"})
    if unknown := sorted({*trade["source"].unique()} - {*REPORTED, MODEL}):
        raise ValueError(
            f"bilateral_trade holds the source {unknown[0]!r}: give it a place in trade.REPORTED."
        )
    if "flag" not in trade:
        trade["flag"] = ""
    everyone = sorted({*trade["reporter"].cat.categories, *trade["partner"].cat.categories})
    trade["source"] = trade["source"].cat.set_categories([*REPORTED, MODEL])
    for side in ("reporter", "partner"):
        trade[side] = trade[side].cat.set_categories(everyone)
    check_known(trade, "flow", ["export", "import"], "bilateral_trade")
    check_unique(trade, _KEY, "bilateral_trade")
    check_not_negative(trade, "value_usd", "bilateral_trade")
    return trade.assign(is_export=trade["flow"] == "export")


def _by_partner(records: pd.DataFrame) -> pd.DataFrame:
    """Give one row per country, books, year and partner with both flows, sorted by these."""
    keys = ["country", "books", "year", "partner", "source"]
    records = records.assign(
        exports_usd=records["value_usd"].where(records["is_export"]),
        imports_usd=records["value_usd"].mask(records["is_export"]),
    )
    cells = records.groupby(keys, observed=True)
    wide = cells[_FLOW_VALUES].sum(min_count=1).reset_index()
    turnover = wide[_FLOW_VALUES].sum(axis=1, min_count=1)
    wide["turnover_usd"] = turnover.mask(wide["source"].isin(EXPORTS_ONLY))
    # The rows of `wide` are numbered as the groups are.
    flags = _joined(records.assign(cell=cells.ngroup()), "flag")
    return wide.assign(flag=flags.reindex(wide.index, fill_value=""))


def prefer(frame: pd.DataFrame) -> pd.DataFrame:
    """Take the first of own, mirror and model books for each year of each country and flow.

    Where a frame has a turnover, books that know it come before books that hold one flow only.

    Parameters
    ----------
    frame
        Output of `bilateral`, `ranks`, `concentration` or `intra_trade`.

    Returns
    -------
    pandas.DataFrame
        The same columns, sorted by year; ``books`` still says for each row which were taken.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2020, 2020, 2021], "books": ["model", "own", "model"]})
    >>> prefer(rows).values.tolist()
    [[2020, 'own'], [2021, 'model']]
    """
    place = _in_order(frame["books"])
    if "turnover_usd" in frame:
        place = place + len(BOOKS) * frame["turnover_usd"].isna()
    keys = ("country", "flow", "year", "exporter", "importer")
    cell = [frame[key] for key in keys if key in frame]
    first = frame[place == place.groupby(cell).transform("min")]
    return first.sort_values("year", kind="stable", ignore_index=True)


def main_series(rows: pd.DataFrame, value: str = "turnover_usd") -> pd.DataFrame:
    """Take the books that reach the latest year, from their last change of publisher on.

    Peaks, best ranks and growth are comparable only inside such a series. Of several books that
    reach the latest year the first of own, mirror and model is taken.

    Parameters
    ----------
    rows
        Columns year, books and source, one row per year in each set of books: output of
        `bilateral`, or the rows of one partner and flow of `ranks`.
    value
        Column that must be known.

    Returns
    -------
    pandas.DataFrame
        The same columns, sorted by year.

    Examples
    --------
    >>> line = {"year": [2019, 2020, 2021], "source": ["wits", "bns", "bns_panel"]}
    >>> rows = pd.DataFrame(line).assign(books="own", turnover_usd=1.0)
    >>> main_series(rows)["year"].tolist()
    [2020, 2021]
    """
    known = rows[rows[value].notna()].sort_values("year", kind="stable")
    latest = set(of_last_year(known)["books"])
    books = next((name for name in BOOKS if name in latest), None)
    series = known[known["books"] == books]
    publisher = _publisher(series["source"])
    is_other = publisher != publisher.shift(-1, fill_value=next(iter(publisher[::-1]), ""))
    changed = series.loc[is_other, "year"]
    if changed.empty:
        return series
    since: pd.DataFrame = series[series["year"] > changed.max()]
    return since


def _publisher(source: Series) -> Series:
    """Name the publisher: a panel is a second copy of its publisher's figures, so no seam."""
    return source.str.removesuffix("_panel")


def asymmetry(pair: pd.DataFrame) -> pd.DataFrame:
    """Compare the two sides' books flow by flow.

    The asymmetry is (own − mirror) / ((own + mirror) / 2), from −2 to 2; 0 when both agree.
    Positive: the country's books show more than its partner's. Exports (FOB) are compared with
    imports (CIF, which include freight and insurance: the IMF assumes 6 %), so own exports are
    expected a little below their mirror and own imports a little above; a larger gap comes from
    transit through third countries, confidential goods, timing or unrecorded trade.

    Parameters
    ----------
    pair
        Output of `bilateral`.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, flow (exports | imports, seen from the country), own_usd,
        own_source, mirror_usd, mirror_source, gap_usd (own − mirror), asymmetry; sorted by flow and
        year; only years and flows in both books.

    References
    ----------
    Javorsek, M. (2016). Asymmetries in international merchandise trade
    statistics. ARTNeT Working Paper 156, ESCAP. IMF (2017). Direction of Trade Statistics Yearbook
    (CIF/FOB factor 1.06).
    """
    keys = ["country", "partner", "year", "flow"]
    flows = pair.melt([*keys[:3], "books", "source"], _FLOW_VALUES, "flow", "usd")
    flows = flows.dropna(subset="usd").replace({"flow": r"_usd$"}, "", regex=True)
    flows = flows.set_index(keys)
    own, mirror = (flows.loc[flows["books"] == books, ["usd", "source"]] for books in BOOKS[:2])
    both = own.add_prefix("own_").join(mirror.add_prefix("mirror_"), how="inner").reset_index()
    both["gap_usd"] = both["own_usd"] - both["mirror_usd"]
    both["asymmetry"] = ratio(both["gap_usd"], (both["own_usd"] + both["mirror_usd"]) / 2)
    columns = "own_usd own_source mirror_usd mirror_source gap_usd asymmetry"
    return _arrange(both, f"country partner year flow {columns}", "flow year")


# -- change over time ----------------------------------------------------------


def growth(series: pd.DataFrame, value: str, by: str = "books") -> pd.DataFrame:
    """Add the growth of a series on the year before, and its compound annual rate over five years.

    growth_1y = v(t) / v(t−1) − 1;  cagr_5y = (v(t) / v(t−5)) ** (1/5) − 1. Both are missing when
    the base year is missing or not above zero; years in between are neither needed nor filled.

    Parameters
    ----------
    series
        One row per year and `by`, for example from `bilateral`, or the table ``transit``. Do not
        cut its start: the first year shown needs the years before it.
    value
        Column that grows.
    by
        Column that separates the lines (``books``, ``route``, ``iso3``).

    Returns
    -------
    pandas.DataFrame
        The columns of `series` and growth_1y, cagr_5y (shares: 0.1 is ten percent), seam_1y,
        seam_5y (True where the base is from another publisher, so that the growth includes the
        difference between the two).

    Raises
    ------
    ValueError
        When a line has a year twice.

    Examples
    --------
    >>> line = pd.DataFrame({"year": [2020, 2021], "books": "own", "value": [200.0, 250.0]})
    >>> growth(line, "value")["growth_1y"].tolist()
    [nan, 0.25]
    """
    if series.duplicated([by, "year"]).any():
        raise ValueError(f"growth needs one row per {by} and year; select one line before.")
    result = series.copy()
    lines = series[[by, "year", value]].assign(publisher="")
    if "source" in series:
        lines["publisher"] = _publisher(series["source"])
    for name, years in (("growth_1y", 1), ("cagr_5y", 5)):
        earlier = lines.assign(year=lines["year"] + years)
        base = lines[[by, "year"]].merge(earlier, "left", [by, "year"]).set_axis(series.index)
        growth_factor = series[value] / base[value].where(base[value] > 0)
        rate = growth_factor ** (1 / years) - 1
        result[name] = rate
        result[f"seam_{years}y"] = (base["publisher"] != lines["publisher"]) & rate.notna()
    return result


def constant_dollars(
    series: pd.DataFrame, commodities: pd.DataFrame, base_year: int
) -> pd.DataFrame:
    """Deflate dollar columns by the US consumer price index.

    v · CPI(base) / CPI(t). This removes the loss of value of the dollar, not the changes of the
    goods' own prices (oil above all), so it is no volume of trade.

    Parameters
    ----------
    series
        Any frame with a year and columns that end in ``_usd``.
    commodities
        Columns series, year, value; the series ``us_cpi_u`` (annual average, 1982–84 = 100) is
        used.
    base_year
        Year in whose dollars the values are given.

    Returns
    -------
    pandas.DataFrame
        The columns of `series`, for each ``x_usd`` an ``x_constant_usd`` (missing where the index
        is), and base_year.

    Raises
    ------
    ValueError
        When the index does not cover the base year.

    References
    ----------
    U.S. Bureau of Labor Statistics, CPI-U, all items, U.S. city average.

    Examples
    --------
    >>> prices = pd.DataFrame({"series": "us_cpi_u", "year": [2000, 2020], "value": [50.0, 75.0]})
    >>> trade = pd.DataFrame({"year": [2000], "turnover_usd": [100.0]})
    >>> constant_dollars(trade, prices, 2020)["turnover_constant_usd"].item()
    150.0
    """
    prices = commodities[commodities["series"] == "us_cpi_u"].set_index("year")["value"]
    if base_year not in prices.index:
        covered = f"{prices.index.min()}–{prices.index.max()}"
        raise ValueError(f"the US price index has no year {base_year}; choose one of {covered}.")
    deflator = series["year"].map(prices[base_year] / prices).astype("float64")
    current = series.filter(regex=r"(?<!_constant)_usd$")
    constant = current.mul(deflator, axis=0)
    constant.columns = constant.columns.str.replace("_usd", "_constant_usd")
    return series.assign(**constant, base_year=base_year)


# -- place among partners ------------------------------------------------------


def ranks(
    bilateral_trade: pd.DataFrame,
    country: str | Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Rank the partners of a country, or of several, by turnover, exports and imports.

    The share is of all trade: of the published total where there is one (Kyrgyzstan publishes
    exports it does not allocate), else of the sum over partners, unallocated trade included. Totals
    and unallocated trade take no rank.

    Parameters
    ----------
    bilateral_trade
        See the module.
    country
        One of the states compared, or a list of them.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        country, year, books, source, flow (turnover | exports | imports), partner, value_usd, rank
        (1 the largest, equals share the better rank), partners (number ranked), share, coverage
        (part of all trade that is allocated to partners; missing for the mirror, which has no
        total), flag (all flags of that year's books, and main partners that are missing in them:
        one wrong partner changes every rank and share). Partners without trade are left out, and so
        is the mirror in years with fewer than `MIRROR_REPORTERS` reporters, or without the report
        of a partner that is a main one in the year before or after. Countries in the order given,
        sorted by books, year, flow, rank.

    Examples
    --------
    >>> keys = ["source", "reporter", "partner", "year", "flow", "value_usd"]
    >>> sold = [("ITA", 2020, "export", 3.0), ("TUR", 2020, "export", 1.0)]
    >>> rows = pd.DataFrame([("bns", "KAZ", *flow) for flow in sold], columns=keys)
    >>> ranks(rows, "KAZ")[["flow", "partner", "rank", "share"]].values.tolist()[:2]
    [['turnover', 'ITA', 1, 0.75], ['turnover', 'TUR', 2, 0.25]]
    """
    states = [country] if isinstance(country, str) else list(country)
    for state in states:
        check_country(state)
    first, last = bounds(start, end)
    # One more year on each side shows which main partners a year lacks.
    frame = _by_partner(_records(bilateral_trade, states, first - 1, last + 1))
    frame["cell"] = frame.groupby(["country", "books", "year"], observed=True).ngroup()
    rows = _ranked(frame)
    rows = rows[(rows["books"] != "mirror") | (rows["partners"] >= MIRROR_REPORTERS)]
    rows = rows[~rows["cell"].isin(_incomplete_mirrors(rows))]
    flags = _joined(pd.concat([frame[["cell", "flag"]], _missing_partners(rows)]), "flag")
    rows = rows[rows["year"].between(first, last)]
    rows = rows.assign(flag=flags.reindex(rows["cell"], fill_value="").array)
    # Cells are numbered in the order of countries, books and years.
    columns = "country year books source flow partner value_usd rank partners share coverage flag"
    return _arrange(rows, f"{columns} cell", "cell flow rank").drop(columns="cell")


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Rank the partners by each flow within each cell (a country's books of a year)."""
    is_state = ~frame["partner"].isin([WORLD, UNALLOCATED])
    described = frame[["country", "year", "books", "source", "partner", "cell"]]
    totals = _totals(frame)
    flows = []
    for flow in FLOWS:
        total = totals[flow]
        values = frame[f"{flow}_usd"]
        values = values.where(is_state & (values > 0))
        coverage = values.groupby(frame["cell"]).sum() / total
        rows = described.assign(flow=flow, value_usd=values)[values.notna()]
        rows["share"] = rows["value_usd"] / rows["cell"].map(total)
        rows["coverage"] = rows["cell"].map(coverage).where(rows["books"] != "mirror")
        flows.append(rows)
    rows = pd.concat(flows, ignore_index=True)
    rows["flow"] = pd.Categorical(rows["flow"], FLOWS)
    by = [rows["flow"], rows["cell"]]
    rows["rank"] = competition_rank(rows["value_usd"], by).astype("int64")
    rows["partners"] = rows.groupby(by, observed=True)["rank"].transform("size")
    return rows


def _totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Give all trade of each cell by flow: the published total where there is one, else the sum."""
    world = frame[frame["partner"].isin([WORLD])]
    published, sums = (rows.groupby("cell")[_FLOW_VALUES] for rows in (world, frame))
    totals = published.max().reindex(range(sums.ngroups)).fillna(sums.sum())
    # A total may be published for one flow only.
    exports, imports = (totals[value] for value in _FLOW_VALUES)
    return pd.DataFrame({"turnover": exports + imports, "exports": exports, "imports": imports})


def _incomplete_mirrors(rows: pd.DataFrame) -> Series:
    """List the cells of the mirror in which a main partner of the year before or after is missing.

    Without its report the ranks and shares of all others would be too good.
    """
    mirror = rows.loc[
        rows["books"] == "mirror", ["country", "year", "partner", "flow", "rank", "cell"]
    ]
    is_main = (mirror["flow"] == "turnover") & (mirror["rank"] <= MAIN_PARTNERS)
    main = mirror.loc[is_main, ["country", "year", "partner"]]
    expected = pd.concat([main.assign(year=main["year"] + step) for step in (-1, 1)])
    cells = mirror.drop_duplicates("cell")[["country", "year", "cell"]]
    expected = expected.merge(cells, on=["country", "year"])
    reports = pd.MultiIndex.from_frame(mirror[["cell", "partner"]])
    is_there = pd.MultiIndex.from_frame(expected[["cell", "partner"]]).isin(reports)
    return expected.loc[~is_there, "cell"]


def _missing_partners(rows: pd.DataFrame) -> pd.DataFrame:
    """List partners without a record in a year between two in which they were main ones."""
    line = ["country", "books", "flow"]
    main = rows.loc[rows["rank"] <= MAIN_PARTNERS, [*line, "year", "partner"]]
    skipped = main.groupby([*line, "partner"], observed=True)["year"].diff() == 2
    expected = main[skipped].assign(year=main["year"] - 1)
    cells = rows.drop_duplicates(["flow", "cell"])[[*line, "year", "cell"]]
    expected = expected.merge(cells, on=[*line, "year"])  # only years that these books have
    recorded = pd.MultiIndex.from_frame(rows[["cell", "flow", "partner"]])
    wanted = pd.MultiIndex.from_frame(expected[["cell", "flow", "partner"]])
    missing = expected[~wanted.isin(recorded)]
    note = " is missing, a main partner the years around"
    return missing[["cell"]].assign(flag=missing["partner"].astype("str") + note)


def concentration(ranked: pd.DataFrame) -> pd.DataFrame:
    """Measure how concentrated the trade of countries is on few partners (Herfindahl–Hirschman).

    HHI = Σ s², s the share of a partner in the trade allocated to partners: from 1/N (N equal
    partners) to 1 (one partner). Normalised: (HHI − 1/N) / (1 − 1/N), from 0 to 1; missing with a
    single partner. N counts the partners traded with in that year, so it grows with better
    recording; the plain index hardly does.

    Parameters
    ----------
    ranked
        Output of `ranks`.

    Returns
    -------
    pandas.DataFrame
        country, year, books, source (all that serve the year), flow (turnover | exports | imports),
        hhi, hhi_normalised, partners (N), coverage (part of all trade that the index covers), flag;
        in the order of `ranked`.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign
    Trade. University of California Press. Rhoades, S. A. (1993). The Herfindahl-Hirschman Index.
    Federal Reserve Bulletin 79(3), 188-189.
    """
    keys = ["country", "books", "year", "flow"]
    groups = ranked.groupby(keys, sort=False)
    rows = ranked.assign(cell=groups.ngroup())
    shares = rows["value_usd"] / groups["value_usd"].transform("sum")
    result = rows.drop_duplicates("cell").set_index("cell")
    result["source"] = _joined(rows.drop_duplicates(["cell", "source"]), "source")
    result["hhi"] = herfindahl_hirschman(shares, rows["cell"])
    smallest = 1 / result["partners"]
    result["hhi_normalised"] = ratio(result["hhi"] - smallest, 1 - smallest)
    columns = "country year books source flow hhi hhi_normalised partners coverage flag"
    return result[columns.split()].reset_index(drop=True)


# -- trade among the states compared -------------------------------------------


def intra_trade(
    bilateral_trade: pd.DataFrame, start: int | None = None, end: int | None = None
) -> pd.DataFrame:
    """List the exports of each state compared to each other one, in all books.

    ``own`` is the exporter's report (FOB), ``mirror`` the importer's (CIF). `prefer` makes one
    matrix of them that says for each cell whose books it rests on; ``query("books == 'model'")``
    gives the reconciled one.

    Parameters
    ----------
    bilateral_trade
        See the module.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        exporter, importer, year, books, source, value_usd; cells without a record are left out.
        Sorted by books, year, exporter and importer.
    """
    records = _records(
        bilateral_trade[bilateral_trade["reporter"].isin(MEMBERS)], MEMBERS, start, end
    )
    cells = _by_partner(records[records["partner"].isin(MEMBERS)]).dropna(subset="exports_usd")
    names = {"country": "exporter", "partner": "importer", "exports_usd": "value_usd"}
    cells = cells.rename(columns=names).astype({"exporter": "str", "importer": "str"})
    columns = "exporter importer year books source value_usd"
    return _arrange(cells, columns, "books year exporter importer")


def member_shares(cells: pd.DataFrame) -> pd.DataFrame:
    """Give each state's share of the trade among the states compared.

    share = (exports to + imports from the others) / (2 · trade among all), so that shares add up to
    1.

    Parameters
    ----------
    cells
        One set of cells from `intra_trade`: those of one of the books, or what `prefer` took.

    Returns
    -------
    pandas.DataFrame
        country, year, exports_usd, imports_usd, turnover_usd, share, export_share (of all exports
        among them), cells (how many of the `CELLS` are known in that year; shares of an incomplete
        year are not to be compared), own, mirror, model (how many of them rest on which books);
        sorted by year and country.

    Raises
    ------
    ValueError
        When a year has a cell twice.

    Examples
    --------
    >>> cell = {"exporter": ["KAZ", "TUR"], "importer": ["TUR", "UZB"], "value_usd": [3.0, 1.0]}
    >>> shares = member_shares(pd.DataFrame(cell).assign(year=2020, books="own"))
    >>> dict(zip(shares["country"], shares["share"]))
    {'KAZ': 0.375, 'TUR': 0.5, 'UZB': 0.125}
    """
    if cells.duplicated(["exporter", "importer", "year"]).any():
        raise ValueError(
            "member_shares needs each cell once: apply prefer, or select one set of books before."
        )
    sums = {}
    for flow, side in (("exports", "exporter"), ("imports", "importer")):
        of_side = cells.groupby(["year", side])["value_usd"].sum()
        sums[f"{flow}_usd"] = of_side.rename_axis(["year", "country"])
    result = pd.DataFrame(sums).reset_index()
    result["turnover_usd"] = result[_FLOW_VALUES].sum(axis=1)
    total = result.groupby("year")["exports_usd"].transform("sum")
    result["share"] = ratio(result["turnover_usd"], 2 * total)
    result["export_share"] = ratio(result["exports_usd"], total)
    for books in BOOKS:
        known = cells.loc[cells["books"] == books, "year"].value_counts()
        result[books] = result["year"].map(known).fillna(0).astype("int64")
    result["cells"] = result[list(BOOKS)].sum(axis=1)
    values = "exports_usd imports_usd turnover_usd share export_share cells own mirror model"
    return _arrange(result, f"country year {values}", "year country")


def latest_complete_year(cells: pd.DataFrame) -> int | None:
    """Return the last year in which all `CELLS` flows are known; None when there is none.

    Parameters
    ----------
    cells
        Rows of `intra_trade`, of one set of books or of several.
    """
    known = cells.drop_duplicates(["exporter", "importer", "year"])["year"].value_counts()
    return max(known.index[known == CELLS], default=None)


# -- what is traded ------------------------------------------------------------
#
# These measures use UNCTAD's exporter-side matrix: one value per flow, FOB, as the exporter gave it
# or as UNCTAD estimated it (Uzbekistan, Turkmenistan). So the books are `model` for imports too.
# It has 1995, 2005 and 2015 and the ten sections only; a section without a row in a year that has
# others counts as no trade.

_UNCTAD = {"books": "model", "source": "unctad"}


def sections(product_trade: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """Break the trade of a pair down by SITC section.

    The share of section 3 (mineral fuels: coal, oil, gas, electricity) is the energy share of the
    flow.

    Parameters
    ----------
    product_trade
        See the module.
    country, partner
        The country is one of the states compared.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books, source, flow (turnover | exports | imports), section,
        section_name, value_usd, share (of the flow in that year); one row per section for each flow
        that has trade in a year. Sorted by year, flow and section.

    Examples
    --------
    >>> keys = ["exporter", "importer", "sitc_section", "year", "value_usd"]
    >>> rows = [("KAZ", "TUR", "3", 2015, 60.0), ("KAZ", "TUR", "6", 2015, 40.0)]
    >>> parts = sections(pd.DataFrame(rows, columns=keys), "KAZ", "TUR")
    >>> parts.query("flow == 'exports' and share > 0")[["section_name", "share"]].values.tolist()
    [['Mineral fuels', 0.6], ['Manufactures by material', 0.4]]
    """
    _check_pair(country, partner)
    ways = (([country], [partner]), ([partner], [country]))
    exports, imports = (_by_section(product_trade, *way) for way in ways)
    turnover = exports.add(imports, fill_value=0.0)
    flows = dict(zip(FLOWS, (turnover, exports, imports), strict=True))
    rows = pd.concat(flows, names=["flow"]).rename("value_usd").reset_index()
    of_flow = rows.groupby(["flow", "year"])["value_usd"].transform("sum")
    rows = rows.assign(country=country, partner=partner, share=ratio(rows["value_usd"], of_flow))
    columns = "country partner year books source flow section section_name value_usd share"
    return _arrange(_described(rows), columns, "year flow section")


def section_coverage(
    product_trade: pd.DataFrame, bilateral_trade: pd.DataFrame, country: str, partner: str
) -> pd.DataFrame:
    """Compare the flows that UNCTAD breaks down by section with BACI's flows of the same years.

    The ratio is UNCTAD / BACI. Both are FOB, so it is expected near 1; UNCTAD's matrix lacks
    confidential goods of some reporters and estimates the flows of others.

    Parameters
    ----------
    product_trade, bilateral_trade
        See the module.
    country, partner
        The country is one of the states compared.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, flow (turnover | exports | imports), unctad_usd, baci_usd, ratio,
        comparable (True inside `COMPARABLE`; for turnover, if both flows are comparable); sorted by
        year and flow. Where BACI has no figure the flow is not comparable.
    """
    by_section = sections(product_trade, country, partner)
    keys = ["country", "partner", "year", "flow"]
    sums = by_section.groupby(keys)["value_usd"].sum().rename("unctad_usd")
    pair = bilateral(bilateral_trade, country, partner)
    names = {f"{flow}_usd": flow for flow in FLOWS}
    model = pair[pair["books"] == "model"].rename(columns=names)
    known = model.melt(keys[:3], FLOWS, "flow", "baci_usd")
    rows = sums.reset_index().merge(known, "left", keys)
    rows["ratio"] = ratio(rows["unctad_usd"], rows["baci_usd"])
    rows["comparable"] = rows["ratio"].between(*COMPARABLE)
    of_flows = rows[rows["flow"] != "turnover"].groupby("year")["comparable"].agg(["all", "size"])
    both = (of_flows["all"] & (of_flows["size"] == 2)).reindex(rows["year"]).to_numpy()
    rows["comparable"] &= (rows["flow"] != "turnover") | both
    return _arrange(rows, " ".join(rows.columns), "year flow")


def revealed_advantage(product_trade: pd.DataFrame, country: str) -> pd.DataFrame:
    """Measure in which sections a country is specialised, against all states compared (Balassa).

    RCA = (x_k / x) / (X_k / X): x the country's exports to the world, X those of all states
    compared, the country included. Above 1: the section weighs more in its exports than in theirs.
    The world as a whole is not in the table, so the values are not comparable with published,
    world-based ones; the large states (Türkiye, Kazakhstan) make most of the reference.

    Parameters
    ----------
    product_trade
        See the module.
    country
        One of the states compared.

    Returns
    -------
    pandas.DataFrame
        country, year, books, source, reference, section, section_name, share (of the country's
        exports), reference_share, rca (missing where nobody exports); sorted by year and section.

    References
    ----------
    Balassa, B. (1965). Trade liberalisation and "revealed" comparative
    advantage. The Manchester School 33, 99-123.
    """
    check_country(country)
    own = _shares(_by_section(product_trade, exporter=[country]))
    reference = _shares(_by_section(product_trade, exporter=MEMBERS))
    rows = pd.DataFrame({"share": own, "reference_share": reference}).dropna().reset_index()
    rows["rca"] = ratio(rows["share"], rows["reference_share"])
    rows = rows.assign(country=country, reference="exports of the states compared")
    columns = "country year books source reference section section_name share reference_share rca"
    return _arrange(_described(rows), columns, "year section")


def complementarity(product_trade: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """Measure how well what one side sells fits what the other buys (Michaely), in both directions.

    1 − Σ |m_k − x_k| / 2: x_k the section's share in the exporter's exports to the world, m_k in
    the importer's imports from the world. 0: nothing fits; 1: the same composition. With sections
    this wide it is high for most pairs.

    Parameters
    ----------
    product_trade
        See the module.
    country, partner
        Both among the states compared: for others the table does not hold all trade.

    Returns
    -------
    pandas.DataFrame
        exporter, importer, year, books, source, complementarity; the direction from the country
        first.

    References
    ----------
    Michaely, M. (1996). Trade preferential agreements in Latin America: an
    ex-ante assessment. World Bank.

    Examples
    --------
    >>> keys = ["exporter", "importer", "sitc_section", "year", "value_usd"]
    >>> sold = [("KAZ", "CHN", "3", 2015, 5.0)]
    >>> bought = [("RUS", "TUR", "3", 2015, 3.0), ("RUS", "TUR", "7", 2015, 1.0)]
    >>> fit = complementarity(pd.DataFrame(sold + bought, columns=keys), "KAZ", "TUR")
    >>> fit["complementarity"].item()
    0.75
    """
    check_pair(country, partner)
    check_country(partner)
    directions = []
    for exporter, importer in ((country, partner), (partner, country)):
        sold = _shares(_by_section(product_trade, exporter=[exporter]))
        bought = _shares(_by_section(product_trade, importer=[importer]))
        fit = 1 - (bought - sold).abs().dropna().groupby("year").sum() / 2
        rows = fit.rename("complementarity").reset_index()
        directions.append(rows.assign(exporter=exporter, importer=importer, **_UNCTAD))
    columns = ["exporter", "importer", "year", "books", "source", "complementarity"]
    return pd.concat(directions, ignore_index=True)[columns]


def intra_industry(product_trade: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    """Measure how far a pair trades the same kind of goods both ways (Grubel–Lloyd).

    For a section GL = 1 − |X − M| / (X + M); for all trade the mean weighted by X + M. 0: one-way,
    1: balanced two-way trade. Sections are very wide (crude oil and electricity are one), which
    pushes the index up: compare pairs and years, not with indices of finer goods.

    Parameters
    ----------
    product_trade
        See the module.
    country, partner
        The country is one of the states compared.

    Returns
    -------
    pandas.DataFrame
        country, partner, year, books, source, section (of `SECTIONS`, and ``all``), section_name,
        exports_usd, imports_usd, grubel_lloyd (missing where nothing is traded, 0 where the trade
        of a year goes one way); sorted by year and section.

    References
    ----------
    Grubel, H. G. and Lloyd, P. J. (1975). Intra-Industry Trade. Macmillan.

    Examples
    --------
    >>> keys = ["exporter", "importer", "sitc_section", "year", "value_usd"]
    >>> rows = [("KAZ", "TUR", "6", 2015, 30.0), ("TUR", "KAZ", "6", 2015, 10.0)]
    >>> index = intra_industry(pd.DataFrame(rows, columns=keys), "KAZ", "TUR")
    >>> index.query("section == 'all'")["grubel_lloyd"].item()
    0.5
    """
    _check_pair(country, partner)
    ways = (([country], [partner]), ([partner], [country]))
    exports, imports = (_by_section(product_trade, *way) for way in ways)
    # In a year of the matrix a flow without any row is one that did not take place.
    rows = pd.DataFrame({"exports_usd": exports, "imports_usd": imports}).fillna(0.0)
    rows["two_way"] = 2 * rows.min(axis=1)  # X + M − |X − M|
    whole = rows.groupby("year").sum().assign(section="all").set_index("section", append=True)
    rows = pd.concat([rows, whole]).reset_index()
    rows["grubel_lloyd"] = ratio(rows["two_way"], rows["exports_usd"] + rows["imports_usd"])
    rows = _described(rows.assign(country=country, partner=partner))
    rows = rows.fillna({"section_name": "All sections"})
    values = "section section_name exports_usd imports_usd grubel_lloyd"
    return _arrange(rows, f"country partner year books source {values}", "year section")


@cached_measure
def _by_section(
    product_trade: pd.DataFrame, exporter: Sequence[str] = (), importer: Sequence[str] = ()
) -> Series:
    """Sum trade by year and section; in a year with any trade the absent sections are 0."""
    rows = product_trade
    for side, states in (("exporter", exporter), ("importer", importer)):
        rows = rows[rows[side].isin(states)] if states else rows
    check_unique(rows, _PRODUCT_KEY, "product_trade")
    check_not_negative(rows, "value_usd", "product_trade")
    rows = rows[rows["sitc_section"].isin(SECTIONS)]
    sums = rows.groupby(["year", "sitc_section"])["value_usd"].sum().astype("float64")
    years = sorted(rows["year"].unique())
    names = ["year", "section"]
    grid = pd.MultiIndex.from_product([years, list(SECTIONS)], names=names)
    return sums.rename_axis(names).reindex(grid, fill_value=0.0)


def _shares(by_section: Series) -> Series:
    return ratio(by_section, by_section.groupby("year").transform("sum"))


def _described(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the books, the source and the names of the sections."""
    return rows.assign(**_UNCTAD, section_name=rows["section"].map(SECTIONS))


# -- small helpers -------------------------------------------------------------


def _check_pair(country: str, partner: str) -> None:
    check_pair(country, partner)
    countries.name(partner)  # raises for a code that does not exist


def _joined(rows: pd.DataFrame, column: str) -> Series:
    """Join the different texts of each cell that has any."""
    texts = rows.loc[rows[column] != "", ["cell", column]].drop_duplicates()
    # Adding texts up is much faster than a function call per cell on a series of its own.
    together = (texts[column] + "; ").groupby(texts["cell"]).sum()
    return together.map(lambda text: joined([text]))


def _arrange(rows: pd.DataFrame, columns: str, by: str) -> pd.DataFrame:
    """Choose columns (named with blanks between), sort, and turn categories into texts."""
    ordered = rows.sort_values(by.split(), key=_in_order, kind="stable", ignore_index=True)
    chosen = ordered[columns.split()]
    return chosen.astype(dict.fromkeys(chosen.select_dtypes("category"), "str"))


def _in_order(column: Series) -> Series:
    """Sort books as in `BOOKS` and flows as in `FLOWS`; all else by itself."""
    is_listed = column.name in ("books", "flow")
    return column.astype(_ORDER).cat.codes if is_listed else column
