"""A data folder with one small table, `trade/tiny`, that a test describes as it likes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from turkic_ties import hashing
from turkic_ties.countries import MEMBERS
from turkic_ties.data import packages

DATA = Path(__file__).parents[1] / "data"
FEW = ("ABW", *MEMBERS)
"""The countries of the folder: its table is read again by each check."""

dump = functools.partial(
    yaml.dump,
    Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper),
    allow_unicode=True,
    sort_keys=False,
)

SOURCE = {
    "name": "office",
    "title": "Yearbook",
    "publisher": "Office",
    "dataset": "Yearbook, table 1",
    "version": None,
    "date_published": None,
    "date_accessed": "2026-11-23",
    "url": "https://example.org/",
    "citation": "Office. Yearbook.",
    "license": {"name": "CC0-1.0", "url": "https://example.org/", "redistributable": True},
    "kind": "official",
    "processing": "Copied.",
}


def field(name: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    """Describe a column."""
    return {"name": name, "type": type_, "title": name, "description": name, **more}


@functools.cache
def few_countries() -> dict[str, str]:
    """Give the shared package of a table of few countries."""
    header, *rows = (DATA / "countries.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    table = "".join([header, *(row for row in rows if row.startswith(FEW))])
    text = (DATA / "datapackage.yaml").read_text(encoding="utf-8")
    return {
        "countries.csv": table,
        "datapackage.yaml": packages.sealed_text(text, {"countries": table.encode()})[0],
    }


def tiny_data(
    folder: Path,
    rows: str | bytes,
    fields: list[dict[str, Any]],
    *,
    seal: bool = True,
    missing: list[str] | None = None,
    corrections: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Path:
    """Write the data folder and return that of its topic; `more` goes into the table's entry."""
    (folder / "trade").mkdir(parents=True, exist_ok=True)
    for name, text in few_countries().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "corrections.yml").write_text(dump(corrections or []), encoding="utf-8")
    content = rows.encode() if isinstance(rows, str) else rows
    (folder / "trade" / "tiny.csv").write_bytes(content)
    table: dict[str, Any] = {
        "name": "tiny",
        "path": "tiny.csv",
        "title": "Tiny",
        "description": "A tiny table.",
        "licenses": [{"name": "CC0-1.0", "title": "Public domain"}],
        "sources": [SOURCE],
        "schema": {
            "primaryKey": [fields[0]["name"]],
            "missingValues": [""] if missing is None else missing,
            "fields": fields,
        },
        **more,
    }
    if seal:
        table |= {"bytes": len(content), "hash": hashing.of_bytes(content)}
    package = {"name": "tiny", "resources": [table]}
    (folder / "trade" / "datapackage.yaml").write_text(dump(package), encoding="utf-8")
    return folder / "trade"
