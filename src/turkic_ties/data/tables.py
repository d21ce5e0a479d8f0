"""Tables: a CSV file as a typed frame, exactly as its package describes it."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from turkic_ties import hashing
from turkic_ties.cache import cached
from turkic_ties.data import form
from turkic_ties.data.packages import (
    DataError,
    Resource,
    contents,
    corrections,
    digest,
    files,
    joined,
    resource,
)
from turkic_ties.files import Json, decode

INTEGER = r"[+-]?[0-9]{1,18}"
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"

_read: set[str] = set()
_frames: dict[str, tuple[tuple[int, int], pd.DataFrame]] = {}

Column: TypeAlias = "pd.Series[Any]"
Cells: TypeAlias = "np.ndarray[Any, Any]"


def load(address: str) -> pd.DataFrame:
    """Load a table as a typed data frame, with the declared corrections applied.

    Parameters
    ----------
    address
        ``topic/name``, for example ``"trade/bilateral_trade"``; ``"countries"`` for the shared
        table.

    Returns
    -------
    pandas.DataFrame
        The columns of the table's schema: strings as ``str``, integers as ``int64`` (``Int64``
        where a cell may be empty), numbers as ``float64``, dates as ``datetime64``. Empty cells
        are missing. Where ``corrections.yml`` flags rows of the table there is one more column,
        ``flag`` (empty text where nothing is flagged).

    Raises
    ------
    DataError
        When the table is unknown, a file is missing or is not the one the package describes (size
        and SHA-256), a cell does not fit its column, or a correction no longer fits the data.

    Examples
    --------
    >>> load("trade/commodities").query("series == 'brent'").shape[0] > 30
    True
    """
    frame = _loaded(address, digest(address))
    _read.add(address)
    return frame.copy(deep=False)  # pandas copies what is changed, and only then


@functools.cache
def _loaded(address: str, state: str) -> pd.DataFrame:
    """Load a table once for every state of its files, description and corrections."""
    name = f"table {address} {state}"
    frame = cached(name, functools.partial(_checked, address))
    _frames[name] = frame.shape, frame
    return frame


def _checked(address: str) -> pd.DataFrame:
    return _apply_corrections(address, pd.concat(parts(address), ignore_index=True))


def name_of(frame: pd.DataFrame) -> str | None:
    """Name the loaded table, and its state, that a frame is equal to; None where there is none."""
    shape = frame.shape  # few tables have the same, and pandas computes it each time
    alike = ((name, table) for name, (other, table) in _frames.items() if other == shape)
    return next((name for name, table in alike if _is_equal(table, frame)), None)


def _is_equal(table: pd.DataFrame, frame: pd.DataFrame) -> bool:
    """Compare the cells only where a frame is not a view of the table, as `load` gives it."""
    if [*table] != [*frame] or not table.index.equals(frame.index):
        return False
    is_view = all(_is_view(table[name].to_numpy(), frame[name].to_numpy()) for name in table)
    return is_view or table.equals(frame)


def _is_view(cells: Cells, others: Cells) -> bool:
    """Say whether cells lie in the same place; pandas copies them before it changes any."""
    place, other = (array.__array_interface__ for array in (cells, others))
    return place == other


def tables_read() -> list[str]:
    """List the tables loaded in this process so far, sorted."""
    return sorted(_read)


def columns(address: str, names: Collection[str]) -> pd.DataFrame:
    """Load some columns of a table, which does not count as read.

    Parameters
    ----------
    address
        As for `load`.
    names
        The columns.
    """
    return _loaded(address, digest(address))[[*names]]


def parts(address: str, names: Collection[str] | None = None) -> list[pd.DataFrame]:
    """Load each file of a table by itself, as `load` does but without corrections.

    Parameters
    ----------
    address
        As for `load`.
    names
        The columns wanted; all of them when None.
    """
    described = resource(address)
    content = contents(address)
    _check_hash(address, described, content)
    table = form.Resource.model_validate(described)
    wanted = [column for column in table.table.columns if names is None or column.name in names]
    frames = [
        _frame(path, part, table, wanted)
        for path, part in zip(files(address), content, strict=True)
    ]
    for column in wanted:
        if column.constraints.unique:
            cells = pd.concat([frame[column.name] for frame in frames], ignore_index=True).dropna()
            _refuse(address, column, cells, cells.duplicated(), "is there twice")
    return frames


def typed(address: str, path: Path, content: bytes) -> pd.DataFrame:
    """Read what may become a file of a table, by its schema; errors as for `load`.

    Parameters
    ----------
    address
        As for `load`.
    path
        The file, for messages.
    content
        What it would have.
    """
    table = form.Resource.model_validate(resource(address))
    return _frame(path, content, table, table.table.columns)


def corrected(address: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Apply the declared corrections to a table; an error where one does not fit any more."""
    return _apply_corrections(address, frame)


