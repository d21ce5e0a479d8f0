"""Development indicators: cases worked by hand, properties, figures of the real tables."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data, demographics
from turkic_ties.countries import MEMBERS


@pytest.fixture(scope="module")
def indicators() -> pd.DataFrame:
    return data.load("demographics/indicators")


@pytest.fixture(scope="module")
def indicator_catalog() -> pd.DataFrame:
    return data.load("demographics/indicator_catalog")


def world(
    values: dict[str, dict[str, Any]], **described: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make both tables of {indicator: {iso3: value or (value, year)}}.

    `described` overrides columns of the catalogue.
    """
    cells = [
        (indicator, iso3, *(cell if isinstance(cell, tuple) else (cell, 2020)))
        for indicator, by_state in values.items()
        for iso3, cell in by_state.items()
    ]
    indicators = pd.DataFrame(cells, columns=["indicator", "iso3", "value", "year"])
    defaults = {"name": "x", "unit": "y", "domain": "health", "direction": "higher_is_better"}
    defaults |= {"concept": "c", "source": "made", "exclusion": ""}
    catalog = pd.DataFrame({"indicator": list(values)})
    for column, default in (defaults | {"selected": True, "is_composite": False}).items():
        catalog[column] = [described.get(column, {}).get(name, default) for name in values]
    return indicators.astype({"value": "float64"}), catalog


SIX = {"KAZ": 6, "TUR": 5, "AZE": 4, "UZB": 4, "KGZ": 2, "TKM": 1}


def test_ranks_share_ties_and_follow_the_direction() -> None:
    tables = world({"up": SIX, "down": SIX}, direction={"down": "lower_is_better"})
    ranks = demographics.indicator_ranks(*tables).set_index(["indicator", "iso3"])
    assert ranks.loc["up", "rank"].reindex(MEMBERS).tolist() == [1, 2, 3, 3, 5, 6]
    assert ranks.loc["down", "rank"].reindex(MEMBERS).tolist() == [6, 5, 3, 3, 2, 1]
    assert ranks.loc["up", "tied"].reindex(MEMBERS).tolist() == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    assert ranks.loc["up", "leads"].reindex(MEMBERS).tolist() == [True, *[False] * 5]


def test_old_values_are_shown_and_not_ranked_and_missing_ones_stay_missing() -> None:
    values = {
        "x": SIX | {"TUR": (9, 2010)},
        "y": SIX | {"TUR": (9, 2010), "UZB": (9, 2010)},
        "z": dict(SIX),
    }
    del values["z"]["TKM"]
    ranks = demographics.indicator_ranks(*world(values), year=2020, window=5).set_index(
        ["indicator", "iso3"]
    )
    turkish = ranks.loc[("x", "TUR")]
    assert (turkish["status"], turkish["value"], turkish["value_year"]) == ("stale", 9, 2010)
    assert pd.isna(turkish["rank"])
    assert ranks.loc[("x", "AZE"), ["rank", "n_states"]].tolist() == [2, 5]
    assert set(ranks.loc["y", "status"]) == {"stale", "too few states"}
    assert ranks.loc["y", "rank"].isna().all()
    assert ranks.loc[("z", "TKM"), "status"] == "missing"
    assert (
        demographics.indicator_ranks(*world(values), year=2020, window=10)["status"]
        .eq("stale")
        .sum()
        == 0
    )


def test_later_values_than_the_reference_year_are_not_used() -> None:
    ranks = demographics.indicator_ranks(*world({"x": SIX | {"TKM": (99, 2021)}}), year=2020)
    assert ranks.set_index("iso3").loc["TKM", "status"] == "missing"


def test_leaving_a_state_out_moves_the_others_up_without_changing_what_is_ranked() -> None:
    tables = world({"x": SIX})
    ranks = demographics.indicator_ranks(*tables, without=["KAZ"]).set_index("iso3")
    assert "KAZ" not in ranks.index
    assert (ranks.loc["TUR", "rank"], ranks.loc["TUR", "n_states"]) == (1, 5)


def test_neutral_measures_are_left_out_or_read_either_way() -> None:
    tables = world({"x": SIX}, direction={"x": "neutral"})
    assert demographics.indicator_ranks(*tables).empty
    up = demographics.indicator_ranks(*tables, neutral="higher_is_better").set_index("iso3")["rank"]
    down = demographics.indicator_ranks(*tables, neutral="lower_is_better").set_index("iso3")[
        "rank"
    ]
    assert (up["KAZ"], down["KAZ"], up["TKM"], down["TKM"]) == (1, 6, 6, 1)


