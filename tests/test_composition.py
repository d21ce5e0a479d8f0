"""Composition by chapter: worked by hand, held to its properties and to published figures."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turkic_ties import data
from turkic_ties.findings import composition as findings
from turkic_ties.measures import composition
from turkic_ties.measures.composition import by_chapter, by_section, contributions

Flow = tuple[str, str, str, int, str, str, float]
KEYS = ["source", "reporter", "partner", "year", "flow", "hs_chapter", "value_usd"]
NEW, OLD = composition.DOWNLOADS


def goods(*rows: Flow) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=KEYS)


@cache
def table(name: str) -> pd.DataFrame:
    return data.load(f"trade/{name}")


def chapters(rows: pd.DataFrame, country: str, partner: str) -> pd.DataFrame:
    return by_chapter(rows, table("hs_chapters"), country, partner)


# -- chapters -----------------------------------------------------------------------------------


def test_each_flow_is_shared_out_in_its_own_books_and_year() -> None:
    rows = goods(
        (NEW, "TUR", "AZE", 2021, "export", "84", 30),
        (NEW, "TUR", "AZE", 2021, "export", "61", 10),
        (NEW, "TUR", "AZE", 2022, "export", "84", 5),
        (NEW, "AZE", "TUR", 2021, "export", "27", 8),
        (NEW, "AZE", "TUR", 2021, "import", "84", 20),
    )
    result = chapters(rows, "TUR", "AZE")
    told = result[["books", "flow", "year", "hs_chapter", "share"]].to_numpy().tolist()
    assert told == [
        ["mirror", "exports", 2021, "84", 1.0],  # Azerbaijan's imports
        ["own", "exports", 2021, "61", 0.25],  # 10 / 40
        ["own", "exports", 2021, "84", 0.75],
        ["own", "exports", 2022, "84", 1.0],
        ["mirror", "imports", 2021, "27", 1.0],
    ]


def test_the_newest_download_serves_a_flow_and_the_older_one_fills_what_it_lacks() -> None:
    rows = goods(
        (OLD, "TUR", "AZE", 2021, "export", "84", 99),
        (NEW, "TUR", "AZE", 2021, "export", "84", 30),
        (OLD, "TUR", "AZE", 2021, "import", "27", 7),
        (OLD, "TUR", "AZE", 2019, "export", "84", 5),
    )
    result = chapters(rows, "TUR", "AZE")
    assert result[["flow", "year", "source", "value_usd"]].to_numpy().tolist() == [
        ["exports", 2019, OLD, 5],
        ["exports", 2021, NEW, 30],
        ["imports", 2021, OLD, 7],
    ]


def test_both_sides_see_the_same_books_under_the_other_name() -> None:
    rows = table("chapter_trade")
    here, there = chapters(rows, "AZE", "TUR"), chapters(rows, "TUR", "AZE")
    turned = there.replace(
        {"books": {"own": "mirror", "mirror": "own"}, "flow": {"exports": "i", "imports": "e"}}
    ).replace({"flow": {"i": "imports", "e": "exports"}})
    keys = ["flow", "year", "books", "hs_chapter"]
    turned = turned.sort_values(keys, ignore_index=True).assign(country="AZE", partner="TUR")
    pd.testing.assert_frame_equal(here, turned)


def test_a_chapter_without_title_twice_or_of_an_unknown_download_is_refused() -> None:
    row = (NEW, "TUR", "AZE", 2021, "export", "84", 1.0)
    with pytest.raises(ValueError, match=r"hs_chapters holds no chapter '77'"):
        chapters(goods((*row[:5], "77", 1.0)), "TUR", "AZE")
    with pytest.raises(ValueError, match=r"two rows for .* hs_chapter 84"):
        chapters(goods(row, row), "TUR", "AZE")
    with pytest.raises(ValueError, match=r"the source 'wits': add it to DOWNLOADS"):
        chapters(goods(("wits", *row[1:])), "TUR", "AZE")
    with pytest.raises(ValueError, match=r"choose two different"):
        chapters(goods(row), "TUR", "TUR")


def test_a_pair_without_chapters_gives_empty_frames_of_the_same_types() -> None:
    rows = table("chapter_trade")
    empty, full = chapters(rows, "KGZ", "UZB"), chapters(rows, "KAZ", "TUR")
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    pd.testing.assert_series_equal(by_section(empty).dtypes, by_section(full).dtypes)
    none = contributions(by_section(empty), 2021, 2022)
    assert none.empty
    some = contributions(by_section(full), 2021, 2022)
    pd.testing.assert_series_equal(none.dtypes, some.dtypes)


# -- a region -----------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("pair", [("KAZ", "TUR"), ("TUR", "KAZ"), ("TUR", "TKM")])
def test_the_region_is_seen_from_the_side_that_reports_it(pair: tuple[str, str]) -> None:
    rows = composition.with_region(table("chapter_trade"), table("hs_chapters"), *pair)
    expected = chapters(table("chapter_trade"), "TUR", composition.CENTRAL_ASIA)
    pd.testing.assert_frame_equal(rows, expected)
    assert set(rows["year"]) == {2019, 2021}


@pytest.mark.no_cover
@pytest.mark.parametrize("pair", [("AZE", "TUR"), ("KAZ", "UZB"), ("AZE", "KAZ")])
def test_no_region_where_neither_side_reports_one_of_the_other(pair: tuple[str, str]) -> None:
    rows = composition.with_region(table("chapter_trade"), table("hs_chapters"), *pair)
    assert rows.empty
    full = chapters(table("chapter_trade"), "TUR", "KAZ")
    pd.testing.assert_series_equal(rows.dtypes, full.dtypes)


def test_a_region_is_named_in_sentences() -> None:
    rows = composition.with_region(table("chapter_trade"), table("hs_chapters"), "KAZ", "TUR")
    assert findings.chapters(rows)[1] == (
        "The five states of Central Asia together to Türkiye, 2021, as Türkiye reports it: "
        "Copper 41.4%, Cotton 21.4% and Mineral fuels and oils 9.8%."
    )


# -- sections -----------------------------------------------------------------------------------


def test_sections_hold_the_chapters_of_the_nomenclature() -> None:
    titles = table("hs_chapters")
    codes = titles["hs_chapter"].astype(int)
    assert sorted(set(range(1, 98)) - set(codes)) == [77]  # reserved
    assert codes.max() == 99
    first_last = codes.groupby(titles["hs_section"]).agg(["min", "max"])
    # Boundaries of the Harmonized System.
    assert first_last.loc["I"].tolist() == [1, 5]
    assert first_last.loc["V"].tolist() == [25, 27]
    assert first_last.loc["XI"].tolist() == [50, 63]
    assert first_last.loc["XV"].tolist() == [72, 83]
    assert first_last.loc["XVI"].tolist() == [84, 85]
    assert first_last.loc["XXI"].tolist() == [97, 97]
    assert first_last.loc["none"].tolist() == [99, 99]
    assert titles["hs_section"].nunique() == 22
    assert titles.groupby("hs_section")["section_title"].nunique().eq(1).all()
    assert codes.is_monotonic_increasing


def test_sections_add_up_their_chapters_in_the_order_of_the_nomenclature() -> None:
    rows = goods(
        (NEW, "TUR", "AZE", 2021, "export", "99", 1),
        (NEW, "TUR", "AZE", 2021, "export", "52", 2),
        (NEW, "TUR", "AZE", 2021, "export", "61", 3),
        (NEW, "TUR", "AZE", 2021, "export", "27", 4),
    )
    sections = by_section(chapters(rows, "TUR", "AZE"))
    assert sections[["hs_section", "value_usd", "share"]].to_numpy().tolist() == [
        ["V", 4.0, 0.4],
        ["XI", 5.0, 0.5],
        ["none", 1.0, 0.1],
    ]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from(["01", "27", "52", "61", "84", "99"]), st.integers(1, 10**9))
)
def test_shares_sum_to_one_and_sections_lose_nothing(values: dict[str, int]) -> None:
    rows = goods(*[(NEW, "TUR", "AZE", 2021, "export", code, v) for code, v in values.items()])
    result = chapters(rows, "TUR", "AZE")
    sections = by_section(result)
    assert sections["value_usd"].sum() == result["value_usd"].sum() == sum(values.values())
    for frame in (result, sections):
        assert frame["share"].between(0, 1).all()
        assert not values or frame["share"].sum() == pytest.approx(1)


# -- contributions ------------------------------------------------------------------------------


def test_contributions_are_worked_by_hand() -> None:
    rows = goods(
        (NEW, "TUR", "AZE", 2021, "export", "84", 10),
        (NEW, "TUR", "AZE", 2021, "export", "61", 20),
        (NEW, "TUR", "AZE", 2023, "export", "84", 40),
        (NEW, "TUR", "AZE", 2023, "export", "61", 15),
        (NEW, "TUR", "AZE", 2023, "export", "97", 25),
        (NEW, "AZE", "TUR", 2021, "export", "27", 9),
    )
    # From 30 to 80: machinery +30, works of art +25 (from nothing), clothing -5.
    result = contributions(by_section(chapters(rows, "TUR", "AZE")), 2021, 2023)
    assert result[["hs_section", "change_usd", "contribution"]].to_numpy().tolist() == [
        ["XVI", 30.0, 0.6],
        ["XXI", 25.0, 0.5],
        ["XI", -5.0, -0.1],
    ]


def test_a_flow_known_in_one_of_the_years_alone_has_no_contributions() -> None:
    rows = goods((NEW, "TUR", "AZE", 2021, "export", "84", 10))
    assert contributions(by_section(chapters(rows, "TUR", "AZE")), 2021, 2023).empty


def test_a_whole_that_does_not_change_has_no_contributions_to_share_out() -> None:
    rows = goods(
        (NEW, "TUR", "AZE", 2021, "export", "84", 10), (NEW, "TUR", "AZE", 2022, "export", "61", 10)
    )
    result = contributions(by_section(chapters(rows, "TUR", "AZE")), 2021, 2022)
    assert result["change_usd"].tolist() == [10.0, -10.0]
    assert result["contribution"].isna().all()


@pytest.mark.parametrize(("first", "last"), [(2022, 2022), (2023, 2022)])
def test_the_first_year_has_to_come_first(first: int, last: int) -> None:
    sections = by_section(chapters(table("chapter_trade"), "TUR", "KAZ"))
    with pytest.raises(ValueError, match=r"must be before the last"):
        contributions(sections, first, last)


@pytest.mark.no_cover
@pytest.mark.parametrize("partner", ["KAZ", "AZE", "UZB", "KGZ", "TKM"])
def test_contributions_sum_to_one(partner: str) -> None:
    sections = by_section(chapters(table("chapter_trade"), "TUR", partner))
    result = contributions(sections[sections["books"] == "own"], 2021, 2024)
    sums = result.groupby(["flow", "books"])["contribution"].sum()
    assert sums.tolist() == [pytest.approx(1)]


# -- the published figures ----------------------------------------------------------------------


def millions(rows: pd.DataFrame, **match: object) -> pd.Series[float]:
    """Give values in million dollars by chapter."""
    for column, value in match.items():
        rows = rows[rows[column] == value]
    return (rows.set_index("hs_chapter")["value_usd"] / 1e6).round(1)


def test_the_largest_chapters_to_kazakhstan_are_those_of_the_publisher() -> None:
    result = millions(chapters(table("chapter_trade"), "TUR", "KAZ"), year=2023)
    assert result.nlargest(6).to_dict() == {
        "84": 770.7,
        "85": 323.6,
        "87": 281.5,
        "61": 226.3,
        "62": 164.0,
        "39": 116.1,
    }
    assert result["27"] == 47.0


def test_the_chapters_add_up_to_the_totals_of_the_bilateral_table() -> None:
    rows = table("chapter_trade").query("source == 'comtrade_2026'")
    sums = rows.groupby(["partner", "year"])["value_usd"].sum()
    totals = table("bilateral_trade").query("source == 'comtrade_2026'")
    totals = totals.set_index(["partner", "year"])["value_usd"]
    assert len(sums) == 6 * 4
    assert (sums == totals.reindex(sums.index)).all()
    assert totals["WLD"].tolist() == [225214458038, 254169747663, 255627429011, 261778130881]


def test_turkish_trade_with_central_asia_is_that_of_the_publisher() -> None:
    rows = chapters(table("chapter_trade"), "TUR", composition.CENTRAL_ASIA)
    sums = (rows.groupby(["flow", "year"])["value_usd"].sum() / 1e6).round(1)
    assert sums["exports", 2021] == 5086.1
    assert sums["imports", 2021] == 4382.6
    assert sums["imports", 2019] == 3158.0
    imports = rows[rows["flow"] == "imports"].set_index(["year", "hs_chapter"])["share"]
    shares = (100 * imports).round(1)
    assert shares[2021][["74", "52", "27", "76"]].tolist() == [41.4, 21.4, 9.8, 7.9]
    assert shares[2019][["74", "52", "76", "27"]].tolist() == [45.4, 16.5, 10.5, 7.7]


def test_the_trade_of_azerbaijan_is_that_of_the_publisher() -> None:
    rows = table("chapter_trade").query("reporter == 'AZE' and year == 2021")
    world = rows[rows["partner"] == "WLD"].groupby("flow")["value_usd"].sum() / 1e6
    assert world.round(1).to_dict() == {"export": 22206.7, "import": 11698.5}
    own = chapters(rows, "AZE", "TUR").query("flow == 'exports'")
    assert round(own["value_usd"].sum() / 1e6, 1) == 2818.1
    assert millions(own)["27"] == 2235.7


# -- sentences ----------------------------------------------------------------------------------


def test_the_sentences_say_whose_report_it_is() -> None:
    rows = goods(
        (NEW, "TUR", "AZE", 2021, "export", "84", 30e6),
        (NEW, "TUR", "AZE", 2021, "export", "61", 10e6),
        (NEW, "TUR", "AZE", 2022, "export", "84", 60e6),
        (NEW, "AZE", "TUR", 2021, "export", "27", 8e6),
    )
    result = chapters(rows, "AZE", "TUR")
    sections = by_section(result)
    assert findings.largest(sections) == (
        "Machinery and electrical goods made 100% of what went from Türkiye to Azerbaijan in 2022, "
        "as Türkiye reports it"
    )
    assert findings.chapters(result) == [
        "Azerbaijan to Türkiye, 2021, as Azerbaijan reports it: Mineral fuels and oils 100.0%.",
        "Türkiye to Azerbaijan, 2022, as Türkiye reports it: Machinery 100.0%.",
    ]
    # From 40 to 60 million: machinery +30, clothing -10.
    assert findings.change(contributions(sections, 2021, 2022), "AZE", "TUR", 2021, 2022) == [
        "As Türkiye reports it, trade from Türkiye to Azerbaijan rose by $20.0 million from 2021 "
        "to 2022; of that change Machinery and electrical goods 150% and Textiles and clothing "
        "−50%."
    ]


def test_a_flow_that_fell_says_so_and_one_that_stayed_says_nothing() -> None:
    rows = goods(
        (NEW, "TUR", "AZE", 2021, "export", "84", 30e6),
        (NEW, "TUR", "AZE", 2022, "export", "84", 10e6),
        (NEW, "TUR", "AZE", 2023, "export", "84", 10e6),
    )
    sections = by_section(chapters(rows, "TUR", "AZE"))
    (fell,) = findings.change(contributions(sections, 2021, 2022), "TUR", "AZE", 2021, 2022)
    assert "fell by $20.0 million from 2021 to 2022" in fell
    assert findings.change(contributions(sections, 2022, 2023), "TUR", "AZE", 2022, 2023) == []


def test_bars_are_labelled_with_direction_year_and_whose_books_they_are() -> None:
    rows = goods(
        (NEW, "TUR", "AZE", 2021, "export", "84", 1), (NEW, "AZE", "TUR", 2021, "export", "27", 1)
    )
    named = findings.labelled(by_section(chapters(rows, "AZE", "TUR")))
    assert named[["direction", "report"]].to_numpy().tolist() == [
        ["Azerbaijan to Türkiye", "2021, Azerbaijan"],
        ["Türkiye to Azerbaijan", "2021, Türkiye"],
    ]
    assert findings.labelled(named.head(0))["report"].tolist() == []


def test_a_sentence_names_three_chapters_and_a_table_eight() -> None:
    values = dict(
        zip(["27", "39", "52", "61", "62", "72", "74", "76", "84"], range(9, 0, -1), strict=True)
    )
    rows = goods(
        *[("comtrade_2022", "TUR", "CENTRAL_ASIA", 2021, "import", *v) for v in values.items()]
    )
    regional = composition.with_region(rows, table("hs_chapters"), "TUR", "KAZ")
    (sentence,) = findings.chapters(regional)
    # 9, 8 and 7 of 45
    assert sentence.endswith("Mineral fuels and oils 20.0%, Plastics 17.8% and Cotton 15.6%.")
    listed = findings.region_table(regional)
    assert listed["HS"].tolist() == list(values)[:8]
    assert listed.loc[0, "2021"] == "20.0%"
    assert findings.region(regional) == (
        "Mineral fuels and oils made 20.0% of what went from the five states of Central Asia "
        "together to Türkiye in 2021"
    )
