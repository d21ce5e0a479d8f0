"""Measures of demographics: who lives in a country, how that changed, where it is heading, and how six states compare.

Ethnic shares stand on a **basis**, and no measure joins two of them silently:

``census``, ``census_revised``
    a count; Kazakhstan revised that of 1989, so 1989 has both;
``estimate_1999_base``, ``estimate_2009_base``, ``estimate_2021_base``
    the register carried forward from a census. Before the census of 2021 the register had kept emigrants: a line
    must not run from one base to the next;
``not_stated``
    the page does not say.

Of several figures for one place, date, basis and group the table marks one as ``preferred``; the measures use it and
keep its evidence grade and flags beside the result. Shares are fractions of one, dates are ISO days or plain years.

Development indicators are compared among the six states only. A rank shows the year of each value; a value that is too
old is shown and not ranked, a missing one stays missing.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from turkic_ties.countries import MEMBERS

Series: TypeAlias = "pd.Series[float]"
Array: TypeAlias = npt.NDArray[np.float64]

CENSUSES = ("census", "census_revised")
TOTAL = "Total"
OTHER = "Other or not stated"

# A census whose listed groups cover less than this says too little about diversity (of 1937 only one group is known).
LISTED_SHARE = 0.9

# The catalogue selects indicators with values since 2018; six years before the last year, 2024, is the same span.
WINDOW_YEARS = 6
# And for at least five of the six states.
MIN_STATES = 5

MEASURES_OF_POPULATION = (
    "population",
    "births",
    "deaths",
    "net_migration",
    "total_fertility_rate",
    "life_expectancy",
    "life_expectancy_female",
    "life_expectancy_male",
)

ALL_DOMAINS, MEAN_OF_DOMAINS = "all indicators", "mean of the domains"


# -- ethnic composition -----------------------------------------------------------------------------------------


def composition_dates(
    ethnic_composition: pd.DataFrame, country: str, geography: str | None = None
) -> pd.DataFrame:
    """List the dates and bases for which the composition of a place is known, and how much of it.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    country
        ISO3 code of one of the six states.
    geography
        A region, city or district; None for the whole country.

    Returns
    -------
    pandas.DataFrame
        date, year, basis, groups (listed), listed_share (sum of their shares, 0-1), total (persons, missing where not
        known); sorted by date and basis. Empty for a country without figures.
    """
    rows = _with_shares(_place(ethnic_composition, country, geography))
    by_date = rows[rows["preferred"] & rows["share"].notna()].groupby(["date", "basis"])
    result = by_date[["year", "total"]].first()
    result = result.assign(
        groups=by_date["ethnic_group"].nunique(), listed_share=by_date["share"].sum()
    )
    return _arrange(
        result.reset_index(), "date year basis groups listed_share total", by="date basis"
    )


def compositions(
    ethnic_composition: pd.DataFrame, country: str, geography: str | None = None
) -> pd.DataFrame:
    """Give the composition of a place at every date and on every basis there is.

    A share is count / total where both are exact, otherwise the share as printed. What the listed groups leave is the
    row `OTHER`, so that shares sum to one; at dates with few groups it is large (see `composition_dates`).

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    country
        ISO3 code of one of the six states.
    geography
        A region, city or district; None for the whole country.

    Returns
    -------
    pandas.DataFrame
        date, basis, ethnic_group, count (persons, missing where only a share is known), share (0-1), share_kind
        (computed | printed | remainder), grade, flag, note, source; sorted by date, basis and share, `OTHER` last of
        its date and basis. Empty for a country without figures.
    """
    rows = _with_shares(_place(ethnic_composition, country, geography))
    rows = rows[rows["preferred"] & rows["share"].notna()]
    rows = rows.sort_values(["share", "ethnic_group"], ascending=[False, True])
    rest = (1 - rows.groupby(["date", "basis"])["share"].sum()).clip(lower=0).reset_index()
    rest = rest.assign(
        ethnic_group=OTHER, share_kind="remainder", grade="", flag="", note="", source=""
    )
    columns = "date basis ethnic_group count share share_kind grade flag note source"
    return _arrange(pd.concat([rows, rest]), columns, by="date basis")


def composition(
    ethnic_composition: pd.DataFrame,
    date: str,
    basis: str,
    country: str,
    geography: str | None = None,
) -> pd.DataFrame:
    """Give the composition of a place at a date on a stated basis.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    date
        A date of the table: ``"2009"`` or ``"2021-09-01"``.
    basis
        ``census``, ``census_revised``, ``estimate_1999_base``, ``estimate_2009_base``, ``estimate_2021_base`` or
        ``not_stated``.
    country
        ISO3 code of one of the six states.
    geography
        A region, city or district; None for the whole country.

    Returns
    -------
    pandas.DataFrame
        The columns of `compositions` after date and basis. Empty for a country without figures.

    Raises
    ------
    ValueError
        When the place has figures, but none at this date and on this basis; the message lists those there are.
    """
    rows = compositions(ethnic_composition, country, geography)
    chosen = rows[(rows["date"] == date) & (rows["basis"] == basis)]
    if chosen.empty and len(rows):
        known = ", ".join(dict.fromkeys(rows["date"] + " " + rows["basis"]))
        raise ValueError(f"no composition at {date} on the basis {basis!r}; choose one of {known}.")
    return chosen.drop(columns=["date", "basis"]).reset_index(drop=True)


def group_shares(
    ethnic_composition: pd.DataFrame,
    ethnic_group: str,
    country: str,
    geography: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """List every figure for the share of a group, date by date.

    Join points by a line only within one ``basis`` and among ``preferred`` rows: a break lies between two bases.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    ethnic_group
        Name in the singular, ``"Kazakh"``.
    country
        ISO3 code of one of the six states.
    geography
        A region, city or district; None for the whole country.
    start, end
        First and last year; None for all there are (undated figures then included).

    Returns
    -------
    pandas.DataFrame
        date, year, time (decimal year; the middle of the year where no day is known), basis, count (persons), share
        (0-1), share_kind (computed | printed), preferred, grade, flag, note, source, reference, url; sorted by time,
        basis, and the preferred row first. Empty for a country or group without figures.
    """
    _check(country, start=start, end=end)
    rows = _with_shares(_place(ethnic_composition, country, geography))
    rows = rows[(rows["ethnic_group"] == ethnic_group) & rows["share"].notna()]
    if start is not None or end is not None:
        rows = rows[rows["year"].between(*_years(start, end)).fillna(False).astype(bool)]
    rows = rows.assign(time=_decimal_years(rows), not_preferred=~rows["preferred"])
    rows = rows.sort_values(
        ["time", "basis", "not_preferred", "reference"], kind="stable", ignore_index=True
    )
    columns = (
        "date year time basis count share share_kind preferred grade flag note source reference url"
    )
    return rows[columns.split()]


def neighbouring_shares(
    ethnic_composition: pd.DataFrame,
    ethnic_group: str,
    country: str,
    time: float,
    basis: str,
    geography: str | None = None,
) -> pd.DataFrame:
    """Give the preferred figures just before and after a time on one basis, and the straight line between them.

    The interpolated share is no figure of any publisher: show it as such.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    ethnic_group
        Name in the singular.
    country
        ISO3 code of one of the six states.
    time
        Decimal year: 2020 is 1 January 2020.
    basis
        A basis of the table, as in `composition`.
    geography
        A region, city or district; None for the whole country.

    Returns
    -------
    pandas.DataFrame
        date_before, share_before, date_after, share_after, interpolated (0-1); one row, or none where the time does
        not lie between two dates of the basis.
    """
    rows = group_shares(ethnic_composition, ethnic_group, country, geography)
    rows = rows[rows["preferred"] & (rows["basis"] == basis)]
    before, after = rows[rows["time"] <= time].tail(1), rows[rows["time"] > time].head(1)
    columns = ["date_before", "share_before", "date_after", "share_after", "interpolated"]
    if before.empty or after.empty:
        return pd.DataFrame(columns=columns)
    (left, right), (low, high) = [
        [frame[name].item() for frame in (before, after)] for name in ("time", "share")
    ]
    between = low + (high - low) * (time - left) / (right - left)
    return pd.DataFrame(
        [[before["date"].item(), low, after["date"].item(), high, between]], columns=columns
    )


def decompose_share(
    own_start: float, rest_start: float, own_end: float, rest_end: float
) -> tuple[float, float]:
    """Split the change of a group's share into its own growth and the growth of the rest, exactly.

    The share is s(a, b) = a / (a + b) of own number a and rest b. With the start in small and the end in capital
    letters, the effect of own growth is the mean over both states of the rest,
    ([s(A, b) - s(a, b)] + [s(A, B) - s(a, B)]) / 2, and that of the rest likewise: the symmetrical decomposition of
    Das Gupta. The two effects sum to s(A, B) - s(a, b).

    Parameters
    ----------
    own_start, rest_start, own_end, rest_end
        Numbers of the group and of all others at start and end, in any one unit.

    Returns
    -------
    tuple of float
        Effect of own growth, effect of the rest (negative when the rest grew), both in shares (0-1).

    Raises
    ------
    ValueError
        For a negative number or a population of zero.

    References
    ----------
    Das Gupta, P. (1993). Standardization and Decomposition of Rates: A User's Manual. US Bureau of the Census,
    Current Population Reports P23-186.

    Examples
    --------
    >>> decompose_share(100, 100, 300, 100)
    (0.25, 0.0)
    """
    numbers = (own_start, rest_start, own_end, rest_end)
    corners = [(own, rest) for own in (own_start, own_end) for rest in (rest_start, rest_end)]
    if min(numbers) < 0 or any(own + rest <= 0 for own, rest in corners):
        raise ValueError(
            f"populations must be positive, got {numbers}; give the numbers of the group and of the rest."
        )
    (low_low, low_high), (high_low, high_high) = [
        [own / (own + rest) for rest in (rest_start, rest_end)] for own in (own_start, own_end)
    ]
    own_effect = ((high_low - low_low) + (high_high - low_high)) / 2
    rest_effect = ((low_high - low_low) + (high_high - high_low)) / 2
    return own_effect, rest_effect


def share_changes(
    ethnic_composition: pd.DataFrame,
    ethnic_group: str,
    country: str,
    geography: str | None = None,
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
    country
        ISO3 code of one of the six states.
    geography
        A region, city or district; None for the whole country.
    start, end
        First and last census year; None for all there are.
    basis
        ``census`` for the figures as counted, ``census_revised`` to take the revised ones where there are any (1989).

    Returns
    -------
    pandas.DataFrame
        start_date, end_date, start_basis, end_basis, years, share_start, share_end (0-1), own_start, own_end,
        rest_start, rest_end (persons), change_pp, own_growth_pp, rest_growth_pp (percentage points, the last two sum
        to the first), own_growth_pct, rest_growth_pct (per cent a year, continuous), flag (of both censuses); one row
        an interval. Empty where fewer than two censuses have both share and total.

    Raises
    ------
    ValueError
        For a basis that is not a census, besides the usual.
    """
    if basis not in CENSUSES:
        raise ValueError(
            f"basis is {basis!r}; changes are decomposed between censuses: use {' or '.join(CENSUSES)}."
        )
    _check(country, start=start, end=end)
    rows = _with_shares(_place(ethnic_composition, country, geography))
    rows = rows[
        rows["preferred"] & (rows["ethnic_group"] == ethnic_group) & rows["basis"].isin(CENSUSES)
    ]
    rows = rows[
        rows["share"].notna() & rows["total"].notna() & rows["year"].between(*_years(start, end))
    ]
    rows = rows.assign(time=_decimal_years(rows), wanted=rows["basis"] == basis)
    rows = rows[rows["wanted"] | (rows["basis"] == "census")]
    rows = rows.sort_values(["time", "wanted"]).drop_duplicates("date", keep="last")
    changes = [_share_change(first, last) for first, last in pairwise(rows.to_dict("records"))]
    columns = (
        "start_date end_date start_basis end_basis years share_start share_end own_start own_end rest_start rest_end "
        "change_pp own_growth_pp rest_growth_pp own_growth_pct rest_growth_pct flag"
    )
    return pd.DataFrame(changes, columns=columns.split())


