"""The rules that decide on a value. Each rule is a model that decides itself.

The docstring of a rule is its text: the schema and the page of the statements print it from here.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, Literal, TypeAlias, get_args

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from turkic_ties import countries, data
from turkic_ties.claims.written import Written
from turkic_ties.words import ordinal, significant

Series: TypeAlias = "pd.Series[Any]"
Value: TypeAlias = "float | str | Series | None"

# Of fewer points the test hardly ever rejects, however clear the direction.
TREND_POINTS = 8
TREND_P = 0.05

MARGIN = 0.5
"""A rule fails by a wide margin when the value misses by more than this share of what is stated."""

WINDOW = 5
"""Years of a window of arms transfers, and placements of a pair of windows that are compared."""

ISO_DATE = r"\d{4}(-\d\d(-\d\d)?)?"


class ClaimError(data.DataError):
    """A registry that cannot be read or evaluated; the message is one line for the user."""


class Form(BaseModel):
    """A part of the form of a registry: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Stated(Form):
    """What the article says, as far as it is a figure or a date."""

    value: float | int | str
    unit: str = ""
    precision: int | None = Field(
        None, ge=0, le=12, description="Decimals; those of the number as written when left out."
    )

    @model_validator(mode="before")
    @classmethod
    def _take_precision_from_the_number(cls, content: Any) -> Any:
        if not isinstance(content, Mapping) or content.get("precision") is not None:
            return content
        value = content.get("value")
        if isinstance(value, Written):
            return {**content, "precision": value.decimals}
        if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value):
            return {**content, "precision": Written.from_text(value).decimals}
        return content

    @model_validator(mode="after")
    def _is_not_changed_by_its_precision(self) -> Stated:
        if self.precision is None or isinstance(self.value, str):
            return self
        if float(round_half_up(self.value, self.precision)) != self.value:
            raise ValueError(f"{self.value} has more decimals than its precision {self.precision}")
        return self


@dataclass(frozen=True)
class RuleResult:
    """Whether a rule holds, and the rule in words with its numbers.

    Attributes
    ----------
    holds
        None when there are no data to decide on.
    words
        The rule with its numbers.
    wide
        It does not hold, by a wide margin: see `MARGIN`.
    weak
        Why it holds on weak evidence; empty when it does not.
    """

    holds: bool | None
    words: str
    wide: bool = False
    weak: str = ""


class SingleRule(Form):
    """A rule that decides on what was computed."""

    @abstractmethod
    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Decide on a value that is not missing.

        Raises
        ------
        ValueError
            When the rule needs a value of another kind, or a stated value that is not there.
        """


class StatedRule(SingleRule):
    """A rule that compares with the stated value."""

    value: float | None = Field(None, description="The stated value of the part when left out.")

    def wanted(self, stated: Stated | None) -> float:
        """Give the value to compare with."""
        return _number(_stated(stated)) if self.value is None else self.value


class RoundsTo(StatedRule):
    """Rounded half up at the precision of the stated value, the value is the stated one."""

    decimals: int | None = Field(
        None, ge=-9, le=12, description="The stated precision of the part when left out."
    )

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare the rounded values."""
        single = _single(value)
        goal = self.wanted(stated)
        decimals = self._decimals(goal, stated)
        rounded = round_half_up(single, decimals)
        wanted = round_half_up(goal, decimals)
        unit = "decimal" if decimals == 1 else "decimals"
        places = f"at {decimals} {unit}" if decimals else "to a whole number"
        missed = "" if rounded == wanted else f", not to {_minus(f'{wanted:,}')}"
        text = f"{significant(single)} rounds to {_minus(f'{rounded:,}')}{missed} {places}"
        wide = _is_wide(abs(single - goal), goal)
        return RuleResult(rounded == wanted, text, wide)

    def _decimals(self, goal: float, stated: Stated | None) -> int:
        if self.decimals is not None:
            return self.decimals
        if self.value is None and stated is not None and stated.precision is not None:
            return stated.precision
        return Written.from_text(str(goal)).decimals if goal % 1 else 0


