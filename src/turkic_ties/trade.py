"""Measures of trade in one place, from the modules of `turkic_ties.measures`."""

from turkic_ties.measures import composition, discrepancy, investment, statements, trade
from turkic_ties.measures import gravity as gravity_model
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.composition import CENTRAL_ASIA, by_section, contributions
from turkic_ties.measures.discrepancy import sent_and_received
from turkic_ties.measures.gravity import NORMAL, SPECIFICATIONS, Gravity
from turkic_ties.measures.investment import STATED_SINCE
from turkic_ties.measures.statements import investor_ranks, stated_investment
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
    constant_dollars,
    growth,
    latest_complete_year,
    main_series,
    member_shares,
    prefer,
)

by_chapter = cached_measure(composition.by_chapter)
complementarity = cached_measure(trade.complementarity)
concentration = cached_measure(trade.concentration)
gravity = cached_measure(gravity_model.gravity)
intra_industry = cached_measure(trade.intra_industry)
intra_trade = cached_measure(trade.intra_trade)
investor = cached_measure(investment.investor)
investor_concentration = cached_measure(investment.investor_concentration)
oil_by_btc = cached_measure(statements.oil_by_btc)
publications = cached_measure(discrepancy.publications)
ranks = cached_measure(trade.ranks)
revealed_advantage = cached_measure(trade.revealed_advantage)
section_coverage = cached_measure(trade.section_coverage)
sections = cached_measure(trade.sections)
stocks = cached_measure(investment.stocks)
with_region = cached_measure(composition.with_region)

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
