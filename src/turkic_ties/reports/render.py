"""Render: turn an executed notebook into one self-contained page and a summary in JSON."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import urllib.parse
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape
from nbconvert import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

from turkic_ties import languages, topics
from turkic_ties.cache import cached
from turkic_ties.languages import ENGLISH, Language
from turkic_ties.reports import outputs
from turkic_ties.reports.glossary import linked
from turkic_ties.reports.plan import Report
from turkic_ties.reports.sections import sections
from turkic_ties.reports.shell import TEMPLATES, equip
from turkic_ties.reports.summaries import FORMAT
from turkic_ties.theme import MIME_TYPE, as_markdown, themed_svg

WHOLE_NUMBER = re.compile(r"(?<![^,\n])(-?\d+)\.0(?![^,\n])")  # in a column with fractions
MAX_PREVIEW_ROWS = 12  # of a chart's data on the page; limits page size

Shown = dict[str, Any]


def render(report: Report, notebook: NotebookNode) -> dict[str, str]:
    """Turn an executed notebook into what is published.

    Parameters
    ----------
    report
        The report.
    notebook
        The executed notebook.

    Returns
    -------
    dict
        File ending to contents: ``html`` the page; ``json`` its summary (topic, parameters, key
        figures, findings, figures, tables shown, claims with all evidence, tables read and their
        sources); ``svg`` the first chart, if there is one.
    """
    resources = {
        "report": report,
        "topic": topics.describe(report.topic),
        "mime_type": MIME_TYPE,
        "summary_name": f"{Path(report.stem).name}.json",
        "root": "../" * report.stem.count("/"),
    }
    page = _exporter(report.lang).template.render(nb=notebook, resources=resources)
    rendered = {
        "html": page.strip() + "\n",
        "json": json.dumps(summary(report, notebook), ensure_ascii=False, indent=2) + "\n",
    }
    for output in _outputs(notebook):
        if (shown_by(output) or {}).get("kind") == "figure":  # a stranger's may hold a script
            rendered["svg"] = output.data["image/svg+xml"] + "\n"
            break
    return rendered


@functools.cache
def _exporter(lang: str) -> HTMLExporter:
    """Make nbconvert's exporter with our template, once: compiling it is slow.

    Only the template is used: around it the exporter copies the notebook twice and parses the page.
    """
    exporter = HTMLExporter(
        template_name="report",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES / "pages")],
        default_preprocessors=[],
        preprocessors=[],
    )
    for name, function in _FILTERS.items():
        exporter.register_filter(name, function)
    exporter.register_filter("headings", functools.partial(_headings, languages.of(lang)))
    equip(exporter.environment, "report/style.css", lang=lang)
    return exporter


def summary(report: Report, notebook: NotebookNode) -> dict[str, Any]:
    """Collect what a notebook showed, for programs."""
    shown = [bundle for output in _outputs(notebook) if (bundle := shown_by(output))]

    def of_kind(kind: str) -> list[Shown]:
        return [bundle for bundle in shown if bundle["kind"] == kind]

    def parts(kind: str, name: str) -> list[Shown]:
        return [part for bundle in of_kind(kind) for part in bundle[name]]

    def fields(items: list[Shown], *names: str) -> list[Shown]:
        return [{name: item[name] for name in names} for item in items]

    cards = [_said(report.lang, card) for card in parts("key_figures", "figures")]
    say = languages.of(report.lang).say
    of_card = ("id", "label", "value", "text", "unit", "period", "source")
    of_series = ("state", "moved", "series")
    return {
        "format": FORMAT,
        "topic": report.topic,
        "title": say(report.title),
        "parameters": dict(report.parameters),
        **({} if report.lang == ENGLISH else {"lang": report.lang}),
        "in_short": [say(str(sentence)) for sentence in parts("in_short", "sentences")],
        "key_figures": fields(cards, *of_card, *of_series),
        "findings": [bundle["text"] for bundle in of_kind("finding")],
        "figures": fields(of_kind("figure"), "id", "title", "subtitle", "source", "alt"),
        "shown_tables": fields(of_kind("table"), "id", "title"),
        "claims": parts("claims", "claims"),
        "tables": parts("sources", "tables"),
        "sources": parts("sources", "sources"),
    }


def _said(lang: str, card: Shown) -> Shown:
    """Write a key figure in the language of a page, as far as the catalogue has it."""
    say = languages.of(lang).say
    texts = {name: say(card[name]) for name in ("label", "text", "unit", "period", "state")}
    return {**card, **texts, "moved": [say(text) for text in card["moved"]]}


def _outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def shown_by(output: NotebookNode) -> Shown | None:
    """Return what `turkic_ties.show` put into an output; None for any other output."""
    bundle = output.get("data", {}).get(MIME_TYPE)
    return dict(bundle) if bundle else None


# -- filters of the template -----------------------------------------------------------------------


def _captioned(table: str, caption: str) -> Markup:
    """Give a table its name, for readers who do not see what is above it."""
    return Markup(table.replace("<table>", f"<table><caption>{escape(caption)}</caption>", 1))


def _named_anchors(rendered: str) -> Markup:
    """Name the links next to headings, which nbconvert shows as a sign alone."""
    named = '<a class="anchor-link" aria-label="Link here"'
    return Markup(str(rendered).replace('<a class="anchor-link"', named))


def _csv_table(text: str, caption: str) -> Markup:
    header, *rows = csv.reader(io.StringIO(WHOLE_NUMBER.sub(r"\1", text)))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = rest = ""
    for row in rows[:MAX_PREVIEW_ROWS]:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
        body += f"<tr>{cells}</tr>"
    if len(rows) > MAX_PREVIEW_ROWS:
        rest = f"<p>The first {MAX_PREVIEW_ROWS} of {len(rows)} rows; the CSV file has all.</p>"
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"
    return _captioned(table, caption)


def _csv_link(text: str) -> str:
    text = WHOLE_NUMBER.sub(r"\1", text)
    # Letters beyond ASCII may stand in an address; escaped they are three times as long.
    quoted = re.sub(r"[\x00-\x7f]+", lambda m: urllib.parse.quote(m[0], safe="/,:;()=+!*"), text)
    return f"data:text/csv;charset=utf-8,{quoted}"


def _compact_json(content: Any) -> Markup:
    """Write JSON for an attribute in single quotes."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;"))


