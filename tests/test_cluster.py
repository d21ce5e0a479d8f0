"""A cluster builds what a single machine builds: a real scheduler and real workers, started by their own commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_build import small, small_notebook, ties  # noqa: F401  # `small` is a fixture

from turkic_ties.reports.plan import PROJECT

DASK = Path(sys.executable).with_name("dask")

Start = Callable[..., tuple[str, list[subprocess.Popen[bytes]]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts a scheduler and workers, and returns the address and the workers."""
    running: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"dask-{len(running)}.log").open("wb")
        process = subprocess.Popen([DASK, *arguments], env=os.environ | environment, cwd=tmp_path, stdout=log, stderr=log)
        log.close()
        running.append(process)
        return process

    def start(environments: list[dict[str, str]], preload: str = "") -> tuple[str, list[subprocess.Popen[bytes]]]:
        file = tmp_path / "scheduler.json"
        run("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        wait_for(file.exists)
        (tmp_path / "preload.py").write_text(preload or "pass", encoding="utf-8")
        options = ["--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        options += ["--host", "127.0.0.1", "--preload", str(tmp_path / "preload.py"), "--local-directory", str(tmp_path)]
        workers = [run("worker", *options, **environment) for environment in environments]
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        wait_for(lambda: count_workers(address) == len(workers))
        return address, workers

    yield start
    for process in reversed(running):
        process.kill()
        process.wait()


def wait_for(there: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, "not there in time"
        time.sleep(0.1)


def count_workers(address: str) -> int:
    count = f"from distributed import Client\nwith Client({address!r}) as c: print(len(c.scheduler_info()['workers']))"
    answer = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, timeout=60)
    return int(answer.stdout.strip() or 0)


def as_small_project(small: Path) -> str:  # noqa: F811
    return f"import pathlib\nfrom turkic_ties.reports import plan\nplan.PROJECT = pathlib.Path({str(small)!r})\n"


def test_two_workers_give_the_published_bytes(start: Start, tmp_path: Path) -> None:
    address, _ = start([{}, {}])
    ties = Path(sys.executable).with_name("ties")
    topics = ["defense", "language_policy"]
    command = [ties, "build", *topics, "--cluster", address, "--output", str(tmp_path / "edition")]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (answer.returncode, answer.stdout.splitlines()[-1][:18]) == (0, "2 built, 0 up to d"), answer.stderr
    for topic in topics:
        for ending in ("html", "json", "svg"):
            name = f"{topic}/kaz-tur.{ending}"
            same = (tmp_path / "edition" / name).read_bytes() == (PROJECT / "reports" / name).read_bytes()
            assert same, f"{name} from a worker is not what is published"


def test_a_worker_that_is_killed_costs_a_retry_not_the_edition(start: Start, small: Path, tmp_path: Path) -> None:  # noqa: F811
    began = tmp_path / "began"
    waits = f"import os, pathlib, time\nmarker = pathlib.Path({str(began)!r})\nfirst = not marker.exists()\n"
    waits += "marker.write_text('')\ntime.sleep(120 if first else 0)"
    (small / "notebooks" / "trade.ipynb").write_text(small_notebook("trade", waits), encoding="utf-8")
    address, workers = start([{}, {}], as_small_project(small))
    where = f"from distributed import Client\nwith Client({address!r}) as c: print(*[k for k, v in c.processing().items() if v])"
    building = subprocess.Popen(command_for(small, address), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(began.exists)
    busy = subprocess.run([sys.executable, "-c", where], capture_output=True, text=True, timeout=60).stdout.strip()
    (doomed,) = [worker for worker in workers if busy and busy == address_of(worker, address)]
    doomed.send_signal(signal.SIGKILL)
    out, err = building.communicate(timeout=120)
    assert building.returncode == 0, err
    assert "1 built" in out
    assert (small / "reports" / "trade" / "kaz-tur.html").is_file()


def command_for(small: Path, address: str) -> list[str]:  # noqa: F811
    from test_build import command

    return command(small, "build", "trade", "--cluster", address)


def address_of(worker: subprocess.Popen[bytes], scheduler: str) -> str:
    find = f"import os\nfrom distributed import Client\nwith Client({scheduler!r}) as c: print(*[a for a, p in c.run(os.getpid).items() if p == {worker.pid}])"
    return subprocess.run([sys.executable, "-c", find], capture_output=True, text=True, timeout=60).stdout.strip()


def test_a_worker_with_other_data_is_refused(start: Start, small: Path, data_copy: Path, tmp_path: Path) -> None:  # noqa: F811
    import shutil

    other = tmp_path / "other"
    shutil.copytree(data_copy, other)
    with (other / "claims.yml").open("a", encoding="utf-8") as file:
        file.write("\n# edited\n")
    address, _ = start([{}, {"TURKIC_TIES_DATA": str(other)}], as_small_project(small))
    answer = ties(small, "build", "trade", "--cluster", address)
    assert answer.returncode == 2
    assert "holds another claims: update it, then restart it" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (small / "reports" / "trade").exists()


def test_a_scheduler_that_does_not_answer_is_one_line(small: Path, monkeypatch: Any) -> None:  # noqa: F811
    answer = ties(small, "build", "trade", "--cluster", "tcp://127.0.0.1:9", before="from turkic_ties.reports import cluster; cluster.CONNECT_TIMEOUT = 2")
    assert answer.returncode == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in answer.stderr
    assert "Traceback" not in answer.stderr
