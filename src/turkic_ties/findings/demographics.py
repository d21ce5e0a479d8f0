"""Titles and findings of the demographics report, written from the frames of its measures.

Every function takes frames as `turkic_ties.demographics` returns them, or single rows of them, and
returns one sentence. Shares come in from 0 to 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from turkic_ties import countries
from turkic_ties.measures.common import of_last_year
from turkic_ties.words import count, listed, number, ordinal, percent
from turkic_ties.words import years as years_in_words

Row = Any

BASES = {
    "census": "census",
    "census_revised": "census, revised",
    "estimate_1999_base": "register, based on the census of 1999",
    "estimate_2009_base": "register, based on the census of 2009",
    "estimate_2021_base": "register, based on the census of 2021",
    "not_stated": "basis not stated",
}

FORECASTS = {
    "total_fertility_rate": "children per woman",
    "life_expectancy": "years of life expectancy",
}


# -- dates and changes ----------------------------------------------------------------------------


def period(start: int, end: int | None) -> str:
    """Write the period of a report.

    Examples
    --------
    >>> period(1995, None), period(2020, 2020), period(1995, 2000)
    ('since 1995', 'in 2020', 'from 1995 to 2000')
    """
    if end is None:
        return f"since {start}"
    return f"in {start}" if start == end else f"from {start} to {end}"


def day(date: str) -> str:
    """Write an ISO day in words; a plain year and 'undated' stay as they are.

    Examples
    --------
    >>> day("2021-09-01"), day("2009")
    ('1 September 2021', '2009')
    """
    if not _is_day(date):
        return date
    moment = pd.Timestamp(date)
    return f"{moment.day} {moment:%B %Y}"


def on_day(date: str) -> str:
    """Write a day or year with its preposition.

    Examples
    --------
    >>> on_day("2021-09-01"), on_day("2009")
    ('on 1 September 2021', 'in 2009')
    """
    return f"{'on' if _is_day(date) else 'in'} {day(date)}"


def _is_day(date: str) -> bool:
    return len(date) == len("2021-09-01")


def dates_and_bases(rows: pd.DataFrame) -> list[str]:
    """Write the date and the basis of each row, for a card."""
    pairs = zip(rows["date"], rows["basis"], strict=True)
    return [f"{day(date)}, {BASES[basis]}" for date, basis in pairs]


def points(change: float) -> str:
    """Write a change of a share in percentage points, with its sign.

    Examples
    --------
    >>> points(0.137), points(-0.0034)
    ('+13.7', '−0.3')
    """
    return f"{100 * change:+.1f}".replace("-", "−")


def years_of(years: pd.Series[Any]) -> str:
    """Write the span of a column of years, which may have none.

    Examples
    --------
    >>> years_of(pd.Series([2021, 2019])), years_of(pd.Series([2020]))
    ('2019–2021', '2020')
    """
    known = years.dropna()
    if len(known):
        return years_in_words(int(known.min()), int(known.max()))
    return ""


def is_disputed(rows: pd.DataFrame) -> pd.Series[bool]:
    """Mark the rows that are flagged because another source or the count itself contradicts."""
    return rows["flag"].str.contains("conflict|suspect").astype(bool)


def intervals(projections: pd.DataFrame) -> list[str]:
    """Write the 95 % interval of each projection of people, for a card."""
    return [f"projection; {_interval_of_people(row)}" for row in _rows(projections)]


def _interval_of_people(row: Row) -> str:
    low = row.lower_95 / 1e6
    high = row.upper_95 / 1e6
    return f"95% interval {low:.1f} to {high:.1f} million"


def ranks(rows: pd.DataFrame) -> list[str]:
    """Write each rank with the number of states ranked."""
    return [f"{ordinal(row.rank)} of {row.n_states}" for row in _rows(rows)]


def _rows(frame: pd.DataFrame) -> Iterable[Any]:
    return frame.itertuples()


# -- composition ----------------------------------------------------------------------------------


def composition(group: str, preferred: pd.DataFrame) -> str:
    """Give the newest share of a group, and the first and the lowest earlier census."""
    newest = preferred.iloc[-1]
    basis = BASES[newest["basis"]]
    sentence = (
        f"The {group} share was {percent(newest['share'])} {on_day(newest['date'])} ({basis})"
    )
    counted = preferred[preferred["basis"] == "census"]
    counted = counted[counted["date"] != newest["date"]].reset_index(drop=True)
    if counted.empty:
        return sentence
    first_and_lowest = counted.iloc[sorted({0, int(counted["share"].argmin())})]
    phrases = [f"{percent(row.share)} in {row.year}" for row in _rows(first_and_lowest)]
    return f"{sentence}; earlier censuses counted {listed(phrases)}"


def revisions(group: str, preferred: pd.DataFrame) -> Iterable[str]:
    """Name every census that has shares on two bases."""
    for date, rows in preferred.groupby("date"):
        shares = rows.set_index("basis")["share"]
        if {"census", "census_revised"} <= set(shares.index):
            counted = percent(shares["census"])
            revised = percent(shares["census_revised"])
            yield (
                f"The census of {date} has two bases: {counted} {group} as counted, "
                f"{revised} as revised."
            )


def disputes(rows: pd.DataFrame) -> Iterable[str]:
    """Name every date at which sources or counts contradict each other."""
    for date, same_date in rows[rows["disputed"]].groupby("date"):
        shares = " against ".join(percent(share) for share in same_date["share"])
        notes = " ".join(note for note in same_date["note"] if note)
        yield f"Disputed: {day(str(date))}, {shares}. {notes}"


def other_group(group: str, changes: pd.DataFrame) -> Iterable[str]:
    """Give the last change of the largest other group between censuses."""
    for row in _rows(changes.tail(1)):
        before = f"{percent(row.share_start)} at the census of {day(row.start_date)}"
        after = f"{percent(row.share_end)} at that of {day(row.end_date)}"
        numbered = f"{count(row.own_start)} and {count(row.own_end)}"
        yield (
            f"The {group} share, the largest of the others, {_moved(row.change)} from {before} to "
            f"{after}; they numbered {numbered}."
        )


def _moved(change: float) -> str:
    return "fell" if change < 0 else "rose"


def diversity(rows: pd.DataFrame) -> Iterable[str]:
    """Say what both indices of the last census mean."""
    for row in _rows(rows.tail(1)):
        yield (
            "Two people drawn at random belonged to different groups with a chance of "
            f"{percent(row.fractionalization, 0)} at the census of {day(row.date)} "
            "(fractionalisation); polarisation, 1 for two equal halves, was "
            f"{number(row.polarization)}."
        )


def register_break(shares: pd.DataFrame) -> str:
    """Set the last share on the old base of the register and the first on the new one together."""
    old = shares[shares["basis"] == "estimate_2009_base"].iloc[-1]
    new = shares[shares["basis"] == "estimate_2021_base"].iloc[0]
    before = f"{percent(old['share'])} {on_day(old['date'])} by the old register"
    after = f"{percent(new['share'])} {on_day(new['date'])} by the new"
    return f"The census of 2021 changed the base: {before}, {after}"


def largest_groups(mixture: pd.DataFrame) -> str:
    """List the largest groups of the last date, which is the last in the frame."""
    newest = mixture[mixture["date"] == mixture["date"].iloc[-1]]
    largest = ", ".join(f"{row.ethnic_group} {percent(row.share)}" for row in _rows(newest[:3]))
    return f"The largest groups in {newest['date'].iloc[0][:4]}: {largest}"


def no_shares(ethnic_composition: pd.DataFrame, group: str, country_name: str, period: str) -> str:
    """Say which figures the table of ethnic composition has."""
    return (
        "The table of ethnic composition has figures of Kazakhstan, "
        f"{years_of(ethnic_composition['year'])}; none fit {group} in {country_name} {period}."
    )


def other_label(others: pd.DataFrame) -> str:
    """Name the card of the largest other group."""
    if others.empty:
        return "Largest other group"
    return f"{others['ethnic_group'].iloc[0]} share, the largest other"


def date_marks(dates: pd.DataFrame) -> list[str]:
    """Write the year of each date, with r for a revised census and e for the register."""
    letters = {"census": "", "census_revised": "r"}
    pairs = zip(dates["date"], dates["basis"], strict=True)
    return [date[:4] + letters.get(basis, "e") for date, basis in pairs]


# -- what a change is made of ---------------------------------------------------------------------


def largest_rise(group: str, changes: pd.DataFrame) -> str:
    """Split the largest rise of a share into its two parts, or the last change where none rose."""
    rises = changes[changes["change"] > 0]
    row = changes.iloc[-1] if rises.empty else rises.iloc[int(rises["change"].argmax())]
    parts = _parts(row["own_effect"], row["rest_effect"])
    if len(rises) > 1:
        rise = points(row["change"]).removeprefix("+")
        return f"The {group} share rose most in {row['interval']}, by {rise} points: {parts}"
    return f"{row['interval']}: the {group} share {_moved_by(row['change'])}: {parts}"


def _parts(own: float, rest: float) -> str:
    return f"{points(own)} from the group's own numbers and {points(rest)} from those of all others"


def _moved_by(change: float) -> str:
    return f"{_moved(change)} by {points(abs(change)).removeprefix('+')} points"


def no_changes(group: str, country_name: str, period: str) -> str:
    """Say that no change can be split."""
    return (
        f"No two censuses with the number of the group {group} in {country_name} exist {period}, "
        "so no change is split."
    )


def revised_changes(changes: pd.DataFrame) -> Iterable[str]:
    """Split the changes that start at a revised census."""
    for row in _rows(changes[changes["start_basis"] == "census_revised"]):
        period = f"from {row.start_date} to {row.end_date[:4]}"
        parts = _parts(row.own_effect, row.rest_effect)
        yield f"On the revised base the share {_moved_by(row.change)} {period}: {parts}."


def last_change(group: str, changes: pd.DataFrame) -> Iterable[str]:
    """Compare the growth of a group with that of all others between the last two censuses."""
    for row in _rows(changes.tail(1)):
        parts = _parts(row.own_effect, row.rest_effect)
        growth = points(row.own_growth)
        growth_of_others = points(row.rest_growth)
        yield (
            f"Between the last two censuses, {row.interval}, the {group} share "
            f"{_moved_by(row.change)}: {parts}; the group changed by {growth}% a year, all "
            f"others by {growth_of_others}%."
        )


def vital(group: str, rows: pd.DataFrame) -> str:
    """Count the single figures on births and moves, and their years."""
    span = years_of(rows["period"].str[:4].astype("int64"))
    return (
        f"{len(rows)} single figures on births and moves of {listed(rows['ethnic_group'].unique())}"
        f" people, {span}"
    )


# -- regions and cities ---------------------------------------------------------------------------


def regions(group: str, tiles: pd.DataFrame) -> str:
    """Count the regions in which a group is more than half, and name the lowest share."""
    majority = tiles[tiles["share"] > 0.5]
    row = tiles.iloc[int(tiles["share"].argmin())]
    lowest = f"{percent(row['share'], 0)} in {row['region']} ({row['when']})"
    return (
        f"By the latest figure of each ({years_of(tiles['year'])}) the {group} share is above "
        f"one half in {len(majority)} of {len(tiles)} regions; the lowest is {lowest}"
    )


def no_regions(group: str, country_name: str, period: str) -> str:
    """Say that the table has no region of a country."""
    return (
        "Figures by region exist for few groups of Kazakhstan; none fit "
        f"{group} in {country_name} {period}."
    )


def cities(group: str, rows: pd.DataFrame) -> str:
    """Give the lowest and the highest of the latest shares of cities."""
    latest = rows.groupby("place").tail(1).sort_values("share", kind="stable")
    many = f"{len(latest)} cities" if len(latest) > 1 else "one city"
    lowest_and_highest = latest.iloc[sorted({0, len(latest) - 1})]
    phrases = [
        f"{percent(row.share, 0)} in {row.place} ({row.date}, grade {row.grade})"
        for row in _rows(lowest_and_highest)
    ]
    return f"{group} share in {many}: {' to '.join(phrases)}"


def districts(group: str, classes: pd.Series[Any]) -> str:
    """Count districts by class of share, the highest class first."""
    counted = classes.value_counts().sort_index(ascending=False)
    parts = [f"{many} in the class {str(name).replace('-', '–')}" for name, many in counted.items()]
    return (
        f"Of {counted.sum()} districts on a private map of unstated date, by {group} share in "
        f"percent: {'; '.join(parts)} (grade C)."
    )


# -- population -----------------------------------------------------------------------------------


def pyramids(names: Mapping[str, str], ages: pd.DataFrame) -> str:
    """Compare the median ages of two states.

    Parameters
    ----------
    names
        ISO3 code to name of both states.
    ages
        iso3, year, median_age; one row per state.
    """
    median = ages.set_index("iso3")["median_age"]
    iso3, *other = (state for state in names if state in median)
    sentence = f"half the people of {names[iso3]} were younger than {median[iso3]:.1f} years"
    for partner in other:
        sentence += f", half those of {names[partner]} younger than {median[partner]:.1f}"
    return f"In {ages['year'].iloc[0]} {sentence}"


def no_pyramid(first_year: int) -> str:
    """Say that the period has no year with ages."""
    return (
        f"Population by age is known every fifth year since {first_year}, estimated to 2015; the "
        "period has no such year."
    )


def ages(row: Row) -> str:
    """Describe the age structure of a state in one year."""
    kind = "estimate" if row.variant == "estimate" else "projection"
    shares = f"{percent(row.aged_0_14)} under 15 and {percent(row.aged_65_plus)} over 64"
    return (
        f"{row.state} {row.year} ({kind} of 2019): {shares}, which is {row.dependency_ratio:.0f} "
        f"for every 100 aged 15–64 (dependency ratio); median age {row.median_age:.1f} years."
    )


def outlook(rows: pd.DataFrame, year: int = 2050) -> str:
    """Give the population projected for a year of each state, with its interval."""
    phrases = []
    for row in _rows(rows[rows["year"] == year]):
        millions = row.value / 1e6
        phrases.append(f"{row.state} {millions:.1f} million ({_interval_of_people(row)})")
    return f"Outlook for {year}: {', '.join(phrases)}"


def forecast(measure: str, outlook: pd.DataFrame, year: int) -> str:
    """Set the last estimate of a state and its projection for a year together."""
    unit = FORECASTS[measure]
    estimates = outlook[outlook["kind"] == "estimate"].tail(1)
    last = "".join(f"{row.value:.1f} {unit} in {row.year}; " for row in _rows(estimates))
    (then,) = _rows(outlook[outlook["year"] == year])
    interval = f"95% interval {then.lower_95:.1f} to {then.upper_95:.1f}"
    projection = f"the projection for {year} is {then.value:.1f} {unit} ({interval})"
    return f"{then.state}: {last}{projection}."


# -- migrants -------------------------------------------------------------------------------------


def directions(migrants: pd.DataFrame) -> list[str]:
    """Name each direction by country of birth and of residence."""
    return [
        f"born in {countries.name(row.origin)}, living in {countries.name(row.destination)}"
        for row in _rows(migrants)
    ]


def migrants(rows: pd.DataFrame, country: str, partner: str) -> str:
    """Give the last number of people from one state in the other, both ways."""
    persons = of_last_year(rows).set_index("origin")["persons"]
    phrases = []
    for origin, destination in ((partner, country), (country, partner)):
        born = countries.name(origin)
        lived = countries.name(destination)
        if origin in persons:
            phrases.append(f"{persons[origin]:,} people born in {born} lived in {lived}")
        else:
            phrases.append(f"no figure is listed for people from {born} in {lived}")
    return f"In {rows['year'].max()}, {'; '.join(phrases)}"


def migrant_shares(rows: pd.DataFrame) -> Iterable[str]:
    """Say what the last numbers are among all migrants of both states."""
    for row in _rows(of_last_year(rows)):
        origin = countries.name(row.origin)
        destination = countries.name(row.destination)
        among_residences = _place(row.destination_rank, row.destinations)
        among_births = _place(row.origin_rank, row.origins)
        yield (
            f"{destination} had {_small(row.origin_share)} of the people born in {origin} who "
            f"lived abroad in {row.year}, as {among_residences} countries of residence listed; "
            f"they were {_small(row.destination_share)} of the people in {destination} born "
            f"abroad, {among_births} countries of birth listed."
        )


def _small(share: float) -> str:
    return percent(share) if share >= 0.0005 else "less than 0.1%"


def _place(rank: int, many: int) -> str:
    return f"the {ordinal(rank)} largest of {many}" if rank > 1 else f"the largest of {many}"


def no_migrants(migrant_stock: pd.DataFrame, names: Mapping[str, str], period: str) -> str:
    """Say which years the table has."""
    pair = " and ".join(names.values())
    return (
        f"The table of migrants has every fifth year, {years_of(migrant_stock['year'])}; {period} "
        f"it lists nobody for {pair}."
    )


# -- indicators -----------------------------------------------------------------------------------


def leads(totals: pd.DataFrame, pair: Sequence[str]) -> str:
    """Name the state that leads on most indicators, and the pair where it is another.

    Parameters
    ----------
    totals
        Rows of all indicators, most led first.
    pair
        ISO3 codes of the states of the report.
    """
    first = totals["iso3"].iloc[0]
    leader, *others = _rows(totals[totals["iso3"].isin([first, *pair])])
    sentence = (
        f"{countries.name(leader.iso3)} ranks first on {leader.led} of {leader.indicators} "
        "selected indicators"
    )
    for row in others:
        sentence += f", {countries.name(row.iso3)} on {row.led} of {row.indicators}"
    return sentence


def by_domain(rows: pd.DataFrame) -> pd.Series[str]:
    """Join the names of indicators of each domain, with what the value is among the states.

    Parameters
    ----------
    rows
        domain, name, direction, leads; all lead or none.
    """
    best = {"higher_is_better": "Highest", "lower_is_better": "Lowest"}
    worst = {"higher_is_better": "Lowest", "lower_is_better": "Highest"}
    words = rows["direction"].map(best).where(rows["leads"], rows["direction"].map(worst))
    of_word = rows.assign(word=words.astype("str")).groupby(["domain", "word"])
    named = of_word["name"].agg("; ".join).reset_index()
    sentences = named["word"] + ": " + named["name"] + "."
    return sentences.groupby(named["domain"]).agg(" ".join)


def where(country_name: str, own: pd.DataFrame, last: int) -> str:
    """Count the indicators on which a state is first and last."""
    first = int(own["leads"].sum())
    return f"{country_name} is first on {first} and last on {last} of {len(own)} indicators"


def no_ranks(first_year: int, period: str) -> str:
    """Say that no indicator can be ranked."""
    return (
        f"The indicators begin in {first_year}; {period} none of the selected ones has values of "
        "enough states."
    )


def equal_weights(country: str, total: Row, equal: pd.Series[float]) -> str:
    """Give the share led by indicators and with every domain counted the same."""
    name = countries.name(country)
    best = str(equal.idxmax())
    jointly = f" ({total.led_jointly} jointly)" if total.led_jointly else ""
    highest = f"the highest share is {percent(equal.max())}, of {countries.name(best)}"
    if best == country:
        highest = "the highest share of all states"
    led = percent(total.led_share)
    by_lot = percent(total.expected_share, 0)
    return (
        f"{name} ranks first on {led} of the indicators it is ranked on{jointly}; by lot it would "
        f"be {by_lot}. With every domain weighing the same it is {percent(equal[country])}, "
        f"{highest}."
    )


def sensitivity(country_name: str, partner_name: str, rows: pd.DataFrame) -> str:
    """Give the range of the share led over all selections, with the partner and without."""
    spans = [_span(shares) for _, shares in rows.groupby("among", sort=False)["led_share"]]
    return (
        f"{country_name} ranks first on {spans[0]} of the indicators, depending on the selection; "
        f"on {spans[1]} with {partner_name} left out"
    )


def _span(shares: pd.Series[float]) -> str:
    low = percent(shares.min(), 0)
    high = percent(shares.max(), 0)
    return low if low == high else f"{low} to {high}"


def dominance(row: Row) -> str:
    """Compare two states on the indicators both are ranked on."""
    country = countries.name(row.iso3)
    partner = countries.name(row.other)
    better = percent(row.better, 0)
    worse = percent(row.worse, 0)
    return (
        f"{country} ranks before {partner} on {better} of the {row.indicators} indicators of both, "
        f"{partner} before {country} on {worse}"
    )


def _ranks(ranks: pd.Series[Any]) -> str:
    """Count the series by rank: '1st by 3 and 2nd by 4 of 7 series'."""
    counted = sorted(Counter(ranks).items())
    if len(ranks) == 1:
        return f"{ordinal(ranks.iloc[0])} by the only series there is"
    if len(counted) == 1:
        return f"{ordinal(ranks.iloc[0])} by all {len(ranks)} series"
    phrases = listed(f"{ordinal(rank)} by {many}" for rank, many in counted)
    return f"{phrases} of {len(ranks)} series"


def well_covered(history: pd.DataFrame) -> pd.DataFrame:
    """Choose the last year that three series have, or as many as any year has."""
    series = history.groupby("year")["indicator"].nunique()
    enough = series.index[series >= min(3, series.max())] if len(series) else series.index
    last: int = enough.max()
    return history[history["year"] == last]


def no_income(span: str, country_name: str, period: str) -> str:
    """Say that income cannot be ranked."""
    return f"GDP per capita is known for {span}; {period} {country_name} cannot be ranked by it."


def income(country_name: str, series: pd.DataFrame) -> str:
    """Count the series of one year by rank."""
    year = series["year"].iloc[0]
    ranks = _ranks(series["rank"])
    states = "–".join(map(str, sorted({series["n_states"].min(), series["n_states"].max()})))
    return (
        f"Among the {states} states compared {country_name} ranked {ranks} of GDP per capita in "
        f"{year}"
    )


def income_without(country_name: str, partner_name: str, series: pd.DataFrame) -> str:
    """Count the series of one year by rank, the partner left out."""
    year = series["year"].iloc[0]
    ranks = _ranks(series["rank"])
    return f"With {partner_name} left out, {country_name} ranked {ranks} in {year}."


def surveys(names: Mapping[str, str], rows: pd.DataFrame, oldest: int) -> str:
    """Give the Gini index of the last survey of each state of the pair.

    Parameters
    ----------
    names
        ISO3 code to name of both states.
    rows
        iso3, year, value, sorted by year.
    oldest
        An older survey is not compared: only its year is given.
    """
    phrases = {state: f"{name} has none" for state, name in names.items()}
    for row in _rows(rows[rows["iso3"].isin(names)]):
        value = f"{row.value:.1f} in" if row.year >= oldest else "has none since"
        phrases[row.iso3] = f"{names[row.iso3]} {value} {row.year}"
    return f"Gini index of the last survey: {', '.join(phrases.values())}"


def no_gini(country_name: str, period: str) -> str:
    """Say that no survey can be ranked."""
    return (
        f"No survey of {country_name} {period} falls in the same year as one of another state, so "
        "its Gini index has no rank."
    )


def gini_ranks(country_name: str, history: pd.DataFrame) -> Iterable[str]:
    """Give the ranks in the last survey years a state shares with others."""
    recent = history[history["year"] > history["year"].max() - 5]
    phrases = [f"{ordinal(row.rank)} of {row.n_states} in {row.year}" for row in _rows(recent)]
    if phrases:
        yield (
            f"Among the states with a survey in the same year {country_name} ranked "
            f"{listed(phrases)}; the lowest index ranks first."
        )


def last_surveys(rows: pd.DataFrame) -> Iterable[str]:
    """List the last survey of each state, the lowest index first."""
    last = rows.groupby("iso3").tail(1).sort_values(["value", "iso3"])
    phrases = [f"{countries.name(row.iso3)} {row.value:.1f} ({row.year})" for row in _rows(last)]
    if phrases:
        yield f"Last surveys: {listed(phrases)}."
