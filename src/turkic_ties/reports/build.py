"""Build: find out what has to be made again, make it on all cores or on a cluster, publish what succeeded."""

from __future__ import annotations

import hashlib
import importlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from turkic_ties import data
from turkic_ties.reports import changes, manifest
from turkic_ties.reports.plan import CELL_TIMEOUT, DATA_FOLDER, Hashes, Report
from turkic_ties.reports.publish import now, publish, staging

HISTORY = "history.jsonl"
FAILED = "failed"  # folder of the notebooks that stopped, with their tracebacks

OnProgress = Callable[[Report, str, float], None]
"""Called with a report, the section it is in, and how much of it is done (0 to 1)."""


@dataclass
class Produced:
    """What became of one report: its files by ending, or why it failed and the notebook as far as it came."""

    files: dict[str, str] = field(default_factory=dict)
    error: str = ""
    executed: str = ""
    started: str = ""
    ended: str = ""


@dataclass
class Outcome:
    """What a build did: files published, reports built and reused, why others failed, what moved."""

    published: list[Path] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    changes: list[changes.Change] = field(default_factory=list)


def due(
    reports: Iterable[Report], directory: Path, hashes: Hashes, force: bool = False
) -> dict[Report, list[str]]:
    """Tell for each report why it has to be made again; an empty list where it does not.

    Parameters
    ----------
    reports
        From `turkic_ties.reports.plan.plan`.
    directory
        Where reports are published.
    hashes
        Of what reports are made from.
    force
        Make all of them again.
    """
    records = manifest.read(directory)
    return {
        report: ["was asked for with --force"]
        if force
        else _why(report, records.get(report.stem), directory, hashes)
        for report in reports
    }


def _why(
    report: Report, record: manifest.Record | None, directory: Path, hashes: Hashes
) -> list[str]:
    tables = hashes.again(record.ingredients) if record else {}
    return manifest.why_stale(record, hashes.ingredients(report, tables), directory)


def build(
    reports: Mapping[Report, list[str]],
    directory: Path,
    hashes: Hashes,
    on_progress: OnProgress,
    *,
    jobs: int = 1,
    cluster: str | None = None,
    cell_timeout: float = CELL_TIMEOUT,
) -> Outcome:
    """Make the reports that are due and publish them together with the pages about the whole edition.

    A report that fails, or in which a verdict is not the one that was signed, keeps its last published edition; the
    others are published all the same. A notebook that failed is kept, with its traceback, under ``failed/``.

    Parameters
    ----------
    reports
        From `due`: those with reasons are made.
    directory
        Where to publish, under the lock of `turkic_ties.reports.publish.exclusive`.
    hashes
        Those `due` took: a table edited in the meantime must make the report due again.
    on_progress
        Called as reports advance, from several threads.
    jobs
        How many notebooks run at once.
    cluster
        Address of a Dask scheduler to run them on instead.
    cell_timeout
        Seconds a cell may take before its notebook counts as hanging.

    Raises
    ------
    turkic_ties.data.DataError
        When a table is missing or damaged; nothing is published.
    """
    outcome = Outcome(reused=[report.stem for report, reasons in reports.items() if not reasons])
    wanted = [report for report, reasons in reports.items() if reasons]
    records, began = manifest.read(directory), now()
    if wanted:
        hashes.tables(
            data.addresses()
        )  # before anything is read: an edit from here on makes a report due again
    with staging(directory) as folder:
        edition = folder / "edition"
        edition.mkdir()
        for report, produced in _all_produced(
            wanted, folder, on_progress, jobs, cluster, cell_timeout
        ):
            error = produced.error or _unsigned(produced)
            if error:
                outcome.failed[report.stem] = error
                _keep(produced.executed, directory / FAILED / f"{report.stem}.ipynb")
            else:
                outcome.built.append(report.stem)
                (directory / FAILED / f"{report.stem}.ipynb").unlink(missing_ok=True)
                records[report.stem] = _stage(report, produced, edition, hashes)
            on_progress(report, "failed" if error else "done", 1.0)
        outcome.changes = changes.between(directory, edition, outcome.built)
        pages = _pages(records, edition, directory, hashes, outcome)
        if pages:
            records[manifest.PAGES] = pages
        if wanted or pages:
            from importlib.metadata import version  # slow to import, for a build with nothing to do

            _write({HISTORY: _history(directory / HISTORY, began, outcome)}, edition)
            _write({manifest.NAME: manifest.as_json(records, version("turkic-ties"))}, edition)
            outcome.published = publish(edition, directory)
    return outcome


def _all_produced(
    reports: list[Report],
    folder: Path,
    on_progress: OnProgress,
    jobs: int,
    cluster: str | None,
    cell_timeout: float,
) -> Iterator[tuple[Report, Produced]]:
    """Produce reports, each as soon as there is room for it, and give them in the order they are done."""
    if not reports:
        return
    if not cluster:
        _get_ready(reports)
    with _workers(jobs, cluster) as workers:
        # What a cluster's workers write and show stays with them.
        here: tuple[Path | None, OnProgress | None] = (
            (None, None) if cluster else (folder, on_progress)
        )
        running = {
            workers.submit(produce, report, cell_timeout, *here): report for report in reports
        }
        for future in as_completed(running):
            yield running.pop(future), future.result()


