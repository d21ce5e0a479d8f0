"""A gravity model: the trade that size, distance and a common past lead one to expect of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from turkic_ties import countries
from turkic_ties.countries import MEMBERS
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.common import (
    Floats,
    Series,
    bounds,
    check_not_negative,
    check_pair,
    check_unique,
    ratio,
)

Groups: TypeAlias = npt.NDArray[np.integer[Any]]

MODEL = "baci"

WINDOW_YEARS = 5
"""Length of the window that ends with the last year of BACI, where no other is wanted."""

NORMAL = (0.5, 2.0)
"""A ratio of observed to predicted trade in this range may be normal: models miss by as much."""

MAX_ITERATIONS = 100
TOLERANCE = 1e-10

_BASE = ("ln_gdp", "ln_distance", "contiguous", "common_language", "both_ex_ussr")
WINDOW_ONLY, SMALLER = "window only", "without Russia and China"

SPECIFICATIONS = {
    "base": _BASE,
    "landlocked": (*_BASE, "landlocked"),
    "population": (*_BASE, "ln_population"),
    WINDOW_ONLY: _BASE,
    # Russia carries most of the common-language variable, which therefore goes with it.
    SMALLER: tuple(variable for variable in _BASE if variable != "common_language"),
}
"""Variables of each specification."""

FITTED_ON = {"exports": "exports of all", "imports": "imports of all"}
"""The flows of the states compared, all together, that a regression is fitted on."""

_OPPOSITE = {"exports": "imports", "imports": "exports"}
_RATIOS = (
    "specification fitted_on iso3_a first_year last_year years books source "
    "observed_usd predicted_usd"
)
_COEFFICIENTS = "specification fitted_on variable coefficient standard_error observations clusters"


@dataclass(frozen=True)
class Gravity:
    """What a gravity model expects of a pair.

    Attributes
    ----------
    ratios
        specification, fitted_on (of `FITTED_ON`), flow (exports | imports of the country),
        first_year, last_year, years (with a record of the pair), books, source, observed_usd,
        predicted_usd (sums over these years), ratio (observed / predicted).
    coefficients
        specification, fitted_on, variable, coefficient, standard_error (clustered by
        exporter–importer pair), observations, clusters.
    summary
        flow, first_year, last_year, observed_usd, ratio_low, ratio_high (over all rows of `ratios`
        for the flow), reading (``not distinguishable`` from normal when the range touches `NORMAL`,
        else ``below`` or ``above``).
    """

    ratios: pd.DataFrame
    coefficients: pd.DataFrame
    summary: pd.DataFrame


def gravity(
    bilateral_trade: pd.DataFrame,
    gravity_countries: pd.DataFrame,
    gravity_pairs: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> Gravity:
    """Compare the trade of a pair with what size, distance and a common past lead one to expect.

    Poisson pseudo-maximum likelihood on BACI, for the exports of the states compared and for their
    imports:

        E[trade] = exp(reporter-year effect + b · (log partner GDP, log distance, contiguity, common
        official language, both once Soviet republics))

    and the variations of `SPECIFICATIONS`: landlocked partner or log partner population added, the
    years of the window alone, Russia and China left out. The pair itself takes no part in the
    estimation, and no dummy marks Turkic pairs: the ratio observed / predicted is what remains for
    kinship and everything else the model does not know. When both sides are among the states
    compared, each flow is predicted twice: as an export of the one and as an import of the other.

    Cautions. So few reporters cannot identify multilateral resistance, so this is a benchmark, not
    a structural estimate. The range over the specifications is the honest error band; a ratio
    inside `NORMAL` may be normal. Dollar GDP at official rates overstates Turkmenistan, and
    Uzbekistan before 2017. Oil booked to hubs counts in the predictions. A partner that BACI knows
    but has no row for in a year counts as no trade, except among the states compared: there a
    missing cell (Uzbekistan with Turkmenistan, 2001–16) means that neither side reported.

    Parameters
    ----------
    bilateral_trade
        Columns source, reporter, partner, year, flow, value_usd; only the rows of BACI are used.
    gravity_countries
        Columns iso3, year, gdp_usd, population.
    gravity_pairs
        Columns iso3_a, iso3_b, distance_km, contiguous, common_language, both_ex_ussr, landlocked_b
        (of iso3_b).
    country, partner
        The country is one of the states compared.
    start, end
        Window of the comparison; None for the last `WINDOW_YEARS` of BACI. Years outside BACI are
        ignored.

    Returns
    -------
    Gravity
        Three frames, empty where BACI has no record of the pair in the window.

    References
    ----------
    Santos Silva, J. M. C. and Tenreyro, S. (2006). The log of gravity. Review
    of Economics and Statistics 88(4). Gaulier, G. and Zignago, S. (2010). BACI: International Trade
    Database at the Product-Level. The 1994-2007 Version. CEPII WP 2010-23. Mayer, T. and Zignago,
    S. (2011). Notes on CEPII's distances measures: the GeoDist database. CEPII WP 2011-25.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> names = ("bilateral_trade", "gravity_countries", "gravity_pairs")
    >>> result = gravity(*(load(f"trade/{name}") for name in names), "KAZ", "TUR", 2016, 2020)
    >>> result.summary[["flow", "reading"]].values.tolist()
    [['exports', 'not distinguishable'], ['imports', 'not distinguishable']]
    """
    check_pair(country, partner)
    countries.name(partner)  # raises for a code that does not exist
    tables = (bilateral_trade, gravity_countries, gravity_pairs)
    rows, coefficients = _compared(*tables, frozenset([country, partner]), start, end)
    flows = {fitted_on: flow for flow, fitted_on in FITTED_ON.items()}
    fitted = zip(rows["iso3_a"], rows["fitted_on"].map(flows), strict=True)
    seen = [flow if side == country else _OPPOSITE[flow] for side, flow in fitted]
    rows = rows.rename(columns={"iso3_a": "flow"})
    rows["flow"] = pd.Series(seen, dtype=rows["flow"].dtype)
    rows["ratio"] = ratio(rows["observed_usd"], rows["predicted_usd"]).astype("float64")
    rows = rows.sort_values(["flow", "fitted_on"], kind="stable", ignore_index=True)
    return Gravity(rows, coefficients, _summary(rows))


@cached_measure
def _compared(
    bilateral_trade: pd.DataFrame,
    gravity_countries: pd.DataFrame,
    gravity_pairs: pd.DataFrame,
    sides: frozenset[str],
    start: int | None,
    end: int | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give ratios by reporter, and coefficients: the same whichever side a report is about."""
    window = _window(bilateral_trade[bilateral_trade["source"] == MODEL], start, end)
    ratios, coefficients = [], []
    for fitted_on, panel in _panels(bilateral_trade, gravity_countries, gravity_pairs).items():
        panel["in_window"] = panel["year"].between(*window)
        is_pair = panel["iso3_a"].isin(sides) & panel["iso3_b"].isin(sides)
        pair = panel[is_pair & panel["in_window"]]
        if pair.empty:
            continue
        observed = _observed(pair)
        for specification, estimated, predicted in _fits(panel[~is_pair], pair):
            label = {"specification": specification, "fitted_on": fitted_on}
            coefficients.append(estimated.assign(**label))
            ratios.append(observed.assign(**label, predicted_usd=predicted))
    return _stacked(ratios, _RATIOS), _stacked(coefficients, _COEFFICIENTS)


