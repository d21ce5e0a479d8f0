"""SIPRI: arms deals of the six states as recipients, and what was delivered year by year.

The interface is that of SIPRI's own page and is not documented: the first live run has to be looked
at (``ties refresh sipri_arms_transfers --keep DIR`` records it). A file saved from the page is read
as well. Deals and deliveries come from two calls, since the form of deals does not say how much
came in which year.
"""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from turkic_ties.countries import MEMBERS, data_directory
from turkic_ties.refresh import reading
from turkic_ties.refresh.source import Answer, Door, NothingNew, RefusedAnswer

SOURCE = "sipri_arms_transfers"
FOLDER = "sipri"
HOSTS = ("atbackend.sipri.org",)
READ_SECONDS = 180
FROM = ("deals.json", "deliveries.json", "trade-register*.csv")
PROCESSING = (
    "The six states as recipients, deliveries from 1992, as SIPRI's interface gives them; "
    "yearly values are sums of SIPRI's delivery records. Country codes, the deal number and the "
    "category of weapon are ours; unknown suppliers have the code XXX. An order's TIV is left "
    "empty where its size is not known (SIPRI prints 0)."
)

DEALS, DELIVERIES = "defense/arms_deals.csv", "defense/arms_transfers.csv"
FIRST_YEAR = 1992
UNKNOWN = "unknown supplier(s)"
DEAL_HEAD = [
    "Recipient", "Supplier", "Year of order", "", "Number ordered", "", "Weapon designation",
    "Weapon description", "Number delivered", "", "Year(s) of delivery", "status", "Comments",
    "SIPRI TIV per unit", "SIPRI TIV for total order", "SIPRI TIV of delivered weapons",
]  # fmt: skip
DELIVERY_HEAD = ["SIPRI AT Database ID", "Supplier", "Recipient", "Designation", "Description"]


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for the last year there is; if it is newer than ours, for deals and for deliveries."""
    base = "https://atbackend.sipri.org/api/p"
    last = door.get(f"{base}/trades/getMaxYear", "max_year.json")
    found = re.search(rb"\b(20\d\d)\b", last.content)
    if found is None:
        raise RefusedAnswer(SOURCE, last.name, "the answer", "has no year")
    ours = pd.read_csv(data_directory() / DELIVERIES)["year"].max()
    if int(found[1]) <= ours:
        raise NothingNew(f"SIPRI's last year is {int(found[1])}, as ours")
    countries = reading.parsed(
        SOURCE, door.get(f"{base}/countries/getAllCountriesTrimmed", "countries.json")
    )
    names = {each["Name"]: each["EntityId"] for each in countries}
    ids = [names[name] for name in names if name != UNKNOWN and _code(name) in MEMBERS]
    filters = [
        _filter("Delivery year", value1=FIRST_YEAR, value2=int(found[1])),
        _filter("Recipient", listData=ids),
    ]
    questions = {"deals.json": _filter("opendeals"), "deliveries.json": _filter("exportOption")}
    return [
        door.post(
            f"{base}/trades/trade-register-csv/",
            name,
            json={"filters": [*filters, question], "logic": "AND"},
            headers={"Origin": "https://armstransfers.sipri.org"},
        )
        for name, question in questions.items()
    ]


def _filter(field: str, **values: Any) -> dict[str, Any]:
    empty = {"oldField": "", "condition": "contains" if values else ""}
    return {"field": field, **empty, "value1": "", "value2": "", "listData": [], **values}


def _code(name: str) -> str | None:
    try:
        return reading.country(SOURCE, Answer("countries", b""), name)
    except RefusedAnswer:
        return None  # armed groups and states of the past


def tables(answers: list[Answer]) -> dict[str, pd.DataFrame]:
    """Read both forms, told apart by their headers."""
    built, categories = {}, _categories()
    forms = [(answer, *_form(answer)) for answer in answers]
    for answer, head, rows in forms:
        if head[:5] == DELIVERY_HEAD:
            for row in rows:
                categories.setdefault(row[4], row[5])
            built[DELIVERIES] = _deliveries(answer, rows)
    for answer, head, rows in forms:
        if head == DEAL_HEAD:
            built[DEALS] = _deals(answer, rows, categories)
    return built


def _categories() -> dict[str, str]:
    """Read which kind of weapon belongs to which category, from the deals there are."""
    deals = pd.read_csv(data_directory() / DEALS, dtype="str")
    return dict(zip(deals["description"], deals["category"], strict=True))


def _form(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Unpack the CSV and find its header below the lines of explanation."""
    content = answer.content
    if answer.name.endswith(".json"):
        content = base64.b64decode(reading.parsed(SOURCE, answer).get("bytes", ""))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")  # as the page saves it
    lines = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    for place, row in enumerate(lines):
        if row == DEAL_HEAD or row[:5] == DELIVERY_HEAD:
            body = [line for line in lines[place + 1 :] if line]
            if short := [line for line in body if len(line) != len(row)]:
                raise RefusedAnswer(SOURCE, answer.name, f"row {short[0]}", "is cut")
            return row, body
    raise RefusedAnswer(SOURCE, answer.name, "header", "is neither that of deals nor of deliveries")


