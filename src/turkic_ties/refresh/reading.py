"""What connectors share: cells of sheets and CSV files to rows, and refusals that say where."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import python_calamine

from turkic_ties.countries import UnknownCountryError, to_iso3
from turkic_ties.refresh.source import Answer, RefusedAnswer

TRADE = ["source", "reporter", "partner", "year", "flow", "value_usd"]
"""Columns of ``trade/bilateral_trade``; all but the last are its key."""

COMMODITIES = ["series", "iso3", "year", "value", "unit", "source", "note"]
"""Columns of ``trade/commodities``; the first three are its key."""

LANGUAGES = {
    "az": "aze", "kk": "kaz", "ky": "kir", "ru": "rus", "tk": "tuk", "tr": "tur", "uz": "uzb",
}  # fmt: skip
"""Languages of ``language_policy/digital_presence`` by the codes of Wikimedia and Mozilla."""

NOTHING = ("", "-", "–", "…", "...", "..", ". .", "xxx", "n/a")
"""What publishers write where they have no figure."""

Sheet = list[list[Any]]


def text(source: str, answer: Answer, encoding: str = "utf-8-sig") -> str:
    """Decode an answer; a byte order mark is dropped, other encodings than the declared refused."""
    try:
        return answer.content.decode(encoding)
    except UnicodeDecodeError as error:
        line = answer.content.count(b"\n", 0, error.start) + 1
        raise RefusedAnswer(source, answer.name, f"line {line}", f"is not {encoding}") from None


def parsed(source: str, answer: Answer) -> Any:
    """Parse an answer in JSON."""
    try:
        return json.loads(text(source, answer))
    except json.JSONDecodeError as error:
        raise RefusedAnswer(source, answer.name, f"line {error.lineno}", "is not JSON") from None


def records(
    source: str, answer: Answer, columns: Iterable[str], encoding: str = "utf-8-sig"
) -> list[dict[str, str]]:
    """Read a CSV file with a header that has `columns` among others."""
    reader = csv.DictReader(io.StringIO(text(source, answer, encoding), newline=""))
    if missing := set(columns) - set(reader.fieldnames or ()):
        lost = ", ".join(sorted(missing))
        raise RefusedAnswer(source, answer.name, "line 1", f"has no column {lost}")
    rows = list(reader)
    if not rows:
        raise RefusedAnswer(source, answer.name, "line 2", "has no rows")
    for row in rows:
        if None in row or None in row.values():
            name = next(iter(row.values()))
            raise RefusedAnswer(source, answer.name, f"row {name!r}", "has too many or few cells")
    return rows


def sheets(source: str, answer: Answer) -> dict[str, Sheet]:
    """Read a workbook, .xls or .xlsx: name of each sheet to its rows of cells."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (python_calamine.CalamineError, OSError) as error:
        raise RefusedAnswer(source, answer.name, "the file", f"is no workbook ({error})") from None


def year_of(cell: object) -> int | None:
    """Read a year in a header, also with a footnote behind it ("2023 1"); None if it is none."""
    found = re.match(r"\s*((?:19|20)\d\d)(?!\d)", str(cell))
    return int(found[1]) if found else None


def years_in(row: Sequence[object]) -> dict[int, int]:
    """Map the columns of a header row that are years to these years."""
    return {place: year for place, cell in enumerate(row) if (year := year_of(cell))}


def number(source: str, answer: Answer, place: str, cell: object) -> float | None:
    """Read a figure; None where the publisher has none, refused where it is neither."""
    written = str(cell).strip()
    if cell is None or written in NOTHING:
        return None
    try:
        return float(written)
    except ValueError:
        raise RefusedAnswer(source, answer.name, place, f"{written!r:.40} is no number") from None


def country(source: str, answer: Answer, name: object, place: str | None = None) -> str:
    """Return the code of a country, as `to_iso3`; a name that is not known is refused."""
    try:
        return to_iso3(name)
    except UnknownCountryError as error:
        raise RefusedAnswer(source, answer.name, place or f"{name!r:.60}", str(error)) from None


def dollars(thousands: float) -> float:
    """Turn thousand dollars into whole dollars; what would round to nothing keeps its decimals."""
    value = thousands * 1000
    return float(round(value)) or round(value, 4)


def frame(rows: Iterable[Sequence[Any]], columns: list[str], key: int) -> pd.DataFrame:
    """Build a table, sorted by its key, which is its first `key` columns."""
    built = pd.DataFrame(list(rows), columns=columns)
    return built.sort_values(columns[:key], ignore_index=True)


def presence(rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Build ``language_policy/digital_presence``: source, measure, language, date, value."""
    built = frame(rows, ["source", "measure", "language", "date", "value"], 4)
    return built[["source", "language", "date", "measure", "value"]]