@cached_measure
def _panels(
    bilateral_trade: pd.DataFrame, gravity_countries: pd.DataFrame, gravity_pairs: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Check BACI, and give the panel that each regression of `FITTED_ON` takes."""
    model = bilateral_trade[bilateral_trade["source"] == MODEL]
    check_unique(model, ["reporter", "partner", "year"], "BACI in bilateral_trade")
    check_not_negative(model, "value_usd", "bilateral_trade")
    return {
        fitted_on: _panel(_from_reporter(model, flow), gravity_countries, gravity_pairs)
        for flow, fitted_on in FITTED_ON.items()
    }


def _window(model: pd.DataFrame, start: int | None, end: int | None) -> tuple[int, int]:
    bounds(start, end)  # raises when the start is after the end
    last = max(model["year"], default=0) if end is None else end
    return (last - WINDOW_YEARS + 1 if start is None else start), last


def _from_reporter(model: pd.DataFrame, flow: str) -> pd.DataFrame:
    """Name the side whose flows are explained iso3_a; an import is the partner's export."""
    sides = ("reporter", "partner") if flow == "exports" else ("partner", "reporter")
    return model.rename(columns=dict(zip(sides, ("iso3_a", "iso3_b"), strict=True)))


def _panel(
    trade: pd.DataFrame, gravity_countries: pd.DataFrame, gravity_pairs: pd.DataFrame
) -> pd.DataFrame:
    """Give every reporter, partner and year with GDP known, zeros included, in a fixed order."""
    keys = ["iso3_a", "iso3_b"]
    trade = trade.loc[trade["iso3_a"].isin(MEMBERS), [*keys, "year", "value_usd"]]
    pairs = _pairs(gravity_pairs, trade["iso3_b"])
    sizes = _sizes(gravity_countries, trade["year"])
    panel = pairs.merge(sizes, on="iso3_b").merge(trade, "left", [*keys, "year"])
    is_known = panel["value_usd"].notna() | ~panel["iso3_b"].isin(MEMBERS)
    known = panel[is_known].fillna({"value_usd": 0.0}).reset_index(drop=True)
    return known.assign(reporter_year=known.groupby(["iso3_a", "year"]).ngroup())


def _sizes(gravity_countries: pd.DataFrame, years: Series) -> pd.DataFrame:
    sizes = gravity_countries.dropna(subset=["gdp_usd", "population"]).sort_values("year")
    sizes = sizes[sizes["year"].isin(years)].rename(columns={"iso3": "iso3_b"})
    sizes["ln_gdp"] = np.log(sizes["gdp_usd"].astype("float64"))
    sizes["ln_population"] = np.log(sizes["population"].astype("float64"))
    return sizes[["iso3_b", "year", "ln_gdp", "ln_population"]]


def _pairs(gravity_pairs: pd.DataFrame, partners: Series) -> pd.DataFrame:
    pairs = gravity_pairs[gravity_pairs["iso3_b"].isin(partners)]
    pairs = pairs.sort_values(["iso3_a", "iso3_b"]).rename(columns={"landlocked_b": "landlocked"})
    pairs = pairs.assign(pair=range(len(pairs)), ln_distance=np.log(pairs["distance_km"]))
    dummies = ["contiguous", "common_language", "both_ex_ussr", "landlocked"]
    return pairs[["iso3_a", "iso3_b", "pair", "ln_distance", *dummies]]


def _observed(pair: pd.DataFrame) -> pd.DataFrame:
    """Sum the recorded trade of the pair by reporter."""
    sides = pair.groupby("iso3_a")
    observed = sides.agg(
        first_year=("year", "min"), last_year=("year", "max"), years=("year", "size")
    )
    observed["observed_usd"] = sides["value_usd"].sum()
    return observed.reset_index().assign(books="model", source=MODEL)


def _fits(others: pd.DataFrame, pair: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, Floats]]:
    """Fit each specification without the pair; give coefficients and the sums predicted for it."""
    sides = pair.groupby("iso3_a").ngroup()
    is_large = others["iso3_b"].isin(["RUS", "CHN"])
    used = {WINDOW_ONLY: others["in_window"], SMALLER: ~is_large}
    for specification, variables in SPECIFICATIONS.items():
        panel = others[used[specification]] if specification in used else others
        estimated, effects = _ppml(panel, variables)
        score = np.exp(pair[list(variables)] @ estimated["coefficient"])
        predicted = score * pair["reporter_year"].map(effects)
        # A sum is missing where the effect of one of its years is.
        sums = np.bincount(sides, predicted).astype("float64")
        yield specification, estimated.rename_axis("variable").reset_index(), sums


