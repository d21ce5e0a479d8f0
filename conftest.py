"""All processes of a test run share one parent of warm kernels.

It imports nothing until one of them needs a kernel; when notebooks are compared, all soon will.
"""

import pytest

from turkic_ties.kernels import client


def pytest_configure(config: pytest.Config) -> None:
    """Start it in the process that starts all others."""
    if not hasattr(config, "workerinput"):
        (client.warm_up if config.getoption("nbval", False) else client.share)()
