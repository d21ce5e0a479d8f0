"""World Bank: GDP, population and the development indicators under its codes.

The service marks an error with status 200, and completes a release without a new date, so values
are compared and not dates. No recorded answer in JSON for the six exists: the first live run has to
be looked at (``ties refresh wdi --keep DIR`` records it). Its CSV download is read as well.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import PurePath

import pandas as pd

from turkic_ties import data
from turkic_ties.countries import MEMBERS, UnknownCountryError, to_iso3
from turkic_ties.files import Json
from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = ("wdi", "wdi_2026", "wdi_2025")
FOLDER = "worldbank"
HOSTS = ("api.worldbank.org",)
PROCESSING = (
    "GDP in whole dollars, development indicators of the six states from 1990 on with six "
    "significant digits; groups of countries other than the world left out."
)
FROM = ("wdi_*.json", "API_*.csv")

COMMODITIES = "trade/commodities.csv"
COUNTRIES = "trade/gravity_countries.csv"
INDICATORS = "demographics/indicators.csv"
CATALOGUE = "demographics/indicator_catalog.csv"
SCOPE = {INDICATORS: ("indicator",), CATALOGUE: ("indicator",)}

GDP, POPULATION = "NY.GDP.MKTP.CD", "SP.POP.TOTL"
COMPARED = (*MEMBERS, "CHN", "RUS", "USA", "WLD")
"""States with GDP in the table of commodities."""

FIRST_INDICATOR_YEAR, FIRST_GRAVITY_YEAR, RECENT = 1990, 1995, 2018
"""First years of the two tables, and of what the catalogue counts as recent."""

SIGNIFICANT_DIGITS = 6
OLD_VINTAGE = r", DataHub vintage| \(WDI vintage[^)]*\)"
"""What names in the catalogue say of copies; it is not true of refreshed figures."""

Series = dict[tuple[str, int], float]
"""State and year to value."""


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for one code after another, page by page; GDP and population of all countries."""
    answers = []
    codes = {GDP, POPULATION, *_codes().values()}
    for code in sorted(code for code in codes if re.fullmatch(r"[A-Z0-9.]+", code)):
        states = "all" if code in (GDP, POPULATION) else ";".join(MEMBERS)
        address = f"https://api.worldbank.org/v2/country/{states}/indicator/{code}"
        page, pages = 1, 1
        while page <= pages:
            params = {"source": 2, "format": "json", "per_page": 20000, "page": page}
            answers.append(door.get(address, f"wdi_{code}_{page}.json", params=params))
            pages = int(_page(answers[-1])[0]["pages"])
            page += 1
    return answers


def _catalogue() -> pd.DataFrame:
    """Read the rows of the catalogue that the World Bank's codes fill."""
    rows = data.load("demographics/indicator_catalog")
    return rows[rows["source"].isin(SOURCE) & rows["publisher_code"].notna()]


def _codes() -> dict[str, str]:
    return dict(zip(*(_catalogue()[name] for name in ("indicator", "publisher_code")), strict=True))


def _page(answer: Answer) -> tuple[Json, list[Json]]:
    """Split a page into head and rows; an error of the service is one element with a message."""
    parsed = reading.parsed(SOURCE[0], answer)
    if isinstance(parsed, list) and len(parsed) == 2 and isinstance(parsed[1], list):
        head, rows = parsed
        return head, rows
    raise RefusedAnswer(SOURCE[0], answer.name, "the answer", f"no rows but {str(parsed)[:150]}")


def tables(answers: list[Answer]) -> Tables:
    """Fill the tables for which the answers have all codes."""
    series = _series(answers)
    built = {}
    if GDP in series:
        gdp = []
        for (iso3, year), value in series[GDP].items():
            if iso3 in COMPARED:
                dollars = float(round(value))
                gdp.append(("gdp_usd", iso3, year, dollars, "current US dollars", "wdi", None))
        built[COMMODITIES] = reading.frame(gdp, reading.COMMODITIES, 3)
    if {GDP, POPULATION} <= set(series):
        built[COUNTRIES] = _gravity(series[GDP], series[POPULATION], version(answers))
        gdp_usd = series[GDP]
        people = series[POPULATION]
        known = [key for key in gdp_usd if key in people]
        series[f"{GDP} / {POPULATION}"] = {key: gdp_usd[key] / people[key] for key in known}
    return built | _indicators(series)


