"""What a notebook shows: figures that are the same everywhere, bundles the renderer can read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from nbconvert.filters import markdown2html

from turkic_ties import show
from turkic_ties.show import charts
from turkic_ties.show.charts import finish
from turkic_ties.theme import sparkline
from turkic_ties.words import growth

Bundle = dict[str, Any]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Bundle]]:
    """Collect what is displayed, in the notebooks' style, and put the style of before back."""
    bundles: list[Bundle] = []
    monkeypatch.setattr(show, "display", lambda bundle, raw: bundles.append(bundle))
    with mpl.rc_context(), pd.option_context("display.precision", 6):
        mpl.use("svg")
        show.setup()
        yield bundles


YEARS = pd.DataFrame(
    {"iso3": ["KAZ", "KAZ", "TUR", "TUR"], "year": [2019, 2020] * 2, "v": [1.0, 2.0, 3.0, 4.0]}
)


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
    assert described["alt"] == "A line that rises. T."
    assert described["csv"] == "Year,Value (US dollars)\n2000,0.333333\n2001,2.5\n2002,2.0\n"


def test_the_data_of_a_figure_are_the_csv_that_pandas_writes() -> None:
    frame = pd.DataFrame(
        {
            "text": ['a "b", c', None, ""],
            "number": [0.25, float("nan"), 1e-9],
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "is": [True, False, True],
        }
    )
    assert show._csv(frame) == frame.to_csv(index=False)
    assert show._csv(pd.DataFrame({"v": [1 / 3, 1234567.8]})) == "v\n0.333333\n1234570.0\n"


def test_a_table_is_escaped_and_missing_is_shown_as_missing(shown: list[Bundle]) -> None:
    frame = pd.DataFrame({"Who": ["A & B"], "Share": [None]}).astype({"Share": "float64"})
    show.table(frame, id="t", title="T", subtitle="S", source="P.", formats={"Share": show.percent})
    html = shown[1]["text/html"]
    assert "A &amp; B" in html
    assert '<td class="n">–</td>' in html


@pytest.mark.parametrize(
    ("frame", "header", "first"),
    [
        (YEARS.pivot(index="iso3", columns="year", values="v"), "iso3 2019 2020", "KAZ 1 2"),
        (
            YEARS.pivot(index="iso3", columns="year", values="v").reset_index(),
            "iso3 2019 2020",
            "KAZ 1 2",
        ),
        (YEARS.query("v == 3"), "iso3 year v", "TUR 2019 3"),
        (YEARS.set_index(["iso3", "year"]), "iso3 year v", "KAZ 2019 1"),
        (YEARS.pivot(index="iso3", columns="year"), "iso3 v 2019 v 2020", "KAZ 1 2"),
        (
            YEARS.set_axis(["a", "a", "b"], axis="columns"),  # as after a merge
            "a a b",
            "KAZ 2019 1",
        ),
        (pd.concat([YEARS, YEARS]), "iso3 year v", "KAZ 2019 1"),
        (
            pd.DataFrame({"year": [2019, None], "v": [-0.0, 0.25]}),  # whole numbers and a gap
            "year v",
            "2019 0",
        ),
    ],
)
def test_a_table_shows_a_frame_as_pandas_makes_it(
    shown: list[Bundle], frame: pd.DataFrame, header: str, first: str
) -> None:
    show.table(frame, id="t", title="T", subtitle="S", source="P.")
    html = shown[1]["text/html"]
    assert " ".join(re.findall(r"<th scope[^>]*>(.*?)</th>", html)) == header
    assert " ".join(re.findall(r"<td[^>]*>(.*?)</td>", html.split("</tr>")[1])) == first


