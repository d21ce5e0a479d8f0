"""The registry of an article's statements: what each says, what is computed, which rule decides, and the verdict.

A registry is a file (``data/claims.yml``) of **claims**. A claim has one or more **parts**; a part has **readings**,
the legitimate ways of reading it. A reading computes a value from the tables and puts it to a **rule**. The first
reading is the *principal* one: what the words say when taken plainly, in the country's own books where books differ.
No verdict is decided by hand; the same rules of combination apply to every statement:

Readings to part
    All readings hold: *supported*. The principal one holds and another does not, or what it rests on is weak:
    *supported with caveat*. Only others hold: *imprecise*. None holds: *contradicted*. A reading without data is named
    and does not count; if the principal one has no data the part is *not checkable with open data*. A further reading
    may be softer than the principal one (the usual interval for every interval, less than others for equal): that
    something of that kind holds is what *imprecise* tells.
Weak
    The principal reading rests on a figure that the table itself marks: evidence of grade C, confidence below high, an
    estimate, an approximate or interpolated figure. A figure is not left out of it for being weak.
Two times
    The verdict follows from the readings ``as_of: article``: figures about times up to the article's date, in the
    edition of the table that the project holds. Readings ``as_of: newest`` are told apart. Only where a part speaks of
    the present (``present: true``), held, and the newest readings do not hold any more is it *outdated*.
Undecided parts
    *Not checkable with open data*: no figure in the tables for what is stated, its period and its place (at most five
    years older), or only statements that contradict each other. *Not rated*: forecasts, causes, opinions, and words of
    degree without a threshold (significant, important). What is computed for them is the nearest evidence, with its
    distance, and decides nothing.
Parts to whole
    Undecided parts do not count, but with one the whole is at most *supported with caveat*; with nothing else it is
    what they are. All decided parts contradicted: *contradicted*; some: *imprecise*. Else any part imprecise:
    *imprecise*; else any outdated: *outdated*; else any with a caveat: *supported with caveat*; else *supported*.

The **guard**: ``verdict`` and ``reviewed`` are what a person signed. `check` compares them with what comes out now.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from turkic_ties import countries, data


class Verdict(StrEnum):
    """What comes out; `VERDICTS` says when."""

    SUPPORTED = "supported"
    CAVEAT = "supported with caveat"
    IMPRECISE = "imprecise"
    CONTRADICTED = "contradicted"
    OUTDATED = "outdated"
    NOT_CHECKABLE = "not checkable with open data"
    NOT_RATED = "not rated"


VERDICTS = {
    Verdict.SUPPORTED: "All readings hold.",
    Verdict.CAVEAT: "The principal reading holds, but another does not, or it is weak, or a part is undecided.",
    Verdict.IMPRECISE: "The principal reading does not hold but another does, or some parts hold and others do not.",
    Verdict.CONTRADICTED: "No reading holds.",
    Verdict.OUTDATED: "Held at the article's date, speaks of the present, and does not hold with the newest figures.",
    Verdict.NOT_CHECKABLE: "The tables hold no figure for it, or only statements that contradict each other.",
    Verdict.NOT_RATED: "A forecast, a cause, an opinion or a word of degree without a threshold.",
}

Undecided: TypeAlias = Literal[Verdict.NOT_CHECKABLE, Verdict.NOT_RATED]
Topic: TypeAlias = Literal["trade", "defense", "language_policy", "demographics"]
Series: TypeAlias = "pd.Series[Any]"
Value: TypeAlias = "float | str | Series | None"

# From this many points on a trend is tested (Theil-Sen, Mann-Kendall); with fewer, no test could tell anything.
TREND_POINTS = 8
TREND_P = 0.05
LISTED = 7  # values of a series that stand in one line


class ClaimError(data.DataError):
    """A registry that cannot be read or evaluated; the message is one line for the user."""


# -- the registry -----------------------------------------------------------------------------------------------


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RoundsTo(_Model):
    """Rounded half up to so many decimals, the value is the stated one."""

    value: float | None = Field(None, description="The stated value of the part when left out.")
    decimals: int | None = Field(
        None, description="The stated precision of the part when left out."
    )


class Within(_Model):
    """The value differs from the stated one by no more than a part of it, or by no more than an amount."""

    value: float | None = None
    relative: float | None = Field(
        None, description="Share of the stated value, 0.05 is five percent."
    )
    absolute: float | None = Field(None, description="In the unit of the value.")

    @model_validator(mode="after")
    def _is_one_tolerance(self) -> Within:
        if (self.relative is None) == (self.absolute is None):
            raise ValueError("within takes either 'relative' or 'absolute'")
        return self


class Bound(_Model):
    """A smallest or largest value; the stated one when left out."""

    value: float | None = None


class Place(_Model):
    """The place of one among several labelled values; equals share the better place."""

    of: str = Field(description="The label that is looked for, such as KAZ.")
    largest_first: bool = True
    at_most: int = Field(description="The last place with which the rule holds.")


class Trend(_Model):
    """The direction of a series, and if wanted its least size."""

    direction: Literal["rising", "falling"]
    at_least: float = Field(
        0.0, description="Least size of the change a year (tested) or from first to last (not)."
    )


class Intervals(_Model):
    """Every interval is the stated one, give or take a tolerance."""

    value: float | None = None
    tolerance: float = 0.0


class Nothing(_Model):
    """A rule without parameters."""


class Rule(_Model):
    """How a value decides: exactly one of these."""

    rounds_to: RoundsTo | None = None
    within: Within | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    rank_equals: Bound | None = None
    place: Place | None = None
    ordering: list[str] | None = Field(
        None, description="Labels from the largest value to the smallest."
    )
    trend: Trend | None = None
    date_equals: Nothing | None = Field(None, description="At the precision of the stated date.")
    intervals_regular: Intervals | None = None
    share_above_half: Nothing | None = None
    all_of: list[Rule] | None = None
    any_of: list[Rule] | None = None

    @model_validator(mode="after")
    def _is_one_rule(self) -> Rule:
        if len(self.named()) != 1:
            raise ValueError("a rule names exactly one of rounds_to, within, at_least, …")
        return self

    def named(self) -> list[str]:
        """List the rules that are given."""
        return [name for name in type(self).model_fields if getattr(self, name) is not None]


class Calculation(_Model):
    """Where a value comes from: a measure or a table, the rows and the column taken."""

    measure: str | None = Field(
        None, description="Dotted name of a measure, such as trade.bilateral."
    )
    table: str | None = Field(
        None, description="Address of a table read as it is, such as defense/events."
    )
    arguments: dict[str, Any] = Field(
        default_factory=dict,
        description="Tables, country and partner are given by name; an argument may itself be a calculation.",
    )
    for_each: dict[str, list[Any]] = Field(
        default_factory=dict,
        description="One argument that takes several values; the result is labelled by them.",
    )
    where: dict[str, Any] = Field(
        default_factory=dict,
        description="Rows: a value, a list of values, or {from, to}, both included.",
    )
    column: str | None = Field(None, description="The column (or attribute) with the value.")
    over: str | None = Field(
        None, description="A column that labels several rows: years, countries."
    )
    take: Literal[
        "only", "count", "first", "last", "sum", "median", "smallest", "largest", "spread"
    ] = "only"
    scale: float = 1.0
    absolute: bool = Field(False, description="Take the distance from zero.")

    @model_validator(mode="after")
    def _has_one_origin(self) -> Calculation:
        if (self.measure is None) == (self.table is None):
            raise ValueError("a calculation names either a 'measure' or a 'table'")
        if len(self.for_each) > 1:
            raise ValueError("for_each takes one argument")
        return self


class Reading(_Model):
    """One way of reading a statement; without a rule it is evidence that stands beside."""

    name: str
    compute: Calculation
    unit: str = ""
    rule: Rule | None = None
    as_of: Literal["article", "newest"] = "article"
    distance: str | None = Field(
        None, description="For the nearest evidence: how it differs from what is stated."
    )


class Stated(_Model):
    """What the article says, as far as it is a figure or a date."""

    value: float | int | str
    unit: str = ""
    precision: int | None = Field(None, description="Decimals of a number.")


class NoDecision(_Model):
    """Why a part has no verdict of its own, and what would give it one."""

    verdict: Undecided
    reason: str
    would_decide: str
    held_by: str


class Part(_Model):
    """One assertion of a statement."""

    statement: str | None = Field(
        None, description="Left out when the claim is a single assertion."
    )
    stated: Stated | None = None
    present: bool = Field(False, description="Speaks of the present of the article.")
    readings: list[Reading] = Field(
        default_factory=list, description="The first is the principal one."
    )
    beside: list[Reading] = Field(
        default_factory=list, description="Evidence that decides nothing."
    )
    undecided: NoDecision | None = None

    @model_validator(mode="after")
    def _decides_or_says_why(self) -> Part:
        if (self.undecided is None) == (not self.readings):
            raise ValueError(
                "a part has either 'readings' or 'undecided'; what decides nothing is 'beside'"
            )
        if any(reading.rule is None for reading in self.readings):
            raise ValueError("every reading needs a rule; put evidence without one under 'beside'")
        if self.readings and self.readings[0].as_of != "article":
            raise ValueError("the first reading is the principal one and is 'as_of: article'")
        return self


class Signed(_Model):
    """One line of the history of a verdict."""

    date: date
    verdict: Verdict
    note: str


class Shown(_Model):
    """The section of a report that shows the evidence."""

    topic: Topic
    id: str = Field(description="Id of a figure or table of that report.")


class Locator(_Model):
    """Where the article says it."""

    section: str
    paragraph: int = Field(
        ge=1, description="Counted through the whole text, headings and standfirst left out."
    )
    sentence: int = Field(ge=1, description="In the paragraph.")

    def __str__(self) -> str:
        return f"{self.section}, paragraph {self.paragraph}, sentence {self.sentence}"


class Claim(_Model):
    """One statement of the article."""

    id: str
    topic: Topic
    statement: str = Field(description="In our own words.")
    locator: Locator
    kind: Literal[
        "level",
        "change",
        "share",
        "rank",
        "date",
        "trend",
        "existence",
        "causal",
        "opinion",
        "forecast",
    ]
    parts: list[Part] = Field(min_length=1)
    caveats: list[str] = Field(default_factory=list)
    shown_in: Shown | None = None
    verdict: Verdict
    reviewed: date
    history: list[Signed] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_signed(self) -> Claim:
        last = self.history[-1]
        if (last.verdict, last.date) != (self.verdict, self.reviewed):
            raise ValueError(
                f"{self.id}: the last line of the history must be the verdict and its date"
            )
        if len(self.parts) > 1 and any(part.statement is None for part in self.parts):
            raise ValueError(f"{self.id}: each of several parts needs its statement")
        return self


class Article(_Model):
    """What is put to the test."""

    author: str
    title: str
    outlet: str | None
    date: date
    url: str | None
    country: str = Field(description="ISO3 code of the country the article is about.")
    partner: str = Field(description="ISO3 code of the other side.")


class _Head(BaseModel):
    """What stands before the statements, whatever else there is."""

    article: Article


class Registry(_Model):
    """An article and its statements."""

    article: Article
    thresholds: list[str] = Field(
        default_factory=list,
        description="Where the article gives a word and no figure: when it counts as met.",
    )
    claims: list[Claim]

    @model_validator(mode="after")
    def _has_unique_ids(self) -> Registry:
        ids = [claim.id for claim in self.claims]
        if twice := sorted({id for id in ids if ids.count(id) > 1}):
            raise ValueError(f"the id {twice[0]} stands twice")
        return self


def load(path: Path | None = None) -> Registry:
    """Read a registry.

    Parameters
    ----------
    path
        A YAML file; None for ``data/claims.yml``.

    Raises
    ------
    ClaimError
        When the file is missing, is not YAML, or does not have the form of the schema; the message names the place.
    """
    return _read(Registry, path)


def article(path: Path | None = None) -> Article:
    """Read which article a registry is about, without its statements, which take nearly all the time.

    Parameters and errors are those of `load`.
    """
    return _read(_Head, path, without=r"^claims:.*?(?=^\w|\Z)").article


_Form = TypeVar("_Form", bound=BaseModel)


def _read(form: type[_Form], path: Path | None, without: str | None = None) -> _Form:
    path = countries.data_directory() / "claims.yml" if path is None else path
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ClaimError(f"{path} is missing: name a registry of statements.") from None
    try:
        content = (
            re.sub(without, "claims:\n", content, flags=re.MULTILINE | re.DOTALL)
            if without
            else content
        )
        return form.model_validate(
            yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        )
    except yaml.YAMLError as error:
        raise ClaimError(
            f"{path} is not valid YAML: {' '.join(str(error).split())}. Mend that line."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " / ".join(str(step) for step in first["loc"]) or "the registry"
        raise ClaimError(
            f"{path}, {place}: {first['msg']}. See claims.schema.json for the form."
        ) from error


def schema() -> str:
    """Return the JSON schema of a registry, as ``data/claims.schema.json`` holds it."""
    return json.dumps(Registry.model_json_schema(), ensure_ascii=False, indent=1) + "\n"


# -- rules ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """Whether a rule holds (None where there is nothing to decide on), and the rule in words with its numbers."""

    holds: bool | None
    words: str


def round_half_up(value: float, decimals: int) -> Decimal:
    """Round as people do: 5.95 to one decimal is 6.0, whatever its binary form."""
    written = Decimal(
        f"{value:.12g}"
    )  # twelve digits remove what the division by a billion leaves behind
    return written.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def rounds_to(value: float, stated: float, decimals: int) -> Outcome:
    """Compare a value, rounded half up, with the stated one."""
    rounded, wanted = round_half_up(value, decimals), round_half_up(stated, decimals)
    places = (
        f"at {decimals} {'decimal' if decimals == 1 else 'decimals'}"
        if decimals
        else "to a whole number"
    )
    missed = "" if rounded == wanted else f", not to {_sign(f'{wanted:,}')}"
    return Outcome(
        rounded == wanted, f"{number(value)} rounds to {_sign(f'{rounded:,}')}{missed} {places}"
    )


def within(
    value: float, stated: float, relative: float | None = None, absolute: float | None = None
) -> Outcome:
    """Compare a value with the stated one and a tolerance, relative to the stated value or absolute."""
    gap = abs(Decimal(f"{value:.12g}") - Decimal(f"{stated:.12g}"))
    allowed = Decimal(f"{absolute if absolute is not None else (relative or 0) * abs(stated):.12g}")
    band = (
        f"{number(float(allowed))}"
        if relative is None
        else f"{number(float(allowed))} ({number(100 * relative)}%)"
    )
    holds = gap <= allowed
    text = f"{number(value)} is {'' if holds else 'not '}within {band} of {number(stated)}"
    return Outcome(holds, f"{text}, the difference is {number(float(gap))}")


def at_least(value: float, bound: float) -> Outcome:
    """Compare a value with a smallest one, which itself holds."""
    holds = value >= bound
    return Outcome(holds, f"{number(value)} is {'at least' if holds else 'below'} {number(bound)}")


def at_most(value: float, bound: float) -> Outcome:
    """Compare a value with a largest one, which itself holds."""
    holds = value <= bound
    return Outcome(holds, f"{number(value)} is {'at most' if holds else 'above'} {number(bound)}")


def rank_equals(rank: float, stated: float) -> Outcome:
    """Compare a rank with the stated one; a shared rank is the better one, as the measures give it."""
    return Outcome(
        rank == stated,
        f"{number(rank)} {'equals' if rank == stated else 'is not'} {number(stated)}",
    )


def place(values: Series, of: str, at_most: int, largest_first: bool = True) -> Outcome:
    """Find the place of one value among several; equals share the better place, missing values take none."""
    known = values.dropna()
    if of not in known.index or len(known) < 2:
        return Outcome(None, f"there is no value for {label(of)}, or none to compare it with")
    own = known[of]
    rank = 1 + int(((known > own) if largest_first else (known < own)).sum())
    tie = " (shared)" if int((known == own).sum()) > 1 else ""
    order = "largest" if largest_first else "smallest"
    wanted = f"{ordinal(at_most)} or better" if at_most > 1 else ordinal(1)
    listed = known.sort_values(ascending=not largest_first, kind="stable")
    holds = rank <= at_most
    text = f"{label(of)} is {ordinal(rank)}{tie} of {len(known)}, the {order} first ({_listed(listed)})"
    return Outcome(holds, f"{text}; the rule asks for {wanted}")


def ordering(values: Series, labels: Sequence[str]) -> Outcome:
    """Tell whether values decrease strictly in the order of the labels."""
    known = values.dropna()
    if missing := [name for name in labels if name not in known.index]:
        return Outcome(None, f"there is no value for {', '.join(map(label, missing))}")
    chosen = [float(known[name]) for name in labels]
    holds = all(left > right for left, right in pairwise(chosen))
    pairs = [f"{label(name)} {number(value)}" for name, value in zip(labels, chosen, strict=True)]
    return Outcome(
        holds,
        f"{', '.join(pairs)}: {'each is larger than the next' if holds else 'not in falling order'}",
    )


def trend(values: Series, direction: str, least: float = 0.0) -> Outcome:
    """Tell whether a series rises or falls.

    With `TREND_POINTS` or more the Theil–Sen slope (the median slope of all pairs of points) must have the sign (and
    size a year) and the Mann–Kendall test must reject at `TREND_P`; with fewer, the difference from first to last
    decides.

    References
    ----------
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. JASA 63, 1379-1389.
    Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13, 245-259.
    """
    known = values.dropna().astype("float64").sort_index()
    if len(known) < 2:
        return Outcome(None, "a trend needs two points")
    sign, span = (1.0 if direction == "rising" else -1.0), f"{known.index[0]} to {known.index[-1]}"
    if len(known) < TREND_POINTS:
        first, last = float(known.iloc[0]), float(known.iloc[-1])
        change = last - first
        holds = sign * change > 0 and abs(change) >= least
        text = f"{number(first)} to {number(last)} from {span}, a difference of {number(change, plus=True)}"
        return Outcome(
            holds, f"{text}: {_direction(holds, direction, least)} ({len(known)} points, no test)"
        )
    points = list(zip(known.index.to_numpy("float64"), known.to_numpy(), strict=True))
    slope = float(np.median([(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2)]))
    p = mann_kendall(known.to_numpy())
    holds = sign * slope > 0 and abs(slope) >= least and p <= TREND_P
    text = f"Theil–Sen slope {number(slope, plus=True)} a year from {span} ({len(known)} points), Mann–Kendall p = {p:.2g}"
    return Outcome(holds, f"{text}: {_direction(holds, direction, least)}")


def mann_kendall(values: npt.ArrayLike) -> float:
    """Give the two-sided p of the Mann–Kendall test: Kendall's tau of values and their order in time.

    Exact without ties, from the number of inversions of a random order; with ties normal, the variance corrected for
    them. The same as ``scipy.stats.kendalltau`` up to 33 values, without the second that its import takes.

    References
    ----------
    Kendall, M. G. (1938). A new measure of rank correlation. Biometrika 30, 81-93.
    """
    series = np.asarray(values, dtype="float64")
    n = len(series)
    rising = sum(int(np.sign(series[i + 1 :] - series[i]).sum()) for i in range(n))
    tied = np.unique(series, return_counts=True)[1]
    if (tied == 1).all():
        chances = np.ones(1)  # of 0, 1, 2, … inversions
        for size in range(2, n + 1):
            chances = np.convolve(chances, np.full(size, 1 / size))
        inversions = (n * (n - 1) // 2 - abs(rising)) // 2
        return float(min(1.0, 2 * chances[: inversions + 1].sum()))
    variance = (n * (n - 1) * (2 * n + 5) - (tied * (tied - 1) * (2 * tied + 5)).sum()) / 18
    return math.erfc(abs(rising) / math.sqrt(2 * variance)) if variance else 1.0


def _direction(holds: bool, direction: str, least: float) -> str:
    size = f" by at least {number(least)}" if least else ""
    return f"{direction}{size}" if holds else f"not {direction}{size}"


def date_equals(found: str, stated: str) -> Outcome:
    """Compare dates at the precision of the stated one; undecided where the date found is less precise."""
    if len(found) < len(stated):
        known = stated.startswith(found)
        return Outcome(
            None if known else False,
            f"{found} is less precise than {stated}" if known else f"{found} is not {stated}",
        )
    holds = found.startswith(stated)
    return Outcome(holds, f"{found} {'is' if holds else 'is not'} {stated} at the stated precision")


def intervals_regular(values: Iterable[float], stated: float, tolerance: float = 0.0) -> Outcome:
    """Tell whether every interval is the stated one."""
    lengths = [float(value) for value in values]
    if not lengths:
        return Outcome(None, "there is no interval")
    fit = sum(abs(length - stated) <= tolerance for length in lengths)
    give = f", give or take {number(tolerance)}" if tolerance else ""
    listed = ", ".join(map(number, lengths))
    return Outcome(
        fit == len(lengths),
        f"{fit} of {len(lengths)} intervals are {number(stated)}{give} ({listed})",
    )


def share_above_half(share: float) -> Outcome:
    """Tell whether a share (0 to 1) is more than a half; a half is not."""
    return Outcome(
        share > 0.5, f"{number(100 * share)}% is {'above' if share > 0.5 else 'not above'} a half"
    )


def all_of(outcomes: Sequence[Outcome]) -> Outcome:
    """Hold when all hold; one that does not is enough against, even where another is undecided."""
    holds = [outcome.holds for outcome in outcomes]
    return Outcome(
        False if False in holds else None if None in holds else True, _joined(outcomes, "and")
    )


def any_of(outcomes: Sequence[Outcome]) -> Outcome:
    """Hold when one holds, even where another is undecided."""
    holds = [outcome.holds for outcome in outcomes]
    return Outcome(
        True if True in holds else None if None in holds else False, _joined(outcomes, "or")
    )


def _joined(outcomes: Sequence[Outcome], word: str) -> str:
    return f"; {word} ".join(outcome.words for outcome in outcomes)


def decide(rule: Rule, value: Value, stated: Stated | None = None) -> Outcome:
    """Put a value to a rule of the registry.

    Raises
    ------
    ClaimError
        When the rule needs a stated value and there is none, or a value of another kind.
    """
    if rule.all_of is not None:
        return all_of([decide(part, value, stated) for part in rule.all_of])
    if rule.any_of is not None:
        return any_of([decide(part, value, stated) for part in rule.any_of])
    if value is None:
        return Outcome(None, "no data")
    [name] = rule.named()
    try:
        if isinstance(value, pd.Series):
            return _decide_series(rule, value, stated)
        if rule.date_equals is not None:
            found = str(int(value)) if isinstance(value, float) else value
            return date_equals(found, str(_stated(rule, stated)))
        return _decide_number(rule, float(value), stated)
    except (TypeError, ValueError) as error:
        raise ClaimError(f"the rule {name} cannot decide on {value!r}: {error}.") from error


def _decide_series(rule: Rule, values: Series, stated: Stated | None) -> Outcome:
    if rule.place is not None:
        return place(values, rule.place.of, rule.place.at_most, rule.place.largest_first)
    if rule.ordering is not None:
        return ordering(values, rule.ordering)
    if rule.trend is not None:
        return trend(values, rule.trend.direction, rule.trend.at_least)
    if rule.intervals_regular is not None:
        regular = rule.intervals_regular
        return intervals_regular(
            values.tolist(), float(_stated(rule, stated, regular.value)), regular.tolerance
        )
    raise ValueError("it takes one value; choose one row, or 'take' one")


def _decide_number(rule: Rule, value: float, stated: Stated | None) -> Outcome:
    if rule.rounds_to is not None:
        decimals = rule.rounds_to.decimals
        decimals = decimals if decimals is not None else (stated.precision or 0) if stated else 0
        return rounds_to(value, float(_stated(rule, stated, rule.rounds_to.value)), decimals)
    if rule.within is not None:
        wanted = float(_stated(rule, stated, rule.within.value))
        return within(value, wanted, rule.within.relative, rule.within.absolute)
    for bound, compare in (
        (rule.at_least, at_least),
        (rule.at_most, at_most),
        (rule.rank_equals, rank_equals),
    ):
        if bound is not None:
            return compare(value, float(_stated(rule, stated, bound.value)))
    if rule.share_above_half is not None:
        return share_above_half(value)
    raise ValueError("it takes several labelled values; name the column 'over' which they go")


def _stated(rule: Rule, stated: Stated | None, own: float | None = None) -> float | str:
    if own is not None:
        return own
    if stated is None:
        raise ValueError("the part states no value")
    return stated.value


# -- what is computed -------------------------------------------------------------------------------------------


@dataclass
class _Trace:
    """What a calculation rested on."""

    tables: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    period: str = ""
    weak: str = ""


class _Evaluation:
    """Run calculations for one article; each table is read, its rows chosen and each measure run once."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.loaded: dict[str, pd.DataFrame] = {}
        self.addresses: dict[str, frozenset[str]] = {}
        self.results: dict[str, tuple[Any, _Trace]] = {}

    def value(self, calculation: Calculation) -> tuple[Value, _Trace]:
        trace = _Trace()
        if not calculation.for_each:
            return self._one(calculation, {}, trace), trace
        [(name, choices)] = calculation.for_each.items()
        values = {choice: self._one(calculation, {name: choice}, trace) for choice in choices}
        found = {choice: value for choice, value in values.items() if value is not None}
        return (pd.Series(found, dtype="float64") if found else None), trace

    def _one(self, calculation: Calculation, chosen: dict[str, Any], trace: _Trace) -> Value:
        result = self._result(calculation, chosen, trace)
        if result is None:
            return None
        if not isinstance(result, pd.DataFrame):
            found = result if calculation.column is None else getattr(result, calculation.column)
            trace.period = str(getattr(result, "year", "")) or trace.period
            trace.weak = trace.weak or _weakness(
                pd.DataFrame([vars(result)]) if hasattr(result, "__dict__") else None
            )
            return _scaled(found, calculation)
        rows = _rows(result, calculation.where)
        if calculation.take == "count":
            _note(rows, trace)
            return float(len(rows))
        if calculation.column is None or calculation.column not in rows:
            raise ClaimError(
                f"{calculation.measure or calculation.table} has no column {calculation.column!r}."
            )
        rows = rows.dropna(subset=[calculation.column])
        if rows.empty:
            return None
        if calculation.take in ("first", "last"):
            rows = rows.iloc[[0 if calculation.take == "first" else -1]]
        _note(rows, trace)
        if calculation.column == "interpolated":
            trace.weak = trace.weak or "an interpolated figure, which no publisher printed"
        column: Series = rows[calculation.column]
        if calculation.over is not None and calculation.take == "only":
            labelled = column.set_axis(rows[calculation.over])
            return _scaled(
                labelled.sort_index() if calculation.over in _TIMES else labelled, calculation
            )
        if calculation.take == "only" and len(rows) > 1:
            raise ClaimError(
                f"{calculation.measure or calculation.table}, {calculation.where}: {len(rows)} rows where one is "
                "wanted; narrow 'where', or say with 'over' or 'take' what to do with them."
            )
        return _scaled(_TAKE[calculation.take](column), calculation)

    def _result(self, calculation: Calculation, chosen: dict[str, Any], trace: _Trace) -> Any:
        if calculation.table is not None:
            trace.tables.add(calculation.table)
            return self._table(calculation.table)
        assert calculation.measure is not None
        arguments = {**calculation.arguments, **chosen}
        key = f"{calculation.measure}{sorted(arguments.items(), key=str)}"
        if key not in self.results:
            used = _Trace()
            self.results[key] = (self._call(calculation.measure, arguments, used), used)
        result, used = self.results[key]
        trace.tables |= used.tables
        if "source" not in getattr(
            result, "columns", ()
        ):  # then what the arguments were chosen from tells
            trace.sources |= used.sources
        return result

    def _call(self, measure: str, arguments: dict[str, Any], trace: _Trace) -> Any:
        topic, _, name = measure.rpartition(".")
        function: Callable[..., Any] | None = None
        if topic in data.TOPICS:
            function = getattr(importlib.import_module(f"turkic_ties.{topic}"), name, None)
        if function is None:
            raise ClaimError(
                f"there is no measure {measure!r}: write topic.function, such as trade.bilateral."
            )
        given: dict[str, Any] = {}
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name in arguments:
                given[parameter.name] = self._argument(arguments[parameter.name], trace)
            elif f"{topic}/{parameter.name}" in self._addresses(topic):
                given[parameter.name] = self._table(f"{topic}/{parameter.name}")
                trace.tables.add(f"{topic}/{parameter.name}")
            elif parameter.name in ("country", "partner"):
                given[parameter.name] = getattr(self.article, parameter.name)
            elif parameter.default is parameter.empty:
                raise ClaimError(f"{measure} needs the argument {parameter.name!r}.")
        if unknown := sorted(set(arguments) - set(given)):
            raise ClaimError(f"{measure} has no argument {unknown[0]!r}.")
        return function(**given)

    def _argument(self, argument: Any, trace: _Trace) -> Any:
        """Take an argument as it stands, unless it is itself a calculation: then the rows that come out of it."""
        if not (isinstance(argument, Mapping) and ({"measure", "table"} & set(argument))):
            return argument
        key = f"argument {argument}"
        if key not in self.results:
            inner, used = Calculation.model_validate(dict(argument)), _Trace()
            rows = _rows(self._result(inner, {}, used), inner.where)
            _note(rows, used)
            self.results[key] = (rows, used)
        found, used = self.results[key]
        trace.tables |= used.tables
        trace.sources |= used.sources
        return found

    def _table(self, address: str) -> pd.DataFrame:
        if address not in self.loaded:
            self.loaded[address] = data.load(address)
        return self.loaded[address]

    def _addresses(self, topic: str) -> frozenset[str]:
        if topic not in self.addresses:
            self.addresses[topic] = frozenset(data.addresses(topic))
        return self.addresses[topic]


