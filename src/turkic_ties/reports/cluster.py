"""Cluster: the same plan on Dask workers that have the same package, data and lock file.

What workers send back is read as JSON of a known form, not as objects of this package.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from turkic_ties import data, languages
from turkic_ties.errors import TiesError
from turkic_ties.reports.plan import Hashes, Ingredients

if TYPE_CHECKING:
    from turkic_ties.reports.build import ReportResult

CONNECT_TIMEOUT = 10  # seconds


class ClusterError(TiesError):
    """A cluster that cannot be reached or must not be used; the message is one line."""


def fingerprint() -> Ingredients:
    """Hash all that any report is made from, on this machine."""
    hashes = Hashes()
    return {
        **hashes.common,
        **hashes.notebooks(),
        **hashes.articles(),
        **{
            name: hash for code in languages.codes() for name, hash in hashes.language(code).items()
        },
        **hashes.tables(data.addresses()),
    }


def _check_same(mine: Ingredients, theirs: Any, worker: str) -> None:
    if not isinstance(theirs, dict):
        raise ClusterError(f"{worker} does not answer as ours do: restart it, or leave it out.")
    names = dict.fromkeys([*mine, *theirs])
    if differing := [name for name in names if mine.get(name) != theirs.get(name)]:
        raise ClusterError(
            f"{worker} has different files ({', '.join(differing)}): update it, then restart it."
        )


@contextmanager
def connect(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask cluster as an executor.

    Results are sent back; workers publish nothing. What a lost worker was doing is done again.

    Parameters
    ----------
    address
        Of the scheduler, for example ``tcp://scheduler:8786``.

    Raises
    ------
    ClusterError
        When Dask is not installed, the scheduler does not answer, there is no worker, or the files
        of a worker differ.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("a cluster needs Dask: pip install 'turkic-ties[cluster]'.") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # our messages say what matters
    try:
        client = Client(address, timeout=CONNECT_TIMEOUT)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address}: start one with 'dask scheduler'."
        ) from error
    except TypeError as error:  # what Dask raises without certificates
        raise ClusterError(
            f"{address} needs certificates: name them in Dask's own configuration "
            "(distributed.comm.tls), see 'On a cluster' in the README."
        ) from error
    with client:
        mine = fingerprint()
        try:
            workers = client.run(fingerprint)
        except Exception as error:  # an older or another package on a worker may raise anything
            raise ClusterError(
                f"a worker cannot hash its files ({error}): install the same version there."
            ) from error
        if not workers:
            raise ClusterError(
                f"the scheduler at {address} has no worker: start one with 'dask worker {address}'."
            )
        for worker, theirs in sorted(workers.items()):
            _check_same(mine, theirs, f"worker {worker}")
        yield _Workers(client.get_executor(pure=False), mine)


class _Workers(Executor):
    """Dask's executor, with a check on the worker itself, which may have joined later."""

    def __init__(self, workers: Executor, mine: Ingredients) -> None:
        self._workers, self._mine = workers, mine

    def submit(
        self, function: Callable[..., Any], /, *arguments: Any, **options: Any
    ) -> Future[Any]:
        answer: Future[Any] = Future()
        asked = self._workers.submit(_run_if_same, self._mine, function, *arguments, **options)
        asked.add_done_callback(lambda done: _settle(answer, done))
        return answer


def _run_if_same(
    mine: Ingredients, function: Callable[..., ReportResult], *arguments: Any, **options: Any
) -> str:
    """On a worker: produce a report and write it as JSON, or why it cannot."""
    try:
        _check_same(mine, fingerprint(), "a worker")
        return json.dumps(asdict(function(*arguments, **options)))
    except TiesError as error:
        return json.dumps({"refused": str(error)})


def _settle(answer: Future[Any], done: Future[str]) -> None:
    from turkic_ties.reports.build import ReportResult

    try:
        text = done.result()
        if isinstance(text, str) and text.startswith('{"refused": '):
            raise ClusterError(str(json.loads(text)["refused"]))
        answer.set_result(TypeAdapter(ReportResult).validate_json(text))
    except ClusterError as error:
        answer.set_exception(error)
    except ValidationError:
        answer.set_result(ReportResult(error="a worker sent something that is no report"))
    except Exception as error:  # Dask gave up: workers were lost again and again
        answer.set_result(ReportResult(error=f"lost with its workers: {error}".splitlines()[0]))
