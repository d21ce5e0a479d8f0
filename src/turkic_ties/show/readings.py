"""The values of a chart, so that a page can say what is drawn at a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, ScalarFormatter

from turkic_ties import languages
from turkic_ties.show.charts import YearLocator, names_a_line
from turkic_ties.theme import PAPER

NO_VALUE = "no value"
"""The gid of marks whose height says nothing."""

MIRRORED = "mirrored"
"""The gid of lines that are drawn to the left of zero, though their values are positive."""

MOST_VALUES = 4
"""Of one series at one place; of more, the smallest and the largest are given."""

Point = tuple[str, float, float]


def readings(fig: Figure) -> list[dict[str, Any]]:
    """Collect the values of a figure that has been drawn: of its lines, bars and dots.

    Parameters
    ----------
    fig
        The figure.

    Returns
    -------
    list of dict
        A panel each: its ``title``; ``box`` (left, top, right, bottom) in points of the canvas;
        ``by``, the axis along which one reads, ``x`` for years and ``y`` for rows with names;
        ``keys`` along it and their places ``at``; ``series``, each a name with one text per key,
        empty where it has no value. A time line, whose lanes have no values, gives no panel.
    """
    colours = _colours(fig)
    panels = [_panel(ax, fig, colours) for ax in fig.axes if ax.get_visible()]
    return [panel for panel in panels if panel["keys"]]


def _panel(ax: Axes, fig: Figure, colours: dict[str, str]) -> dict[str, Any]:
    names = _names(ax.yaxis)
    by, along = ("y", 1) if names else ("x", 0)
    names = names or _names(ax.xaxis)
    is_time_line = isinstance(ax.xaxis.get_major_locator(), YearLocator)
    has_values = not is_time_line if by == "y" else len(ax.get_yticks()) > 0
    keys: dict[str, float] = {}
    series: dict[str, dict[str, list[float]]] = {}
    if by == "y" and not fig.legends:
        colours = {}  # the names of the rows are enough
    for name, *place in _points(ax, colours) if has_values else ():
        where = place[along]
        value = place[1 - along]
        key = names.get(round(where), "") if names else f"{np.floor(where):.0f}"
        keys.setdefault(key, round(where) if names else where)
        values = series.setdefault(name, {}).setdefault(key, [])
        if value not in values:
            values.append(value)
    ordered = sorted(keys, key=keys.__getitem__)
    places = np.full((len(keys), 2), [ax.get_xlim()[0], ax.get_ylim()[0]])
    places[:, along] = [keys[key] for key in ordered]
    canvas = (ax.transData + fig.transFigure.inverted()).transform(places) if keys else places
    # In points, from the top: as a picture on a page is measured.
    width, height = fig.get_size_inches() * 72
    at = height * (1 - canvas[:, 1]) if by == "y" else width * canvas[:, 0]
    box = ax.get_position()
    left = box.x0
    top = 1 - box.y1
    right = box.x1
    bottom = 1 - box.y0
    edges = [left * width, top * height, right * width, bottom * height]
    texts = []
    for name, of_key in series.items():
        cells = [_text(of_key.get(key, [])) for key in ordered]
        texts.append([languages.chosen().say(name), cells])
    return {
        "title": " ".join(ax.get_title(loc="left").split()),
        "box": [round(float(edge), 1) for edge in edges],
        "by": by,
        "at": [round(float(place), 1) for place in at],
        "keys": [" ".join(key.split()) for key in ordered],
        "series": texts,
    }


def _names(axis: Axis) -> dict[int, str]:
    """Return the names of rows or columns by their place; none where the axis has numbers."""
    has_places = isinstance(axis.get_major_locator(), FixedLocator | StrCategoryLocator)
    if not has_places or isinstance(axis.get_major_formatter(), ScalarFormatter):
        return {}
    places = axis.get_majorticklocs()
    labels = axis.get_major_formatter().format_ticks(list(places))
    return {round(place): name for place, name in zip(places, labels, strict=False) if name}


def _points(ax: Axes, colours: dict[str, str]) -> Iterator[Point]:
    """Give name of the series, x and y of every value that is drawn."""
    ends = {tuple(text.xy): text.get_text() for text in ax.texts if names_a_line(text)}  # type: ignore[attr-defined]
    labels = {bars[0]: bars.get_label() for bars in ax.containers if len(bars)}
    for line in ax.get_lines():
        data = np.asarray(line.get_xydata(), dtype="float64")
        data = data[np.isfinite(data).all(axis=1)]
        if line.get_gid() == NO_VALUE or line.get_transform() != ax.transData or not len(data):
            continue
        name = ends.get(tuple(data[-1]), "") or _label(labels.get(line, line.get_label()))
        name = name or colours.get(_colour(line), "")
        is_short = line.get_marker() in ("None", "") and len(data) < 3
        is_guide = is_short and (not name or data[0, 1] == data[-1, 1])
        if line.get_gid() == MIRRORED:
            data[:, 0] *= -1
        if not is_guide:
            yield from ((name, x, y) for x, y in data)
    for bars in ax.containers:
        if isinstance(bars, BarContainer):
            name = colours.get(_colour(bars)) or _label(bars.get_label()) if len(bars) else ""
            for bar in bars:
                x, y = bar.get_xy()
                if bars.orientation == "horizontal":
                    yield name, bar.get_width(), y + bar.get_height() / 2
                else:
                    yield name, x + bar.get_width() / 2, bar.get_height()
    for dots in ax.collections:
        if isinstance(dots, PathCollection):
            name = colours.get(_colour(dots), "")
            yield from ((name, x, y) for x, y in np.asarray(dots.get_offsets()))


def _label(label: object) -> str:
    """Return what a notebook called a series; matplotlib's own names begin with an underscore."""
    return "" if str(label).startswith("_") else str(label)


def _colours(fig: Figure) -> dict[str, str]:
    """Name the colours of a figure: by its legends, or else by the names at the ends of lines."""
    legends = [*fig.legends, *(legend for ax in fig.axes if (legend := ax.get_legend()))]
    named: dict[str, str] = {}
    for legend in legends:
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            named.setdefault(_colour(handle), text.get_text())
    texts = [text for ax in fig.axes for text in ax.texts if names_a_line(text)]
    at_ends: dict[str, set[str]] = {}
    for text in texts:
        at_ends.setdefault(to_hex(text.get_color()), set()).add(text.get_text())
    return {colour: names.pop() for colour, names in at_ends.items() if len(names) == 1} | named


def _colour(artist: Any) -> str:
    """Return the colour that tells one series from another."""
    if isinstance(artist, BarContainer):
        if len({_colour(bar) for bar in artist}) == 1:
            return _colour(artist[0])
        return ""
    if isinstance(artist, Line2D):
        colour = to_hex(artist.get_color())
        return colour if colour != PAPER else to_hex(artist.get_markeredgecolor())
    colour = artist.get_facecolor()
    if isinstance(artist, Patch):
        return to_hex(colour)
    return to_hex(colour[0]) if len(colour) else ""


def _text(values: list[float]) -> str:
    """Write the values of a series at one place, with four digits, without a unit."""
    if len(values) > MOST_VALUES:
        values = [min(values), max(values)]
        return "–".join(map(_number, values))
    return "; ".join(map(_number, values))


def _number(value: float) -> str:
    text = f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    return languages.chosen().say(text.replace("-", "−"))
