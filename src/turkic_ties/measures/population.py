"""Population: estimates, projections, age and sex, migrants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from turkic_ties.measures.common import (
    Series,
    arrange,
    check_country,
    check_known,
    check_not_negative,
    check_pair,
    check_unique,
    competition_rank,
    of_last_year,
    within,
)

# Ages between which the dependency ratios, as the United Nations define them, take people to work.
WORKING_AGES = (15, 64)

_INTERVALS = ["low", "high", "lower_80", "upper_80", "lower_95", "upper_95"]


def population_outlook(
    population: pd.DataFrame,
    country: str,
    measure: str = "population",
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Give estimates and projections of one quantity, with the prediction intervals, year by year.

    Parameters
    ----------
    population
        The table of that name.
    measure
        A column of the table: ``population``, ``births``, ``total_fertility_rate`` …

    Returns
    -------
    pandas.DataFrame
        year, kind (estimate | projection), value (estimate or medium variant), low, high (variants
        with half a child less or more per woman), lower_80, upper_80, lower_95, upper_95
        (prediction intervals), all in the unit of the measure and missing where not published;
        sorted by year.

    Raises
    ------
    ValueError
        For a measure the table does not have.

    Examples
    --------
    >>> from turkic_ties.data import load
    >>> outlook = population_outlook(load("demographics/population"), "KAZ", start=2023, end=2024)
    >>> outlook["kind"].tolist()
    ['estimate', 'projection']
    """
    check_country(country)
    measures = population.columns.drop(["iso3", "year", "variant"])
    if measure not in measures:
        raise ValueError(f"there is no measure {measure!r}: use one of {', '.join(measures)}.")
    rows = within(population[population["iso3"] == country], start, end)
    check_known(rows, "variant", ["estimate", "medium", *_INTERVALS], "population")
    wide = rows.pivot_table(index="year", columns="variant", values=measure, aggfunc="first")
    wide = wide.reindex(columns=["estimate", "medium", *_INTERVALS]).astype("float64")
    wide["value"] = wide["estimate"].fillna(wide["medium"])
    wide["kind"] = np.where(wide["estimate"].notna(), "estimate", "projection")
    return arrange(
        wide.rename_axis(columns=None).reset_index(),
        ["year", "kind", "value", *_INTERVALS],
        by=["year"],
    )


def age_pyramid(age_structure: pd.DataFrame, country: str, year: int) -> pd.DataFrame:
    """Give the population by age and sex in the last year of the table up to a year.

    Parameters
    ----------
    age_structure
        The table of that name: every fifth year, revision of 2019.
    year
        Last year wanted; the column year says which year the result is about.

    Returns
    -------
    pandas.DataFrame
        year, variant, sex, age_start, age_group, population (persons), share (of both sexes
        together); sorted by sex and age. Empty when the table starts later.
    """
    check_country(country)
    of_country = age_structure[age_structure["iso3"] == country]
    rows = of_last_year(within(of_country, None, year))
    rows = rows.assign(share=rows["population"] / rows["population"].sum())
    columns = ["year", "variant", "sex", "age_start", "age_group", "population", "share"]
    return arrange(rows, columns, by=["sex", "age_start"])


def age_indicators(
    age_structure: pd.DataFrame, country: str, start: int | None = None, end: int | None = None
) -> pd.DataFrame:
    """Give the shares of the young and old, the dependency ratios and the median age.

    Parameters
    ----------
    age_structure
        The table of that name: every fifth year, revision of 2019.

    Returns
    -------
    pandas.DataFrame
        year, variant, population (persons), aged_0_14, aged_15_64, aged_65_plus (shares),
        child_ratio, old_age_ratio, dependency_ratio (aged 0-14, aged 65 and over, and both, per 100
        aged 15-64), median_age (years, see `median_age`); sorted by year.
    """
    check_country(country)
    rows = within(age_structure[age_structure["iso3"] == country], start, end)
    by_age = rows.pivot_table(
        index=["year", "variant"], columns="age_start", values="population", aggfunc="sum"
    ).fillna(0.0)
    first, last = WORKING_AGES
    children = by_age.loc[:, : first - 1].sum(axis=1)
    workers = by_age.loc[:, first:last].sum(axis=1)
    old = by_age.loc[:, last + 1 :].sum(axis=1)
    total = by_age.sum(axis=1)
    result = pd.DataFrame({"population": total})
    result["aged_0_14"] = children / total
    result["aged_15_64"] = workers / total
    result["aged_65_plus"] = old / total
    result["child_ratio"] = 100 * children / workers
    result["old_age_ratio"] = 100 * old / workers
    result["dependency_ratio"] = 100 * (children + old) / workers
    result["median_age"] = [median_age(numbers) for _, numbers in by_age.iterrows()]
    return result.reset_index()


