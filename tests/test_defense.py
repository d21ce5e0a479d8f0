"""The topic as a whole: what its measures return for every pair, and its parameters."""

from __future__ import annotations

import functools
import inspect
import re

import pandas as pd
import pytest

from turkic_ties import data, defense
from turkic_ties.countries import MEMBERS
from turkic_ties.parameters import ParameterError, check

POWERS = ("RUS", "CHN", "USA")
TABLES = {address.partition("/")[2]: data.load(address) for address in data.addresses("defense")}


ANY_YEARS = [(2018, 2024), (2040, None), (None, 1950)]


@functools.cache
def frames_of(country: str, *period: int | None) -> dict[str, pd.DataFrame]:
    """Call every measure that takes a country and years, and no other state."""
    arms, spending = TABLES["arms_transfers"], TABLES["military_expenditure"]
    return {
        "supplier_shares": defense.supplier_shares(arms, country, *period),
        "supplier_concentration": defense.supplier_concentration(arms, country, *period),
        "military_spending": defense.military_spending(spending, country, *period),
    }


def frames(
    country: str, partner: str, start: int | None, end: int | None
) -> dict[str, pd.DataFrame]:
    """Call every measure that takes a country and years."""
    t, period = TABLES, (start, end)
    others, powers = [partner, *POWERS], [partner, *POWERS]
    calls, points = t["un_roll_calls"], t["un_ideal_points"]
    few = {"window": 2, "draws": 20}
    return frames_of(country, *period) | {
        "partner_share": defense.partner_share(t["arms_transfers"], country, partner, *period),
        "deals_between": defense.deals_between(t["arms_deals"], country, partner, *period),
        "voting_agreement": defense.voting_agreement(
            t["un_votes_agreement"], country, others, *period
        ),
        "ideal_point_distance": defense.ideal_point_distance(points, country, others, *period),
        "vote_dispersion": defense.vote_dispersion(calls, country, powers, *period, **few),
        "ideal_point_dispersion": defense.ideal_point_dispersion(
            points, country, powers, *period, **few
        ),
        "events_between": defense.events_between(t["events"], country, partner, *period),
    }


def returned(measure: str) -> str:
    """Read what a docstring says is returned, with that of the measure it refers to."""
    text = inspect.getdoc(getattr(defense, measure)) or ""
    section = text.split("Returns\n-------\n")[1].split("\n\n")[0]
    other = re.search(r"columns of `(\w+)`", section)
    return section + (returned(other[1]) if other and hasattr(defense, other[1]) else "")


@pytest.mark.no_cover
@pytest.mark.parametrize("country", MEMBERS)
def test_every_pair_and_odd_years_give_frames_of_the_same_columns_and_types(country: str) -> None:
    usual = frames("KAZ", "TUR", None, None)
    for partner in MEMBERS:
        if partner == country:
            continue
        for years in ANY_YEARS:
            for measure, rows in frames(country, partner, *years).items():
                assert (rows.dtypes == usual[measure].dtypes).all(), measure
                assert list(rows.columns) == list(usual[measure].columns), measure
                assert years[0] == 2018 or rows.empty, measure


def test_the_columns_of_a_measure_are_those_its_docstring_names() -> None:
    for measure, rows in frames("KAZ", "TUR", None, None).items():
        text = returned(measure)
        added = set(rows.columns) - set(TABLES["events"].columns if "event" in measure else [])
        missing = [column for column in added if not re.search(rf"\b{column}\b", text)]
        assert not missing, f"{measure}: {missing}"


def test_powers_may_be_a_list_or_text_with_commas_and_in_any_spelling() -> None:
    assert (
        check("defense", {"powers": "RUS,CHN,USA"})
        == check("defense", {})
        == check("defense", {"powers": POWERS})
    )
    assert check("defense", {"powers": "Russia, Türkiye"}).model_dump()["powers"] == ["RUS", "TUR"]


@pytest.mark.parametrize(
    ("powers", "said"),
    [
        ("RUS", "two or more different states"),
        ("RUS,RUS", "two or more"),
        ("RUS,KAZ", "country itself"),
        ("RUS,x", "'x'"),
    ],
)
def test_powers_that_cannot_be_compared_are_refused(powers: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        check("defense", {"powers": powers})
