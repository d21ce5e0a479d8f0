"""Files: bounded reading, YAML without surprises, atomic writing, a lock."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias, TypeVar

import yaml

from turkic_ties.cache import cached
from turkic_ties.errors import TiesError

P = ParamSpec("P")
T = TypeVar("T")

Json: TypeAlias = dict[str, Any]
"""An object of a JSON or YAML file."""

MAX_BYTES = 64_000_000
"""The largest file that is read at all; the largest table has two million bytes."""

MAX_YAML_BYTES = 1_000_000
MAX_YAML_DEPTH = 30
MAX_YAML_NODES = 200_000
"""Bounds that a file written by a person stays far below, and a hostile one meets in a second."""

MIN_CACHED_YAML = 5_000
"""Characters; less is parsed as fast as it is found in the cache."""

TICK_NS = 50_000_000
"""Within a tick of the clock of a file system two states of a file can have the same time:
whatever is younger is told apart by its contents."""

PRIVATE = "ties_"
ABANDONED_AFTER = 10  # seconds; a folder is locked within milliseconds after it is made

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FileError(TiesError):
    """A file is missing, unreadable or not of the expected form; the message is one line."""


def read_bytes(path: Path, error: type[Exception] = FileError, limit: int = MAX_BYTES) -> bytes:
    """Read a file of bounded size; `error` when it is missing, no plain file, or too large."""
    try:
        # A FIFO without a writer would block: look before opening.
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise error(f"{path} is not a file. Put the file back: git checkout -- {path.name}.")
        if about.st_size > limit:
            raise error(f"{path} has {about.st_size} bytes, more than the {limit} that are read.")
        return path.read_bytes()
    except FileNotFoundError:
        raise error(f"{path} is missing. Restore it: git checkout -- {path.name}.") from None
    except OSError as problem:
        raise error(f"{path} cannot be read: {problem.strerror}. Check its permissions.") from None


def read_text(path: Path, error: type[Exception] = FileError, limit: int = MAX_BYTES) -> str:
    """Read a text file, which must be UTF-8 without a byte order mark; errors as `read_bytes`."""
    return decode(read_bytes(path, error, limit), path, error)


def decode(content: bytes, path: Path, error: type[Exception] = FileError) -> str:
    """Decode the contents of a text file; `error` names the line that is not UTF-8."""
    if content.startswith(b"\xef\xbb\xbf"):
        raise error(f"{path} begins with a byte order mark. Save it as UTF-8 without one.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise error(f"{path}, line {line}: is not UTF-8. Save the file as UTF-8.") from None


def read_json(path: Path, error: type[Exception] = FileError) -> Any:
    """Parse a JSON file; `error` when it cannot be read or is not JSON."""
    try:
        return json.loads(read_bytes(path, error))
    except (ValueError, RecursionError) as problem:
        raise error(f"{path} is not valid JSON: {problem}. Restore it, or delete it.") from None


def read_yaml(path: Path, error: type[Exception] = FileError) -> Any:
    """Parse a YAML file.

    Refused are duplicate keys, aliases that contain themselves, and whatever is too large, too deep
    or would grow too large through aliases and merges.

    Parameters
    ----------
    path
        The file, in UTF-8.
    error
        What to raise; the message is one line with file, line and remedy.
    """
    return parse_yaml(read_text(path, error, MAX_YAML_BYTES), path, error)


def parse_yaml(
    text: str, path: Path, error: type[Exception] = FileError, loader: Any = LOADER
) -> Any:
    """Parse YAML text that was read from `path` with a loader of PyYAML; see `read_yaml`."""
    parse = functools.partial(_parsed, text, path, error, loader)
    if len(text) < MIN_CACHED_YAML:
        return parse()
    return cached(f"YAML read by {loader.__qualname__}: {text}", parse)


def _parsed(text: str, path: Path, error: type[Exception], loader: Any) -> Any:
    try:
        _check_size(text)
        loader = loader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _check_node(node, {})
        return loader.construct_document(node)
    except yaml.YAMLError as problem:
        said = " ".join(str(problem).replace('in "<unicode string>", ', "").split())
        raise error(f"{path} is not valid YAML: {said}. Fix this line.") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as problem:
        # What PyYAML lets through for a date such as 2024-02-31, and for odd tags.
        raise error(f"{path} has a value that cannot be read: {problem}. Fix it.") from None


def _check_size(text: str) -> None:
    """Stop at the event that goes beyond a bound, before anything recursive sees the text."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_YAML_DEPTH or count > MAX_YAML_NODES:
            _refuse("too deep or too large", event)


