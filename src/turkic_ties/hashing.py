"""How contents are named: one hash, written one way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

PREFIX = "sha256:"


def of_bytes(content: bytes) -> str:
    """Hash bytes.

    Examples
    --------
    >>> of_bytes(b"")[:15]
    'sha256:e3b0c442'
    """
    return PREFIX + hashlib.sha256(content).hexdigest()


def of_files(paths: Iterable[Path]) -> str:
    """Hash the names and contents of several files, in the order of their paths."""
    hashed = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:  # in pieces: a stray file may be larger than the memory
            content = hashlib.file_digest(file, "sha256").hexdigest()
        hashed.update(f"{path.name} {content}\n".encode())
    return PREFIX + hashed.hexdigest()