def _share_change(first: dict[Any, Any], last: dict[Any, Any]) -> dict[str, Any]:
    own = [row["share"] * row["total"] for row in (first, last)]
    rest = [(1 - row["share"]) * row["total"] for row in (first, last)]
    years = last["time"] - first["time"]
    by_own, by_rest = decompose_share(own[0], rest[0], own[1], rest[1])
    return {
        "start_date": first["date"],
        "end_date": last["date"],
        "start_basis": first["basis"],
        "end_basis": last["basis"],
        "years": years,
        "share_start": first["share"],
        "share_end": last["share"],
        "own_start": own[0],
        "own_end": own[1],
        "rest_start": rest[0],
        "rest_end": rest[1],
        "change_pp": 100 * (last["share"] - first["share"]),
        "own_growth_pp": 100 * by_own,
        "rest_growth_pp": 100 * by_rest,
        "own_growth_pct": _growth(own[0], own[1], years),
        "rest_growth_pct": _growth(rest[0], rest[1], years),
        "flag": _join_flags([first["flag"], last["flag"]]),
    }


def _growth(first: float, last: float, years: float) -> float:
    """Give the continuous yearly growth rate in per cent; missing from or to zero."""
    return float(100 * np.log(last / first) / years) if first > 0 and last > 0 else np.nan


