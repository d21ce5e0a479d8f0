"""Plan: which reports are asked for, and what each is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turkic_ties import countries, parameters
from turkic_ties.parameters import ReportParameters

PROJECT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Report:
    """One notebook for one set of parameters."""

    topic: str
    parameters: ReportParameters

    @property
    def notebook(self) -> Path:
        """The notebook the report is made from."""
        return PROJECT / "notebooks" / f"{self.topic}.ipynb"

    @property
    def name(self) -> str:
        """Topic and pair, as progress and messages call it: ``trade KAZ–TUR``."""
        return f"{self.topic} {self.parameters.country}–{self.parameters.partner}"

    @property
    def stem(self) -> str:
        """Path under ``reports/`` without its ending.

        The pair alone for the standard report; what differs from the defaults follows, so that a report for other
        years never takes the place of the standard one: ``trade/kaz-tur_start-2005``.
        """
        asked = self.parameters
        unusual = [
            f"{key}-{_for_a_file_name(value)}"
            for key, value in asked
            if value != self._default(key) and key not in ("country", "partner")
        ]
        return "_".join([f"{self.topic}/{asked.country}-{asked.partner}".lower(), *unusual])

    def _default(self, key: str) -> Any:
        return type(self.parameters).model_fields[key].default

    @property
    def title(self) -> str:
        """The pair in words: ``Kazakhstan and Türkiye``."""
        return f"{countries.name(self.parameters.country)} and {countries.name(self.parameters.partner)}"


def _for_a_file_name(value: Any) -> str:
    text = "-".join(value) if isinstance(value, list) else str(value)
    return re.sub(r"[^\w.-]+", "-", text)


def plan(topics: Iterable[str], asked: dict[str, Any]) -> list[Report]:
    """List the reports to build, every one checked.

    Parameters
    ----------
    topics
        Topics in the order they are built; empty for all there are.
    asked
        Parameters for every one of them; those left out take their defaults.

    Raises
    ------
    turkic_ties.parameters.ParameterError
        When a topic or a parameter is unknown or a value is not allowed.
    """
    return [Report(topic, parameters.check(topic, asked)) for topic in list(topics) or parameters.MODELS]
