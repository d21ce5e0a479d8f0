"""Findings of defense: each sentence in the cases it distinguishes."""

from __future__ import annotations

import pandas as pd
import pytest

from turkic_ties.findings import defense as findings


def windows(*rows: tuple[int, str | None, float | None, float]) -> pd.DataFrame:
    """Windows of five years: last year, largest supplier, its share, concentration."""
    frame = pd.DataFrame(rows, columns=["window_end", "top_supplier", "top_share", "hhi"])
    return frame.assign(window_start=frame["window_end"] - 4, suppliers=2, unknown_share=0.0)


def followed(*rows: tuple[int, float, float | None, int | None]) -> pd.DataFrame:
    """Windows of five years: last year, volume of the partner, its share and rank."""
    frame = pd.DataFrame(rows, columns=["window_end", "tiv", "share", "rank"])
    return frame.assign(window_start=frame["window_end"] - 4).astype({"rank": "Int64"})


TWO = windows((2020, "RUS", 0.9, 0.82), (2021, "RUS", 0.8, 0.5))


# -- deliveries ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("top", "share", "end"),
    [
        ("RUS", 0.1, "in 2017–2021, Türkiye 10.0%"),
        ("RUS", 0.0, "in 2017–2021, Türkiye nothing"),
        ("TUR", 0.8, "in 2017–2021, more than any other"),
    ],
)
def test_the_largest_supplier_is_named_with_the_partners_share(
    top: str, share: float, end: str
) -> None:
    totals = windows((2020, "CHN", 0.9, 0.82), (2021, top, 0.8, 0.7), (2022, None, None, 1.0))
    theirs = followed((2020, 0, 0, None), (2021, share, share, 1), (2022, 0, 0, None))
    sentence = findings.suppliers(totals, theirs, "KAZ", "TUR")
    assert sentence.endswith(end)
    assert "supplied 80.0% of the major arms Kazakhstan received" in sentence


def test_a_single_supplier_is_not_compared_with_others() -> None:
    totals, theirs = windows((2021, "TUR", 1.0, 1.0)).assign(suppliers=1), followed((2021, 9, 1, 1))
    assert findings.suppliers(totals, theirs, "KAZ", "TUR") == (
        "Türkiye supplied all of the major arms Kazakhstan received in 2017–2021"
    )


def test_no_known_supplier_has_no_title_but_a_reason() -> None:
    assert findings.suppliers(windows((2021, None, None, 1.0)), followed(), "KAZ", "TUR") == ""
    assert findings.no_supplier("KAZ", "2020", 5, True, "1992–2025") == (
        "2020 is too short for a window of 5 years for Kazakhstan (SIPRI's arms transfers, "
        "1992–2025)."
    )
    assert "holds no delivery of a known supplier in a window of 1 year" in findings.no_supplier(
        "KAZ", "2020", 1, False, "1992–2025"
    )


def test_concentration_is_compared_with_the_first_window_if_there_are_two() -> None:
    (sentence,) = findings.concentration(TWO)
    assert "was 0.50 in 2017–2021, the same as with 2.0 suppliers of equal size" in sentence
    assert sentence.endswith("; in 2016–2020 it was 0.82.")
    (sentence,) = findings.concentration(TWO.tail(1))
    assert sentence.endswith("2.0 suppliers of equal size.")
    assert findings.concentration(TWO.head(0)) == []


def test_unnamed_suppliers_count_as_one_and_are_said_to() -> None:
    (sentence,) = findings.concentration(TWO.assign(unknown_share=[0.5, 0.004]))
    assert sentence.endswith(" Unnamed suppliers, 0.4% of the volume, count as one.")
    assert "Unnamed" not in findings.concentration(TWO.assign(unknown_share=[0.5, 0.0]))[0]


def test_the_largest_share_is_the_last_of_equal_ones() -> None:
    rows = followed((2019, 1, 0.4, 1), (2020, 1, 0.4, 2), (2021, 0, 0, None))
    (sentence,) = findings.largest_share(rows, "KAZ", "TUR", 5)
    assert "was 40.0% (2016–2020, 2nd by size)" in sentence
    assert sentence.endswith("without a delivery from it: 1 of 3.")
    assert findings.largest_share(rows.head(1), "KAZ", "TUR", 5) == []
    (sentence,) = findings.largest_share(rows.iloc[[0, 2]], "KAZ", "TUR", 5)
    assert "(2015–2019, the largest supplier)" in sentence


