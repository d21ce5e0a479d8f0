"""From request to page: what is published, that it is always the same, and that nothing published is ever lost."""

from __future__ import annotations

import base64
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from turkic_ties.parameters import MODELS
from turkic_ties.reports import build as build_module
from turkic_ties.reports import publish as publish_module
from turkic_ties.reports.build import build
from turkic_ties.reports.plan import plan
from turkic_ties.reports.publish import publish, staging, write
from turkic_ties.reports.render import render
from turkic_ties.reports.run import run

PROJECT = Path(__file__).parents[1]
PUBLISHED = PROJECT / "reports"

each_topic = pytest.mark.parametrize("topic", MODELS)

KEY_FIGURES = {
    "trade": "turnover_usd exports_usd imports_usd balance_usd turnover_rank export_rank import_rank turnover_share "
    "export_hhi import_hhi mirror_asymmetry energy_share_exports energy_share_turnover grubel_lloyd "
    "gravity_ratio_exports",
    "language_policy": "letters_shared letters_shared_pct letters_shared_same_sound text_similarity_cyrillic "
    "text_similarity_latin cognate_share_pct cognate_share_low_pct cognate_share_high_pct speaks_state_language_pct "
    "speaks_russian_pct uses_state_language_daily_pct taught_in_state_language_pct planned_completion_year "
    "first_planned_completion_year",
    "defense": "arms_imports_tiv partner_share_pct partner_share_last_window_pct partner_rank_last_window top_supplier "
    "top_supplier_share_last_window_pct supplier_hhi_last_window deals_with_partner military_burden_pct_gdp "
    "military_spending_usd un_agreement_partner un_agreement_russia ideal_point_distance_partner "
    "ideal_point_distance_russia",
    "demographics": "titular_share_pct titular_share_previous_pct second_group_share_pct fractionalization population "
    "population_2050 total_fertility_rate life_expectancy gdp_per_capita_usd gdp_per_capita_rank gini_rank "
    "indicators_selected indicators_led_share indicators_led_share_without_partner",
}