def _ppml(panel: pd.DataFrame, variables: Sequence[str]) -> tuple[pd.DataFrame, Series]:
    """Fit the Poisson model; return coefficients and exp(effect) by reporter_year.

    The effects are concentrated out: given the coefficients each makes the predictions of its
    reporter and year add up to what was observed. With regressors taken as deviations from their
    mean in the reporter-year, weighted by the prediction, scores and information are those of the
    model with a dummy for each of them.
    """
    # A reporter-year without trade has the effect log 0 and says nothing about the coefficients.
    panel = panel[panel.groupby("reporter_year")["value_usd"].transform("sum") > 0]
    group, reporter_years = pd.factorize(panel["reporter_year"])
    trade = panel["value_usd"].to_numpy("float64")
    regressors = panel[list(variables)].to_numpy("float64")
    totals = np.bincount(group, trade)
    slopes = np.zeros(len(variables))
    # The usual first guess of a generalised linear model: between the observation and the mean.
    predictor = np.log(trade + (totals / np.bincount(group))[group])
    for _ in range(MAX_ITERATIONS):  # iteratively reweighted least squares
        expected = np.exp(predictor)
        expected *= (totals / np.bincount(group, expected))[group]
        weighted = regressors * expected[:, None]
        deviations = regressors - (_sums(weighted, group) / totals[:, None])[group]
        information = deviations.T @ weighted
        response = expected * predictor + trade - expected
        previous = slopes
        slopes = np.linalg.solve(information, deviations.T @ response)
        predictor = regressors @ slopes
        if np.abs(slopes - previous).max() < TOLERANCE:
            break
    else:
        raise ArithmeticError(
            "the gravity model did not converge; look for constant columns in the gravity tables."
        )
    pair, pairs = pd.factorize(panel["pair"])
    scores = _sums(deviations * (trade - expected)[:, None], pair)
    degrees = len(panel) - len(variables) - len(reporter_years)
    errors = _clustered_errors(scores, information, (len(panel) - 1) / degrees)
    estimated = pd.DataFrame({"coefficient": slopes, "standard_error": errors}, list(variables))
    effects = pd.Series(totals / np.bincount(group, np.exp(predictor)), reporter_years)
    return estimated.assign(observations=len(panel), clusters=len(pairs)), effects