_TAKE: dict[str, Callable[[Series], Any]] = {
    "only": lambda column: column.iloc[0],
    "first": lambda column: column.iloc[0],
    "last": lambda column: column.iloc[0],
    "sum": lambda column: column.sum(),
    "median": lambda column: column.median(),
    "smallest": lambda column: column.min(),
    "largest": lambda column: column.max(),
    "spread": lambda column: column.max() - column.min(),
}


def _scaled(value: Any, calculation: Calculation) -> Value:
    if isinstance(value, pd.Series):
        scaled = value.astype("float64") * calculation.scale
        return scaled.abs() if calculation.absolute else scaled
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return value
    number = float(value) * calculation.scale
    return abs(number) if calculation.absolute else number


def _rows(frame: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """Select rows by a value, a list of values or a range."""
    kept = np.ones(len(frame), dtype=bool)
    for name, wanted in where.items():
        if name not in frame:
            raise ClaimError(
                f"there is no column {name!r} to choose rows by; there are {', '.join(map(str, frame))}."
            )
        column = frame[name]
        if isinstance(wanted, Mapping):
            chosen = column.notna()
            chosen &= column >= wanted["from"] if "from" in wanted else True
            chosen &= column <= wanted["to"] if "to" in wanted else True
        else:
            chosen = column.isin(wanted if isinstance(wanted, list) else [wanted])
        kept &= chosen.fillna(False).to_numpy(bool)
    return frame[kept]


_TIMES = ("period", "date", "year", "announced", "order_year", "value_year")


def _note(rows: pd.DataFrame, trace: _Trace) -> None:
    """Note which time and sources rows are about, and what marks them as weak."""
    if rows.empty:
        return
    if {"window_start", "window_end"} <= set(rows):
        spans = set(zip(rows["window_start"], rows["window_end"], strict=True))
        found = [f"{first}–{last}" if first < last else f"{last}" for first, last in sorted(spans)]
        trace.period = found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}"
    elif {"date_before", "date_after"} <= set(rows):
        trace.period = f"{rows['date_before'].iloc[0]} to {rows['date_after'].iloc[-1]}"
    elif {"first_year", "last_year"} <= set(rows):
        trace.period = f"{rows['first_year'].min()}–{rows['last_year'].max()}"
    else:
        times = next((name for name in _TIMES if name in rows), None)
        found = sorted({_day(time) for time in rows[times].dropna().unique()}) if times else []
        if found:  # periods are in words, which have no first and last
            trace.period = (
                "; ".join(found)
                if times == "period" or len(found) == 1
                else f"{found[0]} to {found[-1]}"
            )
    if "source" in rows:
        trace.sources |= {
            id for ids in rows["source"].dropna().unique() for id in str(ids).split("; ")
        }
    trace.weak = trace.weak or _weakness(rows)


