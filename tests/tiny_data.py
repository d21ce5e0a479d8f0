"""A data folder with one small table, `trade/tiny`, that a test describes as it likes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from turkic_ties import data

DATA = Path(__file__).parents[1] / "data"

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
    for name in ("countries.csv", "datapackage.yaml"):
        shutil.copy(DATA / name, folder)
    (folder / "corrections.yml").write_text(yaml.safe_dump(corrections or []), encoding="utf-8")
    (folder / "trade" / "tiny.csv").write_bytes(rows.encode() if isinstance(rows, str) else rows)
    table = {
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
    package = {"name": "tiny", "resources": [table]}
    (folder / "trade" / "datapackage.yaml").write_text(
        yaml.safe_dump(package, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    if seal:
        data.seal()
    return folder / "trade"
