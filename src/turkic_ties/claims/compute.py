"""Running the calculations of a registry, and noting what each rests on."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from turkic_ties import data
from turkic_ties.claims.registry import Article, Calculation
from turkic_ties.claims.rules import ISO_DATE, ClaimError, Series, Value, near
from turkic_ties.topics import TOPICS, measures

TAKE: dict[str, Callable[[Series], Any]] = {
    "only": lambda column: column.iloc[0],
    "first": lambda column: column.iloc[0],
    "last": lambda column: column.iloc[-1],
    "sum": lambda column: column.sum(),
    "median": lambda column: column.median(),
    "smallest": lambda column: column.min(),
    "largest": lambda column: column.max(),
    "spread": lambda column: column.max() - column.min(),
}

ARITHMETIC = ("sum", "median", "smallest", "largest", "spread")

TIMES = ("period", "date", "year", "announced", "order_year", "value_year")


@dataclass
class Trace:
    """What a calculation rested on, and the labels its values may have (None: one value)."""

    tables: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    period: str = ""
    weak: str = ""
    labels: set[str] | None = None

    def add(self, other: Trace) -> None:
        """Add the tables and sources of another calculation."""
        self.tables |= other.tables
        self.sources |= other.sources

    def note(self, rows: pd.DataFrame) -> None:
        """Note which period and sources rows are about, and what marks them as weak."""
        if rows.empty:
            return
        self.period = _period(rows) or self.period
        if "source" in rows:
            several = rows["source"].dropna().unique()
            self.sources |= {id for ids in several for id in str(ids).split("; ")}
        self.weak = self.weak or _weakness(rows)


class Evaluation:
    """Run calculations for one article; each table is read and each measure run once."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.tables: dict[str, pd.DataFrame] = {}
        self.addresses: dict[str, frozenset[str]] = {}
        self.results: dict[str, tuple[Any, Trace]] = {}

    def value(self, calculation: Calculation) -> tuple[Value, Trace]:
        """Compute a value, or one labelled value for each choice of an argument.

        Raises
        ------
        ClaimError
            For an unknown measure, argument or column, or several rows where one is needed.
        """
        trace = Trace()
        if not calculation.for_each:
            return self._one(calculation, {}, trace), trace
        [(name, choices)] = calculation.for_each.items()
        trace.labels = set(map(str, choices))
        # All results before the first rows: what one choice lacks another may have.
        for choice in choices:
            self._result(calculation, {name: choice}, trace)
        values = {choice: self._one(calculation, {name: choice}, trace) for choice in choices}
        known = {choice: value for choice, value in values.items() if value is not None}
        return (pd.Series(known, dtype="float64") if known else None), trace

    def _one(self, calculation: Calculation, chosen: dict[str, Any], trace: Trace) -> Value:
        result = self._result(calculation, chosen, trace)
        if isinstance(result, pd.DataFrame):
            known = self._vocabulary(calculation, trace)
            if calculation.over in result and trace.labels is None:
                column = str(calculation.over)
                trace.labels = set(map(str, [*result[column].dropna(), *known(column)]))
            rows = _rows(result, calculation.where, known)
            return _from_rows(rows, calculation, trace)
        return None if result is None else _from_object(result, calculation, trace)

    def _result(self, calculation: Calculation, chosen: dict[str, Any], trace: Trace) -> Any:
        if calculation.measure is None:
            return self._table(str(calculation.table), trace)
        arguments = {**calculation.arguments, **chosen}
        key = f"{calculation.measure}{sorted(arguments.items(), key=str)}"
        if key not in self.results:
            inner = Trace()
            self.results[key] = (self._call(calculation.measure, arguments, inner), inner)
        result, inner = self.results[key]
        if "source" in getattr(result, "columns", ()):  # the rows chosen name their sources
            trace.tables |= inner.tables
        else:
            trace.add(inner)
        return result

    def _call(self, measure: str, arguments: dict[str, Any], trace: Trace) -> Any:
        topic, function = _measure(measure)
        given: dict[str, Any] = {}
        for parameter in inspect.signature(function).parameters.values():
            name = parameter.name
            if name in arguments:
                given[name] = self._argument(arguments[name], trace)
            elif f"{topic}/{name}" in self._addresses(topic):
                given[name] = self._table(f"{topic}/{name}", trace)
            elif name in ("country", "partner"):
                given[name] = getattr(self.article, name)
            elif parameter.default is parameter.empty:
                raise ClaimError(
                    f"{measure} needs the argument {name!r}: add it under 'arguments'."
                )
        if unknown := sorted(set(arguments) - set(given)):
            hint = near(unknown[0], inspect.signature(function).parameters)
            raise ClaimError(f"{measure} has no argument {unknown[0]!r}{hint}.")
        try:
            return function(**given)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            text = " ".join(str(error).split()) or type(error).__name__
            raise ClaimError(
                f"{measure} cannot be computed with these arguments: {text}"
            ) from error

    def _argument(self, argument: Any, trace: Trace) -> Any:
        """Return an argument as it is; of one that is itself a calculation, the rows."""
        if not (isinstance(argument, Mapping) and {"measure", "table"} & set(argument)):
            return argument
        inner = Trace()
        try:
            calculation = Calculation.model_validate(dict(argument))
        except ValidationError as error:
            text = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ClaimError(f"an argument that is a calculation: {text}.") from error
        frame = self._result(calculation, {}, inner)
        if not isinstance(frame, pd.DataFrame):
            raise ClaimError(f"the argument {_origin(calculation)} gives no table of rows.")
        rows = _rows(frame, calculation.where, self._vocabulary(calculation, inner))
        inner.note(rows)
        trace.add(inner)
        return rows

    def _table(self, address: str, trace: Trace) -> pd.DataFrame:
        trace.tables.add(address)
        if address not in self.tables:
            try:
                self.tables[address] = data.load(address)
            except data.DataError as error:
                raise ClaimError(str(error)) from error
        return self.tables[address]

    def _vocabulary(self, calculation: Calculation, trace: Trace) -> Callable[[str], Iterable[Any]]:
        """Give a function that lists what a column of the tables behind a result may hold."""

        def known(column: str) -> Iterable[Any]:
            frames = [self.tables[address] for address in trace.tables if address in self.tables]
            if calculation.measure is not None:
                of_measure = f"{calculation.measure}["
                frames += [
                    result
                    for key, (result, _) in self.results.items()
                    if key.startswith(of_measure)
                ]
                yield from _constants(calculation.measure.partition(".")[0])
            for frame in frames:
                if column in getattr(frame, "columns", ()):
                    yield from frame[column].dropna().unique()

        return known

    def _addresses(self, topic: str) -> frozenset[str]:
        if topic not in self.addresses:
            self.addresses[topic] = frozenset(data.addresses(topic))
        return self.addresses[topic]


