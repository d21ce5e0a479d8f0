"""The pages of articles: complete, to be decided by hand, without requests."""

from __future__ import annotations

import html
import json
import math
import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import sync_playwright
from test_reports import Page

from turkic_ties import articles, claims, data
from turkic_ties.claims.verdicts import plain
from turkic_ties.reports.articles import OUTCOMES, make
from turkic_ties.reports.summaries import article, read
from turkic_ties.topics import TOPICS

PROJECT = Path(__file__).parents[1]
PUBLISHED = PROJECT / "reports"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
STEM = f"articles/{articles.STANDARD}"


@pytest.fixture(scope="module")
def results(evaluated_article: list[claims.Result]) -> list[dict[str, Any]]:
    return sorted((result.to_dict() for result in evaluated_article), key=claims.place)


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


# -- for people -----------------------------------------------------------------------------------


def unfolded(markup: str) -> str:
    """Read what is open when the page is opened."""
    folded = r'<details class="how">.*?</details>\n</article>'
    return words(re.sub(folded, " </article>", markup, flags=re.DOTALL))


def test_a_statement_opens_with_a_sentence_and_the_verdict_in_words(
    page: str, results: list[dict[str, Any]]
) -> None:
    for result in results:
        told = unfolded(entry(page, result["id"]))
        assert result["statement"] in told
        assert f"{result['answer']} {OUTCOMES[result['verdict']]}." in told
        assert 1 <= result["answer"].count(".") - len(re.findall(r"\d\.\d", result["answer"])) <= 2
        assert len(result["answer"]) <= 260, result["id"]
        assert all(caveat in told for caveat in result["caveats"])


def test_what_only_experts_read_is_folded(page: str) -> None:
    told = unfolded(page.partition('<h2 id="rules">')[0])
    codes = r"\b(KAZ|TUR|AZE|UZB|KGZ|TKM|RUS|CHN|USA)\b"
    for jargon in ("Mann–Kendall", r"\bp = ", r"\d rank\b", "nearest:", codes):
        assert re.findall(jargon, told) == []
    assert not re.search(r"\d\.\d{4}", told), "three digits are enough"


def test_an_answer_takes_values_from_the_readings(tmp_path: Path) -> None:
    text = claims.new("UZB", "KAZ")
    path = tmp_path / "mine.yml"

    def answered(answer: str) -> str:
        line = f"kind: level\n  answer: '{answer}'"
        path.write_text(text.replace("kind: level", line), encoding="utf-8")
        [result] = claims.evaluate(claims.load(path))
        return result.answer

    assert answered("It was {1}.") == "It was 1.42 billion US dollars."
    with pytest.raises(claims.ClaimError, match="A1, answer: there is no reading 2"):
        answered("It was {2}.")
    assert answered("{1.__class__}") == "no data"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "", "no data"),
        ("2022-05-10", "", "10 May 2022"),
        ("TUR", "", "Türkiye"),
        (0.40622, "share", "40.6 percent"),
        (4.0, "rank", "4th"),
        (1.0, "orders", "1 order"),
        (
            pd.Series({2022: 49.681, 2023: 31.77}),
            "percent of x",
            "49.7 percent in 2022, 31.8 percent in 2023",
        ),
        (
            pd.Series({"KAZ": 1.0, "TUR": 4.0, "AZE": 3.0, "UZB": 2.0}),
            "",
            "Türkiye 4, Azerbaijan 3, Uzbekistan 2 and 1 more",
        ),
        (pd.Series({"KAZ": math.nan}), "", "no data"),
    ],
)
def test_values_are_written_for_readers(value: Any, unit: str, text: str) -> None:
    assert plain(value, unit) == text


def test_a_yearly_series_that_decides_is_drawn(page: str) -> None:
    assert 'aria-label="1989 to 2021: lowest in 2021, highest in 1989"' in entry(page, "P04")
    assert 'class="trend"' not in entry(page, "T01")


FILTERS: dict[str, dict[str, str]] = {
    "#verdict=imprecise": {"verdict": "imprecise"},
    "#topic=demographics&verdict=supported": {"topic": "demographics", "verdict": "supported"},
    "#T05": {},
    "": {},
}


