"""The statements of an article: what each says, what is computed, which rule decides.

`written` reads YAML as it is written, `registry` is the form of the file, `rules` decide on a
value, `compute` runs measures, `rows` chooses from what they give, `trace` notes what that rests
on, `verdicts` combines readings and parts, `output` prints, `explain` shows the steps, `measures`
and `draft` help to write a statement. Imports go one way: draft, measures, explain, output,
verdicts, compute, rows, registry, rules, written.

The **guard**: ``verdict`` and ``reviewed`` of a statement are what a person signed. `check`
compares them with what comes out now.
"""

from turkic_ties.claims.draft import draft, new
from turkic_ties.claims.explain import explain
from turkic_ties.claims.measures import describe, example, list_measures
from turkic_ties.claims.output import RATING, as_line, as_text, check, claim_review, place
from turkic_ties.claims.registry import (
    VERDICTS,
    Article,
    Claim,
    Registry,
    Verdict,
    article,
    choose,
    load,
    schema,
)
from turkic_ties.claims.rules import TREND_P, TREND_POINTS, ClaimError, rule_texts
from turkic_ties.claims.verdicts import STEPS, PartResult, ReadingResult, Result, evaluate

__all__ = [
    "RATING",
    "STEPS",
    "TREND_P",
    "TREND_POINTS",
    "VERDICTS",
    "Article",
    "Claim",
    "ClaimError",
    "PartResult",
    "ReadingResult",
    "Registry",
    "Result",
    "Verdict",
    "article",
    "as_line",
    "as_text",
    "check",
    "choose",
    "claim_review",
    "describe",
    "draft",
    "evaluate",
    "example",
    "explain",
    "list_measures",
    "load",
    "new",
    "place",
    "rule_texts",
    "schema",
]
