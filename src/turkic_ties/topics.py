"""The topics of the collection: every notebook in ``notebooks/`` is one.

What a topic is called comes from the notebook's metadata: ``title``, and under ``turkic_ties`` its
``order`` on the index and a ``summary`` of one line. Its parameters are those of the cell tagged
``parameters``. A topic may have a data package (``data/name/``) and a module of measures
(``turkic_ties.name``) of the same name.
"""

from __future__ import annotations

import importlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from turkic_ties import files
from turkic_ties.countries import LANGUAGES, data_directory
from turkic_ties.errors import TiesError
from turkic_ties.files import Json

PROJECT = Path(__file__).parents[2]

NAME = re.compile(r"\w[\w-]*")
TAKEN = ("articles", "current", "editions", "fact-sheets", "failed", *LANGUAGES)
"""Folders of the published edition that belong to no topic."""


class NotebookError(TiesError):
    """A notebook cannot be run with parameters; the message is one line."""

    status = 1


@dataclass(frozen=True)
class Topic:
    """What a notebook says of itself: its name on pages, its place and one line on the index."""

    title: str
    order: float
    summary: str


def notebook_path(name: str) -> Path:
    """Return the path of a topic's notebook."""
    return PROJECT / "notebooks" / f"{name}.ipynb"


def names() -> list[str]:
    """List the topics, those with a data package but no notebook too, in the order of the index."""
    found = {path.stem for path in (PROJECT / "notebooks").glob("[!.]*.ipynb")}
    with suppress(files.FileError):  # without data there are still notebooks
        found |= {path.parent.name for path in data_directory().glob("*/datapackage.yaml")}
    return sorted(found, key=lambda name: (describe(name).order, name))


def describe(name: str) -> Topic:
    """Read title, order and summary of a topic; one that says nothing comes last."""
    title = name.replace("_", " ").capitalize()
    order = float("inf")
    summary = ""
    try:
        metadata = read(notebook_path(name))["metadata"]
    except NotebookError:
        metadata = {}
    own = metadata.get("turkic_ties")
    own = own if isinstance(own, dict) else {}
    if isinstance(metadata.get("title"), str):
        title = metadata["title"]
    if isinstance(own.get("order"), int | float):
        order = own["order"]
    if isinstance(own.get("summary"), str):
        summary = own["summary"]
    return Topic(title, order, summary)


@files.once_per_state
def read(path: Path) -> Json:
    """Read a notebook as JSON, with a list of cells and metadata.

    Raises
    ------
    NotebookError
        When the file is missing or damaged.
    """
    text = files.read_text(path, NotebookError)
    try:
        notebook = json.loads(text)
        cells = notebook.get("cells", [])  # the third format had none at this place
        if not all(isinstance(part, dict) for part in [notebook["metadata"], *cells]):
            raise ValueError("its metadata or a cell is no mapping")
    except json.JSONDecodeError as error:
        raise not_a_notebook(path, f"line {error.lineno}") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise not_a_notebook(path, f"{error!r:.100}") from None
    return {**notebook, "cells": cells}


def parameters_cell(path: Path) -> str:
    """Return the source of a notebook's first cell tagged ``parameters``.

    Raises
    ------
    NotebookError
        When the notebook cannot be run with parameters: the file is missing or damaged, its name
        is none for a file of the edition, it is not in Python, or no cell has the tag.
    """
    notebook = read(path)
    place = _place(path)
    if not NAME.fullmatch(path.stem) or path.stem in TAKEN:
        raise NotebookError(
            f"{place}: a page cannot have this name. Use letters, digits, - and _, and none of "
            f"{', '.join(TAKEN)}."
        )
    if notebook.get("worksheets"):
        raise NotebookError(f"{place} is of an older format: open and save it in JupyterLab.")
    language = _language(notebook["metadata"])
    if language and not language.lower().startswith(("python", "ipython")):
        raise NotebookError(f"{place} is written in {language}, and reports are made with Python.")
    for cell in notebook["cells"]:
        metadata = cell.get("metadata")
        tags = metadata.get("tags") if isinstance(metadata, dict) else None
        if cell.get("cell_type") == "code" and "parameters" in (tags or ()):
            return "".join(cell.get("source", ""))
    raise NotebookError(f"{place} has no cell tagged 'parameters': tag the one that has them.")


def _language(metadata: Json) -> str:
    """Return the language of a notebook; one that names none is taken for Python."""
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(part)
        if isinstance(found, dict) and isinstance(found.get(key), str) and found[key]:
            return str(found[key])
    return ""


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def not_a_notebook(path: Path, why: str) -> NotebookError:
    """Make the error that says why a file cannot be read as a notebook."""
    return NotebookError(
        f"{_place(path)} is not a notebook ({why}): marks of a merge? Fix it, or restore it with "
        "git."
    )


def measures(topic: str) -> ModuleType:
    """Import the module with a topic's measures.

    Examples
    --------
    >>> measures("trade").__name__
    'turkic_ties.trade'
    """
    return importlib.import_module(f"turkic_ties.{topic}")


def __getattr__(name: str) -> tuple[str, ...]:
    if name == "TOPICS":
        data_directory()  # without a checkout and without data, the error says what to do
        return tuple(names())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