@pytest.fixture(scope="module")
def browsed(page: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, str]]:
    """Give the page as a browser prints it, and its markup at each address."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the path: apt-get install chromium")
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page, encoding="utf-8")
    markup = {}
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        for chosen in FILTERS:
            tab.goto("about:blank")  # or the page would not be loaded again
            tab.goto(path.as_uri() + chosen)
            markup[chosen] = tab.content()
        margin = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
        printed = tab.pdf(margin=margin, print_background=True)
        browser.close()
    return printed, markup


def test_a_printed_page_has_under_fifteen_sheets(browsed: tuple[bytes, dict[str, str]]) -> None:
    assert 1 < len(re.findall(rb"/Type\s*/Page[^s]", browsed[0])) < 15


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


@pytest.mark.parametrize(("chosen", "wanted"), FILTERS.items())
def test_filters_work_from_the_address_in_a_browser(
    browsed: tuple[bytes, dict[str, str]],
    results: list[dict[str, Any]],
    chosen: str,
    wanted: dict[str, str],
) -> None:
    text = browsed[1][chosen]
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


# -- all articles ---------------------------------------------------------------------------------

COLLECTED = [slug for slug in articles.find()[0] if slug != articles.STANDARD]


@pytest.mark.parametrize("slug", COLLECTED)
def test_every_article_comes_to_the_verdicts_it_signs(slug: str) -> None:
    registry = claims.load(slug)
    assert len(registry.claims) >= 6
    assert claims.check(registry) == []


@pytest.mark.parametrize("slug", COLLECTED)
def test_what_was_said_is_a_row_with_its_address_and_date(slug: str) -> None:
    rows = data.load("trade/statements")[["title", "url", "date", "value"]]
    events = data.load("defense/events")
    for claim in claims.load(slug).claims:
        assert claim.said
        said = rows[(rows["url"] == claim.said.url) & (rows["date"] == claim.said.date)]
        if said.empty:
            dated = events["source_date"].astype("string") == claim.said.date
            assert len(events[(events["url"] == claim.said.url) & dated]), claim.id
            continue
        assert claim.said.title in set(said["title"]), claim.id
        scales = {"billion": 1e9, "million": 1e6}
        for part in claim.parts:
            assert part.stated
            scale = scales.get(part.stated.unit.partition(" ")[0], 1)
            value = float(part.stated.value) * scale
            # 33 percent and 8.9 percent are in the notes of their rows.
            assert value in (33, 8.9) or any(abs(said["value"] - value) < 1e-6 * abs(value)), (
                claim.id
            )


# -- what goes wrong ------------------------------------------------------------------------------


def test_names_that_are_none_for_a_page_are_named(data_copy: Path, ties: Any) -> None:
    folder = data_copy / articles.FOLDER
    text = (folder / "officials-on-trade.yml").read_text(encoding="utf-8")
    for name in ("Two Words.yml", "officials-on-trade.yaml", ".hidden.yml", "notes.txt"):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "a-folder.yml").mkdir()
    os.mkfifo(folder / "a-pipe.yml")
    found, problems = articles.find()
    assert set(found) == {"azerbaijan-and-turkiye", "officials-on-trade", "subtle-cooperation"}
    no_files = {"a-folder.yml", "a-pipe.yml"}
    assert set(problems) == {"Two Words.yml", "officials-on-trade.yml"} | no_files
    assert "are both named 'officials-on-trade'" in problems["officials-on-trade.yml"]
    answer = ties("claims")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("article: {title: T, country: UZB, partner: KAZ}\nclaims: []\n", ("UZB", "KAZ")),
        ("claims: []\narticle:\n  country: UZB\n  partner: KAZ # no: TUR\n", ("UZB", "KAZ")),
        ('{"article": {"country": "UZB", "partner": "KAZ"}}', ("UZB", "KAZ")),
        ("article: {country: UZB}\n", None),
        ("article: [", None),
        ("", None),
        ("claims: []\n", None),
    ],
)
def test_the_pair_is_read_without_the_rest(tmp_path: Path, text: str, pair: Any) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    assert articles.pair(path) == pair


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("partner: KAZ}", "partner: UZB}", "country and partner are both UZB"),
        ("partner: KAZ}", "partner: Narnia}", "Narnia"),
        (
            "locator: {section: Opening, paragraph: 1, sentence: 1}",
            "",
            "either 'locator' or 'said'",
        ),
        (
            "locator: {section: Opening, paragraph: 1, sentence: 1}",
            "said: {by: A, title: T, url: 'javascript:alert(1)', date: '2024'}",
            "A1, said, url",
        ),
        (
            "locator: {section: Opening, paragraph: 1, sentence: 1}",
            "said: {by: A, title: T, url: 'https://example.org/', date: '2024-13'}",
            "A1, said, date",
        ),
    ],
)
def test_a_slip_in_the_new_parts_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = claims.new("UZB", "KAZ")
    head = "article: {title: T, date: '2024', country: UZB, partner: KAZ}\n\nclaims:\n"
    text = head + text.partition("claims:\n")[2]
    assert old in text
    path = tmp_path / "mine.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(claims.ClaimError, match=re.escape(message)) as error:
        claims.load(path)
    assert "\n" not in str(error.value)


def test_measures_that_give_no_number_are_named(tmp_path: Path) -> None:
    text = claims.new("KAZ", "TUR")
    compute = "measure: trade.gravity\n        scale: 1\n      unit"
    path = tmp_path / "mine.yml"
    path.write_text(
        re.sub(r"measure: trade.bilateral.*?unit", compute, text, flags=re.DOTALL), encoding="utf-8"
    )
    with pytest.raises(claims.ClaimError, match="gives no number but a Gravity"):
        claims.evaluate(claims.load(path))


@pytest.mark.parametrize("text", ["{", "[]", '{"results": [], "tables": []}', '{"results": 1}'])
def test_a_damaged_page_for_programs_is_taken_for_missing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.json"
    assert article(path) is None
    path.write_text(text, encoding="utf-8")
    assert article(path) is None


def test_the_page_for_programs_has_all_of_it(written: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(written[f"{STEM}.json"], encoding="utf-8")
    content = article(path)
    assert content
    assert content["slug"] == articles.STANDARD
    assert (
        len(content["results"])
        == len(content["reviews"])
        == sum(entry["count"] for entry in content["scale"])
    )
    assert {table["table"] for table in content["tables"]} == {
        table for result in content["results"] for table in result["tables"]
    }
