"""Measures of defense: who arms whom, what was ordered and delivered, what it costs, and how states align.

Three habits hold throughout.

*Windows.* Arms deliveries are lumpy, so they are summed over sliding windows of years, five by default as SIPRI does.
A window lies wholly inside the years asked for and inside the years the table covers; it is named by its first and last
year. A window of one year is that year.

*TIV.* Volumes of arms are SIPRI trend-indicator values, in millions. They measure military capability, not money, and
are never put beside dollars.

*Gaps.* For arms a missing row means that SIPRI records no delivery. Everywhere else a missing row is unknown, and stays
so. A measure without data returns an empty frame with its columns.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from turkic_ties import countries
from turkic_ties.countries import MEMBERS

WINDOW = 5

UNKNOWN = "XXX"
"""The code of suppliers SIPRI does not know: counted in a total, but nobody who could have a rank."""

MINIMUM_VOTES = 10
"""With fewer common votes than this in a year, an agreement says nothing."""

DRAWS = 1000
SEED = 1991
INTERVAL = (0.025, 0.975)

Floats = npt.NDArray[np.float64]

_VOTES = {"Y": 1.0, "A": 0.0, "N": -1.0}


# -- arms imports -----------------------------------------------------------------------------------------------


def supplier_shares(
    arms_transfers: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Divide a state's arms imports among its suppliers, in sliding windows.

    The share of supplier s in a window is TIV_s / sum of all TIV. Ranks run from the largest supplier; equal volumes
    share the better rank.

    Parameters
    ----------
    arms_transfers
        Columns supplier, recipient, year, tiv (millions).
    country
        ISO3 code of the recipient, one of the six states.
    start, end
        First and last year of delivery; None for all there are.
    window
        Length of a window in years.

    Returns
    -------
    pandas.DataFrame
        window_start, window_end, supplier, tiv (millions), share (0 to 1), rank (missing for unknown suppliers, XXX);
        by window, the largest first. A window without deliveries has no rows.

    Raises
    ------
    ValueError
        For a country outside the six, a start after the end, or a window shorter than a year.

    References
    ----------
    SIPRI, *Sources and methods: SIPRI Arms Transfers Database*, on TIV and five-year sums.
    """
    _check(country, start=start, end=end, window=window)
    rows = [
        {
            "window_start": first,
            "window_end": last,
            "supplier": supplier,
            "tiv": tiv,
            "share": tiv / sum(volumes.values()),
            "rank": _rank(supplier, volumes),
        }
        for first, last, volumes in _volumes(arms_transfers, country, start, end, window)
        for supplier, tiv in volumes.items()
    ]
    return _frame(
        rows,
        window_start="int64",
        window_end="int64",
        supplier="str",
        tiv="float64",
        share="float64",
        rank="Int64",
    )


