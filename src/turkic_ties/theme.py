"""What notebooks and pages share: the name of what a notebook shows, and the colours of all that is not data.

The pages must not wait for the libraries that draw, so these are not in `turkic_ties.show`.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

MIME_TYPE = "application/vnd.turkic-ties.v1+json"

# Paper is not quite white: white text on a dark cell of a heat map must stay white in dark mode.
INK, MUTED, GRID, PAPER = "#1f2933", "#5f6b76", "#d9dee3", "#fefefe"


def themed_svg(svg: str, alt: str) -> Markup:
    """Make a chart fit a page: size from the page, ink and paper from its theme, a text for screen readers.

    Parameters
    ----------
    svg
        As `turkic_ties.show.figure` draws it.
    alt
        What a reader who does not see the chart should know.
    """
    for colour, variable in (
        (INK, "--ink"),
        (MUTED, "--muted"),
        (GRID, "--line"),
        (PAPER, "--paper"),
    ):
        svg = svg.replace(colour, f"var({variable})")
    opening, rest = svg.split(">", 1)
    width = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+)', opening)
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    size = f' style="max-width:{float(width.group(1)) * 4 / 3:.0f}px"' if width else ""
    return Markup(f'{opening} role="img" aria-label="{escape(alt)}"{size}>{rest}')