def _check_hash(address: str, described: Resource, content: list[bytes]) -> None:
    where = ", ".join(str(path) for path in files(address))
    if "bytes" not in described or "hash" not in described:
        raise DataError(f"{where}: the package has no size or hash of it. Run 'ties data --seal'.")
    found = joined(content)
    if (len(found), hashing.of_bytes(found)) == (described["bytes"], described["hash"]):
        return
    if hashing.of_bytes(found.replace(b"\r\n", b"\n")) == described["hash"]:
        raise DataError(
            f"{where}: the line ends were changed to those of Windows. Get the file anew: "
            "git config core.autocrlf false, remove the file, git checkout -- the file."
        )
    raise DataError(
        f"{where}: the contents are not those the package describes (expected "
        f"{described['hash'][:19]}…, found {hashing.of_bytes(found)[:19]}…). If you edited it on "
        "purpose, run 'ties data --seal'; if not, restore it with git."
    )


def _frame(
    path: Path, content: bytes, table: form.Resource, wanted: list[form.Field]
) -> pd.DataFrame:
    schema = table.table
    cells = _cells(path, content, [column.name for column in schema.columns], table.dialect)
    typed = {}
    for column in wanted:
        # Each text is read once, at its first row: most columns repeat a few.
        codes, texts = pd.factorize(cells[column.name])
        rows = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))
        given = pd.Series(texts, index=rows, dtype="str")
        empty = given.isin(schema.missingValues)
        required = column.constraints.required or column.name in schema.primaryKey
        if required:
            _refuse(path, column, given, empty, "is missing: the column is required")
        values = _typed(path, given[~empty], column, required).reindex(rows)
        typed[column.name] = values.array.take(codes)
    return pd.DataFrame(typed)


def _cells(path: Path, content: bytes, names: list[str], dialect: form.Dialect) -> pd.DataFrame:
    """Read all cells as text; the header and the length of every row must be those described."""
    text = decode(content, path, DataError)
    if odd := re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        line = text.count("\n", 0, odd.start()) + 1
        called = "a carriage return" if odd[0] == "\r" else "a control character"
        raise DataError(
            f"{path}, line {line}: has {called}. Save it as text with plain line feeds."
        )
    # Not pandas: it fills short rows up without a word, and leaves out a quote in the wrong place.
    reader = csv.reader(io.StringIO(text), delimiter=dialect.delimiter, strict=True)
    try:
        header, *rows = [*reader] or [[]]
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}. Fix its quotes.") from None
    if header != names:
        raise DataError(
            f"{path}, row 1: the columns are {', '.join(header)!r:.200}, those of the schema are "
            f"{', '.join(names)}. Is the separator {dialect.delimiter!r}?"
        )
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names):
            raise DataError(f"{path}, row {number}: has {len(row)} cells, the schema {len(names)}.")
    if not rows:
        raise DataError(f"{path} has no rows. Fill it, or take it out of the package.")
    return pd.DataFrame(rows, columns=names, dtype="object")


def _typed(path: Path, given: Column, column: form.Field, required: bool) -> Column:
    """Turn the cells that are not missing into the type of their column."""
    wrong = f"is no {column.type}"
    if column.type == "string":
        values = given
    elif column.type == "boolean":
        meanings = dict.fromkeys(column.trueValues, True) | dict.fromkeys(column.falseValues, False)
        _refuse(path, column, given, ~given.isin(meanings), wrong)
        values = given.map(meanings).astype("bool" if required else "boolean")
    elif column.type == "date":
        days = {cell: _day(cell, column.date_format) for cell in given}
        _refuse(path, column, given, given.map(days).isna(), f"{wrong} ({column.date_format})")
        values = pd.to_datetime(given.map(days))
    else:
        plain = given.str.replace(column.groupChar, "") if column.groupChar else given
        plain = plain if column.decimalChar == "." else plain.str.replace(column.decimalChar, ".")
        pattern = INTEGER if column.type == "integer" else NUMBER
        _refuse(path, column, given, ~_matches(plain, pattern), wrong)
        if column.type == "integer":
            values = plain.astype("int64" if required else "Int64")
        else:
            # Python's own parser rounds correctly, the one of pandas to the last digit but one.
            values = plain.astype("object").astype("float64")
            _refuse(path, column, given, values.abs() == np.inf, "is too large")
    _check_constraints(path, given, values, column)
    return values


