"""The gravity model: right on a made-up world, equal to the model with all its dummies."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from turkic_ties import data, trade
from turkic_ties.countries import MEMBERS
from turkic_ties.measures import gravity

OTHERS = ("RUS", "CHN", "DEU", "ITA", "IRN", "USA", "IND", "GEO", "UKR", "POL", "FRA", "JPN")
YEARS = range(2016, 2021)
VARIABLES = ["ln_gdp", "ln_distance", "contiguous", "common_language", "both_ex_ussr"]


@cache
def world(noise: float = 1e-3) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Make up trade = (GDP · GDP)^0.8 / distance · e^(0.5 contiguous + 0.7 both once Soviet)."""
    random = np.random.default_rng(7)
    everyone = (*MEMBERS, *OTHERS)
    gdp = pd.DataFrame(
        [(iso3, year, 10 ** random.uniform(9, 13)) for iso3 in everyone for year in YEARS]
    )
    gdp = gdp.set_axis(["iso3", "year", "gdp_usd"], axis="columns")
    gdp["population"] = (10 ** random.uniform(6, 9, len(gdp))).astype("int64")
    pairs = pd.DataFrame(
        [(a, b) for a in MEMBERS for b in everyone if a != b], columns=["iso3_a", "iso3_b"]
    )
    pairs["key"] = [
        "-".join(sorted(pair)) for pair in zip(pairs["iso3_a"], pairs["iso3_b"], strict=True)
    ]
    features = pd.DataFrame({"key": sorted(set(pairs["key"]))})
    features["distance_km"] = random.uniform(300, 9000, len(features))
    for dummy in ("contiguous", "common_language", "both_ex_ussr"):
        features[dummy] = random.integers(0, 2, len(features))
    pairs = pairs.merge(features, on="key")
    pairs["landlocked_b"] = (
        pairs["iso3_b"].isin(["KAZ", "UZB", "KGZ", "TKM", "AZE"]).astype("int64")
    )

    flows = pairs.merge(gdp.rename(columns={"iso3": "iso3_a"}), on="iso3_a")
    flows = flows.merge(
        gdp.rename(columns={"iso3": "iso3_b"}), on=["iso3_b", "year"], suffixes=("", "_b")
    )
    log = 0.8 * np.log(flows["gdp_usd"] * flows["gdp_usd_b"]) - np.log(flows["distance_km"]) - 20
    log += (
        0.5 * flows["contiguous"]
        + 0.7 * flows["both_ex_ussr"]
        + noise * random.normal(size=len(flows))
    )
    flows["value_usd"] = np.exp(log)
    sold = flows.assign(reporter=flows["iso3_a"], partner=flows["iso3_b"])
    bought = flows.assign(reporter=flows["iso3_b"], partner=flows["iso3_a"])
    columns = ["reporter", "partner", "year", "value_usd"]
    model = pd.concat(
        [sold[columns], bought.loc[~bought["reporter"].isin(MEMBERS), columns]], ignore_index=True
    )
    return model.assign(source="baci", flow="export"), gdp, pairs


