"""A small project: two notebooks that run in a moment, for tests with many builds."""

from __future__ import annotations

import contextvars
import json
import multiprocessing
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner

from turkic_ties.cli import app, main
from turkic_ties.reports.build import ReportResult, produce
from turkic_ties.reports.plan import Hashes, Report
from turkic_ties.reports.publish import now
from turkic_ties.reports.record import METADATA

SLOW = "import time\ntime.sleep(60)"
TABLES = {"trade": "trade/transit", "defense": "defense/alliances"}
PARAMETERS = {
    "trade": 'country = "KAZ"\npartner = "TUR"\nstart = 1995\nend = None\ntop_n = 10',
    "defense": 'country = "KAZ"\npartner = "TUR"\nstart = 1995\nend = None\nwindow = 5\n'
    'powers = ["RUS", "CHN"]',
}
SHOWN = """from turkic_ties import show
from turkic_ties.data import load, tables_read
show.setup()
rows = load("{table}")
card = show.KeyFigure("first", "First figure", {value}, "as printed", "units", "2024", "Publisher")
show.key_figures([card])
show.sources(tables_read())"""


def small_notebook(topic: str, before: str = "pass") -> str:
    """Write a notebook that runs some code, then shows one figure of one table."""
    shown = SHOWN.format(
        table=TABLES[topic], value="float(rows.iloc[0].filter(regex='tonnes|^year$').iloc[-1])"
    )
    notebook = nbformat.v4.new_notebook(metadata=METADATA)
    notebook.cells = [
        nbformat.v4.new_markdown_cell(f"# {topic.title()}", id="a"),
        nbformat.v4.new_code_cell(PARAMETERS[topic], id="b", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_markdown_cell("## Work", id="c"),
        nbformat.v4.new_code_cell(before, id="d"),
        nbformat.v4.new_code_cell(shown, id="e"),
    ]
    return str(nbformat.writes(notebook))


_produced: dict[str, ReportResult] = {}


def produce_once(report: Report, *options: Any) -> ReportResult:
    """Run and render one of the two notebooks, once for all builds from the same ingredients.

    A notebook that a test wrote is run whenever it is built.
    """
    ours = report.topic in TABLES and not report.problem
    if not ours or report.notebook.read_text("utf-8") != small_notebook(report.topic):
        return produce(report, *options)
    hashes = Hashes()
    tables = hashes.tables([TABLES[report.topic]])
    key = json.dumps([report.name, hashes.ingredients(report, tables)], sort_keys=True)
    if key not in _produced:
        _produced[key] = produce(report, *options)
    return replace(_produced[key], started=now(), ended=now())


def make_small_project(root: Path) -> None:
    """Write the project: notebooks, and something in every place a build looks at."""
    (root / "src" / "turkic_ties" / "reports" / "template").mkdir(parents=True)
    (root / "src" / "turkic_ties" / "module.py").write_text("one = 1\n", encoding="utf-8")
    (root / "src" / "turkic_ties" / "reports" / "template" / "style.css").write_text(
        "p {}\n", encoding="utf-8"
    )
    (root / "requirements.lock").write_text("package==1\n", encoding="utf-8")
    (root / "notebooks").mkdir()
    for topic in TABLES:
        (root / "notebooks" / f"{topic}.ipynb").write_text(small_notebook(topic), encoding="utf-8")


def keep_one_statement(articles: Path) -> None:
    """Leave one article with one statement, which is evaluated in a moment."""
    for path in articles.glob("*.yml"):
        if path.stem != "subtle-cooperation":
            path.unlink()
    path = articles / "subtle-cooperation.yml"
    head, _, claims = path.read_text(encoding="utf-8").partition("\nclaims:\n")
    [claim] = [text for text in claims.split("\n\n") if text.startswith("- id: D13\n")]
    path.write_text(f"{head}\nclaims:\n{claim}\n", encoding="utf-8")


def command(small: Path, *arguments: str, before: str = "") -> list[str]:
    """Write the command line that builds the small project, after some Python code of a test."""
    called = (
        f"import sys; sys.argv = {['ties', *arguments]!r}; from turkic_ties.cli import main; main()"
    )
    return [sys.executable, "-c", "\n".join([use(small), before, called])]


def use(small: Path) -> str:
    """Write the Python code that makes a process use the small project."""
    return (
        "import pathlib\nfrom turkic_ties import topics\n"
        f"topics.PROJECT = pathlib.Path({str(small)!r})\n"
    )


def fork(run: Callable[[], object], folder: Path) -> BaseProcess:
    """Run something in a fork of this process, which has imported the package and its libraries.

    What it prints is in the files ``stdout`` and ``stderr`` of a folder.
    """
    folder.mkdir(exist_ok=True)
    files = [(folder / name).open("wb") for name in ("stdout", "stderr")]

    def child() -> None:
        for number, file in enumerate(files, start=1):
            os.dup2(file.fileno(), number)
        sys.stdout, sys.stderr = (open(number, "w", 1, closefd=False) for number in (1, 2))  # noqa: SIM115
        warnings.resetwarnings()
        sys.modules.pop("turkic_ties.reports.run", None)  # ZeroMQ has no threads in a fork
        contextvars.Context().run(run)  # jupyter_core keeps an event loop in our context

    with warnings.catch_warnings():
        # Of Python 3.12, about threads of this process: none holds what a fork needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
    for file in files:
        file.close()
    return process


def printed(folder: Path, name: str = "stderr") -> str:
    """Read what a fork has printed until now."""
    return (folder / name).read_text(encoding="utf-8")


def start(small: Path, *arguments: str, before: str = "") -> BaseProcess:
    """Start ``ties`` on the small project, in a fork, after some Python code of a test."""

    def run() -> None:
        exec("\n".join([use(small), before]), {})
        sys.argv = ["ties", *arguments]
        main()

    return fork(run, small.parent)


def ties(small: Path, *arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``ties`` on the small project: in this process, or in a fork after some Python code."""
    if not before:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("turkic_ties.topics.PROJECT", small)
            answer = CliRunner().invoke(app, arguments, catch_exceptions=False)
        return subprocess.CompletedProcess(
            arguments, answer.exit_code, answer.stdout, answer.stderr
        )
    process = start(small, *arguments, before=before)
    process.join(timeout=120)
    said = [printed(small.parent, name) for name in ("stdout", "stderr")]
    return subprocess.CompletedProcess(arguments, process.exitcode, *said)
