"""Try to break the command in many ways, and count what is lost: ``make faults``.

Builds are killed, stopped and starved; commands, registries and folders are damaged. A thing tried
is fine when the edition is whole after the next build, nothing is left of what was killed, and the
answer is short and has the documented status. The table names what was not fine, with status 1.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psutil
from small_project import TABLES, command, keep_one_statement, make_small_project, small_notebook
from test_claims_slips import REGISTRY
from test_files import KINDS, YAML, odd_file
from test_tables import DAMAGE, FIELDS, GOOD, UNREAD
from tiny_data import DATA, field, tiny_data
from typer.testing import CliRunner

from turkic_ties import cli, topics
from turkic_ties.reports import build, manifest, plan

Tried = tuple[str, str]
"""What was tried, and what was wrong; empty when all was fine."""

NOBODY = 65534
FIRST, SECOND = "version-0-of-many", "version-1-of-many"
STATUSES = {0, 1, 2, 75, 130}
LIMIT_SECONDS = 60
MINUTES = 9
MOST_BYTES = 2 << 30


# -- running --------------------------------------------------------------------------------------


def forked(
    run: Callable[[], object], *, disturb: Callable[[int], object] | None = None
) -> tuple[int, str]:
    """Run something in a fork of this process; return its status and all that it wrote."""
    with tempfile.TemporaryFile() as said:
        sys.stdout.flush()
        if not (pid := os.fork()):
            status = 99
            try:
                os.setsid()
                resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
                for number in (1, 2):
                    os.dup2(said.fileno(), number)
                run()
                status = 0
            except SystemExit as leaving:
                status = int(leaving.code or 0)
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(status)
        if disturb:
            disturb(pid)
        status = wait(pid)
        said.seek(0)
        return status, said.read().decode(errors="replace")


def wait(pid: int) -> int:
    end = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return 98


def ties(root: Path, *arguments: str, before: Callable[[], object] = bool) -> Callable[[], None]:
    """Make what runs ``ties`` on a small project, in a fork."""

    def run() -> None:
        topics.PROJECT = root
        os.environ["TURKIC_TIES_DATA"] = str(root / "data")
        sys.argv = ["ties", *arguments]
        before()
        cli.main()

    return run


def stub(version: str, files: dict[str, str]) -> Callable[[], None]:
    """Make what replaces the running of notebooks by reports that say a version."""

    def produce(report: plan.Report, *_: object) -> build.ReportResult:
        text = {ending: text.replace("VERSION", version) for ending, text in files.items()}
        return build.ReportResult(text, started="2026-01-01", ended="2026-01-01")

    def use() -> None:
        build.produce = produce
        build._warm_up = lambda _: None

    return use


def answer_problem(status: int, said: str, lines: int = 3) -> str:
    """Say what is wrong with an answer."""
    if "Traceback" in said or status == 99:
        return f"traceback: {said.strip().splitlines()[-1]:.150}"
    if status == 98:
        return f"no end within {LIMIT_SECONDS} s"
    if status not in STATUSES:
        return f"status {status}: {said[-150:]}"
    written = [line for line in said.splitlines() if not re.match(r"\[\d|wrote|\d+ built", line)]
    return f"{len(written)} lines: {said[:150]}" if len(written) > lines and status else ""


# -- editions -------------------------------------------------------------------------------------


def small(root: Path) -> Path:
    """Make a small project with data of its own."""
    make_small_project(root)
    shutil.copytree(DATA, root / "data")
    keep_one_statement(root / "data" / "articles")
    return root


def template(root: Path) -> dict[str, str]:
    """Build one report for real, and return its files with a mark where the version goes."""
    built = run(command(root, "build", "trade"), root)
    if built.returncode:
        raise RuntimeError(built.stderr)
    files = (root / "reports" / "trade").glob("kaz-tur.*")
    return {
        path.suffix[1:]: path.read_text(encoding="utf-8").replace("as printed", "VERSION")
        for path in files
    }


def run(arguments: Sequence[str], root: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command; one that does not end is killed, and has the status 98."""
    with subprocess.Popen(
        arguments,
        env=environment(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    ) as process:
        try:
            out, err = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            return subprocess.CompletedProcess(arguments, 98, out, err)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def environment(root: Path) -> dict[str, str]:
    (root / "tmp").mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if "TURKIC" not in name}
    return kept | {"TURKIC_TIES_DATA": str(root / "data"), "TMPDIR": str(root / "tmp")}


