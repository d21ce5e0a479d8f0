"""The catalogue: which tables there are, who publishes them, how they are cited."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import pandas as pd

from turkic_ties.data.packages import DataError, addresses, resource, split
from turkic_ties.data.tables import columns, load

TIMES = ("last_year", "year", "order_year", "date")
"""Columns that say when an observation was; the first that a table has counts."""


def list_tables(topic: str | None = None) -> pd.DataFrame:
    """List the tables with what they cover.

    Returns
    -------
    pandas.DataFrame
        One row per table: table (address), title, rows, first_year, last_year (missing where the
        table has no ``year``), sources (publisher and data set), version, licences.
    """
    rows = []
    for address in addresses(topic):
        described, frame = resource(address), load(address)
        years = frame["year"] if "year" in frame else pd.Series(dtype="Int64")
        rows.append(
            {
                "table": address,
                "title": described["title"],
                "rows": len(frame),
                "first_year": years.min() if len(years) else pd.NA,
                "last_year": years.max() if len(years) else pd.NA,
                "sources": "; ".join(
                    f"{source['publisher']}: {source['dataset']}" for source in described["sources"]
                ),
                "version": "; ".join(
                    str(source["version"])
                    for source in described["sources"]
                    if source.get("version")
                ),
                "licences": "; ".join(
                    dict.fromkeys(licence["name"] for licence in described["licenses"])
                ),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype({"first_year": "Int64", "last_year": "Int64"})


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
        described = resource(address)
        fields = [field["name"] for field in described["schema"]["fields"]]
        time = next((name for name in TIMES if name in fields), None)
        if time is None:
            continue
        wanted = [name for name in (time, "source", "variant") if name in fields]
        rows = columns(address, wanted).drop_duplicates()
        rows = rows[rows["variant"] == "estimate"] if "variant" in rows else rows
        years = pd.to_numeric(rows[time].astype("str").str[:4], errors="coerce")
        for source in described["sources"]:
            own = years.notna()
            if "source" in rows:
                own &= rows["source"].str.contains(rf"\b{source['name']}\b", na=False)
            past = years[own & (years <= int(source["date_accessed"][:4]))]
            if len(past):
                found = named if "source" in rows else resting
                found[source["name"]] = max(int(past.max()), found.get(source["name"], 0))
    return resting | named


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
        none), published and accessed (dates), kind, licence, url, citation, warnings, tables.
    """
    rows: dict[tuple[str | None, str], dict[str, str]] = {}
    by_topic = {
        topic: list(group)
        for topic, group in groupby(sorted(read), lambda address: split(address)[0])
    }
    years = {topic: last_years(group) for topic, group in by_topic.items()}
    for address in sorted(read):
        topic = split(address)[0]
        for source in resource(address)["sources"]:
            row = rows.setdefault(
                (topic, source["name"]),
                {
                    "source": source["name"],
                    "publisher": source["publisher"],
                    "dataset": source["dataset"],
                    "version": str(source.get("version") or "not stated"),
                    "last_year": str(years[topic].get(source["name"], "")),
                    "published": str(source.get("date_published") or "not stated"),
                    "accessed": str(source["date_accessed"]),
                    "kind": source["kind"],
                    "licence": source["license"]["name"],
                    "url": source["url"],
                    "citation": source["citation"],
                    "warnings": " ".join(source.get("warnings") or []),
                    "tables": "",
                },
            )
            row["tables"] = ", ".join(filter(None, [row["tables"], address]))
    return pd.DataFrame(list(rows.values()))


def credit(address: str, ids: Iterable[str] | None = None) -> str:
    """Return the line under a chart: who publishes the figures.

    Parameters
    ----------
    address
        ``topic/name``.
    ids
        The source ids the chart really draws (its ``source`` column); None for all of the table's.
    """
    return (
        "; ".join(
            dict.fromkeys(
                f"{source['publisher']}, {source['title']}" for source in _drawn(address, ids)
            )
        )
        + "."
    )


def publishers(address: str, ids: Iterable[str] | None = None) -> str:
    """Return the publishers alone, for places with little room; parameters as for `credit`."""
    return "; ".join(dict.fromkeys(source["publisher"] for source in _drawn(address, ids)))


def _drawn(address: str, ids: Iterable[str] | None) -> list[dict[str, Any]]:
    wanted = None if ids is None else {str(id) for id in ids}
    return [
        source
        for source in resource(address)["sources"]
        if wanted is None or source["name"] in wanted
    ]


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


def _bibtex(source: dict[str, Any]) -> str:
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
