"""Record: execute a notebook and store its outputs in it, in a form that every run reproduces."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from turkic_ties import files
from turkic_ties.reports.run import KERNEL, execute, read_notebook
from turkic_ties.topics import NotebookError

# What JupyterLab and nbformat give a new cell: a part of a UUID, or a whole one.
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

METADATA = {
    "kernelspec": {"display_name": "Turkic Ties", "language": "python", "name": KERNEL},
    "language_info": {"name": "python"},
}
OWN = ("title", "turkic_ties")  # what a notebook says of itself, see `turkic_ties.topics`


def record(path: Path) -> None:
    """Execute a notebook with its own parameters and store the outputs in place.

    Parameters
    ----------
    path
        The notebook; it is not changed when a cell fails.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        When a cell fails.
    turkic_ties.topics.NotebookError
        When the file cannot be read, or was saved by someone else while it ran.
    """
    read_notebook(path)
    before = path.read_bytes()
    with files.temporary() as folder:
        executed = execute(path, folder)
    if path.read_bytes() != before:
        raise NotebookError(
            f"{path.parent.name}/{path.name} was saved while it ran, so nothing was recorded. "
            "Run 'ties record' again."
        )
    files.write(path, nbformat.writes(normalised(executed)) + "\n")


def normalised(notebook: NotebookNode) -> NotebookNode:
    """Remove what differs between runs or machines: times, versions, random cell ids.

    A cell with a meaningful id (``partners-chart``) keeps it. The random id that JupyterLab
    gives a new cell is replaced by the heading above it and a number (``partners-2``).

    Parameters
    ----------
    notebook
        An executed notebook; it is changed.
    """
    own = {name: notebook.metadata[name] for name in OWN if name in notebook.metadata}
    notebook.metadata = nbformat.from_dict(METADATA | own)
    _name_cells(notebook.cells)
    for cell in notebook.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if not tag.startswith("papermill")]
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        for output in cell.get("outputs", []):
            output.pop("metadata", None)
            if output.output_type in ("display_data", "execute_result"):
                output.metadata = nbformat.from_dict({})
    return notebook


def _name_cells(cells: list[NotebookNode]) -> None:
    """Replace random cell ids by the slug of the heading above and the first free number."""
    taken = {cell.id for cell in cells if not RANDOM_ID.fullmatch(cell.id)}
    heading = "start"
    for cell in cells:
        if cell.cell_type == "markdown" and (title := HEADING.search(cell.source)):
            heading = re.sub(r"[^a-z0-9]+", "-", title[1].lower()).strip("-")[:40]
        if RANDOM_ID.fullmatch(cell.id):
            cell.id = next(
                name for n in itertools.count(1) if (name := f"{heading}-{n}") not in taken
            )
            taken.add(cell.id)
