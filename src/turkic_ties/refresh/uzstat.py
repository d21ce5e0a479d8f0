"""Statistics Agency of Uzbekistan: exports and imports by country, yearly."""

from __future__ import annotations

from datetime import date

from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer, Tables

SOURCE = "uzstat"
FOLDER = "uzstat"
HOSTS = ("api.siat.stat.uz",)
FLOWS = {"sdmx_data_1105.csv": "export", "sdmx_data_1176.csv": "import"}
FROM = tuple(FLOWS)
PROCESSING = (
    "M49 codes turned into ISO codes (736 to Sudan), thousand dollars into dollars, rounded to "
    'one unless that leaves nothing; "other countries" stored as XXX.'
)

OTHER = "0"
"""Code of "other countries", in which gold is booked."""


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for both tables."""
    address = "https://api.siat.stat.uz/media/uploads/sdmx/"
    return [door.get(address + name, name) for name in FLOWS]


def tables(answers: list[Answer]) -> Tables:
    """Read both tables: M49 code and one column per year, in thousand US dollars."""
    rows = []
    for answer in answers:
        records = reading.records(SOURCE, answer, ["Code", "Klassifikator_en"])
        years = {name: year for name in records[0] if (year := reading.year_of(name))}
        if not years:
            raise RefusedAnswer(SOURCE, answer.name, "line 1", "has no column that is a year")
        for record in records:
            code = record["Code"].strip()
            name = record["Klassifikator_en"]
            partner = "XXX" if code == OTHER else reading.country(SOURCE, answer, code, name)
            for column, year in years.items():
                value = reading.number(SOURCE, answer, f"{name}, {year}", record[column])
                if value is not None:
                    flow = FLOWS[answer.name]
                    rows.append((SOURCE, "UZB", partner, year, flow, reading.dollars(value)))
    return {"trade/bilateral_trade/uzstat.csv": reading.frame(rows, reading.TRADE, 5)}


def version(answers: list[Answer]) -> str | None:
    """State the last year; the agency numbers no editions."""
    return None