def test_a_partner_that_delivered_nothing_is_said_so_only_where_there_are_windows() -> None:
    (sentence,) = findings.largest_share(followed((2021, 0, 0, None)), "KAZ", "TUR", 1)
    assert sentence == "Türkiye delivered no major arms to Kazakhstan in any window of 1 year."
    assert findings.largest_share(followed(), "KAZ", "TUR", 5) == []


@pytest.mark.parametrize(
    ("volumes", "sentence"),
    [
        ([3, 1], "2001 accounts for 75% of what Kazakhstan received in 2001–2003"),
        ([1, 1, 2], "2003 accounts for 50% of what Kazakhstan received in 2001–2003"),
        ([1, 0, 3], "2003 accounts for 75% of what Kazakhstan received in 2001–2003; "
         "in 1 year SIPRI records nothing"),
        ([0, 0, 1, 3], "2004 accounts for 75% of what Kazakhstan received in 2001–2003; "
         "in 2 years SIPRI records nothing"),
        ([3, 0, 0], "Kazakhstan received 3.0 million TIV in 2001, in no other year of 2001–2003"),
        ([3], "Kazakhstan received 3.0 million TIV in 2001"),
    ],
)  # fmt: skip
def test_the_largest_year_and_the_empty_ones_are_counted(volumes: list[int], sentence: str) -> None:
    years = range(2001, 2001 + len(volumes))
    rows = pd.DataFrame({"year": years, "imports_tiv": volumes, "partner_tiv": 0.0})
    assert findings.single_years(rows, "KAZ", "2001–2003") == sentence
    assert findings.single_years(rows.head(0), "KAZ", "2001–2003") == ""


def test_a_bar_is_too_small_to_see_below_a_hundredth_of_the_highest() -> None:
    rows = pd.DataFrame({"year": [1, 2, 3, 4], "imports_tiv": [100.0, 1.0, 0.99, 0.0]})
    assert findings.too_small_to_see(rows)["year"].tolist() == [3]


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        (
            [0.2, 0.5],
            "Türkiye's share of arms imports in 2020: Azerbaijan 50.0%, Kazakhstan 20.0%",
        ),
        (
            [0.2, 0.0],
            "Türkiye's share of arms imports in 2020: Kazakhstan 20.0%, nothing elsewhere",
        ),
        ([0.0, 0.0], "Türkiye supplied none of these states in 2020"),
    ],
)
def test_the_partners_share_is_given_for_each_state(shares: list[float], sentence: str) -> None:
    rows = pd.DataFrame({"country": ["KAZ", "AZE"], "share": shares})
    old = rows.assign(share=1.0, window_start=2019, window_end=2019)
    new = rows.assign(window_start=2020, window_end=2020)
    assert findings.weight(pd.concat([old, new]), "TUR") == sentence
    assert findings.weight(new.head(0), "TUR") == ""


# -- deals --------------------------------------------------------------------------------------


def deals(**columns: object) -> pd.DataFrame:
    row = {
        "order_year": 2020, "order_year_estimated": False, "designation": "Anka-S",
        "description": "UAV", "status": "New", "stage": "ordered", "number_ordered": 3,
        "number_ordered_estimated": False, "number_delivered": 0, "delivery_years": None,
        "number_delivered_estimated": False, "tiv_delivered": 0.0, "comments": None,
    }  # fmt: skip
    return pd.DataFrame([row | columns]).astype({"number_ordered": "Int64"})


