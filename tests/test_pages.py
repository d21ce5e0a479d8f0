"""The pages about the whole edition: complete, reproducible by hand, without requests."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from test_reports import Page

from turkic_ties import claims, data
from turkic_ties.reports.changes import LOG, Change, as_lines, read
from turkic_ties.reports.pages import DESCRIPTIONS, edition_pages
from turkic_ties.reports.shell import TEMPLATES

PROJECT = Path(__file__).parents[1]
PUBLISHED = PROJECT / "reports"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return edition_pages(PUBLISHED)


@pytest.fixture(scope="module")
def results(pages: dict[str, str]) -> list[dict[str, Any]]:
    return list(json.loads(pages["claims.json"])["results"])


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A copy of the four published reports' summaries and charts, to change."""
    for topic in data.TOPICS:
        (tmp_path / "reports" / topic).mkdir(parents=True)
        for ending in ("json", "svg"):
            shutil.copy(PUBLISHED / topic / f"kaz-tur.{ending}", tmp_path / "reports" / topic)
    return tmp_path / "reports"


def changed(path: Path, target: Path | None = None, **values: Any) -> None:
    summary = json.loads(path.read_text(encoding="utf-8"))
    (target or path).write_text(json.dumps(summary | values), encoding="utf-8")


def words(markup: str) -> str:
    """Read a page as a person does: no markup, no scripts, single spaces."""
    markup = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def entry(page: str, id: str) -> str:
    found = re.search(rf'<article class="claim [^>]*id="{id}".*?</article>', page, re.DOTALL)
    assert found, id
    return found.group()


# -- what is published ----------------------------------------------------------------------------


def test_the_published_pages_are_what_the_published_reports_give(pages: dict[str, str]) -> None:
    programs = {"claims.json", "feed.xml"}
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
    assert page.count('href="trade/kaz-tur.html"') == 2


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


# -- the statements -------------------------------------------------------------------------------


def test_all_statements_stand_once_in_the_order_of_the_article(
    pages: dict[str, str], results: list[dict[str, Any]]
) -> None:
    registry = claims.load()
    place = {
        claim.id: (claim.locator.paragraph, claim.locator.sentence) for claim in registry.claims
    }
    shown = re.findall(r'<article class="claim [^>]*id="(\w+)"', pages["claims.html"])
    assert sorted(shown) == sorted(place)
    assert [place[id] for id in shown] == sorted(place.values())
    assert shown == [result["id"] for result in results]
    headings = re.findall(r'<h2 id="section-\d+">(.*?)</h2>', pages["claims.html"])
    assert headings == list(dict.fromkeys(result["section"] for result in results)), (
        "a section comes once"
    )


def test_verdicts_are_those_that_come_out_of_the_tables_now(results: list[dict[str, Any]]) -> None:
    fresh = claims.evaluate(claims.load(), ["T02", "D09", "P01"])
    shown = {result["id"]: result for result in results}
    for result in fresh:
        assert shown[result.id] == json.loads(json.dumps(result.to_dict()))


@pytest.mark.parametrize("name", ["index.html", "claims.html"])
def test_the_strip_counts_what_the_results_say(
    pages: dict[str, str], results: list[dict[str, Any]], name: str
) -> None:
    strip = re.findall(
        r"<strong>(\d+)</strong> <span class=\"verdict [^>]*>([^<]+)</span>", pages[name]
    )
    counts = Counter(result["verdict"] for result in results)
    assert {verdict: int(count) for count, verdict in strip} == {
        v: counts[v] for v in claims.Verdict
    }
    assert sum(int(count) for count, _ in strip) == len(results)


def test_an_entry_has_all_that_is_needed_to_decide_by_hand(
    pages: dict[str, str], results: list[dict[str, Any]]
) -> None:
    for result in results:
        told = words(entry(pages["claims.html"], result["id"]))
        needed = [
            result["statement"],
            result["verdict"],
            f"paragraph {result['paragraph']}",
            *result["caveats"],
        ]
        needed += [line["note"] for line in result["history"]]
        for part in result["parts"]:
            needed += [
                part["statement"],
                part["verdict"],
                part["stated"],
                part["would_decide"],
                part["held_by"],
            ]
            needed += [part["newest"]]
            for reading in [*part["readings"], *part["context"]]:
                needed += [
                    reading["name"],
                    reading["value"],
                    reading["period"],
                    reading["words"],
                    reading["weak"],
                ]
                needed += [
                    reading["distance"],
                    *reading["tables"],
                    reading["measure"].removeprefix("table "),
                ]
        for source in result["sources"]:
            needed += [source["citation"], source["version"]]
        for text in filter(None, needed):
            assert " ".join(text.split()) in told, f"{result['id']}: {text}"
        holding = sum(r["holds"] is True for part in result["parts"] for r in part["readings"])
        assert told.count(" holds ") + told.count(" holds)") >= holding


