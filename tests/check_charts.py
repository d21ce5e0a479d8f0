"""Draw the charts of reports and look for faults a reader would see.

`make check-charts` draws all charts of all pairs and of some odd periods;
``python tests/check_charts.py trade defense`` draws those of some topics. The cells are executed
in this process, without a kernel and without a page.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox

from turkic_ties import show
from turkic_ties.parameters import MODELS
from turkic_ties.reports.plan import Report, plan
from turkic_ties.show.charts import SMALLEST_TEXT, WIDTH
from turkic_ties.topics import TOPICS

ODD = [
    {"start": 2020, "end": 2020},
    {"country": "TKM", "partner": "AZE", "start": 2020, "end": 2020},
    {"start": 2000, "end": 2002},
    {"country": "KGZ", "partner": "UZB", "start": 2012, "end": 2012},
    {"country": "AZE", "partner": "TUR", "start": 1900, "end": 1901},
    {"country": "UZB", "partner": "KAZ", "start": 2050, "end": 2060},
    {"country": "TUR", "partner": "KAZ", "start": 1992, "end": 1996},
    {"start": 1800},
    {"country": "UZB", "partner": "TKM", "end": 1995},
    {"country": "TUR", "partner": "AZE", "start": 2024},
]

TOLERANCE = 1.0  # points; less cannot be seen


def problems(figure: Figure) -> list[str]:
    """Name the faults of a chart: cut values, texts that overlap or are cut, covered data."""
    show.charts.finish(figure)
    figure.set_dpi(72)  # a pixel is a point
    figure.draw_without_rendering()
    # Not the method of the text itself: that of an annotation includes its arrow.
    texts = {text: Text.get_window_extent(text) for text in _visible_texts(figure)}
    found = [
        f"{_quote(text)} is outside the canvas"
        for text, box in texts.items()
        if not _inside(box, figure.bbox)
    ]
    found += [f"{_quote(text)} is too small" for text in texts if text.get_size() < SMALLEST_TEXT]
    if figure.get_figwidth() != WIDTH:
        found.append(f"the chart is {figure.get_figwidth()} inches wide instead of {WIDTH}")
    upright = {text: _upright(text) for text in texts}
    for one, other in itertools.combinations(texts, 2):
        if one.get_rotation() == other.get_rotation():
            boxes = upright[one], upright[other]
        else:
            boxes = texts[one], texts[other]
        if _overlap(*boxes):
            found.append(f"{_quote(one)} and {_quote(other)} overlap")
    for ax in figure.axes:
        if ax.get_visible():
            points = _drawn(ax)
            found += _cut(ax, points)
            found += _covered(ax, figure, points)
    return list(dict.fromkeys(found))


def _quote(text: Text) -> str:
    return repr(" ".join(text.get_text().split()))


def _visible_texts(figure: Figure) -> list[Text]:
    """List the texts a reader sees; ticks outside the limits of their axis are not drawn."""
    hidden = {
        label
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        for label in (tick.label1, tick.label2)
        if not _between(tick.get_loc(), axis.get_view_interval())
    }
    texts: list[Text] = figure.findobj(Text)  # type: ignore[assignment]
    return [
        text
        for text in texts
        if text not in hidden and text.get_text().strip() and _shown(text, figure)
    ]


def _shown(text: Text, figure: Figure) -> bool:
    axes = [ax for ax in figure.axes if text.axes is ax]
    drawn = [ax.axison or text in ax.texts for ax in axes if ax.get_visible()]
    return text.get_visible() and len(drawn) == len(axes) and all(drawn)


def _between(value: float, interval: Any) -> bool:
    low, high = sorted(interval)
    margin = (high - low) * 1e-6
    return bool(low - margin <= value <= high + margin)


def _inside(box: Bbox, canvas: Bbox) -> bool:
    return bool(
        box.x0 >= canvas.x0 - TOLERANCE
        and box.x1 <= canvas.x1 + TOLERANCE
        and box.y0 >= canvas.y0 - TOLERANCE
        and box.y1 <= canvas.y1 + TOLERANCE
    )


def _upright(text: Text) -> Bbox:
    """Return the box of a text in a frame that is turned as the text is."""
    angle, turn = text.get_rotation(), Affine2D().rotate_deg(-text.get_rotation())
    anchor = text.get_transform().transform(text.get_position())
    text.set_rotation(0)
    box = Text.get_window_extent(text)
    text.set_rotation(angle)
    return box.translated(*(turn.transform(anchor) - anchor)) if angle else box


def _overlap(one: Bbox, other: Bbox) -> bool:
    """Tell whether two texts overlap; the boxes are higher than the letters in them."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(width > TOLERANCE and height > 0.25 * min(one.height, other.height))


