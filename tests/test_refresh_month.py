"""A month in the life of the project: every day a refresh, a check of the data and a build."""

from __future__ import annotations

import json
import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

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
from turkic_ties.reports.build import preview

FIRST = figures()
REVISED = figures(2022, CHN2019=5971)
NEW_YEAR = figures(2023, CHN2019=5971)
MOVES = figures(2023, CHN2019=5971, TUR2022=3060)
"""3,060 dollars round to 3.1 thousand: the statement that says 3.0 would fall."""

OFFICE = {
    1: as_csv(FIRST),
    5: as_csv(REVISED),
    11: as_csv(NEW_YEAR),
    20: PAGE.encode(),
    22: as_csv({key: 1000 * value for key, value in NEW_YEAR.items()}),
    24: as_csv(MOVES),
}
BUREAU = {1: as_json(FIRST), 20: as_json(figures(2023))}
"""From which day on: what they answer. They are due every six days, and the day after a failure."""

IN_OFFICE: dict[int, Rows] = {1: FIRST, 7: REVISED, 15: NEW_YEAR, 30: MOVES}
IN_BUREAU: dict[int, Rows] = {1: FIRST, 21: figures(2023)}
"""From which day on: what the table has to have."""

SAYS = {
    1: {"office": "up to date", "bureau": "up to date"},
    7: {"office": "taken over", "bureau": "up to date"},
    13: {"office": "not today", "bureau": "not today"},
    14: {"office": "not today", "bureau": "not today"},
    15: {"office": "up to date", "bureau": "up to date"},  # a killed one took it over before
    21: {"office": "stopped", "bureau": "taken over"},
    22: {"office": "stopped"},
    27: {"bureau": "up to date"},
    28: {"office": "held"},
}
"""What the refresh says of those that are due; on all other days none is."""

PREVIEWED_ON, KILLED_ON, SIGNED_ON = 7, 15, 30
FAILS = {13: answer(502), 14: hang}


def since(days: dict[int, Any], day: int) -> Any:
    """Return what is so since the last of some days."""
    return days[max(start for start in days if start <= day)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of fork, in a process with a server
@pytest.mark.no_cover
def test_a_month_without_a_wrong_or_missing_edition(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, small = tmp_path / "data", tmp_path / "project"
    publishers = install(folder, httpserver, monkeypatch)
    for name in ("office", "bureau"):
        monkeypatch.setattr(ask.connector(name), "READ_SECONDS", 0.1, raising=False)
    monkeypatch.setitem(small_project.TABLES, "trade", TABLE)
    small_project.make_small_project(small)
    (small / "notebooks" / "defense.ipynb").unlink()
    path = small / "notebooks" / "trade.ipynb"
    shown = "float(rows.iloc[0].filter(regex='tonnes|^year$').iloc[-1])"
    path.write_text(path.read_text("utf-8").replace(shown, "rows['value_usd'].sum()"), "utf-8")
    monkeypatch.setattr("turkic_ties.topics.PROJECT", small)
    built, checked = [], {}
    for day in range(1, 32):
        # Without a zone, which would go into the environment and cost every kernel a cold start.
        with time_machine.travel(datetime(2027, 3, day, 4, 17)):
            publishers.office, publishers.bureau = since(OFFICE, day), since(BUREAU, day)
            publishers.fail(*([FAILS[day]] if day in FAILS else []), times=99)
            if day == SIGNED_ON:
                signed = CLAIMS.replace("verdict: supported", "verdict: contradicted")
                (folder / ARTICLE).write_text(signed, "utf-8")
                assert states(refresh_due(apply_held=True)) == {"office": "taken over"}
            if day == KILLED_ON:
                kill_when_ready()
            if day == PREVIEWED_ON:
                (seen,) = run.refresh(
                    ["office"], run.Options(check=True), lambda: preview(small / "reports", 1)
                )
                now, then = (
                    f"{sum([*rows.values(), *FIRST.values()]):,}" for rows in (FIRST, REVISED)
                )
                assert seen.figures == [
                    f"trade/kaz-tur, First figure: {now} units (2024) → {then} units (2024) "
                    f"({TABLE} changed)"
                ]
            assert states(refresh_due()) == SAYS.get(day, {}), day
            with place.reading():
                result = make(small, [])
            built += [day] if result.built else []
        if contents(folder) != checked:  # the same bytes need no second look
            assert data.check() == [], day
            checked = contents(folder)
        assert manifest.verify(small / "reports")[1] == [], day
        rows = data.load(TABLE)
        office, bureau = since(IN_OFFICE, day), since(IN_BUREAU, day)
        for name, published in [("office", office), ("bureau", bureau)]:
            found = rows[rows["source"] == name].set_index(["partner", "year"])["value_usd"]
            assert found.to_dict() == published, (day, name)
        summary = json.loads((small / "reports" / "trade" / "kaz-tur.json").read_text("utf-8"))
        assert summary["key_figures"][0]["value"] == sum([*office.values(), *bureau.values()]), day
    assert built == [1, 7, 15, 21, 30]
    log = [json.loads(line) for line in (folder / "refresh-log.jsonl").read_text().splitlines()]
    assert [(line["date"][-2:], line["source"]) for line in log] == [
        ("07", "office"),
        ("15", "office"),
        ("21", "bureau"),
        ("30", "office"),
    ]


def refresh_due(**options: bool) -> dict[str, became.Outcome]:
    found = run.refresh([], run.Options(**options))
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
        refresh_due()
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
