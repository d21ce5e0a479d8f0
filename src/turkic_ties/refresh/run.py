"""A run: who is asked, what became of each, and how the command ends."""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from turkic_ties import data, hashing
from turkic_ties.countries import data_directory
from turkic_ties.errors import TiesError
from turkic_ties.files import read_bytes, write
from turkic_ties.refresh import diff, guards, handover, place, rows, sources
from turkic_ties.refresh.source import Answer, NothingNew, NotToday

TAKEN, NEWS, UP_TO_DATE, HELD = "taken over", "news", "up to date", "held"
NOT_ASKED, NOT_TODAY, STOPPED = "not asked", "not today", "stopped"
STATUSES = {STOPPED: 1, HELD: 4, NOT_TODAY: 75, NEWS: 3}
"""Exit statuses; with several the first counts."""

SILENT = (UP_TO_DATE, NOT_ASKED)
"""What needs nobody's attention."""

ASKED = "asked.json"
TRADE = "trade/bilateral_trade"
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


@dataclass
class Outcome:
    """What became of one connector, in a line and for programs."""

    name: str
    state: str
    text: str = ""
    changes: list[rows.Change] = field(default_factory=list)
    diffs: list[diff.Diff] = field(default_factory=list)
    checks: list[guards.Check] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)

    def stop(self, table: str, checks: Iterable[guards.Check], accepted: Mapping[str, str]) -> None:
        """Stop where a guard does that nobody accepted."""
        for check in guards.unaccepted(checks, table, accepted):
            self.state = STOPPED
            said = f"{table}: {check.text} (guard {check.guard})"
            self.text = "; ".join(filter(None, [self.text, said]))

    def lines(self) -> list[str]:
        """Write it for a terminal or a pull request."""
        own = [f"{each.file}: {each}" for each in self.diffs if not each.is_empty]
        moved = [
            f"{each['statement']}: {each['before']} → {each['after']}" for each in self.verdicts
        ]
        more = own + [f"moves {line}" for line in moved]
        more += [f"note: {warning}" for warning in self.warnings]
        first = f"{self.name:16} {self.state}{': ' if self.text else ''}{self.text}"
        return [first, *(f"{'':16} {line}" for line in more)]

    def to_dict(self) -> dict[str, Any]:
        """Write it for programs."""
        return {
            "source": self.name,
            "state": self.state,
            "text": self.text,
            "tables": [each.to_dict() for each in self.diffs],
            "guards": [vars(check) for check in self.checks],
            "verdicts": self.verdicts,
            "warnings": self.warnings,
        }


@dataclass(frozen=True)
class _Asked:
    """A connector with what its publisher answered."""

    module: ModuleType
    answers: list[Answer]
    frames: dict[str, pd.DataFrame]
    calls: int

    @property
    def name(self) -> str:
        return self.module.__name__.rpartition(".")[2]


def accepts(given: list[str], reason: str | None) -> dict[str, str]:
    """Read ``--accept`` and ``--reason``: ``TABLE:GUARD`` to the reason.

    Raises
    ------
    turkic_ties.errors.TiesError
        When the reason is missing, or a guard is unknown or cannot be accepted.
    """
    if given and not (reason and reason.strip()):
        raise TiesError("--accept needs --reason TEXT: it is written to the log.")
    for each in given:
        table, _, guard = each.partition(":")
        data.resource(table)
        if guard not in guards.ACCEPTABLE:
            known = ", ".join(guards.ACCEPTABLE)
            raise TiesError(f"--accept {each}: write TABLE:GUARD with one of {known}.")
    return dict.fromkeys(given, reason or "")


def as_markdown(outcomes: Iterable[Outcome]) -> str:
    """Write the outcome for a pull request; what comes from data is in a block of plain text."""
    found = [outcome for outcome in outcomes if outcome.state not in SILENT]
    lines = [line.replace("`", "'") for outcome in found for line in outcome.lines()]
    return "\n".join(["New figures, by `ties refresh`:", "", "````text", *lines, "````", ""])


def count(outcomes: list[Outcome]) -> str:
    """Count the outcomes by state: "2 taken over, 1 held"."""
    states = [outcome.state for outcome in outcomes]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or "none"


def status(outcomes: Iterable[Outcome]) -> int:
    """Choose the exit status."""
    states = {outcome.state for outcome in outcomes}
    return next((number for state, number in STATUSES.items() if state in states), 0)


