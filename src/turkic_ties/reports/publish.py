"""Publish: everything is staged in the folder of reports, then moved into place by renames.

One build at a time holds the lock of a folder. When all staged files are on the disk, one rename
declares them the new edition; from then on every file is moved to its place, the manifest last. A
build killed before that rename leaves the edition before it; one killed after it is completed by
the next build. A single file is always the old or the new one, never half of it.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from turkic_ties.errors import TiesError
from turkic_ties.files import sync
from turkic_ties.reports.manifest import NAME as MANIFEST

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
STAGING = ".staging-"
READY = ".publishing"
EDITIONS = "editions"


class BusyError(TiesError):
    """Another build holds the lock; the message says which."""

    status = 75  # EX_TEMPFAIL of sysexits.h: a scheduler tries again


class EditionExists(TiesError):
    """A dated edition would be replaced; the message says which."""


class PlatformError(TiesError):
    """The system lacks what a build needs; the message says what to do."""


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Hold the lock of a folder of reports, and clean up after a killed build.

    Parameters
    ----------
    directory
        Where reports are published; made when it is missing.

    Raises
    ------
    BusyError
        When another build holds the lock.
    PlatformError
        On Windows.
    """
    if fcntl is None:
        raise PlatformError(
            "builds need a POSIX system (Linux, macOS): on Windows, use WSL. "
            "The notebooks themselves run in JupyterLab."
        )
    directory.mkdir(parents=True, exist_ok=True)
    # Not through a link: the file it points to would be emptied.
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    with os.fdopen(os.open(directory / LOCK, flags, 0o644), "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "a build that has just started"
            raise BusyError(
                f"{directory} is being built by {holder}. Wait for it, or stop it."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, started {now()}\n")
        file.flush()
        _move_into_place(directory)
        for leftover in directory.glob(f"{STAGING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


@contextmanager
def staging(directory: Path) -> Iterator[Path]:
    """Give a private folder on the same file system as the reports, and remove it at the end.

    Parameters
    ----------
    directory
        Where reports are published, under the lock of `exclusive`.
    """
    folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=directory))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(staged: Path, directory: Path) -> list[Path]:
    """Make staged files the new edition.

    Parameters
    ----------
    staged
        A folder laid out like `directory`, on the same file system.
    directory
        Where reports are published.

    Returns
    -------
    list of pathlib.Path
        What was published, sorted.
    """
    files = sorted(path for path in staged.rglob("*") if path.is_file())
    for file in files:
        sync(file)
    with _interrupts_wait():
        os.rename(staged, directory / READY)
        sync(directory)
        _move_into_place(directory)
    return [directory / file.relative_to(staged) for file in files]


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Let an interrupt wait until the block is done, and say then that it is.

    Raises
    ------
    KeyboardInterrupt
        At the end, when there was one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heeded = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, lambda number, _: received.append(number))
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number])
    if received:
        raise KeyboardInterrupt("the new edition was published before that")


def _move_into_place(directory: Path) -> None:
    """Move the declared edition, if any; may be repeated."""
    ready = directory / READY
    if ready.is_symlink():  # not ours: a build makes a folder
        ready.unlink()
    files = sorted(path for path in ready.rglob("*") if path.is_file())
    for file in sorted(files, key=lambda path: path.name == MANIFEST):
        target = directory / file.relative_to(ready)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
    shutil.rmtree(ready, ignore_errors=True)


def free(directory: Path, day: str) -> None:
    """See that no copy of this day exists: a copy that may be cited is not replaced.

    Raises
    ------
    EditionExists
        When there is one.
    """
    if (directory / EDITIONS / day).exists():
        raise EditionExists(
            f"{EDITIONS}/{day} is there already, and may have been cited: it is not replaced. "
            "Build without --edition, or move it away."
        )


def keep(directory: Path, day: str) -> None:
    """Keep a copy of what is published under its day."""
    copy = directory / EDITIONS / day
    left_out = shutil.ignore_patterns(".*", EDITIONS, "failed", "history.jsonl")
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=directory) as folder:
        shutil.copytree(directory, Path(folder) / day, ignore=left_out)
        copy.parent.mkdir(exist_ok=True)
        os.rename(Path(folder) / day, copy)


def now() -> str:
    """Write the present time, for manifests and histories; pages carry no times."""
    return datetime.now(UTC).isoformat(timespec="seconds")
