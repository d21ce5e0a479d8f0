"""The build: only what changed, several at once, and nothing published is ever lost.

Small notebooks stand in for the real ones, see `small_project`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from small_project import SLOW, TABLES, command, printed, small_notebook, start, ties

from turkic_ties import data, files
from turkic_ties.reports import changes, manifest, summaries
from turkic_ties.reports.build import BuildResult, build, due, produce
from turkic_ties.reports.plan import Hashes, plan
from turkic_ties.reports.publish import BusyError, exclusive


def make(small: Path, topics: Any = tuple(TABLES), **options: Any) -> BuildResult:
    """Build the small reports as the command does."""
    directory, hashes = small / "reports", Hashes()
    force = options.pop("force", False)
    with exclusive(directory):
        return build(
            due(plan(topics, {}), directory, hashes, force),
            directory,
            hashes,
            lambda *_: None,
            **options,
        )


def why(small: Path) -> dict[str, list[str]]:
    found = due(plan(TABLES, {}), small / "reports", Hashes())
    return {report.topic: reasons for report, reasons in found.items()}


def published(small: Path) -> dict[str, str]:
    """Hash what a reader finds: everything but hidden files and what failed."""
    directory = small / "reports"
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
        and not path.relative_to(directory).as_posix().startswith((".", "failed/"))
    }


def edit_transit(data_copy: Path) -> None:
    """Change the figure the small trade report shows, as an update of its table would."""
    path = data_copy / "trade" / "transit.csv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    column = [place for place, name in enumerate(header.split(",")) if "tonnes" in name][-1]
    cells = first.split(",")
    cells[column] = str(float(cells[column]) + 1000)
    path.write_text("\n".join([header, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    data.seal()


# -- incremental ----------------------------------------------------------------------------------


def test_what_is_built_is_not_built_again_until_an_ingredient_changes(
    small: Path, data_copy: Path
) -> None:
    first = make(small)
    assert (sorted(first.built), first.reused, first.failed) == (
        ["defense/kaz-tur", "trade/kaz-tur"],
        [],
        {},
    )
    before = published(small)
    again = make(small)
    assert (again.built, sorted(again.reused), again.published) == (
        [],
        ["defense/kaz-tur", "trade/kaz-tur"],
        [],
    )
    assert published(small) == before
    edit_transit(data_copy)
    assert why(small) == {"trade": ["table trade/transit changed"], "defense": []}
    assert make(small).built == ["trade/kaz-tur"]
    assert why(small) == {"trade": [], "defense": []}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("src/turkic_ties/module.py", "package source changed"),
        ("src/turkic_ties/reports/template/style.css", "template changed"),
        ("requirements.lock", "lock file changed"),
        ("data/articles/subtle-cooperation.yml", "article subtle-cooperation changed"),
        ("reports/trade/kaz-tur.html", "trade/kaz-tur.html was altered"),
    ],
)
def test_every_ingredient_counts_and_is_named(
    small: Path, data_copy: Path, path: str, reason: str
) -> None:
    make(small, ["trade"])
    edited = (data_copy.parent if path.startswith("data") else small) / path
    content = edited.read_text(encoding="utf-8")
    edited.write_text(content + "\n", encoding="utf-8")
    assert why(small)["trade"] == [reason]
    edited.write_text(content, encoding="utf-8")
    assert why(small)["trade"] == []


def test_the_source_of_a_notebook_counts_and_its_stored_outputs_do_not(small: Path) -> None:
    make(small, ["trade"])
    path = small / "notebooks" / "trade.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="stored")]
    nbformat.write(notebook, path)
    assert why(small)["trade"] == []
    notebook.cells[3].source = "one = 1"
    nbformat.write(notebook, path)
    assert why(small)["trade"] == ["notebook changed"]


def test_parameters_that_are_not_the_standard_ones_make_a_report_of_their_own(small: Path) -> None:
    make(small, ["trade"])
    ((report, reasons),) = due(
        plan(["trade"], {"start": 2005}), small / "reports", Hashes()
    ).items()
    assert (report.stem, reasons) == (
        "trade/kaz-tur_start-2005",
        ["never built in this output folder"],
    )


def test_a_missing_file_is_made_again_and_force_makes_all_again(small: Path) -> None:
    make(small)
    (small / "reports" / "trade" / "kaz-tur.html").unlink()
    assert why(small)["trade"] == ["trade/kaz-tur.html is missing"]
    once_more = make(small)
    assert once_more.built == ["trade/kaz-tur"]
    assert not any(once_more.notes.values())
    again = make(small, force=True)
    assert sorted(again.built) == ["defense/kaz-tur", "trade/kaz-tur"]
    assert not any(again.notes.values()), "the same pages, in an edition that has not changed"


def test_a_build_imports_no_more_than_it_needs(small: Path) -> None:
    """With nothing to do nothing heavy; else not what cells compute with."""
    make(small, ["trade"])
    report = "import atexit, sys; atexit.register(lambda: print(*sys.modules))"
    computing = {"pandas", "numpy", "scipy", "matplotlib", "seaborn"}
    heavy = computing | {"papermill", "nbconvert", "nbformat", "jinja2", "rich"}
    for options, said, unneeded in [
        (["--force"], "1 built", computing),
        ([], "0 built, 1 up to date", heavy),
    ]:
        asked = command(small, "build", "trade", *options, before=report)
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        assert said in answer.stdout
        loaded = {name.split(".")[0] for name in answer.stdout.splitlines()[-1].split()}
        assert not loaded & unneeded


def test_explain_says_why_and_runs_nothing(small: Path, data_copy: Path) -> None:
    make(small, ["trade"])
    edit_transit(data_copy)
    before = published(small)
    answer = ties(small, "build", "trade", "defense", "--explain")
    assert answer.stdout.splitlines() == [
        "trade/kaz-tur: would run: table trade/transit changed",
        "defense/kaz-tur: would run: never built in this output folder",
    ]
    assert published(small) == before


def test_all_pairs_are_the_thirty_ordered_pairs_of_every_topic() -> None:
    planned = plan([], {}, all_pairs=True)
    assert len({report.stem for report in planned}) == len(planned) == 120
    with pytest.raises(Exception, match="leave out country and partner"):
        plan([], {"country": "KAZ"}, all_pairs=True)


def test_several_at_once_give_the_same_bytes_as_one_after_another(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turkic_ties.reports.build.produce", produce)
    make(small, jobs=1)
    before = {
        name: content
        for name, content in published(small).items()
        if name not in (manifest.NAME, "history.jsonl")
    }
    make(small, jobs=2, force=True)
    assert {name: published(small)[name] for name in before} == before


# -- manifest, history, changes -------------------------------------------------------------------


def test_the_manifest_is_a_process_run_crate_whose_references_resolve(small: Path) -> None:
    make(small)
    text = (small / "reports" / manifest.NAME).read_text(encoding="utf-8")
    crate = json.loads(text)
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    assert graph[manifest.NAME]["about"] == {"@id": "./"}
    assert graph["./"]["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    actions = [entity for entity in graph.values() if entity["@type"] == "CreateAction"]
    reports = {"trade/kaz-tur", "defense/kaz-tur", "articles/subtle-cooperation"}
    assert {action["name"] for action in actions} == reports | {"edition"}
    for action in actions:
        assert action["startTime"] <= action["endTime"]
        assert graph[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
        assert {graph[part["@id"]]["@type"] for part in action["result"]} == {"File"}
        assert all(part["@id"] in graph for part in action["object"])
        names = {graph[part["@id"]]["name"] for part in action["object"]}
        assert {"package source", "template", "lock file"} <= names
    assert {part["@id"] for part in graph["./"]["hasPart"]} == set(published(small)) - {
        manifest.NAME,
        "history.jsonl",
    }
    assert str(small) not in text


def test_verify_names_what_was_altered_by_hand(small: Path) -> None:
    assert ties(small, "build", "--verify").returncode == 2
    make(small)
    answer = ties(small, "build", "--verify")
    assert (answer.returncode, answer.stderr) == (0, "")
    page = small / "reports" / "defense" / "kaz-tur.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace("First figure", "Second figure"), encoding="utf-8"
    )
    (small / "reports" / "trade" / "kaz-tur.json").unlink()
    answer = ties(small, "build", "--verify")
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[:2] == [
        "defense/kaz-tur.html was altered",
        "trade/kaz-tur.json is missing",
    ]


def test_a_damaged_manifest_is_one_line(small: Path) -> None:
    make(small, ["trade"])
    (small / "reports" / manifest.NAME).write_text("{", encoding="utf-8")
    answer = ties(small, "build", "trade")
    assert answer.returncode == 2
    assert "ro-crate-metadata.json is damaged" in answer.stderr
    assert "Delete it" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_what_moved_is_told_with_the_table_that_moved_it(small: Path, data_copy: Path) -> None:
    make(small)
    page = small / "reports" / "changes.html"
    untouched = page.read_text(encoding="utf-8")
    assert "<table>" not in untouched
    edit_transit(data_copy)
    outcome = make(small)
    (change,) = outcome.changes
    assert (change.report, change.id, change.tables) == (
        "trade/kaz-tur",
        "first",
        ("trade/transit",),
    )
    figures = [float(text.split()[0].replace(",", "")) for text in (change.before, change.after)]
    assert figures[1] - figures[0] == 1000
    first = page.read_text(encoding="utf-8")
    assert change.after in first
    edit_transit(data_copy)
    time.sleep(1)  # builds are recorded by the second
    (second,) = make(small).changes
    text = page.read_text(encoding="utf-8")
    assert text.index(second.after) < text.index(change.before), "the newest comes first"
    assert make(small, force=True).changes == []
    assert page.read_text(encoding="utf-8") == text


def test_every_build_leaves_a_line_of_history(small: Path, data_copy: Path) -> None:
    make(small)
    edit_transit(data_copy)
    make(small)
    make(small)
    lines = [
        json.loads(line)
        for line in (small / "reports" / "history.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [line["built"] for line in lines] == [
        ["defense/kaz-tur", "trade/kaz-tur"],
        ["trade/kaz-tur"],
    ]
    assert [line["reused"] for line in lines] == [0, 1]
    assert all(
        line["started"] <= line["ended"] and line["verdict_changes"] == line["failed"] == []
        for line in lines
    )


def summary(value: int, verdict: str, **hashes: str) -> str:
    """Write as much of a report's or an article's summary as changes are found in."""
    figure = {"id": "f", "label": "F", "value": value, "unit": "t", "period": "2024"}
    claim = {"id": "T01", "verdict": verdict, "tables": ["a/claimed"]}
    tables = [{"table": f"a/{name}", "hash": hash} for name, hash in hashes.items()]
    pair = {"country": "KAZ", "partner": "TUR"}
    rest: dict[str, Any] = {
        **{"slug": "r", "article": pair, "byline": "", "scale": []},
        "results": [claim],
        "in_short": [],
        "findings": [],
        "figures": [],
        "shown_tables": [],
        "sources": [],
    }
    rest |= {"format": summaries.FORMAT, "topic": "trade", "parameters": pair}
    return json.dumps({"key_figures": [figure], "claims": [claim], "tables": tables, **rest})


def test_a_changed_verdict_names_only_the_changed_tables_it_rests_on(tmp_path: Path) -> None:
    for name, text in {
        "before": summary(1, "supported", claimed="1", other="1", same="1"),
        "after": summary(2, "outdated", claimed="2", other="2", same="1"),
    }.items():
        for folder in ("trade", "articles"):
            (tmp_path / name / folder).mkdir(parents=True)
            (tmp_path / name / folder / "r.json").write_text(text, encoding="utf-8")
    names = ["trade/r", "trade/new", "articles/r", "articles/new"]
    verdict, figure = changes.between(tmp_path / "before", tmp_path / "after", names)
    assert (figure.kind, figure.before, figure.after) == ("key figure", "1 t (2024)", "2 t (2024)")
    assert figure.tables == ("a/claimed", "a/other")
    assert (verdict.kind, verdict.tables) == ("verdict", ("a/claimed",))
    assert changes.between(tmp_path / "before", tmp_path / "before", names) == []


def test_quiet_speaks_only_when_something_moved_or_failed(small: Path, data_copy: Path) -> None:
    answer = ties(small, "build", "trade", "--quiet")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    edit_transit(data_copy)
    answer = ties(small, "build", "trade", "--quiet")
    assert answer.stdout.startswith("moved: trade/kaz-tur, First figure: ")
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", "1 / 0"), encoding="utf-8"
    )
    answer = ties(small, "build", "trade", "--quiet")
    assert answer.returncode == 1
    assert "ZeroDivisionError" in answer.stderr


# -- verdicts -------------------------------------------------------------------------------------


WITH_A_VERDICT = """from turkic_ties import claims, show
show.claims(result.to_dict() for result in claims.evaluate(claims.load(), ["D13"]))"""


def test_a_verdict_nobody_signed_fails_the_build_and_keeps_the_report(
    small: Path, data_copy: Path
) -> None:
    (small / "notebooks" / "defense.ipynb").write_text(
        small_notebook("defense", WITH_A_VERDICT), encoding="utf-8"
    )
    assert make(small).failed == {}
    before = published(small)
    registry = data_copy / "articles" / "subtle-cooperation.yml"
    claim = registry.read_text(encoding="utf-8").replace(
        "verdict: supp", "verdict: contradicted #", 1
    )
    history, _, note = claim.rpartition("verdict: supported")
    registry.write_text(f"{history}verdict: contradicted{note}", encoding="utf-8")
    answer = ties(small, "build", *TABLES)
    assert answer.returncode == 1
    assert "D13" in answer.stderr
    assert "contradicted\n  computed now: supported" in answer.stderr
    assert "defense/events (sha256:" in answer.stderr
    assert "sign it" in answer.stderr
    after = published(small)
    assert [
        name
        for name in before
        if name.startswith(("defense/", "articles/")) and after[name] != before[name]
    ] == []
    assert json.loads((small / "reports" / "history.jsonl").read_text("utf-8").splitlines()[-1])[
        "failed"
    ] == ["articles/subtle-cooperation", "defense/kaz-tur"]


def test_a_verdict_that_was_signed_anew_is_told_as_a_change(small: Path) -> None:
    make(small)
    path = small / "reports" / "articles" / "subtle-cooperation.json"
    path.write_text(
        path.read_text("utf-8").replace('"verdict": "supported"', '"verdict": "imprecise"'),
        encoding="utf-8",
    )
    (change,) = make(small).changes
    assert (change.kind, change.id, change.before, change.after) == (
        "verdict",
        "D13",
        "imprecise",
        "supported",
    )
    last = json.loads(
        (small / "reports" / "history.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    )
    assert last["verdict_changes"] == [str(change)]
    assert "statement D13" in (small / "reports" / "changes.html").read_text(encoding="utf-8")


def test_an_article_with_a_mistake_is_named_and_the_rest_is_published(
    small: Path, data_copy: Path
) -> None:
    folder = data_copy / "articles"
    whole = (folder / "subtle-cooperation.yml").read_text(encoding="utf-8")
    texts = {
        "broken.yml": "article: [",
        "hostile.yml": "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(9)),
        "no-data.yml": whole.replace("country: KAZ\n", "country: ABW\n", 1).replace(
            "{table: defense/events, where: {id: 2017-01",
            "{measure: trade.ranks, where: {id: 2017-01",
        ),
        "two words.yml": whole,
        "other.yml": whole,
    }
    texts["no-data.yml"] = texts["no-data.yml"].replace(
        "      compute:\n        table: defense/events",
        "      compute:\n        measure: trade.ranks",
    )
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    answer = ties(small, "build", *TABLES)
    assert answer.returncode == 2, answer.stderr
    lines = [line for line in answer.stderr.splitlines() if line.startswith("ties: ")]
    assert len(lines) == 4
    for name in ("broken.yml", "hostile.yml", "no-data.yml", "two words.yml"):
        assert sum(name in line for line in lines) == 1, lines
    assert "Traceback" not in answer.stderr
    for stem in ("trade/kaz-tur", "articles/subtle-cooperation", "articles/other", "index"):
        assert (small / "reports" / f"{stem}.html").is_file(), stem
    assert not list((small / "reports" / "articles").glob("*broken*"))


def test_an_article_makes_only_reports_on_its_pair_due(small: Path, data_copy: Path) -> None:
    make(small)
    folder = data_copy / "articles"
    text = (folder / "subtle-cooperation.yml").read_text(encoding="utf-8")
    (folder / "other.yml").write_text(
        text.replace("country: KAZ\n", "country: AZE\n", 1), encoding="utf-8"
    )
    assert why(small) == {"trade": [], "defense": []}
    outcome = make(small)
    assert outcome.built == []
    written = [path.name for path in outcome.published if path.parent.name == "articles"]
    assert written == ["other.html", "other.json"]
    assert "articles/other.html" in (small / "reports" / "index.html").read_text(encoding="utf-8")


# -- what goes wrong in a notebook ----------------------------------------------------------------


def test_a_notebook_that_fails_keeps_its_report_and_the_others_are_built(small: Path) -> None:
    make(small)
    before = published(small)
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", "raise ValueError('no cheese')"), encoding="utf-8"
    )
    outcome = make(small, force=True)
    assert outcome.built == ["defense/kaz-tur"]
    assert "section 'Work': ValueError: no cheese" in outcome.failed["trade/kaz-tur"]
    after = published(small)
    assert {name: after[name] for name in before if name.startswith("trade/")} == {
        name: content for name, content in before.items() if name.startswith("trade/")
    }
    kept = nbformat.read(small / "reports" / "failed" / "trade" / "kaz-tur.ipynb", as_version=4)
    (error,) = [
        output
        for cell in kept.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert "no cheese" in error.evalue
    assert any("ValueError" in line for line in error.traceback)
    assert ties(small, "build", "trade").returncode == 1
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", "fixed = True"), encoding="utf-8"
    )
    assert make(small).built == ["trade/kaz-tur"]
    assert not (small / "reports" / "failed" / "trade" / "kaz-tur.ipynb").exists()


def test_a_kernel_that_dies_once_is_tried_again(small: Path, tmp_path: Path) -> None:
    marker = tmp_path / "died"
    dies = f"import os, pathlib\nmarker = pathlib.Path({str(marker)!r})\n"
    dies += "if not marker.exists():\n    marker.touch()\n    os.kill(os.getpid(), 9)"
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", dies), encoding="utf-8"
    )
    outcome = make(small, ["trade"])
    assert marker.exists()
    assert (outcome.built, outcome.failed) == (["trade/kaz-tur"], {})


@pytest.mark.parametrize(
    ("failure", "runs"),
    [("os.kill(os.getpid(), 9)", 2), ("1 / 0", 1), ("import time; time.sleep(60)", 1)],
)
def test_only_a_kernel_that_died_is_tried_again_and_only_once(
    small: Path, tmp_path: Path, failure: str, runs: int
) -> None:
    count = f"import os\nwith open({str(tmp_path / 'runs')!r}, 'a') as file:\n    file.write('x')\n"
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", count + failure), encoding="utf-8"
    )
    assert set(make(small, ["trade"], cell_timeout=5).failed) == {"trade/kaz-tur"}
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "x" * runs


def test_a_kernel_that_always_dies_is_a_failure_with_its_notebook_kept(small: Path) -> None:
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", "import os\nos.kill(os.getpid(), 9)"), encoding="utf-8"
    )
    outcome = make(small)
    assert outcome.built == ["defense/kaz-tur"]
    assert "section 'Work': the kernel died" in outcome.failed["trade/kaz-tur"]
    assert "KernelDied" in (small / "reports" / "failed" / "trade" / "kaz-tur.ipynb").read_text(
        encoding="utf-8"
    )


def test_a_kernel_that_hangs_is_stopped_after_the_time_a_cell_may_take(small: Path) -> None:
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", "import time\ntime.sleep(600)"), encoding="utf-8"
    )
    began = time.monotonic()
    outcome = make(small, cell_timeout=5)
    assert time.monotonic() - began < 120
    assert outcome.built == ["defense/kaz-tur"]
    assert "section 'Work': the cell took longer than 5 s" in outcome.failed["trade/kaz-tur"]
    assert "CellTimeout" in (small / "reports" / "failed" / "trade" / "kaz-tur.ipynb").read_text(
        encoding="utf-8"
    )


EDITED_WHILE_IT_RUNS = """from turkic_ties import countries, data
path = countries.data_directory() / "trade" / "transit.csv"
path.write_text("\\n".join(path.read_text().splitlines()[:-1]) + "\\n")
data.seal()"""


def test_a_table_edited_during_a_build_makes_its_report_due_again(
    small: Path, data_copy: Path
) -> None:
    """Between the start of the build and the moment the notebook reads it."""
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", EDITED_WHILE_IT_RUNS), encoding="utf-8"
    )
    assert make(small).failed == {}
    assert why(small) == {"trade": ["table trade/transit changed"], "defense": []}


def test_a_failed_report_is_said_to_stay_only_where_there_is_one(small: Path) -> None:
    works = (small / "notebooks" / "trade.ipynb").read_text(encoding="utf-8")
    fails = small_notebook("trade", "1 / 0")
    for source, stays in [(fails, False), (works, False), (fails, True)]:
        (small / "notebooks" / "trade.ipynb").write_text(source, encoding="utf-8")
        answer = ties(small, "build", "trade")
        assert ("the last good report stays published" in answer.stderr) is stays
        assert answer.returncode == (1 if source is fails else 0)


def test_a_system_without_file_locks_is_told_in_one_line(small: Path) -> None:
    windows = "from turkic_ties.reports import publish; publish.fcntl = None"
    answer = ties(small, "build", before=windows)
    assert answer.returncode == 2
    assert answer.stderr.startswith("ties: builds need a POSIX system")
    assert answer.stderr.count("\n") == 1


def test_an_edited_table_stops_the_build_in_one_line(small: Path, data_copy: Path) -> None:
    make(small)
    before = published(small)
    path = data_copy / "trade" / "transit.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    answer = ties(small, "build", "trade")
    assert answer.returncode == 2
    assert "transit.csv: the contents are not those the package describes" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert published(small) == before


def test_a_missing_table_stops_the_build_in_one_line(small: Path, data_copy: Path) -> None:
    make(small)
    before = published(small)
    (data_copy / "trade" / "transit.csv").unlink()
    assert why(small) == {"trade": ["table trade/transit changed"], "defense": []}
    answer = ties(small, "build", "trade")
    assert answer.returncode == 2
    assert "transit.csv is missing" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert published(small) == before


GOOD = small_notebook("trade")
LINES = GOOD.splitlines()
BROKEN: dict[str, tuple[str | bytes, str]] = {
    "merged": (
        "\n".join([*LINES[:8], "<<<<<<< HEAD", "=======", *LINES[8:]]),
        "merged.ipynb is not a notebook (line 9): marks of a merge?",
    ),
    "empty": ("", "empty.ipynb is not a notebook (line 1)"),
    "cut": (GOOD[:200], "cut.ipynb is not a notebook (line "),
    "list": ("[1, 2]", "list.ipynb is not a notebook"),
    "count": ('{"cells": 3}', "count.ipynb is not a notebook"),
    "marked": ("\ufeff" + GOOD, "byte order mark"),
    "wide": (GOOD.encode("utf-16"), "wide.ipynb, line 1: is not UTF-8"),
    "untagged": (GOOD.replace("parameters", "p"), "untagged.ipynb has no cell tagged 'parameters'"),
}


def test_notebooks_that_cannot_be_run_fail_alone_and_are_named(small: Path) -> None:
    for name, (content, _) in BROKEN.items():
        path = small / "notebooks" / f"{name}.ipynb"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (small / "notebooks" / "trade.ipynb").unlink()
    for command_name, good in (("build", ["defense"]), ("record", [])):
        answer = ties(small, command_name, "trade", *BROKEN, *good)
        assert (answer.returncode, "Traceback" in answer.stderr) == (1, False)
        for reason in ["trade.ipynb is missing", *(said for _, said in BROKEN.values())]:
            assert reason in answer.stderr
    assert (small / "reports" / "defense" / "kaz-tur.html").is_file()
    assert not (small / "reports" / "trade").exists()


def test_an_output_that_cannot_be_rendered_fails_alone(small: Path) -> None:
    shown = "from turkic_ties.show import MIME_TYPE\n"
    shown += "display({MIME_TYPE: {'kind': 'figure', 'id': 'f'}}, raw=True)"
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", shown), encoding="utf-8"
    )
    result = make(small)
    assert result.built == ["defense/kaz-tur"]
    assert result.failed["trade/kaz-tur"].startswith("trade KAZ–TUR: ")


DAMAGE = {
    "marks of a merge": b"<<<<<<< HEAD\n{}",
    "nothing": b"",
    "not UTF-8": b"\xff\xfe",
    "another form": b'{"format": 1, "topic": "defense", "parameters": {"country": "KAZ"}}',
    "a list": b"[]",
    "lists of numbers": b'{"format": 2, "topic": "defense", "parameters": {"country": "KAZ", '
    b'"partner": "TUR"}, "key_figures": [1], "findings": 3}',
}


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_summary_that_is_damaged_or_not_ours_is_not_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "defense" / "kaz-tur.json"
    path.parent.mkdir()
    path.write_bytes(content)
    assert summaries.read(path) is None
    line = changes.as_lines([], "2026-01-01", [changes.Change("r", "k", "i", "l", "b", "a", ())])
    (tmp_path / changes.LOG).write_bytes(content + b"\n" + line.encode())
    assert [change["report"] for change in changes.read(tmp_path)] == ["r"]


def test_damaged_files_among_the_reports_stop_no_build(small: Path) -> None:
    make(small)
    paths = ["trade/kaz-tur.json", "defense/kaz-tur.json", "trade/notes.json", changes.LOG]
    for path in [*paths, "changes.html", "history.jsonl"]:
        (small / "reports" / path).write_bytes(DAMAGE["not UTF-8"])
    result = make(small, ["trade"])
    assert (result.built, result.failed) == (["trade/kaz-tur"], {})
    assert make(small).built == ["defense/kaz-tur"]
    assert manifest.verify(small / "reports")[1] == []


def test_reports_deleted_by_hand_are_no_longer_in_the_edition(small: Path) -> None:
    make(small)
    for path in (small / "reports" / "defense").glob("kaz-tur.*"):
        path.unlink()
    assert make(small, ["trade"]).built == []
    left = {"trade/kaz-tur", "articles/subtle-cooperation", manifest.PAGES}
    assert set(manifest.read(small / "reports")) == left
    index = (small / "reports" / "index.html").read_text(encoding="utf-8")
    assert "defense/kaz-tur.html" not in index
    assert manifest.verify(small / "reports")[1] == []
    assert make(small).built == ["defense/kaz-tur"]


def test_a_notebook_saved_while_it_is_recorded_is_not_replaced(small: Path) -> None:
    path = small / "notebooks" / "trade.ipynb"
    saves = f"from pathlib import Path\npath = Path({str(path)!r})\n"
    saves += "text = path.read_text()\npath.write_text(text + ' ')"
    path.write_text(small_notebook("trade", saves), encoding="utf-8")
    answer = ties(small, "record", "trade")
    assert answer.returncode == 1
    assert "was saved while it ran, so nothing was recorded" in answer.stderr
    assert path.read_text(encoding="utf-8").endswith(" ")
    assert "stored" not in path.read_text(encoding="utf-8")


def test_a_table_read_with_other_contents_than_were_hashed_makes_its_report_due(
    small: Path,
) -> None:
    hashes = Hashes()
    tables = hashes.tables(["trade/transit", "defense/alliances"])
    read = {address: data.resource(address)["hash"] for address in TABLES.values()}
    assert hashes.confirmed(tables, read) == tables
    other = hashes.confirmed(tables, read | {"trade/transit": "sha256:0"})
    assert other["table trade/transit"] == "changed while the report was built"
    assert other["table defense/alliances"] == tables["table defense/alliances"]


# -- locks, kills, full disks ---------------------------------------------------------------------


# A shell starts background jobs, such as `make test &`, with SIGINT ignored.
NOT_IN_BACKGROUND = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


@contextlib.contextmanager
def slow_build(small: Path) -> Iterator[BaseProcess]:
    """Give a build whose notebook is running, in its own process; kill it at the end."""
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", SLOW), encoding="utf-8"
    )
    process = start(small, "build", "trade", before=NOT_IN_BACKGROUND)
    try:
        while "Work" not in printed(small.parent):
            assert process.is_alive(), "the build ended before its notebook began"
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.join()


def test_a_second_build_says_who_holds_the_lock_and_exits_75(small: Path) -> None:
    with slow_build(small) as first:
        answer = ties(small, "build", "defense")
        assert answer.returncode == 75
        assert f"is being built by process {first.pid}, started 20" in answer.stderr
    assert ties(small, "build", "defense").returncode == 0, (
        "the lock of a killed build does not stay"
    )


@pytest.mark.parametrize(
    ("signal_", "status"), [(signal.SIGTERM, 130), (signal.SIGINT, 130), (signal.SIGKILL, -9)]
)
def test_a_stopped_build_leaves_the_edition_of_before_and_no_process(
    small: Path, signal_: int, status: int
) -> None:
    make(small, ["trade"])
    before = published(small)
    with slow_build(small) as process:
        assert process.pid
        os.kill(process.pid, signal_)
        process.join(timeout=20)
        assert process.exitcode == status
        assert status < 0 or "ties: stopped; nothing was published." in printed(small.parent)
    assert published(small) == before
    deadline = time.monotonic() + 15
    while kernels_of(small) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert kernels_of(small) == []
    with exclusive(small / "reports"):
        assert not list((small / "reports").glob(".staging-*"))


def kernels_of(small: Path) -> list[int]:
    """Find processes that work below the small project (the folder of a kernel is there)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(process / "cwd")).is_relative_to(small):
                found.append(int(process.name))
    return found


