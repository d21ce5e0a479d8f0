"""From request to page: what is published, and that it is always the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from papermill.engines import papermill_engines

from turkic_ties import articles, claims
from turkic_ties.parameters import MODELS
from turkic_ties.reports import frame
from turkic_ties.reports.build import produce
from turkic_ties.reports.pages import report_page
from turkic_ties.reports.plan import plan
from turkic_ties.reports.render import render
from turkic_ties.reports.run import run

PROJECT = Path(__file__).parents[1]
PUBLISHED = PROJECT / "reports"

each_topic = pytest.mark.parametrize("topic", MODELS)

KEY_FIGURES = {
    "trade": """
        turnover_usd exports_usd turnover_share turnover_rank export_hhi turnover_usd_partner
        exports_usd_partner imports_usd balance_usd export_rank import_rank import_hhi
        mirror_asymmetry energy_share_exports energy_share_turnover grubel_lloyd
        gravity_ratio_exports
    """,
    "language_policy": """
        cognate_share_pct letters_shared_pct students_in_other students_abroad
        students_abroad_partner letters_shared letters_shared_same_sound text_similarity_cyrillic
        text_similarity_latin speaks_state_language_pct speaks_russian_pct
        uses_state_language_daily_pct taught_in_state_language_pct planned_completion_year
        first_planned_completion_year
    """,
    "defense": """
        un_agreement_partner arms_window_tiv top_supplier_share military_burden
        military_spending_usd military_spending_usd_partner arms_imports_tiv partner_share_pct
        partner_share_last_window_pct partner_rank_last_window top_supplier
        top_supplier_share_last_window_pct supplier_hhi_last_window deals_with_partner
        ideal_point_distance_partner
    """,
    "demographics": """
        born_in_other population total_fertility_rate life_expectancy gdp_per_capita_usd
        gdp_per_capita_usd_partner population_2050 gdp_per_capita_rank indicators_selected
        indicators_led_share indicators_led_share_without_partner
    """,
}

# Pairs and periods without a reporter, without any record, of one year, before the data begin.
UNUSUAL: list[tuple[str, dict[str, Any]]] = [
    ("trade", {"country": "KGZ", "partner": "UZB", "start": 2012, "end": 2012}),
    ("trade", {"country": "AZE", "partner": "TUR", "start": 1900, "end": 1901}),
    (
        "language_policy",
        {"country": "KAZ", "partner": "UZB", "alphabet": "2018", "start": 2012, "end": 2012},
    ),
    ("defense", {"country": "KAZ", "partner": "TUR", "powers": "TUR,JPN", "window": "3"}),
    (
        "demographics",
        {"country": "KAZ", "partner": "KGZ", "group": "Russian", "start": 2010, "end": 2022},
    ),
    ("demographics", {"country": "UZB", "partner": "KAZ", "start": 2050, "end": 2060}),
]


def quiet(*_: object) -> None:
    """Progress nobody watches."""


class Page(HTMLParser):
    """Read off a page what the checks below need."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.rels: set[str] = set()
        self.feed(text)

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = dict(attrs)
        if "id" in given:
            self.ids.append(str(given["id"]))
        self.links += [
            str(given[name]) for name in ("href", "src", "xlink:href", "srcset") if name in given
        ]
        if tag == "link":
            self.rels.add(str(given["rel"]))
        if given.get("role") == "img" or tag == "img":
            self.images.append(given)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"


# -- the published edition ------------------------------------------------------------------------


JSON = re.compile(r"(?<=data-readings=')[^']*|\A\{.*", re.DOTALL)


def sorted_keys(text: str) -> str:
    """Sort the keys of what is JSON in a file."""
    return JSON.sub(lambda found: json.dumps(json.loads(found[0]), sort_keys=True), text)


