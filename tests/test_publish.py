"""Publishing: nothing half, nothing left behind, nothing edited by hand lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from small_project import fork, printed, small_notebook, ties
from test_build import make, published
from typer.testing import CliRunner

from turkic_ties import cli, files, hashing
from turkic_ties.reports import manifest
from turkic_ties.reports.publish import (
    LOCK,
    WAITING,
    PublishError,
    clean,
    exclusive,
    heed_signals,
    link,
    publish,
    staging,
)

PAGE = "trade/kaz-tur.html"


def edition(folder: Path, text: str) -> Path:
    """Write an edition of two files, one of them the manifest."""
    (folder / "trade").mkdir(parents=True)
    (folder / PAGE).write_text(text, encoding="utf-8")
    record = manifest.Record({}, {PAGE: hashing.of_bytes(text.encode())}, text, text)
    crate = manifest.as_json({"trade/kaz-tur": record}, "1")
    (folder / manifest.NAME).write_text(crate, encoding="utf-8")
    return folder


def folder_for_page(reports: Path) -> None:
    (reports / PAGE).unlink()
    (reports / PAGE).mkdir()


def file_for_folder(reports: Path) -> None:
    shutil.rmtree(reports / "trade")
    (reports / "trade").write_text("a file", encoding="utf-8")


def link_to_nothing(reports: Path) -> None:
    (reports / "trade").rename(reports / "moved")
    (reports / "trade").symlink_to("nothing")


@pytest.mark.parametrize("damage", [folder_for_page, file_for_folder, link_to_nothing])
def test_a_place_that_cannot_be_taken_is_named_before_anything_is_moved(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    reports = edition(tmp_path / "reports", "old")
    damage(reports)
    before = published(tmp_path)
    with pytest.raises(PublishError, match=r"reports/trade.*Nothing was published; put this right"):
        publish(edition(tmp_path / "new", "new"), reports)
    shutil.rmtree(tmp_path / "new")
    assert published(tmp_path) == before


def test_an_edition_that_cannot_be_moved_names_a_way_out(tmp_path: Path) -> None:
    """The place was free when it was looked at, and is not when the files are moved."""
    reports = edition(tmp_path / "reports", "old")
    edition(reports / ".publishing", "new")
    folder_for_page(reports)
    with (
        pytest.raises(PublishError, match=r"kaz-tur\.html cannot be replaced.*'ties clean'"),
        exclusive(reports),
    ):
        pass
    assert any("could not be published" in line for line in clean(reports))
    assert manifest.verify(reports) == (1, [f"{PAGE} was altered"])
    with exclusive(reports):
        pass


def test_clean_shows_and_removes_what_dead_builds_left(
    small: Path, data_copy: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reports, temporary = edition(small / "reports", "old"), tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    (reports / ".staging-x" / "edition").mkdir(parents=True)
    (reports / ".publishing").mkdir()
    (reports / ".publishing" / "changes.jsonl").write_text("", encoding="utf-8")
    ended = subprocess.Popen(["true"])
    ended.wait()
    begun = data_copy / "trade" / f".datapackage.yaml.{ended.pid}"
    own = data_copy / f".corrections.yml.{os.getpid()}"
    begun.touch()
    own.touch()
    folders = [files.private_folder() for _ in range(3)]
    for (folder, in_use), age in zip(folders, (20, 5, 20), strict=True):
        os.utime(folder, (time.time() - age,) * 2)
        if folder != folders[2][0]:
            os.close(in_use)
    answer = CliRunner().invoke(cli.app, ["clean"])
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    for path in (reports / ".staging-x", folders[0][0], begun):
        assert f"removed {path}" in lines
        assert not path.exists()
    assert f"published the edition a killed build left in {reports / '.publishing'}" in lines
    assert own.exists()
    assert all(folder.exists() for folder, _ in folders[1:])
    with exclusive(reports):
        assert CliRunner().invoke(cli.app, ["clean"]).exit_code == 75
    assert str(reports) not in CliRunner().invoke(cli.app, ["clean"]).output


# -- what was edited by hand ----------------------------------------------------------------------


def test_a_page_edited_by_hand_is_kept_once_and_named(small: Path) -> None:
    make(small, ["trade"])
    page = small / "reports" / "trade" / "kaz-tur.html"
    built = page.read_text(encoding="utf-8")
    page.write_text("by hand", encoding="utf-8")
    (kept,) = make(small, ["trade"]).kept
    assert kept.parent == page.parent
    assert kept.name.startswith("kaz-tur.html.edited-")
    assert kept.read_text(encoding="utf-8") == "by hand"
    assert page.read_text(encoding="utf-8") == built
    assert make(small, ["trade"], force=True).kept == []
    page.write_text("by hand", encoding="utf-8")
    answer = ties(small, "build", "trade", "--quiet", "--publish-link")
    assert (small / "reports" / "current" / PAGE).is_file()
    assert answer.stdout == f"kept what was edited by hand: {kept}\n"
    assert len([*page.parent.glob("*.edited-*")]) == 1
    assert manifest.verify(small / "reports")[1] == []


def test_a_failed_notebook_edited_by_hand_is_kept(small: Path) -> None:
    source = small / "notebooks" / "trade.ipynb"
    source.write_text(small_notebook("trade", "1 / 0"), encoding="utf-8")
    assert make(small, ["trade"]).kept == []
    assert make(small, ["trade"]).kept == [], "it is as the build wrote it"
    failed = small / "reports" / "failed" / "trade" / "kaz-tur.ipynb"
    notebook = nbformat.read(failed, as_version=4)
    notebook.cells[3].source = "1 / 2"
    nbformat.write(notebook, failed)
    source.write_text(small_notebook("trade"), encoding="utf-8")
    (kept,) = make(small, ["trade"]).kept
    assert nbformat.read(kept, as_version=4).cells[3].source == "1 / 2"
    assert not failed.exists()


# -- editions behind a link -----------------------------------------------------------------------


def test_a_link_leads_to_one_whole_edition_at_any_moment(tmp_path: Path) -> None:
    reports = edition(tmp_path / "reports", "1")
    (reports / "trade" / "kaz-tur.html.edited-1").touch()
    led = []
    for number in "1223":
        with exclusive(reports):
            if number not in (reports / PAGE).read_text(encoding="utf-8"):
                publish(edition(tmp_path / number, number), reports)
            link(reports)
        assert (reports / "current").is_symlink()
        led.append((reports / "current").resolve())
        assert (led[-1] / PAGE).read_text(encoding="utf-8") == number
        files_there = [path.name for path in led[-1].rglob("*") if path.is_file()]
        assert sorted(files_there) == ["kaz-tur.html", manifest.NAME]
    assert led[1] == led[2]
    assert {*(reports / ".linked").iterdir()} == {led[1], led[3]}, "the last one and its elder"


def test_a_stopped_kernel_counts_as_hanging_and_only_its_report_fails(small: Path) -> None:
    stops = f"import os; os.kill(os.getpid(), {int(signal.SIGSTOP)})"
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", stops), encoding="utf-8"
    )
    result = make(small, cell_timeout=5)
    assert result.built == ["defense/kaz-tur"]
    assert "took longer than 5 s" in result.failed["trade/kaz-tur"]


def stopped_twice(reports: Path) -> None:
    """Stop what a build does; once more when it has begun to tidy up."""
    with exclusive(reports), staging(reports) as folder:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            (folder / "left").write_text("", encoding="utf-8")


def test_a_second_signal_does_not_stop_the_tidying_up(tmp_path: Path) -> None:
    before = {number: signal.getsignal(number) for number in WAITING}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        heed_signals()
        with pytest.raises(KeyboardInterrupt):
            stopped_twice(tmp_path)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]


INTERRUPTED = """
import os, signal, sys
class Finder:
    def find_spec(name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder)
