"""Direct investment in a state: stock and net inflow by investor, concentration of the stock.

Three quantities must not be confused. The **stock** is the value of what an investor holds at the
end of a year; the **net inflow** is what came in during a year less what was withdrawn, and can be
negative; the **gross inflow**, which officials quote and these tables do not hold, counts no
withdrawal. A stock is not a sum of net inflows: prices and exchange rates change its value.

The table ``inward_investment`` has the columns host, partner (WLD the total), measure (inward_stock
or net_inflow), year, value_eur (current euro; missing where only the rank is known), rank (1 the
largest), partners (countries ranked).
"""

from __future__ import annotations

import pandas as pd

from turkic_ties.measures.common import (
    arrange,
    bounds,
    check_country,
    check_pair,
    check_unique,
    frame,
    ratio,
    within,
)

WORLD = "WLD"

STATED_SINCE = 2005
"""Officials add up gross inflows into Kazakhstan from this year on."""

_KEYS = ["host", "partner", "measure", "year"]


def investor(
    inward_investment: pd.DataFrame,
    host: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Give the stock and the net inflow that a partner has in a host country, year by year.

    Parameters
    ----------
    inward_investment
        See the module.
    host, partner
        The country invested in and the one that invests.
    start, end
        First and last year. Net inflows are added up from the first year shown.

    Returns
    -------
    pandas.DataFrame
        host, partner, year, stock_eur, stock_share (of the total stock), stock_rank, stock_partners
        (countries ranked), net_inflow_eur, cumulative_net_inflow_eur (from the first year shown;
        missing from the first gap on), net_inflow_rank, net_inflow_partners; sorted by year.

    Raises
    ------
    ValueError
        Also when a figure stands twice.

    Examples
    --------
    >>> keys = ["host", "partner", "measure", "year", "value_eur", "rank", "partners"]
    >>> held = ("KAZ", "TUR", "inward_stock", 2021, 5.0, 2, 9)
    >>> whole = ("KAZ", "WLD", "inward_stock", 2021, 50.0, None, None)
    >>> investor(pd.DataFrame([held, whole], columns=keys), "KAZ", "TUR")["stock_share"].tolist()
    [0.1]
    """
    check_pair(host, partner)
    rows = _of_host(inward_investment, host)
    rows = within(rows, start, end)
    stock, whole = (_by_year(rows, who, "inward_stock") for who in (partner, WORLD))
    inflow = _by_year(rows, partner, "net_inflow")
    table = stock.add_prefix("stock_").join(inflow.add_prefix("net_inflow_"), how="outer")
    table["stock_share"] = ratio(table["stock_eur"], whole["eur"])
    table["cumulative_net_inflow_eur"] = table["net_inflow_eur"].cumsum(skipna=False)
    columns = [
        *("host", "partner", "year", "stock_eur", "stock_share", "stock_rank", "stock_partners"),
        *("net_inflow_eur", "cumulative_net_inflow_eur", "net_inflow_rank", "net_inflow_partners"),
    ]
    return arrange(table.reset_index().assign(host=host, partner=partner), columns, ["year"])


def _of_host(inward_investment: pd.DataFrame, host: str) -> pd.DataFrame:
    check_unique(inward_investment, _KEYS, "inward_investment")
    rows = inward_investment[inward_investment["host"] == host]
    return rows.astype({"value_eur": "float64", "rank": "Int64", "partners": "Int64"})


def _by_year(rows: pd.DataFrame, partner: str, measure: str) -> pd.DataFrame:
    """Give value, rank and number of countries ranked of one partner and measure by year."""
    rows = rows[(rows["partner"] == partner) & (rows["measure"] == measure)]
    return rows.rename(columns={"value_eur": "eur"}).set_index("year")[["eur", "rank", "partners"]]


def stocks(inward_investment: pd.DataFrame, host: str, end: int | None = None) -> pd.DataFrame:
    """List the investors of a host country whose stock is known, with the share of each.

    Parameters
    ----------
    inward_investment
        See the module.
    host
        The country invested in.
    end
        Last year.

    Returns
    -------
    pandas.DataFrame
        host, partner, year, stock_eur, share (of the total stock), rank, partners (countries
        ranked); sorted by year and rank. In years for which few values are quoted these are not the
        largest investors: look at the rank.
    """
    check_country(host)
    rows = _of_host(inward_investment, host)
    rows = rows[(rows["measure"] == "inward_stock") & (rows["year"] <= bounds(None, end)[1])]
    whole = rows[rows["partner"] == WORLD].set_index("year")["value_eur"]
    rows = rows[rows["partner"] != WORLD].dropna(subset="value_eur")
    rows = rows.rename(columns={"value_eur": "stock_eur"})
    rows["share"] = ratio(rows["stock_eur"], rows["year"].map(whole).astype("float64"))
    columns = ["host", "partner", "year", "stock_eur", "share", "rank", "partners"]
    return arrange(rows, columns, ["year", "rank"])


def investor_concentration(
    inward_investment: pd.DataFrame, host: str, end: int | None = None
) -> pd.DataFrame:
    """Measure how concentrated the stock of inward investment is on few investors, as bounds.

    HHI = Σ s², s the share of an investor in the total stock: from 1/n (n equal investors) to 1
    (one). Where only the k largest of n are known, the rest R = 1 − Σ s is at least as even as if
    the other n − k held the same, and at most as uneven as if it were held by investors as large as
    the k-th:

        Σ s² + R² / (n − k)  ≤  HHI  ≤  Σ s² + R · s_k

    Both bounds are Σ s² where all n are known. What the total does not allocate to a country counts
    in R.

    Parameters
    ----------
    inward_investment
        See the module.
    host
        The country invested in.
    end
        Last year.

    Returns
    -------
    pandas.DataFrame
        host, year, known (k, the investors known without a gap in the ranks), partners (n),
        largest, largest_share, known_share (Σ s), hhi_low, hhi_high; sorted by year. Years in which
        the largest investor is not known are left out.

    References
    ----------
    Nauenberg, E., Basu, K. and Chand, H. (1997). Hirschman–Herfindahl index determination under
    incomplete information. Applied Economics Letters 4(10), 639–642.

    Examples
    --------
    >>> keys = ["host", "partner", "measure", "year", "value_eur", "rank", "partners"]
    >>> rows = [("NLD", 50.0, 1, 3), ("USA", 30.0, 2, 3), ("WLD", 100.0, None, None)]
    >>> stock = [("KAZ", who, "inward_stock", 2021, *rest) for who, *rest in rows]
    >>> stock = pd.DataFrame(stock, columns=keys)
    >>> investor_concentration(stock, "KAZ")[["hhi_low", "hhi_high"]].round(4).values.tolist()
    [[0.38, 0.4]]
    """
    investors = stocks(inward_investment, host, end)
    # Where an investor is missing, the ranks run ahead of the places in the list.
    place = investors.groupby("year").cumcount() + 1
    after_gap = (investors["rank"] > place).groupby(investors["year"]).cummax()
    rows = []
    for year, known in investors[~after_gap].groupby("year"):
        shares = known["share"]
        partners = int(known["partners"].iloc[0])
        low = high = float((shares**2).sum())
        unlisted = partners - len(known)
        rest = 1 - shares.sum()
        if unlisted:
            low += rest**2 / unlisted
            high += rest * shares.iloc[-1]
        row = {"host": host, "year": year, "known": len(known), "partners": partners}
        row |= {"largest": known["partner"].iloc[0], "largest_share": shares.iloc[0]}
        rows.append(row | {"known_share": shares.sum(), "hhi_low": low, "hhi_high": high})
    counts = dict.fromkeys(["year", "known", "partners"], "int64")
    numbers = dict.fromkeys(["largest_share", "known_share", "hhi_low", "hhi_high"], "float64")
    return frame(rows, {"host": "str", **counts, "largest": "str", **numbers})
