"""Mozilla Common Voice: speakers and validated hours per language, release by release."""

from __future__ import annotations

import re
from datetime import date

from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "common_voice"
FOLDER = "common_voice"
HOSTS = ("api.github.com", "raw.githubusercontent.com")
LISTING = "releases.json"
FROM = (LISTING, "cv-corpus-*.json")
FILE = "language_policy/digital_presence.csv"
ADDS = (FILE,)
PROCESSING = "Seven languages; where two releases have one date, the later release."

MEASURES = {"speakers": "users", "validated_hours": "validHrs"}
RELEASE = r"cv-corpus-(\d+)\.(\d+)-(\d{4}-\d\d-\d\d)\.json"


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for the list of releases and for the newest one."""
    listing = door.get(
        "https://api.github.com/repos/common-voice/cv-dataset/contents/datasets/scripted-speech",
        LISTING,
    )
    names = [str(file["name"]) for file in reading.parsed(SOURCE, listing)]
    releases = [name for name in names if re.fullmatch(RELEASE, name)]
    if not releases:
        raise RefusedAnswer(SOURCE, LISTING, "names", "none is that of a release")
    newest = max(releases, key=_number)
    address = (
        "https://raw.githubusercontent.com/common-voice/cv-dataset/main/datasets/scripted-speech/"
    )
    return [listing, door.get(address + newest, newest)]


def tables(answers: list[Answer]) -> Tables:
    """Read the releases; of two with one date the later counts."""
    values = {}
    for answer in _releases(answers):
        (_, _, day) = _parts(answer.name)
        locales = reading.parsed(SOURCE, answer)["locales"]
        for locale, language in reading.LANGUAGES.items():
            for measure, name in MEASURES.items():
                try:
                    values[SOURCE, measure, language, day] = locales[locale][name]
                except KeyError as error:
                    raise RefusedAnswer(SOURCE, answer.name, locale, f"has no {error}") from None
    rows = [(*key, value) for key, value in values.items()]
    return {FILE: reading.presence(rows)}


def _releases(answers: list[Answer]) -> list[Answer]:
    releases = [answer for answer in answers if answer.name != LISTING]
    return sorted(releases, key=lambda answer: _number(answer.name))


def _parts(name: str) -> tuple[str, ...]:
    found = re.fullmatch(RELEASE, name)
    if found is None:
        raise RefusedAnswer(SOURCE, name, "name", "is not that of a release")
    return found.groups()


def _number(name: str) -> tuple[int, int]:
    major, minor, _ = _parts(name)
    return int(major), int(minor)


def version(answers: list[Answer]) -> str | None:
    """Read the number of the newest release from its name, such as "25.0"."""
    return ".".join(_parts(_releases(answers)[-1].name)[:2])


def published(answers: list[Answer]) -> str | None:
    """Read the date of the newest release from its name."""
    return _parts(_releases(answers)[-1].name)[2]