def median_age(population_by_age: Series) -> float:
    """Interpolate the age that half the people are younger than.

    With N people, F of them below the group in which the half is reached, f in that group, L its
    lower age and w its width: median = L + w (N / 2 - F) / f, people being spread evenly within the
    group.

    Parameters
    ----------
    population_by_age
        Persons, indexed by the lower age of each group, complete from 0; the last group is
        open-ended.

    Returns
    -------
    float
        Years.

    Raises
    ------
    ValueError
        For no people at all, or a median in the open-ended group.

    References
    ----------
    Shryock, H. S., Siegel, J. S. (1976). The Methods and Materials of Demography, chapter on age
    composition.

    Examples
    --------
    >>> median_age(pd.Series({0: 40, 5: 20, 10: 40, 15: 0}))
    7.5
    """
    people = population_by_age.sort_index()
    ages = people.index.to_numpy()
    numbers = people.to_numpy(np.float64)
    half = numbers.sum() / 2
    up_to = numbers.cumsum()
    reached = int(np.searchsorted(up_to, half))
    if half <= 0 or reached == len(ages) - 1:
        raise ValueError(
            "no median age: there are no people, or half of them are in the open-ended last group."
        )
    below = up_to[reached] - numbers[reached]
    width = ages[reached + 1] - ages[reached]
    return float(ages[reached] + width * (half - below) / numbers[reached])


def migrants(
    migrant_stock: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Give the people born in each of two states who live in the other, and what share they are.

    The stock counts people by country of birth, not those who moved in a year. Shares and ranks are
    among the pairs the table lists: a pair without a figure is missing, not zero.

    Parameters
    ----------
    migrant_stock
        The table of that name: every fifth year, revision of 2020.

    Returns
    -------
    pandas.DataFrame
        origin (country of birth), destination (country of residence), year, persons, origin_share
        (of the people born in the origin who live abroad), destination_rank (1 is where most of
        them live), destinations, destination_share (of the people in the destination who were born
        abroad), origin_rank, origins; both directions, the same for (A, B) and (B, A); sorted by
        origin and year.

    Raises
    ------
    ValueError
        When the table has a pair twice in a year, or a negative number.

    References
    ----------
    United Nations, Department of Economic and Social Affairs, Population Division (2020).
    International Migrant Stock 2020: Documentation. POP/DB/MIG/Stock/Rev.2020.

    Examples
    --------
    >>> stock = pd.DataFrame(
    ...     [("KAZ", "TUR", 2020, 1), ("KAZ", "RUS", 2020, 3), ("UZB", "TUR", 2020, 1)],
    ...     columns=["origin", "destination", "year", "persons"],
    ... )
    >>> rows = migrants(stock, "KAZ", "TUR")
    >>> rows[["origin_share", "destination_rank", "destination_share"]].to_numpy().tolist()
    [[0.25, 2.0, 0.5]]
    """
    check_pair(country, partner)
    check_unique(migrant_stock, ["origin", "destination", "year"], "migrant_stock")
    check_not_negative(migrant_stock, "persons", "migrant_stock")
    rows = within(migrant_stock, start, end)
    for place, other in (("origin", "destination"), ("destination", "origin")):
        group = [rows[place], rows["year"]]
        persons = rows["persons"].astype("float64").groupby(group)
        rows[f"{place}_share"] = rows["persons"] / persons.transform("sum")
        rows[f"{other}_rank"] = competition_rank(rows["persons"], group).astype("int64")
        rows[f"{other}s"] = persons.transform("size").astype("int64")
    pair = [country, partner]
    rows = rows[rows["origin"].isin(pair) & rows["destination"].isin(pair)]
    columns = ["origin", "destination", "year", "persons", "origin_share", "destination_rank"]
    columns += ["destinations", "destination_share", "origin_rank", "origins"]
    return arrange(rows, columns, by=["origin", "year"])