def _clustered_errors(scores: Floats, information: Floats, adjustment: float) -> Floats:
    """Give standard errors clustered by pair, and the small-sample factor.

    Parameters
    ----------
    scores
        One row per pair, of which there are G.
    adjustment
        (N − 1) / (N − K): N observations, K coefficients, those of the reporter-years included.
    """
    clusters = len(scores)
    inverse = np.linalg.inv(information)
    covariance = inverse @ scores.T @ scores @ inverse * adjustment * clusters / (clusters - 1)
    errors: Floats = np.sqrt(np.diag(covariance))
    return errors


def _sums(values: Floats, group: Groups) -> Floats:
    """Add up the rows of each group, column by column."""
    return np.column_stack([np.bincount(group, column) for column in values.T])


def _stacked(frames: list[pd.DataFrame], columns: str) -> pd.DataFrame:
    empty = pd.DataFrame(columns=columns.split())
    return pd.concat(frames, ignore_index=True)[empty.columns] if frames else empty


def _summary(ratios: pd.DataFrame) -> pd.DataFrame:
    """Give the range of the ratio over all specifications for each flow, and how it reads."""
    flows = ratios.groupby("flow", as_index=False)
    summary = flows[["first_year", "last_year", "observed_usd"]].first()
    summary["ratio_low"] = flows["ratio"].min()["ratio"]
    summary["ratio_high"] = flows["ratio"].max()["ratio"]
    low, high = NORMAL
    outside = [summary["ratio_high"] < low, summary["ratio_low"] > high]
    return summary.assign(reading=np.select(outside, ["below", "above"], "not distinguishable"))
