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
import math
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from turkic_ties import data
from turkic_ties.countries import MEMBERS
from turkic_ties.files import Json
from turkic_ties.refresh import reading
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, NothingNew, RefusedAnswer, Tables

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
DEAL = [
    "recipient", "supplier", "order_year", "order_year_estimated", "number_ordered",
    "number_ordered_estimated", "designation", "description", "number_delivered",
    "number_delivered_estimated", "delivery_years", "status", "comments", "tiv_per_unit",
    "tiv_order", "tiv_delivered",
]  # fmt: skip
"""Our names of the same columns; the nameless ones have a question mark where SIPRI is unsure."""

DELIVERY_HEAD = ["SIPRI AT Database ID", "Supplier", "Recipient", "Designation", "Description"]


def fetch(door: Door, today: date) -> list[Answer]:
    """Ask for the last year there is; if it is newer than ours, for deals and for deliveries."""
    base = "https://atbackend.sipri.org/api/p"
    last = door.get(f"{base}/trades/getMaxYear", "max_year.json")
    found = re.search(rb"\b(20\d\d)\b", last.content)
    if found is None:
        raise RefusedAnswer(SOURCE, last.name, "the answer", "has no year")
    ours = data.load("defense/arms_transfers")["year"].max()
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


def _filter(field: str, **values: Any) -> Json:
    empty = {"oldField": "", "condition": "contains" if values else ""}
    return {"field": field, **empty, "value1": "", "value2": "", "listData": [], **values}


@cache
def _code(name: str) -> str | None:
    try:
        return reading.country(SOURCE, Answer("countries", b""), name)
    except RefusedAnswer:
        return None  # armed groups and states of the past


def tables(answers: list[Answer]) -> Tables:
    """Read both forms, told apart by their headers."""
    ours, built = data.load("defense/arms_deals"), {}
    categories = dict(zip(ours["description"], ours["category"], strict=True))
    forms = [(answer, *_form(answer)) for answer in answers]
    for answer, head, rows in forms:
        if head[:5] == DELIVERY_HEAD:
            for row in rows:
                categories.setdefault(row[4], row[5])
            built[DELIVERIES] = _deliveries(answer, rows)
    for answer, head, rows in forms:
        if head == DEAL_HEAD:
            deals = _deals(answer, rows, categories)
            built[DEALS] = deals[[*ours.columns]]
    return built


def _form(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Unpack the CSV and find its header below the lines of explanation."""
    content = _content(answer)
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


def _content(answer: Answer) -> bytes:
    if answer.name.endswith(".json"):
        return base64.b64decode(reading.parsed(SOURCE, answer).get("bytes", ""))
    return answer.content


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
    deals = []
    for row in rows:
        deal = dict(zip(DEAL, row, strict=True))
        last_delivery = deal["delivery_years"][-4:]
        is_recent = not last_delivery or int(last_delivery) >= FIRST_YEAR
        if _code(deal["recipient"]) in MEMBERS and is_recent:
            deals.append(_deal(answer, deal, categories))
    if not deals:
        raise RefusedAnswer(SOURCE, answer.name, "rows", "none is a deal of the six")
    # Within a group by designation, size (unknown last), years, and the dearest first.
    deals.sort(
        key=lambda deal: (
            deal["designation"], deal["number_ordered"] or math.inf, deal["delivery_years"] or "",
            -deal["tiv_per_unit"],
        )
    )  # fmt: skip
    numbers: dict[str, int] = {}
    for deal in deals:
        group = f"{deal['recipient']}-{deal['supplier']}-{deal['order_year']}"
        numbers[group] = numbers.get(group, 0) + 1
        deal["deal_id"] = f"{group}-{numbers[group]:02}"
    return pd.DataFrame(deals).sort_values("deal_id", ignore_index=True)


def _deal(answer: Answer, deal: Json, categories: dict[str, str]) -> Json:
    """Turn the cells of a deal into values."""
    place = f"{deal['recipient']}, {deal['supplier']}, {deal['designation']}"
    kind = deal["description"]
    if kind not in categories:
        problem = f"{kind!r} is a new kind of weapon: give it a category in a deal by hand"
        raise RefusedAnswer(SOURCE, answer.name, place, problem)
    figures = ["order_year", "number_ordered", "number_delivered", *DEAL[-3:]]
    values = {name: reading.number(SOURCE, answer, place, deal[name]) for name in figures}
    recipient, supplier = _parties(answer, deal["recipient"], deal["supplier"])
    ordered = values["number_ordered"]
    estimated = {name: deal[name] == "?" for name in DEAL if name.endswith("_estimated")}
    deal |= {name: value or 0.0 for name, value in values.items()} | estimated
    return deal | {
        "recipient": recipient,
        "supplier": supplier,
        "order_year": int(deal["order_year"]),
        "number_ordered": ordered,
        "tiv_order": None if ordered is None else values["tiv_order"],
        "category": categories[kind],
        "delivery_years": deal["delivery_years"].replace(" ", "") or None,
        "comments": deal["comments"] or None,
    }


def version(answers: list[Answer]) -> str | None:
    """Read the day the register was generated, which is all it says of its edition."""
    for answer in answers:
        if found := re.search(rb"Data generated: (\d+ \w+ \d{4})", _content(answer)):
            return f"register generated on {found[1].decode()}"
    return None
