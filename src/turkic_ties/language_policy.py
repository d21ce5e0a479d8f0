"""Measures of language policy: what two alphabets share, what a script does to text, how near the languages are.

Compatibility has three layers, and each is measured on its own: **letters** (the inventories, and whether a shared
letter stands for a similar sound), **running text** (the same texts in two languages, Kazakh in each version of its
script), and **words** (expert cognate sets of basic vocabulary, which no script changes).

Kazakh is written in Cyrillic or in one of five Latin versions, see `VERSIONS`; wherever a function takes ``alphabet``
it is one of these and says how Kazakh is written. The other five languages are written as their states write them now,
Kyrgyz therefore in Cyrillic: against a Latin alphabet it shares nothing by construction.

Letters are compared as small letters. No text is put into capitals or small letters by Python's own rules, which are
wrong for the dotted and dotless i: every case pair comes from a table.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import Levenshtein
from scipy.sparse import csr_array

from turkic_ties.countries import MEMBERS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]

# A constant and not an argument everywhere: constitutions and language laws fix these, no edition of a table moves
# them. The table ``languages`` says the same, and a test holds the two together.
STATE_LANGUAGES = {
    "KAZ": "kaz",
    "TUR": "tur",
    "AZE": "aze",
    "UZB": "uzb",
    "KGZ": "kir",
    "TKM": "tuk",
}
ALPHABETS = {
    "KAZ": "kk_cyrl",
    "TUR": "tr_latn",
    "AZE": "az_latn",
    "UZB": "uz_latn_1995",
    "KGZ": "ky_cyrl",
    "TKM": "tk_latn",
}

CYRILLIC = "cyrillic"
LATIN_VERSIONS = ("2017", "2018", "2019", "2021-01", "2021")
VERSIONS = (CYRILLIC, *LATIN_VERSIONS)
"""How Kazakh can be written: as now, by decree in 2017 and 2018, as proposed in 2019, January and April 2021."""

# 1.96 standard errors hold 95 % of a normal distribution.
_NORMAL_95 = 1.96


# -- letters ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LetterOverlap:
    """What two alphabets have in common; shares in percent.

    ``country_pct`` is the share of the country's letters found in the partner's alphabet, ``partner_pct`` the reverse,
    ``jaccard_pct`` the shared letters among all letters of either.
    """

    alphabet: str
    partner_alphabet: str
    shared: tuple[str, ...]
    country_only: tuple[str, ...]
    partner_only: tuple[str, ...]
    jaccard_pct: float
    country_pct: float
    partner_pct: float


def alphabet_of(country: str, alphabet: str = CYRILLIC) -> str:
    """Return the id of the alphabet a state's language is written in; ``alphabet`` chooses among those of Kazakh.

    Raises
    ------
    ValueError
        For a country outside the six, or a version that is not in `VERSIONS`.
    """
    _check_member(country)
    if alphabet not in VERSIONS:
        raise ValueError(
            f"there is no Kazakh alphabet {alphabet!r}: choose one of {', '.join(VERSIONS)}."
        )
    return (
        f"kk_latn_{alphabet}" if country == "KAZ" and alphabet != CYRILLIC else ALPHABETS[country]
    )


def letters_shared(
    alphabets: pd.DataFrame, country: str, partner: str, alphabet: str = "2021"
) -> LetterOverlap:
    """Compare the letters of two state languages' alphabets.

    With A and B the sets of small letters, the Jaccard index is |A ∩ B| / |A ∪ B| and the share of A found in B is
    |A ∩ B| / |A|. A digraph or an apostrophe letter that an alphabet counts as a letter is one letter.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower.
    country, partner
        ISO3 codes of two of the six states.
    alphabet
        How Kazakh is written, one of `VERSIONS`; without effect on a pair without Kazakhstan.

    Returns
    -------
    LetterOverlap
        Letters in the order of the country's (``partner_only``: the partner's) alphabet.

    Raises
    ------
    ValueError
        For a pair that is not two of the six states, or an unknown alphabet.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2), 37-50.
    """
    _check_pair(country, partner)
    first, second = alphabet_of(country, alphabet), alphabet_of(partner, alphabet)
    a, b = _letters(alphabets, first), _letters(alphabets, second)
    shared = tuple(letter for letter in a if letter in b)
    return LetterOverlap(
        alphabet=first,
        partner_alphabet=second,
        shared=shared,
        country_only=tuple(letter for letter in a if letter not in b),
        partner_only=tuple(letter for letter in b if letter not in a),
        jaccard_pct=_pct(len(shared), len({*a, *b})),
        country_pct=_pct(len(shared), len(a)),
        partner_pct=_pct(len(shared), len(b)),
    )


def alphabet_overlaps(alphabets: pd.DataFrame) -> pd.DataFrame:
    """Compare every alphabet with every other.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower.

    Returns
    -------
    pandas.DataFrame
        alphabet, other, letters (of the alphabet), shared, jaccard_pct (percent), found_pct (percent of the alphabet's
        letters found in the other); one row an ordered pair, sorted.
    """
    sets = {str(name): set(rows["lower"]) for name, rows in alphabets.groupby("alphabet")}
    rows = []
    for name, other in itertools.permutations(sorted(sets), 2):
        a, b = sets[name], sets[other]
        rows.append(
            (
                name,
                other,
                len(a),
                len(a & b),
                _pct(len(a & b), len(a | b)),
                _pct(len(a & b), len(a)),
            )
        )
    return pd.DataFrame(
        rows, columns=["alphabet", "other", "letters", "shared", "jaccard_pct", "found_pct"]
    )


def letter_table(
    alphabets: pd.DataFrame, kazakh_latin: pd.DataFrame, alphabet: str = "2021"
) -> pd.DataFrame:
    """Lay out the Kazakh alphabet letter by letter: every Latin version, and who else has the letter of one of them.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower, script.
    kazakh_latin
        Columns version, cyrillic_lower, latin_lower, basis.
    alphabet
        The version whose letters are looked up in the other alphabets; for ``cyrillic`` the Cyrillic letters are.

    Returns
    -------
    pandas.DataFrame
        One row a Kazakh Cyrillic letter, in alphabetical order: cyrillic, one column a Latin version (the letters it is
        written with), spelled_out (the chosen version has no letter of its own for it), and one column for each
        alphabet of another language: the letter if that alphabet has it, else empty text.

    Raises
    ------
    ValueError
        For an unknown alphabet.
    """
    alphabet_of("KAZ", alphabet)  # an unknown version is an error here as everywhere
    letters = _letters(alphabets, ALPHABETS["KAZ"])
    written = kazakh_latin.fillna({"latin_lower": ""})
    written = written.pivot(index="cyrillic_lower", columns="version", values="latin_lower")
    table = written.reindex(
        index=pd.Index(letters, name="cyrillic"), columns=list(LATIN_VERSIONS)
    ).reset_index()
    table.columns.name = None
    official = kazakh_latin[
        (kazakh_latin["version"] == alphabet) & (kazakh_latin["basis"] == "official")
    ]
    looked_up = table["cyrillic"] if alphabet == CYRILLIC else table[alphabet]
    table["spelled_out"] = (alphabet != CYRILLIC) & ~table["cyrillic"].isin(
        official["cyrillic_lower"]
    )
    looked_up = looked_up.mask(table["spelled_out"], "")
    others = alphabets[~alphabets["alphabet"].str.startswith("kk_")]
    for other, its_letters in others.groupby("alphabet")["lower"]:
        table[str(other)] = looked_up.where(looked_up.isin(its_letters), "")
    return table


def shared_letter_sounds(
    alphabets: pd.DataFrame,
    letter_sounds: pd.DataFrame,
    kazakh_latin: pd.DataFrame,
    country: str,
    partner: str,
    alphabet: str = "2021",
) -> pd.DataFrame:
    """Say of each letter two alphabets share whether it stands for a similar sound.

    Sounds are compared by broad classes, because the transcriptions come from different hands. A Kazakh Latin letter
    has the sounds of all Cyrillic letters the official table writes with it.

    Parameters
    ----------
    alphabets
        Columns alphabet, position, lower.
    letter_sounds
        Columns alphabet, grapheme, ipa, sound (the class).
    kazakh_latin
        Columns version, cyrillic_lower, latin_lower, basis.
    country, partner, alphabet
        As for `letters_shared`.

    Returns
    -------
    pandas.DataFrame
        letter, country_ipa, partner_ipa (joined by a comma), country_sound, partner_sound (classes), relation: ``same``
        (the same classes), ``partly`` (one of two), ``different`` (a false friend), ``unknown`` (no sound in the
        table). In the order of the country's alphabet.

    Raises
    ------
    ValueError
        As for `letters_shared`.
    """
    overlap = letters_shared(alphabets, country, partner, alphabet)
    sides = [
        _sounds(letter_sounds, kazakh_latin, name)
        for name in (overlap.alphabet, overlap.partner_alphabet)
    ]
    rows = []
    for letter in overlap.shared:
        (ipa, classes), (partner_ipa, partner_classes) = (
            side.get(letter, ([], [])) for side in sides
        )
        rows.append(
            {
                "letter": letter,
                "country_ipa": ", ".join(ipa),
                "partner_ipa": ", ".join(partner_ipa),
                "country_sound": ", ".join(classes),
                "partner_sound": ", ".join(partner_classes),
                "relation": _relation(set(classes), set(partner_classes)),
            }
        )
    columns = ["letter", "country_ipa", "partner_ipa", "country_sound", "partner_sound", "relation"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _relation(sounds: set[str], partner_sounds: set[str]) -> str:
    if not sounds or not partner_sounds:
        return "unknown"
    if sounds == partner_sounds:
        return "same"
    return "partly" if sounds & partner_sounds else "different"


def _sounds(
    letter_sounds: pd.DataFrame, kazakh_latin: pd.DataFrame, alphabet: str
) -> dict[str, tuple[list[str], list[str]]]:
    """Map each letter of an alphabet to its transcriptions and its classes, both sorted and without repeats."""
    version = alphabet.removeprefix("kk_latn_")
    in_latin = version in LATIN_VERSIONS
    official = kazakh_latin[
        (kazakh_latin["version"] == version) & (kazakh_latin["basis"] == "official")
    ]
    latin = dict(zip(official["cyrillic_lower"], official["latin_lower"], strict=True))
    table = letter_sounds[letter_sounds["alphabet"] == (ALPHABETS["KAZ"] if in_latin else alphabet)]
    found: dict[str, tuple[set[str], set[str]]] = {}
    for letter, ipa, sound in zip(table["grapheme"], table["ipa"], table["sound"], strict=True):
        if not in_latin or letter in latin:
            transcriptions, classes = found.setdefault(latin.get(letter, letter), (set(), set()))
            transcriptions.add(ipa)
            classes.add(sound)
    return {
        letter: (sorted(transcriptions), sorted(classes))
        for letter, (transcriptions, classes) in found.items()
    }


def _letters(alphabets: pd.DataFrame, alphabet: str) -> list[str]:
    return alphabets[alphabets["alphabet"] == alphabet].sort_values("position")["lower"].tolist()


# -- transliteration --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Transliteration:
    """A text in Latin, and the Cyrillic letters that are not Kazakh and were left as they are."""

    text: str
    unknown: tuple[str, ...]


def transliterate(kazakh_latin: pd.DataFrame, text: str, version: str) -> Transliteration:
    """Write a Kazakh Cyrillic text in one of the Latin versions.

    The longest entry of the table that fits is replaced, from left to right. A capital that becomes several letters is
    written as a capital and small letters (``Шал``, ``Shal``), unless the letter after it, or at the end of a word the
    letter before it, is a capital as well (``ШАЛ``, ``SHAL``). What is not Cyrillic stays.

    Parameters
    ----------
    kazakh_latin
        Columns version, cyrillic_lower, cyrillic_upper, latin_lower, latin_upper (missing where nothing is written).
    text
        Any text.
    version
        One of `LATIN_VERSIONS`.

    Returns
    -------
    Transliteration
        The text, and the Cyrillic letters that are not in the table, each once, sorted.

    Raises
    ------
    ValueError
        For a version that does not exist.

    Examples
    --------
    >>> from turkic_ties import data
    >>> transliterate(data.load("language_policy/kazakh_latin"), "Қазақ тілі", "2021").text
    'Qazaq tılı'
    """
    if version not in LATIN_VERSIONS:
        raise ValueError(
            f"there is no Latin version {version!r}: choose one of {', '.join(LATIN_VERSIONS)}."
        )
    table = kazakh_latin[kazakh_latin["version"] == version].fillna(
        {"latin_lower": "", "latin_upper": ""}
    )
    small = dict(zip(table["cyrillic_lower"], table["latin_lower"], strict=True))
    plain: dict[str, str] = {
        **small,
        **dict(zip(table["cyrillic_upper"], table["latin_upper"], strict=True)),
    }
    # What each Latin sign becomes in capitals, read off the first signs of the letters: i and ı differ by version.
    letters = zip(table["latin_lower"], table["latin_upper"], strict=True)
    signs = {lower[0]: upper[0] for lower, upper in letters if lower}
    in_capitals = {
        upper: "".join(signs.get(sign, sign) for sign in small[lower])
        for lower, upper in zip(table["cyrillic_lower"], table["cyrillic_upper"], strict=True)
    }

    def written(match: re.Match[str]) -> str:
        found, whole = match[0], match.string
        if found not in in_capitals:
            return plain[found]
        after, before = (
            whole[match.end() : match.end() + 1],
            whole[max(match.start() - 1, 0) : match.start()],
        )
        neighbour = after if after in plain else before
        return (in_capitals if neighbour in in_capitals else plain)[found]

    # й and ё may come as a letter and a separate mark; composed, they are one letter of the table.
    composed = unicodedata.normalize("NFC", text)
    # Single small letters, nearly all of a text, need no look around and follow in one go.
    simple = {letter: latin for letter, latin in small.items() if len(letter) == 1}
    longest_first = sorted(plain.keys() - simple.keys(), key=lambda key: (-len(key), key))
    latin = re.sub("|".join(map(re.escape, longest_first)) or "(?!)", written, composed)
    latin = latin.translate(str.maketrans(simple))
    unknown = {
        sign
        for sign in set(latin)
        if sign.isalpha() and unicodedata.name(sign, "").startswith("CYRILLIC")
    }
    return Transliteration(latin, tuple(sorted(unknown)))


def lost_distinctions(kazakh_latin: pd.DataFrame, version: str) -> pd.DataFrame:
    """List what a Latin version writes alike although Cyrillic keeps it apart, so that no rule leads back.

    Parameters
    ----------
    kazakh_latin
        Columns version, cyrillic_lower, cyrillic_upper, latin_lower, latin_upper, basis.
    version
        One of `LATIN_VERSIONS`.

    Returns
    -------
    pandas.DataFrame
        kind (``same letters``; ``same capitals`` only; ``like a sequence`` of other letters; ``not written``), latin,
        cyrillic (what is written so, joined by `` / ``), loan (whether a letter outside the official table is part of
        it); sorted by kind and letters. Empty when nothing is lost.

    Raises
    ------
    ValueError
        For a version that does not exist.
    """
    if version not in LATIN_VERSIONS:
        raise ValueError(
            f"there is no Latin version {version!r}: choose one of {', '.join(LATIN_VERSIONS)}."
        )
    table = kazakh_latin[kazakh_latin["version"] == version].fillna(
        {"latin_lower": "", "latin_upper": ""}
    )
    table = table.sort_values("cyrillic_lower")
    small = dict(zip(table["cyrillic_lower"], table["latin_lower"], strict=True))
    loans = set(table.loc[table["basis"] != "official", "cyrillic_lower"])
    rows: list[tuple[str, str, str, bool]] = []
    for latin, group in table.groupby("latin_lower"):
        letters = list(group["cyrillic_lower"])
        if latin == "" or len(letters) > 1:
            kind = "same letters" if latin else "not written"
            rows.append((kind, str(latin), " / ".join(letters), not loans.isdisjoint(letters)))
    for latin, group in table[table["latin_upper"] != ""].groupby("latin_upper"):
        if group["latin_lower"].nunique() > 1:
            loan = not loans.isdisjoint(group["cyrillic_lower"])
            rows.append(("same capitals", str(latin), " / ".join(group["cyrillic_upper"]), loan))
    written = {letter: latin for letter, latin in small.items() if latin}
    sequences: dict[str, list[str]] = {}
    for a, b in itertools.product(written, repeat=2):
        sequences.setdefault(written[a] + written[b], []).append(a + b)
    for letter, latin in written.items():
        if pairs := sequences.get(latin):
            loan = letter in loans or any(not loans.isdisjoint(pair) for pair in pairs)
            rows.append(("like a sequence", latin, " / ".join([letter, *sorted(pairs)]), loan))
    frame = pd.DataFrame(rows, columns=["kind", "latin", "cyrillic", "loan"])
    return frame.sort_values(["kind", "latin", "cyrillic"], ignore_index=True)


# -- running text -----------------------------------------------------------------------------------------------


def text_similarity(
    word_form_counts: pd.DataFrame,
    kazakh_latin: pd.DataFrame,
    country: str,
    partner: str | Sequence[str],
    draws: int = 200,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare the same texts in two languages, as they look on the page, Kazakh in every version of its script.

    Two figures: the cosine cos(a, b) = a·b / (|a| |b|) of the counts of character trigrams, with a blank before and
    after each word; and the share of the running words of the country's text whose form occurs in the partner's text.
    Texts in two scripts have no letter in common, so both are 0.

    The interval is the estimate ± 1.96 standard errors of a bootstrap of the running words of both texts. It is not the
    percentile interval, because a resampled text loses rare words and lies below the estimate; and it treats words as
    independent, so it is rather too narrow.

    Parameters
    ----------
    word_form_counts
        Columns corpus, language, script, word, count.
    kazakh_latin
        As for `transliterate`.
    country
        ISO3 code of one of the six states.
    partner
        ISO3 code of another of them, or a list of such.
    draws
        Bootstrap samples.
    seed
        Seed of the random numbers.

    Returns
    -------
    pandas.DataFrame
        partner, corpus, country_script, partner_script, version (of Kazakh, else empty), cosine,
        cosine_low, cosine_high (0 to 1), identical_pct, identical_low_pct, identical_high_pct (percent), words,
        partner_words (running words). One row a corpus, a script of each language there is a text in, and a version; in
        the order of the partners.

    Raises
    ------
    ValueError
        For a pair that is not two of the six states.

    References
    ----------
    Cavnar, W. B. and Trenkle, J. M. (1994). N-gram-based text categorization. SDAIR-94, 161-175.
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
    """
    partners = [partner] if isinstance(partner, str) else list(partner)
    for state in partners:
        _check_pair(country, state)
    rows = []
    for corpus in sorted(word_form_counts["corpus"].unique()):
        texts = word_form_counts[word_form_counts["corpus"] == corpus]
        own = _texts(texts, kazakh_latin, country, draws, seed)
        # Where the country has no text in a corpus, the others need not be resampled.
        opposite = partners if own else []
        theirs = [
            (state, text)
            for state in opposite
            for text in _texts(texts, kazakh_latin, state, draws, seed)
        ]
        for first, (state, second) in itertools.product(own, theirs):
            row = {
                "partner": state,
                "corpus": corpus,
                "country_script": first.script,
                "partner_script": second.script,
                "version": first.version or second.version,
            }
            rows.append({**row, **_compare(first, second)})
    columns = ["partner", "corpus", "country_script", "partner_script", "version"]
    columns += ["cosine", "cosine_low", "cosine_high"]
    columns += [
        "identical_pct",
        "identical_low_pct",
        "identical_high_pct",
        "words",
        "partner_words",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    given = {name: i for names in (partners, VERSIONS) for i, name in enumerate(names)}
    by = ["partner", "corpus", "country_script", "partner_script", "version"]
    return frame.sort_values(
        by, key=lambda column: column.map(lambda name: given.get(name, name)), ignore_index=True
    )


@dataclass(frozen=True)
class _Counts:
    """How often each unit, a word form or a trigram, stands in a text: one row a unit.

    The first column counts the text as found, each other column a resampled text.
    """

    units: npt.NDArray[Any]
    counts: Integers


@dataclass(frozen=True)
class _Text:
    """One text in one way of writing; ``trigram_squares`` are the sums of the squared counts of its trigrams."""

    script: str
    version: str
    words: _Counts
    trigrams: _Counts
    trigram_squares: Floats


def _texts(
    texts: pd.DataFrame, kazakh_latin: pd.DataFrame, country: str, draws: int, seed: int
) -> list[_Text]:
    """Give the texts of a state's language, one a script, Kazakh also in each Latin version."""
    found = []
    mine = texts[texts["language"] == STATE_LANGUAGES[country]]
    for script, rows in mine.groupby("script"):
        rows = rows.sort_values("word")
        words, counts = rows["word"].tolist(), rows["count"].to_numpy(dtype=np.int64)
        # A stream of its own for each language and script: the same draws whatever it is compared with and however
        # it is written.
        random = np.random.default_rng([seed, *f"{country}{script}".encode()])
        resampled = random.multinomial(int(counts.sum()), counts / counts.sum(), size=draws)
        drawn = np.vstack([counts, resampled]).T.astype(np.int32, order="C")
        if country != "KAZ":
            found.append(_text(str(script), "", words, drawn))
            continue
        found.append(_text(str(script), CYRILLIC, words, drawn))
        for version in LATIN_VERSIONS:
            latin = transliterate(kazakh_latin, "\n".join(words), version).text.split("\n")
            found.append(_text("Latn", version, latin, drawn))
    return found


def _text(script: str, version: str, words: list[str], drawn: Integers) -> _Text:
    # With a blank before and after it, a word has as many trigrams as letters: each letter is the middle of one. Three
    # code points of at most 21 bits make one number.
    signs = np.frombuffer(
        "".join(f" {word} " for word in words).encode("utf-32-le"), dtype="<u4"
    ).astype(np.int64)
    is_letter = signs[1:-1] != ord(" ")
    grams = (signs[:-2] << 42 | signs[1:-1] << 21 | signs[2:])[is_letter]
    word = np.arange(len(words))
    trigrams = _counts(grams, np.repeat(word, [*map(len, words)]), drawn)
    # Two Cyrillic forms can become one in Latin, so forms are counted anew as well.
    forms = _counts(np.array(words), word, drawn)
    return _Text(script, version, forms, trigrams, _products(trigrams.counts, trigrams.counts))


def _counts(units: npt.NDArray[Any], word: npt.NDArray[np.int64], drawn: Integers) -> _Counts:
    """Count units, given with the word each stands in, from the counts of the words."""
    known, place = np.unique(units, return_inverse=True)
    incidence = csr_array(
        (np.ones(len(units), dtype=np.int32), (place, word)), shape=(len(known), len(drawn))
    )
    return _Counts(known, incidence @ drawn)


def _compare(first: _Text, second: _Text) -> dict[str, float]:
    words, partner_words = (int(text.words.counts[:, 0].sum()) for text in (first, second))
    cosines = identicals = np.zeros(first.words.counts.shape[1])
    if first.script == second.script:
        alike = _products(*_shared(first.trigrams, second.trigrams))
        cosines = alike / np.sqrt(first.trigram_squares * second.trigram_squares)
        mine, theirs = _shared(first.words, second.words)
        identicals = 100 * _products(mine, theirs > 0) / words
    cosine_low, cosine_high = _interval(cosines, 1.0)
    identical_low, identical_high = _interval(identicals, 100.0)
    return {
        "cosine": float(cosines[0]),
        "cosine_low": cosine_low,
        "cosine_high": cosine_high,
        "identical_pct": float(identicals[0]),
        "identical_low_pct": identical_low,
        "identical_high_pct": identical_high,
        "words": words,
        "partner_words": partner_words,
    }


def _shared(first: _Counts, second: _Counts) -> tuple[Integers, Integers]:
    """Give both texts' counts of the units that stand in both, row by row."""
    _, mine, theirs = np.intersect1d(
        first.units, second.units, assume_unique=True, return_indices=True
    )
    return first.counts[mine], second.counts[theirs]


def _products(a: Integers, b: npt.NDArray[Any]) -> Floats:
    """Give the scalar product of each column of one table with the same column of the other."""
    products: Floats = np.einsum("ij,ij->j", a, b, dtype=np.float64)
    return products


def _interval(values: Floats, most: float) -> tuple[float, float]:
    """Give the first value, the estimate, minus and plus 1.96 standard deviations of the others."""
    margin = _NORMAL_95 * float(np.std(values[1:], ddof=1)) if len(values) > 2 else float("nan")
    return max(0.0, float(values[0]) - margin), min(most, float(values[0]) + margin)


# -- words ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CognateShare:
    """How much of the basic vocabulary two languages have from one origin, and how far the shared words have drifted.

    ``share_pct`` is the percentage of the concepts known in both languages for which they have a word of the same
    cognate set; ``edit_distance`` the mean normalised edit distance of those words, 0 (alike) to 1 (no sound in place).
    The bounds hold 95 % of a bootstrap over concepts.
    """

    concepts: int
    shared: int
    share_pct: float
    low_pct: float
    high_pct: float
    edit_distance: float
    edit_low: float
    edit_high: float


def cognate_share(
    cognates: pd.DataFrame, country: str, partner: str, draws: int = 2000, seed: int = 1
) -> CognateShare | None:
    """Measure the shared basic vocabulary of two state languages.

    A concept counts as shared when any word of one language is in the cognate set of any word of the other. The
    distance of two words is their Levenshtein distance over sound segments divided by the length of the longer; a
    concept with several pairs of cognates counts with their mean.

    Parameters
    ----------
    cognates
        Columns language, concept, cognate_set, segments (sounds separated by blanks).
    country, partner
        ISO3 codes of two of the six states.
    draws
        Bootstrap samples of the concepts.
    seed
        Seed of the random numbers.

    Returns
    -------
    CognateShare or None
        None when the languages have no concept in common.

    Raises
    ------
    ValueError
        For a pair that is not two of the six states.

    References
    ----------
    Swadesh, M. (1955). Towards greater accuracy in lexicostatistic dating. International Journal of American
    Linguistics 21(2), 121-137.
    Levenshtein, V. I. (1966). Binary codes capable of correcting deletions, insertions, and reversals. Soviet Physics
    Doklady 10(8), 707-710.
    """
    _check_pair(country, partner)
    mine, theirs = (_forms(cognates, STATE_LANGUAGES[state]) for state in (country, partner))
    concepts = sorted(set(mine) & set(theirs))
    if not concepts:
        return None
    distances = [_distance(mine[concept], theirs[concept]) for concept in concepts]
    is_shared = np.array([not np.isnan(distance) for distance in distances], dtype=np.float64)
    of_shared = np.array([distance for distance in distances if not np.isnan(distance)])
    low, high = _percentiles(100 * is_shared, draws, seed)
    edit_low, edit_high = _percentiles(of_shared, draws, seed)
    return CognateShare(
        concepts=len(concepts),
        shared=len(of_shared),
        share_pct=_pct(len(of_shared), len(concepts)),
        low_pct=low,
        high_pct=high,
        edit_distance=float(of_shared.mean()) if len(of_shared) else float("nan"),
        edit_low=edit_low,
        edit_high=edit_high,
    )


def _forms(cognates: pd.DataFrame, language: str) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Give the words of a language by concept: cognate set and sounds."""
    forms: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    rows = cognates[cognates["language"] == language]
    for concept, cognate_set, segments in sorted(
        zip(rows["concept"], rows["cognate_set"], rows["segments"], strict=True)
    ):
        forms.setdefault(concept, []).append((int(cognate_set), tuple(segments.split())))
    return forms


def _distance(
    mine: Iterable[tuple[int, tuple[str, ...]]], theirs: list[tuple[int, tuple[str, ...]]]
) -> float:
    """Give the mean distance of all pairs of cognates for one concept; NaN when there is no pair."""
    found = [
        Levenshtein.normalized_distance(a, b)
        for set_a, a in mine
        for set_b, b in theirs
        if set_a == set_b
    ]
    return sum(found) / len(found) if found else float("nan")


def _percentiles(values: Floats, draws: int, seed: int) -> tuple[float, float]:
    """Give the 2.5th and 97.5th percentile of the mean over resampled values."""
    if not len(values):
        return float("nan"), float("nan")
    picked = np.random.default_rng(seed).integers(len(values), size=(draws, len(values)))
    low, high = np.percentile(values[picked].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def language_distances(cognates: pd.DataFrame) -> pd.DataFrame:
    """Lay out how far apart the Turkic languages are in basic vocabulary.

    The distance is 1 minus the share of concepts, of those known in both, with a word of the same cognate set.
    Languages are ordered by average linkage, so that near ones stand together.

    Parameters
    ----------
    cognates
        Columns language, concept, cognate_set.

    Returns
    -------
    pandas.DataFrame
        Square and symmetric: index and columns ``language`` in the order of the tree, values 0 to 1, zero on the
        diagonal.

    References
    ----------
    Sokal, R. R. and Michener, C. D. (1958). A statistical method for evaluating systematic relationships. University of
    Kansas Science Bulletin 38, 1409-1438.
    """
    from scipy.cluster.hierarchy import (
        leaves_list,
        linkage,
    )  # slow to import, and nothing else needs them
    from scipy.spatial.distance import squareform

    language, languages = pd.factorize(cognates["language"], sort=True)
    # Sets are numbered concept by concept, and ``first_sets`` says where each concept begins.
    cognate_set = cognates.groupby(["concept", "cognate_set"]).ngroup()
    first_sets = np.sort(cognate_set.groupby(cognates["concept"]).min())
    has = np.zeros((len(languages), cognate_set.nunique()), dtype=bool)
    has[language, cognate_set] = True
    known = np.logical_or.reduceat(has, first_sets, axis=1).astype(np.float64)
    in_both = known @ known.T
    shared = np.zeros_like(in_both)
    for i, sets in enumerate(has):
        shared[i] = np.logical_or.reduceat(has & sets, first_sets, axis=1).sum(axis=1)
    distance = 1 - np.divide(shared, in_both, out=np.zeros_like(shared), where=in_both > 0)
    np.fill_diagonal(distance, 0)
    order = list(range(len(languages)))
    if len(languages) > 2:
        tree = linkage(squareform(distance), method="average", optimal_ordering=True)
        order = [int(leaf) for leaf in leaves_list(tree)]
    named = pd.Index([languages[i] for i in order], name="language")
    return pd.DataFrame(distance[np.ix_(order, order)], index=named, columns=named)


# -- use --------------------------------------------------------------------------------------------------------

_DOMAINS = {
    "census_language": "knowledge",
    "official_indicator": "knowledge",
    "home_language_survey": "home",
    "school_language": "school",
    "tertiary_language": "tertiary",
    "paperwork": "paperwork",
}
_USE = [
    "domain",
    "indicator",
    "language",
    "population",
    "year",
    "value_pct",
    "segment",
    "approximate",
    "authority",
]
_USE += ["grade", "source"]


def language_use(
    language_figures: pd.DataFrame,
    census_mother_tongue: pd.DataFrame,
    home_language_instruction: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Collect who knows, speaks and is taught in which language, with breaks where the question changed.

    Points may be joined by a line only inside one ``segment``: the same indicator, for the same population, from the
    same authority (the body whose figure it is, or the publisher where the page names none). Waves of school
    assessments are different studies, so each is a segment of its own. Targets and legal minima are left out.

    Parameters
    ----------
    language_figures
        Columns topic, country, indicator, language, population, year, value, unit, kind, approximate, speaker,
        publisher, grade, source.
    census_mother_tongue
        Columns iso3, year, language, share_pct.
    home_language_instruction
        Columns iso3, year, level, share_pct.
    country
        ISO3 code of one of the six states.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        domain (knowledge, mother tongue, home, school, tertiary, paperwork), indicator, language, population, year,
        value_pct (percent), segment, approximate, authority, grade (A to C), source; sorted by domain, segment,
        language and year.

    Raises
    ------
    ValueError
        For a country outside the six, or a start after the end.
    """
    _check_member(country)
    _check_period(start, end)
    figures = language_figures[language_figures["country"] == country]
    figures = figures[
        figures["topic"].isin(list(_DOMAINS))
        & (figures["unit"] == "percent")
        & (figures["kind"] == "reported")
        & figures["year"].notna()
        & figures["language"].notna()
    ]
    authority = figures["speaker"].fillna(figures["publisher"]).astype("str")
    asked = figures.assign(
        domain=figures["topic"].map(_DOMAINS),
        value_pct=figures["value"],
        authority=authority,
        segment=figures["indicator"] + ", " + figures["population"] + " (" + authority + ")",
    )
    census = census_mother_tongue[census_mother_tongue["iso3"] == country]
    census = census.assign(
        domain="mother tongue",
        indicator="mother tongue",
        population="population",
        value_pct=census["share_pct"],
        segment="mother tongue, population (census)",
        approximate=False,
        authority="census",
        grade="A",
        source="undata",
    )
    waves = home_language_instruction[home_language_instruction["iso3"] == country]
    waves = waves.assign(
        domain="school",
        indicator="taught in the language of home",
        language="language of home",
        population="pupils, " + waves["level"],
        value_pct=waves["share_pct"],
        segment="taught in the language of home, "
        + waves["level"]
        + ", "
        + waves["year"].astype("str"),
        approximate=False,
        authority="UNESCO Institute for Statistics",
        grade="A",
        source="uis",
    )
    types = {"year": "int64", "approximate": "bool"}
    parts = [part[_USE].astype(types) for part in (asked, census, waves) if len(part)]
    found = pd.concat(parts, ignore_index=True) if parts else _empty_use()
    found = found[found["year"].between(start or -np.inf, end or np.inf)]
    return found.sort_values(["domain", "segment", "language", "year"], ignore_index=True)


def _empty_use() -> pd.DataFrame:
    types = {"year": "int64", "value_pct": "float64", "approximate": "bool"}
    return pd.DataFrame({column: pd.Series(dtype=types.get(column, "str")) for column in _USE})


def language_changes(
    language_figures: pd.DataFrame,
    census_mother_tongue: pd.DataFrame,
    home_language_instruction: pd.DataFrame,
    country: str,
    start: int | None = None,
    end: int | None = None,
) -> pd.DataFrame:
    """Compare the first and the last year of each segment of `language_use`: change that no new question explains.

    Parameters
    ----------
    language_figures, census_mother_tongue, home_language_instruction, country, start, end
        As for `language_use`.

    Returns
    -------
    pandas.DataFrame
        domain, indicator, language, population, first_year, last_year, first_pct, last_pct (percent), change_points
        (percentage points), approximate (either end is), segment; sorted, segments with one year left out.

    Raises
    ------
    ValueError
        As for `language_use`.
    """
    use = language_use(
        language_figures, census_mother_tongue, home_language_instruction, country, start, end
    )
    line = ["domain", "segment", "language"]
    first, last = (
        use.drop_duplicates(line, keep=which).reset_index(drop=True) for which in ("first", "last")
    )
    changes = pd.DataFrame(
        {
            "domain": first["domain"],
            "indicator": first["indicator"],
            "language": first["language"],
            "population": first["population"],
            "first_year": first["year"],
            "last_year": last["year"],
            "first_pct": first["value_pct"],
            "last_pct": last["value_pct"],
            "change_points": last["value_pct"] - first["value_pct"],
            "approximate": first["approximate"] | last["approximate"],
            "segment": first["segment"],
        }
    )
    return changes[changes["first_year"] < changes["last_year"]].reset_index(drop=True)


@dataclass(frozen=True)
class Share:
    """One published share: percent, year, among whom, how good the source is (A to C), whether it is a round figure."""

    value_pct: float
    year: int
    population: str
    authority: str
    grade: str
    approximate: bool


def latest_share(
    language_figures: pd.DataFrame,
    country: str,
    indicator: str,
    language: str,
    population: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> Share | None:
    """Look up the latest published share for an indicator and a language.

    Parameters
    ----------
    language_figures
        Columns country, indicator, language, population, year, value, unit, kind, approximate, speaker, publisher,
        grade.
    country
        ISO3 code of one of the six states.
    indicator, language, population
        As in the table; None for any population (among several of one year the first in the alphabet).
    start, end
        First and last year; None for any.

    Returns
    -------
    Share or None
        None when no figure was found.

    Raises
    ------
    ValueError
        For a country outside the six, or a start after the end.
    """
    _check_member(country)
    _check_period(start, end)
    found = language_figures[
        (language_figures["country"] == country)
        & (language_figures["indicator"] == indicator)
        & (language_figures["language"] == language)
        & (language_figures["unit"] == "percent")
        & (language_figures["kind"] == "reported")
        & language_figures["year"].between(start or -np.inf, end or np.inf)
    ]
    if population is not None:
        found = found[found["population"] == population]
    if found.empty:
        return None
    last = found[found["year"] == found["year"].max()].sort_values("population").iloc[0]
    authority = last["publisher"] if pd.isna(last["speaker"]) else last["speaker"]
    return Share(
        value_pct=float(last["value"]),
        year=int(last["year"]),
        population=str(last["population"]),
        authority=str(authority),
        grade=str(last["grade"]),
        approximate=bool(last["approximate"]),
    )


def completion_dates(completion_plans: pd.DataFrame, country: str) -> pd.DataFrame:
    """Set the announced completion of the move to Latin against the date of each announcement.

    Parameters
    ----------
    completion_plans
        Columns event, country, announced, precision, completion_year, scope, speaker, confidence.
    country
        ISO3 code of one of the six states.

    Returns
    -------
    pandas.DataFrame
        event, announced, precision, completion_year, years_ahead (completion year minus year of announcement),
        moved_years (since the announcement before; missing in the first row), slipped_years (since the first), scope,
        speaker, confidence; in order of announcement.

    Raises
    ------
    ValueError
        For a country outside the six.
    """
    _check_member(country)
    plans = completion_plans[completion_plans["country"] == country]
    plans = plans.sort_values(["announced", "event"], ignore_index=True)
    years = plans["completion_year"].astype("int64")
    plans = plans.assign(
        announced=pd.to_datetime(plans["announced"]),
        completion_year=years,
        moved_years=years.diff().astype("Int64"),
        slipped_years=years - (years.iloc[0] if len(years) else 0),
    )
    plans["years_ahead"] = years - plans["announced"].dt.year
    columns = [
        "event",
        "announced",
        "precision",
        "completion_year",
        "years_ahead",
        "moved_years",
        "slipped_years",
    ]
    return plans[[*columns, "scope", "speaker", "confidence"]]


# -- study abroad and online ------------------------------------------------------------------------------------

REMAINDER = "not published"


def students_abroad(
    student_mobility: pd.DataFrame, country: str, start: int | None = None, end: int | None = None
) -> pd.DataFrame:
    """Split the students of a country who study abroad by region of destination.

    Parameters
    ----------
    student_mobility
        Columns iso3, year, indicator, region (``all`` for the total), persons, flag.
    country
        ISO3 code of one of the six states.
    start, end
        First and last year; None for all there are.

    Returns
    -------
    pandas.DataFrame
        year, region, students (persons), share_pct (percent of the published total), flag (empty text where there is
        none); what the regions leave of the total is the region `REMAINDER`. Sorted by year and region.

    Raises
    ------
    ValueError
        For a country outside the six, or a start after the end.
    """
    _check_member(country)
    _check_period(start, end)
    abroad = student_mobility[
        (student_mobility["iso3"] == country)
        & (student_mobility["indicator"] == "outbound_students")
        & student_mobility["year"].between(start or -np.inf, end or np.inf)
    ]
    total = abroad[abroad["region"] == "all"].set_index("year")["persons"]
    regions = abroad[(abroad["region"] != "all") & abroad["year"].isin(total.index)]
    # Rounded estimates can add up to one student more than the total; only a true remainder becomes a row.
    left = total - regions.groupby("year")["persons"].sum().reindex(total.index, fill_value=0)
    remainder = left[left > 0].rename("persons").reset_index().assign(region=REMAINDER)
    rows = pd.concat([regions, remainder], ignore_index=True) if len(remainder) else regions
    rows = rows.assign(
        students=rows["persons"].astype("int64"),
        share_pct=100
        * rows["persons"].astype("float64")
        / rows["year"].map(total).astype("float64"),
        flag=rows["flag"].fillna("").astype("str"),
    )
    columns = ["year", "region", "students", "share_pct", "flag"]
    return rows.sort_values(["year", "region"], ignore_index=True)[columns]


def scholarship_destinations(language_figures: pd.DataFrame, country: str) -> pd.DataFrame:
    """Split the holders of a state scholarship by destination: Kazakhstan's Bolashak, the only one with figures.

    Parameters
    ----------
    language_figures
        Columns topic, country, counterpart (missing for the total), indicator, year, value, unit, grade, source.
    country
        ISO3 code of one of the six states.

    Returns
    -------
    pandas.DataFrame
        year, indicator, destination (ISO3 codes or a region; `REMAINDER` for what is not named), scholars (missing
        where only shares are published), share_pct (percent), grade, source; sorted by year, the largest destination
        first.

    Raises
    ------
    ValueError
        For a country outside the six.
    """
    _check_member(country)
    figures = language_figures[
        (language_figures["country"] == country)
        & (language_figures["topic"] == "scholarship")
        & language_figures["indicator"].isin(
            ["Bolashak scholars enrolled", "Bolashak scholars by destination"]
        )
    ]
    rows: list[dict[str, Any]] = []
    for _, group in figures.groupby(["year", "indicator"]):
        named = group[group["counterpart"].notna()]
        in_percent = bool((group["unit"] == "percent").all())
        total = (
            100.0 if in_percent else float(group.loc[group["counterpart"].isna(), "value"].sum())
        )
        destinations = [*zip(named["counterpart"], named["value"], strict=True)]
        for destination, value in [*destinations, (REMAINDER, total - named["value"].sum())]:
            # A tenth of a percent is rounding of the published shares, not a destination.
            if destination == REMAINDER and value / total < 0.005:
                continue
            rows.append(
                {
                    "year": int(group["year"].iloc[0]),
                    "indicator": group["indicator"].iloc[0],
                    "destination": destination,
                    "scholars": pd.NA if in_percent else int(value),
                    "share_pct": 100 * float(value) / total,
                    "grade": group["grade"].iloc[0],
                    "source": group["source"].iloc[0],
                }
            )
    columns = ["year", "indicator", "destination", "scholars", "share_pct", "grade", "source"]
    frame = pd.DataFrame(rows, columns=columns).astype(
        {"scholars": "Int64", "share_pct": "float64"}
    )
    return frame.sort_values(
        ["year", "share_pct", "destination"], ascending=[True, False, True], ignore_index=True
    )


def online_presence(digital_presence: pd.DataFrame) -> pd.DataFrame:
    """Compare the languages online: the latest reading, and growth where the readings count the same thing.

    Parameters
    ----------
    digital_presence
        Columns source, language, date, measure, value.

    Returns
    -------
    pandas.DataFrame
        source, measure, language, date, value, first_date, first_value (missing for active users, whose definition
        changed between the dates), rank (1 the largest); sorted by source, measure and rank.
    """
    readings = digital_presence.assign(date=pd.to_datetime(digital_presence["date"])).sort_values(
        "date"
    )
    keys = ["source", "measure", "language"]
    first, last = (
        getattr(readings.groupby(keys)[["date", "value"]], which)() for which in ("first", "last")
    )
    frame: pd.DataFrame = last.join(first.add_prefix("first_")).reset_index()
    changed = frame["measure"] == "active_users"
    frame["first_date"], frame["first_value"] = (
        frame["first_date"].mask(changed),
        frame["first_value"].mask(changed),
    )
    ranks = frame.groupby(["source", "measure"])["value"].rank(ascending=False, method="min")
    frame["rank"] = ranks.astype("int64")
    return frame.sort_values(["source", "measure", "rank", "language"], ignore_index=True)


# -- checks -----------------------------------------------------------------------------------------------------


def _check_member(country: str) -> None:
    if country not in MEMBERS:
        raise ValueError(
            f"there are no language data for {country!r}: choose one of {', '.join(MEMBERS)}."
        )


def _check_pair(country: str, partner: str) -> None:
    _check_member(country)
    _check_member(partner)
    if country == partner:
        raise ValueError(f"country and partner are both {country}: choose two different states.")


def _check_period(start: int | None, end: int | None) -> None:
    if start is not None and end is not None and start > end:
        raise ValueError(f"start ({start}) is after end ({end}): swap them.")


def _pct(part: int, whole: int) -> float:
    return 100 * part / whole if whole else float("nan")
