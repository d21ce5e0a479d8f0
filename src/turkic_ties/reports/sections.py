"""Sections of a page: the cells of a notebook, without those that have nothing to show for a pair.

A notebook is the same for all pairs. Where a cell that calls `turkic_ties.show` showed nothing, the
page leaves out the text before it and, if the whole section showed nothing, its heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from turkic_ties.theme import MIME_TYPE

HEADING = re.compile(r"(#+) ")
NO_HEADING = 99  # below every level of heading
SHOWS = re.compile(
    r"\bshow\.(key_figures|in_short|finding|unavailable|figure|chart|table|claims|statements|sources)\("
)


def sections(notebook: NotebookNode) -> list[list[NotebookNode]]:
    """Divide the cells that a page shows at headings of the second level.

    The section that sums up comes second, after the title.

    Parameters
    ----------
    notebook
        The executed notebook.

    Returns
    -------
    list of list
        Markdown and code cells of each section, in their order.
    """
    cells = [cell for cell in notebook.cells if cell.source.strip()]
    levels = [_level(cell) for cell in cells]
    parts: list[list[NotebookNode]] = [[]]
    left_out = False
    for place, cell in enumerate(cells):
        introduced = cells[place : _end(levels, place)]
        if levels[place] == 2:
            parts.append([])
            left_out = _is_empty(introduced)
        if not left_out and (cell.cell_type == "code" or not _is_empty(introduced)):
            parts[-1].append(cell)
    parts = [part for part in parts if part]
    # A notebook sums up when all is computed; a page begins with that.
    return sorted(parts, key=lambda part: 0 if part is parts[0] else 2 - _sums_up(part))


def _sums_up(part: Sequence[NotebookNode]) -> bool:
    return any("show.in_short(" in cell.source for cell in part if cell.cell_type == "code")


def _level(cell: NotebookNode) -> int:
    """Return the level of the heading a cell begins with; 0 for code."""
    if cell.cell_type != "markdown":
        return 0
    heading = HEADING.match(cell.source)
    return len(heading[1]) if heading else NO_HEADING


def _end(levels: Sequence[int], start: int) -> int:
    """Find the end of the part that a markdown cell introduces.

    A heading introduces everything up to the next heading of its level or above, other text
    everything up to the next text.
    """
    following = range(start + 1, len(levels))
    return next((place for place in following if 0 < levels[place] <= levels[start]), len(levels))


def _is_empty(part: Sequence[NotebookNode]) -> bool:
    """Tell whether cells were to show something and did not."""
    code = [cell for cell in part if cell.cell_type == "code"]
    calls = any(SHOWS.search(cell.source) for cell in code)
    return calls and not any(_shows(output) for cell in code for output in cell.outputs)


def _shows(output: NotebookNode) -> bool:
    """Tell whether a page shows anything of an output; of cards at least one that is not zero."""
    bundle = output.get("data", {}).get(MIME_TYPE, {})
    return "figures" not in bundle or any(figure["value"] for figure in bundle["figures"])
