"""Pages about the whole edition: the index, the list of articles, and what changed.

They are made from the summaries of reports and articles. Nothing is evaluated here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turkic_ties import articles, countries, data, parameters, topics
from turkic_ties.reports import changes, frame, glossary, summaries
from turkic_ties.reports.plan import plan
from turkic_ties.reports.shell import environment
from turkic_ties.theme import themed_svg

CARDS = 4  # key figures of a report on the index

DESCRIPTIONS = {
    "index": "Open data on how the Turkic states trade, arm, speak and live together, for every "
    "pair of Kazakhstan, Türkiye, Azerbaijan, Uzbekistan, Kyrgyzstan and Turkmenistan.",
    "claims": "The statements of published articles, each tied to open data and decided by a "
    "printed rule.",
    "changes": "Every key figure and verdict that differs from the build before, and the tables "
    "that changed.",
    "about": "Who makes Turkic Ties and how, what its terms mean, how errors are corrected, and "
    "under which licence all of it can be used.",
}
"""Of the pages, for search engines."""


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
        return {**figure, "drawing": themed_svg(own, figure["alt"])}


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
        File name to contents: ``index.html``, ``claims.html``, ``changes.html``, ``about.html``,
        ``feed.xml``, and ``sitemap.xml`` where the edition has an address.
    """
    edition = frame.read(*folders)
    reports = _reports(folders)
    stems, sources = list(reports), [s for r in reports.values() for s in r.summary["sources"]]
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
        "changes": {},
        "about": {"corrections": data.corrections(), "terms": glossary.TERMS},
    }
    log = changes.read(*folders)
    templates.globals |= {"changes": log, "edition": edition, "stems": stems}
    retrieved = max((source["accessed"] for source in sources), default="")
    pages = {}
    for page, context in contexts.items():
        text = templates.get_template(f"{page}.html.j2").render(context)
        pages[f"{page}.html"] = frame.frame(
            text, f"{page}.html", edition, stems, DESCRIPTIONS[page], retrieved=retrieved
        )
    pages["feed.xml"] = templates.get_template("feed.xml.j2").render()
    if edition.base_url:
        paths = [*pages, *(f"{stem}.html" for stem in stems)]
        context = {"paths": sorted(path for path in paths if path.endswith(".html"))}
        pages["sitemap.xml"] = templates.get_template("sitemap.xml.j2").render(context)
    return pages


def report_page(path: Path, edition: frame.Edition, stems: Sequence[str]) -> str:
    """Fill the places of the page of a report or an article.

    Parameters
    ----------
    path
        The page; the summary of a report lies next to it.
    edition
        What all pages share.
    stems
        The reports of the edition.
    """
    page = path.read_text(encoding="utf-8")
    name = f"{path.parent.name}/{path.name}"
    if path.parent.name == articles.FOLDER:
        return frame.frame(page, name, edition, stems, DESCRIPTIONS["claims"])
    if not (summary := summaries.read(path.with_suffix(".json"))):
        return page
    described = " ".join(summary["in_short"][:2]) or f"{summary['topic']}: {summary['title']}"
    retrieved = max((source["accessed"] for source in summary["sources"]), default="")
    return frame.frame(page, name, edition, stems, described, summary, retrieved)


def _articles(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Read what articles there are, with the number of statements under each verdict."""
    found = []
    for slug in articles.find()[0]:
        paths = [folder / articles.FOLDER / f"{slug}.json" for folder in folders]
        if path := next(filter(Path.is_file, paths), None):
            content = json.loads(path.read_text(encoding="utf-8"))
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
