"""Rows with words a measure was not made for are refused, never counted as something else."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from turkic_ties import data, defense, demographics, language_policy, trade
from turkic_ties.data import load

CALLS: dict[str, tuple[str, str, Callable[[pd.DataFrame], object]]] = {
    "bilateral": ("trade/bilateral_trade", "flow", lambda t: trade.bilateral(t, "KAZ", "TUR")),
    "ranks": ("trade/bilateral_trade", "flow", lambda t: trade.ranks(t, "KAZ")),
    "chapters": (
        "trade/chapter_trade",
        "flow",
        lambda t: trade.by_chapter(t, load("trade/hs_chapters"), "TUR", "AZE"),
    ),
    "discrepancy": (
        "trade/bilateral_trade",
        "flow",
        lambda t: trade.publications(t, "KAZ", "TUR"),
    ),
    "votes": (
        "defense/un_roll_calls",
        "KAZ",
        lambda t: defense.vote_dispersion(t, "KAZ", ["RUS", "CHN"]),
    ),
    "events": ("defense/events", "stage", lambda t: defense.event_intervals(t, "diplomacy")),
    "places": (
        "demographics/ethnic_composition",
        "geography_type",
        lambda t: demographics.regional_shares(
            t, load("demographics/region_population"), "Kazakh", "KAZ"
        ),
    ),
    "letters": (
        "language_policy/kazakh_latin",
        "basis",
        lambda t: language_policy.lost_distinctions(t, "2021"),
    ),
    "outlook": (
        "demographics/population",
        "variant",
        lambda t: demographics.population_outlook(t, "KAZ"),
    ),
    "indicator ranks": (
        "demographics/indicator_catalog",
        "direction",
        lambda t: demographics.indicator_ranks(load("demographics/indicators"), t, 2022),
    ),
}


@pytest.mark.parametrize(("table", "column", "measure"), CALLS.values(), ids=CALLS)
def test_an_unknown_word_is_named(
    table: str, column: str, measure: Callable[[pd.DataFrame], object]
) -> None:
    rows = data.load(table)
    measure(rows)
    name = table.partition("/")[2]
    with pytest.raises(ValueError, match=f"{name} holds the {column} 'odd': use "):
        measure(rows.assign(**{column: "odd"}))