sys.argv = ["ties", "data"]
from turkic_ties.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["typer", "pydantic", "pandas"])
def test_an_interrupt_during_the_imports_is_one_line_or_none(module: str) -> None:
    code = INTERRUPTED.format(module=module)
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 130
    assert answer.stderr in ("", "ties: stopped; nothing was published.\n")


@pytest.mark.parametrize(
    ("call", "status", "out"),
    [("_print('\\u049a – ş')", 0, "? ? ş\n"), ("_print_exactly('\\u049a')", 1, "")],
)
def test_a_sign_that_the_encoding_of_the_output_lacks_is_replaced_or_refused(
    call: str, status: int, out: str
) -> None:
    code = f"from turkic_ties import cli; cli._open_standard_files(); cli.{call}"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "iso8859-9"},
        capture_output=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout.decode("iso8859-9")) == (status, out)
    assert status == 0 or b"(iso8859-9) lacks signs of this: set PYTHON" in answer.stderr


@pytest.mark.parametrize(
    "command",
    ["data defense/events --csv", "claims D02 --json", "measures defense.events_between --csv"],
)
def test_what_a_program_will_read_loses_no_sign(command: str, tmp_path: Path) -> None:
    def run() -> None:
        sys.stdout = open(1, "w", encoding="ascii", closefd=False)  # noqa: SIM115
        sys.argv = ["ties", *command.split()]
        cli.main()

    process = fork(run, tmp_path)
    process.join(timeout=60)
    assert (process.exitcode, printed(tmp_path, "stdout")) == (2, "")
    assert "lacks signs of this" in printed(tmp_path)