def _day(time: Any) -> str:
    return f"{time:%Y-%m-%d}" if isinstance(time, pd.Timestamp) else str(time)


def _weakness(rows: pd.DataFrame | None) -> str:
    """Say what the table itself marks as weak in these rows; empty text when nothing."""
    if rows is None:
        return ""
    if "grade" in rows and (rows["grade"] == "C").any():
        return "evidence of grade C"
    if "confidence" in rows and not (rows["confidence"] == "high").all():
        return (
            f"a source of {rows.loc[rows['confidence'] != 'high', 'confidence'].iloc[0]} confidence"
        )
    marked = [
        str(name)
        for name in rows
        if str(name).endswith("_estimated") and rows[name].fillna(False).any()
    ]
    if marked:
        return f"the {marked[0].removesuffix('_estimated').replace('_', ' ')} is an estimate"
    if "approximate" in rows and rows["approximate"].fillna(False).any():
        return "an approximate figure"
    return ""


# -- verdicts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadingResult:
    """One reading, computed: value as text, its period, the rule in words, and whether it holds (None: no data).

    ``short`` is the value for one line: with its unit, or the rule in words where the value is a series. ``points`` are
    all values of a series of which `value` shows the ends, so that its trend can be computed by hand.
    """

    name: str
    value: str
    points: str
    short: str
    unit: str
    period: str
    holds: bool | None
    words: str
    weak: str
    as_of: str
    distance: str
    measure: str
    tables: list[str]
    sources: list[str]


