"""The parameters of reports, checked before any kernel starts.

Names, types and defaults are those of the notebook's cell tagged ``parameters``. What a type cannot
say, such as which countries there are, is in `KNOWN` and, for one topic, in `OWN`.
"""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal, Optional, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    create_model,
    model_validator,
)
from pydantic.errors import PydanticUserError

from turkic_ties import topics
from turkic_ties.countries import MEMBERS, name, to_iso3
from turkic_ties.errors import TiesError


class ParameterError(TiesError):
    """The parameters of a report are wrong; the message is one line for the user."""


def _member(value: Any) -> str:
    iso3 = to_iso3(value)
    if iso3 not in MEMBERS:
        raise ValueError(
            f"{name(iso3)} is not one of the states of this collection: {', '.join(MEMBERS)}"
        )
    return iso3


def _literal(value: Any) -> Any:
    """Read a text from the command line as papermill does: numbers, None, True and lists too."""
    try:
        return ast.literal_eval(value) if isinstance(value, str) else value
    except (ValueError, SyntaxError, RecursionError):
        return value


def _listed(value: Any) -> Any:
    """Read a list or mapping from text; the entries of a list may be separated by commas alone."""
    value = _literal(value)
    return value.split(",") if isinstance(value, str) else value


def _distances(powers: list[str], info: ValidationInfo) -> list[str]:
    country = (info.data or {}).get("country")
    if country in powers:
        raise ValueError(f"{country} is the country itself; name other states")
    if len(set(powers)) < len(powers) or len(powers) < 2:
        raise ValueError(
            f"equal distance needs two or more different states, not {', '.join(powers)}"
        )
    return powers


Member = Annotated[str, BeforeValidator(_member)]
State = Annotated[str, BeforeValidator(to_iso3)]
FIRST_YEAR, LAST_YEAR = 1800, 2100
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
End = Annotated[Year | None, BeforeValidator(_literal)]
COMPUTED: Any = type("Computed", (), {"__repr__": lambda _: "computed in the notebook"})()
"""The default of a parameter whose value in the cell is no literal."""

KNOWN: dict[str, Any] = {"country": Member, "partner": Member, "start": Year, "end": End}
"""Parameters of any notebook: countries where its cell has a text, years where it has years."""

OWN: dict[str, dict[str, Any]] = {
    "trade": {"top_n": Annotated[int, Field(ge=3, le=30)]},
    "defense": {
        "window": Annotated[int, Field(ge=1, le=20)],
        "powers": Annotated[
            list[State],
            BeforeValidator(_listed),
            Field(max_length=10),
            AfterValidator(_distances),
        ],
    },
    "language_policy": {
        "alphabet": Annotated[
            Literal["cyrillic", "2017", "2018", "2019", "2021-01", "2021"], BeforeValidator(str)
        ]
    },
    "demographics": {"group": Annotated[str, Field(min_length=1, max_length=40)] | None},
}
"""Parameters of one topic with bounds of their own."""

TYPES: dict[str, Any] = {
    **{kind.__name__: kind for kind in (bool, int, float, str, list, dict)},
    **{"List": list, "Dict": dict, "Any": Any, "Optional": Optional, "Union": Union},
    **{"Literal": Literal, "None": None},
}
"""The names that an annotation is read with."""


