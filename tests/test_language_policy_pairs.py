"""What the notebook on language policy says for every pair, without drawing it."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from turkic_ties import language_policy, show
from turkic_ties.countries import MEMBERS

# Whole notebooks run here, and measuring coverage in them would take half as long again.
pytestmark = pytest.mark.no_cover

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "language_policy.ipynb"
PAIRS = list(itertools.permutations(MEMBERS, 2))
ODD = [("TUR", "KAZ", 2020, 2020), ("UZB", "KAZ", 1992, 1996), ("TKM", "AZE", 1900, 1901)]

BROKEN = re.compile(
    r"not available|\bnan\b|\bNone\b|<NA>|\b1 (?:orders|letters|meanings|years|steps)\b"
    r"|1st-largest|\b1st of 1\b|\bof 1 (?:languages|texts)\b|\(\)|\s,|,,|\.\.(?!\.)|  "
)


@functools.cache
def code() -> list[tuple[str, Any]]:
    """Compile the code cells of the notebook, named by their ids."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return [
        (cell.id, compile(cell.source, f"language_policy.ipynb, cell {cell.id}", "exec"))
        for cell in cells
        if cell.cell_type == "code"
    ]


@functools.cache
def said(country: str, partner: str, start: int = 1989, end: int | None = None) -> dict[str, str]:
    """Run the notebook for a pair and collect its titles, findings and cards by id."""
    texts: dict[str, str] = {}
    count: Counter[str] = Counter()

    def add(kind: str, text: str) -> None:
        count[kind] += 1
        texts[f"{kind} {count[kind]}"] = text

    def chart(rows: pd.DataFrame, draw: Callable[..., Any], **given: Any) -> None:
        if rows.empty:
            add("unavailable", given["missing"])
            return
        for part in ("title", "subtitle", "source", "alt"):
            text = given[part]
            texts[f"{given['id']} {part}"] = text if isinstance(text, str) else text(rows)

    def table(frame: pd.DataFrame, **given: Any) -> None:
        texts[f"{given['id']} title"] = given["title"]

    def key_figures(figures: list[show.KeyFigure]) -> None:
        for figure in figures:
            texts[f"card {figure.id}"] = figure.text

    few = {
        "text_similarity": functools.partial(language_policy.text_similarity, draws=3),
        "cognate_share": functools.partial(language_policy.cognate_share, draws=20),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, function in few.items():
            patch.setattr(language_policy, name, function)
        for name, stand_in in (("chart", chart), ("table", table), ("key_figures", key_figures)):
            patch.setattr(show, name, stand_in)
        patch.setattr(show, "finding", functools.partial(add, "finding"))
        patch.setattr(show, "unavailable", functools.partial(add, "unavailable"))
        patch.setattr(show, "statements", lambda *_: None)
        patch.setattr(show, "in_short", lambda *_: None)
        patch.setattr(show, "sources", lambda _: None)
        names: dict[str, Any] = {}
        for cell, compiled in code():
            exec(compiled, names)
            if cell == "parameters":
                names |= {"country": country, "partner": partner, "start": start, "end": end}
    return texts


@pytest.mark.parametrize("case", [*PAIRS, *ODD], ids=str)
def test_no_sentence_is_broken(case: tuple[Any, ...]) -> None:
    texts = said(*case)
    # A card may say that a value is not available; a sentence says something.
    sentences = {name: text for name, text in texts.items() if not name.startswith("card ")}
    assert len(sentences) > 20
    broken = {name: text for name, text in sentences.items() if BROKEN.search(text)}
    assert not broken


@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_a_figure_of_grade_c_has_its_grade_in_the_headline_and_on_the_card(
    country: str, partner: str
) -> None:
    texts = said(country, partner)
    if country == "KAZ":
        assert texts["use title"].endswith("(grade C)")
        assert texts["card speaks_russian_pct"].endswith("(grade C)")
        assert "grade C" not in texts["schooling title"]


@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_both_sides_of_a_pair_say_the_same_of_what_they_share(country: str, partner: str) -> None:
    there, back = said(country, partner), said(partner, country)
    for card in (
        "letters_shared", "letters_shared_pct", "letters_shared_same_sound", "cognate_share_pct",
        "text_similarity_cyrillic", "text_similarity_latin",
    ):  # fmt: skip
        assert there[f"card {card}"] == back[f"card {card}"]
    for title in ("kinship title", "students-between title", "text title", "letters title"):
        # The same numbers, in whatever order the languages are named.
        numbers = [
            sorted(re.findall(r"\d[\d,.]*\d|\d", texts.get(title, ""))) for texts in (there, back)
        ]
        assert numbers[0] == numbers[1]


@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_sections_that_can_have_no_content_show_nothing(country: str, partner: str) -> None:
    texts = said(country, partner)
    pair = {country, partner}
    assert ("scholarships title" in texts) == ("KAZ" in pair)
    assert ("names title" in texts) == ("KAZ" in pair)
    assert ("completion title" in texts) == bool(pair & {"KAZ", "UZB", "TKM"})
    # Kyrgyz in Cyrillic shares letters with Kazakh in Cyrillic and with no language in Latin.
    assert ("alphabets title" in texts) == ("KGZ" not in pair or "KAZ" in pair)


@pytest.mark.parametrize(("country", "partner"), PAIRS)
def test_the_timeline_is_called_a_selection(country: str, partner: str) -> None:
    texts = said(country, partner)
    assert texts["timeline title"].startswith("Steps in this selection: ")


def test_broken_sentences_are_noticed() -> None:
    for text in ("It was nan.", "value not available", "1 letters", "a  b", "1st of 1", "x , y"):
        assert BROKEN.search(text)
    assert not BROKEN.search("Kazakh 80.1% (1999), 11 letters, 21st of 31")