class Within(StatedRule):
    """The value is within a share of the stated one, or an amount, of it; the edge is inside."""

    relative: float | None = Field(
        None, ge=0, lt=1, description="Share of the stated value, 0.05 is five percent."
    )
    absolute: float | None = Field(None, ge=0, description="In the unit of the value.")

    @model_validator(mode="after")
    def _is_one_tolerance(self) -> Within:
        if (self.relative is None) == (self.absolute is None):
            raise ValueError("within takes either 'relative' or 'absolute'")
        return self

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare the difference with the tolerance, in decimal arithmetic."""
        single = _single(value)
        wanted = self.wanted(stated)
        gap = abs(_decimal(single) - _decimal(wanted))
        if self.relative is None:
            allowed = _decimal(self.absolute or 0)
            tolerance = significant(float(allowed))
        else:
            allowed = _decimal(self.relative * abs(wanted))
            tolerance = f"{significant(float(allowed))} ({significant(100 * self.relative)}%)"
        negation = "" if gap <= allowed else "not "
        text = f"{significant(single)} is {negation}within {tolerance} of {significant(wanted)}"
        difference = f"the difference is {significant(float(gap))}"
        wide = gap > allowed and _is_wide(float(gap), wanted)
        return RuleResult(gap <= allowed, f"{text}, {difference}", wide)


class AtLeast(StatedRule):
    """The value is the stated one or larger."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare with the smallest value that holds."""
        single = _single(value)
        bound = self.wanted(stated)
        relation = "at least" if single >= bound else "below"
        text = f"{significant(single)} is {relation} {significant(bound)}"
        return RuleResult(single >= bound, text, _is_wide(bound - single, bound))


class AtMost(StatedRule):
    """The value is the stated one or smaller."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare with the largest value that holds."""
        single = _single(value)
        bound = self.wanted(stated)
        relation = "at most" if single <= bound else "above"
        text = f"{significant(single)} is {relation} {significant(bound)}"
        return RuleResult(single <= bound, text, _is_wide(single - bound, bound))


class RankEquals(StatedRule):
    """The value is the stated rank or number; equal values share the better rank."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare with the stated rank."""
        single = _single(value)
        wanted = self.wanted(stated)
        relation = "equals" if single == wanted else "is not"
        text = f"{significant(single)} {relation} {significant(wanted)}"
        return RuleResult(single == wanted, text, _is_wide(abs(single - wanted), wanted))


