"""What the templates of all pages share: style sheets, the security policy, safe links."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from turkic_ties import data, languages
from turkic_ties.articles import dated
from turkic_ties.languages import ENGLISH, Language
from turkic_ties.reports import glossary
from turkic_ties.theme import link, sparkline

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "template"
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@functools.cache
def environment(lang: str = ENGLISH) -> Environment:
    """Make the environment of all templates but that of reports, which nbconvert has.

    Parameters
    ----------
    lang
        Language of the pages.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(TEMPLATES / "pages"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    templates.filters["words"] = lambda name: str(name).replace("_", " ")
    templates.filters["capital"] = languages.of(lang).capital
    templates.filters["dated"] = dated
    templates.filters["day"] = in_words
    templates.filters["term_slug"] = glossary.slug
    templates.filters["slug"] = lambda name: str(name).replace(" ", "-")
    equip(templates, "report/style.css", "pages/pages.css", lang=lang)
    return templates


def in_words(day: str) -> str:
    """Write a day: ``28 November 2026``; what is no day stays as it is."""
    try:
        known = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{known.day} {known:%B %Y}"


def as_script(content: Any) -> Markup:
    """Write JSON whose texts cannot close a script element."""
    return Markup(json.dumps(content, ensure_ascii=False).replace("<", "\\u003c"))


def equip(environment: Environment, *style_sheets: str, lang: str = ENGLISH) -> None:
    """Give an environment what the page shell needs, and escape all that is not markup.

    Parameters
    ----------
    environment
        Of Jinja.
    style_sheets
        Paths below the folder of templates.
    lang
        Language of the pages: templates call ``_`` for texts of the frame, and the filter `native`
        in the main part, which is in English but for what is marked.
    """
    language = languages.of(lang)
    styles = [(TEMPLATES / path).read_text(encoding="utf-8") for path in style_sheets]
    shared: dict[str, Any] = {"css": Markup("".join(styles)), "policy": policy()}
    environment.globals |= shared | {"lang": lang, "_": language.say}
    environment.filters["said"] = language.say
    environment.filters["native"] = functools.partial(native, language)
    environment.filters["link"] = link
    environment.filters["sparkline"] = sparkline
    environment.filters["stale"] = data.stale
    environment.autoescape = True


def native(language: Language, text: str) -> str:
    """Write a text of an English part of a page in the language, and mark it as such.

    Parameters
    ----------
    language
        Of the page.
    text
        The text in English; it stays as it is where the catalogue has no message for it.
    """
    said = language.native(text)
    if said in (None, text):
        return text
    return Markup('<span lang="{}">{}</span>').format(language.code, said)


@functools.cache
def policy() -> str:
    """Write the Content-Security-Policy of all pages: load nothing, run only our own scripts.

    The scripts are those in the templates, by their hashes. Styles are allowed, as charts set them
    on every shape; so are questions to the page's own site, as crawlers look there for robots.txt.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.rglob("*.j2"))]
    digests = [
        hashlib.sha256(script.encode()).digest() for t in texts for script in SCRIPT.findall(t)
    ]
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "connect-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )
