"""The kernel itself: ipykernel without the settings of the user, and quicker between the cells.

Configuration files and startup scripts of IPython could change what a notebook gives, and no other
machine would see why. ``python -m turkic_ties.kernels.kernel`` starts a cold kernel.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from typing import Any

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.compilerop import CachingCompiler
from IPython.core.inputtransformer2 import TransformerManager
from traitlets import DottedObjectName, Instance, Type

MAGIC = re.compile(r"\A\s|>>>|\.\.\.|In \[|[%?]|!(?!=)|^\s*[,;/]", re.MULTILINE)
"""What every cell has that is not plain Python: a magic, a command, a request for help, a prompt,
or a first line that is indented."""


class _Transformer(TransformerManager):  # type: ignore[misc]  # IPython has no types
    def transform_cell(self, cell: str) -> str:
        """Look line by line and token by token only where there can be something to change."""
        if MAGIC.search(cell):
            return str(super().transform_cell(cell))
        return cell if cell.endswith("\n") else f"{cell}\n"


class _Shell(ZMQInteractiveShell):
    input_transformer_manager = Instance(_Transformer, ())

    def should_run_async(self, raw_cell: str, *, transformed_cell: str, **options: Any) -> bool:
        """Compile a cell to see whether it awaits something only where it can."""
        code = f"{raw_cell} {transformed_cell}"
        if "await" not in code and "async" not in code:
            return False
        return bool(
            super().should_run_async(raw_cell, transformed_cell=transformed_cell, **options)
        )


class _Kernel(IPythonKernel):
    shell_class = Type(_Shell)
    # ipykernel's own computes names for a debugger, bit by bit in Python.
    compiler_class = Type(CachingCompiler)


class _Publisher(IOPubThread):
    """Sends what cells give at once, until another thread or process gives something as well.

    From then on ipykernel's thread sends it, which takes twice the time.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)  # type: ignore[no-untyped-call]
        self._unlock()
        os.register_at_fork(before=self._start_thread, after_in_child=self._unlock)

    def _unlock(self) -> None:
        self._sending = threading.RLock()

    def start(self) -> None:
        """Start no thread yet."""

    def _start_thread(self) -> None:
        with self._sending:
            if not self.thread.ident:
                super().start()  # type: ignore[no-untyped-call]

    def schedule(self, f: Callable[[], Any]) -> None:
        """Call a function that sends something."""
        if threading.current_thread() is not threading.main_thread():
            self._start_thread()
        with self._sending:
            super().schedule(f)  # type: ignore[no-untyped-call]


kernelapp.IOPubThread = _Publisher  # type: ignore[attr-defined]


class Stream(OutStream):
    """Standard output or error, which waits for its thread only after something was written."""

    _is_flushed = False

    def write(self, string: str) -> int | None:  # type: ignore[override]  # as ipykernel says
        """Write to the stream."""
        self._is_flushed = False
        return super().write(string)

    def flush(self) -> None:
        """Send what was written; ipykernel flushes twice per cell and once per output."""
        if not self._is_flushed:
            self._is_flushed = True
            super().flush()  # type: ignore[no-untyped-call]


class PlainKernelApp(IPKernelApp):
    """ipykernel's application, which reads its command line only."""

    kernel_class = Type(_Kernel)
    outstream_class = DottedObjectName(f"{__name__}.Stream")

    def initialize(self, argv: list[str] | None = None) -> None:
        """Make no records of the log that no handler prints."""
        super().initialize(argv)
        self.log.setLevel(self.log_level)

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Read no configuration file."""

    def _run_startup_files(self) -> None:
        """Run no startup script."""


if __name__ == "__main__":
    PlainKernelApp.launch_instance()
