"""National Statistical Committee of Kyrgyzstan: the two books of trade by country, from files."""

from __future__ import annotations

import re
from typing import Any

from turkic_ties.countries import UnknownCountryError, to_iso3
from turkic_ties.refresh import reading
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "kgnsc"
FOLDER = "kgnsc"
HOSTS = ("stat.gov.kg",)
FROM = ("4.03.00.18*", "4.03.00.20*")
PROCESSING = (
    "Names turned into ISO codes, thousand dollars into dollars; regions and unions left out, the "
    'printed total kept as WLD, "undefined country", the United Nations and the Channel Islands '
    "as XXX."
)

FLOWS = {"4.03.00.18": "export", "4.03.00.20": "import"}
TOTAL = "Total"
NOT_ALLOCATED = {"Undefined country", "UN", "Channel Islands"}
REGIONS = {
    "The EU", "CIS", "SCO", "EAEU", "Europe", "European Union (EU)", "Asia", "America", "Africa",
    "Australia and Oceania",
}  # fmt: skip
"""Groups of countries, whose members have rows of their own."""


def tables(answers: list[Answer]) -> Tables:
    """Read both books: names in Kyrgyz, Russian and English, then years, in thousand dollars."""
    rows: list[tuple[Any, ...]] = []
    for answer in answers:
        (sheet, *_) = reading.sheets(SOURCE, answer).values()
        flow = FLOWS[answer.name.rpartition("/")[2][:10]]
        head = next((place for place, row in enumerate(sheet) if _is_head(row)), None)
        if head is None or "thousand" not in str(sheet[:head]):
            problem = "the row of years, or 'thousand US dollars' above it, is not there"
            raise RefusedAnswer(SOURCE, answer.name, "first sheet", problem)
        years = reading.years_in(sheet[head])
        for row in sheet[head + 1 :]:
            # A footnote at the end begins with its number.
            if any(row[place] != "" for place in years) and (partner := _partner(answer, row)):
                for place, year in years.items():
                    value = reading.number(SOURCE, answer, f"{row[2]}, {year}", row[place])
                    if value is not None:
                        dollars = reading.dollars(value)
                        rows.append((SOURCE, "KGZ", partner, year, flow, dollars))
    added: dict[tuple[object, ...], float] = {}
    for *key, dollars in rows:
        added[tuple(key)] = added.get(tuple(key), 0) + dollars  # several names are XXX
    rows = [(*key, dollars) for key, dollars in added.items()]
    return {"trade/bilateral_trade/kgnsc.csv": reading.frame(rows, reading.TRADE, 5)}


def _is_head(row: list[object]) -> bool:
    return row[:3] == ["", "", ""] and bool(reading.years_in(row))


def _partner(answer: Answer, row: list[object]) -> str | None:
    """Return the code of a row; None for groups of countries, whose spelling must be known."""
    names = [re.sub(r"\s+", " ", str(cell)).strip() for cell in row[:3]]
    if names[2] in REGIONS:
        return None
    if names[2] == TOTAL:
        return "WLD"
    if names[2] in NOT_ALLOCATED:
        return "XXX"
    for name in names[:2]:
        try:
            return to_iso3(name)
        except UnknownCountryError:
            continue
    return reading.country(SOURCE, answer, names[2])


def version(answers: list[Answer]) -> str | None:
    """State the last year, which is all the books say of their edition."""
    (built,) = tables(answers).values()
    return f"to {built['year'].max()}"
