"""A cluster builds what one machine builds: tests with a real scheduler and real workers."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from small_project import fork, printed, small_notebook, ties, use
from small_project import start as run

from turkic_ties.kernels import client
from turkic_ties.reports import cluster, frame
from turkic_ties.reports.build import ReportResult, produce
from turkic_ties.reports.plan import plan
from turkic_ties.topics import PROJECT

LOOPBACK = ["--host", "127.0.0.1", "--no-dashboard"]

Start = Callable[..., tuple[str, list[BaseProcess]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts a scheduler and workers and returns its address and them."""
    from dask.cli import run_cli

    running: list[BaseProcess] = []

    def dask(*arguments: str, **environment: str) -> BaseProcess:
        def run() -> None:
            os.environ.update(environment)
            os.chdir(tmp_path)
            sys.argv = ["dask", *arguments]
            run_cli()

        running.append(fork(run, tmp_path / f"dask-{len(running)}"))
        return running[-1]

    def start(*environments: dict[str, str], preload: str = "") -> tuple[str, list[BaseProcess]]:
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
        ask(address, tmp_path, lambda client: client.wait_for_workers(len(workers), timeout=60))
        return address, workers

    yield start
    for process in reversed(running):
        process.kill()
        process.join()


def wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline, "not there in time"
        time.sleep(0.02)


def ask(address: str, tmp_path: Path, question: Callable[[Any], Any]) -> Any:
    """Ask the scheduler in a process of its own, so that Dask's threads are none of pytest's."""
    from distributed import Client

    def run() -> None:
        with Client(address) as client:
            print(json.dumps(question(client)))

    folder = tmp_path / "asked"
    process = fork(run, folder)
    process.join(timeout=60)
    assert process.exitcode == 0, printed(folder)
    return json.loads(printed(folder, "stdout"))


def test_a_worker_gives_the_published_bytes(start: Start, tmp_path: Path) -> None:
    """And from a cold kernel: nbval compares the outputs of warm ones, for every notebook."""
    address, _ = start({client.VARIABLE: client.COLD})

    def run() -> None:
        with cluster.connect(address) as workers:
            report = workers.submit(produce, *plan(["demographics"], {})).result()
            print(json.dumps(report.files))

    process = fork(run, tmp_path / "produced")
    process.join(timeout=300)
    assert process.exitcode == 0, printed(tmp_path / "produced")
    produced = json.loads(printed(tmp_path / "produced", "stdout"))
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
    building = run(small, "build", "trade", "--cluster", address)
    wait_for(began.exists)
    processes, tasks = ask(address, tmp_path, lambda it: [it.run(os.getpid), it.processing()])
    (busy,) = [worker for worker in tasks if tasks[worker]]
    (doomed,) = [worker for worker in workers if worker.pid == processes[busy]]
    doomed.kill()
    building.join(timeout=120)
    assert building.exitcode == 0, printed(small.parent)
    assert "1 built" in printed(small.parent, "stdout")
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
