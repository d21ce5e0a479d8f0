"""The command line: ``ties build``, ``claims``, ``measures``, ``data``, ``refresh`` and ``record``.

A user's mistake is one line on standard error and exit status 2; a report that fails is exit status
1; a build that finds another one at work is exit status 75, after which a scheduler tries again.
Heavy libraries are imported by the command that needs them, so that a mistake is answered at once.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from turkic_ties.errors import TiesError
from turkic_ties.parameters import ParameterError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

WATCH_SECONDS = 0.5

Topics = Annotated[
    list[str] | None, typer.Argument(metavar="[TOPIC]...", help="Topics, all when none is named.")
]


@app.callback()
def ties() -> None:
    """Open data on the relations of the Turkic states, in notebooks run again with every update."""
    from turkic_ties.refresh.place import settle

    with suppress(OSError, TiesError):  # what is wrong is said by the command itself
        settle(wait=False)


@app.command()
def build(
    topics: Topics = None,
    country: Annotated[str | None, typer.Option(help="The country the report is about.")] = None,
    partner: Annotated[str | None, typer.Option(help="The other side of the pair.")] = None,
    start: Annotated[int | None, typer.Option(help="First year.")] = None,
    end: Annotated[
        int | None, typer.Option(help="Last year; the latest there is when left out.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Another parameter of the notebook."),
    ] = None,
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="Every ordered pair of states.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Where to publish; reports/ when left out.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Notebooks run at once; cores + 2 when left out."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Run on a Dask cluster: tcp://scheduler:8786."),
    ] = None,
    cell_timeout: Annotated[
        float | None,
        typer.Option(min=1, max=86_400, help="Seconds a cell may take; 300 when left out."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run what is up to date as well.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each report would run or not; run none.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare published files with the manifest; run none.")
    ] = False,
    publish_link: Annotated[
        bool,
        typer.Option("--publish-link", help="For servers: exchange the link 'current' at the end."),
    ] = False,
    pdf: Annotated[
        bool,
        typer.Option("--pdf", help="Also set each report and a fact sheet of the pair as PDF."),
    ] = False,
    lang: Annotated[str, typer.Option(help="Language of the pages: en, tr, kk or ru.")] = "en",
    quiet: Annotated[
        bool,
        typer.Option("--quiet", help="Print only what changed or failed."),
    ] = False,
    base_url: Annotated[
        str,
        typer.Option(
            metavar="URL", help="Where the folder is published: https://example.org/ties/"
        ),
    ] = "",
    contact: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where readers report errors: web or mail.")
    ] = "",
    next_: Annotated[
        str, typer.Option("--next", metavar="DATE", help="Day of the next build, for the pages.")
    ] = "",
    edition: Annotated[
        bool, typer.Option("--edition", help="Keep a copy under editions/ with today's date.")
    ] = False,
) -> None:
    """Run the notebooks that are out of date and publish their reports."""
    from turkic_ties.progress import progress
    from turkic_ties.refresh.place import reading
    from turkic_ties.reports.frame import Edition
    from turkic_ties.reports.plan import CELL_TIMEOUT, Hashes, plan
    from turkic_ties.reports.publish import exclusive, free, heed_signals, keep, link, now

    with _plain_errors():
        about = Edition(
            next=next_,
            base_url=base_url and f"{base_url.rstrip('/')}/",
            dated=now()[:10] if edition else "",
            contact=contact,
        )
        named = {"country": country, "partner": partner, "start": start, "end": end}
        given = {name: value for name, value in named.items() if value is not None}
        given = _assignments(given, set_ or [])
        planned = plan(topics or [], given, all_pairs, lang)
        if given and not topics and all(report.problem for report in planned):
            raise ParameterError(f"no notebook takes all of {', '.join(given)}.")
        directory = _directory(output)
        if verify:
            _verify(directory)
            return
        from turkic_ties.reports import build as building
        from turkic_ties.reports.limits import check as check_limits
        from turkic_ties.reports.pdf import require

        if pdf:
            require(lang)
        if explain:
            hashes = Hashes()
            for report, reasons in building.due(planned, directory, hashes, force).items():
                why = f"would run: {'; '.join(reasons)}" if reasons else "up to date"
                _print(f"{report.stem}: {why}")
            for slug, (_, reasons) in building.articles_due(directory, hashes).items():
                if reasons:
                    _print(f"articles/{slug}: would be written: {'; '.join(reasons)}")
            return
        heed_signals()
        began = time.monotonic()
        with exclusive(directory), reading():
            if edition:
                free(directory, about.dated)
            hashes = Hashes()
            reports = building.due(planned, directory, hashes, force)
            waiting = sum(bool(reasons) for reasons in reports.values())
            if waiting:
                check_limits(min(jobs or _default_jobs(), waiting))
            with progress(waiting, quiet) as on_progress:
                outcome = building.build(
                    reports,
                    directory,
                    hashes,
                    on_progress,
                    jobs=jobs or _default_jobs(),
                    cluster=cluster if waiting else None,
                    cell_timeout=cell_timeout or CELL_TIMEOUT,
                    about=about,
                    pdf=pdf,
                )
            if edition and not outcome.failed:
                keep(directory, about.dated)
            if publish_link and outcome.built + outcome.reused:
                link(directory)
    _summarise(outcome, time.monotonic() - began, directory, quiet)
    if outcome.failed or outcome.refused:
        raise typer.Exit(2 if outcome.refused else 1)


def _summarise(outcome: Any, seconds: float, directory: Path, quiet: bool) -> None:
    """Print what was written, what changed, what failed."""
    if not quiet:
        for path in outcome.published:
            if path.suffix in (".html", ".pdf"):
                _print(f"wrote {_short(path)}")
    for change in outcome.changes:
        _print(f"moved: {change}")
    if outcome.changes:
        _print(f"all changes: {_short(directory / 'changes.html')}")
    for copy in outcome.kept:
        _print(f"kept what was edited by hand: {_short(copy)}")
    for stem, reason in outcome.failed.items():
        _print(f"failed {stem}: {reason}", err=True)
        if (directory / f"{stem}.html").is_file():
            _print("  the last good report stays published", err=True)
        notebook = directory / "failed" / f"{stem}.ipynb"
        if notebook.is_file():
            _print(f"  its notebook with the error: {_short(notebook)}", err=True)
    for stem, notes in outcome.notes.items():
        for note in notes:
            _print(f"note {stem}: {note}", err=True)
    for mistake in outcome.refused.values():
        _print(f"ties: {' '.join(mistake.split())}", err=True)
    if not quiet:
        counts = [f"{len(outcome.built)} built", f"{len(outcome.reused)} up to date"]
        counts += [f"{len(outcome.failed)} failed"] if outcome.failed else []
        _print(f"{', '.join(counts)} in {seconds:.1f} s")


def _verify(directory: Path) -> None:
    from turkic_ties.reports.manifest import verify

    compared, problems = verify(directory)
    for problem in problems:
        _print(problem, err=True)
    if problems:
        _print("Run 'ties build' to rebuild them.", err=True)
        raise typer.Exit(1)
    _print(f"{compared} published files are those of the manifest")


def _directory(output: Path | None) -> Path:
    """Return where reports are published; a loop of links shows when it is written to."""
    from turkic_ties.topics import PROJECT

    return Path(os.path.realpath(output or PROJECT / "reports"))


def _default_jobs() -> int:
    """Count the cores this process may use, and two more: notebooks wait at times for the build.

    In a container there are fewer cores than the machine has.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) + 2
    return (os.cpu_count() or 1) + 2


