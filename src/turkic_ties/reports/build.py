"""Build: run and render every planned report, then publish those that succeeded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from turkic_ties.reports.plan import Report
from turkic_ties.reports.publish import publish, staging
from turkic_ties.reports.render import render
from turkic_ties.reports.run import NotebookFailed, run

OnProgress = Callable[[Report, str, int, int], None]


@dataclass
class Outcome:
    """What a build did: the files it published, and why each failed report failed."""

    published: list[Path] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def build(reports: Iterable[Report], directory: Path, on_progress: OnProgress) -> Outcome:
    """Build reports and publish them.

    A report that fails keeps its last published edition; the others are built all the same. The notebook that failed is
    kept, with its traceback, under ``failed/``.

    Parameters
    ----------
    reports
        What to build, from `turkic_ties.reports.plan.plan`.
    directory
        Where to publish.
    on_progress
        Called before each cell: report, section, number of the cell, number of cells.

    Raises
    ------
    turkic_ties.data.DataError
        When a table is missing or damaged; nothing is published.
    """
    outcome = Outcome()
    with staging(directory) as folder:
        edition = folder / "edition"
        for report in reports:
            work = folder / "run" / report.stem
            work.mkdir(parents=True)
            try:
                notebook = run(report, work, lambda *step, report=report: on_progress(report, *step))
            except NotebookFailed as error:
                outcome.failed[report.stem] = str(error)
                _keep(work / "executed.ipynb", directory / "failed" / f"{report.stem}.ipynb")
                continue
            for ending, text in render(report, notebook).items():
                staged = edition / f"{report.stem}.{ending}"
                staged.parent.mkdir(parents=True, exist_ok=True)
                staged.write_text(text, encoding="utf-8", newline="\n")
        outcome.published = publish(edition, directory)
    return outcome


def _keep(executed: Path, target: Path) -> None:
    if executed.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(executed, target)
