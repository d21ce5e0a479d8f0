"""The pages of articles: complete, to be decided by hand, without requests."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from test_reports import Page

from turkic_ties import articles, claims
from turkic_ties.reports.articles import make
from turkic_ties.reports.summaries import read
from turkic_ties.topics import TOPICS

PROJECT = Path(__file__).parents[1]
PUBLISHED = PROJECT / "reports"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
STEM = f"articles/{articles.STANDARD}"


@pytest.fixture(scope="module")
def registry() -> claims.Registry:
    return claims.load()


@pytest.fixture(scope="module")
def results(registry: claims.Registry) -> list[dict[str, Any]]:
    found = [result.to_dict() for result in claims.evaluate(registry)]
    return sorted(found, key=claims.place)


@pytest.fixture(scope="module")
def written(registry: claims.Registry, results: list[dict[str, Any]]) -> dict[str, str]:
    summaries = {topic: read(PUBLISHED / topic / "kaz-tur.json") for topic in TOPICS}
    return make(registry, results, {topic: each for topic, each in summaries.items() if each})


@pytest.fixture(scope="module")
def page(written: dict[str, str]) -> str:
    return written[f"{STEM}.html"]


def words(markup: str) -> str:
    """Read a page as a person does: no markup, no scripts, single spaces."""
    markup = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def entry(page: str, id: str) -> str:
    found = re.search(rf'<article class="claim [^>]*id="{id}".*?</article>', page, re.DOTALL)
    assert found, id
    return found.group()


# -- the statements -------------------------------------------------------------------------------


def test_all_statements_stand_once_in_the_order_of_the_article(
    page: str, results: list[dict[str, Any]]
) -> None:
    registry = claims.load()
    place = {
        claim.id: (claim.locator.paragraph, claim.locator.sentence) for claim in registry.claims
    }
    shown = re.findall(r'<article class="claim [^>]*id="(\w+)"', page)
    assert sorted(shown) == sorted(place)
    assert [place[id] for id in shown] == sorted(place.values())
    assert shown == [result["id"] for result in results]
    headings = re.findall(r'<h2 id="section-\d+">(.*?)</h2>', page)
    assert headings == list(dict.fromkeys(result["section"] for result in results)), (
        "a section comes once"
    )


def test_the_strip_counts_what_the_results_say(page: str, results: list[dict[str, Any]]) -> None:
    strip = re.findall(r"<strong>(\d+)</strong> <span class=\"verdict [^>]*>([^<]+)</span>", page)
    counts = Counter(result["verdict"] for result in results)
    assert {verdict: int(count) for count, verdict in strip} == {
        v: counts[v] for v in claims.Verdict
    }
    assert sum(int(count) for count, _ in strip) == len(results)


def test_an_entry_has_all_that_is_needed_to_decide_by_hand(
    page: str, results: list[dict[str, Any]]
) -> None:
    for result in results:
        told = words(entry(page, result["id"]))
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


def test_the_page_prints_the_rules_and_thresholds_it_decides_by(page: str) -> None:
    rules = words(page.partition('<h2 id="rules">')[2])
    assert all(verdict in rules and means in rules for verdict, means in claims.VERDICTS.items())
    assert all(threshold in rules for threshold in claims.load().thresholds)
    assert all(text in rules for text in claims.STEPS.values())
    assert all(text in rules for text in claims.rule_texts().values())


def test_a_review_of_each_statement_is_there_for_programs(
    page: str, results: list[dict[str, Any]]
) -> None:
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    reviews = json.loads(script)
    assert [review["claimReviewed"] for review in reviews] == [
        result["statement"] for result in results
    ]
    ids = set(Page(page).ids)
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
        assert item["datePublished"] <= review["datePublished"]
        assert item["appearance"]["headline"]
        assert bool(review["citation"]) == bool(result["sources"])


def test_text_cannot_break_out_of_the_page(
    registry: claims.Registry, results: list[dict[str, Any]]
) -> None:
    hostile = "</script><script>alert('x')</script><img src=x onerror=alert(1)>"
    text = make(registry, [results[0] | {"statement": hostile}], {})[f"{STEM}.html"]
    assert hostile not in text
    assert text.count("<script") == 2
    assert "<img" not in text
    assert html.escape(hostile).replace("&#x27;", "&#39;") in text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert [review["claimReviewed"] for review in json.loads(script)] == [hostile]


def test_a_verdict_that_nobody_signed_is_marked(
    page: str, registry: claims.Registry, results: list[dict[str, Any]]
) -> None:
    assert "A person signed another verdict" not in page
    after = make(registry, [results[0] | {"verdict": "outdated"}], {})[f"{STEM}.html"]
    assert f"A person signed another verdict: {results[0]['signed']}" in words(after)


# -- filters --------------------------------------------------------------------------------------


def test_filters_stand_on_what_the_page_says_without_a_script(
    page: str, results: list[dict[str, Any]]
) -> None:
    """The script finds entries by their data and chips by their id; hiding is all it does."""
    text = page
    chips = dict(re.findall(r'<a id="(\w+=[\w-]+)" href="([^"]+)"', text))
    assert chips == {id: f"#{id}" for id in chips}
    slugs = {verdict: verdict.replace(" ", "-") for verdict in claims.Verdict}
    assert set(chips) == {f"verdict={s}" for s in slugs.values()} | {
        f"topic={topic}" for topic in TOPICS
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
    page: str, results: list[dict[str, Any]], tmp_path: Path, chosen: str, wanted: dict[str, str]
) -> None:
    assert CHROMIUM is not None
    switches = "--headless --no-sandbox --disable-gpu --no-first-run --disable-sync "
    switches += "--disable-background-networking"
    command = [
        CHROMIUM,
        *switches.split(),
        "--disable-component-update",
        f"--user-data-dir={tmp_path / 'user'}",
        "--dump-dom",
    ]
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    address = (tmp_path / "page.html").as_uri() + chosen
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
