from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import signal
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import time_machine
import yaml
from small_publishers import (
    ARTICLE,
    BUREAU_FILE,
    CLAIMS,
    OFFICE_FILE,
    PACKAGE_HEAD,
    TABLE,
    Publishers,
    as_csv,
    as_json,
    figures,
)
from typer.testing import CliRunner
from werkzeug import Response

from turkic_ties import claims, data
from turkic_ties.cli import app
from turkic_ties.data import catalogue
from turkic_ties.refresh import diff, door, guards, handover, place, rows, run, sources
from turkic_ties.refresh import outcome as became
from turkic_ties.refresh.source import Answer

PROJECT = Path(__file__).parents[1]


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files of a data folder but those a refresh works with."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and place.FOLDER not in path.parts
    }


def refresh(*names: str, **options: Any) -> dict[str, became.Outcome]:
    options = {"everything": True, **options}
    return {each.name: each for each in run.refresh([*names], run.Options(**options))}


def states(outcomes: dict[str, became.Outcome]) -> dict[str, str]:
    return {name: outcome.state for name, outcome in outcomes.items()}


def ties(*arguments: str) -> tuple[int, str]:
    """Run the command in this process; its status and all it printed."""
    answer = CliRunner().invoke(app, ["refresh", *arguments])
    return answer.exit_code, answer.output


# -- a run ------------------------------------------------------------------------------------


def test_nothing_new_changes_no_byte_and_asks_conditionally(publishers: Publishers) -> None:
    before = contents(publishers.folder)
    for _ in range(2):
        assert states(refresh()) == {"office": "up to date", "bureau": "up to date"}
    assert contents(publishers.folder) == before
    assert [bool(request.if_none_match) for request in publishers.asked] == [False] * 2 + [True] * 2


def test_new_figures_are_taken_over_with_their_provenance(publishers: Publishers) -> None:
    publishers.bureau = as_json(
        figures(2023, CHN2020=5990), version="2024a", published="2024-02-01"
    )
    outcome = refresh()["bureau"]
    assert outcome.state == "taken over"
    assert outcome.lines()[1].strip() == (
        f"{BUREAU_FILE}: +4 rows, 1 of 20 cells revised "
        "(largest: bureau KAZ CHN 2020 export value_usd 5,980 → 5,990 (+0.2%))"
    )
    assert data.check() == []
    text = data.package_path("trade").read_text("utf-8")
    assert text.startswith(PACKAGE_HEAD)
    office, bureau = data.resource(TABLE)["sources"]
    assert "retrieved" not in office
    assert bureau["version"] == "2024a"
    assert bureau["date_published"] == "2024-02-01"
    assert bureau["date_accessed"] == date.today().isoformat()
    assert bureau["processing"] == "Fetched by ties refresh from bureau.example. Read as they are."
    assert bureau["retrieved"]["bytes"] == len(publishers.bureau)
    (line,) = [
        json.loads(line) for line in (publishers.folder / handover.LOG).read_text().splitlines()
    ]
    assert (line["table"], line["rows_new"], line["cells_revised"]) == (TABLE, 4, 1)
    assert (line["version_before"], line["version"]) == (None, "2024a")
    assert ["rows", 1.2, 0.98] in line["guards"]  # 24 rows after 20
    after = contents(publishers.folder)
    assert states(refresh()) == {"office": "up to date", "bureau": "up to date"}
    assert contents(publishers.folder) == after
    listed = CliRunner().invoke(app, ["data"]).output
    assert re.search(rf"{TABLE} .* {date.today()} / 2023 +Trade\n", listed)


def test_a_check_changes_nothing_and_ends_with_3(publishers: Publishers) -> None:
    publishers.office = as_csv(figures(2023))
    before = contents(publishers.folder)
    status, said = ties("--check", "--all")
    assert status == 3
    assert "office           news" in said
    assert "1 news, 1 up to date in" in said
    assert contents(publishers.folder) == before
    assert not (publishers.folder / place.FOLDER).exists()


