"""Compare builds with what people use today, and say where their time goes; store the tables.

`make bench` runs all of it, which takes over an hour; ``make bench PART=--profile`` one part.
Each part replaces its section of ``build.md``. It is not a test: compare a time only with others of
the same run, and processor seconds rather than seconds on a machine that others use too.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path

from measuring import Measured, describe_machine, measure

from turkic_ties.cache import VARIABLE as CACHE
from turkic_ties.countries import MEMBERS
from turkic_ties.topics import TOPICS

PROJECT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_suffix(".md")
INSIDE = str(Path(__file__).with_name("inside.py"))
BIN = Path(sys.executable).parent
SAMPLE = [("UZB", "KAZ"), ("TKM", "AZE")]  # of all pairs, for what would take too long
# The options of nbval in `make test`, so that both run the same.
AS_MAKE_TEST = re.findall(r"^NBVAL := (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)[
    0
].split()
GRID = len(MEMBERS) * (len(MEMBERS) - 1) * len(TOPICS)
MANY, WORKERS, FAR = 10, 4, 10_000  # ranges of years, workers of a cluster, reports to estimate

# The Python interfaces of papermill and nbconvert, with one exporter in each process.
LOOP = """
import papermill
from concurrent.futures import ProcessPoolExecutor
from nbconvert import HTMLExporter
exporter = HTMLExporter()
def make(topic):
    executed = papermill.execute_notebook(
        f"{notebooks}/{{topic}}.ipynb", f"{folder}/{{topic}}.ipynb",
        parameters=dict(country="KAZ", partner="TUR"), kernel_name="python3", progress_bar=False)
    page, _ = exporter.from_notebook_node(executed)
    open(f"{folder}/{{topic}}.html", "w").write(page)
if {processes} == 1:
    list(map(make, {topics!r}))
else:
    with ProcessPoolExecutor({processes}) as pool:
        list(pool.map(make, {topics!r}))
