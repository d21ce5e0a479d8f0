"""The pages about the whole edition: complete, reproducible by hand, without requests."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from test_reports import Page

from turkic_ties import countries, data
from turkic_ties.reports.changes import LOG, Change, as_lines, read
from turkic_ties.reports.pages import DESCRIPTIONS, edition_pages
from turkic_ties.reports.shell import TEMPLATES
from turkic_ties.topics import TOPICS

PROJECT = Path(__file__).parents[1]
PUBLISHED = PROJECT / "reports"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return edition_pages(PUBLISHED)


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A copy of the four published reports' summaries and charts, to change."""
    for topic in TOPICS:
        (tmp_path / "reports" / topic).mkdir(parents=True)
        for ending in ("json", "svg"):
            shutil.copy(PUBLISHED / topic / f"kaz-tur.{ending}", tmp_path / "reports" / topic)
    for name in ("edition.json", "changes.jsonl"):
        shutil.copy(PUBLISHED / name, tmp_path / "reports")
    for path in (PUBLISHED / "articles").glob("*.json"):
        (tmp_path / "reports" / "articles").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "reports" / "articles")
    return tmp_path / "reports"


def changed(path: Path, target: Path | None = None, **values: Any) -> None:
    summary = json.loads(path.read_text(encoding="utf-8"))
    (target or path).write_text(json.dumps(summary | values), encoding="utf-8")


def words(markup: str) -> str:
    """Read a page as a person does: no markup, no scripts, single spaces."""
    markup = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


# -- what is published ----------------------------------------------------------------------------


def test_the_published_pages_are_what_the_published_reports_give(pages: dict[str, str]) -> None:
    programs = {"feed.xml"}
    assert set(pages) == {*(f"{page}.html" for page in DESCRIPTIONS), *programs}
    for name, text in pages.items():
        same = (PUBLISHED / name).read_text(encoding="utf-8") == text
        assert same, (
            f"reports/{name} is not what the reports beside it give: run 'make record reports'"
        )


