"""Publish: everything is staged beside the published reports and moved among them by renames."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".staging-"


@contextmanager
def staging(directory: Path) -> Iterator[Path]:
    """Give a private folder on the same file system as the reports, and remove it whatever happens.

    What a killed build left behind is removed first.

    Parameters
    ----------
    directory
        Where reports are published; made when it is missing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for left in directory.glob(f"{PREFIX}*"):
        if not _is_running(int(left.name.removeprefix(PREFIX).partition("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=directory))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(staged: Path, directory: Path) -> list[Path]:
    """Move every staged file to its place among the reports.

    A rename replaces a file in one step: at any moment a reader finds the old file or the new one, whole.

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
        _to_disk(file)
    published = []
    for file in files:
        target = directory / file.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
        published.append(target)
    return published


def write(path: Path, text: str) -> None:
    """Write a file so that it is either the old one or the new one, whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        _to_disk(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Have the contents on the disk before the name: a power cut must not leave an empty file under a good name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
