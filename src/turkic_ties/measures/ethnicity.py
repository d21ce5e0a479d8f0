"""Ethnic composition: shares of groups, how they changed, diversity, regions.

Ethnic shares have a **basis**, and no measure joins two of them silently:

``census``, ``census_revised``
    a count; Kazakhstan revised that of 1989, so 1989 has both;
``estimate_1999_base``, ``estimate_2009_base``, ``estimate_2021_base``
    the register carried forward from a census. Before the census of 2021 the register had kept
    emigrants: never draw a line from one base to the next;
``not_stated``
    the page does not say.

Of several figures for one place, date, basis and group the table marks one as ``preferred``. The
measures use it and return its evidence grade and flags with the result. Dates are ISO days or plain
years. `geography` is a region, city or district; None is the whole country.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from turkic_ties.measures.common import (
    Floats,
    Series,
    arrange,
    bounds,
    check_country,
    check_known,
    herfindahl_hirschman,
    joined,
    within,
)

CENSUSES = ("census", "census_revised")
TOTAL = "Total"
OTHER = "Other or not stated"

# A census whose listed groups cover less than this says too little about diversity: of 1937 the
# table has one group only.
LISTED_SHARE = 0.9

_EVIDENCE = ["grade", "flag", "note", "source"]
_PAGE = ["reference", "url"]


# -- composition ----------------------------------------------------------------------------------


def composition_dates(
    ethnic_composition: pd.DataFrame, country: str, geography: str | None = None
) -> pd.DataFrame:
    """List the dates and bases for which the composition of a place is known, and how much of it.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    country, geography
        The place.

    Returns
    -------
    pandas.DataFrame
        date, year, basis, groups (listed), listed_share (sum of their shares), total (persons,
        missing where not known); sorted by date and basis.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> dates = composition_dates(load("demographics/ethnic_composition"), "KAZ")
    >>> dates.loc[dates["year"] == 1989, "basis"].tolist()
    ['census', 'census_revised']
    """
    rows = _figures(ethnic_composition, country, geography)
    by_date = rows[rows["preferred"]].groupby(["date", "basis"], as_index=False)
    dates = by_date.agg(
        year=("year", "first"),
        groups=("ethnic_group", "nunique"),
        listed_share=("share", "sum"),
        total=("total", "first"),
    )
    columns = ["date", "year", "basis", "groups", "listed_share", "total"]
    return arrange(dates, columns, by=["date", "basis"])


def compositions(
    ethnic_composition: pd.DataFrame, country: str, geography: str | None = None
) -> pd.DataFrame:
    """Give the composition of a place at every date and on every basis there is.

    A share is count / total where both are exact, otherwise the share as printed. What the listed
    groups leave is the row `OTHER`, so that shares sum to one; at dates with few groups it is large
    (see `composition_dates`).

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    country, geography
        The place.

    Returns
    -------
    pandas.DataFrame
        date, basis, ethnic_group, count (persons, missing where only a share is known), share,
        share_kind (computed | printed | remainder), grade, flag, note, source; sorted by date,
        basis and share, `OTHER` last of its date and basis.
    """
    rows = _figures(ethnic_composition, country, geography)
    rows = rows[rows["preferred"]]
    rows = rows.sort_values(["share", "ethnic_group"], ascending=[False, True])
    rest = (1 - rows.groupby(["date", "basis"])["share"].sum()).clip(lower=0).reset_index()
    rest = rest.assign(ethnic_group=OTHER, share_kind="remainder", **dict.fromkeys(_EVIDENCE, ""))
    columns = ["date", "basis", "ethnic_group", "count", "share", "share_kind", *_EVIDENCE]
    return arrange(pd.concat([rows, rest]), columns, by=["date", "basis"])


def composition(
    ethnic_composition: pd.DataFrame,
    date: str,
    basis: str,
    country: str,
    geography: str | None = None,
) -> pd.DataFrame:
    """Give the composition of a place at one date on one basis.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    date
        A date of the table: ``"2009"`` or ``"2021-09-01"``.
    basis
        See the top of the module.
    country, geography
        The place.

    Returns
    -------
    pandas.DataFrame
        The columns of `compositions` after date and basis. Empty for a place without figures.

    Raises
    ------
    ValueError
        When the place has figures, but none at this date and on this basis; the message lists
        those there are.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> census = composition(load("demographics/ethnic_composition"), "2009", "census", "KAZ")
    >>> census["ethnic_group"].head(2).tolist(), census["share"].head(2).round(3).tolist()
    (['Kazakh', 'Russian'], [0.631, 0.237])
    """
    rows = compositions(ethnic_composition, country, geography)
    chosen = rows[(rows["date"] == date) & (rows["basis"] == basis)]
    if chosen.empty and len(rows):
        known = ", ".join(dict.fromkeys(rows["date"] + " " + rows["basis"]))
        raise ValueError(f"no composition at {date} on the basis {basis!r}: use one of {known}.")
    return chosen.drop(columns=["date", "basis"]).reset_index(drop=True)


def largest_group(ethnic_composition: pd.DataFrame, country: str) -> str | None:
    """Name the largest group of the last composition that lists nearly all people.

    Parameters
    ----------
    ethnic_composition
        The table of that name.

    Returns
    -------
    str or None
        None for a country without a composition that lists `LISTED_SHARE` of the people.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> largest_group(load("demographics/ethnic_composition"), "KAZ")
    'Kazakh'
    """
    dates = composition_dates(ethnic_composition, country)
    last = dates[dates["listed_share"] >= LISTED_SHARE].tail(1)[["date", "basis"]]
    rows = compositions(ethnic_composition, country).merge(last)
    return None if rows.empty else str(rows["ethnic_group"].iloc[0])


def group_shares(
    ethnic_composition: pd.DataFrame,
    ethnic_group: str,
    country: str,
    geography: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """List every figure for the share of a group, date by date.

    Join points by a line only within one ``basis`` and among ``preferred`` rows: there is a break
    between two bases.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    ethnic_group
        Name in the singular, ``"Kazakh"``.
    country, geography
        The place.
    start, end
        First and last year; undated figures are included only when both are None.

    Returns
    -------
    pandas.DataFrame
        date, year, time (decimal year; the middle of the year where no day is known), basis, count
        (persons), share, share_kind (computed | printed), preferred, grade, flag, note, source,
        reference, url; sorted by time, basis, and the preferred row first.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> table = load("demographics/ethnic_composition")
    >>> shares = group_shares(table, "Kazakh", "KAZ", start=1999, end=2009)
    >>> counted = shares[shares["preferred"] & (shares["basis"] == "census")]
    >>> counted["share"].round(3).tolist()
    [0.534, 0.631]
    """
    first, last = bounds(start, end)
    rows = _figures(ethnic_composition, country, geography)
    rows = rows[rows["ethnic_group"] == ethnic_group]
    if (start, end) != (None, None):
        rows = rows[rows["year"].between(first, last)]
    rows = rows.sort_values(
        ["time", "basis", "preferred", "reference"], ascending=[True, True, False, True]
    )
    columns = ["date", "year", "time", "basis", "count", "share", "share_kind", "preferred"]
    return rows[[*columns, *_EVIDENCE, *_PAGE]].reset_index(drop=True)


def neighbouring_shares(
    ethnic_composition: pd.DataFrame, ethnic_group: str, country: str, time: float, basis: str
) -> pd.DataFrame:
    """Give the preferred figures around a time on one basis, and the straight line between them.

    The interpolated share is no figure of any publisher: show it as such.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    ethnic_group
        Name in the singular.
    time
        Decimal year: 2020 is 1 January 2020.
    basis
        See the top of the module.

    Returns
    -------
    pandas.DataFrame
        date_before (at the time or before it), share_before, date_after, share_after,
        interpolated, source (of both); one row, or none where the time is not between two dates of
        the basis.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> table = load("demographics/ethnic_composition")
    >>> between = neighbouring_shares(table, "Kazakh", "KAZ", 2020, "estimate_2009_base")
    >>> between["date_before"].item(), between["date_after"].item()
    ('2019-01-01', '2021-01-01')
    """
    rows = group_shares(ethnic_composition, ethnic_group, country)
    rows = rows[rows["preferred"] & (rows["basis"] == basis)]
    rows = rows[["date", "time", "share", "source"]]
    before = rows[rows["time"] <= time].tail(1)
    after = rows[rows["time"] > time].head(1)
    both = before.merge(after, how="cross", suffixes=("_before", "_after"))
    passed = (time - both["time_before"]) / (both["time_after"] - both["time_before"])
    change = both["share_after"] - both["share_before"]
    both["interpolated"] = both["share_before"] + change * passed
    both["source"] = _joined_rows(both["source_before"], both["source_after"], "; ")
    columns = ["date_before", "share_before", "date_after", "share_after", "interpolated", "source"]
    return both[columns]


# -- what a change is made of ---------------------------------------------------------------------


def decompose_share(
    own_start: float, rest_start: float, own_end: float, rest_end: float
) -> tuple[float, float]:
    """Split the change of a group's share into its own growth and the growth of the rest, exactly.

    The share is s(a, b) = a / (a + b) of own number a and rest b. With the start in lower case and
    the end in upper case, the effect of own growth is the mean over both states of the rest,
    ([s(A, b) - s(a, b)] + [s(A, B) - s(a, B)]) / 2, and that of the rest likewise: the symmetrical
    decomposition of Das Gupta. The two effects sum to s(A, B) - s(a, b).

    Parameters
    ----------
    own_start, rest_start, own_end, rest_end
        Numbers of the group and of all others at start and end, in any one unit.

    Returns
    -------
    tuple of float
        Effect of own growth, effect of the rest (negative when the rest grew), both in shares.

    Raises
    ------
    ValueError
        For a negative number or a population of zero.

    References
    ----------
    Das Gupta, P. (1993). Standardization and Decomposition of Rates: A User's Manual. US Bureau of
    the Census, Current Population Reports P23-186.

    Examples
    --------
    >>> decompose_share(100, 100, 300, 100)
    (0.25, 0.0)
    """
    own = np.array([own_start, own_end])
    rest = np.array([rest_start, rest_end])
    population = own[:, np.newaxis] + rest
    if min(*own, *rest) < 0 or population.min() <= 0:
        raise ValueError(
            f"populations must be positive, got {own.tolist()} of the group and {rest.tolist()} "
            "of the rest: give both numbers at start and end."
        )
    share = own[:, np.newaxis] / population
    own_effect = (share[1] - share[0]).mean()
    rest_effect = (share[:, 1] - share[:, 0]).mean()
    return float(own_effect), float(rest_effect)


def share_changes(
    ethnic_composition: pd.DataFrame,
    ethnic_group: str,
    country: str,
    start: int | None = None,
    end: int | None = None,
    basis: str = "census",
) -> pd.DataFrame:
    """Decompose the change of a group's share between successive censuses.

    Numbers are share times total, so that they fit the shares even where only a share was printed.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    ethnic_group
        Name in the singular.
    start, end
        First and last census year.
    basis
        ``census`` for the figures as counted, ``census_revised`` to take the revised ones where
        there are any (1989).

    Returns
    -------
    pandas.DataFrame
        start_date, end_date, start_basis, end_basis, years, share_start, share_end, own_start,
        own_end, rest_start, rest_end (persons), change, own_effect, rest_effect (of `change`, which
        they sum to), own_growth, rest_growth (per year, continuous: ln(end / start) / years), flag
        (of both censuses); one row per interval. Empty where fewer than two censuses have both
        share and total.

    Raises
    ------
    ValueError
        For a basis that is not a census.
    """
    if basis not in CENSUSES:
        raise ValueError(
            f"basis is {basis!r}; changes are decomposed between censuses: "
            f"use {' or '.join(CENSUSES)}."
        )
    rows = _figures(ethnic_composition, country, None)
    rows = rows[rows["preferred"] & (rows["ethnic_group"] == ethnic_group) & rows["total"].notna()]
    rows = within(rows[rows["basis"].isin(["census", basis])], start, end)
    # Where a date has both, the revised census replaces the census as counted.
    rows = rows.assign(wanted=rows["basis"] == basis).sort_values(["time", "wanted"])
    rows = rows.drop_duplicates("date", keep="last")
    rows["own"] = rows["share"] * rows["total"]
    rows["rest"] = (1 - rows["share"]) * rows["total"]
    rows = rows[["date", "basis", "time", "share", "own", "rest", "flag"]].reset_index(drop=True)
    changes = rows.shift().add_suffix("_start").join(rows.add_suffix("_end")).iloc[1:]
    return _decomposed(changes.reset_index(drop=True))


def _decomposed(changes: pd.DataFrame) -> pd.DataFrame:
    numbers = changes[["own_start", "rest_start", "own_end", "rest_end"]]
    effects = [decompose_share(*row) for row in numbers.to_numpy(np.float64)]
    for when in _ENDS:
        names = {f"date_{when}": f"{when}_date", f"basis_{when}": f"{when}_basis"}
        changes = changes.rename(columns=names)
    changes["years"] = changes["time_end"] - changes["time_start"]
    changes["change"] = changes["share_end"] - changes["share_start"]
    changes["flag"] = _joined_rows(changes["flag_start"], changes["flag_end"], ";")
    changes[["own_effect", "rest_effect"]] = np.reshape(effects, (-1, 2))
    for who in ("own", "rest"):
        start, end = (changes[f"{who}_{when}"].where(lambda many: many > 0) for when in _ENDS)
        changes[f"{who}_growth"] = np.log(end / start) / changes["years"]
    return changes[_CHANGES]


_ENDS = ("start", "end")
_CHANGES = [
    *("start_date", "end_date", "start_basis", "end_basis", "years", "share_start", "share_end"),
    *("own_start", "own_end", "rest_start", "rest_end", "change", "own_effect", "rest_effect"),
    *("own_growth", "rest_growth", "flag"),
]


# -- diversity ------------------------------------------------------------------------------------


def fractionalization(shares: Iterable[float]) -> float:
    """Give the probability that two people drawn at random belong to different groups.

    The index is 1 - sum of s_i², one less the Herfindahl–Hirschman index of the groups.

    Parameters
    ----------
    shares
        Shares of the groups, fractions that sum to at most one. What is missing to one counts as
        people who all differ from each other.

    Returns
    -------
    float
        0 (one group) to below 1.

    References
    ----------
    Alesina, A., Devleeschauwer, A., Easterly, W., Kurlat, S., Wacziarg, R. (2003).
    Fractionalization. Journal of Economic Growth 8, 155-194.

    Examples
    --------
    >>> fractionalization([0.5, 0.5])
    0.5
    """
    return float(1 - herfindahl_hirschman(pd.Series(_checked_shares(shares))))


def polarization(shares: Iterable[float]) -> float:
    """Give how near the groups come to two equal halves.

    The index is 1 - sum of ((1/2 - s_i) / (1/2))² s_i, which is 4 sum of s_i² (1 - s_i).

    Parameters
    ----------
    shares
        Shares of the groups, fractions that sum to at most one. What is missing to one counts as
        people who all differ from each other and adds nothing.

    Returns
    -------
    float
        0 (one group, or all different) to 1 (two equal groups).

    References
    ----------
    Reynal-Querol, M. (2002). Ethnicity, political systems, and civil wars. Journal of Conflict
    Resolution 46(1), 29-54.

    Examples
    --------
    >>> polarization([0.5, 0.5])
    1.0
    """
    s = _checked_shares(shares)
    return float(4 * np.sum(s**2 * (1 - s)))


def _checked_shares(shares: Iterable[float]) -> Floats:
    s = np.array(list(shares), dtype=np.float64)
    if len(s) == 0 or not np.all(s >= 0) or s.sum() > 1 + 1e-9:
        raise ValueError(
            f"shares must be fractions that sum to at most one, got {s.tolist()}: "
            "divide by the total."
        )
    return s


def diversity(ethnic_composition: pd.DataFrame, country: str) -> pd.DataFrame:
    """Give fractionalization and polarization at each census.

    Censuses list different groups, so each index has bounds: with all others as one group, and as
    people who all differ from each other. The first is the index; how far the second is from it
    says how much the list matters.

    Parameters
    ----------
    ethnic_composition
        The table of that name.

    Returns
    -------
    pandas.DataFrame
        date, year, basis, groups (listed), listed_share, fractionalization,
        fractionalization_splintered, polarization, polarization_splintered (0-1), source; only
        censuses of which the listed groups make up at least `LISTED_SHARE`.
    """
    dates = composition_dates(ethnic_composition, country)
    dates = dates[dates["basis"].isin(CENSUSES) & (dates["listed_share"] >= LISTED_SHARE)]
    rows = compositions(ethnic_composition, country)
    listed = rows[rows["ethnic_group"] != OTHER]
    census = ["date", "basis"]
    one_group, splintered = (group.groupby(census)["share"] for group in (rows, listed))
    indices = one_group.agg(fractionalization).to_frame("fractionalization")
    indices["fractionalization_splintered"] = splintered.agg(fractionalization)
    indices["polarization"] = one_group.agg(polarization)
    indices["polarization_splintered"] = splintered.agg(polarization)
    indices["source"] = listed.groupby(census)["source"].agg(joined)
    return dates.drop(columns="total").join(indices, on=census).reset_index(drop=True)


# -- regions and cities ---------------------------------------------------------------------------


def regional_shares(
    ethnic_composition: pd.DataFrame,
    region_population: pd.DataFrame,
    ethnic_group: str,
    country: str,
    end: int | None = None,
) -> pd.DataFrame:
    """List every figure for a group's share in regions, cities and districts, with its evidence.

    Where a page gives only a count, it is divided by the population of the place on 1 January of
    that year, but only if both have the same basis: the register before and after the census of
    2021 are not mixed.

    Parameters
    ----------
    ethnic_composition, region_population
        The tables of those names.
    ethnic_group
        Name in the singular.
    end
        Last year; None for all, undated figures included.

    Returns
    -------
    pandas.DataFrame
        geography, geography_type, date, year, basis, count (persons), share, share_kind (computed |
        printed), preferred, grade, flag, note, source, reference, url; sorted by place, time
        (undated first) and date.
    """
    check_country(country)
    check_known(
        ethnic_composition,
        "geography_type",
        ["country", "region", "district", "city"],
        "ethnic_composition",
    )
    places = ethnic_composition["geography_type"] != "country"
    table = ethnic_composition[places & (ethnic_composition["iso3"] == country)]
    rows = _with_shares(table, region_population)
    rows = rows[rows["ethnic_group"] == ethnic_group]
    if end is not None:
        rows = rows[rows["year"] <= end]
    order = ["geography", "time", "date", "preferred", "basis", "reference"]
    ascending = [column != "preferred" for column in order]
    rows = rows.sort_values(order, ascending=ascending, na_position="first", ignore_index=True)
    columns = ["geography", "geography_type", "date", "year", "basis", "count", "share"]
    return rows[[*columns, "share_kind", "preferred", *_EVIDENCE, *_PAGE]]


def latest_regional_shares(
    ethnic_composition: pd.DataFrame,
    region_population: pd.DataFrame,
    ethnic_group: str,
    country: str,
    end: int | None = None,
) -> pd.DataFrame:
    """Give the latest preferred figure for a group's share in each region, city and district.

    Within a year better evidence goes before a later day; an undated figure is taken only where
    there is no other. Dates and bases differ from place to place: show them.

    Parameters
    ----------
    ethnic_composition, region_population, ethnic_group, country, end
        As in `regional_shares`.

    Returns
    -------
    pandas.DataFrame
        The columns of `regional_shares`, one row per place.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> tables = load("demographics/ethnic_composition"), load("demographics/region_population")
    >>> latest = latest_regional_shares(*tables, "Kazakh", "KAZ", end=2010)
    >>> int(latest["year"].max())
    2010
    """
    rows = regional_shares(ethnic_composition, region_population, ethnic_group, country, end)
    rows = rows[rows["preferred"]].sort_values("grade", ascending=False, kind="stable")
    rows = rows.sort_values(["geography", "year"], na_position="first", kind="stable")
    return rows.drop_duplicates("geography", keep="last").reset_index(drop=True)


# -- shares and dates -----------------------------------------------------------------------------


def _figures(table: pd.DataFrame, country: str, geography: str | None) -> pd.DataFrame:
    """Give the figures of a country as a whole or of one place in it, with their shares."""
    check_country(country)
    column, place = ("geography_type", "country") if geography is None else ("geography", geography)
    return _with_shares(table[(table["iso3"] == country) & (table[column] == place)])


def _with_shares(rows: pd.DataFrame, region_population: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add time, total, share and share_kind; rows of totals and rows without a share go."""
    rows = rows.fillna({"flag": "", "note": "", "url": ""})
    is_total = rows["ethnic_group"] == TOTAL
    totals = rows["count"].where(is_total & rows["preferred"]).astype("float64")
    place_and_date = [rows["geography"], rows["date"], rows["basis"]]
    rows["total"] = totals.groupby(place_and_date).transform("first")
    rows = rows[~is_total]
    printed = rows["share_pct"] / 100
    # Where one page has both, the printed share is more exact than one from a rounded count.
    better_printed = printed.notna() & (rows["total"].isna() | rows["flag"].str.contains("rounded"))
    if region_population is not None:
        residents = region_population.set_index(["region", "year", "basis"])["population"]
        rows = rows.join(residents.astype("float64"), on=["geography", "year", "basis"])
        rows["total"] = rows["total"].fillna(rows["population"])
    computed = (rows["count"].astype("float64") / rows["total"]).mask(better_printed)
    share_kind = np.where(computed.notna(), "computed", "printed")
    rows = rows.assign(
        time=_decimal_years(rows["date"]), share=computed.fillna(printed), share_kind=share_kind
    )
    return rows[rows["share"].notna()]


def _joined_rows(first: Series, last: Series, separator: str) -> Series:
    pairs = zip(first, last, strict=True)
    return pd.Series([joined(pair, separator) for pair in pairs], first.index, dtype="str")


def _decimal_years(dates: Series) -> Series:
    """Turn dates into decimal years: a plain year becomes its middle, an undated row is missing."""
    return pd.Series([_decimal_year(date) for date in dates], dates.index, dtype="float64")


def _decimal_year(date: str) -> float:
    if len(date) != 10:
        return int(date) + 0.5 if date.isdecimal() else np.nan
    day = dt.date.fromisoformat(date)
    days_passed = day.timetuple().tm_yday - 1
    return day.year + days_passed / (365 + calendar.isleap(day.year))
