"""Measures of trade in one place, from the modules of `turkic_ties.measures`."""

from turkic_ties.measures import gravity as gravity_model
from turkic_ties.measures import trade
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.composition import (
    CENTRAL_ASIA,
    by_chapter,
    by_section,
    contributions,
    with_region,
)
from turkic_ties.measures.discrepancy import publications, sent_and_received
from turkic_ties.measures.gravity import NORMAL, SPECIFICATIONS, Gravity
from turkic_ties.measures.investment import (
    STATED_SINCE,
    investor,
    investor_concentration,
    stocks,
)
from turkic_ties.measures.statements import investor_ranks, oil_by_btc, stated_investment
from turkic_ties.measures.trade import (
    BOOKS,
    CELLS,
    COMPARABLE,
    COVERAGE,
    EXPORTS_ONLY,
    FLOWS,
    MAIN_PARTNERS,
    MIRROR_REPORTERS,
    MODEL,
    REPORTED,
    SECTIONS,
    UNALLOCATED,
    WORLD,
    asymmetry,
    bilateral,
    complementarity,
    concentration,
    constant_dollars,
    growth,
    intra_industry,
    latest_complete_year,
    main_series,
    member_shares,
    prefer,
    revealed_advantage,
    sections,
)

intra_trade = cached_measure(trade.intra_trade)
ranks = cached_measure(trade.ranks)
section_coverage = cached_measure(trade.section_coverage)
gravity = cached_measure(gravity_model.gravity)

__all__ = [
    "BOOKS",
    "CELLS",
    "CENTRAL_ASIA",
    "COMPARABLE",
    "COVERAGE",
    "EXPORTS_ONLY",
    "FLOWS",
    "MAIN_PARTNERS",
    "MIRROR_REPORTERS",
    "MODEL",
    "NORMAL",
    "REPORTED",
    "SECTIONS",
    "SPECIFICATIONS",
    "STATED_SINCE",
    "UNALLOCATED",
    "WORLD",
    "Gravity",
    "asymmetry",
    "bilateral",
    "by_chapter",
    "by_section",
    "complementarity",
    "concentration",
    "constant_dollars",
    "contributions",
    "gravity",
    "growth",
    "intra_industry",
    "intra_trade",
    "investor",
    "investor_concentration",
    "investor_ranks",
    "latest_complete_year",
    "main_series",
    "member_shares",
    "oil_by_btc",
    "prefer",
    "publications",
    "ranks",
    "revealed_advantage",
    "section_coverage",
    "sections",
    "sent_and_received",
    "stated_investment",
    "stocks",
    "with_region",
]