"""


def by_hand(folder: Path, *pair: str) -> list[list[str]]:
    """Write the two commands most people would give for each of four reports."""
    commands = []
    for topic in TOPICS:
        executed = str(folder / f"{topic}.ipynb")
        run = [str(BIN / "papermill"), "--no-progress-bar", "-k", "python3"]
        run += ["-p", "country", pair[0], "-p", "partner", pair[1]]
        commands.append([*run, f"notebooks/{topic}.ipynb", executed])
        commands.append([str(BIN / "jupyter"), "nbconvert", "--to", "html", executed])
    return commands


def by_api(folder: Path, processes: int) -> list[str]:
    """Write the command that uses the Python interfaces."""
    notebooks = PROJECT / "notebooks"
    loop = LOOP.format(topics=TOPICS, notebooks=notebooks, folder=folder, processes=processes)
    return [sys.executable, "-c", loop]


def ours(folder: Path, *options: str) -> list[str]:
    """Write the command of a build of ours."""
    return [str(BIN / "ties"), "build", "--output", str(folder), "--quiet", *options]


def inside(*arguments: str | Path) -> list[str]:
    """Write the command for what is measured from inside a process."""
    return [sys.executable, INSIDE, *map(str, arguments)]


def nbval(*options: str) -> list[str]:
    """Write the command that compares stored outputs."""
    return [str(BIN / "pytest"), "-q", "-p", "no:cacheprovider", "--nbval", "notebooks", *options]


def ways(folder: Path) -> dict[str, Callable[[], Measured]]:
    """List what is compared, in the order it is run."""
    edition = folder / "edition"
    return {
        "(a) papermill and nbconvert from the command line": lambda: measure(
            *by_hand(folder, "KAZ", "TUR")
        ),
        "(b) papermill's API and one exporter in one process": lambda: measure(by_api(folder, 1)),
        "(b2) the same in two processes": lambda: measure(by_api(folder, 2)),
        "(c) ties build, cold kernels, one job": lambda: measure(
            ours(edition, "--force", "--jobs", "1"), TURKIC_TIES_KERNELS="cold"
        ),
        "(d) ties build, cache empty": lambda: measure(
            ours(edition, "--force"), **_empty_cache(folder)
        ),
        "(d2) the same once more": lambda: measure(ours(edition, "--force"), **_cache(folder)),
        "(e) ties build, nothing to do": lambda: measure(ours(edition)),
        "nbval, plain": lambda: measure(nbval("-p", "no:xdist", "--nbval-kernel-name", "python3")),
        # Tests that run before it have filled the cache.
        "nbval, as make test runs it": lambda: measure(nbval(*AS_MAKE_TEST), **_cache(folder)),
    }


def _cache(folder: Path) -> dict[str, str]:
    """Name a cache of this run; all that does not ask for it has none, as nobody else has."""
    return {CACHE: str(folder / "cache")}


def _empty_cache(folder: Path) -> dict[str, str]:
    shutil.rmtree(folder / "cache", ignore_errors=True)
    return _cache(folder)


def compare(folder: Path, repeat: int) -> str:
    """Compare the ways to make the four reports, all in each round.

    A slow minute of the machine then falls on all of them.
    """
    runs: dict[str, list[Measured]] = {}
    for _ in range(repeat):
        for name, run in ways(folder).items():
            runs.setdefault(name, []).append(run())
            _say(name, runs[name][-1])
    rows = {name: (_median(taken), "") for name, taken in runs.items()}
    return f"Median of {repeat} runs each.\n\n{_compared(rows)}"


def grid(folder: Path, _: int) -> str:
    """Compare the ways to make all reports; the slow way for a sample of pairs only."""
    # A pair before the grid and one after it, so that slow minutes of the machine fall on both.
    before = measure(*by_hand(folder, *SAMPLE[0]))
    whole = measure(ours(folder / "grid", "--all-pairs"), **_empty_cache(folder))
    nothing = measure(ours(folder / "grid", "--all-pairs"))
    after = measure(*by_hand(folder, *SAMPLE[1]))
    sampled = len(SAMPLE) * len(TOPICS)
    estimate = Measured(
        (before.seconds + after.seconds) * GRID / sampled,
        (before.cpu_seconds + after.cpu_seconds) * GRID / sampled,
        max(before.peak_mb, after.peak_mb),
    )
    rows = {
        "(a) papermill and nbconvert from the command line": (
            estimate,
            f"estimated from {sampled} of them",
        ),
        "(d) ties build, cache empty": (whole, ""),
        "(e) ties build, nothing to do": (nothing, ""),
    }
    return f"{GRID} reports, once.\n\n{_compared(rows)}"


def profile(folder: Path, _: int) -> str:
    """Split the processor time of builds with one job by what it is spent on."""
    pairs = {
        "four reports": ["KAZ-TUR"],
        f"{GRID} reports": map("-".join, itertools.permutations(MEMBERS, 2)),
    }
    runs = {
        name: measure(inside("profile", *some), **_empty_cache(folder))
        for name, some in pairs.items()
    }
    split = {name: json.loads(run.printed.splitlines()[-1]) for name, run in runs.items()}
    for name, run in runs.items():
        rest = run.cpu_seconds - sum(split[name].values())
        split[name]["kernels' parent: imports, forks; ends of processes"] = rest
    content = {"cells themselves", "drawing", "measures", "statements", "tables"}
    content.add("shown tables and cards")
    parts = sorted({part for taken in split.values() for part in taken})
    parts.sort(key=lambda part: -max(taken.get(part, 0.0) for taken in split.values()))
    lines = _head("CPU seconds", *split)
    lines += [_line(part, *(f"{t.get(part, 0.0):.2f}" for t in split.values())) for part in parts]
    lines.append(_line("all", *(f"{run.cpu_seconds:.2f}" for run in runs.values())))
    shares = [
        sum(seconds for part, seconds in taken.items() if part not in content) / sum(taken.values())
        for taken in split.values()
    ]
    lines.append(_line("of it not what cells do", *(f"{share:.0%}" for share in shares)))
    return (
        "One job, the cache empty at first. The stack of the build and of every kernel is sampled "
        "each 5 ms of processor time: a sample counts for the innermost function that belongs to a "
        "part, all that statements call for statements. Kernels are forked with libraries "
        "imported. To compile a cell is part of it. What cells do "
        f"is {', '.join(sorted(content))}.\n\n" + "\n".join(lines)
    )


def scale(folder: Path, _: int) -> str:
    """Measure editions of very many reports and a cluster, and estimate a far larger one."""
    edition = folder / "edition"
    measure(ours(edition))
    steps = {
        "fill the places of all pages, index, search, feed, publish": "build",
        "nothing to do": "build",
        "one report changed, without running it": "one",
        "--verify": "verify",
    }
    taken: dict[str, list[Measured]] = {name: [] for name in steps}
    for ranges in (1, MANY):
        many = folder / f"many-{ranges}"
        measure(inside("make", many, edition, ranges))
        for name, command in steps.items():
            taken[name].append(measure(inside(command, many, edition, ranges)))
            _say(f"{name}, {ranges * GRID:,} reports", taken[name][-1])
    head = [f"{figure} of {n:,}" for figure in ("CPU seconds", "MB") for n in (GRID, MANY * GRID)]
    lines = _head("copies of the four reports under other names", *head, "CPU, ratio")
    for name, (few, lots) in taken.items():
        cells = [f"{few.cpu_seconds:.2f}", f"{lots.cpu_seconds:.2f}"]
        cells += [f"{few.peak_mb:.0f}", f"{lots.peak_mb:.0f}"]
        lines.append(_line(name, *cells, f"{lots.cpu_seconds / few.cpu_seconds:.1f}"))
    size = sum(path.stat().st_size for path in many.rglob("*")) / MANY / GRID
    few, lots = next(iter(taken.values()))
    pages = (lots.cpu_seconds - few.cpu_seconds) / (MANY - 1) / GRID
    return "\n".join(lines) + "\n\n" + _cluster(folder, pages, size)


def _cluster(folder: Path, pages: float, size: float) -> str:
    """Build on a cluster of this machine, and estimate: seconds and bytes are per report."""
    first, *others = ["-".join(pair) for pair in permutations(MEMBERS, 2)][:: len(MEMBERS) - 1]
    with _workers(folder) as address:
        cold = measure(inside("cluster", address, first))
        warm = measure(inside("cluster", address, *others))
    reports = len(others) * len(TOPICS)
    lines = _head(f"{WORKERS} Dask workers", "seconds", "CPU seconds", "peak MB")
    for name, run in (
        ("four reports, workers just started, cache empty", cold),
        (f"{reports} others after that", warm),
    ):
        cells = (f"{run.seconds:.2f}", f"{run.cpu_seconds:.2f}", f"{run.peak_mb:.0f}")
        lines.append(_line(name, *cells))
    report = warm.cpu_seconds / reports
    hours = {cores: (FAR * (report / cores + pages)) / 3600 for cores in (2, 16, 64)}
    walls = ", ".join(f"{wall:.1f} hours with {cores} cores" for cores, wall in hours.items())
    computed = [
        f"{FAR:,} reports, computed from these figures: {report:.2f} CPU seconds for a report on a",
        f"warm worker (with its part of the build's own start) make {FAR * report / 3600:.1f} CPU",
        f"hours; the pages of the edition, by one process, {FAR * pages / 60:.1f} minutes more.",
        f"That is {walls} like these, if none ever waits, and {FAR * size / 2**30:.1f} GB of disk.",
    ]
    return "\n".join(lines) + "\n\n" + " ".join(computed)


@contextmanager
def _workers(folder: Path) -> Iterator[str]:
    """Start a scheduler and workers on this machine, and give the address."""
    from distributed import Client

    file, dask = folder / "scheduler.json", str(BIN / "dask")
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    own = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
    commands = [[dask, "scheduler", "--port", "0", *common]]
    commands += [[dask, "worker", *common, *own]] * WORKERS
    started, environment = [], os.environ | _cache(folder)
    try:
        for command in commands:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stderr=subprocess.DEVNULL
            )
            started.append(process)
            while not file.exists():
                time.sleep(0.1)
        with Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(WORKERS, timeout=120)
            address = client.scheduler.address
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


PARTS: dict[str, tuple[str, Callable[[Path, int], str]]] = {
    "compare": ("Four reports", compare),
    "grid": ("All pairs", grid),
    "profile": ("Where the processor time goes", profile),
    "scale": ("Many reports, and a cluster", scale),
}


def main() -> None:
    """Run the parts that are named, print their tables and store them next to this file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeat", type=int, default=3, help="rounds of --compare")
    for part, (_, run) in PARTS.items():
        options.add_argument(
            f"--{part}", action="store_true", help=(run.__doc__ or "").partition("\n")[0]
        )
    chosen = vars(options.parse_args())
    named = [part for part in PARTS if chosen[part]] or list(PARTS)
    sections = dict(re.findall(r"^## (.+)\n\n((?:(?!## ).*\n)+)", _stored(), re.MULTILINE))
    folder = Path(tempfile.mkdtemp(prefix="ties-bench-"))
    # An empty folder of caches would let matplotlib look for fonts again.
    os.environ["MPLCONFIGDIR"] = str(folder / "matplotlib")
    os.environ[CACHE] = ""
    measure([sys.executable, "-c", "import matplotlib.font_manager"])
    try:
        for part in named:
            title, run = PARTS[part]
            sections[title] = f"{run(folder, chosen['repeat'])}\n\nOn {describe_machine()}.\n"
            print(f"## {title}\n\n{sections[title]}", flush=True)
            _store(sections)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stored() -> str:
    return RESULTS.read_text("utf-8") if RESULTS.is_file() else ""