def _matches(cells: Column, pattern: str) -> Column:
    matches = re.compile(pattern).fullmatch
    return pd.Series([bool(matches(cell)) for cell in cells.tolist()], cells.index, dtype="bool")


def _day(cell: str, date_format: str) -> datetime | None:
    try:
        return datetime.strptime(cell, date_format)
    except ValueError:
        return None


def _check_constraints(path: Path, given: Column, values: Column, column: form.Field) -> None:
    limits = column.constraints
    if column.type == "string" and re.fullmatch(r"(.+_)?url", column.name):
        _refuse(path, column, given, ~_matches(given, form.LINK), "is no http or mailto address")
    if limits.minimum is not None:
        _refuse(path, column, given, values < limits.minimum, f"is below {limits.minimum}")
    if limits.maximum is not None:
        _refuse(path, column, given, values > limits.maximum, f"is above {limits.maximum}")
    if limits.minLength is not None:
        _refuse(path, column, given, given.str.len() < limits.minLength, "is too short")
    if limits.maxLength is not None:
        _refuse(path, column, given, given.str.len() > limits.maxLength, "is too long")
    if limits.pattern is not None:
        odd = ~_matches(given, limits.pattern)
        _refuse(path, column, given, odd, f"does not match {limits.pattern}")
    if limits.enum is not None:
        allowed = ", ".join(map(str, limits.enum))
        _refuse(path, column, given, ~values.isin(limits.enum), f"is none of {allowed}")


def _refuse(where: Path | str, column: form.Field, given: Column, bad: Column, why: str) -> None:
    """Name the first bad cell of a column; the header is row 1."""
    if bad.any():
        row: Any = bad.fillna(False).astype(bool).idxmax()
        raise DataError(
            f"{where}, row {row + 2}, column {column.name}: {given[row]!r:.40} {why}. Fix the cell."
        )


# -- corrections -----------------------------------------------------------------------------------


def _apply_corrections(address: str, frame: pd.DataFrame) -> pd.DataFrame:
    entries = corrections(address)
    if any(entry["action"] == "flag" for entry in entries) and "flag" not in frame:
        frame["flag"] = ""
    dropped = []
    for entry in entries:
        row = _matching_row(entry, frame)
        match entry["action"]:
            case "drop":
                dropped.append(row)
            case "replace":
                frame.loc[row, entry["column"]] = _cell(entry, entry["column"], "value", frame)
            case _:
                frame.loc[row, "flag"] = entry["flag"]
    return frame.drop(index=dropped).reset_index(drop=True)


def _matching_row(entry: Json, frame: pd.DataFrame) -> Any:
    """Find the row of a correction; an error when the expected value is not there any more."""
    rows = frame
    # Numbers first: a column of them is compared in a moment, and leaves few texts to compare.
    for column in sorted(entry["match"], key=lambda name: isinstance(entry["match"][name], str)):
        value = _cell(entry, column, "match", frame)
        rows = rows[(rows[column] == value).fillna(False).astype(bool)]
    expected = _cell(entry, entry["column"], "expected", frame)
    found = rows.loc[:, entry["column"]].tolist()
    if len(found) == 1 and (pd.isna(found[0]) if expected is None else found[0] == expected):
        return rows.index[0]
    is_there = found if found else "no such row"
    raise DataError(
        f"corrections.yml, entry {entry['id']!r}: {entry['table']} should have {entry['column']} = "
        f"{entry['expected']} in the row {entry['match']}, but has {is_there}. The publisher has "
        "changed the figure: delete or renew this entry."
    )


def _cell(entry: Json, column: str, key: str, frame: pd.DataFrame) -> Any:
    """Give a value of a correction the type of its column."""
    value = entry["match"][column] if key == "match" else entry[key]
    where = f"corrections.yml, entry {entry['id']!r}: {key}"
    if column not in frame:
        raise DataError(f"{where}: {entry['table']} has no column {column!r}.")
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    dtype = frame[column].dtype
    kinds: Json = {"i": int, "f": (int, float), "b": bool, "M": (date, str), "O": str}
    fits = isinstance(value, kinds[dtype.kind]) and isinstance(value, bool) == (dtype.kind == "b")
    if not fits or value in (np.inf, -np.inf):
        raise DataError(f"{where}: {value!r} is not of the type of the column {column!r}.")
    if dtype.kind == "M":
        with suppress(ValueError):
            return pd.Timestamp(value)
        raise DataError(f"{where}: {value!r} is no date. Write it as 2024-01-31.")
    return value
