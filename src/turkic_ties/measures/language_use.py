"""Measures of language use: who speaks what, schooling, announced plans, study abroad, the web."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from turkic_ties.measures.common import (
    arrange,
    check_country,
    check_not_negative,
    check_pair,
    check_unique,
    competition_rank,
    frame,
    of_last_year,
    within,
)

REMAINDER = "not published"
"""The part of a total that no published region or destination accounts for."""

ROUNDING = 0.005
"""A remainder below this share of the total is rounding, not a destination."""

_DOMAINS = {
    "census_language": "knowledge",
    "official_indicator": "knowledge",
    "home_language_survey": "home",
    "school_language": "school",
    "tertiary_language": "tertiary",
    "paperwork": "paperwork",
}
_USE = dict.fromkeys(("domain", "indicator", "language", "population"), "str")
_USE |= {"year": "int64", "share": "float64", "segment": "str", "approximate": "bool"}
_USE |= dict.fromkeys(("authority", "grade", "source"), "str")
_PLANS = ["event", "announced", "precision", "completion_year", "years_ahead", "moved_years"]
_PLANS += ["slipped_years", "scope", "speaker", "confidence"]
_DESTINATIONS = {"year": "int64", "indicator": "str", "destination": "str", "scholars": "Int64"}
_DESTINATIONS |= {"share": "float64", "grade": "str", "source": "str"}
_BOLASHAK = ["Bolashak scholars enrolled", "Bolashak scholars by destination"]


# -- use ------------------------------------------------------------------------------------------


def language_use(
    language_figures: pd.DataFrame,
    census_mother_tongue: pd.DataFrame,
    home_language_instruction: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Collect who knows, speaks and is taught in which language, with breaks between questions.

    Points may be joined by a line only inside one ``segment``: the same indicator, for the same
    population, from the same authority (the body whose figure it is, or the publisher where the
    page names none). Waves of school assessments are different studies, so each is a segment of its
    own. Targets and legal minima are left out.

    Parameters
    ----------
    language_figures
        Columns topic, country, indicator, language, population, year, value, unit, kind,
        approximate, speaker, publisher, grade, source.
    census_mother_tongue
        Columns iso3, year, language, share_pct.
    home_language_instruction
        Columns iso3, year, level, share_pct.
    country
        The state.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        domain (knowledge, mother tongue, home, school, tertiary, paperwork), indicator, language,
        population, year, share, segment, approximate, authority, grade (A to C), source; sorted by
        domain, segment, language and year.
    """
    check_country(country)
    figures = _reported(language_figures, country)
    figures = figures[figures["topic"].isin(list(_DOMAINS)) & figures["language"].notna()]
    figures["domain"] = figures["topic"].map(_DOMAINS)
    figures["share"] = figures["value"] / 100
    segment = figures["indicator"] + ", " + figures["population"]
    figures["segment"] = segment + " (" + figures["authority"] + ")"
    census = census_mother_tongue[census_mother_tongue["iso3"] == country]
    census = census.assign(domain="mother tongue", indicator="mother tongue", source="undata")
    census["population"], census["authority"] = "population", "census"
    census["segment"] = "mother tongue, population (census)"
    waves = home_language_instruction[home_language_instruction["iso3"] == country]
    waves = waves.assign(domain="school", indicator="taught in the language of home", source="uis")
    waves["language"], waves["authority"] = "language of home", "UNESCO Institute for Statistics"
    waves["population"] = "pupils, " + waves["level"]
    wave = waves["level"] + ", " + waves["year"].astype("str")
    waves["segment"] = waves["indicator"] + ", " + wave
    official = pd.concat([part for part in (census, waves) if len(part)] or [census])
    official["share"] = official["share_pct"] / 100
    official["approximate"], official["grade"] = False, "A"
    parts = [part[list(_USE)] for part in (figures, official) if len(part)]
    use = pd.concat(parts or [frame([], _USE)], ignore_index=True).astype(_USE)
    return arrange(within(use, start, end), list(_USE), ["domain", "segment", "language", "year"])


