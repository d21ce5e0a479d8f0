"""Results in words for the terminal, and as ClaimReview of schema.org."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from turkic_ties import data
from turkic_ties.claims.registry import VERDICTS, Article, Registry, Verdict
from turkic_ties.claims.verdicts import PartResult, ReadingResult, Result, evaluate
from turkic_ties.files import Json

RATING = {
    Verdict.CONTRADICTED: 1,
    Verdict.OUTDATED: 2,
    Verdict.IMPRECISE: 3,
    Verdict.CAVEAT: 4,
    Verdict.SUPPORTED: 5,
}
"""Our own scale, declared in each review; undecided statements have no number."""


def place(result: Mapping[str, Any]) -> tuple[int, int]:
    """Give the place of a result in its article, to sort by; collected statements keep theirs."""
    return result["paragraph"] or 0, result["sentence"] or 0


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
        One text per statement that differs: the statement, old and new verdict, the numbers, the
        tables they came from, and what to do. Empty when all verdicts are those signed.
    """
    results = evaluate(registry) if results is None else results
    return [_difference(result) for result in results if result.verdict != result.signed]


def _difference(result: Result) -> str:
    readings = [reading for part in result.parts for reading in part.readings]
    hashes = {table: str(data.resource(table)["hash"])[:15] for table in result.tables}
    tables = ", ".join(f"{table} ({short})" for table, short in hashes.items())
    lines = [f"{result.id}, {result.statement}"]
    lines.append(f"  signed {result.reviewed}: {result.signed}")
    lines.append(f"  computed now: {result.verdict} ({result.why})")
    lines += [f"  {_line(reading)}" for reading in readings]
    lines.append(f"  tables: {tables}")
    lines.append(
        "  If the change is right, sign it: "
        "set verdict and reviewed, and add a dated line to history."
    )
    return "\n".join(lines)


def as_line(result: Result) -> str:
    """Write a statement with its verdict in one line, and what was signed where that differs."""
    signed = "" if result.verdict == result.signed else f"  (signed: {result.signed})"
    return f"{result.id:3} {result.verdict:32} {result.statement}{signed}"


def as_text(result: Result) -> str:
    """Format one statement with all evidence for the terminal."""
    lines = [f"{result.id}  {result.verdict.upper()}", result.statement]
    lines.append(f"{result.locator}; {result.kind}")
    if result.verdict != result.signed:
        lines.append(f"SIGNED OTHERWISE: {result.signed} on {result.reviewed}")
    if result.why:
        lines.append(f"because {result.why}")
    for part in result.parts:
        lines.append("")
        if len(result.parts) > 1:
            key = " (key part)" if part.head else ""
            lines.append(f"part{key}: {part.statement} – {part.verdict}, {part.why}")
        lines += _part_lines(part)
    lines += ["", *(f"caveat: {caveat}" for caveat in result.caveats)]
    for source in result.sources:
        citation = f"{source['citation']} (version {source['version']})"
        lines.append(f"source: {source['table']}: {citation}")
    if result.shown_in:
        lines.append(f"shown in: {result.shown_in['topic']}, {result.shown_in['id']}")
    for line in result.history:
        lines.append(f"signed {line['date']}: {line['verdict']}. {line['note']}")
    return "\n".join(lines)


def _part_lines(part: PartResult) -> Iterator[str]:
    if part.stated:
        yield f"  stated: {part.stated}"
    at_article = [reading for reading in part.readings if reading.as_of == "article"]
    newest = [reading for reading in part.readings if reading.as_of == "newest"]
    roles = ["principal: ", *["further: "] * len(at_article)]
    yield from _group("at the article's date", at_article, roles)
    yield from _group("newest figures", newest, ["further: "] * len(newest))
    if part.newest:
        yield f"  since then: {part.newest}"
    if part.would_decide:
        yield f"  would decide: {part.would_decide}"
        yield f"  held by: {part.held_by}"
    heading = "nearest evidence" if part.would_decide else "further evidence (not used)"
    yield from _group(heading, part.context, [""] * len(part.context))


def _group(heading: str, readings: Sequence[ReadingResult], roles: Sequence[str]) -> Iterator[str]:
    if readings:
        yield f"  {heading}:"
    for role, reading in zip(roles, readings, strict=False):
        weak = f"; weak: {reading.weak}" if reading.weak else ""
        distance = f"; distance: {reading.distance}" if reading.distance else ""
        yield f"    {role}{_line(reading)}{weak}{distance}"
        yield f"      computed by {reading.measure} from {', '.join(reading.tables)}"


def _line(reading: ReadingResult) -> str:
    """Write a reading in one line: name, period, the rule in words, whether it holds."""
    period = f" ({reading.period})" if reading.period else ""
    undecided = reading.words in ("", "no data")
    text = reading.value if undecided else reading.words
    state = {True: " → holds", False: " → does not hold", None: ""}[reading.holds]
    return f"{reading.name}{period}: {text}{state}"


def claim_review(result: Mapping[str, Any], article: Article, page: str) -> Json:
    """Describe a result as schema.org ``ClaimReview``.

    Parameters
    ----------
    result
        Of `Result.to_dict`.
    article
        What was put to the test.
    page
        Address of the page that shows the entry under its id, and the scale and the rules under
        ``rules``.
    """
    url = f"{page}#{result['id']}"
    citations = [f"{source['citation']} ({source['url']})" for source in result["sources"]]
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "@id": url,
        "url": url,
        "datePublished": result["reviewed"],
        "author": {"@type": "Organization", "name": "Turkic Ties"},
        "publishingPrinciples": f"{page}#rules",
        "claimReviewed": result["statement"],
        "reviewRating": _rating(result),
        "itemReviewed": _reviewed(result["said"], article),
        "citation": list(dict.fromkeys(citations)),
    }


def _rating(result: Mapping[str, Any]) -> Json:
    verdict = Verdict(result["verdict"])
    rating: Json = {"@type": "Rating", "alternateName": verdict}
    if verdict in RATING:
        rating |= {"ratingValue": RATING[verdict], "worstRating": 1, "bestRating": 5}
    return rating | {"ratingExplanation": f"{VERDICTS[verdict]} Here: {result['why']}."}


def _reviewed(said: Mapping[str, Any] | None, article: Article) -> Json:
    """Describe the statement: of the article, or of a speaker on a page of its own."""
    if said is None:
        appearance = _appearance(article)
        date = article.date
        author = _author(article)
    else:
        appearance = {"@type": "WebPage", "name": said["title"], "url": said["url"]}
        kind = "Person" if said["person"] else "Organization"
        date = said["date"]
        author = {"author": {"@type": kind, "name": said["by"]}}
    return {"@type": "Claim", **author, "datePublished": date, "appearance": appearance}


def _author(article: Article) -> Json:
    """Name the author; empty when the author is not established."""
    if article.author is None:
        return {}
    return {"author": {"@type": "Person", "name": article.author}}


def _appearance(article: Article) -> Json:
    work: Json = {"@type": "Article", "headline": article.title, **_author(article)}
    work["datePublished"] = article.date
    if article.url:
        work["url"] = article.url
    if article.outlet:
        work["publisher"] = {"@type": "Organization", "name": article.outlet}
    return work
