"""Cluster: the same plan on Dask workers, which must hold the same package, data and lock file as the client."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

from turkic_ties import data
from turkic_ties.reports.plan import Hashes, Ingredients

CONNECT_TIMEOUT = 10  # seconds


class ClusterError(Exception):
    """A cluster that cannot be reached or must not be used; the message is one line for the user."""


def fingerprint() -> Ingredients:
    """Hash all that any report is made from, on the machine this runs on."""
    hashes = Hashes()
    return {**hashes.common, **hashes.notebooks(), **hashes.tables(data.addresses())}


def _differing(mine: Ingredients, theirs: Ingredients) -> list[str]:
    return [name for name in dict.fromkeys([*mine, *theirs]) if mine.get(name) != theirs.get(name)]


@contextmanager
def connect(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask cluster as an executor.

    Results come back by content; workers publish nothing. A worker that is lost costs a retry of what it was doing.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://scheduler:8786``.

    Raises
    ------
    ClusterError
        When Dask is not installed, the scheduler does not answer, there is no worker, or a worker holds other files.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("a cluster needs Dask: pip install 'turkic-ties[cluster]'.") from None
    logging.getLogger("distributed").setLevel(
        logging.CRITICAL
    )  # what a user has to know is said by us
    try:
        client = Client(address, timeout=CONNECT_TIMEOUT)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address}: start one with 'dask scheduler'."
        ) from error
    with client:
        mine = fingerprint()
        try:
            workers = client.run(fingerprint)
        except Exception as error:  # whatever an older or foreign package on a worker raises
            raise ClusterError(
                f"a worker cannot tell what it holds ({error}): install the same version there."
            ) from error
        if not workers:
            raise ClusterError(
                f"the scheduler at {address} has no worker: start some with 'dask worker {address}'."
            )
        for worker, theirs in sorted(workers.items()):
            if differing := _differing(mine, theirs):
                raise ClusterError(
                    f"worker {worker} holds another {', '.join(differing)}: update it, then restart it."
                )
        yield _Workers(client.get_executor(pure=False), mine)


class _Workers(Executor):
    """Dask's executor, with a check on the worker itself: one that joins later must not slip in."""

    def __init__(self, workers: Executor, mine: Ingredients) -> None:
        self._workers, self._mine = workers, mine

    def submit(
        self, function: Callable[..., Any], /, *arguments: Any, **options: Any
    ) -> Future[Any]:
        return self._workers.submit(_run_if_same, self._mine, function, *arguments, **options)


def _run_if_same(
    mine: Ingredients, function: Callable[..., Any], *arguments: Any, **options: Any
) -> Any:
    if differing := _differing(mine, fingerprint()):
        raise ClusterError(
            f"a worker holds another {', '.join(differing)}: update it, then restart it."
        )
    return function(*arguments, **options)
