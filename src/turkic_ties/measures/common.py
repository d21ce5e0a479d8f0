"""What all measures share: checks of arguments, ranking, concentration, intervals, frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from turkic_ties import countries
from turkic_ties.countries import MEMBERS

Series: TypeAlias = "pd.Series[Any]"
Floats: TypeAlias = npt.NDArray[np.float64]

INTERVAL = 0.95
"""Coverage of every interval of the project."""

FIRST_YEAR, LAST_YEAR = 0, 9999


# -- arguments ----------------------------------------------------------------------------------


def check_country(country: str) -> None:
    """Raise a ValueError unless the country is one of the states that are compared."""
    if country not in MEMBERS:
        raise ValueError(
            f"{country!r} is not one of the states compared here: use one of {', '.join(MEMBERS)}."
        )


def check_pair(country: str, partner: str) -> None:
    """Raise a ValueError for a country that is not compared, or a pair of a country with itself."""
    check_country(country)
    if country == partner:
        raise ValueError(f"country and partner are both {country}: choose two different states.")


def check_others(country: str, others: Iterable[str]) -> None:
    """Raise a ValueError for a country not compared, or an unknown state or itself among others."""
    check_country(country)
    for other in others:
        countries.name(other)  # raises its own error for an unknown code
        check_pair(country, other)


def check_period(start: int | None, end: int | None) -> None:
    """Raise a ValueError when the start is after the end."""
    if start is not None and end is not None and start > end:
        raise ValueError(f"start ({start}) must not be after end ({end}).")


def bounds(start: int | None, end: int | None) -> tuple[int, int]:
    """Give the first and last year of a period; an open side takes every year.

    Examples
    --------
    >>> bounds(None, 2020)
    (0, 2020)
    """
    check_period(start, end)
    return (FIRST_YEAR if start is None else start, LAST_YEAR if end is None else end)


def windows(
    table: pd.DataFrame, start: int | None, end: int | None, length: int
) -> list[tuple[int, int]]:
    """List the windows of consecutive years within a period and within the years of a table.

    Parameters
    ----------
    table
        With a ``year``.
    length
        Number of years in a window.

    Returns
    -------
    list of tuple
        First and last year of each window, one window per last year.

    Examples
    --------
    >>> windows(pd.DataFrame({"year": [2001, 2004]}), None, 2003, 2)
    [(2001, 2002), (2002, 2003)]
    """
    if length < 1:
        raise ValueError(f"a window of {length} years is too short: give 1 or more.")
    first, last = bounds(start, end)
    if table.empty:
        return []
    first = max(first, int(table["year"].min()))
    last = min(last, int(table["year"].max()))
    return [(year - length + 1, year) for year in range(first + length - 1, last + 1)]


def check_unique(frame: pd.DataFrame, keys: Sequence[str], name: str) -> None:
    """Raise a ValueError when two rows have the same key: one of them would be counted twice."""
    repeated = frame[frame.duplicated(list(keys))]
    if len(repeated):
        key = ", ".join(f"{column} {repeated.iloc[0][column]}" for column in keys)
        raise ValueError(f"{name} holds two rows for {key}: keep one of them.")


def check_known(frame: pd.DataFrame, column: str, known: Iterable[str], name: str) -> None:
    """Raise a ValueError when a column holds a word that the measure was not made for.

    Examples
    --------
    >>> check_known(pd.DataFrame({"flow": ["re-export"]}), "flow", ["export", "import"], "goods")
    Traceback (most recent call last):
    ValueError: goods holds the flow 're-export': use export, import.
    """
    known = list(known)
    if unknown := [word for word in frame[column].dropna().unique() if word not in known]:
        raise ValueError(f"{name} holds the {column} {unknown[0]!r}: use {', '.join(known)}.")


def check_not_negative(frame: pd.DataFrame, column: str, name: str) -> None:
    """Raise a ValueError when a column holds a negative value."""
    negative = frame[frame[column] < 0]
    if len(negative):
        raise ValueError(
            f"{name} holds the negative {column} {negative.iloc[0][column]}: correct that row."
        )


# -- statistics ---------------------------------------------------------------------------------


def ratio(numerator: Series, denominator: Series) -> Series:
    """Divide; the result is missing where the denominator is 0 or missing."""
    return numerator / denominator.where(denominator != 0)


def competition_rank(values: Series, by: Any = None, largest_first: bool = True) -> Series:
    """Rank values, 1 the first; equal values share the better rank (1, 2, 2, 4).

    Parameters
    ----------
    values
        Missing values get no rank.
    by
        What `pandas.Series.groupby` takes: each group is ranked alone; None ranks all together.
    largest_first
        False gives rank 1 to the smallest value.

    Examples
    --------
    >>> competition_rank(pd.Series([5.0, 9.0, 5.0, 1.0])).tolist()
    [2.0, 1.0, 2.0, 4.0]
    """
    groups = values if by is None else values.groupby(by, observed=True)
    return groups.rank(method="min", ascending=not largest_first)


def herfindahl_hirschman(shares: Series, by: Any = None) -> Any:
    """Give the Herfindahl–Hirschman index, the sum of squared shares: 1/n (n equal ones) to 1.

    Parameters
    ----------
    shares
        From 0 to 1; those of a group sum to 1, or less where a part is not allocated.
    by
        What `pandas.Series.groupby` takes; None gives one number.

    References
    ----------
    Herfindahl, O. (1950). Concentration in the U.S. Steel Industry. Columbia University.
    Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54(5), 761.

    Examples
    --------
    >>> herfindahl_hirschman(pd.Series([0.5, 0.5]))
    0.5
    """
    squares = shares**2
    if by is None:
        return float(squares.sum())
    return squares.groupby(by, observed=True).sum()


def percentile_interval(estimates: Floats) -> tuple[float, float]:
    """Give the percentile bootstrap interval of coverage `INTERVAL`; missing without estimates.

    Parameters
    ----------
    estimates
        The statistic in each resample.

    References
    ----------
    Efron, B., and Tibshirani, R. (1993). An Introduction to the Bootstrap, ch. 13. Chapman & Hall.
    """
    if not len(estimates):
        return float("nan"), float("nan")
    tail = (1 - INTERVAL) / 2
    low, high = np.quantile(estimates, [tail, 1 - tail])
    return float(low), float(high)


# -- frames -------------------------------------------------------------------------------------


def frame(rows: Iterable[Mapping[str, Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """Build a frame with the same columns and types whether there are rows or not.

    Parameters
    ----------
    rows
        Each with all columns.
    types
        Column to dtype, in the order wanted.
    """
    rows, columns = list(rows), {}
    for column, dtype in types.items():
        columns[column] = pd.Series([row[column] for row in rows], dtype=dtype)
    return pd.DataFrame(columns)


def arrange(rows: pd.DataFrame, columns: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
    """Choose and order columns, sort rows stably and number them anew."""
    return rows[list(columns)].sort_values(list(by), kind="stable", ignore_index=True)


def of_last_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Choose the rows of the last year there is.

    Examples
    --------
    >>> of_last_year(pd.DataFrame({"year": [2020, 2021, 2021]})).index.to_list()
    [1, 2]
    """
    chosen: pd.DataFrame = rows[rows["year"] == rows["year"].max()]
    return chosen


