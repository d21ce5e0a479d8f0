"""Running the calculations of a registry, and noting what each rests on."""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from turkic_ties import data
from turkic_ties.claims.registry import Article, Calculation
from turkic_ties.claims.rules import ClaimError, Series, Value

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

TIMES = ("period", "date", "year", "announced", "order_year", "value_year")


@dataclass
class Trace:
    """What a calculation rested on."""

    tables: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    period: str = ""
    weak: str = ""

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
        values = {choice: self._one(calculation, {name: choice}, trace) for choice in choices}
        known = {choice: value for choice, value in values.items() if value is not None}
        return (pd.Series(known, dtype="float64") if known else None), trace

    def _one(self, calculation: Calculation, chosen: dict[str, Any], trace: Trace) -> Value:
        result = self._result(calculation, chosen, trace)
        if isinstance(result, pd.DataFrame):
            return _from_rows(_rows(result, calculation.where), calculation, trace)
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
                raise ClaimError(f"{measure} needs the argument {name!r}.")
        if unknown := sorted(set(arguments) - set(given)):
            raise ClaimError(f"{measure} has no argument {unknown[0]!r}.")
        return function(**given)

    def _argument(self, argument: Any, trace: Trace) -> Any:
        """Return an argument as it is; of one that is itself a calculation, the rows."""
        if not (isinstance(argument, Mapping) and {"measure", "table"} & set(argument)):
            return argument
        inner = Trace()
        calculation = Calculation.model_validate(dict(argument))
        rows = _rows(self._result(calculation, {}, inner), calculation.where)
        inner.note(rows)
        trace.add(inner)
        return rows

    def _table(self, address: str, trace: Trace) -> pd.DataFrame:
        trace.tables.add(address)
        if address not in self.tables:
            self.tables[address] = data.load(address)
        return self.tables[address]

    def _addresses(self, topic: str) -> frozenset[str]:
        if topic not in self.addresses:
            self.addresses[topic] = frozenset(data.addresses(topic))
        return self.addresses[topic]


def _measure(dotted: str) -> tuple[str, Callable[..., Any]]:
    """Find a measure by its dotted name."""
    topic, _, name = dotted.rpartition(".")
    module = importlib.import_module(f"turkic_ties.{topic}") if topic in data.TOPICS else None
    function = getattr(module, name, None)
    if function is None:
        raise ClaimError(
            f"there is no measure {dotted!r}: write topic.function, such as trade.bilateral."
        )
    return topic, function


def _from_object(result: Any, calculation: Calculation, trace: Trace) -> Value:
    """Take the value from a result that is no table."""
    column = calculation.column
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
        raise ClaimError(f"{_origin(calculation)} has no column {name!r}.")
    rows = rows.dropna(subset=[name])
    if rows.empty:
        return None
    if calculation.take in ("first", "last"):
        rows = rows.iloc[[0 if calculation.take == "first" else -1]]
    trace.note(rows)
    if name == "interpolated":
        trace.weak = trace.weak or "an interpolated figure, which no publisher printed"
    if calculation.take == "only" and calculation.over is not None:
        values = rows[name].set_axis(rows[calculation.over])
        return _scaled(values.sort_index() if calculation.over in TIMES else values, calculation)
    if calculation.take == "only" and len(rows) > 1:
        raise ClaimError(
            f"{_origin(calculation)}, {calculation.where}: {len(rows)} rows where one is needed; "
            "narrow 'where', or say with 'over' or 'take' what to do with them."
        )
    return _scaled(TAKE[calculation.take](rows[name]), calculation)


def _origin(calculation: Calculation) -> str:
    return str(calculation.measure or calculation.table)


def _scaled(value: Any, calculation: Calculation) -> Value:
    if isinstance(value, pd.Series):
        scaled = value.astype("float64") * calculation.scale
        return scaled.abs() if calculation.absolute else scaled
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return value
    number = float(value) * calculation.scale
    return abs(number) if calculation.absolute else number


def _rows(frame: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """Select rows by a value, a list of values or a range."""
    selected = np.ones(len(frame), dtype=bool)
    for name, condition in where.items():
        if name not in frame:
            names = ", ".join(map(str, frame))
            raise ClaimError(f"there is no column {name!r} to choose rows by; there are {names}.")
        selected &= _matches(frame[name], condition).fillna(False).to_numpy(bool)
    return frame[selected]


def _matches(column: Series, condition: Any) -> Series:
    if not isinstance(condition, Mapping):
        return column.isin(condition if isinstance(condition, list) else [condition])
    matches = column.notna()
    if "from" in condition:
        matches &= column >= condition["from"]
    if "to" in condition:
        matches &= column <= condition["to"]
    return matches


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
