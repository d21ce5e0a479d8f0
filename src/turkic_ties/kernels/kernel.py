"""The kernel itself: ipykernel without the settings of the user.

Configuration files and startup scripts of IPython could change what a notebook gives, and no other
machine would see why. ``python -m turkic_ties.kernels.kernel`` starts a cold kernel.
"""

from __future__ import annotations

from typing import Any

from ipykernel.kernelapp import IPKernelApp


class PlainKernelApp(IPKernelApp):
    """ipykernel's application, which reads its command line only."""

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Read no configuration file."""

    def _run_startup_files(self) -> None:
        """Run no startup script."""


if __name__ == "__main__":
    PlainKernelApp.launch_instance()
