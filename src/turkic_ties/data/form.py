"""The form of data packages and corrections: what each entry must say.

Property names are those of the Data Package standard; `publisher`, `dataset`, `kind` and the like
of a source are this project's. A property that would change how a file is read and is not followed
here is refused, so that no table is read otherwise than its package says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    model_validator,
)
from pydantic import Field as Limits

DATE_FORMAT = "%Y-%m-%d"
LINK = r"(https?://|mailto:)[^\s<>\"'`]+"
"""The addresses that may become a link on a page."""


def _link(address: str) -> str:
    if not re.fullmatch(LINK, address):
        raise ValueError("must be an address beginning with http://, https:// or mailto:")
    return address


def _pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return pattern


def _listed(paths: Any) -> Any:
    return [paths] if isinstance(paths, str) else paths


Text = Annotated[str, Limits(min_length=1)]
Link = Annotated[str, AfterValidator(_link)]
Day = Annotated[str, Limits(pattern=r"^\d{4}-\d{2}-\d{2}$")]
FileName = Annotated[str, Limits(pattern=r"^[^\x00-\x1f]{1,200}$")]
Slug = Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]*$")]
Sign = Annotated[str, Limits(min_length=1, max_length=1)]
Limit = Annotated[float, Limits(allow_inf_nan=False)]
Cell = str | bool | int | float | date | None


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


class Constraints(_Form):
    """What the cells of a column have to meet."""

    required: bool = False
    unique: bool = False
    minimum: int | Limit | None = None
    maximum: int | Limit | None = None
    minLength: int | None = None
    maxLength: int | None = None
    pattern: Annotated[str, AfterValidator(_pattern)] | None = None
    enum: list[str | int | float] | None = None


class Field(_Form):
    """A column: its name, type, meaning and the way its cells are written."""

    name: Text
    type: Literal["string", "integer", "number", "boolean", "date"]
    title: Text
    description: Text
    unit: str = ""
    format: str = "default"
    decimalChar: Sign = "."
    groupChar: Sign | None = None
    trueValues: list[str] = ["true", "True", "TRUE", "1"]
    falseValues: list[str] = ["false", "False", "FALSE", "0"]
    constraints: Constraints = Constraints()

    @property
    def date_format(self) -> str:
        """The form of a date as `datetime.strptime` takes it."""
        return DATE_FORMAT if self.format == "default" else self.format

    @model_validator(mode="after")
    def _fits_its_type(self) -> Field:
        limits = self.constraints
        if self.type == "date":
            _check_date_format(self.date_format)
        elif self.format != "default":
            raise ValueError(f"format {self.format!r} is not read here for a {self.type}")
        if {limits.minimum, limits.maximum} != {None} and self.type not in ("integer", "number"):
            raise ValueError(f"minimum and maximum are not read here for a {self.type}")
        lengths = {limits.minLength, limits.maxLength, limits.pattern}
        if lengths != {None} and self.type != "string":
            raise ValueError(f"lengths and patterns are not read here for a {self.type}")
        if limits.enum is not None and self.type in ("boolean", "date"):
            raise ValueError(f"enum is not read here for a {self.type}")
        if self.decimalChar == self.groupChar:
            raise ValueError("decimalChar and groupChar are the same")
        return self


def _check_date_format(form: str) -> None:
    day = datetime(2001, 2, 13)
    try:
        whole = datetime.strptime(day.strftime(form), form) == day
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(f"format {form!r} does not give a whole date: use one like %d.%m.%Y")


class Schema(_Form):
    """The columns of a table, and which of them name a row."""

    columns: Annotated[list[Field], Limits(min_length=1, alias="fields")]
    primaryKey: Annotated[list[str], Limits(min_length=1)]
    missingValues: list[str] = [""]
    foreignKeys: list[dict[str, Any]] = []

    @model_validator(mode="after")
    def _names_agree(self) -> Schema:
        names = [column.name for column in self.columns]
        if twice := _twice(names):
            raise ValueError(f"the field {twice[0]!r} is there twice")
        if unknown := sorted(set(self.primaryKey) - set(names)):
            raise ValueError(f"primaryKey names {unknown[0]!r}, which is no field")
        return self


class Dialect(_Form):
    """How the cells of a file are separated; quotes are doubled."""

    delimiter: Sign = ","


class Terms(_Form):
    """The licence of a source, in this project's words."""

    name: Text
    url: Link
    redistributable: bool


