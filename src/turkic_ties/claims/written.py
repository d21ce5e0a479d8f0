"""YAML as it is written: numbers keep their decimals, dates stay texts, ``no`` stays a word."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml


class Written(float):
    """A number that remembers with how many decimals it was written."""

    decimals: int = 0

    @classmethod
    def from_text(cls, text: str) -> Written:
        """Read a decimal number.

        Examples
        --------
        >>> Written.from_text("6.30").decimals, Written.from_text("1.5e3").decimals
        (2, 0)
        """
        number = cls(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        mantissa, _, exponent = text.lower().partition("e")
        places = len(mantissa.partition(".")[2]) - int(exponent or 0)
        number.decimals = max(0, places)
        return number


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A loader without the surprises of YAML 1.1: see the module."""

    yaml_implicit_resolvers: ClassVar[dict[str | None, list[Any]]] = {}


_SCALARS = {
    "merge": (r"<<", "<"),
    "null": (r"null|~|", ("n", "~", "")),
    "bool": (r"true|false", "tf"),
    "int": (r"[-+]?(0|[1-9][0-9_]*)", "-+0123456789"),
    "float": (
        r"[-+]?([0-9][0-9_]*(\.[0-9]*)?|\.[0-9]+)(e[-+]?[0-9]+)?|[-+]?\.(inf|nan)",
        "-+.0123456789",
    ),
}
"""What an unquoted scalar may be, by its tag: a pattern and the first characters."""

for _tag, (_pattern, _first) in _SCALARS.items():
    _regexp = re.compile(f"^({_pattern})$")
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _regexp, list(_first))
Loader.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: Written.from_text(node.value)
)
