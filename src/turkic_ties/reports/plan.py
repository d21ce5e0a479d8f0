"""Plan: which reports are requested, what each is called, and what it is made from."""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

from turkic_ties import articles, countries, data, hashing, languages, parameters, topics
from turkic_ties.languages import ENGLISH
from turkic_ties.parameters import ParameterError

MAX_SLUG_BYTES = 150  # file systems take names of 255 bytes

CELL_TIMEOUT = 300.0  # seconds; the longest cell takes a few


@dataclass(frozen=True, eq=False)  # compared and hashed by identity: parameters are a mapping
class Report:
    """One notebook for one set of parameters.

    Parameters
    ----------
    topic
        The name of the notebook.
    parameters
        Their checked values by name, without those the notebook computes itself.
    problem
        Why the notebook cannot be run.
    lang
        Language of its page.
    """

    topic: str
    parameters: Mapping[str, Any]
    problem: str = ""
    lang: str = ENGLISH

    @property
    def notebook(self) -> Path:
        """The notebook the report is made from."""
        return topics.notebook_path(self.topic)

    @property
    def pair(self) -> tuple[str, ...]:
        """Country and partner; fewer where the notebook takes no such parameter."""
        asked = (self.parameters.get(name) for name in ("country", "partner"))
        return tuple(iso3 for iso3 in asked if iso3 in countries.MEMBERS)

    @property
    def name(self) -> str:
        """Topic and pair, for progress and messages: ``trade KAZ–TUR``."""
        return " ".join(filter(None, [self.topic, "–".join(self.pair)]))

    @property
    def title(self) -> str:
        """Pair and period in words: ``Kazakhstan and Türkiye, since 1995``; empty without any."""
        start, end = (self.parameters.get(name) for name in ("start", "end"))
        period = "–".join(str(year) for year in dict.fromkeys([start, end]) if year is not None)
        if period and end is None:
            period = f"since {start}"
        return ", ".join(filter(None, [" and ".join(map(countries.name, self.pair)), period]))

    @functools.cached_property
    def stem(self) -> str:
        """Path under ``reports/`` without ending.

        The pair alone for the standard report, or the topic again where there is no pair.
        Parameters that differ from the defaults follow, so that a report for other years has a file
        of its own: ``trade/kaz-tur_start-2005``. Pages in another language are in its folder.
        """
        name = "-".join(self.pair).lower() or self.topic
        changed = parameters.changed(self.topic, self.parameters)
        own = [f"{parameter}-{_slug(value)}" for parameter, value in changed.items()]
        folder = "" if self.lang == ENGLISH else f"{self.lang}/"
        return f"{folder}{self.topic}/{'_'.join([name, *own])}"

    @property
    def command(self) -> str:
        """What makes the report in a terminal: ``ties build trade --country TUR --partner KAZ``."""
        words = ["ties", "build", self.topic]
        if self.pair:
            words += ["--country", self.pair[0], "--partner", self.pair[1]]
        for name, value in parameters.changed(self.topic, self.parameters).items():
            text = ",".join(value) if isinstance(value, list) else str(value)
            is_common = name in ("start", "end")
            words += [f"--{name}", text] if is_common else ["--set", f"{name}={text}"]
        words += [] if self.lang == ENGLISH else ["--lang", self.lang]
        return shlex.join(words)


def _slug(value: Any) -> str:
    """Write a value for a file name; two values never share one."""
    text = "-".join(map(str, value)) if isinstance(value, list) else str(value)
    slug = re.sub(r"[^\w.-]|_", lambda sign: f"~{ord(sign[0]):x}~", text)
    if len(slug.encode()) > MAX_SLUG_BYTES:
        return hashing.of_bytes(text.encode())[-16:]
    return slug


