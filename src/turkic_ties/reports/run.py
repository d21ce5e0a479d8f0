"""Run: papermill executes the notebook of a report in a private folder."""

from __future__ import annotations

import logging
import pickle
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode, v4
from nbformat.warnings import MissingIDFieldWarning
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import raise_for_execution_errors, remove_error_markers
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from turkic_ties import topics
from turkic_ties.data import DataError
from turkic_ties.files import Json, once_per_state
from turkic_ties.languages import ENGLISH
from turkic_ties.reports.plan import CELL_TIMEOUT, Report
from turkic_ties.theme import MIME_TYPE
from turkic_ties.topics import NotebookError

KERNEL = ENGINE = "turkic-ties"

OnSection = Callable[[str, int, int], None]
"""Called before a cell with the heading above it, its number and the number of cells."""

EXECUTED = "executed.ipynb"
DIED, HUNG = "KernelDied", "CellTimeout"

PARENT = 2  # place of the request's header among the parts of a message

_CONTEXT = zmq.Context()
# A kernel has its sockets 0.05 s after it was requested; ZeroMQ would try again after 0.1 s.
_CONTEXT.setsockopt(zmq.RECONNECT_IVL, 10)
_CONTEXT.setsockopt(zmq.RCVTIMEO, 200)  # until the next look whether a kernel is alive, in ms


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