# Kills itself, as kill -9 does, at the n-th of the calls by which an edition is published.
KILLED = """
import os, signal
calls = 0
def counted(call):
    def instead(*arguments):
        global calls
        calls += "/reports/" in str(arguments[1])  # others are of the cache
        if calls == {number}:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments)
    return instead
os.rename, os.replace = counted(os.rename), counted(os.replace)
"""


@pytest.mark.parametrize("number", [1, 2])
def test_a_build_killed_while_it_publishes_is_undone_or_finished_never_half(
    small: Path, data_copy: Path, number: int
) -> None:
    make(small)
    before = published(small)
    edit_transit(data_copy)
    answer = ties(small, "build", "trade", before=KILLED.format(number=number))
    assert answer.returncode == -9
    # Every file a reader finds at that moment is a whole one.
    assert all(json.loads(path.read_text("utf-8")) for path in (small / "reports").glob("*/*.json"))
    with exclusive(small / "reports"):
        pass
    after = published(small)
    assert not [
        path
        for path in (small / "reports").iterdir()
        if path.name.startswith((".staging", ".publishing"))
    ]
    if number == 1:  # before the one rename that counts
        assert after == before
    else:
        assert manifest.verify(small / "reports")[1] == []
        assert why(small) == {"trade": [], "defense": []}
        assert {name for name in after if after[name] != before[name]} >= {
            "trade/kaz-tur.html",
            manifest.NAME,
            "history.jsonl",
        }


