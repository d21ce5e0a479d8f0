"""Step by step: how the value of each reading came about, and the verdict from the readings."""

from __future__ import annotations

from collections.abc import Iterator

from turkic_ties.claims.compute import Evaluation
from turkic_ties.claims.registry import Reading, Registry
from turkic_ties.claims.rules import Stated, rule_texts
from turkic_ties.claims.verdicts import evaluate, text_of


def explain(registry: Registry, id: str) -> str:
    """Say how a verdict came about: tables, rows chosen, values, rules, combination.

    Parameters
    ----------
    registry
        From `load`.
    id
        Of a statement.

    Raises
    ------
    ClaimError
        When there is no such statement, or it cannot be evaluated.
    """
    [result] = evaluate(registry, [id])
    [claim] = [claim for claim in registry.claims if claim.id == id]
    lines = [f"{id}: {claim.statement}"]
    evaluation = Evaluation(registry.article, steps=True)
    for part, decided in zip(claim.parts, result.parts, strict=True):
        if part.statement:
            lines += ["", f"PART: {part.statement}"]
        if decided.stated:
            lines.append(f"stated: {decided.stated}")
        for number, reading in enumerate(part.evidence, 1):
            decides = number <= len(part.readings)
            lines += ["", f"{number}. {reading.name}{'' if decides else ' (decides nothing)'}"]
            lines += [f"   {line}" for line in _steps(reading, part.stated, evaluation)]
        lines += ["", f"so the part is: {decided.verdict}, as {decided.why}"]
    lines += ["", f"so the statement is: {result.verdict.upper()}, as {result.why}"]
    return "\n".join(lines)


def _steps(reading: Reading, stated: Stated | None, evaluation: Evaluation) -> Iterator[str]:
    value, trace = evaluation.value(reading.compute)
    for step in trace.steps:
        yield from step.splitlines()
    yield f"value: {text_of(value, reading.unit)}"
    if reading.rule is not None:
        [name] = reading.rule.model_dump(exclude_none=True)
        decided = reading.rule.decide(value, stated)
        holds = {True: "holds", False: "does not hold", None: "decides nothing"}[decided.holds]
        yield f"rule {name}: {rule_texts()[name]}"
        yield f"  {decided.words}: {holds}{', by a wide margin' if decided.wide else ''}"
    if trace.weak:
        yield f"weak: {trace.weak}"
