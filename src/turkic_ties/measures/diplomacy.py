"""Measures of diplomacy: votes, ideal points, equal distance, nuclear arsenals and dated events."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from turkic_ties.measures.common import (
    Floats,
    arrange,
    bounds,
    check_known,
    check_others,
    check_unique,
    competition_rank,
    frame,
    percentile_interval,
    windows,
    within,
)

MINIMUM_VOTES = 10
"""Years with fewer common votes than this are too weak to compare."""

DRAWS = 1000
SEED = 1991

_VOTES = {"Y": 1.0, "A": 0.0, "N": -1.0}
_NO_VOTE = "X"
_STAGES = [
    *(
        "planned",
        "announced",
        "agreed",
        "ratified",
        "held",
        "established",
        "ordered",
        "not ordered",
    ),
    *("denied", "delivered", "in service", "shown"),
]

_FREQUENCIES = {"day": "D", "month": "M", "year": "Y"}


# -- votes and ideal points ---------------------------------------------------------------------


def voting_agreement(
    un_votes_agreement: pd.DataFrame,
    country: str,
    others: Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Measure how often a state votes in the UN General Assembly as others do, year by year.

    Lijphart's index counts an abstention against a yes or a no as half an agreement:
    (same + one abstained / 2) / votes. The stricter variant counts identical votes only:
    same / votes. Votes are those in which both took part.

    Parameters
    ----------
    un_votes_agreement
        Columns country_a, country_b (an unordered pair, in either order), year, n_votes, n_same,
        n_one_abstained.
    country, start, end
        See `turkic_ties.measures`.
    others
        The states it is compared with, any states.

    Returns
    -------
    pandas.DataFrame
        other, year, n_votes, agreement and agreement_identical (0 to 1); in the order of `others`
        and by year. Years with fewer than `MINIMUM_VOTES` common votes are left out.

    Raises
    ------
    ValueError
        For wrong arguments, or a row without votes.

    References
    ----------
    Lijphart, A. (1963). The Analysis of Bloc Voting in the General Assembly: A Critique and a
    Proposal. American Political Science Review 57(4), 902-917.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("KAZ", "TUR", 2001, 20, 12, 4)],
    ...     columns=["country_a", "country_b", "year", "n_votes", "n_same", "n_one_abstained"],
    ... )
    >>> voting_agreement(table, "TUR", ["KAZ"])["agreement"].tolist()
    [0.7]
    """
    check_others(country, others)
    votes = within(un_votes_agreement, start, end)
    swapped = votes.rename(columns={"country_a": "country_b", "country_b": "country_a"})
    votes = pd.concat([votes, swapped], ignore_index=True).rename(columns={"country_b": "other"})
    votes = votes[(votes["country_a"] == country) & votes["other"].isin(others)]
    check_unique(votes, ["country_a", "other", "year"], "un_votes_agreement")
    if (votes["n_votes"] < 1).any():
        empty = votes[votes["n_votes"] < 1].iloc[0]
        raise ValueError(
            f"un_votes_agreement has a row without votes ({country}, {empty['other']}, "
            f"{empty['year']}): remove it."
        )
    votes = votes[votes["n_votes"] >= MINIMUM_VOTES]
    alike = votes["n_same"] + votes["n_one_abstained"] / 2
    votes["agreement"] = alike / votes["n_votes"]
    votes["agreement_identical"] = votes["n_same"] / votes["n_votes"]
    columns = ["other", "year", "n_votes", "agreement", "agreement_identical"]
    return _in_order(votes[columns], others)


