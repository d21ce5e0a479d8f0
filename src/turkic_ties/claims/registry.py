"""The form of a registry of statements (``data/claims.yml``), and reading one.

A registry describes an article and its **claims**. A claim has one or more **parts**; a part has
**readings**, the legitimate ways of reading it. A reading computes a value from the tables and
puts it to a rule. The first reading is the *principal* one: what the words say when taken plainly,
in the country's own books where books differ.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml
from pydantic import Field, ValidationError, model_validator

from turkic_ties import countries
from turkic_ties.claims.rules import ClaimError, Form, Rule, Stated


class Verdict(StrEnum):
    """Possible verdicts; `VERDICTS` has the criteria."""

    SUPPORTED = "supported"
    CAVEAT = "supported with caveat"
    IMPRECISE = "imprecise"
    CONTRADICTED = "contradicted"
    OUTDATED = "outdated"
    NOT_CHECKABLE = "not checkable with open data"
    NOT_RATED = "not rated"


VERDICTS = {
    Verdict.SUPPORTED: "All readings hold.",
    Verdict.CAVEAT: "The principal reading holds, but another does not, or it is weak, "
    "or a part is undecided.",
    Verdict.IMPRECISE: "The principal reading does not hold but another does, "
    "or some parts hold and others do not.",
    Verdict.CONTRADICTED: "No reading holds.",
    Verdict.OUTDATED: "Held at the article's date, speaks of the present, "
    "and does not hold with the newest figures.",
    Verdict.NOT_CHECKABLE: "The tables hold no figure for it, "
    "or only statements that contradict each other.",
    Verdict.NOT_RATED: "A forecast, a cause, an opinion or a word of degree without a threshold.",
}
"""The criteria of the verdicts, as the page prints them."""

Undecided: TypeAlias = Literal[Verdict.NOT_CHECKABLE, Verdict.NOT_RATED]
Topic: TypeAlias = Literal["trade", "defense", "language_policy", "demographics"]


class Calculation(Form):
    """Where a value comes from: a measure or a table, the rows and the column taken."""

    use: str | None = Field(
        None, description="Name of a definition; the other fields given here replace its own."
    )
    measure: str | None = Field(
        None, description="Dotted name of a measure, such as trade.bilateral."
    )
    table: str | None = Field(
        None, description="Address of a table read as it is, such as defense/events."
    )
    arguments: dict[str, Any] = Field(
        default_factory=dict,
        description="Tables, country and partner are given by name; "
        "an argument may itself be a calculation.",
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


class Reading(Form):
    """One way of reading a statement; without a rule it is supporting evidence."""

    name: str
    compute: Calculation
    unit: str = ""
    rule: Rule | None = None
    as_of: Literal["article", "newest"] = "article"
    distance: str | None = Field(
        None, description="For the nearest evidence: how it differs from what is stated."
    )


class NoDecision(Form):
    """Why a part has no verdict of its own, and what would give it one."""

    verdict: Undecided
    reason: str
    would_decide: str
    held_by: str


class Part(Form):
    """One assertion of a statement."""

    statement: str | None = Field(
        None, description="Left out when the claim is a single assertion."
    )
    stated: Stated | None = None
    present: bool = Field(False, description="Speaks of the present of the article.")
    readings: list[Reading] = Field(
        default_factory=list, description="The first is the principal one."
    )
    context: list[Reading] = Field(
        default_factory=list, description="Evidence that does not decide."
    )
    undecided: NoDecision | None = None

    @model_validator(mode="after")
    def _decides_or_says_why(self) -> Part:
        if (self.undecided is None) == (not self.readings):
            raise ValueError(
                "a part has either 'readings' or 'undecided'; evidence that does not decide is "
                "'context'"
            )
        if any(reading.rule is None for reading in self.readings):
            raise ValueError("every reading needs a rule; put evidence without one under 'context'")
        if self.readings and self.readings[0].as_of != "article":
            raise ValueError("the first reading is the principal one and is 'as_of: article'")
        return self


class Signed(Form):
    """One line of the history of a verdict."""

    date: datetime.date
    verdict: Verdict
    note: str


class Shown(Form):
    """The section of a report that shows the evidence."""

    topic: Topic
    id: str = Field(description="Id of a figure or table of that report.")


class Locator(Form):
    """Where the article says it."""

    section: str
    paragraph: int = Field(
        ge=1, description="Counted through the whole text, headings and standfirst left out."
    )
    sentence: int = Field(ge=1, description="In the paragraph.")

    def __str__(self) -> str:
        return f"{self.section}, paragraph {self.paragraph}, sentence {self.sentence}"


class Claim(Form):
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
    reviewed: datetime.date
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


class Article(Form):
    """What is put to the test."""

    author: str
    title: str
    outlet: str | None
    date: datetime.date
    url: str | None
    country: str = Field(description="ISO3 code of the country the article is about.")
    partner: str = Field(description="ISO3 code of the other side.")


class Registry(Form):
    """An article and its statements."""

    article: Article
    thresholds: list[str] = Field(
        default_factory=list,
        description="Where the article gives a word and no figure: when it counts as met.",
    )
    definitions: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Calculations by name, for 'use'; one may use another defined before it.",
    )
    claims: list[Claim]

    @model_validator(mode="before")
    @classmethod
    def _fill_in_definitions(cls, content: Any) -> Any:
        if not isinstance(content, Mapping) or not isinstance(content.get("definitions"), Mapping):
            return content
        defined: dict[str, Any] = {}
        for name, calculation in content["definitions"].items():
            defined[name] = _filled(calculation, defined)
        return {**content, "definitions": defined, "claims": _filled(content["claims"], defined)}

    @model_validator(mode="after")
    def _has_unique_ids(self) -> Registry:
        ids = [claim.id for claim in self.claims]
        if repeated := sorted({id for id in ids if ids.count(id) > 1}):
            raise ValueError(f"two statements have the id {repeated[0]}")
        return self


def _filled(content: Any, defined: Mapping[str, Any]) -> Any:
    """Put the definition in place of every ``use``, however deep it stands."""
    if isinstance(content, list):
        return [_filled(entry, defined) for entry in content]
    if not isinstance(content, Mapping):
        return content
    filled = {key: _filled(value, defined) for key, value in content.items()}
    if "use" not in filled:
        return filled
    name = filled.pop("use")
    if name not in defined:
        raise ValueError(f"there is no definition {name!r} to use")
    return {**defined[name], **filled}


def load(path: Path | None = None) -> Registry:
    """Read a registry.

    Parameters
    ----------
    path
        A YAML file; None for ``data/claims.yml``.

    Raises
    ------
    ClaimError
        When the file is missing, is not YAML, or does not have the form of the schema; the message
        names the place.
    """
    path = countries.data_directory() / "claims.yml" if path is None else path
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ClaimError(f"{path} is missing: name a registry of statements.") from None
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return Registry.model_validate(yaml.load(content, Loader=loader))
    except yaml.YAMLError as error:
        text = " ".join(str(error).split())
        raise ClaimError(f"{path} is not valid YAML: {text}. Fix this line.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " / ".join(str(step) for step in first["loc"]) or "the registry"
        text = f"{path}, {place}: {first['msg']}. See claims.schema.json for the form."
        raise ClaimError(text) from error


def article(path: Path | None = None) -> Article:
    """Read which article a registry is about; parameters and errors are those of `load`."""
    return load(path).article


def schema() -> str:
    """Return the JSON schema of a registry, as ``data/claims.schema.json`` holds it."""
    return json.dumps(Registry.model_json_schema(), ensure_ascii=False, indent=1) + "\n"
