"""From rows to a value, and what the rows say of time, sources and weakness."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from turkic_ties.claims import ClaimError
from turkic_ties.claims.registry import Calculation
from turkic_ties.claims.rows import from_object, from_rows, select
from turkic_ties.claims.trace import Trace

ROWS = pd.DataFrame(
    {
        "year": [2020, 2021, 2022, 2023],
        "country": ["KAZ", "KAZ", "UZB", "UZB"],
        "value": [4.0, -1.0, None, 7.0],
        "source": ["a", "b; c", "d", "a"],
    }
)


def calculation(**fields: Any) -> Calculation:
    return Calculation(table="trade/transit", column="value", **fields)


def value(rows: pd.DataFrame = ROWS, **fields: Any) -> Any:
    return from_rows(rows, calculation(**fields), Trace())


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ("first", 4),
        ("last", 7),
        ("sum", 10),
        ("median", 4),
        ("smallest", -1),
        ("largest", 7),
        ("spread", 8),
        ("count", 4),
    ],
)
def test_a_value_is_taken_from_the_rows_that_have_one(take: str, expected: float) -> None:
    assert value(take=take) == expected


def test_one_row_is_needed_unless_several_are_labelled() -> None:
    assert value(ROWS.iloc[:1]) == 4
    assert value(ROWS.iloc[2:3]) is None
    with pytest.raises(ClaimError, match="3 rows where one is needed"):
        value()
    labelled = value(ROWS.iloc[::-1], over="year")
    assert labelled.to_dict() == {2020: 4, 2021: -1, 2023: 7}
    assert list(labelled.index) == [2020, 2021, 2023]
    assert list(value(ROWS.iloc[::-1], over="country").index) == ["UZB", "KAZ", "KAZ"]
    with pytest.raises(ClaimError, match="no column 'region' for 'over'"):
        value(over="region")


def test_a_value_is_scaled_then_shifted_then_made_a_distance() -> None:
    assert value(ROWS.iloc[:1], scale=0.5, plus=-3) == -1
    assert value(ROWS.iloc[:1], scale=0.5, plus=-3, absolute=True) == 1
    series = value(over="year", scale=2, plus=1, absolute=True)
    assert series.tolist() == [9, 1, 15]


def test_an_object_gives_an_attribute() -> None:
    model = SimpleNamespace(share=0.25, year=2020, note="x")
    trace = Trace()
    got = from_object(model, Calculation(measure="trade.x", column="share", scale=100), trace)
    assert (got, trace.period) == (25, "2020")
    with pytest.raises(ClaimError, match="has no 'shore'; near: share"):
        from_object(model, Calculation(measure="trade.x", column="shore"), trace)
    assert from_object(3.0, Calculation(measure="trade.x"), trace) == 3
    assert from_object(float("nan"), Calculation(measure="trade.x"), trace) is None


def test_a_range_holds_both_ends() -> None:
    def years(condition: Any) -> list[int]:
        return select(ROWS, {"year": condition}, lambda name: [])["year"].tolist()

    assert years({"from": 2021, "to": 2022}) == [2021, 2022]
    assert years({"from": 2022}) == [2022, 2023]
    assert years({"to": 2020}) == [2020]
    assert years({"from": 2021, "to": 2021}) == [2021]
    assert years([2020, 2023]) == [2020, 2023]


def test_a_number_between_the_smallest_and_the_largest_is_a_gap() -> None:
    rows = ROWS[ROWS["year"] != 2021]
    assert select(rows, {"year": 2021}, lambda name: []).empty
    for year in (2019, 2024):
        with pytest.raises(ClaimError, match=f"there is no year {year}: there are 2020 to 2023"):
            select(rows, {"year": year}, lambda name: [])
        # What another table has is no slip.
        assert select(rows, {"year": year}, lambda name: [2019, 2024]).empty


def noted(**columns: list[Any]) -> Trace:
    trace = Trace()
    trace.note(pd.DataFrame(columns))
    return trace


def test_no_value_is_blamed_where_there_are_no_rows_at_all() -> None:
    assert select(ROWS[:0], {"source": "no source"}, lambda name: ["a"]).empty
    with pytest.raises(ClaimError, match="there is no source 'no source'"):
        select(ROWS, {"source": "no source"}, lambda name: ["a"])


@pytest.mark.parametrize(
    ("columns", "period"),
    [
        ({"year": [2022, 2020]}, "2020 to 2022"),
        ({"year": [2022, 2022]}, "2022"),
        ({"period": ["H1 2023", "2022"], "date": ["2024", "2024"]}, "2022; H1 2023"),
        ({"date": [pd.Timestamp("2024-01-05")]}, "2024-01-05"),
        ({"window_start": [2018], "window_end": [2022]}, "2018–2022"),
        ({"window_start": [2018, 2013], "window_end": [2022, 2017]}, "2013–2017 to 2018–2022"),
        ({"window_start": [2020], "window_end": [2020]}, "2020"),
        ({"date_before": ["2019"], "date_after": ["2021"]}, "2019 to 2021"),
        ({"first_year": [1991, 1990], "last_year": [2019, 2018]}, "1990–2019"),
        ({"value": [1]}, ""),
    ],
)
def test_the_period_is_read_from_the_rows(columns: dict[str, list[Any]], period: str) -> None:
    assert noted(**columns).period == period


@pytest.mark.parametrize(
    ("columns", "weak"),
    [
        ({"grade": ["A", "C"]}, "evidence of grade C"),
        ({"grade": ["A", "B"]}, ""),
        ({"confidence": ["high", "medium"]}, "a source of medium confidence"),
        ({"confidence": ["high", "high"]}, ""),
        ({"order_year_estimated": [False, True]}, "the order year is an estimate"),
        ({"order_year_estimated": [False, None]}, ""),
        ({"approximate": [True]}, "an approximate figure"),
        ({"approximate": [False]}, ""),
        ({"value": [1]}, ""),
    ],
)
def test_what_a_table_marks_as_weak_is_noted(columns: dict[str, list[Any]], weak: str) -> None:
    assert noted(**columns).weak == weak


def test_sources_of_the_rows_are_noted_and_the_first_weakness_stays() -> None:
    trace = Trace()
    trace.note(ROWS)
    assert trace.sources == {"a", "b", "c", "d"}
    trace.note(pd.DataFrame({"grade": ["C"], "year": [1999]}))
    trace.note(pd.DataFrame({"approximate": [True]}))
    assert (trace.weak, trace.period) == ("evidence of grade C", "1999")
    trace.note(ROWS.iloc[:0])
    assert trace.period == "1999"


def test_an_interpolated_figure_is_weak() -> None:
    trace = Trace()
    rows = pd.DataFrame({"interpolated": [0.685]})
    fields = {"table": "trade/transit", "column": "interpolated"}
    assert from_rows(rows, Calculation.model_validate(fields), trace) == 0.685
    assert trace.weak.startswith("an interpolated figure")