def ideal_point_distance(
    un_ideal_points: pd.DataFrame,
    country: str,
    others: Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Measure how far a state's ideal point in the UN lies from those of others, year by year.

    The distance is the absolute difference of two positions on one scale without a unit. Unlike
    agreement it does not follow the agenda of the year.

    Parameters
    ----------
    un_ideal_points
        Columns iso3, year, ideal_point, n_votes.
    country, others, start, end
        As in `voting_agreement`.

    Returns
    -------
    pandas.DataFrame
        other, year, own and theirs (the ideal points), distance, n_votes (the smaller number of
        votes of the two estimates: a handful makes a weak one); in the order of `others` and by
        year.

    References
    ----------
    Bailey, M., Strezhnev, A., Voeten, E. (2017). Estimating Dynamic State Preferences from United
    Nations Voting Data. Journal of Conflict Resolution 61(2), 430-456.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("KAZ", 2001, -0.5, 60), ("TUR", 2001, 0.25, 70)],
    ...     columns=["iso3", "year", "ideal_point", "n_votes"],
    ... )
    >>> ideal_point_distance(table, "KAZ", ["TUR"])[["distance", "n_votes"]].values.tolist()
    [[0.75, 60.0]]
    """
    check_others(country, others)
    points = within(un_ideal_points, start, end)
    check_unique(points, ["iso3", "year"], "un_ideal_points")
    own = points[points["iso3"] == country]
    theirs = points[points["iso3"].isin(others)]
    rows = theirs.merge(own, on="year", suffixes=("", "_own"))
    names = {"iso3": "other", "ideal_point_own": "own", "ideal_point": "theirs"}
    rows = rows.rename(columns=names)
    rows["distance"] = (rows["theirs"] - rows["own"]).abs()
    rows["n_votes"] = np.minimum(rows["n_votes"], rows["n_votes_own"])
    return _in_order(rows[["other", "year", "own", "theirs", "distance", "n_votes"]], others)


def _in_order(rows: pd.DataFrame, others: Sequence[str]) -> pd.DataFrame:
    """Sort by the place of ``other`` among the others, then by year."""
    places = rows["other"].map({other: place for place, other in enumerate(others)})
    ordered = rows.assign(place=places).sort_values(["place", "year"], ignore_index=True)
    return ordered.drop(columns="place")


# -- equal distance -----------------------------------------------------------------------------


def dispersion(distances: Sequence[float] | Floats) -> float:
    """Measure how far distances are from being equal: their standard deviation, 0 if all are equal.

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
        For fewer than two distances.

    Examples
    --------
    >>> dispersion([0.0, 0.5]), dispersion([0.3, 0.3, 0.3])
    (0.25, 0.0)
    """
    if len(distances) < 2:
        raise ValueError(
            "The dispersion of fewer than two distances is undefined: give two or more."
        )
    return float(_dispersions(np.array([distances]))[0])


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
    """Measure whether a state votes at equal distance from the powers, in sliding windows.

    The distance to a power is 1 - Lijphart's agreement over all votes of the window in which both
    took part; the `dispersion` of the distances is 0 for equal distance. The interval is a
    percentile bootstrap over the roll calls of the window. Resampled distances are hardly ever all
    equal, so the interval shows how unequal they are, not whether 0 can be excluded.

    Parameters
    ----------
    un_roll_calls
        Columns rcid, year and one per state (ISO3) with Y, A, N, X or missing.
    country, start, end
        See `turkic_ties.measures`.
    powers
        At least two states.
    window
        Length of a window in years.
    draws, seed
        Number of resamples and their seed; a window's result does not depend on other windows.

    Returns
    -------
    pandas.DataFrame
        window_start, window_end, n_votes (the smallest number of common votes with a power),
        nearest and furthest (ISO3), nearest_distance and furthest_distance (0 to 1), dispersion,
        dispersion_low, dispersion_high; by window. A window is left out when its first or last
        year has fewer than `MINIMUM_VOTES` common votes with some power.

    Raises
    ------
    ValueError
        For wrong arguments, fewer than two powers, or a window shorter than a year.

    References
    ----------
    Lijphart (1963), see `voting_agreement`. Efron, B., and Tibshirani, R. (1993). An Introduction
    to the Bootstrap, ch. 13. Chapman & Hall.
    """
    powers = _check_powers(country, powers)
    spans = windows(un_roll_calls, start, end, window)
    if not {country, *powers} <= set(un_roll_calls.columns):
        spans = []
    for state in {country, *powers} & set(un_roll_calls.columns):
        check_known(un_roll_calls, state, [*_VOTES, _NO_VOTE], "un_roll_calls")
    calls = within(un_roll_calls, start, end).sort_values("rcid").set_index("year")
    numbers = calls.reindex(columns=[country, *powers]).apply(lambda votes: votes.map(_VOTES))
    apart = numbers[powers].sub(numbers[country], axis=0).abs() / 2
    common = apart.notna().groupby("year").sum().min(axis=1)
    enough = common.index[common >= MINIMUM_VOTES]
    return _dispersion_by_window(apart, spans, enough, "n_votes", draws, seed)


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
    """Measure whether a state's ideal point lies at equal distance from those of the powers.

    The distance to a power is the mean over the window of `ideal_point_distance`, the `dispersion`
    that of `vote_dispersion`. The interval resamples the years of the window; it is missing where
    there is only one. On a single scale a state can be at equal distance from two powers, hardly
    ever from three: compare states or periods rather than with 0.

    Parameters
    ----------
    un_ideal_points
        Columns iso3, year, ideal_point, n_votes.
    country, powers, start, end, window, draws, seed
        As in `vote_dispersion`.

    Returns
    -------
    pandas.DataFrame
        The columns of `vote_dispersion`, with n_years (years in which all have an estimate) for
        n_votes, and distances on the scale of the ideal points. A window whose first or last year
        lacks an estimate is left out.

    References
    ----------
    Bailey, Strezhnev and Voeten (2017), see `ideal_point_distance`.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("KAZ", 2001, 0.0, 60), ("RUS", 2001, -1.0, 60), ("USA", 2001, 2.0, 60)],
    ...     columns=["iso3", "year", "ideal_point", "n_votes"],
    ... )
    >>> result = ideal_point_dispersion(table, "KAZ", ["RUS", "USA"])
    >>> result[["nearest", "furthest", "dispersion"]].values.tolist()
    [['RUS', 'USA', 0.5]]
    """
    powers = _check_powers(country, powers)
    check_unique(un_ideal_points, ["iso3", "year"], "un_ideal_points")
    points = un_ideal_points.pivot_table(index="year", columns="iso3", values="ideal_point")
    points = points.reindex(columns=[country, *powers]).dropna()
    apart = points[powers].sub(points[country], axis=0).abs()
    spans = windows(un_ideal_points, start, end, window)
    return _dispersion_by_window(apart, spans, points.index, "n_years", draws, seed)


def _check_powers(country: str, powers: Sequence[str]) -> list[str]:
    check_others(country, powers)
    if len(set(powers)) < 2:
        raise ValueError(f"Equal distance needs two powers or more, not {list(powers)}: add some.")
    return sorted(set(powers))


def _dispersion_by_window(
    apart: pd.DataFrame,
    spans: Sequence[tuple[int, int]],
    enough: Iterable[int],
    size: str,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Give the dispersion in each window that begins and ends in a year with enough data.

    Parameters
    ----------
    apart
        One row per observation, indexed by year, and one column per power: the distances.
    size
        Column for the smallest number of observations of a power.
    """
    years = set(enough)
    known = [span for span in spans if years.issuperset(span)]
    inside = [apart[(apart.index >= first) & (apart.index <= last)] for first, last in known]
    rows = pd.DataFrame(known, columns=["window_start", "window_end"], dtype="int64")
    counts = [votes.notna().to_numpy().sum(axis=0).min() for votes in inside]
    rows[size] = np.array(counts, dtype="int64")
    means = [votes.mean() for votes in inside]
    distances = pd.DataFrame(means, columns=apart.columns, dtype="float64")
    rows["nearest"] = distances.idxmin(axis=1).astype("str")
    rows["furthest"] = distances.idxmax(axis=1).astype("str")
    rows["nearest_distance"] = distances.min(axis=1)
    rows["furthest_distance"] = distances.max(axis=1)
    rows["dispersion"] = _dispersions(distances.to_numpy("float64"))
    intervals = [
        _dispersion_interval(votes.to_numpy(), draws, (seed, *span))
        for votes, span in zip(inside, known, strict=True)
    ]
    rows[["dispersion_low", "dispersion_high"]] = np.reshape(intervals, (-1, 2))
    return rows