def within(rows: pd.DataFrame, start: int | None, end: int | None) -> pd.DataFrame:
    """Choose the rows of a period; an open side takes every year.

    Examples
    --------
    >>> within(pd.DataFrame({"year": [2019, 2020, 2021]}), 2020, None).index.to_list()
    [1, 2]
    """
    chosen: pd.DataFrame = rows[rows["year"].between(*bounds(start, end))]
    return chosen


def joined(texts: Iterable[str], separator: str = "; ") -> str:
    """Join texts such as flags and source ids, each once and sorted; empty ones are left out.

    Examples
    --------
    >>> joined(["b; a", "", "a"])
    'a; b'
    """
    single = {text for several in texts for text in several.split(separator)}
    return separator.join(sorted(single - {""}))


# -- languages ----------------------------------------------------------------------------------

CYRILLIC = "cyrillic"
LATIN_VERSIONS = ("2017", "2018", "2019", "2021-01", "2021")
VERSIONS = (CYRILLIC, *LATIN_VERSIONS)
"""How Kazakh can be written: as now, by decree in 2017 and 2018, as proposed in 2019, in January
and April 2021."""


def check_version(version: str, versions: Sequence[str] = VERSIONS) -> None:
    """Raise a ValueError unless Kazakh can be written in this version."""
    if version not in versions:
        raise ValueError(
            f"there is no Kazakh alphabet {version!r}: choose one of {', '.join(versions)}."
        )


def by_state(languages: pd.DataFrame, column: str = "language") -> dict[str, str]:
    """Give the state language of each state, or the alphabet it is written in.

    Parameters
    ----------
    languages
        Columns state (missing for other languages) and `column`.
    column
        ``language`` or ``alphabet``.

    Examples
    --------
    >>> table = pd.DataFrame({"language": ["kaz", "tat"], "state": ["KAZ", None]})
    >>> by_state(table)
    {'KAZ': 'kaz'}
    """
    official = languages[languages["state"].notna()]
    return dict(zip(official["state"], official[column], strict=True))
