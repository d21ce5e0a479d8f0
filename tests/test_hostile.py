"""Text from data stays text: on every page, in every place, also where it looks like code."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from nbformat import NotebookNode, v4
from playwright.sync_api import sync_playwright

from turkic_ties import claims, countries, data, show
from turkic_ties.reports.changes import LOG, Change, as_lines
from turkic_ties.reports.pages import edition_pages
from turkic_ties.reports.plan import plan
from turkic_ties.reports.render import render
from turkic_ties.reports.shell import SCRIPT, TEMPLATES, policy
from turkic_ties.theme import link

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HOSTILE = (
    "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
    "<a href='javascript:alert(3)'>x</a>\"'`$1$ [y](javascript:alert(4)) <svg onload=alert(5)> &lt;"
)
ADDRESSES = ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "//x"]
FIGURE = (TEMPLATES / "report" / "figure.html.j2").read_text(encoding="utf-8")


def hostile(value: Any) -> Any:
    """Put a hostile text in the place of every text; identifiers and kinds keep theirs."""
    kept = {"kind", "id", "html", "csv", "topic", "verdict", "signed", "hash", "tables", "table"}
    kept |= {"reviewed", "as_of", "url"}
    if isinstance(value, dict):
        return {key: v if key in kept else hostile(v) for key, v in value.items()}
    if isinstance(value, list):
        return [hostile(item) for item in value]
    return f"{value} {HOSTILE}" if isinstance(value, str) else value


class Parts(HTMLParser):
    """Collect what a browser would act on."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.addresses += [str(v) for name, v in attrs if name in ("href", "src", "xlink:href")]


def check(page: str) -> None:
    parts = Parts(page)
    assert not parts.elements & {"iframe", "object", "embed", "base"}
    assert page.count("<form") == page.count('<form id="search"') <= 1
    rels = re.findall(r"<link rel=\"(\w+)\"", page)
    assert len(rels) == page.count("<link")
    assert set(rels) <= {"icon", "alternate", "canonical"}, "a browser fetches none of these"
    assert parts.handlers == []
    schemes = {match[0] for a in parts.addresses if (match := re.match(r"\s*[\w+.-]+:", a.lower()))}
    assert schemes <= {"https:", "http:", "mailto:", "data:"}
    scripts = re.findall(r"<script(?: [^>]*)?>", page)
    data = {'application/ld+json">', 'application/json" id="titles">'}
    assert set(scripts) <= {"<script>", *(f'<script type="{kind}' for kind in data)}
    assert "alert(" not in "".join(SCRIPT.findall(page))
    assert page.count("http-equiv") == 1
    assert f'content="{policy()}"'.replace("'", "&#39;") in page


def shown(monkeypatch: pytest.MonkeyPatch) -> list[NotebookNode]:
    """Show one output of every kind with hostile texts."""
    found: list[NotebookNode] = []
    monkeypatch.setattr(
        show, "display", lambda bundle, raw: found.append(v4.new_output("display_data", bundle))
    )
    stored = nbformat.read(TEMPLATES.parents[3] / "notebooks" / "trade.ipynb", as_version=4)
    kinds: dict[str, Any] = {}
    for cell in stored.cells:
        for output in cell.get("outputs", []):
            bundle = output.get("data", {}).get(show.MIME_TYPE)
            if bundle:
                kinds.setdefault(bundle["kind"], (bundle, output["data"]))
    assert set(kinds) >= {"key_figures", "finding", "figure", "table", "claims", "sources"}
    for bundle, shown_as in kinds.values():
        found.append(v4.new_output("display_data", {**shown_as, show.MIME_TYPE: hostile(bundle)}))
    show.finding(HOSTILE)
    show.unavailable(HOSTILE)
    show.key_figures([show.KeyFigure("k", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)])
    frame = pd.DataFrame({HOSTILE: [HOSTILE]})
    show.table(frame, id="t", title=HOSTILE, subtitle=HOSTILE, source=HOSTILE)
    for address in data.addresses():
        fields = data.resource(address)["schema"]["fields"]
        texts = [field["name"] for field in fields if field["type"] == "string"]
        rows = pd.DataFrame({name: [HOSTILE] for name in texts})
        show.table(rows, id=address, title=HOSTILE, subtitle=HOSTILE, source=HOSTILE)
    # Room for the texts, whatever settings another test has left.
    fig, ax = plt.subplots(figsize=(40, 40))
    ax.plot([0, 1], [0, 1], label=f"{HOSTILE} $")
    ax.set(title=HOSTILE, ylabel=HOSTILE)
    ax.legend()
    texts = dict.fromkeys(("title", "subtitle", "source", "alt"), HOSTILE)
    show.figure(fig, id="f", values=pd.DataFrame({HOSTILE: [HOSTILE]}), **texts)
    found.append(v4.new_output("stream", text=HOSTILE))
    found.append(v4.new_output("display_data", {"text/plain": HOSTILE}))
    found.append(v4.new_output("display_data", {"image/png": "iVBOR", "text/plain": HOSTILE}))
    found.append(v4.new_output("display_data", {"image/svg+xml": "<svg onload='alert(1)'/>"}))
    found.append(v4.new_output("display_data", {HOSTILE: "x"}))
    return found


