"""Measures of alphabets: which letters two languages share, and which stand for a similar sound.

Kazakh is written in Cyrillic or in one of five Latin versions, see `common.VERSIONS`; wherever a
function takes ``alphabet`` it is one of these and says how Kazakh is written. Every other language
is written as its state writes it now, Kyrgyz therefore in Cyrillic: against a Latin alphabet it
shares nothing by construction.

Letters are compared in lower case. Python's own rules of case are wrong for the dotted and dotless
i, so every pair of lower and upper case comes from a table.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from turkic_ties.measures.common import (
    CYRILLIC,
    LATIN_VERSIONS,
    by_state,
    check_country,
    check_pair,
    check_version,
)

KAZAKH_CYRILLIC = "kk_cyrl"
KAZAKH_LATIN = "kk_latn_"

_OVERLAPS = dict.fromkeys(("alphabet", "other"), "str")
_OVERLAPS |= dict.fromkeys(("letters", "shared"), "int64")
_OVERLAPS |= dict.fromkeys(("jaccard", "share"), "float64")
_SOUNDS = ("letter", "country_ipa", "partner_ipa", "country_sound", "partner_sound", "relation")


@dataclass(frozen=True)
class LetterOverlap:
    """What two alphabets have in common.

    ``country_share`` is the share of the country's letters that are in the partner's alphabet,
    ``partner_share`` the reverse, ``jaccard`` the shared letters among all letters of either;
    missing where an alphabet is not known.
    """

    alphabet: str
    partner_alphabet: str
    shared: tuple[str, ...]
    country_only: tuple[str, ...]
    partner_only: tuple[str, ...]
    jaccard: float
    country_share: float
    partner_share: float


def alphabet_of(languages: pd.DataFrame, country: str, alphabet: str = CYRILLIC) -> str:
    """Give the id of the alphabet of a state language; empty text where the table has none.

    Parameters
    ----------
    languages
        Columns state, alphabet.
    country
        The state.
    alphabet
        How Kazakh is written, one of `common.VERSIONS`; without effect on other languages.

    Raises
    ------
    ValueError
        For an unknown version.

    Examples
    --------
    >>> table = pd.DataFrame({"state": ["KAZ", "TUR"], "alphabet": ["kk_cyrl", "tr_latn"]})
    >>> alphabet_of(table, "KAZ", "2021"), alphabet_of(table, "TUR", "2021")
    ('kk_latn_2021', 'tr_latn')
    """
    check_country(country)
    check_version(alphabet)
    in_use = by_state(languages, "alphabet").get(country, "")
    if in_use == KAZAKH_CYRILLIC and alphabet != CYRILLIC:
        return f"{KAZAKH_LATIN}{alphabet}"
    return in_use


def letters_shared(
    alphabets: pd.DataFrame,
    languages: pd.DataFrame,
    country: str,
    partner: str,
    alphabet: str = "2021",
) -> LetterOverlap:
    """Compare the letters of two state languages' alphabets.

    With A and B the sets of lower-case letters, the Jaccard index is |A ∩ B| / |A ∪ B| and the
    share of A that is in B is |A ∩ B| / |A|. A digraph or an apostrophe letter that an alphabet
    counts as a letter is one letter.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower.
    languages, alphabet
        As for `alphabet_of`.
    country, partner
        The two states.

    Returns
    -------
    LetterOverlap
        Letters in the order of the country's (``partner_only``: the partner's) alphabet.

    Raises
    ------
    ValueError
        For an unknown version.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2),
    37-50.

    Examples
    --------
    >>> letters = pd.DataFrame([("az_latn", 1, "a"), ("az_latn", 2, "ə"), ("tr_latn", 1, "a")])
    >>> letters.columns = ["alphabet", "position", "lower"]
    >>> table = pd.DataFrame({"state": ["AZE", "TUR"], "alphabet": ["az_latn", "tr_latn"]})
    >>> overlap = letters_shared(letters, table, "AZE", "TUR")
    >>> overlap.shared, overlap.country_only, overlap.jaccard
    (('a',), ('ə',), 0.5)
    """
    check_pair(country, partner)
    first, second = (alphabet_of(languages, state, alphabet) for state in (country, partner))
    own = _letters(alphabets, first)
    other = _letters(alphabets, second)
    shared = tuple(letter for letter in own if letter in other)
    own_only = tuple(letter for letter in own if letter not in other)
    other_only = tuple(letter for letter in other if letter not in own)
    jaccard = _share(shared, {*own, *other}) if own and other else float("nan")
    shares = _share(shared, own), _share(shared, other)
    return LetterOverlap(first, second, shared, own_only, other_only, jaccard, *shares)


def alphabet_overlaps(alphabets: pd.DataFrame) -> pd.DataFrame:
    """Compare every alphabet with every other, as `letters_shared` does with two.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower.

    Returns
    -------
    pandas.DataFrame
        alphabet, other, letters (of the alphabet), shared, jaccard, share (of the alphabet's
        letters that are in the other); one row per ordered pair, sorted.
    """
    letters = {str(name): set(rows["lower"]) for name, rows in alphabets.groupby("alphabet")}
    rows = []
    for name, other in itertools.permutations(sorted(letters), 2):
        own = letters[name]
        either = letters[name] | letters[other]
        shared = own & letters[other]
        shares = _share(shared, either), _share(shared, own)
        rows.append((name, other, len(own), len(shared), *shares))
    return pd.DataFrame(rows, columns=[*_OVERLAPS]).astype(_OVERLAPS)


def letter_table(
    alphabets: pd.DataFrame, kazakh_latin: pd.DataFrame, alphabet: str = "2021"
) -> pd.DataFrame:
    """Lay out the Kazakh alphabet: every Latin version, and who else has the letter of one of them.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower.
    kazakh_latin
        Columns version, cyrillic_lower, latin_lower, basis.
    alphabet
        The version whose letters are looked up in the other alphabets; for ``cyrillic`` the
        Cyrillic letters are.

    Returns
    -------
    pandas.DataFrame
        One row per Kazakh Cyrillic letter, in alphabetical order: cyrillic, one column per Latin
        version (the letters it is written with), spelled_out (the chosen version has no letter of
        its own for it), and one column for each alphabet of another language: the letter if that
        alphabet has it, else empty text.

    Raises
    ------
    ValueError
        For an unknown version.
    """
    check_version(alphabet)
    spelling = kazakh_latin.fillna({"latin_lower": ""})
    spelling = spelling.pivot_table(
        index="cyrillic_lower", columns="version", values="latin_lower", aggfunc="first"
    )
    letters = pd.Index(_letters(alphabets, KAZAKH_CYRILLIC), name="cyrillic")
    table = spelling.reindex(index=letters, columns=pd.Index(LATIN_VERSIONS)).reset_index()
    table["spelled_out"] = False
    looked_up = table["cyrillic"]
    if alphabet != CYRILLIC:
        own_letters = _official(kazakh_latin, alphabet)["cyrillic_lower"]
        table["spelled_out"] = ~table["cyrillic"].isin(own_letters)
        looked_up = table[alphabet].mask(table["spelled_out"], "")
    others = alphabets[~alphabets["alphabet"].str.startswith("kk_")]
    for other, its_letters in others.groupby("alphabet")["lower"]:
        table[str(other)] = looked_up.where(looked_up.isin(its_letters), "")
    return table


def shared_letter_sounds(
    alphabets: pd.DataFrame,
    letter_sounds: pd.DataFrame,
    kazakh_latin: pd.DataFrame,
    languages: pd.DataFrame,
    country: str,
    partner: str,
    alphabet: str = "2021",
) -> pd.DataFrame:
    """Tell for each letter two alphabets share whether it stands for a similar sound.

    Sounds are compared by broad classes, because the transcriptions come from different hands. A
    Kazakh Latin letter has the sounds of all Cyrillic letters the official table writes with it.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower.
    letter_sounds
        Columns alphabet, grapheme, ipa, sound (the class).
    kazakh_latin
        Columns version, cyrillic_lower, latin_lower, basis.
    languages, country, partner, alphabet
        As for `letters_shared`.

    Returns
    -------
    pandas.DataFrame
        letter, country_ipa, partner_ipa (joined by a comma), country_sound, partner_sound
        (classes), relation: ``same`` (the same classes), ``partly`` (one of two), ``different`` (a
        false friend), ``unknown`` (no sound in the table). In the order of the country's alphabet.

    Raises
    ------
    ValueError
        For an unknown version.
    """
    overlap = letters_shared(alphabets, languages, country, partner, alphabet)
    own = _sounds(letter_sounds, kazakh_latin, overlap.alphabet)
    other = _sounds(letter_sounds, kazakh_latin, overlap.partner_alphabet)
    rows = []
    for letter in overlap.shared:
        ipa, sounds = own.get(letter, ([], []))
        other_ipa, other_sounds = other.get(letter, ([], []))
        shown = [", ".join(texts) for texts in (ipa, other_ipa, sounds, other_sounds)]
        rows.append((letter, *shown, _relation(set(sounds), set(other_sounds))))
    return pd.DataFrame(rows, columns=_SOUNDS, dtype="str")


def _relation(sounds: set[str], partner_sounds: set[str]) -> str:
    if not sounds or not partner_sounds:
        return "unknown"
    if sounds == partner_sounds:
        return "same"
    return "partly" if sounds & partner_sounds else "different"


def _sounds(
    letter_sounds: pd.DataFrame, kazakh_latin: pd.DataFrame, alphabet: str
) -> dict[str, tuple[list[str], list[str]]]:
    """Map each letter of an alphabet to its transcriptions and its classes of sounds."""
    in_latin = alphabet.startswith(KAZAKH_LATIN)
    table = letter_sounds[letter_sounds["alphabet"] == (KAZAKH_CYRILLIC if in_latin else alphabet)]
    table = table.assign(letter=table["grapheme"])
    if in_latin:
        official = _official(kazakh_latin, alphabet.removeprefix(KAZAKH_LATIN))
        latin = official.set_index("cyrillic_lower")["latin_lower"]
        table["letter"] = table["grapheme"].map(latin)
    return {
        str(letter): (sorted(set(rows["ipa"])), sorted(set(rows["sound"])))
        for letter, rows in table.groupby("letter")
    }


def _official(kazakh_latin: pd.DataFrame, version: str) -> pd.DataFrame:
    of_version = kazakh_latin["version"] == version
    return kazakh_latin[of_version & (kazakh_latin["basis"] == "official")]


def _letters(alphabets: pd.DataFrame, alphabet: str) -> list[str]:
    of_alphabet = alphabets[alphabets["alphabet"] == alphabet]
    return of_alphabet.sort_values("position")["lower"].to_list()


def _share(part: Collection[str], whole: Collection[str]) -> float:
    return len(part) / len(whole) if whole else float("nan")
