"""Limits of the system, looked at before a build: libraries abort, or hang, where they meet one."""

from __future__ import annotations

import signal
import threading

from turkic_ties.errors import TiesError

FILES, FILES_PER_JOB = 64, 32
MEGABYTE = 1_000_000
MEMORY_BYTES = 2000 * MEGABYTE  # addresses, of which a kernel uses a tenth
PROCESSOR_SECONDS = 60
FILE_BYTES = 16 * MEGABYTE
THREADS, THREADS_PER_JOB = 16, 8


class LimitError(TiesError):
    """The system gives less than a build needs; the message names the resource and the remedy."""

    status = 1


def check(jobs: int) -> None:
    """Refuse limits under which a build would break down, and use what the system allows.

    Parameters
    ----------
    jobs
        How many notebooks run at once.

    Raises
    ------
    LimitError
        Where open files, memory, processor time, the size of files or threads are too few.
    """
    import resource  # POSIX only

    files = FILES + FILES_PER_JOB * jobs
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files and (hard == resource.RLIM_INFINITY or hard >= files):
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    needed = {
        resource.RLIMIT_NOFILE: (files, 1, "open files", "-n"),
        resource.RLIMIT_AS: (MEMORY_BYTES, MEGABYTE, "MB of memory", "-v"),
        resource.RLIMIT_DATA: (MEMORY_BYTES, MEGABYTE, "MB of memory", "-d"),
        resource.RLIMIT_CPU: (PROCESSOR_SECONDS, 1, "seconds of processor time", "-t"),
        resource.RLIMIT_FSIZE: (FILE_BYTES, 1000, "KB in a file", "-f"),
    }
    for kind, (least, unit, called, option) in needed.items():
        allowed = resource.getrlimit(kind)[0]
        if allowed not in (resource.RLIM_INFINITY, -1) and allowed < least:
            raise LimitError(
                f"only {allowed // unit} {called} are allowed, a build needs {least // unit}: "
                f"raise the limit (ulimit {option})."
            )
    _check_threads(THREADS + THREADS_PER_JOB * jobs)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft == hard != resource.RLIM_INFINITY:  # the hard limit kills without a warning
        resource.setrlimit(resource.RLIMIT_CPU, (soft - 2, hard))
    signal.signal(signal.SIGXCPU, _processor_time_is_used_up)


def _check_threads(number: int) -> None:
    """Start as many threads as a build has at most: libraries abort when they cannot."""
    end = threading.Event()
    threads = []
    try:
        for _ in range(number):
            threads.append(threading.Thread(target=end.wait))
            threads[-1].start()
    except RuntimeError:
        raise LimitError(
            f"only {len(threads) - 1} more processes or threads are allowed, a build needs "
            f"{number}: raise the limit (ulimit -u)."
        ) from None
    finally:
        end.set()


def _processor_time_is_used_up(*_: object) -> None:
    raise KeyboardInterrupt("the processor time that is allowed is used up (ulimit -t)")
