"""Warm kernels: that nobody can tell one from a cold kernel, and that nothing is left of it when it is over."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from jupyter_client.kernelspec import get_kernel_spec
from jupyter_client.manager import AsyncKernelManager, KernelManager

from turkic_ties.kernels import client
from turkic_ties.parameters import MODELS
from turkic_ties.reports.record import normalised
from turkic_ties.reports.run import KERNEL, execute

PROJECT = Path(__file__).parents[1]


class Kernel:
    """A running kernel and somebody who talks to it."""

    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self.connect()

    def connect(self) -> None:
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str) -> str:
        """Execute code and return what it printed; an error is returned as its name."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(
                content.get("text", "")
                if message["msg_type"] == "stream"
                else content.get("ename", "")
            )

        self.client.execute_interactive(code, output_hook=hear, timeout=60)
        return "".join(said)

    @property
    def warm(self) -> bool:
        assert self.manager.provisioner is not None
        return isinstance(self.manager.provisioner.process, client.WarmProcess)

    @property
    def pid(self) -> int:
        assert self.manager.provisioner is not None
        return int(self.manager.provisioner.process.pid)


@contextmanager
def kernel(**options: Any) -> Iterator[Kernel]:
    manager = KernelManager(kernel_name=KERNEL, **options.pop("manager", {}))
    manager.start_kernel(**options)
    started = Kernel(manager)
    try:
        yield started
    finally:
        started.client.stop_channels()
        manager.shutdown_kernel(now=True)


@contextmanager
def cold() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(client.VARIABLE, client.COLD)
        yield


@pytest.fixture
def own_parent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Have this test start parents of its own, which it may do anything to."""
    started: list[Any] = []
    monkeypatch.delenv(client.VARIABLE, raising=False)
    monkeypatch.setattr(client, "_started", started)
    monkeypatch.setattr(client, "_failed", None)
    yield started
    for parent in started:
        parent.stop()


def gone(*things: int | Path, within: float = 3) -> bool:
    """Wait until there are no such processes and files."""

    def there(thing: int | Path) -> bool:
        if isinstance(thing, Path):
            return thing.exists()
        try:
            return psutil.Process(thing).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    end = time.monotonic() + within
    while any(map(there, things)):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


# -- the same as a cold kernel --------------------------------------------------------------------------------------

IMPORTS = """
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from turkic_ties import countries, data, defense, demographics, language_policy, show, trade
"""

PROBE = (
    IMPORTS
    + """
import atexit, builtins, decimal, gc, json, locale, logging, os, resource, signal, stat, sys, threading, time, warnings
import matplotlib, numpy
from IPython import get_ipython

def named(thing):
    return getattr(thing, "__qualname__", None) or str(thing)

def kind_of(number):
    try:
        mode = os.fstat(int(number)).st_mode
    except OSError:  # it was for looking at the list
        return None
    return "pipe" if stat.S_ISFIFO(mode) else "socket" if stat.S_ISSOCK(mode) else "other"

