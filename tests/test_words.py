"""Numbers, ranks, years and lists in sentences."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turkic_ties import words


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (6.348e9, "$6.35 billion"),
        (-240e6, "−$240 million"),
        (999_499, "$999,499"),
        (999_600, "$1 million"),  # three digits round to 1,000,000
        (999.4e6, "$999 million"),
        (999.6e6, "$1 billion"),
        (2.5e12, "$2.5 trillion"),
        (12.34e9, "$12.3 billion"),
        (0.0, "$0"),
        (None, "not available"),
        (math.nan, "not available"),
    ],
)
def test_dollars(value: float | None, expected: str) -> None:
    assert words.usd(value) == expected


def test_a_count_has_its_unit() -> None:
    assert words.count(3_900_000, "tonnes") == "3.9 million tonnes"
    assert words.count(12) == "12"
    assert words.count(None, "tonnes") == "not available"


@pytest.mark.parametrize(
    ("share", "digits", "expected"),
    [(0.0449, 1, "4.5%"), (-0.5, 0, "−50%"), (1.0, 1, "100.0%"), (None, 1, "not available")],
)
def test_percent(share: float | None, digits: int, expected: str) -> None:
    assert words.percent(share, digits) == expected


def test_a_number_has_a_fixed_number_of_decimals() -> None:
    assert words.number(-1234.5, 1) == "−1,234.5"
    assert words.number(0.126) == "0.13"
    assert words.number(None) == "not available"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (6.3481912, "6.3482"),
        (25764.0, "25,764"),
        (0.0, "0"),
        (-1.5, "−1.5"),
        (0.00123456, "0.0012346"),
    ],
)
def test_significant_digits(value: float, expected: str) -> None:
    assert words.significant(value) == expected


def test_a_plus_sign_is_only_for_numbers_above_zero() -> None:
    assert [words.significant(value, plus=True) for value in (2.0, 0.0, -2.0)] == ["+2", "0", "−2"]


@given(st.integers(1, 10_000))
def test_an_ordinal_ends_as_english_does(rank: int) -> None:
    text = words.ordinal(rank)
    teens = rank % 100 in (11, 12, 13)
    assert (
        text.endswith("th")
        if teens or rank % 10 not in (1, 2, 3)
        else text[-2:] in ("st", "nd", "rd")
    )


@pytest.mark.parametrize(
    ("rank", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (121, "121st")],
)
def test_ordinals_by_hand(rank: int, text: str) -> None:
    assert words.ordinal(rank) == text


def test_no_rank_is_said() -> None:
    assert words.ordinal(None) == "not available"


def test_a_list_has_one_and() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"]) == "a, b and c"


def test_only_the_first_letter_is_changed() -> None:
    assert words.capital("the USA") == "The USA"
    assert words.capital("") == ""


def test_one_year_is_no_span() -> None:
    assert words.years(2020, 2020) == "2020"
    assert words.years(1995, 2020) == "1995–2020"


@pytest.mark.parametrize(
    ("iso3", "text"),
    [
        ("USA", "the United States"),
        ("NLD", "the Netherlands"),
        ("TUR", "Türkiye"),
        ("ARE", "the United Arab Emirates"),
    ],
)
def test_a_country_takes_its_article(iso3: str, text: str) -> None:
    assert words.country_in_sentence(iso3) == text


@pytest.mark.parametrize(
    ("write", "now", "before", "text"),
    [
        (words.growth, 110.0, 100.0, "+10.0% on"),
        (words.growth, 99.96, 100.0, "0.0% on"),  # −0.04 % is written as no change
        (words.growth, 99.94, 100.0, "−0.1% on"),
        (words.points, 0.2506, 0.25, "+0.1 points on"),
        (words.points, 0.2504, 0.25, "0.0 points on"),
        (words.change, 0.50, 0.52, "−0.02 on"),
        (words.change, 0.504, 0.50, "0.00 on"),
        (words.place_before, 5.0, 8.0, "8th in"),
    ],
)
def test_a_change_has_its_sign_unless_it_is_none_as_written(
    write: Callable[[float, float], str], now: float, before: float, text: str
) -> None:
    assert write(now, before) == text