def _series(answers: list[Answer]) -> dict[str, Series]:
    """Collect the values by code; a series must have as many rows as its head announces."""
    series: dict[str, Series] = {}
    announced: dict[str, int] = {}
    received: dict[str, int] = {}
    for answer in answers:
        if PurePath(answer.name).suffix != ".json":
            for code, name, year, cell in _csv_cells(answer):
                value = reading.number(SOURCE[0], answer, f"{name}, {year}", cell)
                _add(series.setdefault(code, {}), name, year, value)
            continue
        head, rows = _page(answer)
        for row in rows:
            if "countryiso3code" not in row:
                raise RefusedAnswer(SOURCE[0], answer.name, "a row", "has no countryiso3code")
            code = row["indicator"]["id"]
            name = row["countryiso3code"]
            value = reading.number(SOURCE[0], answer, f"{name}, {row['date']}", row["value"])
            _add(series.setdefault(code, {}), name, int(row["date"]), value)
            received[code] = received.get(code, 0) + 1
            announced[code] = int(head["total"])
    for code, total in announced.items():
        if received[code] != total:
            problem = f"{total} rows announced, {received[code]} came"
            raise RefusedAnswer(SOURCE[0], f"wdi_{code}", "all pages", problem)
    return series


def _add(series: Series, name: str, year: int, value: float | None) -> None:
    if value is not None and (iso3 := _state(name)):
        series[iso3, year] = value


@cache
def _state(name: str) -> str:
    """Return the code of a state or of the world; groups of countries are left out."""
    try:
        return to_iso3(name)
    except UnknownCountryError:
        return name if name == "WLD" else ""


def _csv_cells(answer: Answer) -> Iterator[tuple[str, str, int, str]]:
    """Read the file of a download: a byte order mark, four lines, then one column per year."""
    lines = list(csv.reader(io.StringIO(reading.text(SOURCE[0], answer))))
    start = next((place for place, row in enumerate(lines) if row[:1] == ["Country Name"]), None)
    if start is None:
        raise RefusedAnswer(SOURCE[0], answer.name, "header", "has no column Country Name")
    for row in lines[start + 1 :]:
        for place, year in reading.years_in(lines[start]).items():
            yield row[3], row[1], year, row[place]


def _gravity(gdp: Series, population: Series, edition: str | None) -> pd.DataFrame:
    """Set GDP and population side by side, one row per state and year from 1995 on."""
    years = range(FIRST_GRAVITY_YEAR, max(year for _, year in gdp) + 1)
    states = sorted({iso3 for iso3, _ in gdp | population} - {"WLD"})
    rows = []
    for key in [(iso3, year) for iso3 in states for year in years]:
        dollars = float(round(gdp[key])) if key in gdp else None
        vintage = f"wdi_{str(edition)[:7]}" if key in gdp else None
        rows.append((*key, dollars, population.get(key), vintage, dollars))
    columns = [
        "iso3", "year", "gdp_usd", "population", "gdp_vintage", "gdp_usd_newer_vintage",
    ]  # fmt: skip
    return reading.frame(rows, columns, 2)


def _indicators(series: dict[str, Series]) -> Tables:
    """Fill the indicators answered, with the years and states the catalogue says of them.

    Whether an indicator counts in comparisons is for a person to decide: ``selected`` stays.
    """
    catalogue, rows = _catalogue(), []
    catalogue = catalogue[catalogue["publisher_code"].isin(series.keys())].copy()
    catalogue["name"] = catalogue["name"].str.replace(OLD_VINTAGE, "", regex=True)
    for place, indicator, code in catalogue[["indicator", "publisher_code"]].itertuples():
        values = {}
        for (iso3, year), value in series[code].items():
            if iso3 in MEMBERS and year >= FIRST_INDICATOR_YEAR:
                values[iso3, year] = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
        if not values:
            raise RefusedAnswer(SOURCE[0], f"wdi_{code}", indicator, "none of the six has a value")
        rows += [(indicator, *key, value) for key, value in values.items()]
        years = [year for _, year in values]
        recent = {iso3 for iso3, year in values if year >= RECENT}
        facts = (min(years), max(years), len(recent))
        catalogue.loc[place, ["first_year", "last_year", "n_states_recent"]] = facts
    if not rows:
        return {}
    table = reading.frame(rows, ["indicator", "iso3", "year", "value"], 3)
    return {INDICATORS: table, CATALOGUE: catalogue.sort_values("indicator", ignore_index=True)}


def version(answers: list[Answer]) -> str | None:
    """Read the newest date of update, such as "2026-10-07"."""
    dates = []
    for answer in answers:
        if answer.name.endswith(".json"):
            dates.append(str(_page(answer)[0]["lastupdated"]))
        else:
            found = re.search(rb'"Last Updated Date","(\d{4}-\d\d-\d\d)"', answer.content)
            dates += [found[1].decode()] if found else []
    return max(dates, default=None)


published = version
"""The date of update is the edition."""
