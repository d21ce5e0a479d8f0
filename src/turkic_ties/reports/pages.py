"""Pages about the whole edition: the index, the list of articles, and what changed.

They are made from the summaries of reports and articles. Nothing is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from turkic_ties import articles, countries, parameters, topics
from turkic_ties.claims.registry import dated
from turkic_ties.reports import changes, summaries
from turkic_ties.reports.plan import plan
from turkic_ties.reports.shell import TEMPLATES, equip
from turkic_ties.theme import themed_svg

CARDS = 4  # key figures of a report on the index


@dataclass(frozen=True)
class _Report:
    """One published report."""

    stem: str
    summary: dict[str, Any]
    svg: str | None

    @property
    def topic(self) -> str:
        return str(self.summary["topic"])

    @property
    def pair(self) -> tuple[str, ...]:
        asked = (self.summary["parameters"].get(name) for name in ("country", "partner"))
        return tuple(iso3 for iso3 in asked if iso3 in countries.MEMBERS)

    @property
    def overrides(self) -> str:
        """The parameters that differ from their defaults, without country and partner."""
        changed = parameters.changed(self.topic, self.summary["parameters"])
        return ", ".join(
            f"{name} {' '.join(map(str, value)) if isinstance(value, list) else value}"
            for name, value in changed.items()
        )

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The first key figures that have a value."""
        return [figure for figure in self.summary["key_figures"] if figure["value"] is not None][
            :CARDS
        ]

    @property
    def chart(self) -> dict[str, Any] | None:
        """The first figure with its drawing; ids get a prefix, to be unique on the page."""
        if self.svg is None or not self.summary["figures"]:
            return None
        figure = self.summary["figures"][0]
        own = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{self.topic}-", self.svg.strip())
        return {**figure, "drawing": themed_svg(own, figure["alt"], self.topic)}


def edition_pages(*folders: Path) -> dict[str, str]:
    """Assemble the pages about all reports of an edition.

    Parameters
    ----------
    folders
        Where reports are, as ``<topic>/<name>.json`` and ``.svg``, and the file of changes. The
        first folder that has a report counts: a build gives its staging folder, then the published
        one.

    Returns
    -------
    dict
        File name to contents: ``index.html``, ``claims.html``, ``changes.html``.
    """
    reports = _reports(folders)
    standard = {report.topic: reports.pop(report.stem, None) for report in plan([], {})}
    templates = environment()
    templates.globals |= {
        "articles": _articles(folders),
        "pair": tuple(map(countries.name, countries.STANDARD_PAIR)),
        "standard": standard,
        "about": {topic: topics.describe(topic) for topic in standard},
    }
    contexts = {
        "index": {"others": _by_pair(reports.values()), "rests_on": _rests_on(standard)},
        "claims": {},
        "changes": {"changes": changes.read(*folders)},
    }
    return {
        f"{page}.html": templates.get_template(f"{page}.html.j2").render(context)
        for page, context in contexts.items()
    }


def _articles(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Read what articles there are, with the number of statements under each verdict."""
    found = []
    for slug in articles.find()[0]:
        read = (summaries.article(folder / articles.FOLDER / f"{slug}.json") for folder in folders)
        if content := next(filter(None, read), None):
            pair = content["article"]["country"], content["article"]["partner"]
            names = " and ".join(map(countries.name, pair))
            total = len(content["results"])
            found.append({**content, "pair": names, "total": total})
    return found


def _reports(folders: Sequence[Path]) -> dict[str, _Report]:
    """Read all reports, sorted by topic and name."""
    paths: dict[str, Path] = {}
    for folder in folders:
        for topic in topics.names():
            for path in (folder / topic).glob("*.json"):
                paths.setdefault(f"{topic}/{path.stem}", path)
    reports = {}
    for stem, path in sorted(paths.items()):
        if summary := summaries.read(path):
            drawing = path.with_suffix(".svg")
            svg = drawing.read_text(encoding="utf-8") if drawing.is_file() else None
            reports[stem] = _Report(stem, summary, svg)
    return reports


def _by_pair(reports: Iterable[_Report]) -> dict[str, dict[str, list[_Report]]]:
    """Arrange reports by pair and topic, pairs in the order of the states."""
    order = list(countries.MEMBERS)
    grid: dict[str, dict[str, list[_Report]]] = {}
    for report in sorted(reports, key=lambda report: (*map(order.index, report.pair), report.stem)):
        pair = " → ".join(map(countries.name, report.pair)) or "No pair"
        grid.setdefault(pair, {topic: [] for topic in topics.names()})[report.topic].append(report)
    return grid


def _rests_on(standard: dict[str, _Report | None]) -> list[dict[str, Any]]:
    """List the sources of the standard reports by topic, with the last year they cover."""
    groups = []
    for topic, report in standard.items():
        read = report.summary["sources"] if report else []
        if own := [source for source in read if source["tables"].startswith(f"{topic}/")]:
            last_year = max(source["last_year"] for source in own)
            groups.append({"topic": topic, "sources": own, "last_year": last_year})
    return groups


def environment() -> Environment:
    """Make what fills the templates of pages."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "pages"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["day"] = lambda date: f"{date.day} {date:%B %Y}"
    environment.filters["dated"] = dated
    environment.filters["slug"] = lambda name: str(name).replace(" ", "-")
    equip(environment, "report/style.css", "pages/pages.css")
    return environment
