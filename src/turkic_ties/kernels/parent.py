"""The parent process: it imports what every notebook imports, once, and forks a kernel from itself when asked.

It is started by `turkic_ties.kernels.client`, in a private folder and with the number of a listening socket, and does
nothing until the first request. It has one thread, no event loop and has computed nothing, so a fork of it is a Python
process that happens to have its imports behind it. It ends when the process that started it ends: then the pipe it has
as standard input closes. A kernel ends when the process that asked for it ends: then its connection closes.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import hashlib
import importlib
import importlib.util
import io
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
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

# What ipykernel imports while it starts or a cell runs, and not yet with the first. Without matplotlib_inline, which
# looks for the kernel when it is imported and ties itself to it.
MACHINERY = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)
# In the order of the notebooks' first cells, because some add warnings filters and the last added comes first. For the
# same reason nothing is here that a notebook imports after `show.setup`.
PRELOADED = (
    "matplotlib.pyplot",
    "pandas",
    "seaborn",
    "matplotlib.backends.backend_svg",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "turkic_ties.claims",
    "turkic_ties.show",
    "turkic_ties.trade",
    "turkic_ties.defense",
    "turkic_ties.language_policy",
    "turkic_ties.demographics",
)
PACKAGE = Path(__file__).parents[1]

# What the interpreter, the loader, the C library and the preloaded modules look at when they start or are imported.
READ_AT_START = re.compile(
    r"PYTHON|LANG|LC_|TZ$|HOME$|XDG_|LD_|DYLD_|MALLOC_|GLIBC_|VIRTUAL_ENV|CONDA_PREFIX|COV|MPL|MATPLOTLIB|IPYTHON|PYDEVD"
    r"|DEBUGPY|JUPYTER_PLATFORM_DIRS|OMP_|OPENBLAS|GOTO|MKL_|BLIS|VECLIB|NUMEXPR|NUMPY|NPY_|SCIPY|PANDAS|\w+_NUM_THREADS$"
)

Request = dict[str, Any]


def fingerprint(environment: Mapping[str, str]) -> dict[str, str]:
    """Sum up what a parent and a kernel must have in common.

    Parameters
    ----------
    environment
        All environment variables of the process in question.

    Returns
    -------
    dict
        ``environment``: the variables that are read when a process starts; ``package``: this package's source as size
        and time of change, and when something was last installed beside it.
    """
    files = sorted(PACKAGE.rglob("*.py"))
    source = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    installed = os.stat(sysconfig.get_path("purelib")).st_mtime_ns
    read = sorted((name, value) for name, value in environment.items() if READ_AT_START.match(name))
    return {
        "environment": hashlib.sha256(repr(read).encode("utf-8", "surrogateescape")).hexdigest(),
        "package": hashlib.sha256(repr([sys.version, installed, source]).encode()).hexdigest(),
    }


# -- messages -----------------------------------------------------------------------------------------------------


def send(connection: socket.socket, message: Request, files: tuple[int, ...] = ()) -> None:
    """Send a message with its length before it, and with it the right to use some open files."""
    body = json.dumps(message).encode()
    socket.send_fds(connection, [struct.pack("!I", len(body))], files)
    connection.sendall(body)


def receive(connection: socket.socket) -> tuple[Request | None, list[int]]:
    """Receive a message and its open files; None when the other side closed the connection instead."""
    head, files, _, _ = socket.recv_fds(connection, 4, 3)
    if len(head) < 4:
        return None, files
    (length,) = struct.unpack("!I", head)
    body = b""
    while len(body) < length:
        if not (part := connection.recv(length - len(body))):
            return None, files
        body += part
    message = json.loads(body)
    assert isinstance(message, dict)
    return message, files


# -- the parent ---------------------------------------------------------------------------------------------------


@dataclass
class Imported:
    """What imports left behind elsewhere than in their modules.

    Parameters
    ----------
    environment
        The variables they set.
    filters
        The warnings filters the notebooks' imports added, not those of ipykernel's own.
    """

    environment: dict[str, str]
    filters: list[Any]


@dataclass
class _Kernel:
    connection: socket.socket
    folder: str | None
    pid: int
    killed: bool = False

    def kill(self) -> None:
        self.killed = True
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)

    def forsaken(self) -> bool:
        """Tell whether the process that asked for the kernel is gone."""
        try:
            return self.connection.recv(1) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


class _Parent:
    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.kernels: dict[int, _Kernel] = {}
        self.own: dict[str, str] = {}
        self.imported = Imported({}, [])
        self.retired = False
        # Deaths of kernels are heard as bytes in a pipe, among everything else the loop below waits for.
        self.deaths, self.wake = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self.deaths, False)

    def serve(self) -> Request | None:
        """Fork kernels until nobody needs them; return a request in a child, None in the parent."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        while self.kernels or not self.retired:
            watched = {
                kernel.connection.fileno(): kernel
                for kernel in self.kernels.values()
                if not kernel.killed
            }
            poll = select.poll()
            for file in (
                0,
                self.deaths,
                *([] if self.retired else [self.listener.fileno()]),
                *watched,
            ):
                poll.register(file, select.POLLIN)
            for file, _ in poll.poll():
                if file == 0:
                    if not os.read(0, 1):
                        return None
                    self.retired = True
                    self.listener.close()  # who still has the address shall not wait here
                elif file == self.deaths:
                    self._bury()
                elif file in watched:
                    if watched[file].forsaken():
                        watched[file].kill()
                elif (request := self._answer()) is not None:
                    return request
        return None

    def _answer(self) -> Request | None:
        connection, _ = self.listener.accept()
        connection.settimeout(10)
        files: list[int] = []
        if not self.own:
            self.own = fingerprint(os.environ)
            self.imported = preload()
        try:
            request, files = receive(connection)
            refusal = "" if request is None else self._refusal(request)
            if request is None or refusal:
                send(connection, {"refused": refusal})
            elif (pid := os.fork()) == 0:
                self._leave(connection, files)
                return request
            else:
                self.kernels[pid] = _Kernel(connection, request["folder"], pid)
                connection.setblocking(False)
                send(connection, {"pid": pid})
        except (
            OSError
        ):  # no more processes, or the client is gone and its kernel will be found forsaken
            pass
        if connection not in [kernel.connection for kernel in self.kernels.values()]:
            connection.close()
        for file in files:
            os.close(file)
        return None

    def _refusal(self, request: Request) -> str:
        for what, mine in self.own.items():
            if request["fingerprint"].get(what) != mine:
                return what
        cwd = Path(request["cwd"])
        if not cwd.is_dir():
            return "folder"
        # What lies in the kernel's folder comes before installed packages when it is imported.
        loaded = {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names
        for entry in cwd.iterdir():
            name = entry.name.partition(".")[0]
            if name in loaded and (
                entry.suffix in (".py", ".so") or (entry / "__init__.py").is_file()
            ):
                return "folder"
        return "folder" if (cwd / "matplotlibrc").exists() else ""

    def _bury(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.deaths, 4096)
        for pid, kernel in list(self.kernels.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self.kernels[pid]
                if kernel.folder and kernel.forsaken():
                    shutil.rmtree(kernel.folder, ignore_errors=True)
                with contextlib.suppress(OSError):
                    kernel.connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
                kernel.connection.close()

    def _leave(self, connection: socket.socket, files: list[int]) -> None:
        """In a child: let go of all the parent holds, and take the files sent as standard output and error."""
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.listener.close()
            connection.close()
            for kernel in self.kernels.values():
                kernel.connection.close()
            standard_input, end = (
                os.pipe()
            )  # nobody writes to it, as with a kernel started in the usual way
            os.close(end)
            for number, file in enumerate([standard_input, *files]):
                os.dup2(file, number)
            os.closerange(3, 4096)
        except BaseException:  # never go on as a second parent
            os._exit(1)

    def end(self) -> NoReturn:
        """End all kernels that are left, and remove what they and the parent had in the file system."""
        self.listener.close()
        for kernel in self.kernels.values():
            kernel.kill()
        for pid, kernel in self.kernels.items():
            os.waitpid(pid, 0)
            if kernel.folder and kernel.forsaken():
                shutil.rmtree(kernel.folder, ignore_errors=True)
        shutil.rmtree(Path.cwd(), ignore_errors=True)
        os._exit(0)  # without taking down what was imported: somebody waits


def preload() -> Imported:
    """Import what notebooks import, as it is imported in a kernel."""
    found = dict(os.environ)
    # As ipykernel has it when a notebook's first import runs: matplotlib's backend by name, a `get_ipython` by which
    # pandas tells a notebook from a terminal, and a standard output that says what it is encoded in.
    if not os.environ.get("MPLBACKEND"):
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in MACHINERY:
        importlib.import_module(name)
    before = len(warnings.filters)
    notebook = types.SimpleNamespace(kernel=True)
    builtins.get_ipython = lambda: notebook  # type: ignore[attr-defined]
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="UTF-8")):
        for name in PRELOADED:
            importlib.import_module(name)
    del builtins.get_ipython  # type: ignore[attr-defined]
    filters = list(warnings.filters[: len(warnings.filters) - before])
    del warnings.filters[: len(filters)]  # type: ignore[attr-defined]
    # What is here now is never collected, so the collector need not touch, and thereby copy, its pages in every child.
    gc.collect()
    gc.freeze()
    changed = {name: value for name, value in os.environ.items() if found.get(name) != value}
    return Imported(changed, filters)


