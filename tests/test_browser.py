"""Pages as a browser shows them: accessible, usable with the keyboard, without any request."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from turkic_ties.topics import TOPICS

axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-core")

PUBLISHED = Path(__file__).parents[1] / "reports"
LOOKS: dict[str, dict[str, Any]] = {
    "light desktop": {
        "color_scheme": "light",
        "viewport": {"width": 1280, "height": 900},
    },
    "dark phone": {
        "color_scheme": "dark",
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
    },
    "no scripts": {"java_script_enabled": False},
}
OPEN_ALL = "document.querySelectorAll('details').forEach(folded => { folded.open = true })"
VIOLATIONS = {"resultTypes": ["violations"]}  # all of them, and not all that is well


@pytest.fixture(scope="module")
def heard() -> list[str]:
    """Collect addresses of requests and errors of scripts."""
    return []


@pytest.fixture(scope="module")
def tab(browser: Any, heard: list[str]) -> Callable[[str], Any]:
    """Give one tab for each look: to open one takes longer than to load a page."""

    @functools.cache
    def tab(look: str) -> Any:
        opened = browser.new_context(**LOOKS[look]).new_page()
        opened.on("request", lambda request: heard.append(request.url))
        opened.on("pageerror", lambda error: heard.append(str(error)))
        return opened

    return tab


@pytest.fixture
def visit(tab: Callable[[str], Any], heard: list[str]) -> Iterator[Callable[..., Any]]:
    """Open a published page; at the end nothing was requested and no script failed."""
    heard.clear()

    def open_page(name: str, look: str = "light desktop") -> Any:
        tab(look).goto((PUBLISHED / f"{name}.html").as_uri())
        return tab(look)

    yield open_page
    assert [each for each in heard if not each.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("index", "light desktop"),
        ("index", "dark phone"),
        ("changes", "dark phone"),
        ("about", "light desktop"),
        ("articles/subtle-cooperation", "light desktop"),
        ("language_policy/kaz-tur", "dark phone"),
        ("trade/kaz-tur", "light desktop"),
    ],
)
def test_axe_has_nothing_to_say(visit: Callable[..., Any], name: str, look: str) -> None:
    page = visit(name, look)
    if look == "dark phone":
        page.evaluate(OPEN_ALL)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, "nothing but what scrolls is wider than the screen"
        touching = "[...document.querySelectorAll('.both th, .both td, .cards > *')].filter("
        touching += "cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)"
        assert page.evaluate(touching) == [], "no long word reaches into the next figure"
    violations = axe_api.Axe().run(page, options=VIOLATIONS).response["violations"]
    found = {(v["id"], n["html"][:200]) for v in violations for n in v["nodes"]}
    assert found == set()


def test_the_first_stop_of_the_keyboard_skips_to_the_text(visit: Callable[..., Any]) -> None:
    page = visit("trade/kaz-tur")
    focused = "document.activeElement.textContent.trim()"
    stops = []
    for _ in range(6):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(focused))
    assert stops[0] == "Skip to the text"
    assert stops[1:6] == ["Turkic Ties", "All reports", "Articles", "What changed", "About"]
    page.reload()
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box()["y"] >= 0, "it can be seen once it has the focus"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_switcher_leads_to_the_other_topics_of_the_pair(visit: Callable[..., Any]) -> None:
    page = visit("trade/kaz-tur")
    for topic in (*TOPICS[1:], TOPICS[0]):
        page.locator(".switcher").get_by_role("link", name=topic.replace("_", " ")).first.click()
        expect(page).to_have_url(re.compile(f"{topic}/kaz-tur.html$"))
        assert page.locator("h1").count() == 1


def test_print_opens_what_matters_and_leaves_navigation_out(visit: Callable[..., Any]) -> None:
    page = visit("trade/kaz-tur")
    processing = page.locator(".sources details p").first
    assert not processing.is_visible()
    page.emulate_media(media="print")
    assert processing.evaluate("e => e.getBoundingClientRect().height") > 0
    assert not page.locator(".switcher").is_visible()
    assert page.locator("details.code pre").first.evaluate("e => e.offsetHeight") == 0
    page.emulate_media(media="null")


def test_motion_is_left_out_for_readers_who_ask_for_it(visit: Callable[..., Any]) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    page = visit("about")
    assert page.evaluate(behaviour) == "smooth"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(behaviour) == "auto"
    page.emulate_media(reduced_motion="null")


def test_a_page_reads_without_scripts(visit: Callable[..., Any]) -> None:
    page = visit("articles/subtle-cooperation", "no scripts")
    assert page.locator("article.claim").first.is_visible()
    assert re.search(r"\d", page.locator("main").inner_text())


def test_the_search_finds_reports_and_statements_in_any_spelling(
    visit: Callable[..., Any],
) -> None:
    page = visit("index")
    page.get_by_label("Search reports and statements").fill("turkiye DEFENSE")
    found, hits = page.locator("#found a"), page.locator("#hits")
    expect(found.first).to_have_attribute("href", "defense/kaz-tur.html")
    expect(hits).to_have_text(re.compile("found$"))
    page.locator("#words").fill("Қазақстан сауда xyz")
    expect(hits).to_have_text("0 found")
    expect(found).to_have_count(0)
    page.locator("#words").fill("T02")
    expect(found.first).to_have_attribute("href", re.compile("#T02"))
    page.locator("#words").fill("<img src=x>")
    expect(hits).to_have_text("0 found")
    assert page.locator("#found img").count() == 0