def test_a_table_does_not_lose_the_names_of_rows(shown: list[Bundle]) -> None:
    with pytest.raises(ValueError, match="reset_index"):
        show.table(pd.DataFrame({"v": [1]}, index=["a"]), id="t", title="T", subtitle="", source="")


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_runs_are_those_of_the_rows_whatever_their_index(order: slice) -> None:
    b = pd.DataFrame({"year": [2000, 2002, 2003], "source": "b", "run": [1, 2, 2]})
    a = pd.DataFrame({"year": [2000, 2001, 2003], "source": "a", "run": [3, 3, 4]})
    rows = pd.concat([b, a.iloc[order]])
    runs = show.runs(rows, ["source"])
    assert runs.index.equals(rows.index)
    pairs = set(zip(runs, rows["run"], strict=True))
    assert len(pairs) == len(set(runs)) == len(set(rows["run"])), "the same division into runs"


HOSTILE = "$5 to $6 <img src=x> *a* _b_ `c` [d](e) | # & \\ ~"


def test_text_stays_text_in_markdown(shown: list[Bundle]) -> None:
    show.finding(HOSTILE)
    show.unavailable(f"1. {HOSTILE}")
    show.table(YEARS, id="t", title=HOSTILE, subtitle=HOSTILE, source=HOSTILE)
    for bundle in shown:
        text = bundle.get("text/markdown", "")
        assert text.count(r"<span>\$</span>") == text.count("$"), "no formula in JupyterLab"
        text = re.sub("</?span>", "", text)
        assert not re.search(r"(?<!\\)[$<>`\[\]|#&~_]", text)
        plain = re.sub(r"<.*?>", "", markdown2html(text))
        assert "$5 to $6 &lt;img src=x&gt; *a* _b_ `c` [d](e) | # &amp; \\ ~" in plain or not text
    assert "<ol" not in markdown2html(shown[1]["text/markdown"])


def test_dollars_in_a_chart_are_text_and_powers_of_a_log_scale_are_not(
    shown: list[Bundle],
) -> None:
    fig, ax = plt.subplots()
    ax.plot([1, 2], [1, 1000], label="$5 to $6")
    ax.set(yscale="log", title="From $7 to $8")
    ax.legend()
    show.figure(fig, id="f", title="T", subtitle="S", source="P.", alt="A line.", values=YEARS)
    svg = next(each["image/svg+xml"] for each in shown if "image/svg+xml" in each)
    assert ">$5 to $6</text>" in svg
    assert ">From $7 to $8</text>" in svg
    assert "mathdefault" not in svg


def test_the_defaults_of_a_user_change_no_chart(shown: list[Bundle]) -> None:
    draw("first")
    mpl.rcParams.update(
        {"lines.linestyle": "--", "xtick.major.size": 9, "axes.formatter.limits": (0, 1)}
    )
    show.setup()
    draw("first")
    assert shown[1] == shown[4]


