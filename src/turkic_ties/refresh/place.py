"""Where a refresh works, the locks, and the move into place; without pandas, for builds.

Everything is in ``data/.refresh/``, which is not in git: the locks, the staged copy, what is held
for a person, and ``ready``. One rename makes ``ready``; from then on its files are moved to their
places, the packages last. A refresh killed before that rename leaves the data of before; one killed
after it is completed by the next refresh or build. A build reads under a shared lock, so that it
sees the data of before or after, never both.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from turkic_ties.countries import data_directory
from turkic_ties.errors import TiesError
from turkic_ties.files import flocked

FOLDER = ".refresh"
READY, HELD = "ready", "held"


class BusyError(TiesError):
    """Another refresh holds the lock."""

    status = 75


@contextmanager
def exclusive() -> Iterator[Path]:
    """Hold the lock of refreshes and give their folder; finish what a killed one left.

    Raises
    ------
    BusyError
        When another refresh is at work.
    turkic_ties.errors.TiesError
        When the data folder cannot be written.
    """
    folder = data_directory() / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with flocked(folder / "lock", wait=False) as is_free:
            if not is_free:
                raise BusyError("another refresh is at work. Wait for it, or stop it.")
            settle()
            yield folder
    except PermissionError as error:
        raise TiesError(
            f"{error.filename} cannot be written: {error.strerror}. Make it writable."
        ) from None


@contextmanager
def reading() -> Iterator[None]:
    """Keep a refresh from moving tables until the block ends; builds do not wait for each other."""
    folder = data_directory() / FOLDER
    with ExitStack() as held:
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
        if os.access(folder, os.W_OK):  # where nobody can write, nothing can be moved
            settle()
            held.enter_context(flocked(folder / "readers", shared=True))
        yield


def settle(wait: bool = True) -> None:
    """Move what was declared ready into place, if anything; may be repeated.

    Parameters
    ----------
    wait
        Wait for builds that read the tables of before; otherwise leave it to the next one.
    """
    root = data_directory()
    ready = root / FOLDER / READY
    if not ready.is_dir():
        return
    with flocked(root / FOLDER / "readers", wait=wait) as is_free:
        files = sorted(path for path in ready.rglob("*") if path.is_file() and is_free)
        for file in sorted(files, key=lambda path: path.suffix == ".yaml"):
            target = root / file.relative_to(ready)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
        if is_free:
            shutil.rmtree(ready, ignore_errors=True)
