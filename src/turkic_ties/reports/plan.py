"""Plan: which reports are requested, what each is called, and what it is made from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

from turkic_ties import articles, countries, data, hashing, parameters
from turkic_ties.parameters import ReportParameters
from turkic_ties.topics import TOPICS

PROJECT = Path(__file__).parents[3]

MAX_SLUG_BYTES = 150  # file systems take names of 255 bytes

CELL_TIMEOUT = 300.0  # seconds; the longest cell takes a few


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
        """Topic and pair, for progress and messages: ``trade KAZ–TUR``."""
        return f"{self.topic} {self.parameters.country}–{self.parameters.partner}"

    @property
    def title(self) -> str:
        """The pair and the period in words: ``Kazakhstan and Türkiye, since 1995``."""
        values = self.parameters
        period = f"since {values.start}"
        if values.end is not None:
            years = dict.fromkeys((values.start, values.end))
            period = "–".join(map(str, years))
        return f"{countries.name(values.country)} and {countries.name(values.partner)}, {period}"

    @property
    def stem(self) -> str:
        """Path under ``reports/`` without ending.

        The pair alone for the standard report. Parameters that differ from the defaults follow, so
        that a report for other years has a file of its own: ``trade/kaz-tur_start-2005``.
        """
        values = self.parameters
        fields = type(values).model_fields
        overrides = [
            f"{name}-{_slug(value)}"
            for name, value in values
            if name not in ("country", "partner") and value != fields[name].default
        ]
        pair = f"{values.country}-{values.partner}".lower()
        return "_".join([f"{self.topic}/{pair}", *overrides])


def _slug(value: Any) -> str:
    """Write a value for a file name; two values never share one."""
    text = "-".join(value) if isinstance(value, list) else str(value)
    slug = re.sub(r"[^\w.-]|_", lambda sign: f"~{ord(sign[0]):x}~", text)
    if len(slug.encode()) > MAX_SLUG_BYTES:
        return hashing.of_bytes(text.encode())[-16:]
    return slug


def plan(topics: Iterable[str], overrides: dict[str, Any], all_pairs: bool = False) -> list[Report]:
    """List the reports to build, every one checked.

    Parameters
    ----------
    topics
        Topics in the order they are built; empty for all.
    overrides
        Parameters for every report; others have their defaults.
    all_pairs
        Every ordered pair of states instead of one pair.

    Raises
    ------
    turkic_ties.parameters.ParameterError
        When a topic or a parameter is unknown or a value is not allowed.
    """
    if all_pairs and {"country", "partner"} & set(overrides):
        raise parameters.ParameterError(
            "--all-pairs builds every pair: leave out country and partner."
        )
    chosen = list(dict.fromkeys(topics)) or list(TOPICS)
    pairs: list[dict[str, Any]] = [{}]
    if all_pairs:
        pairs = [{"country": a, "partner": b} for a, b in permutations(countries.MEMBERS, 2)]
    return [
        Report(topic, parameters.check(topic, overrides | pair))
        for pair in pairs
        for topic in chosen
    ]


# -- what a report is made from --------------------------------------------------------------------

Ingredients = dict[str, str]


class Hashes:
    """Hashes of all that reports are made from, each taken once, when it is first needed."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}
        self._contents: dict[str, str] = {}
        package = PROJECT / "src" / "turkic_ties"
        template = (package / "reports" / "template").rglob("*")
        data_folder = countries.data_directory()
        self.common: Ingredients = {
            "package source": hashing.of_files(package.rglob("*.py")),
            "template": hashing.of_files(path for path in template if path.is_file()),
            "countries": hashing.of_files([data_folder / "countries.csv"]),
            "lock file": hashing.of_files([PROJECT / "requirements.lock"]),
        }
        """What every page is made from, apart from notebooks, articles and tables."""
        self._pairs = {path: articles.pair(path) for path in articles.find()[0].values()}

    def articles(self, *pair: str) -> Ingredients:
        """Hash the articles about a pair, or all when none is named."""
        return {
            f"article {path.stem}": self._cached(str(path), _file)
            for path, about in self._pairs.items()
            if not pair or about == pair
        }

    def article(self, path: Path) -> Ingredients:
        """Hash one article."""
        return {f"article {path.stem}": self._cached(str(path), _file)}

    def tables(self, addresses: Iterable[str]) -> Ingredients:
        """Hash tables, each with its description and corrections."""
        return {
            f"table {address}": self._cached(address, self._table) for address in sorted(addresses)
        }

    def confirmed(self, tables: Ingredients, read: Mapping[str, str]) -> Ingredients:
        """Replace the hashes of tables whose contents were others when a notebook read them.

        Parameters
        ----------
        tables
            From `tables`.
        read
            Address to hash of the contents, as the notebook read them.
        """
        changed = [
            f"table {address}" for address, hash in read.items() if self._contents[address] != hash
        ]
        return tables | dict.fromkeys(changed, "changed while the report was built")

    def rehash_tables(self, recorded: Ingredients) -> Ingredients:
        """Hash the tables of a record again."""
        prefix = "table "
        return self.tables(
            name.removeprefix(prefix) for name in recorded if name.startswith(prefix)
        )

    def notebooks(self) -> Ingredients:
        """Hash the source of every notebook."""
        paths = sorted((PROJECT / "notebooks").glob("*.ipynb"))
        return {f"notebook {path.stem}": self._cached(str(path), _notebook) for path in paths}

    def ingredients(self, report: Report, tables: Ingredients) -> Ingredients:
        """Name all that a report is made from: together they are its key.

        Parameters
        ----------
        report
            The report.
        tables
            Hashes of the tables its notebook read, which only a run can tell.

        Returns
        -------
        dict
            Name to SHA-256; the parameters as JSON.
        """
        return {
            "notebook": self._cached(str(report.notebook), _notebook),
            "parameters": json.dumps(report.parameters.model_dump(), sort_keys=True),
            **self.common,
            **self.articles(report.parameters.country, report.parameters.partner),
            **tables,
        }

    def _table(self, address: str) -> str:
        """Hash a table, and note the hash of its contents at the same time."""
        try:
            self._contents[address] = data.resource(address)["hash"]
            return data.digest(address)
        except data.DataError:
            # Removed since a report read it. If a notebook still needs it, its run will say so.
            self._contents[address] = "missing"
            return "missing"

    def _cached(self, name: str, take: Callable[[str], str]) -> str:
        if name not in self._taken:
            self._taken[name] = take(name)
        return self._taken[name]


def _file(path: str) -> str:
    """Hash a file; one that cannot be read is named when its page is written."""
    try:
        return hashing.of_files([Path(path)])
    except OSError:
        return "unreadable"


def _notebook(path: str) -> str:
    """Hash the source of a notebook; its stored outputs do not count."""
    try:
        content = Path(path).read_bytes()
        source = [
            [cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])]
            for cell in json.loads(content)["cells"]
        ]
    except FileNotFoundError:
        return "missing"
    except (ValueError, KeyError, TypeError, AttributeError):
        return hashing.of_bytes(content)  # no notebook: its run will say so
    return hashing.of_bytes(json.dumps(source).encode())