def edition_problem(root: Path, versions: Iterable[str] = ()) -> str:
    """Say what is wrong with a published edition."""
    reports = root / "reports"
    if left := [path.name for path in reports.glob(".*") if path.name != ".lock"]:
        return f"left: {left}"
    if altered := manifest.verify(reports)[1]:
        return f"mixed: {altered}"
    texts = [path.read_text(encoding="utf-8") for path in reports.glob("*/kaz-tur.[hj]*")]
    there = [version for version in versions if any(version in text for text in texts)]
    if versions and not there:
        return "lost: no version is there"
    if versions and (len(there) > 1 or not all(there[0] in text for text in texts)):
        return f"mixed: {there}"
    return ""


# -- kills ----------------------------------------------------------------------------------------


def kills_of_builds(folder: Path, number: int = 24) -> Iterator[Tried]:
    """Kill whole builds with their kernels at random moments."""
    chance = random.Random(1)
    root = small(folder / "kills")
    template(root)
    for count in range(number):
        kind = ("group", "all", "main")[count % 3]
        process = subprocess.Popen(
            command(root, "build", "trade", "--force", "--jobs", "1"),
            env=environment(root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0, 8))
        kill(process, kind)
        orphans = still_there(root, within=30)
        for left in (root / "tmp").glob("*"):  # as if some time had passed
            os.utime(left, (time.time() - 60,) * 2)
        next_one = run(command(root, "build", "trade", "--force"), root)
        problem = answer_problem(next_one.returncode, next_one.stderr) or edition_problem(root)
        if orphans:
            problem = f"orphans: {orphans}"
        if left := [path.name for path in (root / "tmp").iterdir()]:
            problem = problem or f"left in TMPDIR: {left}"
        yield f"build killed ({kind})", problem


def kill(process: subprocess.Popen[bytes], kind: str) -> None:
    processes = [process.pid]
    if kind == "all":
        with contextlib.suppress(psutil.NoSuchProcess):
            processes += [each.pid for each in psutil.Process(process.pid).children(recursive=True)]
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if kind == "group" else os.kill)(pid, signal.SIGKILL)
    process.wait()


def still_there(root: Path, within: float) -> list[str]:
    """Wait until no process is left that works for a project."""
    end = time.monotonic() + within
    while found := [
        process.info["cmdline"][-3:]
        for process in psutil.process_iter(["cmdline", "environ"])
        if (process.info["environ"] or {}).get("TMPDIR") == str(root / "tmp")
    ]:
        if time.monotonic() > end:
            return [str(command) for command in found]
        time.sleep(0.2)
    return []


CALLS = ("rename", "replace", "mkdir", "fsync", "unlink", "rmdir", "open", "symlink")


def at_call(number: int, action: Callable[[], object]) -> Callable[[], None]:
    """Make what does something at the n-th call that touches files while a build publishes."""

    def use() -> None:
        count = itertools.count(1)

        def counted(call: Callable[..., Any]) -> Callable[..., Any]:
            def instead(*arguments: Any, **options: Any) -> Any:
                if next(count) == number:
                    action()
                return call(*arguments, **options)

            return instead

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))

    return use


def kills_of_publishing(folder: Path, number: int = 176) -> Iterator[Tried]:
    """Kill builds at every call by which they stage and publish, and at random moments."""
    chance = random.Random(2)
    root = small(folder / "publishing")
    files = template(root)
    forked(ties(root, "build", *TABLES, "--force", before=stub(FIRST, files)))
    last = FIRST
    for count in range(number):
        version = f"version-{count + 1}-of-many"

        def die() -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        call, moment = chance.randint(1, 130), chance.uniform(0, 0.6)

        def start(version: str = version, count: int = count, call: int = call) -> None:
            stub(version, files)()
            if count % 4:
                at_call(call, die)()

        def disturb(pid: int, moment: float = moment) -> None:
            time.sleep(moment)
            os.killpg(pid, signal.SIGKILL)

        killed = ties(root, "build", *TABLES, "--force", "--publish-link", before=start)
        with contextlib.suppress(ProcessLookupError):
            forked(killed, disturb=None if count % 4 else disturb)
        again = ties(root, "build", *TABLES, "--publish-link", before=stub(last, files))
        problem = answer_problem(*forked(again))
        problem = problem or published_problem(root, (last, version))
        last = version if version in page(root) else last
        yield f"killed at call {call}", problem


