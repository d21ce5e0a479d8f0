"""The stored notebooks: executed from top to bottom, in shape, and really compared by nbval."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from small_project import small_notebook

from turkic_ties.parameters import MODELS
from turkic_ties.reports.record import METADATA, OWN, normalised
from turkic_ties.reports.run import execute
from turkic_ties.show import MIME_TYPE

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_every_topic_has_its_notebook() -> None:
    assert {path.stem for path in NOTEBOOKS} == set(MODELS)


def is_whole(cells: list[Any]) -> bool:
    """Tell whether no code cell is missing: they are numbered, and the last shows the sources."""
    kinds = [output.get("data", {}).get(MIME_TYPE, {}).get("kind") for output in cells[-1].outputs]
    numbers = [cell.execution_count for cell in cells]
    return numbers == list(range(1, len(cells) + 1)) and "sources" in kinds


@each_notebook
def test_every_code_cell_was_executed_in_order_without_error(path: Path) -> None:
    cells = code_cells(path)
    assert is_whole(cells)
    assert not [
        output for cell in cells for output in cell.outputs if output.output_type == "error"
    ]


@each_notebook
def test_a_code_cell_that_was_removed_is_noticed(path: Path) -> None:
    """Text that was removed shows in the published page, which is rebuilt and compared."""
    cells = code_cells(path)
    assert not any(is_whole(cells[:place] + cells[place + 1 :]) for place in range(len(cells)))


@each_notebook
def test_nothing_but_what_show_displays_is_stored(path: Path) -> None:
    """A warning, a stray print or a bare frame would be an output nobody designed."""
    outputs = [output for cell in code_cells(path) for output in cell.outputs]
    assert outputs
    ours = all(MIME_TYPE in output.get("data", {}) for output in outputs)
    assert ours, f"{path.name} has other outputs: 'ties record {path.stem}' stores what it shows"


@each_notebook
def test_the_parameters_cell_says_what_the_model_says(path: Path) -> None:
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    written = {}
    for line in ast.parse(tagged[0].source).body:
        # Papermill does not read the type "int | None", so a parameter that is None has no type.
        if isinstance(line, ast.Assign):
            (target,) = line.targets
            assert ast.literal_eval(line.value) is None
        else:
            assert isinstance(line, ast.AnnAssign), "a parameter is typed and has a plain value"
            target = line.target
        assert isinstance(target, ast.Name)
        assert line.value is not None
        written[target.id] = ast.literal_eval(line.value)
    defaults = MODELS[path.stem]().model_dump()
    other = [f"{name} = {value!r}" for name, value in written.items() if value != defaults[name]]
    assert not other, (
        f"{path.name} was saved with other parameters ({', '.join(other)}): restore the cell, "
        f"then 'ties record {path.stem}'"
    )
    assert written == defaults


@each_notebook
def test_papermill_finds_every_parameter(path: Path) -> None:
    assert set(papermill.inspect_notebook(str(path))) == set(MODELS[path.stem].model_fields)


@each_notebook
def test_a_notebook_checks_all_its_parameters_itself(path: Path) -> None:
    """Papermill and JupyterLab set them without `ties build`."""
    names = list(MODELS[path.stem].model_fields)
    given = ", ".join(f"{name}={name}" for name in names)
    expected = f'{", ".join(names)} = parameters.checked("{path.stem}", {given})'
    calls = [cell.source for cell in code_cells(path) if "parameters.checked(" in cell.source]
    written = [ast.unparse(line) for line in ast.parse("".join(calls)).body]
    assert ast.unparse(ast.parse(expected)) in written


@each_notebook
def test_cells_are_short(path: Path) -> None:
    for cell in code_cells(path):
        assert len(cell.source.splitlines()) <= 12, cell.source
        assert not cell.source.rstrip().endswith(";")


@each_notebook
def test_the_stored_form_is_the_normalised_one(path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    is_ours = {name: stored.metadata.get(name) for name in METADATA} == METADATA
    is_ours &= set(stored.metadata) == {*METADATA, *OWN}
    is_ours &= nbformat.writes(normalised(nbformat.read(path, 4))) == nbformat.writes(stored)
    assert is_ours, f"{path.name} was saved by another program: run 'ties record {path.stem}'"


def test_nbval_notices_when_a_stored_output_is_not_what_the_code_gives(tmp_path: Path) -> None:
    path = tmp_path / "altered.ipynb"
    path.write_text(small_notebook("trade"), encoding="utf-8")
    notebook = normalised(execute(path, tmp_path))
    card = notebook.cells[-1].outputs[0].data[MIME_TYPE]["figures"][0]
    card["value"] += 1
    nbformat.write(notebook, path)
    shutil.copy(PROJECT / "conftest.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "--disable-plugin-autoload", "-p", "nbval.plugin"]
    answer = subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider", "--nbval", path.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 1
    assert "1 failed" in answer.stdout
    assert re.search(rf"key figure {card['id']}: (.*){card['value']} .* → \1", answer.stdout)
    (line,) = re.findall(r"^altered\.ipynb does not store .*", answer.stdout, re.MULTILINE)
    assert "'ties record altered' stores" in line
    assert "<table" not in answer.stdout, "the outputs themselves are long"
