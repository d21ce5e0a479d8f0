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
        content = path.read_bytes()
        hashed.update(f"{path.name} {len(content)}\n".encode() + content)
    return PREFIX + hashed.hexdigest()
