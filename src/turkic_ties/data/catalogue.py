"""The catalogue: which tables there are, who publishes them, how they are cited."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import pandas as pd

from turkic_ties.cache import cached
from turkic_ties.countries import data_directory
from turkic_ties.data.packages import (
    DataError,
    addresses,
    digest,
    refresh_entries,
    resource,
    split,
)
from turkic_ties.data.tables import columns, load
from turkic_ties.files import Json, read_json

TIMES = ("last_year", "year", "order_year", "date")
"""Columns that say when an observation was; the first that a table has counts."""

ASKED = ".refresh/asked.json"
"""Where ``ties refresh`` keeps, below ``data/``, on which day it asked each publisher."""

LICENCES = {
    "CC-BY-4.0": "Creative Commons Attribution 4.0",
    "CC-BY-3.0-IGO": "Creative Commons Attribution 3.0 IGO",
    "CC-BY-SA-3.0-IGO": "Creative Commons Attribution-ShareAlike 3.0 IGO",
    "CC0-1.0": "Creative Commons Zero (public domain)",
    "LicenseRef-Fact": "single facts, which no licence covers",
    "LicenseRef-Facts": "single facts, which no licence covers",
    "LicenseRef-US-PD": "public domain (United States)",
    "LicenseRef-Unstated": "no licence stated",
    "MIT": "MIT licence",
    "MPL-2.0": "Mozilla Public Licence 2.0",
    "Unicode-3.0": "Unicode Licence 3.0",
    "etalab-2.0": "Licence Ouverte 2.0",
}
"""Names of licences in words; other names that begin with LicenseRef are a publisher's terms."""


def list_tables(topic: str | None = None) -> pd.DataFrame:
    """List the tables with what they cover.

    Returns
    -------
    pandas.DataFrame
        One row per table: table (address), title, rows, first_year, last_year (missing where the
        table has no ``year``), asked (the last day on which a publisher was asked or its figures
        were looked up), newest (the last year observed, without projections), sources (publisher
        and data set), version, licences.
    """
    last = asked()
    days = {name: last.get(entry.get("module", "")) for name, entry in refresh_entries().items()}
    frame = pd.DataFrame([_listed(address, days) for address in addresses(topic)])
    return frame.astype(dict.fromkeys(("first_year", "last_year", "newest"), "Int64"))


def asked() -> dict[str, str]:
    """Return the day on which each connector of ``ties refresh`` last asked its publisher."""
    path = data_directory() / ASKED
    return read_json(path, DataError) if path.is_file() else {}


def _listed(address: str, days: Mapping[str, str | None]) -> Json:
    described = resource(address)
    frame = load(address)
    sources = described["sources"]
    years = frame["year"] if "year" in frame else pd.Series([pd.NA])
    asked = [days.get(source["name"]) or source["date_accessed"] for source in sources]
    datasets = [f"{source['publisher']}: {source['dataset']}" for source in sources]
    versions = [source["version"] for source in sources if source["version"]]
    licences = dict.fromkeys(licence["name"] for licence in described["licenses"])
    return {
        "table": address,
        "title": described["title"],
        "rows": len(frame),
        "first_year": years.min(),
        "last_year": years.max(),
        "asked": max(asked),
        "newest": max(last_years([address]).values(), default=pd.NA),
        "sources": "; ".join(datasets),
        "version": "; ".join(versions),
        "licences": "; ".join(licences),
    }


def last_years(read: Iterable[str]) -> dict[str, int]:
    """Find the last year each source behind some tables covers, projections and plans left out.

    Parameters
    ----------
    read
        Addresses of tables of one topic.

    Returns
    -------
    dict
        Name of a source to year: of the rows that name it, or else of the tables that rest on it.
        Sources of tables without years are missing.
    """
    named: dict[str, int] = {}
    resting: dict[str, int] = {}
    for address in read:
        key = f"last years {address} {digest(address)}"
        is_named, years = cached(key, functools.partial(_last_years, address))
        found = named if is_named else resting
        for source, last in years.items():
            found[source] = max(last, found.get(source, 0))
    return resting | named


def _last_years(address: str) -> tuple[bool, dict[str, int]]:
    """Find the last years of the sources of one table, and whether its rows name them."""
    rows = _years(address)
    found = {}
    for source in resource(address)["sources"]:
        own = rows
        if "source" in rows:
            own = rows[rows["source"].str.contains(rf"\b{source['name']}\b", na=False)]
        last = own.loc[own["year"] <= int(source["date_accessed"][:4]), "year"].max()
        if pd.notna(last):
            found[source["name"]] = int(last)
    return "source" in rows, found


