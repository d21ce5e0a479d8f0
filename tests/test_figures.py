"""Charts on a page: colours one can read, values at the pointer, what can be taken from them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from playwright.sync_api import expect

from turkic_ties import countries, show
from turkic_ties.reports.plan import plan
from turkic_ties.reports.render import render
from turkic_ties.reports.shell import SCRIPT, TEMPLATES
from turkic_ties.show.readings import MOST_VALUES, readings
from turkic_ties.theme import (
    DARK_PAPER,
    GRID,
    INK,
    MUTED,
    ON_CELL,
    PAPER,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    contrast,
    readable,
    themed_svg,
)
from turkic_ties.topics import TOPICS

PUBLISHED = Path(__file__).parents[1] / "reports"
STATES = [countries.colour(iso3) for iso3 in (*countries.MEMBERS, "RUS", "CHN", "USA")]
PALETTES = [*sns.color_palette("deep").as_hex(), *sns.color_palette("colorblind").as_hex()]
TEMPLATE = (TEMPLATES / "report" / "figure.html.j2").read_text(encoding="utf-8")
STYLE = (TEMPLATES / "report" / "style.css").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def look() -> Iterator[None]:
    """Draw as a notebook does."""
    with plt.rc_context():
        show.setup()
        yield


# -- colours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [
        ("#ffffff", 1.0),
        # (1 + 0.05) / (0.2126 + 0.05): the luminance of pure red is its weight.
        ("#ff0000", 4.0),
        # 0x0a / 255 = 0.0392 is below 0.04045: 0.0392 / 12.92 = 0.00304; 1.05 / 0.05304.
        ("#0a0a0a", 19.8),
        # 0x0b / 255 = 0.0431 is above: ((0.0431 + 0.055) / 1.055) ^ 2.4 = 0.00335; 1.05 / 0.05335.
        ("#0b0b0b", 19.7),
    ],
)
def test_contrast_with_white_by_hand(colour: str, ratio: float) -> None:
    assert round(contrast(colour, "#ffffff"), 1) == ratio
    assert contrast(colour, "#ffffff") == contrast("#ffffff", colour)


@pytest.mark.parametrize("paper", [PAPER, "#ffffff", DARK_PAPER])
@pytest.mark.parametrize("least", [TEXT_CONTRAST, SHAPE_CONTRAST])
def test_every_colour_can_be_made_readable(paper: str, least: float) -> None:
    for colour in map(str.lower, [*STATES, *PALETTES, INK, MUTED, GRID]):
        changed = readable(colour, paper, least)
        assert contrast(changed, paper) >= least
        assert (changed == colour) == (contrast(colour, paper) >= least), "as little as needed"


def test_the_colours_of_the_style_sheet_are_readable_in_both_modes() -> None:
    rules = re.findall(r":root \{\s*(--ink[^}]*)\}", STYLE)
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", rule)) for rule in rules)
    assert dark["paper"] == DARK_PAPER
    for colours in (light, dark):
        for name in ("ink", "muted", "accent"):
            assert contrast(colours[name], colours["paper"]) >= TEXT_CONTRAST


def drawn(colour: str) -> str:
    figure, ax = plt.subplots()
    ax.plot([1, 2], [1, 2], color=colour)
    ax.text(1, 1, "name", color=colour)
    ax.text(2, 2, "cell", color=ON_CELL)
    svg = show.as_svg(figure, "chart")
    plt.close(figure)
    return svg


def test_labels_are_darkened_and_lines_keep_their_colour() -> None:
    pale = countries.colour("KGZ").lower()
    svg = drawn(pale)
    assert re.search(rf"<path [^>]*stroke: {pale}", svg)
    (label,) = re.findall(r"fill: (#\w+)[^>]*>name<", svg)
    assert label != pale
    assert contrast(label, PAPER) >= TEXT_CONTRAST
    assert re.search(rf"fill: {ON_CELL}[^>]*>cell<", svg), "a cell is pale in both modes"


def test_dark_mode_lightens_what_it_would_hide_and_nothing_else() -> None:
    page = themed_svg(drawn("#330055"), "A line.")
    changed = dict(
        re.findall(r"--([ts]\w{6}):(#\w{6})", page.split("@media")[1].split("</style>")[0])
    )
    assert contrast(changed["t330055"], DARK_PAPER) >= TEXT_CONTRAST
    assert SHAPE_CONTRAST <= contrast(changed["s330055"], DARK_PAPER) < TEXT_CONTRAST
    assert "@media" not in themed_svg(drawn(MUTED), "A line.")
    assert "<b>" not in themed_svg(drawn(MUTED), 'A "line" <b>.')


# -- values ----------------------------------------------------------------------------------------


def panels(draw: Any) -> list[dict[str, Any]]:
    figure, ax = plt.subplots(layout="constrained")
    draw(figure, ax)
    show.as_svg(figure, "chart")
    found = readings(figure)
    plt.close(figure)
    json.dumps(found, allow_nan=False)
    return found


def two_lines(figure: Any, ax: Any) -> None:
    ax.plot([2000, 2001, 2003], [1, 20000, 3], ".-", color="#0072b2")
    ax.plot([2001, 2002], [0.123456, -2], ".-", color="#d55e00", label="Türkiye")
    ax.plot([2000, 2003], [2, 2], color=MUTED)  # a guide
    ax.axhline(1)
    ax.fill_between([2000, 2003], 0, 1)
    ax.plot([2002], [9], "v", gid=show.NO_VALUE)
    ax.set_title("Panel\nof two", loc="left")
    show.year_axis(ax)
    show.label_line_ends(ax, {"Kazakhstan": (2003, 3, "#0072b2")})


def test_values_of_lines_are_named_by_their_ends_and_labels() -> None:
    (panel,) = panels(two_lines)
    assert (panel["title"], panel["by"]) == ("Panel of two", "x")
    assert panel["keys"] == ["2000", "2001", "2002", "2003"]
    assert panel["series"] == [
        ["Kazakhstan", ["1", "20,000", "", "3"]],
        ["Türkiye", ["", "0.1235", "−2", ""]],
    ]
    left, top, right, bottom = panel["box"]
    assert left < panel["at"][0] < panel["at"][1] < panel["at"][3] < right
    assert 0 < top < bottom


def bars_with_names(figure: Any, ax: Any) -> None:
    ax.barh(["one", "two"], [3, 4], color="#0072b2", label="Kazakhstan")
    ax.barh(["one", "two"], [1, 2], left=[3, 4], color="#d55e00", label="Türkiye")
    show.legend_below(figure)


def test_values_of_bars_are_read_along_their_names() -> None:
    (panel,) = panels(bars_with_names)
    assert (panel["by"], panel["keys"]) == ("y", ["one", "two"])
    assert panel["series"] == [["Kazakhstan", ["3", "4"]], ["Türkiye", ["1", "2"]]]
    assert panel["at"][0] > panel["at"][1], "the canvas counts from its top"


@pytest.mark.parametrize(("count", "text"), [(MOST_VALUES, "1; 2; 3; 4"), (MOST_VALUES + 1, "1–5")])
def test_many_values_at_one_place_become_a_range(count: int, text: str) -> None:
    def dots(_: Any, ax: Any) -> None:
        ax.scatter(range(1, count + 1), [0] * count)
        ax.set_yticks([0], ["row"])

    (panel,) = panels(dots)
    assert panel["series"] == [["", [text]]]


def test_a_time_line_and_a_table_of_cells_have_no_values() -> None:
    def lanes(_: Any, ax: Any) -> None:
        ax.plot([2000, 2010], [0, 1], "o")
        ax.set_yticks([0, 1], ["law", "decree"])
        show.year_axis(ax)

    assert panels(lanes) == []
    cells = pd.DataFrame({"Kazakhstan": [1.0, 2.0]}, index=["a", "b"])
    figure = show.heat(cells, cells.astype(str), (0, 2))
    show.as_svg(figure, "heat")
    assert readings(figure) == []
    plt.close(figure)


def test_a_pyramid_has_values_of_both_sides() -> None:
    def pyramid(_: Any, ax: Any) -> None:
        ax.barh([0, 1], [3, 2], 1, [-3, -2], label="men")
        ax.barh([0, 1], [4, 1], 1, label="women")
        ax.plot([-2.5, -1.5, -1], [0, 1, 2], label="men, 2050", gid=show.MIRRORED)
        ax.set_yticks([0, 1, 2], ["0–4", "5–9", "10+"])

    (panel,) = panels(pyramid)
    assert panel["keys"] == ["0–4", "5–9", "10+"]
    assert dict(panel["series"]) == {
        "men": ["3", "2", ""], "women": ["4", "1", ""], "men, 2050": ["2.5", "1.5", "1"],
    }  # fmt: skip


# -- published charts ------------------------------------------------------------------------------

CELLS = {"neighbourhood", "letters", "groups", "regions", "ranks", "dominance", "gdp"}
"""Charts with their values written in every cell."""
TIME_LINES = {"deals", "timeline"}
"""Charts of events, which have dates and no values."""
SCALES = (1, 1e2, 1e3, 1e-3, 1e-6, 1e-9)  # shares in percent, dollars in billions
NUMBER = re.compile(r"−?\d[\d,]*\.?\d*(?:e[+−]\d+)?")
REST = "Other sections"


def as_number(text: str) -> float:
    return abs(float(text.replace("−", "-").replace(",", "")))


@pytest.mark.parametrize("topic", TOPICS)
def test_the_values_of_every_published_chart_are_those_of_its_csv(topic: str) -> None:
    page = (PUBLISHED / topic / "kaz-tur.html").read_text(encoding="utf-8")
    charts = re.findall(r'<figure id="figure-([^"]*)">(.*?)</figure>', page, re.DOTALL)
    assert len(charts) >= 10
    for id, chart in charts:
        (content,) = re.findall(r"data-readings='([^']*)'", chart)
        (address,) = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', chart)
        cells = [cell for row in csv.reader(io.StringIO(unquote(address))) for cell in row]
        numbers = {as_number(cell) for cell in cells if re.fullmatch(r"-?[\d.]+(e-\d+)?", cell)}
        known = np.outer([*numbers], SCALES).reshape(-1, 1)
        drawn = json.loads(unescape(content))
        assert bool(drawn) != (id in CELLS | TIME_LINES), id
        for panel in drawn:
            for name, texts in panel["series"]:
                values = [as_number(value) for text in texts for value in NUMBER.findall(text)]
                if name != REST and values:
                    off = np.abs(known - values).min(axis=0)
                    assert (off <= 6e-4 * np.array(values)).all(), (id, name)  # four digits
            rest = [texts for name, texts in panel["series"] if name == REST]
            for at in range(len(panel["keys"]) if rest else 0):
                assert sum(as_number(texts[at] or "0") for _, texts in panel["series"]) == (
                    pytest.approx(100, abs=0.1)
                )


# -- pages -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page() -> str:
    """Render a page of one chart, from rows with codes and units."""
    bundles: list[Any] = []
    rows = pd.DataFrame({"iso3": "KAZ", "year": [2000, 2001, 2003], "value_usd": [1.5, 2, 12345]})

    def draw(rows: pd.DataFrame) -> Any:
        figure, ax = plt.subplots(layout="constrained")
        ax.plot(rows["year"], rows["value_usd"], ".-", color="#e69f00")
        show.year_axis(ax)
        show.label_line_ends(ax, {"Kazakhstan": (2003, 12345, "#e69f00")})
        return figure

    parts = {"title": "It's <b>", "subtitle": "Dollars", "source": "P.", "alt": "A line."}
    with pytest.MonkeyPatch.context() as patch, plt.rc_context():
        show.setup()
        patch.setattr(show, "display", lambda bundle, **_: bundles.append(bundle))
        show.chart(rows, draw, id="one", missing="", **parts)  # type: ignore[arg-type]
    (report,) = plan(["trade"], {"country": "TUR", "partner": "KAZ", "end": 2010})
    notebook = nbformat.read(report.notebook, 4)
    notebook.cells = notebook.cells[:2]
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
    notebook.cells[1]["outputs"] = outputs
    return render(report, notebook)["html"]


def test_a_figure_has_its_values_its_link_its_csv_and_its_command(page: str) -> None:
    (content,) = re.findall(r"data-readings='([^']*)'", page)
    (panel,) = json.loads(unescape(content))
    assert panel["series"] == [["Kazakhstan", ["1.5", "2", "12,345"]]]
    (address,) = re.findall(r'download="one.csv" href="data:text/csv;charset=utf-8,([^"]*)"', page)
    table = list(csv.reader(io.StringIO(unquote(address))))
    assert table[0] == ["Country", "Year", "Value (US dollars)"]
    assert table[3] == ["Kazakhstan", "2003", "12345"], "a whole number has no decimals"
    assert table[1][2] == "1.5"
    assert 'href="#figure-one"' in page
    assert "<code>ties build trade --country TUR --partner KAZ --end 2010</code>" in page
    assert "It&#39;s &lt;b&gt;" in page
    assert "It's <b>" not in page


def test_the_script_is_small_and_asks_for_nothing() -> None:
    (script,) = SCRIPT.findall(TEMPLATE)
    assert len(script.encode()) <= 6144
    assert not re.search(r"fetch|XMLHttp|import|innerHTML|eval|https?://(?!www\.w3\.org)", script)


@pytest.fixture
def browser_page(page: str, tmp_path: Path, browser: Any) -> Iterator[Any]:
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, accept_downloads=True
    )
    errors: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: errors.append(message.text))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto((tmp_path / "page.html").as_uri())
    yield opened
    context.close()
    assert errors == []


def test_a_phone_shows_the_whole_chart_and_its_values(browser_page: Any) -> None:
    chart = browser_page.locator("#figure-one .chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    sizes = browser_page.evaluate(
        "[...document.querySelectorAll('.chart svg text')].map(text => {"
        "const svg = text.ownerSVGElement, size = svg.viewBox.baseVal;"
        "return parseFloat(getComputedStyle(text).fontSize) * svg.clientWidth / size.width;})"
    )
    assert min(sizes) >= 11
    note = chart.locator("output")
    assert not note.is_visible()
    (panel,) = json.loads(chart.get_attribute("data-readings"))
    scale = box["width"] / (72 * show.WIDTH)
    for key, value in (("2000", "1.5"), ("2003", "12,345")):
        at = panel["at"][panel["keys"].index(key)] * scale
        browser_page.touchscreen.tap(box["x"] + at, box["y"] + box["height"] / 2)
        expect(note).to_have_text(f"{key} Kazakhstan: {value}", use_inner_text=True)
    browser_page.mouse.move(box["x"] + panel["at"][1] * scale, box["y"] + 50)
    expect(note).to_have_text("2001 Kazakhstan: 2", use_inner_text=True)
    assert note.bounding_box()["x"] + note.bounding_box()["width"] <= 390


def test_the_keyboard_reads_a_chart_and_takes_a_picture(browser_page: Any) -> None:
    chart = browser_page.locator("#figure-one .chart")
    note = chart.locator("output")
    chart.focus()
    expect(note, "the newest value first").to_have_text(re.compile("^2003"))
    browser_page.keyboard.press("ArrowLeft")
    expect(note).to_have_text("2001 Kazakhstan: 2", use_inner_text=True)
    for _ in range(3):
        browser_page.keyboard.press("ArrowRight")
    expect(note).to_have_text(re.compile("^2003"))
    browser_page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with browser_page.expect_download() as download:
            browser_page.locator("#figure-one .take button", has_text=kind).click()
        content = Path(download.value.path()).read_bytes()
        assert download.value.suggested_filename == f"figure-one.{kind.lower()}"
        assert content.startswith(start)
        if kind == "SVG":
            assert b"It's &lt;b&gt;" in content
            assert b"var(--" not in content
