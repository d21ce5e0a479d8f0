"""Plan: which reports are asked for, what each is called, and all that it is made from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

from turkic_ties import countries, data, parameters
from turkic_ties.parameters import ReportParameters

PROJECT = Path(__file__).parents[3]

CELL_TIMEOUT = 300.0  # seconds a cell may take when nobody says otherwise; the longest takes a few


@dataclass(frozen=True, eq=False)  # compared and hashed by identity: parameters may hold lists
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


def plan(topics: Iterable[str], asked: dict[str, Any], all_pairs: bool = False) -> list[Report]:
    """List the reports to build, every one checked.

    Parameters
    ----------
    topics
        Topics in the order they are built; empty for all there are.
    asked
        Parameters for every one of them; those left out take their defaults.
    all_pairs
        Every ordered pair of the six states instead of one.

    Raises
    ------
    turkic_ties.parameters.ParameterError
        When a topic or a parameter is unknown or a value is not allowed.
    """
    if all_pairs and {"country", "partner"} & set(asked):
        raise parameters.ParameterError(
            "--all-pairs builds every pair: leave out country and partner."
        )
    chosen = list(dict.fromkeys(topics)) or list(parameters.MODELS)
    pairs = (
        [{"country": a, "partner": b} for a, b in permutations(countries.MEMBERS, 2)]
        if all_pairs
        else [{}]
    )
    return [
        Report(topic, parameters.check(topic, asked | pair)) for pair in pairs for topic in chosen
    ]


# -- what a report is made from ---------------------------------------------------------------------------------

Ingredients = dict[str, str]

DATA_FOLDER = "data folder"


class Hashes:
    """Hashes of all that reports are made from, each taken once, at the moment it is first asked for."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}
        package = PROJECT / "src" / "turkic_ties"
        self.common: Ingredients = {
            "package source": _files(package.rglob("*.py")),
            "template": _files(
                path for path in (package / "reports" / "template").rglob("*") if path.is_file()
            ),
            "claims": _files([countries.data_directory() / "claims.yml"]),
            "countries": _files([countries.data_directory() / "countries.csv"]),
            "lock file": _files([PROJECT / "requirements.lock"]),
        }
        """What every page is made from, beside notebooks and tables."""
        self.data_folder = _files(
            path for path in countries.data_directory().rglob("*") if path.is_file()
        )

    def tables(self, addresses: Iterable[str]) -> Ingredients:
        """Hash tables, each with its description and corrections."""
        return {f"table {address}": self._once(address, _table) for address in sorted(addresses)}

    def again(self, recorded: Ingredients) -> Ingredients:
        """Hash the tables of a record again; where no file of the data folder has changed, they are as they were.

        A change of that folder in itself makes nothing due.
        """
        names = [name for name in recorded if name.startswith("table ")]
        unchanged = recorded.get(DATA_FOLDER) == self.data_folder
        tables = (
            recorded if unchanged else self.tables(name.removeprefix("table ") for name in names)
        )
        return {name: tables[name] for name in names} | {
            DATA_FOLDER: recorded.get(DATA_FOLDER, self.data_folder)
        }

    def notebooks(self) -> Ingredients:
        """Hash the source of every notebook there is."""
        paths = sorted((PROJECT / "notebooks").glob("*.ipynb"))
        return {f"notebook {path.stem}": self._once(str(path), _notebook) for path in paths}

    def ingredients(self, report: Report, tables: Ingredients) -> Ingredients:
        """Name all that a report is made from: together they are its key.

        Parameters
        ----------
        report
            What is asked for.
        tables
            The tables its notebook really read, which only a run can tell, hashed by `tables` or `again`.

        Returns
        -------
        dict
            Name to SHA-256; the parameters stand as they are.
        """
        return {
            "notebook": self._once(str(report.notebook), _notebook),
            "parameters": json.dumps(report.parameters.model_dump(), sort_keys=True),
            **self.common,
            DATA_FOLDER: self.data_folder,
            **tables,
        }

    def _once(self, name: str, take: Callable[[str], str]) -> str:
        if name not in self._taken:
            self._taken[name] = take(name)
        return self._taken[name]


def _files(paths: Iterable[Path]) -> str:
    hashed = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        hashed.update(f"{path.name} {len(content)}\n".encode() + content)
    return hashed.hexdigest()


def _table(address: str) -> str:
    try:
        return data.digest(address)
    except (
        data.DataError
    ):  # it is gone since a report read it; if one still needs it, its notebook says so
        return "missing"


def _notebook(path: str) -> str:
    """Hash the source of a notebook: its stored outputs are no ingredient."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    source = [
        [cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])]
        for cell in cells
    ]
    return hashlib.sha256(json.dumps(source).encode()).hexdigest()