def _dispersion_interval(apart: Floats, draws: int, seed: tuple[int, ...]) -> tuple[float, float]:
    """Resample the rows and give the interval of the dispersion; missing for a single row."""
    if len(apart) < 2:
        return float("nan"), float("nan")
    # Most votes are alike: few kinds of rows take a fraction of the memory of all rows.
    kinds, kind = np.unique(apart, axis=0, return_inverse=True)
    times = _resamples(kind, draws, seed)
    known = ~np.isnan(kinds)
    counts = times @ known
    sums = times @ np.where(known, kinds, 0.0)
    # A resample without any vote of a power has no dispersion.
    complete = (counts > 0).all(axis=1)
    return percentile_interval(_dispersions(sums[complete] / counts[complete]))


def _resamples(kind: npt.NDArray[np.intp], draws: int, seed: tuple[int, ...]) -> Floats:
    """Count how often each kind of row, given for each row, is in each resample (draws x kinds)."""
    rows = len(kind)
    kinds = kind.max() + 1
    drawn = np.random.default_rng(seed).integers(rows, size=(draws, rows))
    np.take(kind, drawn, out=drawn, mode="clip")  # with a mode that checks, numpy makes a copy
    drawn += kinds * np.arange(draws)[:, np.newaxis]
    counts = np.bincount(drawn.ravel(), minlength=draws * kinds)
    return counts.reshape(draws, kinds).astype("float64")


def _dispersions(distances: Floats) -> Floats:
    # Rounding avoids floating-point noise in the mean: equal distances give exactly 0.
    return np.asarray(np.round(distances.std(axis=1), 12))


# -- arsenals -----------------------------------------------------------------------------------