def everything():
    shell = get_ipython()
    options = {}
    def walk(prefix, level):
        for name, value in level.items():
            if isinstance(value, dict):
                walk(prefix + name + ".", value)
            else:
                options[prefix + name] = repr(value)
    walk("", pd._config.config._global_config)
    open_files = {}
    for number in range(3):
        mode = os.fstat(number).st_mode
        open_files[number] = [stat.S_ISFIFO(mode), stat.S_ISCHR(mode), stat.S_ISREG(mode), os.get_inheritable(number)]
    return {
        "pandas": options,
        "matplotlib": {name: repr(value) for name, value in matplotlib.rcParams.items()},
        "interactive": [plt.isinteractive(), matplotlib.get_backend()],
        "events": {event: [named(f) for f in found] for event, found in shell.events.callbacks.items()},
        "formatters": {kind: sorted(map(named, formatter.type_printers))
                       for kind, formatter in shell.display_formatter.formatters.items()},
        "numpy": [numpy.geterr(), {k: repr(v) for k, v in numpy.get_printoptions().items()}],
        "warnings": [[repr(part) for part in filter] for filter in warnings.filters],
        "path": sys.path,
        "argv": [sys.argv[0], sys.argv[1], os.path.basename(sys.argv[2]), sys.argv[3:]],
        "orig_argv": [*sys.orig_argv[:4], sys.orig_argv[5:]],
        "flags": repr(sys.flags),
        "hooks": [list(map(named, sys.path_hooks)), [named(f).split(" at ")[0] for f in sys.meta_path],
                  named(sys.excepthook), named(type(sys.displayhook))],
        "environment": {k: v for k, v in os.environ.items() if k not in ("JPY_PARENT_PID", "TURKIC_TIES_KERNELS")},
        "session": [os.getcwd(), os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid(), os.nice(0)],
        "parent": os.environ["JPY_PARENT_PID"] == str(os.getppid()),
        "limits": [resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n.startswith("RLIMIT_")],
        "signals": {int(s): named(signal.getsignal(s)) for s in signal.valid_signals()},
        "blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "main": [__name__, sys.modules["__main__"].__dict__ is globals(), type(sys.modules["__main__"]).__name__],
        "names": sorted(set(globals()) - {"_i", "_ii", "_iii", "_i1"}),
        "builtins": sorted(dir(builtins)),
        "locale": [locale.getlocale(), locale.getpreferredencoding(), sys.getfilesystemencoding(), time.tzname],
        "streams": [[type(s).__name__, s.encoding, s.errors] for s in (sys.stdout, sys.stderr)],
        "real streams": [[s.encoding, s.errors, s.line_buffering, s.isatty()]
                         for s in (sys.__stdin__, sys.__stdout__, sys.__stderr__)],
        "standard input": sys.__stdin__.read(),
        "standard files": open_files,
        "open files": sorted(kind for kind in map(kind_of, os.listdir("/dev/fd")) if kind in ("pipe", "socket")),
        "threads": sorted(type(thread).__name__ for thread in threading.enumerate()),
        "all threads": len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else None,
        "main thread": threading.current_thread() is threading.main_thread(),
        "collector": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
        "at exit": atexit._ncallbacks(),
        "recursion": sys.getrecursionlimit(),
        "hash": hash("Türkiye"),
        "decimal": repr(decimal.getcontext()),
        "logging": [logging.root.level, [named(type(h)) for h in logging.root.handlers], logging.root.manager.disable],
        "read": [sorted(data.tables_read()), data.packages._parse.cache_info().currsize],
        "temporary": __import__("tempfile").tempdir,
    }
"""
)


def test_a_warm_kernel_is_in_the_state_of_a_cold_one(tmp_path: Path) -> None:
    """Compared after the imports, after the first figure and after the notebooks' own settings."""
    look = "print(json.dumps(everything()))"
    code = "\n".join([PROBE, look, "plt.close(plt.figure())", look, "show.setup()", look])
    asked = {"cwd": str(tmp_path), "env": {**os.environ, "ONLY_HERE": "1"}}
    with kernel(**asked) as started:
        assert started.warm
        warm = [json.loads(line) for line in started.run(code).splitlines()]
    with cold(), kernel(**asked) as started:
        assert not started.warm
        usual = [json.loads(line) for line in started.run(code).splitlines()]
    assert len(warm) == len(usual) == 3
    assert usual[0]["environment"]["ONLY_HERE"] == "1"
    for one, other in zip(warm, usual, strict=True):
        assert one.keys() == other.keys()
        different = [part for part in other if one[part] != other[part]]
        assert {part: one[part] for part in different} == {part: other[part] for part in different}


@pytest.mark.parametrize("topic", MODELS)
def test_every_output_of_a_notebook_is_that_of_a_cold_kernel(topic: str, tmp_path: Path) -> None:
    """Stored outputs stand for the warm kernel: nbval runs it on every notebook and compares all it gives with them."""
    path = PROJECT / "notebooks" / f"{topic}.ipynb"
    stored = nbformat.read(path, as_version=4)
    assert stored.metadata.kernelspec.name == "turkic-ties"
    with cold():
        executed = normalised(execute(path, tmp_path), topic)
    given = [cell.get("outputs") for cell in executed.cells]
    assert sum(map(bool, given)) > 20
    for usual, warm in zip(given, stored.cells, strict=True):
        assert usual == warm.get("outputs")


