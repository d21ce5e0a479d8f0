"""Text from data stays text: on every page, in every place, also where it looks like code."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
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
import yaml
from nbformat import NotebookNode, v4
from tiny_data import SOURCE, field, tiny_data

from turkic_ties import claims, countries, data, show, topics
from turkic_ties.reports.articles import make
from turkic_ties.reports.changes import LOG, Change, as_lines
from turkic_ties.reports.pages import edition_pages
from turkic_ties.reports.plan import plan
from turkic_ties.reports.render import render
from turkic_ties.reports.shell import SCRIPT, TEMPLATES, policy
from turkic_ties.theme import link

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


def package_and_article(folder: Path) -> Path:
    """Write a package and an article of hostile texts: the article rests on the package."""
    day = datetime.date(2026, 1, 1)
    texts = ("title", "publisher", "dataset", "version", "citation", "processing")
    terms = {**SOURCE["license"], "name": HOSTILE}
    source = SOURCE | dict.fromkeys(texts, HOSTILE) | {"license": terms, "warnings": [HOSTILE]}
    about = {"title": HOSTILE, "description": HOSTILE}
    columns = [field("id") | about, field("x", "integer") | about | {"unit": HOSTILE}]
    corrected = {"action": "replace", "column": "x", "expected": 0, "value": 1}
    corrected |= {"table": "trade/tiny", "match": {"id": HOSTILE}}
    tiny_data(
        folder,
        pd.DataFrame({"id": [HOSTILE], "x": [0]}).to_csv(index=False, lineterminator="\n"),
        columns,
        corrections=[corrected | dict.fromkeys(("id", "reason", "reference"), HOSTILE)],
        sources=[source],
        licenses=[{"name": HOSTILE, "title": HOSTILE}],
        **about,
    )
    compute = {"table": "trade/tiny", "where": {"id": HOSTILE}, "column": "x"}
    reading = {"name": HOSTILE, "unit": HOSTILE, "distance": HOSTILE, "compute": compute}
    decided = {"readings": [reading | {"rule": {"at_least": {"value": 1}}}], "context": [reading]}
    open_ = dict.fromkeys(("reason", "would_decide", "held_by"), HOSTILE)
    claim: dict[str, Any] = {"kind": "level", "topic": "trade", "statement": HOSTILE}
    claim |= {"answer": HOSTILE, "caveats": [HOSTILE], "reviewed": day}
    signed = {"date": day, "note": HOSTILE}
    first = {"verdict": "supported", "history": [signed | {"verdict": "supported"}]}
    second = {"verdict": "not rated", "history": [signed | {"verdict": "not rated"}]}
    first |= {"id": "A1", "parts": [decided]}
    first |= {"locator": {"section": HOSTILE, "paragraph": 1, "sentence": 1}}
    second |= {"id": "A2", "parts": [{"undecided": open_ | {"verdict": "not rated"}}]}
    second |= {"said": {"by": HOSTILE, "title": HOSTILE, "url": "https://x.org/", "date": day}}
    article = dict.fromkeys(("title", "author", "posted_by", "outlet", "date_note"), HOSTILE)
    article |= {"date": day, "country": "UZB", "partner": "KAZ"}
    path = folder / "articles" / "mine.yml"
    path.parent.mkdir()
    written = {"article": article, "claims": [claim | first, claim | second]}
    path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return path


def article_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Show the hostile package and article, and write the page of the article."""
    with monkeypatch.context() as patched:
        patched.setenv("TURKIC_TIES_DATA", str(folder))
        registry = claims.load(package_and_article(folder))
        results = [result.to_dict() for result in claims.evaluate(registry)]
        show.sources(["trade/tiny"])
        show.claims(results, registry.article.cited)
        rows, source = data.load("trade/tiny"), data.credit("trade/tiny")
        show.table(rows, id="tiny", title=HOSTILE, subtitle=HOSTILE, source=source)
        return {name.replace("/", "-"): page for name, page in make(registry, results, {}).items()}


