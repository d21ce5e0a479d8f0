"""Time, processor time and memory of commands with all processes they start."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """What one run took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    printed: str = ""


def measure(*commands: list[str], **environment: str) -> Measured:
    """Run commands one after another and measure time, processor time and peak memory.

    Processor time is that of all processes started from here, workers of a cluster too.
    """
    peak, running, printed = 0.0, True, ""

    def watch() -> None:
        nonlocal peak
        while running:
            time.sleep(0.5)  # looking more often would slow down what is measured
            peak = max(peak, _memory_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    before, began = _cpu_seconds(), time.perf_counter()
    try:
        for command in commands:
            with tempfile.TemporaryFile("w+") as said:
                process = subprocess.Popen(
                    command, cwd=PROJECT, env=os.environ | environment, stdout=said, stderr=said
                )
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                said.seek(0)
                printed = said.read()
            peak = max(peak, usage.ru_maxrss / 1024)  # of one process, which may be over in no time
            if process.returncode:
                sys.exit(f"{' '.join(command)} failed:\n{printed}")
    finally:
        seconds = time.perf_counter() - began
        running = False
        watcher.join()
    return Measured(seconds, _cpu_seconds() - before, peak, printed)


def _below() -> Iterator[tuple[int, list[str]]]:
    """Give the numbers of all processes below this one, with their fields of /proc/…/stat."""
    fields: dict[int, list[str]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields[int(entry.parent.name)] = entry.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
    for process, own in fields.items():
        above = process
        while above in fields and above != os.getpid():
            above = int(fields[above][1])
        if above == os.getpid() != process:
            yield process, own


def _cpu_seconds() -> float:
    """Sum the processor time of the processes below, and of those that have ended."""
    ended = os.times()
    running = sum(int(ticks) for _, own in _below() for ticks in own[11:15]) / TICKS
    return ended.children_user + ended.children_system + running


def _memory_mb() -> float:
    """Sum the memory of the processes below; shared pages count in parts (PSS)."""
    total = 0
    for process, _ in _below():
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def describe_machine() -> str:
    """Say what this ran on, without naming it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = (line.split(":")[1].strip() for line in lines if "model name" in line)
    cores, cpu = len(os.sched_getaffinity(0)), next(models, platform.machine())
    system, python = platform.system(), platform.python_version()
    return f"{cores} cores ({cpu}), {memory:.0f} GB of memory, {system}, Python {python}"
