"""What notebooks and pages share: the MIME type of outputs, and the colours of all but data.

They are not in `turkic_ties.show`, as the pages must not wait for the libraries that draw.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

MIME_TYPE = "application/vnd.turkic-ties.v1+json"

# Paper is not white, so that white text on a dark cell of a heat map stays white in dark mode.
INK, MUTED, GRID, PAPER = "#1f2933", "#5f6b76", "#d9dee3", "#fefefe"


def themed_svg(svg: str, alt: str) -> Markup:
    """Adapt a chart to a page: size and colours of the page, a description for screen readers.

    Parameters
    ----------
    svg
        As drawn by `turkic_ties.show.figure`.
    alt
        Description for a reader who does not see the chart.
    """
    variables = {INK: "--ink", MUTED: "--muted", GRID: "--line", PAPER: "--paper"}
    for colour, variable in variables.items():
        svg = svg.replace(colour, f"var({variable})")
    opening, rest = svg.split(">", 1)
    width = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+)', opening)
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    size = f' style="max-width:{float(width.group(1)) * 4 / 3:.0f}px"' if width else ""
    return Markup(f'{opening} role="img" aria-label="{escape(alt)}"{size}>{rest}')
