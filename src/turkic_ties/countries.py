"""The states of the collection and everybody they deal with: codes, names and colours.

Every spelling of a country that occurs in the sources is listed in ``data/countries.csv``;
`to_iso3` turns any of them into the ISO 3166-1 alpha-3 code that all tables use.
"""

import csv
import difflib
import io
import os
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from turkic_ties import hashing
from turkic_ties.errors import TiesError
from turkic_ties.files import FileError, decode, read_bytes, read_yaml

MEMBERS = ("KAZ", "TUR", "AZE", "UZB", "KGZ", "TKM")
"""The states whose relations are described: members of the Organization of Turkic States and its
observer Turkmenistan. Another one is added here; see 'Add something' in the README."""

STANDARD_PAIR = ("KAZ", "TUR")

LANGUAGES = ("en", "tr", "kk", "ru")
GREY = "#8A8F98"

CODE_COLUMNS = ("iso3", "iso2", "m49")
NAME_COLUMNS = ("name", "name_tr", "name_kk", "name_ru")
COLUMNS = (*CODE_COLUMNS, *NAME_COLUMNS, "colour", "aliases")
"""What this module reads of ``countries.csv``."""


class UnknownCountryError(TiesError, ValueError):
    """A name or code that is not in ``countries.csv``."""


def data_directory() -> Path:
    """Return the folder that holds the data packages.

    Returns
    -------
    pathlib.Path
        The folder named by the environment variable ``TURKIC_TIES_DATA`` if it is set,
        otherwise ``data`` of the checkout.

    Raises
    ------
    turkic_ties.files.FileError
        If that folder does not exist.
    """
    return _data_directory(os.environ.get("TURKIC_TIES_DATA"))


@cache
def _data_directory(named: str | None) -> Path:
    directory = Path(named) if named else Path(__file__).parents[2] / "data"
    if not directory.is_dir():
        raise FileError(
            f"There is no data folder at {directory}: run from a checkout of the project, "
            "or set TURKIC_TIES_DATA to the folder that holds countries.csv."
        )
    return directory


def to_iso3(name: object) -> str:
    """Return the ISO 3166-1 alpha-3 code of a country, however it is written.

    In names, upper and lower case, blanks, punctuation and accents make no difference, the Turkish
    dotted and dotless i included. Codes are compared as they are, but for case.

    Parameters
    ----------
    name : str or number
        An English, Turkish, Kazakh or Russian name, another spelling listed in ``countries.csv``,
        an ISO alpha-2 or alpha-3 code, or an M49 code as text or whole number (``"031"``, ``31``,
        and ``31.0``, as it is read from a column with gaps).

    Returns
    -------
    str
        The alpha-3 code, such as ``"TUR"``.

    Raises
    ------
    UnknownCountryError
        If nothing in ``countries.csv`` is written like this; the message lists near matches.

    Examples
    --------
    >>> to_iso3("Турция"), to_iso3("TÜRKİYE"), to_iso3(792)
    ('TUR', 'TUR', 'TUR')
    """
    exact, loose = _spellings(data_directory())
    written = str(name).strip()
    if number := re.fullmatch(r"([0-9]+)(\.0*)?", written):
        written = number[1].zfill(3)  # a whole number is an M49 code, however it is typed
    found = exact.get(written.upper()) or loose.get(_key(written))
    if found is None:
        raise _unknown(name)
    return found


def is_code(iso3: str) -> bool:
    """Tell whether a text is the alpha-3 code of a country.

    Examples
    --------
    >>> is_code("TUR"), is_code("GDP")
    (True, False)
    """
    return iso3 in _countries(data_directory())


def name(iso3: str, lang: str = "en") -> str:
    """Return the everyday name of a country.

    Parameters
    ----------
    iso3 : str
        ISO 3166-1 alpha-3 code.
    lang : {"en", "tr", "kk", "ru"}
        Language of the name; where ``countries.csv`` has none in it, the English one is returned.

    Returns
    -------
    str
        The name, such as ``"Kazakhstan"`` or ``"Қазақстан"``.

    Raises
    ------
    UnknownCountryError
        If the code is not in ``countries.csv``.
    ValueError
        If the language is not one of the four.
    """
    if lang not in LANGUAGES:
        raise ValueError(
            f"Country names are kept in {', '.join(LANGUAGES)}, not in {lang!r}: "
            "ask for one of these."
        )
    country = _country(iso3)
    return country["name" if lang == "en" else f"name_{lang}"] or country["name"]