def rendered_with(outputs: list[NotebookNode], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(topics, "describe", lambda name: topics.Topic(HOSTILE, 1, HOSTILE))
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
    statements: list[dict[str, Any]], rendered: dict[str, str], tmp_path: Path
) -> None:
    pages = edition_with(rendered, statements, tmp_path)
    assert "alert(1)" in pages["index.html"]
    for name, page in pages.items():
        if name.endswith(".html"):
            check(page)


@pytest.fixture(scope="module")
def statements() -> list[dict[str, Any]]:
    """Evaluate two statements, before any text is hostile."""
    results = claims.evaluate(claims.load(), ["T02", "D09"])
    return [json.loads(json.dumps(result.to_dict())) for result in results]


def edition_with(
    rendered: dict[str, str], statements: list[dict[str, Any]], folder: Path
) -> dict[str, str]:
    (folder / "trade").mkdir(parents=True)
    summary = json.loads(rendered["json"])
    summary["claims"] = hostile(statements)
    for source in summary["sources"]:
        source["url"] = ADDRESSES[0]
        source["tables"] = "trade/bilateral_trade"
    (folder / "trade" / "kaz-tur.json").write_text(json.dumps(summary), encoding="utf-8")
    change = Change(HOSTILE, "verdict", HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,))
    lines = as_lines([], "2026-01-01T00:00:00+00:00", [change])
    (folder / LOG).write_text(lines, encoding="utf-8")
    return edition_pages(folder)


def live(pages: dict[str, str], folder: Path, browser: Any) -> dict[str, Counter[str]]:
    """Open pages in a browser: count elements, handlers, schemes, requests and dialogs."""
    found: dict[str, Counter[str]] = {}
    asked: list[str] = []
    tab = browser.new_page()
    tab.on("request", lambda request: asked.append(request.url[:60]))
    tab.on("dialog", lambda dialog: asked.append(dialog.message))
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8")
        asked.clear()
        tab.goto((folder / name).as_uri())
        found[name] = Counter([*tab.evaluate(LOOK), tab.title() == "run"])
        assert {url for url in asked if not url.startswith("data:")} == {
            (folder / name).as_uri()[:60]
        }
    return found


LOOK = """() => [...document.querySelectorAll(':not(g, path, use, defs)')].filter(
    element => element.tagName != 'SPAN' || element.attributes.length  // those of dollars
).flatMap(element => [
    element.tagName,
    ...[...element.attributes].map(each => each.name).filter(name => name.startsWith('on')),
    ...(typeof element.href == 'string' && element.href ? [new URL(element.href).protocol] : []),
])"""


def test_a_browser_finds_nothing_on_hostile_pages_that_is_not_on_harmless_ones(
    statements: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    browser: Any,
) -> None:
    found = []
    for text in (HOSTILE, "harmless"):
        monkeypatch.setattr(sys.modules[__name__], "HOSTILE", text)
        folder, outputs = tmp_path / text[:3].strip("<"), shown(monkeypatch)
        pages = article_of(folder / "data", monkeypatch)
        rendered = rendered_with(outputs, monkeypatch)
        pages |= {"report.html": rendered["html"], **edition_with(rendered, statements, folder)}
        attack = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
        pages["attacked.html"] = pages["report.html"].replace("</main>", attack + "</main>")
        htmls = {name: page for name, page in pages.items() if name.endswith(".html")}
        found.append(live(htmls, folder, browser))
    hostile_ones, harmless_ones = found
    assert len(hostile_ones) > 5
    assert hostile_ones == harmless_ones
    assert not any(counts[True] for counts in hostile_ones.values()), "a script changed the title"


def test_no_text_of_a_package_or_an_article_is_run_or_loaded_on_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = shown(monkeypatch)
    page = article_of(tmp_path / "data", monkeypatch)["articles-mine.html"]
    check(page)
    assert page.count("alert(1)") > 15, "the texts themselves are there"
    kinds = [output.data[show.MIME_TYPE]["kind"] for output in outputs[-5:]]
    assert kinds == ["sources", "claims", "caption", "table", "caption"]
    listed = json.dumps(outputs[-5].data[show.MIME_TYPE])
    assert listed.count("alert(1)") == 9, "the texts of the package and of its correction"


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
