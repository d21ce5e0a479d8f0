"""The look for faults in charts finds them, and charts of a few reports have none."""

from __future__ import annotations

import sys
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from check_charts import faults, problems

from turkic_ties import show
from turkic_ties.countries import MEMBERS
from turkic_ties.reports.plan import plan
from turkic_ties.show.charts import SMALLEST_TEXT, WIDTH
from turkic_ties.topics import TOPICS

# Whole notebooks run here, and measuring coverage in them would take half as long again.
pytestmark = pytest.mark.no_cover

ONE_YEAR: dict[str, Any] = {"country": "TKM", "partner": "AZE", "start": 2020, "end": 2020}
SAMPLE = {"trade": {}, "defense": ONE_YEAR, "language_policy": ONE_YEAR, "demographics": {}}
"""Of what ``make check-charts`` draws."""
NEW_STATE = "HUN"


def bars(ax: Any) -> None:
    ax.bar([1, 2], [1, 2], label="bars")


def good(ax: Any) -> None:
    ax.plot([1, 2, 3], [1, 3, 2], label="line")
    bars(ax)
    ax.axhline(0)
    ax.fill_between([1, 2], [0, 0], [1, 2])
    ax.legend(loc="upper left")


def line_above_the_limits(ax: Any) -> None:
    ax.plot([1, 2, 3], [1, 3, 2])
    ax.set_ylim(0, 2.9)


def bar_beyond_the_limits(ax: Any) -> None:
    bars(ax)
    ax.set_xlim(0, 2)


def point_outside(ax: Any) -> None:
    ax.scatter([1, 5], [1, 1])
    ax.set_xlim(0, 4)


def area_above_the_limits(ax: Any) -> None:
    ax.fill_between([1, 2], [0, 0], [1, 3])
    ax.set_ylim(0, 2)


def legend_on_a_line(ax: Any) -> None:
    ax.plot([0, 1], [0, 1], label="line")
    ax.legend(loc="center")


def texts_that_overlap(ax: Any) -> None:
    ax.text(0.5, 0.5, "some text")
    ax.text(0.52, 0.51, "other text")


def text_outside(ax: Any) -> None:
    ax.text(1.5, 0.5, "far away", transform=ax.transAxes).set_in_layout(False)


def small_text(ax: Any) -> None:
    ax.text(0.5, 0.5, "small", fontsize=SMALLEST_TEXT - 0.5)


def smallest_text(ax: Any) -> None:
    ax.text(0.5, 0.5, "small", fontsize=SMALLEST_TEXT)


def wide_canvas(ax: Any) -> None:
    ax.figure.set_figwidth(WIDTH + 0.1)


def turned_names_that_pass_each_other(ax: Any) -> None:
    names = ["Kazakhstan", "Turkmenistan"]
    ax.set_xticks([0.4, 0.5], names, rotation=45, ha="left", rotation_mode="anchor")
    ax.tick_params(labelbottom=False, labeltop=True)


def turned_names_that_overlap(ax: Any) -> None:
    turned_names_that_pass_each_other(ax)
    ax.set_xticks([0.4, 0.42], ["Kazakhstan", "Turkmenistan"])


@pytest.mark.parametrize(
    ("draw", "fault"),
    [
        (good, ""),
        (line_above_the_limits, "values outside the axes, such as"),
        (bar_beyond_the_limits, "values outside the axes"),
        (point_outside, "values outside the axes, such as (5, 1)"),
        (area_above_the_limits, "values outside the axes"),
        (legend_on_a_line, "a legend (line) covers data"),
        (texts_that_overlap, "'some text' and 'other text' overlap"),
        (text_outside, "'far away' is outside the canvas"),
        (small_text, "'small' is too small"),
        (smallest_text, ""),
        (wide_canvas, f"the chart is {WIDTH + 0.1} inches wide instead of {WIDTH}"),
        (turned_names_that_pass_each_other, ""),
        (turned_names_that_overlap, "'Kazakhstan' and 'Turkmenistan' overlap"),
    ],
)
def test_a_fault_is_found_and_named(draw: Any, fault: str) -> None:
    with plt.rc_context():
        show.setup()
        figure, ax = plt.subplots()
        draw(ax)
        found = problems(figure)
    plt.close()
    assert len(found) == bool(fault), found
    assert all(fault.partition(",")[0] in problem for problem in found)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_charts_of_a_report_have_no_fault(topic: str) -> None:
    (report,) = plan([topic], SAMPLE[topic])
    assert list(faults(report)) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_new_state_needs_no_rows_in_any_table(
    topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state is added as the README says: then all charts have data or a sentence."""
    for name, module in sys.modules.items():
        if name.startswith("turkic_ties") and hasattr(module, "MEMBERS"):
            monkeypatch.setattr(module, "MEMBERS", (*MEMBERS, NEW_STATE))
    (report,) = plan([topic], {"country": NEW_STATE, "partner": "TUR"})
    assert list(faults(report)) == []


def test_a_chart_is_enlarged_where_long_names_leave_no_room() -> None:
    show.setup()
    fig, ax = plt.subplots(figsize=(WIDTH, 2))
    ax.plot([0, 1], [0, 1])
    show.label_line_ends(ax, {"A name that fits": (1.0, 1.0, "black")})
    show.as_svg(fig, "short")
    assert fig.get_figwidth() == WIDTH
    ax.set_yticks([0, 1], ["The name of a state, " * 6, "B"])
    show.as_svg(fig, "long")
    assert WIDTH < fig.get_figwidth() < 3 * WIDTH
    plt.close(fig)
    fig = show.heat(pd.DataFrame({"x" * 100: [1.0]}), pd.DataFrame({"x" * 100: ["1"]}), (0, 1))
    show.as_svg(fig, "heat")
    plt.close(fig)


@pytest.mark.parametrize("name", ["KAZ", "Uzbek Latin", "Common Turkic 2024"])
def test_long_names_of_columns_leave_room_for_few_rows(name: str) -> None:
    show.setup()
    cells = pd.DataFrame({f"{name}{'’' * i}": [1.0, 2.0] for i in range(5)}, index=["a", "b"])
    fig = show.heat(cells, cells.astype(str), (0, 2))
    show.as_svg(fig, "heat")
    (ax,) = fig.axes
    height = ax.get_position().height * 72 * fig.get_figheight() / 2
    assert SMALLEST_TEXT * 1.6 < height < SMALLEST_TEXT * 5
    plt.close(fig)
