"""Harvard Dataverse: ideal points of states from votes in the UN General Assembly (Voeten)."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import Any

import pandas as pd

from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "unga_ideal_points"
FOLDER = "unga"
HOSTS = ("dataverse.harvard.edu", "dvn-cloud.s3.amazonaws.com")
LISTING = "dataset.json"
FROM = (LISTING, "*.dta", "ideal_points.csv")
PROCESSING = "The estimate from votes on final passage, fifteen states from 1992, five decimals."

STATES = (
    "AZE", "CHN", "DEU", "FRA", "GBR", "HUN", "IND", "IRN", "KAZ", "KGZ", "RUS", "TKM", "TUR",
    "USA", "UZB",
)  # fmt: skip
FIRST_YEAR = 1992
COLUMNS = ["iso3c", "year", "idealpointfp", "nvotesfp"]
"""State, year, posterior mean from votes on final passage, and their number."""


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for the list of files, then for the file of ideal points; check it by its MD5."""
    listing = door.get(
        "https://dataverse.harvard.edu/api/datasets/:persistentId/versions/:latest",
        LISTING,
        params={"persistentId": "doi:10.7910/DVN/LEJUQZ"},
    )
    files = [file["dataFile"] for file in _described(listing)["files"]]
    points = [file for file in files if "idealpoint" in file["filename"].casefold()]
    if len(points) != 1:
        problem = f"{len(points)} files have 'idealpoint' in their name, one was expected"
        raise RefusedAnswer(SOURCE, LISTING, "files", problem)
    (file,) = points
    original = str(file.get("originalFileName", file["filename"]))
    address = f"https://dataverse.harvard.edu/api/access/datafile/{file['id']}"
    name = original if original.endswith(".dta") else "ideal_points.csv"
    params = {"format": "original"} if "originalFileName" in file else None
    answer = door.get(address, name, params=params)
    if hashlib.md5(answer.content, usedforsecurity=False).hexdigest() != file["md5"]:
        raise RefusedAnswer(
            SOURCE, answer.name, "the file", "has another MD5 than the listing says"
        )
    return [listing, answer]


def _described(listing: Answer) -> Any:
    described = reading.parsed(SOURCE, listing)
    if described.get("status") != "OK":
        problem = f"status is {described.get('status')!r}: {described.get('message')}"
        raise RefusedAnswer(SOURCE, listing.name, "the answer", problem)
    return described["data"]


def tables(answers: list[Answer]) -> Tables:
    """Read the estimates of fifteen states, in Stata's form or as CSV."""
    (answer,) = (answer for answer in answers if answer.name != LISTING)
    if answer.name.endswith(".dta"):
        try:
            points = pd.read_stata(io.BytesIO(answer.content))
        except ValueError as error:
            raise RefusedAnswer(SOURCE, answer.name, "the file", str(error)) from None
    else:
        points = pd.read_csv(io.StringIO(reading.text(SOURCE, answer)), sep=None, engine="python")
    points = points.rename(columns=str.casefold)
    if missing := sorted({*COLUMNS} - {*points}):
        raise RefusedAnswer(SOURCE, answer.name, "header", f"has no column {', '.join(missing)}")
    points = points[points["iso3c"].isin(STATES) & points["year"].ge(FIRST_YEAR)]
    points = points[COLUMNS].dropna()
    # Stata holds 32-bit numbers: rounded before they are widened, some would move by a digit.
    points["idealpointfp"] = points["idealpointfp"].astype("float64").round(5)
    points = points.astype({"year": "int64", "nvotesfp": "int64"})
    rows = points.itertuples(index=False, name=None)
    built = reading.frame(rows, ["iso3", "year", "ideal_point", "n_votes"], 2)
    return {"defense/un_ideal_points.csv": built}


def version(answers: list[Answer]) -> str | None:
    """Read the number of the version, such as "38.0"."""
    for answer in answers:
        if answer.name == LISTING:
            described = _described(answer)
            return f"{described['versionNumber']}.{described['versionMinorNumber']}"
    return None


def published(answers: list[Answer]) -> str | None:
    """Read the date of the version."""
    for answer in answers:
        if answer.name == LISTING:
            return str(_described(answer)["releaseTime"])[:10]
    return None


def licence(answers: list[Answer]) -> str | None:
    """Read the licence, such as CC0-1.0."""
    for answer in answers:
        if answer.name == LISTING:
            return str(_described(answer)["license"]["name"]).replace(" ", "-")
    return None