def test_statements_stand_in_the_order_of_the_article_and_are_handed_on_whole(
    shown: list[Bundle],
) -> None:
    said = {
        "stated": "5 < 6",
        "answer": "5 < 6",
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
    assert "it holds" in bundle["text/html"]


def test_statements_of_the_reverse_pair_keep_their_figures_and_say_whose_books_are_own(
    shown: list[Bundle],
) -> None:
    for pair in (("AZE", "TUR"), ("TUR", "AZE"), ("AZE", "UZB")):
        show.statements("defense", *pair)
    described, reverse = (bundle[show.MIME_TYPE] for bundle in shown)
    assert "order" not in described
    assert reverse["claims"] == described["claims"] != []
    assert reverse["order"] == (
        "The article is about Azerbaijan with Türkiye: in its statements, the country's own books "
        "are those of Azerbaijan."
    )


def panels(**layout: Any) -> Figure:
    """Draw what may need room around axes: titles, names, marks, a legend, ticks of each kind."""
    fig, (first, second, third) = plt.subplots(3, figsize=(5, 6))
    first.barh(["short", "two\nlines", "a rather long name"], [1, 2, 3], label="bars")
    first.plot([4], [1], "o", clip_on=False)
    first.set(title="Price in $ and $x^2$", xlabel="named", xlim=(0, 3))
    second.plot([2000, 2013], [1, 1_234_567], "o", label="line")
    second.annotate("outside", (2013, 1e6), (12, 0), textcoords="offset points", clip_on=False)
    show.year_axis(second)
    third.plot([1, 2], [3e-7, 5e-7])
    third.tick_params(bottom=False, labelbottom=False, labeltop=True, rotation=30)
    third.set(xscale="log")
    show.legend_below(fig)
    return fig


def test_axes_are_where_the_layout_of_matplotlib_puts_them(shown: list[Bundle]) -> None:
    ours, theirs = panels(), panels()
    show.as_svg(ours, "a")
    theirs.axes[0].title.set_parse_math(False)
    theirs.savefig(io.BytesIO(), format="svg", dpi=72)
    for ax, other in zip(ours.axes, theirs.axes, strict=True):
        places = ax.get_position().bounds, other.get_position().bounds
        assert places[0] == pytest.approx(places[1], abs=1e-9)
    plt.close("all")


@pytest.mark.parametrize("text", ["2020", "Қазақстан", "two\nlines", "$10^{-3}$", ""])
@pytest.mark.parametrize("style", [{"size": 11}, {"size": 11.5, "weight": "bold"}])
def test_texts_have_the_size_that_matplotlib_measures(
    shown: list[Bundle], text: str, style: dict[str, Any]
) -> None:
    fig = Figure(dpi=72)
    label = fig.text(0.3, 0.3, text, **style)
    ours, theirs = (kind(1, 1, io.StringIO()) for kind in (charts._Renderer, RendererSVG))
    assert label.get_window_extent(ours).bounds == label.get_window_extent(theirs).bounds
    fig.set_dpi(100)
    theirs = RendererAgg(500, 300, 100)
    own = charts._on_screen(100)
    assert label.get_window_extent(own).bounds == label.get_window_extent(theirs).bounds


def test_a_power_of_an_axis_is_below_the_labels_of_its_ticks(shown: list[Bundle]) -> None:
    fig, ax = plt.subplots()
    ax.plot([1e9, 2e9], [1, 2])
    places = re.findall(r' y="([^"]+)"[^>]*>([^<]+)</text>', show.as_svg(fig, "a"))
    heights = {text: float(y) for y, text in reversed(places)}
    assert heights["1e9"] > heights["1.2"] + 10
    plt.close()


def test_a_text_that_changed_is_measured_anew(shown: list[Bundle]) -> None:
    fig, ax = plt.subplots()
    ax.barh(["name"], [1])
    first = show.as_svg(fig, "a")
    left = ax.get_position().x0
    ax.set_yticks([0], ["a much longer name"])
    show.as_svg(fig, "a")
    assert ax.get_position().x0 > left + 0.1
    ax.set_yticks([0], ["name"])
    assert show.as_svg(fig, "a") == first
    plt.close()


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("end", "needs_room"), [(1.0, False), (1.2, True), (0.0, False), (-0.2, True)]
)
def test_a_line_from_a_name_needs_room_where_it_leaves_the_axes(
    shown: list[Bundle], end: float, needs_room: bool
) -> None:
    fig, ax = plt.subplots()
    show.label_line_ends(ax, {"name": (0.5, end, "k"), "at the edge": (1, 0.5, "k")})
    ax.set(xlim=(0, 1), ylim=(0, 1))
    show.as_svg(fig, "a")
    height = ax.get_position().height
    text = ax.texts[0]
    assert text.arrow_patch is not None, "it is drawn"  # type: ignore[attr-defined]
    text.xy = (0.5, 0.5)  # type: ignore[attr-defined]
    show.as_svg(fig, "a")
    assert (ax.get_position().height > height + 0.05) == needs_room
    plt.close()


def test_key_figures_must_not_share_an_id(shown: list[Bundle]) -> None:
    card = show.KeyFigure("turnover_usd", "Turnover", 1.0, "$1", "USD", "2023", "P.")
    with pytest.raises(ValueError, match="turnover_usd"):
        show.key_figures([card, card])
    assert shown == []


def heights(ax: Any) -> dict[str, float]:
    """Return where the names of lines are, as shares of the height of the axes."""
    finish(ax.figure)
    return {text.get_text(): text.get_position()[1] for text in ax.texts}


