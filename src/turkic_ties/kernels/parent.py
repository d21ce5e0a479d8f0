"""The parent process: it imports the libraries of the notebooks once, and forks kernels on request.

`turkic_ties.kernels.client` starts it in a private folder, with the number of a listening socket.
It imports nothing until the first request. It has one thread and no event loop, so a fork of it is
a Python process whose imports are done. A kernel forgets the modules of this package when one of
them was edited since, and imports them itself: an edited measure needs no new parent.

The parent ends when the process that started it ends: its standard input, a pipe, is closed then.
A kernel ends when the process that requested it ends: its connection is closed then.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import hashlib
import importlib
import json
import os
import re
import select
import shutil
import signal
import socket
import struct
import sys
import sysconfig
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

# In the order of a kernel's start and a notebook's first cell. They import pandas and scipy.
LIBRARIES = (
    "turkic_ties.kernels.kernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "tornado.platform.asyncio",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "pydantic",
    "rapidfuzz",
    "yaml",
)
# Variables that Python, the C library or the modules above read when they start.
READ_AT_START = re.compile(
    r"PYTHON|LANG|LC_|TZ$|HOME$|XDG_|LD_|DYLD_|MALLOC_|GLIBC_|VIRTUAL_ENV|CONDA_PREFIX|COV|MPL"
    r"|MATPLOTLIB|IPYTHON|PYDEVD|DEBUGPY|JUPYTER_PLATFORM_DIRS|OMP_|OPENBLAS|GOTO|MKL_|BLIS|VECLIB"
    r"|NUMEXPR|NUMPY|NPY_|SCIPY|PANDAS|\w+_NUM_THREADS$"
)
PACKAGE = Path(__file__).parents[1]

Message = dict[str, Any]
States = dict[Path, int]


def fingerprint(environment: Mapping[str, str]) -> str:
    """Hash what a parent and a kernel must share: start-up variables and installed packages.

    Parameters
    ----------
    environment
        All environment variables of the process in question.
    """
    variables = sorted(item for item in environment.items() if READ_AT_START.match(item[0]))
    # Not the time of the folder: the first import of a package may add a cache to it.
    installed = sorted(set(os.listdir(sysconfig.get_path("purelib"))) - {"__pycache__"})
    content = repr([sys.version, installed, variables]).encode("utf-8", "surrogateescape")
    return hashlib.sha256(content).hexdigest()


def send(connection: socket.socket, message: Message, files: tuple[int, ...] = ()) -> None:
    """Send a message, its length first, and open files with it."""
    body = json.dumps(message).encode()
    socket.send_fds(connection, [struct.pack("!I", len(body))], files)
    connection.sendall(body)


def receive(connection: socket.socket) -> tuple[Message, list[int]]:
    """Receive a message and the open files sent with it.

    Raises
    ------
    ConnectionError
        When the other side closed the connection instead.
    """
    head, files, _, _ = socket.recv_fds(connection, 4, 3)
    missing = struct.unpack("!I", head)[0] if len(head) == 4 else 1
    body = b""
    while missing:
        part = connection.recv(missing)
        if not part:
            raise ConnectionError("the other process ended")
        body += part
        missing -= len(part)
    return dict(json.loads(body)), files


class _Parent:
    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.kernels: dict[int, socket.socket] = {}
        # The end of a child is written to a pipe, which can be waited for together with the rest.
        self.ended, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.fingerprint = ""
        self.package: States = {}

    def serve(self) -> Message | None:
        """Fork kernels on request; return the request in a child, None in the parent at the end."""
        while True:
            poll = select.poll()
            clients = {connection.fileno(): pid for pid, connection in self.kernels.items()}
            for file in (0, self.ended, self.listener.fileno(), *clients):
                poll.register(file, select.POLLIN)
            for file, _ in poll.poll():
                if file == 0:
                    return None
                if file == self.ended:
                    os.read(file, 512)
                    continue
                if file in clients:  # a client sends nothing more: its connection was closed
                    _kill(clients[file])
                elif (request := self._accept()) is not None:
                    return request
            self._reap()

    def _accept(self) -> Message | None:
        """Answer one request; return it in the child that is to be the kernel."""
        connection, _ = self.listener.accept()
        connection.settimeout(10)
        if not self.fingerprint:
            self.fingerprint = fingerprint(os.environ)
            self.package = package_states()
            preload()
        files: list[int] = []
        try:
            request, files = receive(connection)
            if request["fingerprint"] != self.fingerprint:
                send(connection, {"refused": "its environment or packages differ"})
                raise ConnectionError
            pid = os.fork()
        except OSError:  # refused, no more processes, or the client is gone
            connection.close()
        else:
            if not pid:
                self._detach(connection, files)
                if package_states() != self.package:
                    forget_package()
                return request
            self.kernels[pid] = connection
            with contextlib.suppress(OSError):  # a client that is gone shows in the next poll
                send(connection, {"pid": pid})
        for file in files:
            os.close(file)
        return None

    def _detach(self, connection: socket.socket, files: list[int]) -> None:
        """In a child: close what the parent has open, and use the files sent as output."""
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # Closed as objects: one that is collected later would close a reused number.
            for own in (self.listener, connection, *self.kernels.values()):
                own.close()
            standard_input, other_end = os.pipe()
            os.close(other_end)  # nobody writes to a kernel's standard input
            for number, file in enumerate([standard_input, *files]):
                os.dup2(file, number)
            os.closerange(3, 4096)
        except BaseException:
            os._exit(1)  # never continue as a second parent

    def _reap(self) -> None:
        """Tell the clients of kernels that ended how they ended."""
        while self.kernels:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with contextlib.suppress(OSError), self.kernels.pop(pid) as connection:
                connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())

    def end(self) -> NoReturn:
        """End all kernels, and remove the folder of the parent with those of its kernels."""
        for pid in self.kernels:
            _kill(pid)
            os.waitpid(pid, 0)
        shutil.rmtree(Path.cwd(), ignore_errors=True)
        os._exit(0)  # without the clean-up of imported modules: a process may be waiting


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def preload() -> None:
    """Import the libraries as a kernel would."""
    # Imports look at two things: the backend for matplotlib, and a `get_ipython` by which pandas
    # tells a notebook from a terminal.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=True)  # type: ignore[attr-defined]
    gc.disable()  # imports make no garbage, and looking for it takes an eighth of their time
    for name in LIBRARIES:
        importlib.import_module(name)
    with contextlib.suppress(Exception):  # a mistake in a module is reported by what needs it
        import_package()
    del builtins.get_ipython  # type: ignore[attr-defined]
    # The collector would otherwise touch, and so copy, all of this memory in every child.
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000)  # after 700 objects it would look for the few that charts leave


def import_package() -> None:
    """Import this package as notebooks do, and let it read notebooks and hash tables.

    Only what is read again once its file has changed: the parent of a server may live for days.
    """
    importlib.import_module("turkic_ties.show")
    data = importlib.import_module("turkic_ties.data")
    measures = [PACKAGE / f"{topic}.py" for topic in data.topics_with_data()]
    for path in [*PACKAGE.glob("findings/[!_]*.py"), *filter(Path.exists, measures)]:
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        importlib.import_module(name)
    for address in data.addresses():  # last: where a table is damaged this ends
        data.digest(address)


def package_states() -> States:
    """List the modules of this package with the times of their last edits."""
    with contextlib.suppress(OSError):  # one is being replaced
        return {path: path.stat().st_mtime_ns for path in PACKAGE.rglob("*.py")}
    return {}


def forget_package() -> None:
    """Let the next import of a module of this package read its file."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "turkic_ties"]:
        del sys.modules[name]


def become_kernel(request: Message) -> None:
    """In a child: do what ``python -m turkic_ties.kernels.kernel`` does, until the kernel ends."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.chdir(request["cwd"])
    sys.argv[:] = ["ipykernel_launcher", *request["argv"][3:]]
    # All forks would draw the same random numbers; Python's own generator is seeded by the fork.
    importlib.import_module("numpy").random.seed()
    application = importlib.import_module("turkic_ties.kernels.kernel").PlainKernelApp
    # ipykernel has read JPY_PARENT_PID when it was imported, so it is told its parent again.
    kernel = application.instance(parent_handle=os.getppid())
    kernel.initialize()
    kernel.start()


def main() -> None:
    """Serve until the process that started this one ends, or be a kernel."""
    del sys.path[0]  # as ipykernel's launcher does: not to import modules from this folder
    parent = _Parent(socket.socket(fileno=int(sys.argv[1])))
    request = parent.serve()
    if request is None:
        parent.end()
    become_kernel(request)


if __name__ == "__main__":
    main()
