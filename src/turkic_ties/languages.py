"""Languages of pages besides English: Turkish, Kazakh and Russian.

Notebooks and measures write English. A catalogue (``locale/<code>/LC_MESSAGES/ties.po``) has the
messages that can be shown in another language, with named places for values. An English text that
is a message with its values filled in is written in the language: the values are read from it, each
by the kind that its name says (``state``, ``share``, ``number2``), and written by the rules of
CLDR. A text that is no message of the catalogue stays English, as a whole. Messages keep names of
states in the nominative, as no rule inflects them safely.
"""

from __future__ import annotations

import gettext
import io
import re
import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from turkic_ties import countries
from turkic_ties.parameters import ParameterError

if TYPE_CHECKING:
    from babel.messages import Catalog

FOLDER = Path(__file__).parent / "locale"
ENGLISH = "en"
DIGITS = "0123456789"
RANK = "{number} (rank)"

NUMBER = r"[+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
KINDS = {
    "year": r"\d{4}",
    "years": r"\d{4}(?:–\d{4})?",
    "n": r"\d[\d,]*",
    "number": NUMBER,
    "share": f"{NUMBER}%",
    "rank": r"\d+(?:st|nd|rd|th)",
    "place": r"\d+(?:st|nd|rd|th)(?: of \d+ partners)?",
    "day": r"\d{1,2} [A-Z][a-z]+ \d{4}",
    "amount": r"−?\$?\d[\d.,]*(?: [mbt]r?illion)?(?: tonnes)?",
    "range": f"{NUMBER}(?:–{NUMBER})?",
    "grade": "[A-C]",
    "list": r".+?",
    "parts": r".+?",
}
"""What the values of a message look like in English, by the name of their place without digits.

``state`` is any name of ``countries.csv``, ``books`` the reports of a state. ``n`` decides the
plural form. ``list`` is several messages, joined by commas and *and*, ``parts`` by semicolons. A
context of the catalogue, such as ``language``, is a kind: one of its
messages.
"""
ALONE = ("goods", "basis", "domain", "corpus")
"""Contexts whose messages are clear where they stand alone."""
ALONE_IN = {"language_policy": ("language", "label"), "demographics": ("group",)}
"""Others that are clear in the charts of a topic: *Kazakh* is a language, or a people."""

PLACE = re.compile(r"\{([a-z]+\d*)\}")


def codes() -> list[str]:
    """List the languages that have a catalogue, English first."""
    return [ENGLISH, *(code for code in countries.LANGUAGES if catalogue_path(code).is_file())]


def catalogue_path(code: str) -> Path:
    """Return where the catalogue of a language is."""
    return FOLDER / code / "LC_MESSAGES" / "ties.po"


def check(code: str) -> str:
    """Return a language that pages can be written in.

    Raises
    ------
    turkic_ties.parameters.ParameterError
        When it has no catalogue; the message lists those that have one.
    """
    if code not in codes():
        raise ParameterError(
            f"there is no catalogue for the language {code!r:.40}. Languages: {', '.join(codes())}."
        )
    return code


@cache
def of(code: str, topic: str = "") -> Language:
    """Return a language that `check` lets pass, for the charts of a topic or for all pages."""
    return Language(check(code), ALONE + ALONE_IN.get(topic, ()))


_chosen = [ENGLISH, ""]


def choose(code: str, topic: str) -> None:
    """Draw charts in a language from now on; a build does so in the kernel of a report."""
    _chosen[:] = [check(code), topic]


def chosen() -> Language:
    """Return the language of the charts that this process draws."""
    return of(*_chosen)


