"""One small call to each publisher, never in CI by default: pytest -m live FILE.

What a whole answer looks like is seen with ``ties refresh SOURCE --check --keep DIR``.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_refresh_faults import CONNECTORS

from turkic_ties.refresh import ask, door


class Enough(Exception):
    """One call was answered."""


class OneCall(door.Door):
    """A door that is shut after the first answer."""

    def _ask(self, *arguments: Any, **more: Any) -> Any:
        super()._ask(*arguments, **more)
        raise Enough


@pytest.mark.live
@pytest.mark.parametrize("name", CONNECTORS)
def test_a_publisher_answers_at_its_address(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "archive", lambda: tmp_path)
    module = ask.connector(name)
    one = OneCall(name, module.HOSTS, getattr(module, "READ_SECONDS", None))
    if (variable := getattr(module, "KEY", None)) and not one.key(variable):
        pytest.skip(f"there is no {variable}")
    with pytest.raises(Enough):
        module.fetch(one, date.today())