def test_names_of_lines_are_at_their_lines_or_moved_apart_around_them(shown: list[Bundle]) -> None:
    _, ax = plt.subplots()
    ends = {"a": 0.50, "b": 0.51, "c": 0.9, "d": 0.0, "e": 0.02}
    show.label_line_ends(ax, {name: (1, y, "k") for name, y in ends.items()}, gap=0.1)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    # a and b stand around 0.505; d and e cannot go below the axes.
    wanted = {"a": 0.455, "b": 0.555, "c": 0.9, "d": 0.0, "e": 0.1}
    assert heights(ax) == pytest.approx(wanted)
    led = {text.get_text() for text in ax.texts if text.arrow_patch}  # type: ignore[attr-defined]
    assert led == {"a", "b", "e"}, "a line leads to a name that was moved"
    plt.close()


def test_names_follow_limits_that_are_set_later(shown: list[Bundle]) -> None:
    _, ax = plt.subplots()
    ax.plot([2000, 2001], [1, 3])
    show.label_line_ends(ax, {"a": (2001, 3, "k")})
    assert heights(ax)["a"] == pytest.approx(1 / 1.1 + 0.05 / 1.1)  # margins of 5 percent
    ax.set(ylim=(0, 6))
    assert heights(ax)["a"] == pytest.approx(0.5)
    plt.close()


@settings(deadline=None, max_examples=10)
@given(ends=st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_names_never_overlap_and_keep_the_order_of_their_lines(ends: list[float]) -> None:
    _, ax = plt.subplots(figsize=(7, 4))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    show.label_line_ends(ax, {f"{n}": (1, y, "k") for n, y in enumerate(ends)}, gap=0.1)
    placed = [heights(ax)[f"{n}"] for n in sorted(range(len(ends)), key=lambda n: ends[n])]
    plt.close()
    assert all(high - low > 0.0999 for low, high in pairwise(placed))
    assert min(placed) >= 0
    assert max(placed) <= 1 + 1e-9


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("years", "ticks"),
    [
        ([2020], [2020]),
        ([2020, 2021], [2020, 2021]),
        ([2019, 2022], [2019, 2020, 2021, 2022]),
        ([1995, 2024], [1995, 2000, 2005, 2010, 2015, 2020, 2025]),
    ],
)
@pytest.mark.parametrize("kind", ["plot", "bar"])
def test_an_axis_of_years_has_whole_years_however_few(
    shown: list[Bundle], years: list[int], ticks: list[int], kind: str
) -> None:
    fig, ax = plt.subplots()
    show.year_axis(ax)
    getattr(ax, kind)(years, [1.0] * len(years))
    fig.draw_without_rendering()
    low, high = ax.get_xlim()
    shown_ticks = [int(text.get_text()) for text in ax.get_xticklabels()]
    assert [tick for tick in shown_ticks if low <= tick <= high] == ticks[: len(shown_ticks)]
    assert 4 <= high - low < 40
    plt.close()


@pytest.mark.parametrize(
    ("limits", "ticks"),
    [
        ((1995, 2005), [1995, 2000, 2005]),
        ((1995.01, 2004.99), [1996, 1998, 2000, 2002, 2004]),
        ((2005, 1994.99), [1995, 2000, 2005]),
    ],
)
def test_no_tick_of_a_year_is_made_that_is_outside_the_axis(
    shown: list[Bundle], limits: tuple[float, float], ticks: list[int]
) -> None:
    _, ax = plt.subplots()
    ax.plot([1990, 2010], [1, 2])
    show.year_axis(ax, ticks=3)
    ax.set_xlim(*limits)
    assert list(ax.get_xticks()) == ticks
    plt.close()


def test_an_axis_of_years_without_data_is_that_of_the_panel_beside_it(shown: list[Bundle]) -> None:
    fig, (empty, full) = plt.subplots(1, 2, sharex=True)
    full.plot([2022, 2024], [1.0, 2.0])
    for ax in (empty, full):
        show.year_axis(ax)
    fig.draw_without_rendering()
    assert empty.get_xlim() == full.get_xlim()
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
    for among, text in ((197.0, "5th of 197"), (float("nan"), "5th")):
        ranked = rows.assign(among=[float("nan"), among, 9])
        card = show.last_figure("r", "Rank", ranked, "rank", show.ordinal, "rank", "trade/transit")
        assert (card.value, card.text) == (5.0, text)