class Language:
    """A language with its catalogue; English has none, and leaves every text as it is."""

    def __init__(self, code: str, alone: tuple[str, ...] = ALONE) -> None:
        self.code = code
        self._alone = alone

    @cached_property
    def catalogue(self) -> Catalog:
        """The messages of the language."""
        from babel.messages.pofile import read_po

        with catalogue_path(self.code).open("rb") as file:
            return read_po(file, self.code)

    @cached_property
    def _gettext(self) -> gettext.GNUTranslations:
        """The compiled catalogue, without messages that are marked as fuzzy."""
        from babel.messages.mofile import write_mo

        compiled = io.BytesIO()
        write_mo(compiled, self.catalogue)
        compiled.seek(0)
        return gettext.GNUTranslations(compiled)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """The pattern of every kind of value; English names of states are those of the table."""
        kinds = {"state": f"(?:[Tt]he )?{_any_of(countries.by_name())}"}
        kinds["books"] = (
            f"{kinds['state']}'s statistics|its partners' statistics|the reconciled model"
        )
        values: dict[str, list[str]] = {}
        for message in self.catalogue:
            if message.context:
                values.setdefault(str(message.context), []).append(str(message.id))
        return KINDS | kinds | {context: _any_of(texts) for context, texts in values.items()}

    @cached_property
    def _patterns(self) -> list[tuple[list[str], str, list[str]]]:
        """The forms with places: the texts around these, the form, and the message it is of."""
        messages = [[m.id] if isinstance(m.id, str) else [*m.id] for m in self.catalogue if m.id]
        return [
            (PLACE.split(form)[::2], form, forms)
            for forms in messages
            for form in forms
            if PLACE.search(form)
        ]

    def say(self, text: str) -> str:
        """Write a text in the language, or leave it in English."""
        return self.native(text) or text

    @lru_cache(maxsize=10_000)  # noqa: B019  # there is one object for each language
    def native(self, text: str) -> str | None:
        """Write a text in the language; None where the catalogue has no message for it.

        Parameters
        ----------
        text
            As it is written in English.

        Examples
        --------
        >>> of("ru").native("$3.90 billion"), of("ru").native("A text of its own")
        ('3,90 млрд долл. США', None)
        """
        text = " ".join(text.split())
        if self.code == ENGLISH or not text:
            return None
        said = self._said(text)
        return self.capital(said) if said and text[:1].isupper() else said

    def _said(self, text: str) -> str | None:
        if (said := self._plain(text)) is None and text.endswith("."):
            said = self._said(text[:-1])
            return said and f"{said.removesuffix('.')}."
        return said or next(self._filled(text), None)

    def _plain(self, text: str) -> str | None:
        """Write a message without values, or a value that stands alone."""
        for said in (self._gettext.gettext(text), *(self._in(kind, text) for kind in self._alone)):
            if said != text:
                return said
        if text.startswith("−$"):
            return (amount := self._said(text[1:])) and f"−{amount}"
        for kind in ("years", "number", "share", "rank", "day", "state"):
            if re.fullmatch(self._kinds[kind], text):
                return self._value(kind, text)
        return None

    def _in(self, context: str, text: str) -> str:
        return self._gettext.pgettext(context, text)

    def _filled(self, text: str) -> Iterator[str]:
        """Write a text by each message that it can be read as."""
        for around, form, forms in self._patterns:
            if not all(part in text for part in around):
                continue  # much quicker than the pattern
            if found := self._pattern(form).fullmatch(text):
                given = found.groupdict()
                values = {name: self._value(name, value) for name, value in given.items()}
                if None not in values.values():
                    said = self._gettext.gettext(forms[0])
                    if len(forms) > 1:
                        number = int(given["n"].replace(",", ""))
                        said = self._gettext.ngettext(forms[0], forms[1], number)
                    yield PLACE.sub(lambda place, known=values: str(known[place[1]]), said)  # type: ignore[misc]

    @cache  # noqa: B019  # there is one object for each language
    def _pattern(self, form: str) -> re.Pattern[str]:
        """Make the pattern of a form; a name that comes again stands for the same value."""
        parts, seen = [], set()
        for number, part in enumerate(PLACE.split(form)):
            if number % 2 == 0:
                parts.append(re.escape(part))
            elif part in seen:
                parts.append(f"(?P={part})")
            else:
                seen.add(part)
                parts.append(f"(?P<{part}>{self._kinds[part.rstrip(DIGITS)]})")
        return re.compile("".join(parts))

    def _value(self, name: str, text: str) -> str | None:
        """Write a value of a message by its kind; None where it has no form in the language."""
        kind = name.rstrip(DIGITS)
        match kind:
            case "number" | "n":
                return self.number(text)
            case "share":
                return self.percent(text)
            case "range":
                return "–".join(map(self.number, text.split("–")))
            case "rank":
                return self._gettext.gettext(RANK).format(number=text[:-2])
            case "day":
                return self.day(text)
            case "state":
                return self._state(re.sub("^[Tt]he ", "", text))
            case "year" | "years" | "grade":
                return text
            case "list":
                return self._list(text)
            case "parts":
                return self._parts(text)
            case "amount" | "books" | "place":
                return self._said(text)
        return self._in(kind, text)

    def number(self, text: str) -> str:
        """Write a number with the signs of the language, with as many decimals as it has.

        Examples
        --------
        >>> of("tr").number("1,234.50"), of("ru").number("−0.5")
        ('1.234,50', '−0,5')
        """
        from babel.numbers import format_decimal

        sign = text[: len(text) - len(text.lstrip("+−"))]
        digits = text.lstrip("+−")
        plain = digits.replace(",", "")
        decimals = "0" * len(plain.partition(".")[2])
        form = f"#,##0.{decimals}".rstrip(".")
        return sign + format_decimal(plain, form, self.code, group_separator="," in digits)

    def percent(self, text: str) -> str:
        r"""Write a percentage, with the sign where the language puts it.

        Examples
        --------
        >>> of("tr").percent("12.5%"), of("ru").percent("12.5%"), of("kk").percent("12.5%")
        ('%12,5', '12,5\xa0%', '12,5%')
        """
        from babel import Locale

        form = Locale.parse(self.code).percent_formats[None].pattern
        sign = text[: len(text) - len(text.lstrip("+−"))]
        digits = text.strip("+−%")
        return sign + str(form).replace("#,##0", self.number(digits))

    def day(self, text: str) -> str | None:
        """Write a day; None where the calendar has none like it.

        Examples
        --------
        >>> of("tr").day("28 November 2026")
        '28 Kasım 2026'
        """
        from babel.dates import format_date

        try:
            known = datetime.strptime(text, "%d %B %Y").date()
        except ValueError:
            return None
        return format_date(known, "long", locale=self.code)

    def capital(self, text: str) -> str:
        """Write the first letter in upper case; in Turkish a dotted i keeps its dot.

        Examples
        --------
        >>> of("tr").capital("ihracat"), of("en").capital("in short")
        ('İhracat', 'In short')
        """
        first = "İ" if self.code == "tr" and text[:1] == "i" else text[:1].upper()
        return first + text[1:]

    def label(self, text: str) -> str:
        """Write a text of a chart, broken into lines where the English one is."""
        said = self.native(text)
        lines = text.split("\n")
        if said is None or len(lines) == 1:
            return said or text
        return textwrap.fill(said, max(map(len, lines)) + 2)

    def _state(self, name: str) -> str:
        """Write a name: the short one of the catalogue, or else that of the table of countries."""
        said = self._gettext.gettext(name)
        if said == name:
            return countries.name(countries.by_name()[name], self.code)
        return said

    def _list(self, text: str) -> str | None:
        from babel.lists import format_list

        said = self._items(text)
        return None if said is None else format_list(said, locale=self.code)

    def _items(self, text: str) -> list[str] | None:
        """Divide a list where that gives messages: an item may have an *and* of its own."""
        if (whole := self._said(text)) is not None:
            return [whole]
        for joint in re.finditer(", | and ", text):
            first = self._said(text[: joint.start()])
            rest = text[joint.end() :]
            if first is not None and (others := self._items(rest)):
                return [first, *others]
        return None

    def _parts(self, text: str) -> str | None:
        said = [self._said(part) for part in text.split("; ")]
        return None if None in said else "; ".join(map(str, said))


def _any_of(texts: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(texts, key=lambda text: (-len(text), text))))})"
