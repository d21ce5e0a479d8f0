"""Pages about the whole edition: the index, the list of articles, and what changed.

They are made from the summaries of reports and articles. Nothing is evaluated here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from turkic_ties import articles, countries, data, parameters, topics
from turkic_ties.reports import changes, frame, glossary, summaries
from turkic_ties.reports.plan import plan
from turkic_ties.reports.shell import as_script, environment

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

SHOWN = (
    "topic",
    "title",
    "parameters",
    "in_short",
    "key_figures",
    "figures",
    "shown_tables",
    "sources",
)
"""What the pages need of the summaries, all of which are in memory at once."""


@dataclass(frozen=True)
class _Report:
    """One published report."""

    stem: str
    summary: dict[str, Any]  # without the parts that only the report's own page shows

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
    def headline(self) -> dict[str, Any] | None:
        """The first key figure."""
        figures = self.summary["key_figures"]
        return figures[0] if figures else None


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
    standard = {report.topic: reports.get(report.stem) for report in plan([], {})}
    found, templates = _articles(folders), environment()
    matrices = {
        topic: matrix for topic in topics.names() if (matrix := _matrix(topic, reports.values()))
    }
    templates.globals |= {
        "articles": found,
        "standard": {topic: standard.get(topic) for topic in matrices},
        "about": {topic: topics.describe(topic) for topic in topics.names()},
    }
    contexts = {
        "index": {
            "matrices": matrices,
            "rests_on": _rests_on(reports.values()),
            "members": [countries.name(iso3) for iso3 in countries.MEMBERS],
            "titles": as_script(_titles(reports.values(), standard, found)),
        },
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


def report_page(folder: Path, name: str, edition: frame.Edition, stems: Collection[str]) -> str:
    """Fill the places of the page of a report or an article.

    Parameters
    ----------
    folder
        Of the edition.
    name
        Path of the page in it; the summary of a report lies next to it.
    edition
        What all pages share.
    stems
        The reports of the edition and its PDFs.
    """
    path = folder / name
    page = path.read_text(encoding="utf-8")
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
            reports[stem] = _Report(stem, {name: summary[name] for name in SHOWN})
    return reports


def _matrix(topic: str, reports: Iterable[_Report]) -> dict[str, Any] | None:
    """Arrange the reports on a topic by country and partner; None when there is none.

    A matrix that would be empty in half of its cells is left out: its reports are a list.
    """
    own = [report for report in reports if report.topic == topic]
    usual = {
        report.pair: report for report in own if len(report.pair) == 2 and not report.overrides
    }
    heads = [report.headline for report in usual.values() if report.headline]
    if not own:
        return None
    sides = [
        [iso3 for iso3 in countries.MEMBERS if any(p[i] == iso3 for p in usual)] for i in (0, 1)
    ]
    is_full = len(usual) > 2 and len(sides[0]) * len(sides[1]) < 2 * len(usual)
    return {
        "label": heads[0]["label"] if heads else "Report",
        "unit": heads[0]["unit"] if heads else "",
        "partners": [countries.name(partner) for partner in sides[1]],
        "rows": [
            (countries.name(country), [usual.get((country, partner)) for partner in sides[1]])
            for country in (sides[0] if is_full else ())
        ],
        "pairs": [] if is_full else [*usual.values()],
        "others": [report for report in own if report not in usual.values()],
    }


def _titles(
    reports: Iterable[_Report],
    standard: Mapping[str, _Report | None],
    found: Iterable[Mapping[str, Any]],
) -> list[list[str]]:
    """List what the search looks through: title, address, and further words."""
    entries = []
    for report in reports:
        names = [countries.name(iso3, lang) for iso3 in report.pair for lang in ("tr", "kk", "ru")]
        title = [topics.describe(report.topic).title, report.summary["title"], report.overrides]
        words = " ".join([*report.summary["in_short"], *report.pair, *names])
        entries.append([": ".join(filter(None, title)), f"{report.stem}.html", words])
    for report in filter(None, standard.values()):
        for kind, shown in (("figure", "figures"), ("table", "shown_tables")):
            entries += [
                [entry["title"], f"{report.stem}.html#{kind}-{entry['id']}", kind]
                for entry in report.summary[shown]
            ]
    for article in found:
        page = f"{articles.FOLDER}/{article['slug']}.html"
        entries += [
            [result["statement"], f"{page}#{result['id']}", f"{result['id']} {result['verdict']}"]
            for result in article["results"]
        ]
    return entries


def _rests_on(reports: Iterable[_Report]) -> list[dict[str, Any]]:
    """List the sources of all reports by topic, each once, with the last year they cover."""
    groups = []
    for topic, group in groupby(reports, key=lambda report: report.topic):
        read = {
            (source["source"], source["tables"].partition("/")[0]): source
            for report in group
            for source in report.summary["sources"]
        }
        if own := [source for source in read.values() if source["tables"].startswith(f"{topic}/")]:
            last_year = max(source["last_year"] for source in own)
            groups.append({"topic": topic, "sources": own, "last_year": last_year})
    return groups
