"""Bureau of National Statistics of Kazakhstan: population of the regions on 1 January."""

from __future__ import annotations

import re
from datetime import date

from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "bns_regions"
FOLDER = "bns"
HOSTS = ("stat.gov.kz",)
FROM = ("element_6584.xlsx", "element_6584/source.xlsx")
PROCESSING = (
    "The first sheet, all residents; English names, division and basis added. A column named 31 "
    "December is the population on 1 January of that year. The row of South Kazakhstan is named "
    "Turkistan Region from 2017, when Shymkent has a row of its own."
)

REGIONS = {
    "Республика Казахстан": "Kazakhstan",
    "Абай": "Abai Region",
    "Акмолинская": "Akmola Region",
    "Актюбинская": "Aktobe Region",
    "Алматинская": "Almaty Region",
    "Атырауская": "Atyrau Region",
    "Западно-Казахстанская": "West Kazakhstan Region",
    "Жамбылская": "Zhambyl Region",
    "Жетісу": "Zhetisu Region",
    "Карагандинская": "Karaganda Region",
    "Костанайская": "Kostanay Region",
    "Кызылординская": "Kyzylorda Region",
    "Мангистауская": "Mangystau Region",
    "Павлодарская": "Pavlodar Region",
    "Северо-Казахстанская": "North Kazakhstan Region",
    "Туркестанская": "Turkistan Region",
    "Ұлытау": "Ulytau Region",
    "Восточно-Казахстанская": "East Kazakhstan Region",
    "г. Астана": "Astana city",
    "г. Алматы": "Almaty city",
    "г. Шымкент": "Shymkent city",
}
TURKISTAN_SINCE, ABAI_SINCE, SECOND_BASE, THIRD_BASE = 2017, 2022, 2009, 2022
"""First years of the divisions with Shymkent and with Abai, and on the censuses of 2009, 2021."""


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for the workbook."""
    address = "https://stat.gov.kz/api/iblock/element/6584/file/ru/"
    return [door.get(address, "element_6584.xlsx")]


def tables(answers: list[Answer]) -> Tables:
    """Read the rows of the first sheet down to where the regions begin again."""
    (answer,) = answers
    (sheet, *_) = reading.sheets(SOURCE, answer).values()
    head = next((place for place, row in enumerate(sheet) if len(_years(row)) > 1), None)
    if head is None:
        raise RefusedAnswer(SOURCE, answer.name, "first sheet", "has no row of years")
    rows, seen = [], set()
    for row in sheet[head + 1 :]:
        name = re.sub(r"(?<=\D)\s*\d$", "", str(row[0]).strip())  # a footnote
        figures = {year: row[place] for place, year in _years(sheet[head]).items()}
        if name in seen:
            break  # residents of towns follow
        if name not in REGIONS:
            if any(isinstance(cell, float) for cell in figures.values()):
                raise RefusedAnswer(SOURCE, answer.name, f"row {name!r}", "is no known region")
            continue
        seen.add(name)
        for year, cell in figures.items():
            value = reading.number(SOURCE, answer, f"{name}, {year}", cell)
            if value is not None:
                region = REGIONS[name]
                if region == "Turkistan Region" and year < TURKISTAN_SINCE:
                    region = "South Kazakhstan Region"
                rows.append((region, year, *_division_and_basis(year), int(value)))
    columns = ["region", "year", "division", "basis", "population"]
    return {"demographics/region_population.csv": reading.frame(rows, columns, 2)}


def _years(row: list[object]) -> dict[int, int]:
    """Map columns to years; "31.12.2024" and a date are headed by their own year as well."""
    return reading.years_in([re.sub(r"^\d\d\.\d\d\.", "", str(cell)) for cell in row])


def _division_and_basis(year: int) -> tuple[str, str]:
    division = "to_2016" if year < TURKISTAN_SINCE else "2017_2021"
    base = "1999" if year < SECOND_BASE else "2009" if year < THIRD_BASE else "2021"
    return "from_2022" if year >= ABAI_SINCE else division, f"estimate_{base}_base"


def version(answers: list[Answer]) -> str | None:
    """State the last year."""
    (built,) = tables(answers).values()
    return f"to 1 January {built['year'].max()}"
