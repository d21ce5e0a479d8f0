"""Measures of arms: deliveries by supplier, deals, and military expenditure.

*Windows.* Deliveries are lumpy, so they are summed over sliding windows of years, five by default
as SIPRI does. A window lies within the period and within the years of the table, and is named by
its first and last year.

*TIV.* Volumes of arms are SIPRI trend-indicator values, in millions. They measure military
capability, not money, and are never compared with dollars.

*Gaps.* A missing row of deliveries means that SIPRI records none. A missing row of expenditure
means that the figure is unknown.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from turkic_ties.countries import MEMBERS
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.common import (
    arrange,
    bounds,
    check_country,
    check_not_negative,
    check_others,
    check_unique,
    competition_rank,
    herfindahl_hirschman,
    ratio,
    windows,
    within,
)

WINDOW = 5
"""Years of a window, as in SIPRI's five-year sums."""

UNKNOWN = "XXX"
"""The code of suppliers that SIPRI cannot name. They count in totals and have no rank."""

FLAGS = ("", "estimate", "highly_uncertain")
"""SIPRI's marks of a figure of expenditure, the surest first."""

SPAN = ["window_start", "window_end"]

# A remark such as "for 2 frigates assembled in ..." is about the ship that a radar is built into.
_FOR_SOMETHING_ELSE = re.compile(r"\bfor \d")

_LICENCE = re.compile(r"under licen[cs]e")

_DEAL_COLUMNS = [
    *("deal_id", "order_year", "designation", "description", "category", "status", "stage"),
    *("local_production", "number_ordered", "number_delivered", "delivery_years"),
    *("tiv_order", "tiv_delivered", "order_year_estimated", "number_ordered_estimated"),
    *("number_delivered_estimated", "comments"),
]


# -- deliveries ---------------------------------------------------------------------------------


@cached_measure  # here, because other measures are made of it
def supplier_shares(
    arms_transfers: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Divide a state's arms imports among its suppliers, in sliding windows.

    The share of supplier s in a window is TIV_s / sum of all TIV. The largest supplier has rank 1;
    equal volumes share the better rank.

    Parameters
    ----------
    arms_transfers
        Columns supplier, recipient, year, tiv (millions).
    country
        The recipient.
    start, end
        First and last year of delivery.
    window
        Length of a window in years.

    Returns
    -------
    pandas.DataFrame
        window_start, window_end, supplier, tiv (millions), share, rank (missing for unknown
        suppliers, `UNKNOWN`); by window, the largest supplier first. A window without deliveries
        has no rows.

    Raises
    ------
    ValueError
        For wrong arguments, a window shorter than a year, a repeated row or a negative volume.

    References
    ----------
    SIPRI, *Sources and methods: SIPRI Arms Transfers Database*, on TIV and five-year sums.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("RUS", "KAZ", 2001, 6.0), ("TUR", "KAZ", 2002, 2.0)],
    ...     columns=["supplier", "recipient", "year", "tiv"],
    ... )
    >>> supplier_shares(table, "KAZ", window=2)[["supplier", "share", "rank"]].values.tolist()
    [['RUS', 0.75, 1], ['TUR', 0.25, 2]]
    """
    check_country(country)
    imports = arms_transfers[arms_transfers["recipient"] == country]
    check_unique(imports, ["supplier", "recipient", "year"], "arms_transfers")
    check_not_negative(imports, "tiv", "arms_transfers")
    spans = pd.DataFrame(windows(arms_transfers, start, end, window), columns=SPAN, dtype="int64")
    rows = spans.merge(imports, how="cross")
    rows = rows[rows["year"].between(rows["window_start"], rows["window_end"])]
    rows = rows.groupby([*SPAN, "supplier"])["tiv"].sum().reset_index()
    # SIPRI gives at most three decimals. Rounding removes floating-point noise that breaks ties.
    rows["tiv"] = rows["tiv"].round(6)
    rows = rows[rows["tiv"] > 0]
    rows["share"] = rows["tiv"] / rows.groupby("window_end")["tiv"].transform("sum")
    named = rows["tiv"].where(rows["supplier"] != UNKNOWN)
    rows["rank"] = competition_rank(named, rows["window_end"]).astype("Int64")
    largest_first = rows.sort_values(
        ["window_end", "tiv", "supplier"], ascending=[True, False, True]
    )
    return largest_first.reset_index(drop=True)


def supplier_concentration(
    arms_transfers: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Measure how concentrated a state's arms imports are on few suppliers, in sliding windows.

    The Herfindahl–Hirschman index is the sum of squared shares: 1 for a single supplier, 1/n for
    n equal ones. Suppliers that SIPRI cannot name count as one; `unknown_share` says how much
    that concerns.

    Parameters
    ----------
    arms_transfers, country, start, end, window
        As in `supplier_shares`.

    Returns
    -------
    pandas.DataFrame
        window_start, window_end, imports_tiv (millions), suppliers (number), hhi (1/n to 1),
        top_supplier (the alphabetically first of equals), top_share, unknown_share. One row per
        window; where nothing was imported, imports_tiv is 0 and hhi, top_supplier and the shares
        are missing. Empty when no window has imports.

    References
    ----------
    Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54(5), 761.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("RUS", "KAZ", 2001, 6.0), ("TUR", "KAZ", 2002, 2.0)],
    ...     columns=["supplier", "recipient", "year", "tiv"],
    ... )
    >>> supplier_concentration(table, "KAZ", window=2)["hhi"].tolist()
    [0.625]
    """
    shares = supplier_shares(arms_transfers, country, start, end, window)
    top = shares[shares["supplier"] != UNKNOWN].groupby("window_end").first()
    rows = _imports_by_window(shares, windows(arms_transfers, start, end, window))
    rows["suppliers"] = shares.groupby("window_end").size()
    rows["hhi"] = herfindahl_hirschman(shares["share"], shares["window_end"])
    rows["top_supplier"] = top["supplier"]
    rows["top_share"] = top["share"]
    unknown = shares["share"].where(shares["supplier"] == UNKNOWN, 0.0)
    rows["unknown_share"] = unknown.groupby(shares["window_end"]).sum()
    rows["suppliers"] = rows["suppliers"].fillna(0).astype("int64")
    return rows.reset_index(drop=True)


