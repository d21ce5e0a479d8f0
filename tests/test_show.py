"""What a notebook shows: figures that are the same everywhere, bundles the renderer can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turkic_ties import show

Bundle = dict[str, Any]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Bundle]]:
    """Collect what is displayed, in the notebooks' style, and put the style of before back."""
    bundles: list[Bundle] = []
    monkeypatch.setattr(show.outputs, "display", lambda bundle, raw: bundles.append(bundle))
    with mpl.rc_context(), pd.option_context("display.precision", 6):
        mpl.use("svg")
        show.setup()
        yield bundles


def draw(id: str) -> None:
    fig, ax = plt.subplots()
    ax.plot([2000, 2001, 2002], [1.0, 2.5, 2.0], marker="o", label="Қазақстан")
    ax.legend()
    show.year_axis(ax)
    values = pd.DataFrame({"year": [2000, 2001, 2002], "value_usd": [1 / 3, 2.5, 2.0]})
    show.figure(
        fig, id=id, title="T", subtitle="S", source="P.", alt="A line that rises.", values=values
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (6_348_100_000, "$6.35 billion"),
        (-240_000_000, "−$240 million"),
        (999_960_000, "$1 billion"),
        (12_345, "$12,345"),
        (0, "$0"),
        (1.5e12, "$1.5 trillion"),
        (None, "not available"),
        (float("nan"), "not available"),
    ],
)
def test_dollars_are_written_with_three_digits_and_a_word(value: float | None, text: str) -> None:
    assert show.usd(value) == text


@given(st.floats(min_value=-1e14, max_value=1e14))
def test_dollars_in_words_are_within_half_a_percent_or_half_a_dollar(value: float) -> None:
    text = show.usd(value)
    scale = {"trillion": 1e12, "billion": 1e9, "million": 1e6}.get(text.split()[-1], 1)
    digits = text.replace("−", "-").replace("$", "").replace(",", "").split()[0]
    assert float(digits) * scale == pytest.approx(value, rel=0.0051, abs=0.5)


@pytest.mark.parametrize(
    ("rank", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (23, "23rd")]
)
def test_ranks_are_written_as_ordinals(rank: int, text: str) -> None:
    assert show.ordinal(rank) == text


def test_a_percentage_has_a_real_minus_sign() -> None:
    assert show.percent(-0.184) == "−18.4%"


def test_two_figures_on_a_page_share_no_identifier(shown: list[Bundle]) -> None:
    draw("first")
    draw("second")
    svgs = [bundle["image/svg+xml"] for bundle in shown if "image/svg+xml" in bundle]
    ids = [id for svg in svgs for id in re.findall(r' id="([^"]+)"', svg)]
    assert len(svgs) == 2
    assert ids
    assert len(ids) == len(set(ids))


def test_everything_a_figure_points_at_is_there(shown: list[Bundle]) -> None:
    draw("first")
    svg = shown[1]["image/svg+xml"]
    ids = re.findall(r' id="([^"]+)"', svg)
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)) == set(ids)
    assert sorted(ids) == sorted(
        f"first-{number}" for number in range(len(ids))
    )  # no hash of numbers in them


def test_a_figure_drawn_twice_is_the_same_and_carries_no_date(shown: list[Bundle]) -> None:
    draw("first")
    draw("first")
    assert shown[1] == shown[4]
    assert "<metadata" not in shown[1]["image/svg+xml"]
    assert "202" not in re.sub(r"<text.*?</text>|[\d.]+[ \n]", "", shown[1]["image/svg+xml"])


def test_letters_of_all_languages_stay_text(shown: list[Bundle]) -> None:
    draw("first")
    assert "Қазақстан" in shown[1]["image/svg+xml"]


def test_a_figure_brings_its_text_and_its_data(shown: list[Bundle]) -> None:
    draw("first")
    described = shown[1][show.MIME_TYPE]
    assert described["alt"] == "A line that rises."
    assert described["csv"] == "year,value_usd\n2000,0.333333\n2001,2.5\n2002,2.0\n"


def test_a_table_is_escaped_and_missing_is_shown_as_missing(shown: list[Bundle]) -> None:
    frame = pd.DataFrame({"Who": ["A & B"], "Share": [None]}).astype({"Share": "float64"})
    show.table(frame, id="t", title="T", subtitle="S", source="P.", formats={"Share": show.percent})
    html = shown[1]["text/html"]
    assert "A &amp; B" in html
    assert '<td class="n">–</td>' in html


def test_statements_stand_in_the_order_of_the_article_and_are_handed_on_whole(
    shown: list[Bundle],
) -> None:
    said = {
        "stated": "5 < 6",
        "computed": "",
        "verdict": "supported",
        "rule": "5 is below 6",
        "why": "it holds",
    }
    places = {"B": (2, 1), "A": (2, 2), "C": (1, 3)}
    results = [
        {
            "id": id,
            "statement": f"S{id}",
            "paragraph": paragraph,
            "sentence": sentence,
            "parts": [],
            **said,
        }
        for id, (paragraph, sentence) in places.items()
    ]
    show.claims(results)
    (bundle,) = shown
    assert [claim["id"] for claim in bundle[show.MIME_TYPE]["claims"]] == ["C", "B", "A"]
    assert bundle[show.MIME_TYPE]["claims"][1] == results[0]
    assert re.findall(r">S(.)<", bundle["text/html"]) == ["C", "B", "A"]
    assert "5 &lt; 6" in bundle["text/html"]
    assert "5 is below 6; it holds" in bundle["text/html"]


def test_key_figures_must_not_share_an_id(shown: list[Bundle]) -> None:
    card = show.KeyFigure("turnover_usd", "Turnover", 1.0, "$1", "USD", "2023", "P.")
    with pytest.raises(ValueError, match="turnover_usd"):
        show.key_figures([card, card])
    assert shown == []


def test_labels_of_lines_are_moved_apart(shown: list[Bundle]) -> None:
    _, ax = plt.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    show.label_line_ends(
        ax, {"a": (1, 0.50, "k"), "b": (1, 0.51, "k"), "c": (1, 0.9, "k")}, gap=0.1
    )
    heights = {text.get_text(): text.xy[1] for text in ax.texts}  # type: ignore[attr-defined]
    assert heights == pytest.approx({"a": 0.5, "b": 0.6, "c": 0.9})
    plt.close()


def test_the_last_year_with_a_number_makes_the_key_figure() -> None:
    rows = pd.DataFrame(
        {"year": [2021, 2023, 2022], "rank": [6, 5, 4], "books": "own", "source": "bns"}
    )
    card = show.last_figure(
        "r", "Rank", rows, "rank", show.ordinal, "rank", "trade/bilateral_trade"
    )
    assert (card.value, card.text, card.period) == (5.0, "5th", "2023, own books")
    assert card.source == "Bureau of National Statistics of Kazakhstan"


def test_a_key_figure_without_a_number_says_so() -> None:
    rows = pd.DataFrame({"year": [2021], "rank": [float("nan")]})
    card = show.last_figure("r", "Rank", rows, "rank", show.ordinal, "rank", "trade/transit")
    assert (card.value, card.text, card.period) == (
        None,
        "not available",
        "no record in this period",
    )
