"""Request a kernel from the parent process; start the parent when there is none.

The address of the parent is in the environment variable `VARIABLE`, so that child processes use the
same one. The process that started the parent keeps it alive. With ``cold`` in the variable, every
kernel is started in the usual way.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partialmethod
from pathlib import Path

from turkic_ties import files
from turkic_ties.kernels.parent import fingerprint, receive, send

VARIABLE = "TURKIC_TIES_KERNELS"
COLD = "cold"
PARENT = [sys.executable, "-m", "turkic_ties.kernels.parent"]
KERNEL = "turkic_ties.kernels.kernel"
SPECIFICATION = Path(__file__).with_name("turkic-ties") / "kernel.json"
IMPORT_TIMEOUT = 60  # seconds; imports take about 3, on a busy machine many times that
SOCKET_PATH_LIMIT = 60  # the system's limit is about 100 bytes, of which our names take up to 40

if not hasattr(os, "fork"):
    os.environ[VARIABLE] = COLD

_lock = threading.Lock()
_parents: dict[Path, subprocess.Popen[bytes]] = {}  # by folder, those this process started


class Unavailable(Exception):
    """There is no warm kernel for this request; the message says why."""


class WarmProcess:
    """A forked kernel, with as much of `subprocess.Popen` as jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        connection.setblocking(False)
        # A number, not the socket: the kernel must not end when this object is collected.
        self._connection = connection.detach()

    def poll(self) -> int | None:
        """Return the exit code of the kernel, None while it runs."""
        if self.returncode is None:
            try:
                exit_code = os.read(self._connection, 64)
            except BlockingIOError:
                return None
            except OSError:
                exit_code = b""
            if not exit_code:
                # The parent died. The kernel would notice within a second; do not wait for it.
                with suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)
            self.returncode = int(exit_code or -signal.SIGKILL)
            os.close(self._connection)
        return self.returncode

    wait = poll  # jupyter_client waits only for kernels that have ended

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    terminate = partialmethod(send_signal, 15)  # SIGTERM and SIGKILL, by number for Windows
    kill = partialmethod(send_signal, 9)


def kernel_folder() -> tuple[Path, int]:
    """Make a private folder for the sockets of a kernel, in the folder of the parent, if any.

    Returns
    -------
    tuple
        The folder, and the descriptor that shows that it is in use; see `files.private_folder`.
    """
    share()
    address = os.environ.get(VARIABLE, COLD)
    return _short_folder() if address == COLD else files.private_folder(Path(address).parent)


def _short_folder() -> tuple[Path, int]:
    """Make a private folder with a path short enough for sockets."""
    place = Path(tempfile.gettempdir())
    return files.private_folder(place if len(str(place)) <= SOCKET_PATH_LIMIT else Path("/tmp"))


def share(*, warm_up: bool = False) -> None:
    """Start a parent for this process and its children, unless there is one.

    Parameters
    ----------
    warm_up
        Let it do its imports now, while this process prepares the first notebook.
    """
    with _lock:
        address = os.environ.get(VARIABLE, "")
        if address != COLD and not os.path.exists(address):
            settings = json.loads(SPECIFICATION.read_text(encoding="utf-8"))["env"]
            address = _start(os.environ | settings)
    if warm_up:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)


def fork(argv: list[str], env: Mapping[str, str], cwd: str, files: tuple[int, int]) -> WarmProcess:
    """Get a kernel from the parent.

    Parameters
    ----------
    argv
        Command of a kernel started in the usual way.
    env
        The kernel's whole environment.
    cwd
        Its working directory.
    files
        Descriptors for its standard output and standard error.

    Raises
    ------
    Unavailable
        When the kernel must be started in the usual way.
    """
    python_path = (env.get("PYTHONPATH") or "/").split(os.pathsep)
    obstacles = {
        f"{VARIABLE} is {COLD!r}": os.environ.get(VARIABLE) == COLD,
        "it is another command": argv[:3] != [sys.executable, "-m", "ipykernel_launcher"],
        "PYTHONPATH has a relative folder": not all(map(os.path.isabs, python_path)),
        "its working directory does not exist": not os.path.isdir(cwd),
    }
    for reason, applies in obstacles.items():
        if applies:
            raise Unavailable(reason)
    request = {"argv": argv, "env": dict(env), "cwd": cwd, "fingerprint": fingerprint(env)}
    connection = _connect(env)
    try:
        connection.settimeout(IMPORT_TIMEOUT)
        send(connection, request, files)
        answer, _ = receive(connection)
        if "refused" in answer:
            raise Unavailable(answer["refused"])
        return WarmProcess(answer["pid"], connection)
    finally:
        connection.close()


def _connect(env: Mapping[str, str]) -> socket.socket:
    """Connect to the parent; start one when there is none, or when it was killed."""
    with _lock:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(os.environ.get(VARIABLE, ""))
        except OSError:
            connection.connect(_start(env))
    return connection


def _start(env: Mapping[str, str]) -> str:
    """Start a parent, and put its address where child processes find it."""
    if not _parents:
        atexit.register(_stop, os.getpid())
    folder, in_use = _short_folder()
    for left in files.abandoned(folder.parent):
        shutil.rmtree(left, ignore_errors=True)
    address = str(folder / "parent")
    with socket.socket(socket.AF_UNIX) as listener, (folder / "log").open("wb") as log:
        listener.bind(address)
        listener.listen(128)
        process = subprocess.Popen(
            [*PARENT, str(listener.fileno())],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=[listener.fileno(), in_use],
            start_new_session=True,
        )
    os.close(in_use)  # the parent has it
    _parents[folder] = process
    os.environ[VARIABLE] = address
    return address


def _stop(pid: int) -> None:
    """End the parents this process started; a fork of this process has started none."""
    while _parents and os.getpid() == pid:
        folder, parent = _parents.popitem()
        with suppress(subprocess.TimeoutExpired):
            parent.communicate(timeout=5)  # closes its standard input, upon which it ends
        parent.kill()
        shutil.rmtree(folder, ignore_errors=True)
