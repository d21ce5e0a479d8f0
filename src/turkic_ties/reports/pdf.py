"""PDF: a report, and a fact sheet of two pages on a pair, made from published pages and summaries.

A page is taken apart into a tree of elements, which the template sets with Typst. Everything gets
there as data: a text is set as it is and never read as markup or code.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from importlib.util import find_spec
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from turkic_ties import hashing, topics
from turkic_ties.errors import TiesError
from turkic_ties.files import Json
from turkic_ties.languages import ENGLISH
from turkic_ties.reports import summaries
from turkic_ties.reports.plan import Ingredients
from turkic_ties.theme import INK, LINK_SCHEMES, VARIABLES

TEMPLATE = Path(__file__).parent / "template" / "pdf" / "document.typ"
WIDEST, TALLEST = 400.0, 520.0  # points a chart may take of an A4 page, with its title and source
CHARTS = 6  # of a fact sheet
CARDS = 6  # key figures of each topic on a fact sheet

SUFFIX = ".pdf"
FACT_SHEETS = "fact-sheets"

PAGE = re.compile(
    r'<html lang="([a-z]+).*?<title>(.*?)(?: \| Turkic Ties)?</title>.*?<main\b[^>]*>(.*)</main>',
    re.DOTALL,
)
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no XML may have them
LEFT_OUT = {"nav", "script", "style", "details code", "details data", "details cite"}
LEFT_OUT |= {"a anchor-link", "p take"}
VOID = {"br", "hr", "img", "link", "meta", "wbr"}
INLINE = {"a", "abbr", "b", "br", "code", "em", "i", "s", "span", "strong", "sub", "sup"}

Node = Json
Contents = dict[str, tuple[Sequence[str], Json]]
"""Report to language, title and main part of its page, and its summary."""


class PdfError(TiesError):
    """What makes PDFs is not installed; the message says how to get it."""


def require(lang: str = ENGLISH) -> None:
    """See that Typst is installed, and that the pages are those PDFs are made of.

    Raises
    ------
    PdfError
        When it is not, or the pages are not in English.
    """
    if lang != ENGLISH:
        raise PdfError("PDFs are made of English pages: leave out --lang, or --pdf.")
    if find_spec("typst") is None:
        raise PdfError("ties build --pdf needs Typst: pip install 'turkic-ties[pdf]'")


def plan(names: Iterable[str]) -> dict[str, list[str]]:
    """Name the PDFs of an edition, each with the reports that are in it.

    Parameters
    ----------
    names
        Records of the edition; those that are no reports do not count.
    """
    found: dict[str, list[str]] = {}
    for topic in topics.names():
        for stem in sorted(names):
            folder, _, name = stem.partition("/")
            if folder == topic and not stem.endswith(SUFFIX):
                found[f"{stem}{SUFFIX}"] = [stem]
                if not name.startswith(topic):  # it is about a pair
                    found.setdefault(f"{FACT_SHEETS}/{name}{SUFFIX}", []).append(stem)
    return found


def read(stems: Iterable[str], *folders: Path) -> Contents:
    """Read pages and summaries, each from the first folder that has them; none that is damaged."""
    contents: Contents = {}
    for stem in stems:
        for folder in folders:
            summary = summaries.read(folder / f"{stem}.json")
            page = folder / f"{stem}.html"
            if summary and page.is_file() and (parts := PAGE.search(page.read_text("utf-8"))):
                contents[stem] = parts.groups(), summary
                break
    return contents


def ingredients(contents: Contents) -> Ingredients:
    """Name what a PDF is made from; the frame of a page is not in it."""
    own = {"pdf": hashing.of_files([TEMPLATE, Path(__file__)])}
    for stem, content in contents.items():
        text = json.dumps(content, sort_keys=True)
        own[f"report {stem}"] = hashing.of_bytes(text.encode())
    return own


def typeset(path: str, contents: Contents) -> bytes:
    """Set a PDF of `plan`, tagged as PDF/UA-1 asks; folded code and data stay with the pages."""
    (language, title, main), summary = next(iter(contents.values()))
    if path.startswith(FACT_SHEETS):
        return _compile(language, summary["title"].partition(",")[0], **_fact_sheet(contents))
    return _compile(language, html.unescape(title), body=_tree(main))


def _fact_sheet(contents: Contents) -> Node:
    """Choose what a fact sheet shows: charts of all topics in turn, sources of what is shown."""
    in_turn = zip_longest(*(_charts(_tree(page[2])) for page, _ in contents.values()))
    charts = list(filter(None, chain.from_iterable(in_turn)))[:CHARTS]
    ids = {chart["id"] for chart in charts}
    parts: list[Node] = []
    sources: set[str] = set()
    for _, summary in contents.values():
        cards = [_card(figure) for figure in summary["key_figures"] if figure["value"]][:CARDS]
        named = [figure for figure in summary["figures"] if f"figure-{figure['id']}" in ids]
        shown = " ".join(item["source"] for item in [*cards, *named])
        sources |= {
            "{publisher}, {dataset} ({version}; {licence})".format_map(source)
            for source in summary["sources"]
            if source["publisher"] in shown
        }
        period = "".join(summary["title"].partition(",")[1:])  # of each topic its own
        heading = topics.describe(summary["topic"]).title + period
        parts.append({"title": heading, "in_short": summary["in_short"], "cards": cards})
    return {"topics": parts, "charts": charts, "sources": sorted(sources)}


def _card(figure: Mapping[str, Any]) -> Node:
    label = ", ".join(filter(None, [figure["label"], figure["state"]]))
    notes = [figure["period"], *figure["moved"], figure["source"]]
    return {"label": label, "value": figure["text"], "notes": notes, "source": figure["source"]}


def _compile(language: str, title: str, **content: Any) -> bytes:
    import matplotlib
    import typst

    given = {"language": language, "title": NO_TEXT.sub("\ufffd", title), **content}
    pdf: bytes = typst.compile(
        TEMPLATE,
        # The letters of the charts; no others of this machine, so that every build is the same.
        font_paths=[Path(matplotlib.get_data_path()) / "fonts" / "ttf"],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(given, ensure_ascii=False)},
        pdf_standards="ua-1",
    )
    return pdf


# -- the page as a tree ----------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Reads elements into dicts: tag, class, children, and what the template needs of the rest."""

    def __init__(self, drawings: list[str]) -> None:
        super().__init__()
        self.children: list[Node | str] = []
        self.open = [("main", self.children)]  # tags, each with the list for what is in it
        self.drawings = iter(drawings)
        self.level = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        named = {name: given.get(name) or "" for name in ("id", "class", "alt")}
        node: Node = {"tag": tag, **named, "children": []}
        href = given.get("href") or ""
        if tag == "svg":
            node |= _printed(next(self.drawings))
        elif tag in ("td", "th"):
            node |= {name: int(given.get(name) or 1) for name in ("colspan", "rowspan")}
        elif tag == "a" and href.lower().startswith(LINK_SCHEMES):
            node["href"] = href
        elif re.fullmatch("h[1-6]", tag):  # PDF/UA lets no level be left out
            self.level = min(int(tag[1]), self.level + 1)
            node |= {"tag": "heading", "level": self.level}
        if not {tag, f"{tag} {node['class']}"} & LEFT_OUT and "download" not in given:
            self.open[-1][1].append(node)
        if tag not in VOID:
            self.open.append((tag, node["children"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in dict(self.open[1:]):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        shown = data if "pre" in dict(self.open) else re.sub(r"\s+", " ", data)
        self.open[-1][1].append(shown)


def _tree(main: str) -> list[Node | str]:
    """Read the main part of a page."""
    main = NO_TEXT.sub("\ufffd", main)
    reader = _Reader(SVG.findall(main))
    reader.feed(SVG.sub("<svg></svg>", main))
    reader.close()
    return _tidied(reader.children)


def _tidied(children: list[Any]) -> list[Any]:
    """Leave out the space between blocks, which is no text."""
    for node in children:
        if isinstance(node, dict):
            node["children"] = _tidied(node["children"])
    if all(isinstance(node, str) or node["tag"] in INLINE for node in children):
        return children
    return [node for node in children if not isinstance(node, str) or node.strip()]


def _printed(svg: str) -> Node:
    """Give a chart of a page the colours of light mode, its description and its width in points."""
    for colour, variable in VARIABLES.items():
        svg = svg.replace(f"var({variable})", colour)
    svg = re.sub(r"var\([\w-]+,(#\w+)\)", r"\1", svg)
    # A small line in a table has its colour from the style sheet of the page.
    svg = re.sub(r'^<svg class="\w+"', f'<svg fill="none" stroke="{INK}"', svg)
    label = re.search(r'aria-label="([^"]*)"', svg)
    box = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', svg)
    width, height = (float(side) for side in box.groups()) if box else (WIDEST, TALLEST)
    alt = html.unescape(label[1]) if label else ""
    fitting = TALLEST * width / height
    return {"svg": svg, "alt": alt, "width": min(width, WIDEST, fitting)}


def _charts(children: list[Any]) -> list[Node]:
    """Find the charts of a page, in their order."""
    nodes = [node for node in children if isinstance(node, dict)]
    found = [
        [node] if node["id"].startswith("figure-") else _charts(node["children"]) for node in nodes
    ]
    return list(chain.from_iterable(found))