def _check_node(node: yaml.Node, sizes: dict[yaml.Node, int | None]) -> int:
    """Count the nodes below, aliases written out; refuse duplicate keys on the way."""
    if node in sizes:
        known = sizes[node]
        if known is None:
            _refuse("an alias contains itself", node)
        return known or 0
    sizes[node] = None
    below: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        keys: set[tuple[str, str]] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in keys:
                    _refuse(f"the key {key.value!r} is there twice", key)
                keys.add((key.tag, key.value))
            below += [key, value]
    elif isinstance(node, yaml.SequenceNode):
        below = node.value
    size = 1 + sum(_check_node(child, sizes) for child in below)
    if size > MAX_YAML_NODES:
        _refuse("aliases make it too large", node)
    sizes[node] = size
    return size


def _refuse(problem: str, node: Any) -> None:
    raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def once_per_state(make: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function makes of files, until one of them changes.

    Arguments that are paths are these files; what is kept is shared by all callers, so it must not
    be changed.
    """
    kept: dict[Hashable, tuple[object, T]] = {}

    @functools.wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        call = (args, *kwargs.items())
        states = [_state(path) for path in args if isinstance(path, Path)]
        if call in kept and kept[call][0] == states:
            return kept[call][1]
        result = make(*args, **kwargs)
        kept[call] = states, result
        return result

    return made


def _state(path: Path) -> tuple[object, ...] | None:
    before = time.time_ns() - TICK_NS
    try:
        about = path.stat()
        is_young = about.st_ctime_ns >= before and stat.S_ISREG(about.st_mode)
        content = path.read_bytes() if is_young and about.st_size <= MAX_BYTES else b""
    except OSError:
        return None
    return about.st_ctime_ns, about.st_mtime_ns, about.st_size, about.st_ino, content


def write(path: Path, text: str) -> None:
    """Write a text file so that it is at any moment either the old one or the new one, whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            if path.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            file.write(text)
            file.flush()
            # Contents before the name: a power cut must not leave an empty file under a good name.
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def private_folder(place: Path | None = None) -> tuple[Path, int]:
    """Make a private folder for temporary files.

    Parameters
    ----------
    place
        Where to make it; the system's folder of temporary files when None.

    Returns
    -------
    tuple
        The folder, and an open descriptor: as long as a process has it, `abandoned` knows that the
        folder is in use.
    """
    import fcntl

    folder = Path(tempfile.mkdtemp(prefix=PRIVATE, dir=place))
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return folder, descriptor


@contextmanager
def temporary(place: Path | None = None) -> Iterator[Path]:
    """Give a private folder, see `private_folder`, and remove it at the end."""
    folder, descriptor = private_folder(place)
    try:
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def abandoned(place: Path) -> list[Path]:
    """List the private folders that killed processes left.

    Nobody has the locks of such a folder and of those in it. A young one may be about to be locked.

    Parameters
    ----------
    place
        Where they were made.
    """
    before = time.time() - ABANDONED_AFTER
    return [
        folder
        for folder in sorted(place.glob(f"{PRIVATE}*"))
        if not any(map(_in_use, [folder, *folder.glob(f"{PRIVATE}*")]))
        and folder.stat().st_mtime < before
    ]


def _in_use(folder: Path) -> bool:
    """Tell whether a folder is locked, or is not ours to look into."""
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(descriptor).st_uid != os.getuid()
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)


def unfinished(folder: Path) -> list[Path]:
    """List the files that `write` had begun in a folder when its process was killed."""
    left = {path: re.fullmatch(r"\..+\.([0-9]+)", path.name) for path in folder.rglob(".*")}
    return sorted(path for path, found in left.items() if found and not _runs(int(found[1])))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep other processes that call this for the same folder waiting until the block ends."""
    import fcntl  # POSIX only, and reading needs none of it

    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def flocked(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file, which is made when it is missing.

    Parameters
    ----------
    path
        The file.
    shared
        Let others hold it as well that ask for it shared.
    wait
        Wait for those that hold it; otherwise the block gets whether it has the lock.
    """
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        try:
            fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    """Write the contents to the disk before the name: a power cut must not leave an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