class Place(SingleRule):
    """The place of one among several labelled values; equal values share the better place."""

    of: str = Field(description="The label that is looked for, such as KAZ.")
    largest_first: bool = True
    at_most: int = Field(ge=1, description="The last place with which the rule holds.")

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Rank the values; missing ones take no place."""
        known = _labelled(value).dropna()
        if self.of not in known.index or len(known) < 2:
            missing = f"there is no value for {label(self.of)}, or none to compare it with"
            return RuleResult(None, missing)
        own = known[self.of]
        better = (known > own) if self.largest_first else (known < own)
        rank = 1 + int(better.sum())
        tie = " (shared)" if int((known == own).sum()) > 1 else ""
        order = "largest" if self.largest_first else "smallest"
        ranked = known.sort_values(ascending=not self.largest_first, kind="stable")
        wanted = f"{ordinal(self.at_most)} or better" if self.at_most > 1 else ordinal(1)
        text = f"{label(self.of)} is {ordinal(rank)}{tie} of {len(known)}, the {order} first"
        listed = f"({list_values(ranked)}); the rule requires {wanted}"
        wide = _is_wide(rank - self.at_most, self.at_most)
        return RuleResult(rank <= self.at_most, f"{text} {listed}", wide)

    @property
    def labels(self) -> list[str]:
        """The labels that the rule speaks of."""
        return [self.of]


class Trend(SingleRule):
    """A series rises or falls, by a least size where one is given.

    A trend of 8 or more points needs a Theil–Sen slope (the median slope of all pairs of points)
    of that sign and a Mann–Kendall test with p of at most 0.05; of fewer points, the difference
    from the first to the last decides.

    References
    ----------
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. JASA 63,
    1379-1389. Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13, 245-259.
    """

    direction: Literal["rising", "falling"]
    at_least: float = Field(
        0.0, ge=0, description="Least slope per year, or least difference of few points."
    )

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Test the trend, or compare the first with the last of few points."""
        known = _in_time(value)
        if len(known) < 2:
            return RuleResult(None, "a trend needs two points")
        if len(known) >= TREND_POINTS:
            return self._tested(known)
        return self._difference(known)

    def _tested(self, known: Series) -> RuleResult:
        from scipy import stats  # imports for half a second, which most commands do not need

        times = known.index.to_numpy("float64")
        slope = float(stats.theilslopes(known.to_numpy(), times).slope)
        p = mann_kendall(known)
        size = f"Theil–Sen slope {significant(slope, plus=True)} a year"
        period = f"from {known.index[0]} to {known.index[-1]} ({len(known)} points)"
        holds = self._is_met(slope) and p <= TREND_P
        text = f"{size} {period}, Mann–Kendall p = {p:.2g}: {self._direction(holds)}"
        return RuleResult(holds, text, wide=p <= TREND_P and self._directed(slope) < 0)

    def _difference(self, known: Series) -> RuleResult:
        first = float(known.iloc[0])
        last = float(known.iloc[-1])
        holds = self._is_met(last - first)
        ends = f"{significant(first)} to {significant(last)}"
        period = f"from {known.index[0]} to {known.index[-1]}"
        difference = f"a difference of {significant(last - first, plus=True)}"
        points = f"({len(known)} points, no test)"
        text = f"{ends} {period}, {difference}: {self._direction(holds)} {points}"
        return RuleResult(holds, text, _is_wide(-self._directed(last - first), first))

    def _directed(self, change: float) -> float:
        return change if self.direction == "rising" else -change

    def _is_met(self, change: float) -> bool:
        return 0 < self._directed(change) >= self.at_least

    def _direction(self, holds: bool) -> str:
        size = f" by at least {significant(self.at_least)}" if self.at_least else ""
        return f"{'' if holds else 'not '}{self.direction}{size}"


class WindowTrend(SingleRule):
    """A share of windows of 5 years rises or falls, wherever the windows are placed.

    Each window is compared with the one that ends 5 years later, so that the two do not overlap;
    compared are the 5 placements whose later window ends last. The rule holds when most placements
    have the direction; when not all have it, it holds on weak evidence.
    """

    direction: Literal["rising", "falling"]

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare every window with the one before it."""
        known = _in_time(value)
        ends = [end for end in known.index if end - WINDOW in known.index][-WINDOW:]
        if not ends:
            return RuleResult(None, f"two windows {WINDOW} years apart are needed")
        changes = [float(known[end] - known[end - WINDOW]) for end in ends]
        fit = sum(change > 0 if self.direction == "rising" else change < 0 for change in changes)
        holds = 2 * fit > len(ends)
        always = fit == len(ends)
        pairs = [(end - WINDOW, end) for end in ends]
        printed = [
            f"{significant(known[first])} ({first}) to {significant(known[last])} ({last})"
            for first, last in pairs
        ]
        text = f"{self.direction} in {fit} of {len(ends)} placements of the windows"
        weak = f"the direction is {text}" if holds and not always else ""
        return RuleResult(
            holds, f"{text}, by their last years: {', '.join(printed)}", fit == 0, weak
        )


class DateEquals(SingleRule):
    """The date is the stated one, at the precision of the stated date."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare the dates; one less precise than the stated one can only contradict it."""
        day = str(int(value)) if isinstance(value, float) else str(value)
        wanted = str(_stated(stated))
        if not re.fullmatch(ISO_DATE, wanted):
            raise ValueError(f"write the stated date {wanted!r} as 2024, 2024-05 or 2024-05-02")
        if len(day) < len(wanted) and wanted.startswith(day):
            return RuleResult(None, f"{day} is less precise than {wanted}")
        holds = day.startswith(wanted)
        text = f"{day} {'is' if holds else 'is not'} {wanted}"
        precision = " at the stated precision" if len(day) >= len(wanted) else ""
        return RuleResult(holds, text + precision)


