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
from typing import NoReturn

from turkic_ties import files, hashing
from turkic_ties.errors import TiesError
from turkic_ties.reports.manifest import NAME as MANIFEST
from turkic_ties.reports.manifest import read

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
STAGING = ".staging-"
READY = ".publishing"
WAITING = (signal.SIGINT, signal.SIGTERM, *({signal.SIGHUP, signal.SIGXCPU} if fcntl else ()))
"""Signals that stop a build, and wait while files are moved; Windows has two of them."""
EDITIONS, LINKED, CURRENT = "editions", ".linked", "current"


class BusyError(TiesError):
    """Another build holds the lock; the message says which."""

    status = 75  # EX_TEMPFAIL of sysexits.h: a scheduler tries again


class PublishError(TiesError):
    """A file cannot be moved to its place; the message says which and what to do."""

    status = 1


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
    PublishError
        When the edition of a killed build cannot be moved into place.
    """
    with _lock(directory):
        _move_into_place(directory)
        _remove_staged(directory)
        try:
            yield
        finally:
            _remove_staged(directory)


def _remove_staged(directory: Path) -> None:
    for leftover in directory.glob(f"{STAGING}*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def _lock(directory: Path) -> Iterator[None]:
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
        yield


def clean(directory: Path, *others: Path) -> list[str]:
    """Remove what killed processes left.

    Parameters
    ----------
    directory
        Where reports are published.
    others
        Folders in which files are written in place: of data and of notebooks.

    Returns
    -------
    list of str
        A line for each thing that was removed or finished.
    """
    done = []
    if directory.exists():
        with _lock(directory):
            if (directory / READY).is_dir():
                done.append(_finish_or_drop(directory))
            done += [_removed(folder) for folder in sorted(directory.glob(f"{STAGING}*"))]
    places = {Path(tempfile.gettempdir()), Path("/tmp")}
    done += [_removed(folder) for place in places for folder in files.abandoned(place)]
    return done + [_removed(file) for folder in others for file in files.unfinished(folder)]


def _finish_or_drop(directory: Path) -> str:
    ready = directory / READY
    try:
        _move_into_place(directory)
    except PublishError as error:
        return f"{_removed(ready)}, an edition that could not be published: {error}"
    return f"published the edition a killed build left in {ready}"


def _removed(path: Path) -> str:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    return f"removed {path}"


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
    moved = [(file, directory / file.relative_to(staged)) for file in _files(staged)]
    for file, target in moved:
        files.sync(file)
        _check_place(target, directory)
    with _interrupts_wait():
        os.rename(staged, directory / READY)
        files.sync(directory)
        _move_into_place(directory)
    return [target for _, target in moved]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _check_place(target: Path, directory: Path) -> None:
    """Refuse a place to which a file could not be moved, before any is."""
    folder = next(folder for folder in target.parents if os.path.lexists(folder))
    problems = {
        f"{folder} is no folder": not folder.is_dir(),
        f"{folder} cannot be written": not os.access(folder, os.W_OK | os.X_OK),
        f"{folder} is on another disk": folder.exists()
        and folder.stat().st_dev != directory.stat().st_dev,
        "a folder is in its place": target.is_dir() and not target.is_symlink(),
    }
    for problem in (text for text, applies in problems.items() if applies):
        raise PublishError(
            f"{target} cannot be published: {problem}. Nothing was published; put this right and "
            "build again."
        )


def heed_signals() -> None:
    """Let every signal that asks to stop act like Ctrl-C, unless it is ignored already."""
    for number in WAITING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(*_: object) -> NoReturn:
    """Interrupt, and let no second signal stop the tidying up that follows."""
    for number in WAITING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


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
    before = {number: signal.getsignal(number) for number in WAITING}
    heeded = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, lambda number, _: received.append(number))
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_IGN if received else before[number])
    if received:
        raise KeyboardInterrupt("the new edition was published before that")


def _move_into_place(directory: Path) -> None:
    """Move the declared edition, if any; may be repeated."""
    ready = directory / READY
    if ready.is_symlink():  # not ours: a build makes a folder
        ready.unlink()
    for file in sorted(_files(ready), key=lambda path: path.name == MANIFEST):
        target = directory / file.relative_to(ready)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
        except OSError as error:
            raise PublishError(
                f"{target} cannot be replaced ({error.strerror}), so the new edition is there in "
                "part. Put this right and build again; or drop it with 'ties clean'."
            ) from None
    shutil.rmtree(ready, ignore_errors=True)


def link(directory: Path) -> None:
    """Copy the published edition into a folder of its own, and let a link lead to it in one step.

    The edition the link led to before is kept for those who read it, older ones are removed.

    Parameters
    ----------
    directory
        Where reports are published, under the lock of `exclusive`.
    """
    current, linked = directory / CURRENT, directory / LINKED
    edition = linked / hashing.of_files([directory / MANIFEST])[-16:]
    before = current.resolve()
    if not edition.is_dir():
        with staging(directory) as folder:
            for record in read(directory).values():
                for path in record.outputs:
                    (folder / "edition" / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(directory / path, folder / "edition" / path)
                    files.sync(folder / "edition" / path)
            shutil.copy2(directory / MANIFEST, folder / "edition")
            linked.mkdir(exist_ok=True)
            os.rename(folder / "edition", edition)
    exchanged = directory / f".{CURRENT}"
    exchanged.unlink(missing_ok=True)
    exchanged.symlink_to(edition.relative_to(directory))
    os.replace(exchanged, current)
    for old in linked.iterdir():
        if old.resolve() not in (before, edition.resolve()):
            shutil.rmtree(old)


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
    left_out = shutil.ignore_patterns(
        ".*", EDITIONS, CURRENT, "*.edited-*", "failed", "history.jsonl"
    )
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=directory) as folder:
        shutil.copytree(directory, Path(folder) / day, ignore=left_out)
        copy.parent.mkdir(exist_ok=True)
        os.rename(Path(folder) / day, copy)


def now() -> str:
    """Write the present time, for manifests and histories; pages carry no times."""
    return datetime.now(UTC).isoformat(timespec="seconds")
