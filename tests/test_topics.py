"""Notebooks are content: one that is put into ``notebooks/`` is a topic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat import v4
from small_project import ties

from turkic_ties import parameters, topics
from turkic_ties.files import FileError
from turkic_ties.parameters import ParameterError, check, checked
from turkic_ties.reports.plan import plan
from turkic_ties.reports.record import METADATA

TAGGED = {"tags": ["parameters"]}
CELL = """# every kind of default
rate = 0.5
label = "World"
years: int = 3
ratio: float = 1
weights = [1, 2]  # a list
names: list[str] = ["a"]
options = {"a": 1}
flag = False
limit: "Optional[int]" = None
anything = None
old = 1.0  # type: float
made = len(label)
_private = 1
import math
"""
OURS = METADATA["kernelspec"]
NAMES = [*["rate", "label", "years", "ratio", "weights", "names"], *["options", "flag", "limit"]]
NAMES += ["anything", "old", "made"]


def drop_in(project: Path, name: str, cell: str, *sources: str, **metadata: Any) -> Path:
    """Write a notebook as a stranger would: a cell with parameters, and other cells."""
    cells = [v4.new_code_cell(cell, metadata=TAGGED), *map(v4.new_code_cell, sources)]
    path = project / "notebooks" / f"{name}.ipynb"
    path.write_text(
        nbformat.writes(v4.new_notebook(cells=cells, metadata=metadata)), encoding="utf-8"
    )
    return path


def test_the_parameters_are_those_papermill_finds(small: Path) -> None:
    path = drop_in(small, "kinds", CELL, language_info={"name": "python"}, kernelspec=KERNEL)
    fields = parameters.model("kinds").model_fields
    assert list(fields) == NAMES
    assert set(papermill.inspect_notebook(str(path))) - {"_private"} == set(NAMES)


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("rate", "2", 2.0),
        ("label", "12", "12"),
        ("years", "4", 4),
        ("ratio", "0.5", 0.5),
        ("weights", "3,4", [3, 4]),
        ("weights", "[3, 4]", [3, 4]),
        ("names", "b,c", ["b", "c"]),
        ("options", "{'b': 2}", {"b": 2}),
        ("flag", "true", True),
        ("limit", "5", 5),
        ("limit", "None", None),
        ("anything", "x", "x"),
        ("anything", "1.5", 1.5),
        ("made", "7", 7),
    ],
)
def test_a_value_given_as_text_gets_the_type_of_the_cell(
    small: Path, name: str, given: str, value: object
) -> None:
    drop_in(small, "kinds", CELL)
    assert getattr(check("kinds", {name: given}), name) == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("years", "many"),
        ("ratio", "x"),
        ("flag", "7"),
        ("options", "b"),
        ("limit", "x"),
        ("no", "1"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(small: Path, name: str, given: str) -> None:
    drop_in(small, "kinds", CELL)
    with pytest.raises(ParameterError, match=f"kinds: .*{name}"):
        check("kinds", {name: given})


def test_a_default_that_the_notebook_computes_is_passed_on_only_when_it_is_given(
    small: Path,
) -> None:
    drop_in(small, "kinds", CELL)
    (standard,) = plan(["kinds"], {})
    (other,) = plan(["kinds"], {"made": "7"})
    assert "made" not in standard.parameters
    assert (other.parameters["made"], other.stem) == (7, "kinds/kinds_made-7")


@pytest.mark.parametrize(
    ("cell", "stem", "title"),
    [
        ('country = "Türkiye"\npartner = "KZ"', "topic/tur-kaz", "Türkiye and Kazakhstan"),
        ('country = "TUR"', "topic/tur", "Türkiye"),
        ("x = 1", "topic/topic", ""),
        ("", "topic/topic", ""),
        ('start = "2020-01-01"\nend = "2020-02-01"', "topic/topic", "2020-01-01–2020-02-01"),
        ("start = 5\nend = 9\nwindow = 60", "topic/topic", "5–9"),
        ("end = None", "topic/topic", ""),
        ("start = 2001", "topic/topic", "since 2001"),
        ("country = None", "topic/topic", ""),
    ],
)
def test_a_notebook_with_or_without_a_pair_has_a_name_and_a_title(
    small: Path, cell: str, stem: str, title: str
) -> None:
    drop_in(small, "topic", cell)
    (report,) = plan(["topic"], {})
    assert (report.stem, report.title, report.problem) == (stem, title, "")


def test_known_names_are_checked_in_any_notebook(small: Path) -> None:
    drop_in(small, "topic", 'country = "KAZ"\npartner = "TUR"\nstart = 2000\nend = None')
    found = check("topic", {"country": "Өзбекстан", "start": "2001", "end": "None"})
    assert dict(found) == {"country": "UZB", "partner": "TUR", "start": 2001, "end": None}
    for given in ({"country": "Narnia"}, {"start": 1799}, {"end": 1999}, {"partner": "KAZ"}):
        with pytest.raises(ParameterError, match=f"{next(iter(given))}|after end|both KAZ"):
            check("topic", given)


R = {"kernelspec": {**KERNEL, "language": "R"}}
REFUSED = {
    "syntax": (drop_in, "x = = 1", {}, "line 1 is not Python"),
    "narnia": (drop_in, 'country = "Narnia"', {}, "country: No country"),
    "reversed": (drop_in, "start = 2020\nend = 2010", {}, "after end"),
    "clash": (drop_in, "schema = 1", {}, "cannot be called 'schema'"),
    "julia": (drop_in, "x = 1", {"language_info": {"name": "julia"}}, "is written in julia"),
    "in_r": (drop_in, "x = 1", R, "is written in R"),
    "no_language_info": (drop_in, "x = 1", {"language_info": {"name": ""}} | R, "is written in R"),
    "bad name": (drop_in, "x = 1", {}, "a page cannot have this name"),
    "failed": (drop_in, "x = 1", {}, "a page cannot have this name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_notebook_that_cannot_be_run_is_planned_with_the_reason(small: Path, name: str) -> None:
    write, cell, metadata, said = REFUSED[name]
    write(small, name, cell, **metadata)
    (report,) = plan([name], {})
    assert said in report.problem
    assert f"notebooks/{name}.ipynb" in report.problem
    assert "\n" not in report.problem


def test_topics_that_are_not_named_are_those_that_take_the_parameters_given(small: Path) -> None:
    drop_in(small, "hello", "rate = 1.0")
    named = {report.topic for report in plan([], {"country": "UZB"}) if not report.problem}
    assert named == {"trade", "defense"}
    assert [report.stem for report in plan(["hello", "trade"], {}, all_pairs=True)][:2] == [
        "hello/hello",
        "trade/kaz-tur",
    ]
    answer = ties(small, "build", "--set", "colour=red")
    assert (answer.returncode, answer.stderr) == (2, "ties: no notebook takes all of colour.\n")


def test_title_order_and_summary_come_from_the_notebook(small: Path) -> None:
    own = {"order": 0.5, "summary": "One line."}
    drop_in(small, "hello_world", "x = 1", title="Hello, world", turkic_ties=own)
    drop_in(small, "zebra", "x = 1", turkic_ties=[1])
    assert topics.names()[0] == "hello_world"
    assert topics.describe("hello_world") == topics.Topic("Hello, world", 0.5, "One line.")
    assert topics.describe("zebra") == topics.Topic("Zebra", float("inf"), "")


def test_a_notebook_without_any_of_our_calls_is_built_and_listed(small: Path) -> None:
    about = {"turkic_ties": {"order": 0, "summary": "One <line>."}}
    cells = ["print('Hello,', name)", "import random\nprint(random.random(), object())"]
    drop_in(small, "hello", 'name = "World"', *cells, title="Hi", **about)
    drop_in(small, "broken", "x = = 1")
    answer = ties(small, "build", "hello", "broken", "trade")
    assert answer.returncode == 1
    assert "failed broken/kaz-tur: notebooks/broken.ipynb" in answer.stderr
    assert "note hello/hello: cell 3: shows an address in memory, which" in answer.stderr
    assert "with the same inputs" not in answer.stderr
    assert "Traceback" not in answer.stderr
    page = (small / "reports/hello/hello.html").read_text(encoding="utf-8")
    assert "<title>Hi | Turkic Ties</title>" in page
    assert "Hello, World" in page
    summary = json.loads((small / "reports/hello/hello.json").read_text(encoding="utf-8"))
    assert summary["parameters"] == {"name": "World"}
    index = (small / "reports/index.html").read_text(encoding="utf-8")
    assert '<h2 id="hello">Hi</h2>' in index
    assert '<a href="hello/hello.html">' in index
    assert "One &lt;line&gt;." in index
    assert index.index('id="hello"') < index.index('id="trade"')
    again = ties(small, "build", "hello", "--force", "--quiet")
    assert "note hello/hello: another run with the same inputs gave another" in again.stderr


def test_a_notebook_accepts_what_the_command_accepts() -> None:
    assert checked("defense", country="Казахстан", powers="Rusya, Çin", window="3") == (
        "KAZ",
        ["RUS", "CHN"],
        3,
    )
    assert checked("language_policy", alphabet=2019) == ("2019",)
    assert checked("no such topic", partner="TR", other="1") == ("TUR", "1")
    with pytest.raises(ParameterError, match="trade: top_n"):
        checked("trade", top_n=2)


def test_papermill_runs_a_notebook_in_an_odd_place(tmp_path: Path) -> None:
    """Other letters and a space in the path, a long temporary folder, no HOME, no UTF-8 locale."""
    folder, temporary = tmp_path / "ü Қ", tmp_path / ("t" * 60) / ("u" * 60)
    for path in (folder / "notebooks", temporary):
        path.mkdir(parents=True)
    sources = [
        "from turkic_ties import parameters",
        "parameters.checked('x', country=country, start=start)",
    ]
    cell = 'country = "KAZ"\nstart = 2010'
    path = drop_in(folder, "x", cell, *sources, kernelspec=OURS, language_info={"name": "python"})
    kept = {name: value for name, value in os.environ.items() if name != "HOME"}
    given = ["-p", "country", "Özbekistan", "-r", "start", "2001"]
    answer = subprocess.run(
        [str(Path(sys.executable).with_name("papermill")), path.name, "out.ipynb", *given],
        cwd=path.parent,
        env={**kept, "LC_ALL": "C", "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    executed = nbformat.read(path.with_name("out.ipynb"), as_version=4)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "('UZB', 2001)"


def test_without_a_checkout_and_without_data_the_answer_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "PROJECT", tmp_path)
    monkeypatch.setenv("TURKIC_TIES_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileError, match=r"no data folder at .*or set TURKIC_TIES_DATA"):
        _ = topics.TOPICS


def test_a_notebook_of_an_older_format_is_named(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    path.write_text('{"nbformat": 3, "metadata": {}, "worksheets": [{"cells": []}]}', "utf-8")
    with pytest.raises(topics.NotebookError, match="of an older format: open and save it"):
        topics.parameters_cell(path)
