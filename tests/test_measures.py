"""What all public measures have in common: columns as documented, examples, refusals."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest

from turkic_ties import data
from turkic_ties.topics import TOPICS

ADDRESSES = data.addresses()

# Arguments that are neither tables nor a pair. A text with a dot calls another measure.
ARGUMENTS: dict[str, Any] = {
    "country": "KAZ",
    "partner": "TUR",
    "pair": "trade.bilateral",
    "rows": "trade.bilateral",
    "frame": "trade.bilateral",
    "series": "trade.bilateral",
    "ranked": "trade.ranks",
    "cells": "trade.intra_trade",
    "chapters": "trade.by_chapter",
    "sections": "trade.by_section",
    "asymmetry": "trade.asymmetry",
    "host": "KAZ",
    "first": 2021,
    "last": 2024,
    "value": "turnover_usd",
    "base_year": 2020,
    "powers": ["RUS", "CHN", "USA"],
    "others": ["RUS", "USA"],
    "by": "control",
    "category": "congress of religions",
    "version": "2021",
    "language": "kaz",
    "ethnic_group": "Kazakh",
    "date": "1999",
    "basis": "census",
    "time": 2010.5,
    "year": 2010,
    "concept": "gini",
}
OVERRIDES: dict[str, dict[str, Any]] = {
    "trade.member_shares": {"cells": "model cells"},
    "trade.by_chapter": {"country": "TUR", "partner": "KAZ"},
}
# Frames whose columns depend on the data, as their docstrings say.
WIDE = {
    "trade.constant_dollars",
    "language_policy.language_distances",
    "language_policy.letter_table",
}


def measures() -> dict[str, Callable[..., Any]]:
    """Collect the public measures of all topics that return a frame."""
    found = {}
    for topic in TOPICS:
        module = importlib.import_module(f"turkic_ties.{topic}")
        for name in module.__all__:
            measure = getattr(module, name)
            if inspect.isfunction(measure) and inspect.signature(measure).return_annotation in (
                "pd.DataFrame",
                pd.DataFrame,
            ):
                found[f"{topic}.{name}"] = measure
    return found


def arguments(name: str) -> dict[str, Any]:
    """Give a measure the tables it names, and a value for each argument it needs."""
    special, given = OVERRIDES.get(name, {}), {}
    for parameter in inspect.signature(measures()[name]).parameters.values():
        value = special.get(parameter.name, ARGUMENTS.get(parameter.name))
        tables = [
            f"{topic}/{parameter.name}" for topic in (name.split(".", maxsplit=1)[0], *TOPICS)
        ]
        table = next((address for address in tables if address in ADDRESSES), None)
        if table and parameter.name not in special:
            given[parameter.name] = data.load(table)
        elif value == "model cells":
            given[parameter.name] = result("trade.intra_trade").query("books == 'model'")
        elif isinstance(value, str) and value in measures():
            given[parameter.name] = result(value)
        elif value is not None and parameter.default is inspect.Parameter.empty:
            given[parameter.name] = value
    return given


@cache
def result(name: str) -> pd.DataFrame:
    frame: pd.DataFrame = measures()[name](**arguments(name))
    return frame


def documented(name: str) -> set[str]:
    """Read the columns of a measure from the first sentence of its section Returns."""
    text = inspect.getdoc(measures()[name]) or ""
    returns = re.split(r"\n[A-Z]\w+\n-+\n", text.split("Returns\n-------\n")[1])[0]
    sentence = " ".join(returns.split("\n")[1:])
    while "(" in sentence:  # from the inside out
        shorter = re.sub(r"\([^()]*\)", "", sentence)
        if shorter == sentence:
            break
        sentence = shorter
    sentence = re.split(r"[;.] |\.$|: ", sentence)[0]
    base: set[str] = set()
    for other in re.findall(r"columns of `(\w+)`|The same columns", sentence):
        measure = f"{name.split('.', maxsplit=1)[0]}.{other}"
        given = arguments(name)
        argument = given.get(other, next(iter(given.values())))
        base |= documented(measure) if measure in measures() else set(map(str, argument))
    return base | set(re.findall(r"\b[a-z][a-z0-9_]*\b", re.sub(r"`[^`]*`", "", sentence)))


@pytest.mark.no_cover
@pytest.mark.parametrize("name", sorted(set(measures()) - WIDE))
def test_the_columns_of_a_measure_are_those_of_its_docstring(name: str) -> None:
    columns = set(map(str, result(name).columns))
    missing = sorted(columns - documented(name))
    assert not missing, f"{name} returns {missing}, which its docstring does not name"


@pytest.mark.parametrize("topic", TOPICS)
def test_every_second_public_measure_has_an_example_that_runs(topic: str) -> None:
    module = importlib.import_module(f"turkic_ties.{topic}")
    functions = [getattr(module, name) for name in module.__all__]
    documented_ones = [f for f in functions if inspect.isfunction(f)]
    examples = [f for f in documented_ones if ">>> " in (inspect.getdoc(f) or "")]
    assert 2 * len(examples) >= len(documented_ones)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", measures())
def test_a_state_that_is_not_compared_and_a_wrong_period_are_refused(name: str) -> None:
    given = arguments(name)
    names = inspect.signature(measures()[name]).parameters
    if isinstance(given.get("country"), str):
        with pytest.raises(ValueError, match="'XXX' is not one of the states"):
            measures()[name](**given | {"country": "XXX"})
    if {"start", "end"} <= set(names):
        with pytest.raises(ValueError, match=r"start \(2021\) must not be after end \(2020\)"):
            measures()[name](**given | {"start": 2021, "end": 2020})
    if isinstance(given.get("partner"), str) and "country" in given:
        country = given["country"]
        with pytest.raises(ValueError, match=f"country and partner are both {country}"):
            measures()[name](**given | {"partner": country})


@pytest.mark.no_cover
# `trade.main_series` selects rows of its argument.
@pytest.mark.parametrize("name", sorted(set(measures()) - WIDE - {"trade.main_series"}))
def test_the_rows_of_a_measure_are_numbered_from_zero(name: str) -> None:
    index = result(name).index
    assert index.names == [None]
    assert index.tolist() == list(range(len(index)))