def _parties(answer: Answer, recipient: str, supplier: str) -> tuple[str, str]:
    known = "XXX" if supplier == UNKNOWN else reading.country(SOURCE, answer, supplier)
    return reading.country(SOURCE, answer, recipient), known


def _deliveries(answer: Answer, rows: Iterable[list[str]]) -> pd.DataFrame:
    sums: dict[tuple[str, str, int], float] = {}
    for row in rows:
        if _code(row[2]) in MEMBERS and (year := int(row[10])) >= FIRST_YEAR:
            recipient, supplier = _parties(answer, row[2], row[1])
            tiv = reading.number(SOURCE, answer, f"row {row[0]}", row[15]) or 0.0
            key = (supplier, recipient, year)
            sums[key] = sums.get(key, 0.0) + tiv
    found = [(*key, round(tiv, 2)) for key, tiv in sums.items()]
    return reading.frame(found, ["supplier", "recipient", "year", "tiv"], 3)


def _deals(answer: Answer, rows: Iterable[list[str]], categories: dict[str, str]) -> pd.DataFrame:
    """Keep what was delivered from 1992 on or is not delivered yet, and number it."""
    kept = []
    for row in rows:
        years = [int(year) for year in row[10].split(";") if year.strip()]
        if _code(row[0]) in MEMBERS and max(years, default=FIRST_YEAR) >= FIRST_YEAR:
            kept.append((*_parties(answer, row[0], row[1]), years, row))
    # The order within a deal number: designation, size (unknown last), years, dearest first.
    kept.sort(
        key=lambda deal: (
            *deal[:2], deal[3][2], deal[3][6], float(deal[3][4] or "inf"), deal[2],
            -float(deal[3][13] or 0),
        )
    )  # fmt: skip
    found, numbers = [], dict[str, int]()
    for recipient, supplier, years, row in kept:
        group = f"{recipient}-{supplier}-{row[2]}"
        numbers[group] = numbers.get(group, 0) + 1
        if row[7] not in categories:
            problem = f"{row[7]!r} is a new kind of weapon: give it a category in a deal by hand"
            raise RefusedAnswer(SOURCE, answer.name, f"{group}, {row[6]}", problem)
        ordered, delivered, unit, order, brought = (
            reading.number(SOURCE, answer, f"{group}, {row[6]}", row[place])
            for place in (4, 8, 13, 14, 15)
        )
        deal_id = f"{group}-{numbers[group]:02}"
        parties = (recipient, supplier, int(row[2]), row[3] == "?")
        weapon = (row[6], row[7], categories[row[7]], row[11])
        units = (ordered, row[5] == "?", delivered or 0.0, row[9] == "?")
        more = (";".join(map(str, years)) or None, row[12] or None)
        tiv = (unit or 0.0, order if ordered is not None else None, brought or 0.0)
        found.append((deal_id, *parties, *weapon, *units, *more, *tiv))
    columns = [
        "deal_id", "recipient", "supplier", "order_year", "order_year_estimated", "designation",
        "description", "category", "status", "number_ordered", "number_ordered_estimated",
        "number_delivered", "number_delivered_estimated", "delivery_years", "comments",
        "tiv_per_unit", "tiv_order", "tiv_delivered",
    ]  # fmt: skip
    return reading.frame(found, columns, 1)


def version(answers: list[Answer]) -> str | None:
    """Read the day the register was generated, which is all it says of its edition."""
    for answer in answers:
        content = answer.content
        if answer.name.endswith(".json"):
            content = base64.b64decode(reading.parsed(SOURCE, answer).get("bytes", ""))
        if found := re.search(rb"Data generated: (\d+ \w+ \d{4})", content):
            return f"register generated on {found[1].decode()}"
    return None
