"""What `benchmarks/build.py` measures from inside a process of its own.

``inside.py profile PAIR...`` builds the four reports on each pair, samples where processor time is
spent, here and in the kernels, and prints it as JSON. ``inside.py cluster ADDRESS PAIR...`` builds
them on a cluster. ``inside.py make|build|one|verify FOLDER
EDITION RANGES`` works on an edition of all pairs for so many ranges of years, whose reports are
copies of the four of EDITION.

A profiler that counts every call, such as cProfile, more than doubles the time of code with many
small calls. Samples of the stack cost about 1 % and leave the shares as they are.
"""

from __future__ import annotations

import functools
import importlib
import json
import mmap
import os
import signal
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

TOPICS = ("trade", "defense", "language_policy", "demographics")
EVERY = 0.005  # seconds of processor time between two samples
KERNELS = "TIES_BENCH_KERNELS"  # folder in which kernels write what they sampled
KERNEL_START = "kernels: fork and start"
OUTERMOST = {"<frozen importlib": "imports", "/src/turkic_ties/claims/": "statements"}
"""Parts that include all they call."""
INNERMOST = {
    "/matplotlib/": "drawing",
    "/seaborn/": "drawing",
    "/src/turkic_ties/theme.py": "drawing",
    "/src/turkic_ties/data/": "tables",
    "/src/turkic_ties/measures/": "measures",
    "/src/turkic_ties/findings/": "measures",
    "/src/turkic_ties/show/": "shown tables and cards",
    "/src/turkic_ties/reports/render.py": "rendering",
    "/src/turkic_ties/reports/outputs.py": "rendering",
    "/src/turkic_ties/reports/run.py": "papermill and kernels",
    "/src/turkic_ties/kernels/": "papermill and kernels",
    "build.py:_warm_up": "rendering",
    "build.py:_articles": "pages about the edition and articles",
    "build.py:_pages": "pages about the edition and articles",
    "build.py:due": "publishing",
    "/src/turkic_ties/reports/publish.py": "publishing",
    "/src/turkic_ties/reports/manifest.py": "publishing",
    "build.py:": "publishing",
    **{f"/src/turkic_ties/{topic}.py": "measures" for topic in TOPICS},
    "<ipython-input": "cells themselves",
    "compilerop.py:ast_parse": "cells themselves",
    "/codeop.py:": "cells themselves",
    "/ipykernel/": "papermill and kernels",
    "/traitlets/": "papermill and kernels",
}
"""Otherwise the part of the innermost function counts: a table loaded by a measure is a table."""
PARTS = sorted({*OUTERMOST.values(), *INNERMOST.values(), KERNEL_START, "other"})


@functools.cache
def _part(code: CodeType, parts: str) -> str:
    where = f"{code.co_filename}:{code.co_name}"
    named = OUTERMOST if parts == "outermost" else INNERMOST
    return next((part for name, part in named.items() if name in where), "")


def sample(taken: Any) -> None:
    """Add to the seconds of processor time of each part, from now on."""
    last = time.process_time()

    def handler(_: int, frame: FrameType | None) -> None:
        nonlocal last
        codes, now = [], time.process_time()
        while frame:
            codes.append(frame.f_code)
            frame = frame.f_back
        parts = [_part(code, "outermost") for code in reversed(codes)]
        parts += [_part(code, "innermost") for code in codes]
        # The whole time since the last sample: no signal arrives within a long call into C.
        taken[PARTS.index(next(filter(None, parts), "other"))] += now - last
        last = now

    signal.signal(signal.SIGPROF, handler)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)


def sample_kernel(started: float) -> None:
    """Sample a kernel until it is killed, into a file that is part of its memory."""
    path = Path(os.environ[KERNELS], str(os.getpid()))
    path.write_bytes(bytes(8 * len(PARTS)))
    with path.open("r+b") as file:
        taken = memoryview(mmap.mmap(file.fileno(), 0)).cast("d")
    taken[PARTS.index(KERNEL_START)] = started
    sample(taken)


def profile(pairs: list[str]) -> None:
    """Build the reports on some pairs one after another, and print where the time went."""
    here = [0.0] * len(PARTS)
    sample(here)
    from turkic_ties.reports import build as building  # first, as in a build: it spares imports

    engines = importlib.import_module("papermill.engines").papermill_engines
    hook = "import sys, time; started = time.process_time(); "
    hook += f"sys.path.insert(0, {str(Path(__file__).parent)!r}); import inside; "
    hook += "inside.sample_kernel(started)"
    execute = engines.execute_notebook_with_engine

    def sampled(*arguments: Any, extra_arguments: list[str], **options: Any) -> Any:
        lines = [*extra_arguments, f"--IPKernelApp.exec_lines={hook}"]
        return execute(*arguments, extra_arguments=lines, **options)

    engines.execute_notebook_with_engine = sampled
    building._workers = _here
    with tempfile.TemporaryDirectory() as name:
        kernels = Path(name, "kernels")
        kernels.mkdir()
        os.environ[KERNELS] = str(kernels)
        built = build_pairs(pairs, Path(name, "edition"))
        signal.setitimer(signal.ITIMER_PROF, 0)
        taken = [here, *(array("d", path.read_bytes()) for path in kernels.iterdir())]
    if len(taken) != built + 1:
        sys.exit(f"{len(taken) - 1} kernels of {built} sampled")
    print(json.dumps(dict(zip(PARTS, map(sum, zip(*taken, strict=True)), strict=True))))


