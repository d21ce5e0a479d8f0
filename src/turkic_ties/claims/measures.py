"""Finding a measure: what there is, what it takes and gives, and an example to paste."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd
import yaml

from turkic_ties import articles, countries, data
from turkic_ties.claims.compute import Evaluation, find_measure, public_measures
from turkic_ties.claims.registry import Article, Calculation, load
from turkic_ties.claims.rules import ClaimError, Value
from turkic_ties.claims.trace import Trace
from turkic_ties.files import Json
from turkic_ties.topics import TOPICS

SAMPLE_ROWS = 4
WIDTH = 110
KEPT = [
    "books",
    "flow",
    "year",
    "date",
    "partner",
    "origin",
    "destination",
    "exporter",
    "importer",
    "other",
]
"""Columns that an example names even where the row is the only one without them."""

UNITS = {"usd": ("billion US dollars", 1e-9), "share": ("percent", 100.0), "rank": ("rank", 1.0)}
"""Unit for readers, and the factor to it, by the last word of a column's name."""


def list_measures() -> dict[str, str]:
    """List all public measures with their first lines.

    Examples
    --------
    >>> list_measures()["trade.ranks"]
    'Rank the partners of a country, or of several, by turnover, exports and imports.'
    """
    first_lines = {}
    for topic in TOPICS:
        for name, function in sorted(public_measures(topic).items()):
            text = inspect.getdoc(function) or ""
            first_lines[f"{topic}.{name}"] = text.partition("\n")[0]
    return first_lines


def describe(name: str, country: str = "KAZ", partner: str = "TUR") -> str:
    """Describe a measure: what it takes and gives, examples in YAML and Python, some rows.

    Parameters
    ----------
    name
        Dotted name, such as trade.ranks.
    country, partner
        ISO3 codes of the pair of the examples.

    Raises
    ------
    ClaimError
        When there is no such measure.
    """
    topic, function = find_measure(name)
    text = inspect.getdoc(function) or ""
    takes = "\n".join(f"  {line}" for line in _taken(topic, function))
    told = [f"{name}: {_told(text)}", f"Arguments\n{takes}"]
    try:
        calculation, result = example(name, country, partner)
    except ClaimError as error:
        told.append(f"No example for {country} and {partner}: {error}")
        return "\n\n".join([*told, *re.findall(r"^Examples\n-+\n.*", text, re.M | re.S)])
    unit, calculation = with_unit_of(calculation)
    rule = "{at_least: {value: 0}}"
    if isinstance(value_of(calculation, country, partner), str):
        unit, rule = "date", "{date_equals: {}}"
    reading = as_reading("Name of the reading", calculation, unit, rule)
    told.append(f"As a reading in YAML\n{reading}")
    told.append(f"In Python\n{_as_python(topic, function, calculation, (country, partner))}")
    shown = result.tail(SAMPLE_ROWS) if isinstance(result, pd.DataFrame) else result
    rows = shown.to_string(index=False) if isinstance(shown, pd.DataFrame) else repr(shown)
    about = f"{countries.name(country)} and {countries.name(partner)}"
    told.append(f"The last rows for {about}\n{rows}")
    return "\n\n".join(told)


def example(
    name: str,
    country: str,
    partner: str,
    row: Mapping[str, Any] | None = None,
    column: str | None = None,
) -> tuple[Json, Any]:
    """Write a calculation that gives one value of a measure, and give its whole result.

    Parameters
    ----------
    name, country, partner
        As for `describe`.
    row
        The row wanted, of what the measure gives; the last one when left out.
    column
        The column wanted; the first with a number that names no row when left out.

    Raises
    ------
    ClaimError
        When the measure cannot be computed for the pair.
    """
    topic, function = find_measure(name)
    calculation: Json = {"measure": name}
    arguments, usual = _arguments(topic, function)
    if arguments:
        calculation["arguments"] = arguments
    result = _evaluation(country, partner).result(
        Calculation.model_validate(calculation), {}, Trace()
    )
    if not isinstance(result, pd.DataFrame):
        fields = getattr(result, "__dict__", {}).items()
        numbers = [key for key, value in fields if isinstance(value, int | float)]
        taken = column or next(iter(numbers), None)
        return calculation | ({"column": taken} if taken else {}), result
    if result.empty:
        raise ClaimError(f"{name} has no rows.")
    column = column or usual or _value_column(result)
    if column not in result:
        raise ClaimError(
            f"{name} has no column {column!r}; there are {', '.join(map(str, result))}."
        )
    result = _of_interest(result, country, partner, column)
    chosen = result.iloc[-1] if row is None else pd.Series(dict(row))
    calculation |= {"where": _where(result, chosen, column), "column": column}
    return calculation, result


def with_unit_of(calculation: Json) -> tuple[str, Json]:
    """Give the unit of a calculation's column for readers, and the calculation scaled to it."""
    column = str(calculation.get("column", ""))
    unit, scale = UNITS.get(column.rpartition("_")[2], (column.replace("_", " "), 1.0))
    return unit, calculation | ({"scale": scale} if scale != 1 else {})


def value_of(calculation: Mapping[str, Any], country: str, partner: str) -> Value:
    """Compute the value of a calculation from `example`."""
    evaluation = _evaluation(country, partner)
    return evaluation.value(Calculation.model_validate(dict(calculation)))[0]


def _evaluation(country: str, partner: str) -> Evaluation:
    if country == partner:
        raise ClaimError(f"country and partner are both {country}: name two states.")
    about = {"title": "Example", "date": "2024", "country": country, "partner": partner}
    return Evaluation(Article.model_validate(about))


