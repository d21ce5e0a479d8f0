"""One look at each publisher, never in CI by default: pytest -m live tests/test_refresh_live.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_refresh_faults import CONNECTORS

from turkic_ties.refresh import outcome as became
from turkic_ties.refresh import run


@pytest.mark.live
@pytest.mark.parametrize("name", CONNECTORS)
def test_a_publisher_still_answers_in_the_form_that_is_read(name: str, tmp_path: Path) -> None:
    """The answers are kept in a folder of the test, to be looked at and recorded."""
    (outcome,) = run.refresh([name], run.Options(check=True, keep=tmp_path))
    assert outcome.state in (became.UP_TO_DATE, became.NEWS, became.HELD, became.NOT_ASKED), (
        outcome.text
    )
