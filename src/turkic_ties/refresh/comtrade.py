"""UN Comtrade: totals of the six as reporters, and of all others with them.

The only recorded answer is of China: the first live run has to be looked at (``ties refresh
comtrade --keep DIR`` records it). An empty answer comes with status 200; a late reporter is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from turkic_ties.countries import MEMBERS
from turkic_ties.files import Json
from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, NotToday, RefusedAnswer, Tables

SOURCE = "comtrade"
FOLDER = "comtrade"
HOSTS = ("comtradeapi.un.org",)
KEY = "COMTRADE_KEY"
FROM = ("totals_*.json",)
PROCESSING = (
    "Totals of goods, the six with all partners and all others with the six; codes turned into "
    "ISO codes; areas that are no country added up as XXX, the world as printed kept as WLD; "
    "reports of the European Union and of other Asia left out."
)

FIRST_YEAR = 2017
CODES = {"KAZ": 398, "TUR": 792, "AZE": 31, "UZB": 860, "KGZ": 417, "TKM": 795}
LIMITS = (500, 100_000)
"""Rows after which the service cuts an answer, without a key and with one."""

WORLD = 0
NO_COUNTRY = {
    129, 221, 290, 471, 472, 473, 490, 492, 527, 536, 568, 577, 636, 637, 697, 837, 838, 839, 849,
    879, 899,
}  # fmt: skip
"""Areas not elsewhere specified, free zones, bunkers, special categories and the like."""

NO_REPORTER = {97, 490}
"""The European Union as a whole, and other Asia."""

FLOWS = {"X": "export", "M": "import"}


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask two questions a year; an answer that may be cut is asked again by flow."""
    six = ",".join(str(CODES[iso3]) for iso3 in MEMBERS)
    answers = []
    for year in range(FIRST_YEAR, today.year):
        for side, parties in (
            ("reporters", {"reporterCode": six}),
            ("partners", {"partnerCode": six}),
        ):
            whole = _ask(door, f"totals_{side}_{year}.json", year, parties, "X,M")
            if len(_rows(whole)) not in LIMITS:
                answers.append(whole)
                continue
            for flow in FLOWS:
                half = _ask(door, f"totals_{side}_{year}_{flow}.json", year, parties, flow)
                answers.append(half)
    return answers


def _ask(door: Door, name: str, year: int, parties: Mapping[str, str], flow: str) -> Answer:
    params = {
        "period": year, "flowCode": flow, "cmdCode": "TOTAL", "partner2Code": 0,
        "customsCode": "C00", "motCode": 0, "includeDesc": "true", **parties,
    }  # fmt: skip
    headers = {"Ocp-Apim-Subscription-Key": door.key(KEY) or ""}
    address = "https://comtradeapi.un.org/data/v1/get/C/A/HS"
    return door.get(address, name, params=params, headers=headers)


def _rows(answer: Answer) -> list[Json]:
    parsed = reading.parsed(SOURCE, answer)
    if "data" not in parsed or parsed.get("error"):
        said = parsed.get("error") or parsed.get("message") or parsed
        if parsed.get("statusCode") in (401, 403, 429):
            raise NotToday(f"comtradeapi.un.org says: {said}")
        raise RefusedAnswer(SOURCE, answer.name, "the answer", f"{said}"[:200])
    rows: list[Json] = parsed["data"]
    if parsed.get("count") != len(rows):
        problem = f"{parsed.get('count')} rows announced, {len(rows)} came"
        raise RefusedAnswer(SOURCE, answer.name, "the answer", problem)
    return rows


def tables(answers: list[Answer]) -> Tables:
    """Read the totals; a row that is split by means of transport or customs is none."""
    values: dict[tuple[str, str, int, str], float] = {}
    seen = set()
    for answer in answers:
        rows = _rows(answer)
        if len(rows) in LIMITS:
            problem = f"has exactly {len(rows)} rows: it may be cut"
            raise RefusedAnswer(SOURCE, answer.name, "the answer", problem)
        for row in rows:
            whole = row["cmdCode"], row["customsCode"], row["motCode"], row["partner2Code"]
            if whole != ("TOTAL", "C00", 0, 0) or row["reporterCode"] in NO_REPORTER:
                continue
            party = row["reporterCode"], row["partnerCode"], row["refYear"], row["flowCode"]
            if party in seen:
                continue  # the six with each other are in both answers of a year
            seen.add(party)
            key = _key(answer, row)
            value = reading.number(SOURCE, answer, " ".join(map(str, key)), row["primaryValue"])
            if value is not None:
                values[key] = values.get(key, 0.0) + value
    rows_found = [(SOURCE, *key, float(round(value))) for key, value in values.items()]
    return {"trade/bilateral_trade/comtrade.csv": reading.frame(rows_found, reading.TRADE, 5)}


def _key(answer: Answer, row: Json) -> tuple[str, str, int, str]:
    # Comtrade's numbers are not all ISO's (842 is the United States): its letters are.
    reporter = reading.country(SOURCE, answer, row["reporterISO"])
    code = row["partnerCode"]
    if code == WORLD:
        partner = "WLD"
    elif code in NO_COUNTRY:
        partner = "XXX"
    else:
        partner = reading.country(SOURCE, answer, row["partnerISO"], f"{row['partnerDesc']!r}")
    return reporter, partner, int(row["refYear"]), FLOWS[row["flowCode"]]


def version(answers: list[Answer]) -> str | None:
    """State nothing: the database changes every day and names no editions."""
    return None
