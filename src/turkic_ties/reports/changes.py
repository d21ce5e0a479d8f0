"""Changes: key figures and verdicts that differ from the edition before, and their tables.

They are kept in ``changes.jsonl``, one change per line, the oldest first. The page of changes is
made from this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from turkic_ties.articles import FOLDER
from turkic_ties.reports import summaries

LOG = "changes.jsonl"


@dataclass(frozen=True)
class Change:
    """A key figure or verdict before and after a build.

    Parameters
    ----------
    report
        Path of the report without its ending.
    kind
        ``key figure`` or ``verdict``.
    id, label
        Of the key figure or statement.
    before, after
        As printed.
    tables
        The tables whose content changed, of those the figure or verdict may depend on.
    """

    report: str
    kind: str
    id: str
    label: str
    before: str
    after: str
    tables: tuple[str, ...]

    def __str__(self) -> str:
        tables = ", ".join(self.tables)
        cause = f"{tables} changed" if tables else "no table changed: code, text or parameters did"
        return f"{self.report}, {self.label}: {self.before} → {self.after} ({cause})"


def between(before: Path, after: Path, names: Iterable[str]) -> list[Change]:
    """Compare the summaries of two editions.

    Parameters
    ----------
    before, after
        Folders of the two editions.
    names
        Reports that were built. One whose summary in `before` is missing or damaged has no changes.
    """
    found: list[Change] = []
    for name in sorted(names):
        of_article = name.startswith(f"{FOLDER}/")
        read, compared = (
            (summaries.article, _verdicts) if of_article else (summaries.read, _figures)
        )
        old, new = (read(folder / f"{name}.json") for folder in (before, after))
        if old and new and "lang" not in new:  # the English report says it
            found += compared(name, old, new)
    return found


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """List the tables whose content changed."""
    hashes = {table["table"]: table["hash"] for table in old["tables"]}
    return [
        table["table"] for table in new["tables"] if hashes.get(table["table"]) != table["hash"]
    ]


def _verdicts(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    tables = _moved(old, new)
    verdicts = {result["id"]: result["verdict"] for result in old["results"]}
    for result in new["results"]:
        id, after = result["id"], result["verdict"]
        before = verdicts.get(id, after)
        if before != after:
            own = tuple(table for table in tables if table in result["tables"])
            yield Change(name, "verdict", id, f"statement {id}", before, after, own)


def _figures(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    tables = tuple(_moved(old, new))
    figures = {figure["id"]: _printed(figure) for figure in old["key_figures"]}
    for figure in new["key_figures"]:
        id, after = figure["id"], _printed(figure)
        before = figures.get(id, after)
        if before != after:
            label = ", ".join(filter(None, [figure["label"], figure.get("state")]))
            yield Change(name, "key figure", id, label, before, after, tables)


def _printed(figure: Mapping[str, Any]) -> str:
    value = figure["value"]
    if value is None:
        return f"not available ({figure['period']})"
    number = value if isinstance(value, str) else f"{value:,}".removesuffix(".0").replace("-", "−")
    return f"{number} {figure['unit']} ({figure['period']})"


def read(*folders: Path) -> list[dict[str, Any]]:
    """Read the recorded changes, the oldest first, from the first folder that has any.

    Returns
    -------
    list of dict
        The fields of `Change`, and ``when`` as written by `turkic_ties.reports.publish.now`.
    """
    for folder in folders:
        if (folder / LOG).is_file():
            lines = (folder / LOG).read_bytes().splitlines()
            return [row for line in lines if (row := _row(line))]
    return []


def _row(line: bytes) -> dict[str, Any] | None:
    """Read a line; None when it is damaged, for example by marks of a merge."""
    try:
        row = json.loads(line)
        Change(**{name: value for name, value in row.items() if name != "when"})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return dict(row) if isinstance(row.get("when"), str) else None


def as_lines(recorded: Iterable[Mapping[str, Any]], when: str, new: Iterable[Change]) -> str:
    """Write the recorded changes and those of a build as JSON lines.

    Parameters
    ----------
    recorded
        From `read`.
    when
        Time of the build.
    new
        What it changed.
    """
    rows = [*recorded, *({"when": when, **asdict(change)} for change in new)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
