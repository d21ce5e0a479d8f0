"""Warm kernels: they give the outputs of cold ones, and nothing of them is left at the end."""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, ClassVar

import jupyter_kernel_test
import psutil
import pytest
from jupyter_client.kernelspec import get_kernel_spec
from jupyter_client.manager import AsyncKernelManager, KernelManager
from traitlets.config import Config

from turkic_ties import files
from turkic_ties.kernels import client
from turkic_ties.kernels.parent import fingerprint
from turkic_ties.reports.run import KERNEL

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


LIGHT = """
from turkic_ties.kernels import parent
parent.LIBRARIES = parent.LIBRARIES[: parent.LIBRARIES.index("matplotlib.pyplot")]
parent.import_package = lambda: __import__("turkic_ties.words")
parent.main()
"""
"""The parent without the imports that take two seconds, where they are not what is tested."""


@pytest.fixture
def own_parents(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[Path, Any]]:
    """Let this test start light parents of its own."""
    started: dict[Path, Any] = {}
    monkeypatch.setattr(client, "PARENT", [sys.executable, "-c", LIGHT])
    monkeypatch.delenv(client.VARIABLE, raising=False)
    monkeypatch.setattr(client, "_parents", started)
    yield started
    client._stop(os.getpid())


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


def exit_code(process: client.WarmProcess, within: float = 10) -> int | None:
    """Wait for a kernel to end."""
    end = time.monotonic() + within
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    return process.poll()


# -- the same as a cold kernel --------------------------------------------------------------------

LOOK = """
import json, os, sys
import matplotlib
import pandas as pd
import seaborn
OWN = "JPY_PARENT_PID", "TURKIC_TIES_KERNELS", "PYDEVD_"  # the last is set by an import
state = {
    "environment": {k: v for k, v in os.environ.items() if not k.startswith(OWN)},
    "folder": os.getcwd(),
    "arguments": sys.argv[3:],
    "pandas": [pd.get_option("display.max_columns"), pd.get_option("display.width")],
    "matplotlib": {name: repr(value) for name, value in matplotlib.rcParams.items()},
    "backend": matplotlib.get_backend(),
    "hash": hash("Türkiye"),
    "input": sys.__stdin__.read(),
    "parent": os.environ["JPY_PARENT_PID"] == str(os.getppid()),
}
print(json.dumps(state))
"""


def test_a_warm_kernel_starts_in_the_state_of_a_cold_one(tmp_path: Path) -> None:
    options = {"cwd": str(tmp_path), "env": {**os.environ, "ONLY_HERE": "1"}}
    with kernel(**options) as started:
        assert started.warm
        warm = json.loads(started.run(LOOK))
    with cold(), kernel(**options) as started:
        assert not started.warm
        assert json.loads(started.run(LOOK)) == warm
    assert warm["environment"]["ONLY_HERE"] == "1"
    assert warm["parent"]


@pytest.mark.parametrize("warm", [True, False])
def test_the_settings_of_a_user_are_not_read(
    own_parents: dict[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm: bool
) -> None:
    profile = tmp_path / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "mine.py").write_text("mine = 1\n", encoding="utf-8")
    (profile / "ipython_kernel_config.py").write_text(
        "c.InteractiveShellApp.exec_lines = ['mine = 2']\n", encoding="utf-8"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    with nullcontext() if warm else cold(), kernel() as started:
        assert started.warm is warm
        assert started.run("mine") == "NameError"


def test_a_parent_serves_until_a_package_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    before = fingerprint({})
    (tmp_path / "__pycache__").mkdir()  # of the first import of a module
    assert fingerprint({}) == before
    (tmp_path / "scipy-2.0.dist-info").mkdir()
    assert fingerprint({}) != before


def test_every_kernel_draws_random_numbers_of_its_own() -> None:
    draw = "import random, numpy; print(random.random(), numpy.random.random())"
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
            "import os, pandas as pd; x = 1; pd.set_option('display.width', 33)\n"
            "os.environ['ONLY_HERE'] = '1'"
        )
        look = (
            "import os, pandas as pd\n"
            "print(os.getcwd(), pd.get_option('display.width'), 'ONLY_HERE' in os.environ)"
        )
        assert other.run(f"{look}\nx") == f"{tmp_path / 'other'} 80 False\nNameError"
        assert one.run(f"{look}\nx") == f"{tmp_path} 33 True\n"


# -- driven like a cold kernel --------------------------------------------------------------------


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
def test_the_exit_code_of_a_kernel_is_reported(last_words: str, status: int) -> None:
    with kernel() as started:
        process = started.manager.provisioner.process
        assert process.poll() is None
        started.client.execute(f"import os; {last_words}")
        assert exit_code(process) == status
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