def test_a_key_figure_without_a_number_says_so() -> None:
    rows = pd.DataFrame({"year": [2021], "rank": [float("nan")]})
    card = show.last_figure("r", "Rank", rows, "rank", show.ordinal, "rank", "trade/transit")
    assert (card.value, card.text, card.period) == (
        None,
        "not available",
        "no record in this period",
    )


def test_a_panel_without_data_shares_the_years_of_one_with_data() -> None:
    fig, (full, empty) = plt.subplots(1, 2, sharex=True)
    full.plot([2024], [3.0], "o")
    for ax in (full, empty):
        ax.set(ylim=(0, 5))
        show.year_axis(ax)
    assert full.get_xticks().tolist() == empty.get_xticks().tolist() == [2024]
    low, high = empty.get_xlim()
    assert 2020 < low < 2024 < high < 2028
    plt.close(fig)


def trend(years: list[int], values: list[float]) -> pd.DataFrame:
    rows = pd.DataFrame({"year": years, "value": values, "source": "bns"})
    return rows.assign(books="own")


def test_a_figure_says_how_it_moved_where_its_series_has_the_year() -> None:
    rows = trend([2018, 2019, 2022, 2023], [50.0, 60.0, 0.0, 75.0])
    card = show.last_figure("a", "A", rows, "value", str, "t", "trade/bilateral_trade", growth)
    # 75 against 50 five years before is +50 %; nothing can be said against a zero.
    assert card.moved == ("+50.0% on 2018",)
    assert card.series == ((2018, 50.0), (2019, 60.0), (2022, 0.0), (2023, 75.0))
    assert show.last_figure("a", "A", rows, "value", str, "t", "trade/transit").moved == ()


def test_figures_of_both_states_have_ids_of_their_own(shown: list[Bundle]) -> None:
    rows = {"KAZ": trend([2023], [1.0]), "TUR": trend([], [])}
    both = show.both_figures("a", "A", rows, "value", str, "t", "trade/bilateral_trade", growth)
    assert [(figure.id, figure.state, figure.value) for figure in both] == [
        ("a", "Kazakhstan", 1.0),
        ("a_partner", "Türkiye", None),
    ]
    show.key_figures(both)
    assert shown[-1][show.MIME_TYPE]["states"] == ["Kazakhstan", "Türkiye"]
    assert "no record" not in shown[-1]["text/html"], "what has no value is not on the page"


def test_in_short_takes_the_titles_of_what_was_shown(
    shown: list[Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show, "_titles", {"one": "First finding", "two": "Second."})
    show.in_short("one", "absent", ["", "A sentence <b>"], "two")
    assert shown[-1][show.MIME_TYPE]["sentences"] == [
        "First finding.",
        "A sentence <b>.",
        "Second.",
    ]
    assert "<b>" not in shown[-1]["text/markdown"].replace("\\<b\\>", "")
    show.in_short([str(number) for number in range(9)])
    assert len(shown[-1][show.MIME_TYPE]["sentences"]) == show.IN_SHORT
    show.in_short("absent")
    assert shown[-1][show.MIME_TYPE]["kind"] == "unavailable"


def test_a_small_line_breaks_at_gaps_and_says_where_it_is_lowest_and_highest() -> None:
    line = sparkline([(2000, 1.0), (2001, 3.0), (2003, 2.0)])
    # Width 76 from 2, height 16 below 2: 2001 is a third of the way and the highest.
    assert 'd="M2.0 18.0L27.3 2.0M78.0 10.0"' in line
    assert 'aria-label="2000 to 2003: lowest in 2000, highest in 2001"' in line
    every_fifth = sparkline([(2000, 1.0), (2005, 1.0), (2010, 1.0)])
    assert every_fifth.count("M") == 1, "years five apart are no gaps where all are"
    assert sparkline([(2000, 1.0)]) == "", "one year is no line"