class IntervalsRegular(StatedRule):
    """Every interval is the stated one, give or take a tolerance."""

    tolerance: float = Field(0.0, ge=0)

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Count the intervals that fit."""
        lengths = [float(length) for length in _labelled(value)]
        if not lengths:
            return RuleResult(None, "there is no interval")
        wanted = self.wanted(stated)
        fit = sum(abs(length - wanted) <= self.tolerance for length in lengths)
        give = f", give or take {significant(self.tolerance)}" if self.tolerance else ""
        printed = ", ".join(map(significant, lengths))
        text = f"{fit} of {len(lengths)} intervals are {significant(wanted)}{give} ({printed})"
        return RuleResult(fit == len(lengths), text, wide=fit < MARGIN * len(lengths))


class ShareAboveHalf(SingleRule):
    """The share (0 to 1) is more than a half; a half is not."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare with a half."""
        share = _single(value)
        relation = "above" if share > 0.5 else "not above"
        text = f"{significant(100 * share)}% is {relation} a half"
        return RuleResult(share > 0.5, text, _is_wide(0.5 - share, 0.5))


class Ordering(RootModel[list[str]]):
    """The values are strictly smaller from each of these labels to the next."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Compare each value with the next."""
        known = _labelled(value).dropna()
        if missing := [name for name in self.root if name not in known.index]:
            return RuleResult(None, f"there is no value for {', '.join(map(label, missing))}")
        chosen = known[self.root]
        holds = all(left > right for left, right in pairwise(chosen))
        verdict = "each is larger than the next" if holds else "not in falling order"
        wide = any(left < MARGIN * right for left, right in pairwise(chosen))
        return RuleResult(holds, f"{list_values(chosen, separator=' ')}: {verdict}", wide)

    @property
    def labels(self) -> list[str]:
        """The labels that the rule speaks of."""
        return self.root


class AllOf(RootModel["list[Rule]"]):
    """All of several rules hold; one that does not decides, even where another has no data."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Combine the rules."""
        results = [rule.decide(value, stated) for rule in self.root]
        holds = [result.holds for result in results]
        whole = False if False in holds else None if None in holds else True
        return _joined(results, whole, "and")


