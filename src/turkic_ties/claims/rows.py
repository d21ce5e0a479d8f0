"""From a result to a value: choosing rows, and taking a value or labelled values from them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from turkic_ties.claims.registry import Calculation
from turkic_ties.claims.rules import ISO_DATE, ClaimError, Series, Value, near
from turkic_ties.claims.trace import TIMES, Trace, day

Mask: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"

Known: TypeAlias = Callable[[str], Iterable[Any]]
"""Lists what a column may hold, in all tables and results of the same kind."""

SUMMARIES = {"sum": "sum", "median": "median", "smallest": "min", "largest": "max"}
"""Values of 'take' that make one number of several, and what pandas calls them."""

FEW = 12
"""Values of a column that are all named where none is like the one looked for."""

ARITHMETIC = (*SUMMARIES, "spread")

NUMBERS = ("int64", "float64", "bool")


def from_object(result: Any, calculation: Calculation, trace: Trace) -> Value:
    """Take the value from a result that is no table."""
    column = calculation.column
    if column is not None and not hasattr(result, column):
        names = [name for name in dir(result) if not name.startswith("_")]
        raise ClaimError(f"{origin(calculation)} has no {column!r}{near(column, names)}.")
    value = result if column is None else getattr(result, column)
    if hasattr(result, "__dict__"):
        trace.note(pd.DataFrame([vars(result)]))
    return _scaled(value, calculation)


def from_rows(rows: pd.DataFrame, calculation: Calculation, trace: Trace) -> Value:
    """Take the value, or labelled values, from the rows chosen."""
    if calculation.take == "count":
        trace.note(rows)
        return float(len(rows))
    name = calculation.column
    if name is None or name not in rows:
        names = ", ".join(map(str, rows))
        raise ClaimError(f"{origin(calculation)} has no column {name!r}; there are {names}.")
    rows = rows[rows[name].notna()]
    if rows.empty:
        return None
    if calculation.take in ("first", "last"):
        rows = rows.iloc[[0 if calculation.take == "first" else -1]]
    trace.note(rows)
    if name == "interpolated":
        trace.weak = trace.weak or "an interpolated figure, which no publisher printed"
    if calculation.over is not None and calculation.over not in rows:
        raise ClaimError(f"{origin(calculation)} has no column {calculation.over!r} for 'over'.")
    if calculation.take == "only" and calculation.over is not None:
        values = rows[name].set_axis(rows[calculation.over])
        return _scaled(values.sort_index() if calculation.over in TIMES else values, calculation)
    if calculation.take == "only" and len(rows) > 1:
        raise ClaimError(
            f"{origin(calculation)}, {calculation.where}: {len(rows)} rows where one is needed; "
            f"they differ in {_differing(rows.drop(columns=name))}: narrow 'where', or say "
            "with 'over' or 'take' what to do with them."
        )
    if calculation.take in ARITHMETIC and not pd.api.types.is_numeric_dtype(rows[name]):
        raise ClaimError(f"{name!r} is not a number; 'take: {calculation.take}' needs one.")
    return _scaled(_summary(rows[name], calculation.take), calculation)


def _summary(values: Series, take: str) -> Any:
    """Make one value of several; for another 'take' there is only one."""
    if take == "spread":
        return values.max() - values.min()
    if take in SUMMARIES:
        return values.agg(SUMMARIES[take])
    return values.iloc[0]


def _differing(rows: pd.DataFrame) -> str:
    """Name the columns in which rows differ; those of fractions only where there is no other."""
    differ = [str(key) for key in rows if rows[key].nunique() > 1]
    words = [key for key in differ if not pd.api.types.is_float_dtype(rows[key])]
    return ", ".join(words or differ) or "nothing"


def origin(calculation: Calculation) -> str:
    """Name the measure or table of a calculation."""
    return str(calculation.measure or calculation.table)


def _scaled(value: Any, calculation: Calculation) -> Value:
    if isinstance(value, pd.Series):
        if not pd.api.types.is_numeric_dtype(value):
            raise ClaimError(f"{calculation.column!r} is not a number; values by label need one.")
        scaled = value.astype("float64") * calculation.scale + calculation.plus
        return scaled.abs() if calculation.absolute else scaled
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str | pd.Timestamp):
        return day(value)
    if not isinstance(value, int | float | np.number):
        raise ClaimError(
            f"{origin(calculation)} gives no number but a {type(value).__name__}; "
            "name one of its attributes as 'column'."
        )
    number = float(value) * calculation.scale + calculation.plus
    return abs(number) if calculation.absolute else number


def select(frame: pd.DataFrame, where: Mapping[str, Any], known: Known) -> pd.DataFrame:
    """Select rows by a value, a list of values or a range; a value that nothing has is an error."""
    selected = np.ones(len(frame), dtype=bool)
    for name, condition in where.items():
        if name not in frame:
            names = ", ".join(map(str, frame))
            raise ClaimError(f"there is no column {name!r} to choose rows by; there are {names}.")
        column = frame[name]
        if isinstance(condition, Mapping):
            matches = _in_range(name, column, condition, known)
        else:
            matches = np.zeros(len(frame), dtype=bool)
            for value in condition if isinstance(condition, list) else [condition]:
                _check_type(name, column, value)
                equal = _equal(column, value)
                if not equal.any():
                    _check_occurs(name, column, value, known)
                matches |= equal
        selected &= matches
    return frame[selected]


def _equal(column: Series, value: Any) -> Mask:
    """Compare as `isin` does, which first makes a table of what to look for."""
    if column.dtype == "str" or column.dtype in NUMBERS:
        return np.asarray(column.to_numpy() == value, dtype=bool)
    return column.isin([value]).to_numpy(bool)


def _in_range(name: str, column: Series, condition: Mapping[str, Any], known: Known) -> Mask:
    if not condition or set(condition) - {"from", "to"}:
        keys = ", ".join(condition) or "nothing"
        raise ClaimError(f"a range of {name!r} has 'from' and 'to' (got {keys}).")
    for bound in condition.values():
        _check_type(name, column, bound)
        if isinstance(bound, str) and not re.fullmatch(ISO_DATE, bound):
            raise ClaimError(
                f"write the date {bound!r} of {name!r} as 2024, 2024-05 or 2024-05-02."
            )
    first = condition.get("from")
    last = condition.get("to")
    if first is not None and last is not None and first > last:
        raise ClaimError(f"the range of {name!r} is reversed: from {first} to {last}.")
    matches = _within(column, first, last)
    if len(column) and not matches.any():
        wanted = str if isinstance(first or last, str) else (int, float)
        others = [value for value in known(name) if isinstance(value, wanted)]
        if not _within(pd.Series(others), first, last).any():
            raise ClaimError(f"no {name} lies in the range from {first} to {last}.")
    return matches.fillna(False).to_numpy(bool)


def _within(column: Series, first: Any, last: Any) -> Series:
    matches = column.notna()
    if first is not None:
        matches &= column >= first
    if last is not None:
        matches &= column <= last
    return matches


def _check_occurs(name: str, column: Series, value: Any, known: Known) -> None:
    """Raise a ClaimError for a value that a column has not, and no other of its kind.

    A number between the smallest and the largest one is a gap, which is not an error.
    """
    if column.empty:
        return
    everywhere = [*column.dropna(), *known(name)]
    if isinstance(value, str):
        words = set(map(str, everywhere))
        if value not in words:
            few = sorted(map(str, column.dropna().unique()))
            hint = near(value, words) or (
                f"; there are {', '.join(few)}" if len(few) <= FEW else ""
            )
            raise ClaimError(f"there is no {name} {value!r}{hint}.")
        return
    numbers = [number for number in everywhere if not isinstance(number, str)]
    if numbers and not min(numbers) <= value <= max(numbers):
        raise ClaimError(f"there is no {name} {value}: there are {min(numbers)} to {max(numbers)}.")


def _check_type(name: str, column: Series, value: Any) -> None:
    kind = "a truth value" if pd.api.types.is_bool_dtype(column) else "a text"
    expected: type | tuple[type, ...] = bool if kind == "a truth value" else str
    if kind == "a text" and pd.api.types.is_numeric_dtype(column):
        kind, expected = "a number", (int, float)
    right = isinstance(value, expected) and (kind == "a truth value" or not isinstance(value, bool))
    if not right:
        hint = {"a text": "put it in quotes", "a number": "write it without quotes"}
        advice = hint.get(kind, "write true or false")
        raise ClaimError(f"{name} is {kind} and {value!r} is not: {advice}.")
