"""What a stranger's notebook shows: on the page and safe, or named."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode, v4
from test_hostile import Parts

from turkic_ties.reports import outputs
from turkic_ties.reports.plan import Report
from turkic_ties.reports.render import render
from turkic_ties.show import MIME_TYPE

PNG = "iVBORw0KGgo="
REPR = "<Figure size 640x480 with 1 Axes>"


def display(**data: Any) -> NotebookNode:
    kinds = {kind.replace("__", "/").replace("_", "-"): value for kind, value in data.items()}
    return v4.new_output("display_data", kinds)


SHOWN = {
    "a chart": (display(image__png=PNG, text__plain=REPR), f"base64,{PNG}"),
    "a chart with words": (display(image__png=PNG, text__plain="Rain"), 'alt="Rain"'),
    "a drawing": (v4.new_output("display_data", {"image/svg+xml": "<svg/>"}), "base64,PHN2Zy8+"),
    "a photograph": (display(image__jpeg="/9j/\n4A=="), "image/jpeg;base64,/9j/4A=="),
    "an animation": (display(image__gif="R0lG"), "image/gif;base64,R0lG"),
    "a frame": (display(text__html="<table><tr><td>7</td></tr></table>"), "<td>7</td>"),
    "colours of cells": (
        display(text__html='<p style="color: red; position: fixed">x</p>'),
        '<p style="color: red;">x</p>',
    ),
    "a picture in HTML": (
        display(text__html=f'<img src="data:image/png;base64,{PNG}">'),
        f'<img src="data:image/png;base64,{PNG}">',
    ),
    "a chart with a program": (
        display(text__html="<div></div><script>draw()</script>", image__png=PNG),
        f"base64,{PNG}",
    ),
    "Markdown": (display(text__markdown="**bold** $5 and $6"), "<strong>bold</strong> $5 and $6"),
    "a formula": (display(text__latex="$\\displaystyle \\frac{a}{b}$"), 'alt="\\frac{a}{b}"'),
    "an equation": (display(text__latex="\\begin{equation}x^2\\end{equation}"), 'alt="x^2"'),
    "ANSI colours": (v4.new_output("stream", text="\x1b[31mred\x1b[0m"), '"ansi-red-fg">red<'),
    "progress": (v4.new_output("stream", text="10 %\r100 %\nbell\x07"), ">100 %\nbell</pre>"),
    "text": (display(text__plain="a < b"), ">a &lt; b</pre>"),
    "JSON": (v4.new_output("display_data", {"application/json": {"a": 1}}), "&#34;a&#34;: 1"),
    "an expected error": (
        v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[]),
        "KeyError: ",
    ),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_what_a_page_can_show_is_on_it(kind: str) -> None:
    output, expected = SHOWN[kind]
    assert expected in outputs.shown(output)
    assert outputs.problem(output) == ""


WIDGET = "application/vnd.jupyter.widget-view+json"
PLOTLY = "application/vnd.plotly.v1+json"
NAMED = {
    "a widget": ({WIDGET: {}, "text/plain": "IntSlider(value=5)"}, WIDGET, "IntSlider(value=5)"),
    "an interactive chart": (
        {PLOTLY: {}, "text/html": "<div></div><script>1</script>"},
        PLOTLY,
        "",
    ),
    "a program": ({"application/javascript": "alert(1)"}, "application/javascript", ""),
    "a frame": ({"text/html": '<iframe src="https://x"></iframe>'}, "text/html", ""),
    "a document": ({"application/pdf": "JVBERi0="}, "application/pdf", ""),
    "a formula beyond us": ({"text/latex": "$\\nothing{x}$"}, "LaTeX source", "\\nothing{x}"),
    "an object": ({"text/plain": "[<matplotlib.lines.Line2D at 0x7f0000>]"}, "an object", ""),
}


@pytest.mark.parametrize("kind", NAMED)
def test_what_a_page_cannot_show_is_named(kind: str) -> None:
    data, named, still = NAMED[kind]
    output = v4.new_output("display_data", data)
    assert named in outputs.problem(output)
    assert still in outputs.shown(output)
    assert "<script" not in outputs.shown(output)


HOSTILE = [
    "<script>alert(1)</script>x",
    "<SCRIPT\n>alert(1)</SCRIPT >x<script>alert(2)",
    "<p onclick='alert(1)'>x</p>",
    "<svg onload=alert(1)></svg>x",
    "<img src=x onerror=alert(1)>",
    "<img src='https://example.org/seen.png'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java&#115;cript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>x",
    "<form action='https://example.org'><input name=a></form>x",
    "<style>body{background:url(https://example.org)}</style>x",
    "<p style='background:url(https://example.org)'>x</p>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>x",
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png) ![y](attachment:gone.png)",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["html", "markdown"])
def test_nothing_acts_and_nothing_is_loaded(kind: str, text: str) -> None:
    output = v4.new_output("display_data", {f"text/{kind}": text})
    page = outputs.shown(output) if kind == "html" else outputs.markdown(text)
    parts = Parts(page)
    assert not parts.elements & {"script", "style", "iframe", "form", "input", "svg", "math"}
    assert parts.handlers == []
    assert [a for a in parts.addresses if not a.startswith(("#", "data:image/"))] == []
    assert "url(" not in page or kind == "markdown"


def test_a_drawing_of_a_stranger_is_no_file_of_the_edition() -> None:
    drawing = v4.new_output("display_data", {"image/svg+xml": "<svg><script>1</script></svg>"})
    cells = [v4.new_code_cell("x", outputs=[drawing])]
    rendered = render(Report("trade", {}), v4.new_notebook(cells=cells))
    assert set(rendered) == {"html", "json"}
    assert "<svg><script" not in rendered["html"]
    assert "<h1>Trade</h1>" in rendered["html"]


def test_markdown_keeps_headings_formulas_and_attached_pictures() -> None:
    page = outputs.markdown(
        "## A <b>b</b>\n\n$x^2$, $5 and $6\n\n![p](attachment:a.png)", {"a.png": {"image/png": PNG}}
    )
    assert '<h2 id="A-b">' in page
    assert 'class="formula"' in page
    assert "$5 and $6" in page
    assert f"data:image/png;base64,{PNG}" in page


def test_a_very_long_text_is_cut_and_costs_no_time() -> None:
    page = outputs.shown(v4.new_output("stream", text="a" * (outputs.MAX_TEXT + 7)))
    assert "7 more characters are left out" in page
    whole = outputs.shown(v4.new_output("stream", text="a" * outputs.MAX_TEXT))
    assert "left out" not in whole


BEGAN = time.time()
PASSING = {
    "at 0x7f31a2b3c4d5": "an address in memory",
    "af3f2bac-b63b-4080-8b14-c76b43fc18ed": "a random identifier",
    "/tmp/ipykernel_12345/1.py:3: UserWarning": "a path of this machine",
    "/private/folder/of/the/run/x.csv": "the folder of the run",
    time.strftime("%H:%M:%S", time.gmtime(BEGAN)): "the time of day",
    f"{BEGAN}": "the time of day",
    time.strftime("%Y-%m-%d"): "today's date",
}


@pytest.mark.parametrize("text", PASSING, ids=[str(number) for number in range(len(PASSING))])
def test_what_differs_from_run_to_run_is_named_with_its_cell(text: str) -> None:
    folder = Path("/private/folder/of/the/run")
    cells = [
        v4.new_code_cell("a = 1", metadata={"tags": ["parameters"]}),
        v4.new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]}),
        v4.new_markdown_cell("text"),
        v4.new_code_cell("x", outputs=[v4.new_output("stream", text=f"seen: {text}\n")]),
    ]
    found = outputs.notes(v4.new_notebook(cells=cells), folder, BEGAN)
    assert found == [f"cell 2: shows {PASSING[text]}, which differs from run to run"]


def test_a_fixed_date_an_old_time_and_our_own_outputs_are_no_fault() -> None:
    shown = {MIME_TYPE: {"kind": "finding", "text": time.strftime("Read on %Y-%m-%d")}}
    cell = v4.new_code_cell(
        "x",
        outputs=[
            v4.new_output("stream", text="1999-12-31 00:00:00, 1234567890, 0x7f31a2b3c4d5\n"),
            v4.new_output("display_data", shown),
        ],
    )
    assert outputs.notes(v4.new_notebook(cells=[cell]), Path("/nowhere"), BEGAN) == []


def test_the_sections_that_came_out_otherwise_are_named() -> None:
    page = '{}<h2 id="A">A<a class="anchor-link" href="#A">¶</a></h2>{}<h2>B</h2>{}'
    assert outputs.differing(page.format(1, 2, 3), page.format(1, 5, 6)) == "A, B"
    assert outputs.differing(page.format(1, 2, 3), page.format(4, 2, 3)) == "the beginning"
