"""Kernels of a test run share one parent, all its processes one cache; nbval names what differs."""

from __future__ import annotations

import csv
import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any

import pytest

from turkic_ties import cache
from turkic_ties.kernels import client
from turkic_ties.theme import MIME_TYPE

MAX_DIFFERENCES = 5  # printed of one cell


def pytest_configure(config: pytest.Config) -> None:
    """Start the parent in the process that starts all others."""
    os.environ.setdefault(cache.VARIABLE, str(config.rootpath / ".pytest_cache" / "computed"))
    if not hasattr(config, "workerinput"):
        client.share(warm_up=config.getoption("nbval", False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: Any, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Replace nbval's account of a cell whose outputs differ."""
    report = yield
    if call.excinfo and "Cell outputs differ" in str(call.excinfo.value):
        found = differences(item.cell.outputs, item.test_outputs)
        more = [f"and {len(found) - MAX_DIFFERENCES} more"] * (len(found) > MAX_DIFFERENCES)
        place = f"{item.path.name}, cell {item.cell.get('id', item.cell_num)}: stored → computed"
        report.longrepr = "\n  ".join([place, *found[:MAX_DIFFERENCES], *more])
        report.user_properties.append(("notebook", item.path.stem))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say for each notebook that differs what may have happened, and how to go back."""
    failed = terminalreporter.stats.get("failed", [])
    for topic in sorted({str(name) for report in failed for _, name in report.user_properties}):
        terminalreporter.write_line(
            f"{topic}.ipynb does not store what its code gives: was it saved after running with "
            f"other parameters, or is a change not recorded? 'ties record {topic}' stores the "
            f"outputs of its parameters cell; 'git checkout -- notebooks/{topic}.ipynb' goes back."
        )


def differences(stored: Iterable[Any], computed: Iterable[Any]) -> list[str]:
    """List what is shown differently by the stored and the computed outputs of a cell."""
    before, after = dict(_shown(stored)), dict(_shown(computed))
    found = [
        f"{name}: {before.get(name, 'nothing')} → {after.get(name, 'nothing')}"
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    return found or ["the same figures and texts, drawn or formatted in another way"]


def _shown(outputs: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Name every figure and text of some outputs."""
    for number, output in enumerate(outputs, start=1):
        data = output.get("data", {})
        if MIME_TYPE in data:
            yield from _parts(data[MIME_TYPE], number)
        else:
            text = output.get("text") or output.get("evalue") or data.get("text/plain", "")
            yield f"output {number}", repr(str(text)[:80])


def _parts(bundle: Mapping[str, Any], number: int) -> Iterator[tuple[str, str]]:
    kind = bundle["kind"]
    if "text" in bundle:
        yield f"{kind} {number}", bundle["text"]
    if "csv" in bundle:
        yield f"title of {kind} {bundle['id']}", bundle["title"]
        header, *rows = csv.reader(bundle["csv"].splitlines())
        for place, row in enumerate(rows, start=1):
            for column, cell in zip(header, row, strict=True):
                yield f"{kind} {bundle['id']}, row {place}, {column}", cell
    for figure in bundle.get("figures", []):
        value = f"{figure['value']} {figure['unit']} ({figure['period']})"
        yield f"key figure {figure['id']}", f"{figure['text']}, {value}"
    for claim in bundle.get("claims", []):
        yield f"statement {claim['id']}", f"{claim['computed']}, {claim['verdict']}"
    for table in bundle.get("tables", []):
        yield f"table {table['table']}", table["hash"][:19]