def fitted(noise: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    model, gdp, pairs = world(noise)
    panel = gravity._panel(
        model.rename(columns={"reporter": "iso3_a", "partner": "iso3_b"}), gdp, pairs
    )
    return panel, *gravity._ppml(panel, VARIABLES)


def test_known_coefficients_are_found_again_and_the_pair_trades_as_expected() -> None:
    result = trade.gravity(*world(), "KAZ", "TUR")
    expected = {"ln_gdp": 0.8, "ln_distance": -1, "contiguous": 0.5, "both_ex_ussr": 0.7}
    found = result.coefficients.set_index("variable")["coefficient"]
    for variable in found.index.unique():
        assert found[variable].to_numpy() == pytest.approx(expected.get(variable, 0), abs=0.01)
    assert result.ratios["ratio"].to_numpy() == pytest.approx(1, abs=0.01)
    assert result.summary["reading"].tolist() == ["not distinguishable"] * 2


def test_a_pair_that_trades_three_times_as_much_shows_three_and_is_read_as_above() -> None:
    model, gdp, pairs = world()
    model = model.copy()
    model.loc[(model["reporter"] == "KAZ") & (model["partner"] == "TUR"), "value_usd"] *= 3
    summary = trade.gravity(model, gdp, pairs, "KAZ", "TUR").summary.set_index("flow")
    assert summary.loc["exports", ["ratio_low", "ratio_high"]].tolist() == pytest.approx(
        [3, 3], rel=0.01
    )
    assert summary["reading"].to_dict() == {"exports": "above", "imports": "not distinguishable"}


@pytest.mark.parametrize(
    ("ratios", "reading"),
    [
        ([0.3, 0.49], "below"),
        ([0.3, 0.5], "not distinguishable"),
        ([2.0, 2.4], "not distinguishable"),
        ([2.1, 2.4], "above"),
        ([0.1, 9.0], "not distinguishable"),
    ],
)
def test_a_ratio_is_read_as_outside_only_when_all_of_its_range_is(
    ratios: list[float], reading: str
) -> None:
    assert trade.NORMAL == (0.5, 2)
    rows = pd.DataFrame({"flow": "exports", "ratio": ratios}).assign(
        first_year=2016, last_year=2020, observed_usd=1.0
    )
    assert gravity._summary(rows)["reading"].tolist() == [reading]


def test_the_window_is_the_last_five_years_of_the_model_unless_another_is_wanted() -> None:
    model = pd.DataFrame({"year": [2000, 2020]})
    assert gravity._window(model, None, None) == (2016, 2020)
    assert gravity._window(model, None, 2010) == (2006, 2010)
    assert gravity._window(model, 2001, None) == (2001, 2020)
    with pytest.raises(ValueError, match="must not be after"):
        gravity._window(model, 2020, 2010)


def test_a_fit_that_does_not_converge_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gravity, "MAX_ITERATIONS", 2)
    with pytest.raises(ArithmeticError, match="did not converge"):
        fitted(0.5)


@pytest.mark.no_cover
def test_the_pair_itself_does_not_move_what_is_expected_of_it() -> None:
    model, gdp, pairs = world(0.5)
    moved = model.copy()
    moved.loc[
        moved["reporter"].isin(["KAZ", "TUR"]) & moved["partner"].isin(["KAZ", "TUR"]), "value_usd"
    ] *= 50
    before, after = (
        trade.gravity(frame, gdp, pairs, "KAZ", "TUR").ratios for frame in (model, moved)
    )
    assert after["predicted_usd"].tolist() == pytest.approx(before["predicted_usd"].tolist())
    assert after["ratio"].tolist() == pytest.approx((50 * before["ratio"]).tolist())


@pytest.mark.no_cover
def test_both_sides_of_a_pair_get_the_same_range() -> None:
    here, there = (
        trade.gravity(*world(0.5), *pair).summary.set_index("flow")
        for pair in (("UZB", "AZE"), ("AZE", "UZB"))
    )
    columns = ["observed_usd", "ratio_low", "ratio_high"]
    assert here.loc["exports", columns].tolist() == pytest.approx(
        there.loc["imports", columns].tolist()
    )


def test_predictions_add_up_to_what_was_observed_in_every_reporter_and_year() -> None:
    panel, estimated, effects = fitted(0.5)
    score = np.exp(panel[VARIABLES] @ estimated["coefficient"])
    predicted = score * panel["reporter_year"].map(effects)
    sums = (
        panel.assign(predicted=predicted)
        .groupby(["iso3_a", "year"])[["value_usd", "predicted"]]
        .sum()
    )
    assert sums["predicted"].to_numpy() == pytest.approx(sums["value_usd"].to_numpy())
    # The other first-order conditions: no regressor is correlated with the residual.
    residual = panel["value_usd"] - predicted
    assert (panel[VARIABLES].T @ residual / predicted.sum()).to_numpy() == pytest.approx(
        0, abs=1e-8
    )


@pytest.mark.no_cover
def test_the_fit_equals_the_model_with_a_dummy_for_every_reporter_and_year() -> None:
    import statsmodels.api as sm  # slow, and of use to the one process that runs this test

    panel, estimated, _ = fitted(0.5)
    dummies = pd.get_dummies(panel["iso3_a"] + panel["year"].astype(str), dtype=float)
    design = pd.concat([panel[VARIABLES], dummies], axis=1)
    clusters = pd.factorize(panel["iso3_a"] + panel["iso3_b"])[0]
    scaled = panel["value_usd"] / panel["value_usd"].mean()
    full = sm.GLM(scaled, design, family=sm.families.Poisson()).fit(
        cov_type="cluster", cov_kwds={"groups": clusters}, tol=1e-12
    )
    assert estimated["coefficient"].tolist() == pytest.approx(
        full.params[VARIABLES].tolist(), abs=1e-6
    )
    # Standard errors with the effects of the reporter-years counted among the coefficients.
    assert estimated["standard_error"].tolist() == pytest.approx(
        full.bse[VARIABLES].tolist(), rel=1e-4
    )
    assert estimated["clusters"].iloc[0] == len(MEMBERS) * (len(MEMBERS) + len(OTHERS) - 1)