values_of_six = st.lists(st.integers(-1000, 1000), min_size=6, max_size=6)


@settings(max_examples=10, deadline=None)
@given(
    values_of_six, st.floats(min_value=0.01, max_value=100), st.floats(min_value=-50, max_value=50)
)
def test_ranks_do_not_change_with_the_unit(values: list[int], scale: float, shift: float) -> None:
    by_state = dict(zip(MEMBERS, values, strict=True))
    plain = demographics.indicator_ranks(*world({"x": by_state}))
    scaled = demographics.indicator_ranks(
        *world({"x": {s: v * scale + shift for s, v in by_state.items()}})
    )
    cubed = demographics.indicator_ranks(*world({"x": {s: v**3 for s, v in by_state.items()}}))
    for column in ("rank", "tied", "leads"):
        assert plain[column].tolist() == scaled[column].tolist() == cubed[column].tolist()


def test_leads_are_counted_by_domain_and_domains_can_count_the_same() -> None:
    # Kazakhstan leads both measures of health; Türkiye and Azerbaijan share the one of labour.
    tables = world(
        {"a": SIX, "b": SIX, "c": SIX | {"KAZ": 0, "TUR": 7, "AZE": 7}}, domain={"c": "labour"}
    )
    leads = demographics.leads_by_domain(*tables).set_index(["domain", "iso3"])
    assert leads.loc[("health", "KAZ"), ["indicators", "led", "led_share"]].tolist() == [2, 2, 1]
    assert leads.loc[("labour", "TUR"), ["led", "led_jointly"]].tolist() == [1, 1]
    assert leads.loc[(demographics.ALL_DOMAINS, "KAZ"), "led_share"] == pytest.approx(2 / 3)
    assert leads.loc[(demographics.MEAN_OF_DOMAINS, "KAZ"), "led_share"] == pytest.approx(1 / 2)
    assert leads.loc[(demographics.ALL_DOMAINS, "KAZ"), "expected_share"] == pytest.approx(1 / 6)
    assert leads.loc[(demographics.ALL_DOMAINS, "KAZ"), "mean_rank"] == pytest.approx(
        (1 + 1 + 6) / 3
    )


def test_sensitivity_by_hand_and_the_same_for_the_same_seed() -> None:
    second = SIX | {"TUR": 7}
    tables = world(
        {"a": SIX, "b": second, "c": second, "composite": SIX, "twin": SIX, "neutral": SIX},
        domain={"b": "labour", "c": "labour"},
        is_composite={"c": True, "composite": True},
        selected={"composite": False, "twin": False, "neutral": False},
        exclusion={
            "composite": "composite",
            "twin": "near_duplicate",
            "neutral": "no_agreed_direction",
        },
        direction={"neutral": "neutral"},
    )
    result = demographics.selection_sensitivity(*tables, "KAZ", replicates=200)
    share = result.set_index("variant")["led_share"]
    assert share["all selected indicators"] == pytest.approx(1 / 3)
    assert share["without composites"] == pytest.approx(1 / 2)
    assert share["with the composites dropped for their components"] == pytest.approx(2 / 4)
    assert share["with near-duplicates"] == pytest.approx(2 / 4)
    assert share["with neutral measures, higher is better"] == pytest.approx(2 / 4)
    assert share["with neutral measures, lower is better"] == pytest.approx(1 / 4)
    assert share["every domain counts the same"] == pytest.approx(1 / 2)
    assert (share["without labour"], share["without health"]) == (1, 0)
    bootstrap = result[result["test"] == "bootstrap"]
    assert (bootstrap["lower"] <= bootstrap["led_share"]).all()
    assert (bootstrap["upper"] >= bootstrap["led_share"]).all()
    pd.testing.assert_frame_equal(
        result, demographics.selection_sensitivity(*tables, "KAZ", replicates=200)
    )


def test_dominance_by_hand() -> None:
    # AZE and UZB tie on a; on b AZE is ahead.
    dominance = demographics.pairwise_dominance(
        *world({"a": SIX, "b": SIX | {"AZE": 5}})
    ).set_index(["iso3", "other"])
    assert dominance.loc[("AZE", "UZB"), ["better", "worse", "tied"]].tolist() == [0.5, 0, 0.5]
    assert dominance.loc[("KAZ", "TKM"), "better"] == 1