@app.command()
def clean(
    output: Annotated[
        Path | None, typer.Option(help="Where reports are published; reports/ when left out.")
    ] = None,
) -> None:
    """Show and remove what killed builds left."""
    from turkic_ties.countries import data_directory
    from turkic_ties.reports.publish import clean as remove
    from turkic_ties.topics import PROJECT

    with _plain_errors():
        directory = _directory(output)
        done = remove(directory, data_directory(), PROJECT / "notebooks")
        _print("\n".join(done) or "nothing to clean: no build has left anything")


@app.command()
def data(
    table: Annotated[
        str | None, typer.Argument(help="A table, for example trade/bilateral_trade.")
    ] = None,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print as CSV: the table, or the catalogue.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Check packages, hashes and corrections.")
    ] = False,
    seal: Annotated[
        bool, typer.Option("--seal", help="Write sizes and hashes into the packages after an edit.")
    ] = False,
) -> None:
    """List the tables, print one, check or seal them all."""
    import pandas as pd

    from turkic_ties import data as tables

    with _plain_errors():
        if table and (seal or check):
            raise ParameterError(f"--check and --seal are for all tables: leave out {table!r}.")
        if seal:
            changed = tables.seal()
            _print(
                "\n".join(f"sealed {address}" for address in changed)
                or "nothing to seal: every hash is right"
            )
        if check:
            if problems := tables.check():
                for problem in problems:
                    _print(problem, err=True)
                raise typer.Exit(1)
            count = len(tables.addresses())
            _print(f"{count} tables: packages, files, hashes and corrections are right")
        if seal or check:
            return
        frame = tables.list_tables() if table is None else tables.load(table)
        if csv:
            _print_exactly(frame.to_csv(index=False, lineterminator="\n"))
        elif table is not None:
            _describe(table)
        else:
            _print(f"{'table':36} {'rows':>7} {'years':9}  asked / newest     title")
            for row in frame.to_dict("records"):
                years = (
                    "" if pd.isna(row["first_year"]) else f"{row['first_year']}–{row['last_year']}"
                )
                newest = "" if pd.isna(row["newest"]) else row["newest"]
                asked = f"{row['asked']} / {newest:<4}"
                _print(f"{row['table']:36} {row['rows']:>7} {years:9}  {asked}  {row['title']}")