def _store(sections: dict[str, str]) -> None:
    text = "# Builds compared\n\nMemory is the most that all processes held together (PSS).\n"
    for title, _ in PARTS.values():
        if title in sections:
            text += f"\n## {title}\n\n{sections[title].strip()}\n"
    RESULTS.write_text(text, encoding="utf-8")


def _say(name: str, run: Measured) -> None:
    print(f"{name}: {run.seconds:.2f} s, {run.cpu_seconds:.2f} CPU", file=sys.stderr, flush=True)


def _median(taken: list[Measured]) -> Measured:
    return Measured(
        statistics.median(run.seconds for run in taken),
        statistics.median(run.cpu_seconds for run in taken),
        max(run.peak_mb for run in taken),
    )


def _compared(rows: dict[str, tuple[Measured, str]]) -> str:
    """Write results; *faster* compares with the first that begins with the same letter."""
    lines = _head("way", "seconds", "CPU seconds", "peak MB", "faster", "less CPU", "")
    for name, (run, note) in rows.items():
        first = next(base for other, (base, _) in rows.items() if other[0] == name[0])
        cells = [f"{run.seconds:.2f}", f"{run.cpu_seconds:.2f}", f"{run.peak_mb:.0f}"]
        cells += [
            f"{first.seconds / run.seconds:.1f}×",
            f"{first.cpu_seconds / run.cpu_seconds:.1f}×",
        ]
        lines.append(_line(name, *cells, note))
    return "\n".join(lines)


def _head(*titles: str) -> list[str]:
    return [_line(*titles), _line("---", *["---:"] * (len(titles) - 1))]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