def test_deals_are_counted_by_stage() -> None:
    assert findings.deals(deals(), "KAZ", "TUR") == (
        "1 deal in which Türkiye supplies Kazakhstan: 1 ordered and not delivered"
    )
    both = pd.concat([deals(stage="selected"), deals(stage="delivered")])
    assert findings.deals(both, "KAZ", "TUR") == (
        "2 deals in which Türkiye supplies Kazakhstan: 1 delivered and 1 selected but not ordered"
    )


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({}, "0 of 3"),
        ({"number_ordered": None, "number_delivered": 2}, "2 of ?"),
        ({"stage": "selected"}, "0 of 3, selected"),
    ],
)
def test_progress_is_delivered_of_ordered(columns: dict[str, object], text: str) -> None:
    assert findings.progress(deals(**columns)).tolist() == [text]


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({}, "3"),
        ({"number_ordered": None}, "?"),
        ({"number_ordered_estimated": True}, "(3)"),
        ({"number_ordered": None, "number_ordered_estimated": True}, "(?)"),
    ],
)
def test_estimates_are_in_parentheses(columns: dict[str, object], text: str) -> None:
    assert findings.as_sipri(deals(**columns), "number_ordered").tolist() == [text]
    assert findings.register(deals(**columns))["Ordered"].tolist() == [text]


def test_deals_with_all_suppliers_are_counted_with_both_years() -> None:
    table = pd.DataFrame({"recipient": "KAZ", "order_year": [2000, 2001, 2002, 2003]})
    sentence = findings.no_deal(table, "KAZ", "TUR", (2001, 2002), "2001–2002")
    assert sentence.endswith("supplies Kazakhstan; with all suppliers it lists 2.")
    sentence = findings.no_deal(table, "KAZ", "TUR", (2010, 2012), "2010–2012")
    assert sentence.endswith("with all suppliers it lists none.")


@pytest.mark.parametrize(
    ("stages", "end"),
    [
        (["shown"], "1 dated report on arms between Kazakhstan and Türkiye"),
        (
            ["shown", "denied"],
            "between Kazakhstan and Türkiye, 1 of them on something denied or not ordered",
        ),
        (["not ordered"], "1 of them on something denied or not ordered"),
    ],
)
def test_reports_of_what_was_denied_are_counted(stages: list[str], end: str) -> None:
    reports = pd.DataFrame({"stage": stages})
    assert findings.arms_reports(reports, "KAZ", "TUR").endswith(end)


# -- military expenditure -----------------------------------------------------------------------


def test_the_last_figures_are_written_in_the_order_given() -> None:
    rows = pd.DataFrame({"iso3": ["TUR", "KAZ"], "year": [2024, 2025]})
    rows = rows.assign(share_of_gdp=[0.02, 0.01], usd=[2e9, 1e9])
    assert findings.burden(rows) == (
        "Military spending as a share of GDP: Türkiye 2.0% in 2024 and Kazakhstan 1.0% in 2025"
    )
    assert findings.spending(rows.assign(year=2025)) == (
        "Military spending: Türkiye $2 billion and Kazakhstan $1 billion in 2025"
    )
    assert findings.spending(rows.tail(1)) == "Military spending: Kazakhstan $1 billion in 2025"
    assert findings.burden(rows.head(0)) == findings.spending(rows.head(0)) == ""
    assert findings.spending_subtitle(2024, 1e6).startswith("Million US dollars, each state")
    assert "Billion US dollars" in findings.spending_subtitle(2024, 1e9)


@pytest.mark.parametrize(
    ("year", "text"),
    [
        (2020, "Türkiye $2 billion in 2020 and Kazakhstan $1 billion in 2025"),
        (2019, "Kazakhstan $1 billion in 2025 (Türkiye's figures end in 2019)"),
    ],
)
def test_a_figure_is_not_put_beside_one_more_than_five_years_older(year: int, text: str) -> None:
    rows = pd.DataFrame({"iso3": ["TUR", "KAZ"], "year": [year, 2025], "usd": [2e9, 1e9]})
    assert findings.spending(rows) == f"Military spending: {text}"


def test_series_that_end_early_are_named() -> None:
    rows = pd.DataFrame({"iso3": ["TUR", "TKM", "UZB"], "year": [2025, 1999, 2018]})
    (sentence,) = findings.ended_series(rows)
    assert "reach 2025: Uzbekistan's ends in 2018 and Turkmenistan's ends in 1999" in sentence
    assert sentence.endswith("no total of the six can be formed.")
    assert findings.ended_series(rows.head(1)) == []
    assert findings.ended_series(rows.head(0)) == []