def test_the_page_prints_the_rules_and_thresholds_it_decides_by(pages: dict[str, str]) -> None:
    rules = words(pages["claims.html"].partition('<h2 id="rules">')[2])
    assert all(verdict in rules and means in rules for verdict, means in claims.VERDICTS.items())
    assert all(threshold in rules for threshold in claims.load().thresholds)
    assert all(text in rules for text in claims.STEPS.values())
    assert all(text in rules for text in claims.rule_texts().values())


def test_a_review_of_each_statement_is_there_for_programs(
    pages: dict[str, str], results: list[dict[str, Any]]
) -> None:
    (script,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', pages["claims.html"], re.DOTALL
    )
    reviews = json.loads(script)
    assert [review["claimReviewed"] for review in reviews] == [
        result["statement"] for result in results
    ]
    ids = set(Page(pages["claims.html"]).ids)
    for review, result in zip(reviews, results, strict=True):
        assert (review["@context"], review["@type"]) == ("https://schema.org", "ClaimReview")
        assert review["url"].partition("#")[2] in ids
        assert review["publishingPrinciples"].partition("#")[2] in ids
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", review["datePublished"])
        assert review["author"]["name"]
        rating, item = review["reviewRating"], review["itemReviewed"]
        assert rating["alternateName"] == result["verdict"]
        assert ("ratingValue" in rating) == (result["verdict"] in claims.RATING)
        if "ratingValue" in rating:
            assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
        assert item["@type"] == "Claim"
        assert "author" not in item, "no author is named who is not established"
        assert item["datePublished"] < review["datePublished"]
        assert item["appearance"]["headline"]
        assert bool(review["citation"]) == bool(result["sources"])


def test_text_cannot_break_out_of_the_page(edition: Path) -> None:
    path = edition / "trade" / "kaz-tur.json"
    found = json.loads(path.read_text(encoding="utf-8"))["claims"]
    hostile = "</script><script>alert('x')</script><img src=x onerror=alert(1)>"
    changed(path, claims=[found[0] | {"statement": hostile}, *found[1:]])
    text = edition_pages(edition)["claims.html"]
    assert hostile not in text
    assert text.count("<script") == 2
    assert "<img" not in text
    assert html.escape(hostile).replace("&#x27;", "&#39;") in text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert hostile in [review["claimReviewed"] for review in json.loads(script)]


def test_a_verdict_that_nobody_signed_is_marked(edition: Path) -> None:
    path = edition / "trade" / "kaz-tur.json"
    found = json.loads(path.read_text(encoding="utf-8"))["claims"]
    before = edition_pages(edition)["claims.html"]
    assert "A person signed another verdict" not in before
    changed(path, claims=[found[0] | {"verdict": "outdated"}, *found[1:]])
    after = entry(edition_pages(edition)["claims.html"], found[0]["id"])
    assert f"A person signed another verdict: {found[0]['signed']}" in words(after)


# -- filters --------------------------------------------------------------------------------------


def test_filters_stand_on_what_the_page_says_without_a_script(
    pages: dict[str, str], results: list[dict[str, Any]]
) -> None:
    """The script finds entries by their data and chips by their id; hiding is all it does."""
    text = pages["claims.html"]
    chips = dict(re.findall(r'<a id="(\w+=[\w-]+)" href="([^"]+)"', text))
    assert chips == {id: f"#{id}" for id in chips}
    slugs = {verdict: verdict.replace(" ", "-") for verdict in claims.Verdict}
    assert set(chips) == {f"verdict={s}" for s in slugs.values()} | {
        f"topic={topic}" for topic in data.TOPICS
    }
    for result in results:
        opening = entry(text, result["id"]).partition(">")[0]
        assert f'data-topic="{result["topic"]}"' in opening
        assert f'data-verdict="{slugs[result["verdict"]]}"' in opening
    assert re.findall(r"<(\w+)[^>]* hidden>", text) == ["p"], (
        "only the count of what is shown waits for the script"
    )


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the path: apt-get install chromium")
@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ("", {}),
        ("#verdict=imprecise", {"verdict": "imprecise"}),
        (
            "#topic=demographics&verdict=supported",
            {"topic": "demographics", "verdict": "supported"},
        ),
        ("#T05", {}),
    ],
)
def test_filters_work_from_the_address_in_a_browser(
    results: list[dict[str, Any]], tmp_path: Path, chosen: str, wanted: dict[str, str]
) -> None:
    assert CHROMIUM is not None
    switches = "--headless --no-sandbox --disable-gpu --no-first-run --disable-sync "
    switches += "--disable-background-networking"
    command = [
        CHROMIUM,
        *switches.split(),
        "--disable-component-update",
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
    ]
    address = (PUBLISHED / "claims.html").as_uri() + chosen
    text = subprocess.run(
        [*command, address], capture_output=True, text=True, timeout=120, check=False
    ).stdout
    openings = re.findall(r'<article class="claim [^>]*>', text)
    shown = [
        re.findall(r'id="(\w+)"', opening)[0] for opening in openings if "hidden" not in opening
    ]
    assert shown == [
        result["id"]
        for result in results
        if all(result[key] == value for key, value in wanted.items())
    ]
    assert f"{len(shown)} of {len(results)} statements shown" in words(text)