def _get_ready(reports: list[Report]) -> None:
    """Have another process import what notebooks import, and meanwhile do in this one what is done only once.

    All of it in one thread: two that import the same modules at the same time can find them half initialised.
    """
    from turkic_ties.kernels import client

    client.warm_up()
    import nbformat

    importlib.import_module("turkic_ties.reports.run")
    importlib.import_module("turkic_ties.reports.pages")
    from turkic_ties.reports.render import render

    for report in {report.topic: report for report in reports}.values():
        notebook = nbformat.read(report.notebook, as_version=4)
        for cell in notebook.cells:
            cell.outputs = []
        render(report, notebook)  # its code, once highlighted, is remembered


@contextmanager
def _workers(jobs: int, cluster: str | None) -> Iterator[Executor]:
    """Give what runs reports: threads, each with kernels of its own, or a cluster."""
    if cluster:
        from turkic_ties.reports.cluster import connect

        with connect(cluster) as executor:
            yield executor
        return
    threads = ThreadPoolExecutor(jobs)
    try:
        yield threads
    finally:
        threads.shutdown(
            wait=False, cancel_futures=True
        )  # a build that is stopped does not wait for notebooks


def produce(
    report: Report,
    cell_timeout: float = CELL_TIMEOUT,
    folder: Path | None = None,
    on_progress: OnProgress | None = None,
) -> Produced:
    """Run and render one report, here or on a worker of a cluster; a kernel that died gets a second try.

    Parameters
    ----------
    report
        What to make.
    cell_timeout, on_progress
        As for `build`.
    folder
        Where it may write; None for a temporary folder.

    Raises
    ------
    turkic_ties.data.DataError
        When a table is missing or damaged.
    """
    # Heavy, and a build that has nothing to do must not wait for them.
    from turkic_ties.reports.render import render
    from turkic_ties.reports.run import EXECUTED, NotebookFailed, run

    def on_section(section: str, cell: int, cells: int) -> None:
        if on_progress:
            on_progress(report, section, cell / (cells + 1))

    produced = Produced(started=now())
    for last_try in (False, True):
        with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as private:
            try:
                produced.files = render(
                    report, run(report, Path(private), on_section, cell_timeout)
                )
                produced.error = ""
                break
            except NotebookFailed as error:
                executed = Path(private) / EXECUTED
                produced.executed = (
                    executed.read_text(encoding="utf-8") if executed.is_file() else ""
                )
                produced.error = str(error)
                if last_try or not error.died:
                    break
    return replace(produced, ended=now())


def _unsigned(produced: Produced) -> str:
    """Say which verdicts are not those that were signed; empty where all are."""
    shown = json.loads(produced.files["json"]).get("claims", [])
    if not (ids := [claim["id"] for claim in shown if claim["verdict"] != claim["signed"]]):
        return ""
    from turkic_ties import claims

    registry = claims.load()
    return "\n".join(
        [
            "verdicts are not those that were signed:",
            *claims.check(registry, claims.evaluate(registry, ids)),
        ]
    )


def _stage(report: Report, produced: Produced, edition: Path, hashes: Hashes) -> manifest.Record:
    read = [table["table"] for table in json.loads(produced.files["json"])["tables"]]
    files = {f"{report.stem}.{ending}": text for ending, text in produced.files.items()}
    ingredients = hashes.ingredients(report, hashes.tables(read))
    return manifest.Record(ingredients, _write(files, edition), produced.started, produced.ended)


def _write(files: Mapping[str, str], edition: Path) -> dict[str, str]:
    """Write files into a staged edition and hash them."""
    outputs = {}
    for name, text in files.items():
        content = text.encode()
        (edition / name).parent.mkdir(parents=True, exist_ok=True)
        (edition / name).write_bytes(content)
        outputs[name] = hashlib.sha256(content).hexdigest()
    return outputs


def _pages(
    records: manifest.Records, edition: Path, directory: Path, hashes: Hashes, outcome: Outcome
) -> manifest.Record | None:
    """Make the pages about the whole edition, where what they are made from has changed, or a figure moved."""
    pages = records.get(manifest.PAGES)
    made = [record for name, record in records.items() if name != manifest.PAGES]
    read = {
        name.removeprefix("table ")
        for record in made
        for name in record.ingredients
        if name.startswith("table ")
    }
    ingredients = {
        **hashes.common,
        DATA_FOLDER: hashes.data_folder,
        **(hashes.again(pages.ingredients) if pages and not outcome.built else hashes.tables(read)),
        **{
            path: sha256
            for record in made
            for path, sha256 in record.outputs.items()
            if not path.endswith(".html")
        },
    }
    if not outcome.changes and not manifest.why_stale(pages, ingredients, directory):
        return None
    from turkic_ties.reports.pages import edition_pages

    started = now()
    whats_new = changes.page(directory / changes.PAGE, started, outcome.changes)
    files = edition_pages(edition, directory) | {changes.PAGE: whats_new}
    return manifest.Record(ingredients, _write(files, edition), started, now())


def _keep(executed: str, target: Path) -> None:
    if executed:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(executed, encoding="utf-8")


def _history(history: Path, began: str, outcome: Outcome) -> str:
    """Add a line for this build to those of the builds before."""
    line = {
        "started": began,
        "ended": now(),
        "built": sorted(outcome.built),
        "reused": sorted(outcome.reused),
        "failed": sorted(outcome.failed),
        "verdict_changes": [str(change) for change in outcome.changes if change.kind == "verdict"],
    }
    before = history.read_text(encoding="utf-8") if history.is_file() else ""
    return before + json.dumps(line, ensure_ascii=False) + "\n"
