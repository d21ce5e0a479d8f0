"""The statements of an article: what each says, what is computed, which rule decides.

`written` reads YAML as it is written, `registry` is the form of the file, `rules` decide on a
value, `compute` runs measures, `rows` chooses from what they give, `trace` notes what that rests
on, `verdicts` combines readings and parts, `output` prints. Imports go one way: output, verdicts,
compute, rows, registry, rules, written.

The **guard**: ``verdict`` and ``reviewed`` of a statement are what a person signed. `check`
compares them with what comes out now.
"""

from turkic_ties.claims.output import RATING, as_text, check, claim_review, place
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
    "as_text",
    "check",
    "choose",
    "claim_review",
    "evaluate",
    "load",
    "place",
    "rule_texts",
    "schema",
]
