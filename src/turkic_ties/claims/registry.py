"""The form of a registry of statements (``data/articles/<slug>.yml``), and reading one.

A registry describes an article and its **claims**. A claim has one or more **parts**; a part has
**readings**, the legitimate ways of reading it. A reading computes a value from the tables and
puts it to a rule. The first reading is the *principal* one: what the words say when taken plainly,
in the country's own books where books differ.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from turkic_ties import articles, countries, files
from turkic_ties.claims.rules import ISO_DATE, ClaimError, Form, Rule, Stated, near
from turkic_ties.claims.written import Loader
from turkic_ties.files import Json
from turkic_ties.topics import TOPICS


class Verdict(StrEnum):
    """Possible verdicts; `VERDICTS` has the criteria."""

    SUPPORTED = "supported"
    CAVEAT = "supported with caveat"
    IMPRECISE = "imprecise"
    CONTRADICTED = "contradicted"
    OUTDATED = "outdated"
    NOT_CHECKED = "not checked here"
    NOT_CHECKABLE = "not checkable"
    NOT_RATED = "not rated"


VERDICTS = {
    Verdict.SUPPORTED: "All readings hold.",
    Verdict.CAVEAT: "The principal reading holds, but another does not, or it is weak, "
    "or a part that is not the key one is undecided.",
    Verdict.IMPRECISE: "The principal reading does not hold, by no wide margin, but another does, "
    "or some parts hold and others do not.",
    Verdict.CONTRADICTED: "No reading holds, or the principal one fails by a wide margin.",
    Verdict.OUTDATED: "Held at the article's date, speaks of the present, "
    "and does not hold with the newest figures.",
    Verdict.NOT_CHECKED: "Open data that would decide it exist and are named, "
    "but are not in our tables.",
    Verdict.NOT_CHECKABLE: "No open data that would decide it are known.",
    Verdict.NOT_RATED: "A forecast, an aim, a cause, an opinion "
    "or a word of degree without a threshold.",
}
"""The criteria of the verdicts, as the page prints them."""

ID = "^[A-Za-z0-9][A-Za-z0-9_-]*$"
"""Ids become anchors of pages."""

ADDRESS = r"^https?://[^\s<>\"']+$"

SCALES = {"thousand": 1e-3, "million": 1e-6, "billion": 1e-9, "trillion": 1e-12}
"""Factor from units to the word that a unit begins with."""


def _date(value: Any) -> Any:
    """Take a date as it is written, if it is in the calendar."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(ISO_DATE, value):
        datetime.date.fromisoformat(f"{value}-01-01"[:10] if len(value) < 10 else value)
    return value


