"""Pages about the whole edition: its index and the article's statements, assembled from what the reports showed.

Nothing is evaluated here. The verdicts are those the notebooks computed, read from the summaries of the standard
reports; a report that is not there leaves its statements out, and the pages say so.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from turkic_ties import claims, countries, data, parameters
from turkic_ties.theme import themed_svg

TEMPLATES = Path(__file__).parent / "template"

CARDS = 4  # key figures of a report on the index


@dataclass(frozen=True)
class _Report:
    """One report of the edition, as its files tell."""

    stem: str
    summary: dict[str, Any]
    svg: str | None

    @property
    def topic(self) -> str:
        return str(self.summary["topic"])

    @property
    def pair(self) -> tuple[str, str]:
        return self.summary["parameters"]["country"], self.summary["parameters"]["partner"]

    @property
    def unusual(self) -> str:
        """Name the parameters that are not the usual ones, country and partner left out."""
        fields = parameters.MODELS[self.topic].model_fields
        asked = {
            name: value
            for name, value in self.summary["parameters"].items()
            if name not in ("country", "partner")
        }
        return ", ".join(
            f"{name} {_listed(value)}"
            for name, value in asked.items()
            if value != fields[name].default
        )

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The first key figures that have a value."""
        return [figure for figure in self.summary["key_figures"] if figure["value"] is not None][
            :CARDS
        ]

    @property
    def chart(self) -> dict[str, Any] | None:
        """The first figure with its drawing, whose identifiers no other chart on the page shares."""
        if self.svg is None or not self.summary["figures"]:
            return None
        figure = self.summary["figures"][0]
        own = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{self.topic}-", self.svg.strip())
        return {**figure, "drawing": themed_svg(own, figure["alt"])}

    def where(self, shown: str) -> tuple[str, str]:
        """Find the figure or table of that id: its address and title, or the page itself where it has no such thing."""
        for kind, listed in (("figure", "figures"), ("table", "shown_tables")):
            for entry in self.summary[listed]:
                if entry["id"] == shown:
                    return f"{self.stem}.html#{kind}-{shown}", entry["title"]
        return f"{self.stem}.html", f"the report on {self.topic}"


def edition_pages(*folders: Path) -> dict[str, str]:
    """Assemble the pages about all reports of an edition.

    Parameters
    ----------
    folders
        Where reports lie as ``<topic>/<name>.json`` and ``.svg``. Of a report that lies in several the first counts: a
        build names its staging folder before the published one.

    Returns
    -------
    dict
        File name to contents: ``index.html``, ``claims.html`` and ``claims.json``.
    """
    registry = claims.load()
    article = registry.article
    reports = _reports(folders)
    name = f"{article.country}-{article.partner}".lower()
    standard = {topic: reports.pop(f"{topic}/{name}", None) for topic in data.TOPICS}
    results = sorted(
        (result for report in standard.values() if report for result in report.summary["claims"]),
        key=lambda result: (result["paragraph"], result["sentence"]),
    )
    counts = Counter(result["verdict"] for result in results)
    scale = [
        {
            "verdict": verdict,
            "means": means,
            "rating": claims.RATING.get(verdict),
            "count": counts[verdict],
        }
        for verdict, means in claims.VERDICTS.items()
    ]
    told: dict[str, Any] = {
        "article": article,
        "pair": (countries.name(article.country), countries.name(article.partner)),
        "standard": standard,
        "scale": scale,
        "total": len(results),
        "topics": {
            topic: sum(result["topic"] == topic for result in results) for topic in data.TOPICS
        },
    }
    index = {"others": _by_pair(reports.values()), "rests_on": _rests_on(standard)}
    statements = {
        "sections": [
            (name, list(group))
            for name, group in groupby(results, key=lambda result: result["section"])
        ],
        "reviews": _for_script(
            [claims.claim_review(result, article, "claims.html") for result in results]
        ),
        "thresholds": registry.thresholds,
        "steps": claims.STEPS,
        "rules": claims.rule_texts(),
    }
    for_programs = {
        "article": article.model_dump(mode="json"),
        "thresholds": registry.thresholds,
        "scale": scale,
        "results": results,
    }
    templates = _environment()
    return {
        "index.html": templates.get_template("index.html.j2").render(told | index),
        "claims.html": templates.get_template("claims.html.j2").render(told | statements),
        "claims.json": json.dumps(for_programs, ensure_ascii=False, indent=1) + "\n",
    }


def _reports(folders: Sequence[Path]) -> dict[str, _Report]:
    """Read all reports, sorted by name within the topics."""
    found: dict[str, Path] = {}
    for folder in folders:
        for topic in data.TOPICS:
            for path in (folder / topic).glob("*.json"):
                found.setdefault(f"{topic}/{path.stem}", path)
    reports = {}
    for stem, path in sorted(found.items()):
        drawing = path.with_suffix(".svg")
        svg = drawing.read_text(encoding="utf-8") if drawing.is_file() else None
        reports[stem] = _Report(stem, json.loads(path.read_text(encoding="utf-8")), svg)
    return reports


def _by_pair(reports: Iterable[_Report]) -> dict[str, dict[str, list[_Report]]]:
    """Arrange reports as a grid of pairs and topics, pairs in the usual order of the states."""
    order = list(countries.MEMBERS)
    grid: dict[str, dict[str, list[_Report]]] = {}
    for report in sorted(reports, key=lambda report: (*map(order.index, report.pair), report.stem)):
        pair = " → ".join(map(countries.name, report.pair))
        grid.setdefault(pair, {topic: [] for topic in data.TOPICS})[report.topic].append(report)
    return grid


def _rests_on(standard: dict[str, _Report | None]) -> list[dict[str, Any]]:
    """List the sources behind the standard reports, a topic at a time, with the last year each covers."""
    listed = []
    for topic, report in standard.items():
        read = report.summary["sources"] if report else []
        if own := [source for source in read if source["tables"].startswith(f"{topic}/")]:
            last_year = max(source["last_year"] for source in own)
            listed.append({"topic": topic, "sources": own, "last_year": last_year})
    return listed


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["day"] = lambda date: f"{date.day} {date:%B %Y}"
    environment.filters["slug"] = lambda name: str(name).replace(" ", "-")
    environment.globals["css"] = Markup(
        "".join(
            (TEMPLATES / place).read_text(encoding="utf-8")
            for place in ("report/style.css", "pages/pages.css")
        )
    )
    return environment


def _for_script(content: Any) -> Markup:
    """Write JSON that no text in it can break out of a script element."""
    return Markup(json.dumps(content, ensure_ascii=False, indent=1).replace("<", "\\u003c"))


def _listed(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