@dataclass(frozen=True)
class PartResult:
    """One part: its verdict, the rule of combination that led to it, and the evidence."""

    statement: str
    stated: str
    verdict: Verdict
    why: str
    newest: str
    reason: str
    would_decide: str
    held_by: str
    readings: list[ReadingResult]
    beside: list[ReadingResult]


@dataclass(frozen=True)
class Result:
    """A whole statement: what the page and the terminal print.

    ``verdict`` is what comes out now, ``signed`` what a person reviewed; ``rule`` is the rule of each principal reading
    in words, where ``computed`` does not give it already; ``sources`` are citations of what was used.
    """

    id: str
    topic: str
    statement: str
    locator: str
    section: str
    paragraph: int
    sentence: int
    kind: str
    verdict: Verdict
    why: str
    rule: str
    signed: Verdict
    reviewed: str
    stated: str
    computed: str
    parts: list[PartResult]
    caveats: list[str]
    tables: list[str]
    sources: list[dict[str, str]]
    shown_in: dict[str, str] | None
    history: list[dict[str, str]]

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain lists, dictionaries and texts, for JSON."""
        return asdict(self)


def combine_readings(readings: Sequence[ReadingResult]) -> tuple[Verdict, str]:
    """Combine readings, the principal one first, to a verdict and the reason in words."""
    principal, others = (
        readings[0],
        [reading for reading in readings[1:] if reading.holds is not None],
    )
    if principal.holds is None:
        return (
            Verdict.NOT_CHECKABLE,
            f"there are no data for the principal reading ({principal.name})",
        )
    holding = [reading for reading in others if reading.holds]
    further = f"of the further readings {len(holding)} of {len(others)} hold"
    if principal.holds and len(holding) < len(others):
        verdict, why = Verdict.CAVEAT, f"the principal reading holds; {further}"
    elif principal.holds and principal.weak:
        verdict, why = (
            Verdict.CAVEAT,
            f"the principal reading holds, but on weak evidence ({principal.weak})",
        )
    elif principal.holds:
        verdict, why = (
            Verdict.SUPPORTED,
            "all readings hold" if others else "the only reading holds",
        )
    elif holding:
        verdict, why = Verdict.IMPRECISE, f"the principal reading does not hold; {further}"
    else:
        verdict, why = (
            Verdict.CONTRADICTED,
            "no reading holds" if others else "the only reading does not hold",
        )
    silent = [reading.name for reading in readings[1:] if reading.holds is None]
    return verdict, why + (f"; no data for: {', '.join(silent)}" if silent else "")


def combine_times(
    at_article: Verdict, newest: Verdict | None, present: bool
) -> tuple[Verdict, str]:
    """Tell what held at the article's date from what holds now; only a part about the present can be outdated."""
    if newest in (None, Verdict.NOT_CHECKABLE):
        return at_article, ""
    held, holds = (
        at_article in (Verdict.SUPPORTED, Verdict.CAVEAT),
        newest in (Verdict.SUPPORTED, Verdict.CAVEAT),
    )
    if not present:
        return at_article, f"of the newest period the same {'holds' if holds else 'does not hold'}"
    if held and not holds:
        return (
            Verdict.OUTDATED,
            f"{at_article} at the article's date; does not hold with the newest figures",
        )
    if held:
        return at_article, "also holds with the newest figures"
    return (
        at_article,
        "holds with the newest figures"
        if holds
        else "does not hold with the newest figures either",
    )