Date: TypeAlias = Annotated[
    str,
    BeforeValidator(_date),
    Field(
        pattern=f"^{ISO_DATE}$", description="As precise as it is known: 2024, 2024-01, 2024-01-10."
    ),
]
Undecided: TypeAlias = Literal[Verdict.NOT_CHECKED, Verdict.NOT_CHECKABLE, Verdict.NOT_RATED]
Topic: TypeAlias = Literal[TOPICS]  # type: ignore[valid-type]


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
    arguments: Json = Field(
        default_factory=dict,
        description="Tables, country and partner are given by name; "
        "an argument may itself be a calculation.",
    )
    for_each: dict[str, list[str | int | float]] = Field(
        default_factory=dict,
        description="One argument that takes several values; the result is labelled by them.",
    )
    where: Json = Field(
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
    scale: float = Field(1.0, description="Factor on the value, such as 1.0e-9 for billions.")
    plus: float = Field(0.0, description="Added to the scaled value.")
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

    @model_validator(mode="after")
    def _is_scaled_to_its_unit(self) -> Reading:
        word = self.unit.partition(" ")[0]
        column = self.compute.column
        scale = self.compute.scale
        wanted = SCALES.get(word) if re.search(r"(usd|eur|tonnes)$", column or "") else None
        if word == "percent" and re.search(r"(^|_)share$", column or ""):
            wanted = 100.0
        if wanted and self.compute.take != "count" and not math.isclose(scale, wanted):
            written = f"{wanted:.1e}" if wanted < 1 else f"{wanted:g}"
            raise ValueError(f"{column} is not in {self.unit}: write 'scale: {written}' in compute")
        return self


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
    head: bool = Field(
        False, description="Carries the key word of the statement; if none says so, the first does."
    )
    present: bool = Field(False, description="Speaks of the present of the article.")
    readings: list[Reading] = Field(
        default_factory=list, description="The first is the principal one."
    )
    context: list[Reading] = Field(
        default_factory=list, description="Evidence that does not decide."
    )
    undecided: NoDecision | None = None

    @property
    def evidence(self) -> list[Reading]:
        """All that is computed: the readings, and the context, which decides nothing."""
        return self.readings + self.context

    @model_validator(mode="after")
    def _decides_or_says_why(self) -> Part:
        if (self.undecided is None) == (not self.readings):
            raise ValueError(
                "a part has either 'readings' or 'undecided'; evidence that does not decide is "
                "'context'"
            )
        if any(reading.rule is None for reading in self.readings):
            raise ValueError("every reading needs a rule; put evidence without one under 'context'")
        for reading in self.readings if self.stated else ():
            units = self.stated.unit, reading.unit  # type: ignore[union-attr]
            # "billion US dollars" and "US dollars" are one unit in two sizes.
            sizes = [re.match(f"(?:({'|'.join(SCALES)}) )?(.*)", unit) for unit in units]
            words, kinds = zip(*(size.groups() for size in sizes if size), strict=True)
            if kinds[0] == kinds[1] and words[0] != words[1]:
                raise ValueError(
                    f"the stated value is in {units[0]} and {reading.name!r} in {units[1]}: use one"
                )
        if self.readings and self.readings[0].as_of != "article":
            raise ValueError("the first reading is the principal one and is 'as_of: article'")
        return self


class Signed(Form):
    """One line of the history of a verdict."""

    date: datetime.date
    # Older lines have the verdict that was split into not checked here and not checkable.
    verdict: Verdict | Literal["not checkable with open data"]
    note: str


class Shown(Form):
    """The section of a report that shows the evidence."""

    topic: Topic
    id: str = Field(pattern=ID, description="Id of a figure or table of that report.")


class Locator(Form):
    """Where the article says it."""

    section: str
    paragraph: int = Field(
        ge=1, description="Counted through the whole text, headings and standfirst left out."
    )
    sentence: int = Field(ge=1, description="In the paragraph.")

    def __str__(self) -> str:
        return f"{self.section}, paragraph {self.paragraph}, sentence {self.sentence}"


class Said(Form):
    """Who says it, and on which page: for statements that were collected from several."""

    by: str = Field(description="The speaker, or whose statistics are quoted.")
    person: bool = Field(False, description="The speaker is a person, not a body or an agency.")
    title: str = Field(description="Publication and title of the page.")
    url: str = Field(pattern=ADDRESS)
    date: Date = Field(description="Of the page.")

    def __str__(self) -> str:
        return f"{self.by}, {articles.dated(self.date)}, in {self.title}"


class Claim(Form):
    """One statement of the article."""

    id: str = Field(pattern=ID, description="It never changes its meaning.")
    topic: Topic
    statement: str = Field(description="In our own words.")
    answer: str | None = Field(
        None,
        description="One plain sentence on what the figures say; {1} is the value of the first "
        "reading (context counts on), {2.first} and {2.last} the ends of a series, {3.KAZ} the "
        "value under a label. Left out: the names and values of the principal readings.",
    )
    locator: Locator | None = Field(None, description="The place in the article.")
    said: Said | None = Field(None, description="Instead of a place: where it was said.")
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
                "the last line of the history must have the verdict and the date of 'reviewed'"
            )
        if (self.locator is None) == (self.said is None):
            raise ValueError("give either 'locator' or 'said'")
        if len(self.parts) > 1 and any(part.statement is None for part in self.parts):
            raise ValueError("each of several parts needs its 'statement'")
        if sum(part.head for part in self.parts) > 1:
            raise ValueError("only one part carries the key word ('head')")
        return self

    @property
    def head(self) -> int:
        """Position of the part that carries the key word."""
        return next((i for i, part in enumerate(self.parts) if part.head), 0)