def plan(
    chosen: Iterable[str], given: dict[str, Any], all_pairs: bool = False, lang: str = ENGLISH
) -> list[Report]:
    """List the reports to build, every one checked.

    A notebook that cannot be run is in the list with its problem, so that the others are built.

    Parameters
    ----------
    chosen
        Topics in the order they are built; empty for all that take the parameters given.
    given
        Parameters for every report; others have their defaults.
    all_pairs
        Every ordered pair of states instead of one pair, for notebooks that take one.
    lang
        Language of the pages.

    Raises
    ------
    turkic_ties.parameters.ParameterError
        When a topic or a parameter is unknown, a value is not allowed, or the language has no
        catalogue.
    """
    languages.check(lang)
    if all_pairs and {"country", "partner"} & set(given):
        raise ParameterError("--all-pairs builds every pair: leave out country and partner.")
    chosen = list(dict.fromkeys(chosen)) or _taking(given)
    pairs: list[dict[str, Any]] = [{}]
    if all_pairs:
        pairs = [{"country": a, "partner": b} for a, b in permutations(countries.MEMBERS, 2)]
    planned = [
        replace(_report(topic, given, pair), lang=lang) for pair in pairs for topic in chosen
    ]
    return list({report.stem: report for report in planned}.values())


def _taking(given: dict[str, Any]) -> list[str]:
    """List the topics that take all the parameters given, and those that cannot be run."""
    taking = {name: _takes(name) for name in topics.names()}
    return [name for name, takes in taking.items() if takes is None or set(given) <= set(takes)]


def _takes(topic: str) -> list[str] | None:
    """List the parameters of a topic; None when its notebook cannot be run."""
    try:
        return list(parameters.model(topic).model_fields)
    except topics.NotebookError:
        return None


def _report(topic: str, given: dict[str, Any], pair: dict[str, Any]) -> Report:
    try:
        pair = {name: iso3 for name, iso3 in pair.items() if name in (_takes(topic) or pair)}
        return Report(topic, parameters.values(parameters.check(topic, given | pair)))
    except topics.NotebookError as error:
        # Named like the last good report, which stays published.
        country, partner = countries.STANDARD_PAIR
        asked = {"country": country, "partner": partner} | given | pair
        checked = parameters.checked(topic, **asked)
        return Report(topic, dict(zip(asked, checked, strict=True)), str(error))


# -- what a report is made from --------------------------------------------------------------------

Ingredients = dict[str, str]


class Hashes:
    """Hashes of all that reports are made from, each taken once, when it is first needed."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}
        self._contents: dict[str, str] = {}
        package = topics.PROJECT / "src" / "turkic_ties"
        template = (package / "reports" / "template").rglob("*")
        data_folder = countries.data_directory()
        self.common: Ingredients = {
            "package source": hashing.of_files(package.rglob("*.py")),
            "template": hashing.of_files(path for path in template if path.is_file()),
            "countries": hashing.of_files([data_folder / "countries.csv"]),
            "refresh.yml": hashing.of_files(data_folder.glob("refresh.yml")),
            "lock file": hashing.of_files([topics.PROJECT / "requirements.lock"]),
        }
        """What every page is made from, apart from notebooks, articles and tables."""
        self._pairs = {path: articles.pair(path) for path in articles.find()[0].values()}

    def articles(self, *pair: str) -> Ingredients:
        """Hash the articles about a pair in either order, or all when none is named."""
        return {
            f"article {path.stem}": self._cached(str(path), _file)
            for path, about in self._pairs.items()
            if not pair or about in (pair, pair[::-1])
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
        paths = map(topics.notebook_path, topics.names())
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
            "parameters": json.dumps(report.parameters, sort_keys=True),
            **self.language(report.lang),
            **self.common,
            **(self.articles(*report.pair) if len(report.pair) == 2 else {}),
            **tables,
        }

    def language(self, code: str) -> Ingredients:
        """Hash the catalogue of a language; English pages are made without one."""
        if code == ENGLISH:
            return {}
        return {f"language {code}": self._cached(str(languages.catalogue_path(code)), _file)}

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
    """Hash the source of a notebook and what it is called; its stored outputs do not count."""
    try:
        notebook = topics.read(Path(path))
    except topics.NotebookError as error:
        return hashing.of_bytes(str(error).encode())  # its run will say so
    names = {name: notebook["metadata"].get(name) for name in ("title", "turkic_ties")}
    source = [
        [cell.get("cell_type"), "".join(cell.get("source", "")), cell.get("metadata")]
        for cell in notebook["cells"]
    ]
    return hashing.of_bytes(json.dumps([names, source]).encode())
