"""Measures of language use: cases worked by hand, properties, published figures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from turkic_ties import data
from turkic_ties import language_policy as lp
from turkic_ties.countries import MEMBERS

FIGURES = data.load("language_policy/language_figures")
CENSUSES = data.load("language_policy/census_mother_tongue")
WAVES = data.load("language_policy/home_language_instruction")
PLANS = data.load("language_policy/completion_plans")
MOBILITY = data.load("language_policy/student_mobility")
USE_TABLES = (FIGURES, CENSUSES, WAVES)


def use(country: str, **options: Any) -> pd.DataFrame:
    return lp.language_use(*USE_TABLES, country, **options)


def test_a_segment_never_mixes_questions_populations_or_authorities() -> None:
    for country in MEMBERS:
        table = use(country)
        mixed = table.groupby("segment")[["indicator", "population", "authority"]].nunique()
        assert (mixed == 1).all(axis=None)
        assert not table.duplicated(["segment", "language", "year"]).any()
        assert table["share"].between(0, 1).all()


def test_the_censuses_of_kazakhstan_are_three_segments() -> None:
    table = use("KAZ").query("language == 'kaz' and domain == 'knowledge'")
    census = table[table["indicator"].isin(["speaks", "understands speech"])].set_index("year")
    assert census["share"].to_dict() == pytest.approx({1999: 0.644, 2009: 0.74, 2021: 0.801})
    assert len(set(census["segment"])) == 3


def test_targets_are_not_reported_figures() -> None:
    assert use("KAZ")["year"].max() <= 2024
    assert 0.95 not in set(use("KAZ").query("language == 'kaz'")["share"])


def test_language_of_schooling_and_of_universities_changed_places() -> None:
    table = lp.language_changes(*USE_TABLES, "KAZ")
    school = table.query("population == 'school pupils' and language == 'kaz'").iloc[0]
    assert school[["first_year", "first_share", "last_year", "last_share"]].tolist() == [
        1991,
        0.3235,
        2019,
        0.66,
    ]
    assert school["change"] == pytest.approx(0.3365)
    universities = table.query("population == 'university students' and language == 'rus'").iloc[0]
    assert universities["change"] == pytest.approx(0.302 - 0.863)
    assert (table["last_year"] > table["first_year"]).all()


def test_mother_tongue_of_azerbaijan_is_one_segment() -> None:
    table = use("AZE", start=1999).query("domain == 'mother tongue' and language == 'aze'")
    assert table["year"].tolist() == [1999, 2009, 2019]
    assert len(set(table["segment"])) == 1
    assert table["share"].tolist() == pytest.approx([0.91206, 0.92499, 0.96101])


def test_latest_shares_of_kazakhstan() -> None:
    figures = FIGURES
    speaks = lp.latest_share(figures, "KAZ", "speaks", "kaz")
    assert speaks is not None
    assert (speaks.year, speaks.grade) == (2021, "C")
    assert speaks.share == pytest.approx(0.801)
    daily = lp.latest_share(figures, "KAZ", "uses daily", "kaz", population="population")
    assert daily is not None
    assert daily.share == pytest.approx(0.493)
    before = lp.latest_share(figures, "KAZ", "speaks", "kaz", end=2010)
    assert before is not None
    assert before.share == 0.644
    assert lp.latest_share(figures, "UZB", "speaks", "uzb") is None
    assert lp.latest_share(figures, "KAZ", "speaks", "kaz", start=2022) is None


def test_a_round_share_is_called_approximate() -> None:
    russian = lp.latest_share(FIGURES, "KAZ", "speaks", "rus", end=2010)
    assert russian is not None
    assert (russian.share, russian.year, russian.approximate) == (0.95, 1999, True)


def test_the_announced_completion_moved_from_2025_to_2031() -> None:
    table = lp.completion_dates(PLANS, "KAZ")
    assert table["completion_year"].tolist() == [2025, 2025, 2025, 2025, 2031]
    # 2012 to 2025, 2017 to 2025 twice, 2018 to 2025, 2021 to 2031.
    assert table["years_ahead"].tolist() == [13, 8, 8, 7, 10]
    assert table["slipped_years"].tolist() == [0, 0, 0, 0, 6]
    assert table["moved_years"].isna().tolist() == [True, False, False, False, False]
    uzbek = lp.completion_dates(PLANS, "UZB")
    assert uzbek["completion_year"].tolist() == [2000, 2023]
    assert lp.completion_dates(PLANS, "TUR").empty


def test_students_abroad_by_hand() -> None:
    rows = [
        ("all", 200, ""),
        ("Central Asia", 50, ""),
        ("Arab States", 110, "repeats the year before"),
    ]
    table = pd.DataFrame(rows, columns=["region", "persons", "flag"])
    table = table.assign(iso3="KAZ", year=2015, indicator="outbound_students")
    shares = lp.students_abroad(table, "KAZ").set_index("region")
    assert shares["share"].to_dict() == {
        "Arab States": 0.55,
        "Central Asia": 0.25,
        lp.REMAINDER: 0.2,
    }
    assert shares.loc["Arab States", "flag"] == "repeats the year before"


def test_students_of_a_year_without_regions_are_all_in_the_remainder() -> None:
    table = pd.DataFrame([("all", 200, "")], columns=["region", "persons", "flag"])
    table = table.assign(iso3="KAZ", year=2015, indicator="outbound_students")
    students = lp.students_abroad(table, "KAZ")
    assert students[["region", "students"]].to_numpy().tolist() == [[lp.REMAINDER, 200]]


@pytest.mark.parametrize("country", MEMBERS)
def test_the_regions_of_study_add_up(country: str) -> None:
    shares = lp.students_abroad(MOBILITY, country)
    sums = shares.groupby("year")["share"].sum()
    assert list(sums.index) == list(range(2012, 2018))
    assert (sums - 1).abs().max() < 0.001


def test_most_kazakh_students_abroad_are_in_the_region_of_russia_and_turkiye() -> None:
    shares = lp.students_abroad(MOBILITY, "KAZ", 2016, 2016).set_index("region")
    assert shares.loc["Central and Eastern Europe", "share"] == pytest.approx(75321 / 90187)
    assert shares.loc["North America and Western Europe", "students"] == 6064


def test_bolashak_scholars_go_west() -> None:
    table = lp.scholarship_destinations(FIGURES, "KAZ")
    last = table.query("year == 2023").set_index("destination")
    assert last["share"].sum() == pytest.approx(1)
    assert last["scholars"].sum() == 946
    assert last.loc["USA", "share"] == pytest.approx(488 / 946)
    assert table.query("year == 2018")["destination"].iloc[0] == "GBR"
    assert lp.scholarship_destinations(FIGURES, "UZB").empty


def test_languages_online_are_ranked_on_their_latest_reading() -> None:
    table = lp.online_presence(data.load("language_policy/digital_presence")).set_index(
        ["measure", "language"]
    )
    assert table.loc[("articles", "kaz"), ["value", "rank"]].tolist() == [244147, 4]
    assert table.loc["active_users", "first_value"].isna().all()
    assert (table["date"] >= table["first_date"].fillna(table["date"])).all()


# -- students by pair ---------------------------------------------------------------------------

FLOWS = data.load("language_policy/student_flows")


def test_students_between_two_states_as_published() -> None:
    table = lp.students_between(FLOWS, "KAZ", "TUR").set_index(["origin", "year"])
    assert table.loc[("KAZ", 2008), "students"] == 709
    assert table.loc[("KAZ", 2014), "students"] == 1306
    assert table.loc[("KAZ", 2019), "students"] == 2191
    assert table.loc[("TUR", 2008), "students"] == 457
    assert table.loc[("TUR", 2020), "students"] == 316
    assert ("KAZ", 2013) not in table.index
    azerbaijan = lp.students_between(FLOWS, "AZE", "TUR", 2016, 2016)
    assert azerbaijan[["origin", "students"]].to_numpy().tolist() == [["AZE", 12504], ["TUR", 2150]]


def test_the_way_of_counting_of_turkiye_breaks_before_2014() -> None:
    table = lp.students_between(FLOWS, "KAZ", "TUR").set_index(["origin", "year"])["series"]
    assert (table["KAZ", 2012], table["KAZ", 2014]) == ("to 2013", "from 2014")
    assert set(table["TUR"]) == {""}


@pytest.mark.parametrize("country", MEMBERS)
def test_students_are_the_same_seen_from_both_sides(country: str) -> None:
    for partner in MEMBERS:
        if partner != country:
            there = lp.students_between(FLOWS, country, partner)
            back = lp.students_between(FLOWS, partner, country)
            keys = ["origin", "year"]
            first, second = (table.sort_values(keys, ignore_index=True) for table in (there, back))
            pd.testing.assert_frame_equal(first, second)
            assert set(there["origin"]) <= {country, partner}


def test_a_flow_given_twice_or_below_zero_is_an_error() -> None:
    one = pd.DataFrame([("KAZ", "TUR", 2019, 5, None)], columns=list(FLOWS))
    with pytest.raises(ValueError, match="student_flows holds two rows for origin KAZ"):
        lp.students_between(pd.concat([one, one]), "KAZ", "TUR")
    with pytest.raises(ValueError, match="negative students -1"):
        lp.students_between(one.assign(students=-1), "KAZ", "TUR")
    with pytest.raises(ValueError, match="'RUS' is not one of the states"):
        lp.students_between(one, "KAZ", "RUS")


# -- boundaries -----------------------------------------------------------------------------------


def figure(**given: Any) -> pd.DataFrame:
    """Lay out one figure of the table; what is not given is that of a plain reported share."""
    row = {
        "topic": "census_language", "country": "KAZ", "counterpart": None, "indicator": "speaks",
        "language": "kaz", "population": "population", "year": 2021, "value": 50.0,
        "unit": "percent", "kind": "reported", "approximate": False, "speaker": None,
        "publisher": "a newspaper", "grade": "B", "source": "press_reports",
    }  # fmt: skip
    return pd.DataFrame([row | given])


def figures(*rows: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([rows[0].astype("object"), *rows[1:]], ignore_index=True)


def test_the_authority_of_a_figure_is_its_speaker_and_else_its_publisher() -> None:
    rows = figures(figure(speaker="a ministry", year=2020), figure())
    use = lp.language_use(rows, CENSUSES.head(0), WAVES.head(0), "KAZ").sort_values("year")
    assert use["authority"].tolist() == ["a ministry", "a newspaper"]
    assert use["segment"].tolist() == [
        "speaks, population (a ministry)",
        "speaks, population (a newspaper)",
    ]
    latest = lp.latest_share(rows, "KAZ", "speaks", "kaz", end=2020)
    assert latest is not None
    assert latest.authority == "a ministry"


@pytest.mark.parametrize(
    "given", [{"unit": "persons"}, {"kind": "target"}, {"year": None}, {"country": "UZB"}]
)
def test_a_figure_that_is_no_reported_share_of_the_country_is_left_out(
    given: dict[str, Any],
) -> None:
    rows = figures(figure(**given), figure(year=2019))
    use = lp.language_use(rows, CENSUSES.head(0), WAVES.head(0), "KAZ")
    assert use["year"].tolist() == [2019]
    latest = lp.latest_share(rows, "KAZ", "speaks", "kaz")
    assert latest is not None
    assert latest.year == 2019


def test_a_period_takes_its_first_and_its_last_year() -> None:
    rows = figures(*(figure(year=year) for year in (2018, 2019, 2020, 2021)))
    use = lp.language_use(rows, CENSUSES.head(0), WAVES.head(0), "KAZ", 2019, 2020)
    assert use["year"].tolist() == [2019, 2020]
    for end, year in ((2020, 2020), (2018, 2018)):
        latest = lp.latest_share(rows, "KAZ", "speaks", "kaz", start=2018, end=end)
        assert latest is not None
        assert latest.year == year
    assert lp.latest_share(rows, "KAZ", "speaks", "kaz", end=2017) is None
    assert lp.students_abroad(MOBILITY, "KAZ", 2013, 2014)["year"].unique().tolist() == [2013, 2014]


def test_a_change_is_approximate_when_either_reading_is() -> None:
    rows = figures(figure(year=2019, value=40.0), figure(approximate=True))
    changes = lp.language_changes(rows, CENSUSES.head(0), WAVES.head(0), "KAZ")
    row = changes.iloc[0]
    assert (row["first_year"], row["last_year"], row["approximate"]) == (2019, 2021, True)
    assert row["change"] == pytest.approx(0.1)


def test_among_populations_of_one_year_the_first_in_the_alphabet_is_looked_up() -> None:
    rows = figures(figure(population="pupils"), figure(population="adults", value=30.0))
    latest = lp.latest_share(rows, "KAZ", "speaks", "kaz")
    assert latest is not None
    assert (latest.population, latest.share) == ("adults", 0.3)
    pupils = lp.latest_share(rows, "KAZ", "speaks", "kaz", "pupils")
    assert pupils is not None
    assert pupils.share == 0.5


@pytest.mark.parametrize(("named", "rows"), [(199, 2), (200, 1), (201, 1)])
def test_only_students_a_region_does_not_account_for_are_a_remainder(named: int, rows: int) -> None:
    table = pd.DataFrame({"region": ["all", "Central Asia"], "persons": [200, named]})
    table = table.assign(iso3="KAZ", year=2015, indicator="outbound_students", flag=None)
    shares = lp.students_abroad(table, "KAZ")
    assert len(shares) == rows
    assert shares["share"].iloc[0] == named / 200


@pytest.mark.parametrize(
    ("named", "destinations"), [(99.5, ["USA", lp.REMAINDER]), (99.6, ["USA"])]
)
def test_half_a_percent_is_a_destination_and_less_is_rounding(
    named: float, destinations: list[str]
) -> None:
    rows = figure(indicator="Bolashak scholars by destination", counterpart="USA", value=named)
    table = lp.scholarship_destinations(rows, "KAZ")
    assert table["destination"].tolist() == destinations
    assert table["scholars"].isna().all()


def test_languages_of_one_size_share_a_rank_and_users_have_no_first_reading() -> None:
    columns = ["source", "language", "date", "measure", "value"]
    rows = [
        ("w", language, date, measure, value)
        for measure in ("articles", "active_users")
        for date, values in (("2020-01-01", (1, 2, 3)), ("2021-01-01", (5, 5, 4)))
        for language, value in zip(("kaz", "tur", "uzb"), values, strict=True)
    ]
    table = lp.online_presence(pd.DataFrame(rows, columns=columns)).set_index("measure")
    articles, users = table.loc["articles"], table.loc["active_users"]
    assert articles[["language", "rank"]].to_numpy().tolist() == [
        ["kaz", 1],
        ["tur", 1],
        ["uzb", 3],
    ]
    assert articles["first_value"].tolist() == [1, 2, 3]
    assert users["first_value"].isna().all()
    assert users["first_date"].isna().all()


# -- edges ----------------------------------------------------------------------------------------


def test_empty_tables_give_empty_frames_with_their_columns() -> None:
    none = [table.head(0) for table in USE_TABLES]
    online = data.load("language_policy/digital_presence")
    for measure, tables, empty in (
        (lp.language_use, USE_TABLES, none),
        (lp.language_changes, USE_TABLES, none),
        (lp.completion_dates, [PLANS], [PLANS.head(0)]),
        (lp.students_abroad, [MOBILITY], [MOBILITY.head(0)]),
        (lp.scholarship_destinations, [FIGURES], [FIGURES.head(0)]),
    ):
        full, without = measure(*tables, "KAZ"), measure(*empty, "KAZ")
        assert without.empty
        assert without.dtypes.to_dict() == full.dtypes.to_dict()
    assert list(lp.online_presence(online.head(0))) == list(lp.online_presence(online))


def test_wrong_arguments_are_errors_that_say_what_to_do() -> None:
    with pytest.raises(ValueError, match="must not be after end"):
        use("KAZ", start=2020, end=2010)
    with pytest.raises(ValueError, match="'RUS' is not one of the states"):
        lp.completion_dates(PLANS, "RUS")
