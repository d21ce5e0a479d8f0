"""U.S. Energy Information Administration: yearly price of Brent crude oil."""

from __future__ import annotations

from datetime import date, datetime

from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "eia_brent"
FOLDER = "eia"
HOSTS = ("www.eia.gov",)
FROM = ("RBRTEa.xls", "brent-year.xls")
PROCESSING = "The yearly averages as published; 1987 (from May only) left out."
TITLE = "Europe Brent Spot Price FOB (Dollars per Barrel)"


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for the workbook of yearly averages."""
    return [door.get("https://www.eia.gov/dnav/pet/hist_xls/RBRTEa.xls", "RBRTEa.xls")]


def tables(answers: list[Answer]) -> Tables:
    """Read the sheet of figures: a date in June and a price per year."""
    (answer,) = answers
    sheet = reading.sheets(SOURCE, answer).get("Data 1", [])
    head = next((place for place, row in enumerate(sheet) if row[:2] == ["Date", TITLE]), None)
    if head is None:
        raise RefusedAnswer(SOURCE, answer.name, "sheet 'Data 1'", f"has no column {TITLE!r}")
    rows = []
    for day, cell, *_ in sheet[head + 1 :]:
        price = reading.number(SOURCE, answer, f"{day}", cell)
        year = reading.year_of(day)
        if year is None:
            raise RefusedAnswer(SOURCE, answer.name, f"row {day!r}", "does not begin with a date")
        if price is not None:
            rows.append(("brent", "WLD", year, price, "US dollars per barrel", SOURCE, None))
    return {"trade/commodities.csv": reading.frame(rows, reading.COMMODITIES, 3)}


def version(answers: list[Answer]) -> str | None:
    """State the last year."""
    (built,) = tables(answers).values()
    return f"to {built['year'].max()}"


def published(answers: list[Answer]) -> str | None:
    """Read the date of release on the first sheet."""
    for row in reading.sheets(SOURCE, answers[0]).get("Contents", []):
        if "Release Date:" in row:
            written = str(row[row.index("Release Date:") + 1])
            return datetime.strptime(written, "%m/%d/%Y").date().isoformat()
    return None