@pytest.mark.parametrize(
    ("several", "printed"),
    [
        ("[threading.Thread(target=say, args=[n]).start() for n in range(9)]", 9),
        ("concurrent.futures.ThreadPoolExecutor(8).map(say, range(500))", 500),
        ("multiprocessing.get_context('fork').Pool(2).map(say, range(4))", 4),
    ],
    ids=["threads", "pool", "processes"],
)
def test_what_other_threads_and_processes_print_is_shown_once(several: str, printed: int) -> None:
    imports = "import concurrent.futures, multiprocessing, threading, time"
    with kernel() as started:
        said = started.run(f"{imports}\ndef say(n): print(f'{{n}}\\n', end='')\nsay('first')")
        said += started.run(f"_ = {several}; time.sleep(0.5)")
    assert said.split()[0] == "first"
    assert sorted(map(int, said.split()[1:])) == list(range(printed))


# -- where kernel and client meet -----------------------------------------------------------------


@pytest.mark.parametrize("warm", [True, False])
def test_kernel_and_client_do_not_meet_on_the_network(warm: bool) -> None:
    with nullcontext() if warm else cold(), kernel() as started:
        assert started.warm is warm
        # What is left is ipykernel's own: where forks of the kernel hand in their output.
        code = (
            "import psutil; port = get_ipython().kernel.iopub_thread._pipe_port\n"
            "addresses = [at.laddr for at in psutil.Process().net_connections('inet')]\n"
            "print(addresses == [('127.0.0.1', port)])"
        )
        assert started.run(code) == "True\n"
        folder = Path(started.manager.connection_file).parent
        assert folder.stat().st_mode & 0o077 == 0
        assert len(list(folder.iterdir())) == 6  # five channels and the connection file
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


@pytest.mark.parametrize(
    "asked",
    [{"transport": "tcp"}, {"ip": "127.0.0.1"}],
    ids=lambda asked: next(iter(asked)),
)
def test_who_asks_for_tcp_gets_it(asked: dict[str, str]) -> None:
    settings = Config({"KernelManager": asked})
    with kernel(manager={"config": settings}) as started:
        assert started.warm
        assert started.manager.get_connection_info()["transport"] == "tcp"
        assert started.run("print(1)") == "1\n"
        started.client.stop_channels()
        started.manager.restart_kernel(now=True)
        started.connect()
        assert started.manager.get_connection_info()["transport"] == "tcp"


def test_who_asks_for_encryption_gets_it() -> None:
    with kernel(manager={"transport_encryption": "required"}) as started:
        told = json.loads(Path(started.manager.connection_file).read_text(encoding="utf-8"))
        assert told["transport"] == "tcp"
        assert told["curve_publickey"]
        assert started.run("print(1)") == "1\n"


class TestProtocol(jupyter_kernel_test.KernelTests):
    """Jupyter's own tests of what a kernel has to do."""

    kernel_name = KERNEL
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    code_page_something = "print?"
    code_generate_error = "raise ValueError"
    code_execute_result: ClassVar = [{"code": "1 + 2", "result": "3"}]
    code_display_data: ClassVar = [
        {
            "code": "from IPython.display import HTML, display; display(HTML('x'))",
            "mime": "text/html",
        }
    ]
    code_history_pattern = "1 + 2*"
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    completion_samples: ClassVar = [{"text": "zi", "matches": {"zip"}}]
    complete_code_samples: ClassVar = ["1", "def f():\n    return 3\n\n"]
    incomplete_code_samples: ClassVar = ["for i in range(3):"]
    invalid_code_samples: ClassVar = ["import = 7q"]


# -- one parent, and the right one ----------------------------------------------------------------