def _measure(dotted: str) -> tuple[str, Callable[..., Any]]:
    """Find a public measure by its dotted name."""
    topic, _, name = dotted.rpartition(".")
    if topic not in TOPICS:
        raise ClaimError(
            f"there is no measure {dotted!r}: write topic.measure with one of {', '.join(TOPICS)}, "
            "such as trade.bilateral."
        )
    public = _public(topic)
    if name not in public:
        raise ClaimError(f"there is no measure {dotted!r} in {topic}{near(name, public)}.")
    return topic, public[name]


@cache
def _public(topic: str) -> dict[str, Callable[..., Any]]:
    """List the public measures of a topic by name."""
    module = measures(topic)
    names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    functions = {name: getattr(module, name) for name in names}
    return {
        name: function
        for name, function in functions.items()
        if inspect.isfunction(function) and function.__module__.startswith("turkic_ties.")
    }


def _constants(topic: str) -> Iterable[str]:
    """List the texts among a topic's public constants, such as the names of books and flows."""
    for name, value in vars(measures(topic)).items():
        if name.isupper() and isinstance(value, tuple | list | dict | set | frozenset):
            yield from (entry for entry in value if isinstance(entry, str))


def _from_object(result: Any, calculation: Calculation, trace: Trace) -> Value:
    """Take the value from a result that is no table."""
    column = calculation.column
    if column is not None and not hasattr(result, column):
        names = [name for name in dir(result) if not name.startswith("_")]
        raise ClaimError(f"{_origin(calculation)} has no {column!r}{near(column, names)}.")
    value = result if column is None else getattr(result, column)
    if hasattr(result, "__dict__"):
        trace.note(pd.DataFrame([vars(result)]))
    return _scaled(value, calculation)


def _from_rows(rows: pd.DataFrame, calculation: Calculation, trace: Trace) -> Value:
    """Take the value, or labelled values, from the rows chosen."""
    if calculation.take == "count":
        trace.note(rows)
        return float(len(rows))
    name = calculation.column
    if name is None or name not in rows:
        names = ", ".join(map(str, rows))
        raise ClaimError(f"{_origin(calculation)} has no column {name!r}; there are {names}.")
    rows = rows.dropna(subset=[name])
    if rows.empty:
        return None
    if calculation.take in ("first", "last"):
        rows = rows.iloc[[0 if calculation.take == "first" else -1]]
    trace.note(rows)
    if name == "interpolated":
        trace.weak = trace.weak or "an interpolated figure, which no publisher printed"
    if calculation.over is not None and calculation.over not in rows:
        raise ClaimError(f"{_origin(calculation)} has no column {calculation.over!r} for 'over'.")
    if calculation.take == "only" and calculation.over is not None:
        values = rows[name].set_axis(rows[calculation.over])
        return _scaled(values.sort_index() if calculation.over in TIMES else values, calculation)
    if calculation.take == "only" and len(rows) > 1:
        raise ClaimError(
            f"{_origin(calculation)}, {calculation.where}: {len(rows)} rows where one is needed; "
            "narrow 'where', or say with 'over' or 'take' what to do with them."
        )
    if calculation.take in ARITHMETIC and not pd.api.types.is_numeric_dtype(rows[name]):
        raise ClaimError(f"{name!r} is not a number; 'take: {calculation.take}' needs one.")
    return _scaled(TAKE[calculation.take](rows[name]), calculation)


