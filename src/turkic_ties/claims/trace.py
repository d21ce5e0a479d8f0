"""What a calculation rested on: its tables and sources, the period, and what marks it as weak."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

TIMES = ("period", "date", "year", "announced", "order_year", "value_year")


@dataclass
class Trace:
    """What a calculation rested on, and the labels its values may have (None: one value).

    ``steps`` say how the value came about, where they are asked for.
    """

    tables: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    period: str = ""
    weak: str = ""
    labels: set[str] | None = None
    steps: list[str] = field(default_factory=list)

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
    times = sorted({day(time) for time in rows[column].dropna().unique()}) if column else []
    # Periods such as "H1 2023" have no order, so all of them are listed.
    return "; ".join(times) if column == "period" else _span(times)


def _span(times: list[str]) -> str:
    if len(times) < 2:
        return "".join(times)
    return f"{times[0]} to {times[-1]}"


def day(time: Any) -> str:
    """Write a date as the tables write it."""
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