@pytest.mark.no_cover
def test_a_cell_missing_among_the_states_compared_is_no_zero_and_one_missing_elsewhere_is() -> None:
    model, gdp, pairs = world()
    gone = (
        (model["year"] == 2020)
        & (model["reporter"] == "UZB")
        & model["partner"].isin(["TKM", "JPN"])
    )
    panel = gravity._panel(
        model[~gone].rename(columns={"reporter": "iso3_a", "partner": "iso3_b"}), gdp, pairs
    )
    cell = panel.query("iso3_a == 'UZB' and year == 2020").set_index("iso3_b")["value_usd"]
    assert "TKM" not in cell.index
    assert cell["JPN"] == 0
    ratios = trade.gravity(model[~gone], gdp, pairs, "UZB", "TKM").ratios.query("flow == 'exports'")
    assert ratios["last_year"].unique().tolist() == [2019]


def test_each_specification_uses_the_partners_and_years_it_names() -> None:
    """17 partners of 6 reporters in 5 years, less the pair itself, which two reporters have."""
    coefficients = trade.gravity(*world(), "KAZ", "TUR", 2019, 2020).coefficients
    exports = coefficients[coefficients["fitted_on"] == "exports of all"]
    counted = exports.groupby("specification")["observations"].first()
    assert counted["base"] == 5 * (6 * 17 - 2)
    assert counted["window only"] == 2 * (6 * 17 - 2)
    assert counted["without Russia and China"] == 5 * (6 * 15 - 2)
    variables = exports.groupby("specification")["variable"].agg(set)
    assert variables["landlocked"] - variables["base"] == {"landlocked"}
    assert variables["population"] - variables["base"] == {"ln_population"}
    assert variables["base"] - variables["without Russia and China"] == {"common_language"}


def test_a_reporter_without_trade_in_a_year_takes_no_part_in_it() -> None:
    model, gdp, pairs = world()
    idle = (model["reporter"] == "KGZ") & (model["year"] == 2018)
    panel = gravity._panel(
        model[~idle].rename(columns={"reporter": "iso3_a", "partner": "iso3_b"}), gdp, pairs
    )
    estimated, effects = gravity._ppml(panel, VARIABLES)
    of_idle = panel.query("iso3_a == 'KGZ' and year == 2018")
    assert (of_idle["value_usd"] == 0).all()
    assert not set(of_idle["reporter_year"]) & set(effects.index)
    assert estimated["coefficient"].to_numpy() == pytest.approx([0.8, -1, 0.5, 0, 0.7], abs=0.01)


def test_a_window_outside_the_model_gives_empty_tables() -> None:
    result = trade.gravity(*world(), "KAZ", "TUR", 1990, 1995)
    assert result.ratios.empty
    assert result.coefficients.empty
    assert result.summary.columns.tolist()[-3:] == ["ratio_low", "ratio_high", "reading"]


@pytest.mark.no_cover
def test_kazakh_trade_with_tuerkiye_cannot_be_told_from_what_gravity_expects() -> None:
    tables = (
        data.load(f"trade/{name}")
        for name in ("bilateral_trade", "gravity_countries", "gravity_pairs")
    )
    result = trade.gravity(*tables, "KAZ", "TUR")
    summary = result.summary.set_index("flow")
    assert summary["first_year"].tolist() == [2016, 2016]
    assert (summary["reading"] == "not distinguishable").all()
    assert (summary["ratio_low"] > 1).all()
    assert summary["ratio_high"].between(2, 4).all()
    # The signs every gravity model finds, in all specifications.
    signs = result.coefficients.groupby("variable")["coefficient"]
    assert signs.min()["ln_gdp"] > 0 > signs.max()["ln_distance"]


@pytest.mark.parametrize(("value", "sentence"), [(1.0, "two rows"), (-1.0, "negative value_usd")])
def test_a_row_that_cannot_be_right_is_refused(value: float, sentence: str) -> None:
    model, gdp, pairs = world()
    row = model.head(1).assign(value_usd=value)
    rest = model if value > 0 else model.iloc[1:]
    with pytest.raises(ValueError, match=sentence):
        trade.gravity(pd.concat([rest, row]), gdp, pairs, "KAZ", "TUR")