def test_rank_history_compares_values_of_the_same_year_only() -> None:
    values = {"x": {"KAZ": (30, 2001), "TUR": (40, 2001), "KGZ": (20, 2002), "UZB": (25, 2001)}}
    tables = world(values, direction={"x": "lower_is_better"})
    history = demographics.rank_history(*tables, "c", "KAZ")
    assert history[["year", "rank", "n_states", "states", "no_value"]].to_numpy().tolist() == [
        [2001, 2, 3, "UZB KAZ TUR", "AZE KGZ TKM"]
    ]
    assert demographics.rank_history(*tables, "c", "KAZ", without=["UZB"])["rank"].item() == 1
    assert demographics.rank_history(*tables, "c", "KGZ").empty
    with pytest.raises(ValueError, match="no concept 'd'"):
        demographics.rank_history(*tables, "d", "KAZ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"without": "TUR"}, "give a list, such as"),
        ({"without": ["RUS"]}, "'RUS' is not one of the states"),
        ({"without": MEMBERS[:5]}, "nobody to compare"),
        ({"window": -1}, "window is -1"),
        ({"neutral": "up"}, "neutral is 'up'"),
        ({"only": ["nothing"]}, "no indicator 'nothing'"),
    ],
)
def test_wrong_questions_about_ranks_are_answered_in_one_sentence(
    arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        demographics.indicator_ranks(*world({"x": SIX}), **arguments)


def test_the_selection_is_that_of_the_catalogue(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    assert len(demographics.selection(indicator_catalog)) == 88
    ranks = demographics.indicator_ranks(indicators, indicator_catalog)
    assert ranks.loc[ranks["iso3"] == "KAZ", "status"].eq("ranked").all()
    assert not set(ranks["status"]) & {"too few states"}
    spans = indicators.groupby("indicator")["year"].agg(["min", "max"])
    catalog = indicator_catalog.set_index("indicator").loc[spans.index]
    assert spans["min"].tolist() == catalog["first_year"].tolist()
    assert spans["max"].tolist() == catalog["last_year"].tolist()


def test_gdp_per_capita_of_2023_ranks_first_in_one_vintage_and_second_in_the_next(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    history = demographics.rank_history(
        indicators, indicator_catalog, "gdp_per_capita", "KAZ", start=2023, end=2023
    )
    rank = history.set_index("indicator")["rank"]
    assert rank["gdp_per_capita_current_usd_wdi202406"] == 1
    assert rank["gdp_per_capita_current_usd"] == 2
    values = history.set_index("indicator")["value"]
    assert values["gdp_per_capita_current_usd"] == pytest.approx(12_858.8)
    assert values["gdp_per_capita_current_usd_wdi202406"] == pytest.approx(13_136.6)
    without = demographics.rank_history(
        indicators, indicator_catalog, "gdp_per_capita", "KAZ", ["TUR"], 2023, 2023
    )
    assert without["rank"].eq(1).all()


def test_gini_is_ranked_only_among_surveys_of_the_same_year(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    history = demographics.rank_history(indicators, indicator_catalog, "gini", "KAZ")
    last = history[history["indicator"] == "gini_index_wb"].iloc[-1]
    assert (last["year"], last["value"], last["rank"], last["states"]) == (
        2021,
        29.2,
        2,
        "KGZ KAZ UZB TUR",
    )
    assert last["no_value"] == "AZE TKM"
    assert history["n_states"].max() < len(MEMBERS)


@pytest.mark.no_cover
def test_kazakhstan_leads_less_than_half_of_the_selected_indicators(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    for without, led in (([], 27), (["TUR"], 36)):
        leads = demographics.leads_by_domain(
            indicators, indicator_catalog, without=without
        ).set_index(["domain", "iso3"])
        whole = leads.loc[(demographics.ALL_DOMAINS, "KAZ")]
        assert (whole["led"], whole["indicators"]) == (led, 88)
        result = demographics.selection_sensitivity(
            indicators, indicator_catalog, "KAZ", without=without
        )
        assert result["led_share"].max() < 0.5


def test_dominance_of_a_pair_sums_to_one_and_turns_round(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    dominance = demographics.pairwise_dominance(indicators, indicator_catalog).set_index(
        ["iso3", "other"]
    )
    assert len(dominance) == 30
    for first, other in permutations(MEMBERS, 2):
        row, mirror = dominance.loc[(first, other)], dominance.loc[(other, first)]
        assert row["better"] + mirror["better"] + row["tied"] == pytest.approx(1)


@pytest.mark.no_cover
@pytest.mark.parametrize("partner", MEMBERS)
def test_every_country_can_be_compared_without_every_partner(
    partner: str, indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    recent = indicators[indicators["year"] >= 2018]
    led = demographics.leads_by_domain(recent, indicator_catalog, without=[partner]).set_index(
        ["domain", "iso3"]
    )
    assert partner not in led.index.get_level_values("iso3")
    for country in set(MEMBERS) - {partner}:
        result = demographics.selection_sensitivity(
            recent, indicator_catalog, country, without=[partner], replicates=20
        )
        assert result["led_share"].between(0, 1).all()
        assert led.loc[(demographics.ALL_DOMAINS, country), "led_share"] == pytest.approx(
            result["led_share"].iloc[0]
        )


def test_a_country_cannot_be_left_out_of_its_own_comparison(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    with pytest.raises(ValueError, match="KAZ cannot be left out"):
        demographics.selection_sensitivity(indicators, indicator_catalog, "KAZ", without=["KAZ"])


@pytest.mark.parametrize(("year", "status"), [(2014, "ranked"), (2013, "stale")])
def test_a_value_of_six_years_before_is_ranked_and_an_older_one_is_not(
    year: int, status: str
) -> None:
    assert demographics.WINDOW_YEARS == 6
    ranks = demographics.indicator_ranks(*world({"x": SIX | {"TUR": (5, year)}}), year=2020)
    assert ranks.set_index("iso3").loc["TUR", "status"] == status


@pytest.mark.parametrize(("known", "status"), [(5, "ranked"), (4, "too few states")])
def test_an_indicator_is_ranked_from_five_states_on(known: int, status: str) -> None:
    assert demographics.MIN_STATES == 5
    by_state = dict(list(SIX.items())[:known])
    ranks = demographics.indicator_ranks(*world({"x": by_state}))
    assert ranks.loc[ranks["iso3"].isin(list(by_state)), "status"].eq(status).all()
    assert ranks["n_states"].unique().tolist() == [known if status == "ranked" else 0]


def test_leaving_states_out_does_not_make_an_indicator_unranked() -> None:
    by_state = dict(list(SIX.items())[:5])
    ranks = demographics.indicator_ranks(*world({"x": by_state}), without=["TUR", "AZE", "UZB"])
    assert ranks.set_index("iso3")["status"].to_dict() == {
        "KAZ": "ranked",
        "KGZ": "ranked",
        "TKM": "missing",
    }


def test_two_states_are_enough_to_compare() -> None:
    ranks = demographics.indicator_ranks(*world({"x": SIX}), without=MEMBERS[2:])
    assert ranks.set_index("iso3")["rank"].to_dict() == {"KAZ": 1, "TUR": 2}


def test_a_window_of_no_year_takes_the_year_itself() -> None:
    ranks = demographics.indicator_ranks(*world({"x": SIX | {"TUR": (5, 2019)}}), 2020, window=0)
    assert ranks.set_index("iso3")["status"].to_dict() == {
        state: "stale" if state == "TUR" else "ranked" for state in MEMBERS
    }


def test_without_a_year_the_last_of_the_table_is_the_reference() -> None:
    tables = world({"x": SIX, "later": SIX | {"KAZ": (1, 2026)}}, selected={"later": False})
    assert demographics.indicator_ranks(*tables)["status"].eq("ranked").all()
    assert demographics.indicator_ranks(*tables, window=5)["status"].eq("stale").all()


def test_a_rank_needs_another_state_in_the_same_year() -> None:
    values = {"x": {"KAZ": (30, 2001), "TUR": (40, 2001)}, "y": {"KAZ": (30, 2002)}}
    history = demographics.rank_history(*world(values), "c", "KAZ")
    assert history[["year", "n_states"]].to_numpy().tolist() == [[2001, 2]]


@pytest.mark.parametrize(
    ("start", "end", "years"), [(2001, 2002, [2001, 2002]), (2002, 2002, [2002]), (2003, 2009, [])]
)
def test_first_and_last_year_of_a_history_are_included(
    start: int, end: int, years: list[int]
) -> None:
    values = {"x": {"KAZ": (1, 2001), "TUR": (2, 2001)}, "y": {"KAZ": (1, 2002), "TUR": (2, 2002)}}
    history = demographics.rank_history(*world(values), "c", "KAZ", start=start, end=end)
    assert history["year"].tolist() == years


def test_equal_values_of_a_history_share_the_better_rank() -> None:
    history = demographics.rank_history(*world({"x": SIX}), "c", "UZB")
    columns = ["rank", "n_states", "tied", "states", "no_value"]
    assert history[columns].to_numpy().tolist() == [[3, 6, True, "KAZ TUR AZE UZB KGZ TKM", ""]]


@pytest.mark.no_cover
def test_results_name_the_sources_of_what_was_ranked() -> None:
    tables = world(
        {"a": SIX, "b": SIX, "old": dict.fromkeys(SIX, (1, 2000))},
        source={"a": "wdi", "b": "hdr", "old": "unused"},
        domain={"b": "labour"},
    )
    ranks = demographics.indicator_ranks(*tables).set_index(["indicator", "iso3"])
    assert ranks.loc[("a", "KAZ"), "source"] == "wdi"
    leads = demographics.leads_by_domain(*tables).set_index(["domain", "iso3"])["source"]
    assert leads[("labour", "KAZ")] == "hdr"
    assert leads[(demographics.ALL_DOMAINS, "KAZ")] == "hdr; wdi"
    assert leads[(demographics.MEAN_OF_DOMAINS, "TUR")] == "hdr; wdi"
    assert set(demographics.pairwise_dominance(*tables)["source"]) == {"hdr; wdi"}
    history = demographics.rank_history(*tables, "c", "KAZ").set_index("indicator")["source"]
    assert history.to_dict() == {"a": "wdi", "b": "hdr", "old": "unused"}


def test_the_bootstrap_of_two_domains_reaches_from_none_to_all() -> None:
    # Of two domains one is led. Drawn twice, neither, one or both draws are of it with chances
    # 1/4, 1/2, 1/4: 95 % of the samples run from 0 to 1, and so do those of two indicators.
    tables = world({"a": SIX, "b": SIX | {"TUR": 7}}, domain={"b": "labour"})
    result = demographics.selection_sensitivity(*tables, "KAZ").set_index("variant")
    for variant in ("indicators drawn", "domains drawn"):
        assert result.loc[variant, ["led_share", "lower", "upper"]].tolist() == [0.5, 0, 1]


def test_shared_first_places_can_be_left_out() -> None:
    tables = world({"a": SIX, "b": SIX | {"TUR": 6}})
    result = demographics.selection_sensitivity(*tables, "KAZ").set_index("variant")
    assert result.loc["all selected indicators", ["led", "led_share"]].tolist() == [2, 1]
    assert result.loc["shared first places not counted", ["led", "led_share"]].tolist() == [1, 0.5]


def test_one_domain_cannot_be_left_out() -> None:
    result = demographics.selection_sensitivity(*world({"a": SIX}), "KAZ")
    assert "domain left out" not in set(result["test"])


@pytest.mark.no_cover
def test_results_do_not_depend_on_the_order_of_rows(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    tables = (indicators, indicator_catalog)
    shuffled = tuple(table.sample(frac=1, random_state=1) for table in tables)
    for plain, again in (
        [demographics.indicator_ranks(*each) for each in (tables, shuffled)],
        [demographics.leads_by_domain(*each) for each in (tables, shuffled)],
        [demographics.rank_history(*each, "gini", "KAZ") for each in (tables, shuffled)],
        [demographics.selection_sensitivity(*each, "TUR") for each in (tables, shuffled)],
    ):
        pd.testing.assert_frame_equal(plain, again)


def test_years_before_the_data_give_empty_frames_of_the_same_columns_and_types(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    tables = (indicators, indicator_catalog)
    for full, empty in (
        [demographics.leads_by_domain(*tables, year) for year in (None, 1950)],
        [demographics.pairwise_dominance(*tables, year) for year in (None, 1950)],
        [demographics.selection_sensitivity(*tables, "KAZ", year) for year in (None, 1950)],
        [demographics.rank_history(*tables, "gini", "KAZ", end=end) for end in (None, 1950)],
    ):
        assert empty.empty
        assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert set(demographics.indicator_ranks(*tables, 1950)["status"]) == {"missing"}


@pytest.mark.no_cover
def test_columns_are_those_of_the_docstrings(
    indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    tables = (indicators, indicator_catalog)
    for measure, rows in (
        (demographics.indicator_ranks, demographics.indicator_ranks(*tables)),
        (demographics.rank_history, demographics.rank_history(*tables, "gini", "KAZ")),
        (demographics.leads_by_domain, demographics.leads_by_domain(*tables)),
        (demographics.pairwise_dominance, demographics.pairwise_dominance(*tables)),
        (demographics.selection_sensitivity, demographics.selection_sensitivity(*tables, "KAZ")),
    ):
        returned = (measure.__doc__ or "").split("Returns\n")[1]
        assert all(column in returned for column in rows)


@pytest.mark.no_cover
@pytest.mark.parametrize("country", MEMBERS)
def test_every_country_has_a_history(
    country: str, indicators: pd.DataFrame, indicator_catalog: pd.DataFrame
) -> None:
    tables = (indicators, indicator_catalog)
    assert len(demographics.rank_history(*tables, "gdp_per_capita", country)) > 100
    demographics.rank_history(*tables, "gini", country)
