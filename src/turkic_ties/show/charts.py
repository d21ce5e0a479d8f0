"""Charts that look alike, and are drawn as the same SVG on every machine."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from turkic_ties.theme import GRID, INK, MUTED, PAPER

# DejaVu Sans is what matplotlib measures text with; Verdana has the same widths.
SVG_STYLE = (
    "svg text{font-family:'DejaVu Sans',Verdana,'Bitstream Vera Sans',sans-serif}"
    "svg *{stroke-linejoin:round;stroke-linecap:butt}"
)
# Our code and the libraries it computes with: a reader cannot act on warnings of the kernel itself.
COMPUTING = r"__main__|(turkic_ties|pandas|numpy|scipy|matplotlib|seaborn)(\.|$)"
STYLE = {
    "axes.edgecolor": MUTED,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 10.5,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "figure.constrained_layout.use": True,
    "figure.facecolor": PAPER,
    "figure.figsize": (7.4, 4.2),
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "patch.edgecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "turkic-ties",
    "text.color": INK,
    **{f"{axis}tick.{part}": MUTED for axis in "xy" for part in ("color", "labelcolor")},
    **{f"{axis}tick.labelsize": 10 for axis in "xy"},
    "ytick.left": False,
}
PANDAS_OPTIONS = {
    "display.max_columns": 20,
    "display.max_rows": 40,
    "display.width": 120,
    "display.precision": 3,
}


def setup() -> None:
    """Set everything that decides how outputs look, and turn warnings into errors.

    A notebook calls it once, at the top. Nothing depends on the settings of the machine.
    """
    warnings.filterwarnings("error", module=COMPUTING)
    sns.set_theme(style="ticks", context="notebook", font="DejaVu Sans", rc=STYLE)
    for name, value in PANDAS_OPTIONS.items():
        pd.set_option(name, value)


def label_line_ends(
    ax: Axes, labels: Mapping[str, tuple[float, float, str]], *, gap: float = 0.045
) -> None:
    """Write the names of lines at their right ends, moved apart where they overlap.

    Parameters
    ----------
    ax
        Axes whose limits are final.
    labels
        Name to the last point of its line and its colour: ``{"Türkiye": (2023, 5.1, "#D55E00")}``.
    gap
        Smallest distance between two labels, as a share of the height of the axes.
    """
    if not labels:
        return
    to_axes = ax.transData + ax.transAxes.inverted()
    placed = sorted(
        (float(to_axes.transform((x, y))[1]), text, colour)
        for text, (x, y, colour) in labels.items()
    )
    edge = max(float(to_axes.transform((x, 0))[0]) for x, _, _ in labels.values())
    heights = [height for height, *_ in placed]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    for height, (_, text, colour) in zip(heights, placed, strict=True):
        ax.annotate(
            text,
            (edge, height),
            xycoords="axes fraction",
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=10,
            annotation_clip=False,
        )


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
    ordered = rows.sort_values([*by, "year"])
    starts = (ordered["year"].diff() != 1) | (ordered[list(by)] != ordered[list(by)].shift()).any(
        axis=1
    )
    return starts.astype("int64").cumsum().reindex(rows.index)


def year_axis(ax: Axes, ticks: int = 8) -> None:
    """Set the ticks of a horizontal axis of years: whole years, about `ticks` of them, no label."""
    ax.xaxis.set_major_locator(MaxNLocator(nbins=ticks, integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    ax.set_xlabel("")


def as_svg(fig: Figure, id: str) -> str:
    """Draw a figure as SVG that is the same everywhere.

    Parameters
    ----------
    fig
        The matplotlib figure.
    id
        Prefix of the ids in it, so that charts on one page do not share any.
    """
    buffer = io.StringIO()
    # Figure.savefig would draw everything twice, the first time for the layout only.
    canvas: Any = FigureCanvasSVG(fig)
    canvas.print_svg(buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].rstrip("\n")
    svg = re.sub(r"\n\s*<!--.*?-->|<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\n +", "\n", svg)
    # The same style in every chart of a page, as it applies to all of them.
    svg = re.sub(r"<style.*?</style>", f"<style>{SVG_STYLE}</style>", svg, flags=re.DOTALL)
    svg = re.sub(r"\bfont-family: '[^;]*; ?", "", svg)
    svg = svg.replace(' transform="rotate(-0 ', ' transform="rotate(0 ')
    # Hundredths of a point cannot be seen; smaller digits differ between platforms.
    svg = re.sub(
        r'(?<==")[^"]*(?=")',
        lambda m: re.sub(r"-?\d+\.\d{3,}(?!\d*e)", _hundredths, m.group()),
        svg,
    )
    # Keep only ids that are referred to. Number them: matplotlib makes them from coordinates, whose
    # last digits differ between platforms.
    used = list(dict.fromkeys(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)))
    svg = re.sub(
        r' id="([^"]+)"', lambda m: f' id="{id}-{used.index(m[1])}"' if m[1] in used else "", svg
    )
    return re.sub(r'(url\(#|href="#)([^)"]+)', lambda m: f"{m[1]}{id}-{used.index(m[2])}", svg)


def _hundredths(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
