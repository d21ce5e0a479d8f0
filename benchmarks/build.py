"""Compare builds with what people use today, several times each in one go, and store the table.

`make bench` runs it; `python benchmarks/build.py --repeat 1 --no-grid` is a quick look. It is not a
test: compare a time only with others of the same run.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from turkic_ties.countries import MEMBERS
from turkic_ties.topics import TOPICS

PROJECT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SAMPLE = [("UZB", "KAZ"), ("TKM", "AZE")]  # of all pairs, for the slow way
# The options of nbval in `make test`, so that both run the same.
AS_MAKE_TEST = re.findall(r"^NBVAL := (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)[
    0
].split()
GRID = len(MEMBERS) * (len(MEMBERS) - 1) * len(TOPICS)

# The Python interfaces of papermill and nbconvert in one process, with one exporter.
LOOP = """
import sys, papermill
from nbconvert import HTMLExporter
exporter = HTMLExporter()
for topic in {topics!r}:
    executed = papermill.execute_notebook(
        f"{notebooks}/{{topic}}.ipynb", f"{folder}/{{topic}}.ipynb",
        parameters=dict(country="KAZ", partner="TUR"), kernel_name="python3", progress_bar=False)
    page, _ = exporter.from_notebook_node(executed)
    open(f"{folder}/{{topic}}.html", "w").write(page)
"""


@dataclass
class Measured:
    """What one run took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(*commands: list[str], cwd: Path = PROJECT, **environment: str) -> Measured:
    """Run commands one after another and measure time, processor time and peak memory."""
    peak, running = 0.0, True

    def watch() -> None:
        nonlocal peak
        while running:
            time.sleep(0.5)  # looking more often would slow down what is measured
            peak = max(peak, _memory_mb(os.getpid()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        for command in commands:
            subprocess.run(
                command, cwd=cwd, env=os.environ | environment, check=True, capture_output=True
            )
    finally:
        seconds = time.perf_counter() - began
        running = False
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu, peak)


def _memory_mb(root: int) -> float:
    """Sum the memory of all processes below one; shared pages count in parts (PSS)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(fields[1])
    total = 0
    for process in parents:
        above = process
        while above in parents and above != root:
            above = parents[above]
        if above == root and process != root:
            try:
                lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def by_hand(
    folder: Path, topic: str, country: str = "KAZ", partner: str = "TUR"
) -> list[list[str]]:
    """Write the two commands most people would give for one report."""
    executed = str(folder / f"{topic}.ipynb")
    parameters = ["-p", "country", country, "-p", "partner", partner]
    run = [
        str(BIN / "papermill"),
        "--no-progress-bar",
        "-k",
        "python3",
        *parameters,
        f"notebooks/{topic}.ipynb",
        executed,
    ]
    return [run, [str(BIN / "jupyter"), "nbconvert", "--to", "html", executed]]


def ours(folder: Path, *options: str) -> list[str]:
    """Write the command of a build of ours."""
    return [str(BIN / "ties"), "build", "--output", str(folder), "--quiet", *options]


def nbval(*options: str) -> list[str]:
    """Write the command that compares stored outputs."""
    return [str(BIN / "pytest"), "-q", "-p", "no:cacheprovider", "--nbval", "notebooks", *options]


def ways(folder: Path) -> dict[str, Callable[[], Measured]]:
    """List what is compared, in the order it is run."""
    loop = LOOP.format(topics=TOPICS, notebooks=PROJECT / "notebooks", folder=folder)
    edition = folder / "edition"
    return {
        "(a) papermill and nbconvert from the command line": lambda: measure(
            *(command for topic in TOPICS for command in by_hand(folder, topic))
        ),
        "(b) papermill's API and one exporter in one process": lambda: measure(
            [sys.executable, "-c", loop]
        ),
        "(c) ties build, cold kernels, one job": lambda: measure(
            ours(edition, "--force", "--jobs", "1"), TURKIC_TIES_KERNELS="cold"
        ),
        "(d) ties build, two jobs": lambda: measure(ours(edition, "--force", "--jobs", "2")),
        "(e) ties build, nothing to do": lambda: measure(ours(edition)),
        "nbval, plain": lambda: measure(nbval("-p", "no:xdist", "--nbval-kernel-name", "python3")),
        "nbval, as make test runs it": lambda: measure(nbval(*AS_MAKE_TEST)),
    }


def grid(folder: Path) -> dict[str, tuple[Measured, str]]:
    """Measure the whole grid; the slow way for a sample of pairs only."""

    def sample(pair: tuple[str, str]) -> Measured:
        return measure(*(command for topic in TOPICS for command in by_hand(folder, topic, *pair)))

    # A pair before the grid and one after it, so that the machine's slow minutes fall on both ways.
    before = sample(SAMPLE[0])
    whole = measure(ours(folder / "grid", "--all-pairs", "--jobs", "2"))
    after = sample(SAMPLE[1])
    factor = GRID / (len(SAMPLE) * len(TOPICS))
    estimate = Measured(
        (before.seconds + after.seconds) * factor,
        (before.cpu_seconds + after.cpu_seconds) * factor,
        max(before.peak_mb, after.peak_mb),
    )
    return {
        f"(a) for all {GRID} reports": (
            estimate,
            f"estimated from {len(SAMPLE) * len(TOPICS)} of them",
        ),
        f"(d) for all {GRID} reports": (whole, ""),
    }


def describe_machine() -> str:
    """Say what this ran on, without naming it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    cores = len(os.sched_getaffinity(0))
    system, python = platform.system(), platform.python_version()
    return f"{cores} cores ({cpu}), {memory:.0f} GB of memory, {system}, Python {python}"


def main() -> None:
    """Run everything, print the table and store it next to this file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--no-grid", action="store_true")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ties-bench-"))
    try:
        runs: dict[str, list[Measured]] = {}
        for _ in range(
            chosen.repeat
        ):  # all ways in each round, so that a slow minute of the machine falls on all
            for name, run in ways(folder).items():
                runs.setdefault(name, []).append(run())
                print(f"{name}: {runs[name][-1].seconds:.2f} s", file=sys.stderr, flush=True)
        rows = {name: (_median(taken), "") for name, taken in runs.items()}
        if not chosen.no_grid:
            rows |= grid(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = table(rows, chosen.repeat)
    print(text)
    if not chosen.no_grid:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


def _median(taken: list[Measured]) -> Measured:
    return Measured(
        statistics.median(run.seconds for run in taken),
        statistics.median(run.cpu_seconds for run in taken),
        max(run.peak_mb for run in taken),
    )


def table(rows: dict[str, tuple[Measured, str]], repeat: int) -> str:
    """Write the results, each with its speed relative to the first way of its block."""
    against = {"(": "(a) papermill and nbconvert from the command line", "n": "nbval, plain"}
    against_grid = f"(a) for all {GRID} reports"
    lines = [
        "# Builds compared\n",
        f"Median of {repeat} runs each in one go (the grid once), on {describe_machine()}.",
        "Memory is the most that all processes held together (PSS); *faster* compares with the "
        "first line of a block.\n",
        "| way | seconds | CPU seconds | peak MB | faster | |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, (taken, note) in rows.items():
        base = rows[against_grid if "all" in name and against_grid in rows else against[name[0]]][0]
        ratio = base.seconds / taken.seconds
        peak = f"{taken.peak_mb:.0f}" if taken.peak_mb else "–"  # it ended before a look at memory
        times = f"{taken.seconds:.2f} | {taken.cpu_seconds:.2f}"
        lines.append(f"| {name} | {times} | {peak} | {ratio:.1f}× | {note} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
