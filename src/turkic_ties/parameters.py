"""The parameters of reports: one model per topic, checked before any kernel starts.

The defaults here are those of the notebook's ``parameters`` cell, which a test verifies.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from turkic_ties.countries import MEMBERS, name, to_iso3
from turkic_ties.errors import TiesError
from turkic_ties.topics import TOPICS


class ParameterError(TiesError):
    """The parameters of a report are wrong; the message is one line for the user."""


def _member(value: Any) -> str:
    iso3 = to_iso3(value)
    if iso3 not in MEMBERS:
        raise ValueError(
            f"{name(iso3)} is not one of the states of this collection: {', '.join(MEMBERS)}"
        )
    return iso3


Member = Annotated[str, BeforeValidator(_member)]
State = Annotated[str, BeforeValidator(to_iso3)]
Year = Annotated[int, Field(ge=1800, le=2100, strict=False)]


class ReportParameters(BaseModel):
    """Parameters that every topic takes.

    Parameters
    ----------
    country
        The country the report is about; any spelling `turkic_ties.countries.to_iso3` knows.
    partner
        The other side of the pair.
    start
        First year.
    end
        Last year; None for the latest there is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: Member = "KAZ"
    partner: Member = "TUR"
    start: Year = 1995
    end: Year | None = None

    @model_validator(mode="after")
    def _is_printable(self) -> ReportParameters:
        for parameter, value in self:
            if isinstance(value, str) and not value.isprintable():
                raise ValueError(f"{parameter} has signs that cannot be printed ({value!r})")
        return self

    @model_validator(mode="after")
    def _is_a_pair_and_a_period(self) -> ReportParameters:
        if self.country == self.partner:
            raise ValueError(
                f"country and partner are both {self.country}: choose two different states"
            )
        if self.end is not None and self.start > self.end:
            raise ValueError(f"start ({self.start}) is after end ({self.end}): exchange them")
        return self


class TradeParameters(ReportParameters):
    """Parameters of the trade report: `top_n` is how many partners the rankings show."""

    top_n: Annotated[int, Field(ge=3, le=30)] = 10


def _separated(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


class DefenseParameters(ReportParameters):
    """Parameters of the defense report: the partner supplies the country with arms.

    Parameters
    ----------
    window
        Years that are summed up, since single years of arms deliveries are lumpy.
    powers
        The states equal distance is measured from, as a list or as text with commas.
    """

    window: Annotated[int, Field(ge=1, le=20, strict=False)] = 5
    powers: Annotated[list[State], BeforeValidator(_separated), Field(max_length=10)] = [
        "RUS",
        "CHN",
        "USA",
    ]

    @model_validator(mode="after")
    def _has_powers_to_compare(self) -> DefenseParameters:
        if self.country in self.powers:
            raise ValueError(f"powers: {self.country} is the country itself; name other states")
        if len(set(self.powers)) < len(self.powers) or len(self.powers) < 2:
            raise ValueError(
                "powers: equal distance needs two or more different states, "
                f"not {', '.join(self.powers)}"
            )
        return self


class LanguagePolicyParameters(ReportParameters):
    """Parameters of the language report: `alphabet` is Cyrillic or a version of Kazakh Latin."""

    start: Year = 1989
    alphabet: Literal["cyrillic", "2017", "2018", "2019", "2021-01", "2021"] = "2021"


class DemographicsParameters(ReportParameters):
    """Parameters of the demographics report.

    Parameters
    ----------
    group
        The ethnic group whose share is followed; None for the largest of the country.
    """

    start: Year = 1897
    group: Annotated[str, Field(min_length=1, max_length=40)] | None = None


_OWN: dict[str, type[ReportParameters]] = {
    "trade": TradeParameters,
    "defense": DefenseParameters,
    "language_policy": LanguagePolicyParameters,
    "demographics": DemographicsParameters,
}
MODELS = {topic: _OWN.get(topic, ReportParameters) for topic in TOPICS}
"""The model of every topic; a topic without parameters of its own takes `ReportParameters`."""


def check(topic: str, given: dict[str, Any]) -> ReportParameters:
    """Check the parameters of a report against its topic's model.

    Parameters
    ----------
    topic
        A key of `MODELS`.
    given
        Parameter names and values; what is left out takes its default.

    Raises
    ------
    ParameterError
        In one line: which parameter, what is wrong with it, what is allowed.
    """
    if topic not in MODELS:
        raise ParameterError(f"there is no topic {topic!r}. Topics: {', '.join(MODELS)}.")
    try:
        return MODELS[topic](**given)
    except ValidationError as error:
        raise ParameterError(
            f"{topic}: {'; '.join(_in_words(topic, e) for e in error.errors())}."
        ) from error


def _in_words(topic: str, error: Any) -> str:
    parameter = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return (
            f"there is no parameter {parameter!r}; it takes {', '.join(MODELS[topic].model_fields)}"
        )
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{parameter}: {message} (got {error['input']!r})" if parameter else message
