"""What the templates of all pages share: style sheets, the security policy, safe links."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from turkic_ties import data
from turkic_ties.theme import link

TEMPLATES = Path(__file__).parent / "template"
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def equip(environment: Environment, *style_sheets: str) -> None:
    """Give an environment what the page shell needs, and escape all that is not markup.

    Parameters
    ----------
    environment
        Of Jinja.
    style_sheets
        Paths below the folder of templates.
    """
    styles = [(TEMPLATES / path).read_text(encoding="utf-8") for path in style_sheets]
    shared: dict[str, Any] = {"css": Markup("".join(styles)), "policy": policy()}
    environment.globals |= shared
    environment.filters["link"] = link
    environment.filters["stale"] = data.stale
    environment.autoescape = True


@functools.cache
def policy() -> str:
    """Write the Content-Security-Policy of all pages: load nothing, run only our own scripts.

    The scripts are those in the templates, by their hashes. Styles are allowed, as charts set them
    on every shape.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.rglob("*.j2"))]
    digests = [
        hashlib.sha256(script.encode()).digest() for t in texts for script in SCRIPT.findall(t)
    ]
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