class Article(Form):
    """What is put to the test."""

    title: str
    author: str | None = Field(None, description="Null when it is not established.")
    posted_by: str | None = Field(None, description="Name under which the page was posted.")
    outlet: str | None = None
    date: Date
    date_note: str | None = Field(None, description="How the date was found, if it is not printed.")
    url: str | None = Field(None, pattern=ADDRESS)
    country: str = Field(description="ISO3 code of the country the article is about.")
    partner: str = Field(description="ISO3 code of the other side.")

    @field_validator("country", "partner")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if (code := countries.to_iso3(value)) != value:
            raise ValueError(f"write {value!r} as {code}, its ISO 3166-1 code")
        return value

    @model_validator(mode="after")
    def _is_a_pair(self) -> Article:
        if self.country == self.partner:
            raise ValueError(f"country and partner are both {self.country}: name two states")
        return self

    @property
    def cited(self) -> str:
        """The article in one line."""
        return f"“{self.title}”, {self.byline}"

    @property
    def byline(self) -> str:
        """Author, outlet and date; the name it was posted under where no author is known."""
        unknown = None if self.outlet else "no author known"
        by = self.author or (f"posted by {self.posted_by}" if self.posted_by else unknown)
        inferred = " (inferred)" if self.date_note else ""
        parts = [by, self.outlet, f"{self.dated}{inferred}"]
        return ", ".join(part for part in parts if part)

    @property
    def dated(self) -> str:
        """The date in words, at its precision."""
        return articles.dated(self.date)


class Registry(Form):
    """An article and its statements."""

    article: Article
    thresholds: list[str] = Field(
        default_factory=list,
        description="Where the article gives a word and no figure: when it counts as met.",
    )
    definitions: dict[str, Json] = Field(
        default_factory=dict,
        description="Calculations by name, for 'use'; one may use another defined before it.",
    )
    claims: list[Claim]
    _path: str = PrivateAttr("the registry")

    @model_validator(mode="before")
    @classmethod
    def _fill_in_definitions(cls, content: Any) -> Any:
        definitions = content.get("definitions", {})
        if not isinstance(definitions, Mapping):
            return content
        defined: Json = {}
        for name, calculation in definitions.items():
            if not isinstance(calculation, Mapping):
                raise ValueError(f"the definition {name!r} is no calculation")
            defined[name] = _filled(calculation, defined)
        filled = {name: _filled(value, defined) for name, value in content.items()}
        return filled | {"definitions": defined}

    @property
    def path(self) -> str:
        """The file that it was read from."""
        return self._path

    @property
    def slug(self) -> str:
        """The name of the article, which is that of its file."""
        return Path(self._path).stem

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
    if not isinstance(name, str) or name not in defined:
        raise ValueError(f"there is no definition {name!r} to use{near(name, defined)}")
    return {**defined[name], **filled}


def load(path: Path | str | None = None) -> Registry:
    """Read a registry.

    Parameters
    ----------
    path
        A YAML file, or the slug of one in ``data/articles/``; None for the standard article.

    Raises
    ------
    ClaimError
        When the file is missing, is not YAML, or does not have the form of the schema; the message
        names the place.
    """
    if not isinstance(path, Path):
        path = articles.path(articles.STANDARD if path is None else path)
    return _read(path)


@files.once_per_state
def _read(path: Path) -> Registry:
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "is missing"
        raise ClaimError(f"{path} {problem}: name a file of statements.")
    text = files.read_text(path, ClaimError, files.MAX_YAML_BYTES)
    content = files.parse_yaml(text, path, ClaimError, loader=Loader)
    if not isinstance(content, Mapping):
        raise ClaimError(f"{path} holds no registry: begin with 'article:' and 'claims:'.")
    try:
        registry = Registry.model_validate(content)
    except ValidationError as error:
        mistake = _mistake(error.errors(), content)
        raise ClaimError(f"{path}, {mistake}. See claims.schema.json.") from error
    registry._path = str(path)
    return registry