def become_kernel(request: Request, imported: Imported) -> None:
    """In a child: be what ``python -m ipykernel_launcher`` would be with this request, until the kernel ends."""
    os.environ.clear()
    os.environ.update(request["env"] | imported.environment)
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.chdir(request["cwd"])
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None
    sys.orig_argv[:] = request["argv"]
    sys.argv[:] = [str(launcher.origin), *request["argv"][3:]]
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.write_through:
        sys.stdout.reconfigure(
            line_buffering=sys.stdout.isatty()
        )  # it was another file when Python looked
    importlib.import_module(
        "numpy"
    ).random.seed()  # the standard library's own generator does so after each fork

    from ipykernel.kernelapp import IPKernelApp

    # The kernel ends when the parent does; ipykernel read the variable for this when it was imported.
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize()
    # Where the notebook's imports would put them: before the filters IPython adds when it starts.
    warnings.filters[:0] = imported.filters  # type: ignore[index]
    with warnings.catch_warnings():  # on leaving, forgets what was decided by the filters of before
        pass
    app.start()


def main() -> None:
    """Serve until the process that started this one ends, or be a kernel."""
    # As ipykernel's launcher does, so that the folder this runs in is not searched for modules.
    del sys.path[0]
    parent = _Parent(socket.socket(fileno=int(sys.argv[1])))
    request = parent.serve()
    if request is None:
        parent.end()
    become_kernel(request, parent.imported)


if __name__ == "__main__":
    main()
