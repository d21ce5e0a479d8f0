"""A month in the life of the project: every day a refresh, a check of the data and a build."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
import small_project
import time_machine
from pytest_httpserver import HTTPServer
from small_publishers import (
    ARTICLE,
    CLAIMS,
    OFFICE_FILE,
    TABLE,
    Rows,
    as_csv,
    as_json,
    figures,
    install,
)
from test_build import make
from test_refresh import contents, states
from test_refresh_faults import PAGE, answer, hang

from turkic_ties import data
from turkic_ties.refresh import ask, place, run
from turkic_ties.refresh import outcome as became
from turkic_ties.reports import manifest

FIRST = figures()
REVISED = figures(2022, CHN2019=5971)
NEW_YEAR = figures(2023, CHN2019=5971)
BUREAU_NEW = figures(2023)
MOVES = figures(2023, CHN2019=5971, TUR2022=3060)
"""3,060 dollars round to 3.1 thousand: the statement that says 3.0 would fall."""

OFFICE: dict[int, tuple[bytes, Rows, str]] = {
    1: (as_csv(FIRST), FIRST, "up to date"),
    4: (as_csv(REVISED), REVISED, "taken over"),
    9: (as_csv(NEW_YEAR), NEW_YEAR, "taken over"),
    12: (PAGE.encode(), NEW_YEAR, "stopped"),
    14: (as_csv(NEW_YEAR), NEW_YEAR, "up to date"),
    17: (as_csv({key: 1000 * value for key, value in NEW_YEAR.items()}), NEW_YEAR, "stopped"),
    19: (as_csv(NEW_YEAR), NEW_YEAR, "up to date"),
    24: (as_csv(MOVES), NEW_YEAR, "held"),
    27: (as_csv(MOVES), MOVES, "taken over"),
}
"""From which day on: what the office answers, what the table has, what the refresh says."""

SIGNED_ON, KILLED_ON, BUREAU_ON = 27, 9, 20
FAILS = {6: answer(502), 7: hang, 28: answer(429, Retry_After="3600")}
"""Days on which no publisher answers."""


def expected(day: int) -> tuple[bytes, Rows, str]:
    return OFFICE[max(start for start in OFFICE if start <= day)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of fork, in a process with a server
def test_a_month_without_a_wrong_or_missing_edition(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, small = tmp_path / "data", tmp_path / "project"
    publishers = install(folder, httpserver, monkeypatch)
    for name in ("office", "bureau"):
        monkeypatch.setattr(ask.connector(name), "READ_SECONDS", 0.1, raising=False)
    monkeypatch.setitem(small_project.TABLES, "trade", TABLE)
    small_project.make_small_project(small)
    path = small / "notebooks" / "trade.ipynb"
    shown = "float(rows.iloc[0].filter(regex='tonnes|^year$').iloc[-1])"
    path.write_text(path.read_text("utf-8").replace(shown, "rows['value_usd'].sum()"), "utf-8")
    monkeypatch.setattr("turkic_ties.topics.PROJECT", small)
    built, checked = [], {}
    for day in range(1, 32):
        with time_machine.travel(datetime(2027, 3, day, 4, 17, tzinfo=UTC)):
            publishers.office, office, state = expected(day)
            bureau = BUREAU_NEW if day >= BUREAU_ON else FIRST
            publishers.bureau = as_json(bureau)
            publishers.fail(*([FAILS[day]] if day in FAILS else []), times=99)
            if day == SIGNED_ON:
                signed = CLAIMS.replace("verdict: supported", "verdict: contradicted")
                (folder / ARTICLE).write_text(signed, "utf-8")
                assert states(refresh_all(apply_held=True)) == {"office": "taken over"}
            if day == KILLED_ON:
                kill_when_ready()
            outcomes = states(refresh_all())
            publishers.fail()
            if day in FAILS:
                assert set(outcomes.values()) == {"not today"}
            elif day in OFFICE and day not in (SIGNED_ON, KILLED_ON):
                assert outcomes["office"] == state
            with place.reading():
                result = make(small, ["trade"])
            built += [day] if result.built else []
        if contents(folder) != checked:  # the same bytes need no second look
            assert data.check() == [], day
            checked = contents(folder)
        assert manifest.verify(small / "reports")[1] == [], day
        rows = data.load(TABLE)
        for name, published in [("office", office), ("bureau", bureau)]:
            found = rows[rows["source"] == name].set_index(["partner", "year"])["value_usd"]
            assert found.to_dict() == published, (day, name)
        summary = json.loads((small / "reports" / "trade" / "kaz-tur.json").read_text("utf-8"))
        assert summary["key_figures"][0]["value"] == sum([*office.values(), *bureau.values()]), day
    assert built == [1, 4, 9, 20, 27]
    log = [json.loads(line) for line in (folder / "refresh-log.jsonl").read_text().splitlines()]
    assert [(line["date"][-2:], line["source"]) for line in log] == [
        ("04", "office"),
        ("09", "office"),
        ("20", "bureau"),
        ("27", "office"),
    ]


def refresh_all(**options: bool) -> dict[str, became.Outcome]:
    found = run.refresh([], run.Options(everything=True, **options))
    return {outcome.name: outcome for outcome in found}


def kill_when_ready() -> None:
    """Kill a refresh in the middle of the move into place."""
    child = os.fork()
    if not child:
        replace = os.replace

        def dies(source: Path, target: Path) -> None:
            replace(source, target)
            if str(target).endswith(OFFICE_FILE):
                os.kill(os.getpid(), signal.SIGKILL)

        os.replace = dies  # type: ignore[assignment]
        refresh_all()
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
