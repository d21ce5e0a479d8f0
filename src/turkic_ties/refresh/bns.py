"""Bureau of National Statistics of Kazakhstan: trade by country, from saved yearly editions."""

from __future__ import annotations

import re

from turkic_ties.refresh import reading
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "bns"
FOLDER = "bns"
HOSTS = ("stat.gov.kz",)
FROM = ("*.xls", "*20[0-9][0-9].xlsx", "*торговл*.xlsx")
PROCESSING = (
    "The edition after the year where there is one; Russian names turned into ISO codes; thousand "
    "dollars into dollars, rounded to one; regions and unions left out, the printed total kept as "
    "WLD."
)
FILE = "trade/bilateral_trade/bns.csv"
SCOPE = {FILE: ("source", "year")}
"""An edition holds two years; the others stay as they are."""

REGIONS = {
    "страны снг", "страны еаэс", "страны вне еаэс", "остальные страны мира", "европа", "страны ес",
    "страны вне ес", "азия", "америка", "африка", "австралия и океания",
}  # fmt: skip
FLOWS = {"экспорт": "export", "импорт": "import"}
UNIT = "тыс. долларов сша"


def tables(answers: list[Answer]) -> Tables:
    """Read the editions; where two hold a year, the later edition counts."""
    editions = []
    for answer in answers:
        years = {
            year: sheet
            for sheet in reading.sheets(SOURCE, answer).values()
            if (year := _year(sheet))
        }
        if not years:
            problem = "no sheet has 'тыс. долларов США' above 'Экспорт' and 'Импорт'"
            raise RefusedAnswer(SOURCE, answer.name, "all sheets", problem)
        editions.append((max(years), answer, years))
    books: dict[int, tuple[Answer, reading.Sheet]] = {}
    for _, answer, years in sorted(editions, key=lambda edition: edition[0]):
        books |= {year: (answer, sheet) for year, sheet in years.items()}
    rows = [row for year, book in books.items() for row in _rows(*book, year)]
    return {FILE: reading.frame(rows, reading.TRADE, 5)}


def _year(sheet: reading.Sheet) -> int | None:
    """Find the year a sheet is for in the lines above its header; None for covers and notes."""
    head = _head(sheet)
    if head is None or UNIT not in str(sheet[:head]).casefold():
        return None
    above = " ".join(str(cell) for row in sheet[:head] for cell in row)
    found = re.findall(r"\b((?:19|20)\d\d)\s+год", above)
    return int(found[0]) if len(found) == 1 else None


def _head(sheet: reading.Sheet) -> int | None:
    for place, row in enumerate(sheet):
        if set(FLOWS) <= {str(cell).strip().casefold() for cell in row}:
            return place
    return None


def _rows(answer: Answer, sheet: reading.Sheet, year: int) -> list[tuple[object, ...]]:
    head = _head(sheet)
    assert head is not None
    columns = {}
    for place, cell in enumerate(sheet[head]):
        flow = FLOWS.get(str(cell).strip().casefold())
        if flow:
            columns[flow] = place
    rows: list[tuple[object, ...]] = []
    for row in sheet[head + 2 :]:
        name = str(row[0]).split("\n")[0].strip()
        if not name or name.casefold() in REGIONS:
            continue
        total = name.casefold() == "всего"
        partner = "WLD" if total else reading.country(SOURCE, answer, name, f"{year}, {name!r}")
        for flow, place in columns.items():
            value = reading.number(SOURCE, answer, f"{year}, {name}, {flow}", row[place])
            if value is not None:
                dollars = reading.dollars(value)
                rows.append((SOURCE, "KAZ", partner, year, flow, dollars))
    return rows


def version(answers: list[Answer]) -> str | None:
    """Name the edition by the last year it holds."""
    (built,) = tables(answers).values()
    return f"edition {built['year'].max()}"
