"""Rows: what a source says anew, put into the file it fills, cell by cell as that was written.

A cell whose value has not changed keeps its text, so that a table in which nothing is new keeps its
bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from turkic_ties.countries import data_directory
from turkic_ties.data import packages, tables
from turkic_ties.data.packages import DataError, UnknownTableError
from turkic_ties.files import read_text
from turkic_ties.refresh.sources import LeftOut


def address_of(file: str) -> str:
    """Return the table of a data file, which need not be there yet.

    Parameters
    ----------
    file
        Relative to ``data/``.

    Examples
    --------
    >>> address_of("trade/bilateral_trade/uzstat.csv"), address_of("defense/alliances.csv")
    ('trade/bilateral_trade', 'defense/alliances')
    """
    path = Path(file)
    for address in packages.addresses():
        files = packages.files(address)
        wanted = data_directory() / file
        in_its_folder = str(path.parent) == address and files[0].parent == wanted.parent
        if wanted in files or in_its_folder:
            return address
    raise UnknownTableError(f"no table has the file {file}. Describe it in its package.")


@dataclass(frozen=True)
class Change:
    """A file before and after a source has been read, as typed frames.

    ``before`` and ``after`` have only the rows the source is responsible for; ``content`` is the
    whole new file, ``left_out`` the rows that each entry of ``left_out`` in refresh.yml took.
    """

    sources: tuple[str, ...]
    file: str
    address: str
    key: list[str]
    before: pd.DataFrame
    after: pd.DataFrame
    content: bytes
    left_out: list[pd.DataFrame]


def change(
    sources: tuple[str, ...],
    file: str,
    new: pd.DataFrame,
    scope: Iterable[str] | None,
    adds: bool,
    left_out: Iterable[LeftOut],
) -> Change:
    """Put the new rows of a source into its file.

    Parameters
    ----------
    sources
        The source ids whose rows these are.
    file
        Relative to ``data/``.
    new
        What the connector gives.
    scope, adds
        ``SCOPE`` and ``ADDS`` of the connector, see `turkic_ties.refresh.source`.
    left_out
        The entries of refresh.yml.

    Raises
    ------
    turkic_ties.data.DataError
        When a column is unknown or missing, or a cell does not fit its column.
    """
    address = address_of(file)
    schema = packages.resource(address)["schema"]
    files = dict(zip(packages.files(address), tables.parts(address), strict=True))
    names = [field["name"] for field in schema["fields"]]
    if list(new.columns) != names:
        raise DataError(f"{file}: the columns are {list(new.columns)}, not {names}.")
    new, taken = _without(new, file, left_out)
    key = schema["primaryKey"]
    path = data_directory() / file
    old_text = _cells(path, names)
    old = files[path] if path in files else new.iloc[:0]
    if path not in files and len(old_text):
        old = tables.typed(address, path, _csv(old_text))
    new_text = new.map(_written).astype("str")
    after = tables.typed(address, path, _csv(new_text)) if len(new) else new.iloc[:0]
    if twice := _index(after, key)[_index(after, key).duplicated()].tolist():
        raise DataError(f"{file}: the key {' '.join(map(str, twice[0]))} is there twice.")
    scope = list(scope or (("source",) if "source" in names else ()))
    own = _index(old, scope).isin(_index(after, scope)) if scope else pd.Series(True, old.index)
    if adds:
        seen = _index(after, key).isin(_index(old, key))
        after = pd.concat([old[own], after[~seen]]) if len(old) else after
        new_text = pd.concat([old_text[own], new_text[~seen.to_numpy()]])
    else:
        _keep_text(old, old_text, after, new_text, key)
    whole = pd.concat([old_text[~own], new_text], ignore_index=True)
    typed = pd.concat([old[~own], after], ignore_index=True) if len(old) else after
    order = typed.sort_values(key, kind="stable").index
    return Change(
        sources,
        file,
        address,
        key,
        old[own].reset_index(drop=True),
        after.reset_index(drop=True),
        _csv(whole.loc[order]),
        taken,
    )


def _without(
    new: pd.DataFrame, file: str, left_out: Iterable[LeftOut]
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Take out the rows that are left out on purpose."""
    taken = []
    for entry in left_out:
        if entry.file != file:
            continue
        hit = pd.Series(True, new.index)
        for column, wanted in entry.match.items():
            if not isinstance(wanted, dict):
                hit &= new[column] == wanted
            elif "before" in wanted:
                hit &= new[column] < wanted["before"]
            else:
                hit &= new[column] > wanted["after"]
        taken.append(new[hit])
        new = new[~hit]
    return new.reset_index(drop=True), taken


def _cells(path: Path, names: list[str]) -> pd.DataFrame:
    """Read a file as text; an empty frame when it is not there yet."""
    if not path.is_file():
        return pd.DataFrame(columns=names, dtype="str")
    rows = list(csv.reader(io.StringIO(read_text(path, DataError)), strict=True))
    return pd.DataFrame(rows[1:], columns=names, dtype="str")


def _written(cell: Any) -> str:
    """Write a cell as the tables have it.

    Examples
    --------
    >>> [_written(cell) for cell in (3.0, 0.25, True, None, "a", 12)]
    ['3', '0.25', 'true', '', 'a', '12']
    """
    if pd.isna(cell):
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return f"{cell:.0f}"
        return repr(float(cell))
    return cell.strftime("%Y-%m-%d") if hasattr(cell, "strftime") else str(cell)


def _index(frame: pd.DataFrame, columns: list[str]) -> pd.Series[Any]:
    """Write the cells of some columns as one value per row."""
    keys = list(frame[columns].itertuples(index=False, name=None))
    return pd.Series(keys, index=frame.index, dtype="object")


def _keep_text(
    old: pd.DataFrame,
    old_text: pd.DataFrame,
    after: pd.DataFrame,
    new_text: pd.DataFrame,
    key: list[str],
) -> None:
    """Give each new cell the old text where its value is the same."""
    places = {row: place for place, row in enumerate(_index(old, key))}
    before = _index(after, key).map(places)
    there = before.notna().to_numpy()
    rows = before[there].astype(int).to_numpy()
    was, now = (
        part.astype("object").where(part.notna(), None).to_numpy()
        for part in (old.iloc[rows], after[there])
    )
    texts = new_text.to_numpy().copy()
    texts[there] = np.where(was == now, old_text.iloc[rows], texts[there])
    new_text[:] = texts


def _csv(cells: pd.DataFrame) -> bytes:
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(cells.columns)
    rows.writerows(cells.itertuples(index=False, name=None))
    return written.getvalue().encode()
