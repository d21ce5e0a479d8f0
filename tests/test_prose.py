"""Figures in texts are computed: no digit or percent sign is typed into prose by hand.

Checked are the Markdown cells of every notebook and the words of every page template. An exception
names the words around a figure. Where the figure follows from the tables or the code, it is checked
against them. An exception that nothing needs any more fails.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import nbformat
import pytest

from turkic_ties import data

PROJECT = Path(__file__).parents[1]
TEMPLATES = PROJECT / "src" / "turkic_ties" / "reports" / "template"

FIGURE = re.compile(r"\d(?:[\d.,:–-]*\d)?|%")
NOT_PROSE = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<script>.*?</script>|<[^>]*>|`[^`]*`", re.DOTALL
)


@functools.cache
def texts() -> dict[str, str]:
    """Collect all prose by file, each on one line, without markup, code and expressions."""
    found = {
        path.stem: "\n\n".join(
            cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "markdown"
        )
        for path in (PROJECT / "notebooks").glob("*.ipynb")
    }
    for path in TEMPLATES.rglob("*.j2"):
        found[path.relative_to(TEMPLATES).as_posix()] = path.read_text(encoding="utf-8")
    return {name: " ".join(NOT_PROSE.sub(" ", text).split()) for name, text in found.items()}


def version(table: str) -> str:
    return str(data.resource(table)["sources"][0]["version"])


# Words around a figure, and whether it is still right by the tables or by the code.
EXCEPTIONS = [
    (
        "the name of an edition",
        r"the 2024 revision",
        version("demographics/population")[:4] == "2024",
    ),
    (
        "the name of an edition",
        r"the 2019 revision",
        version("demographics/age_structure")[:4] == "2019",
    ),
    (
        "the border of estimates and projections in that edition",
        r"after 2018 are projections",
        True,
    ),
    ("the name of a census", r"census of (?:1989|2021)", True),
    ("the name of a method", r"SHA-256", True),
]


@pytest.mark.parametrize(("name", "text"), sorted(texts().items()))
def test_no_figure_is_typed_into_a_text(name: str, text: str) -> None:
    excepted = [
        match.span()
        for _, words, _ in EXCEPTIONS
        for match in re.finditer(words, text, re.IGNORECASE)
    ]
    for figure in FIGURE.finditer(text):
        context = text[max(0, figure.start() - 60) : figure.end() + 60]
        assert any(start <= figure.start() and figure.end() <= end for start, end in excepted), (
            f"{name}: {figure.group()!r} in …{context}…: compute it, or add an exception here"
        )


@pytest.mark.parametrize(
    ("reason", "words", "is_right"), EXCEPTIONS, ids=[e[1] for e in EXCEPTIONS]
)
def test_every_exception_is_needed_and_right(reason: str, words: str, is_right: bool) -> None:
    assert is_right, f"{words!r} ({reason}) does not fit the tables or the code any more"
    assert any(re.search(words, text, re.IGNORECASE) for text in texts().values())


@pytest.mark.parametrize(
    "text",
    ["It fell by 18.4%.", "3 million tonnes", "since 1991", "2–3 %", "10 per cent of it"],
)
def test_a_figure_in_any_form_is_found(text: str) -> None:
    assert FIGURE.search(text)


@pytest.mark.parametrize(
    "text", ["twice as much", "half of the trade", "the two shares", "the six states"]
)
def test_a_word_is_not_a_figure(text: str) -> None:
    assert not FIGURE.search(text)