def arsenal_order(nuclear_warheads: pd.DataFrame, by: str, year: int = 1991) -> pd.DataFrame:
    """Rank states by nuclear warheads: by those they control, or by those on their territory.

    By location, weapons in other states are subtracted from their controller's figure. Where only
    strategic weapons are known the figure is too low, and the controller's accordingly too high.

    Parameters
    ----------
    nuclear_warheads
        Columns basis (control: all weapons a state commands; location: another state's weapons on
        its territory), iso3, year, controller, counted, warheads, confidence.
    by
        ``control`` or ``location``.
    year
        Year of the figures.

    Returns
    -------
    pandas.DataFrame
        rank (equals share the better one), iso3, warheads, controller, counted, confidence; by
        rank and iso3.

    Raises
    ------
    ValueError
        When `by` is something else.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("control", "RUS", "RUS", 100), ("location", "KAZ", "RUS", 30)],
    ...     columns=["basis", "iso3", "controller", "warheads"],
    ... ).assign(year=1991, counted="all", confidence="high")
    >>> arsenal_order(table, "location")[["iso3", "warheads"]].values.tolist()
    [['RUS', 70], ['KAZ', 30]]
    """
    if by not in ("control", "location"):
        raise ValueError(f"Arsenals are ranked by 'control' or 'location', not by {by!r}.")
    table = nuclear_warheads[nuclear_warheads["year"] == year]
    arsenals = table[table["basis"] == "control"]
    if by == "location":
        abroad = table[table["basis"] == "location"]
        totals = abroad.groupby("controller")["warheads"].sum()
        elsewhere = arsenals["iso3"].map(totals).fillna(0).astype("int64")
        arsenals = pd.concat([arsenals.assign(warheads=arsenals["warheads"] - elsewhere), abroad])
    ranks = competition_rank(arsenals["warheads"]).astype("int64")
    columns = ["rank", "iso3", "warheads", "controller", "counted", "confidence"]
    return arrange(arsenals.assign(rank=ranks), columns, ["rank", "iso3"])


# -- events -------------------------------------------------------------------------------------


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
    country, partner, start, end
        See `turkic_ties.measures`.

    Returns
    -------
    pandas.DataFrame
        The columns of `events`, with earliest and latest: the first and last day on which the
        event can have begun, given the precision of its date; by earliest, latest and id.
    """
    check_others(country, [partner])
    concerned = events["countries"].str.split(";").map({country, partner}.issubset)
    dated = _with_first_and_last_day(events[concerned.astype("bool")])
    chosen: pd.DataFrame = dated[dated["earliest"].dt.year.between(*bounds(start, end))]
    return chosen.sort_values(["earliest", "latest", "id"], ignore_index=True)


def event_intervals(events: pd.DataFrame, category: str) -> pd.DataFrame:
    """Measure the time between each event of a category and the next, as precisely as dates allow.

    Planned events are left out.

    Parameters
    ----------
    events
        Columns id, date, precision, category, stage.
    category
        Such as ``congress of religions``.

    Returns
    -------
    pandas.DataFrame
        from_id, to_id, years (difference of the calendar years), days_min and days_max (equal
        where both days are known); in the order of time. The next event is the next in the table,
        which may be incomplete.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("a", "2001-01-31", "day"), ("b", "2001-03", "month")],
    ...     columns=["id", "date", "precision"],
    ... ).assign(category="talks", stage="held")
    >>> event_intervals(table, "talks")[["days_min", "days_max"]].values.tolist()
    [[29, 59]]
    """
    check_known(events, "stage", _STAGES, "events")
    chosen = events[(events["category"] == category) & (events["stage"].fillna("") != "planned")]
    dated = _with_first_and_last_day(chosen).sort_values(["earliest", "latest", "id"])
    rows = []
    for before, after in itertools.pairwise(dated.to_dict("records")):
        row = {"from_id": before["id"], "to_id": after["id"]}
        row["years"] = after["earliest"].year - before["earliest"].year
        row["days_min"] = max((after["earliest"] - before["latest"]).days, 0)
        row["days_max"] = (after["latest"] - before["earliest"]).days
        rows.append(row)
    types = {"from_id": "str", "to_id": "str"}
    return frame(rows, types | dict.fromkeys(["years", "days_min", "days_max"], "int64"))


def _with_first_and_last_day(events: pd.DataFrame) -> pd.DataFrame:
    frequencies = events["precision"].map(_FREQUENCIES)
    periods = [*map(pd.Period, events["date"], frequencies)]
    earliest = [period.start_time for period in periods]
    latest = [period.end_time.normalize() for period in periods]
    return events.assign(
        earliest=pd.Series(earliest, events.index, "datetime64[s]"),
        latest=pd.Series(latest, events.index, "datetime64[s]"),
    )
