"""Population: cases worked by hand, properties, and published figures on the real tables."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turkic_ties import data, demographics
from turkic_ties.countries import MEMBERS


@pytest.fixture(scope="module")
def population() -> pd.DataFrame:
    return data.load("demographics/population")


@pytest.fixture(scope="module")
def age_structure() -> pd.DataFrame:
    return data.load("demographics/age_structure")


def test_outlook_joins_estimates_and_projections_with_their_intervals() -> None:
    frame = pd.DataFrame(
        [("UZB", 2023, "estimate", 10), ("UZB", 2024, "medium", 11), ("UZB", 2024, "lower_95", 9)],
        columns=["iso3", "year", "variant", "population"],
    )
    outlook = demographics.population_outlook(frame, "UZB")
    assert outlook[["kind", "value"]].to_numpy().tolist() == [
        ["estimate", 10.0],
        ["projection", 11.0],
    ]
    assert outlook["lower_95"].tolist()[1] == 9
    assert outlook["upper_95"].isna().all()


def test_median_age_is_interpolated_within_the_group() -> None:
    # 40 below 5, 20 from 5 to 10: half of 100 is reached after 10 of the 20, so in the middle.
    assert demographics.median_age(pd.Series({0: 40, 5: 20, 10: 40, 15: 0})) == 7.5
    assert demographics.median_age(pd.Series({10: 40, 0: 40, 15: 0, 5: 20})) == 7.5
    with pytest.raises(ValueError, match="no median age"):
        demographics.median_age(pd.Series({0: 1, 100: 5}))


@given(
    st.lists(st.integers(min_value=1, max_value=10**6), min_size=5, max_size=20), st.integers(2, 50)
)
def test_median_age_lies_in_the_ages_and_ignores_the_unit(people: list[int], factor: int) -> None:
    by_age = pd.Series([*people, 0], index=range(0, 5 * len(people) + 5, 5))
    median = demographics.median_age(by_age)
    assert 0 < median <= 5 * len(people)
    assert demographics.median_age(by_age * factor) == pytest.approx(median)


def test_population_of_kazakhstan_is_that_of_the_united_nations(population: pd.DataFrame) -> None:
    outlook = demographics.population_outlook(population, "KAZ").set_index("year")
    assert outlook.loc[2023, "value"] == 20_331_000
    assert outlook.loc[2024, "value"] == pytest.approx(20_592_571)
    assert outlook.loc[2023, "kind"] == "estimate"
    ahead = outlook.loc[2024:]
    for lower, upper in (
        ("lower_95", "lower_80"),
        ("lower_80", "value"),
        ("value", "upper_80"),
        ("upper_80", "upper_95"),
    ):
        assert (ahead[lower] <= ahead[upper]).all()
    fertility = demographics.population_outlook(
        population, "KAZ", "total_fertility_rate"
    ).set_index("year")
    assert fertility.loc[2023, "value"] == pytest.approx(3.01, abs=0.005)


def test_change_of_the_medium_variant_is_births_less_deaths_plus_migration(
    population: pd.DataFrame,
) -> None:
    medium = population[population["variant"] == "medium"].sort_values(["iso3", "year"])
    balance = medium["births"] - medium["deaths"] + medium["net_migration"]
    # Mid-year to mid-year is half of one calendar year's balance and half of the next one's.
    expected = (balance + balance.groupby(medium["iso3"]).shift()) / 2
    error = medium.groupby("iso3")["population"].diff() - expected
    assert (error.dropna().abs() / medium["population"]).max() < 1e-4


def test_a_pyramid_takes_the_last_year_there_is_and_sums_to_one(
    age_structure: pd.DataFrame,
) -> None:
    pyramid = demographics.age_pyramid(age_structure, "TUR", 2023)
    assert pyramid["year"].unique().tolist() == [2020]
    assert (len(pyramid), pyramid["share"].sum()) == (42, pytest.approx(1))
    assert demographics.age_pyramid(age_structure, "TUR", 1900).empty


def test_working_age_is_15_to_64_on_both_sides() -> None:
    # Single years of age: 1 child of 14, 2 of 15, 4 of 64 and 8 of 65 or more.
    ages = pd.DataFrame({"age_start": [14, 15, 64, 65, 66], "population": [1, 2, 4, 8, 0]})
    table = ages.assign(iso3="KGZ", year=2000, sex="female", variant="estimate")
    (row,) = demographics.age_indicators(table, "KGZ").to_dict("records")
    assert row["population"] == 15
    shares = [row["aged_0_14"], row["aged_15_64"], row["aged_65_plus"]]
    assert shares == pytest.approx([1 / 15, 6 / 15, 8 / 15])
    ratios = [row["child_ratio"], row["old_age_ratio"], row["dependency_ratio"]]
    assert ratios == pytest.approx([100 / 6, 800 / 6, 900 / 6])


def test_dependency_ratios_and_median_age_by_hand() -> None:
    ages = pd.DataFrame({"age_start": [0, 15, 65, 100], "population": [30, 50, 20, 0]})
    table = ages.assign(iso3="KGZ", year=2000, sex="female", variant="estimate")
    (row,) = demographics.age_indicators(table, "KGZ").to_dict("records")
    assert (row["child_ratio"], row["old_age_ratio"], row["dependency_ratio"]) == (60, 40, 100)
    # 30 below 15, half is 50: 15 + 50 * 20 / 50 = 35 in a group of fifty years.
    assert row["median_age"] == 35


def test_a_median_on_the_border_of_two_groups_is_that_border() -> None:
    assert demographics.median_age(pd.Series({0: 50, 5: 50, 10: 0})) == 5
    assert demographics.median_age(pd.Series({0: 1, 5: 1, 10: 0})) == 5


def test_nobody_has_no_median_age() -> None:
    with pytest.raises(ValueError, match="no median age"):
        demographics.median_age(pd.Series({0: 0, 5: 0, 10: 0}))


@pytest.mark.parametrize(("year", "shown"), [(2020, 2020), (2019, 2015), (1950, 1950)])
def test_a_pyramid_is_of_the_last_year_up_to_one(
    age_structure: pd.DataFrame, year: int, shown: int
) -> None:
    pyramid = demographics.age_pyramid(age_structure, "TUR", year)
    assert pyramid["year"].unique().tolist() == [shown]


def test_first_and_last_year_are_included(
    population: pd.DataFrame, age_structure: pd.DataFrame
) -> None:
    outlook = demographics.population_outlook(population, "KAZ", start=2000, end=2002)
    assert outlook["year"].tolist() == [2000, 2001, 2002]
    ages = demographics.age_indicators(age_structure, "KAZ", start=2000, end=2010)
    assert ages["year"].tolist() == [2000, 2005, 2010]


def test_age_structure_is_that_of_the_2019_revision_and_near_later_ones(
    age_structure: pd.DataFrame,
) -> None:
    indicators = data.load("demographics/indicators")
    is_median = indicators["indicator"] == "median_age_years"
    later = indicators[is_median].set_index(["iso3", "year"])["value"]
    for country in MEMBERS:
        ages = demographics.age_indicators(age_structure, country).set_index("year")
        parts = ages[["aged_0_14", "aged_15_64", "aged_65_plus"]].sum(axis=1)
        assert parts.tolist() == pytest.approx([1] * len(ages))
        for year in (1990, 2000, 2010):
            assert ages.loc[year, "median_age"] == pytest.approx(later[(country, year)], abs=2)
    # The 2019 revision gives 18.78 million people for 2020, that of 2024 gives 19.48 million.
    kazakhstan = demographics.age_indicators(age_structure, "KAZ").set_index("year")
    assert round(kazakhstan.loc[2020, "population"] / 1e6, 2) == 18.78


@pytest.mark.parametrize("country", MEMBERS)
def test_every_measure_of_every_country_has_every_year(
    country: str, population: pd.DataFrame, age_structure: pd.DataFrame
) -> None:
    for measure in population.columns[3:]:
        outlook = demographics.population_outlook(population, country, measure)
        assert len(outlook) == 151
        assert outlook["value"].notna().all()
    assert len(demographics.age_indicators(age_structure, country)) == 31


def test_years_before_the_data_give_empty_frames_of_the_same_columns_and_types(
    population: pd.DataFrame, age_structure: pd.DataFrame
) -> None:
    for full, empty in (
        (
            demographics.population_outlook(population, "KAZ"),
            demographics.population_outlook(population, "KAZ", end=1900),
        ),
        (
            demographics.age_pyramid(age_structure, "KAZ", 2020),
            demographics.age_pyramid(age_structure, "KAZ", 1900),
        ),
        (
            demographics.age_indicators(age_structure, "KAZ"),
            demographics.age_indicators(age_structure, "KAZ", end=1900),
        ),
    ):
        assert empty.empty
        assert empty.columns.tolist() == full.columns.tolist()
        assert np.isin(full.columns, [*empty]).all()


def test_results_do_not_depend_on_the_order_of_rows(age_structure: pd.DataFrame) -> None:
    shuffled = age_structure.sample(frac=1, random_state=1)
    for measure in (demographics.age_indicators, demographics.age_pyramid):
        plain, again = (measure(table, "UZB", 2000) for table in (age_structure, shuffled))
        pd.testing.assert_frame_equal(plain, again)


def test_wrong_countries_periods_and_measures_are_refused(
    population: pd.DataFrame, age_structure: pd.DataFrame
) -> None:
    with pytest.raises(ValueError, match="'RUS' is not one of the states"):
        demographics.population_outlook(population, "RUS")
    with pytest.raises(ValueError, match=r"start \(2020\) must not be after end \(2010\)"):
        demographics.age_indicators(age_structure, "KAZ", start=2020, end=2010)
    with pytest.raises(ValueError, match="no measure 'income': use one of population, births"):
        demographics.population_outlook(population, "KAZ", "income")


# -- migrants -------------------------------------------------------------------------------------


def stock(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["origin", "destination", "year", "persons"])


def test_migrants_are_shares_of_those_who_left_and_of_those_who_came() -> None:
    # Of 100 born in Kazakhstan abroad 20 are in Türkiye, less than the 30 in China and the 50 in
    # Russia. Of 80 born abroad in Türkiye they are a quarter, and as many as those from Germany.
    table = stock(
        ("KAZ", "TUR", 2020, 20),
        ("KAZ", "CHN", 2020, 30),
        ("KAZ", "RUS", 2020, 50),
        ("DEU", "TUR", 2020, 20),
        ("SYR", "TUR", 2020, 40),
        ("KAZ", "TUR", 2015, 7),
    )
    rows = demographics.migrants(table, "KAZ", "TUR").to_dict("records")
    assert [row["year"] for row in rows] == [2015, 2020]
    assert list(rows[1].values()) == ["KAZ", "TUR", 2020, 20, 0.2, 3, 3, 0.25, 2, 3]
    assert list(rows[0].values()) == ["KAZ", "TUR", 2015, 7, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("start", "end", "years"), [(2015, 2020, [2015, 2020]), (2016, 2020, [2020]), (2016, 2019, [])]
)
def test_first_and_last_year_of_migrants_are_included(
    start: int, end: int, years: list[int]
) -> None:
    table = stock(("KAZ", "TUR", 2020, 20), ("KAZ", "TUR", 2015, 7))
    rows = demographics.migrants(table, "TUR", "KAZ", start, end)
    assert rows["year"].tolist() == years
    assert rows.dtypes.to_dict() == demographics.migrants(table, "TUR", "KAZ").dtypes.to_dict()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (stock(("KAZ", "TUR", 2020, 1), ("KAZ", "TUR", 2020, 2)), "two rows for origin KAZ"),
        (stock(("KAZ", "TUR", 2020, -1)), "negative persons -1"),
    ],
)
def test_a_table_that_would_count_wrongly_is_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        demographics.migrants(table, "KAZ", "TUR")


def test_migrants_of_a_country_in_itself_are_refused() -> None:
    with pytest.raises(ValueError, match="two different states"):
        demographics.migrants(stock(), "KAZ", "KAZ")


@pytest.mark.no_cover
@pytest.mark.parametrize(("country", "partner"), [*permutations(MEMBERS, 2)])
def test_migrants_of_a_pair_are_the_same_from_both_sides_and_within_bounds(
    country: str, partner: str
) -> None:
    table = data.load("demographics/migrant_stock")
    rows = demographics.migrants(table, country, partner)
    pd.testing.assert_frame_equal(rows, demographics.migrants(table, partner, country))
    assert len(rows) in (7, 14)
    assert rows["origin_share"].between(0, 1).all()
    assert rows["destination_share"].between(0, 1).all()
    assert (rows["destination_rank"] <= rows["destinations"]).all()
    assert (rows["origin_rank"] <= rows["origins"]).all()


def test_migrants_are_the_published_ones() -> None:
    """Figures that the note on the source quotes from the matrices of the United Nations."""
    table = data.load("demographics/migrant_stock")
    stocks = table.set_index(["origin", "destination", "year"])["persons"]
    assert stocks[[("SYR", "TUR", 2020), ("KAZ", "RUS", 2020)]].tolist() == [3_792_505, 2_558_907]
    rows = demographics.migrants(table, "KAZ", "TUR").set_index(["origin", "year"])["persons"]
    assert rows[[("KAZ", 1990), ("KAZ", 2010), ("KAZ", 2020)]].tolist() == [1_209, 4_965, 6_869]
    assert rows[[("TUR", 1990), ("TUR", 2010), ("TUR", 2020)]].tolist() == [19_692, 44_089, 49_353]
