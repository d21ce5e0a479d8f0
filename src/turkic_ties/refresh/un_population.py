"""United Nations: World Population Prospects 2024, population and its structure by age.

No recorded answer of this revision exists: the first live run has to be looked at (``ties refresh
wpp2024 --keep DIR`` records it). With it the age structure moves from the revision of 2019 to that
of 2024. The next revision will be a source of its own.
"""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import date

import pandas as pd

from turkic_ties.countries import MEMBERS
from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "wpp2024"
FOLDER = "wpp"
HOSTS = ("population.un.org",)
INDICATORS = "WPP2024_Demographic_Indicators_Medium.csv.gz"
AGES = "WPP2024_PopulationByAge5GroupSex_Medium.csv.gz"
FROM = (INDICATORS, AGES)
PROCESSING = (
    "Six states, thousands turned into persons. Estimates and the medium variant are those of "
    "the bulk files; low and high variants and prediction intervals were read from the R "
    "package wpp2024 1.1-3. The structure by age has every fifth year."
)
POPULATION, STRUCTURE = "demographics/population.csv", "demographics/age_structure.csv"
SCOPE = {POPULATION: ("variant",)}

LAST_ESTIMATE = 2023
"""The medium variant begins after it."""

EVERY = 5
"""Years between two pyramids."""

PERSONS = {
    "population": "TPopulation1July",
    "births": "Births",
    "deaths": "Deaths",
    "net_migration": "NetMigrations",
}
RATES = {
    "total_fertility_rate": "TFR",
    "life_expectancy": "LEx",
    "life_expectancy_female": "LExFemale",
    "life_expectancy_male": "LExMale",
}
SEXES = {"female": "PopFemale", "male": "PopMale"}


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for both files."""
    folder = "https://population.un.org/wpp/assets/Excel%20Files/1_Indicator%20(Standard)/CSV_FILES"
    return [door.get(f"{folder}/{name}", name) for name in FROM]


def tables(answers: list[Answer]) -> Tables:
    """Read the files there are."""
    built = {}
    for answer in answers:
        if answer.name == INDICATORS:
            rows = _rows(answer, [*PERSONS.values(), *RATES.values()])
            table = pd.DataFrame({"iso3": rows["ISO3_code"], "year": rows["Time"]})
            table["variant"] = _variant(rows["Time"])
            for name, column in PERSONS.items():
                table[name] = (rows[column] * 1000).round().astype("Int64")
            for name, column in RATES.items():
                table[name] = rows[column].round(4)
            order = ["iso3", "year", "variant"]
            built[POPULATION] = table.sort_values(order, ignore_index=True)
        else:
            rows = _rows(answer, ["AgeGrp", "AgeGrpStart", *SEXES.values()])
            rows = rows[rows["Time"] % EVERY == 0]
            tables_by_sex = []
            for sex, column in SEXES.items():
                table = pd.DataFrame({"iso3": rows["ISO3_code"], "year": rows["Time"], "sex": sex})
                table["age_start"] = rows["AgeGrpStart"]
                table["age_group"] = rows["AgeGrp"]
                table["variant"] = _variant(rows["Time"])
                table["population"] = (rows[column] * 1000).round().astype("Int64")
                tables_by_sex.append(table)
            order = ["iso3", "year", "sex", "age_start"]
            structure = pd.concat(tables_by_sex)
            built[STRUCTURE] = structure.sort_values(order, ignore_index=True)
    return built


def _variant(years: pd.Series[int]) -> pd.Series[str]:
    return years.le(LAST_ESTIMATE).map({True: "estimate", False: "medium"})


def _rows(answer: Answer, columns: list[str]) -> pd.DataFrame:
    """Unpack a file and keep the rows of the six; both have one variant, Medium."""
    names = ["ISO3_code", "Variant", "Time", *columns]
    try:
        content = gzip.decompress(answer.content)
    except (OSError, EOFError, zlib.error):
        raise RefusedAnswer(SOURCE, answer.name, "the file", "is no whole gzip file") from None
    text = io.StringIO(reading.text(SOURCE, Answer(answer.name, content)))
    try:
        rows = pd.read_csv(text, usecols=names, low_memory=False)
    except ValueError as error:
        raise RefusedAnswer(SOURCE, answer.name, "header", str(error)) from None
    rows = rows[rows["ISO3_code"].isin(MEMBERS)]
    missing = sorted({*MEMBERS} - {*rows["ISO3_code"]})
    if missing or {*rows["Variant"]} != {"Medium"}:
        problem = f"no rows of {', '.join(missing)}" if missing else "has other variants"
        raise RefusedAnswer(SOURCE, answer.name, "rows", problem)
    return rows.astype({"Time": "int64"})


def version(answers: list[Answer]) -> str | None:
    """State the revision, which the file names have."""
    return "2024 revision"