def _imports_by_window(shares: pd.DataFrame, spans: list[tuple[int, int]]) -> pd.DataFrame:
    """Sum the volumes of each window, indexed by window_end; no rows when there are no imports."""
    rows = pd.DataFrame(spans if len(shares) else [], columns=SPAN, dtype="int64")
    rows = rows.set_index("window_end", drop=False)
    rows["imports_tiv"] = shares.groupby("window_end")["tiv"].sum()
    return rows.fillna({"imports_tiv": 0.0})


def partner_share(
    arms_transfers: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Follow one supplier's share and rank in a state's arms imports, in sliding windows.

    Parameters
    ----------
    arms_transfers, country, start, end, window
        As in `supplier_shares`.
    partner
        The supplier, any state.

    Returns
    -------
    pandas.DataFrame
        country, partner, window_start, window_end, tiv and imports_tiv (millions: from the
        partner, from all), share, rank (1 the largest). One row per window. Where the partner
        delivered nothing its share is 0 and its rank missing; where nobody did, the share is
        missing too. Empty when no window has imports.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("RUS", "KAZ", 2001, 6.0), ("TUR", "KAZ", 2002, 2.0)],
    ...     columns=["supplier", "recipient", "year", "tiv"],
    ... )
    >>> partner_share(table, "KAZ", "TUR", window=1)["share"].tolist()
    [0.0, 1.0]
    """
    check_others(country, [partner])
    shares = supplier_shares(arms_transfers, country, start, end, window)
    theirs = shares[shares["supplier"] == partner].set_index("window_end")
    rows = _imports_by_window(shares, windows(arms_transfers, start, end, window))
    rows = rows.assign(country=country, partner=partner, tiv=theirs["tiv"], rank=theirs["rank"])
    rows = rows.fillna({"tiv": 0.0}).astype({"country": "str", "partner": "str"})
    rows["share"] = ratio(rows["tiv"], rows["imports_tiv"])
    columns = ["country", "partner", *SPAN, "tiv", "imports_tiv", "share", "rank"]
    return rows[columns].reset_index(drop=True)


def partner_share_by_member(
    arms_transfers: pd.DataFrame,
    partner: str,
    start: int | None = None,
    end: int | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Compare one supplier's share in the arms imports of every state of the collection.

    Parameters
    ----------
    arms_transfers, start, end, window
        As in `supplier_shares`.
    partner
        The supplier, any state; if it is one of the collection, the others are compared.

    Returns
    -------
    pandas.DataFrame
        The columns of `partner_share`, by state in the order of `countries.MEMBERS` and by window.
        States that imported nothing in any window have no rows.
    """
    members = [member for member in MEMBERS if member != partner]
    shares = [
        partner_share(arms_transfers, member, partner, start, end, window) for member in members
    ]
    return pd.concat(shares, ignore_index=True)


# -- deals --------------------------------------------------------------------------------------