@app.command()
def claims(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARTICLE] [ID]...", help="An article, statements of it; all when left out."
        ),
    ] = None,
    topic: Annotated[str | None, typer.Option(help="Only those of a topic.")] = None,
    verdict: Annotated[
        str | None, typer.Option(help="Only those with a verdict, such as supported.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print as JSON, with all evidence.")
    ] = False,
    file: Annotated[Path | None, typer.Option(help="A file of statements anywhere.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the pages of the articles into this folder.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Show step by step how a verdict came about.")
    ] = None,
    new: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a file of statements to complete.")
    ] = None,
    country: Annotated[str, typer.Option(help="With --new: the country it is about.")] = "KAZ",
    partner: Annotated[str, typer.Option(help="With --new: the other side.")] = "TUR",
    watch: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Evaluate a file whenever it is saved.")
    ] = None,
) -> None:
    """Check what articles state; a single ID prints all about it."""
    import json

    from turkic_ties import claims as registered
    from turkic_ties.topics import names as topic_names

    with _plain_errors():
        if new is not None:
            _write_new(new, country, partner)
            return
        if watch is not None:
            _watch(watch)
        if explain is not None:
            for registry, ids in registered.choose([*(names or []), explain], file):
                _print(registered.explain(registry, ids[-1]))
            return
        _check_choice("topic", topic, topic_names())
        _check_choice("verdict", verdict, registered.Verdict)
        chosen = registered.choose(names or [], file)
        evaluated = [
            (registry, registered.evaluate(registry, ids or None)) for registry, ids in chosen
        ]
        if output is not None:
            for registry, results in evaluated:
                _write_page(registry, results, output)
    shown = [
        result
        for _, results in evaluated
        for result in results
        if topic in (None, result.topic) and verdict in (None, result.verdict)
    ]
    if output is not None:
        pass  # the pages have all of it
    elif as_json:
        dicts = [result.to_dict() for result in shown]
        _print_exactly(json.dumps(dicts, ensure_ascii=False, indent=1) + "\n")
    elif len(shown) == 1 and any(ids for _, ids in chosen):
        _print(registered.as_text(shown[0]))
    else:
        for article, group in groupby(shown, key=lambda result: result.article):
            if len(chosen) > 1:
                _print(f"{article}:")
            for result in group:
                _print(registered.as_line(result))
    differences = [text for each in evaluated for text in registered.check(*each)]
    if differences:
        _print("\n".join(differences), err=True)
        raise typer.Exit(1)


def _write_new(path: Path, country: str, partner: str) -> None:
    from turkic_ties import claims as registered

    if path.exists():
        raise ParameterError(f"{path} is there already: give the new file another name.")
    path.write_text(registered.new(country, partner), encoding="utf-8")
    _print(f"wrote {_short(path)}; see it with: ties claims --watch {_short(path)}")


def _watch(path: Path) -> NoReturn:
    """Print the verdicts of a file, and again whenever it is saved, until it is stopped."""
    from turkic_ties import claims as registered

    seen = None
    while True:
        with suppress(OSError):  # an editor may replace the file at this moment
            if (state := path.stat().st_mtime_ns) != seen:
                seen = state
                try:
                    results = registered.evaluate(registered.load(path))
                    _print("\n".join(map(registered.as_line, results)) + "\n")
                except TiesError as error:
                    _print(f"{error}\n")
                sys.stdout.flush()
        if seen is None:
            raise ParameterError(f"{path} is missing: write it first with --new.")
        time.sleep(WATCH_SECONDS)


