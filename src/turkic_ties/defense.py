"""Measures of defense for analysts, from `measures.arms` and `measures.diplomacy`."""

from turkic_ties.measures import arms, diplomacy
from turkic_ties.measures.arms import FLAGS, UNKNOWN, WINDOW, deals_between, supplier_shares
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.diplomacy import (
    DRAWS,
    MINIMUM_VOTES,
    SEED,
    arsenal_order,
    dispersion,
    event_intervals,
    events_between,
    ideal_point_distance,
)

ideal_point_dispersion = cached_measure(diplomacy.ideal_point_dispersion)
military_spending = cached_measure(arms.military_spending)
partner_share = cached_measure(arms.partner_share)
partner_share_by_member = cached_measure(arms.partner_share_by_member)
supplier_concentration = cached_measure(arms.supplier_concentration)
vote_dispersion = cached_measure(diplomacy.vote_dispersion)
voting_agreement = cached_measure(diplomacy.voting_agreement)

__all__ = [
    "DRAWS",
    "FLAGS",
    "MINIMUM_VOTES",
    "SEED",
    "UNKNOWN",
    "WINDOW",
    "arsenal_order",
    "deals_between",
    "dispersion",
    "event_intervals",
    "events_between",
    "ideal_point_dispersion",
    "ideal_point_distance",
    "military_spending",
    "partner_share",
    "partner_share_by_member",
    "supplier_concentration",
    "supplier_shares",
    "vote_dispersion",
    "voting_agreement",
]
