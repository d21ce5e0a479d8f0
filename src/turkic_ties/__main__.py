"""Start the command line, ``ties``: an interrupt while it is imported is one line as well."""

from __future__ import annotations

import os
import signal
from typing import NoReturn


def main() -> None:
    """Import the command line and run it."""
    heeded = signal.getsignal(signal.SIGINT) != signal.SIG_IGN  # as in a shell's background jobs
    if heeded:
        signal.signal(signal.SIGINT, _leave)
    from turkic_ties import cli

    if heeded:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        cli.main()
    except KeyboardInterrupt:
        _leave()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # there is nothing left to stop


def _leave(*_: object) -> NoReturn:
    """End at once: nothing has been done yet, and an exception could be lost in an import."""
    os.write(2, b"ties: stopped; nothing was published.\n")
    os._exit(130)


if __name__ == "__main__":
    main()