@pytest.mark.parametrize(("first", "said"), [(2001, 0), (2002, 1)])
def test_constant_dollars_are_called_late_from_two_years_on(first: int, said: int) -> None:
    rows = pd.DataFrame(
        {"iso3": "KAZ", "year": [2000, first], "prices": ["current_usd", "constant_usd"]}
    )
    assert len(findings.withheld(rows)) == said


# -- events -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("countries", "end"),
    [
        (["KAZ;TUR"], "1 step of Kazakhstan and Türkiye in our selection, 2011"),
        (["AZE;KAZ;TUR"], "in our selection, 2011, with other states"),
        (["KAZ;TUR", "AZE;KAZ;TUR"], "in our selection, 2011–2012, 1 of them with other states"),
        (["AZE;KAZ;TUR", "AZE;KAZ;TUR"], "in our selection, 2011–2012, all with other states"),
    ],
)
def test_steps_are_counted_with_those_of_more_states(countries: list[str], end: str) -> None:
    rows = pd.DataFrame({"countries": countries})
    rows["earliest"] = pd.to_datetime([f"{2011 + place}-01-01" for place in range(len(rows))])
    assert findings.steps(rows, "KAZ", "TUR").endswith(end)
    assert findings.steps(rows.head(0), "KAZ", "TUR") == ""


def test_the_pair_the_events_were_collected_for_is_the_one_with_most_of_them() -> None:
    events = pd.DataFrame({"countries": ["KAZ;RUS", "KAZ;TUR", "AZE;KAZ;TUR"]})
    assert findings.selection(events, "TUR", "KAZ") == (
        "The table of events is a selection, collected for Kazakhstan and Türkiye (2 entries): "
        "that something is missing proves nothing."
    )
    assert findings.selection(events, "AZE", "TUR").endswith(
        "Steps of Azerbaijan and Türkiye may be missing: it is no record of their relations."
    )


def test_congresses_need_an_interval() -> None:
    held = pd.DataFrame({"date": ["2003", "2006", "2010"]})
    intervals = pd.DataFrame({"years": [4, 3]})
    (sentence,) = findings.congresses(held, intervals)
    assert "met 3 times from 2003 to 2010" in sentence
    assert sentence.endswith("by calendar year: 1 of 3 years and 1 of 4 years.")
    assert findings.congresses(held.head(1), intervals.head(0)) == []


def test_talks_are_counted_where_there_are_any() -> None:
    rounds = pd.DataFrame({"date": ["2017-01", "2018-07-30"]})
    (sentence,) = findings.astana_talks(rounds)
    assert "2 rounds with a dated page, from 2017-01 to 2018-07-30" in sentence
    (sentence,) = findings.astana_talks(rounds.head(1))
    assert "1 round with a dated page, in 2017-01;" in sentence
    assert findings.astana_talks(pd.DataFrame({"date": []})) == []


# -- votes --------------------------------------------------------------------------------------


VOTES = pd.DataFrame(
    [
        ("RUS", 2021, 0.5, 0.4),
        ("RUS", 2022, 0.25, 0.2),
        ("TUR", 2021, 0.7, 0.6),
        ("RUS", 2023, 0.75, 0.7),
    ],
    columns=["other", "year", "agreement", "agreement_identical"],
)


def test_states_are_compared_in_the_last_year_that_has_most_of_them() -> None:
    assert findings.votes(VOTES, "KAZ") == (
        "Kazakhstan's agreement in votes of the General Assembly in 2021: "
        "70% with Türkiye and 50% with Russia"
    )
    one = VOTES[VOTES["other"] == "RUS"]
    assert findings.votes(one, "KAZ").endswith("in 2023: 75% with Russia")
    assert findings.votes(one.head(0), "KAZ") == ""


def test_agreement_is_compared_only_between_windows_that_do_not_overlap() -> None:
    line = VOTES[VOTES["other"] == "RUS"]
    (sentence,) = findings.agreement_change(line, 1)
    assert "averaged 50.0% in the first year with votes (2021)" in sentence
    assert sentence.endswith("identical votes only, 40.0% and 70.0%.")
    assert findings.agreement_change(line, 2) == []


def test_a_missing_series_says_which_years_the_table_has() -> None:
    known = pd.Series([1992, 2022])
    assert findings.no_votes("KAZ", "USA", "2023", known).endswith("its votes of 1992–2022.")
    assert findings.no_votes("KAZ", "JPN", "2023", known.head(0)).endswith("no votes of it.")