def as_reading(name: str, calculation: Mapping[str, Any], unit: str, rule: str) -> str:
    """Write a calculation as the reading of a statement, to be pasted under ``readings:``."""
    lines = [f"- name: {name}", "  compute:"]
    lines += [f"    {key}: {in_line(value)}" for key, value in calculation.items()]
    lines += [f"  unit: {unit}"] if unit else []
    return "\n".join("    " + line for line in [*lines, f"  rule: {rule}"])


def in_line(value: Any) -> str:
    """Write a value as YAML in one line.

    Examples
    --------
    >>> in_line({"year": 2022, "hs_chapter": "27"})
    "{year: 2022, hs_chapter: '27'}"
    """
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    )
    return text.removesuffix("\n...\n").strip()


def _of_interest(result: pd.DataFrame, country: str, partner: str, column: str) -> pd.DataFrame:
    """Put the rows last that a reader looks for first: of the pair, in the country's books."""
    last = result[column].notna().astype(int)
    pair = (("exporter", country), ("importer", partner), ("partner", partner), ("other", partner))
    for name, wanted in (*pair, ("books", "own"), ("flow", "turnover")):
        if name in result:
            last += (result[name] == wanted).fillna(False).astype(int)
    return result.iloc[last.argsort(kind="stable").to_numpy()]


def _arguments(topic: str, function: Callable[..., Any]) -> tuple[Json, str | None]:
    """Give what a measure needs beside tables and the pair, and the column that is used.

    Both are those of an article that uses the measure; what is itself a measure is that measure.
    """
    needed = [name for name, what in _parameters(topic, function) if what == "needed"]
    if not needed:
        return {}, None
    public = public_measures(topic)
    made = {name: {"measure": f"{topic}.{name}"} for name in needed if name in public}
    if set(made) == set(needed):
        return made, None
    used = next(_used(f"{topic}.{function.__name__}"), None)
    return (used.arguments, used.column) if used else ({}, None)


def _used(name: str) -> Iterator[Calculation]:
    """Find the calculations of articles that use a measure."""
    for path in articles.find()[0].values():
        for claim in load(path).claims:
            for part in claim.parts:
                for reading in part.evidence:
                    if reading.compute.measure == name and not reading.compute.for_each:
                        yield reading.compute


def _parameters(topic: str, function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """Say of each parameter where it comes from: a table, the pair, a default, or it is needed."""
    tables = set(data.addresses(topic))
    for name, parameter in inspect.signature(function).parameters.items():
        if f"{topic}/{name}" in tables:
            yield name, f"table {topic}/{name}"
        elif name in ("country", "partner"):
            yield name, "of the article"
        elif parameter.default is parameter.empty:
            yield name, "needed"
        else:
            yield name, f"{parameter.default!r} when left out"


def _taken(topic: str, function: Callable[..., Any]) -> Iterator[str]:
    for name, what in _parameters(topic, function):
        yield f"{name}: {'needed; put it under arguments' if what == 'needed' else what}"


def _told(text: str) -> str:
    """Leave the examples of a docstring out, and set its sections apart."""
    sections = re.split(r"\n(?=\w+\n-+\n)", text)
    return "\n\n".join(
        section.rstrip() for section in sections if not re.match(r"(Examples|See Also)\n", section)
    )


def _value_column(result: pd.DataFrame) -> str:
    """Choose the first column with a number that does not name the row."""
    names = r"year|.*_year|year_.*|window_.*|.*_id|months|rank|partners"
    numbers = [str(name) for name in result.select_dtypes("number")]
    for name in numbers:
        if not re.fullmatch(names, name) and result[name].notna().any():
            return name
    return numbers[0] if numbers else str(result.columns[-1])


def _where(result: pd.DataFrame, row: pd.Series[Any], column: str) -> Json:
    """Choose as few columns as name the row alone, those with words first to go."""
    exact = result.select_dtypes(exclude="float")
    keys = [str(name) for name in exact if name != column and name in row]
    keys = [name for name in keys if isinstance(_plain(row[name]), str | int)]
    rarely = ["source", "flag", "note"]
    for name in [*rarely, *reversed(keys)]:
        others = [key for key in keys if key != name]
        needed = name in KEPT or _matches(result, row, others) > 1
        keys = keys if needed else others
    return {name: _plain(row[name]) for name in keys}


def _matches(result: pd.DataFrame, row: pd.Series[Any], keys: list[str]) -> int:
    same = pd.Series(True, index=result.index)
    for name in keys:
        same &= (result[name] == row[name]).fillna(False)
    return int(same.sum())


def _plain(value: Any) -> Any:
    """Turn a number of NumPy into one of Python."""
    return value.item() if hasattr(value, "item") else value


def _as_python(
    topic: str, function: Callable[..., Any], calculation: Mapping[str, Any], pair: tuple[str, str]
) -> str:
    given = calculation.get("arguments", {})
    lines, passed = [f"from turkic_ties import data, {topic}"], []
    for name, what in _parameters(topic, function):
        if what.startswith("table "):
            passed.append(f'data.load("{topic}/{name}")')
        elif what == "of the article":
            passed.append(f'{name}="{pair[0] if name == "country" else pair[1]}"')
        elif name in given:
            of_measure = isinstance(given[name], Mapping)
            passed.append(f"{name}={'…' if of_measure else repr(given[name])}")
    lines.append(f"rows = {topic}.{function.__name__}({', '.join(passed)})")
    if where := calculation.get("where"):
        tests = " & ".join(f"(rows[{key!r}] == {value!r})" for key, value in where.items())
        lines.append(f"rows.loc[{tests}, {calculation['column']!r}]")
    return "\n".join(f"    {line}" for line in lines)
