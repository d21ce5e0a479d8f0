"""A small data folder, two connectors, and a server that answers for their publishers."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import yaml
from pytest_httpserver import HTTPServer
from tiny_data import DATA, SOURCE, field
from werkzeug import Request, Response

from turkic_ties import articles, data
from turkic_ties.refresh import door as doors
from turkic_ties.refresh.door import Door
from turkic_ties.refresh.source import Answer, RefusedAnswer

COLUMNS = ["source", "reporter", "partner", "year", "flow", "value_usd"]
TABLE = "trade/bilateral_trade"
OFFICE, BUREAU = "office.example", "bureau.example"
OFFICE_FILE, BUREAU_FILE = f"{TABLE}/office.csv", f"{TABLE}/bureau.csv"
PARTNERS = ("TUR", "UZB", "KGZ", "CHN")

Rows = dict[tuple[str, int], int]
"""Partner and year to dollars."""

ARTICLE = f"{articles.FOLDER}/{articles.STANDARD}.yml"
CLAIMS = """
article:
  {author: A, title: T, outlet: null, date: 2024-05-02, url: null, country: KAZ, partner: TUR}
claims:
- id: A1
  topic: trade
  statement: Kazakhstan exported goods for three thousand dollars to Türkiye in 2022.
  locator: {section: Opening, paragraph: 1, sentence: 2}
  kind: level
  parts:
  - stated: {value: 3.0, unit: thousand US dollars, precision: 1}
    readings:
    - name: As the office has it
      compute:
        table: trade/bilateral_trade
        where: {source: office, partner: TUR, year: 2022}
        column: value_usd
        scale: 1.0e-3
      unit: thousand US dollars
      rule: {rounds_to: {}}
  verdict: supported
  reviewed: 2024-05-03
  history: [{date: 2024-05-03, verdict: supported, note: First reading.}]
"""

MADE: dict[Path, bytes] = {}
"""The files of the data folder, once a test has made them: sealing takes longer than copying."""

PACKAGE_HEAD = "# A comment that has to stay.\n"


def figures(last: int = 2022, **changed: int) -> Rows:
    """Make up a publisher's figures: 3000 dollars for TUR in 2022, more for those after it."""
    rows = {
        (partner, year): 1000 * (place + 3) + 10 * (year - 2022)
        for place, partner in enumerate(PARTNERS)
        for year in range(2018, last + 1)
    }
    return rows | {(key[:3], int(key[3:])): value for key, value in changed.items()}


def as_csv(rows: Rows) -> bytes:
    """Write them as the office does: a row per partner, by English name, and a column per year."""
    years = sorted({year for _, year in rows})
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["Country", *years])
    for partner in dict.fromkeys(partner for partner, _ in rows):
        lines.writerow([partner, *(rows.get((partner, year), "") for year in years)])
    return written.getvalue().encode()


def as_json(rows: Rows, **head: Any) -> bytes:
    """Write them as the bureau does: a head with the number of rows, then the rows."""
    listed = [{"partner": p, "year": y, "usd": value} for (p, y), value in rows.items()]
    return json.dumps([{"total": len(listed), "licence": "CC0-1.0", **head}, listed]).encode()


