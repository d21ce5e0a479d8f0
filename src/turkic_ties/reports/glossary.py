"""Terms of the field: one list, shown on the page about the project and linked on first use."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

TERMS = {
    "TIV": "Trend-indicator value: SIPRI's measure of the volume of arms delivered, by the "
    "military capability of what is delivered. It is not money and says nothing about prices.",
    "books": "Whose statistics a figure is from: a country's own books are what its own statistics "
    "record, the partner's books what those of the other side record of the same flow. No accounts "
    "of companies are meant.",
    "FOB": "Free on board: the value of goods at the border of the exporter, without freight and "
    "insurance to the importer. Most states record exports this way.",
    "CIF": "Cost, insurance and freight: the value of goods as they arrive, with freight and "
    "insurance. Most states record imports this way, so the importer's figure is usually higher.",
    "HHI": "Herfindahl–Hirschman index: the sum of the squared shares of all partners, from "
    "near 0 (many small ones) to 1 (a single one). Its inverse is the number of partners of equal "
    "size that would give the same concentration.",
    "Grubel–Lloyd": "Index of two-way trade inside the same class of goods: 0 when each class "
    "goes one way only, 1 when both directions are equal.",
    "ideal point": "The place of a state on a line, estimated from how it voted in the United "
    "Nations General Assembly: states that vote alike lie close together. The unit has no meaning "
    "of its own; only distances compare.",
    "PPML": "Poisson pseudo-maximum likelihood: the usual way to fit a gravity model of trade, "
    "which keeps flows of zero.",
    "likeness": "How alike two texts are written: the cosine of the counts of all sequences of "
    "three letters, 0 for nothing in common, 1 for the same counts.",
}
"""Term to meaning, in the order of the page."""

ALSO = {"Herfindahl–Hirschman index": "HHI", "ideal points": "ideal point", "Likeness": "likeness"}
"""Other forms of a term."""

FORMS = sorted([*TERMS, *ALSO], key=len, reverse=True)
TERM = re.compile(rf"\b(?:{'|'.join(map(re.escape, FORMS))})\b")
# Text inside these stays as it is: what is linked, folded, drawn or tabulated, and headings.
PARTS = re.compile(r"<(svg|details|a|h[1-6]|table|pre|code)\b.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)


def slug(term: str) -> str:
    """Name a term in an address."""
    return "term-" + re.sub(r"\W+", "-", term.lower())


def linked(body: str, page: str) -> Markup:
    """Link the first use of each term to its meaning.

    Parameters
    ----------
    body
        Of a page, as HTML.
    page
        Address of the page with the list.
    """
    left = set(TERMS)

    def link(match: re.Match[str]) -> str:
        term = ALSO.get(match[0], match[0])
        if term not in left:
            return match[0]
        left.remove(term)
        address = f"{page}#{slug(term)}"
        meaning = escape(TERMS[term])
        return f'<a class="term" href="{address}" title="{meaning}">{match[0]}</a>'

    def part(match: re.Match[str]) -> str:
        if match[0].startswith("<"):
            return match[0]
        return TERM.sub(link, match[0])

    return Markup(PARTS.sub(part, body))