# -- the index ------------------------------------------------------------------------------------


def test_the_index_opens_on_the_summary_and_shows_every_standard_report(
    pages: dict[str, str],
) -> None:
    text = pages["index.html"]
    order = [text.index(f'<h2 id="{id}">') for id in ("statements", *data.TOPICS, "data")]
    assert order == sorted(order)
    for topic in data.TOPICS:
        summary = json.loads((PUBLISHED / topic / "kaz-tur.json").read_text(encoding="utf-8"))
        section = text[text.index(f'<h2 id="{topic}">') :].partition("</section>")[0]
        told = words(section)
        first = [figure for figure in summary["key_figures"] if figure["value"] is not None][:4]
        assert all(
            f"{figure['label']} {figure['text']} {figure['period']}" in told for figure in first
        )
        assert " ".join(summary["figures"][0]["title"].split()) in told
        assert len(Page(section).images) == 1
        assert f'href="{topic}/kaz-tur.html"' in section
        assert "#1f2933" not in section, "ink follows the theme of the page"


def test_the_index_names_every_source_with_its_age(pages: dict[str, str]) -> None:
    told = words(pages["index.html"].partition('<h2 id="data">')[2])
    for topic in data.TOPICS:
        summary = json.loads((PUBLISHED / topic / "kaz-tur.json").read_text(encoding="utf-8"))
        own = [table["table"] for table in summary["tables"] if table["table"].startswith(topic)]
        for source in data.sources(own).itertuples():
            assert (
                " ".join(f"{source.publisher} , {source.dataset} {source.version}".split()) in told
            )
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


def test_a_missing_report_is_said_and_its_statements_are_left_out(edition: Path) -> None:
    (edition / "defense" / "kaz-tur.json").unlink()
    pages = edition_pages(edition)
    for name in ("index.html", "claims.html"):
        assert "The report on defense of Kazakhstan and Türkiye is not in this edition" in words(
            pages[name]
        )
        assert Page(re.sub(r"<script>.*?</script>", "", pages[name], flags=re.S)).open == []
    topics = Counter(result["topic"] for result in json.loads(pages["claims.json"])["results"])
    others = Counter(claim.topic for claim in claims.load().claims if claim.topic != "defense")
    assert topics == others
    assert "defense/kaz-tur.html" not in pages["index.html"] + pages["claims.html"]


def test_an_edition_without_reports_still_has_its_pages(tmp_path: Path) -> None:
    pages = edition_pages(tmp_path)
    assert words(pages["index.html"]).count("is not in this edition") == 4
    assert json.loads(pages["claims.json"])["results"] == []


def test_other_pairs_and_periods_are_listed(edition: Path, pages: dict[str, str]) -> None:
    assert 'id="others"' not in pages["index.html"]
    source = edition / "trade" / "kaz-tur.json"
    asked = json.loads(source.read_text(encoding="utf-8"))["parameters"]
    for stem, values in {
        "aze-uzb": {"country": "AZE", "partner": "UZB"},
        "tur-kaz": {"country": "TUR", "partner": "KAZ"},
        "kaz-tur_start-2005": {"start": 2005},
    }.items():
        changed(source, edition / "trade" / f"{stem}.json", parameters=asked | values, claims=[])
    text = edition_pages(edition)["index.html"]
    told = words(text[text.index('id="others"') :])
    order = ["Kazakhstan → Türkiye start 2005", "Türkiye → Kazakhstan report"]
    places = [told.index(text) for text in [*order, "Azerbaijan → Uzbekistan report"]]
    assert places == sorted(places)
    assert all(
        f'href="trade/{stem}.html"' in text for stem in ("aze-uzb", "tur-kaz", "kaz-tur_start-2005")
    )
    whole = len(claims.load().claims)
    assert f"{whole} statements" in words(text), "statements are those of the article's pair alone"
