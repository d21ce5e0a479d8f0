"""UNESCO Institute for Statistics: students abroad, and pupils taught in their home language.

The only recorded answer is of another indicator: the first live run has to be looked at (``ties
refresh uis --keep DIR`` records it). An unknown indicator comes as an empty list with a hint.
"""

from __future__ import annotations

from datetime import date

from turkic_ties.countries import MEMBERS
from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "uis"
FOLDER = "uis"
HOSTS = ("api.uis.unesco.org",)
FROM = ("uis_version.json", "uis_data.json")
PROCESSING = (
    "Totals of both sexes; shares rounded to four decimals; a value of a hundred students or more "
    "that equals that of the year before is flagged."
)
MOBILITY = "language_policy/student_mobility.csv"
HOME = "language_policy/home_language_instruction.csv"

MOVING = {
    "26637": ("inbound_students", "all"),
    "25053": ("tertiary_enrolment", "all"),
    "OE.5T8.40510": ("outbound_students", "all"),
    "OE.5T8.40500": ("outbound_students", "North America and Western Europe"),
    "OE.5T8.40505": ("outbound_students", "Central Asia"),
    "OE.5T8.40515": ("outbound_students", "East Asia and the Pacific"),
    "OE.5T8.40520": ("outbound_students", "Latin America and the Caribbean"),
    "OE.5T8.40525": ("outbound_students", "Arab States"),
    "OE.5T8.40530": ("outbound_students", "Central and Eastern Europe"),
    "OE.5T8.40535": ("outbound_students", "South and West Asia"),
    "OE.5T8.40540": ("outbound_students", "Sub-Saharan Africa"),
}
LEVELS = {
    "FHLANGILP.G2T3": "grades 2-3",
    "FHLANGILP.PRIMARY": "end of primary",
    "FHLANGILP.LOWERSEC": "end of lower secondary",
}
REPEATED_FROM = 100
"""Smaller numbers repeat by chance."""

LIMIT = 100_000


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask which version there is, then for all indicators of the six."""
    base = "https://api.uis.unesco.org/api/public"
    params = {"indicator": [*MOVING, *LEVELS], "geoUnit": [*MEMBERS], "footnotes": "true"}
    return [
        door.get(f"{base}/versions/default", "uis_version.json"),
        door.get(f"{base}/data/indicators", "uis_data.json", params=params),
    ]


def tables(answers: list[Answer]) -> Tables:
    """Read the records into both tables."""
    answer = next(answer for answer in answers if answer.name == "uis_data.json")
    parsed = reading.parsed(SOURCE, answer)
    records = parsed["records"]
    missing = sorted({*MOVING, *LEVELS} - {record["indicatorId"] for record in records})
    if missing or len(records) >= LIMIT:
        hints = f"; the service says: {parsed['hints']}" if parsed.get("hints") else ""
        problem = f"no records of {', '.join(missing)}{hints}" if missing else "may be cut"
        raise RefusedAnswer(SOURCE, answer.name, "records", problem)
    values: dict[tuple[str, str, int], float] = {}
    for record in records:
        code = record["indicatorId"]
        iso3 = record["geoUnit"]
        year = int(record["year"])
        value = reading.number(SOURCE, answer, f"{code}, {iso3}, {year}", record["value"])
        if iso3 in MEMBERS and value is not None and not record["magnitude"]:
            values[code, iso3, year] = value
    moving, taught = [], []
    for (code, iso3, year), value in values.items():
        if code in MOVING:
            flag = _flag(value, values.get((code, iso3, year - 1)))
            moving.append((iso3, year, *MOVING[code], value, flag))
        else:
            taught.append((iso3, LEVELS[code], year, round(value, 4)))
    columns = ["iso3", "year", "indicator", "region", "persons", "flag"]
    mobility = reading.frame(moving, columns, 4)
    home = reading.frame(taught, ["iso3", "level", "year", "share_pct"], 3)
    return {MOBILITY: mobility, HOME: home[["iso3", "year", "level", "share_pct"]]}


def _flag(value: float, before: float | None) -> str | None:
    return "repeats the year before" if value == before and value >= REPEATED_FROM else None


def version(answers: list[Answer]) -> str | None:
    """Read the version, such as "20260226-cd5a5f1d"."""
    for answer in answers:
        if answer.name == "uis_version.json":
            return str(reading.parsed(SOURCE, answer)["version"])
    return None
