"""Wikimedia: articles and active users of seven Wikipedia editions, on the day of asking.

No recorded answer of this interface exists: the first live run has to be looked at
(``ties refresh wikipedia --keep DIR`` records it).
"""

from __future__ import annotations

import re
from datetime import date

from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "wikipedia"
FOLDER = "wikimedia"
HOSTS = tuple(f"{code}.wikipedia.org" for code in reading.LANGUAGES)
FROM = ("siteinfo_*.json",)
FILE = "language_policy/digital_presence.csv"
ADDS = (FILE,)
PROCESSING = (
    "Counts of each edition as its interface gives them (siteinfo), with the day of asking."
)
MEASURES = {"articles": "articles", "active_users": "activeusers"}


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask each edition once; the name of an answer keeps the day."""
    params = {
        "action": "query", "meta": "siteinfo", "siprop": "statistics", "format": "json",
    }  # fmt: skip
    return [
        door.get(
            f"https://{code}.wikipedia.org/w/api.php",
            f"siteinfo_{code}_{today.isoformat()}.json",
            params=params,
        )
        for code in reading.LANGUAGES
    ]


def tables(answers: list[Answer]) -> Tables:
    """Read the counts of each edition."""
    rows = []
    for answer in answers:
        code, day = _code_and_day(answer)
        parsed = reading.parsed(SOURCE, answer)
        if "error" in parsed or "query" not in parsed:
            raise RefusedAnswer(SOURCE, answer.name, "the answer", f"{str(parsed)[:150]}")
        statistics = parsed["query"]["statistics"]
        for measure, name in MEASURES.items():
            if not isinstance(statistics.get(name), int):
                raise RefusedAnswer(SOURCE, answer.name, name, "is no whole number")
            rows.append((SOURCE, measure, reading.LANGUAGES[code], day, statistics[name]))
    return {FILE: reading.presence(rows)}


def _code_and_day(answer: Answer) -> tuple[str, str]:
    found = re.fullmatch(r"siteinfo_([a-z]+)_(\d{4}-\d\d-\d\d)\.json", answer.name)
    if found is None or found[1] not in reading.LANGUAGES:
        raise RefusedAnswer(SOURCE, answer.name, "name", "is not siteinfo_LANGUAGE_DAY.json")
    return found[1], found[2]


def version(answers: list[Answer]) -> str | None:
    """State the day of the counts; the editions change all the time."""
    return max(_code_and_day(answer)[1] for answer in answers)


published = version
"""The day of asking."""