def deals_between(
    arms_deals: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """List the arms deals in which one state supplies another, and how far each has come.

    The stage is *selected* where SIPRI remarks that nothing has been ordered yet, then *ordered*,
    *partly delivered* and *delivered* by comparing the numbers; *delivered, order unknown* where
    SIPRI gives no number ordered. Production in the recipient is read from SIPRI's remark: under
    *licence*, *assembly* from parts, or *possible*.

    Parameters
    ----------
    arms_deals
        Columns of the register, see Returns.
    country
        The recipient.
    partner
        The supplier.
    start, end
        First and last year of order.

    Returns
    -------
    pandas.DataFrame
        deal_id, order_year, designation, description, category, status (new or second-hand),
        stage, local_production (empty text where nothing is said), number_ordered,
        number_delivered, delivery_years, tiv_order and tiv_delivered (millions),
        order_year_estimated, number_ordered_estimated, number_delivered_estimated, comments;
        by deal_id.

    Raises
    ------
    ValueError
        For wrong arguments or a repeated deal_id.
    """
    check_others(country, [partner])
    pair = (arms_deals["recipient"] == country) & (arms_deals["supplier"] == partner)
    deals = arms_deals[pair & arms_deals["order_year"].between(*bounds(start, end))]
    check_unique(deals, ["deal_id"], "arms_deals")
    remarks = deals["comments"].fillna("").str.lower()
    stages = [_stage(deal) for deal in deals.assign(remark=remarks).to_dict("records")]
    places = [_local_production(text) for text in remarks]
    deals["stage"] = pd.array(stages, dtype="str")
    deals["local_production"] = pd.array(places, dtype="str")
    return arrange(deals, _DEAL_COLUMNS, ["deal_id"])


def _stage(deal: dict[Any, Any]) -> str:
    if "not yet ordered" in deal["remark"]:
        return "selected"
    if deal["number_delivered"] == 0:
        return "ordered"
    if pd.isna(deal["number_ordered"]):
        return "delivered, order unknown"
    complete = deal["number_delivered"] >= deal["number_ordered"]
    return "delivered" if complete else "partly delivered"


def _local_production(remark: str) -> str:
    kinds = {
        _kind_of_production(part)
        for part in remark.split(";")
        if not _FOR_SOMETHING_ELSE.search(part)
    }
    return next((kind for kind in ("licence", "assembly", "possible") if kind in kinds), "")


def _kind_of_production(remark: str) -> str:
    if "possibl" in remark and "assembl" in remark:
        return "possible"
    if _LICENCE.search(remark):
        return "licence"
    return "assembly" if "assembl" in remark else ""


# -- military expenditure -----------------------------------------------------------------------


def military_spending(
    military_expenditure: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Give a state's military expenditure in constant and current dollars and as a share of GDP.

    Parameters
    ----------
    military_expenditure
        Columns iso3, year, indicator (``constant_YYYY_usd``, ``current_usd``, ``share_of_gdp``),
        value, flag.
    country, start, end
        See `turkic_ties.measures`.

    Returns
    -------
    pandas.DataFrame
        year, constant_usd (at the prices and exchange rates of price_year), price_year,
        current_usd, share_of_gdp, flag (the least sure of `FLAGS` of the year); by year. Years
        without any figure have no row.

    Raises
    ------
    ValueError
        For wrong arguments, a repeated figure, or constant dollars of two base years in one table.

    Examples
    --------
    >>> rows = [("KAZ", "current_usd", 2e8, "estimate"), ("KAZ", "share_of_gdp", 0.01, "")]
    >>> table = pd.DataFrame(rows, columns=["iso3", "indicator", "value", "flag"]).assign(year=2001)
    >>> military_spending(table, "KAZ")[["year", "share_of_gdp", "flag"]].values.tolist()
    [[2001, 0.01, 'estimate']]
    """
    check_country(country)
    constant, price_year = _constant_dollars(military_expenditure)
    chosen = military_expenditure[military_expenditure["iso3"] == country]
    chosen = within(chosen, start, end)
    check_unique(chosen, ["iso3", "year", "indicator"], "military_expenditure")
    grades = chosen["flag"].fillna("").map(FLAGS.index).groupby(chosen["year"]).max()
    figures = chosen.pivot_table(index="year", columns="indicator", values="value")
    rows = figures.rename(columns={constant: "constant_usd"}).reset_index()
    types = {"constant_usd": "float64", "price_year": "Int64", "current_usd": "float64"}
    types |= {"share_of_gdp": "float64", "flag": "str"}
    flags = [FLAGS[grade] for grade in grades[figures.index]]  # not of a year without a figure
    rows = rows.assign(price_year=price_year, flag=flags).reindex(columns=["year", *types])
    return rows.rename_axis(columns=None).astype(types)


def _constant_dollars(military_expenditure: pd.DataFrame) -> tuple[str, int | None]:
    """Find the indicator of constant dollars and the year of its prices."""
    indicators = sorted(set(military_expenditure["indicator"]))
    bases = [text for text in indicators if re.fullmatch(r"constant_\d{4}_usd", text)]
    if len(bases) > 1:
        raise ValueError(
            f"military_expenditure mixes {bases[0]} and {bases[1]}: "
            "keep the figures of one release only."
        )
    if bases:
        return (bases[0], int(bases[0].split("_")[1]))
    return ("", None)
