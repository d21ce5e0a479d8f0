"""U.S. Bureau of Labor Statistics: consumer prices, yearly averages of the months.

A refusal comes with status 200. No recorded answer in full exists: the first live run has to be
looked at (``ties refresh bls_cpi --keep DIR`` records it).
"""

from __future__ import annotations

from datetime import date

from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, NotToday, RefusedAnswer, Tables

SOURCE = "bls_cpi"
FOLDER = "bls"
HOSTS = ("api.bls.gov",)
FROM = ("CUUR0000SA0_*.json",)
FILE = "trade/commodities.csv"
SCOPE = {FILE: ("source", "year")}
PROCESSING = "Averages of the months; the current year left out, a year that lacks months says so."

SERIES = "CUUR0000SA0"
YEARS_A_CALL = 10
"""As many as the service gives without a key."""

FIRST_YEAR, MONTHS = 1985, 12


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for all years, in a few calls."""
    answers = []
    for start in range(FIRST_YEAR, today.year + 1, YEARS_A_CALL):
        end = min(start + YEARS_A_CALL - 1, today.year)
        answers.append(
            door.get(
                f"https://api.bls.gov/publicAPI/v2/timeseries/data/{SERIES}",
                f"{SERIES}_{start}.json",
                params={"startyear": start, "endyear": end},
            )
        )
    return answers


def tables(answers: list[Answer]) -> Tables:
    """Average the months; the newest year counts once it has its December."""
    months: dict[int, dict[str, float | None]] = {}
    for answer in answers:
        for point in _points(answer):
            year = int(point["year"])
            period = str(point["period"])
            where = f"{year}, {period}"
            if period != "M13":  # the publisher's own average
                value = reading.number(SOURCE, answer, where, point["value"])
                months.setdefault(year, {})[period] = value
    rows = []
    for year, found in months.items():
        values = [value for value in found.values() if value is not None]
        if values and "M12" in found:
            few = len(values) < MONTHS
            note = f"average of {len(values)} months" if few else None
            mean = round(sum(values) / len(values), 3)
            rows.append(("us_cpi_u", "USA", year, mean, "index 1982-84 = 100", SOURCE, note))
    return {FILE: reading.frame(rows, reading.COMMODITIES, 3)}


def _points(answer: Answer) -> list[dict[str, str]]:
    parsed = reading.parsed(SOURCE, answer)
    said = "; ".join(parsed.get("message", []))
    if parsed.get("status") != "REQUEST_SUCCEEDED":
        if "threshold" in said:
            raise NotToday(f"{SOURCE}: api.bls.gov says: {said}")
        raise RefusedAnswer(SOURCE, answer.name, "status", f"{parsed.get('status')}: {said}")
    series = parsed["Results"]["series"]
    if [each["seriesID"] for each in series] != [SERIES]:
        raise RefusedAnswer(SOURCE, answer.name, "series", f"is not {SERIES} alone")
    points: list[dict[str, str]] = series[0]["data"]
    return points


def version(answers: list[Answer]) -> str | None:
    """State the last year."""
    (built,) = tables(answers).values()
    return f"to {built['year'].max()}"
