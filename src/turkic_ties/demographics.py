"""Measures of demographics: ethnic composition, population, development indicators."""

from turkic_ties.measures import indicators
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.ethnicity import (
    CENSUSES,
    LISTED_SHARE,
    OTHER,
    TOTAL,
    composition,
    composition_dates,
    compositions,
    decompose_share,
    diversity,
    fractionalization,
    group_shares,
    largest_group,
    latest_regional_shares,
    neighbouring_shares,
    polarization,
    regional_shares,
    share_changes,
)
from turkic_ties.measures.indicators import (
    ALL_DOMAINS,
    MEAN_OF_DOMAINS,
    MIN_STATES,
    WINDOW_YEARS,
    indicator_ranks,
    rank_history,
    selection,
)
from turkic_ties.measures.population import (
    age_indicators,
    age_pyramid,
    median_age,
    migrants,
    population_outlook,
)

leads_by_domain = cached_measure(indicators.leads_by_domain)
pairwise_dominance = cached_measure(indicators.pairwise_dominance)
selection_sensitivity = cached_measure(indicators.selection_sensitivity)

__all__ = [
    "ALL_DOMAINS",
    "CENSUSES",
    "LISTED_SHARE",
    "MEAN_OF_DOMAINS",
    "MIN_STATES",
    "OTHER",
    "TOTAL",
    "WINDOW_YEARS",
    "age_indicators",
    "age_pyramid",
    "composition",
    "composition_dates",
    "compositions",
    "decompose_share",
    "diversity",
    "fractionalization",
    "group_shares",
    "indicator_ranks",
    "largest_group",
    "latest_regional_shares",
    "leads_by_domain",
    "median_age",
    "migrants",
    "neighbouring_shares",
    "pairwise_dominance",
    "polarization",
    "population_outlook",
    "rank_history",
    "regional_shares",
    "selection",
    "selection_sensitivity",
    "share_changes",
]
