"""A cluster builds what one machine builds: tests with a real scheduler and real workers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest
from small_project import command, small_notebook, ties, use

from turkic_ties.reports import cluster
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
        wait_for(lambda: ask(address, "len(client.scheduler_info()['workers'])") == len(workers))
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


def test_workers_give_the_published_bytes(start: Start, tmp_path: Path) -> None:
    address, _ = start({}, {})
    asked = [
        BIN / "ties",
        "build",
        "demographics",
        "--cluster",
        address,
        "--output",
        tmp_path / "edition",
    ]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=300, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "1 built, 0 up to date" in answer.stdout
    for name in [f"demographics/kaz-tur.{ending}" for ending in ("html", "json", "svg")]:
        same = (tmp_path / "edition" / name).read_bytes() == (
            PROJECT / "reports" / name
        ).read_bytes()
        assert same, f"{name} from a worker is not what is published"


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


def test_a_worker_checks_its_files_before_every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have joined after the build began."""

    class Direct(Executor):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
            return function(*arguments, **options)

    monkeypatch.setattr(cluster, "fingerprint", lambda: {"claims": "1", "table a/b": "2"})
    same = cluster._Workers(Direct(), {"claims": "1", "table a/b": "2"})
    assert same.submit(max, 3, 4) == 4
    for files in ({"claims": "1", "table a/b": "1"}, {"claims": "1"}):
        with pytest.raises(cluster.ClusterError, match=r"different files \(table a/b\)"):
            cluster._Workers(Direct(), files).submit(max, 3, 4)


def test_a_scheduler_that_does_not_answer_is_one_line(small: Path) -> None:
    patient = "from turkic_ties.reports import cluster; cluster.CONNECT_TIMEOUT = 2"
    answer = ties(small, "build", "trade", "--cluster", "tcp://127.0.0.1:9", before=patient)
    assert answer.returncode == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in answer.stderr
    assert "Traceback" not in answer.stderr