def _drawn(ax: Axes) -> np.ndarray:
    """Return points on everything that shows data, in pixels: of lines also between the ends."""
    parts = [np.empty((0, 2))]
    for line in ax.get_lines():
        if line.get_visible() and line.get_transform() == ax.transData:
            visible = line.get_linestyle() not in ("None", "none", " ", "")
            parts.append(_along(ax.transData.transform(line.get_xydata()), visible))
    for patch in ax.patches:
        corners = _corners(patch.get_path().transformed(patch.get_transform()))
        # seaborn adds a shape without size for its legend.
        of_data = patch.get_visible() and patch.get_data_transform() == ax.transData
        if of_data and np.ptp(corners, axis=0).any():
            parts.append(_along(corners, True))
    for collection in ax.collections:
        if not collection.get_visible():
            continue
        if collection.get_offset_transform() == ax.transData:
            offsets = np.ma.filled(collection.get_offsets().astype(float), np.nan)
            parts.append(ax.transData.transform(offsets))
        elif collection.get_transform() == ax.transData:
            paths = [_corners(path) for path in collection.get_paths()]
            parts += [_along(ax.transData.transform(path), True) for path in paths]
    points = np.concatenate(parts)
    return points[np.isfinite(points).all(axis=1)]


def _corners(path: Path) -> np.ndarray:
    """Return the points of a path; the one that closes it has no place."""
    vertices = np.asarray(path.vertices)
    return vertices if path.codes is None else vertices[path.codes != Path.CLOSEPOLY]


def _along(points: np.ndarray, joined: bool) -> np.ndarray:
    if not joined or len(points) < 2:
        return points
    shares = np.linspace(0, 1, 100)[:, None, None]
    return (points[:-1] * (1 - shares) + points[1:] * shares).reshape(-1, 2)


def _cut(ax: Axes, points: np.ndarray) -> list[str]:
    """Say which values lie outside their axes."""
    box = ax.bbox
    outside = (points < box.min - TOLERANCE) | (points > box.max + TOLERANCE)
    if not outside.any():
        return []
    values = ax.transData.inverted().transform(points[outside.any(axis=1)])
    named = ", ".join(f"({x:.6g}, {y:.6g})" for x, y in values[[0, -1]])
    left, right, low, high = *ax.get_xlim(), *ax.get_ylim()
    limits = f"x {left:.6g} to {right:.6g}, y {low:.6g} to {high:.6g}"
    return [f"values outside the axes, such as {named}; limits {limits}"]


def _covered(ax: Axes, figure: Figure, points: np.ndarray) -> list[str]:
    """Say which legends lie on data."""
    legends = [other.get_legend() for other in figure.axes] + list(figure.legends)
    return [
        f"a legend ({', '.join(text.get_text() for text in legend.get_texts())}) covers data"
        for legend in legends
        if legend is not None and legend.get_visible()
        if _contains(legend.get_window_extent(), points[_in_axes(ax, points)])
    ]


def _in_axes(ax: Axes, points: np.ndarray) -> np.ndarray:
    return np.asarray(((points >= ax.bbox.min) & (points <= ax.bbox.max)).all(axis=1))


def _contains(box: Bbox, points: np.ndarray) -> bool:
    low, high = box.min + 2 * TOLERANCE, box.max - 2 * TOLERANCE
    return bool(((points > low) & (points < high)).all(axis=1).any())


# -- reports ---------------------------------------------------------------------------------------


def faults(report: Report) -> Iterator[tuple[str, str]]:
    """Execute a notebook and give the faults of its charts: id of the chart, what is wrong."""
    found: list[tuple[str, str]] = []

    def check(figure: Figure, id: str) -> str:
        found.extend((id, problem) for problem in problems(figure))
        return "<svg></svg>"

    cells = json.loads(report.notebook.read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {"__name__": "__main__"}
    silent = {name: lambda *_, **__: None for name in ("display", "statements", "sources")}
    with mpl.rc_context(), _replaced(show, as_svg=check, **silent):
        mpl.use("svg")
        for cell in cells:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
                if "parameters" in cell["metadata"].get("tags", []):
                    names |= report.parameters
    plt.close("all")
    yield from found


class _replaced:
    """Replace attributes of a module for a while."""

    def __init__(self, module: Any, **functions: Callable[..., Any]) -> None:
        self.module, self.functions = module, functions

    def __enter__(self) -> None:
        self.before = {name: getattr(self.module, name) for name in self.functions}
        vars(self.module).update(self.functions)

    def __exit__(self, *_: object) -> None:
        vars(self.module).update(self.before)


def main() -> None:
    """Check the charts of all reports of some topics, or of all."""
    topics = sys.argv[1:] or TOPICS
    count = 0
    for topic in topics:
        defaults = MODELS[topic]().model_dump()
        odd = [given for given in ODD if defaults | given != defaults]
        reports = plan([topic], {}, all_pairs=True)
        reports += [report for given in odd for report in plan([topic], given)]
        for report in reports:
            for id, problem in faults(report):
                count += 1
                print(f"{report.stem}, {id}: {problem}", flush=True)
    print(f"{count} faults")
    sys.exit(bool(count))


if __name__ == "__main__":
    main()