def test_distances_are_written_from_near_to_far() -> None:
    rows = pd.DataFrame({"other": ["USA", "RUS"], "year": 2024, "distance": [2.0, 0.5]})
    assert findings.ideal_points(rows, "KAZ") == (
        "By ideal points Kazakhstan was 0.50 from Russia and 2.00 from the United States in 2024"
    )
    assert findings.ideal_points(rows.head(0), "KAZ") == ""


def spreads(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    columns = ["iso3", "dispersion", "dispersion_low", "dispersion_high"]
    ends = {"nearest": "RUS", "furthest": "USA", "nearest_distance": 0.1, "furthest_distance": 0.7}
    return pd.DataFrame(rows, columns=columns).assign(window_start=2018, window_end=2022, **ends)


OWN = ("KAZ", 0.3, 0.2, 0.4)


def test_the_nearest_and_furthest_power_are_named() -> None:
    assert findings.equal_distance(spreads(OWN), "KAZ") == (
        "In 2018–2022 Kazakhstan agreed most with Russia (90%) and least with the United States "
        "(30%): a spread of 0.30"
    )
    assert findings.equal_distance(spreads(OWN), "TUR") == ""


@pytest.mark.parametrize(
    ("other", "order", "overlap"),
    [
        (
            ("AZE", 0.1, 0.05, 0.19),
            "Azerbaijan had a smaller spread than Kazakhstan",
            "none of the others",
        ),
        (("AZE", 0.1, 0.05, 0.2), "Azerbaijan had a smaller spread", "all others"),
        (("AZE", 0.5, 0.4, 0.6), "Kazakhstan had the smallest spread", "all others"),
        (("AZE", 0.5, 0.41, 0.6), "Kazakhstan had the smallest spread", "none of the others"),
    ],
)
def test_intervals_that_touch_overlap(
    other: tuple[str, float, float, float], order: str, overlap: str
) -> None:
    (sentence,) = findings.spread_order(spreads(OWN, other), "KAZ")
    assert order in sentence
    assert sentence.endswith(f"overlaps with {overlap}.")


def test_one_interval_apart_is_named() -> None:
    rows = spreads(OWN, ("AZE", 0.5, 0.45, 0.6), ("TUR", 0.3, 0.2, 0.4))
    (sentence,) = findings.spread_order(rows, "KAZ")
    assert sentence.endswith("overlaps with all but that of Azerbaijan.")


def test_an_order_needs_two_states() -> None:
    assert findings.spread_order(spreads(OWN), "KAZ") == []
    assert findings.spread_order(spreads(OWN), "TUR") == []


def test_a_spread_of_one_year_has_no_interval() -> None:
    (sentence,) = findings.ideal_point_spread(spreads(OWN))
    assert "(95% interval from resampling its years: 0.20 to 0.40) in 2018–2022" in sentence
    (sentence,) = findings.ideal_point_spread(spreads(OWN).assign(dispersion_low=float("nan")))
    assert "the spread was 0.30 in 2018–2022, with Russia nearest" in sentence
    assert findings.ideal_point_spread(spreads()) == []


# -- arsenals -----------------------------------------------------------------------------------


def test_an_arsenal_has_a_place_only_where_there_is_one() -> None:
    order = pd.DataFrame(
        {"rank": [1, 2], "iso3": ["RUS", "KAZ"], "warheads": [9000, 1410], "counted": "strategic"}
    )
    own = pd.DataFrame({"iso3": ["KAZ"], "year": [1991]})
    assert findings.arsenals(order, own) == (
        "By location Kazakhstan was 2nd of 2 in 1991, with 1,410 strategic warheads; "
        "by control it had none"
    )
    assert findings.arsenals(order, own.head(0)) == ""


def test_steps_of_disarmament_begin_in_lower_case() -> None:
    rows = pd.DataFrame({"date": ["1991", "1995"], "event": ["The site is closed", "All is gone"]})
    assert findings.disarmament(rows) == (
        "Dated steps away from these weapons: 1991, the site is closed; 1995, all is gone."
    )
