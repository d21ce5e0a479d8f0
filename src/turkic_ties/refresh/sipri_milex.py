"""SIPRI: military expenditure of nine states, with the flags that its workbook shows by colour."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from urllib.parse import unquote, urljoin

import openpyxl
from openpyxl.cell.cell import Cell

from turkic_ties.countries import UnknownCountryError, to_iso3
from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "sipri_military_expenditure"
FOLDER = "sipri"
HOSTS = ("www.sipri.org",)
PAGE = "milex.html"
FROM = (PAGE, "SIPRI-Milex-data-*.xlsx")
PROCESSING = (
    "Nine states, from 1992; millions of dollars changed to dollars, percent of GDP to a fraction "
    "of six decimals; the colour of a figure in SIPRI's workbook turned into the flag."
)
FILE = "defense/military_expenditure.csv"

STATES = ("AZE", "CHN", "KAZ", "KGZ", "RUS", "TKM", "TUR", "USA", "UZB")
FIRST_YEAR = 1992
BLACK, BLUE, RED = None, "estimate", "highly_uncertain"
COLOURS = {
    8: BLACK, 64: BLACK, 12: BLUE, 10: RED, "000000": BLACK, "0000FF": BLUE, "FF0000": RED,
}  # fmt: skip
"""Colours of a font, by number or as RGB, and the flags they stand for."""


def fetch(door: Door, today: date) -> list[Answer]:
    """Read the link of the workbook from its page, since its name changes, and ask for it."""
    page = door.get("https://www.sipri.org/databases/milex", PAGE, page=True)
    links = re.findall(r'href="([^"]*/SIPRI-Milex-data-[^"]*\.xlsx)"', reading.text(SOURCE, page))
    if len(set(links)) != 1:
        problem = f"{len(set(links))} workbooks are linked, one was expected"
        raise RefusedAnswer(SOURCE, PAGE, "links", problem)
    address = urljoin(page.url, links[0])
    return [page, door.get(address, unquote(address.rpartition("/")[2]))]


def tables(answers: list[Answer]) -> Tables:
    """Read the sheets in constant dollars, in current dollars and in shares of GDP."""
    (answer,) = (answer for answer in answers if answer.name != PAGE)
    try:
        book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True, data_only=True)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise RefusedAnswer(SOURCE, answer.name, "the file", f"is no workbook: {error}") from None
    rows = []
    for title, unit, indicator in (
        (r"Constant \((\d{4})\) US\$", 1e6, "constant_{}_usd"),
        (r"Current US\$", 1e6, "current_usd"),
        (r"Share of GDP", 1, "share_of_gdp"),
    ):
        names = [name for name in book.sheetnames if re.fullmatch(title, name.strip())]
        if len(names) != 1:
            problem = f"{len(names)} sheets are named like {title!r}, one was expected"
            raise RefusedAnswer(SOURCE, answer.name, "sheets", problem)
        prices = re.fullmatch(title, names[0].strip())
        assert prices is not None
        name = indicator.format(*prices.groups())
        cells = list(book[names[0]].iter_rows())
        rows += [
            (iso3, year, name, round(value * unit, 0 if unit > 1 else 6), flag)
            for iso3, year, value, flag in _figures(answer, names[0], cells)
        ]
    return {FILE: reading.frame(rows, ["iso3", "year", "indicator", "value", "flag"], 3)}


def _figures(
    answer: Answer, sheet: str, rows: list[tuple[Cell, ...]]
) -> list[tuple[str, int, float, str | None]]:
    head = next((row for row in rows if row and row[0].value == "Country"), None)
    if head is None:
        raise RefusedAnswer(SOURCE, answer.name, f"sheet {sheet}", "has no row 'Country'")
    years = reading.years_in([cell.value for cell in head])
    figures = []
    for row in rows:
        try:
            iso3 = to_iso3(row[0].value) if row else ""
        except UnknownCountryError:
            continue  # a region, a note, or a state of the past
        for place, year in years.items() if iso3 in STATES else ():
            where = f"sheet {sheet}, {iso3}, {year}"
            value = reading.number(SOURCE, answer, where, row[place].value)
            if value is not None and year >= FIRST_YEAR:
                figures.append((iso3, year, value, _flag(answer, where, row[place])))
    return figures


def _flag(answer: Answer, where: str, cell: Cell) -> str | None:
    colour = cell.font.color if cell.font is not None else None
    if colour is None or colour.type == "theme":
        return BLACK
    key = colour.indexed if colour.type == "indexed" else str(colour.rgb)[-6:]
    if key not in COLOURS:
        problem = f"the colour {key} is neither black, blue (estimate) nor red (highly uncertain)"
        raise RefusedAnswer(SOURCE, answer.name, where, problem)
    return COLOURS[key]


def version(answers: list[Answer]) -> str | None:
    """Read the last year and the revision from the name of the workbook."""
    for answer in answers:
        if found := re.search(r"data-\d{4}-(\d{4})_(v[\d.]+\d)", answer.name):
            return f"data to {found[1]}, {found[2]}"
    return None