def supplier_concentration(
    arms_transfers: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Measure how concentrated a state's arms imports are on few suppliers, in sliding windows.

    The Herfindahl-Hirschman index is the sum of squared shares: 1 for a single supplier, 1/n for n equal ones.

    Parameters
    ----------
    arms_transfers, country, start, end, window
        As in `supplier_shares`.

    Returns
    -------
    pandas.DataFrame
        window_start, window_end, imports_tiv (millions), suppliers (number), hhi (1/n to 1), top_supplier (ISO3, the
        alphabetically first of equals), top_share (0 to 1). One row a window; where nothing was imported, imports_tiv
        is 0 and hhi, top_supplier and top_share are missing. Empty when no window has imports.

    References
    ----------
    Hirschman, A. O. (1964). The Paternity of an Index. American Economic Review 54(5), 761-762.
    """
    _check(country, start=start, end=end, window=window)
    rows: list[dict[str, Any]] = []
    for first, last, volumes in _volumes(arms_transfers, country, start, end, window):
        imports = sum(volumes.values())
        top = next((supplier for supplier in volumes if supplier != UNKNOWN), None)
        rows.append(
            {
                "window_start": first,
                "window_end": last,
                "imports_tiv": imports,
                "suppliers": len(volumes),
                "hhi": sum((tiv / imports) ** 2 for tiv in volumes.values()) if volumes else None,
                "top_supplier": top,
                "top_share": volumes[top] / imports if top else None,
            }
        )
    return _frame(
        rows,
        window_start="int64",
        window_end="int64",
        imports_tiv="float64",
        suppliers="int64",
        hhi="float64",
        top_supplier="str",
        top_share="float64",
    )


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
        ISO3 code of the supplier, any state.

    Returns
    -------
    pandas.DataFrame
        country, partner, window_start, window_end, tiv and imports_tiv (millions: from the partner, from all), share
        (0 to 1), rank (1 the largest). One row a window. Where the partner delivered nothing its share is 0 and its
        rank missing; where nobody did, the share is missing too. Empty when no window has imports.
    """
    _check(country, [partner], start, end, window)
    rows: list[dict[str, Any]] = []
    for first, last, volumes in _volumes(arms_transfers, country, start, end, window):
        tiv, imports = volumes.get(partner, 0.0), sum(volumes.values())
        rows.append(
            {
                "country": country,
                "partner": partner,
                "window_start": first,
                "window_end": last,
                "tiv": tiv,
                "imports_tiv": imports,
                "share": tiv / imports if imports else None,
                "rank": _rank(partner, volumes),
            }
        )
    return _frame(
        rows,
        country="str",
        partner="str",
        window_start="int64",
        window_end="int64",
        tiv="float64",
        imports_tiv="float64",
        share="float64",
        rank="Int64",
    )


def partner_share_by_member(
    arms_transfers: pd.DataFrame,
    partner: str,
    start: int | None = None,
    end: int | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Set side by side what one supplier weighs in the arms imports of every Turkic state.

    Parameters
    ----------
    arms_transfers, start, end, window
        As in `supplier_shares`.
    partner
        ISO3 code of the supplier, any state; if it is one of the six, the other five are compared.

    Returns
    -------
    pandas.DataFrame
        The columns of `partner_share`, by state in the order of `countries.MEMBERS` and by window. States that imported
        nothing in any window have no rows.
    """
    members = [member for member in MEMBERS if member != partner]
    return pd.concat(
        [partner_share(arms_transfers, member, partner, start, end, window) for member in members],
        ignore_index=True,
    )


def _volumes(
    arms_transfers: pd.DataFrame, country: str, start: int | None, end: int | None, window: int
) -> list[tuple[int, int, dict[str, float]]]:
    """Sum a state's imports by supplier, the largest first, in each window; empty when no window has any."""
    imports = arms_transfers[arms_transfers["recipient"] == country]
    deliveries = sorted(zip(imports["year"], imports["supplier"], imports["tiv"], strict=True))
    found = []
    for first, last in _windows(arms_transfers, start, end, window):
        sums: dict[str, float] = {}
        for year, supplier, tiv in deliveries:
            if first <= year <= last:
                sums[supplier] = sums.get(supplier, 0.0) + tiv
        # SIPRI gives two or three decimals; the rounding only removes what adding floats leaves behind, which would
        # otherwise break ties.
        volumes = {supplier: round(tiv, 6) for supplier, tiv in sums.items()}
        ordered = sorted(volumes.items(), key=lambda item: (-item[1], item[0]))
        found.append((first, last, {supplier: tiv for supplier, tiv in ordered if tiv}))
    return found if any(volumes for *_, volumes in found) else []


def _rank(supplier: str, volumes: dict[str, float]) -> int | None:
    if supplier == UNKNOWN or supplier not in volumes:
        return None
    return 1 + sum(tiv > volumes[supplier] for other, tiv in volumes.items() if other != UNKNOWN)


# -- deals ------------------------------------------------------------------------------------------------------


def deals_between(
    arms_deals: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """List the arms deals in which one state supplies another, and how far each has come.

    The stage is *selected* where SIPRI remarks that nothing has been ordered yet, then *ordered*, *partly delivered*
    and *delivered* by comparing the numbers; *delivered, order unknown* where SIPRI gives no number ordered. Production
    in the recipient is read from SIPRI's remark: under *licence*, *assembly* from parts, or *possible*.

    Parameters
    ----------
    arms_deals
        Columns of the register, see Returns.
    country
        ISO3 code of the recipient, one of the six states.
    partner
        ISO3 code of the supplier.
    start, end
        First and last year of order; None for all there are.

    Returns
    -------
    pandas.DataFrame
        deal_id, order_year, designation, description, category, status (new or second-hand), stage, local_production
        (empty text where nothing is said), number_ordered, number_delivered, delivery_years, tiv_order and
        tiv_delivered (millions), order_year_estimated, number_ordered_estimated, number_delivered_estimated, comments;
        by deal_id.

    Raises
    ------
    ValueError
        For a country outside the six, an unknown partner, a pair with itself, or a start after the end.
    """
    _check(country, [partner], start=start, end=end)
    pair = (arms_deals["recipient"] == country) & (arms_deals["supplier"] == partner)
    deals = _between(arms_deals[pair], start, end, "order_year")
    deals = deals.assign(
        stage=pd.array([_stage(deal) for deal in deals.to_dict("records")], dtype="str"),
        local_production=pd.array(
            [_local_production(text) for text in deals["comments"].fillna("")], dtype="str"
        ),
    )
    columns = [
        "deal_id",
        "order_year",
        "designation",
        "description",
        "category",
        "status",
        "stage",
        "local_production",
    ]
    columns += [
        "number_ordered",
        "number_delivered",
        "delivery_years",
        "tiv_order",
        "tiv_delivered",
    ]
    columns += [
        "order_year_estimated",
        "number_ordered_estimated",
        "number_delivered_estimated",
        "comments",
    ]
    return deals[columns].sort_values("deal_id", ignore_index=True)


def _stage(deal: dict[Any, Any]) -> str:
    ordered, delivered = deal["number_ordered"], deal["number_delivered"]
    if isinstance(deal["comments"], str) and "not yet ordered" in deal["comments"].lower():
        return "selected"
    if delivered == 0:
        return "ordered"
    if pd.isna(ordered):
        return "delivered, order unknown"
    return "delivered" if delivered >= ordered else "partly delivered"


def _local_production(comment: str) -> str:
    found = set()
    for remark in comment.lower().split(";"):
        # "for 2 frigates assembled in ..." tells where the ship is built that the radar goes into.
        if re.search(r"\bfor \d", remark):
            continue
        if "possibl" in remark and "assembl" in remark:
            found.add("possible")
        elif re.search(r"under licen[cs]e", remark):
            found.add("licence")
        elif "assembl" in remark:
            found.add("assembly")
    return next((kind for kind in ("licence", "assembly", "possible") if kind in found), "")


# -- military expenditure ---------------------------------------------------------------------------------------


def military_spending(
    military_expenditure: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Lay out what a state spends on its forces: in constant dollars, in dollars of the year, and as a burden on GDP.

    Parameters
    ----------
    military_expenditure
        Columns iso3, year, indicator (``constant_YYYY_usd``, ``current_usd``, ``share_of_gdp``), value, flag.
    country
        ISO3 code of one of the six states.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        year, constant_usd (at the prices and exchange rates of price_year), price_year, current_usd, share_of_gdp
        (0 to 1), flag (SIPRI's weakest mark of the year: highly_uncertain, estimate or empty text); by year. Years
        without any figure have no row.

    Raises
    ------
    ValueError
        For a country outside the six, a start after the end, or constant dollars of two base years in one table.
    """
    _check(country, start=start, end=end)
    indicators = military_expenditure["indicator"].unique()
    bases = sorted(
        indicator for indicator in indicators if re.fullmatch(r"constant_\d{4}_usd", indicator)
    )
    if len(bases) > 1:
        raise ValueError(
            f"military_expenditure mixes {bases[0]} and {bases[1]}: keep the figures of one release only."
        )
    rows: list[dict[str, Any]] = []
    spending = _between(military_expenditure[military_expenditure["iso3"] == country], start, end)
    for year, of_year in itertools.groupby(
        spending.sort_values("year").itertuples(), attrgetter("year")
    ):
        figures = list(of_year)
        values = {figure.indicator: figure.value for figure in figures}
        flags = {figure.flag for figure in figures}
        rows.append(
            {
                "year": year,
                "constant_usd": values.get(bases[0]) if bases else None,
                "price_year": int(bases[0].split("_")[1]) if bases else None,
                "current_usd": values.get("current_usd"),
                "share_of_gdp": values.get("share_of_gdp"),
                "flag": next(
                    (flag for flag in ("highly_uncertain", "estimate") if flag in flags), ""
                ),
            }
        )
    return _frame(
        rows,
        year="int64",
        constant_usd="float64",
        price_year="Int64",
        current_usd="float64",
        share_of_gdp="float64",
        flag="str",
    )


# -- votes and ideal points -------------------------------------------------------------------------------------


def voting_agreement(
    un_votes_agreement: pd.DataFrame,
    country: str,
    others: Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Measure how often a state votes in the UN General Assembly as others do, year by year.

    Lijphart's index counts an abstention against a yes or a no as half an agreement:
    (same + one abstained / 2) / votes. The stricter variant counts identical votes only: same / votes. Votes are those
    in which both took part.

    Parameters
    ----------
    un_votes_agreement
        Columns country_a, country_b (an unordered pair, in either order), year, n_votes, n_same, n_one_abstained.
    country
        ISO3 code of one of the six states.
    others
        ISO3 codes of the states it is compared with.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        other, year, n_votes, agreement and agreement_identical (0 to 1); in the order of `others` and by year. Years
        with fewer than `MINIMUM_VOTES` common votes are not in the table.

    Raises
    ------
    ValueError
        For a country outside the six, an unknown state or the country itself among the others, or a start after the
        end.

    References
    ----------
    Lijphart, A. (1963). The Analysis of Bloc Voting in the General Assembly: A Critique and a Proposal. American
    Political Science Review.
    """
    _check(country, others, start=start, end=end)
    wanted = [country, *others]
    among = un_votes_agreement["country_a"].isin(wanted) & un_votes_agreement["country_b"].isin(
        wanted
    )
    pairs: list[Any] = list(
        _between(un_votes_agreement[among], start, end).sort_values("year").itertuples()
    )
    rows = [
        {
            "other": other,
            "year": votes.year,
            "n_votes": votes.n_votes,
            "agreement": (votes.n_same + votes.n_one_abstained / 2) / votes.n_votes,
            "agreement_identical": votes.n_same / votes.n_votes,
        }
        for other in others
        for votes in pairs
        if {votes.country_a, votes.country_b} == {country, other}
    ]
    return _frame(
        rows,
        other="str",
        year="int64",
        n_votes="int64",
        agreement="float64",
        agreement_identical="float64",
    )


def ideal_point_distance(
    un_ideal_points: pd.DataFrame,
    country: str,
    others: Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Measure how far a state's ideal point in the UN General Assembly lies from those of others, year by year.

    The distance is the absolute difference of two positions on one scale without a unit. Unlike agreement it does not
    follow the agenda of the year.

    Parameters
    ----------
    un_ideal_points
        Columns iso3, year, ideal_point, n_votes.
    country, others, start, end
        As in `voting_agreement`.

    Returns
    -------
    pandas.DataFrame
        other, year, own and theirs (the ideal points), distance, n_votes (of the two, the number of votes of the
        estimate that rests on fewer: a handful makes a weak one); in the order of `others` and by year.

    References
    ----------
    Bailey, M., Strezhnev, A., Voeten, E. (2017). Estimating Dynamic State Preferences from United Nations Voting Data.
    Journal of Conflict Resolution 61(2), 430-456.
    """
    _check(country, others, start=start, end=end)
    table = _between(un_ideal_points[un_ideal_points["iso3"].isin([country, *others])], start, end)
    points: dict[Any, Any] = {(point.iso3, point.year): point for point in table.itertuples()}
    rows = [
        {
            "other": other,
            "year": year,
            "own": points[country, year].ideal_point,
            "theirs": points[other, year].ideal_point,
            "distance": abs(points[country, year].ideal_point - points[other, year].ideal_point),
            "n_votes": min(points[country, year].n_votes, points[other, year].n_votes),
        }
        for other in others
        for year in sorted(set(table["year"]))
        if (country, year) in points and (other, year) in points
    ]
    return _frame(
        rows,
        other="str",
        year="int64",
        own="float64",
        theirs="float64",
        distance="float64",
        n_votes="int64",
    )


# -- equal distance ---------------------------------------------------------------------------------------------


def dispersion(distances: Sequence[float] | Floats) -> float:
    """Measure how far some distances are from being equal: their standard deviation, 0 if and only if all are equal.

    sqrt(mean((d - mean(d))^2)), over the distances to all powers (a population, not a sample).

    Parameters
    ----------
    distances
        At least two, none negative.

    Returns
    -------
    float
        In the unit of the distances.

    Raises
    ------
    ValueError
        For fewer than two distances: one alone is equal to nothing.
    """
    values = np.asarray(distances, dtype="float64")
    if values.size < 2:
        raise ValueError(
            "The dispersion of fewer than two distances says nothing: name at least two powers."
        )
    return float(_dispersions(values[np.newaxis, :])[0])


def vote_dispersion(
    un_roll_calls: pd.DataFrame,
    country: str,
    powers: Sequence[str],
    start: int | None = None,
    end: int | None = None,
    window: int = 1,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Ask whether a state votes at equal distance from the powers, in sliding windows, with the chance of the votes.

    The distance to a power is 1 - Lijphart's agreement over all votes of the window in which both took part; the
    `dispersion` of the distances is 0 for equal distance. The interval holds the middle 95 per cent of the values found
    when the roll calls of the window are drawn again with replacement (percentile bootstrap). Resampled distances are
    hardly ever all equal, so the interval tells how unequal they are, not whether 0 can be excluded.

    Parameters
    ----------
    un_roll_calls
        Columns rcid, year and one a state (ISO3) with Y, A, N, X or missing.
    country
        ISO3 code of one of the six states.
    powers
        ISO3 codes of at least two states.
    start, end
        First and last year; None for all there are.
    window
        Length of a window in years.
    draws, seed
        Number of resamples, and the seed they are drawn with; a window's result does not depend on the other windows.

    Returns
    -------
    pandas.DataFrame
        window_start, window_end, n_votes (the smallest number of common votes with a power), nearest and furthest
        (ISO3), nearest_distance and furthest_distance (0 to 1), dispersion, dispersion_low, dispersion_high; by window.
        A window is left out when its first or last year has fewer than `MINIMUM_VOTES` common votes with some power.

    Raises
    ------
    ValueError
        For fewer than two powers, an unknown state or the country itself among them, a start after the end, or a
        window shorter than a year.

    References
    ----------
    Lijphart (1963), see `voting_agreement`. Efron, B., Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
    """
    powers = _check_powers(country, powers, start, end, window)
    rows: list[dict[str, Any]] = []
    if {country, *powers} <= set(un_roll_calls.columns):
        votes = _between(un_roll_calls, start, end).sort_values("rcid")
        own = votes[country].map(_VOTES).to_numpy("float64")[:, np.newaxis]
        theirs = np.column_stack([votes[power].map(_VOTES).to_numpy("float64") for power in powers])
        apart = np.abs(own - theirs) / 2
        years = votes["year"].to_numpy()
        common = {
            year: (~np.isnan(apart[years == year])).sum(axis=0).min() for year in sorted(set(years))
        }
        for first, last in _windows(votes, start, end, window):
            if min(common.get(first, 0), common.get(last, 0)) < MINIMUM_VOTES:
                continue
            inside = apart[(years >= first) & (years <= last)]
            low, high = _interval(inside, draws, (seed, first, last))
            n_votes = int((~np.isnan(inside)).sum(axis=0).min())
            rows.append(
                _equal_distance(first, last, powers, _means(inside), low, high)
                | {"n_votes": n_votes}
            )
    return _equal_distance_frame(rows, "n_votes")


def ideal_point_dispersion(
    un_ideal_points: pd.DataFrame,
    country: str,
    powers: Sequence[str],
    start: int | None = None,
    end: int | None = None,
    window: int = 1,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Ask whether a state's ideal point lies at equal distance from those of the powers, in sliding windows.

    The distance to a power is the mean over the window of `ideal_point_distance`, the `dispersion` that of
    `vote_dispersion`. The estimates cannot be made again from resampled votes, so the interval draws the years of the
    window again; it is missing where there is only one. On a single scale a state can be at equal distance from two
    powers, hardly ever from three: compare states or periods rather than with 0.

    Parameters
    ----------
    un_ideal_points
        Columns iso3, year, ideal_point, n_votes.
    country, powers, start, end, window, draws, seed
        As in `vote_dispersion`.

    Returns
    -------
    pandas.DataFrame
        The columns of `vote_dispersion`, with n_years (years in which all have an estimate) for n_votes, and distances
        on the scale of the ideal points. A window whose first or last year lacks an estimate is left out.

    References
    ----------
    Bailey, Strezhnev and Voeten (2017), see `ideal_point_distance`.
    """
    powers = _check_powers(country, powers, start, end, window)
    points = un_ideal_points[un_ideal_points["iso3"].isin([country, *powers])]
    points = points.pivot(index="year", columns="iso3", values="ideal_point")
    points = points.reindex(columns=[country, *powers]).dropna()
    rows: list[dict[str, Any]] = []
    for first, last in _windows(un_ideal_points, start, end, window):
        if first not in points.index or last not in points.index:
            continue
        inside = points.loc[first:last].to_numpy("float64")
        apart = np.abs(inside[:, 1:] - inside[:, :1])
        low, high = (
            _interval(apart, draws, (seed, first, last)) if len(apart) > 1 else (np.nan, np.nan)
        )
        rows.append(
            _equal_distance(first, last, powers, _means(apart), low, high) | {"n_years": len(apart)}
        )
    return _equal_distance_frame(rows, "n_years")


def _equal_distance(
    first: int, last: int, powers: Sequence[str], distances: Floats, low: float, high: float
) -> dict[str, Any]:
    return {
        "window_start": first,
        "window_end": last,
        "nearest": powers[int(distances.argmin())],
        "furthest": powers[int(distances.argmax())],
        "nearest_distance": distances.min(),
        "furthest_distance": distances.max(),
        "dispersion": dispersion(distances),
        "dispersion_low": low,
        "dispersion_high": high,
    }


def _equal_distance_frame(rows: list[dict[str, Any]], size: str) -> pd.DataFrame:
    distances = [
        "nearest_distance",
        "furthest_distance",
        "dispersion",
        "dispersion_low",
        "dispersion_high",
    ]
    types = {
        "window_start": "int64",
        "window_end": "int64",
        size: "int64",
        "nearest": "str",
        "furthest": "str",
    }
    return _frame(rows, **types, **dict.fromkeys(distances, "float64"))


def _means(apart: Floats, weights: Floats | None = None) -> Floats:
    """Average each column over the rows that have it; with weights (draws x rows), one average a draw."""
    known = ~np.isnan(apart)
    weights = np.ones(len(apart)) if weights is None else weights
    # One product for both: reading the weights of a thousand draws is what takes the time.
    sums, counts = np.split(weights @ np.hstack([np.where(known, apart, 0.0), known]), 2, axis=-1)
    means: Floats = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return means


def _dispersions(distances: Floats) -> Floats:
    # Rounded, so that equal distances give 0 and not the dust of their mean.
    rounded: Floats = np.round(distances.std(axis=1), 12)
    return rounded


def _interval(apart: Floats, draws: int, seed: tuple[int, ...]) -> tuple[float, float]:
    """Resample the rows with replacement and return the bounds of the dispersion of the columns' means."""
    dispersions = _dispersions(_means(apart, _resamples(len(apart), draws, seed).astype("float64")))
    low, high = np.nanquantile(dispersions, INTERVAL)
    return float(low), float(high)


@lru_cache(maxsize=64)
def _resamples(rows: int, draws: int, seed: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Tell how often each row is drawn in each resample; kept, because a window's resamples serve all states."""
    generator, blocks = np.random.default_rng(seed), []
    # Some draws at a time stay in the cache of the processor: half the time of all at once, and the same numbers.
    for first in range(0, draws, 50):
        some = min(50, draws - first)
        drawn = generator.integers(rows, size=(some, rows)) + rows * np.arange(some)[:, np.newaxis]
        times = np.bincount(drawn.ravel(), minlength=some * rows).reshape(some, rows)
        blocks.append(times.astype("uint8"))  # a row is expected once, and never found 256 times
    return np.concatenate(blocks)


# -- arsenals ---------------------------------------------------------------------------------------------------


def arsenal_order(nuclear_warheads: pd.DataFrame, by: str, year: int = 1991) -> pd.DataFrame:
    """Order states by nuclear warheads: by those they control, or by those that stand on their soil.

    By location, the weapons that stand in other states are taken out of their controller's figure. Where only strategic
    weapons are known the figure is too low, and the controller's accordingly too high.

    Parameters
    ----------
    nuclear_warheads
        Columns basis (control: all weapons a state commands; location: another state's weapons on its soil), iso3,
        year, controller, counted, warheads, confidence.
    by
        ``control`` or ``location``.
    year
        Year of the figures.

    Returns
    -------
    pandas.DataFrame
        rank (equals share the better one), iso3, warheads, controller, counted, confidence; by rank and iso3.

    Raises
    ------
    ValueError
        When `by` is something else.
    """
    if by not in ("control", "location"):
        raise ValueError(
            f"Arsenals are ordered by 'control' or by 'location', not by {by!r}: choose one of the two."
        )
    table = nuclear_warheads[nuclear_warheads["year"] == year]
    arsenals = table[table["basis"] == "control"]
    if by == "location":
        abroad = table[table["basis"] == "location"]
        elsewhere = (
            arsenals["iso3"]
            .map(abroad.groupby("controller")["warheads"].sum())
            .fillna(0)
            .astype("int64")
        )
        arsenals = pd.concat([arsenals.assign(warheads=arsenals["warheads"] - elsewhere), abroad])
    ranks = arsenals["warheads"].rank(ascending=False, method="min").astype("int64")
    columns = ["rank", "iso3", "warheads", "controller", "counted", "confidence"]
    return arsenals.assign(rank=ranks)[columns].sort_values(["rank", "iso3"], ignore_index=True)


# -- events -----------------------------------------------------------------------------------------------------


def event_date(events: pd.DataFrame, event: str) -> str:
    """Return the date of one event, as far as it is known: a year, a year and month, or a day.

    Parameters
    ----------
    events
        Columns id, date.
    event
        The event's id.

    Raises
    ------
    ValueError
        When there is no such event.
    """
    found = events.loc[events["id"] == event, "date"]
    if found.empty:
        raise ValueError(
            f"There is no event {event!r} in the table of events: take an id from its first column."
        )
    return str(found.iloc[0])


def events_between(
    events: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """List the events that concern both of two states.

    Parameters
    ----------
    events
        Columns id, date, precision, countries (ISO3, separated by semicolons) and others.
    country
        ISO3 code of one of the six states.
    partner
        ISO3 code of the other state.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        The columns of `events`, with earliest and latest: the first and the last day the event can have begun on, given
        the precision of its date; by earliest, latest and id.

    Raises
    ------
    ValueError
        For a country outside the six, an unknown partner, a pair with itself, or a start after the end.
    """
    _check(country, [partner], start=start, end=end)
    concerned = [{country, partner} <= set(states.split(";")) for states in events["countries"]]
    dated = _with_bounds(events[np.array(concerned, dtype=bool)])
    dated = _between(dated.assign(year=dated["earliest"].dt.year), start, end).drop(columns="year")
    return dated.sort_values(["earliest", "latest", "id"], ignore_index=True)


def event_intervals(events: pd.DataFrame, category: str) -> pd.DataFrame:
    """Measure the time between each event of a category and the next, as precisely as the dates allow.

    What is only planned is left out.

    Parameters
    ----------
    events
        Columns id, date, precision, category, stage.
    category
        Such as ``congress of religions``.

    Returns
    -------
    pandas.DataFrame
        from_id, to_id, years (difference of the calendar years), days_min and days_max (equal where both days are
        known); in the order of time. The next event is the next in the table, which need not hold all there were.
    """
    chosen = events[(events["category"] == category) & (events["stage"].fillna("") != "planned")]
    dated = _with_bounds(chosen)[["id", "earliest", "latest"]].sort_values(
        ["earliest", "latest", "id"]
    )
    rows = [
        {
            "from_id": before["id"],
            "to_id": after["id"],
            "years": after["earliest"].year - before["earliest"].year,
            "days_min": max((after["earliest"] - before["latest"]).days, 0),
            "days_max": (after["latest"] - before["earliest"]).days,
        }
        for before, after in itertools.pairwise(dated.to_dict("records"))
    ]
    return _frame(
        rows, from_id="str", to_id="str", years="int64", days_min="int64", days_max="int64"
    )


def _with_bounds(events: pd.DataFrame) -> pd.DataFrame:
    spans = {"day": "D", "month": "M", "year": "Y"}
    periods = [
        pd.Period(date, spans[kind])
        for date, kind in zip(events["date"], events["precision"], strict=True)
    ]
    return events.assign(
        earliest=pd.to_datetime(
            pd.Series([period.start_time for period in periods], events.index, "datetime64[s]")
        ),
        latest=pd.to_datetime(
            pd.Series(
                [period.end_time.normalize() for period in periods], events.index, "datetime64[s]"
            )
        ),
    )


# -- what the measures share ------------------------------------------------------------------------------------


def _check(
    country: str,
    others: Iterable[str] = (),
    start: int | None = None,
    end: int | None = None,
    window: int = 1,
) -> None:
    if country not in MEMBERS:
        raise ValueError(
            f"{country!r} is not one of the six states: choose from {', '.join(MEMBERS)}."
        )
    for other in others:
        countries.name(other)  # says itself what is wrong with a code it does not know
        if other == country:
            raise ValueError(f"{country} cannot be compared with itself: name another state.")
    if start is not None and end is not None and start > end:
        raise ValueError(f"start ({start}) is after end ({end}): swap them.")
    if window < 1:
        raise ValueError(f"A window of {window} years holds nothing: give 1 or more.")


def _check_powers(
    country: str, powers: Sequence[str], start: int | None, end: int | None, window: int
) -> tuple[str, ...]:
    _check(country, powers, start, end, window)
    if len(set(powers)) < 2:
        raise ValueError(
            f"Equal distance needs two powers or more, not {list(powers)}: name at least two."
        )
    return tuple(sorted(set(powers)))


def _between(
    table: pd.DataFrame, start: int | None, end: int | None, column: str = "year"
) -> pd.DataFrame:
    return table[
        table[column].between(-np.inf if start is None else start, np.inf if end is None else end)
    ]


def _windows(
    table: pd.DataFrame, start: int | None, end: int | None, window: int
) -> list[tuple[int, int]]:
    """List the windows, by first and last year, that lie inside the years asked for and those of the whole table."""
    if table.empty:
        return []
    first, last = int(table["year"].min()), int(table["year"].max())
    first = first if start is None else max(first, start)
    last = last if end is None else min(last, end)
    return [(year - window + 1, year) for year in range(first + window - 1, last + 1)]


def _frame(rows: list[dict[str, Any]], **types: str) -> pd.DataFrame:
    """Build a frame whose columns and types are the same with and without rows."""
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=type) for name, type in types.items()}
    )
