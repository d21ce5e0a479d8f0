"""Manifest: what every published file was made from, when, and its hash, as a Process Run Crate (RO-Crate).

The manifest is what makes builds incremental: a report whose ingredients are those of its record, and whose files are
those that were published, is not run again. It lives beside the reports and is written last.

References
----------
Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5; RO-Crate 1.1, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turkic_ties.reports.plan import Ingredients

NAME = "manifest.json"
PAGES = "edition"  # the record of the pages that are about the edition as a whole

_CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/terms/workflow-run/context",
]
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TYPES = {".html": "text/html", ".json": "application/json", ".svg": "image/svg+xml"}


class ManifestError(Exception):
    """A manifest is missing where one is needed, or damaged; the message is one line for the user."""


@dataclass(frozen=True)
class Record:
    """One report: what it was made from (name to hash), what came out (path to hash), and when."""

    ingredients: Ingredients
    outputs: dict[str, str]
    started: str
    ended: str


Records = dict[str, Record]


def read(directory: Path) -> Records:
    """Read the records of a published edition, by report; empty when nothing was published.

    Raises
    ------
    ManifestError
        When the file is damaged.
    """
    path = directory / NAME
    try:
        graph = {
            entity["@id"]: entity
            for entity in json.loads(path.read_text(encoding="utf-8"))["@graph"]
        }
        return {
            action["name"]: Record(
                {
                    graph[used["@id"]]["name"]: _content(graph[used["@id"]])
                    for used in action["object"]
                },
                {made["@id"]: graph[made["@id"]]["sha256"] for made in action["result"]},
                action["startTime"],
                action["endTime"],
            )
            for action in graph.values()
            if action["@type"] == "CreateAction"
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestError(
            f"{path} is damaged ({error}). Delete it; the next build makes every report anew."
        ) from error


def _content(entity: Mapping[str, str]) -> str:
    return entity["value"] if entity["@type"] == "PropertyValue" else entity["sha256"]


def as_json(records: Mapping[str, Record], version: str) -> str:
    """Write records as RO-Crate JSON-LD.

    Parameters
    ----------
    records
        By report, in any order.
    version
        Of this package.
    """
    software = "#turkic-ties"
    used: dict[str, dict[str, Any]] = {}
    made: dict[str, dict[str, Any]] = {}
    actions = []
    for name, record in sorted(records.items()):
        for ingredient, content in record.ingredients.items():
            used.setdefault(_id(ingredient, content), _ingredient(ingredient, content))
        for path, sha256 in record.outputs.items():
            made[path] = {
                "@id": path,
                "@type": "File",
                "encodingFormat": _TYPES[Path(path).suffix],
                "sha256": sha256,
            }
        actions.append(
            {
                "@id": f"#build-{name}",
                "@type": "CreateAction",
                "name": name,
                "instrument": {"@id": software},
                "object": [{"@id": _id(*item)} for item in record.ingredients.items()],
                "result": [{"@id": path} for path in record.outputs],
                "startTime": record.started,
                "endTime": record.ended,
            }
        )
    crate = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": "Turkic Ties, published reports",
            "description": "Reports on the relations of the Turkic states, each with all that it was made from.",
            "datePublished": max((record.ended for record in records.values()), default=""),
            "license": "Code: BSD-3-Clause. Figures: the terms of each source, at the end of every report.",
            "conformsTo": {"@id": _PROFILE},
            "hasPart": [{"@id": path} for path in sorted(made)],
            "mentions": [{"@id": action["@id"]} for action in actions],
        },
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": software,
            "@type": "SoftwareApplication",
            "name": "turkic-ties",
            "softwareVersion": version,
        },
    ]
    graph = [
        *crate,
        *actions,
        *(used[id] for id in sorted(used)),
        *(made[path] for path in sorted(made)),
    ]
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _id(name: str, content: str) -> str:
    return f"#{name.replace(' ', '-')}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _ingredient(name: str, content: str) -> dict[str, Any]:
    if name == "parameters":
        return {"@id": _id(name, content), "@type": "PropertyValue", "name": name, "value": content}
    return {"@id": _id(name, content), "@type": "CreativeWork", "name": name, "sha256": content}


def why_stale(record: Record | None, now: Ingredients, directory: Path) -> list[str]:
    """Say why a report has to be made again; empty when it does not.

    Parameters
    ----------
    record
        Of the report as it was published, None when it was not.
    now
        Its ingredients as they are now.
    directory
        Where it was published.
    """
    if record is None:
        return ["was not built here before"]
    names = dict.fromkeys([*record.ingredients, *now])
    changed = [f"{name} changed" for name in names if record.ingredients.get(name) != now.get(name)]
    return changed + altered(record, directory)


def altered(record: Record, directory: Path) -> list[str]:
    """Name the published files of a report that are not as they were published."""
    problems = []
    for path, sha256 in record.outputs.items():
        try:
            if hashlib.sha256((directory / path).read_bytes()).hexdigest() != sha256:
                problems.append(f"{path} was altered")
        except FileNotFoundError:
            problems.append(f"{path} is missing")
    return problems


def verify(directory: Path) -> tuple[int, list[str]]:
    """Compare what is published with the manifest.

    Returns
    -------
    tuple
        How many files were compared, and a sentence for each that was altered or is missing.

    Raises
    ------
    ManifestError
        When there is no manifest or it is damaged.
    """
    if not (records := read(directory)):
        raise ManifestError(
            f"there is no {NAME} in {directory}: nothing was built there yet. Run 'ties build' first."
        )
    problems = [problem for record in records.values() for problem in altered(record, directory)]
    return sum(len(record.outputs) for record in records.values()), problems
