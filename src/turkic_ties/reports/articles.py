"""The page of each article: what it states, what decides, the verdicts; and the same as JSON.

Statements that a report of the same build has evaluated are not evaluated again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from turkic_ties import articles, claims, data
from turkic_ties.articles import dated
from turkic_ties.files import Json
from turkic_ties.reports.shell import as_script, environment
from turkic_ties.theme import sparkline
from turkic_ties.topics import TOPICS

Summary = Mapping[str, Any]

OUTCOMES = {
    claims.Verdict.SUPPORTED: "Supported by the figures",
    claims.Verdict.CAVEAT: "Supported with caveat",
    claims.Verdict.IMPRECISE: "Imprecise: it holds in part, or by another reading",
    claims.Verdict.CONTRADICTED: "Contradicted by the figures",
    claims.Verdict.OUTDATED: "Outdated: it held when it was made",
    claims.Verdict.NOT_CHECKED: "Not checked here: open data exist, but not in our tables",
    claims.Verdict.NOT_CHECKABLE: "Not checkable: no open data that would decide it are known",
    claims.Verdict.NOT_RATED: "Not rated: a forecast, aim, cause, opinion or word of degree",
}
"""The verdicts in words."""

YEAR = re.compile(r"\d{4}")
SPARK_POINTS = 4


class UnsignedError(claims.ClaimError):
    """A verdict comes out that nobody signed; the message has the numbers and the tables."""

    status = 1


def evaluate(registry: claims.Registry, known: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Evaluate an article, without the statements whose results are known.

    Raises
    ------
    turkic_ties.claims.ClaimError
        When the file has a mistake.
    UnsignedError
        When a verdict is not the one that was signed.
    """
    found = {result["id"]: result for result in known if result.get("article") == registry.slug}
    missing = [claim.id for claim in registry.claims if claim.id not in found]
    evaluated = claims.evaluate(registry, missing)
    if differences := claims.check(registry, evaluated):
        raise UnsignedError("\n".join(["verdicts are not those that were signed:", *differences]))
    found |= {result.id: result.to_dict() for result in evaluated}
    return [found[claim.id] for claim in registry.claims]


def make(
    registry: claims.Registry,
    results: Iterable[Mapping[str, Any]],
    summaries: Mapping[str, Summary],
    alone: bool = False,
) -> dict[str, str]:
    """Write the page of an article, and the same for programs.

    Parameters
    ----------
    registry
        The article and its statements.
    results
        Of its statements, as by `turkic_ties.claims.Result.to_dict`.
    summaries
        Of the reports on its pair, by topic: where the evidence of a statement is shown.
    alone
        There is no edition around the page: leave out the links to it.

    Returns
    -------
    dict
        Path under the folder of reports to contents.
    """
    ordered = sorted(results, key=claims.place)
    stem = f"{articles.FOLDER}/{registry.slug}"
    return {
        f"{stem}.html": _page(registry, ordered, summaries, alone),
        f"{stem}.json": _for_programs(registry, ordered),
    }


def scale(results: Sequence[Mapping[str, Any]]) -> list[Json]:
    """List the verdicts with their meaning, rating and number of statements."""
    counts = Counter(result["verdict"] for result in results)
    rows: list[Json] = []
    for verdict, means in claims.VERDICTS.items():
        row = {"verdict": verdict, "means": means, "rating": claims.RATING.get(verdict)}
        rows.append({**row, "count": counts[verdict]})
    return rows


def _reviews(registry: claims.Registry, results: Sequence[Mapping[str, Any]]) -> list[Any]:
    page = f"{registry.slug}.html"
    return [claims.claim_review(result, registry.article, page) for result in results]


def _page(
    registry: claims.Registry,
    results: Sequence[Mapping[str, Any]],
    summaries: Mapping[str, Summary],
    alone: bool,
) -> str:
    sections = groupby(results, key=lambda result: result["section"])
    topics = Counter(result["topic"] for result in results)
    evidence = {result["id"]: _evidence(result, registry.article, summaries) for result in results}
    template = environment().get_template("article.html.j2")
    return template.render(
        article=registry.article,
        slug=registry.slug,
        alone=alone,
        sections=[(name, list(group)) for name, group in sections],
        evidence=evidence,
        outcomes=OUTCOMES,
        dated=dated,
        sparks={result["id"]: _spark(result) for result in results},
        scale=scale(results),
        total=len(results),
        topics={topic: topics[topic] for topic in TOPICS if topics[topic]},
        reviews=as_script(_reviews(registry, results)),
        thresholds=registry.thresholds,
        steps=claims.STEPS,
        rules=claims.rule_texts(),
    )


def _spark(result: Mapping[str, Any]) -> Markup:
    """Draw the first yearly series that decides; nothing where none has enough points."""
    for reading in [reading for part in result["parts"] for reading in part["readings"]]:
        series = {label: y for label, y in reading["series"].items() if YEAR.fullmatch(label)}
        if len(series) >= SPARK_POINTS:
            return sparkline([(int(label), value) for label, value in series.items()])
    return Markup("")


def tables(results: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """List the tables that results rest on, with their hashes."""
    addresses = sorted({address for result in results for address in result["tables"]})
    return [{"table": address, "hash": data.resource(address)["hash"]} for address in addresses]


def _for_programs(registry: claims.Registry, results: Sequence[Mapping[str, Any]]) -> str:
    content = {
        "slug": registry.slug,
        "article": registry.article.model_dump(mode="json"),
        "byline": registry.article.byline,
        "thresholds": registry.thresholds,
        "scale": scale(results),
        "results": results,
        "tables": tables(results),
        "reviews": _reviews(registry, results),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _evidence(
    result: Mapping[str, Any], article: claims.Article, summaries: Mapping[str, Summary]
) -> tuple[str, str] | None:
    """Give address and title of the figure or table that shows the evidence, where it is there."""
    shown = result["shown_in"]
    if not shown or shown["topic"] not in summaries:
        return None
    page = f"../{shown['topic']}/{article.country}-{article.partner}.html".lower()
    for kind, entries in (("figure", "figures"), ("table", "shown_tables")):
        for entry in summaries[shown["topic"]][entries]:
            if entry["id"] == shown["id"]:
                return f"{page}#{kind}-{shown['id']}", entry["title"]
    return page, f"the report on {shown['topic'].replace('_', ' ')}"