def by_name() -> dict[str, str]:
    """Return the alpha-3 codes by the English names of countries."""
    return {country["name"]: iso3 for iso3, country in _countries(data_directory()).items()}


def colour(iso3: str) -> str:
    """Return the colour a country has in every chart, safe for colour-blind readers.

    Parameters
    ----------
    iso3 : str
        ISO 3166-1 alpha-3 code.

    Returns
    -------
    str
        Hex colour; grey for countries without a colour of their own.

    Raises
    ------
    UnknownCountryError
        If the code is not in ``countries.csv``.
    """
    return _country(iso3)["colour"] or GREY


def _country(iso3: str) -> dict[str, str]:
    try:
        return _countries(data_directory())[iso3]
    except (KeyError, TypeError):
        raise _unknown(iso3) from None


def _unknown(name: object) -> UnknownCountryError:
    countries = _countries(data_directory())
    (exact, loose) = _spellings(data_directory())
    known = {_key(spelling): iso3 for spelling, iso3 in exact.items()} | loose
    near = difflib.get_close_matches(_key(str(name)[:60]), known, n=5)
    codes = dict.fromkeys(known[key] for key in near)
    hint = ", ".join(f"{countries[iso3]['name']} ({iso3})" for iso3 in codes)
    return UnknownCountryError(
        f"No country in countries.csv is written {name!r:.60} (near matches: {hint or 'none'}): "
        "use an ISO 3166-1 code, or add the spelling to the aliases there."
    )


@cache
def _countries(directory: Path) -> dict[str, dict[str, str]]:
    """Return the rows of ``countries.csv`` by alpha-3 code; the file must be the one described."""
    path = directory / "countries.csv"
    content = read_bytes(path)
    if hashing.of_bytes(content) != _described_hash(directory):
        raise FileError(
            f"{path}: the contents are not those the package describes. If you edited it on "
            "purpose, run 'ties data --seal'; if not, restore it with git."
        )
    reader = csv.DictReader(io.StringIO(decode(content, path)), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise FileError(f"{path}, line {reader.line_num}: {error}. Fix its quotes.") from None
    if missing := set(COLUMNS) - set(reader.fieldnames or ()):
        raise FileError(f"{path} has no column {', '.join(sorted(missing))}. Restore it with git.")
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise FileError(f"{path}, row {number}: has too many or too few cells. Fix this row.")
    countries = {row["iso3"]: row for row in rows}
    if missing := {*MEMBERS} - {*countries}:
        raise FileError(f"{path} has no row for {', '.join(sorted(missing))}. Restore it with git.")
    return countries


def _described_hash(directory: Path) -> str:
    path = directory / "datapackage.yaml"
    try:
        (found,) = [
            table["hash"] for table in read_yaml(path)["resources"] if table["name"] == "countries"
        ]
    except (LookupError, TypeError, ValueError):
        raise FileError(
            f"{path} describes no table countries with a hash. Run 'ties data --seal', "
            "or restore the file with git."
        ) from None
    return str(found)


@cache
def _spellings(directory: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the alpha-3 code for every spelling in capitals, and for every name by its `_key`."""
    exact: dict[str, str] = {}
    loose: dict[str, str] = {}
    for iso3, country in _countries(directory).items():
        codes = [country[column] for column in CODE_COLUMNS]
        names = [*(country[column] for column in NAME_COLUMNS), *country["aliases"].split(";")]
        for spelling in filter(None, codes + names):
            _add(exact, spelling.upper(), spelling, iso3)
        for spelling in names:
            if spelling and not spelling.isdecimal():
                _add(loose, _key(spelling), spelling, iso3)
    return exact, loose


def _add(keys: dict[str, str], key: str, spelling: str, iso3: str) -> None:
    if keys.setdefault(key, iso3) != iso3:
        raise FileError(
            f"{spelling!r} in countries.csv stands for both {keys[key]} and {iso3}: "
            "remove it from one of them."
        )


@lru_cache(maxsize=4096)
def _key(spelling: str) -> str:
    """Reduce a spelling to its letters and digits, without case or accents."""
    # Dotless ı is a letter of its own to Unicode and would not meet the I of "TURKIYE".
    # Dotted İ needs no rule: it decomposes into I and a dot, and the dot goes with the accents.
    letters = unicodedata.normalize("NFKD", spelling.replace("ı", "i").casefold())
    return "".join(
        char for char in letters if char.isalnum() and unicodedata.category(char) != "Lm"
    )
