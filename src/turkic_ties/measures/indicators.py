"""Development indicators of the states, compared with each other.

A rank shows the year of each value. A value that is too old is shown and not ranked; a missing one
stays missing. Which indicators are selected, and which direction of each is better, is in the table
`indicator_catalog` with the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from turkic_ties.countries import MEMBERS
from turkic_ties.measures.common import (
    Series,
    arrange,
    check_country,
    check_known,
    competition_rank,
    frame,
    joined,
    percentile_interval,
    within,
)

# The catalogue selects indicators with values since 2018; six years before the last year, 2024, is
# the same span.
WINDOW_YEARS = 6
# And with such values for at least this many states.
MIN_STATES = 5

ALL_DOMAINS, MEAN_OF_DOMAINS = "all indicators", "mean of the domains"

_SIGN = {"higher_is_better": -1.0, "lower_is_better": 1.0}


def selection(indicator_catalog: pd.DataFrame) -> list[str]:
    """List the selected indicators, sorted.

    Examples
    --------
    >>> selection(pd.DataFrame({"indicator": ["b", "a", "c"], "selected": [True, True, False]}))
    ['a', 'b']
    """
    return sorted(indicator_catalog.loc[indicator_catalog["selected"], "indicator"])


def indicator_ranks(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    year: int | None = None,
    without: Sequence[str] = (),
    only: Sequence[str] | None = None,
    window: int = WINDOW_YEARS,
    neutral: str | None = None,
) -> pd.DataFrame:
    """Rank the states on each indicator by their latest values within some years of a year.

    An indicator is ranked when at least `MIN_STATES` states have such a value; leaving states out
    afterwards does not change that. Equal values share the better rank (1, 1, 3).

    Parameters
    ----------
    indicators, indicator_catalog
        The tables of those names.
    year
        Reference year; None for the last of the table. Later values are not used.
    without
        States to leave out of the comparison, such as the partner.
    only
        Indicators to rank; None for the selected ones.
    window
        How many years before the reference year a value may be.
    neutral
        None leaves measures without an agreed direction out; ``higher_is_better`` or
        ``lower_is_better`` ranks them so.

    Returns
    -------
    pandas.DataFrame
        indicator, name, unit, domain, direction, iso3, value, value_year, status (ranked | stale:
        older than the window | missing | too few states), rank (Int64, 1 is best, missing unless
        ranked), n_states (ranked states), tied (the rank is shared), leads (rank 1, shared or not),
        source; one row per indicator and state, sorted by both.

    Raises
    ------
    ValueError
        For unknown states or indicators, fewer than two states, a window below zero or another word
        for neutral.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> tables = load("demographics/indicators"), load("demographics/indicator_catalog")
    >>> ranks = indicator_ranks(*tables, only=["gdp_per_capita_current_usd"], year=2023)
    >>> ranks.loc[ranks["leads"], "iso3"].tolist()
    ['TUR']
    """
    compared = _compared_states(without)
    if window < 0:
        raise ValueError(f"the window is {window} years: it must be 0 (the same year) or more.")
    described = _described(indicator_catalog, only, neutral)
    year = _last_year(indicators) if year is None else year
    # Only states that are compared count, and of several values the latest.
    known = indicators[indicators["indicator"].isin(described["indicator"])]
    known = known[known["iso3"].isin(MEMBERS) & (known["year"] <= year)].sort_values("year")
    latest = known.drop_duplicates(["indicator", "iso3"], keep="last")
    latest = latest.rename(columns={"year": "value_year"}).astype({"value_year": "Int64"})

    states = pd.DataFrame({"iso3": sorted(MEMBERS)})
    rows = described.merge(states, how="cross").merge(latest, how="left", on=["indicator", "iso3"])
    recent = (rows["value_year"] >= year - window).fillna(False).astype(bool)
    enough = recent.groupby(rows["indicator"]).transform("sum") >= MIN_STATES
    unranked = [rows["value"].isna(), ~recent, ~enough]
    rows["status"] = np.select(unranked, ["missing", "stale", "too few states"], "ranked")
    rows["cost"] = (rows["value"] * rows["ranked_as"].map(_SIGN)).where(rows["status"] == "ranked")
    rows = _ranked(rows[rows["iso3"].isin(compared)], by=["indicator"])
    rows["leads"] = (rows["rank"] == 1).fillna(False).astype(bool)
    columns = ["indicator", "name", "unit", "domain", "direction", "iso3", "value", "value_year"]
    columns += ["status", "rank", "n_states", "tied", "leads", "source"]
    return arrange(rows, columns, by=["indicator", "iso3"])


def _described(
    indicator_catalog: pd.DataFrame, only: Sequence[str] | None, neutral: str | None
) -> pd.DataFrame:
    """Give the catalogue of the indicators to rank, with the direction in which they are."""
    if neutral not in (None, *_SIGN):
        raise ValueError(f"neutral is {neutral!r}: use None, {' or '.join(map(repr, _SIGN))}.")
    wanted = selection(indicator_catalog) if only is None else sorted(set(only))
    if unknown := sorted(set(wanted) - set(indicator_catalog["indicator"])):
        raise ValueError(
            f"the catalogue has no indicator {unknown[0]!r}: take one from indicator_catalog."
        )
    rows = indicator_catalog[indicator_catalog["indicator"].isin(wanted)]
    check_known(rows, "direction", [*_SIGN, "neutral"], "indicator_catalog")
    agreed = rows["direction"] != "neutral"
    return rows.assign(ranked_as=rows["direction"].where(agreed, neutral)).dropna(
        subset="ranked_as"
    )


def _ranked(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Add rank (the lowest cost first), n_states and tied within groups; no cost, no rank."""
    groups = [rows[column] for column in by]
    rank = competition_rank(rows["cost"], by=groups, largest_first=False).astype("Int64")
    n_states = rows.groupby(by)["cost"].transform("count")
    tied = rows["cost"].notna() & rows.duplicated([*by, "cost"], keep=False)
    return rows.assign(rank=rank, n_states=n_states, tied=tied)


