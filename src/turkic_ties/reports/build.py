"""Build: find what is out of date, build it on all cores or a cluster, publish what succeeded."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from turkic_ties import articles, cache, countries, data, files, hashing, languages, topics
from turkic_ties.errors import TiesError
from turkic_ties.parameters import ParameterError
from turkic_ties.reports import changes, frame, manifest, summaries
from turkic_ties.reports import pdf as pdfs
from turkic_ties.reports.frame import Edition
from turkic_ties.reports.plan import CELL_TIMEOUT, Hashes, Ingredients, Report, plan
from turkic_ties.reports.publish import now, publish, staging
from turkic_ties.topics import NotebookError

HISTORY = "history.jsonl"
FAILED = "failed"  # folder of the notebooks that stopped, with their tracebacks

OnProgress = Callable[[Report, str, float], None]
"""Called with a report, its current section, and the part of it that is done (0 to 1)."""


@dataclass
class ReportResult:
    """One report that was run.

    Parameters
    ----------
    files
        Its files by ending; empty when it failed.
    error
        Why it failed.
    executed
        The notebook up to the cell that failed.
    notes
        Outputs that are not on the page, or that differ from run to run.
    started, ended
        When it was run.
    """

    files: dict[str, str] = field(default_factory=dict)
    error: str = ""
    executed: str = ""
    notes: list[str] = field(default_factory=list)
    started: str = ""
    ended: str = ""


@dataclass
class BuildResult:
    """A build: published files, reports built, reused and failed (with the reason), and changes.

    ``refused`` are the articles whose files have a mistake, with what it is; ``notes`` say of a
    report which outputs are not on its page, or differ from run to run; ``kept`` are copies of
    files that were edited by hand and then replaced.
    """

    published: list[Path] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    changes: list[changes.Change] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def due(
    reports: Iterable[Report], directory: Path, hashes: Hashes, force: bool = False
) -> dict[Report, list[str]]:
    """Say for each report why it has to be built again; an empty list where it does not.

    Parameters
    ----------
    reports
        From `turkic_ties.reports.plan.plan`.
    directory
        Where reports are published.
    hashes
        Of what reports are made from.
    force
        Build all of them again.
    """
    records = manifest.read(directory)

    def reasons(report: Report) -> list[str]:
        if force:
            return ["requested with --force"]
        record = records.get(report.stem)
        tables = hashes.rehash_tables(record.ingredients) if record else {}
        return manifest.why_stale(record, hashes.ingredients(report, tables), directory)

    return {report: reasons(report) for report in reports}


def build(
    reports: Mapping[Report, list[str]],
    directory: Path,
    hashes: Hashes,
    on_progress: OnProgress,
    *,
    jobs: int = 1,
    cluster: str | None = None,
    cell_timeout: float = CELL_TIMEOUT,
    about: Edition | None = None,
    pdf: bool = False,
) -> BuildResult:
    """Build the reports that are due and publish them with the pages about the whole edition.

    A report that fails, or in which a verdict is not the reviewed one, keeps its last published
    edition; the others are published. The notebook of a failed report is kept, with its traceback,
    under ``failed/``.

    Parameters
    ----------
    reports
        From `due`: those with reasons are built.
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
        Seconds a cell may take.
    about
        Address, date and next build of the edition, as requested.
    pdf
        Make PDFs of these reports as well.

    Raises
    ------
    turkic_ties.data.DataError
        When a table is missing or damaged; nothing is published.
    """
    result = BuildResult(reused=[report.stem for report, reasons in reports.items() if not reasons])
    wanted = [report for report, reasons in reports.items() if reasons]
    published, began = manifest.read(directory), now()
    records = _existing(published, reports, directory)
    if wanted:
        cache.tidy()
        # Before a notebook reads any: a table edited from here on makes its reports due again.
        hashes.tables(data.addresses())
    with staging(directory) as folder:
        edition = folder / "edition"
        edition.mkdir()
        for report, produced in _produced(wanted, folder, on_progress, jobs, cluster, cell_timeout):
            error = produced.error or _unreviewed(produced)
            result.kept += _replace_failed(
                directory / FAILED / f"{report.stem}.ipynb", produced.executed if error else ""
            )
            if error:
                result.failed[report.stem] = error
            else:
                result.built.append(report.stem)
                staged = _stage(report, produced, edition, hashes)
                before, records[report.stem] = records.get(report.stem), staged
                result.notes[report.stem] = [
                    *produced.notes,
                    *_differing(before, staged, directory, edition),
                ]
            on_progress(report, "failed" if error else "done", 1.0)
        about = about or Edition()
        remade = _pdfs(records, edition, directory, reports if pdf else (), result)
        written = _articles(records, edition, directory, hashes, result)
        result.changes = changes.between(directory, edition, [*result.built, *written])
        pages = _pages(records, edition, directory, hashes, result, about)
        if pages:
            records[manifest.PAGES] = pages
        if wanted or remade or written or pages:
            history = _history(directory / HISTORY, began, result)
            crate = manifest.as_json(records, manifest.version(), f"{about.base_url}about.html")
            _write({HISTORY: history, manifest.NAME: crate}, edition)
            result.kept += _keep_edited(manifest.read(directory), edition, directory)
            result.published = publish(edition, directory)
            for path in published.keys() - records.keys():
                if path.endswith(pdfs.SUFFIX):
                    (directory / path).unlink(missing_ok=True)
    return result


def preview(directory: Path, jobs: int) -> tuple[list[changes.Change], list[str]]:
    """Run the standard reports that are out of date, publish nothing, and see what would move.

    Parameters
    ----------
    directory
        The published edition.
    jobs
        How many notebooks run at once.

    Returns
    -------
    tuple
        Key figures that would move, and what is wrong with the reports that fail.
    """
    reasons = due(plan([], {}), directory, Hashes())
    wanted, failed = [report for report in reasons if reasons[report]], []
    with files.temporary() as folder:
        ran = _produced(wanted, folder, lambda *_: None, jobs, None, CELL_TIMEOUT)
        for report, produced in ran:
            if produced.error:
                failed.append(produced.error)
            else:
                _write({f"{report.stem}.json": produced.files["json"]}, folder)
        return changes.between(directory, folder, [report.stem for report in wanted]), failed


def _existing(
    records: manifest.Records, reports: Iterable[Report], directory: Path
) -> manifest.Records:
    """Leave out the records of reports that were deleted by hand and are not requested."""
    requested = {report.stem for report in reports}
    return {
        name: record
        for name, record in records.items()
        if name in requested or any((directory / path).exists() for path in record.outputs)
    }


def _produced(
    reports: list[Report],
    folder: Path,
    on_progress: OnProgress,
    jobs: int,
    cluster: str | None,
    cell_timeout: float,
) -> Iterator[tuple[Report, ReportResult]]:
    """Produce reports as workers are free, and give them in the order they are done."""
    if not reports:
        return
    # Workers of a cluster write and show nothing here.
    own: tuple[Path | None, OnProgress | None] = (None, None)
    if not cluster:
        _warm_up(reports)
        own = (folder, on_progress)
    with _workers(jobs, cluster) as workers:
        running = {
            workers.submit(produce, report, cell_timeout, *own): report for report in reports
        }
        for future in as_completed(running):
            yield running.pop(future), future.result()


def _warm_up(reports: list[Report]) -> None:
    """Let the parent of all kernels import libraries, and meanwhile fill this process's caches.

    In one thread: two that import the same modules at once can see them half initialised.
    """
    from turkic_ties.kernels import client

    client.share(warm_up=True)
    import nbformat

    from turkic_ties.reports import pages  # noqa: F401
    from turkic_ties.reports.render import render
    from turkic_ties.reports.run import read_notebook

    for report in {report.topic: report for report in reports}.values():
        with suppress(Exception):  # what is wrong with a notebook is said when it is run
            notebook = read_notebook(report.notebook)
            for cell in notebook.cells:
                cell.outputs = [nbformat.v4.new_output("stream")]  # none would leave out sections
            render(report, notebook)  # highlighted code is cached


@contextmanager
def _workers(jobs: int, cluster: str | None) -> Iterator[Executor]:
    """Give what runs reports: threads, each with its own kernels, or a cluster."""
    if cluster:
        from turkic_ties.reports.cluster import connect

        with connect(cluster) as executor:
            yield executor
        return
    threads = ThreadPoolExecutor(jobs)
    try:
        yield threads
    finally:
        # A build that is stopped does not wait for its notebooks.
        threads.shutdown(wait=False, cancel_futures=True)


def produce(
    report: Report,
    cell_timeout: float = CELL_TIMEOUT,
    folder: Path | None = None,
    on_progress: OnProgress | None = None,
) -> ReportResult:
    """Run and render one report, here or on a worker of a cluster.

    A kernel that died gets a second try; a cell that raised an error or took too long does not.

    Parameters
    ----------
    report
        What to build.
    cell_timeout, on_progress
        As for `build`.
    folder
        Where it may write; None for a temporary folder.

    Raises
    ------
    turkic_ties.data.DataError
        When a table is missing or damaged.
    """
    from turkic_ties.reports import outputs
    from turkic_ties.reports.render import render
    from turkic_ties.reports.run import EXECUTED, run

    def on_section(section: str, cell: int, cells: int) -> None:
        if on_progress:
            on_progress(report, section, cell / (cells + 1))

    result, began = ReportResult(started=now()), time.time()
    for last_try in (False, True):
        with files.temporary(folder) as private:
            try:
                notebook = run(report, private, on_section, cell_timeout)
                result.files, result.error = render(report, notebook), ""
                result.notes = outputs.notes(notebook, private, began)
                break
            except NotebookError as error:
                executed = private / EXECUTED
                result.executed = executed.read_text("utf-8") if executed.is_file() else ""
                result.error = str(error)
                if last_try or not getattr(error, "died", False):
                    break
            except (data.DataError, OSError):
                raise
            except Exception as error:  # whatever goes wrong, the other reports are published
                result.error = f"{report.name}: {type(error).__name__}: {error}".splitlines()[0]
                break
    return replace(result, ended=now())


def _unreviewed(produced: ReportResult) -> str:
    """Say which verdicts are not the reviewed ones; empty where all are."""
    shown = json.loads(produced.files["json"]).get("claims", [])
    if not (others := [claim for claim in shown if claim["verdict"] != claim["signed"]]):
        return ""
    from turkic_ties import claims

    differences = ["verdicts are not those that were signed:"]
    for claim in others:
        registry = claims.load(claim["article"])
        differences += claims.check(registry, claims.evaluate(registry, [claim["id"]]))
    return "\n".join(differences)


def _stage(
    report: Report, produced: ReportResult, edition: Path, hashes: Hashes
) -> manifest.Record:
    """Write the files of a report into the staged edition."""
    shown = json.loads(produced.files["json"])["tables"]
    read = {table["table"]: table["hash"] for table in shown}
    files = {f"{report.stem}.{ending}": text for ending, text in produced.files.items()}
    ingredients = hashes.ingredients(report, hashes.confirmed(hashes.tables(read), read))
    return manifest.Record(ingredients, _write(files, edition), produced.started, produced.ended)


def _differing(
    before: manifest.Record | None, after: manifest.Record, directory: Path, edition: Path
) -> list[str]:
    """Name the sections of a page that are not those of the last run with the same inputs."""
    if before is None or before.ingredients != after.ingredients:
        return []
    from turkic_ties.reports.outputs import differing

    found = []
    for path in (path for path in before.outputs if path.endswith(".html")):
        published = _text(directory / path)
        if hashing.of_bytes(published.encode()) != before.outputs[path]:
            continue  # edited or deleted by hand
        old, new = frame.bare(published), frame.bare(_text(edition / path))
        if old != new:
            where = differing(old, new)
            found.append(f"another run with the same inputs gave another result: {where}")
    return found


def _text(path: Path) -> str:
    """Read a page; empty where it was deleted."""
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def _pdfs(
    records: manifest.Records,
    edition: Path,
    directory: Path,
    requested: Iterable[Report],
    result: BuildResult,
) -> bool:
    """Make the requested PDFs, and leave out others that are no longer those of their pages.

    Returns whether any is made or left out.
    """
    wanted, changed = {report.stem for report in requested}, False
    made_of: dict[str, list[str]] = {name: [] for name in records if name.endswith(pdfs.SUFFIX)}
    made_of |= pdfs.plan(records)
    for path, stems in made_of.items():
        due, record = not wanted.isdisjoint(stems), records.get(path)
        if not (due or record):
            continue
        moved = due or not record or _moved(record, stems, edition)
        if record and not moved and not manifest.altered(record, directory):
            continue
        contents, started = pdfs.read(stems, edition, directory), now()
        ingredients = pdfs.ingredients(contents)
        if record and not due:  # made by an earlier version, it is still that of its pages
            ingredients["pdf"] = record.ingredients.get("pdf", "")
        if not manifest.why_stale(record, ingredients, directory):
            continue
        changed = True
        records.pop(path, None)
        if due and contents:
            try:
                outputs = _write({path: pdfs.typeset(path, contents)}, edition)
                records[path] = manifest.Record(ingredients, outputs, started, now())
            except OSError:
                raise
            except Exception as error:  # everything else is published
                result.failed[path] = f"{type(error).__name__}: {error}".splitlines()[0]
    return changed


def _moved(record: manifest.Record, stems: Iterable[str], edition: Path) -> bool:
    """Tell, without reading them, whether a PDF may have other reports than it was made of."""
    names = {"pdf", *(f"report {stem}" for stem in stems)}
    run = any((edition / f"{stem}.html").is_file() for stem in stems)
    return run or names != record.ingredients.keys()


def _write(files: Mapping[str, str | bytes], edition: Path) -> dict[str, str]:
    """Write files into the staged edition and hash them."""
    outputs = {}
    for name, text in files.items():
        content = text.encode() if isinstance(text, str) else text
        (edition / name).parent.mkdir(parents=True, exist_ok=True)
        (edition / name).write_bytes(content)
        outputs[name] = hashing.of_bytes(content)
    return outputs


def articles_due(
    directory: Path, hashes: Hashes, records: manifest.Records | None = None
) -> dict[str, tuple[Ingredients, list[str]]]:
    """Say for the page of each article what it is made from, and why it has to be written again.

    Parameters
    ----------
    directory, hashes
        As for `due`.
    records
        Of the edition, with what this build has added; as they were published when left out.
    """
    records = manifest.read(directory) if records is None else records
    found = {}
    for slug, path in articles.find()[0].items():
        record = records.get(f"{articles.FOLDER}/{slug}")
        summaries = {
            f"summary {report.stem}": records[report.stem].outputs.get(f"{report.stem}.json", "")
            for report in _of_pair(path)
            if report.stem in records
        }
        own = {**hashes.common, **hashes.article(path), **summaries}
        tables = hashes.rehash_tables(record.ingredients) if record else {}
        found[slug] = own, manifest.why_stale(record, own | tables, directory)
    return found


def _of_pair(path: Path) -> list[Report]:
    """List the reports with default parameters on the pair of an article."""
    pair = articles.pair(path)
    if pair is None or not set(pair) <= set(countries.MEMBERS) or pair[0] == pair[1]:
        return []
    with suppress(ParameterError):  # no notebook takes a pair
        return plan([], dict(zip(("country", "partner"), pair, strict=True)))
    return []


def _summary(report: Report, *folders: Path) -> dict[str, Any] | None:
    """Read the summary of a report from the first folder that has it."""
    read = (summaries.read(folder / f"{report.stem}.json") for folder in folders)
    return next(filter(None, read), None)


def _articles(
    records: manifest.Records, edition: Path, directory: Path, hashes: Hashes, result: BuildResult
) -> list[str]:
    """Write the pages of articles that are out of date; what has a mistake is named."""
    found, problems = articles.find()
    result.refused |= problems
    written = []
    for slug, (own, reasons) in articles_due(directory, hashes, records).items():
        if not reasons:
            continue
        stem, started = f"{articles.FOLDER}/{slug}", now()
        reports = _of_pair(found[slug])
        shown = {
            report.topic: summary
            for report in reports
            if (summary := _summary(report, edition, directory))
        }
        stale = due(reports, directory, hashes)
        known = [
            claim
            for report in reports
            if report.topic in shown and (report.stem in result.built or not stale[report])
            for claim in shown[report.topic]["claims"]
        ]
        from turkic_ties import claims
        from turkic_ties.reports.articles import UnsignedError, evaluate, make, tables

        try:
            registry = claims.load(found[slug])
            results = evaluate(registry, known)
        except UnsignedError as error:
            result.failed[stem] = str(error)
        except TiesError as error:
            result.refused[slug] = str(error)
        else:
            read = {table["table"]: table["hash"] for table in tables(results)}
            ingredients = own | hashes.confirmed(hashes.tables(read), read)
            outputs = _write(make(registry, results, shown), edition)
            records[stem] = manifest.Record(ingredients, outputs, started, now())
            written.append(stem)
    return written


def _pages(
    records: manifest.Records,
    edition: Path,
    directory: Path,
    hashes: Hashes,
    result: BuildResult,
    about: Edition,
) -> manifest.Record | None:
    """Make the pages about the whole edition, if anything they are made from has changed."""
    reports = [record for name, record in records.items() if name != manifest.PAGES]
    read = {name: "" for record in reports for name in record.ingredients}
    summaries = {
        path: sha256
        for record in reports
        for path, sha256 in record.outputs.items()
        if not path.endswith(".html")
    }
    ingredients = {
        **hashes.common,
        **hashes.articles(),
        **hashes.rehash_tables(read),
        **summaries,
        "frame": _frame_hash(records, hashes, about),
    }
    before = records.get(manifest.PAGES)
    stale = manifest.why_stale(before, ingredients, directory)
    same_frame = before and before.ingredients.get("frame") == ingredients["frame"]
    if stale or any(edition.rglob("*.html")):
        about = _frame(records, edition, directory, about, only_new=bool(same_frame))
    if not result.changes and not stale:
        return None
    from turkic_ties.reports.pages import edition_pages

    started = now()
    log = changes.as_lines(changes.read(directory), started, result.changes)
    of_edition = json.dumps(asdict(about), ensure_ascii=False, indent=1) + "\n"
    outputs = _write({changes.LOG: log, frame.NAME: of_edition}, edition)
    try:
        outputs |= _write(edition_pages(edition, directory), edition)
    except (data.DataError, OSError):
        raise
    except Exception as error:  # the reports are published all the same
        result.failed["index"] = f"pages about the edition: {type(error).__name__}: {error}"
        if before:
            before.ingredients.pop("frame", None)  # that of its own pages, no longer of the others
        return None
    return manifest.Record(ingredients, outputs, started, now())


def _stems(records: manifest.Records) -> frozenset[str]:
    """List the reports of an edition and its PDFs."""
    return frozenset(
        name
        for name in records
        if name != manifest.PAGES and not name.startswith(f"{articles.FOLDER}/")
    )


def _frame_hash(records: manifest.Records, hashes: Hashes, about: Edition) -> str:
    """Hash what the places of all pages are filled from, apart from each page's own summary."""
    shared = [
        hashes.common,
        [hashes.language(code) for code in languages.codes()],
        [(name, topics.describe(name).title) for name in topics.names()],
        asdict(about),
        sorted(_stems(records)),
    ]
    return hashing.of_bytes(json.dumps(shared, sort_keys=True).encode())


