"""Run: papermill executes a report's notebook in a folder of its own."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from turkic_ties.data import DataError
from turkic_ties.reports.plan import Report

KERNEL = "turkic-ties"

OnSection = Callable[[str, int, int], None]


class NotebookFailed(Exception):
    """A notebook stopped; the message says in which section and why."""


def run(report: Report, folder: Path, on_section: OnSection) -> NotebookNode:
    """Execute the notebook of a report.

    Parameters
    ----------
    report
        What to build.
    folder
        A folder of its own: the kernel's working directory, and where the executed notebook is written.
    on_section
        Called before each cell with the heading it stands under, its number and the number of cells.

    Raises
    ------
    NotebookFailed
        When a cell raised or the kernel died. The executed notebook with the traceback is in `folder`.
    turkic_ties.data.DataError
        When a cell stopped because a table is missing or damaged.
    """
    notebook = nbformat.read(report.notebook, as_version=4)
    sections = _sections(notebook)

    def before_cell(cell: NotebookNode, cell_index: int) -> None:
        on_section(sections[cell_index], cell_index, len(sections))

    try:
        return execute(report.notebook, folder, parameters=report.parameters.model_dump(), on_cell_start=before_cell)
    except PapermillExecutionError as error:
        if error.ename == DataError.__name__:
            raise DataError(error.evalue) from error
        where = sections[error.cell_index]
        raise NotebookFailed(f"{report.name} stopped in section {where!r}: {error.ename}: {error.evalue}") from error
    except DeadKernelError as error:
        raise NotebookFailed(
            f"{report.name}: the kernel died (out of memory, or killed). Run the build again."
        ) from error


def execute(notebook: Path, folder: Path, **options: Any) -> NotebookNode:
    """Execute a notebook with papermill, a folder of its own as working directory.

    How its kernel is started, and how it is talked to, is decided by `turkic_ties.kernels.provisioner`.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return papermill.execute_notebook(
        str(notebook),
        str(folder / "executed.ipynb"),
        kernel_name=KERNEL,
        progress_bar=False,
        request_save_on_cell_execute=False,
        cwd=str(folder),
        # What a cell raises is told by the build, not by the kernel too; and a build is not part of anybody's history.
        extra_arguments=["--IPKernelApp.log_level=50", "--HistoryManager.hist_file=:memory:"],
        **options,
    )


def _sections(notebook: NotebookNode) -> list[str]:
    """Name, for every cell papermill will execute, the last heading above it."""
    names, current = [], "start"
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (heading := re.match(r"#+ +(.+)", cell.source)):
            current = heading.group(1)
        names.append(current)
        if "parameters" in cell.metadata.get("tags", []):
            names.append(current)  # papermill puts a cell of its own after the parameters
    return names