# -- diversity --------------------------------------------------------------------------------------------------


def fractionalization(shares: Iterable[float]) -> float:
    """Give the probability that two people drawn at random belong to different groups: 1 - sum of s_i squared.

    Parameters
    ----------
    shares
        Shares of the groups, fractions that sum to at most one. What is missing to one counts as people who all
        differ from each other.

    Returns
    -------
    float
        0 (one group) to below 1.

    References
    ----------
    Alesina, A., Devleeschauwer, A., Easterly, W., Kurlat, S., Wacziarg, R. (2003). Fractionalization. Journal of
    Economic Growth 8, 155-194.

    Examples
    --------
    >>> fractionalization([0.5, 0.5])
    0.5
    """
    s = _checked_shares(shares)
    return float(1 - np.sum(s**2))


def polarization(shares: Iterable[float]) -> float:
    """Give how near the groups come to two equal halves.

    The index is 1 - sum of ((1/2 - s_i) / (1/2))² s_i, which is 4 sum of s_i² (1 - s_i).

    Parameters
    ----------
    shares
        Shares of the groups, fractions that sum to at most one. What is missing to one counts as people who all
        differ from each other and adds nothing.

    Returns
    -------
    float
        0 (one group, or all different) to 1 (two equal groups).

    References
    ----------
    Reynal-Querol, M. (2002). Ethnicity, political systems, and civil wars. Journal of Conflict Resolution 46(1),
    29-54.

    Examples
    --------
    >>> polarization([0.5, 0.5])
    1.0
    """
    s = _checked_shares(shares)
    return float(4 * np.sum(s**2 * (1 - s)))


def _checked_shares(shares: Iterable[float]) -> Array:
    s = np.asarray(list(shares), dtype=np.float64)
    if len(s) == 0 or not np.all(s >= 0) or s.sum() > 1 + 1e-9:
        raise ValueError(
            f"shares must be fractions that sum to at most one, got {s.tolist()}; divide by the total."
        )
    return s


def diversity(
    ethnic_composition: pd.DataFrame, country: str, geography: str | None = None
) -> pd.DataFrame:
    """Give fractionalisation and polarisation at each census.

    Censuses list different groups, so each index has bounds: with all others taken as one group, and as people who all
    differ from each other. The first is the index, the other bound tells how much the list matters.

    Parameters
    ----------
    ethnic_composition
        The table of that name.
    country
        ISO3 code of one of the six states.
    geography
        A region, city or district; None for the whole country.

    Returns
    -------
    pandas.DataFrame
        date, year, basis, groups (listed), listed_share (0-1), fractionalization, fractionalization_splintered,
        polarization, polarization_splintered (0-1); only censuses whose listed groups make up `LISTED_SHARE`.
    """
    dates = composition_dates(ethnic_composition, country, geography)
    dates = dates[dates["basis"].isin(CENSUSES) & (dates["listed_share"] >= LISTED_SHARE)]
    by_date = compositions(ethnic_composition, country, geography).groupby(["date", "basis"])[
        "share"
    ]
    indices = []
    for census in zip(dates["date"], dates["basis"], strict=True):
        shares = by_date.get_group(census).to_numpy()
        indices.append(
            [
                index(known)
                for index in (fractionalization, polarization)
                for known in (shares, shares[:-1])
            ]
        )
    columns = [
        "fractionalization",
        "fractionalization_splintered",
        "polarization",
        "polarization_splintered",
    ]
    result = dates.drop(columns="total").reset_index(drop=True)
    return result.join(pd.DataFrame(indices, columns=columns))


