"""The kernel itself: ipykernel without the settings of the user, and quicker between the cells.

Configuration files and startup scripts of IPython could change what a notebook gives, and no other
machine would see why. ``python -m turkic_ties.kernels.kernel`` starts a cold kernel.
"""

from __future__ import annotations

import re
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.inputtransformer2 import TransformerManager
from traitlets import DottedObjectName, Instance, Type

MAGIC = re.compile(r"[%?]|!(?!=)|^\s*[,;/]", re.MULTILINE)
"""What every line has that is not Python but IPython's: a magic, a command, a request for help."""


class _Transformer(TransformerManager):  # type: ignore[misc]  # IPython has no types
    def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
        """Look with the tokenizer only where there can be something."""
        is_python = not MAGIC.search("".join(lines))
        return (False, lines) if is_python else super().do_one_token_transform(lines)


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

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Read no configuration file."""

    def _run_startup_files(self) -> None:
        """Run no startup script."""


if __name__ == "__main__":
    PlainKernelApp.launch_instance()
