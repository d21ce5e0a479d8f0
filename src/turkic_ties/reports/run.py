"""Run: papermill executes a report's notebook in a folder of its own."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode, v4
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from turkic_ties.data import DataError
from turkic_ties.reports.plan import CELL_TIMEOUT, Report

KERNEL = "turkic-ties"

OnSection = Callable[[str, int, int], None]


EXECUTED = "executed.ipynb"

DIED, HUNG = "KernelDied", "CellTimeout"


class NotebookFailed(Exception):
    """A notebook stopped; the message says in which section and why, `died` whether its kernel was lost."""

    def __init__(self, message: str, died: bool = False) -> None:
        super().__init__(message)
        self.died = died


class _Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's own engine; a kernel that dies or hangs becomes an error of its cell, and the notebook is kept."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        except CellTimeoutError:
            _put_error(
                nb_man.nb, HUNG, f"the cell took longer than {options['execution_timeout']:g} s"
            )
        except (
            RuntimeError
        ) as error:  # nbclient's DeadKernelError is one, and so is a kernel that does not start
            _put_error(nb_man.nb, DIED, f"the kernel died: out of memory, or killed ({error})")


papermill_engines.register("turkic-ties", _Engine)


def _put_error(notebook: NotebookNode, name: str, message: str) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    reached = [cell for cell in code if cell.metadata.papermill["start_time"]] or code[:1]
    error = v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])
    reached[-1].outputs.insert(
        0, error
    )  # before what the kernel says when it is stopped: where it was at that moment


def run(
    report: Report, folder: Path, on_section: OnSection, cell_timeout: float = CELL_TIMEOUT
) -> NotebookNode:
    """Execute the notebook of a report.

    Parameters
    ----------
    report
        What to build.
    folder
        A folder of its own: the kernel's working directory, and where the executed notebook is written.
    on_section
        Called before each cell with the heading it stands under, its number and the number of cells.
    cell_timeout
        Seconds a cell may take.

    Raises
    ------
    NotebookFailed
        When a cell raised or took too long, or the kernel died. The executed notebook with the traceback is in
        `folder`, under the name `EXECUTED`.
    turkic_ties.data.DataError
        When a cell stopped because a table is missing or damaged.
    """
    notebook = nbformat.read(report.notebook, as_version=4)
    sections = _sections(notebook)

    def before_cell(cell: NotebookNode, cell_index: int) -> None:
        on_section(sections[cell_index], cell_index, len(sections))

    try:
        return execute(
            report.notebook,
            folder,
            parameters=report.parameters.model_dump(),
            on_cell_start=before_cell,
            execution_timeout=cell_timeout,
        )
    except PapermillExecutionError as error:
        if error.ename == DataError.__name__:
            raise DataError(error.evalue) from error
        where = sections[error.cell_index]
        told = error.evalue if error.ename in (DIED, HUNG) else f"{error.ename}: {error.evalue}"
        raise NotebookFailed(
            f"{report.name} stopped in section {where!r}: {told}", error.ename == DIED
        ) from error


def execute(notebook: Path, folder: Path, **options: Any) -> NotebookNode:
    """Execute a notebook with papermill, a folder of its own as the kernel's working directory.

    papermill's ``cwd`` would change the folder of this whole process, in which several notebooks may run; the kernel
    alone is told instead. How kernels are started, and talked to, is decided by `turkic_ties.kernels.provisioner`.
    """
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with _own_loop():
        return papermill.execute_notebook(
            str(notebook),
            str(folder / EXECUTED),
            kernel_name=KERNEL,
            engine_name="turkic-ties",
            progress_bar=False,
            request_save_on_cell_execute=False,
            resources={"metadata": {"path": str(folder)}},
            # What a cell raises is told by the build, not by the kernel too; a build is no part of anybody's history.
            extra_arguments=["--IPKernelApp.log_level=50", "--HistoryManager.hist_file=:memory:"],
            **options,
        )


@contextmanager
def _own_loop() -> Iterator[None]:
    """Close the event loop that nbclient opens in every thread it runs in, and leaves open."""
    try:
        yield
    finally:
        loop = ensure_event_loop()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


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
