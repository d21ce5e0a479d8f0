"""Fixtures of several test files: a copy of the data, the command line, a small project."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import os
import pickle
import pkgutil
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import typer.testing
from hypothesis import settings
from small_project import keep_one_statement, make_small_project, produce_once
from typer.testing import CliRunner

from turkic_ties import cache, claims, data
from turkic_ties.cli import app
from turkic_ties.data import tables

T = TypeVar("T")
# The tree of commands stays the same, and most of them run in less time than it takes to make.
typer.testing._get_command = functools.cache(typer.testing._get_command)

PROJECT = Path(__file__).parents[1]
# About builds, pages and publishers: coverage is measured of what gives figures and sentences.
# Some here, and tests that are marked no_cover themselves, run the lines of others again.
NOT_OF_FIGURES = (
    "test_articles",
    "test_browser",
    "test_build",
    "test_cluster",
    "test_connectors",
    "test_countries",
    "test_figures",
    "test_files",
    "test_frame",
    "test_hostile",
    "test_kernels",
    "test_languages",
    "test_new_topic",
    "test_notebooks",
    "test_outputs",
    "test_pages",
    "test_parameters",
    "test_pdf",
    "test_project",
    "test_prose",
    "test_publish",
    "test_refresh",
    "test_refresh_faults",
    "test_refresh_month",
    "test_reports",
    "test_scale",
    "test_topics",
    "test_turkish_books",
)

settings.register_profile("project", deadline=None, max_examples=50)
settings.load_profile("project")


def own_part_first(things: list[T]) -> list[T]:
    """Begin elsewhere in each worker: what one has read or compiled the others take from disk."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = len(things) * worker // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return things[first:] + things[:first]


@pytest.fixture(scope="session", autouse=True)
def published_tables() -> None:
    """Read the published tables before the first test that gets no cache; others name faults."""
    with contextlib.suppress(data.DataError):
        for address in own_part_first(data.addresses()):
            tables.columns(address, [])


@pytest.fixture(autouse=True)
def computed_where_lines_count(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leave a cache to the tests that no coverage is measured of: a result from it runs no line.

    The made-up tables of a property are never asked for again.
    """
    is_property = getattr(request.function, "is_hypothesis_test", False)
    if is_property or request.node.get_closest_marker("no_cover") is None:
        monkeypatch.setenv(cache.VARIABLE, "")


@pytest.fixture
def data_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of ``data/`` that this test may change, used by this process and its children."""
    copy = tmp_path / "data"
    shutil.copytree(PROJECT / "data", copy, ignore=shutil.ignore_patterns(".refresh"))
    monkeypatch.setenv("TURKIC_TIES_DATA", str(copy))
    return copy


@pytest.fixture(scope="session")
def registry() -> claims.Registry:
    """Give the statements of the standard article."""
    return claims.load()


@pytest.fixture(scope="session")
def evaluated_article(
    registry: claims.Registry, tmp_path_factory: pytest.TempPathFactory
) -> list[claims.Result]:
    """Evaluate the standard article, once for the processes of a run that do not do so at once."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    path = tmp_path_factory.getbasetemp().parent / f"article-{run}"
    if not path.exists():
        begun = tmp_path_factory.mktemp("article") / path.name
        begun.write_bytes(pickle.dumps(claims.evaluate(registry)))
        begun.rename(path)
    evaluated: list[claims.Result] = pickle.loads(path.read_bytes())
    return evaluated


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty data folder, in force for this process and its children."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("TURKIC_TIES_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def ties(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``ties`` from a folder that is not the checkout, in this process with its imports."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        with contextlib.chdir(tmp_path):
            answer = CliRunner().invoke(app, arguments, catch_exceptions=False)
        return subprocess.CompletedProcess(
            arguments, answer.exit_code, answer.stdout, answer.stderr
        )

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give Chromium, one for the tests of a file."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("needs Chromium on the path: apt-get install chromium")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def small(tmp_path: Path, data_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project with two small notebooks, data that may be edited, and nothing published.

    Builds in this process run the two notebooks once only, see `small_project.produce_once`.
    """
    root = tmp_path / "project"
    make_small_project(root)
    keep_one_statement(data_copy / "articles")
    for topic in ("demographics", "language_policy"):
        shutil.rmtree(data_copy / topic)
    monkeypatch.setattr("turkic_ties.topics.PROJECT", root)
    monkeypatch.setattr("turkic_ties.reports.build.produce", produce_once)
    monkeypatch.setattr("turkic_ties.reports.build._warm_up", bool)  # this process is warm
    return root


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, Any, Any]:
    """Measure no coverage of reading the tests, apart from the modules that give figures."""
    if session.config.getoption("dist", "no") != "no":  # the workers read them
        return (yield)
    gc.disable()  # imports make no garbage
    plugin = session.config.pluginmanager.getplugin("_cov")
    measured = plugin.cov_controller if plugin else None
    if measured:
        for package in ("claims", "data", "findings", "measures", "show"):
            folder = importlib.import_module(f"turkic_ties.{package}")
            for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
                importlib.import_module(module.name)
        measured.pause()
    collected = yield
    if measured:
        measured.resume()
    return collected


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Compile each test file in one worker only, see `pytest_collection_modifyitems`."""
    report = yield
    if isinstance(collector, pytest.Dir):
        report.result = own_part_first(report.result)
    return report


def pytest_collection_finish() -> None:
    """Spare the garbage collector all that was imported, which stays to the end."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the coverage what would take half as long again and adds few lines.

    Properties run the lines of the cases again, fifty times.
    """
    items.sort(key=lambda item: item.path)  # the same order in all workers
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_property or item.path.stem in NOT_OF_FIGURES:
            item.add_marker("no_cover")


@pytest.fixture
def publishers(tmp_path: Path, httpserver: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give two small publishers, with a data folder of their figures in force."""
    from small_publishers import install

    return install(tmp_path / "data", httpserver, monkeypatch)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what became of each fault of a publisher, as cases × connectors."""
    cases: dict[str, dict[str, list[str]]] = {}
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties if report.when == "call" else []:
            if name == "fault":
                case, connector, state = value
                cases.setdefault(case, {}).setdefault(state, []).append(connector)
    if cases:
        terminalreporter.section("faults of publishers")
    for case, outcomes in sorted(cases.items()):
        for state, names in sorted(outcomes.items()):
            terminalreporter.write_line(f"{case:24} {state:11} {' '.join(sorted(names))}")