def test_what_would_move_a_signed_verdict_is_held_until_it_is_signed(
    publishers: Publishers,
) -> None:
    publishers.office = as_csv(figures(TUR2022=3100))
    publishers.bureau = as_json(figures(2023))
    before = contents(publishers.folder)
    with time_machine.travel(datetime(2027, 3, 5, 12, tzinfo=UTC)):
        status, said = ties("office", "--accept", f"{TABLE}:revised", "--reason", "read")
    assert status == 4
    assert "moves subtle-cooperation A1: supported" in said
    assert contents(publishers.folder) == before
    assert states(refresh(apply_held=True)) == {"office": "held"}  # not signed yet
    signed = CLAIMS.replace("verdict: supported", "verdict: contradicted")
    (publishers.folder / ARTICLE).write_text(signed, "utf-8")
    assert states(refresh(apply_held=True)) == {"office": "taken over"}
    assert b"TUR,2022,export,3100" in (publishers.folder / OFFICE_FILE).read_bytes()
    assert data.resource(TABLE)["sources"][0]["date_accessed"] == "2027-03-05"
    assert data.check() == []
    assert claims.check(claims.load()) == []
    assert [*(publishers.folder / place.FOLDER / "held" / "office").iterdir()] == []
    line = json.loads((publishers.folder / handover.LOG).read_text("utf-8"))
    assert line["accepted"] == {"revised": "read"}


