"""Record: execute a notebook as it stands and store its outputs in it, in a form that does not change by itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from turkic_ties.reports.publish import write
from turkic_ties.reports.run import KERNEL, execute

METADATA = {
    "kernelspec": {"display_name": "Turkic Ties", "language": "python", "name": KERNEL},
    "language_info": {"name": "python"},
}


def record(path: Path) -> None:
    """Execute a notebook with its own parameters and store the outputs in place.

    Parameters
    ----------
    path
        The notebook; it is left as it was when a cell fails.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        When a cell fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        executed = execute(path, Path(folder))
    write(path, nbformat.writes(normalised(executed, path.stem)) + "\n")


def normalised(notebook: NotebookNode, name: str) -> NotebookNode:
    """Strip what differs from one run or machine to the next: times, versions, random cell ids.

    Parameters
    ----------
    notebook
        An executed notebook; it is changed.
    name
        What the cell ids start with.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"{name.replace('_', '-')}-{number:02d}"
        tags = [tag for tag in cell.metadata.get("tags", []) if not tag.startswith("papermill")]
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        for output in cell.get("outputs", []):
            output.pop("metadata", None)
            if output.output_type in ("display_data", "execute_result"):
                output.metadata = nbformat.from_dict({})
    return notebook
