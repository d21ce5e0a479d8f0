"""What the report on trade says of every pair: whole sentences, and the same from both sides."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import pandas as pd
import pytest

from turkic_ties import data, show, trade
from turkic_ties.countries import MEMBERS, name
from turkic_ties.measures import trade as measures

# Whole notebooks run here, and measuring coverage in them would take half as long again.
pytestmark = pytest.mark.no_cover

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "trade.ipynb"
ODD = [
    ("KAZ", "TUR", 2020, 2020),
    ("KAZ", "TUR", 1992, 1996),
    ("TKM", "AZE", 1992, 1996),
    ("TUR", "UZB", 2020, 2020),
    ("AZE", "TUR", 1900, 1901),
    ("KGZ", "UZB", 2012, 2012),
    ("UZB", "TKM", 2005, 2015),
    ("TUR", "AZE", 2024, None),
    ("UZB", "KAZ", 2050, 2060),
]

Report = tuple[str, str, int, int | None]


ranks = trade.ranks  # what `said` replaces


@cache
def ranks_of(state: str, *period: int | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rank a state's partners and measure its concentration, once for all its reports."""
    ranked = ranks(data.load("trade/bilateral_trade"), state, *period)
    return ranked, measures.concentration(ranked)


@cache
def code() -> list[Any]:
    """Compile the code of the notebook, without parameters and the call that sets up outputs."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return [
        compile(source.replace("show.setup()", ""), "trade.ipynb", "exec") for source in sources[1:]
    ]


@cache
def said(report: Report) -> dict[str, Any]:
    """Run the notebook without drawing, and collect titles, findings, cards and names."""
    texts: list[str] = []
    cards: list[show.KeyFigure] = []

    def chart(rows: pd.DataFrame, draw: object, *, missing: str, **described: Any) -> None:
        written = (described[key] for key in ("title", "subtitle", "source", "alt"))
        shown = [text(rows) if callable(text) else text for text in written] if len(rows) else []
        texts.extend(shown or [missing])

    def table(frame: pd.DataFrame, *, title: str, subtitle: str, **_: Any) -> None:
        texts.extend([title, subtitle])

    def ranks_of_both(_: pd.DataFrame, states: object, *period: int | None) -> pd.DataFrame:
        """Leave out the other states, of which no report of the pair says anything."""
        sides = (ranks_of(state, *period) for state in report[:2])
        ranked, concentrations = map(pd.concat, zip(*sides, strict=True))
        patch.setattr(trade, "concentration", lambda _: concentrations)
        return ranked

    with pytest.MonkeyPatch.context() as patch, mpl.rc_context():
        patch.setattr(show, "chart", chart)
        patch.setattr(show, "table", table)
        for told in ("finding", "unavailable"):
            patch.setattr(show, told, texts.append)
        patch.setattr(show, "key_figures", cards.extend)
        for silent in ("statements", "sources", "in_short"):
            patch.setattr(show, silent, lambda *_: None)
        patch.setattr(trade, "ranks", ranks_of_both)
        keys = ("country", "partner", "start", "end")
        names = {**dict(zip(keys, report, strict=True)), "top_n": 10}
        for cell in code():
            exec(cell, names)
    return {"texts": texts, "cards": cards, "names": names}


BROKEN = {
    "a missing value inside a sentence": r"not available|\bnan\b|\bNaN\b|\bNone\b|inf\b",
    "a rank of one": r"\b1st-largest|\b0th\b",
    "a number that is no float": r"\d{4}\.0\b",
    "a range of one year or of one value": r"(?<![\d.])([\d.]+)–\1(?![\d.])",
    "a plural of one": r"\b1 (?:partners|years|orders|rows)\b",
    "old wording": r"told from|of the six|whose books|highest of the period|buys from it",
    "an empty list": r"\b(?:of|in|for) (?:;|,|\.)|  ",
}


def broken(report: Report) -> list[str]:
    """List the sentences that are not whole, each with what is wrong with it."""
    return [
        f"{kind}: {text}"
        for text in said(report)["texts"]
        for kind, pattern in BROKEN.items()
        if re.search(pattern, text)
    ]


def nothing_is_the_highest_or_best_of_a_single_year(report: Report) -> None:
    names = said(report)["names"]
    superlatives = [text for text in said(report)["texts"] if re.search(r"highest|best rank", text)]
    if len(names["main_series"]) < 2 and len(names["rank_series"]) < 2:
        superlatives = [text for text in superlatives if "specialisation" not in text]
        assert not superlatives


def both_sides_say_the_same_of_the_same_books(pair: tuple[str, str]) -> None:
    """A sentence on turnover names its books; two reports that name the same books agree."""
    here, there = (said((*sides, 1995, None)) for sides in (pair, pair[::-1]))
    ours, theirs = (
        {peak for peak in side["texts"] if " turnover was " in peak} for side in (here, there)
    )
    for books in (
        f"{name(pair[0])}'s statistics",
        f"{name(pair[1])}'s statistics",
        "the reconciled model",
    ):
        of_books = [{text for text in side if books in text} for side in (ours, theirs)]
        assert not all(of_books) or of_books[0] == of_books[1]
    # What one side sells is what the other buys, where both rest on the same books.
    first, second = (side["names"]["main_series"].tail(1) for side in (here, there))
    if len(first) and first["books"].item() != second["books"].item():
        flows = first[["exports_usd", "imports_usd"]].to_numpy().tolist()
        assert flows == second[["imports_usd", "exports_usd"]].to_numpy().tolist()


def peaks_and_growth_stay_inside_one_set_of_books_and_one_publisher(report: Report) -> None:
    names = said(report)["names"]
    for series in (names["main_series"], names["rank_series"], names["rates"]):
        assert len(set(series["books"])) <= 1
        assert len(set(series["source"].str.removesuffix("_panel"))) <= 1
    assert not names["rates"][["seam_1y", "seam_5y"]].to_numpy().any()


def shares_of_goods_are_key_figures_only_where_the_matrix_holds_the_flow(
    report: Report,
) -> None:
    names, cards = said(report)["names"], {card.id: card for card in said(report)["cards"]}
    coverage = names["coverage"]
    for id, flow in (("energy_share_exports", "exports"), ("energy_share_turnover", "turnover")):
        newest = coverage[coverage["flow"] == flow].tail(1)
        assert (cards[id].value is not None) == newest["comparable"].any()


def the_card_and_the_chart_of_concentration_agree(report: Report) -> None:
    """Both leave out books that do not allocate nine tenths of the trade to partners."""
    names, cards = said(report)["names"], {card.id: card for card in said(report)["cards"]}
    compared = names["compared"]
    of_country = compared[(compared["country"] == report[0]) & (compared["flow"] == "exports")]
    assert (compared["coverage"] >= 0.9).all()
    newest = of_country["hhi"].iloc[-1] if len(of_country) else None
    assert cards["export_hhi"].value == newest


def figures_are_comparable(report: Report) -> None:
    nothing_is_the_highest_or_best_of_a_single_year(report)
    peaks_and_growth_stay_inside_one_set_of_books_and_one_publisher(report)
    shares_of_goods_are_key_figures_only_where_the_matrix_holds_the_flow(report)
    the_card_and_the_chart_of_concentration_agree(report)


@pytest.mark.parametrize("pair", list(itertools.combinations(MEMBERS, 2)), ids="-".join)
def test_both_reports_of_a_pair(pair: tuple[str, str]) -> None:
    """In one test, so that no two processes run the same report."""
    for sides in (pair, pair[::-1]):
        report = (*sides, 1995, None)
        assert broken(report) == []
        assert len(said(report)["texts"]) > 10
        figures_are_comparable(report)
    both_sides_say_the_same_of_the_same_books(pair)


@pytest.mark.parametrize("report", ODD, ids=lambda report: "-".join(map(str, report)))
def test_a_report_of_an_odd_period(report: Report) -> None:
    assert broken(report) == []
    assert len(said(report)["texts"]) > 10
    figures_are_comparable(report)
