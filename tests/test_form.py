"""The form for parameters in JupyterLab, which leaves stored outputs and pages alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import expect
from small_project import small_notebook

from turkic_ties.parameters import MODELS
from turkic_ties.show import _html_table, form, sortable

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


class Shell:
    """Stand in for the shell of a kernel: note what it is given."""

    def __init__(self) -> None:
        self.pushed: dict[str, Any] = {}
        self.ran: list[str] = []
        self.success = True

    def push(self, values: dict[str, Any]) -> None:
        self.pushed |= values

    def run_cell(self, source: str, store_history: bool) -> Shell:
        assert not store_history
        self.ran.append(source)
        self.success = "1 / 0" not in source
        return self


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    path = tmp_path / "defense.ipynb"
    path.write_text(small_notebook("defense"), encoding="utf-8")
    return path


def fields(box: Any) -> dict[str, Any]:
    return {field.description: field for field in box.children[0].children}


@pytest.mark.parametrize("topic", MODELS)
def test_the_form_has_a_field_for_every_parameter_with_its_value(topic: str) -> None:
    made = fields(form.form(NOTEBOOKS / f"{topic}.ipynb", Shell()))
    defaults = MODELS[topic]().model_dump()
    assert set(made) == set(defaults)
    assert made["country"].value == "KAZ"
    assert ("Türkiye", "TUR") in made["country"].options
    assert made["start"].value == str(defaults["start"])
    assert made["end"].value == ""


def test_a_click_runs_the_cells_after_the_parameters_with_what_was_chosen(opened: Path) -> None:
    shell = Shell()
    box = form.form(opened, shell)
    chosen = fields(box)
    chosen["country"].value, chosen["partner"].value = "UZB", "KGZ"
    chosen["end"].value, chosen["powers"].value = "2020", "Russia, China"
    box.children[1].click()
    assert shell.pushed["country"] == "UZB"
    assert (shell.pushed["end"], shell.pushed["powers"]) == (2020, ["RUS", "CHN"])
    assert shell.ran[0] == "pass"
    assert len(shell.ran) == 2
    assert box.children[1].disabled is False


def test_a_choice_that_is_not_allowed_runs_nothing_and_says_why(
    opened: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell()
    box = form.form(opened, shell)
    fields(box)["start"].value = "soon"
    box.children[1].click()
    assert shell.ran == []
    assert "start: Input should be a valid integer" in capsys.readouterr().out


def test_the_form_is_only_for_a_notebook_that_a_server_opened(
    opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(form, "display", lambda bundle, raw: shown.append(bundle))
    monkeypatch.delenv(form.SESSION, raising=False)
    form.offer()
    monkeypatch.setenv(form.SESSION, str(opened.with_name("mine.ipynb")))
    form.offer()
    assert shown == []
    monkeypatch.setenv(form.SESSION, str(opened))
    form.offer()
    (bundle,) = shown
    assert list(bundle) == [form.VIEW], "what nbval leaves out of its comparison, and nothing else"


AMOUNTS = ["$1.2 billion", "−$3 million", "$950 million", "–", "$7", "1,500", "12.5%"]
IN_ORDER = ["–", "−$3 million", "$7", "12.5%", "1,500", "$950 million", "$1.2 billion"]


def test_a_table_in_jupyterlab_is_sorted_by_size_and_searched(tmp_path: Path, browser: Any) -> None:
    frame = pd.DataFrame({"State": list("ABCDEFG"), "Amount": AMOUNTS})
    table = _html_table(frame, {"Amount": str})
    script = sortable.script().outputs[0]["data"]["text/html"]
    page = tmp_path / "lab.html"
    notebook = f'<div class="jp-Notebook">{table}<table><tr><td>theirs</table>{script}</div>'
    page.write_text(f"<!doctype html><meta charset=utf-8>{notebook}{table}", encoding="utf-8")
    tab = browser.new_page()
    tab.goto(page.as_uri())
    cells = tab.locator("table.dataTable td:nth-child(2)")
    tab.wait_for_selector("table.dataTable")
    assert tab.locator("table.dataTable").count() == 1, "no other table, in no other place"
    expect(cells, "in the order of the notebook at first").to_have_text(AMOUNTS)
    # Rows are drawn a moment after the click, so they are waited for.
    tab.locator("table.dataTable th.dt-orderable-asc").last.click()
    expect(cells).to_have_text(IN_ORDER)
    tab.get_by_role("searchbox").fill("million")
    expect(cells).to_have_text(["−$3 million", "$950 million"])
