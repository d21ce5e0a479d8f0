"""Ask a publisher through its connector, or read what a person saved of it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from turkic_ties.errors import TiesError
from turkic_ties.files import read_bytes
from turkic_ties.refresh import sources
from turkic_ties.refresh.outcome import NOT_ASKED, NOT_TODAY, STOPPED, UP_TO_DATE, Outcome
from turkic_ties.refresh.source import Answer, NothingNew, NotToday, Tables

MAX_ANSWER_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Options:
    """What the command was asked for; see ``ties refresh --help``."""

    check: bool = False
    saved: Path | None = None
    keep: Path | None = None
    accepts: Mapping[str, str] = field(default_factory=dict)
    apply_held: bool = False
    everything: bool = False
    heavy: bool = False


@dataclass(frozen=True)
class Asked:
    """A connector with what its publisher answered, and on which day."""

    module: ModuleType
    answers: list[Answer]
    frames: Tables
    calls: int
    day: date

    @property
    def name(self) -> str:
        """Its name in ``data/refresh.yml``."""
        return _name(self.module)

    @property
    def ids(self) -> tuple[str, ...]:
        """The source ids it owns."""
        ids = self.module.SOURCE
        return ids if isinstance(ids, tuple) else (ids,)

    def says(self, what: str) -> Any:
        """Ask an optional function of the connector, such as ``published``; None without it."""
        function = getattr(self.module, what, None)
        return function(self.answers) if function else None


def connector(name: str) -> ModuleType:
    """Import a connector.

    Raises
    ------
    turkic_ties.errors.TiesError
        When a library of the extra is missing; the message says what to install.
    """
    try:
        return importlib.import_module(f"turkic_ties.refresh.{name}")
    except ModuleNotFoundError as error:
        raise _needs(error) from None


def _needs(error: ModuleNotFoundError) -> TiesError:
    return TiesError(f"ties refresh needs {error.name}: pip install 'turkic-ties[refresh]'")


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def ask(name: str, today: date, named: bool, options: Options) -> Asked | Outcome | None:
    """Get the answers of a publisher and read them.

    Parameters
    ----------
    name
        The connector.
    today
        The day.
    named
        Whether it was asked for by name.
    options
        Of the command.

    Returns
    -------
    Asked, Outcome or None
        An outcome when there is nothing to take over, None when the source does not apply.
    """
    module = connector(name)
    door = None
    saved = options.saved
    stored = _stored(name, saved, named) if saved else None
    answers = _saved(module, saved, named) if saved and not stored else None
    if saved and not (stored or answers):
        return None
    if not saved and not hasattr(module, "fetch"):
        return _by_hand(name, named)
    try:
        if answers is None:
            from turkic_ties.refresh.door import Door

            seconds = getattr(module, "READ_SECONDS", None)
            door = Door(name, module.HOSTS, seconds, options.heavy, stored)
            variable = getattr(module, "KEY", None)
            if stored:
                today = door.day()
            elif variable and not door.key(variable):
                return Outcome(name, NOT_ASKED, f"no {variable}")
            answers = module.fetch(door, today)
        if options.keep:
            store(module, answers, options.keep)
        return Asked(module, answers, module.tables(answers), door.calls if door else 0, today)
    except ModuleNotFoundError as error:
        raise _needs(error) from None
    except NothingNew as news:
        return Outcome(name, UP_TO_DATE, str(news))
    except NotToday as problem:
        return Outcome(name, NOT_TODAY, door.redact(str(problem)) if door else str(problem))
    except Exception as problem:  # whatever is wrong with one source, the others are asked
        said = in_words(problem)
        return Outcome(name, STOPPED, f"data stay; {door.redact(said) if door else said}")


def in_words(problem: Exception) -> str:
    """Write an error in one line; those that are not ours with their type."""
    kind = "" if isinstance(problem, TiesError) else f"{type(problem).__name__}: "
    return f"{kind}{' '.join(str(problem).split())[:500]}"


def _by_hand(name: str, named: bool) -> Outcome | None:
    """Say how a source is read that cannot be asked, when it was asked for by name."""
    if not named:
        return None
    pages = [entry.page for entry in sources.load().values() if entry.module == name]
    page = next(filter(None, pages), "")
    saved = f"{name} is read from files that a person saves from {page}"
    raise TiesError(f"{saved}: ties refresh {name} --from FILE")


def _stored(name: str, path: Path, named: bool) -> Path | None:
    """Find the answers of a source in the archive, or in a folder of one source out of it."""
    from turkic_ties.refresh.door import MARK

    if (path / name / MARK).is_file():
        return path / name
    if named and any(path.glob(f"*/{MARK}")):
        raise TiesError(f"{path} has no answers of {name}.")
    if (path / MARK).is_file() and (named or path.resolve().name == name):
        return path
    return None


def _saved(module: ModuleType, path: Path, named: bool) -> list[Answer]:
    """Read answers from a file, or from a folder that may have one folder per publisher."""
    patterns = getattr(module, "FROM", ("*",))
    if not path.exists():
        raise TiesError(f"there is nothing at {path}.")
    inside = path / module.FOLDER
    files = [path]
    if path.is_dir():
        files = sorted((inside if inside.is_dir() else path).rglob("*"))
        if not inside.is_dir() and not named:
            return []
    elif not named:
        raise TiesError(f"{path} is one file: name its source, as in 'ties refresh bns --from'.")
    fitting = [
        file for file in files if file.is_file() and any(file.match(each) for each in patterns)
    ]
    if not fitting and named:
        raise TiesError(
            f"{path} has no file of {_name(module)}, which reads {', '.join(patterns)}."
        )
    return [
        Answer(file.name, read_bytes(file, TiesError, MAX_ANSWER_BYTES), str(file.name))
        for file in fitting
    ]


def store(module: ModuleType, answers: Iterable[Answer], folder: Path) -> None:
    """Store answers where `_saved` finds them."""
    into = folder / module.FOLDER
    into.mkdir(parents=True, exist_ok=True)
    for answer in answers:
        (into / Path(answer.name).name).write_bytes(answer.content)


def release(module: ModuleType, folder: Path) -> None:
    """Remove the answers of a connector from where `store` put them."""
    for file in (folder / module.FOLDER).glob("*"):
        if any(file.match(pattern) for pattern in getattr(module, "FROM", ("*",))):
            file.unlink()