def combine_parts(verdicts: Sequence[Verdict]) -> tuple[Verdict, str]:
    """Combine the verdicts of the parts to that of the whole, and say by which rule."""
    decided = [
        verdict for verdict in verdicts if verdict not in (Verdict.NOT_CHECKABLE, Verdict.NOT_RATED)
    ]
    open_parts = len(verdicts) - len(decided)
    if not decided:
        whole: Verdict = (
            Verdict.NOT_RATED if set(verdicts) == {Verdict.NOT_RATED} else Verdict.NOT_CHECKABLE
        )
        return whole, "no part can be decided" if len(verdicts) > 1 else ""
    if len(verdicts) == 1:
        return decided[0], ""
    contradicted = decided.count(Verdict.CONTRADICTED)
    if contradicted == len(decided):
        return Verdict.CONTRADICTED, "every part that can be decided is contradicted"
    if contradicted:
        return (
            Verdict.IMPRECISE,
            f"of the parts that can be decided {contradicted} of {len(decided)} are contradicted",
        )
    for verdict in (Verdict.IMPRECISE, Verdict.OUTDATED):
        if verdict in decided:
            return verdict, f"a part is {verdict}"
    if Verdict.CAVEAT in decided:
        return Verdict.CAVEAT, "a part is supported with caveat"
    if open_parts:
        return Verdict.CAVEAT, f"of the parts {open_parts} of {len(verdicts)} cannot be decided"
    return Verdict.SUPPORTED, "every part is supported"


