"""What notebooks and pages share: the MIME type of outputs, colours, and text that stays text.

It is not in `turkic_ties.show`, as the pages must not wait for the libraries that draw.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

MIME_TYPE = "application/vnd.turkic-ties.v1+json"

# Paper is not white, so that white text on a dark cell of a heat map stays white in dark mode.
INK, MUTED, GRID, PAPER = "#1f2933", "#5f6b76", "#d9dee3", "#fefefe"
ON_CELL = "#1b1b1b"  # text on a shaded cell, the same in dark mode
VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--line", PAPER: "--paper"}
DARK_PAPER = "#171b20"  # as in the style sheet of reports

TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
"""Least contrast of texts and of lines with the paper (WCAG 2.2, criteria 1.4.3 and 1.4.11)."""

TEXT_FILL = re.compile(r"(<text [^>]*?fill: )(#[0-9a-f]{6})")
COLOUR = re.compile(r"(?<=: )#[0-9a-f]{6}")

MARKDOWN_SIGNS = re.compile(r"[\\`*_\[\]<>$~#|&]|^\s*(?:[-+=]|\d+[.)])", re.MULTILINE)
LINK_SCHEMES = ("https://", "http://", "mailto:")


def as_markdown(text: str) -> str:
    r"""Write a text as Markdown that is shown as this text: without markup, formulas or HTML.

    Every text from data enters Markdown here.

    Examples
    --------
    >>> print(as_markdown("$5 < $6 * 2"))
    <span>\$</span>5 \< <span>\$</span>6 \* 2
    """

    def escaped(match: re.Match[str]) -> str:
        # JupyterLab looks for formulas after Markdown has taken the escape away, but not across
        # the bounds of elements.
        if match[0] == "$":
            return r"<span>\$</span>"
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


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two hex colours, from 1 to 21 (WCAG 2.2).

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    shares = [level / 255 for level in _levels(colour)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _levels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def readable(colour: str, paper: str = PAPER, least: float = TEXT_CONTRAST) -> str:
    """Darken a colour, or lighten it on dark paper, until its contrast with the paper is enough.

    Parameters
    ----------
    colour, paper
        Hex colours.
    least
        The contrast that is enough.

    Returns
    -------
    str
        The colour itself where it has that contrast, or a mixture with black or white.
    """
    end = 255 if _luminance(paper) < 0.18 else 0
    for percent_mixed in range(0, 101, 4):
        levels = [level + (end - level) * percent_mixed / 100 for level in _levels(colour)]
        mixed = "#" + bytes(round(level) for level in levels).hex()
        if contrast(mixed, paper) >= least:
            break
    return mixed


def readable_texts(svg: str) -> str:
    """Darken the texts of a chart that are in a colour too pale for letters."""

    def darkened(match: re.Match[str]) -> str:
        return match[1] + (match[2] if match[2] == ON_CELL else readable(match[2]))

    return TEXT_FILL.sub(darkened, svg)


def themed_svg(svg: str, alt: str, id: str = "chart", lang: str = "") -> Markup:
    """Adapt a chart to a page: size and colours of the page, a description for screen readers.

    A colour that would be hard to see in dark mode becomes a variable, which has another value
    there: of texts where the contrast is too low for letters, of shapes where it is for lines.

    Parameters
    ----------
    svg
        As drawn by `turkic_ties.show.figure`.
    alt
        Description for a reader who does not see the chart.
    id
        Prefix of its ids and classes, so that charts on one page do not share any; a short one, as
        every mark has it.
    lang
        Language of the description, where it is not that of the element around the chart.
    """
    dark: dict[str, str] = {}

    def variable(colour: str, kind: str, least: float) -> str:
        name = f"--{kind}{colour[1:]}"
        if colour in VARIABLES:
            return f"var({VARIABLES[colour]})"
        if colour == ON_CELL or contrast(colour, DARK_PAPER) >= least:
            return colour
        dark[name] = readable(colour, DARK_PAPER, least)
        return f"var({name},{colour})"

    svg = TEXT_FILL.sub(lambda m: m[1] + variable(m[2], "t", TEXT_CONTRAST), svg)
    svg = COLOUR.sub(lambda m: variable(m[0], "s", SHAPE_CONTRAST), svg)
    in_dark = "".join(f"{name}:{colour};" for name, colour in dark.items())
    rules = [f"@media(prefers-color-scheme:dark){{svg{{{in_dark}}}}}"] if dark else []
    svg = re.sub(r'( id="|url\(#|href="#)[^")]*-(?=\d+["\)])', rf"\1{id}-", svg)
    # A style that many shapes have is written once, and so is what they are cut off by.
    svg = re.sub(r' clip-path="([^"]*)" style="', r' style="clip-path: \1; ', svg)
    uses = Counter(re.findall(r' style="([^"]*)"', svg))
    for number, style in enumerate(style for style, count in uses.items() if count > 2):
        rules.append(f".{id}-{number}{{{style}}}")
        svg = svg.replace(f' style="{style}"', f' class="{id}-{number}"')
    svg = svg.replace("</style>", f"{''.join(rules)}</style>", 1).replace("xlink:href=", "href=")
    opening, rest = svg.split(">", 1)
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    opening += f' lang="{lang}"' if lang else ""
    return Markup(f'{opening} role="img" aria-label="{escape(alt)}">{rest}')


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
    low = min(values)
    spread = max(values) - min(values) or 1
    path, before = "", None
    for year, value in points:
        x = 2 + 76 * (year - years[0]) / (years[-1] - years[0])
        y = 18 - 16 * (value - low) / spread
        follows = before is not None and year - before == step
        path += f"{'L' if follows else 'M'}{x:.1f} {y:.1f}"
        before = year
    lowest, highest = (years[values.index(end(values))] for end in (min, max))
    alt = f"{years[0]} to {years[-1]}: lowest in {lowest}, highest in {highest}"
    return Markup(
        f'<svg class="trend" viewBox="0 0 80 20" role="img" aria-label="{alt}">'
        f'<path d="{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2"/></svg>'
    )
