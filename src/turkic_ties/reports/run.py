"""Run: papermill executes the notebook of a report in a private folder."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode, v4
from nbformat.warnings import MissingIDFieldWarning
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from turkic_ties import files, topics
from turkic_ties.data import DataError
from turkic_ties.languages import ENGLISH
from turkic_ties.reports.plan import CELL_TIMEOUT, Report
from turkic_ties.topics import NotebookError

KERNEL = "turkic-ties"

OnSection = Callable[[str, int, int], None]
"""Called before a cell with the heading above it, its number and the number of cells."""

EXECUTED = "executed.ipynb"
DIED, HUNG = "KernelDied", "CellTimeout"


class NotebookFailed(NotebookError):
    """A notebook stopped; the message says in which section and why.

    Parameters
    ----------
    died
        Whether its kernel died.
    """

    def __init__(self, message: str, died: bool = False) -> None:
        super().__init__(message)
        self.died = died


class _Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's engine, with a kernel that dies or hangs as an error of its cell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        except CellTimeoutError:
            limit = options["execution_timeout"]
            _add_error(nb_man.nb, HUNG, f"the cell took longer than {limit:g} s")
        except RuntimeError as error:  # nbclient's DeadKernelError, or the kernel did not start
            _add_error(nb_man.nb, DIED, f"the kernel died: out of memory, or killed ({error})")


papermill_engines.register("turkic-ties", _Engine)
warnings.filterwarnings("ignore", category=MissingIDFieldWarning)  # older notebooks have no ids


def _add_error(notebook: NotebookNode, name: str, message: str) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    reached = [cell for cell in code if cell.metadata.papermill["start_time"]] or code[:1]
    error = v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])
    # Before what the kernel prints when it is stopped.
    reached[-1].outputs.insert(0, error)


def run(
    report: Report, folder: Path, on_section: OnSection, cell_timeout: float = CELL_TIMEOUT
) -> NotebookNode:
    """Execute the notebook of a report.

    Parameters
    ----------
    report
        What to build.
    folder
        A private folder: the kernel's working directory, and the place of the executed notebook.
    on_section
        Called before each cell.
    cell_timeout
        Seconds a cell may take.

    Raises
    ------
    NotebookFailed
        When a cell raised an error or took too long, or the kernel died. The executed notebook with
        the traceback is in `folder`, under the name `EXECUTED`.
    turkic_ties.data.DataError
        When a cell stopped because a table is missing or damaged.
    """
    if report.problem:
        raise NotebookFailed(report.problem)
    notebook = read_notebook(report.notebook)
    sections = _sections(notebook)

    def before_cell(cell: NotebookNode, cell_index: int) -> None:
        on_section(sections[cell_index], cell_index, len(sections))

    try:
        return execute(
            report.notebook,
            folder,
            parameters=dict(report.parameters),
            lang=report.lang,
            on_cell_start=before_cell,
            execution_timeout=cell_timeout,
        )
    except PapermillExecutionError as error:
        if error.ename == DataError.__name__:
            raise DataError(error.evalue) from error
        section = sections[error.cell_index]
        message = error.evalue
        if error.ename not in (DIED, HUNG):
            message = f"{error.ename}: {message}"
        raise NotebookFailed(
            f"{report.name} stopped in section {section!r}: {message}", error.ename == DIED
        ) from error


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook that can be run with parameters.

    Raises
    ------
    turkic_ties.topics.NotebookError
        When it cannot; see `turkic_ties.topics.parameters_cell`.
    """
    topics.parameters_cell(path)
    try:
        return nbformat.reads(files.read_text(path, NotebookError), as_version=4)
    except Exception as error:  # nbformat raises many kinds
        raise topics.not_a_notebook(path, f"{error!r:.100}") from None


def execute(notebook: Path, folder: Path, *, lang: str = ENGLISH, **options: Any) -> NotebookNode:
    """Execute a notebook with papermill, a private folder as the kernel's working directory.

    papermill's ``cwd`` would change the folder of this whole process, in which several notebooks
    may run, so only the kernel's is set. Kernels are started by `turkic_ties.kernels.provisioner`.
    """
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    chosen = f"__import__('turkic_ties.languages').languages.choose({lang!r}, {notebook.stem!r})"
    with _own_loop():
        return papermill.execute_notebook(
            str(notebook),
            str(folder / EXECUTED),
            kernel_name=KERNEL,
            language="python",  # of a notebook that names none
            engine_name="turkic-ties",
            progress_bar=False,
            request_save_on_cell_execute=False,
            resources={"metadata": {"path": str(folder)}},
            # The build reports errors itself, and its cells do not belong in a user's history.
            extra_arguments=[
                "--IPKernelApp.log_level=50",
                "--HistoryManager.hist_file=:memory:",
                *([] if lang == ENGLISH else [f"--IPKernelApp.exec_lines={chosen}"]),
            ],
            **options,
        )


@contextmanager
def _own_loop() -> Iterator[None]:
    """Close the event loop that nbclient opens in every thread and leaves open."""
    try:
        yield
    finally:
        loop = ensure_event_loop()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _sections(notebook: NotebookNode) -> list[str]:
    """Return, for every cell papermill will execute, the last heading above it."""
    names, current = [], "start"
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (heading := re.match(r"#+ +(.+)", cell.source)):
            current = heading.group(1)
        names.append(current)
        if "parameters" in cell.metadata.get("tags", []):
            names.append(current)  # papermill inserts a cell after the parameters
    return names