def evaluate(registry: Registry, ids: Iterable[str] | None = None) -> list[Result]:
    """Compute the verdict of statements, with all that led to it.

    Parameters
    ----------
    registry
        From `load`.
    ids
        Statements wanted; None for all.

    Returns
    -------
    list of Result
        In the order of the registry.

    Raises
    ------
    ClaimError
        For an unknown id, measure, column or argument.
    """
    wanted = None if ids is None else list(ids)
    known = {claim.id for claim in registry.claims}
    if wanted is not None and (unknown := [id for id in wanted if id not in known]):
        raise ClaimError(
            f"there is no statement {unknown[0]!r}; there are {', '.join(sorted(known))}."
        )
    evaluation = _Evaluation(registry.article)
    return [
        _whole(claim, evaluation)
        for claim in registry.claims
        if wanted is None or claim.id in wanted
    ]


def _whole(claim: Claim, evaluation: _Evaluation) -> Result:
    try:
        parts = [_part(part, claim, evaluation) for part in claim.parts]
    except (ClaimError, ValueError) as error:
        raise ClaimError(f"{claim.id}: {error}") from error
    verdict, why = combine_parts([part.verdict for part in parts])
    if len(parts) > 1 and verdict in (Verdict.NOT_CHECKABLE, Verdict.NOT_RATED):
        why += f": {'; '.join(dict.fromkeys(part.why for part in parts))}"
    used = [reading for part in parts for reading in [*part.readings, *part.beside]]
    tables = sorted({table for reading in used for table in reading.tables})
    return Result(
        id=claim.id,
        topic=claim.topic,
        statement=claim.statement,
        locator=str(claim.locator),
        section=claim.locator.section,
        paragraph=claim.locator.paragraph,
        sentence=claim.locator.sentence,
        kind=claim.kind,
        verdict=verdict,
        why=why or parts[0].why,
        rule="; ".join(r.words for part in parts for r in part.readings[:1] if r.words != r.short),
        signed=claim.verdict,
        reviewed=claim.reviewed.isoformat(),
        stated="; ".join(part.stated for part in parts if part.stated),
        computed="; ".join(filter(None, map(_computed, parts))),
        parts=parts,
        caveats=claim.caveats,
        tables=tables,
        sources=_sources(used),
        shown_in=claim.shown_in.model_dump() if claim.shown_in else None,
        history=[
            {"date": str(line.date), "verdict": line.verdict, "note": line.note}
            for line in claim.history
        ],
    )


