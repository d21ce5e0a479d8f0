"""Render: an executed notebook becomes one self-contained page and its summary in JSON."""

from __future__ import annotations

import base64
import csv
import functools
import io
import json
import re
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

from turkic_ties.reports.plan import Report
from turkic_ties.theme import MIME_TYPE, themed_svg

TEMPLATES = Path(__file__).parent / "template"

ROWS_SHOWN = 60  # of a chart's data on the page itself, which has to stay light

Shown = dict[str, Any]


class _Exporter(HTMLExporter):  # type: ignore[misc]  # nbconvert has no types
    """nbconvert's exporter without its second parse of the page: most of the time, and nothing our template needs."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        page: tuple[str, dict[str, Any]] = TemplateExporter.from_notebook_node(
            self, nb, resources, **options
        )
        return page


def render(report: Report, notebook: NotebookNode) -> dict[str, str]:
    """Turn an executed notebook into what is published.

    Parameters
    ----------
    report
        What the notebook was run for.
    notebook
        The executed notebook.

    Returns
    -------
    dict
        File ending to contents: ``html`` the page; ``json`` its summary (topic, parameters, key figures, findings,
        figures, tables shown, claims with all evidence, tables read and their sources); ``svg`` its first chart, for
        places that show one, where it has any.
    """
    resources = {
        "report": report,
        "css": (TEMPLATES / "report" / "style.css").read_text(encoding="utf-8"),
        "mime_type": MIME_TYPE,
        "summary_name": f"{Path(report.stem).name}.json",
    }
    page, _ = _exporter().from_notebook_node(notebook, resources=resources)
    rendered = {
        "html": page.strip() + "\n",
        "json": json.dumps(summary(report, notebook), ensure_ascii=False, indent=2) + "\n",
    }
    charts = [
        output.data["image/svg+xml"]
        for output in _outputs(notebook)
        if "image/svg+xml" in output.get("data", {})
    ]
    if charts:
        rendered["svg"] = charts[0] + "\n"
    return rendered


@functools.cache
def _exporter() -> _Exporter:
    """Make the exporter, once: its template takes a while to compile. No preprocessor has anything to do for it."""
    exporter = _Exporter(
        template_name="report",
        extra_template_basedirs=[str(TEMPLATES)],
        default_preprocessors=[],
        preprocessors=[],
    )
    for name, function in _FILTERS.items():
        exporter.register_filter(name, function)
    return exporter


def summary(report: Report, notebook: NotebookNode) -> dict[str, Any]:
    """Collect what a notebook showed, for programs that read reports."""
    shown = [bundle for output in _outputs(notebook) if (bundle := shown_by(output))]
    of_kind = {
        kind: [bundle for bundle in shown if bundle["kind"] == kind]
        for kind in {bundle["kind"] for bundle in shown}
    }
    cards = [figure for bundle in of_kind.get("key_figures", []) for figure in bundle["figures"]]
    return {
        "topic": report.topic,
        "title": report.title,
        "parameters": report.parameters.model_dump(),
        "key_figures": [
            {key: card[key] for key in ("id", "label", "value", "text", "unit", "period", "source")}
            for card in cards
        ],
        "findings": [bundle["text"] for bundle in of_kind.get("finding", [])],
        "figures": [
            {key: bundle[key] for key in ("id", "title", "subtitle", "source", "alt")}
            for bundle in of_kind.get("figure", [])
        ],
        "shown_tables": [
            {"id": bundle["id"], "title": bundle["title"]} for bundle in of_kind.get("table", [])
        ],
        "claims": [claim for bundle in of_kind.get("claims", []) for claim in bundle["claims"]],
        "tables": [table for bundle in of_kind.get("sources", []) for table in bundle["tables"]],
        "sources": [
            source for bundle in of_kind.get("sources", []) for source in bundle["sources"]
        ],
    }


def _outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def shown_by(output: NotebookNode) -> Shown | None:
    """Return what `turkic_ties.show` put into an output, None for an output of another origin."""
    bundle = output.get("data", {}).get(MIME_TYPE)
    return dict(bundle) if bundle else None


# -- filters of the template ------------------------------------------------------------------------------------


def _csv_table(text: str) -> Markup:
    header, *rows = csv.reader(io.StringIO(text))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows[:ROWS_SHOWN]
    )
    rest = (
        f"<p>The first {ROWS_SHOWN} of {len(rows)} rows; the CSV file has all.</p>"
        if len(rows) > ROWS_SHOWN
        else ""
    )
    return Markup(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}")


def _csv_link(text: str) -> str:
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()


def _with_pair(source: str, report: Report) -> str:
    """Put the pair into the notebook's title, which itself is the same for every pair."""
    return re.sub(r"\A# (.+)", lambda m: f"# {m.group(1)}: {report.title}", source)


def _contents(body: str) -> list[tuple[str, str]]:
    """List the sections of a rendered page: id and heading."""
    return re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', body)


@functools.cache
def _code(source: str) -> str:
    """Highlight code, which all pairs share, and leave out marks the style sheet does not tell apart: half of it."""
    highlighted = Highlight2HTML(pygments_lexer="ipython3")(source)
    return re.sub(
        r'<span(?! class="(?:k|kn|ow|kc|c1|sd)")[^>]*>(.*?)</span>',
        r"\1",
        highlighted,
        flags=re.DOTALL,
    )


_FILTERS = {
    "code": _code,
    "themed_svg": themed_svg,
    "csv_table": _csv_table,
    "csv_link": _csv_link,
    "with_pair": _with_pair,
    "contents": _contents,
}
