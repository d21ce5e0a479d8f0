"""A cluster builds what one machine builds: tests with a real scheduler and real workers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from small_project import command, small_notebook, ties, use

from turkic_ties.reports import cluster, frame
from turkic_ties.reports.build import ReportResult
from turkic_ties.topics import PROJECT

BIN = Path(sys.executable).parent
LOOPBACK = ["--host", "127.0.0.1", "--no-dashboard"]

Start = Callable[..., tuple[str, list["subprocess.Popen[bytes]"]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts a scheduler and workers and returns its address and them."""
    running: list[subprocess.Popen[bytes]] = []

    def dask(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"dask-{len(running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [BIN / "dask", *arguments],
                env=os.environ | environment,
                cwd=tmp_path,
                stdout=log,
                stderr=log,
            )
        running.append(process)
        return process

    def start(
        *environments: dict[str, str], preload: str = ""
    ) -> tuple[str, list[subprocess.Popen[bytes]]]:
        """Start a worker for each environment, each after some Python of a test's."""
        file, before = tmp_path / "scheduler.json", tmp_path / "preload.py"
        before.write_text(preload, encoding="utf-8")
        dask("scheduler", *LOOPBACK, "--port", "0", "--scheduler-file", str(file))
        wait_for(file.exists)
        options = [
            "--scheduler-file",
            str(file),
            "--nthreads",
            "1",
            "--no-nanny",
            "--preload",
            str(before),
        ]
        options += ["--local-directory", str(tmp_path)]
        workers = [
            dask("worker", *LOOPBACK, *options, **environment) for environment in environments
        ]
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        ask(address, f"client.wait_for_workers({len(workers)}, timeout=60)")
        return address, workers

    yield start
    for process in reversed(running):
        process.kill()
        process.wait()


def wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline, "not there in time"
        time.sleep(0.1)


def ask(address: str, expression: str) -> Any:
    """Ask the scheduler in a process of its own, so that Dask's threads are none of pytest's."""
    asked = "import json, os\nfrom distributed import Client\n"
    asked += f"with Client({address!r}) as client: print(json.dumps({expression}))"
    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(answer.stdout)


PRODUCED = """
import json
from turkic_ties.reports.build import produce
from turkic_ties.reports.cluster import connect
from turkic_ties.reports.plan import plan
with connect({address!r}) as workers:
    print(json.dumps(workers.submit(produce, *plan(["demographics"], {{}})).result().files))
"""


def test_a_worker_gives_the_published_bytes(start: Start) -> None:
    address, _ = start({})
    answer = subprocess.run(
        [sys.executable, "-c", PRODUCED.format(address=address)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    produced = json.loads(answer.stdout)
    assert produced.keys() == {"html", "json", "svg"}
    for ending, made in produced.items():
        published = PROJECT / "reports" / "demographics" / f"kaz-tur.{ending}"
        same = frame.PLACE.sub("", made) == frame.PLACE.sub("", published.read_text("utf-8"))
        assert same, f"{published.name} from a worker is not what is published"


def test_a_worker_that_is_killed_costs_a_retry_not_the_edition(
    start: Start, small: Path, tmp_path: Path
) -> None:
    began = tmp_path / "began"
    waits = f"import pathlib, time\nmarker = pathlib.Path({str(began)!r})\n"
    waits += "again = marker.exists()\nmarker.touch()\ntime.sleep(0 if again else 300)"
    (small / "notebooks" / "trade.ipynb").write_text(
        small_notebook("trade", waits), encoding="utf-8"
    )
    address, workers = start({}, {}, preload=use(small))
    asked = command(small, "build", "trade", "--cluster", address)
    building = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(began.exists)
    processes = ask(address, "client.run(os.getpid)")
    (busy,) = [worker for worker, tasks in ask(address, "client.processing()").items() if tasks]
    (doomed,) = [worker for worker in workers if worker.pid == processes[busy]]
    doomed.kill()
    out, err = building.communicate(timeout=120)
    assert building.returncode == 0, err
    assert "1 built" in out
    assert (small / "reports" / "trade" / "kaz-tur.html").is_file()


def test_a_worker_with_other_files_is_refused(
    start: Start, small: Path, data_copy: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(data_copy, other)
    with (other / "articles" / "subtle-cooperation.yml").open("a", encoding="utf-8") as file:
        file.write("\n# edited\n")
    address, _ = start({}, {"TURKIC_TIES_DATA": str(other)}, preload=use(small))
    answer = ties(small, "build", "trade", "--cluster", address)
    assert answer.returncode == 2
    assert (
        "has different files (article subtle-cooperation): update it, then restart it"
        in answer.stderr
    )
    assert "Traceback" not in answer.stderr
    assert not (small / "reports" / "trade").exists()


class Direct(Executor):
    """Answer at once, as a worker would; with a text of a test's instead, if there is one."""

    def __init__(self, instead: Any = None) -> None:
        self.instead = instead

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Any:
        done: Future[Any] = Future()
        if isinstance(self.instead, Exception):
            done.set_exception(self.instead)
        else:
            done.set_result(self.instead or function(*arguments))
        return done


def test_a_worker_checks_its_files_before_every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have joined after the build began."""
    report = ReportResult({"html": "<p>ü"}, started="1", ended="2")
    monkeypatch.setattr(cluster, "fingerprint", lambda: {"claims": "1", "table a/b": "2"})
    same = cluster._Workers(Direct(), {"claims": "1", "table a/b": "2"})
    assert same.submit(lambda: report).result() == report
    for files in ({"claims": "1", "table a/b": "1"}, {"claims": "1"}):
        with pytest.raises(cluster.ClusterError, match=r"different files \(table a/b\)"):
            cluster._Workers(Direct(), files).submit(lambda: report).result()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ('{"files": 3}', "no report"),
        ("[]", "no report"),
        (b"\x80\x04", "no report"),
        (7, "no report"),
        (RuntimeError("killed 4 times"), "lost with its workers: killed 4 times"),
    ],
)
def test_what_a_worker_sends_is_read_as_data_and_costs_one_report(sent: Any, said: str) -> None:
    result = cluster._Workers(Direct(sent), {}).submit(print).result()
    assert said in result.error


def test_a_worker_that_answers_nonsense_is_refused() -> None:
    with pytest.raises(cluster.ClusterError, match="does not answer as ours do"):
        cluster._check_same({}, "nonsense", "worker 1")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:9", "no Dask scheduler answers at tcp://127.0.0.1:9"),
        ("tls://127.0.0.1:9", "tls://127.0.0.1:9 needs certificates"),
    ],
)
def test_a_scheduler_that_does_not_answer_is_one_line(small: Path, address: str, said: str) -> None:
    patient = "from turkic_ties.reports import cluster; cluster.CONNECT_TIMEOUT = 2"
    answer = ties(small, "build", "trade", "--cluster", address, before=patient)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
