"""Frame: what a page gets only once the whole edition is known.

That is the way to the other reports, the page's address and description for other programs, and how
it is cited. A report is rendered with empty places for them; all pages are filled in the same way.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

from markupsafe import Markup

from turkic_ties import articles, countries, languages, topics
from turkic_ties.errors import TiesError
from turkic_ties.files import Json
from turkic_ties.languages import ENGLISH
from turkic_ties.reports.pdf import FACT_SHEETS, SUFFIX
from turkic_ties.reports.shell import as_script, environment, in_words

NAME = "edition.json"
PAIRS = [*permutations(countries.MEMBERS, 2)]
PLACE = re.compile(r"<!--(head|switcher|cite)-->.*?<!--/\1-->", re.DOTALL)
BASE_URL = re.compile(r"https?://\w[\w.-]*(:\d+)?(/[\w.~%-]+)*/", re.ASCII)
CONTACT = re.compile(r"https?://[\w.-]+(:\d+)?(/\S*)?|[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
NAMES = {"en": "English", "tr": "Türkçe", "kk": "Қазақша", "ru": "Русский"}
"""Of languages, as they are called in themselves."""
DESCRIPTION_SIGNS = 300  # what search engines show of a description, and some more


class EditionError(TiesError):
    """An address or a date is none; the message is one line for the user."""


@dataclass(frozen=True)
class Edition:
    """What all pages of an edition share.

    Parameters
    ----------
    updated
        Day of the last build that changed a report, as YYYY-MM-DD; empty when it is not known.
    next
        Day of the next build.
    base_url
        Address of the folder of reports, with a slash at the end; empty when it is not published.
    dated
        Day of the copy that is kept; empty without one.
    contact
        Where readers report errors: an address on the web or of mail; empty without one.
    """

    updated: str = ""
    next: str = ""
    base_url: str = ""
    dated: str = ""
    contact: str = ""

    def __post_init__(self) -> None:
        if self.base_url and not BASE_URL.fullmatch(self.base_url):
            raise EditionError(
                f"--base-url {self.base_url!r} is not the address of a folder on the web: "
                "write it like https://example.org/ties/"
            )
        if self.contact and not CONTACT.fullmatch(self.contact):
            raise EditionError(
                f"--contact {self.contact!r} is no address on the web or of mail: "
                "write it like https://example.org/issues or errors@example.org"
            )
        for day in filter(None, (self.updated, self.next, self.dated)):
            try:
                date.fromisoformat(day)
            except ValueError:
                raise EditionError(f"{day!r} is not a day: write it like 2026-12-24.") from None


def read(*folders: Path) -> Edition:
    """Read what is known of an edition, from the first folder that says it."""
    for folder in folders:
        with suppress(OSError, ValueError, TypeError, EditionError):
            return Edition(**json.loads((folder / NAME).read_text(encoding="utf-8")))
    return Edition()


def frame(
    page: str,
    path: str,
    edition: Edition,
    stems: Collection[str],
    description: str,
    summary: Mapping[str, Any] | None = None,
    retrieved: str = "",
) -> str:
    """Fill the places of a page.

    Parameters
    ----------
    page
        The page as HTML, with its places empty or filled before.
    path
        Of the page, below the folder of reports.
    edition
        What all pages share.
    stems
        The reports of the edition and its PDFs: other reports are named without a link.
    description
        One or two sentences, for search engines.
    summary
        Of the report; None for pages about the whole edition.
    retrieved
        The last day on which a source of the page was retrieved.
    """
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    title = Markup(found[1] if found else "").unescape()
    stems = frozenset(stems)
    lang, english = _in_language(path)
    of_page: Json = {
        "title": title.removesuffix(" | Turkic Ties"),
        "description": _shortened(description),
        "root": "../" * path.count("/"),
        "url": edition.base_url + path if edition.base_url else "",
        "path": path,
        "lang": lang,
        "languages": _languages(english, stems),
        "dataset": "",
    }
    if summary:
        of_page["dataset"] = as_script(_dataset(of_page, summary, edition, retrieved))
    macros: Any = _macros(lang)
    filled = {"head": macros.head(of_page)}
    links = _switcher(path, summary, stems)
    filled["switcher"] = macros.switcher(links, of_page["root"])
    citation = _citation(of_page, edition, retrieved)
    filled["cite"] = macros.cite(citation, of_page, edition)
    if path.startswith(f"{articles.FOLDER}/"):
        # Addresses of reviews, relative as they are written: to programs they are best whole.
        name = path.rpartition("/")[2]
        own = re.compile(rf'(?<=": ")[^"<>]*{re.escape(name)}(?=#)')
        page = own.sub(lambda _: of_page["url"] or name, page)
    return PLACE.sub(lambda m: f"<!--{m[1]}-->{filled[m[1]].strip()}<!--/{m[1]}-->", page)


def bare(page: str) -> str:
    """Return a page with its places empty, as its report was rendered."""
    return PLACE.sub(r"<!--\1--><!--/\1-->", page)


@functools.cache
def _macros(lang: str) -> Any:
    return environment(lang).get_template("frame.html.j2").module


def _in_language(path: str) -> tuple[str, str]:
    """Divide the path of a page into its language and the path of the English page."""
    folder, _, rest = path.partition("/")
    return (folder, rest) if folder in languages.codes() else (ENGLISH, path)


def _languages(english: str, stems: Collection[str]) -> list[Json]:
    """List the languages that an edition has a page in, as links; none where there is but one."""
    stem = english.removesuffix(".html")
    paths = {code: stem if code == ENGLISH else f"{code}/{stem}" for code in languages.codes()}
    found = []
    for code, path in paths.items():
        if path in stems:
            found.append({**_link(NAMES[code], path), "lang": code})
    return found if len(found) > 1 else []


def _link(text: str, stem: str, here: bool = False) -> Json:
    return {"text": text, "href": f"{stem}.html", "here": here}


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= DESCRIPTION_SIGNS:
        return text
    return text[: text.rindex(" ", 0, DESCRIPTION_SIGNS)] + " …"


def _switcher(path: str, summary: Mapping[str, Any] | None, stems: frozenset[str]) -> Json:
    """List the topics of the page's pair, its other periods and all other pairs, as links."""
    present = path.removesuffix(".html")
    given = summary["parameters"] if summary else {}
    lang, english = _in_language(path)
    language = languages.of(lang)
    folder = "" if lang == ENGLISH else f"{lang}/"
    pair = [given[name] for name in ("country", "partner") if name in given]
    named = topics.names()
    with_pairs = [name for name in named if any(_stem(name, *two) in stems for two in PAIRS)]
    topic = summary["topic"] if summary else ""
    others = topic if topic in with_pairs else next(iter(with_pairs), "")

    def entry(text: str, *where: str) -> Json:
        stem = _stem(*where)
        own = folder + stem  # where there is none in the language, the English report
        href = next((f"{stem}.html" for stem in (own, stem) if stem in stems), "")
        return {"text": language.say(text), "href": href, "here": own == present}

    of_topics = []
    for name in named if summary else ():
        link = entry(topics.describe(name).title, name, *pair)
        of_topics.append(link | {"here": name == topic})
    reverse = []
    if len(pair) == 2:
        partner_first = pair[::-1]
        names = " and ".join(map(countries.name, partner_first))
        reverse.append(entry(names, topic, *partner_first))
    pdfs = []
    sheet = f"{FACT_SHEETS}/{present.rpartition('/')[2]}{SUFFIX}"
    for text, pdf in (
        ("This report", f"{present}{SUFFIX}"),
        ("Fact sheet of the pair, two pages", sheet),
    ):
        if pdf in stems:
            pdfs.append({"text": language.say(text), "href": pdf, "here": False})
    standard = folder + _stem(topic, *pair)
    own = _periods_of(stems).get(_standard(standard), [])
    periods = [_link(language.say(_period(stem)), stem, stem == present) for stem in own]
    of_languages = _languages(english, stems)
    for link in of_languages:
        link["here"] = link["lang"] == lang
    pairs: dict[str, list[Json]] = {}
    for country, partner in PAIRS if others else ():
        link = entry(countries.name(partner), others, country, partner)
        pairs.setdefault(countries.name(country), []).append(link)
    return {
        "topic": language.say(topics.describe(others).title) if others else "",
        "missing": any(_stem(others, *two) not in stems for two in PAIRS),
        "topics": of_topics,
        "reverse": reverse,
        "pdfs": pdfs,
        "periods": periods,
        "languages": of_languages,
        "others": pairs,
    }


