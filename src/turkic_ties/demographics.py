"""Measures of demographics: ethnic composition, population, development indicators."""

from turkic_ties.measures import ethnicity, indicators, population
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.ethnicity import (
    CENSUSES,
    LISTED_SHARE,
    OTHER,
    TOTAL,
    composition,
    decompose_share,
    fractionalization,
    polarization,
)
from turkic_ties.measures.indicators import (
    ALL_DOMAINS,
    MEAN_OF_DOMAINS,
    MIN_STATES,
    WINDOW_YEARS,
    selection,
)
from turkic_ties.measures.population import age_pyramid, median_age

age_indicators = cached_measure(population.age_indicators)
composition_dates = cached_measure(ethnicity.composition_dates)
compositions = cached_measure(ethnicity.compositions)
diversity = cached_measure(ethnicity.diversity)
group_shares = cached_measure(ethnicity.group_shares)
indicator_ranks = cached_measure(indicators.indicator_ranks)
largest_group = cached_measure(ethnicity.largest_group)
latest_regional_shares = cached_measure(ethnicity.latest_regional_shares)
leads_by_domain = cached_measure(indicators.leads_by_domain)
migrants = cached_measure(population.migrants)
neighbouring_shares = cached_measure(ethnicity.neighbouring_shares)
pairwise_dominance = cached_measure(indicators.pairwise_dominance)
population_outlook = cached_measure(population.population_outlook)
rank_history = cached_measure(indicators.rank_history)
regional_shares = cached_measure(ethnicity.regional_shares)
selection_sensitivity = cached_measure(indicators.selection_sensitivity)
share_changes = cached_measure(ethnicity.share_changes)

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