def _computed(part: PartResult) -> str:
    """Write the principal value of a part, for an undecided one the nearest evidence."""
    if part.readings:
        return part.readings[0].short
    return f"nearest: {part.beside[0].short}" if part.beside else ""


def _part(part: Part, claim: Claim, evaluation: _Evaluation) -> PartResult:
    readings = [_reading(reading, part.stated, evaluation) for reading in part.readings]
    beside = [_reading(reading, part.stated, evaluation) for reading in part.beside]
    verdict: Verdict
    newest = ""
    if part.undecided is not None:
        verdict, why = part.undecided.verdict, part.undecided.reason
    else:
        at_article, why = combine_readings(
            [reading for reading in readings if reading.as_of == "article"]
        )
        later = [reading for reading in readings if reading.as_of == "newest"]
        verdict, newest = combine_times(
            at_article, combine_readings(later)[0] if later else None, part.present
        )
    undecided = part.undecided
    return PartResult(
        statement=part.statement or claim.statement,
        stated=f"{_written(part.stated)} {part.stated.unit}".strip() if part.stated else "",
        verdict=verdict,
        why=why,
        newest=newest,
        reason=undecided.reason if undecided else "",
        would_decide=undecided.would_decide if undecided else "",
        held_by=undecided.held_by if undecided else "",
        readings=readings,
        beside=beside,
    )


def _reading(reading: Reading, stated: Stated | None, evaluation: _Evaluation) -> ReadingResult:
    value, trace = evaluation.value(reading.compute)
    outcome = decide(reading.rule, value, stated) if reading.rule else Outcome(None, "")
    return ReadingResult(
        name=reading.name,
        value=text(value, reading.unit),
        points=_listed(value.dropna())
        if isinstance(value, pd.Series) and len(value.dropna()) > LISTED
        else "",
        short=outcome.words
        if isinstance(value, pd.Series)
        else _with_unit(text(value, reading.unit), reading.unit),
        unit=reading.unit if value is not None else "",
        period=trace.period,
        holds=outcome.holds,
        words=outcome.words,
        weak=trace.weak,
        as_of=reading.as_of,
        distance=reading.distance or "",
        measure=reading.compute.measure or f"table {reading.compute.table}",
        tables=sorted(trace.tables),
        sources=sorted(trace.sources),
    )


def _with_unit(value: str, unit: str) -> str:
    return value if unit == "year" or value == "no data" else f"{value} {unit}".strip()


def _sources(readings: Iterable[ReadingResult]) -> list[dict[str, str]]:
    """List the sources that were really used: those the chosen rows name, else all of a table's."""
    wanted: dict[str, set[str] | None] = {}
    for reading in sorted(readings, key=lambda reading: reading.value == "no data"):
        if reading.value == "no data" and set(reading.tables) <= set(wanted):
            continue
        for table in reading.tables:
            ids = {source["name"] for source in data.resource(table)["sources"]}
            named = set(reading.sources) & ids
            before = wanted.get(table, set())
            wanted[table] = None if before is None or not named else before | named
    used = []
    for table, named_ids in sorted(wanted.items()):
        for source in data.resource(table)["sources"]:
            if named_ids is None or source["name"] in named_ids:
                used.append(
                    {
                        "table": table,
                        "publisher": str(source["publisher"]),
                        "dataset": str(source["dataset"]),
                        "version": str(source.get("version") or "not stated"),
                        "citation": " ".join(str(source["citation"]).split()),
                        "url": str(source["url"]),
                    }
                )
    return used


def check(registry: Registry, results: Sequence[Result] | None = None) -> list[str]:
    """Compare what comes out now with what was signed.

    Parameters
    ----------
    registry
        From `load`.
    results
        Of `evaluate`, where they are at hand.

    Returns
    -------
    list of str
        One text a statement that differs: the statement, old and new verdict, the numbers, the tables they came from,
        and what to do. Empty when all verdicts are those signed.
    """
    return [
        f"{result.id}, {result.statement}\n"
        f"  signed {result.reviewed}: {result.signed}\n  computed now: {result.verdict} ({result.why})\n"
        + "".join(f"  {_line(reading)}\n" for part in result.parts for reading in part.readings)
        + f"  tables: {', '.join(f'{table} ({_short_hash(table)})' for table in result.tables)}\n"
        "  If the change is right, sign it: set verdict and reviewed, and add a dated line to history."
        for result in (evaluate(registry) if results is None else results)
        if result.verdict != result.signed
    ]


