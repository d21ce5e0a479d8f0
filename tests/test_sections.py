"""What a page leaves out because a notebook had nothing to show for a pair."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat import NotebookNode, v4

from turkic_ties.reports.sections import sections
from turkic_ties.theme import MIME_TYPE

SHOWN = [v4.new_output("stream", text="shown")]


def code(source: str, shown: bool) -> NotebookNode:
    return v4.new_code_cell(source, outputs=SHOWN if shown else [])


def sources(*cells: str | NotebookNode) -> list[list[str]]:
    """Return the sources of what stays of a notebook; texts are markdown cells."""
    given = [v4.new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return [[cell.source for cell in part] for part in sections(v4.new_notebook(cells=given))]


def test_code_belongs_to_its_section_in_one_piece() -> None:
    parts = sources(
        "# T", code("a", False), "## A", "text", code("b", True), "more", "## B", "text"
    )
    assert parts == [["# T", "a"], ["## A", "text", "b", "more"], ["## B", "text"]]


@pytest.mark.parametrize("shown", [True, False])
def test_a_section_whose_cells_show_nothing_is_left_out_with_its_subsections(shown: bool) -> None:
    parts = sources(
        "# T", "## A", "text", code("show.chart(x)", shown), "### B", code("show.table(x)", False),
        "## C", code("show.chart(x)", True),
    )  # fmt: skip
    kept = [["## A", "text", "show.chart(x)", "show.table(x)"]] if shown else []
    assert parts == [["# T"], *kept, ["## C", "show.chart(x)"]]


def test_a_section_that_is_left_out_leaves_none_of_its_texts() -> None:
    cells = ["## A", "what is drawn", code("def draw(): ...", False), "the chart"]
    shown = code("show.chart(y)", True)
    assert sources("# T", *cells, code("show.chart(x)", False), "## B", shown) == [
        ["# T"],
        ["## B", "show.chart(y)"],
    ]


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ("show.finding(x)", False),
        ("show.statements(a, b, c)", False),
        ("color=show.INK", True),  # computing and drawing functions come before their chart
        ("show.setup()", True),
        ("rows = load('a/b')", True),
    ],
)
def test_text_is_left_out_when_the_output_after_it_is_not_there(call: str, kept: bool) -> None:
    (part,) = sources(
        "## A", "before", code(call, False), "after", code("show.chart(x)", True), "end"
    )
    assert part == [
        "## A", *(["before"] if kept else []), call, "after", "show.chart(x)", "end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "kept"), [([None], False), ([0, None, 0], False), ([0, 3], True), (["RUS"], True)]
)
def test_cards_that_are_empty_or_all_zero_keep_no_section(values: list[Any], kept: bool) -> None:
    figures = [{"value": value} for value in values]
    cards = v4.new_output("display_data", {MIME_TYPE: {"figures": figures}})
    cell = v4.new_code_cell("show.key_figures(x)", outputs=[cards])
    parts = sources("# T", "## A", "the share:", cell, "## B", code("show.chart(x)", True))
    assert (["## A", "the share:", "show.key_figures(x)"] in parts) == kept
