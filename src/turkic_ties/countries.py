"""The six Turkic states and everybody they deal with: codes, names and colours.

Every spelling of a country that occurs in the sources is listed in ``data/countries.csv``;
`to_iso3` turns any of them into the ISO 3166-1 alpha-3 code that all tables use.
"""

import csv
import difflib
import os
import unicodedata
from functools import cache
from pathlib import Path

MEMBERS = ("KAZ", "TUR", "AZE", "UZB", "KGZ", "TKM")
"""The states whose relations this project describes: five members of the OTS and its observer Turkmenistan."""

LANGUAGES = ("en", "tr", "kk", "ru")
GREY = "#8A8F98"

# The keys a country answers to: one column each in countries.csv, and the list of other spellings.
_KEY_COLUMNS = ("iso3", "iso2", "m49", "name", "name_tr", "name_kk", "name_ru")


class UnknownCountryError(ValueError):
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
    FileNotFoundError
        If that folder does not exist.
    """
    return _data_directory(os.environ.get("TURKIC_TIES_DATA"))


@cache
def _data_directory(named: str | None) -> Path:
    directory = Path(named) if named else Path(__file__).parents[2] / "data"
    if not directory.is_dir():
        raise FileNotFoundError(
            f"There is no data folder at {directory}: run from a checkout of the project, "
            "or set TURKIC_TIES_DATA to the folder that holds countries.csv."
        )
    return directory


def to_iso3(name: str | int) -> str:
    """Return the ISO 3166-1 alpha-3 code of a country, however it is written.

    Upper and lower case, blanks, punctuation and accents make no difference, the Turkish
    dotted and dotless i included.

    Parameters
    ----------
    name : str or int
        An English, Turkish, Kazakh or Russian name, another spelling listed in
        ``countries.csv``, an ISO alpha-2 or alpha-3 code, or an M49 code (``"031"`` or ``31``).

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
    keys = _keys(data_directory())
    try:
        return keys[_key(str(name))]
    except KeyError:
        raise _unknown(name) from None


def name(iso3: str, lang: str = "en") -> str:
    """Return the everyday name of a country.

    Parameters
    ----------
    iso3 : str
        ISO 3166-1 alpha-3 code.
    lang : {"en", "tr", "kk", "ru"}
        Language of the name. Where ``countries.csv`` has no name in it, the English one is returned.

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
            f"Country names are kept in {', '.join(LANGUAGES)}, not in {lang!r}: ask for one of these."
        )
    country = _country(iso3)
    return country["name" if lang == "en" else f"name_{lang}"] or country["name"]


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
    except KeyError:
        raise _unknown(iso3) from None


def _unknown(name: str | int) -> UnknownCountryError:
    directory = data_directory()
    keys, countries = _keys(directory), _countries(directory)
    near = dict.fromkeys(keys[key] for key in difflib.get_close_matches(_key(str(name)), keys, n=5))
    hint = ", ".join(f"{countries[iso3]['name']} ({iso3})" for iso3 in near) or "none"
    return UnknownCountryError(
        f"No country in countries.csv is written {name!r} (near matches: {hint}): "
        "use an ISO 3166-1 code, or add the spelling to the aliases there."
    )


@cache
def _countries(directory: Path) -> dict[str, dict[str, str]]:
    """Return the rows of ``countries.csv`` by alpha-3 code."""
    path = directory / "countries.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"The table of countries is missing at {path}: restore it from the repository, "
            "or set TURKIC_TIES_DATA to a folder that holds it."
        )
    with path.open(encoding="utf-8", newline="") as file:
        return {row["iso3"]: row for row in csv.DictReader(file)}


@cache
def _keys(directory: Path) -> dict[str, str]:
    """Return the alpha-3 code for every way of writing a country, each reduced by `_key`."""
    keys: dict[str, str] = {}
    for iso3, country in _countries(directory).items():
        spellings = [country[column] for column in _KEY_COLUMNS] + country["aliases"].split(";")
        for spelling in filter(None, spellings):
            if keys.setdefault(_key(spelling), iso3) != iso3:
                raise ValueError(
                    f"{spelling!r} in {directory / 'countries.csv'} stands for both {keys[_key(spelling)]} and {iso3}: "
                    "remove it from one of them."
                )
    return keys


def _key(spelling: str) -> str:
    """Reduce a spelling to its letters and digits, without case or accents."""
    # Dotless ı is a letter of its own to Unicode and would not meet the I of "TURKIYE".
    # Dotted İ needs no rule: it decomposes into I and a dot, and the dot goes with the accents.
    letters = unicodedata.normalize("NFKD", spelling.replace("ı", "i").casefold())
    key = "".join(char for char in letters if char.isalnum() and unicodedata.category(char) != "Lm")
    return key.zfill(3) if key.isdecimal() else key