INTERRUPTED = """
import os, signal
replace = os.replace
def interrupted(*arguments):
    os.kill(os.getpid(), signal.{signal})
    return replace(*arguments)
os.replace = interrupted
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_while_files_are_moved_waits_and_is_told_right(small: Path, name: str) -> None:
    before = NOT_IN_BACKGROUND + INTERRUPTED.format(signal=name)
    answer = ties(small, "build", "trade", before=before)
    assert answer.returncode == 130
    assert "stopped; the new edition was published before that" in answer.stderr
    assert manifest.verify(small / "reports")[1] == []
    assert why(small)["trade"] == []


def test_a_build_with_closed_files_is_done_all_the_same(small: Path) -> None:
    build = shlex.join(command(small, "build", "trade"))
    assert subprocess.run(["bash", "-c", f"{build} >&- 2>&- <&-"], check=False).returncode == 0
    assert manifest.verify(small / "reports")[0] > 3


HEAD = """
import os, subprocess, sys
head = subprocess.Popen(["head", "-1"], stdin=subprocess.PIPE)
os.dup2(head.stdin.fileno(), 1)
os.dup2(1, 2)
sys.stdout, sys.stderr = open(1, "w"), open(2, "w", 1)
head.stdin.close()"""


@pytest.mark.parametrize(
    "output", ["import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 2)", HEAD]
)
def test_a_build_whose_output_nobody_reads_is_done_all_the_same(small: Path, output: str) -> None:
    answer = ties(small, "build", "trade", before=output)
    assert (answer.returncode, "Traceback" in answer.stderr) == (0, False)
    assert manifest.verify(small / "reports")[0] > 3


def test_links_in_the_place_of_files_of_a_build_lead_it_nowhere(
    small: Path, tmp_path: Path
) -> None:
    reports, outside = small / "reports", tmp_path / "outside"
    reports.mkdir()
    outside.mkdir()
    (outside / "precious.txt").write_text("precious", encoding="utf-8")
    (reports / ".publishing").symlink_to(outside)
    assert ties(small, "build", "trade").returncode == 0
    (reports / ".lock").unlink()
    (reports / ".lock").symlink_to(outside / "precious.txt")
    answer = ties(small, "build", "trade")
    assert answer.returncode == 1
    assert ".lock" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert (outside / "precious.txt").read_text(encoding="utf-8") == "precious"


def test_a_folder_in_the_place_of_a_page_is_one_line(small: Path) -> None:
    (small / "reports" / "index.html").mkdir(parents=True)
    answer = ties(small, "build", "trade")
    assert answer.returncode == 1
    assert "index.html" in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(
            "mounting a small disk needs root: run as root, or in a container that allows mount"
        )
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("room", [0, 20_000])
def test_a_full_disk_publishes_nothing_and_is_said_in_one_line(
    small: Path, small_disk: Path, room: int
) -> None:
    """The disk is full from the start, or fills up while the new edition is staged."""
    reports = small_disk / "reports"
    assert ties(small, "build", "trade", "--output", str(reports)).returncode == 0
    before = {path: path.read_bytes() for path in reports.rglob("[!.]*") if path.is_file()}
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    if room:
        os.truncate(filler, filler.stat().st_size - room)
    answer = ties(small, "build", "trade", "--force", "--output", str(reports))
    assert answer.returncode == 1
    assert "the disk is full; nothing was published" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert {path: path.read_bytes() for path in before} == before
    filler.unlink()
    assert ties(small, "build", "trade", "--force", "--output", str(reports)).returncode == 0


def test_a_file_that_cannot_be_written_whole_keeps_its_old_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notebook.ipynb"
    path.write_text("old", encoding="utf-8")

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="full"):
        files.write(path, "new")
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [
        ("notebook.ipynb", "old")
    ]


def test_the_lock_is_free_again_after_a_build(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path),
        pytest.raises(BusyError, match=f"process {os.getpid()}"),
        exclusive(tmp_path),
    ):
        pass
    with exclusive(tmp_path):
        pass