class _Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """papermill's client, which reads one message after the other, and only those with a result.

    nbclient runs an event loop with three tasks for every cell, papermill notes the time at every
    end, and both took longer than all the rest besides the cells.
    """

    reached = 0  # place of the code cell that was executed last

    def start_new_kernel_client(self) -> None:
        """Connect to the kernel. jupyter_client would then listen for 0.2 s more."""
        about = self.km.get_connection_info(session=True)
        self.kc = BlockingKernelClient(parent=self.km, context=_CONTEXT, **about)
        self.kc.start_channels(stdin=False, hb=False, control=False)
        deadline = monotonic() + self.startup_timeout
        try:
            while not self.kc.iopub_channel.msg_ready():
                self._answer(self.kc.shell_channel, self.kc.kernel_info(), deadline)
                self.kc.iopub_channel.socket.poll(200)  # what was sent before it listened is lost
        except (RuntimeError, TimeoutError) as error:
            self._cleanup_kernel()
            raise DeadKernelError(f"it did not start: {error}") from error

    def papermill_execute_cells(self) -> None:
        """Execute the cells until one fails."""
        for index, cell in enumerate(self.nb.cells):
            try:
                self.execute_cell(cell, index)
            except CellExecutionError:
                self.nb_man.cell_exception(cell)
                break

    def execute_cell(self, cell: NotebookNode, cell_index: int) -> None:
        """Execute a cell and collect its outputs."""
        if self.on_cell_start:
            self.on_cell_start(cell=cell, cell_index=cell_index)
        is_skipped = self.skip_cells_with_tag in cell.metadata.tags
        if cell.cell_type != "code" or not cell.source.strip() or is_skipped:
            return
        self.reached = cell_index
        self.code_cells_executed += 1
        cell.execution_count = self.code_cells_executed
        self.clear_before_next_output = False
        request = self.kc.execute(cell.source)
        deadline = monotonic() + (self.timeout or inf)
        while True:
            topic, message = self._answer(self.kc.iopub_channel, request, deadline)
            if not topic.endswith((b".status", b".execute_input")):
                self.process_message(self.kc.session.deserialize(message), cell, cell_index)
            elif b'"idle"' in message[-1]:
                break
        _, message = self._answer(self.kc.shell_channel, request, deadline)
        reply = self.kc.session.deserialize(message)["content"]
        if reply["status"] == "error":
            raise CellExecutionError.from_cell_and_msg(cell, reply)

    def _answer(self, channel: Any, request: str, deadline: float) -> tuple[bytes, list[bytes]]:
        """Wait for the next message on a channel that answers a request: its topic and parts."""
        while monotonic() < deadline:
            try:
                message = channel.socket.recv_multipart()
                identities, parts = self.kc.session.feed_identities(message)
                if request.encode() in parts[PARENT]:
                    return (identities or [b""])[0], parts
            except zmq.Again:
                if not self.kc.is_alive():
                    raise DeadKernelError("Kernel died") from None
                if self.kc.shell_channel.msg_ready():  # the cell has ended, and a message is lost
                    deadline = min(deadline, monotonic() + self.iopub_timeout)
        raise CellTimeoutError("no answer in time")

    def output(
        self, outs: list[NotebookNode], msg: Any, display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add an output. Our own need not be checked against the schema of notebooks."""
        content = msg["content"]
        others = display_id or self.clear_before_next_output or self.comm_objects
        if others or MIME_TYPE not in content.get("data", ()):
            return super().output(outs, msg, display_id, cell_index)
        output = NotebookNode(output_type=msg["msg_type"])
        dict.update(output, data=content["data"], metadata=content["metadata"])
        outs.append(output)
        return output


class _Engine(Engine):  # type: ignore[misc]
    """papermill's engine, with a kernel that dies or hangs as an error of its cell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        client = _Client(nb_man, kernel_name=kernel_name, **options)
        try:
            client.execute()
        except CellTimeoutError:
            _add_error(client, HUNG, f"the cell took longer than {client.timeout:g} s")
        except RuntimeError as error:  # nbclient's DeadKernelError, or the kernel did not start
            _add_error(client, DIED, f"the kernel died: out of memory, or killed ({error})")


papermill_engines.register(ENGINE, _Engine)
warnings.filterwarnings("ignore", category=MissingIDFieldWarning)  # older notebooks have no ids


def _add_error(client: _Client, name: str, message: str) -> None:
    error = v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])
    code = (cell for cell in client.nb.cells[client.reached :] if cell.cell_type == "code")
    # Before what the kernel prints when it is stopped.
    next(code).outputs.insert(0, error)


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
    sections = _sections(topics.read(report.notebook)["cells"])

    def before_cell(cell: NotebookNode, cell_index: int) -> None:
        on_section(sections[cell_index], cell_index, len(sections))

    try:
        return execute(
            report.notebook,
            folder,
            parameters=dict(report.parameters),
            lang=report.lang,
            on_cell_start=before_cell,
            timeout=cell_timeout,
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
    read: NotebookNode = pickle.loads(_loaded(path))
    return read


@once_per_state
def _loaded(path: Path) -> bytes:
    """Load a notebook as papermill does; each report changes a copy of its own."""
    try:
        return pickle.dumps(load_notebook_node(str(path)))
    except Exception as error:  # nbformat raises many kinds
        raise topics.not_a_notebook(path, f"{error!r:.100}") from None


def execute(
    path: Path,
    folder: Path,
    *,
    parameters: dict[str, Any] | None = None,
    lang: str = ENGLISH,
    **options: Any,
) -> NotebookNode:
    """Execute a notebook with papermill, a private folder as the kernel's working directory.

    These are the steps of `papermill.execute_notebook`. That would write the executed notebook,
    which only a failed report needs, and change the folder of this whole process, in which several
    notebooks may run. Kernels are started by `turkic_ties.kernels.provisioner`.
    """
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    chosen = f"__import__('turkic_ties.languages').languages.choose({lang!r}, {path.stem!r})"
    notebook = remove_error_markers(read_notebook(path))
    if parameters:
        notebook = parameterize_notebook(
            notebook, parameters, kernel_name=KERNEL, language="python", engine_name=ENGINE
        )
    with _own_loop():
        executed = papermill_engines.execute_notebook_with_engine(
            ENGINE,
            notebook,
            KERNEL,
            progress_bar=False,
            autosave_cell_every=0,
            log=logging.getLogger("papermill"),
            record_timing=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
            # The build reports errors itself, and its cells do not belong in a user's history.
            extra_arguments=[
                "--IPKernelApp.log_level=50",
                "--HistoryManager.enabled=False",
                *([] if lang == ENGLISH else [f"--IPKernelApp.exec_lines={chosen}"]),
            ],
            **options,
        )
    raise_for_execution_errors(executed, str(folder / EXECUTED))
    return executed


@contextmanager
def _own_loop() -> Iterator[None]:
    """Close the event loop that nbclient opens in every thread and leaves open."""
    try:
        yield
    finally:
        loop = ensure_event_loop()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _sections(cells: list[Json]) -> list[str]:
    """Return, for every cell papermill will execute, the last heading above it."""
    names, current = [], "start"
    for cell in cells:
        heading = re.match(r"#+ +(.+)", "".join(cell.get("source", "")))
        if heading and cell.get("cell_type") == "markdown":
            current = heading.group(1)
        names.append(current)
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            names.append(current)  # papermill inserts a cell after the parameters
    return names