def test_a_held_source_does_not_hold_those_of_other_tables(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishers.office = as_csv(figures(2023))
    publishers.bureau = as_json(figures(2023))
    moved = [{"statement": "A1", "before": "b", "after": "a", "tables": ["trade/other"]}]
    answers = iter([moved, []])
    monkeypatch.setattr(handover, "moved_verdicts", lambda *_: next(answers))
    # No table of theirs is behind the statement, so nobody knows which one moved it.
    assert set(states(refresh()).values()) == {"held"}


def test_answers_are_kept_and_read_again(publishers: Publishers, tmp_path: Path) -> None:
    publishers.office = as_csv(figures(2023))
    assert ties("--check", "--all", "--keep", str(tmp_path / "kept"))[0] == 3
    publishers.office = b"something else"
    assert states(refresh(saved=tmp_path / "kept")) == {
        "office": "taken over",
        "bureau": "up to date",
    }
    file = tmp_path / "kept" / "office" / "trade.csv"
    assert ties("office", "--from", str(file))[0] == 0
    assert ties("--from", str(file))[0] == 2
    code, said = ties("bureau", "--from", str(file))
    assert (code, said.count("\n")) == (2, 1)
    assert "has no file of bureau, which reads *.json" in said


def test_the_archive_answers_without_a_network_as_the_publishers_did(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them answers through a redirect, and with texts that depend on who asks."""
    server = publishers.server
    server.expect_request("/bureau/moved").respond_with_data(
        as_json(figures(2023)), headers={"Vary": "User-Agent, Authorization"}
    )
    with time_machine.travel(datetime(2027, 3, 5, 12, tzinfo=UTC)):
        publishers.office = as_csv(figures(2023))
        asked = refresh("office", check=True)
        publishers.fail(lambda _: Response(status=302, headers={"Location": "/bureau/moved"}))
        asked |= refresh("bureau", check=True)
    assert states(asked) == {"office": "news", "bureau": "news"}
    said = {name: each.lines() for name, each in asked.items()}
    raw, before = door.archive(), contents(door.archive())
    monkeypatch.delenv("BUREAU_KEY")
    monkeypatch.setenv(door.CONTACT, "somebody else")
    server.stop()
    try:
        assert {name: each.lines() for name, each in refresh(check=True, saved=raw).items()} == said
        one = refresh(check=True, saved=raw / "office")
        assert {name: each.lines() for name, each in one.items()} == {"office": said["office"]}
        assert states(refresh("bureau", saved=raw)) == {"bureau": "taken over"}
        assert contents(raw) == before
        shutil.rmtree(raw / "bureau")
        assert ties("bureau", "--from", str(raw))[0] == 2
        (answer,) = (raw / "office").glob("*.json")
        answer.rename(raw / "office" / "other.json")
        status, said_of_office = ties("office", "--from", str(raw))
    finally:
        server.start()
    assert status == 1
    assert "has no answer to https://office.example/files/trade.csv" in said_of_office
    (described,) = data.resource(TABLE)["sources"][1:]
    assert described["date_accessed"] == described["retrieved"]["date"] == "2027-03-05"
    assert described["processing"].startswith("Fetched by ties refresh from bureau.example.")


def test_only_what_is_due_is_asked(publishers: Publishers) -> None:
    assert set(refresh(everything=False)) == {"office", "bureau"}
    assert refresh(everything=False) == {}
    assert set(refresh("office", everything=False)) == {"office"}
    asked = publishers.folder / catalogue.ASKED
    asked.write_text(asked.read_text().replace(date.today().isoformat(), "2020-01-01"))
    assert set(refresh(everything=False)) == {"office", "bureau"}


def test_the_day_on_which_a_source_is_due() -> None:
    entry = sources.Source(how="automatic", module="a", files=["f"], looked_for="weekly")
    asked = date(2026, 12, 1)
    assert not sources.is_due(entry, asked, date(2026, 12, 6))  # after 5 days
    assert sources.is_due(entry, asked, date(2026, 12, 7))  # after 6 days
    assert sources.is_due(entry, None, asked)
    by_hand = sources.Source(how="by_hand")
    assert not sources.is_due(by_hand, None, asked)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ofice"], "there is no source 'ofice'; data/refresh.yml lists them. Near: office"),
        (["legacy"], "legacy is not refreshed by a program: It ended."),
        (["--from", "nowhere"], "there is nothing at nowhere."),
        (["--from", "tests"], "tests has no answers in folders"),
        (["--figures"], "--figures needs --check"),
        (["--accept", f"{TABLE}:unit"], "--accept needs --reason TEXT"),
        (["--accept", f"{TABLE}:form", "--reason", "x"], "write TABLE:GUARD with one of whole"),
        (["--accept", "trade/none:unit", "--reason", "x"], "there is no table 'trade/none'"),
        (["--apply-held"], "nothing is held."),
    ],
)
def test_a_request_that_cannot_be_done_is_one_line_and_2(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(PROJECT)
    before = contents(publishers.folder)
    status, printed = ties(*arguments)
    assert status == 2
    assert said in printed
    assert printed.startswith("ties: ")
    assert printed.count("\n") == 1
    assert contents(publishers.folder) == before


def test_two_refreshes_at_once_end_with_75(publishers: Publishers) -> None:
    with place.exclusive():
        assert ties("office") == (
            75,
            "ties: another refresh is at work. Wait for it, or stop it.\n",
        )


def test_a_data_folder_that_cannot_be_written_is_one_line(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    status, said = ties("office")
    assert status == 2
    assert said.count("\n") == 1
    assert "cannot be written: Permission denied. Make it writable." in said


def test_a_missing_library_is_named(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "requests_cache", None)
    monkeypatch.delitem(sys.modules, "turkic_ties.refresh.door")
    status, said = ties("office")
    assert status == 2
    assert "needs requests_cache: pip install 'turkic-ties[refresh]'" in said


def test_without_its_key_a_source_is_not_asked(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUREAU_KEY")
    status, said = ties("bureau")
    assert status == 0
    assert "not asked: no BUREAU_KEY" in said
    assert publishers.asked == []


def test_the_most_serious_state_decides_the_status() -> None:
    order = [became.STOPPED, became.HELD, became.NOT_TODAY, became.NEWS, became.UP_TO_DATE]
    outcomes = [became.Outcome("a", state) for state in order]
    found = [became.status(outcomes[place:]) for place in range(len(order))]
    assert found == [1, 4, 75, 3, 0]


def test_a_report_cannot_be_steered_by_what_a_publisher_writes(
    publishers: Publishers, tmp_path: Path
) -> None:
    hostile = "````\n<script>alert(1)</script> @everyone \x1b[2J"
    publishers.office = as_csv(figures()).replace(b"TUR", f'"{hostile}"'.encode())
    report = tmp_path / "report.md"
    status, said = ties("--all", "--report", str(report))
    assert status == 1
    assert "\x1b" not in said
    text = report.read_text("utf-8")
    assert text.count("````") == 2  # the block's own
    assert "'''\\n<script>" in text


def test_the_summary_for_programs(publishers: Publishers) -> None:
    publishers.office = as_csv(figures(2023))
    status, said = ties("--check", "office", "--json")
    (outcome,) = json.loads(said)
    assert (status, outcome["state"], outcome["tables"][0]["rows_new"]) == (3, "news", 4)
    assert {check["guard"] for check in outcome["guards"]} >= {"rows", "lost", "unit", "revised"}
    assert ties("--check", "bureau", "--quiet") == (0, "")


# -- guards -----------------------------------------------------------------------------------

OLD = figures()


def stopped_by(new: dict[tuple[str, int], float], **limits: Any) -> set[str]:
    """Hold figures of the office against those of before."""
    frame = sys.modules["turkic_ties.refresh.office"].tables(
        [Answer("trade.csv", as_csv(new))]  # type: ignore[arg-type]
    )[OFFICE_FILE]
    change = rows.change(("office",), OFFICE_FILE, frame, None, False, [])
    entry = sources.Source(how="by_hand", limits=sources.Limits(**limits))
    checks = guards.measure(change, diff.between(change), entry, date(2023, 6, 1))
    return {check.guard for check in checks if check.stops}


def times(factor: float, cells: int = len(OLD)) -> dict[tuple[str, int], float]:
    """Multiply the first cells."""
    return {
        key: round(value * factor, 6) if place < cells else value
        for place, (key, value) in enumerate(OLD.items())
    }


def without(*cells: tuple[str, int]) -> dict[tuple[str, int], float]:
    return {key: value for key, value in OLD.items() if key not in cells}


CASES: list[tuple[dict[tuple[str, int], float], dict[str, Any], set[str]]] = [
    # 19 of 20 rows are 95 %: of one partner one of five years, not its newest.
    (without(("TUR", 2018)), {"rows_kept": 0.96}, {"rows"}),
    (without(("TUR", 2018)), {"rows_kept": 0.95}, set()),
    # A partner with five rows is lost from five rows on, not from six on; 15 of 20 rows stay.
    (without(*[("TUR", y) for y in range(2018, 2023)]), {"rows_kept": 0.7}, {"lost"}),
    (
        without(*[("TUR", y) for y in range(2018, 2023)]),
        {"rows_kept": 0.7, "lost_rows": 6},
        set(),
    ),
    # The newest year has four rows: one per partner.
    (figures(2021), {"rows_kept": 0.7, "lost_rows": 4}, {"newest", "lost"}),
    (figures(2021), {"rows_kept": 0.7}, {"newest"}),
    (figures(2023), {}, set()),
    (figures(2024), {}, {"newest"}),  # the day is in 2023
    # 1 of 20 cells is 5 %, and its change of 25 % is the median.
    (times(1.25, 1), {"revised_share": 0.05, "revised_median": 0.25}, set()),
    (times(1.25, 1), {"revised_share": 0.049, "revised_median": 0.25}, {"revised"}),
    (times(1.25, 1), {"revised_share": 0.05, "revised_median": 0.249}, {"revised"}),
    # Ranks: a common factor keeps them, a reversal does not.
    (times(1.5), {"rank_correlation": 0.98}, set()),
    (times(-1), {"rank_correlation": 0.98}, {"revised", "unit", "sign"}),
    # The median of new over old: 1.02 is inside, 1.021 outside.
    (times(1.02), {"revised_share": 1.0}, set()),
    (times(1.021), {"revised_share": 1.0}, {"unit"}),
    (times(0.98), {"revised_share": 1.0}, set()),
    (times(0.979), {"revised_share": 1.0}, {"unit"}),
    (times(2.0), {"rank_correlation": 0.98}, set()),
    (times(2.1), {"rank_correlation": 0.98}, {"unit"}),
    ({**OLD, ("TUR", 2018): 0}, {"revised_median": 1.0}, set()),
    (
        {**OLD, ("TUR", 2018): -1},
        {"revised_median": 1.0, "revised_share": 0.05},
        {"sign", "revised"},
    ),
    # The parts are all 20 cells of 5 years; the world of 2022 is 3000 + 4000 + 5000 + 6000.
    ({**OLD, ("World", 2022): 18000}, {}, set()),
    ({**OLD, ("World", 2022): 18090}, {}, set()),  # 18000 / 18090 - 1 = -0.4975 %
    ({**OLD, ("World", 2022): 18091}, {}, {"total"}),  # -0.503 %
]


def test_each_guard_on_both_sides_of_its_limit(publishers: Publishers) -> None:
    for number, (new, limits, expected) in enumerate(CASES):
        assert stopped_by(new, **limits) == expected, number


def test_a_guard_names_a_factor_of_a_thousand_and_of_a_million() -> None:
    for factor, said in [(1000, "about 1,000 times"), (1e-6, "about 1/1,000,000 times")]:
        pairs = pd.DataFrame(
            {"column": "tonnes", "before": [1.0, 2.0], "after": [factor, 2 * factor]}
        )
        compared = diff.Diff("f", 0, 0, 2, [], pairs, None)
        (check,) = guards._unit(compared, sources.Limits())
        assert said in check.text


def test_rows_left_out_on_purpose_are_counted_and_their_reason_is_tested(
    publishers: Publishers,
) -> None:
    frame = sys.modules["turkic_ties.refresh.office"].tables(
        [Answer("trade.csv", as_csv(figures(2022, TUR2021=1000)))]
    )[OFFICE_FILE]
    for count, at_least, stops in [(5, 3.0, False), (4, 3.0, True), (5, 3.01, True)]:
        entry = sources.LeftOut(
            file=OFFICE_FILE,
            match={"partner": "TUR"},
            rows=count,
            reason="jumps",
            jump=sources.Jump(column="value_usd", years=[2021, 2022], at_least=at_least),
        )
        change = rows.change(("office",), OFFICE_FILE, frame, None, False, [entry])
        assert "TUR" not in set(change.after["partner"])
        source = sources.Source(how="by_hand", left_out=[entry])
        checks = [each for each in guards._left_out(change, source) if each.stops]
        assert bool(checks) is stops  # 3000 / 1000 = 3 times


def test_a_source_of_two_tables_is_taken_over_whole_or_not_at_all(publishers: Publishers) -> None:
    path = publishers.folder / "refresh.yml"
    listed = f"  - {OFFICE_FILE}\n"
    text = path.read_text("utf-8").replace(listed, f"{listed}  - countries.csv\n")
    path.write_text(text, "utf-8")
    assert refresh("office")["office"].state == "up to date"
    publishers.office = as_csv(figures(2023))
    outcome = refresh("office")["office"]
    assert outcome.state == "stopped"
    assert "have nothing for countries.csv, which is of the same edition (guard whole)" in (
        outcome.text
    )
    accepts = {"countries:whole": "it has not changed"}
    assert refresh("office", accepts=accepts)["office"].state == "taken over"


def test_a_connector_that_breaks_late_stops_alone(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: Any) -> str:
        raise KeyError("lastupdated")

    publishers.office = as_csv(figures(2023))
    publishers.bureau = as_json(figures(2023))
    monkeypatch.setattr(sys.modules["turkic_ties.refresh.bureau"], "version", breaks)
    assert states(refresh()) == {"office": "taken over", "bureau": "stopped"}
    assert data.check() == []


def test_a_table_edited_by_hand_is_not_sealed_by_a_refresh(publishers: Publishers) -> None:
    path = publishers.folder / OFFICE_FILE
    edited = path.read_bytes().replace(b"2020", b"2019", 1)
    path.write_bytes(edited)
    publishers.office = as_csv(figures(2023))
    outcome = refresh("office")["office"]
    assert outcome.state == "stopped"
    assert "If you edited it on purpose, run 'ties data --seal'" in outcome.text
    assert path.read_bytes() == edited


def test_what_was_held_is_forgotten_when_the_publisher_takes_it_back(
    publishers: Publishers,
) -> None:
    publishers.office = as_csv(figures(TUR2022=3060))
    assert states(refresh("office")) == {"office": "held"}
    publishers.office = as_csv(figures())
    assert states(refresh("office")) == {"office": "up to date"}
    assert refresh(apply_held=True) == {}


def test_a_second_source_of_another_size_is_a_note_and_no_stop(publishers: Publishers) -> None:
    frame = sys.modules["turkic_ties.refresh.office"].tables(
        [Answer("trade.csv", as_csv(figures(2022, TUR2022=6001, UZB2022=8000, CHN2022=99999)))]
    )[OFFICE_FILE]
    change = rows.change(("office",), OFFICE_FILE, frame, None, False, [])
    # The bureau has 3000 for TUR: 6001 is more than twice that. 8000 is twice its 4000 for UZB.
    assert guards.second_sources(change, data.load(TABLE)) == [
        "KAZ export TUR 2022: 6,001, bureau has 3,000"
    ]


def test_files_that_only_grow_and_files_of_which_years_are_replaced(publishers: Publishers) -> None:
    frame = sys.modules["turkic_ties.refresh.office"].tables(
        [Answer("trade.csv", b"Country,2022,2023\nTUR,1,2\n")]
    )[OFFICE_FILE]
    grown = rows.change(("office",), OFFICE_FILE, frame, None, True, [])
    compared = diff.between(grown)
    assert (compared.new, compared.gone, compared.revised) == (1, 0, [])
    assert b"TUR,2022,export,3000\noffice,KAZ,TUR,2023,export,2\n" in grown.content
    years = rows.change(("office",), OFFICE_FILE, frame, ("source", "year"), False, [])
    compared = diff.between(years)  # of 2022 three partners of four are gone
    assert (compared.new, compared.gone, len(compared.revised)) == (1, 3, 1)
    assert years.content.count(b"\n") == 1 + 16 + 2


def test_a_cell_that_has_not_changed_keeps_its_text(publishers: Publishers) -> None:
    path = publishers.folder / OFFICE_FILE
    path.write_text(path.read_text("utf-8").replace("export,3000\n", "export,3000.00\n"), "utf-8")
    data.seal()
    publishers.office = as_csv(figures(2023))
    assert refresh("office")["office"].state == "taken over"
    assert "TUR,2022,export,3000.00\n" in path.read_text("utf-8")
    assert "TUR,2023,export,3010\n" in path.read_text("utf-8")


@pytest.mark.parametrize("topic", [None, "trade", "defense", "language_policy"])
def test_a_package_read_and_written_keeps_its_bytes(topic: str | None) -> None:
    path = PROJECT / "data" / (topic or "") / "datapackage.yaml"
    keeper, written = handover.yaml_keeper(), io.StringIO()
    keeper.dump(keeper.load(path.read_text("utf-8")), written)
    assert written.getvalue() == path.read_text("utf-8")


def test_a_new_source_gets_its_file_into_the_table(publishers: Publishers) -> None:
    package = yaml.safe_load((publishers.folder / "trade" / "datapackage.yaml").read_text("utf-8"))
    (table,) = package["resources"]
    package["sources"] = [table["sources"].pop()]
    table["path"].pop()
    (publishers.folder / "trade" / "datapackage.yaml").write_text(yaml.safe_dump(package), "utf-8")
    (publishers.folder / BUREAU_FILE).unlink()
    data.seal()
    assert refresh("bureau")["bureau"].state == "taken over"
    assert data.check() == []
    described = data.resource(TABLE)
    assert described["path"] == ["bilateral_trade/office.csv", "bilateral_trade/bureau.csv"]
    assert [source["name"] for source in described["sources"]] == ["office", "bureau"]


# -- the move into place ----------------------------------------------------------------------

STEPS = [("copyfile", 1), ("seal", 1), ("check", 1), ("rename", 1), ("rename", 2)]
STEPS += [("replace", number) for number in (2, 3, 4)]
"""A function and the number of the call at which the process dies; `replace` moves the files."""


def test_a_refresh_killed_at_any_step_leaves_the_old_data_or_the_new(
    publishers: Publishers, tmp_path: Path
) -> None:
    """In a fork per step and call, so that imports are paid once."""
    saved = tmp_path / "saved.csv"
    saved.write_bytes(as_csv(figures(2023)))
    before, copy = contents(publishers.folder), tmp_path / "copy"
    shutil.copytree(publishers.folder, copy)
    seen = set()
    for step, number in STEPS:
        shutil.rmtree(publishers.folder)
        shutil.copytree(copy, publishers.folder)
        child = os.fork()
        if not child:
            die_at(step, number)
            run.refresh(["office"], run.Options(saved=saved))
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        if number % 2:
            with place.reading():  # as a build does
                after = contents(publishers.folder)
        else:
            assert CliRunner().invoke(app, ["data"]).exit_code == 0
            after = contents(publishers.folder)
        changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
        taken = {OFFICE_FILE, "trade/datapackage.yaml", handover.LOG}
        assert changed in (set(), taken), (step, number)
        assert len(data.load(TABLE)) == 40 + 4 * bool(changed)
        assert not (publishers.folder / place.FOLDER / place.READY).exists()
        seen.add((os.WIFSIGNALED(ended), bool(changed)))
    assert seen == {(True, False), (True, True), (False, True)}
    shutil.rmtree(publishers.folder)
    shutil.copytree(copy, publishers.folder)
    assert states(refresh("office", saved=saved)) == {"office": "taken over"}
    assert data.check() == []


def die_at(step: str, number: int) -> None:
    """Let this process be killed at a call of a function of a step."""
    owners = {"copyfile": shutil, "rename": os, "replace": os, "sync": handover}
    owner: Any = owners.get(step, data)
    original, calls = getattr(owner, step), []

    def counted(*arguments: Any, **more: Any) -> Any:
        calls.append(step)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **more)

    setattr(owner, step, counted)


@pytest.mark.parametrize("step", ["copyfile", "rename"])
def test_a_full_disk_changes_nothing(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    publishers.office = as_csv(figures(2023))
    before = contents(publishers.folder)
    with monkeypatch.context() as broken:
        broken.setattr(os if step == "rename" else shutil, step, full)
        code, said = ties("office")
    assert code == 1
    assert "the disk is full" in said
    assert contents(publishers.folder) == before


def test_a_refresh_waits_for_a_build_and_builds_do_not_wait_for_each_other(
    publishers: Publishers,
) -> None:
    publishers.office = as_csv(figures(2023))
    before = contents(publishers.folder)
    with place.reading(), place.reading():
        other = threading.Thread(target=refresh, args=("office",))
        other.start()
        ready = publishers.folder / place.FOLDER / place.READY
        until = time.monotonic() + 20
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.01)
        place.settle(wait=False)  # as another command does
        assert contents(publishers.folder) == before
    other.join(20)
    assert len(data.load(TABLE)) == 44


# -- how old a source is ----------------------------------------------------------------------


def test_a_source_is_stale_when_newer_figures_are_overdue(publishers: Publishers) -> None:
    """20 months after the end of 2024 is August 2026."""
    listed = [
        {"source": "office", "last_year": "2024", "accessed": "2024-01-01"},
        {"source": "legacy", "last_year": "1999", "accessed": "2026-08-31"},
        {"source": "bureau", "last_year": "", "accessed": "2026-08-31"},
        {"source": "unknown", "last_year": "1999", "accessed": "2026-08-31"},
    ]
    assert data.stale(listed) == {}
    listed[1]["accessed"] = "2026-09-01"
    assert data.stale(listed) == {
        "office": "Stale on 2026-09-01: it ends in 2024, and newer figures were expected within "
        "20 months."
    }
    entries = publishers.folder / "refresh.yml"
    entries.unlink()
    assert data.stale(listed) == {}
    entries.write_text("- office\n", encoding="utf-8")
    with pytest.raises(data.DataError, match=r"refresh.yml is no mapping of sources to entries"):
        data.stale(listed)
