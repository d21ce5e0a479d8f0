"""A run: who is asked, what is staged, what is held, and what becomes the data."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from turkic_ties import data, hashing
from turkic_ties.countries import data_directory
from turkic_ties.data import catalogue
from turkic_ties.errors import TiesError
from turkic_ties.files import Json, write
from turkic_ties.refresh import diff, guards, handover, place, rows, sources
from turkic_ties.refresh.ask import Asked, Options, ask, in_words, release, store
from turkic_ties.refresh.outcome import HELD, NEWS, NOT_ASKED, STOPPED, TAKEN, UP_TO_DATE, Outcome

TRADE = "trade/bilateral_trade"


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


Preview = Callable[[], tuple[Iterable[Any], list[str]]]
"""Runs reports with the data in force: figures that move, each with `tables`, and problems."""


def refresh(names: list[str], options: Options, preview: Preview | None = None) -> list[Outcome]:
    """Ask publishers, and take over what is new and sound.

    Parameters
    ----------
    names
        Source ids, connectors or tables; all that are due when empty.
    options
        Of the command.
    preview
        Called with the staged data in force when ``--check`` finds news.

    Returns
    -------
    list of Outcome
        One per connector, in the order of ``data/refresh.yml``.

    Raises
    ------
    turkic_ties.errors.TiesError
        When a name is unknown, nothing can be written, or another refresh is at work.
    """
    entries = sources.load()
    today = date.today()
    chosen = _chosen(names, entries)
    were_held = options.apply_held
    outcomes: dict[str, Outcome] = {}
    with _folder(options.check) as folder:
        if options.apply_held:
            options = _held_options(options)
        state = {name: date.fromisoformat(day) for name, day in catalogue.asked().items()}
        asked = []
        for name in chosen:
            mine = [entry for entry in entries.values() if entry.module == name]
            is_due = any(sources.is_due(entry, state.get(name), today) for entry in mine)
            if not (is_due or names or options.saved or options.everything):
                continue
            if any(entry.heavy for entry in mine) and not (options.heavy or names or options.saved):
                outcomes[name] = Outcome(name, NOT_ASKED, "large; ask with --heavy")
                continue
            day = state.get(name, today) if were_held else today
            got = ask(name, day, bool(names), options)
            if isinstance(got, Asked):
                asked.append(got)
                state[name] = got.day
            elif got:
                outcomes[name] = got
        if asked:
            taken = _take_over(asked, entries, folder, options, today, preview)
            outcomes |= {each.name: each for each in taken}
        if not options.check:
            written = {name: day.isoformat() for name, day in sorted(state.items())}
            write(data_directory() / catalogue.ASKED, json.dumps(written, indent=1) + "\n")
    if options.saved and not (outcomes or were_held):
        raise TiesError(f"{options.saved} has no answers in folders as --keep writes them.")
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


def _chosen(names: list[str], entries: dict[str, sources.Source]) -> list[str]:
    """List the connectors behind names, in the order of refresh.yml; all when there are none."""
    modules = [*dict.fromkeys(entry.module for entry in entries.values() if entry.module)]
    behind: dict[str, set[str]] = {module: {module} for module in modules}
    for entry in entries.values():
        for file in entry.files:
            behind.setdefault(rows.address_of(file), set()).add(str(entry.module))
    chosen = set() if names else {*modules}
    for name in names:
        if name in behind:
            chosen |= behind[name]
        elif name not in entries:
            near = get_close_matches(name, [*entries, *behind], 3)
            hint = f" Near: {', '.join(near)}." if near else ""
            raise TiesError(f"there is no source {name!r}; data/refresh.yml lists them.{hint}")
        elif module := entries[name].module:
            chosen.add(module)
        else:
            why = entries[name].why or "a person enters its figures by hand"
            raise TiesError(f"{name} is not refreshed by a program: {why}")
    return [name for name in modules if name in chosen]


def _take_over(
    asked: list[Asked],
    entries: dict[str, sources.Source],
    folder: Path,
    options: Options,
    today: date,
    preview: Preview | None,
) -> Iterator[Outcome]:
    """Stage all sources, hold those that would move a verdict, and move the rest into place."""
    real = data_directory()
    held = dict[str, list[Json]]()
    while True:
        with handover.staged(folder) as copy:
            outcomes = [
                _stage(each, entries, options, today) for each in asked if each.name not in held
            ]
            new = [outcome for outcome in outcomes if outcome.state == TAKEN]
            moved = handover.moved_verdicts(copy, real) if new else []
            if new and options.check and preview:
                _preview(new, preview)
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
    if not options.check:
        place.settle()
    by_name = {outcome.name: outcome for outcome in outcomes}
    for each in asked:
        outcome = by_name.get(each.name, Outcome(each.name, HELD))
        if each.name in held:
            outcome.state = HELD
            outcome.verdicts = held[each.name]
            outcome.text = "it moves signed verdicts; sign them, then: ties refresh --apply-held"
            if not options.check:
                _hold(each, folder, options)
        elif outcome.state == TAKEN and options.check:
            outcome.state = NEWS
        elif outcome.state in (TAKEN, UP_TO_DATE):
            release(each.module, folder / place.HELD)
        yield outcome


def _preview(new: list[Outcome], preview: Preview) -> None:
    """Give each source the figures that its tables move."""
    figures, problems = preview()
    for outcome in new:
        mine = {change.address for change in outcome.changes}
        outcome.figures = [str(each) for each in figures if mine & {*each.tables}]
        outcome.warnings += problems


def _behind(moved: list[Json], new: list[Outcome]) -> dict[str, list[Json]]:
    """Find the sources whose tables the moved statements rest on; all when there are none."""
    behind = {}
    for outcome in new:
        mine = {change.address for change in outcome.changes}
        if own := [each for each in moved if mine & {*each["tables"]}]:
            behind[outcome.name] = own
    return behind or {outcome.name: moved for outcome in new}


def _stage(
    asked: Asked, entries: dict[str, sources.Source], options: Options, today: date
) -> Outcome:
    """Compare one source with the staged data, and write it there if no guard stops it."""
    outcome = Outcome(asked.name, UP_TO_DATE)
    lines = []
    try:
        for file, frame in asked.frames.items():
            known = [name for name in asked.ids if name in entries]
            own = tuple(name for name in known if file in entries[name].files)
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
            totals = (asked.says("totals") or {}).get(file)
            stated = totals, asked.says("licence"), asked.says("published")
            checks = guards.measure(change, compared, entry, today, *stated)
            outcome.changes.append(change)
            outcome.checks += checks
            outcome.stop(change.address, checks, options.accepts)
            for each in data.resource(change.address)["sources"]:
                if each["name"] in own and each.get("warnings"):
                    warning = f"the package has warnings on {each['name']}: are they still true?"
                    outcome.warnings.append(warning)
            if change.address == TRADE:
                outcome.warnings += guards.second_sources(change, data.load(TRADE))
            lines.append(_line(asked, change, compared, checks, options, today))
        for address, check in _whole(asked, entries).items() if outcome.changes else ():
            outcome.stop(address, [check], options.accepts)
        facts = _facts(asked)
    except data.DataError as error:
        outcome.state = STOPPED
        outcome.text = f"{in_words(error)} (guard form)"
    except Exception as error:  # whatever is wrong with one source, the others are taken over
        outcome.state = STOPPED
        outcome.text = in_words(error)
    if outcome.state == STOPPED:
        outcome.text = f"data stay; {outcome.text}"
    elif outcome.changes:
        outcome.state = TAKEN
        handover.stage(outcome.changes, facts)
        handover.log(lines)
    return outcome


def _whole(asked: Asked, entries: dict[str, sources.Source]) -> dict[str, guards.Check]:
    """Name the tables for which a source has no answers, although the package has one edition."""
    found = {}
    for name in asked.ids:
        files = entries[name].files if name in entries else []
        lacking = [file for file in files if file not in asked.frames]
        for file in lacking if len(lacking) < len(files) else []:
            text = f"the answers have nothing for {file}, which is of the same edition"
            found[rows.address_of(file)] = guards.Check("whole", len(lacking), 0, text)
    return found


def _facts(asked: Asked) -> Json:
    """Collect what the package is to say of the source."""
    module, hashed = asked.module, hashlib.sha256()
    for answer in asked.answers:
        hashed.update(answer.content)
    how = "Fetched by ties refresh" if asked.calls else "Read by ties refresh from files saved"
    done = getattr(module, "PROCESSING", None)
    day = asked.day.isoformat()
    size = sum(len(answer.content) for answer in asked.answers)
    raw = hashing.PREFIX + hashed.hexdigest()
    return {
        "version": asked.says("version"),
        "date_published": asked.says("published"),
        "date_accessed": day,
        "processing": done and f"{how} from {module.HOSTS[0]}. {done}",
        "retrieved": {"date": day, "raw": raw, "bytes": size, "calls": asked.calls},
    }


def _line(
    asked: Asked,
    change: rows.Change,
    compared: diff.Diff,
    checks: list[guards.Check],
    options: Options,
    today: date,
) -> Json:
    """Write the line of the log for a table."""
    described = {each["name"]: each for each in data.resource(change.address)["sources"]}
    before = described.get(change.sources[0], {})
    prefix = f"{change.address}:"
    accepted = {}
    for name, reason in options.accepts.items():
        if name.startswith(prefix):
            accepted[name.removeprefix(prefix)] = reason
    line: Json = {"date": today.isoformat(), "source": asked.name, "table": change.address}
    line |= compared.to_dict()
    line |= {"version_before": before.get("version"), "version": asked.says("version")}
    line["guards"] = [[check.guard, check.value, check.limit] for check in checks]
    return line | {"accepted": accepted}


def _hold(asked: Asked, folder: Path, options: Options) -> None:
    """Keep the answers of a source until its verdicts are signed."""
    into = folder / place.HELD
    if options.saved != into:
        release(asked.module, into)
        store(asked.module, asked.answers, into)
    write(into / "accepted.json", json.dumps(dict(options.accepts)) + "\n")


def _held_options(options: Options) -> Options:
    held = data_directory() / place.FOLDER / place.HELD
    if not held.is_dir():
        raise TiesError("nothing is held. 'ties refresh' without --apply-held asks the publishers.")
    accepts = json.loads((held / "accepted.json").read_text("utf-8"))
    return Options(options.check, held, None, {**accepts, **options.accepts})