def page(root: Path) -> str:
    return (root / "reports" / "trade" / "kaz-tur.json").read_text(encoding="utf-8")


def published_problem(root: Path, versions: Iterable[str]) -> str:
    """Say what is wrong with an edition and with the copy of it that the link leads to."""
    reports = root / "reports"
    current = reports / "current" / "trade" / "kaz-tur.json"
    if current.read_text(encoding="utf-8") != page(root):
        return "the link leads to another edition"
    with hidden(reports / ".linked"):
        return edition_problem(root, versions)


@contextlib.contextmanager
def hidden(path: Path) -> Iterator[None]:
    path.rename(path.parent.parent / "editions")
    try:
        yield
    finally:
        (path.parent.parent / "editions").rename(path)


# -- signals and limits ---------------------------------------------------------------------------


def stopped(folder: Path) -> Iterator[Tried]:
    chance = random.Random(3)
    root = small(folder / "signals")
    template(root)
    names = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"]
    for count, name in enumerate(names * 2):
        (root / "reports" / ".lock").write_text("", encoding="utf-8")
        process = subprocess.Popen(
            command(root, "build", "trade", "--force", "--jobs", "1", before=HEEDS_INTERRUPTS),
            env=environment(root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for_lock(root)
        time.sleep(chance.uniform(0, 5))
        for _ in range(1 + (count > 3)):
            process.send_signal(getattr(signal, name))
        said = process.communicate(timeout=LIMIT_SECONDS)[1]
        status = process.returncode
        fine = status in (0, 130, -getattr(signal, name)) and "Traceback" not in said
        problem = "" if fine else f"status {status}: {said[-200:]}"
        if orphans := still_there(root, within=30):
            problem = f"orphans: {orphans}"
        if name in ("SIGTERM", "SIGINT"):
            problem = problem or edition_problem(root)
        yield f"{name} {1 + (count > 3)} times", problem
    for name, code in STOPS.items():
        notebook = root / "notebooks" / "trade.ipynb"
        notebook.write_text(small_notebook("trade", code), encoding="utf-8")
        done = run(command(root, "build", *TABLES, "--cell-timeout", "5"), root)
        failed = done.returncode == 1 and "failed trade/kaz-tur" in done.stderr
        # With the parent gone, the second try may get another one that stays.
        fine = failed or (name == "parent killed" and done.returncode == 0)
        fine = fine and (root / "reports" / "defense" / "kaz-tur.html").is_file()
        yield name, "" if fine else done.stderr[-200:]


def wait_for_lock(root: Path) -> None:
    """Wait until a build has written who it is: before that there is only Python, starting."""
    end = time.monotonic() + LIMIT_SECONDS
    while not (root / "reports" / ".lock").stat().st_size and time.monotonic() < end:
        time.sleep(0.05)


HEEDS_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
STOPS = {
    "kernel stopped": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "kernel killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "parent killed": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
}


def stopped_publishing(folder: Path) -> Iterator[Tried]:
    root = small(folder / "stopped")
    files = template(root)
    forked(ties(root, "build", *TABLES, "--force", before=stub(FIRST, files)))
    last = FIRST
    for number, (name, call) in enumerate(
        itertools.product(("SIGTERM", "SIGINT"), (3, 30, 45, 60, 75, 90))
    ):
        version = f"version-{number + 1}-of-many"

        def start(name: str = name, call: int = call, version: str = version) -> None:
            stub(version, files)()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            at_call(call, lambda: os.kill(os.getpid(), getattr(signal, name)))()

        status, said = forked(ties(root, "build", *TABLES, "--force", before=start))
        problem = answer_problem(status, said) or edition_problem(root, (last, version))
        told = "published before" in said if version in page(root) else "nothing was" in said
        if not problem and status == 130 and not told:
            problem = f"says {said!r}"
        last = version if version in page(root) else last
        yield f"{name} at call {call}", problem


def limited(kind: int, amount: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (amount, amount))


def starved(folder: Path) -> Iterator[Tried]:
    """Build for real with too little of one thing."""
    root = small(folder / "limits")
    template(root)
    megabyte = 1 << 20
    limits = {
        "files": (resource.RLIMIT_NOFILE, (10, 12, 16, 24, 32, 48, 64)),
        "memory": (
            resource.RLIMIT_AS,
            [amount * megabyte for amount in (200, 300, 400, 600, 800, 1000)],
        ),
        "file size": (resource.RLIMIT_FSIZE, (0, 4096, 20_000, 100_000)),
        "processor": (resource.RLIMIT_CPU, (1, 2, 3)),
    }
    for name, (kind, amounts) in limits.items():
        for amount in amounts:
            done = run(
                command(root, "build", "trade", "--force"), root, preexec_fn=limited(kind, amount)
            )
            problem = answer_problem(done.returncode, done.stderr) or edition_problem(root)
            if not problem and done.returncode and not RESOURCES.search(done.stderr):
                problem = f"names no resource: {done.stderr[-200:]}"
            yield f"{name} {amount}", problem or left_behind(root)
    yield from closed(root)
    if os.getuid() == 0:
        yield from full_disks(root)


RESOURCES = re.compile("memory|open files|ulimit|too large|processor|disk is full|No space")


def left_behind(root: Path) -> str:
    orphans = still_there(root, within=20)
    for path in (root / "tmp").iterdir():
        os.utime(path, (time.time() - 60,) * 2)
    run(command(root, "clean"), root)
    left = [path.name for path in (root / "tmp").iterdir()]
    shutil.rmtree(root / "tmp")
    return f"orphans: {orphans}" if orphans else f"left in TMPDIR: {left}" if left else ""


def closed(root: Path) -> Iterator[Tried]:
    import shlex

    for output in ("2>&-", ">&-", ">&- 2>&- <&-", ">/dev/full", "2>/dev/full", "2>&1 | head -1"):
        line = f"set -o pipefail; {shlex.join(command(root, 'build', 'trade', '--force'))} {output}"
        done = run(["bash", "-c", line], root)
        problem = f"status {done.returncode}" if done.returncode else edition_problem(root)
        yield f"build {output}", problem or answer_problem(0, done.stderr)


def full_disks(root: Path) -> Iterator[Tried]:
    for options in ("size=20k", "size=60k", "nr_inodes=6", "nr_inodes=12"):
        disk = root / "disk"
        disk.mkdir(exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            return
        done = run(command(root, "build", "trade", "--output", str(disk)), root)
        left = [path.name for path in disk.glob(".*") if path.name != ".lock"]
        problem = f"left: {left}" if left else answer_problem(done.returncode, done.stderr)
        if not RESOURCES.search(done.stderr):
            problem = problem or f"names no resource: {done.stderr[-200:]}"
        subprocess.run(["umount", "--lazy", disk], check=True)
        yield f"disk of {options}", problem


def other_user(folder: Path) -> Iterator[Tried]:
    """Run commands as a user who may not write everything."""
    root = small(folder / "user")
    files = template(root)
    forked(ties(root, "build", *TABLES, "--force", before=stub(FIRST, files)))
    for arguments in (["build", *TABLES, "--force"], ["clean"], ["data", "--seal"]):
        ready(root, files, arguments)
    places = [
        "reports",
        "reports/trade",
        "reports/index.html",
        "reports/.lock",
        "data",
        "notebooks",
    ]

    def become() -> None:
        stub(SECOND, files)()
        if os.getuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)

    for place in places:
        for each in [root, *root.rglob("*")]:
            os.chown(each, NOBODY, NOBODY) if os.getuid() == 0 else None
        mode = (root / place).stat().st_mode
        if os.getuid() == 0:
            os.chown(root / place, 0, 0)
        os.chmod(root / place, 0o555 if (root / place).is_dir() else 0o400)
        for arguments in (["build", *TABLES, "--force"], ["clean"], ["data", "--seal"]):
            status, said = forked(ties(root, *arguments, before=become))
            problem = answer_problem(status, said) or edition_problem(root, (FIRST, SECOND))
            yield f"{' '.join(arguments)}, {place} of another user", problem
        os.chmod(root / place, mode)
        forked(ties(root, "build", *TABLES, "--force", before=stub(FIRST, files)))


def ready(root: Path, files: dict[str, str], arguments: list[str]) -> None:
    """Import all that a command needs while Python's own files can be read."""
    stub(FIRST, files)()
    topics.PROJECT = root
    os.environ["TURKIC_TIES_DATA"] = str(root / "data")
    CliRunner().invoke(cli.app, arguments)
    assert "x".encode("utf-16le")  # for the search on the index


# -- commands -------------------------------------------------------------------------------------

NO_NAMES = [
    "",
    " ",
    "Atlantis",
    "KAZ;",
    "../..",
    "36.0x",
    "999",
    "-1",
    "ⅩⅠ",
    "\x1b[31m",
    "K" * 5000,
]
NO_YEARS = ["x", "1e3", "-1", "99999", "2020.5", "", "１９９９", "9" * 400]
SETTINGS = [
    *("top_n", "=", "top_n=", "top_n=x", "top_n=0", "top_n=-1", "top_n=1e9", "top_n=inf"),
    *("nothing=1", "country=XXX", "start=2000=1", "end=1980", "top_n=true", "top_n=[1]"),
    *("__class__=1", "top_n=" + "9" * 5000, "top_n=\x00"[:-1], "window=5"),
]


def bad_commands() -> list[list[str]]:
    """List commands that ask for what there is not."""
    build_ = ["build", "trade", "--explain"]
    listed = [[*build_, option, name] for option in ("--country", "--partner") for name in NO_NAMES]
    listed += [[*build_, option, year] for option in ("--start", "--end") for year in NO_YEARS]
    listed += [[*build_, "--set", setting] for setting in SETTINGS]
    listed += [["build", "defense", "--explain", "--set", f"powers={'-'.join(['USA'] * 70)}"]]
    listed += [["build", "defense", "--explain", "--set", f"window={v}"] for v in (0, 1e9, "x")]
    listed += [["build", "demographics", "--explain", "--set", f"group={v}"] for v in ("", "\n")]
    listed += [["build", "language_policy", "--explain", "--set", f"alphabet={v}"] for v in ("", 1)]
    listed += [["build", "trade", "--jobs", n] for n in ("0", "-1", "x", "1.5")]
    listed += [["build", "trade", "--cell-timeout", n] for n in ("0", "inf", "nan", "1e308", "x")]
    listed += [
        ["build", "trade", "--force", "--cluster", a] for a in ("x", "tcp://", "tls://127.0.0.1:1")
    ]
    listed += [[*build_, "--all-pairs", "--country", "KAZ"], ["build", "nuclear"], ["build", ""]]
    listed += [
        [*build_, "--country", "KAZ", "--partner", "KAZ"],
        [*build_, "--start", "2021", "--end", "2020"],
        [*build_, "--set", "top_n=5", "--set", "top_n=6"],
    ]
    listed += [["build", "trade", "--output", p] for p in ("/dev/null", "/dev/null/x", "/x" * 3000)]
    listed += [["build", "--verify", "--output", p] for p in ("/dev/null", "/nowhere", "/proc/1")]
    listed += [
        ["data", name] for name in ("x", "trade/x", "x/transit", "", "/", "trade/../x", "\n")
    ]
    listed += [["data", "trade/transit", "--cvs"], ["data", "a", "b"], ["data", "--check", "x"]]
    listed += [["claims", id_] for id_ in ("X99", "", "T02 ", "t02")]
    listed += [["claims", "--topic", t] for t in ("nuclear", "", "Trade")]
    listed += [["claims", "--verdict", v] for v in ("maybe", "", "SUPPORTED")]
    listed += [["claims", "--file", f] for f in ("/nowhere", "/dev/null", "/dev/zero", "/", "")]
    listed += [["record", t] for t in ("nuclear", "", "trade.ipynb", "notebooks/trade.ipynb")]
    listed += [["refresh", name] for name in ("nothing", "", "--nothing")]
    listed += [["clean", "--output", p] for p in ("/dev/null", "/dev/null/x", "/proc/1/x")]
    return [*listed, ["frobnicate"], ["--version"], ["build", "--frobnicate"], ["clean", "x"]]


def commands(folder: Path) -> Iterator[Tried]:
    root = small(folder / "commands")
    template(root)
    for arguments in bad_commands():
        status, said = forked(ties(root, *arguments))
        problem = answer_problem(status, said, lines=1)
        if not status and arguments[-1] not in ("/dev/null/x", "/proc/1/x"):
            problem = problem or f"status 0: {said[:100]}"
        yield " ".join(arguments)[:100], problem


# -- registries -----------------------------------------------------------------------------------

ODD = [
    *("", "null", "[]", "{}", "[1, 2]", "{a: 1}", "3", "-1", ".inf", ".nan", "1e400", "true"),
    *("2024-02-31", "9" * 5000, "'<img src=x onerror=alert(1)>'", "!!python/name:os.system", "*x"),
    *('"\\0"', "~", "trade.pd", "'${x}'", "{from: a}", "&a [*a]", "0x1F", "1_000", "é", "'x' y"),
]


def registries(folder: Path, number: int = 180) -> Iterator[Tried]:
    """Put something odd in the place of every value and key of a registry."""
    folder = folder / "registries"
    folder.mkdir()
    path = folder / "mine.yml"
    chance = random.Random(4)
    values = [*re.finditer(r"(?<=: )[^\s{}\[\],]+|\b\w+(?=:)", REGISTRY)]
    damaged = [
        REGISTRY[: place.start()] + odd + REGISTRY[place.end() :] for place in values for odd in ODD
    ]
    texts: list[str | bytes] = [content for content, _ in YAML.values()]
    texts += [REGISTRY.encode("utf-16"), REGISTRY.replace("S.", "Şı").encode("cp1254")]
    texts += ["\ufeff" + REGISTRY, REGISTRY[:200], REGISTRY.replace("  ", "\t")]
    texts += chance.sample(damaged, number - len(texts))
    for text in texts:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        began = time.monotonic()
        status, said = forked(lambda: claims_of(path))
        problem = answer_problem(status, said, lines=8 if status == 1 else 1)
        if not problem and status == 2 and "mine.yml" not in said:
            problem = f"names no file: {said[:100]}"
        if time.monotonic() - began > 20:
            problem = problem or "takes too long"
        changed = next((a for a, b in zip(text, REGISTRY, strict=False) if a != b), "")
        yield f"registry {changed!r} {str(text)[-40:]!r}", problem


def claims_of(path: Path) -> None:
    sys.argv = ["ties", "claims", "--file", str(path)]
    cli.main()


# -- folders --------------------------------------------------------------------------------------


def damaged_data(folder: Path) -> Iterator[Tried]:
    """Check, print and seal data of which one file is damaged."""
    names = ["trade/tiny.csv", "trade/datapackage.yaml", "corrections.yml", "datapackage.yaml"]
    names.append("countries.csv")
    cases: list[tuple[str, Callable[[Path], object]]] = []
    for name, (rows, _) in DAMAGE.items():
        cases.append((f"table, {name}", lambda data, rows=rows: tiny_data(data, rows, FIELDS)))
    for name, (column, more) in UNREAD.items():
        cases.append(
            (
                f"package, {name}",
                lambda data, column=column, more=more: tiny_data(
                    data, "id,x\na,1\n", [field("id"), column], seal=False, **more
                ),
            )
        )
    for place, kind in itertools.product(names, KINDS):
        cases.append(
            (f"{place}, {kind}", lambda data, place=place, kind=kind: odd_file(data / place, kind))
        )
    for place, (name, (content, _)) in itertools.product(names[1:3], YAML.items()):
        cases.append(
            (
                f"{place}, {name}",
                lambda data, place=place, content=content: (data / place).write_bytes(
                    content if isinstance(content, bytes) else content.encode()
                ),
            )
        )
    for number, (name, damage) in enumerate(cases):
        root = folder / f"data-{number}"
        data = root / "data"
        data.mkdir(parents=True)
        os.environ["TURKIC_TIES_DATA"] = str(data)
        tiny_data(data, GOOD, FIELDS)
        damage(data)
        problem = ""
        for arguments in (["data", "--check"], ["data", "trade/tiny"], ["data", "--seal"]):
            status, said = forked(ties(root, *arguments))
            lines = 40 if "--check" in arguments else 1
            problem = problem or answer_problem(status, said, lines)
        yield name, problem
        shutil.rmtree(root)


CONTENTS: dict[str, bytes] = {
    "nothing": b"",
    "marks of a merge": b"<<<<<<< HEAD\n{}\n=======\n",
    "not UTF-8": b"\xff\xfe{",
    "null": b"null",
    "a list": b"[1, null, [], {}]",
    "a text": b'"text"',
    "deep": b"[" * 100_000,
    "digits": b"9" * 5000,
    "wrong types": b'{"@graph": [{"@id": 1, "@type": []}], "cells": 3, "tables": 3, "format": 2}',
}


def damaged_reports(folder: Path) -> Iterator[Tried]:
    """Build where something published, or a notebook, is damaged."""
    root = small(folder / "reports")
    files = template(root)
    build_ = ties(root, "build", *TABLES, before=stub(FIRST, files))
    forked(ties(root, "build", *TABLES, "--force", before=stub(FIRST, files)))
    shutil.copytree(root / "reports", folder / "whole")
    names = ["trade/kaz-tur.json", manifest.NAME, "changes.jsonl", "history.jsonl", "trade/x.json"]
    names += ["trade/kaz-tur.svg", "index.html"]
    ways: list[tuple[str, str | bytes]] = [*CONTENTS.items(), *((kind, kind) for kind in KINDS[:5])]
    for name, (called, content) in itertools.product(names, ways):
        shutil.rmtree(root / "reports")
        shutil.copytree(folder / "whole", root / "reports")
        if isinstance(content, str):
            odd_file(root / "reports" / name, content)
        else:
            (root / "reports" / name).write_bytes(content)
        yield f"{name}, {called}", damage_problem(root, build_, name)


def damage_problem(root: Path, build_: Callable[[], None], name: str) -> str:
    for _ in range(2):
        status, said = forked(build_)
        if problem := answer_problem(status, said):
            return problem
    if status:
        return "" if name.rpartition("/")[2] in said else f"does not name it: {said}"
    status, said = forked(ties(root, "build", "--verify"))
    return f"verify after a good build: {said}" if status else ""


def damaged_notebooks(folder: Path) -> Iterator[Tried]:
    root = small(folder / "notebooks")
    notebook = root / "notebooks" / "trade.ipynb"
    good = notebook.read_text(encoding="utf-8")
    damages = {**CONTENTS, "cut": good[:300].encode(), "UTF-16": good.encode("utf-16")}
    damages["no parameters"] = good.replace("parameters", "p").encode()
    for name, content in damages.items():
        notebook.write_bytes(content)
        problem = ""
        for arguments in (["build", "trade"], ["record", "trade"], ["build", "trade", "--explain"]):
            status, said = forked(ties(root, *arguments))
            problem = problem or answer_problem(status, said)
            if status and "trade.ipynb" not in said:
                problem = problem or f"does not name it: {said}"
        yield f"notebook, {name}", problem


def folders(folder: Path) -> Iterator[Tried]:
    yield from damaged_notebooks(folder)
    yield from damaged_reports(folder)
    yield from damaged_data(folder)


# -- all ------------------------------------------------------------------------------------------

GROUPS: dict[str, tuple[Callable[[Path], Iterator[Tried]], ...]] = {
    "bad commands": (commands,),
    "bad registries": (registries,),
    "damaged folders": (folders,),
    "kills": (kills_of_publishing, kills_of_builds),
    "signals and limits": (stopped, stopped_publishing, starved, other_user),
}


def try_all(group: str, function: Callable[[Path], Iterator[Tried]], end: float) -> list[Tried]:
    """Try what a function yields until the time is over; print what is not fine at once."""
    done = []
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        for what, problem in function(Path(folder)):
            done.append((what, problem))
            if problem:
                print(f"{group}: {what}: {' '.join(problem.split())}", flush=True)
            if time.monotonic() > end:
                print(f"{group}: {function.__name__} stopped: the time is over", flush=True)
                break
    return done


WORST = {
    **{"lost": "lost", "mixed": "mixed", "left": "leftovers"},
    **{"orphans": "orphans", "traceback": "tracebacks"},
}
"""How a problem begins, and the word it is counted under."""


def main() -> None:
    """Try everything, print the table, and what was not fine."""
    wanted, end = sys.argv[1:], time.monotonic() + MINUTES * 60
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(2, context) as pool:
        running = {
            name: [pool.submit(try_all, name, function, end) for function in functions]
            for name, functions in GROUPS.items()
            if not wanted or any(word in name for word in wanted)
        }
        results = {
            name: [tried for part in parts for tried in part.result()]
            for name, parts in running.items()
        }
    print(f"\n{'':20} {'tried':>6} {'fine':>6}")
    for name, group in results.items():
        print(f"{name:20} {len(group):6} {sum(not problem for _, problem in group):6}")
    problems = [problem for group in results.values() for _, problem in group if problem]
    counts = {word: sum(p.startswith(begin) for p in problems) for begin, word in WORST.items()}
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
