"""What a notebook shows a reader: key figures, findings, figures, tables, verdicts, sources.

`turkic_ties.show.outputs` shows them, `turkic_ties.show.charts` decides how charts look.
"""

from turkic_ties.show.charts import label_line_ends, runs, setup, year_axis
from turkic_ties.show.outputs import (
    KeyFigure,
    chart,
    claims,
    figure,
    finding,
    key_figures,
    last_figure,
    sources,
    statements,
    table,
    unavailable,
)
from turkic_ties.theme import GRID, INK, MIME_TYPE, MUTED, PAPER

# Until all notebooks import these from `turkic_ties.words`.
from turkic_ties.words import count, number, ordinal, percent, usd

__all__ = [
    "GRID",
    "INK",
    "MIME_TYPE",
    "MUTED",
    "PAPER",
    "KeyFigure",
    "chart",
    "claims",
    "count",
    "figure",
    "finding",
    "key_figures",
    "label_line_ends",
    "last_figure",
    "number",
    "ordinal",
    "percent",
    "runs",
    "setup",
    "sources",
    "statements",
    "table",
    "unavailable",
    "usd",
    "year_axis",
]