def refresh(names: list[str], options: Options) -> list[Outcome]:
    """Ask publishers, and take over what is new and sound.

    Parameters
    ----------
    names
        Source ids, connectors or tables; all that are due when empty.
    options
        Of the command.

    Returns
    -------
    list of Outcome
        One per connector, in the order of ``data/refresh.yml``.

    Raises
    ------
    turkic_ties.errors.TiesError
        When a name is unknown, nothing can be written, or another refresh is at work.
    """
    entries, today = sources.load(), date.today()
    chosen = _chosen(names, entries)
    outcomes: dict[str, Outcome] = {}
    with _folder(options.check) as folder:
        if options.apply_held:
            options = _held_options(folder, options)
        state = _asked_before(folder)
        asked = []
        for name in chosen:
            mine = [entry for entry in entries.values() if entry.module == name]
            if not (names or options.saved or options.everything) and not any(
                sources.is_due(entry, state.get(name), today) for entry in mine
            ):
                continue
            if any(entry.heavy for entry in mine) and not (options.heavy or names or options.saved):
                outcomes[name] = Outcome(name, NOT_ASKED, "large; ask with --heavy")
                continue
            got = _ask(name, options, today, bool(names))
            if isinstance(got, _Asked):
                asked.append(got)
                state[name] = today
            elif got:
                outcomes[name] = got
        outcomes |= {each.name: each for each in _take_over(asked, entries, folder, options, today)}
        if not options.check:
            written = {name: day.isoformat() for name, day in sorted(state.items())}
            write(folder / ASKED, json.dumps(written, indent=1) + "\n")
    return [outcomes[name] for name in chosen if name in outcomes]


@contextmanager
def _folder(check: bool) -> Iterator[Path]:
    """Give the working folder under the lock; a check works elsewhere, without."""
    if check:
        with tempfile.TemporaryDirectory() as temporary:
            yield Path(temporary)
        return
    with place.exclusive() as folder:
        yield folder


def _asked_before(folder: Path) -> dict[str, date]:
    path = folder / ASKED
    read = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return {name: date.fromisoformat(day) for name, day in read.items()}


def _chosen(names: list[str], entries: dict[str, sources.Source]) -> list[str]:
    """List the connectors behind names, in the order of refresh.yml; all when there are none."""
    modules = {entry.module: None for entry in entries.values() if entry.module}
    chosen: set[str | None] = set() if names else {*modules}
    tables = {
        rows.address_of(file): None for entry in entries.values() for file in entry.files if names
    }
    for name in names:
        if name in tables:
            chosen |= {
                entry.module
                for entry in entries.values()
                if any(rows.address_of(file) == name for file in entry.files)
            }
        elif name in modules:
            chosen.add(name)
        elif name not in entries:
            near = get_close_matches(name, [*entries, *modules, *tables], 3)
            hint = f" Near: {', '.join(near)}." if near else ""
            raise TiesError(f"there is no source {name!r}; data/refresh.yml lists them.{hint}")
        elif module := entries[name].module:
            chosen.add(module)
        else:
            why = entries[name].why or "a person enters its figures by hand"
            raise TiesError(f"{name} is not refreshed by a program: {why}")
    return [str(name) for name in modules if name in chosen]


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


def _ask(name: str, options: Options, today: date, named: bool) -> _Asked | Outcome | None:
    """Get the answers of a publisher and read them; an outcome if that is all, None if skipped."""
    module = connector(name)
    door = None
    try:
        if options.saved:
            answers = _saved(module, options.saved, named)
            if not answers:
                return None
        elif not hasattr(module, "fetch"):
            return _by_hand(name, named)
        else:
            from turkic_ties.refresh.door import HttpDoor

            seconds = getattr(module, "READ_SECONDS", None)
            door = HttpDoor(name, module.HOSTS, seconds, options.heavy)
            variable = getattr(module, "KEY", None)
            if variable and not door.key(variable):
                return Outcome(name, NOT_ASKED, f"no {variable}")
            answers = module.fetch(door, today)
        if options.keep:
            _keep(module, answers, options.keep)
        frames = module.tables(answers)
        return _Asked(module, answers, frames, door.calls if door else 0)
    except ModuleNotFoundError as error:
        raise _needs(error) from None
    except NothingNew as news:
        return Outcome(name, UP_TO_DATE, str(news))
    except NotToday as problem:
        return Outcome(name, NOT_TODAY, door.redact(str(problem)) if door else str(problem))
    except TiesError as problem:
        if problem.status == 2 and options.saved and not isinstance(problem, data.DataError):
            raise
        said = str(problem)
    except Exception as problem:  # whatever is wrong with one source, the others are asked
        said = f"{type(problem).__name__}: {problem}"
    said = door.redact(said) if door else said
    return Outcome(name, STOPPED, f"data stay; {' '.join(said.split())[:500]}")