def _write_page(registry: Any, results: Iterable[Any], output: Path) -> None:
    """Write the page of an article as a build does, without reports to link to."""
    from turkic_ties import files
    from turkic_ties.reports.articles import make

    pages = make(registry, [result.to_dict() for result in results], {}, alone=True)
    for name, text in pages.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        files.write(output / name, text)
        _print(f"wrote {_short(output / name)}")


@app.command()
def refresh(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE|TABLE]...", help="All that are due when none is named."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Look and compare; change nothing.")
    ] = False,
    figures: Annotated[
        bool, typer.Option("--figures", help="With --check: run the reports too (a minute).")
    ] = False,
    saved: Annotated[
        Path | None,
        typer.Option("--from", metavar="PATH", help="A saved file, or a folder of answers."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Store the answers as they came.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE:GUARD", help="Let a guard pass once, with --reason."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; it is written to the log.")] = None,
    apply_held: Annotated[
        bool, typer.Option("--apply-held", help="Take over what was held, once it is signed.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what is not due.")] = False,
    heavy: Annotated[bool, typer.Option("--heavy", help="Also what has gigabytes.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the outcome as Markdown.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only news and problems.")] = False,
) -> None:
    """Ask the publishers for new figures, and take over what is new and sound."""
    import json

    from turkic_ties.refresh import outcome as became
    from turkic_ties.refresh import run
    from turkic_ties.refresh.ask import Options
    from turkic_ties.reports.publish import heed_signals

    began = time.monotonic()
    with _plain_errors():
        heed_signals()
        options = Options(
            check, saved, keep, run.accepts(accept or [], reason), apply_held, everything, heavy
        )
        if figures and not check:
            raise ParameterError("--figures needs --check; after a refresh, 'ties build' says it.")
        outcomes = run.refresh(names or [], options, _preview if figures else None)
        if report:
            report.write_text(became.as_markdown(outcomes), encoding="utf-8")
    if as_json:
        found = [each.to_dict() for each in outcomes]
        _print_exactly(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        for outcome in outcomes:
            if not quiet or outcome.state not in became.SILENT:
                _print("\n".join(outcome.lines()))
        if not quiet:
            _print(f"{became.count(outcomes)} in {time.monotonic() - began:.0f} s")
    raise typer.Exit(became.status(outcomes))


def _preview() -> tuple[list[Any], list[str]]:
    from turkic_ties.reports.build import preview
    from turkic_ties.topics import PROJECT

    return preview(PROJECT / "reports", _default_jobs())


@app.command()
def measures(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A measure, for example trade.ranks, or a word to look for; all when left out."
        ),
    ] = None,
    country: Annotated[str, typer.Option(help="The country of the examples.")] = "KAZ",
    partner: Annotated[str, typer.Option(help="The other side.")] = "TUR",
    csv: Annotated[bool, typer.Option("--csv", help="Print all rows it gives, as CSV.")] = False,
) -> None:
    """List what can be computed, or show what one measure takes and gives, with examples."""
    from turkic_ties import claims as registered
    from turkic_ties import countries

    with _plain_errors():
        pair = countries.to_iso3(country), countries.to_iso3(partner)
        words = (name or "").lower()
        listed = registered.list_measures()
        found = {key: line for key, line in listed.items() if words in f"{key} {line}".lower()}
        if csv and name in listed:
            _, result = registered.example(str(name), *pair)
            if not hasattr(result, "to_csv"):
                raise ParameterError(f"{name} gives no table of rows: leave out --csv.")
            _print_exactly(result.to_csv(index=False, lineterminator="\n"))
        elif "." in words or not found:
            _print(registered.describe(str(name), *pair))
        else:
            _print("\n".join(f"{measure:42} {line}" for measure, line in found.items()))


@app.command()
def record(topics: Topics = None) -> None:
    """Execute notebooks with their defaults and store the outputs in them."""
    from turkic_ties import topics as collection
    from turkic_ties.reports.plan import plan

    with _plain_errors():
        planned = plan(topics or [], {})
        from papermill.exceptions import PapermillExecutionError

        from turkic_ties.reports.record import record as record_notebook

        failed = []
        for report in planned:
            place = _short(report.notebook)
            _print(f"recording {place}")
            try:
                record_notebook(report.notebook)
            except collection.NotebookError as error:
                failed.append(str(error))
            except PapermillExecutionError as error:
                failed.append(f"{place}, cell {error.exec_count}: {error.ename}: {error.evalue}")
        for problem in failed:
            _print(f"ties: {' '.join(problem.split())}", err=True)
    if failed:
        raise typer.Exit(1)


