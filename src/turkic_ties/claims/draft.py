"""Drafts: a statement, or a whole file of statements, to be completed by hand."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from turkic_ties import countries
from turkic_ties.claims.measures import as_reading, example, in_line, value_of, with_unit_of
from turkic_ties.claims.rules import ClaimError, Rule, Value
from turkic_ties.words import significant

HEAD = """# What an editor needs to complete this file is in data/claims.schema.json of the project.
# 'ties measures' lists what can be computed; 'ties measures trade.ranks' shows how to ask for it.
# 'ties claims --watch FILE' computes again whenever this file is saved.
#
# compute: also 'table: trade/statements' for a table of 'ties data'; 'over: year' for a series;
#   'take: count' (or sum, median, first, last, smallest, largest, spread) for several rows
# rule, one of:
{rules}

article:
  title: Title of the article
  author: null # null when it is not established
  outlet: null
  date: "{year}" # as precise as it is known: 2024, 2024-01 or 2024-01-10
  url: null
  country: {country} # whose books are the country's own
  partner: {partner}

claims:

"""

CLAIM = """- id: {id} # it never changes its meaning
  topic: {topic}
  statement: {statement}
  # For a statement on a page of its own, instead of the locator:
  # said: {{by: Speaker, title: Title of the page, url: https://example.org/, date: "2024"}}
  locator: {{section: Opening, paragraph: 1, sentence: 1}}
  kind: level # or change, share, rank, date, trend, existence, causal, opinion, forecast
  parts: # a statement with several assertions has several parts, each with its own 'statement'
{part}
  verdict: {verdict} # what you sign; where another comes out, the command says so
  reviewed: {date}
  history: [{{date: {date}, verdict: {verdict}, note: First reading.}}]
"""

READINGS = """  - stated: {stated} # what the article says; decimals count as they are written
    readings: # the first one takes the words plainly, in the country's own books
{reading}
    # context: readings without a rule are shown and decide nothing"""

UNDECIDED = """  - undecided:
      verdict: not checked here # or not checkable, not rated
      reason: {reason}
      would_decide: what would decide it
      held_by: who holds that"""


def new(country: str, partner: str) -> str:
    """Write a file of statements with comments, which can be read and evaluated as it is.

    Parameters
    ----------
    country, partner
        The pair, in any spelling.
    """
    country = countries.to_iso3(country)
    partner = countries.to_iso3(partner)
    if country == partner:
        raise ClaimError(f"country and partner are both {country}: name two states.")
    year = datetime.date.today().year
    head = HEAD.format(country=country, partner=partner, year=year, rules="\n".join(_rules()))
    return head + draft("Replace this by what the article says.", country, partner)


def draft(
    statement: str,
    country: str,
    partner: str,
    *,
    measure: str = "trade.bilateral",
    row: Mapping[str, Any] | None = None,
    column: str | None = None,
    id: str = "A1",
) -> str:
    """Write a statement as YAML, to be pasted under ``claims:``.

    Parameters
    ----------
    statement
        What is said, in one sentence.
    country, partner
        The pair, in any spelling.
    measure
        Dotted name of the measure that decides.
    row
        The row of its result that decides, as pandas gives it; the last one when left out.
    column
        The column of that row.
    id
        Of the statement.

    Returns
    -------
    str
        YAML with comments. The value that is computed now stands where the stated one belongs, and
        the verdict is the one that comes out: both are to be replaced.

    Examples
    --------
    >>> text = draft("Türkiye is the third partner.", "KAZ", "TUR", measure="trade.ranks")
    >>> "where: {year: 2025, books: own, flow: turnover, partner: TUR}" in text
    True
    """
    country = countries.to_iso3(country)
    partner = countries.to_iso3(partner)
    try:
        calculation, _ = example(measure, country, partner, row, column)
        unit, calculation = with_unit_of(calculation)
        value = value_of(calculation, country, partner)
    except ClaimError as error:
        calculation, value, reason = {}, None, str(error)
    else:
        reason = "the measure gives no single value"
    part = UNDECIDED.format(reason=in_line(reason))
    verdict = "not checked here"
    if isinstance(value, float | int | str):
        stated, rule = _stated(value, unit)
        reading = as_reading(f"Name of the reading, by {measure}", calculation, unit, rule)
        part = READINGS.format(stated=stated, reading=reading)
        verdict = "supported"
    return CLAIM.format(
        id=id,
        topic=measure.partition(".")[0],
        statement=in_line(statement),
        part=part,
        verdict=verdict,
        date=datetime.date.today().isoformat(),
    )


def _rules() -> Iterator[str]:
    """List the rules with what each takes."""
    for name, field in Rule.model_fields.items():
        [model, *_] = get_args(field.annotation)
        fields = ", ".join(model.model_fields)
        takes = "[…]" if fields == "root" else "{" + fields + "}"
        yield f"#   {name}: {takes}"


def _stated(value: Value, unit: str) -> tuple[str, str]:
    """Write the value as if it was stated, and a rule that compares with it."""
    if isinstance(value, str):
        return in_line({"value": value}), "{date_equals: {}}"
    number = significant(float(value), digits=3)  # type: ignore[arg-type]
    text = f"{{value: {number.replace(',', '').replace('−', '-')}, unit: {unit}}}"
    rules = "# see above; their texts are on every page of an article"
    return text, f"{{{'rank_equals' if unit == 'rank' else 'rounds_to'}: {{}}}} {rules}"