class AnyOf(RootModel["list[Rule]"]):
    """One of several rules holds, even where another has no data."""

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Combine the rules."""
        results = [rule.decide(value, stated) for rule in self.root]
        holds = [result.holds for result in results]
        whole = True if True in holds else None if None in holds else False
        return _joined(results, whole, "or")


def _joined(results: Sequence[RuleResult], holds: bool | None, word: str) -> RuleResult:
    """Join results; the whole fails by a wide margin when every rule that fails does."""
    words = f"; {word} ".join(result.words for result in results)
    failed = [result.wide for result in results if result.holds is False]
    return RuleResult(holds, words, wide=holds is False and all(failed))


class Rule(Form):
    """How a value decides: exactly one of these."""

    rounds_to: RoundsTo | None = None
    within: Within | None = None
    at_least: AtLeast | None = None
    at_most: AtMost | None = None
    rank_equals: RankEquals | None = None
    place: Place | None = None
    ordering: Ordering | None = None
    trend: Trend | None = None
    window_trend: WindowTrend | None = None
    date_equals: DateEquals | None = None
    intervals_regular: IntervalsRegular | None = None
    share_above_half: ShareAboveHalf | None = None
    all_of: AllOf | None = None
    any_of: AnyOf | None = None

    @model_validator(mode="after")
    def _is_one_rule(self) -> Rule:
        if len(self._given()) != 1:
            raise ValueError("a rule names exactly one of rounds_to, within, at_least, …")
        return self

    def _given(self) -> list[str]:
        return [name for name in type(self).model_fields if getattr(self, name) is not None]

    def labels(self) -> list[str]:
        """List the labels that the rule, or a rule inside it, speaks of."""
        [name] = self._given()
        rule = getattr(self, name)
        if name in ("all_of", "any_of"):
            return [label for inner in rule.root for label in inner.labels()]
        return list(getattr(rule, "labels", ()))

    def decide(self, value: Value, stated: Stated | None = None) -> RuleResult:
        """Decide on a value.

        Raises
        ------
        ClaimError
            When the rule needs a stated value and there is none, or a value of another kind.
        """
        if value is None:
            return RuleResult(None, "no data")
        [name] = self._given()
        try:
            result: RuleResult = getattr(self, name).decide(value, stated)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ClaimError(f"the rule {name} cannot decide: {error}.") from error
        return result


def rule_texts() -> dict[str, str]:
    """Give the text of every rule by its name, as the page of the statements prints it."""
    texts = {}
    for name, field in Rule.model_fields.items():
        text = str(get_args(field.annotation)[0].__doc__)
        texts[name] = " ".join(text.partition("References")[0].split())
    return texts


def mann_kendall(values: Series) -> float:
    """Give the two-sided p of the Mann–Kendall test: Kendall's tau of values and their order.

    References
    ----------
    Kendall, M. G. (1938). A new measure of rank correlation. Biometrika 30, 81-93.
    """
    if values.nunique() < 2:
        return 1.0
    from scipy import stats

    return float(stats.kendalltau(range(len(values)), values.to_numpy()).pvalue)


def round_half_up(value: float, decimals: int) -> Decimal:
    """Round half up in decimal arithmetic.

    Examples
    --------
    >>> round_half_up(5.95, 1)
    Decimal('6.0')
    """
    with localcontext(prec=400):  # room for the largest float
        return _decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def label(code: Any) -> str:
    """Write the code of a country as its name, anything else as it is."""
    text = str(code)
    return countries.name(text) if countries.is_code(text) else text


def near(word: Any, known: Iterable[Any]) -> str:
    """Name the known words that are most like a mistyped one, for an error; empty if none is."""
    names = sorted({str(name) for name in known})
    by_lower = {name.lower(): name for name in names}
    codes = [name for name in names if label(name).lower() == str(word).lower()]
    alike = get_close_matches(str(word).lower(), by_lower, n=3, cutoff=0.6)
    found = list(dict.fromkeys([*codes, *(by_lower[name] for name in alike)]))
    return f"; near: {', '.join(found)}" if found else ""


def list_values(values: Series, separator: str = ": ") -> str:
    """Write labelled numbers, such as ``Kazakhstan: 5, Türkiye: 3``."""
    return ", ".join(
        f"{label(name)}{separator}{significant(float(value))}" for name, value in values.items()
    )


def _decimal(value: float) -> Decimal:
    # Twelve digits drop what the division by a billion leaves in binary.
    return Decimal(f"{value:.12g}")


def _is_wide(miss: float, stated: float) -> bool:
    """Tell whether a miss is wide; nothing is measured against a stated 0."""
    return stated != 0 and miss > MARGIN * abs(stated)


def _in_time(value: Value) -> Series:
    """Sort a series by time; a time with two values is an error."""
    known = _labelled(value).dropna().astype("float64").sort_index()
    repeated = known.index[known.index.duplicated()]
    if len(repeated):
        raise ValueError(f"{repeated[0]} has two values; choose one with 'where'")
    return known


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _stated(stated: Stated | None) -> float | str:
    if stated is None:
        raise ValueError("the part states no value")
    return stated.value


def _single(value: Value) -> float:
    if isinstance(value, pd.Series):
        raise ValueError("it takes one value; choose one row, or 'take' one")
    return _number(value)


def _number(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a number, written as 1.7") from None


def _labelled(value: Value) -> Series:
    if not isinstance(value, pd.Series):
        raise ValueError("it takes several labelled values; name the column 'over' which they go")
    return value
