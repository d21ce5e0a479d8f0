"""Running the calculations of a registry, and noting what each rests on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from typing import Any

import pandas as pd
from pydantic import ValidationError

from turkic_ties import data
from turkic_ties.claims.registry import Article, Calculation
from turkic_ties.claims.rows import Known, from_object, from_rows, origin, select
from turkic_ties.claims.rules import ClaimError, Value, near
from turkic_ties.claims.trace import Trace
from turkic_ties.files import Json
from turkic_ties.topics import TOPICS, measures

STEP_ROWS = 6
"""Rows that are shown of those chosen."""


class Evaluation:
    """Run calculations for one article; each table is read and each measure run once.

    With `steps`, traces say how each value came about.
    """

    def __init__(self, article: Article, steps: bool = False) -> None:
        self.article = article
        self.steps = steps
        self.tables: dict[str, pd.DataFrame] = {}
        self.addresses: dict[str, frozenset[str]] = {}
        self.results: dict[str, tuple[Any, Trace]] = {}
        self.values: dict[tuple[int, str], list[Any]] = {}

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
            self.result(calculation, {name: choice}, trace)
        values = {choice: self._one(calculation, {name: choice}, trace) for choice in choices}
        known = {choice: value for choice, value in values.items() if value is not None}
        return (pd.Series(known, dtype="float64") if known else None), trace

    def _one(self, calculation: Calculation, chosen: Json, trace: Trace) -> Value:
        result = self.result(calculation, chosen, trace)
        if isinstance(result, pd.DataFrame):
            known = self._vocabulary(calculation, trace)
            if calculation.over in result and trace.labels is None:
                column = str(calculation.over)
                trace.labels = set(map(str, [*self._values(result, column), *known(column)]))
            rows = select(result, calculation.where, known)
            value = from_rows(rows, calculation, trace)
            if self.steps:
                trace.steps += _row_steps(result, rows, calculation, trace, chosen)
            return value
        return None if result is None else from_object(result, calculation, trace)

    def result(self, calculation: Calculation, chosen: Json, trace: Trace) -> Any:
        """Run the measure of a calculation, or read its table."""
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

    def _call(self, measure: str, arguments: Json, trace: Trace) -> Any:
        topic, function = find_measure(measure)
        given: Json = {}
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
        frame = self.result(calculation, {}, inner)
        if not isinstance(frame, pd.DataFrame):
            raise ClaimError(f"the argument {origin(calculation)} gives no table of rows.")
        rows = select(frame, calculation.where, self._vocabulary(calculation, inner))
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

    def _vocabulary(self, calculation: Calculation, trace: Trace) -> Known:
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
                    yield from self._values(frame, column)

        return known

    def _values(self, frame: pd.DataFrame, column: str) -> list[Any]:
        """List what a column of a table or result has, once."""
        key = (id(frame), column)
        if key not in self.values:
            self.values[key] = [*frame[column].dropna().unique()]
        return self.values[key]

    def _addresses(self, topic: str) -> frozenset[str]:
        if topic not in self.addresses:
            self.addresses[topic] = frozenset(data.addresses(topic))
        return self.addresses[topic]


def _row_steps(
    result: pd.DataFrame,
    rows: pd.DataFrame,
    calculation: Calculation,
    trace: Trace,
    chosen: Mapping[str, Any],
) -> Iterable[str]:
    """Say which rows were chosen of which result, and what was taken from them."""
    tables = ", ".join(sorted(trace.tables))
    given = {**calculation.arguments, **chosen}
    with_ = "".join(f"\n  {name}: {value}" for name, value in given.items())
    yield f"{origin(calculation)} of {tables}: {_rows(result)}{with_}"
    where = "; ".join(f"{name} {value}" for name, value in calculation.where.items())
    yield f"where {where}: {_rows(rows)}" if where else "all rows"
    if rows.empty:
        yield from _nearest(result, calculation.where)
    else:
        yield rows.head(STEP_ROWS).to_string(index=False, line_width=110, max_colwidth=40)
    if len(rows) > STEP_ROWS:
        yield f"and {len(rows) - STEP_ROWS} more"
    how = "the value" if calculation.take == "only" else calculation.take
    taken = f"taken: {how}" + (f" of {calculation.column}" if calculation.column else "")
    labels = f" by {calculation.over}" if calculation.over else ""
    scale = f", times {calculation.scale:g}" if calculation.scale != 1 else ""
    plus = f", plus {calculation.plus:g}" if calculation.plus else ""
    yield f"{taken}{labels}{scale}{plus}{', without sign' if calculation.absolute else ''}"


def _rows(frame: pd.DataFrame) -> str:
    return f"{len(frame)} row{'s' * (len(frame) != 1)}"


def _nearest(result: pd.DataFrame, where: Mapping[str, Any]) -> Iterable[str]:
    """Name for each condition the values with which the others have rows."""
    for name in where:
        others = {key: value for key, value in where.items() if key != name}
        with suppress(ClaimError):  # another condition has no row by itself
            values = sorted(select(result, others, lambda _: ())[name].dropna().unique())
            listed = values if len(values) <= STEP_ROWS else [values[0], "…", values[-1]]
            if values:
                yield f"with the rest of these, {name} is {', '.join(map(str, listed))}"


def find_measure(dotted: str) -> tuple[str, Callable[..., Any]]:
    """Find a public measure by its dotted name."""
    topic, _, name = dotted.rpartition(".")
    if topic not in TOPICS:
        raise ClaimError(
            f"there is no measure {dotted!r}: write topic.measure with one of {', '.join(TOPICS)}, "
            "such as trade.bilateral."
        )
    public = public_measures(topic)
    if name not in public:
        raise ClaimError(f"there is no measure {dotted!r} in {topic}{near(name, public)}.")
    return topic, public[name]


@cache
def public_measures(topic: str) -> dict[str, Callable[..., Any]]:
    """List the public measures of a topic by name; none where it has no module."""
    if find_spec(f"turkic_ties.{topic}") is None:
        return {}
    module = measures(topic)
    names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    functions = {name: getattr(module, name) for name in names}
    return {
        name: function
        for name, function in functions.items()
        if inspect.isfunction(function) and function.__module__.startswith("turkic_ties.measures.")
    }


def _constants(topic: str) -> Iterable[str]:
    """List the texts among a topic's public constants, such as the names of books and flows."""
    for name, value in vars(measures(topic)).items():
        if name.isupper() and isinstance(value, tuple | list | dict | set | frozenset):
            yield from (entry for entry in value if isinstance(entry, str))