def _frame(source: str, rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    made = [(source, "KAZ", partner, year, "export", value) for partner, year, value in rows]
    return pd.DataFrame(made, columns=COLUMNS).sort_values(["partner", "year"], ignore_index=True)


def _country(source: str, answer: Answer, name: str) -> str:
    if name not in (*PARTNERS, "World"):
        raise RefusedAnswer(source, answer.name, repr(name), "is no country")
    return name.replace("World", "WLD")


def office() -> ModuleType:
    """Make the connector of the office: one file in CSV."""

    def fetch(door: Door, today: date) -> list[Answer]:
        return [door.get(f"https://{OFFICE}/files/trade.csv", "trade.csv")]

    def tables(answers: list[Answer]) -> dict[str, pd.DataFrame]:
        (answer,) = answers
        try:
            head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
            years = [int(year) for year in head[1:] if year.isdigit()]
        except ValueError as error:
            raise RefusedAnswer("office", answer.name, "the whole", str(error)) from None
        if head[0] != "Country":
            raise RefusedAnswer("office", answer.name, "line 1", "has no column Country")
        rows = [
            (_country("office", answer, line[0]), year, float(cell))
            for line in lines
            for year, cell in zip(years, line[1:], strict=False)
            if cell
        ]
        return {OFFICE_FILE: _frame("office", rows)}

    return _module("office", OFFICE, fetch, tables, FROM=("*.csv",), version=lambda _: None)


def bureau() -> ModuleType:
    """Make the connector of the bureau: a service in JSON that wants a key."""

    def fetch(door: Door, today: date) -> list[Answer]:
        key = {"Authorization": door.key("BUREAU_KEY") or ""}
        address = f"https://{BUREAU}/api/trade"
        return [door.get(address, "trade.json", params={"reporter": "KAZ"}, headers=key)]

    def tables(answers: list[Answer]) -> dict[str, pd.DataFrame]:
        (answer,) = answers
        try:
            head, rows = json.loads(answer.content)
        except ValueError as error:
            raise RefusedAnswer("bureau", answer.name, "the whole", str(error)) from None
        if head.get("total") != len(rows):
            problem = f"{head.get('total')} rows announced, {len(rows)} came"
            raise RefusedAnswer("bureau", answer.name, "total", problem)
        listed = [(_country("bureau", answer, r["partner"]), r["year"], r["usd"]) for r in rows]
        return {BUREAU_FILE: _frame("bureau", listed)}

    def of_head(name: str) -> Callable[[list[Answer]], str | None]:
        return lambda answers: json.loads(answers[0].content)[0].get(name)

    return _module(
        "bureau",
        BUREAU,
        fetch,
        tables,
        FROM=("*.json",),
        KEY="BUREAU_KEY",
        version=of_head("version"),
        published=of_head("published"),
        licence=of_head("licence"),
        PROCESSING="Read as they are.",
    )


def _module(name: str, host: str, fetch: Any, tables: Any, **more: Any) -> ModuleType:
    module = ModuleType(f"turkic_ties.refresh.{name}")
    described = {"SOURCE": name, "FOLDER": name, "HOSTS": (host,), "fetch": fetch, **more}
    vars(module).update(described, tables=tables)
    return module


def make_data(folder: Path) -> None:
    """Write the data folder: both sources with the figures of 2022."""
    (folder / TABLE).mkdir(parents=True)
    for name in ("countries.csv", "datapackage.yaml"):
        shutil.copy(DATA / name, folder)
    (folder / "corrections.yml").write_text("[]\n", "utf-8")
    (folder / "articles").mkdir()
    (folder / ARTICLE).write_text(CLAIMS, "utf-8")
    entry = {"how": "automatic", "looked_for": "weekly", "stale_after_months": 20}
    entries = {
        name: {**entry, "module": name, "files": [f"{TABLE}/{name}.csv"]}
        for name in ("office", "bureau")
    }
    entries["legacy"] = {"how": "closed", "why": "It ended."}
    (folder / "refresh.yml").write_text(yaml.safe_dump(entries, sort_keys=False), "utf-8")
    for name in ("office", "bureau"):
        text = ",".join(COLUMNS) + "\n"
        for (partner, year), value in sorted(figures().items()):
            text += f"{name},KAZ,{partner},{year},export,{value}\n"
        (folder / TABLE / f"{name}.csv").write_text(text, "utf-8")
    code = {"constraints": {"pattern": "[A-Z]{3}", "required": True}}
    table = {
        "name": "bilateral_trade",
        "path": ["bilateral_trade/office.csv", "bilateral_trade/bureau.csv"],
        "title": "Trade",
        "description": "Trade by partner.",
        "licenses": [{"name": "CC0-1.0", "title": "Public domain"}],
        "sources": [
            {**SOURCE, "name": "office"},
            {**SOURCE, "name": "bureau", "date_published": "2022-03"},
        ],
        "schema": {
            "primaryKey": COLUMNS[:5],
            "fields": [
                field("source"),
                field("reporter", **code),
                field("partner", **code),
                field("year", "integer"),
                field("flow"),
                field("value_usd", "number", unit="US dollars"),
            ],
        },
    }
    package = {"name": "small", "resources": [table]}
    text = yaml.safe_dump(package, allow_unicode=True, sort_keys=False, width=200)
    (folder / "trade" / "datapackage.yaml").write_text(PACKAGE_HEAD + text, "utf-8")
    data.seal()


class Publishers:
    """What the two publishers answer now; a test changes it."""

    def __init__(self, folder: Path, server: HTTPServer) -> None:
        self.folder, self.server = folder, server
        self.office: bytes = as_csv(figures())
        self.bureau: bytes = as_json(figures())
        self.faults: list[Callable[[Request], Response]] = []
        self.asked: list[Request] = []
        server.expect_request("/office/files/trade.csv").respond_with_handler(self._office)
        server.expect_request("/bureau/api/trade").respond_with_handler(self._bureau)

    def fail(self, *faults: Callable[[Request], Response], times: int = 1) -> None:
        """Let the next requests, or all of them (`times` 99), meet faults."""
        self.faults = [*faults] * times

    def _office(self, request: Request) -> Response:
        self.asked.append(request)
        return self._answer(request, self.office, "text/csv")

    def _bureau(self, request: Request) -> Response:
        self.asked.append(request)
        return self._answer(request, self.bureau, "application/json")

    def _answer(self, request: Request, content: bytes, kind: str) -> Response:
        if self.faults:
            return self.faults.pop(0)(request)
        response = Response(content, content_type=kind)
        response.add_etag()
        return response.make_conditional(request)


def install(folder: Path, server: HTTPServer, patch: pytest.MonkeyPatch) -> Publishers:
    """Put the small project in force: data, connectors, replayed publishers, a raw archive."""
    patch.setenv("TURKIC_TIES_DATA", str(folder))
    # Not by XDG_CACHE_HOME: with another environment than their parent's, kernels start cold.
    patch.setattr(doors, "archive", lambda: folder.parent / "raw")
    patch.setenv("BUREAU_KEY", "sesame-7")
    bases = {host: server.url_for(f"/{host.partition('.')[0]}") for host in (OFFICE, BUREAU)}
    patch.setenv(doors.PUBLISHERS, json.dumps(bases))
    for module in (office(), bureau()):
        patch.setitem(sys.modules, module.__name__, module)
    if not MADE:
        make_data(folder)
        files = (path for path in folder.rglob("*") if path.is_file())
        MADE.update({path.relative_to(folder): path.read_bytes() for path in files})
    for path, content in MADE.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return Publishers(folder, server)
