"""From values to verdicts, by the rules of combination in `STEPS`; none is decided by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import pandas as pd

from turkic_ties import data
from turkic_ties.articles import dated
from turkic_ties.claims.compute import Evaluation
from turkic_ties.claims.registry import Claim, Reading, Registry, Verdict
from turkic_ties.claims.rules import (
    ISO_DATE,
    MARGIN,
    ClaimError,
    Rule,
    RuleResult,
    Stated,
    Value,
    label,
    list_values,
    near,
)
from turkic_ties.files import Json
from turkic_ties.words import ordinal, significant

LISTED = 7
"""Longest series of which every value is in the line; of longer ones the ends."""

STEPS = {
    "From readings to a part": (
        "All readings hold: supported. The principal one holds and another does not: supported "
        "with caveat; the same when it holds on weak evidence: its table marks the figure as of "
        "the lowest grade, of less than high confidence, an estimate, approximate or interpolated, "
        "or its direction depends on where windows of years are placed. The principal one does not "
        "hold and another does: imprecise. No reading holds: contradicted. A reading without data "
        "is named and does not count; when the principal one has none, the part is not checked."
    ),
    "Wide margins": (
        "A softer reading can explain a near miss, not a wide one. When the principal reading "
        "fails by a wide margin the part is contradicted, whatever other readings say. The "
        f"margin is wide when the value misses by more than {100 * MARGIN:.0f} percent of what "
        "is stated (a stated first place by one place), when a tested trend runs the other way, "
        "when no placement of windows has the direction, or when a value is less than half of "
        "one it should exceed. A stated zero gives no such measure, and a date none."
    ),
    "The article's date and now": (
        "A part that speaks of a closed period is decided by the figures for that period, in the "
        "edition of the table that the project holds. A part that speaks of the present is decided "
        "by figures that had been published by the article's date; later ones are kept apart, and "
        "only such a part can be outdated by them."
    ),
    "What stays undecided": (
        "Not checked here: our tables hold no figure for what is stated, its period and its place, "
        "and open data that would decide it exist; they are named. Not checkable: no such data are "
        "known. Not rated: forecasts, aims, causes, opinions, and words of degree without a "
        "threshold. What is computed for them is the nearest evidence, with its distance from what "
        "is stated."
    ),
    "From parts to the whole": (
        "One part carries the key word of the statement, without which nothing is left of it. When "
        "that part is undecided, the whole is what that part is. Otherwise undecided parts do not "
        "count, but with any of them the whole is at most supported with caveat. All decided parts "
        "contradicted: contradicted; some of them: imprecise. Otherwise the first of these that "
        "any part has: imprecise, outdated, supported with caveat; else supported."
    ),
}
"""The rules of combination in words, by the heading under which the page prints them."""

OPEN = (Verdict.NOT_CHECKED, Verdict.NOT_CHECKABLE, Verdict.NOT_RATED)
HELD = (Verdict.SUPPORTED, Verdict.CAVEAT)


@dataclass(frozen=True)
class ReadingResult:
    """One reading, computed: value, period, the rule in words, whether it holds (None: no data).

    ``short`` is the value for one line: with its unit, or the rule in words where the value is a
    series. ``plain`` is the value for a reader, ``series`` the values by label. ``points`` are all
    values of a series of which `value` shows the ends, so that its trend can be computed by hand.
    """

    name: str
    value: str
    points: str
    short: str
    unit: str
    period: str
    holds: bool | None
    words: str
    wide: bool
    weak: str
    as_of: str
    distance: str
    measure: str
    tables: list[str]
    sources: list[str]
    plain: str = ""
    series: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PartResult:
    """One part: its verdict, the rule of combination that led to it, and the evidence."""

    statement: str
    head: bool
    stated: str
    verdict: Verdict
    why: str
    newest: str
    reason: str
    would_decide: str
    held_by: str
    readings: list[ReadingResult]
    context: list[ReadingResult]

    @property
    def evidence(self) -> list[ReadingResult]:
        """All that was computed: the readings, and the context, which decides nothing."""
        return self.readings + self.context


@dataclass(frozen=True)
class Result:
    """A whole statement: what the page and the terminal print.

    ``verdict`` is what comes out now, ``signed`` what a person reviewed; ``rule`` is the rule of
    each principal reading in words, where ``computed`` does not give it already; ``sources`` are
    citations of what was used.
    """

    article: str
    id: str
    topic: str
    statement: str
    answer: str
    locator: str
    section: str
    paragraph: int | None
    sentence: int | None
    said: Json | None
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

    def to_dict(self) -> Json:
        """Return the result as plain lists, dictionaries and texts, for JSON."""
        return asdict(self)


# -- combination ----------------------------------------------------------------------------------


def combine_readings(readings: Sequence[ReadingResult]) -> tuple[Verdict, str]:
    """Combine readings, the principal one first, to a verdict and the reason in words."""
    principal, *others = readings
    if principal.holds is None:
        reason = f"there are no data for the principal reading ({principal.name})"
        return Verdict.NOT_CHECKED, reason
    decided = [reading for reading in others if reading.holds is not None]
    verdict, why = _combined(principal, decided)
    silent = ", ".join(reading.name for reading in others if reading.holds is None)
    return verdict, f"{why}; no data for: {silent}" if silent else why


def _combined(principal: ReadingResult, others: Sequence[ReadingResult]) -> tuple[Verdict, str]:
    holding = sum(reading.holds is True for reading in others)
    further = f"of the further readings {holding} of {len(others)} hold"
    if principal.holds and holding < len(others):
        return Verdict.CAVEAT, f"the principal reading holds; {further}"
    if principal.holds and principal.weak:
        reason = f"the principal reading holds, but on weak evidence ({principal.weak})"
        return Verdict.CAVEAT, reason
    if principal.holds:
        return Verdict.SUPPORTED, "all readings hold" if others else "the only reading holds"
    if holding and principal.wide:
        return Verdict.CONTRADICTED, f"the principal reading fails by a wide margin; {further}"
    if holding:
        return Verdict.IMPRECISE, f"the principal reading does not hold; {further}"
    return Verdict.CONTRADICTED, "no reading holds" if others else "the only reading does not hold"


def combine_times(
    at_article: Verdict, newest: Verdict | None, present: bool
) -> tuple[Verdict, str]:
    """Compare what held at the article's date with what holds now.

    Only a part about the present can be outdated.
    """
    if newest is None or newest in OPEN:
        return at_article, ""
    held = at_article in HELD
    holds = newest in HELD
    if not present:
        return at_article, f"of the newest period the same {'holds' if holds else 'does not hold'}"
    if held and not holds:
        why = f"{at_article} at the article's date; does not hold with the newest figures"
        return Verdict.OUTDATED, why
    also = "also " if held else ""
    if holds:
        return at_article, f"{also}holds with the newest figures"
    return at_article, "does not hold with the newest figures either"


def combine_parts(verdicts: Sequence[Verdict], head: int = 0) -> tuple[Verdict, str]:
    """Combine the verdicts of the parts to that of the whole, and say by which rule.

    Parameters
    ----------
    verdicts
        Of the parts, in their order.
    head
        Position of the part that carries the key word.
    """
    decided = [verdict for verdict in verdicts if verdict not in OPEN]
    if verdicts[head] in OPEN:
        key = "the key part cannot be decided" if decided else "no part can be decided"
        return verdicts[head], key if len(verdicts) > 1 else ""
    if len(verdicts) == 1:
        return decided[0], ""
    return _of_decided_parts(decided, len(verdicts))


def _of_decided_parts(decided: Sequence[Verdict], parts: int) -> tuple[Verdict, str]:
    contradicted = decided.count(Verdict.CONTRADICTED)
    if contradicted == len(decided):
        return Verdict.CONTRADICTED, "every part that can be decided is contradicted"
    if contradicted:
        some = f"{contradicted} of {len(decided)} are contradicted"
        return Verdict.IMPRECISE, f"of the parts that can be decided {some}"
    for verdict in (Verdict.IMPRECISE, Verdict.OUTDATED, Verdict.CAVEAT):
        if verdict in decided:
            return verdict, f"a part is {verdict}"
    if len(decided) < parts:
        undecided = f"{parts - len(decided)} of {parts} cannot be decided"
        return Verdict.CAVEAT, f"of the parts {undecided}"
    return Verdict.SUPPORTED, "every part is supported"


# -- evaluation -----------------------------------------------------------------------------------


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
    known = [claim.id for claim in registry.claims]
    wanted = known if ids is None else list(ids)
    if unknown := [id for id in wanted if id not in known]:
        names = ", ".join(known)
        raise ClaimError(f"there is no statement {unknown[0]!r}; there are {names}.")
    evaluation = Evaluation(registry.article)
    try:
        return [
            _whole(claim, evaluation, registry.slug)
            for claim in registry.claims
            if claim.id in wanted
        ]
    except ClaimError as error:
        raise ClaimError(f"{registry.path}, {error}") from error


def _whole(claim: Claim, evaluation: Evaluation, article: str) -> Result:
    parts = [_part(i, claim, evaluation) for i in range(len(claim.parts))]
    verdict, why = combine_parts([part.verdict for part in parts], claim.head)
    if len(parts) > 1 and verdict in OPEN:
        why = f"{why}: {parts[claim.head].why}"
    section = claim.topic.replace("_", " ").capitalize()
    paragraph = None
    sentence = None
    if place := claim.locator:
        section = place.section
        paragraph = place.paragraph
        sentence = place.sentence
    principals = [reading for part in parts for reading in part.readings[:1]]
    rules = [reading.words for reading in principals if reading.words != reading.short]
    used = [reading for part in parts for reading in part.evidence]
    tables = {table for reading in used for table in reading.tables}
    written = claim.model_dump(mode="json", include={"said", "shown_in", "history"})
    return Result(
        article=article,
        id=claim.id,
        topic=claim.topic,
        statement=claim.statement,
        answer=answer(claim, parts),
        locator=str(place or claim.said),
        section=section,
        paragraph=paragraph,
        sentence=sentence,
        said=written["said"],
        kind=claim.kind,
        verdict=verdict,
        why=why or parts[0].why,
        rule="; ".join(rules),
        signed=claim.verdict,
        reviewed=claim.reviewed.isoformat(),
        stated="; ".join(part.stated for part in parts if part.stated),
        computed="; ".join(filter(None, map(_computed, parts))),
        parts=parts,
        caveats=claim.caveats,
        tables=sorted(tables),
        sources=_sources(used),
        shown_in=written["shown_in"],
        history=written["history"],
    )


def _computed(part: PartResult) -> str:
    """Write the principal value of a part, for an undecided one the nearest evidence."""
    if part.readings:
        return part.readings[0].short
    nearest = part.context[0].short if part.context else ""
    return f"nearest: {nearest}" if nearest else ""


def _part(position: int, claim: Claim, evaluation: Evaluation) -> PartResult:
    part = claim.parts[position]
    results = []
    for reading in part.evidence:
        try:
            results.append(_reading(reading, part.stated, evaluation))
        except ClaimError as error:
            raise ClaimError(f"{claim.id}, {reading.name!r}: {error}") from error
    readings = results[: len(part.readings)]
    context = results[len(part.readings) :]
    reason = would_decide = held_by = ""
    if part.undecided is None:
        verdict, why, newest = _decided(readings, part.present)
    else:
        verdict = part.undecided.verdict
        reason = part.undecided.reason
        why, newest = reason.rstrip("."), ""
        would_decide = part.undecided.would_decide
        held_by = part.undecided.held_by
    return PartResult(
        statement=part.statement or claim.statement,
        head=position == claim.head,
        stated=_stated(part.stated),
        verdict=verdict,
        why=why,
        newest=newest,
        reason=reason,
        would_decide=would_decide,
        held_by=held_by,
        readings=readings,
        context=context,
    )


def _decided(readings: Sequence[ReadingResult], present: bool) -> tuple[Verdict, str, str]:
    verdict, why = combine_readings([each for each in readings if each.as_of == "article"])
    later = [each for each in readings if each.as_of == "newest"]
    newest = combine_readings(later)[0] if later else None
    verdict, since = combine_times(verdict, newest, present)
    return verdict, why, since


def _reading(reading: Reading, stated: Stated | None, evaluation: Evaluation) -> ReadingResult:
    value, trace = evaluation.value(reading.compute)
    rule = reading.rule
    _check_labels(rule, trace.labels)
    decided = rule.decide(value, stated) if rule else RuleResult(None, "")
    text = short = text_of(value, reading.unit)
    points, series = "", {}
    if isinstance(value, pd.Series):
        known = value.dropna()
        short = decided.words or text
        points = list_values(known) if len(known) > LISTED else ""
        series = {str(label): float(f"{number:.6g}") for label, number in known.items()}
    return ReadingResult(
        name=reading.name,
        value=text,
        points=points,
        short=short,
        plain=plain(value, reading.unit),
        series=series,
        unit=reading.unit if value is not None else "",
        period=trace.period,
        holds=decided.holds,
        words=decided.words,
        wide=decided.wide,
        weak=trace.weak or decided.weak,
        as_of=reading.as_of,
        distance=reading.distance or "",
        measure=reading.compute.measure or f"table {reading.compute.table}",
        tables=sorted(trace.tables),
        sources=sorted(trace.sources),
    )


def answer(claim: Claim, parts: Sequence[PartResult]) -> str:
    """Say in a sentence or two what the figures say: see `Claim.answer`.

    Raises
    ------
    ClaimError
        When the sentence speaks of a reading or label that there is not.
    """
    readings = [reading for part in parts for reading in part.evidence]
    if claim.answer is None:
        first = [reading for part in parts for reading in part.evidence[:1]]
        return " ".join(f"{reading.name}: {reading.plain}." for reading in first)

    def value(found: re.Match[str]) -> str:
        number = int(found[1])
        label = found[2]
        if not 1 <= number <= len(readings):
            raise ClaimError(f"{claim.id}, answer: there is no reading {number}.")
        reading = readings[number - 1]
        if label is None:
            return reading.plain
        labels = list(reading.series)
        ends = {"first": labels[:1], "last": labels[-1:]}
        [chosen] = ends.get(label, [label]) or [""]
        if chosen not in reading.series:
            if not reading.series:
                return "no data"
            raise ClaimError(
                f"{claim.id}, answer: reading {number} has no {label!r}{near(label, labels)}."
            )
        return plain(reading.series[chosen], reading.unit)

    return re.sub(r"\{(\d+)(?:\.([^{}]+))?\}", value, claim.answer)


def plain(value: Value, unit: str) -> str:
    """Write a value for a reader: three digits, the ends of a series, the first three of others.

    Examples
    --------
    >>> plain(6.3481, "billion US dollars"), plain(95.123, "percent of TIV")
    ('6.35 billion US dollars', '95.1 percent')
    """
    unit = unit.partition(" of ")[0]
    if isinstance(value, str) and re.fullmatch(ISO_DATE, value):
        return dated(value)
    if value is None or isinstance(value, str):
        return text_of(value, unit)
    if not isinstance(value, pd.Series):
        if unit.startswith("share"):
            return f"{significant(100 * value, digits=3)} percent"
        return with_unit(value, significant(value, digits=3), unit)
    known = value.dropna()
    if known.empty:
        return "no data"
    if all(re.match(r"\d{4}", str(name)) for name in known.index) and len(known) > 1:
        ends = [known.iloc[0], known.iloc[-1]]
        first, last = (with_unit(number, significant(number, digits=3), unit) for number in ends)
        return f"{first} in {known.index[0]}, {last} in {known.index[-1]}"
    largest = known.sort_values(ascending=False, kind="stable").head(3)
    listed = []
    for name, number in largest.items():
        listed.append(f"{label(name)} {with_unit(number, significant(number, digits=3), unit)}")
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    return f"{', '.join(listed)}{more}"


def _check_labels(rule: Rule | None, known: set[str] | None) -> None:
    """Raise a ClaimError when a rule speaks of a label that no value can have."""
    for name in rule.labels() if rule else ():
        if known is not None and name not in known:
            raise ClaimError(f"the rule speaks of {name!r}, which no value has{near(name, known)}.")


def text_of(value: Value, unit: str) -> str:
    """Write what was computed with its unit; of a long series only the ends."""
    if value is None:
        return "no data"
    if isinstance(value, pd.Series):
        known = value.dropna()
        text = list_values(known)
        if len(known) > LISTED:
            text = f"{list_values(known.iloc[:1])} … {list_values(known.iloc[-1:])}"
        return f"{text} {unit}".strip()
    if isinstance(value, str):
        return re.sub(r"\b[A-Z]{3}\b", lambda code: label(code[0]), value)
    return with_unit(value, significant(value), unit)


def with_unit(value: float, text: str, unit: str) -> str:
    """Write a number with its unit as a sentence has it.

    Examples
    --------
    >>> with_unit(4, "4", "rank"), with_unit(1, "1", "orders"), with_unit(0.84, "0.84", "share")
    ('4th', '1 order', '84%')
    """
    first, _, rest = unit.partition(" ")
    rest = f" {rest}" if rest else ""
    if first in ("year", "date"):
        return str(int(value))
    if first == "rank":
        return f"{ordinal(int(value))}{rest}"
    if first == "share":
        return f"{significant(100 * value)}%{rest}"
    if value == 1 and first.endswith("ies"):
        first = first.removesuffix("ies") + "y"
    elif value == 1:
        first = re.sub("(?<=[a-z])s$", "", first)
    return f"{text} {first}{rest}".strip()


def _stated(stated: Stated | None) -> str:
    """Write the stated value with its unit, at its precision."""
    if stated is None:
        return ""
    if isinstance(stated.value, str):
        return f"{stated.value} {stated.unit.removeprefix('date')}".strip()
    text = significant(stated.value)
    if stated.precision is not None:
        text = f"{stated.value:,.{stated.precision}f}".replace("-", "−")
    return with_unit(stated.value, text, stated.unit)


def _sources(readings: Iterable[ReadingResult]) -> list[dict[str, str]]:
    """List the sources that were really used: those the chosen rows name, else all of a table's."""
    readings = sorted(readings, key=lambda reading: reading.value == "no data")
    tables = {table for reading in readings for table in reading.tables}
    sources = {table: data.resource(table)["sources"] for table in tables}
    wanted: dict[str, set[str]] = {}
    for reading in readings:
        if reading.value == "no data" and set(reading.tables) <= set(wanted):
            continue
        for table in reading.tables:
            every = {source["name"] for source in sources[table]}
            named = every & set(reading.sources)
            wanted[table] = wanted.get(table, set()) | (named or every)
    used = []
    for table, names in sorted(wanted.items()):
        used += [_source(table, source) for source in sources[table] if source["name"] in names]
    return used


def _source(table: str, source: Json) -> dict[str, str]:
    cited = {"table": table}
    for key in ("publisher", "dataset", "version", "citation", "url"):
        cited[key] = str(source.get(key) or "not stated")
    cited["citation"] = " ".join(cited["citation"].split())
    return cited
