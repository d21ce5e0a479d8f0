"""Charts that look alike, and are drawn as the same SVG on every machine."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import FigureCanvasBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import offset_copy
from scipy.optimize import isotonic_regression

from turkic_ties import languages
from turkic_ties.show import form
from turkic_ties.theme import GRID, INK, MUTED, ON_CELL, PAPER, readable_texts

# DejaVu Sans is what matplotlib measures text with; Verdana has the same widths.
SVG_STYLE = (
    "svg text{font-family:'DejaVu Sans',Verdana,'Bitstream Vera Sans',sans-serif}"
    "svg *{stroke-linejoin:round;stroke-linecap:butt}"
)
# Our code and the libraries it computes with: a reader cannot act on warnings of the kernel itself.
COMPUTING = r"__main__|(turkic_ties|pandas|numpy|scipy|matplotlib|seaborn)(\.|$)"
WIDTH, SMALLEST_TEXT = 5.19, 11
"""Of all charts, in inches and points: on a phone of 390 pixels a point is at least a pixel."""
MOST_WIDTHS = 8
"""A figure is enlarged for the sake of long names up to here."""
STYLE = {
    "axes.edgecolor": MUTED,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": MUTED,
    "axes.labelsize": SMALLEST_TEXT,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titley": 1.0,  # matplotlib would look for it in the labels of ticks, many times
    "axes.unicode_minus": True,
    "figure.constrained_layout.use": True,
    "figure.facecolor": PAPER,
    "figure.figsize": (WIDTH, 3.6),
    "font.size": SMALLEST_TEXT,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.fontsize": SMALLEST_TEXT,
    "legend.columnspacing": 1.2,
    "legend.handlelength": 1.4,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "patch.edgecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "turkic-ties",
    "text.color": INK,
    **{f"{axis}tick.{part}": MUTED for axis in "xy" for part in ("color", "labelcolor")},
    **{f"{axis}tick.labelsize": SMALLEST_TEXT for axis in "xy"},
    **{f"{axis}tick.major.size": 4 for axis in "xy"},
    "ytick.left": False,
}
PANDAS_OPTIONS = {
    "display.max_columns": 20,
    "display.max_rows": 40,
    "display.width": 120,
    "display.precision": 3,
}

LINE_END = "line end, gap "
"""Marks the names that `label_line_ends` wrote, so that they can be placed again."""

LABEL_POINTS, LEADER_POINTS = SMALLEST_TEXT, 8
FEWEST_YEARS = 4
"""An axis of years covers at least so many."""


def setup() -> None:
    """Set everything that decides how outputs look, and turn warnings into errors.

    A notebook calls it once, at the top. Nothing depends on the settings of the machine or of the
    user: matplotlib's defaults are the start, whatever a ``matplotlibrc`` says.
    """
    mpl.rcdefaults()
    warnings.filterwarnings("error", module=COMPUTING)
    sns.set_theme(style="ticks", context="notebook", font="DejaVu Sans", rc=STYLE)
    for name, value in PANDAS_OPTIONS.items():
        pd.set_option(name, value)
    form.offer()


def label_line_ends(
    ax: Axes, labels: Mapping[str, tuple[float, float, str]], *, gap: float = 0.0
) -> None:
    """Write the names of lines at their right ends.

    Names that would overlap are moved apart, as little as possible; a thin line then leads from the
    end of the line to its name. `as_svg` places them again when the limits of the axes are final.

    Parameters
    ----------
    ax
        The axes.
    labels
        Name to the last point of its line and its colour: ``{"Türkiye": (2023, 5.1, "#D55E00")}``.
    gap
        Smallest distance of two names, as a share of the height of the axes; at least their height.
    """
    right = offset_copy(ax.transAxes, ax.get_figure(root=True), x=LEADER_POINTS, units="points")
    for text, (x, y, colour) in labels.items():
        label: Any = ax.annotate(
            text,
            (x, y),
            xytext=(1, 0),
            textcoords=right,
            va="center",
            color=colour,
            fontsize=LABEL_POINTS,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "relpos": (0, 0.5)},
        )
        label.set_gid(f"{LINE_END}{gap}")
        label.leader = label.arrowprops, label.arrow_patch
    _place_labels(ax)


def names_a_line(text: Text) -> bool:
    """Tell whether `label_line_ends` wrote a text."""
    return str(text.get_gid()).startswith(LINE_END)


def _place_labels(ax: Axes) -> None:
    """Place the names of lines: least squares from their lines, in order and without overlap."""
    labels: list[Any] = [text for text in ax.texts if names_a_line(text)]
    if not labels:
        return
    ax.get_xlim(), ax.get_ylim()  # brings the limits in line with what was drawn
    ends = (ax.transData + ax.transAxes.inverted()).transform([label.xy for label in labels])
    order = ends[:, 1].argsort(kind="stable")
    height = ax.bbox.height / ax.figure.dpi * 72
    gaps = [float(label.get_gid().removeprefix(LINE_END)) for label in labels]
    gap = max(*gaps, LABEL_POINTS * 1.15 / height)
    # With distances of exactly `gap` taken out, names may share a place but keep their order.
    steps = np.arange(len(labels)) * gap
    placed = isotonic_regression(ends[order, 1] - steps).x
    placed = placed.clip(0, max(0, 1 - steps[-1])) + steps
    edge = min(ends[:, 0].max(), 1)
    for place, y in zip(order, placed, strict=True):
        label = labels[place]
        end = ends[place]
        moved = abs(y - end[1]) * height > LABEL_POINTS / 2 or edge - end[0] > 0.03
        label.set_position((edge, y))
        label.arrowprops, label.arrow_patch = label.leader if moved else (None, None)
        label.ends_inside = ((end >= 0) & (end <= 1)).all()


def legend_below(fig: Figure, named: Mapping[str, Any] | None = None) -> None:
    """Give a figure one legend below its panels, where it covers nothing.

    Parameters
    ----------
    fig
        The figure.
    named
        What each label stands for; what is labelled in the panels when left out.
    """
    if named is None:
        named = {}
        for ax in fig.axes:
            handles, labels = ax.get_legend_handles_labels()
            named |= dict(zip(labels, handles, strict=True))
            if (legend := ax.get_legend()) is not None:
                legend.remove()
    named = {languages.chosen().label(name): handle for name, handle in named.items()}
    widest = 3.6 + 0.62 * max(map(len, named), default=0)  # of a handle and its label, in ems
    columns = int((72 * WIDTH / SMALLEST_TEXT - 1) // widest)
    fig.legend([*named.values()], [*named], loc="outside lower left", ncols=max(1, columns))


def heat(values: pd.DataFrame, texts: pd.DataFrame, limits: tuple[float, float]) -> Figure:
    """Draw a table of shaded cells, with its columns named above; a missing value is blank.

    Parameters
    ----------
    values
        What decides the shade.
    texts
        What is written in the cells.
    limits
        Values of the palest cell and of the darkest one; it may be larger than the former.
    """
    lines = 1 + max(str(name).count("\n") for name in values.index)
    names = [str(name) for name in values.columns]
    widest = max(map(len, names))
    is_rotated = widest * len(names) > 36
    header = 0.4 + 0.065 * widest if is_rotated else 1.0  # at 45 degrees, in inches
    height = header + (0.2 + 0.17 * lines) * len(values)
    fig = Figure(figsize=(WIDTH, height))
    canvas: Any = FigureCanvasBase(fig)
    # Seaborn draws to see which names overlap: places suffice.
    canvas.draw = lambda: _lay_out(fig, _on_screen(fig.dpi))
    low, high = limits
    inside = {"color": ON_CELL, "size": SMALLEST_TEXT, "in_layout": False}
    cells = {"annot": texts, "fmt": "", "annot_kws": inside, "ax": fig.subplots()}
    look = {"linewidths": 1.5, "linecolor": PAPER, "cbar": False}
    cmap, ends = ("Blues", (low, high)) if low < high else ("Blues_r", (high, low))
    # The darkest cells are left out, so that dark text can be read on all.
    reach = (ends[1] - ends[0]) * 0.6
    ends = (ends[0], ends[1] + reach) if low < high else (ends[0] - reach, ends[1])
    with warnings.catch_warnings():
        # `as_svg` makes room for long names.
        warnings.filterwarnings("ignore", "constrained_layout not applied")
        ax = sns.heatmap(
            values.astype(float), vmin=ends[0], vmax=ends[1], cmap=cmap, **cells, **look
        )
    ax.set(xlabel="", ylabel="")
    ax.tick_params(bottom=False, left=False, labelbottom=False, labeltop=True, rotation=0)
    ax.tick_params(axis="y", labelcolor=INK)
    ax.grid(visible=False)
    if is_rotated:
        style = {"rotation": 45, "ha": "left", "rotation_mode": "anchor"}
        ax.set_xticks(ax.get_xticks(), names, **style)
    return fig


def runs(rows: pd.DataFrame, by: Sequence[str]) -> pd.Series[int]:
    """Number the runs of successive years, to draw a gap as a gap (seaborn's ``units``).

    Parameters
    ----------
    rows
        With a ``year``; in any order.
    by
        Columns that distinguish lines, the source among them: a line breaks where one changes.

    Returns
    -------
    pandas.Series
        For each row a number, the same for successive years.
    """
    # By position: frames that were put together have index labels twice.
    ordered = rows.reset_index(drop=True).sort_values([*by, "year"])
    keys = ordered[list(by)]
    starts = (ordered["year"].diff() != 1) | (keys != keys.shift()).any(axis="columns")
    numbers = starts.astype("int64").cumsum().sort_index()
    return numbers.set_axis(rows.index)


class YearLocator(MaxNLocator):
    """Ticks at whole years, and at least a few years on the axis even if the data are of one."""

    def nonsingular(self, v0: float, v1: float) -> tuple[float, float]:
        """Widen the limits of few years."""
        short = max(0.0, FEWEST_YEARS - abs(v1 - v0))
        return min(v0, v1) - short / 2, max(v0, v1) + short / 2

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Place ticks at whole years."""
        assert isinstance(self.axis, Axis)
        axes = self.axis.axes.get_shared_x_axes().get_siblings(self.axis.axes)
        intervals = [ax.xaxis.get_data_interval() for ax in axes]
        first = min(a for a, _ in intervals)
        last = max(b for _, b in intervals)
        # Without data the interval is infinite; a panel can be empty beside one that is not.
        if not 0 <= last - first < FEWEST_YEARS:
            # Those outside the limits would be made, though they are never drawn.
            ticks = np.asarray(super().tick_values(vmin, vmax))
            low, high = sorted((vmin, vmax))
            return ticks[(ticks > low - 1e-6) & (ticks < high + 1e-6)]
        return np.arange(np.ceil(first), np.floor(last) + 1)


def year_axis(ax: Axes, ticks: int = 8) -> None:
    """Set the ticks of a horizontal axis of years: whole years, about `ticks` of them, no label."""
    ax.xaxis.set_major_locator(YearLocator(nbins=ticks, integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    ax.autoscale_view(scaley=False)  # limits may have been set by the locator before
    ax.set_xlabel("")


def finish(fig: Figure) -> None:
    """Place the names of lines where the layout and the limits of all axes put them.

    Dollars are text, as on the page: only the numbers of matplotlib's own log scales are formulas.
    """
    _translate(fig)
    for text in _texts(fig):
        if "$" in text.get_text() and "\\mathdefault" not in text.get_text():
            text.set_parse_math(False)
    for ax in fig.axes:
        # Spines look at all ticks for their size, in vain where labels are further out or no ticks.
        ax.spines.left.axis = None
        if ax.xaxis.get_tick_params()["labelbottom"]:
            ax.spines.bottom.axis = None
            ax.spines.bottom.set_in_layout(False)
        # Every pass of a layout would look whether these exceed the axes.
        ax.patch.set_in_layout(False)
        drawn: list[Any] = [*ax.lines, *ax.patches, *ax.collections]
        for artist in drawn:
            if artist._fully_clipped_to_axes():
                artist.set_in_layout(False)
        for axis in (ax.xaxis, ax.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # else all ticks are measured again to place no name
    named = [ax for ax in fig.axes if any(map(names_a_line, ax.texts))]
    for ax in named:
        _place_labels(ax)  # else a name far outside could leave no room for the axes
    if named:
        _lay_out(fig, _on_screen(fig.dpi))
    for ax in named:
        _place_labels(ax)


def _lay_out(fig: Figure, renderer: RendererBase) -> None:
    """Place the axes of a figure, as drawing it does first; the renderer measures its texts."""
    if (layout := fig.get_layout_engine()) is None:
        return
    texts: list[Any] = [text for ax in fig.axes for text in ax.texts]
    # A line to a point in the axes needs no room, and its shape takes long to find.
    inside = [text for text in texts if getattr(text, "ends_inside", False)]
    arrows = [(text.arrowprops, text.arrow_patch) for text in inside]
    for text in inside:
        text.arrowprops = text.arrow_patch = None
    canvas: Any = fig.canvas
    canvas.get_renderer = lambda: renderer
    try:
        layout.execute(fig)
    finally:
        del canvas.get_renderer
        for text, arrow in zip(inside, arrows, strict=True):
            text.arrowprops, text.arrow_patch = arrow


@cache
def _heights(font: FontProperties, dpi: float) -> tuple[float, float, float]:
    """Return ascent, descent and gap of lines; matplotlib reads the file again for each text."""
    file: Any = get_font(findfont(font))
    table = file.get_sfnt_table("OS/2")
    scale = 1 / file.units_per_EM * font.get_size_in_points() * dpi / 72
    ascent, descent = table["sTypoAscender"], -table["sTypoDescender"]
    return ascent * scale, descent * scale, table["sTypoLineGap"] * scale


_extent = cache(TextToPath().get_text_width_height_descent)


class _Renderer(RendererSVG):
    """Draws SVG; it knows the sizes of the texts of earlier charts."""

    def _get_font_height_metrics(self, font: FontProperties) -> tuple[float, float, float]:
        return _heights(font, 72)

    def get_text_width_height_descent(self, *text: Any) -> tuple[float, float, float]:
        return _extent(*text)


@cache
def _on_screen(dpi: float) -> Any:
    """Return what measures texts in pixels; it draws nothing, so that its size does not matter."""
    renderer: Any = RendererAgg(1, 1, dpi)  # type: ignore[no-untyped-call]
    renderer._get_font_height_metrics = lambda font: _heights(font, dpi)
    return renderer


def _texts(artist: Artist) -> Iterator[Text]:
    """Give the texts of a figure, of ticks those that are there: to look for more makes them."""
    if isinstance(artist, Text):
        yield artist
    elif isinstance(artist, Axis):
        for part in (artist.label, artist.offsetText, *artist.majorTicks, *artist.minorTicks):
            yield from _texts(part)
    else:
        for part in artist.get_children():
            yield from _texts(part)


def _translate(fig: Figure) -> None:
    """Write the texts of a figure in the language of the report, of ticks when they are drawn."""
    if (lang := languages.chosen()).code == languages.ENGLISH:
        return
    for text in _texts(fig):
        text.set_text(lang.label(str(text.get_text())))  # it may be a number
    for axis in (axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)):
        formatter: Any = axis.get_major_formatter()
        if not hasattr(formatter, "english"):  # panels can share an axis
            formatter.english = formatter.format_ticks
            formatter.format_ticks = lambda places, of=formatter: [
                lang.label(str(text)) for text in of.english(places)
            ]


def as_svg(fig: Figure, id: str) -> str:
    """Draw a figure as SVG that is the same everywhere.

    Parameters
    ----------
    fig
        The matplotlib figure.
    id
        Prefix of the ids in it, so that charts on one page do not share any.
    """
    svg = _drawn(fig)
    svg = svg[svg.index("<svg") :].rstrip("\n")
    svg = re.sub(r"\n\s*<!--.*?-->|<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\n +", "\n", svg)
    # The same style in every chart of a page, as it applies to all of them.
    svg = re.sub(r"<style.*?</style>", f"<style>{SVG_STYLE}</style>", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: '[^;]*; ?", "", svg)
    # Hundredths of a point cannot be seen; smaller digits differ between platforms.
    svg = re.sub(
        r'(?<==")[^"]*\.\d{3}[^"]*(?=")',
        lambda m: re.sub(r"-?\d+\.\d{3,}(?!\d*e)", lambda n: _hundredths(n[0]), m[0]),
        svg,
    )
    # Keep only ids that are referred to. Number them: matplotlib makes them from coordinates, whose
    # last digits differ between platforms.
    used = list(dict.fromkeys(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)))
    svg = re.sub(
        r' id="([^"]+)"', lambda m: f' id="{id}-{used.index(m[1])}"' if m[1] in used else "", svg
    )
    svg = re.sub(r'(url\(#|href="#)([^)"]+)', lambda m: f"{m[1]}{id}-{used.index(m[2])}", svg)
    return readable_texts(_shorter(svg))


def _drawn(fig: Figure) -> str:
    """Draw a figure as matplotlib does; one whose texts leave no room for its axes is enlarged."""
    buffer = io.StringIO()
    about = {"Date": None, "Creator": None, "Format": None, "Type": None}
    layout = fig.get_layout_engine()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "constrained_layout not applied")
        try:
            finish(fig)
            fig.set_dpi(72)
            width, height = 72 * fig.get_size_inches()
            renderer: Any = _Renderer(width, height, buffer, metadata=about)  # type: ignore[no-untyped-call]
            _lay_out(fig, renderer)
        except UserWarning:
            if fig.get_figwidth() > MOST_WIDTHS * WIDTH:
                raise
            fig.set_size_inches(*(1.25 * fig.get_size_inches()))
            return _drawn(fig)
    fig.set_layout_engine("none")
    axes: list[Any] = [axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)]
    bare = [axis for axis in axes if not axis.get_label_text() + axis.offsetText.get_text()]
    for axis in bare:
        axis._get_ticklabel_bboxes = lambda *_: ([], [])  # they would place texts that are empty
    fig.draw(renderer)
    for axis in bare:
        del axis._get_ticklabel_bboxes
    fig.set_layout_engine(layout)
    renderer.finalize()
    return buffer.getvalue()


def _shorter(svg: str) -> str:
    """Leave out groups without attributes, and the style of a mark where all of a line have it."""

    def marks(match: re.Match[str]) -> str:
        styles = set(re.findall(r' style="[^"]*"', match[2]))
        if len(styles) > 1:
            return match[0]
        (style,) = styles
        return f"{match[1]}{style}>\n{match[2].replace(style, '')}</g>"

    svg = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", svg)
    # Tenths of a point cannot be seen either, where they say where something is.
    svg = re.sub(r'(?<= [dxy]=")[^"]*', lambda m: _compact(m.group()), svg)
    svg = re.sub(r"(<g clip-path=[^>]*)>\n((?:<use [^>]*>\n)+)</g>", marks, svg)
    kept, open_groups = [], []
    for part in re.split(r"(<g[ >][^\n]*\n|</g>\n?)", svg):
        if part.startswith("<g"):
            open_groups.append(part.startswith("<g "))
        if not part.startswith(("<g>", "</g>")) or (part.startswith("</g>") and open_groups.pop()):
            kept.append(part)
    return "".join(kept)


def _compact(place: str) -> str:
    tenths = re.sub(r"-?\d+\.\d\d", lambda m: _tenths(m[0]), place)
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", tenths)


@lru_cache
def _tenths(number: str) -> str:
    return f"{float(number):.1f}".removesuffix(".0")


@lru_cache
def _hundredths(number: str) -> str:
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