def choose(names: Sequence[str], path: Path | None = None) -> list[tuple[Registry, list[str]]]:
    """Read the articles that a command names, each with the ids of the statements it asks for.

    Parameters
    ----------
    names
        A slug and ids of that article, or ids alone, or nothing, which means all articles.
    path
        A file to read instead; then all names are ids.

    Raises
    ------
    ClaimError
        When no article or statement has a name, or several have.
    """
    if path is not None:
        return [(load(path), list(names))]
    known, problems = articles.find()
    if problems and not names:
        raise ClaimError(next(iter(problems.values())))
    if not names or names[0] in known:
        return [(load(slug), list(names[1:])) for slug in (names[:1] or known)]
    wanted: dict[str, list[str]] = {}
    registries = {slug: load(slug) for slug in known}
    for name in names:
        of = [slug for slug in known if name in {claim.id for claim in registries[slug].claims}]
        if len(of) != 1:
            several = f"several statements have the id {name}: name one of {', '.join(of)} first"
            hint = near(name, known) or f"; articles: {', '.join(known)}"
            nothing = f"there is no article and no statement {name!r}{hint}"
            raise ClaimError(f"{several if of else nothing}.")
        wanted.setdefault(of[0], []).append(name)
    return [(registries[slug], ids) for slug, ids in wanted.items()]


WRITTEN = {
    f"^{ISO_DATE}$": "write the date as 2024, 2024-05 or 2024-05-02",
    ADDRESS: "an address begins with http:// or https:// and has no spaces",
    ID: "an id has letters a to z, digits, - and _",
}
"""What to do about a text that has not the form it needs."""


def _mistake(errors: Sequence[Any], content: Mapping[str, Any]) -> str:
    """Describe the first mistake; of a mistyped key, not that the right one is missing."""
    first = min(errors, key=lambda error: error["type"] != "extra_forbidden")
    steps = list(first["loc"])
    found = repr(first["input"])[:60]
    context = first.get("ctx", {})
    text = " ".join(first["msg"].removeprefix("Value error, ").split()).rstrip(".")
    if first["type"] == "extra_forbidden":
        *steps, key = steps
        known = _keys(steps)
        hint = near(key, known) or f"; there are {', '.join(known)}"
        text = f"the key {key!r} is unknown{hint}"
    elif first["type"] == "missing":
        *steps, key = steps
        text = f"the key {key!r} is missing"
    elif first["type"] in ("literal_error", "enum"):
        text = f"{found} is none of {context['expected']}"
    elif first["type"] == "string_pattern_mismatch":
        text = f"{found}: {WRITTEN[context['pattern']]}"
    elif first["type"] != "value_error":
        text = f"{text} (found {found})"
    others = {error["loc"][:-1] for error in errors} - {first["loc"][:-1]}
    more = f" (and {len(others)} more in the file)" if others else ""
    return f"{_place(steps, content)}: {text}{more}"


def _keys(steps: Iterable[int | str]) -> list[str]:
    """List the keys that the form has at a place."""
    form: Any = Registry
    for step in steps:
        if step in form.model_fields:
            form = next(_forms(form.model_fields[step].annotation), form)
    return list(form.model_fields)


def _forms(annotation: Any) -> Iterator[type[Form]]:
    if isinstance(annotation, type) and issubclass(annotation, Form):
        yield annotation
    for inner in get_args(annotation):
        yield from _forms(inner)


def _place(steps: Sequence[int | str], content: Mapping[str, Any]) -> str:
    """Name the place of an error: the statement by its id, what is inside by keys and numbers."""
    named: list[str] = []
    for step in steps:
        if isinstance(step, int) and named:
            named[-1] = f"{named[-1].removesuffix('s')} {step + 1}"
        else:
            named.append(str(step))
    if list(steps[:1]) == ["claims"]:
        claim = content["claims"][steps[1]] if len(steps) > 1 else None
        id = claim.get("id") if isinstance(claim, Mapping) else None
        named[0] = str(id or named[0].replace("claim ", "statement "))
    return ", ".join(named) or "the registry"


def article(path: Path | str | None = None) -> Article:
    """Read which article a registry is about; parameters and errors are those of `load`."""
    return load(path).article


def schema() -> str:
    """Return the JSON schema of a registry, as ``data/claims.schema.json`` holds it."""
    return json.dumps(Registry.model_json_schema(), ensure_ascii=False, indent=1) + "\n"
