"""A build that the system gives too little is refused in one line, before a library meets it."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator

import pytest

from turkic_ties.reports import limits

INFINITE = resource.RLIM_INFINITY
LEAST = [
    (resource.RLIMIT_NOFILE, 64 + 32 * 2, "open files", "-n"),
    (resource.RLIMIT_AS, 2_000_000_000, "MB of memory", "-v"),
    (resource.RLIMIT_DATA, 2_000_000_000, "MB of memory", "-d"),
    (resource.RLIMIT_CPU, 60, "seconds of processor time", "-t"),
    (resource.RLIMIT_FSIZE, 16_000_000, "KB in a file", "-f"),
]


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, tuple[int, int]]]:
    """Stand in for the limits of the system; the test may set them."""
    given: dict[int, tuple[int, int]] = {}
    before = signal.getsignal(signal.SIGXCPU)
    monkeypatch.setattr(resource, "getrlimit", lambda kind: given.get(kind, (INFINITE, INFINITE)))
    monkeypatch.setattr(resource, "setrlimit", given.__setitem__)
    yield given
    signal.signal(signal.SIGXCPU, before)


@pytest.mark.parametrize(("kind", "least", "called", "option"), LEAST, ids=str)
def test_a_limit_is_named_with_what_is_needed(
    allowed: dict[int, tuple[int, int]], kind: int, least: int, called: str, option: str
) -> None:
    allowed[kind] = least, least
    limits.check(2)
    allowed[kind] = least - 1, least - 1
    with pytest.raises(limits.LimitError, match=rf"{called} are allowed.*\(ulimit {option}\)"):
        limits.check(2)


def test_what_the_system_allows_is_used(allowed: dict[int, tuple[int, int]]) -> None:
    allowed[resource.RLIMIT_NOFILE] = 10, 4096
    limits.check(1)
    assert allowed[resource.RLIMIT_NOFILE] == (96, 4096)


def test_too_few_threads_are_named(
    allowed: dict[int, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits.check(1)
    start, started = threading.Thread.start, []

    def refuse(thread: threading.Thread) -> None:
        if len(started) == 23:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(limits.LimitError, match=r"only 23 more .* needs 24: .*\(ulimit -u\)"):
        limits.check(1)
    for thread in started:
        thread.join(5)
        assert not thread.is_alive()


def test_processor_time_that_is_used_up_is_said_before_the_system_kills(
    allowed: dict[int, tuple[int, int]],
) -> None:
    allowed[resource.RLIMIT_CPU] = 60, 60
    limits.check(1)
    assert allowed[resource.RLIMIT_CPU] == (58, 60)
    with pytest.raises(KeyboardInterrupt, match=r"is used up \(ulimit -t\)"):
        signal.raise_signal(signal.SIGXCPU)
