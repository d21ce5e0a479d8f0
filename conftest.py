"""All processes of a test run share one parent of warm kernels."""

import pytest

from turkic_ties.kernels import client


def pytest_configure(config: pytest.Config) -> None:
    """Start the parent in the process that starts all others."""
    if not hasattr(config, "workerinput"):
        client.share(warm_up=config.getoption("nbval", False))