# -- regions and cities -----------------------------------------------------------------------------------------


def regional_shares(
    ethnic_composition: pd.DataFrame,
    region_population: pd.DataFrame,
    ethnic_group: str,
    country: str,
    end: int | None = None,
) -> pd.DataFrame:
    """List every figure for a group's share in regions, cities and districts, with the evidence behind it.

    Where a page gives only a count, it is divided by the population of the place on 1 January of that year, but only
    if both rest on the same base: the register before and after the census of 2021 are not mixed.

    Parameters
    ----------
    ethnic_composition, region_population
        The tables of those names.
    ethnic_group
        Name in the singular.
    country
        ISO3 code of one of the six states.
    end
        Last year; None for all, undated figures included.

    Returns
    -------
    pandas.DataFrame
        geography, geography_type, date, year, basis, count (persons), share (0-1), share_kind (computed | printed),
        preferred, grade, flag, note, source, reference, url; sorted by place, year (undated first) and date. Empty for
        a country without figures.
    """
    _check(country)
    places = (ethnic_composition["iso3"] == country) & (
        ethnic_composition["geography_type"] != "country"
    )
    rows = _with_shares(ethnic_composition[places], region_population)
    rows = rows[(rows["ethnic_group"] == ethnic_group) & rows["share"].notna()]
    if end is not None:
        rows = rows[(rows["year"] <= end).fillna(False).astype(bool)]
    rows = rows.assign(time=_decimal_years(rows).fillna(0), not_preferred=~rows["preferred"])
    rows = rows.sort_values(
        ["geography", "time", "date", "not_preferred", "basis", "reference"], ignore_index=True
    )
    columns = "geography geography_type date year basis count share share_kind preferred grade flag note source reference url"
    return rows[columns.split()]


def latest_regional_shares(
    ethnic_composition: pd.DataFrame,
    region_population: pd.DataFrame,
    ethnic_group: str,
    country: str,
    end: int | None = None,
) -> pd.DataFrame:
    """Give the latest preferred figure for a group's share in each region, city and district.

    Within a year better evidence goes before a later day; an undated figure stands only where there is no other. Dates
    and bases differ from place to place: show them.

    Parameters
    ----------
    ethnic_composition, region_population, ethnic_group, country, end
        As in `regional_shares`.

    Returns
    -------
    pandas.DataFrame
        The columns of `regional_shares`, one row a place.
    """
    rows = regional_shares(ethnic_composition, region_population, ethnic_group, country, end)
    rows = rows[rows["preferred"]].sort_values("grade", ascending=False, kind="stable")
    rows = rows.sort_values(["geography", "year"], na_position="first", kind="stable")
    return rows.drop_duplicates("geography", keep="last").reset_index(drop=True)


def _place(ethnic_composition: pd.DataFrame, country: str, geography: str | None) -> pd.DataFrame:
    """Select the rows of a country as a whole or of one place in it."""
    _check(country)
    column, place = ("geography_type", "country") if geography is None else ("geography", geography)
    return ethnic_composition[
        (ethnic_composition["iso3"] == country) & (ethnic_composition[column] == place)
    ]