def test_kernels_started_at_the_same_moment_have_one_parent(
    own_parents: dict[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PARENT", [sys.executable, "-m", "turkic_ties.kernels.parent"])
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
    (parent,) = own_parents.values()
    assert parents == [parent.pid] * 4
    process = psutil.Process(parent.pid)
    assert process.num_threads() == 1
    assert process.net_connections("inet") == []


def test_a_killed_parent_takes_its_kernels_with_it_and_is_replaced(
    own_parents: dict[Path, Any],
) -> None:
    with kernel() as started:
        (parent,) = own_parents.values()
        parent.kill()
        assert exit_code(started.manager.provisioner.process) == -9
        assert gone(started.pid)
        with kernel() as next_one:
            assert next_one.warm
            assert len(own_parents) == 2


def test_another_environment_means_a_cold_kernel() -> None:
    with kernel() as first:
        assert first.warm
    with kernel(env={**os.environ, "MPLCONFIGDIR": "elsewhere"}) as other:
        assert not other.warm
        assert other.run("import os; print(os.environ['MPLCONFIGDIR'])") == "elsewhere\n"
    with kernel(env={**os.environ, "TURKIC_TIES_DATA": "elsewhere"}) as same:
        assert same.warm
        assert same.run("import os; print(os.environ['TURKIC_TIES_DATA'])") == "elsewhere\n"


@pytest.mark.parametrize(
    ("path", "refused"), [("modules", True), ("/a:modules", True), ("/modules", False), ("", False)]
)
def test_a_relative_python_path_means_a_cold_kernel(
    monkeypatch: pytest.MonkeyPatch, path: str, refused: bool
) -> None:
    """The parent has another working folder, so it would search other folders for modules."""

    def reached(_: object) -> None:
        raise ConnectionError("the parent would be asked")

    monkeypatch.setattr(client, "_connect", reached)
    command = [sys.executable, "-m", "ipykernel_launcher"]
    with pytest.raises(client.Unavailable if refused else ConnectionError):
        client.fork(command, {"PYTHONPATH": path}, "/", (1, 2))


def test_an_edited_module_of_this_package_needs_no_new_parent(
    own_parents: dict[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PROJECT / "src" / "turkic_ties", tmp_path / "turkic_ties")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    module = tmp_path / "turkic_ties" / "words.py"
    look = "import sys; print('turkic_ties.words' in sys.modules); "
    look += "from turkic_ties import words; print(hasattr(words, 'edited'))"
    for edit, answer in [
        ("", "True\nFalse\n"),  # as the parent has imported it
        ("edited = 1\n", "False\nTrue\n"),
        ("edited =\n", "False\nSyntaxError"),
    ]:
        module.write_text(module.read_text(encoding="utf-8") + edit, encoding="utf-8")
        with kernel() as started:
            assert started.warm
            assert started.run(look) == answer
    assert len(own_parents) == 1


def test_the_parent_keeps_only_what_is_read_again_when_its_file_changes() -> None:
    look = """
import sys
modules = [m for name, m in sorted(sys.modules.items()) if name.startswith("turkic_ties.")]
values = [value for module in modules for value in vars(module).values()]
caches = [v for v in values if hasattr(v, "cache_info") and v.__module__.startswith("turkic")]
print(sorted({v.__name__ for v in caches if v.cache_info().currsize}))
"""
    with kernel() as started:
        assert started.warm
        # A hash of the code, forgotten with it, and the folder of a name.
        assert {*ast.literal_eval(started.run(look))} <= {"_code", "_data_directory"}


def test_a_warm_kernel_that_is_not_available_is_logged_and_replaced_by_a_cold_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(client, "_connect", fail)
    log = logging.getLogger("test")
    messages: list[str] = []
    log.setLevel(logging.INFO)
    log.addHandler(logging.Handler())
    log.handlers[0].emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    with kernel(manager={"log": log}) as started:
        assert not started.warm
        assert started.run("print(1)") == "1\n"
    assert "Starting a cold kernel: no more processes" in messages


def program(code: str, **options: Any) -> subprocess.Popen[str]:
    """Start a process of its own that knows how to start kernels."""
    start = "from jupyter_client.manager import start_new_kernel\nimport json, os, sys, time\n"
    command = [sys.executable, "-c", start + code]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, **options
    )


# -- nothing is left ------------------------------------------------------------------------------

BUSY = f"""
from turkic_ties.kernels import client
client.PARENT = [sys.executable, "-c", {LIGHT!r}]
manager, kernel = start_new_kernel(kernel_name="turkic-ties")
kernel.execute("while True: pass")
pid = manager.provisioner.process.pid
print(pid, manager.connection_file, os.environ[client.VARIABLE], flush=True)
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
    assert gone(int(pid))
    assert Path(file).is_relative_to(Path(address).parent), "so it is removed with the parent"
    if shared:
        assert psutil.pid_exists(parent)
    else:
        assert gone(parent, Path(address).parent)


def test_what_killed_processes_left_is_removed_by_the_next_parent(
    own_parents: dict[Path, Any],
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != client.VARIABLE}
    running = program(BUSY, env=environment)
    assert running.stdout is not None
    pid, file, address = running.stdout.readline().split()
    parent = psutil.Process(int(pid)).ppid()
    # The parent first: it would remove its folder when the process that started it ends.
    for process in (parent, running.pid, int(pid)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    running.communicate()
    assert gone(parent, int(pid))  # only then are its locks free
    assert Path(file).exists()
    left = Path(address).parent
    young = files.private_folder(left.parent)[0]
    used, in_use = files.private_folder(left.parent)
    inner = files.private_folder(used)[1]
    os.close(in_use)
    for folder, age in ((left, 11), (young, 5), (used, 11)):
        os.utime(folder, (time.time() - age,) * 2)
    with kernel() as started:
        assert started.warm
        (own,) = own_parents
        assert not left.exists()
        assert own.exists(), "the folder of a living parent stays"
        assert young.exists(), "another process may be about to use it"
        assert used.exists(), "a kernel of another parent uses it"
    os.close(inner)
    shutil.rmtree(young)
    shutil.rmtree(used)


def test_a_client_that_ends_without_cleaning_up_leaves_nothing_either() -> None:
    environment = {name: value for name, value in os.environ.items() if name != client.VARIABLE}
    running = program(BUSY.replace("time.sleep(60)", "print(os.getpid())"), env=environment)
    pid, file, address = running.communicate(timeout=60)[0].splitlines()[0].split()
    assert running.returncode == 0
    assert gone(int(pid), Path(file).parent, Path(address).parent)


# -- installed ------------------------------------------------------------------------------------


def test_the_kernel_that_is_installed_is_the_one_that_is_shipped() -> None:
    installed = get_kernel_spec(KERNEL)
    assert (
        Path(installed.resource_dir) / "kernel.json"
    ).read_bytes() == client.SPECIFICATION.read_bytes()
    assert installed.interrupt_mode == "signal"
