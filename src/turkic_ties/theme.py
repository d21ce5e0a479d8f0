"""What notebooks and pages share: the MIME type of outputs, colours, and text that stays text.

It is not in `turkic_ties.show`, as the pages must not wait for the libraries that draw.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

MIME_TYPE = "application/vnd.turkic-ties.v1+json"

# Paper is not white, so that white text on a dark cell of a heat map stays white in dark mode.
INK, MUTED, GRID, PAPER = "#1f2933", "#5f6b76", "#d9dee3", "#fefefe"
VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--line", PAPER: "--paper"}

MARKDOWN_SIGNS = re.compile(r"[\\`*_\[\]<>$~#|&]|^\s*(?:[-+=]|\d+[.)])", re.MULTILINE)
LINK_SCHEMES = ("https://", "http://", "mailto:")


def as_markdown(text: str) -> str:
    r"""Write a text as Markdown that is shown as this text: without markup, formulas or HTML.

    Every text from data enters Markdown here.

    Examples
    --------
    >>> print(as_markdown("$5 < $6 * 2"))
    \$5 \< \$6 \* 2
    """

    def escaped(match: re.Match[str]) -> str:
        return match[0][:-1] + "\\" + match[0][-1]

    return MARKDOWN_SIGNS.sub(escaped, re.sub(r"\s*[\r\n]+\s*", " ", text))


def link(url: str, text: str = "") -> Markup:
    """Write a link, or the text alone where the address is not one of the web or of mail.

    Parameters
    ----------
    url
        The address, from data.
    text
        What is shown; the address when left out.
    """
    shown = escape(text or url)
    if not url.strip().lower().startswith(LINK_SCHEMES):
        return shown
    return Markup('<a href="{}">{}</a>').format(url.strip(), shown)


def themed_svg(svg: str, alt: str) -> Markup:
    """Adapt a chart to a page: size and colours of the page, a description for screen readers.

    Parameters
    ----------
    svg
        As drawn by `turkic_ties.show.figure`.
    alt
        Description for a reader who does not see the chart.
    """
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    opening, rest = svg.split(">", 1)
    width = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+)', opening)
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    size = f' style="max-width:{float(width.group(1)) * 4 / 3:.0f}px"' if width else ""
    return Markup(f'{opening} role="img" aria-label="{escape(alt)}"{size}>{rest}')


def sparkline(points: Sequence[Sequence[float]]) -> Markup:
    """Draw a series as a small line, which breaks where years are missing; empty for one point.

    Parameters
    ----------
    points
        Years and values, in the order of the years.
    """
    if len(points) < 2:
        return Markup("")
    years, values = zip(*points, strict=True)
    step = min(later - year for year, later in pairwise(years))
    low, spread = min(values), max(values) - min(values) or 1
    path, before = "", None
    for year, value in points:
        x = 2 + 76 * (year - years[0]) / (years[-1] - years[0])
        y = 18 - 16 * (value - low) / spread
        path += f"{'L' if before is not None and year - before == step else 'M'}{x:.1f} {y:.1f}"
        before = year
    lowest, highest = (years[values.index(end(values))] for end in (min, max))
    alt = f"{years[0]} to {years[-1]}: lowest in {lowest}, highest in {highest}"
    return Markup(
        f'<svg class="trend" viewBox="0 0 80 20" role="img" aria-label="{alt}">'
        f'<path d="{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2"/></svg>'
    )