class ReportParameters(BaseModel):
    """The parameters of one report; `model` adds those of a notebook."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        coerce_numbers_to_str=True,
        protected_namespaces=(),
        validate_default=True,
    )

    @model_validator(mode="after")
    def _is_a_pair_and_a_period(self) -> ReportParameters:
        values = dict(self)
        for parameter in self.model_fields_set:
            value = values[parameter]
            if isinstance(value, str) and not value.isprintable():
                raise ValueError(f"{parameter} has signs that cannot be printed ({value!r})")
        country, start, end = (values.get(name) for name in ("country", "start", "end"))
        if country and country == values.get("partner"):
            raise ValueError(f"country and partner are both {country}: choose two different states")
        if isinstance(start, int) and isinstance(end, int) and start > end:
            raise ValueError(f"start ({start}) is after end ({end}): exchange them")
        return self


def model(topic: str) -> type[ReportParameters]:
    """Make the model of a topic's parameters from its notebook.

    Raises
    ------
    turkic_ties.topics.NotebookError
        When the notebook cannot be run with parameters, or a default is not allowed.
    """
    return _model(topic, topics.parameters_cell(topics.notebook_path(topic)))


@functools.cache
def _model(topic: str, cell: str) -> type[ReportParameters]:
    """Make a model from the source of a parameters cell."""
    place = f"notebooks/{topic}.ipynb, the cell tagged 'parameters'"
    fields: dict[str, Any] = {}
    try:
        for parameter, annotation, default in _assigned(cell):
            if hasattr(ReportParameters, parameter):
                raise ValueError(f"a parameter cannot be called {parameter!r}; rename it")
            fields[parameter] = (_type(topic, parameter, annotation, default), default)
        made = create_model(topic, __base__=ReportParameters, **fields)
        made()
    except ValidationError as error:
        problems = "; ".join(_in_words(made, problem) for problem in error.errors())
        raise topics.NotebookError(f"{place}: {problems}.") from None
    except SyntaxError as error:
        raise topics.NotebookError(f"{place}: line {error.lineno} is not Python.") from None
    except (PydanticUserError, TypeError, ValueError) as error:
        raise topics.NotebookError(f"{place}: {str(error).splitlines()[0]}.") from None
    return made


def _assigned(cell: str) -> Iterator[tuple[str, str, Any]]:
    """Give what a cell assigns to names: name, annotation (empty for none) and default."""
    for node in ast.parse(cell, type_comments=True).body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            written = node.type_comment or ""
        elif isinstance(node, ast.AnnAssign) and node.value:
            target = node.target
            written = ast.unparse(node.annotation)
        else:
            continue
        if isinstance(target, ast.Name) and not target.id.startswith("_"):
            yield target.id, written.strip("'\""), _default(node.value)


def _default(written: ast.expr | None) -> Any:
    """Read the default of a parameter, which is passed on as JSON."""
    try:
        default = ast.literal_eval(written)  # type: ignore[arg-type]
        return default if json.loads(json.dumps(default)) == default else COMPUTED
    except (ValueError, TypeError, RecursionError):
        return COMPUTED


def _type(topic: str, parameter: str, annotation: str, default: Any) -> Any:
    """Choose the type of a parameter: a known one, that of its annotation, that of its default."""
    is_year = type(default) is int and FIRST_YEAR <= default <= LAST_YEAR
    known = {
        "country": isinstance(default, str),
        "partner": isinstance(default, str),
        "start": is_year,
        "end": is_year or default is None,
    }
    with suppress(KeyError, ValidationError):  # another notebook may use the name otherwise
        TypeAdapter(OWN[topic][parameter]).validate_python(default)
        return OWN[topic][parameter]
    if known.get(parameter):
        return KNOWN[parameter]
    kind = Any if default is COMPUTED else _annotated(annotation)
    if kind is Any and default is not COMPUTED and default is not None:
        kind = type(default)
    if kind is not Any and default is None:
        kind = Optional[kind]  # noqa: UP045  # the operator is not there for all that TYPES gives
    is_container = (get_origin(kind) or kind) in (list, dict)
    if str in (kind, *get_args(kind)) and not is_container:
        return kind
    return Annotated[kind, BeforeValidator(_listed if is_container else _literal)]


def _annotated(written: str) -> Any:
    """Read an annotation made of the names in `TYPES`; of any other nothing is known."""
    try:
        return eval(written, {"__builtins__": TYPES}) if written else Any
    except Exception:  # the notebook itself may import what it names
        return Any


def check(topic: str, given: Mapping[str, Any]) -> ReportParameters:
    """Check the parameters of a report against the model of its topic.

    Parameters
    ----------
    topic
        The name of a notebook.
    given
        Parameter names and values; what is left out takes its default.

    Raises
    ------
    ParameterError
        In one line: which parameter, what is wrong with it, what is allowed.
    turkic_ties.topics.NotebookError
        When the notebook cannot be run with parameters.
    """
    if topic not in topics.names():
        raise ParameterError(f"there is no topic {topic!r}. Topics: {', '.join(topics.names())}.")
    return _checked(topic, model(topic), given)


def checked(topic: str, **given: Any) -> tuple[Any, ...]:
    """Check parameters in a notebook, however they came there, as ``ties build`` does.

    Parameters
    ----------
    topic
        The topic, for the parameters that only it has.
    **given
        All parameters of the notebook.

    Returns
    -------
    tuple
        Their values in the same order: codes for countries, numbers for numbers in a text.

    Raises
    ------
    ParameterError
        In one line: which parameter, what is wrong with it, what is allowed.

    Examples
    --------
    >>> checked("trade", country="Türkiye", partner="Қазақстан", start="2000", end=None, top_n=5)
    ('TUR', 'KAZ', 2000, None, 5)
    """
    known = {**KNOWN, **OWN.get(topic, {})}
    fields: Any = {name: (known.get(name, Any), ...) for name in given}
    return tuple(
        dict(
            _checked(topic, create_model(topic, __base__=ReportParameters, **fields), given)
        ).values()
    )


def _checked(
    topic: str, made: type[ReportParameters], given: Mapping[str, Any]
) -> ReportParameters:
    try:
        return made(**given)
    except ValidationError as error:
        problems = "; ".join(_in_words(made, problem) for problem in error.errors())
        raise ParameterError(f"{topic}: {problems}.") from error


def values(parameters: ReportParameters) -> dict[str, Any]:
    """Return parameters by name, without those that the notebook computes itself."""
    return {name: value for name, value in parameters if value is not COMPUTED}


def changed(topic: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are not the defaults of a topic, without country and partner."""
    try:
        standard = dict(model(topic)())
    except topics.NotebookError:
        standard = {}
    return {
        name: value
        for name, value in parameters.items()
        if name not in ("country", "partner") and value != standard.get(name, COMPUTED)
    }


def _in_words(made: type[ReportParameters], error: Any) -> str:
    parameter = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        takes = ", ".join(made.model_fields) or "none"
        return f"there is no parameter {parameter!r}; it takes {takes}"
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{parameter}: {message} (got {error['input']!r})" if parameter else message


def __getattr__(name: str) -> dict[str, type[ReportParameters]]:
    if name == "MODELS":
        models = {}
        for topic in topics.names():
            with suppress(topics.NotebookError):
                models[topic] = model(topic)
        return models
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