def test_every_kernel_draws_random_numbers_of_its_own() -> None:
    draw = "import random, numpy; print(random.random(), numpy.random.random(), random.random() == numpy.random.random())"
    with kernel() as one, kernel() as other:
        assert one.warm
        assert other.warm
        first, second = one.run(draw).split(), other.run(draw).split()
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_two_kernels_at_once_share_nothing(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with kernel(cwd=str(tmp_path)) as one, kernel(cwd=str(tmp_path / "other")) as other:
        one.run(
            "import os, pandas as pd; x = 1; pd.set_option('display.width', 33); os.environ['ONLY_HERE'] = '1'"
        )
        look = "import os, pandas as pd; print(os.getcwd(), pd.get_option('display.width'), 'ONLY_HERE' in os.environ)"
        assert other.run(f"{look}\nx") == f"{tmp_path / 'other'} 80 False\nNameError"
        assert one.run(f"{look}\nx") == f"{tmp_path} 33 True\n"


# -- driven like a cold kernel --------------------------------------------------------------------------------------


def test_an_endless_loop_can_be_interrupted() -> None:
    with kernel() as started:
        assert started.warm
        started.run("x = 5")
        # After an error a kernel drops what it is asked in the next moment, unless told not to.
        asked = started.client.execute("while True: pass", stop_on_error=False)
        time.sleep(0.5)
        started.manager.interrupt_kernel()
        while (reply := started.client.get_shell_msg(timeout=10))["parent_header"][
            "msg_id"
        ] != asked:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert started.run("print(x)") == "5\n"


@pytest.mark.parametrize("now", [True, False])
def test_a_restart_gives_a_fresh_warm_kernel(now: bool) -> None:
    with kernel() as started:
        before = started.pid
        started.run("x = 5; import pandas; pandas.set_option('display.width', 33)")
        started.client.stop_channels()
        started.manager.restart_kernel(now=now)
        started.connect()
        assert started.warm
        assert started.pid != before
        assert gone(before)
        assert (
            started.run("import pandas; print(pandas.get_option('display.width')); x")
            == "80\nNameError"
        )


@pytest.mark.parametrize(
    ("last_words", "status"), [("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", -9)]
)
def test_how_a_kernel_ended_is_told(last_words: str, status: int) -> None:
    with kernel() as started:
        process = started.manager.provisioner.process
        assert process.poll() is None
        started.client.execute(f"import os; {last_words}")
        assert process.wait(timeout=10) == status
        assert not started.manager.is_alive()


def test_its_standard_files_are_those_it_was_given(tmp_path: Path) -> None:
    """Under pytest; elsewhere ipykernel captures what is written to them."""
    with (
        (tmp_path / "out").open("w") as out,
        (tmp_path / "err").open("w") as err,
        kernel(stdout=out, stderr=err) as started,
    ):
        assert started.warm
        started.run("import os; os.write(1, b'one'); os.write(2, b'two')")
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in ("out", "err")] == [
        "one",
        "two",
    ]


# -- where kernel and client meet -----------------------------------------------------------------------------------


@pytest.mark.parametrize("warm", [True, False])
def test_kernel_and_client_do_not_meet_on_the_network(warm: bool) -> None:
    with nullcontext() if warm else cold(), kernel() as started:
        assert started.warm is warm
        # What is left is ipykernel's own: where forks of the kernel hand in their output.
        code = "import psutil; print([at.laddr for at in psutil.Process().net_connections('inet')] == [('127.0.0.1', {})])"
        assert started.run(code.format("get_ipython().kernel.iopub_thread._pipe_port")) == "True\n"
        folder = Path(started.manager.connection_file).parent
        assert folder.stat().st_mode & 0o077 == 0
        assert len(list(folder.iterdir())) == 6  # five channels and the file
        assert max(len(str(path)) for path in folder.iterdir()) < 100
    assert not folder.exists()


