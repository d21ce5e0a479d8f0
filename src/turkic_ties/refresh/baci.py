"""CEPII: BACI, trade reconciled from both sides' books, from the archive a person saved.

An archive has hundreds of millions of bytes and is published each January. None was read here: the
first one has to be looked at.
"""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd

from turkic_ties.countries import MEMBERS
from turkic_ties.refresh import reading
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "baci"
FOLDER = "baci"
HOSTS = ("www.cepii.fr",)
FROM = ("BACI_HS*_V*.zip",)
PROCESSING = (
    "Sums over products; the exporter stands as reporter, the importer as partner; thousand "
    "dollars turned into dollars; pairs without trade have no row."
)
PAIR = ["t", "i", "j"]
"""Columns of the year, the exporter and the importer."""

FIRST_YEAR = 2000
"""Before it Belgium and South Africa stand together with their neighbours."""

ROWS = 1_000_000
"""As many are read at a time."""


def tables(answers: list[Answer]) -> Tables:
    """Add up the products of every pair with one of the six, year by year."""
    (answer,) = answers
    try:
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
    except zipfile.BadZipFile:
        raise RefusedAnswer(SOURCE, answer.name, "the file", "is no zip archive") from None
    names = archive.namelist()
    codes = [name for name in names if name.rpartition("/")[2].startswith("country_codes")]
    years = []
    for name in sorted(names):
        found = re.search(r"_Y(\d{4})_", name)
        if found and int(found[1]) >= FIRST_YEAR:
            years.append(name)
    if len(codes) != 1 or not years:
        problem = "has no file of country codes, or none of a year"
        raise RefusedAnswer(SOURCE, answer.name, "contents", problem)
    with archive.open(codes[0]) as file:
        listed = pd.read_csv(file, keep_default_na=False)
    known = dict(zip(listed["country_code"], listed["country_iso3"], strict=True))
    six = {code for code, iso3 in known.items() if iso3 in MEMBERS}
    parts = []
    for name in years:
        with archive.open(name) as file:
            for rows in pd.read_csv(file, usecols=[*PAIR, "v"], chunksize=ROWS):
                ours = rows[rows["i"].isin(six) | rows["j"].isin(six)]
                parts.append(ours.groupby(PAIR)["v"].sum())
    sums = pd.concat(parts).groupby(level=PAIR).sum()
    added: dict[tuple[str, str, int], float] = {}
    for (year, exporter, importer), value in sums.items():
        parties = (_state(answer, known, exporter), _state(answer, known, importer))
        added[*parties, year] = added.get((*parties, year), 0.0) + value
    built = []
    for (one, other, year), value in added.items():
        dollars = reading.dollars(value)
        built.append((SOURCE, one, other, year, "export", dollars))
    return {"trade/bilateral_trade/baci.csv": reading.frame(built, reading.TRADE, 5)}


def _state(answer: Answer, known: dict[int, str], code: int) -> str:
    iso3 = known.get(code, str(code))
    return "XXX" if iso3 == "S19" else reading.country(SOURCE, answer, iso3)  # other Asia


def version(answers: list[Answer]) -> str | None:
    """Read the edition and the nomenclature from the name of the archive."""
    found = re.search(r"BACI_(HS\d\d)_(V\w+)", answers[0].name)
    return f"{found[2]} ({found[1]})" if found else None