def _short_hash(table: str) -> str:
    return str(data.resource(table)["hash"])[:15]


# -- in words ---------------------------------------------------------------------------------------------------


def number(value: float, plus: bool = False) -> str:
    """Write a number with five significant digits, so that a rule can be followed by hand."""
    if float(value).is_integer() and abs(value) < 1e15:
        written = f"{int(value):,}"
    else:
        digits = max(0, 4 - math.floor(math.log10(abs(value)))) if value else 0
        written = f"{value:,.{digits}f}"
        written = written.rstrip("0").rstrip(".") if "." in written else written
    return ("+" if plus and value > 0 else "") + _sign(written)


def _sign(written: str) -> str:
    return written.replace("-", "−")


def ordinal(place: int) -> str:
    """Write a place: 2nd."""
    suffix = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{suffix}"


def label(code: Any) -> str:
    """Write a country's code as its name, anything else as it is."""
    written = str(code)
    if re.fullmatch("[A-Z]{3}", written):
        with suppress(countries.UnknownCountryError):
            return str(countries.name(written))
    return written


def text(value: Value, unit: str = "") -> str:
    """Write what was computed: a number, a text, or labelled numbers; of long series only the ends."""
    if value is None:
        return "no data"
    if unit == "year" and isinstance(value, float):
        return str(int(value))
    if isinstance(value, pd.Series):
        known = value.dropna()
        return (
            _listed(known)
            if len(known) <= LISTED
            else f"{_listed(known.iloc[:1])} … {_listed(known.iloc[-1:])}"
        )
    return value if isinstance(value, str) else number(value)


def _listed(values: Series) -> str:
    return ", ".join(f"{label(name)}: {number(float(value))}" for name, value in values.items())


def _written(stated: Stated) -> str:
    if isinstance(stated.value, str):
        return stated.value
    return (
        _sign(f"{stated.value:,.{stated.precision}f}")
        if stated.precision is not None
        else number(stated.value)
    )


def _line(reading: ReadingResult) -> str:
    state = {
        True: "holds",
        False: "does not hold",
        None: "no data" if reading.value == "no data" else "",
    }[reading.holds]
    unit = f" [{reading.unit}]" if reading.unit else ""
    period = f" ({reading.period})" if reading.period else ""
    told = reading.words if reading.words and reading.words != "no data" else reading.value
    return f"{reading.name}{period}: {told}{unit}" + (
        f" → {state}" if state and told != state else ""
    )


def as_text(result: Result) -> str:
    """Write the whole file of one statement for the terminal."""
    lines = [
        f"{result.id}  {result.verdict.upper()}",
        result.statement,
        f"{result.locator}; {result.kind}",
    ]
    if result.verdict != result.signed:
        lines.append(f"SIGNED OTHERWISE: {result.signed} on {result.reviewed}")
    lines.append(f"because {result.why}" if result.why else "")
    for part in result.parts:
        lines.append("")
        if len(result.parts) > 1:
            lines.append(f"part: {part.statement} – {part.verdict}, {part.why}")
        if part.stated:
            lines.append(f"  stated: {part.stated}")
        for at, group in (("article", "at the article's date"), ("newest", "newest figures")):
            chosen = [reading for reading in part.readings if reading.as_of == at]
            lines += [f"  {group}:"] if chosen else []
            for i, reading in enumerate(chosen):
                role = "principal" if at == "article" and i == 0 else "further"
                lines.append(
                    f"    {role}: {_line(reading)}{f'; weak: {reading.weak}' if reading.weak else ''}"
                )
                lines.append(
                    f"      computed by {reading.measure} from {', '.join(reading.tables)}"
                )
        if part.newest:
            lines.append(f"  since then: {part.newest}")
        if part.would_decide:
            lines += [f"  would decide: {part.would_decide}", f"  held by: {part.held_by}"]
        if part.beside:
            lines.append("  nearest evidence:" if part.would_decide else "  beside:")
        for reading in part.beside:
            distance = f"; distance: {reading.distance}" if reading.distance else ""
            lines.append(f"    {_line(reading)}{distance}")
            lines.append(f"      computed by {reading.measure} from {', '.join(reading.tables)}")
    lines += ["", *(f"caveat: {caveat}" for caveat in result.caveats)]
    lines += [
        f"source: {source['table']}: {source['citation']} (version {source['version']})"
        for source in result.sources
    ]
    if result.shown_in:
        lines.append(f"shown in: {result.shown_in['topic']}, {result.shown_in['id']}")
    lines += [
        f"signed {line['date']}: {line['verdict']}. {line['note']}" for line in result.history
    ]
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1]))


# -- ClaimReview ------------------------------------------------------------------------------------------------

# Our own scale, declared in each review; verdicts that decide nothing carry a name and no number.
RATING = {
    Verdict.CONTRADICTED: 1,
    Verdict.OUTDATED: 2,
    Verdict.IMPRECISE: 3,
    Verdict.CAVEAT: 4,
    Verdict.SUPPORTED: 5,
}


def claim_review(result: Mapping[str, Any], article: Article, page: str) -> dict[str, Any]:
    """Describe a result as schema.org ``ClaimReview``.

    Parameters
    ----------
    result
        Of `Result.to_dict`.
    article
        What was put to the test.
    page
        Address of the page that shows the entry under its id, and the scale and the rules under ``rules``.
    """
    verdict, url = Verdict(result["verdict"]), f"{page}#{result['id']}"
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": verdict}
    if verdict in RATING:
        rating |= {"ratingValue": RATING[verdict], "worstRating": 1, "bestRating": 5}
    rating["ratingExplanation"] = f"{VERDICTS[verdict]} Here: {result['why']}."
    work: dict[str, Any] = {
        "@type": "Article",
        "headline": article.title,
        "author": {"@type": "Person", "name": article.author},
        "datePublished": article.date.isoformat(),
    }
    work |= {"url": article.url} if article.url else {}
    work |= (
        {"publisher": {"@type": "Organization", "name": article.outlet}} if article.outlet else {}
    )
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "@id": url,
        "url": url,
        "datePublished": result["reviewed"],
        "author": {"@type": "Organization", "name": "Turkic Ties"},
        "publishingPrinciples": f"{page}#rules",
        "claimReviewed": result["statement"],
        "reviewRating": rating,
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Person", "name": article.author},
            "datePublished": article.date.isoformat(),
            "appearance": work,
        },
        "citation": list(
            dict.fromkeys(f"{source['citation']} ({source['url']})" for source in result["sources"])
        ),
    }