def test_the_same_files_give_the_same_bytes_in_another_process_and_wherever_they_lie(
    pages: dict[str, str], edition: Path
) -> None:
    assert edition_pages(edition) == pages
    code = (
        "import sys, hashlib; from pathlib import Path; "
        "from turkic_ties.reports.pages import edition_pages; "
        f"pages = edition_pages(Path({str(PUBLISHED)!r})); "
        "heavy = {'papermill', 'nbconvert', 'seaborn', 'matplotlib'} & set(sys.modules); "
        "print(sorted(heavy), hashlib.sha256(''.join(pages.values()).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert runs.pop().startswith("[] "), "assembling pages must not load what draws and executes"


def test_the_first_folder_with_a_report_counts(edition: Path, tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    (staged / "trade").mkdir(parents=True)
    shutil.copy(edition / "trade" / "kaz-tur.svg", staged / "trade")
    cards = json.loads((edition / "trade" / "kaz-tur.json").read_text(encoding="utf-8"))[
        "key_figures"
    ]
    changed(
        edition / "trade" / "kaz-tur.json",
        staged / "trade" / "kaz-tur.json",
        key_figures=[cards[0] | {"text": "$7"}],
    )
    assert "$7" in edition_pages(staged, edition)["index.html"]
    assert "$7" not in edition_pages(edition, staged)["index.html"]


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_page_is_whole_and_stands_alone(pages: dict[str, str], name: str) -> None:
    text = pages[f"{name}.html"]
    page = Page(re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))
    assert page.open == []
    assert page.tags["h1"] == 1
    assert page.tags["iframe"] == 0
    assert page.rels <= {"icon", "alternate", "canonical"}, "a browser fetches none of these"
    assert [id for id, times in Counter(page.ids).items() if times > 1] == []
    assert len(text.encode()) <= 500_000
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest|import\(", text)
    assert re.findall(r"<(?!a\b|link\b)\w+[^>]*\b(?:src|href)=\"(?!#|data:)([^\"]+)", text) == []
    assert not re.search(r"\b(nan|NaN|None|undefined|<NA>)\b", words(text))


def test_every_page_has_the_present_style_sheet(pages: dict[str, str]) -> None:
    style = (TEMPLATES / "report" / "style.css").read_text(encoding="utf-8")
    assert all(style in text for name, text in pages.items() if name.endswith(".html"))


def test_changes_are_listed_newest_first_and_escaped(edition: Path) -> None:
    tables = ("trade/transit",)
    first = Change("trade/kaz-tur", "key figure", "a", "Tonnes", "1 t", "2 t", tables)
    second = Change("trade/kaz-tur", "verdict", "T01", "statement T01", "<b>", "outdated", ())
    lines = as_lines([], "2026-01-02T03:04:05+00:00", [first])
    (edition / LOG).write_text(lines, encoding="utf-8")
    lines = as_lines(read(edition), "2026-02-03T04:05:06+00:00", [second])
    (edition / LOG).write_text(lines, encoding="utf-8")
    page = edition_pages(edition)["changes.html"]
    told = words(page)
    assert "<b>" not in page
    assert told.index("2026-02-03 04:05 UTC") < told.index("2026-01-02 03:04 UTC")
    assert "statement T01 <b> outdated none: code, text or parameters changed" in told
    assert "Tonnes 1 t 2 t trade/transit" in told
    assert page.count('<td><a href="trade/kaz-tur.html"') == 2


@pytest.mark.parametrize(
    "name", ["index.html", "claims.html", "trade/kaz-tur.html", "defense/kaz-tur.html"]
)
def test_every_link_inside_the_edition_leads_somewhere(pages: dict[str, str], name: str) -> None:
    text = pages.get(name) or (PUBLISHED / name).read_text(encoding="utf-8")
    links = [link for link in Page(text).links if not re.match(r"https?:|data:", link)]
    assert links
    for link in links:
        target, _, anchor = link.partition("#")
        path = (PUBLISHED / name).parent / target if target else PUBLISHED / name
        inside = path.resolve().relative_to(PUBLISHED.resolve()).as_posix()
        content = pages.get(inside) or path.read_text(encoding="utf-8")
        assert not anchor or f'id="{anchor}"' in content, link


# -- the index ------------------------------------------------------------------------------------


def test_the_index_says_what_this_is_then_shows_every_topic_in_short(
    pages: dict[str, str],
) -> None:
    text = pages["index.html"]
    order = [text.index(f'<h2 id="{id}">') for id in (*TOPICS, "statements", "changed", "data")]
    assert order == sorted(order)
    assert text.index('id="search"') < order[0]
    for topic in TOPICS:
        summary = json.loads((PUBLISHED / topic / "kaz-tur.json").read_text(encoding="utf-8"))
        section = text[text.index(f'<h2 id="{topic}">') :].partition("</section>")[0]
        told = words(section)
        assert 3 <= len(summary["in_short"]) <= 5
        assert all(" ".join(sentence.split()) in told for sentence in summary["in_short"])
        first = summary["key_figures"][0]
        assert f"{first['text']} {first['period']}" in told
        assert section.count(f'href="{topic}/kaz-tur.html"') == 2
        assert Page(section).tags["td"] == 0, "one pair is no matrix"


# What a reader may ask who reads nothing else, and what in "In short" is the answer.
QUESTIONS = {
    "How much does Kazakhstan sell to Türkiye, by whose count?": (
        r"sold Türkiye goods worth \$[\d.]+ \w+ in \d{4} and bought .* in Kazakhstan's statistics"
    ),
    "Is their trade growing?": r"Turnover of \d{4} .* (rose|fell) by [\d.]+% on the year before",
    "How important is Türkiye for Kazakhstan?": (
        r"Türkiye ranked \d+\w\w of \d+ partners by turnover in \d{4}"
    ),
    "How important is Kazakhstan for Türkiye?": (
        r"Kazakhstan ranked \d+\w\w of \d+ partners by turnover in \d{4}"
    ),
    "Do the statistics of both agree?": (
        r"worth \$[\d.]+ \w+ went from .* by Türkiye's statistics, worth .* by Kazakhstan's"
    ),
    "Who arms Kazakhstan, and how much comes from Türkiye?": (
        r"\w+ supplied [\d.]+% of the major arms Kazakhstan received in .*, Türkiye [\d.]+%"
    ),
    "Which of the two spends more on its military?": (
        r"Military spending: Kazakhstan \$[\d.]+ \w+ and Türkiye \$[\d.]+ \w+ in \d{4}"
    ),
    "With whom does Kazakhstan vote in the United Nations?": (
        r"agreement in votes of the General Assembly in \d{4}: \d+% with"
    ),
    "How close are the two languages?": r"a word of one origin for \d+% of \d+ basic meanings",
    "When is Kazakh to be written in Latin letters?": (
        r"Latin was to be complete: Kazakhstan named \d{4} first and \d{4} last"
    ),
    "How large is the Kazakh share of the population?": r"The Kazakh share was [\d.]+% on .* \d{4}",
    "Where does Kazakhstan rank by income?": r"Kazakhstan ranked .* of GDP per capita in \d{4}",
}


def test_in_short_answers_what_a_reader_may_ask() -> None:
    summaries = [json.loads((PUBLISHED / t / "kaz-tur.json").read_text("utf-8")) for t in TOPICS]
    told = [sentence for summary in summaries for sentence in summary["in_short"]]
    for question, answer in QUESTIONS.items():
        assert sum(bool(re.search(answer, sentence)) for sentence in told) == 1, question


def test_the_search_knows_every_report_statement_and_chart(pages: dict[str, str]) -> None:
    (script,) = re.findall(r'id="titles">(.*?)</script>', pages["index.html"], re.DOTALL)
    titles = json.loads(script)
    addresses = [address for _, address, _ in titles]
    assert len(set(addresses)) == len(addresses)
    assert {f"{topic}/kaz-tur.html" for topic in TOPICS} <= set(addresses)
    statements = [address for address in addresses if address.startswith("articles/")]
    published = (PUBLISHED / "articles").glob("*.json")
    results = [json.loads(path.read_text(encoding="utf-8"))["results"] for path in published]
    assert len(statements) == sum(map(len, results)) > 40
    report = next(entry for entry in titles if entry[1] == "trade/kaz-tur.html")
    assert "Қазақстан" in report[2], "a name in another language finds the report as well"


def test_the_index_names_every_source_with_its_age(pages: dict[str, str]) -> None:
    told = words(pages["index.html"].partition('<h2 id="data">')[2])
    for topic in TOPICS:
        summary = json.loads((PUBLISHED / topic / "kaz-tur.json").read_text(encoding="utf-8"))
        own = [table["table"] for table in summary["tables"] if table["table"].startswith(topic)]
        for source in data.sources(own).itertuples():
            assert " ".join(f"{source.publisher} , {source.dataset}".split()) in told
            assert " ".join(source.version.split()) in told
            assert source.accessed in told


def test_the_last_year_of_a_source_leaves_projections_and_plans_out() -> None:
    years = data.last_years(["trade/bilateral_trade"])
    table = data.load("trade/bilateral_trade")
    for source in ("bns", "wits", "baci"):
        assert years[source] == table.loc[table["source"] == source, "year"].max()
    population = data.load("demographics/population")
    assert population["year"].max() > 2050
    estimates = population.loc[population["variant"] == "estimate", "year"]
    assert data.last_years(["demographics/population"]) == {"wpp2024": estimates.max()}
    assert data.last_years(["language_policy/cognates"]) == {}


def test_an_edition_without_the_standard_pair_has_a_sensible_index(edition: Path) -> None:
    for topic in TOPICS:
        path = edition / topic / "kaz-tur.json"
        asked = json.loads(path.read_text(encoding="utf-8"))["parameters"]
        if topic == "trade":
            other = asked | {"country": "UZB", "partner": "AZE"}
            changed(path, path.with_name("uzb-aze.json"), parameters=other, claims=[])
        path.unlink()
    page = edition_pages(edition)["index.html"]
    assert re.findall(r'<h2 id="(\w+)">', page) == ["trade", "statements", "changed", "data"]
    assert page.count('<li><a href="trade/uzb-aze.html"') == 1
    assert "kaz-tur.html" not in page.replace("articles/", "")
    assert "0 statements" not in page
    assert Page(re.sub(r"<script>.*?</script>", "", page, flags=re.S)).open == []


def test_an_edition_without_reports_still_has_its_pages(tmp_path: Path) -> None:
    pages = edition_pages(tmp_path)
    assert words(pages["index.html"]).count("This edition has no report yet") == 1
    assert words(pages["claims.html"]).count("No article is in this edition") == 1


def index_of(edition: Path, *pairs: str, **more: Any) -> str:
    """Write the index of an edition with reports on trade of these pairs alone."""
    source = edition / "trade" / "kaz-tur.json"
    given = json.loads(source.read_text(encoding="utf-8"))["parameters"]
    for pair in pairs:
        country, partner = pair.upper().split("-")
        values = given | {"country": country, "partner": partner}
        changed(source, edition / "trade" / f"{pair}.json", parameters=values, claims=[], **more)
    if "kaz-tur" not in pairs:
        source.unlink()
    return edition_pages(edition)["index.html"].partition('<h2 id="defense">')[0]


ALL = [f"{a}-{b}".lower() for a, b in permutations(countries.MEMBERS, 2)]
AMONG_THREE = [f"{a}-{b}" for a, b in permutations(("aze", "kgz", "uzb"), 2)]


@pytest.mark.parametrize(
    ("pairs", "cells"),
    [
        (["kaz-tur"], 0),
        (["aze-kgz"], 0),
        (["kaz-tur", "tur-kaz"], 0),
        (["kaz-tur", "tur-kaz", "aze-uzb"], 0),  # 3 of 9 cells
        (["kaz-tur", "tur-kaz", "kaz-aze"], 0),  # 3 of 6: not more than half
        (["kaz-tur", "tur-kaz", "kaz-aze", "tur-aze"], 6),  # 4 of 6
        (AMONG_THREE, 9),
        (ALL, 36),
    ],
)
def test_few_pairs_are_a_list_and_many_a_matrix(
    edition: Path, pairs: list[str], cells: int
) -> None:
    index = index_of(edition, *pairs)
    assert Page(index).tags["td"] == cells
    assert index.count("<td>–</td>") == (cells and cells - len(pairs))
    of_pairs = re.findall(r'<(?:td|li)><a href="trade/([^"#]+)\.html"', index)
    assert sorted(of_pairs) == sorted(pairs)


def test_other_periods_are_below_the_pairs_and_hostile_figures_stay_texts(edition: Path) -> None:
    source, hostile = edition / "trade" / "kaz-tur.json", "<img src=x onerror=alert(1)>"
    content = json.loads(source.read_text(encoding="utf-8"))
    card = content["key_figures"][0] | {"text": hostile, "period": hostile, "series": []}
    given = content["parameters"] | {"start": 2005}
    changed(source, source.with_name("kaz-tur_start-2005.json"), parameters=given, claims=[])
    for pairs in (["kaz-tur", "aze-uzb"], ["kaz-tur", *AMONG_THREE, "kaz-uzb", "kaz-aze"]):
        index = index_of(edition, *pairs, key_figures=[card])
        assert hostile not in index
        assert "onerror=alert(1)" in index
        others = index.partition("Other parameters")[2]
        assert '<a href="trade/kaz-tur_start-2005.html">' in others