def _years(address: str) -> pd.DataFrame:
    """List the years of a table, with their sources where it names them; without projections."""
    fields = [field["name"] for field in resource(address)["schema"]["fields"]]
    time = next((name for name in TIMES if name in fields), None)
    if time is None:
        return pd.DataFrame({"year": []})
    names = [name for name in (time, "source", "variant") if name in fields]
    rows = columns(address, names).drop_duplicates()
    if "variant" in rows:
        rows = rows[rows["variant"] == "estimate"]
    years = pd.to_numeric(rows[time].astype("str").str[:4], errors="coerce")
    return rows.assign(year=years)


def sources(read: Iterable[str]) -> pd.DataFrame:
    """List the sources behind some tables, each once, with the tables that rest on it.

    Parameters
    ----------
    read
        Addresses, for example ``tables_read()``.

    Returns
    -------
    pandas.DataFrame
        Columns source (id), publisher, dataset, version, last_year (as text, empty where there is
        none), published and accessed (dates), kind, licence (in words) and its terms (address),
        url, citation, processing, warnings, tables.
    """
    rows: dict[tuple[str | None, str], dict[str, str]] = {}
    for topic, group in groupby(sorted(read), key=lambda address: split(address)[0]):
        tables = [*group]
        years = last_years(tables)
        for address in tables:
            for source in resource(address)["sources"]:
                name = source["name"]
                row = rows.setdefault((topic, name), _printed(source, years.get(name)))
                row["tables"] = ", ".join(filter(None, [row["tables"], address]))
    return pd.DataFrame(list(rows.values()))


def _printed(source: Json, last_year: int | None) -> dict[str, str]:
    return {
        "source": source["name"],
        "publisher": source["publisher"],
        "dataset": source["dataset"],
        "version": source["version"] or "not stated",
        "last_year": str(last_year or ""),
        "published": source["date_published"] or "not stated",
        "accessed": source["date_accessed"],
        "kind": source["kind"],
        **_licence(source["license"]),
        "url": source["url"],
        "citation": source["citation"],
        "processing": source["processing"],
        "warnings": " ".join(source.get("warnings") or []),
        "tables": "",
    }


def _licence(licence: Mapping[str, Any]) -> dict[str, str]:
    """Say in words under which licence a source is."""
    words = LICENCES.get(licence["name"], licence["name"])
    if words.startswith("LicenseRef-"):
        words = "the publisher's own terms"
    if not licence["redistributable"]:
        words += ", redistribution not granted"
    return {"licence": words, "terms": licence.get("url") or ""}


def credit(address: str, ids: Iterable[str] | None = None) -> str:
    """Return the line under a chart: who publishes the figures.

    Parameters
    ----------
    address
        ``topic/name``.
    ids
        The source ids the chart really draws (its ``source`` column); None for all of the table's.
    """
    names: dict[str, None] = {}
    for source in _drawn(address, ids):
        is_named = source["title"].startswith(source["publisher"])  # GeoNames publishes GeoNames
        names[source["title"] if is_named else f"{source['publisher']}, {source['title']}"] = None
    return f"{'; '.join(names)}."


def publishers(address: str, ids: Iterable[str] | None = None) -> str:
    """Return the publishers alone, for places with little room; parameters as for `credit`."""
    return "; ".join(dict.fromkeys(source["publisher"] for source in _drawn(address, ids)))


def _drawn(address: str, ids: Iterable[str] | None) -> list[Json]:
    listed: list[Json] = resource(address)["sources"]
    if ids is None:
        return listed
    wanted = {str(id) for id in ids}
    return [source for source in listed if source["name"] in wanted]


def cite(address: str, style: str = "text") -> str:
    """Return a ready citation of a table: one entry for each source behind it.

    Parameters
    ----------
    address
        ``topic/name``.
    style
        ``"text"`` or ``"bibtex"``.

    Raises
    ------
    DataError
        For an unknown table or style.
    """
    cited = resource(address)["sources"]
    if style == "text":
        return "\n".join(source["citation"] for source in cited)
    if style == "bibtex":
        return "\n\n".join(_bibtex(source) for source in cited)
    raise DataError(f"there is no citation style {style!r}: use 'text' or 'bibtex'.")


def _bibtex(source: Json) -> str:
    fields = {
        "author": f"{{{source['publisher']}}}",
        "title": source["dataset"],
        "year": str(source.get("date_published") or source["date_accessed"])[:4],
        "version": source.get("version"),
        "url": source["url"],
        "urldate": source["date_accessed"],
        "note": source["license"]["name"],
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{source['name']},\n{body}\n}}"
