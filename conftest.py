"""All processes of a test run share one parent of warm kernels; it imports nothing until one of them needs a kernel."""

import pytest

from turkic_ties.kernels import client


def pytest_configure(config: pytest.Config) -> None:
    """Start it in the process that starts all others."""
    if not hasattr(config, "workerinput"):
        client.share()
