"""What a source changes: rows that are new or gone, cells that are revised, the largest first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from turkic_ties.refresh.rows import Change

SHOWN = 5
"""Revisions that a text lists."""


@dataclass(frozen=True)
class Revision:
    """One cell that has another value; ``size`` is the relative difference, None for texts."""

    key: tuple[Any, ...]
    column: str
    before: Any
    after: Any
    size: float | None

    def __str__(self) -> str:
        size = "" if self.size is None else f" ({self.size:+.1%})"
        row = " ".join(map(str, self.key))
        return f"{row} {self.column} {_shown(self.before)} → {_shown(self.after)}{size}"


@dataclass(frozen=True)
class Diff:
    """A file before and after.

    ``common`` counts the cells in both, ``pairs`` are the numbers in both as frames of columns
    ``column``, ``before`` and ``after``.
    """

    file: str
    new: int
    gone: int
    common: int
    revised: list[Revision]
    pairs: pd.DataFrame
    newest: int | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is different."""
        return not (self.new or self.gone or self.revised)

    def __str__(self) -> str:
        parts = []
        if self.new:
            parts.append(f"+{self.new} rows")
        if self.gone:
            parts.append(f"−{self.gone} rows")
        if self.revised:
            revised = f"{len(self.revised)} of {self.common:,} cells revised"
            parts.append(f"{revised} (largest: {self.revised[0]})")
        return ", ".join(parts) or "nothing new"

    def to_dict(self) -> dict[str, Any]:
        """Write it for programs, with the largest revisions."""
        revised = [str(revision) for revision in self.revised[:SHOWN]]
        counts = {"rows_new": self.new, "rows_gone": self.gone, "cells_common": self.common}
        return {"file": self.file, **counts, "cells_revised": len(self.revised), "largest": revised}


def between(change: Change) -> Diff:
    """Compare the rows of a source before and after, by primary key."""
    before = change.before.set_index(change.key)
    after = change.after.set_index(change.key)
    common = before.index.intersection(after.index)
    was = before.loc[common]
    now = after.loc[common]
    revised: list[Revision] = []
    pairs = []
    for column in was.columns:
        old = was[column]
        new = now[column]
        both_missing = old.isna() & new.isna()
        differs = ((old != new).fillna(True) & ~both_missing).to_numpy(bool)
        for row, one, other in zip(common[differs], old[differs], new[differs], strict=True):
            key = row if isinstance(row, tuple) else (row,)
            revised.append(Revision(key, column, one, other, _size(one, other)))
        if pd.api.types.is_numeric_dtype(old) and not pd.api.types.is_bool_dtype(old):
            pairs.append(pd.DataFrame({"column": column, "before": old, "after": new}).dropna())
    revised.sort(key=lambda revision: (-abs(revision.size or 0), revision.key, revision.column))
    numbers = pd.concat(pairs) if pairs else pd.DataFrame(columns=["column", "before", "after"])
    return Diff(
        file=change.file,
        new=len(after) - len(common),
        gone=len(before) - len(common),
        common=len(common) * len(was.columns),
        revised=revised,
        pairs=numbers,
        newest=newest_year(change.after),
    )


def newest_year(frame: pd.DataFrame) -> int | None:
    """Find the newest year that was observed; projections do not count."""
    if "variant" in frame:
        frame = frame[frame["variant"] == "estimate"]
    column = next((name for name in ("year", "order_year", "date") if name in frame), None)
    if column is None or frame.empty:
        return None
    return int(frame[column].astype("str").str[:4].astype(int).max())


def _size(before: Any, after: Any) -> float | None:
    if not all(isinstance(each, int | float) for each in (before, after)):
        return None
    if pd.isna(before) or pd.isna(after):
        return None
    return math.inf if before == 0 else float(after / before - 1)


def _shown(value: Any) -> str:
    if pd.isna(value):
        return "(empty)"
    if isinstance(value, int | float):
        if value == int(value):
            return f"{int(value):,}"
        return f"{value:,}"
    return f"{value!r:.40}"
