"""The progress of a build: live bars on a terminal, a line per section elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer

OnProgress = Callable[[Any, str, float], None]
"""Called with a report, the section it is in, and how much of it is done (0 to 1)."""


@contextmanager
def progress(reports: int, quiet: bool) -> Iterator[OnProgress]:
    """Give a function that shows the progress of some reports; nothing is shown when quiet.

    Parameters
    ----------
    reports
        How many reports will run.
    quiet
        Show nothing.
    """
    if quiet or not reports:
        yield lambda *_: None
    elif sys.stderr.isatty():
        with _bars(reports) as draw:
            yield draw
    else:
        yield _lines(reports)


def _lines(reports: int) -> OnProgress:
    printed: set[tuple[str, str]] = set()

    def print_section(report: Any, section: str, _done: float) -> None:
        if (report.stem, section) not in printed:
            printed.add((report.stem, section))
            finished = sum(section in ("done", "failed") for _, section in printed)
            with suppress(OSError):  # nobody reads any more: the build goes on
                typer.echo(f"[{finished}/{reports}] {report.name}: {section}", err=True)

    return print_section


@contextmanager
def _bars(reports: int) -> Iterator[OnProgress]:
    # A build with nothing to do does not wait for rich.
    from rich import progress as rich
    from rich.console import Console

    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.TimeElapsedColumn(),
        rich.TextColumn("left"),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        overall = bars.add_task(f"{reports} reports", total=float(reports))
        running: dict[str, Any] = {}
        parts: dict[str, float] = {}

        def draw(report: Any, section: str, done: float) -> None:
            if report.stem not in running:
                running[report.stem] = bars.add_task(report.name, total=1.0)
            parts[report.stem] = done
            bars.update(
                running[report.stem],
                description=f"{report.name}: {section}",
                completed=done,
                visible=done < 1,
            )
            bars.update(overall, completed=sum(parts.values()))

        yield draw