def _frame(
    records: manifest.Records, edition: Path, directory: Path, about: Edition, only_new: bool
) -> Edition:
    """Fill the places of pages of reports and articles, and say when one last changed.

    Pages that are published already have theirs filled: they are read again only when what all
    pages share has changed.
    """
    from turkic_ties.reports.pages import report_page

    stems, updated = _stems(records), frame.read(directory).updated
    for stem, record in records.items():
        page = f"{stem}.html"
        new = (edition / page).is_file()
        if page not in record.outputs or (only_new and not new):
            continue
        folder = edition if new else directory
        path = folder / page
        text = path.read_bytes() if path.is_file() else b""
        if hashing.of_bytes(text) == record.outputs.get(page):  # not altered by hand
            framed = report_page(folder, page, about, stems)
            if new or framed.encode() != text:
                record.outputs.update(_write({page: framed}, edition))
        if new and manifest.altered(record, directory):
            updated = now()[:10]
    return replace(about, updated=updated)


def _replace_failed(path: Path, executed: str) -> list[Path]:
    """Replace the notebook of a failed report; one that was edited by hand is kept under a name."""
    kept = []
    if path.is_file():
        content = path.read_bytes()
        if _signature(content) == _signature(content, stored=True):
            path.unlink()
        else:
            kept.append(path.with_suffix(f".edited-{hashing.of_bytes(content)[-8:]}.ipynb"))
            os.replace(path, kept[0])
    if executed:
        path.parent.mkdir(parents=True, exist_ok=True)
        notebook = json.loads(executed)
        notebook["metadata"][FAILED] = _signature(executed.encode())
        files.write(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    return kept


def _signature(content: bytes, stored: bool = False) -> str:
    """Hash the cells of a notebook, or give the hash that the build stored in it."""
    try:
        notebook = json.loads(content)
        if stored:
            return str(notebook["metadata"][FAILED])
        return hashing.of_bytes(json.dumps(notebook["cells"], sort_keys=True).encode())
    except (ValueError, LookupError, TypeError):
        return "stored" if stored else "no notebook"


def _keep_edited(records: manifest.Records, edition: Path, directory: Path) -> list[Path]:
    """Copy published files that were edited by hand and are about to be replaced."""
    kept = []
    for record in records.values():
        for path, published in record.outputs.items():
            if (edition / path).is_file() and (directory / path).is_file():
                content = (directory / path).read_bytes()
                found = hashing.of_bytes(content)
                if found != published and content != (edition / path).read_bytes():
                    kept.append(directory / f"{path}.edited-{found[-8:]}")
                    kept[-1].write_bytes(content)
    return kept


def _history(history: Path, began: str, result: BuildResult) -> str:
    """Add a line for this build to the history."""
    verdicts = [str(change) for change in result.changes if change.kind == "verdict"]
    line = {
        "started": began,
        "ended": now(),
        "built": sorted(result.built),
        "reused": len(result.reused),  # their names in every line would outgrow all else
        "failed": sorted(result.failed),
        "verdict_changes": verdicts,
    }
    before = history.read_text("utf-8", errors="replace") if history.is_file() else ""
    return before + json.dumps(line, ensure_ascii=False) + "\n"