def _by_hand(name: str, named: bool) -> Outcome | None:
    """Say how a source is read that cannot be asked, when it was asked for by name."""
    if not named:
        return None
    page = next((e.page for e in sources.load().values() if e.module == name and e.page), "")
    saved = f"{name} is read from files that a person saves from {page}"
    raise TiesError(f"{saved}: ties refresh {name} --from FILE")


def _saved(module: ModuleType, path: Path, named: bool) -> list[Answer]:
    """Read answers from a file, or from a folder that may have one folder per publisher."""
    patterns = getattr(module, "FROM", ("*",))
    name = module.__name__.rpartition(".")[2]
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
        raise TiesError(f"{path} has no file of {name}, which reads {', '.join(patterns)}.")
    return [
        Answer(file.name, read_bytes(file, TiesError, MAX_ANSWER_BYTES), str(file.name))
        for file in fitting
    ]


def _keep(module: ModuleType, answers: Iterable[Answer], folder: Path) -> None:
    """Store answers where `_saved` finds them."""
    into = folder / module.FOLDER
    into.mkdir(parents=True, exist_ok=True)
    for answer in answers:
        (into / Path(answer.name).name).write_bytes(answer.content)


def _take_over(
    asked: list[_Asked],
    entries: dict[str, sources.Source],
    folder: Path,
    options: Options,
    today: date,
) -> Iterator[Outcome]:
    """Stage all sources, hold those that would move a verdict, and move the rest into place."""
    real, held = data_directory(), dict[str, list[dict[str, Any]]]()
    while True:
        with handover.staged(folder) as copy:
            outcomes = [
                _stage(each, entries, options, today) for each in asked if each.name not in held
            ]
            new = [outcome for outcome in outcomes if outcome.state == TAKEN]
            moved = handover.moved_verdicts(copy, real) if new else []
            if moved:
                held |= _behind(moved, new)
                if not options.check:
                    continue
            elif new and not options.check:
                tables = sorted({each.address for outcome in new for each in outcome.changes})
                if problems := data.check(tables):
                    raise data.DataError(
                        f"the new data do not pass, nothing changed: {problems[0]}"
                    )
                handover.apply(copy, real)
            break
    place.settle()
    by_name = {outcome.name: outcome for outcome in outcomes}
    for each in asked:
        outcome = by_name.get(each.name, Outcome(each.name, HELD))
        if each.name in held:
            outcome.state, outcome.verdicts = HELD, held[each.name]
            outcome.text = "it moves signed verdicts; sign them, then: ties refresh --apply-held"
            if not options.check:
                _hold(each, folder, options)
        elif outcome.state == TAKEN and options.check:
            outcome.state = NEWS
        elif outcome.state == TAKEN:
            shutil.rmtree(folder / place.HELD / each.module.FOLDER, ignore_errors=True)
        yield outcome


def _behind(moved: list[dict[str, Any]], new: list[Outcome]) -> dict[str, list[dict[str, Any]]]:
    """Find the sources whose tables the moved statements rest on; all when there are none."""
    behind = {}
    for outcome in new:
        mine = {change.address for change in outcome.changes}
        if own := [each for each in moved if mine & {*each["tables"]}]:
            behind[outcome.name] = own
    return behind or {outcome.name: moved for outcome in new}