def _with_shares(rows: pd.DataFrame, region_population: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add total, share and share_kind to the rows of groups, and leave those of totals out."""
    rows = rows.fillna({"flag": "", "note": "", "url": ""})
    is_total = rows["ethnic_group"] == TOTAL
    totals = rows["count"].where(is_total & rows["preferred"]).astype("float64")
    rows["total"] = totals.groupby([rows["geography"], rows["date"], rows["basis"]]).transform(
        "first"
    )
    rows = rows[~is_total]
    printed = rows["share_pct"] / 100
    # Of one page a rounded count gives a worse share than the one printed beside it.
    better_printed = printed.notna() & (rows["total"].isna() | rows["flag"].str.contains("rounded"))
    if region_population is not None:
        residents = region_population.set_index(["region", "year", "basis"])["population"].astype(
            "float64"
        )
        rows = rows.join(residents.rename("residents"), on=["geography", "year", "basis"])
        rows["total"] = rows["total"].fillna(rows["residents"])
    computed = rows["count"].astype("float64") / rows["total"]
    take_computed = computed.notna() & ~better_printed
    share_kind = np.where(take_computed, "computed", "printed")
    return rows.assign(share=computed.where(take_computed, printed), share_kind=share_kind)


def _decimal_years(rows: pd.DataFrame) -> Series:
    """Turn date into a decimal year: a plain year becomes its middle, an undated row stays missing."""
    return pd.Series([_decimal_year(date) for date in rows["date"]], rows.index, dtype="float64")


def _decimal_year(date: str) -> float:
    if len(date) != 10:
        return int(date) + 0.5 if date.isdecimal() else np.nan
    day = dt.date.fromisoformat(date)
    return day.year + (day - dt.date(day.year, 1, 1)).days / (365 + calendar.isleap(day.year))


def _join_flags(flags: Iterable[str]) -> str:
    return ";".join(sorted({code for flag in flags for code in flag.split(";")} - {""}))


# -- population -------------------------------------------------------------------------------------------------


def population_outlook(
    population: pd.DataFrame,
    country: str,
    measure: str = "population",
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Lay out estimates and projections of one quantity, with the prediction intervals, year by year.

    Parameters
    ----------
    population
        The table of that name.
    country
        ISO3 code of one of the six states.
    measure
        One of `MEASURES_OF_POPULATION`.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        year, kind (estimate | projection), value (estimate or medium variant), low, high (variants with half a child
        less or more a woman), lower_80, upper_80, lower_95, upper_95 (prediction intervals), all in the unit of the
        measure and missing where not published; sorted by year.

    Raises
    ------
    ValueError
        For a measure the table does not have, besides the usual.
    """
    _check(country, start=start, end=end)
    if measure not in MEASURES_OF_POPULATION:
        raise ValueError(
            f"there is no measure {measure!r}; use one of {', '.join(MEASURES_OF_POPULATION)}."
        )
    rows = population[
        (population["iso3"] == country) & population["year"].between(*_years(start, end))
    ]
    wide = rows.pivot(index="year", columns="variant", values=measure).astype("float64")
    bounds = ["low", "high", "lower_80", "upper_80", "lower_95", "upper_95"]
    wide = wide.reindex(columns=["estimate", "medium", *bounds]).rename_axis(columns=None)
    result = wide[bounds].assign(
        value=wide["estimate"].fillna(wide["medium"]),
        kind=np.where(wide["estimate"].notna(), "estimate", "projection"),
    )
    columns = "year kind value low high lower_80 upper_80 lower_95 upper_95"
    return _arrange(result.reset_index(), columns, by="year")


def age_pyramid(age_structure: pd.DataFrame, country: str, year: int) -> pd.DataFrame:
    """Give the population by age and sex in the last year of the table that is not after the year asked for.

    Parameters
    ----------
    age_structure
        The table of that name: every fifth year, revision of 2019.
    country
        ISO3 code of one of the six states.
    year
        Year asked for; the column year tells which one was found.

    Returns
    -------
    pandas.DataFrame
        year, variant, sex, age_start, age_group, population (persons), share (of both sexes together, 0-1); sorted by
        sex and age. Empty when the table starts later.
    """
    _check(country)
    rows = age_structure[(age_structure["iso3"] == country) & (age_structure["year"] <= year)]
    rows = rows[rows["year"] == rows["year"].max()]
    rows = rows.assign(share=rows["population"] / rows["population"].sum())
    return _arrange(
        rows, "year variant sex age_start age_group population share", by="sex age_start"
    )


def age_indicators(
    age_structure: pd.DataFrame, country: str, start: int | None = None, end: int | None = None
) -> pd.DataFrame:
    """Give the shares of the young and old, the dependency ratios and the median age.

    Parameters
    ----------
    age_structure
        The table of that name: every fifth year, revision of 2019.
    country
        ISO3 code of one of the six states.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        year, variant, population (persons), aged_0_14_pct, aged_15_64_pct, aged_65_plus_pct (per cent), child_ratio,
        old_age_ratio, dependency_ratio (aged 0-14, aged 65 and over, and both, per 100 aged 15-64), median_age
        (years, see `median_age`); sorted by year.
    """
    _check(country, start=start, end=end)
    rows = age_structure[
        (age_structure["iso3"] == country) & age_structure["year"].between(*_years(start, end))
    ]
    by_age = (
        rows.groupby(["year", "variant", "age_start"])["population"]
        .sum()
        .unstack(fill_value=0)
        .astype("float64")
    )
    children, workers, old = (
        by_age.loc[:, first:last].sum(axis=1) for first, last in ((0, 14), (15, 64), (65, 100))
    )
    total = children + workers + old
    result = pd.DataFrame(
        {
            "population": total,
            "aged_0_14_pct": 100 * children / total,
            "aged_15_64_pct": 100 * workers / total,
            "aged_65_plus_pct": 100 * old / total,
            "child_ratio": 100 * children / workers,
            "old_age_ratio": 100 * old / workers,
            "dependency_ratio": 100 * (children + old) / workers,
            "median_age": [median_age(people) for _, people in by_age.iterrows()],
        }
    )
    return result.reset_index()


def median_age(population_by_age: pd.Series[Any]) -> float:
    """Interpolate the age that half the people are younger than.

    With N people, F of them below the group in which the half is reached, f in that group, L its lower age and w its
    width: median = L + w (N / 2 - F) / f, people being spread evenly within the group.

    Parameters
    ----------
    population_by_age
        Persons, indexed by the lower age of each group, complete from 0; the last group is open-ended.

    Returns
    -------
    float
        Years.

    Raises
    ------
    ValueError
        For no people at all, or a median in the open-ended group.

    References
    ----------
    Shryock, H. S., Siegel, J. S. (1976). The Methods and Materials of Demography, chapter on age composition.

    Examples
    --------
    >>> median_age(pd.Series({0: 40, 5: 20, 10: 40, 15: 0}))
    7.5
    """
    people = population_by_age.sort_index()
    ages, numbers = people.index.to_numpy(), people.to_numpy(np.float64)
    half, up_to = numbers.sum() / 2, numbers.cumsum()
    reached = int(np.searchsorted(up_to, half))
    if half <= 0 or reached == len(ages) - 1:
        raise ValueError(
            "no median age: there are no people, or half of them are in the open-ended last age group."
        )
    below = up_to[reached] - numbers[reached]
    width = ages[reached + 1] - ages[reached]
    return float(ages[reached] + width * (half - below) / numbers[reached])


# -- development indicators -------------------------------------------------------------------------------------


def selection(indicator_catalog: pd.DataFrame) -> list[str]:
    """List the selected indicators, sorted."""
    return sorted(indicator_catalog.loc[indicator_catalog["selected"], "indicator"])


def indicator_ranks(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    year: int | None = None,
    without: Sequence[str] = (),
    only: Sequence[str] | None = None,
    window: int = WINDOW_YEARS,
    neutral: str | None = None,
) -> pd.DataFrame:
    """Rank the six states on each indicator, each by its latest value within some years of a reference year.

    An indicator is ranked when at least `MIN_STATES` of the six have such a value; leaving states out afterwards does
    not change that. Equal values share the better rank (1, 1, 3).

    Parameters
    ----------
    indicators, indicator_catalog
        The tables of those names.
    year
        Reference year; None for the last of the table. Later values are not used.
    without
        States to leave out of the comparison, such as the partner.
    only
        Indicators to rank; None for the selected ones.
    window
        How many years before the reference year a value may be.
    neutral
        None leaves measures without an agreed direction out; ``higher_is_better`` or ``lower_is_better`` ranks them so.

    Returns
    -------
    pandas.DataFrame
        indicator, name, unit, domain, direction, iso3, value, value_year, status (ranked | stale: older than the window
        | missing | too few states), rank (Int64, 1 is best, missing unless ranked), n_states (ranked states), tied (the
        rank is shared), leads (rank 1, shared or not); one row an indicator and state, sorted by both.

    Raises
    ------
    ValueError
        For unknown states or indicators, fewer than two states, a window below zero or another word for neutral.
    """
    states = _compared_states(without)
    if window < 0:
        raise ValueError(f"the window is {window} years; it must be 0 (the same year) or more.")
    if neutral not in (None, "higher_is_better", "lower_is_better"):
        raise ValueError(
            f"neutral is {neutral!r}; use None, 'higher_is_better' or 'lower_is_better'."
        )
    wanted = selection(indicator_catalog) if only is None else sorted(set(only))
    if unknown := sorted(set(wanted) - set(indicator_catalog["indicator"])):
        raise ValueError(
            f"the catalogue has no indicator {unknown[0]!r}; take identifiers from indicator_catalog."
        )
    described = indicator_catalog.set_index("indicator").loc[
        wanted, ["name", "unit", "domain", "direction"]
    ]
    described["ranked_as"] = described["direction"].where(
        described["direction"] != "neutral", neutral
    )
    described = described[described["ranked_as"].notna()]

    year = _last_year(indicators) if year is None else year
    known = indicators[indicators["iso3"].isin(MEMBERS) & (indicators["year"] <= year)]
    known = known[known["indicator"].isin(described.index)].sort_values("year")
    everybody = pd.Index(sorted(MEMBERS))
    row = described.index.get_indexer(pd.Index(known["indicator"]))
    column = everybody.get_indexer(pd.Index(known["iso3"]))
    value, value_year = np.full((2, len(described), len(everybody)), np.nan)
    # Of several values for one cell the last, which is the latest, stays.
    value[row, column], value_year[row, column] = known["value"], known["year"]

    fresh = value_year >= year - window
    enough = fresh.sum(axis=1, keepdims=True) >= MIN_STATES
    status = np.select(
        [np.isnan(value), ~fresh, ~enough], ["missing", "stale", "too few states"], "ranked"
    )
    sign = np.where(described["ranked_as"] == "higher_is_better", -1.0, 1.0)
    compared = everybody.isin(states)
    value, value_year, status = value[:, compared], value_year[:, compared], status[:, compared]
    rank, n_states, tied = _ranked(
        np.where(status == "ranked", value * sign[:, np.newaxis], np.nan)
    )

    rows = described.reset_index().iloc[np.repeat(np.arange(len(described)), len(states))]
    rows = rows.assign(
        iso3=np.tile(sorted(states), len(described)),
        value=value.ravel(),
        value_year=value_year.ravel(),
        status=status.ravel(),
        rank=rank.ravel(),
        n_states=np.repeat(n_states, len(states)),
        tied=tied.ravel(),
        leads=rank.ravel() == 1,
    )
    columns = (
        "indicator name unit domain direction iso3 value value_year status rank n_states tied leads"
    )
    return (
        rows[columns.split()]
        .astype({"value_year": "Int64", "rank": "Int64"})
        .reset_index(drop=True)
    )


def _ranked(cost: Array) -> tuple[Array, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Rank within each row, the lowest cost first: ranks (missing where the cost is), how many a row has, and ties."""
    lower = (cost[:, np.newaxis, :] < cost[:, :, np.newaxis]).sum(axis=2)
    equal = (cost[:, np.newaxis, :] == cost[:, :, np.newaxis]).sum(
        axis=2
    )  # itself included, so 0 where missing
    return np.where(equal > 0, 1.0 + lower, np.nan), (equal > 0).sum(axis=1), equal > 1


def rank_history(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    concept: str,
    country: str,
    without: Sequence[str] = (),
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Rank a country year by year on every series of one concept, among the states with a value in that very year.

    For what is measured in several ways and vintages (``gdp_per_capita``) or by surveys of some years only (``gini``).

    Parameters
    ----------
    indicators, indicator_catalog
        The tables of those names.
    concept
        A concept of the catalogue.
    country
        ISO3 code of one of the six states.
    without
        States to leave out of the comparison.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        indicator, name, unit, year, value, rank (1 is best), n_states, tied, states (those ranked, best first),
        no_value (states of the comparison without a value in that year); only years in which the country and another
        state have one, sorted by indicator and year. Empty if there are none, or the concept is neutral.

    Raises
    ------
    ValueError
        For a concept the catalogue does not have, besides the usual.
    """
    _check(country, start=start, end=end)
    states = _compared_states(without, country)
    described = indicator_catalog[indicator_catalog["concept"] == concept].set_index("indicator")
    if described.empty:
        raise ValueError(
            f"the catalogue has no concept {concept!r}; take one of its column concept."
        )
    described = described[described["direction"] != "neutral"]
    rows = indicators[indicators["indicator"].isin(described.index)]
    rows = rows[rows["iso3"].isin(states) & rows["year"].between(*_years(start, end))]
    by_year = rows.pivot(index=["indicator", "year"], columns="iso3", values="value").reindex(
        columns=sorted(states)
    )
    own = by_year[by_year[country].notna() & (by_year.notna().sum(axis=1) > 1)]

    result = own.index.to_frame(index=False).join(
        described[["name", "unit", "direction"]], on="indicator"
    )
    sign = np.where(result["direction"] == "higher_is_better", -1.0, 1.0)
    cost = own.to_numpy() * sign[:, np.newaxis]
    rank, n_states, tied = _ranked(cost)
    place = own.columns.get_loc(country)
    best_first = np.take(own.columns.to_numpy(), cost.argsort(axis=1, kind="stable"))
    listed = [names[:many].tolist() for names, many in zip(best_first, n_states, strict=True)]
    lacking = [[state for state in states if state not in names] for names in listed]
    result = result.assign(
        value=own[country].to_numpy(), rank=rank[:, place], n_states=n_states, tied=tied[:, place],
        states=[" ".join(names) for names in listed], no_value=[" ".join(names) for names in lacking],
    )  # fmt: skip
    columns = "indicator name unit year value rank n_states tied states no_value"
    return result[columns.split()].astype({"rank": "Int64", "states": "str", "no_value": "str"})


def leads_by_domain(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    year: int | None = None,
    without: Sequence[str] = (),
    window: int = WINDOW_YEARS,
) -> pd.DataFrame:
    """Count on how many selected indicators each state leads the others, by domain.

    Parameters
    ----------
    indicators, indicator_catalog, year, without, window
        As in `indicator_ranks`.

    Returns
    -------
    pandas.DataFrame
        domain, iso3, indicators (on which the state is ranked), led (rank 1), led_jointly (of these, shared), led_share
        (0-1), expected_share (led share if ranks were drawn by lot), mean_rank; sorted by domain and state, followed by
        the rows `ALL_DOMAINS` (every indicator counts the same) and `MEAN_OF_DOMAINS` (every domain counts the same;
        its counts are those of all indicators).
    """
    ranks = indicator_ranks(indicators, indicator_catalog, year, without, window=window)
    ranks = ranks[ranks["status"] == "ranked"]
    counted = ranks[["domain", "iso3"]].assign(
        indicators=1,
        led=ranks["leads"].astype("int64"),
        led_jointly=(ranks["leads"] & ranks["tied"]).astype("int64"),
        led_share=ranks["leads"].astype("float64"),
        expected_share=1 / ranks["n_states"],
        mean_rank=ranks["rank"].astype("float64"),
    )
    counts, means = (
        ["indicators", "led", "led_jointly"],
        ["led_share", "expected_share", "mean_rank"],
    )

    def summarised(by: list[str]) -> pd.DataFrame:
        result = counted.groupby(by)[counts + means].sum().reset_index()
        return result.assign(**{mean: result[mean] / result["indicators"] for mean in means})

    by_domain, overall = summarised(["domain", "iso3"]), summarised(["iso3"])
    equal_weights = (
        overall.set_index("iso3").assign(**by_domain.groupby("iso3")[means].mean()).reset_index()
    )
    result = pd.concat(
        [
            by_domain,
            overall.assign(domain=ALL_DOMAINS),
            equal_weights.assign(domain=MEAN_OF_DOMAINS),
        ],
        ignore_index=True,
    )
    return result[["domain", "iso3", *counts, *means]]


def selection_sensitivity(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    country: str,
    year: int | None = None,
    without: Sequence[str] = (),
    window: int = WINDOW_YEARS,
    replicates: int = 2000,
    seed: int = 20240724,
) -> pd.DataFrame:
    """Tell how far the share of indicators a country leads depends on which indicators are counted.

    Parameters
    ----------
    indicators, indicator_catalog, year, without, window
        As in `indicator_ranks`.
    country
        ISO3 code of one of the six states.
    replicates, seed
        Number of bootstrap samples and seed of the random generator.

    Returns
    -------
    pandas.DataFrame
        test (selected | composites | duplicates | neutral measures | ties | weights | domain left out | bootstrap),
        variant (in words), indicators (ranked for the country), led, led_share (0-1), lower, upper (95 % percentile
        interval, for the bootstrap only). The bootstrap draws indicators, or whole domains, with replacement. Empty if
        the country is ranked on no indicator.

    References
    ----------
    Efron, B., Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
    """
    _check(country)
    _compared_states(without, country)
    catalog = indicator_catalog.set_index("indicator")

    def ranked(neutral: str, only: Sequence[str]) -> pd.DataFrame:
        ranks = indicator_ranks(indicators, indicator_catalog, year, without, only, window, neutral)
        return ranks[(ranks["iso3"] == country) & (ranks["status"] == "ranked")].set_index(
            "indicator"
        )

    up = ranked("higher_is_better", catalog.index.tolist()).join(
        catalog[["selected", "is_composite", "exclusion"]]
    )
    down = ranked("lower_is_better", catalog.index[catalog["direction"] == "neutral"].tolist())
    leads, selected = up["leads"].to_numpy(), up["selected"].to_numpy()
    columns = "test variant indicators led led_share lower upper"
    if not selected.any():
        return pd.DataFrame(columns=columns.split())
    composite, twin = up["exclusion"] == "composite", up["exclusion"] == "near_duplicate"
    subsets = [
        ("selected", "all selected indicators", selected),
        ("composites", "without composites", selected & ~up["is_composite"]),
        ("composites", "with the composites dropped for their components", selected | composite),
        ("duplicates", "with near-duplicates", selected | twin),
        (
            "neutral measures",
            "with neutral measures, higher is better",
            selected | (up["direction"] == "neutral"),
        ),
    ]
    rows = [_led(test, variant, leads[subset]) for test, variant, subset in subsets]
    chosen, domain = leads[selected], up["domain"].to_numpy()[selected]
    both = np.concatenate([chosen, down["leads"]])
    rows.append(_led("neutral measures", "with neutral measures, lower is better", both))
    rows.append(
        _led("ties", "shared first places not counted", chosen & ~up["tied"].to_numpy()[selected])
    )
    domains = np.unique(domain)
    led, size = np.array(
        [[chosen[domain == name].sum(), (domain == name).sum()] for name in domains], np.float64
    ).T
    rows.append(
        {
            **_led("weights", "every domain counts the same", chosen),
            "led_share": float((led / size).mean()),
        }
    )
    for name in domains if len(domains) > 1 else []:
        rows.append(_led("domain left out", f"without {name}", chosen[domain != name]))
    rng = np.random.default_rng(seed)
    one_by_one = rng.choice(chosen.astype(np.float64), (replicates, len(chosen))).mean(axis=1)
    drawn = rng.integers(len(domains), size=(replicates, len(domains)))
    in_domains = led[drawn].sum(axis=1) / size[drawn].sum(axis=1)
    for variant, sample in (("indicators drawn", one_by_one), ("domains drawn", in_domains)):
        lower, upper = np.quantile(sample, [0.025, 0.975])
        rows.append(
            {**_led("bootstrap", variant, chosen), "lower": float(lower), "upper": float(upper)}
        )
    return pd.DataFrame(rows, columns=columns.split())


def _led(test: str, variant: str, leads: npt.NDArray[np.bool_]) -> dict[str, Any]:
    share = float(leads.mean()) if len(leads) else np.nan
    return {
        "test": test,
        "variant": variant,
        "indicators": len(leads),
        "led": int(leads.sum()),
        "led_share": share,
    }


def pairwise_dominance(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    year: int | None = None,
    window: int = WINDOW_YEARS,
) -> pd.DataFrame:
    """Give, for every ordered pair of states, the probability that a random selected indicator favours the first.

    Parameters
    ----------
    indicators, indicator_catalog, year, window
        As in `indicator_ranks`.

    Returns
    -------
    pandas.DataFrame
        iso3, other, indicators (on which both are ranked), better, worse, tied (0-1 each, they sum to one); sorted by
        both states. Pairs without a common indicator are left out.
    """
    ranks = indicator_ranks(indicators, indicator_catalog, year, window=window)
    places = {
        iso3: rows.to_numpy(np.float64, na_value=np.nan)
        for iso3, rows in ranks.groupby("iso3")["rank"]
    }
    rows = []
    for first, other in permutations(places, 2):
        difference = places[first] - places[other]
        difference = difference[~np.isnan(difference)]
        if len(difference):
            shares = [
                float(chosen.mean()) for chosen in (difference < 0, difference > 0, difference == 0)
            ]
            rows.append([first, other, len(difference), *shares])
    return pd.DataFrame(rows, columns=["iso3", "other", "indicators", "better", "worse", "tied"])


# -- small helpers ----------------------------------------------------------------------------------------------


def _check(country: str, start: int | None = None, end: int | None = None) -> None:
    if country not in MEMBERS:
        raise ValueError(
            f"{country!r} is not one of the six states; use one of {', '.join(MEMBERS)}."
        )
    if start is not None and end is not None and start > end:
        raise ValueError(f"the start {start} lies after the end {end}; exchange them.")


def _compared_states(without: Sequence[str], country: str | None = None) -> list[str]:
    """List the states that are compared; without names those to leave out, which cannot be the country itself."""
    if isinstance(without, str):
        raise ValueError(
            f"without is the text {without!r}; give a list of codes, such as [{without!r}]."
        )
    for left_out in without:
        _check(left_out)
    if country in without:
        raise ValueError(
            f"{country} cannot be left out of its own comparison; choose another state."
        )
    states = [state for state in MEMBERS if state not in without]
    if len(states) < 2:
        raise ValueError(
            f"without {', '.join(without)} there is nobody to compare; leave fewer states out."
        )
    return states


def _last_year(indicators: pd.DataFrame) -> int:
    return int(indicators["year"].max()) if len(indicators) else 0


def _years(start: int | None, end: int | None) -> tuple[int, int]:
    return (0 if start is None else start, 9999 if end is None else end)


def _arrange(frame: pd.DataFrame, columns: str, by: str) -> pd.DataFrame:
    """Select and sort; columns are named in one string, with blanks between."""
    return frame[columns.split()].sort_values(by.split(), kind="stable", ignore_index=True)