def _with_pair(source: str, report: Report) -> str:
    """Add the pair to the title of the notebook, which is the same for every pair."""
    if not report.pair:
        return source
    return re.sub(r"\A# (.+)", lambda m: f"# {m[1]}: {as_markdown(report.title)}", source)


def _headings(language: Language, body: str) -> Markup:
    """Write the headings of a rendered page in its language, as far as the catalogue has them."""

    def said(match: re.Match[str]) -> str:
        text = Markup(match[2]).unescape()
        parts = [text] if language.native(text) else text.split(": ", 1)
        translated = ": ".join(filter(None, map(language.native, parts)))
        if not all(map(language.native, parts)):
            return match[0]
        return f'{match[1]}<span lang="{language.code}">{escape(translated)}</span>'

    return Markup(re.sub(r'(<h[1-3] id="[^"]+">)([^<]+)', said, body))


def _contents(body: str) -> list[tuple[Markup, Markup]]:
    """List the sections of a rendered page: id and heading."""
    headings = re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', body)
    return [(Markup(id), Markup(heading)) for id, heading in headings]


def _code(cells: list[NotebookNode]) -> Markup:
    """Show the code of some cells. The given parameters alone differ from report to report."""
    start = '<div class=" highlight hl-ipython3"><pre tabindex="0" role="group" aria-label="Code">'
    parts = groupby(cells, key=lambda cell: "injected-parameters" in cell.metadata.get("tags", []))
    sources = ["\n\n".join(cell.source for cell in part) for _, part in parts]
    lines = "\n\n".join(map(_highlighted, sources)).strip("\n")
    return Markup(f"{start}{lines}\n</pre></div>\n")


@functools.cache
def _highlighted(source: str) -> str:
    """Highlight code, without the classes the style sheet has no rule for: half of the markup."""
    made_by = [f"{name} {version(name)}" for name in ("nbconvert", "pygments")]
    highlight = functools.partial(Highlight2HTML(pygments_lexer="ipython3"), source)
    _, lines = cached(f"highlighted by {made_by}: {source}", highlight).split("<pre>")
    lines = re.sub(
        r'<span(?! class="(?:k|kn|ow|kc|c1|sd)")[^>]*>(.*?)</span>',
        r"\1",
        lines.removesuffix("\n</pre></div>\n"),
        flags=re.DOTALL,
    )
    return source.replace(source.strip("\n"), lines)  # with the empty lines around it


_FILTERS = {
    "captioned": _captioned,
    "code": _code,
    "themed_svg": themed_svg,
    "csv_table": _csv_table,
    "csv_link": _csv_link,
    "compact_json": _compact_json,
    "terms": lambda body, root: linked(body, f"{root}about.html"),
    "plain": outputs.shown,
    "markdown": lambda *cell: _named_anchors(outputs.markdown(*cell)),
    "with_pair": _with_pair,
    "contents": _contents,
    "sections": sections,
}
