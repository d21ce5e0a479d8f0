"""Manifest: what every published file was made from, when, and its hash.

It is a Process Run Crate, in the file where tools for RO-Crate look for one. It makes builds
incremental: a report whose ingredients are those of its record, and whose files are as published,
is not run again. It is published last.

References
----------
Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5; RO-Crate 1.1, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turkic_ties import files, hashing, topics
from turkic_ties.errors import TiesError
from turkic_ties.reports.plan import Ingredients

NAME = "ro-crate-metadata.json"
PAGES = "edition"  # the record of the pages about the edition as a whole

_CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/terms/workflow-run/context",
]
_CRATE = "https://w3id.org/ro/crate/1.1"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_LICENCE = "https://spdx.org/licenses/BSD-3-Clause"
_PROJECT = "#contributors"
_TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
}


class ManifestError(TiesError):
    """A manifest is missing where one is needed, or damaged; the message is one line."""


@dataclass(frozen=True)
class Record:
    """One report: its ingredients, its files (path to hash), and when it was built."""

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
    if not os.path.lexists(path):
        return {}
    try:
        graph = files.read_json(path)["@graph"]
        entities = {entity["@id"]: entity for entity in graph}
        actions = [entity for entity in graph if entity["@type"] == "CreateAction"]
        return {action["name"]: _record(action, entities) for action in actions}
    except (files.FileError, KeyError, TypeError, AttributeError) as error:
        raise ManifestError(
            f"{path} is damaged ({error!s:.200}). Delete it; the next build builds every report "
            "again."
        ) from error


def _record(action: Mapping[str, Any], entities: Mapping[str, Any]) -> Record:
    used = [entities[reference["@id"]] for reference in action["object"]]
    made = [entities[reference["@id"]] for reference in action["result"]]
    return Record(
        {entity["name"]: entity.get("value") or entity["sha256"] for entity in used},
        {entity["@id"]: hashing.PREFIX + entity["sha256"] for entity in made},
        action["startTime"],
        action["endTime"],
    )


def as_json(records: Mapping[str, Record], version: str, about: str = "about.html") -> str:
    """Write records as RO-Crate JSON-LD.

    Parameters
    ----------
    records
        By report, in any order.
    version
        Of this package, with the commit.
    about
        Address of the page about the project.
    """
    ordered = sorted(records.items())
    used = {
        entity["@id"]: entity
        for _, record in ordered
        for entity in map(_ingredient, record.ingredients, record.ingredients.values())
    }
    made = {
        path: _file(path, hash) for _, record in ordered for path, hash in record.outputs.items()
    }
    actions = [_action(name, record, f"{about}#method") for name, record in ordered]
    graph = [
        *_crate(version, about, [record.ended for record in records.values()], made, actions),
        *actions,
        *(used[id] for id in sorted(used)),
        *(made[path] for path in sorted(made)),
    ]
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def version() -> str:
    """Return the version of this package, with the commit where it runs from a checkout."""
    from importlib.metadata import version

    git = ["git", "-C", str(topics.PROJECT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        commit = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return version("turkic-ties")
    return f"{version('turkic-ties')}, commit {commit}"


def _crate(
    version: str,
    about: str,
    ended: list[str],
    made: Mapping[str, Any],
    actions: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Describe the crate itself, its profile, its licence and the software."""
    return [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _CRATE},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": "Turkic Ties, published reports",
            "description": "Reports on the relations of the Turkic states, with all their sources. "
            "Figures are under the terms of each source, at the end of every report.",
            "datePublished": max(ended, default=""),
            "license": {"@id": _LICENCE},
            "author": {"@id": _PROJECT},
            "publisher": {"@id": _PROJECT},
            "conformsTo": {"@id": _PROFILE},
            "hasPart": [{"@id": path} for path in sorted(made)],
            "mentions": [{"@id": action["@id"]} for action in actions],
        },
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": _LICENCE, "@type": "CreativeWork", "name": "BSD-3-Clause (texts and code)"},
        {
            "@id": f"{about}#method",
            "@type": "SoftwareApplication",
            "name": "turkic-ties",
            "softwareVersion": version,
            "url": about,
        },
        {
            "@id": _PROJECT,
            "@type": "Organization",
            "name": "The Turkic Ties contributors",
            "url": about,
        },
    ]


def _action(name: str, record: Record, software: str) -> dict[str, Any]:
    return {
        "@id": f"#build-{name}",
        "@type": "CreateAction",
        "name": name,
        "description": f"Build of {name}",
        "agent": {"@id": _PROJECT},
        "instrument": {"@id": software},
        "object": [{"@id": _id(*item)} for item in record.ingredients.items()],
        "result": [{"@id": path} for path in record.outputs],
        "startTime": record.started,
        "endTime": record.ended,
    }


def _file(path: str, hash: str) -> dict[str, Any]:
    kind, sha256 = _TYPES[Path(path).suffix], hash.removeprefix(hashing.PREFIX)
    return {"@id": path, "@type": "File", "encodingFormat": kind, "sha256": sha256}


def _ingredient(name: str, content: str) -> dict[str, Any]:
    id = _id(name, content)
    if name == "parameters":
        return {"@id": id, "@type": "PropertyValue", "name": name, "value": content}
    return {"@id": id, "@type": "CreativeWork", "name": name, "sha256": content}


@functools.cache  # reports share most of what they are made from
def _id(name: str, content: str) -> str:
    return f"#{name.replace(' ', '-')}-{hashing.of_bytes(content.encode())[7:23]}"


def why_stale(record: Record | None, ingredients: Ingredients, directory: Path) -> list[str]:
    """Say why a report has to be built again; empty when it does not.

    Parameters
    ----------
    record
        Of the report as published, None when there is none.
    ingredients
        Of the report as they are now.
    directory
        Where it was published.
    """
    if record is None:
        return ["never built in this output folder"]
    before = record.ingredients
    names = dict.fromkeys([*before, *ingredients])
    changed = [f"{name} changed" for name in names if before.get(name) != ingredients.get(name)]
    return changed + altered(record, directory)


def altered(record: Record, directory: Path) -> list[str]:
    """Name the published files of a report that are not as they were published."""
    problems = []
    for path, hash in record.outputs.items():
        try:
            if hashing.of_bytes(files.read_bytes(directory / path)) != hash:
                problems.append(f"{path} was altered")
        except files.FileError:
            lost = not os.path.lexists(directory / path)
            problems.append(f"{path} {'is missing' if lost else 'was altered'}")
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
            f"there is no {NAME} in {directory}: nothing was built there yet. "
            "Run 'ties build' first."
        )
    problems = [problem for record in records.values() for problem in altered(record, directory)]
    return sum(len(record.outputs) for record in records.values()), problems
