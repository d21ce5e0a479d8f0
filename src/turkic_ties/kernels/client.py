"""Ask the parent process for a kernel; start one where there is none.

The address of the parent is in the environment variable `VARIABLE`, so that processes started from here share it.
Whoever started the parent keeps it alive; others only use it. With ``cold`` in the variable, every kernel is cold.
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
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turkic_ties.kernels.parent import fingerprint, receive, send

VARIABLE = "TURKIC_TIES_KERNELS"
COLD = "cold"
SPECIFICATION = Path(__file__).with_name("turkic-ties") / "kernel.json"
IMPORTS_TAKE_AT_MOST = 60  # seconds, on a machine under load

_lock = threading.Lock()
_started: list[_Started] = []
_failed: dict[str, str] | None = None


class Unavailable(Exception):
    """There is no warm kernel for this request; the message says why."""


@dataclass
class _Started:
    process: subprocess.Popen[bytes]
    address: str

    def retire(self) -> None:
        """Let the parent end once its kernels have."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.write(b"-")
            self.process.stdin.flush()

    def stop(self) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(Path(self.address).parent, ignore_errors=True)


class WarmProcess:
    """A kernel that was forked, with as much of `subprocess.Popen` as jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        connection.setblocking(False)
        # A plain number: like a process started in the usual way, the kernel lives on when nobody holds this object.
        self._connection = connection.detach()

    def poll(self) -> int | None:
        """Return how the kernel ended, as `subprocess.Popen.poll` does."""
        if self.returncode is None:
            try:
                told = os.read(self._connection, 64)
            except BlockingIOError:
                return None
            except OSError:
                told = b""
            if not told:
                # The parent is dead. The kernel notices within a second; nobody should have to wait for it.
                with suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)
            self.returncode = int(told) if told else -signal.SIGKILL
            os.close(self._connection)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the kernel has ended."""
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


def short_folder() -> Path:
    """Make a private folder for sockets, whose path the system must be able to hold in about a hundred bytes."""
    long = len(tempfile.gettempdir()) > 60
    return Path(tempfile.mkdtemp(prefix="ties-", dir="/tmp" if long else None))


def share() -> None:
    """See to it that the processes started from here have one parent. It sleeps until somebody asks for a kernel."""
    there = os.environ.get(VARIABLE, "")
    if hasattr(os, "fork") and there != COLD and not os.path.exists(there):
        settings = json.loads(SPECIFICATION.read_text(encoding="utf-8"))["env"]
        with _lock:
            _start(dict(os.environ) | settings)


def warm_up() -> None:
    """Have the parent import everything now, beside whatever else there is to do before the first kernel."""
    share()
    if address := os.environ.get(VARIABLE):
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)


def fork(
    argv: list[str], env: Mapping[str, str], cwd: str, files: tuple[int, int], folder: Path | None
) -> WarmProcess:
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
        Numbers of the open files it has as standard output and standard error.
    folder
        What to remove when this process dies without having cleaned up.

    Raises
    ------
    Unavailable
        When it must be started in the usual way.
    """
    global _failed
    if not hasattr(os, "fork"):
        raise Unavailable("this system cannot fork")
    if os.environ.get(VARIABLE) == COLD:
        raise Unavailable(f"{VARIABLE} says so")
    if argv[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
        raise Unavailable("it is started by another command")
    if not all(os.path.isabs(entry) for entry in env.get("PYTHONPATH", "/").split(os.pathsep)):
        raise Unavailable("PYTHONPATH depends on the working directory")
    mine = fingerprint(env)
    if mine == _failed:
        raise Unavailable("the parent process failed before and nothing has changed since")
    request = {
        "argv": argv,
        "env": dict(env),
        "cwd": cwd,
        "fingerprint": mine,
        "folder": None if folder is None else str(folder),
    }
    tried, new = "", False
    while True:
        with _lock:
            address = os.environ.get(VARIABLE, "")
            if address == tried:
                if new:
                    _failed = mine
                    raise Unavailable("the parent process failed")
                address, new = _start(env), True
        try:
            return _ask(address, request, files)
        except _Refused as refusal:
            own = any(started.address == address for started in _started)
            # Its own parent has the environment of its first kernel; others with another one are the exception.
            if refusal.args[0] == "folder" or (own and refusal.args[0] == "environment"):
                raise Unavailable(f"the parent process has another {refusal.args[0]}") from None
        except OSError:
            pass
        tried = address


class _Refused(Exception):
    """The parent cannot be the parent of this kernel."""


def _ask(address: str, request: dict[str, Any], files: tuple[int, int]) -> WarmProcess:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(IMPORTS_TAKE_AT_MOST)
        connection.connect(address)
        send(connection, request, files)
        answer, _ = receive(connection)
        if answer is None:
            raise ConnectionResetError("the parent process ended")
        if "refused" in answer:
            raise _Refused(answer["refused"])
        return WarmProcess(answer["pid"], connection)
    finally:
        connection.close()


def _start(env: Mapping[str, str]) -> str:
    """Start a parent in place of the one there was, and tell child processes where it is."""
    if not _started:
        atexit.register(_stop, os.getpid())
    for old in _started:
        old.retire()
    folder = short_folder()
    with socket.socket(socket.AF_UNIX) as listener, (folder / "log").open("wb") as log:
        address = str(folder / "parent")
        listener.bind(address)
        listener.listen(128)
        process = subprocess.Popen(
            [sys.executable, "-m", "turkic_ties.kernels.parent", str(listener.fileno())],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    _started.append(_Started(process, address))
    os.environ[VARIABLE] = address
    return address


def _stop(pid: int) -> None:
    if os.getpid() == pid:  # a fork of this process has none of its own
        for started in _started:
            started.stop()