def test_ports_and_a_connection_file_somebody_chose_are_used(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = tmp_path / "mine.json"
    with kernel(
        manager={"connection_file": str(file), "shell_port": port, "cache_ports": False}
    ) as started:
        assert started.warm
        told = json.loads(file.read_text(encoding="utf-8"))
        assert (told["transport"], told["shell_port"]) == ("tcp", port)
        assert started.run("print(1)") == "1\n"
    with kernel(manager={"connection_file": str(file)}) as started:
        assert json.loads(file.read_text(encoding="utf-8"))["transport"] == "ipc"
        assert started.run("print(1)") == "1\n"


# -- one parent, and the right one ----------------------------------------------------------------------------------


def test_kernels_started_at_the_same_moment_have_one_parent(own_parent: list[Any]) -> None:
    parents = []

    async def start() -> None:
        manager = AsyncKernelManager(kernel_name=KERNEL)
        await manager.start_kernel()
        assert manager.provisioner is not None
        parents.append(psutil.Process(manager.provisioner.process.pid).ppid())
        await manager.shutdown_kernel(now=True)

    threads = [threading.Thread(target=lambda: asyncio.run(start())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (parent,) = own_parent
    assert parents == [parent.process.pid] * 4
    process = psutil.Process(parent.process.pid)
    assert process.num_threads() == 1
    assert process.net_connections("inet") == []


def test_a_killed_parent_takes_its_kernels_with_it_and_is_replaced(own_parent: list[Any]) -> None:
    with kernel() as started:
        own_parent[0].process.kill()
        assert started.manager.provisioner.process.wait(timeout=5) == -9
        assert gone(started.pid)
        with kernel() as next_one:
            assert next_one.warm
            assert len(own_parent) == 2


def test_a_retired_parent_keeps_its_kernels_and_takes_no_more(own_parent: list[Any]) -> None:
    with kernel() as started:
        (parent,) = own_parent
        parent.retire()
        time.sleep(0.5)
        with socket.socket(socket.AF_UNIX) as late, pytest.raises(ConnectionRefusedError):
            late.connect(parent.address)
        assert started.run("print(1)") == "1\n"
    assert parent.process.wait(timeout=5) == 0
    assert not Path(parent.address).parent.exists()


def test_another_environment_means_a_cold_kernel(own_parent: list[Any]) -> None:
    with kernel() as first:
        assert first.warm
    with kernel(env={**os.environ, "MPLCONFIGDIR": "elsewhere"}) as other:
        assert not other.warm
        assert other.run("import os; print(os.environ['MPLCONFIGDIR'])") == "elsewhere\n"
    with kernel(env={**os.environ, "TURKIC_TIES_DATA": "elsewhere"}) as same:
        assert same.warm
        assert same.run("import os; print(os.environ['TURKIC_TIES_DATA'])") == "elsewhere\n"


@pytest.mark.parametrize("name", ["matplotlibrc", "seaborn.py", "pandas/__init__.py"])
def test_what_a_cold_kernel_would_read_in_its_folder_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(
        "figure.dpi: 77\n" if name == "matplotlibrc" else "mine = 1\n", encoding="utf-8"
    )
    with kernel(cwd=str(tmp_path)) as started:
        assert not started.warm
        if name == "matplotlibrc":
            assert (
                started.run("import matplotlib; print(matplotlib.rcParams['figure.dpi'])")
                == "77.0\n"
            )
        else:
            module = name.split("/")[0].removesuffix(".py")
            assert started.run(f"import {module}; print({module}.mine)") == "1\n"


def test_trouble_is_answered_with_a_cold_kernel_and_a_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr(client.os, "fork")
    log = logging.getLogger("test")
    said: list[str] = []
    log.setLevel(logging.INFO)
    log.addHandler(logging.Handler())
    log.handlers[0].emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    with kernel(manager={"log": log}) as started:
        assert not started.warm
        assert started.run("print(1)") == "1\n"
    assert "Starting a cold kernel: this system cannot fork" in said
    assert "fork" not in capfd.readouterr().err


def program(code: str, **options: Any) -> subprocess.Popen[str]:
    """Start a process of its own that knows how to start kernels."""
    start = "from jupyter_client.manager import start_new_kernel\nimport json, os, sys, time\n"
    command = [sys.executable, "-c", start + code]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, **options
    )


EDITED = """
import pathlib, turkic_ties
from turkic_ties.kernels import client
module = pathlib.Path(turkic_ties.__file__).with_name("trade.py")
for edit in ("", "", "\\nedited = 1\\n", "\\nedited =\\n"):
    if edit:
        module.write_text(module.read_text() + edit)
    manager, kernel = start_new_kernel(kernel_name="turkic-ties")
    said = []
    kernel.execute_interactive("from turkic_ties import trade; print(hasattr(trade, 'edited'))",
        output_hook=lambda m: said.append(m["content"].get("text") or m["content"].get("ename")))
    warm = isinstance(manager.provisioner.process, client.WarmProcess)
    print(json.dumps([warm, os.environ[client.VARIABLE], [word.strip() for word in said if word]]))
    kernel.stop_channels()
    manager.shutdown_kernel(now=True)
"""


def test_an_edited_package_means_a_new_parent_and_a_broken_one_a_cold_kernel(
    tmp_path: Path,
) -> None:
    shutil.copytree(PROJECT / "src" / "turkic_ties", tmp_path / "turkic_ties")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    running = program(EDITED, cwd=tmp_path.parent, env=environment)
    lines = [json.loads(line) for line in running.communicate(timeout=120)[0].splitlines()]
    assert [(warm, said) for warm, _, said in lines] == [
        (True, ["False"]),
        (True, ["False"]),
        (True, ["True"]),
        (False, ["SyntaxError"]),
    ]
    first, second, edited, broken = [address for _, address, _ in lines]
    assert first == second
    assert len({first, edited, broken, os.environ.get(client.VARIABLE)}) == 4
    assert not any(Path(address).exists() for address in (first, edited, broken))


# -- nothing is left ------------------------------------------------------------------------------------------------

BUSY = """
manager, kernel = start_new_kernel(kernel_name="turkic-ties")
kernel.execute("while True: pass")
from turkic_ties.kernels import client
print(manager.provisioner.process.pid, manager.connection_file, os.environ[client.VARIABLE], flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("shared", [True, False])
def test_a_killed_client_leaves_no_process_and_no_file(shared: bool) -> None:
    if shared:
        with kernel() as started:
            assert started.warm
    environment = {
        name: value for name, value in os.environ.items() if shared or name != client.VARIABLE
    }
    running = program(BUSY, env=environment)
    assert running.stdout is not None
    pid, file, address = running.stdout.readline().split()
    parent = psutil.Process(int(pid)).ppid()
    assert (address == os.environ.get(client.VARIABLE)) is shared
    running.kill()
    running.communicate()
    assert gone(int(pid), Path(file).parent)
    if shared:
        assert psutil.pid_exists(parent)
    else:
        assert gone(parent, Path(address).parent)


def test_a_client_that_ends_without_a_word_leaves_nothing_either() -> None:
    environment = {name: value for name, value in os.environ.items() if name != client.VARIABLE}
    running = program(BUSY.replace("time.sleep(60)", "print(os.getpid())"), env=environment)
    pid, file, address = running.communicate(timeout=60)[0].splitlines()[0].split()
    assert running.returncode == 0
    assert gone(int(pid), Path(file).parent, Path(address).parent)


# -- installed ------------------------------------------------------------------------------------------------------


def test_the_kernel_that_is_installed_is_the_one_that_is_shipped() -> None:
    installed = get_kernel_spec(KERNEL)
    assert (
        Path(installed.resource_dir) / "kernel.json"
    ).read_bytes() == client.SPECIFICATION.read_bytes()
    assert installed.interrupt_mode == "signal"