def _stage(
    asked: _Asked, entries: dict[str, sources.Source], options: Options, today: date
) -> Outcome:
    """Compare one source with the staged data, and write it there if no guard stops it."""
    outcome = Outcome(asked.name, UP_TO_DATE)
    ids = _ids(asked.module)
    lines = []
    try:
        for file, frame in asked.frames.items():
            own = tuple(name for name in ids if name in entries and file in entries[name].files)
            if not own:
                raise data.DataError(f"data/refresh.yml gives {file} to no source of {asked.name}.")
            entry = entries[own[0]]
            scope = getattr(asked.module, "SCOPE", {}).get(file)
            adds = file in getattr(asked.module, "ADDS", ())
            change = rows.change(own, file, frame, scope, adds, entry.left_out)
            compared = diff.between(change)
            outcome.diffs.append(compared)
            if compared.is_empty:
                continue
            checks = guards.measure(change, compared, entry, today, *_stated(asked, file))
            outcome.changes.append(change)
            outcome.checks += checks
            outcome.stop(change.address, checks, options.accepts)
            if change.address == TRADE:
                outcome.warnings += guards.second_sources(change, data.load(TRADE))
            lines.append(_line(asked, change, compared, checks, options, today))
        for address, check in _whole(asked, entries).items() if outcome.changes else ():
            outcome.stop(address, [check], options.accepts)
    except data.DataError as error:
        outcome.state, outcome.text = STOPPED, f"{error} (guard form)"
    if outcome.state == STOPPED:
        outcome.text = f"data stay; {outcome.text}"
    elif outcome.changes:
        outcome.state = TAKEN
        handover.stage(outcome.changes, _facts(asked, options, today))
        handover.log(lines)
    return outcome


def _stated(asked: _Asked, file: str) -> tuple[pd.DataFrame | None, str | None, str | None]:
    """Collect the totals, the licence and the date that the answers state."""

    def stated(name: str) -> Any:
        return getattr(asked.module, name)(asked.answers) if hasattr(asked.module, name) else None

    return (stated("totals") or {}).get(file), stated("licence"), stated("published")


def _whole(asked: _Asked, entries: dict[str, sources.Source]) -> dict[str, guards.Check]:
    """Name the tables for which a source has no answers, although the package has one edition."""
    found = {}
    for name in _ids(asked.module):
        files = entries[name].files if name in entries else []
        lacking = [file for file in files if file not in asked.frames]
        for file in lacking if len(lacking) < len(files) else []:
            text = f"the answers have nothing for {file}, which is of the same edition"
            found[rows.address_of(file)] = guards.Check("whole", len(lacking), 0, text)
    return found


def _ids(module: ModuleType) -> tuple[str, ...]:
    return module.SOURCE if isinstance(module.SOURCE, tuple) else (module.SOURCE,)


def _facts(asked: _Asked, options: Options, today: date) -> dict[str, Any]:
    """Collect what the package is to say of the source."""
    module, hashed = asked.module, hashlib.sha256()
    for answer in asked.answers:
        hashed.update(answer.content)
    published = module.published(asked.answers) if hasattr(module, "published") else None
    did = (
        "Read by ties refresh from files saved from"
        if options.saved
        else "Fetched by ties refresh from"
    )
    done = getattr(module, "PROCESSING", None)
    return {
        "version": module.version(asked.answers),
        "date_published": published,
        "date_accessed": today.isoformat(),
        "processing": done and f"{did} {module.HOSTS[0]}. {done}",
        "retrieved": {
            "date": today.isoformat(),
            "raw": hashing.PREFIX + hashed.hexdigest(),
            "bytes": sum(len(answer.content) for answer in asked.answers),
            "calls": asked.calls,
        },
    }


def _line(
    asked: _Asked,
    change: rows.Change,
    compared: diff.Diff,
    checks: list[guards.Check],
    options: Options,
    today: date,
) -> dict[str, Any]:
    """Write the line of the log for a table."""
    described = {each["name"]: each for each in data.resource(change.address)["sources"]}
    before = described.get(change.sources[0], {})
    prefix = f"{change.address}:"
    return {
        "date": today.isoformat(),
        "source": asked.name,
        "table": change.address,
        **compared.to_dict(),
        "version_before": before.get("version"),
        "version": asked.module.version(asked.answers),
        "guards": {check.guard: [check.value, check.limit] for check in checks},
        "accepted": {
            name.removeprefix(prefix): reason
            for name, reason in options.accepts.items()
            if name.startswith(prefix)
        },
    }


def _hold(asked: _Asked, folder: Path, options: Options) -> None:
    """Keep the answers of a source until its verdicts are signed."""
    into = folder / place.HELD
    shutil.rmtree(into / asked.module.FOLDER, ignore_errors=True)
    _keep(asked.module, asked.answers, into)
    write(into / "accepted.json", json.dumps(dict(options.accepts)) + "\n")


def _held_options(folder: Path, options: Options) -> Options:
    held = folder / place.HELD
    if not held.is_dir():
        raise TiesError("nothing is held. 'ties refresh' without --apply-held asks the publishers.")
    accepts = json.loads((held / "accepted.json").read_text("utf-8"))
    return Options(options.check, held, None, {**accepts, **options.accepts})