def rank_history(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    concept: str,
    country: str,
    without: Sequence[str] = (),
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Rank a country year by year on every series of one concept, among states with a value then.

    For what is measured in several ways and vintages (``gdp_per_capita``) or by surveys of some
    years only (``gini``).

    Parameters
    ----------
    indicators, indicator_catalog
        The tables of those names.
    concept
        A concept of the catalogue.
    without
        States to leave out of the comparison.

    Returns
    -------
    pandas.DataFrame
        indicator, name, unit, year, value, rank (1 is best), n_states, tied, states (those ranked,
        best first), no_value (states of the comparison without a value in that year), source; only
        years in which the country and another state have one, sorted by indicator and year. Empty
        if there are none, or the concept is neutral.

    Raises
    ------
    ValueError
        For a concept the catalogue does not have.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> tables = load("demographics/indicators"), load("demographics/indicator_catalog")
    >>> rank_history(*tables, "gini", "KAZ", start=2021, end=2021)["states"].unique().tolist()
    ['KGZ KAZ UZB TUR']
    """
    check_country(country)
    compared = _compared_states(without, country)
    described = indicator_catalog[indicator_catalog["concept"] == concept]
    if described.empty:
        raise ValueError(
            f"the catalogue has no concept {concept!r}: take one of indicator_catalog."
        )
    check_known(described, "direction", [*_SIGN, "neutral"], "indicator_catalog")
    described = described[["indicator", "name", "unit", "direction", "source"]]
    rows = indicators[indicators["indicator"].isin(described["indicator"])]
    rows = within(rows[rows["iso3"].isin(compared)], start, end).merge(described)
    rows["cost"] = rows["value"] * rows["direction"].map(_SIGN)
    rows = rows.dropna(subset="cost").sort_values(["indicator", "year", "cost", "iso3"])
    year = ["indicator", "year"]
    rows = _ranked(rows, by=year)
    own = rows[(rows["iso3"] == country) & (rows["n_states"] > 1)]
    names = (rows["iso3"] + " ").groupby([rows[column] for column in year]).sum().str.rstrip()
    own = own.join(names.rename("states"), on=year)
    missing = [" ".join(name for name in compared if name not in names) for names in own["states"]]
    own["no_value"] = pd.Series(missing, own.index, "str")
    columns = ["indicator", "name", "unit", "year", "value", "rank", "n_states", "tied"]
    return own[[*columns, "states", "no_value", "source"]].reset_index(drop=True)


def leads_by_domain(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    year: int | None = None,
    without: Sequence[str] = (),
) -> pd.DataFrame:
    """Count on how many selected indicators each state leads the others, by domain.

    Parameters
    ----------
    indicators, indicator_catalog, year, without
        As in `indicator_ranks`.

    Returns
    -------
    pandas.DataFrame
        domain, iso3, indicators (on which the state is ranked), led (rank 1), led_jointly (of
        these, shared), led_share, expected_share (led share if ranks were drawn by lot), mean_rank,
        source; sorted by domain and state, followed by the rows `ALL_DOMAINS` (every indicator
        counts the same) and `MEAN_OF_DOMAINS` (every domain counts the same; its counts are those
        of all indicators).
    """
    ranks = indicator_ranks(indicators, indicator_catalog, year, without)
    ranks = ranks[ranks["status"] == "ranked"].astype({"rank": "float64"})
    ranks = ranks.assign(jointly=ranks["leads"] & ranks["tied"], by_lot=1 / ranks["n_states"])

    def summary(by: list[str]) -> pd.DataFrame:
        return ranks.groupby(by).agg(
            indicators=("indicator", "size"),
            led=("leads", "sum"),
            led_jointly=("jointly", "sum"),
            led_share=("leads", "mean"),
            expected_share=("by_lot", "mean"),
            mean_rank=("rank", "mean"),
            source=("source", joined),
        )

    by_domain = summary(["domain", "iso3"]).reset_index("domain")
    overall = summary(["iso3"])
    means = by_domain.groupby("iso3")[["led_share", "expected_share", "mean_rank"]].mean()
    parts = [
        by_domain,
        overall.assign(domain=ALL_DOMAINS),
        overall.assign(domain=MEAN_OF_DOMAINS, **means),
    ]
    rows = pd.concat(parts).reset_index()
    return rows[["domain", "iso3", *overall.columns]]


def selection_sensitivity(
    indicators: pd.DataFrame,
    indicator_catalog: pd.DataFrame,
    country: str,
    year: int | None = None,
    without: Sequence[str] = (),
    replicates: int = 2000,
    seed: int = 20240724,
) -> pd.DataFrame:
    """Measure how far the share of indicators led depends on which indicators are counted.

    Parameters
    ----------
    indicators, indicator_catalog, year, without
        As in `indicator_ranks`.
    replicates, seed
        Number of bootstrap samples and seed of the random generator.

    Returns
    -------
    pandas.DataFrame
        test (selected | composites | duplicates | neutral measures | ties | weights | domain left
        out | bootstrap), variant (in words), indicators (ranked for the country), led, led_share,
        lower, upper (percentile interval, for the bootstrap only). The bootstrap draws indicators,
        or whole domains, with replacement. Empty if the country is ranked on no indicator.

    References
    ----------
    Efron, B., Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
    """
    check_country(country)
    _compared_states(without, country)
    tables = (indicators, indicator_catalog)
    described = ["selected", "is_composite", "exclusion"]
    catalog = indicator_catalog.set_index("indicator")
    neutral = indicator_catalog["direction"] == "neutral"

    def ranked(only: Series, direction: str) -> pd.DataFrame:
        ranks = indicator_ranks(*tables, year, without, [*only], neutral=direction)
        own = ranks[(ranks["iso3"] == country) & (ranks["status"] == "ranked")]
        return own.join(catalog[described], on="indicator")

    every = ranked(indicator_catalog["indicator"], "higher_is_better")
    reversed_ = ranked(indicator_catalog.loc[neutral, "indicator"], "lower_is_better")
    selected = every[every["selected"]]
    if selected.empty:
        return frame([], _SENSITIVITY)
    rows = [*_subsets(every, reversed_), *_weights(selected)]
    rows += _bootstrap(selected, replicates, np.random.default_rng(seed))
    return frame(rows, _SENSITIVITY)


_SENSITIVITY = {"test": "str", "variant": "str", "indicators": "int64", "led": "int64"}
_SENSITIVITY |= dict.fromkeys(["led_share", "lower", "upper"], "float64")


def _led(test: str, variant: str, leads: Series, **other: float) -> Mapping[str, Any]:
    row = {"indicators": len(leads), "led": leads.sum(), "led_share": leads.mean()}
    return {"test": test, "variant": variant, "lower": np.nan, "upper": np.nan} | row | other


def _subsets(every: pd.DataFrame, reversed_: pd.DataFrame) -> Iterator[Mapping[str, Any]]:
    """Count other selections of indicators; `reversed_` ranks neutral measures the other way."""
    leads = every["leads"]
    selected = every["selected"]
    dropped_composite = every["exclusion"] == "composite"
    duplicate = every["exclusion"] == "near_duplicate"
    neutral = every["direction"] == "neutral"
    yield _led("selected", "all selected indicators", leads[selected])
    yield _led("composites", "without composites", leads[selected & ~every["is_composite"]])
    with_composites = leads[selected | dropped_composite]
    yield _led("composites", "with the composites dropped for their components", with_composites)
    yield _led("duplicates", "with near-duplicates", leads[selected | duplicate])
    higher, lower = (f"with neutral measures, {way} is better" for way in ("higher", "lower"))
    yield _led("neutral measures", higher, leads[selected | neutral])
    yield _led("neutral measures", lower, pd.concat([leads[selected], reversed_["leads"]]))
    alone = (leads & ~every["tied"])[selected]
    yield _led("ties", "shared first places not counted", alone)


def _weights(selected: pd.DataFrame) -> Iterator[Mapping[str, Any]]:
    """Count every domain the same, or leave out one domain at a time."""
    leads = selected["leads"]
    domain = selected["domain"]
    share = leads.groupby(domain).mean().mean()
    yield _led("weights", "every domain counts the same", leads, led_share=share)
    names = sorted(domain.unique())
    for name in names if len(names) > 1 else []:
        yield _led("domain left out", f"without {name}", leads[domain != name])


def _bootstrap(
    selected: pd.DataFrame, replicates: int, rng: np.random.Generator
) -> Iterator[Mapping[str, Any]]:
    """Draw indicators, or whole domains, with replacement."""
    leads = selected["leads"]
    indicators = rng.choice(leads.to_numpy(np.float64), (replicates, len(leads))).mean(axis=1)
    domains = leads.groupby(selected["domain"]).agg(["sum", "size"]).to_numpy(np.float64)
    led, size = domains[rng.integers(len(domains), size=(replicates, len(domains)))].sum(axis=1).T
    for variant, estimates in (("indicators drawn", indicators), ("domains drawn", led / size)):
        lower, upper = percentile_interval(estimates)
        yield _led("bootstrap", variant, leads, lower=lower, upper=upper)


def pairwise_dominance(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame, year: int | None = None
) -> pd.DataFrame:
    """Give, for each ordered pair of states, how often a selected indicator favours the first.

    Parameters
    ----------
    indicators, indicator_catalog, year
        As in `indicator_ranks`.

    Returns
    -------
    pandas.DataFrame
        iso3, other, indicators (on which both are ranked), better, worse, tied (shares of these,
        they sum to one), source; sorted by both states. Pairs without a common indicator are left
        out.
    """
    ranks = indicator_ranks(indicators, indicator_catalog, year).dropna(subset="rank")
    ranks = ranks[["indicator", "iso3", "rank", "source"]]
    others = ranks[["indicator", "iso3", "rank"]].rename(columns={"iso3": "other"})
    pairs = ranks.merge(others, on="indicator", suffixes=("", "_other"))
    pairs = pairs[pairs["iso3"] != pairs["other"]]
    difference = (pairs["rank"] - pairs["rank_other"]).astype("int64")
    signs = {"better": difference < 0, "worse": difference > 0, "tied": difference == 0}
    by_pair = pairs.assign(**signs).groupby(["iso3", "other"])
    rows = by_pair.agg(indicators=("indicator", "size"))
    rows = rows.join(by_pair[[*signs]].mean()).join(by_pair["source"].agg(joined))
    return rows.reset_index()


def _compared_states(without: Sequence[str], country: str | None = None) -> list[str]:
    """List the states compared: all but those of `without`, which cannot name `country`."""
    if isinstance(without, str):
        raise ValueError(f"without is the text {without!r}: give a list, such as [{without!r}].")
    for left_out in without:
        check_country(left_out)
    if country in without:
        raise ValueError(f"{country} cannot be left out of its own comparison: leave out another.")
    states = [state for state in MEMBERS if state not in without]
    if len(states) < 2:
        raise ValueError(
            f"without {', '.join(without)} there is nobody to compare: leave fewer states out."
        )
    return states


def _last_year(indicators: pd.DataFrame) -> int:
    return int(indicators["year"].max()) if len(indicators) else 0
