"""Summaries: the JSON files next to reports, read back by the index and by the next build."""

from __future__ import annotations

from pathlib import Path

from turkic_ties import countries, files, topics
from turkic_ties.files import Json

FORMAT = 3
"""Raised whenever a summary changes its form: older ones are then not read, but built again."""

_LISTS = (
    "in_short",
    "key_figures",
    "findings",
    "figures",
    "shown_tables",
    "claims",
    "tables",
    "sources",
)


def read(path: Path) -> Json | None:
    """Read a summary; None when the file is missing, damaged, of another form or another origin.

    Parameters
    ----------
    path
        A JSON file in the folder of a topic.
    """
    try:
        summary = files.read_json(path)
        parameters = summary["parameters"]
        pair = [parameters[name] for name in ("country", "partner") if name in parameters]
        whole = (
            summary["format"] == FORMAT
            and summary["topic"] == path.parent.name in topics.names()
            and all(iso3 in countries.MEMBERS for iso3 in pair)
            and all(isinstance(item, dict | str) for name in _LISTS for item in summary[name])
        )
    except (files.FileError, KeyError, TypeError):
        return None
    return summary if whole else None


def article(path: Path) -> Json | None:
    """Read what a build wrote of an article; None when the file is missing or damaged."""
    try:
        content = files.read_json(path)
        named = {"slug", "article", "byline", "scale"} <= set(content)
        whole = all(isinstance(entry, dict) for entry in [*content["results"], *content["tables"]])
    except (files.FileError, LookupError, TypeError):
        return None
    return dict(content) if named and whole else None