@app.command("new-topic")
def new_topic(
    name: Annotated[str, typer.Argument(help="In lower case, such as energy or water_use.")],
) -> None:
    """Write a new topic, to be changed: notebook, measure, data package and tests."""
    with _plain_errors():
        from turkic_ties.starter import create

        for path in create(name):
            _print(f"wrote {_short(path)}")
    _print(f"next: ties data --check, ties record {name}, ties build {name}")


def _check_choice(what: str, chosen: str | None, there: Iterable[str]) -> None:
    if chosen is not None and chosen not in (known := [*map(str, there)]):
        raise ParameterError(f"there is no {what} {chosen!r}. Choose from {', '.join(known)}.")


def _describe(address: str) -> None:
    from turkic_ties import data as tables

    described = tables.resource(address)
    frame = tables.load(address)
    _print(f"{address}: {described['title']}\n{' '.join(described['description'].split())}\n")
    for field in described["schema"]["fields"]:
        unit = f" [{field['unit']}]" if field.get("unit") else ""
        _print(f"  {field['name']:24} {field['type']:8} {field.get('title', '')}{unit}")
    _print(f"\n{frame}\n\n{tables.cite(address)}")


def _assignments(given: dict[str, Any], pairs: list[str]) -> dict[str, Any]:
    """Add the parameters of ``--set`` to those with an option of their own."""
    given = dict(given)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ParameterError(
                f"--set takes NAME=VALUE, for example --set top_n=5, not {pair!r}."
            )
        if name in given:
            raise ParameterError(f"{name} is given twice. Give it once.")
        given[name] = value
    return given


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn a user's mistake into one line and an exit status."""
    try:
        yield
    except TiesError as error:
        _stop(str(error), error.status)
    except BrokenPipeError:  # of 'ties data … | head'
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            _stop("the disk is full; nothing was published. Free some space and build again.", 1)
        if error.errno == errno.EFBIG:
            _stop("a file may not be as large as it has to be: raise the limit (ulimit -f).", 1)
        place = f" ({error.filename})" if error.filename else ""
        _stop(f"{error.strerror or error}{place}. Check permissions and limits, then try again.", 1)
    except MemoryError:
        _stop("there is too little memory; nothing was published. Close other programs.", 1)
    except KeyboardInterrupt as interrupt:
        _stop(f"stopped; {str(interrupt) or 'nothing was published'}.", 130)


def _print(text: str, err: bool = False) -> None:
    """Print what may come from data or a registry, whose signs must not steer the terminal."""
    steering = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
    with suppress(OSError):  # nobody reads any more, or the disk is full: the work goes on
        typer.echo(re.sub(steering, "\ufffd", text), err=err)


def _print_exactly(text: str) -> None:
    """Print what a program will read, of which no sign may be replaced."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        lacking = f"the encoding of the output ({sys.stdout.encoding}) lacks signs of this"
        _stop(f"{lacking}: set PYTHONIOENCODING=utf-8.", 2)
    with suppress(OSError):
        sys.stdout.write(text)


def _stop(message: str, status: int) -> NoReturn:
    _print(f"ties: {' '.join(message.split())}", err=True)
    raise typer.Exit(status)


def _short(path: Path) -> str:
    """Write a path relative to the working folder where it is below it."""
    if path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def main() -> None:
    """Run the command line, without waiting for notebooks that run on after a stop."""
    _open_standard_files()
    try:
        status: Any = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        status = 130
        _print("ties: stopped; nothing was published.", err=True)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        status = _misused(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if threading.active_count() == 1:
        sys.exit(status)
    os._exit(status or 0)


def _misused(error: Any) -> int:
    """Say in one line what is wrong with a command line; typer has three, and help for none."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        command = error.ctx.command_path if error.ctx else "ties"
        message = " ".join(error.format_message().split()).rstrip(".")
        _print(f"ties: {message}. See '{command} --help'.", err=True)
    return int(error.exit_code)


def _open_standard_files() -> None:
    """Open what was closed, so that no other file gets its number; write ? for what it cannot."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