# Pairs and periods chosen for what they lack: no reporter of its own, no record at all, one year, years before data.
UNUSUAL: list[tuple[str, dict[str, Any]]] = [
    ("trade", {"country": "TUR", "partner": "KAZ"}),
    ("trade", {"country": "UZB", "partner": "TKM"}),
    ("trade", {"country": "KGZ", "partner": "UZB", "start": 2012, "end": 2012}),
    ("trade", {"country": "AZE", "partner": "TUR", "start": 1900, "end": 1901}),
    ("language_policy", {"country": "TUR", "partner": "KAZ"}),
    ("language_policy", {"country": "KGZ", "partner": "KAZ", "alphabet": "cyrillic"}),
    ("language_policy", {"country": "KAZ", "partner": "UZB", "alphabet": "2018", "start": 2012, "end": 2012}),
    ("language_policy", {"country": "TKM", "partner": "KGZ", "start": 1900, "end": 1901}),
    ("defense", {"country": "TUR", "partner": "KAZ"}),
    ("defense", {"country": "TKM", "partner": "UZB", "start": 2000}),
    ("defense", {"country": "AZE", "partner": "TUR", "start": 1900, "end": 1901}),
    ("defense", {"country": "KAZ", "partner": "TUR", "powers": "TUR,JPN", "window": "3"}),
    ("demographics", {"country": "TKM", "partner": "UZB"}),
    ("demographics", {"country": "KAZ", "partner": "KGZ", "group": "Russian", "start": 2010, "end": 2022}),
    ("demographics", {"country": "AZE", "partner": "TUR", "start": 1900, "end": 1901}),
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
        self.feed(text)

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = dict(attrs)
        if "id" in given:
            self.ids.append(str(given["id"]))
        self.links += [str(given[name]) for name in ("href", "src", "xlink:href", "srcset") if name in given]
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


# -- the published edition --------------------------------------------------------------------------------------


@each_topic
def test_a_rebuild_reproduces_the_published_report_byte_for_byte(topic: str, tmp_path: Path) -> None:
    outcome = build(plan([topic], {}), tmp_path, quiet)
    assert outcome.failed == {}
    assert [path.relative_to(tmp_path).as_posix() for path in outcome.published] == [
        f"{topic}/kaz-tur.html",
        f"{topic}/kaz-tur.json",
        f"{topic}/kaz-tur.svg",
    ]
    for path in outcome.published:
        # Compared as bytes, but not shown as a difference of half a million characters.
        same = path.read_bytes() == (PUBLISHED / path.relative_to(tmp_path)).read_bytes()
        assert same, f"{path.name} is not what is published: run 'make record reports' and look at the difference"


@each_topic
def test_the_page_is_whole_and_stands_alone(topic: str) -> None:
    text = (PUBLISHED / topic / "kaz-tur.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.tags["h1"] == 1
    assert page.tags["script"] == page.tags["link"] == page.tags["iframe"] == 0
    assert [id for id, times in Counter(page.ids).items() if times > 1] == []
    assert len(text.encode()) <= 700_000
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    assert not re.search(r"@import|url\((?!#)", text)
    fetched = re.findall(r"<(?!a\b)\w+[^>]*\b(?:src|href)=\"(?!#|data:)([^\"]+)", text)
    assert fetched == []


@each_topic
def test_every_chart_says_what_it_shows(topic: str) -> None:
    page = Page((PUBLISHED / topic / "kaz-tur.html").read_text(encoding="utf-8"))
    summary = json.loads((PUBLISHED / topic / "kaz-tur.json").read_text(encoding="utf-8"))
    assert len(page.images) == len(summary["figures"]) >= 5
    for image in page.images:
        assert len(str(image["aria-label"])) > 40
    assert page.tags["figcaption"] == page.tags["figure"]


@each_topic
def test_every_figure_offers_its_data_as_csv(topic: str) -> None:
    text = (PUBLISHED / topic / "kaz-tur.html").read_text(encoding="utf-8")
    files = re.findall(r'download="([^"]+)\.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)"', text)
    assert len(files) == Page(text).tags["figure"]
    for name, content in files:
        lines = base64.b64decode(content).decode().splitlines()
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
    # A report reads its own topic; the tables of others only where one of its statements rests on them.
    of_claims = {table for claim in summary["claims"] for table in claim["tables"]}
    read = {table["table"] for table in summary["tables"]}
    assert of_claims <= read
    assert {table for table in read - of_claims if table.split("/")[0] not in {topic, "countries"}} == set()
    assert {claim["topic"] for claim in summary["claims"]} == {topic}


def test_nothing_published_names_a_machine_or_a_moment() -> None:
    for path in PUBLISHED.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert str(PROJECT) not in text, path.name
        assert not re.search(r"/(home|Users|tmp|root)/|ipykernel_\d|0x[0-9a-f]{6,}", text), path.name


# -- other pairs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "asked"), UNUSUAL, ids=["-".join(map(str, [topic, *asked.values()])) for topic, asked in UNUSUAL]
)
def test_other_pairs_and_odd_periods_give_a_whole_page(topic: str, asked: dict[str, Any], tmp_path: Path) -> None:
    (report,) = plan([topic], asked)
    rendered = render(report, run(report, tmp_path, quiet))
    html, summary = rendered["html"], json.loads(rendered["json"])
    page = Page(html)
    assert page.open == []
    assert page.tags["h1"] == 1
    assert [id for id, times in Counter(page.ids).items() if times > 1] == []
    assert len(html.encode()) <= 700_000
    assert {figure["id"] for figure in summary["key_figures"]} >= set(KEY_FIGURES[topic].split())
    of_article = (report.parameters.country, report.parameters.partner) == ("KAZ", "TUR")
    assert bool(summary["claims"]) == of_article == ('class="verdict' in html), "shown for the article's pair alone"
    says_so = html.count("The article put to the test speaks of Kazakhstan and its partner Türkiye, not of ")
    assert says_so == (0 if of_article else 1)
    missing = [figure for figure in summary["key_figures"] if figure["value"] is None]
    assert all(figure["period"] for figure in missing), "a missing figure says why it is missing"
    words = re.sub(r"<svg.*?</svg>|<details.*?</details>|<style.*?</style>", "", html, flags=re.DOTALL)
    assert not re.search(r"\b(nan|NaN|None|inf|<NA>)\b", words)


# -- nothing published is lost ----------------------------------------------------------------------------------


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """An edition published earlier."""
    directory = tmp_path / "reports"
    (directory / "trade").mkdir(parents=True)
    for name in ("kaz-tur.html", "kaz-tur.json"):
        (directory / "trade" / name).write_text("the last good one", encoding="utf-8")
    return directory


def files(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_a_notebook_that_fails_leaves_the_report_of_before(
    edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (PROJECT / "notebooks" / "trade.ipynb").read_text(encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    broken = text.replace("show.setup()", "show.setup()\\nraise RuntimeError('out of cheese')", 1)
    (tmp_path / "notebooks" / "trade.ipynb").write_text(broken, encoding="utf-8")
    monkeypatch.setattr("turkic_ties.reports.plan.PROJECT", tmp_path)
    before = files(edition)
    outcome = build(plan(["trade"], {}), edition, quiet)
    assert outcome.published == []
    assert "RuntimeError: out of cheese" in outcome.failed["trade/kaz-tur"]
    kept = (edition / "failed" / "trade" / "kaz-tur.ipynb").read_text(encoding="utf-8")
    assert "out of cheese" in kept
    after = files(edition)
    del after["failed/trade/kaz-tur.ipynb"]
    assert after == before


def test_an_edited_table_stops_the_build_in_one_line(edition: Path, data_copy: Path, ties: Any) -> None:
    path = data_copy / "trade" / "commodities.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("brent", "Brent", 1), encoding="utf-8")
    before = files(edition)
    answer = ties("build", "trade", "--output", str(edition))
    assert answer.returncode == 2
    assert "commodities.csv: the contents are not those the package describes" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert files(edition) == before


@pytest.mark.parametrize("moment", ["_to_disk", "os.replace"])
def test_a_full_disk_publishes_nothing_and_is_said_in_one_line(
    edition: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], moment: str
) -> None:
    """The disk fills up while the last file is written out, or just before the first rename."""
    from typer.testing import CliRunner

    from turkic_ties.cli import app

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(build_module, "run", lambda *_: None)
    monkeypatch.setattr(build_module, "render", lambda *_: {"html": "new page", "json": "new summary"})
    if moment == "_to_disk":
        monkeypatch.setattr(publish_module, "_to_disk", full)
    else:
        monkeypatch.setattr(publish_module.os, "replace", full)
    before = files(edition)
    answer = CliRunner().invoke(app, ["build", "trade", "--output", str(edition)])
    assert answer.exit_code == 1
    assert "the disk is full" in answer.output
    assert files(edition) == before


def test_a_killed_build_leaves_the_report_of_before_and_the_next_build_cleans_up(edition: Path) -> None:
    before = files(edition)
    command = [sys.executable, "-m", "turkic_ties.cli", "build", "trade", "--output", str(edition)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(edition.glob(".staging-*/run/trade/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    left = list(edition.glob(".staging-*"))
    assert left
    published = {name: text for name, text in files(edition).items() if not name.startswith(".staging-")}
    assert published == before
    with staging(edition):
        pass
    assert list(edition.glob(".staging-*")) == []


def test_staging_of_a_running_build_is_left_alone(edition: Path) -> None:
    with staging(edition) as first, staging(edition):
        assert first.is_dir()


def test_publishing_moves_files_into_their_folders(edition: Path) -> None:
    with staging(edition) as folder:
        (folder / "edition" / "trade").mkdir(parents=True)
        (folder / "edition" / "trade" / "kaz-tur.html").write_text("new", encoding="utf-8")
        published = publish(folder / "edition", edition)
    assert published == [edition / "trade" / "kaz-tur.html"]
    assert files(edition) == {"trade/kaz-tur.html": "new", "trade/kaz-tur.json": "the last good one"}


def test_a_file_that_cannot_be_written_whole_keeps_its_old_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notebook.ipynb"
    path.write_text("old", encoding="utf-8")

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(publish_module, "_to_disk", full)
    with pytest.raises(OSError, match="full"):
        write(path, "new")
    assert files(tmp_path) == {"notebook.ipynb": "old"}