def build_pairs(pairs: list[str], folder: Path, cluster: str | None = None) -> int:
    """Build the reports on some pairs and count them."""
    from turkic_ties.reports import build as building
    from turkic_ties.reports.plan import Hashes, plan
    from turkic_ties.reports.publish import exclusive

    named = [dict(zip(("country", "partner"), pair.split("-"), strict=True)) for pair in pairs]
    reports = [report for pair in named for report in plan([], pair)]
    with exclusive(folder):
        hashes = Hashes()
        reasons = building.due(reports, folder, hashes)
        outcome = building.build(reasons, folder, hashes, lambda *_: None, cluster=cluster)
    if outcome.failed or len(outcome.built) != len(reports):
        sys.exit(f"{len(outcome.built)} built: {outcome.failed}")
    return len(reports)


class _Here(Executor):
    """Runs everything at once in the main thread, where samples are taken."""

    def submit(self, function: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(function(*arguments, **options))
        return done


@contextmanager
def _here(*_: object) -> Iterator[Executor]:
    yield _Here()


# -- an edition of many reports --------------------------------------------------------------------

FIRST = 1996  # first year of the second range; no topic has it as its default


def many(count: int) -> list[Any]:
    """List the reports of all pairs for so many ranges of years."""
    from turkic_ties.reports.plan import plan

    ranges: list[dict[str, Any]] = [{}, *({"start": FIRST + n} for n in range(count - 1))]
    return [report for given in ranges for report in plan([], given, all_pairs=True)]


def copied(report: Any, edition: Path, text: str = "") -> dict[str, str]:
    """Give the files of the standard report on the topic, as those of another report."""
    from turkic_ties.reports import frame

    found = edition / report.topic / "kaz-tur"
    endings = ("html", "json", "svg")
    files = {ending: found.with_suffix(f".{ending}").read_text("utf-8") for ending in endings}
    summary = json.loads(files["json"])
    summary |= {"parameters": dict(report.parameters), "title": report.title}
    if report.stem != f"{report.topic}/kaz-tur":
        summary["claims"] = []  # no article is about the others
    summary["in_short"] = [text or report.title, *summary["in_short"]]
    files["json"] = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
    return files | {"html": frame.bare(files["html"])}


def make_many(folder: Path, edition: Path, count: int) -> None:
    """Publish copies with their records, as if they had been run."""
    from turkic_ties.reports import build as building
    from turkic_ties.reports import manifest
    from turkic_ties.reports.plan import Hashes

    hashes, records = Hashes(), {}
    for report in many(count):
        result = building.ReportResult(copied(report, edition), started="2026", ended="2026")
        records[report.stem] = building._stage(report, result, folder, hashes)
    (folder / manifest.NAME).write_text(manifest.as_json(records, "copies"), encoding="utf-8")


def build_many(folder: Path, edition: Path, count: int, due: int) -> None:
    """Build as the command does, with so many reports due that need no notebook."""
    from turkic_ties.reports import build as building
    from turkic_ties.reports.plan import Hashes
    from turkic_ties.reports.publish import exclusive

    def produced(wanted: list[Any], *_: object) -> Iterator[tuple[Any, Any]]:
        for report in wanted:
            files = copied(report, edition, f"{time.time_ns()}")
            yield report, building.ReportResult(files, started="2026", ended="2026")

    if due:
        building._produced = produced
    with exclusive(folder):
        hashes = Hashes()
        reasons = building.due(many(count), folder, hashes)
        reasons |= {report: ["chosen"] for report in list(reasons)[len(reasons) - due :]}
        outcome = building.build(reasons, folder, hashes, lambda *_: None)
    if outcome.failed or outcome.refused or len(outcome.built) != due:
        sys.exit(f"{len(outcome.built)} built: {outcome.failed} {outcome.refused}")


def main(command: str, *arguments: str) -> None:
    """Do what the command line names."""
    if command == "profile":
        profile(list(arguments))
        return
    if command == "cluster":
        with tempfile.TemporaryDirectory() as name:
            build_pairs(list(arguments[1:]), Path(name, "edition"), arguments[0])
        return
    folder, edition, count = Path(arguments[0]), Path(arguments[1]), int(arguments[2])
    if command == "make":
        make_many(folder, edition, count)
    elif command == "verify":
        from turkic_ties.reports import manifest

        sys.exit("\n".join(manifest.verify(folder)[1]) or 0)
    else:
        build_many(folder, edition, count, due=int(command == "one"))


if __name__ == "__main__":
    main(*sys.argv[1:])
