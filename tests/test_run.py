"""Cells run by a build have the outputs that papermill itself collects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from turkic_ties.kernels.kernel import _Transformer
from turkic_ties.reports.run import KERNEL, execute

CELLS: list[tuple[str, list[str]]] = [
    ("start = 1", ["parameters"]),
    ("import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')", []),
    ("raise RuntimeError('never run')", ["skip-execution"]),
    ("from IPython.display import clear_output, display, HTML\nprint('gone')", []),
    ("print('gone'); clear_output(); print('stays')", []),
    ("print('gone'); clear_output(wait=True); display(HTML('<b>stays</b>'))", []),
    ("first = display('before', display_id=True)", []),
    ("first.update('after')", []),
    ("from turkic_ties import show\nshow.finding('A finding.')", []),
    ("import asyncio\nawait asyncio.sleep(0, start)", []),
    ("%time start", []),
    ("a = !echo 5%\na", []),
    ("", []),
    ("start + 1", []),
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    v4 = nbformat.v4
    cells = [v4.new_code_cell(code, metadata={"tags": tags}) for code, tags in CELLS]
    path = tmp_path_factory.mktemp("run") / "odd.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("# Odd"), *cells]), path)
    return path


def outputs(executed: Any) -> list[Any]:
    return [(cell.execution_count, cell.outputs) for cell in executed.cells if "outputs" in cell]


def test_outputs_are_those_papermill_collects(notebook: Path, tmp_path: Path) -> None:
    by_papermill = papermill.execute_notebook(
        str(notebook), None, {"start": 7}, kernel_name=KERNEL, language="python", progress_bar=False
    )
    ours = execute(notebook, tmp_path, parameters={"start": 7})
    expected, found = outputs(by_papermill), outputs(ours)
    # The time that a cell took.
    assert expected[-4][1].pop(0).keys() == found[-4][1].pop(0).keys()
    assert found == expected
    assert found[-1] == (
        13,
        [nbformat.v4.new_output("execute_result", {"text/plain": "8"}, execution_count=13)],
    )


PYTHON = [
    "a = 1\nb = a",
    "a != 1",
    "if True:\n    a = 'x'\n\nb",
    "((a\n)",
    "",
    "a = 1\n",
]
MAGICS = [
    "%time a",
    "a = %time b",
    "a = !ls",
    "!ls",
    "!!ls",
    "a?",
    "?a",
    "a??",
    "a.b?",
    "/print a",
    ",print a b",
    ";print a b",
    "%%html\n<b>a</b>",
    "if True:\n    %time a",
    "if True:\n    /print a",
    "a = 1\n\n\t!ls",
    ">>> %time a",
    "In [1]: !ls",
    "    a = 1\n    b",
    "\n\na",
    ">>> a\n1",
    "a\n... b\n... c",
    "[ins] In [1]: a\n   ...: b",
]


@pytest.mark.parametrize("cell", PYTHON + MAGICS)
def test_cells_are_read_as_ipython_reads_them(cell: str) -> None:
    assert _Transformer().transform_cell(cell) == TransformerManager().transform_cell(cell)


def test_a_cell_of_plain_python_is_not_tokenized(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def tokenized(_: object, lines: list[str]) -> tuple[bool, list[str]]:
        seen.append("".join(lines))
        return False, lines

    monkeypatch.setattr(TransformerManager, "do_one_token_transform", tokenized)
    for cell in PYTHON + MAGICS:
        _Transformer().transform_cell(cell)
    assert len(seen) == len(MAGICS)
