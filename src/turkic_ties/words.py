"""Numbers, ranks, years and lists as they are written in sentences, on cards and in verdicts.

A missing value is written as `MISSING`. Minus signs are the typographic ones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import pandas as pd

from turkic_ties import countries

MISSING = "not available"

_SCALES = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))


def usd(value: float | None, fixed: bool = False) -> str:
    """Write an amount of US dollars.

    Parameters
    ----------
    fixed
        Keep trailing zeros: for figures of a series, which are all known to three digits.

    Examples
    --------
    >>> usd(6.348e9), usd(-240e6), usd(3.9e9), usd(3.9e9, fixed=True)
    ('$6.35 billion', '−$240 million', '$3.9 billion', '$3.90 billion')
    """
    return _scaled(value, "$", "", fixed)


def count(value: float | None, unit: str = "") -> str:
    """Write a count.

    Examples
    --------
    >>> count(3_900_000, "tonnes")
    '3.9 million tonnes'
    """
    return _scaled(value, "", f" {unit}" if unit else "")


def _scaled(value: float | None, prefix: str, suffix: str, fixed: bool = False) -> str:
    if value is None or pd.isna(value):
        return MISSING
    sign = "−" if value < 0 else ""
    size = abs(value)
    for factor, word in _SCALES:
        # Compare the rounded number: 999.9996 million is written as 1 billion.
        if float(f"{size:.3g}") >= factor:
            return f"{sign}{prefix}{_three_digits(size / factor, fixed)}{word}{suffix}"
    return f"{sign if round(size) else ''}{prefix}{round(size):,}{suffix}"


def _three_digits(value: float, fixed: bool) -> str:
    """Write three significant digits without an exponent, trailing zeros only where fixed."""
    rounded = float(f"{value:.3g}")
    decimals = 2 if rounded < 10 else 1 if rounded < 100 else 0
    text = f"{rounded:,.{decimals}f}"
    if "." in text and not fixed:
        return text.rstrip("0").rstrip(".")
    return text


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share (0 to 1) as a percentage.

    Examples
    --------
    >>> percent(0.045), percent(None)
    ('4.5%', 'not available')
    """
    if share is None or pd.isna(share):
        return MISSING
    return _minus(f"{100 * share:.{digits}f}%")


def number(value: float | None, digits: int = 2) -> str:
    """Write a number with a fixed number of decimals.

    Examples
    --------
    >>> number(-1234.5, 1)
    '−1,234.5'
    """
    if value is None or pd.isna(value):
        return MISSING
    return _minus(f"{value:,.{digits}f}")


def significant(value: float, digits: int = 5, plus: bool = False) -> str:
    """Write a number with so many significant digits, enough to follow a rule by hand.

    Parameters
    ----------
    value
        Whole numbers are written in full.
    plus
        Write a plus sign before numbers above zero.

    Examples
    --------
    >>> significant(6.3481912), significant(25764), significant(0.5, plus=True)
    ('6.3482', '25,764', '+0.5')
    """
    if float(value).is_integer() and abs(value) < 1e15:
        text = f"{int(value):,}"
    else:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return ("+" if plus and value > 0 else "") + _minus(text)


def _minus(text: str) -> str:
    """Write the minus sign of a number, unless the number is zero as written."""
    return text.replace("-", "−" if re.search("[1-9]", text) else "")


def growth(now: float, before: float) -> str:
    """Write a change as a rate, to be followed by what it is measured on.

    Examples
    --------
    >>> growth(3.9, 3.0)
    '+30.0% on'
    """
    return f"{_signed(100 * (now / before - 1))}% on"


def points(now: float, before: float) -> str:
    """Write the change of a share (0 to 1) in percentage points.

    Examples
    --------
    >>> points(0.25, 0.30)
    '−5.0 points on'
    """
    return f"{_signed(100 * (now - before))} points on"


def change(now: float, before: float) -> str:
    """Write the change of an index or a rate in its own unit.

    Examples
    --------
    >>> change(0.52, 0.5)
    '+0.02 on'
    """
    return f"{_signed(now - before, 2)} on"


def place_before(_: float, before: float) -> str:
    """Write an earlier rank.

    Examples
    --------
    >>> place_before(5, 8)
    '8th in'
    """
    return f"{ordinal(int(before))} in"


def _signed(value: float, digits: int = 1) -> str:
    return _minus(f"{value:+.{digits}f}".replace("+", "+" if round(value, digits) else ""))


def ordinal(rank: int | None) -> str:
    """Write a rank.

    Examples
    --------
    >>> ordinal(4), ordinal(11), ordinal(22)
    ('4th', '11th', '22nd')
    """
    if rank is None or pd.isna(rank):
        return MISSING
    suffix = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{suffix}"


def listed(parts: Iterable[str]) -> str:
    """Join texts to a list in a sentence.

    Examples
    --------
    >>> listed(["Kazakh", "Uzbek", "Turkish"]), listed(["Kazakh"])
    ('Kazakh, Uzbek and Turkish', 'Kazakh')
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def capital(text: str) -> str:
    """Write the first letter in upper case and leave the others as they are.

    Examples
    --------
    >>> capital("the Netherlands")
    'The Netherlands'
    """
    return text[:1].upper() + text[1:]


def years(first: int, last: int) -> str:
    """Write a period.

    Examples
    --------
    >>> years(1995, 2023), years(2020, 2020)
    ('1995–2023', '2020')
    """
    return f"{first}–{last}" if first < last else f"{first}"


def country_in_sentence(iso3: str) -> str:
    """Write the name of a country with the article it takes in a sentence.

    Examples
    --------
    >>> country_in_sentence("USA"), country_in_sentence("KAZ")
    ('the United States', 'Kazakhstan')
    """
    name = countries.name(iso3)
    takes_article = name.startswith("United ") or name in ("Netherlands", "Philippines")
    return f"the {name}" if takes_article else name
