"""What can go wrong with a publisher: cases × connectors; the table is printed after the tests."""

from __future__ import annotations

import io
import json
import re
import socket
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from small_publishers import TABLE, Publishers, as_csv, as_json, figures
from test_refresh import contents, refresh
from werkzeug import Request, Response

from turkic_ties.refresh import ask, door, sources
from turkic_ties.refresh import outcome as became

Fault = Callable[[Request], Response]
Record = Callable[[str, object], None]

CONNECTORS = sorted(
    {
        str(entry.module)
        for entry in sources.load().values()
        if entry.module and hasattr(ask.connector(entry.module), "fetch")
    }
)


def answer(code: int, body: bytes | str = b"", kind: str = "text/plain", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Response(body, code, headers=named, content_type=kind)


def hang(request: Request) -> Response:
    time.sleep(0.25)
    return Response(b"late")


def reset(request: Request) -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(b"")


def cut_zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("figures.csv", "1,2\n" * 100)
    return written.getvalue()[:-40]


def short(request: Request) -> Response:
    response = Response(b"Country,2022\n")
    response.headers["Content-Length"] = "9999"
    response.automatically_set_content_length = False
    return response


PAGE = "<!DOCTYPE html><html><body>Please prove that you are human.</body></html>"
OF_WORLD_BANK = [{"message": [{"id": "120", "key": "Invalid value", "value": "not valid"}]}]
OF_BLS = {"status": "REQUEST_NOT_PROCESSED", "message": ["daily threshold"], "Results": {}}
CP1252 = "Land;Südwest;São Tomé\n".encode("cp1252")

EVERYWHERE: dict[str, tuple[Fault, str]] = {
    "429": (answer(429), "not today"),
    "429, wait 3600 s": (answer(429, Retry_After="3600"), "not today"),
    "502": (answer(502), "not today"),
    "503 until 2099": (answer(503, Retry_After="Fri, 31 Dec 2099 23:59:59 GMT"), "not today"),
    "403": (answer(403, PAGE, "text/html"), "not today"),
    "404": (answer(404), "stopped"),
    "400": (answer(400, "no such period"), "stopped"),
    "hang": (hang, "not today"),
    "reset": (reset, "not today"),
    "short body": (short, "not today"),
    "cut zip": (answer(200, cut_zip()), "stopped"),
    "cut gzip": (answer(200, b"\x1f\x8b\x08\x00" + b"\x00" * 20), "stopped"),
    "web page with 200": (answer(200, PAGE, "text/html"), "stopped"),
    "204": (answer(204), "stopped"),
    "empty with 200": (answer(200), "stopped"),
    "error of the World Bank": (answer(200, json.dumps(OF_WORLD_BANK)), "stopped"),
    "refusal of the BLS": (answer(200, json.dumps(OF_BLS)), "stopped"),
    "wrong encoding": (answer(200, CP1252), "stopped"),
    "another host": (answer(302, Location="https://elsewhere.example/login"), "stopped"),
}


@pytest.mark.parametrize("case", EVERYWHERE)
def test_a_fault_of_any_publisher_is_one_line(
    case: str,
    httpserver: HTTPServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
) -> None:
    fault, expected = EVERYWHERE[case]
    httpserver.expect_request(re.compile(".*")).respond_with_handler(fault)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(door, "TRIES", 1)
    for name in CONNECTORS:
        module = ask.connector(name)
        bases = dict.fromkeys(module.HOSTS, httpserver.url_for("")[:-1])
        monkeypatch.setenv(door.PUBLISHERS, json.dumps(bases))
        monkeypatch.setattr(module, "READ_SECONDS", 0.1, raising=False)
        if variable := getattr(module, "KEY", None):
            monkeypatch.setenv(variable, "sesame-7")
        outcome = ask.ask(name, date(2026, 12, 1), True, ask.Options())
        assert isinstance(outcome, became.Outcome), name
        busy = (name, case) == ("bls", "refusal of the BLS")  # its own way to say: too many calls
        assert outcome.state == ("not today" if busy else expected), (name, outcome.text)
        assert outcome.text
        assert "\n" not in outcome.text
        record_property("fault", (case, name, outcome.state))


# -- two small publishers, with data to lose ---------------------------------------------------


OLD = figures()
NEW = figures(2023)
LOST_STATE = {key: value for key, value in NEW.items() if key[0] != "UZB"}
TIMES_1000 = {key: 1000 * value for key, value in NEW.items()}
LAST_YEAR_IN_A_NOTE = as_csv(NEW).replace(b"2022,2023", b"2022 1,2023 1")
TWICE = as_csv(NEW) + as_csv(NEW).splitlines(keepends=True)[1]
NEW_COLUMN = b"\n".join(
    line + b"," + last
    for line, last in zip(as_csv(NEW).split(b"\r\n"), [b"Note", *[b"n"] * 4], strict=False)
)
IN_JSON = json.loads(as_json(NEW))
WITH_FIELD = json.dumps([IN_JSON[0], [{**row, "note": "n"} for row in IN_JSON[1]]]).encode()
ROW_TWICE = json.dumps([{"total": 25, "licence": "CC0-1.0"}, IN_JSON[1] + IN_JSON[1][:1]]).encode()

WITH_DATA: dict[str, tuple[bytes, bytes, str, str]] = {
    "new year": (as_csv(NEW), as_json(NEW), "taken over", ""),
    "BOM": (b"\xef\xbb\xbf" + as_csv(NEW), b"\xef\xbb\xbf" + as_json(NEW), "", ""),
    "times 1000": (as_csv(TIMES_1000), as_json(TIMES_1000), "stopped", "about 1,000 times"),
    "lost state": (as_csv(LOST_STATE), as_json(LOST_STATE), "stopped", "partner UZB is gone"),
    "lost year": (
        LAST_YEAR_IN_A_NOTE,
        as_json(figures(2021)),
        "stopped",
        "newest year 2022 is gone, the newest is 2021",
    ),
    "future year": (as_csv(figures(2099)), as_json(figures(2099)), "stopped", "year 2099 is after"),
    "new column": (NEW_COLUMN, WITH_FIELD, "taken over", ""),
    "renamed state": (
        as_csv(NEW).replace(b"TUR", b"Tuerkiye"),
        as_json(NEW).replace(b'"TUR"', b'"Tuerkiye"'),
        "stopped",
        "Tuerkiye",
    ),
    "hostile name": (
        as_csv(NEW).replace(b"TUR", b"=cmd|' /C calc'!A0<script>"),
        as_json(NEW).replace(b"TUR", b"<script>alert(1)</script>"),
        "stopped",
        "<script>",
    ),
    "key twice": (TWICE, ROW_TWICE, "stopped", "is there twice"),
    "correction's value gone": (
        as_csv(figures(2023, CHN2018=5961)),
        as_json(figures(2023, CHN2018=5961)),
        "stopped",
        "delete or renew this entry",
    ),
    "other licence": (
        as_csv(NEW),
        as_json(NEW, licence="CC-BY-NC-4.0"),
        "",
        "the answer states the licence CC-BY-NC-4.0, the package CC0-1.0",
    ),
    "older edition": (
        as_csv(NEW),
        as_json(NEW, published="2021"),
        "",
        "the edition of 2021 is older than that of 2022-03 in the tables",
    ),
    "rows missing": (
        as_csv(dict([*NEW.items()][:3])),
        as_json(NEW, total=99),
        "stopped",
        "",
    ),
}


@pytest.mark.parametrize("case", WITH_DATA)
def test_a_fault_in_the_figures_leaves_the_table(
    case: str, publishers: Publishers, record_property: Record
) -> None:
    folder = publishers.folder
    if case.startswith("correction"):
        corrections = [
            {
                "id": f"{name}-chn-2018",
                "table": TABLE,
                "match": {
                    "source": name,
                    "reporter": "KAZ",
                    "partner": "CHN",
                    "year": 2018,
                    "flow": "export",
                },
                "column": "value_usd",
                "action": "drop",
                "expected": 5960,
                "reason": "r",
                "reference": "r",
            }
            for name in ("office", "bureau")
        ]
        (folder / "corrections.yml").write_text(json.dumps(corrections), "utf-8")
    publishers.office, publishers.bureau, expected, said = WITH_DATA[case]
    before = contents(folder)
    outcomes = refresh()
    for name, outcome in outcomes.items():
        record_property("fault", (case, name, outcome.state))
        if expected:
            assert outcome.state == expected, (name, outcome.text)
        if outcome.state == "stopped":
            assert contents(folder)[f"{TABLE}/{name}.csv"] == before[f"{TABLE}/{name}.csv"]
    assert any(said in outcome.text for outcome in outcomes.values())
    if expected == "stopped":
        assert contents(folder) == before


@pytest.mark.parametrize(
    ("faults", "seconds"),
    [
        ([answer(429)], 0),
        ([answer(429, Retry_After="1")], 1),
        ([answer(502), answer(502)], 0),
        ([short], 0),
        ([reset], 0),
    ],
    ids=["429 once", "429, wait 1 s", "502 twice", "short body once", "reset once"],
)
def test_a_fault_that_passes_is_waited_for(
    publishers: Publishers, faults: list[Fault], seconds: int
) -> None:
    publishers.office = as_csv(NEW)
    publishers.fail(*faults)
    began = time.monotonic()
    assert answered("office") == as_csv(NEW)
    assert time.monotonic() - began >= seconds


def answered(name: str) -> bytes:
    """Ask one of the two, which has to answer."""
    asked = ask.ask(name, date.today(), True, ask.Options())
    assert isinstance(asked, ask.Asked), asked
    return asked.answers[0].content


def test_a_wait_of_two_minutes_is_kept_and_a_longer_one_is_not(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waited.append)
    for asked, kept in [("120", True), ("121", False)]:
        publishers.fail(answer(429, Retry_After=asked))
        outcome = ask.ask("office", date.today(), True, ask.Options())
        assert isinstance(outcome, ask.Asked) is kept
    assert waited == [120]
    assert isinstance(outcome, became.Outcome)
    assert outcome.text == "office.example asks to wait 121 s"


def test_one_that_fails_does_not_stop_another(publishers: Publishers) -> None:
    publishers.office = b"nothing of use"
    publishers.bureau = as_json(NEW)
    found = {name: outcome.state for name, outcome in refresh().items()}
    assert found == {"office": "stopped", "bureau": "taken over"}


def test_a_key_is_in_no_text_file_or_answer(
    publishers: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = json.dumps({"error": "the key sesame-7 is not valid"})
    publishers.fail(answer(401, refused))
    outcomes = [refresh("bureau")["bureau"]]
    publishers.bureau = as_json(NEW)
    outcomes.append(refresh("bureau")["bureau"])
    module = sys.modules["turkic_ties.refresh.bureau"]

    def fails(*_: Any) -> None:
        raise ValueError("Authorization: sesame-7")

    monkeypatch.setattr(module, "tables", fails)
    outcomes.append(refresh("bureau")["bureau"])
    assert [outcome.state for outcome in outcomes] == ["not today", "taken over", "stopped"]
    assert "Authorization: ***" in outcomes[-1].text
    assert publishers.asked[-1].headers["Authorization"] == "sesame-7"
    texts = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(texts) > 5
    assert not [path for path in texts if b"sesame-7" in path.read_bytes()]


def test_a_redirect_is_followed_to_its_own_hosts_and_takes_no_key_along(
    publishers: Publishers, httpserver: HTTPServer
) -> None:
    there = "/bureau/moved"
    seen: list[Request] = []

    def moved(request: Request) -> Response:
        seen.append(request)
        return Response(as_json(NEW), content_type="application/json")

    httpserver.expect_request(there).respond_with_handler(moved)
    publishers.fail(answer(302, Location=httpserver.url_for(there)))
    assert answered("bureau") == as_json(NEW)
    assert "Authorization" not in seen[0].headers


def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MAX_BYTES", 100)
    publishers.office = b"x" * 100_000
    assert "has more than 100 bytes" in refresh("office")["office"].text


def test_no_network_is_one_line_per_host_and_75(
    publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = ("office.example", "bureau.example")
    bases = dict.fromkeys(hosts, f"http://127.0.0.1:{port}")
    monkeypatch.setenv(door.PUBLISHERS, json.dumps(bases))
    outcomes = refresh()
    assert became.status(outcomes.values()) == 75
    texts = {outcome.text for outcome in outcomes.values()}
    assert texts == {f"{host} cannot be reached" for host in hosts}


def test_a_host_that_is_not_declared_is_not_asked() -> None:
    with pytest.raises(door.FailedError, match=r"is not at office\.example"):
        door.Door("office", ("office.example",)).get("https://elsewhere.example/a", "a")