class License(_Form):
    """A licence of a table, as the standard has it."""

    name: Text
    title: Text = ""
    path: Link | None = None


class Retrieved(_Form):
    """When ``ties refresh`` took over a source, and the hash of the answers in their order."""

    date: Day
    raw: Text
    bytes: int
    calls: int


class Source(_Form):
    """Who publishes figures, in which edition, and what was done to them."""

    name: Slug
    title: Text
    publisher: Text
    dataset: Text
    version: Text | None
    date_published: Annotated[str, Limits(pattern=r"^\d{4}(-\d{2}){0,2}$")] | None
    date_accessed: Day
    url: Link
    path: Link | None = None
    citation: Text
    license: Terms
    kind: Literal["official", "estimate", "model", "press", "own"]
    processing: Text
    warnings: list[Text] = []
    retrieved: Retrieved | None = None


class Resource(_Form):
    """One table. `bytes` and `hash` are written by ``ties data --seal``."""

    name: Slug
    type: Literal["table"] = "table"
    path: Annotated[list[FileName], BeforeValidator(_listed), Limits(min_length=1)]
    title: Text
    description: Text
    format: Literal["csv"] = "csv"
    mediatype: Literal["text/csv"] = "text/csv"
    encoding: Literal["utf-8"] = "utf-8"
    bytes: Annotated[int, Limits(ge=0)] | None = None
    hash: Text | None = None
    licenses: Annotated[list[License], Limits(min_length=1)]
    sources: Annotated[list[Source], Limits(min_length=1)]
    dialect: Dialect = Dialect()
    table: Schema = Limits(alias="schema")


class Package(BaseModel):
    """A data package; what it says beyond its tables is for other programs."""

    model_config = ConfigDict(strict=True)

    resources: Annotated[list[Resource], Limits(min_length=1)]

    @model_validator(mode="after")
    def _tables_differ(self) -> Package:
        if twice := _twice([resource.name for resource in self.resources]):
            raise ValueError(f"the table {twice[0]!r} is there twice")
        return self


class Correction(_Form):
    """A known error of a source: one row, what it has now, and what to do about it.

    `expected` None means that the cell is empty.
    """

    id: Text
    table: Text
    match: Annotated[dict[str, Cell], Limits(min_length=1)]
    column: Text
    action: Literal["drop", "replace", "flag"]
    expected: Cell
    value: Cell = None
    flag: Text | None = None
    reason: Text
    reference: Text

    @model_validator(mode="after")
    def _has_what_its_action_needs(self) -> Correction:
        if self.action == "replace" and "value" not in self.model_fields_set:
            raise ValueError("action replace needs 'value'")
        if self.action == "flag" and self.flag is None:
            raise ValueError("action flag needs 'flag', the text of the flag")
        return self


def _twice(names: list[str]) -> list[str]:
    return [name for place, name in enumerate(names) if name in names[:place]]


def problems(error: ValidationError, parsed: Any) -> list[str]:
    """Write each problem of a form as place and sentence, with the names or ids of entries."""
    return [f"{_place(parsed, problem['loc'])}: {_sentence(problem)}" for problem in error.errors()]


def _place(parsed: Any, steps: Iterable[str | int]) -> str:
    place = []
    for step in steps:
        with suppress(LookupError, TypeError):
            parsed = parsed[step]
        name = parsed.get("name", parsed.get("id")) if isinstance(parsed, dict) else None
        place.append(str(name if isinstance(step, int) and name else step))
    return " / ".join(place) or "the file"


def _sentence(problem: Any) -> str:
    if problem["type"] == "missing":
        return "is missing"
    if problem["type"] == "extra_forbidden":
        return "is no property that is read here"
    said = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "string_type" and not isinstance(problem["input"], list | dict):
        said += ": put quotes around it"  # YAML reads 2024.10 as a number and no as false
    return f"{said} (found {problem['input']!r:.60})"