def _reported(language_figures: pd.DataFrame, country: str) -> pd.DataFrame:
    """Give dated percentages that were reported, not aimed at, with the body each comes from."""
    figures = language_figures[language_figures["country"] == country]
    is_reported = (figures["unit"] == "percent") & (figures["kind"] == "reported")
    figures = figures[is_reported & figures["year"].notna()]
    authority = figures["speaker"].fillna(figures["publisher"])
    return figures.assign(authority=authority.astype("str"))


def language_changes(
    language_figures: pd.DataFrame,
    census_mother_tongue: pd.DataFrame,
    home_language_instruction: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Compare the first and last year of each segment of `language_use`: no new question between.

    Parameters
    ----------
    language_figures, census_mother_tongue, home_language_instruction, country, start, end
        As for `language_use`.

    Returns
    -------
    pandas.DataFrame
        domain, indicator, language, population, first_year, last_year, first_share, last_share,
        change (difference of the shares), approximate (either end is), segment; sorted, segments
        with one year left out.
    """
    use = language_use(
        language_figures, census_mother_tongue, home_language_instruction, country, start, end
    )
    line = ["domain", "segment", "language"]
    last = use.drop_duplicates(line, keep="last", ignore_index=True)
    changes = use.drop_duplicates(line, ignore_index=True)
    changes = changes.rename(columns={"year": "first_year", "share": "first_share"})
    changes["last_year"] = last["year"]
    changes["last_share"] = last["share"]
    changes["change"] = changes["last_share"] - changes["first_share"]
    changes["approximate"] |= last["approximate"]
    columns = ["domain", "indicator", "language", "population", "first_year", "last_year"]
    columns += ["first_share", "last_share", "change", "approximate", "segment"]
    return changes.loc[changes["first_year"] < changes["last_year"], columns].reset_index(drop=True)


@dataclass(frozen=True)
class Share:
    """One published share (0 to 1), among whom, and the grade of its source (A to C)."""

    share: float
    year: int
    population: str
    authority: str
    grade: str
    approximate: bool


def latest_share(
    language_figures: pd.DataFrame,
    country: str,
    indicator: str,
    language: str,
    population: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> Share | None:
    """Look up the latest published share for an indicator and a language.

    Parameters
    ----------
    language_figures
        Columns country, indicator, language, population, year, value, unit, kind, approximate,
        speaker, publisher, grade.
    country
        The state.
    indicator, language, population
        As in the table; None for any population (among several of one year the first in the
        alphabet).
    start, end
        First and last year.

    Returns
    -------
    Share or None
        None when there is no such figure.

    Examples
    --------
    >>> from turkic_ties import data
    >>> figures = data.load("language_policy/language_figures")
    >>> share = latest_share(figures, "KAZ", "speaks", "kaz", end=2010)
    >>> share.share, share.year, share.grade
    (0.644, 1999, 'B')
    """
    check_country(country)
    figures = within(_reported(language_figures, country), start, end)
    is_asked = (figures["indicator"] == indicator) & (figures["language"] == language)
    figures = figures[is_asked]
    if population is not None:
        figures = figures[figures["population"] == population]
    if figures.empty:
        return None
    row = of_last_year(figures).sort_values("population").iloc[0]
    return Share(
        share=float(row["value"]) / 100,
        year=int(row["year"]),
        population=row["population"],
        authority=row["authority"],
        grade=row["grade"],
        approximate=bool(row["approximate"]),
    )


def completion_dates(completion_plans: pd.DataFrame, country: str) -> pd.DataFrame:
    """Compare the announced completion of the move to Latin with the date of each announcement.

    Parameters
    ----------
    completion_plans
        Columns event, country, announced, precision, completion_year, scope, speaker, confidence.
    country
        The state.

    Returns
    -------
    pandas.DataFrame
        event, announced, precision, completion_year, years_ahead (completion year minus year of
        announcement), moved_years (since the announcement before; missing in the first row),
        slipped_years (since the first), scope, speaker, confidence; in order of announcement.

    Examples
    --------
    >>> from turkic_ties import data
    >>> plans = completion_dates(data.load("language_policy/completion_plans"), "UZB")
    >>> plans["completion_year"].tolist(), plans["slipped_years"].tolist()
    ([2000, 2023], [0, 23])
    """
    check_country(country)
    plans = completion_plans[completion_plans["country"] == country]
    plans = plans.sort_values(["announced", "event"], ignore_index=True)
    plans["announced"] = pd.to_datetime(plans["announced"])
    years = plans["completion_year"].astype("int64")
    plans["completion_year"] = years
    plans["years_ahead"] = years - plans["announced"].dt.year
    plans["moved_years"] = years.diff().astype("Int64")
    plans["slipped_years"] = years - years.head(1).sum()
    return plans[_PLANS]


# -- study abroad and online ----------------------------------------------------------------------


def students_abroad(
    student_mobility: pd.DataFrame, country: str, start: int | None = None, end: int | None = None
) -> pd.DataFrame:
    """Split the students of a country who study abroad by region of destination.

    Parameters
    ----------
    student_mobility
        Columns iso3, year, indicator, region (``all`` for the total), persons, flag.
    country
        The state.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        year, region, students (persons), share (of the published total), flag (empty text where
        there is none); what the regions leave of the total is the region `REMAINDER`. Sorted by
        year and region.
    """
    check_country(country)
    abroad = within(student_mobility[student_mobility["iso3"] == country], start, end)
    abroad = abroad[abroad["indicator"] == "outbound_students"]
    total = abroad[abroad["region"] == "all"].set_index("year")["persons"]
    regions = abroad[(abroad["region"] != "all") & abroad["year"].isin(total.index)]
    # Rounded estimates can add up to one student more than the total; only a true remainder becomes
    # a row.
    left = total.sub(regions.groupby("year")["persons"].sum(), fill_value=0)
    remainder = left[left > 0].rename("persons").reset_index()
    remainder = remainder.assign(region=REMAINDER, flag="")
    rows = pd.concat([part for part in (regions, remainder) if len(part)] or [regions])
    rows["students"] = rows["persons"].astype("int64")
    rows["share"] = rows["students"] / rows["year"].map(total).astype("float64")
    rows["flag"] = rows["flag"].fillna("").astype("str")
    return arrange(rows, ["year", "region", "students", "share", "flag"], ["year", "region"])


def students_between(
    student_flows: pd.DataFrame,
    country: str,
    partner: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Give the students of each of two states who are enrolled in the other.

    Parameters
    ----------
    student_flows
        Columns origin, destination, year, students, series (missing where there is one only).
    country, partner
        The two states.
    start, end
        First and last year.

    Returns
    -------
    pandas.DataFrame
        origin, destination, year, students (persons), series (empty text where there is one only;
        figures of two series do not compare); the country's students abroad first, then by year. A
        year without a figure is missing, not zero.

    References
    ----------
    UNESCO Institute for Statistics. Inbound internationally mobile students by country of origin.

    Examples
    --------
    >>> rows = [("KAZ", "TUR", 2019, 2191, None), ("KAZ", "RUS", 2019, 70000, None)]
    >>> names = ["origin", "destination", "year", "students", "series"]
    >>> between = students_between(pd.DataFrame(rows, columns=names), "KAZ", "TUR")
    >>> between[["origin", "year", "students"]].to_numpy().tolist()
    [['KAZ', 2019, 2191]]
    """
    check_country(partner)
    check_pair(country, partner)
    rows = within(student_flows, start, end)
    check_unique(rows, ["origin", "destination", "year"], "student_flows")
    check_not_negative(rows, "students", "student_flows")
    directions = []
    for origin, destination in ((country, partner), (partner, country)):
        direction = rows[(rows["origin"] == origin) & (rows["destination"] == destination)]
        directions.append(direction.sort_values("year"))
    between = pd.concat(directions)
    between["series"] = between["series"].fillna("").astype("str")
    columns = ["origin", "destination", "year", "students", "series"]
    return between[columns].reset_index(drop=True)


def scholarship_destinations(language_figures: pd.DataFrame, country: str) -> pd.DataFrame:
    """Split the holders of a state scholarship, Kazakhstan's Bolashak, by destination.

    Parameters
    ----------
    language_figures
        Columns topic, country, counterpart (missing for the total), indicator, year, value, unit,
        grade, source.
    country
        The state.

    Returns
    -------
    pandas.DataFrame
        year, indicator, destination (ISO3 codes or a region; `REMAINDER` for what is not named),
        scholars (missing where only shares are published), share, grade, source; sorted by year,
        the largest destination first.
    """
    check_country(country)
    figures = language_figures[
        (language_figures["country"] == country) & language_figures["indicator"].isin(_BOLASHAK)
    ]
    parts = [_destinations(rows) for _, rows in figures.groupby(["year", "indicator"])]
    destinations = pd.concat(parts or [frame([], _DESTINATIONS)]).astype(_DESTINATIONS)
    by = ["year", "share", "destination"]
    ascending = [True, False, True]
    return destinations.sort_values(by, ascending=ascending, ignore_index=True)


def _destinations(published: pd.DataFrame) -> pd.DataFrame:
    """Give the destinations of one publication, and what it leaves unless that is rounding."""
    in_percent = bool((published["unit"] == "percent").all())
    named = published[published["counterpart"].notna()]
    total = 100.0 if in_percent else published["value"].sum() - named["value"].sum()
    persons = dict(zip(named["counterpart"], named["value"], strict=True))
    left = total - named["value"].sum()
    if left / total >= ROUNDING:
        persons[REMAINDER] = left
    rows = pd.DataFrame(persons.items(), columns=["destination", "value"])
    rows["scholars"] = pd.NA if in_percent else rows["value"].astype("int64")
    rows["share"] = rows["value"] / total
    for column in ("year", "indicator", "grade", "source"):
        rows[column] = published[column].iloc[0]
    return rows[list(_DESTINATIONS)]


def online_presence(digital_presence: pd.DataFrame) -> pd.DataFrame:
    """Compare the languages online: the latest reading, and the first one of the same definition.

    Parameters
    ----------
    digital_presence
        Columns source, language, date, measure, value.

    Returns
    -------
    pandas.DataFrame
        source, measure, language, date, value, first_date, first_value (missing for active users,
        whose definition changed between the dates), rank (1 the largest); sorted by source, measure
        and rank.

    Examples
    --------
    >>> readings = [("wikipedia", "kaz", "2020-01-01", "articles", 5)]
    >>> readings += [("wikipedia", "tur", "2020-01-01", "articles", 9)]
    >>> columns = ["source", "language", "date", "measure", "value"]
    >>> online = online_presence(pd.DataFrame(readings, columns=columns))
    >>> online[["language", "rank"]].to_numpy().tolist()
    [['tur', 1], ['kaz', 2]]
    """
    keys = ["source", "measure", "language"]
    readings = digital_presence.assign(date=pd.to_datetime(digital_presence["date"]))
    groups = readings.sort_values("date").groupby(keys)[["date", "value"]]
    online: pd.DataFrame = groups.last().join(groups.first().add_prefix("first_")).reset_index()
    incomparable = online["measure"] == "active_users"
    for column in ("first_date", "first_value"):
        online[column] = online[column].mask(incomparable)
    ranks = competition_rank(online["value"], [online["source"], online["measure"]])
    online["rank"] = ranks.astype("int64")
    return online.sort_values(["source", "measure", "rank", "language"], ignore_index=True)
