"""Changes: which key figures and verdicts moved from one edition to the next, and which tables moved them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

PAGE = "changes.html"


@dataclass(frozen=True)
class Change:
    """One figure or verdict: what it is called, what it was and is, and which of the tables read have changed."""

    report: str
    kind: str  # "key figure" or "verdict"
    id: str
    label: str
    before: str
    after: str
    tables: tuple[str, ...]

    def __str__(self) -> str:
        because = (
            f" ({', '.join(self.tables)} changed)"
            if self.tables
            else " (no table changed: code, text or parameters did)"
        )
        return f"{self.report}, {self.label}: {self.before} → {self.after}{because}"


def between(before: Path, after: Path, names: Iterable[str]) -> list[Change]:
    """Compare the summaries of reports as they were and as they will be.

    Parameters
    ----------
    before, after
        Folders of the two editions.
    names
        Reports that were built; one that was not there before has not changed.
    """
    found = []
    for name in sorted(names):
        old_path = before / f"{name}.json"
        if old_path.is_file():
            old, new = (
                json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
                for folder in (before, after)
            )
            found += _compared(name, old, new)
    return found


def _compared(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    hashes = {table["table"]: table["hash"] for table in old["tables"]}
    tables = tuple(
        table["table"] for table in new["tables"] if hashes.get(table["table"]) != table["hash"]
    )
    figures = {figure["id"]: _written(figure) for figure in old["key_figures"]}
    changes = [
        Change(
            name,
            "key figure",
            figure["id"],
            figure["label"],
            figures[figure["id"]],
            _written(figure),
            tables,
        )
        for figure in new["key_figures"]
        if figures.get(figure["id"], _written(figure)) != _written(figure)
    ]
    verdicts = {claim["id"]: claim for claim in old.get("claims", [])}
    return changes + [
        Change(
            name,
            "verdict",
            claim["id"],
            f"statement {claim['id']}",
            verdicts[claim["id"]]["verdict"],
            claim["verdict"],
            tuple(table for table in tables if table in claim["tables"]),
        )
        for claim in new.get("claims", [])
        if claim["id"] in verdicts and verdicts[claim["id"]]["verdict"] != claim["verdict"]
    ]


def _written(figure: Mapping[str, Any]) -> str:
    value = figure["value"]
    if value is None:
        return f"not available ({figure['period']})"
    number = value if isinstance(value, str) else f"{value:,}".removesuffix(".0").replace("-", "−")
    return f"{number} {figure['unit']} ({figure['period']})"


_NEWEST = "<!-- newest first -->"
_STYLE = Path(__file__).parent / "template" / "report" / "style.css"


def page(existing: Path, when: str, moved: Iterable[Change]) -> str:
    """Write the page of all changes: what moved now comes before what moved earlier.

    Parameters
    ----------
    existing
        The page as published; a new one is begun where there is none.
    when
        Moment of the build.
    moved
        What moved in it; without any the page stays as it is.
    """
    text = existing.read_text(encoding="utf-8") if existing.is_file() else _empty_page()
    rows = [
        [
            f'<a href="{escape(change.report)}.html">{escape(change.report)}</a>',
            escape(change.label),
            escape(change.before),
            escape(change.after),
            escape(", ".join(change.tables) or "none: code, text or parameters changed"),
        ]
        for change in moved
    ]
    if not rows:
        return text
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Report", "What", "Before", "Now", "Tables that changed")
    )
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    section = f"""
<h2>{escape(when[:16].replace("T", " "))} UTC</h2>
<div class="scroll"><table><thead><tr>{head}</tr></thead>
<tbody>
{body}</tbody></table></div>
"""
    return text.replace(_NEWEST, _NEWEST + section, 1)


def _empty_page() -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>What changed | Turkic Ties</title>
<style>
{_STYLE.read_text(encoding="utf-8").strip()}
</style>
</head>
<body>
<header class="masthead"><p><strong><a href="index.html">Turkic Ties</a></strong></p></header>
<main>
<h1>What changed from build to build</h1>
<p>Every key figure and every verdict that came out differently from the build before, newest first, with the tables
whose content had changed. A build in which nothing moved leaves no entry.</p>
{_NEWEST}
</main>
</body>
</html>
"""