def _origin(calculation: Calculation) -> str:
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
        return _day(value)
    number = float(value) * calculation.scale + calculation.plus
    return abs(number) if calculation.absolute else number


def _rows(
    frame: pd.DataFrame, where: Mapping[str, Any], known: Callable[[str], Iterable[Any]]
) -> pd.DataFrame:
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
            values = condition if isinstance(condition, list) else [condition]
            for value in values:
                _check_value(name, column, value, known)
            matches = column.isin(values)
        selected &= matches.fillna(False).to_numpy(bool)
    return frame[selected]


def _in_range(
    name: str, column: Series, condition: Mapping[str, Any], known: Callable[[str], Iterable[Any]]
) -> Series:
    if not condition or set(condition) - {"from", "to"}:
        keys = ", ".join(condition) or "nothing"
        raise ClaimError(f"a range of {name!r} has 'from' and 'to' (got {keys}).")
    for bound in condition.values():
        _check_type(name, column, bound)
        if isinstance(bound, str) and not re.fullmatch(ISO_DATE, bound):
            raise ClaimError(
                f"write the date {bound!r} of {name!r} as 2024, 2024-05 or 2024-05-02."
            )
    first, last = condition.get("from"), condition.get("to")
    if first is not None and last is not None and first > last:
        raise ClaimError(f"the range of {name!r} is reversed: from {first} to {last}.")
    matches = _within(column, first, last)
    if len(column) and not matches.any():
        wanted = str if isinstance(first or last, str) else (int, float)
        others = [value for value in known(name) if isinstance(value, wanted)]
        if not _within(pd.Series(others), first, last).any():
            raise ClaimError(f"no {name} lies in the range from {first} to {last}.")
    return matches


def _within(column: Series, first: Any, last: Any) -> Series:
    matches = column.notna()
    if first is not None:
        matches &= column >= first
    if last is not None:
        matches &= column <= last
    return matches


def _check_value(
    name: str, column: Series, value: Any, known: Callable[[str], Iterable[Any]]
) -> None:
    """Raise a ClaimError for a value of another type, or one that occurs nowhere.

    A number between the smallest and the largest one is a gap, which is not an error.
    """
    _check_type(name, column, value)
    if column.empty or column.isin([value]).any():
        return
    everywhere = [*column.dropna(), *known(name)]
    if isinstance(value, str):
        words = set(map(str, everywhere))
        if value not in words:
            raise ClaimError(f"there is no {name} {value!r}{near(value, words)}.")
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


def _period(rows: pd.DataFrame) -> str:
    """Say which time rows are about."""
    columns = set(rows)
    if {"window_start", "window_end"} <= columns:
        pairs = sorted(set(zip(rows["window_start"], rows["window_end"], strict=True)))
        return _span([f"{first}–{last}" if first < last else f"{last}" for first, last in pairs])
    if {"date_before", "date_after"} <= columns:
        return f"{rows['date_before'].iloc[0]} to {rows['date_after'].iloc[-1]}"
    if {"first_year", "last_year"} <= columns:
        return f"{rows['first_year'].min()}–{rows['last_year'].max()}"
    column = next((name for name in TIMES if name in columns), None)
    times = sorted({_day(time) for time in rows[column].dropna().unique()}) if column else []
    # Periods such as "H1 2023" have no order, so all of them are listed.
    return "; ".join(times) if column == "period" else _span(times)


def _span(times: list[str]) -> str:
    if len(times) < 2:
        return "".join(times)
    return f"{times[0]} to {times[-1]}"


def _day(time: Any) -> str:
    return f"{time:%Y-%m-%d}" if isinstance(time, pd.Timestamp) else str(time)


def _weakness(rows: pd.DataFrame) -> str:
    """Say what the table itself marks as weak in these rows; empty when nothing."""
    if "grade" in rows and (rows["grade"] == "C").any():
        return "evidence of grade C"
    if "confidence" in rows and not (rows["confidence"] == "high").all():
        lower = rows.loc[rows["confidence"] != "high", "confidence"]
        return f"a source of {lower.iloc[0]} confidence"
    for name in map(str, rows):
        if name.endswith("_estimated") and rows[name].fillna(False).any():
            return f"the {name.removesuffix('_estimated').replace('_', ' ')} is an estimate"
    if "approximate" in rows and rows["approximate"].fillna(False).any():
        return "an approximate figure"
    return ""