@each_topic
def test_a_rebuild_reproduces_the_published_report(
    topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From stored outputs, whose keys are sorted: nbval proves that they are those of a run.

    A report that was run is compared byte for byte in `test_cluster`.
    """

    def stored(_: str, notebook: Any, *__: Any, **___: Any) -> Any:
        return notebook

    monkeypatch.setattr(papermill_engines, "execute_notebook_with_engine", stored)
    (report,) = plan([topic], {})
    produced = produce(report)
    assert produced.error == ""
    assert set(produced.files) == {"html", "json", "svg"}
    about = frame.read(PUBLISHED)
    for ending, text in produced.files.items():
        path = tmp_path / topic / f"kaz-tur.{ending}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    stems = [f"{each}/kaz-tur" for each in MODELS]
    produced.files["html"] = report_page(tmp_path, f"{topic}/kaz-tur.html", about, stems)
    for ending, text in produced.files.items():
        # Compared, but not shown as a difference of half a million characters.
        published = (PUBLISHED / topic / f"kaz-tur.{ending}").read_bytes().decode()
        same = sorted_keys(text) == sorted_keys(published)
        assert same, f"kaz-tur.{ending} is not what is published: run 'make record reports'"


@each_topic
def test_the_page_is_whole_and_stands_alone(topic: str) -> None:
    text = (PUBLISHED / topic / "kaz-tur.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.tags["h1"] == 1
    assert page.tags["iframe"] == 0
    assert text.count('<script type="application/ld+json">') == 1
    assert page.tags["script"] == 2, "that and the one that serves the figures"
    assert page.rels <= {"icon", "alternate", "canonical"}, "a browser fetches none of these"
    assert [id for id, times in Counter(page.ids).items() if times > 1] == []
    assert len(text.encode()) <= 480_000, "500 kB in other languages"
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    assert not re.search(r"@import|url\((?!#)", text)
    fetched = re.findall(r"<(?!a\b|link\b)\w+[^>]*\b(?:src|href)=\"(?!#|data:)([^\"]+)", text)
    assert fetched == []


@each_topic
def test_every_chart_says_what_it_shows(topic: str) -> None:
    page = Page((PUBLISHED / topic / "kaz-tur.html").read_text(encoding="utf-8"))
    summary = json.loads((PUBLISHED / topic / "kaz-tur.json").read_text(encoding="utf-8"))
    charts = [image for image in page.images if image.get("class") != "trend"]
    assert len(charts) == len(summary["figures"]) >= 5
    for image in charts:
        assert len(str(image["aria-label"])) > 40
    assert page.tags["figcaption"] == page.tags["figure"]


@each_topic
def test_every_figure_offers_its_data_as_csv(topic: str) -> None:
    text = (PUBLISHED / topic / "kaz-tur.html").read_text(encoding="utf-8")
    files = re.findall(r'download="([^"]+)\.csv" href="data:text/csv;charset=utf-8,([^"]+)"', text)
    assert len(files) == Page(text).tags["figure"]
    for name, content in files:
        lines = unquote(content).splitlines()
        assert len(lines) > 1, name
        assert "," in lines[0], name


@each_topic
def test_the_summary_has_the_promised_key_figures(topic: str) -> None:
    summary = json.loads((PUBLISHED / topic / "kaz-tur.json").read_text(encoding="utf-8"))
    ids = [figure["id"] for figure in summary["key_figures"]]
    assert set(KEY_FIGURES[topic].split()) <= set(ids)
    assert len(ids) == len(set(ids))
    for figure in summary["key_figures"]:
        assert figure["label"]
        assert figure["unit"]
        assert figure["period"]
        assert figure["source"]
    assert summary["parameters"] == MODELS[topic]().model_dump(mode="json")
    assert summary["tables"]
    # A report reads tables of its own topic, and of others only for the article's statements.
    of_claims = {table for claim in summary["claims"] for table in claim["tables"]}
    read = {table["table"] for table in summary["tables"]}
    assert of_claims <= read
    assert {
        table for table in read - of_claims if table.split("/")[0] not in {topic, "countries"}
    } == set()
    assert {claim["topic"] for claim in summary["claims"]} == {topic}


def test_nothing_published_names_a_machine_or_a_moment() -> None:
    for path in PUBLISHED.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert str(PROJECT) not in text, path.name
        assert not re.search(r"/(home|Users|tmp|root)/|ipykernel_\d|0x[0-9a-f]{6,}", text), (
            path.name
        )


# -- other pairs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "asked"),
    UNUSUAL,
    ids=["-".join(map(str, [topic, *asked.values()])) for topic, asked in UNUSUAL],
)
def test_other_pairs_and_odd_periods_give_a_whole_page(
    topic: str, asked: dict[str, Any], tmp_path: Path
) -> None:
    (report,) = plan([topic], asked)
    rendered = render(report, run(report, tmp_path, quiet))
    html, summary = rendered["html"], json.loads(rendered["json"])
    page = Page(html)
    assert page.open == []
    assert page.tags["h1"] == 1
    assert [id for id, times in Counter(page.ids).items() if times > 1] == []
    assert len(html.encode()) <= 500_000
    assert {figure["id"] for figure in summary["key_figures"]} >= set(KEY_FIGURES[topic].split())
    told = [claims.load(path) for path in articles.about(*report.pair).values()]
    of_article = any(claim.topic == topic for each in told for claim in each.claims)
    assert bool(summary["claims"]) == of_article == ('class="verdict' in html), (
        "shown for the pairs of articles alone"
    )
    assert ('id="Statements-put' in html) == of_article, "its section is left out elsewhere"
    missing = [figure for figure in summary["key_figures"] if figure["value"] is None]
    assert all(figure["period"] for figure in missing), "a missing figure says why it is missing"
    words = re.sub(
        r"<svg.*?</svg>|<details.*?</details>|<style.*?</style>", "", html, flags=re.DOTALL
    )
    assert not re.search(r"\b(nan|NaN|None|inf|<NA>)\b", words)