def rendered_with(outputs: list[NotebookNode], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(countries, "name", lambda iso3, lang="en": f"{iso3} {HOSTILE}")
    (report,) = plan(["demographics"], {"group": HOSTILE[:40]})
    report = replace(report, topic="trade")
    cell = v4.new_code_cell(f"show.finding({HOSTILE!r})", outputs=outputs)
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# Trade"), cell])
    return render(report, notebook)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return rendered_with(shown(monkeypatch), monkeypatch)


def test_no_text_of_a_report_is_run_or_loaded(rendered: dict[str, str]) -> None:
    check(rendered["html"])
    assert rendered["html"].count("<script") == len(SCRIPT.findall(FIGURE)) == 1
    assert rendered["html"].count("<h1") == 1
    assert "alert(1)" in rendered["html"], "the text itself is there"


def test_no_text_of_a_summary_is_run_or_loaded_on_the_pages_of_the_edition(
    rendered: dict[str, str], tmp_path: Path
) -> None:
    pages = edition_with(rendered, tmp_path)
    assert "alert(1)" in pages["index.html"]
    for name, page in pages.items():
        if name.endswith(".html"):
            check(page)


def edition_with(rendered: dict[str, str], folder: Path) -> dict[str, str]:
    (folder / "trade").mkdir(parents=True)
    summary = json.loads(rendered["json"])
    results = claims.evaluate(claims.load(), ["T02", "D09"])
    summary["claims"] = hostile(json.loads(json.dumps([result.to_dict() for result in results])))
    for source in summary["sources"]:
        source["url"] = ADDRESSES[0]
        source["tables"] = "trade/bilateral_trade"
    (folder / "trade" / "kaz-tur.json").write_text(json.dumps(summary), encoding="utf-8")
    change = Change(HOSTILE, "verdict", HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,))
    lines = as_lines([], "2026-01-01T00:00:00+00:00", [change])
    (folder / LOG).write_text(lines, encoding="utf-8")
    return edition_pages(folder)


def live(pages: dict[str, str], folder: Path) -> dict[str, Counter[str]]:
    """Open pages in a browser: count elements, handlers, schemes, requests and dialogs."""
    found: dict[str, Counter[str]] = {}
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, page in pages.items():
            (folder / name).write_text(page, encoding="utf-8")
            asked: list[str] = []
            tab = browser.new_page()
            tab.on("request", lambda request, asked=asked: asked.append(request.url[:60]))
            tab.on("dialog", lambda dialog, asked=asked: asked.append(dialog.message))
            tab.goto((folder / name).as_uri())
            found[name] = Counter([*tab.evaluate(LOOK), tab.title() == "run"])
            assert {url for url in asked if not url.startswith("data:")} == {
                (folder / name).as_uri()[:60]
            }
        browser.close()
    return found


LOOK = """() => [...document.querySelectorAll(':not(g, path, use, defs)')].filter(
    element => element.tagName != 'SPAN' || element.attributes.length  // those of dollars
).flatMap(element => [
    element.tagName,
    ...[...element.attributes].map(each => each.name).filter(name => name.startsWith('on')),
    ...(typeof element.href == 'string' && element.href ? [new URL(element.href).protocol] : []),
])"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the path: apt-get install chromium")
def test_a_browser_finds_nothing_on_hostile_pages_that_is_not_on_harmless_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for text in (HOSTILE, "harmless"):
        monkeypatch.setattr(sys.modules[__name__], "HOSTILE", text)
        rendered = rendered_with(shown(monkeypatch), monkeypatch)
        folder = tmp_path / text[:3].strip("<")
        pages = {"report.html": rendered["html"], **edition_with(rendered, folder)}
        attack = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
        pages["attacked.html"] = pages["report.html"].replace("</main>", attack + "</main>")
        htmls = {name: page for name, page in pages.items() if name.endswith(".html")}
        found.append(live(htmls, folder))
    hostile_ones, harmless_ones = found
    assert len(hostile_ones) > 4
    assert hostile_ones == harmless_ones
    assert not any(counts[True] for counts in hostile_ones.values()), "a script changed the title"


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_addresses_of_the_web_and_of_mail_are_links(address: str) -> None:
    assert "<a" not in link(address)
    assert link("https://example.org/?a=1&b=2", "x<y") == (
        '<a href="https://example.org/?a=1&amp;b=2">x&lt;y</a>'
    )


def test_the_policy_allows_our_scripts_by_their_hashes() -> None:
    allowed = policy().partition("script-src ")[2].partition(";")[0].split()
    pages = [
        (TEMPLATES / "pages" / f"{page}.html.j2").read_text("utf-8")
        for page in ("article", "index")
    ]
    for text in [*pages, FIGURE]:
        (script,) = SCRIPT.findall(text)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in allowed
    assert all(source.startswith("'sha256-") for source in allowed)
    assert "default-src 'none'" in policy()