def _stem(topic: str, *pair: str) -> str:
    """Write the path of a report with default parameters; see `turkic_ties.reports.plan`."""
    return f"{topic}/{'-'.join(pair).lower() or topic}"


@functools.lru_cache(maxsize=1)  # all pages of an edition have the same
def _periods_of(stems: frozenset[str]) -> dict[str, list[str]]:
    """Group the reports of an edition by topic and pair, for the links between their periods."""
    found: dict[str, list[str]] = {}
    for stem in sorted(stems):
        if not stem.endswith(SUFFIX):
            found.setdefault(_standard(stem), []).append(stem)
    return found


def _standard(stem: str) -> str:
    """Take the parameters that are not the defaults from the path of a report."""
    folder, _, name = stem.rpartition("/")
    return f"{folder}/{name.partition('_')[0]}"


def _period(stem: str) -> str:
    """Name a report by the parameters in its path: ``start 2005, end 2019``."""
    changed = stem.rpartition("/")[2].partition("_")[2]
    return changed.replace("_", ", ").replace("-", " ") or "standard period"


def _citation(page: Mapping[str, Any], edition: Edition, retrieved: str) -> dict[str, str]:
    """Write how a page is cited: as text and for BibTeX; a dated edition by its copy."""
    say = languages.of(page["lang"]).say
    day = edition.dated or retrieved
    copy = f"editions/{edition.dated}/{page['path']}" if edition.dated else page["path"]
    url = edition.base_url + copy if edition.base_url else ""
    when = f"Edition of {in_words(day)}" if edition.dated else f"Data retrieved by {in_words(day)}"
    when = say(when if day else "Undated")
    key = re.sub(r"[^a-z0-9]+", "-", page["path"].removesuffix(".html").lower()).strip("-")
    title = re.sub(r"[{}\\]", "", page["title"])
    fields = {
        "author": "{Turkic Ties}",
        "title": f"{{{title}}}",
        "year": day[:4],
        "note": when,
        "url": url,
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    text = f"Turkic Ties ({day[:4] or say('undated')}). {page['title']}. {when}."
    return {
        "text": f"{text} {url}".strip(),
        "bibtex": f"@misc{{turkic-ties-{key},\n{body}\n}}",
        "kept": copy if edition.dated else "",
    }


def _dataset(
    page: Mapping[str, Any], summary: Mapping[str, Any], edition: Edition, retrieved: str
) -> Json:
    """Describe a report as schema.org ``Dataset``."""
    given = summary["parameters"]
    sides = [given[side] for side in ("country", "partner") if side in given]
    period = f"{given['start']}/{given.get('end') or '..'}" if "start" in given else ""
    root = edition.base_url or page["root"]
    stem = page["path"].removesuffix(".html")
    download = {
        "@type": "DataDownload",
        "encodingFormat": "application/json",
        "contentUrl": f"{root}{stem}.json",
    }
    dataset = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": page["title"],
        "description": page["description"],
        "url": page["url"],
        "creator": {"@type": "Organization", "name": "Turkic Ties"},
        "license": f"{root}about.html#licence",
        "isAccessibleForFree": True,
        "inLanguage": page["lang"],
        "dateModified": retrieved,
        "temporalCoverage": period,
        "spatialCoverage": [countries.name(state) for state in sides],
        "variableMeasured": list(dict.fromkeys(f["label"] for f in summary["key_figures"])),
        "isBasedOn": list(dict.fromkeys(source["url"] for source in summary["sources"])),
        "distribution": [download],
    }
    return {name: value for name, value in dataset.items() if value}
