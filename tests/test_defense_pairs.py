"""What the defense report says for every pair, without drawing its charts."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from turkic_ties import data, defense, show
from turkic_ties.countries import MEMBERS, name

# Whole notebooks run here, and measuring coverage in them would take half as long again.
pytestmark = pytest.mark.no_cover

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "defense.ipynb"
PAIRS = list(itertools.permutations(MEMBERS, 2))
ONE_YEAR = {"start": 2020, "end": 2020, "window": 1}

# A count of one with a plural, a rank where a word is meant, and what a missing value leaves.
BROKEN = [
    r"not available",
    r"\bnan\b",
    r"\bNone\b",
    r"(?<![\d.,–-])1 (?:dated )?\w+s\b(?! of)",
    r"1st-largest|1st by size|first 1 ",
    r"(\b\d{4}) to \1\b|(\b\d{4})–\2\b",
    r"  |\.\.|\( | ,|\d\.0nd",
]
OF_SEVERAL = r"accounts for|year alone|largest share|more than any other|in the last \("


class Report:
    """Texts by the kind and id of what is shown, and the key figures by id."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.cards: dict[str, show.KeyFigure] = {}

    def key_figures(self, figures: list[show.KeyFigure]) -> None:
        self.cards |= {figure.id: figure for figure in figures}

    def say(self, text: str) -> None:
        self.texts[f"sentence {len(self.texts)}"] = text

    def chart(self, rows: pd.DataFrame, draw: Callable[..., Any], **parts: Any) -> None:
        if rows.empty:
            self.say(parts["missing"])
        else:
            self.figure(None, rows=rows, **parts)

    def figure(self, fig: Any, *, id: str, rows: pd.DataFrame | None = None, **parts: Any) -> None:
        self.titles[id] = parts["title"]
        for part in ("title", "subtitle", "alt"):
            if part in parts:
                self.texts[f"{id} {part}"] = parts[part]

    def table(self, frame: pd.DataFrame, **parts: Any) -> None:
        self.figure(None, **parts)


@functools.cache
def code() -> list[tuple[Any, bool]]:
    """Compile the code of the notebook; say of each cell whether it holds the parameters."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    compiled = []
    for cell in cells:
        if cell["cell_type"] == "code":
            # Charts are not drawn here: what draws them is replaced where it is called.
            source = re.sub(r"(?<=\n        )draw_\w+\(.*\),", "None,", "".join(cell["source"]))
            is_parameters = "parameters" in cell["metadata"].get("tags", [])
            compiled.append((compile(source, "defense.ipynb", "exec"), is_parameters))
    return compiled


@functools.cache
def report(country: str, partner: str, **parameters: Any) -> Report:
    """Run the notebook for a pair and keep what it shows."""
    kept, chosen = Report(), {"country": country, "partner": partner, **parameters}
    few_draws = functools.partial(defense.vote_dispersion, draws=20)
    with pytest.MonkeyPatch.context() as patch:
        for attribute in ("chart", "figure", "table", "key_figures"):
            patch.setattr(show, attribute, getattr(kept, attribute))
        for attribute in ("finding", "unavailable"):
            patch.setattr(show, attribute, kept.say)
        for attribute in ("statements", "sources", "setup", "in_short"):
            patch.setattr(show, attribute, lambda *_: None)
        patch.setattr(defense, "vote_dispersion", few_draws)
        names: dict[str, Any] = {"show": show}
        for cell, is_parameters in code():
            exec(cell, names)
            if is_parameters:
                names |= chosen
    return kept


@pytest.mark.parametrize(("country", "partner"), list(itertools.combinations(MEMBERS, 2)))
def test_both_reports_of_a_pair(country: str, partner: str) -> None:
    """In one test, so that no two processes run the same report."""
    for sides in ((country, partner), (partner, country)):
        assert broken(*sides) == []
        one_or_two_steps_are_a_table_and_more_a_chart(*sides)
        the_steps_are_called_a_selection(*sides)
        sections_without_content_show_nothing(*sides)
    both_sides_say_the_same(country, partner)


def broken(country: str, partner: str) -> list[str]:
    """List the sentences that are not whole, each with its place."""
    return [
        f"{country}-{partner} {place}: {text}"
        for place, text in report(country, partner).texts.items()
        if any(re.search(pattern, text) for pattern in BROKEN)
    ]


@pytest.mark.parametrize(("country", "partner"), PAIRS[::7])
def test_nothing_is_the_most_of_a_single_year(country: str, partner: str) -> None:
    for place, text in report(country, partner, **ONE_YEAR).texts.items():
        for pattern in (*BROKEN, OF_SEVERAL):
            found = re.search(pattern, text)
            assert not found or place == "suppliers title", f"{country}-{partner} {place}: {text}"


def both_sides_say_the_same(country: str, partner: str) -> None:
    here, there = report(country, partner), report(partner, country)
    for card in ("un_agreement_partner", "ideal_point_distance_partner"):
        assert (here.cards[card].value, here.cards[card].period) == (
            there.cards[card].value,
            there.cards[card].period,
        )
    for shown in (here, there):
        card = shown.cards["deals_with_partner"]
        assert ("deals" in shown.titles) == (card.value > 0)
        assert " to " in card.label  # the two directions are different figures
    swapped = {name(country): name(partner), name(partner): name(country)}
    pattern = re.compile("|".join(map(re.escape, swapped)))
    for shown in ("timeline", "steps", "said"):
        if shown in here.titles:
            title = pattern.sub(lambda match: swapped[match[0]], here.titles[shown])
            assert title == there.titles[shown]
        else:
            assert shown not in there.titles


def the_steps_are_called_a_selection(country: str, partner: str) -> None:
    shown = report(country, partner)
    for id in ("timeline", "steps"):
        if id in shown.titles and "one by one" not in shown.titles[id]:
            assert "in our selection" in shown.titles[id]
    assert any("is a selection, collected for" in text for text in shown.texts.values())


def one_or_two_steps_are_a_table_and_more_a_chart(country: str, partner: str) -> None:
    steps = defense.events_between(data.load("defense/events"), country, partner)
    assert ("timeline" in report(country, partner).titles) == (len(steps) > 2)


def test_there_are_pairs_with_few_steps_and_with_many() -> None:
    events = data.load("defense/events")
    assert {len(defense.events_between(events, *pair)) > 2 for pair in PAIRS} == {False, True}


def sections_without_content_show_nothing(country: str, partner: str) -> None:
    texts = report(country, partner).texts.values()
    if (country, partner) == ("KAZ", "TUR"):
        assert "arsenals" in report(country, partner).titles
        assert any("Congress of Leaders" in text for text in texts)
    if partner == "KAZ":
        assert not any("warheads" in text or "Congress" in text for text in texts)


def test_the_powers_decide_whose_votes_a_card_compares() -> None:
    cards = report("TUR", "KAZ", powers=("CHN", "USA")).cards
    assert "un_agreement_china" in cards
    assert "un_agreement_russia" not in cards
