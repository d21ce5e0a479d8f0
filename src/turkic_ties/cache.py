"""Cache: what took long to read or to compute, on disk for the next process that needs the same.

Nothing depends on it. Where the folder cannot be used, everything is read and computed again.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path

from turkic_ties import hashing

T = TypeVar("T")

VARIABLE = "TURKIC_TIES_CACHE"
"""Name of the variable with another folder for the cache; empty for none."""

MAX_BYTES = 300_000_000
"""Beyond this size of the whole cache, the entries that nobody used for longest are deleted."""

HASH_BYTES = 32

CODE = ("", "claims", "data", "measures")
"""The folders of this package with the modules that make what is kept."""


def _states() -> dict[str, int]:
    package = Path(__file__).parent
    folders = (package / folder for folder in CODE)
    entries = (entry for folder in folders for entry in os.scandir(folder))
    modules = (entry for entry in entries if entry.name.endswith(".py"))
    return {entry.path: entry.stat().st_mtime_ns for entry in modules}


_LOADED = _states()


def folder() -> Path | None:
    """Return the folder of the cache; None where there is none, or others could write into it.

    An entry is a pickle: who can write one can run code here.
    """
    named = os.environ.get(VARIABLE)
    if named == "":
        return None
    path = Path(named) if named else user_cache_path("turkic-ties") / "computed"
    try:
        if not path.is_dir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = path.stat()
    except OSError:
        return None
    is_ours = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    return path if is_ours and not about.st_mode & 0o022 else None


def cached(key: str, make: Callable[[], T]) -> T:
    """Return what `make` returns, from the cache if an earlier call has left it there.

    An entry has the SHA-256 of its key and contents in front: one that is damaged, or belongs to
    another key, is made again. It serves only the code it was made by.

    Parameters
    ----------
    key
        Names all that the result depends on, apart from `CODE` and the versions of Python, NumPy
        and pandas.
    make
        Called without arguments when there is no entry; its result can be pickled.
    """
    place = folder()
    if place is None or _states() != _LOADED:  # what runs is no longer what the files say
        return make()
    full_key = f"{_code()} {key}".encode()
    path = place / hashlib.sha256(full_key).hexdigest()
    with suppress(OSError, ValueError):
        return _read(path, full_key)  # type: ignore[no-any-return]
    result = make()
    body = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
    _write(path, _seal(full_key, body) + body)
    return result


@functools.cache
def _code() -> str:
    versions = [sys.version, *map(version, ("numpy", "pandas"))]
    return " ".join([hashing.of_files(map(Path, _LOADED)), *versions])


def _seal(key: bytes, body: bytes | memoryview) -> bytes:
    hashed = hashlib.sha256(key)
    hashed.update(body)
    return hashed.digest()


def _read(path: Path, key: bytes) -> Any:
    content = memoryview(path.read_bytes())
    body = content[HASH_BYTES:]
    if content[:HASH_BYTES] != _seal(key, body):
        raise ValueError("damaged, or the entry of another key")
    os.utime(path)
    return pickle.loads(body)


def _write(path: Path, content: bytes) -> None:
    """Write an entry whole or not at all; a full disk costs the entry."""
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()


def tidy() -> None:
    """Delete entries beyond `MAX_BYTES`, and with them what killed processes left."""
    if place := folder():
        with suppress(OSError):
            total = 0
            files = [(path.stat(), path) for path in place.iterdir()]
            for about, path in sorted(files, key=lambda file: -file[0].st_mtime_ns):
                total += about.st_size
                if total > MAX_BYTES:
                    path.unlink()
