"""Measures computed once for the same tables and arguments, by whichever process comes first."""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from inspect import ismodule
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from turkic_ties import countries, hashing, measures
from turkic_ties.cache import cached, folder
from turkic_ties.data import tables

P = ParamSpec("P")
T = TypeVar("T")

MAX_HASHED_CELLS = 100_000
"""A larger frame that is no table is not hashed: computing is as fast."""

PLAIN = (str, int, float, type(None))
COLLECTIONS = (tuple, list, frozenset, set, dict)
WRITTEN = (*PLAIN, *COLLECTIONS)


def cached_measure(measure: Callable[P, T]) -> Callable[P, T]:
    """Make a measure look for its result in `turkic_ties.cache` first.

    For one that takes 5 ms or more: to find a result takes one.
    The result is named by the measure, its arguments (a table by its address and hash, another
    frame by its contents) and the constants of the modules of measures, should somebody have set
    one to another value. With an argument that has no such name, the measure is computed.
    """
    signature = inspect.signature(measure)

    @functools.wraps(measure)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        if folder() is None:
            return measure(*args, **kwargs)
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        names = {parameter: _name(value) for parameter, value in given.arguments.items()}
        if None in names.values():
            return measure(*args, **kwargs)
        key = f"measure {measure.__module__}.{measure.__qualname__} {names} {_constants()}"
        return cached(key, functools.partial(measure, *args, **kwargs))

    return call


def _name(value: Any) -> str | None:
    """Name an argument; None where equal names would not mean equal values."""
    if isinstance(value, pd.DataFrame):
        return tables.name_of(value) or _hash(value)
    return _plain(value)


def _hash(frame: pd.DataFrame) -> str | None:
    if frame.size > MAX_HASHED_CELLS:
        return None
    try:
        rows = pd.util.hash_pandas_object(frame)
    except TypeError:  # a column of lists, for example
        return None
    described = repr([*frame.columns, *frame.dtypes, type(frame.index)]).encode()
    return hashlib.sha256(described + rows.to_numpy().tobytes()).hexdigest()


def _plain(value: Any) -> str | None:
    """Write a value made of texts and numbers; None for any other."""
    if isinstance(value, PLAIN):
        return repr(value)
    if not isinstance(value, COLLECTIONS):
        return None
    items = value.items() if isinstance(value, dict) else value
    parts = [_plain(item) for item in items]
    if None in parts:
        return None
    if isinstance(value, frozenset | set):
        parts.sort(key=str)
    return f"{type(value).__name__}{parts}"


def _constants() -> str:
    """Hash the constants of the modules that measures are made of."""
    modules = {name: module for name, module in vars(measures).items() if ismodule(module)}
    constants = [
        f"{module_name}.{name}={value!r}"
        for module_name, module in sorted({**modules, "countries": countries}.items())
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, WRITTEN)
    ]
    return hashing.of_bytes("\n".join(constants).encode())
