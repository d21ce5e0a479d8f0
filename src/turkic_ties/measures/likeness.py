"""Measures of likeness: what a script does to running text, and how much vocabulary is shared.

Two layers, measured apart: **running text** (the same texts in two languages, Kazakh in each
version of its script), and **words** (expert cognate sets of basic vocabulary, which no script
changes).
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
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from turkic_ties.measures.common import (
    CYRILLIC,
    LATIN_VERSIONS,
    VERSIONS,
    Floats,
    by_state,
    check_country,
    check_known,
    check_pair,
    check_version,
    frame,
    percentile_interval,
)

Integers = npt.NDArray[np.int32]
Forms = dict[str, list[tuple[int, tuple[str, ...]]]]

KAZAKH = "kaz"
LATIN = "Latn"

TEXT_DRAWS = 200
"""Bootstrap samples of a text: enough for a standard error."""

DRAWS = 2000
"""Bootstrap samples of the vocabulary: percentiles need more of them."""

STANDARD_ERRORS = 1.96
"""So many standard errors on both sides hold 95 % of a normal distribution."""

_TEXT_KEYS = ["partner", "corpus", "country_script", "partner_script", "version"]
_TEXT = {
    **dict.fromkeys(_TEXT_KEYS, "str"),
    **dict.fromkeys(["cosine", "cosine_low", "cosine_high"], "float64"),
    **dict.fromkeys(["identical", "identical_low", "identical_high"], "float64"),
    **dict.fromkeys(["words", "partner_words"], "int64"),
}


# -- transliteration ------------------------------------------------------------------------------


def transliterate(kazakh_latin: pd.DataFrame, text: str, version: str) -> str:
    """Write a Kazakh Cyrillic text in one of the Latin versions.

    The longest entry of the table that fits is replaced, from left to right. An upper-case letter
    that becomes several is written as one in upper and the rest in lower case (``Шал``, ``Shal``),
    unless the letter after it, or at the end of a word the letter before it, is in upper case as
    well (``ШАЛ``, ``SHAL``). Other signs stay.

    Parameters
    ----------
    kazakh_latin
        Columns version, cyrillic_lower, cyrillic_upper, latin_lower, latin_upper (missing where
        nothing is written).
    text
        Any text.
    version
        One of `common.LATIN_VERSIONS`.

    Returns
    -------
    str
        The text in Latin; Cyrillic letters that are not Kazakh stay as well.

    Raises
    ------
    ValueError
        For a version that does not exist.

    Examples
    --------
    >>> from turkic_ties import data
    >>> transliterate(data.load("language_policy/kazakh_latin"), "Қазақ тілі", "2021")
    'Qazaq tılı'
    """
    table = _spelling(kazakh_latin, version)
    lower = dict(zip(table["cyrillic_lower"], table["latin_lower"], strict=True))
    upper = dict(zip(table["cyrillic_upper"], table["latin_upper"], strict=True))
    all_upper = _all_upper(table)
    plain = lower | upper

    def written(match: re.Match[str]) -> str:
        letter = match[0]
        (start, end) = match.span()
        if letter not in upper:
            return str(lower[letter])
        after = match.string[end : end + 1]
        before = match.string[max(start - 1, 0) : start]
        neighbour = after if after in plain else before
        return all_upper[letter] if neighbour in upper else str(upper[letter])

    # й and ё may come as a letter and a separate mark; composed, they are one letter of the table.
    text = unicodedata.normalize("NFC", text)
    # Single lower-case letters do not depend on their neighbours: they are replaced in one pass.
    single = {letter: latin for letter, latin in lower.items() if len(letter) == 1}
    others = sorted(plain.keys() - single.keys(), key=lambda key: (-len(key), key))
    latin = re.sub("|".join(map(re.escape, others)) or "(?!)", written, text)
    return latin.translate(str.maketrans(single))


def _all_upper(table: pd.DataFrame) -> dict[Any, str]:
    """Map upper-case Cyrillic to Latin all in upper case; i and ı differ by version."""
    letters = zip(table["latin_lower"], table["latin_upper"], strict=True)
    signs = {lower[0]: upper[0] for lower, upper in letters if lower}
    latin = ["".join(signs.get(sign, sign) for sign in text) for text in table["latin_lower"]]
    return dict(zip(table["cyrillic_upper"], latin, strict=True))


def _spelling(kazakh_latin: pd.DataFrame, version: str) -> pd.DataFrame:
    check_version(version, LATIN_VERSIONS)
    check_known(kazakh_latin, "basis", ["official", "spelled out"], "kazakh_latin")
    table = kazakh_latin[kazakh_latin["version"] == version].sort_values("cyrillic_lower")
    return table.fillna({"latin_lower": "", "latin_upper": ""})


def lost_distinctions(kazakh_latin: pd.DataFrame, version: str) -> pd.DataFrame:
    """List what a Latin version writes alike although Cyrillic keeps it apart.

    Parameters
    ----------
    kazakh_latin
        Columns version, cyrillic_lower, cyrillic_upper, latin_lower, latin_upper, basis.
    version
        One of `common.LATIN_VERSIONS`.

    Returns
    -------
    pandas.DataFrame
        kind (``same letters``; ``same upper case`` only; ``like a sequence`` of other letters;
        ``not written``), latin, cyrillic (what is written so, joined by `` / ``), loan (whether a
        letter outside the official table is part of it); sorted by kind and letters. Empty when
        nothing is lost.

    Raises
    ------
    ValueError
        For a version that does not exist.
    """
    table = _spelling(kazakh_latin, version)
    lost = []
    for latin, group in table.groupby("latin_lower"):
        if latin == "" or len(group) > 1:
            kind = "same letters" if latin else "not written"
            lost.append((kind, latin, [*group["cyrillic_lower"]]))
    for latin, group in table[table["latin_upper"] != ""].groupby("latin_upper"):
        if len(set(group["latin_lower"])) > 1:
            lost.append(("same upper case", latin, [*group["cyrillic_upper"]]))
    is_written = table[table["latin_lower"] != ""]
    written = dict(zip(is_written["cyrillic_lower"], is_written["latin_lower"], strict=True))
    sequences: dict[str, list[str]] = {}
    for a, b in itertools.product(written, repeat=2):
        sequences.setdefault(written[a] + written[b], []).append(a + b)
    for letter, latin in written.items():
        if latin in sequences:
            lost.append(("like a sequence", latin, [letter, *sorted(sequences[latin])]))
    of_loans = table[table["basis"] != "official"]
    loans = {*of_loans["cyrillic_lower"], *of_loans["cyrillic_upper"]}
    table = pd.DataFrame(sorted(lost), columns=["kind", "latin", "cyrillic"], dtype="object")
    table["loan"] = [not loans.isdisjoint("".join(letters)) for letters in table["cyrillic"]]
    table["cyrillic"] = table["cyrillic"].str.join(" / ")
    return table.astype({"kind": "str", "latin": "str", "cyrillic": "str", "loan": "bool"})


# -- running text ---------------------------------------------------------------------------------


def text_similarity(
    word_form_counts: pd.DataFrame,
    kazakh_latin: pd.DataFrame,
    languages: pd.DataFrame,
    country: str,
    partner: str | Sequence[str],
    draws: int = TEXT_DRAWS,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare the same texts in two languages on the page, Kazakh in every version of its script.

    Two figures: the cosine cos(a, b) = a·b / (|a| |b|) of the counts of character trigrams, with a
    blank before and after each word; and the share of the running words of the country's text whose
    form occurs in the partner's text. Texts in two scripts have no letter in common, so both are 0.

    The interval is the estimate ± 1.96 standard errors of a bootstrap of the running words of both
    texts. It is not the percentile interval, because a resampled text loses rare words and lies
    below the estimate; and it treats words as independent, so it is rather too narrow.

    Parameters
    ----------
    word_form_counts
        Columns corpus, language, script, word, count.
    kazakh_latin
        As for `transliterate`.
    languages
        Columns language, state.
    country
        A state.
    partner
        Another state, or a list of such.
    draws
        Bootstrap samples.
    seed
        Seed of the random numbers.

    Returns
    -------
    pandas.DataFrame
        partner, corpus, country_script, partner_script, version (of Kazakh, else empty), cosine,
        cosine_low, cosine_high, identical, identical_low, identical_high (all 0 to 1), words,
        partner_words (running words). One row per corpus, script of each language there is a text
        in, and version; in the order of the partners.

    References
    ----------
    Cavnar, W. B. and Trenkle, J. M. (1994). N-gram-based text categorization. SDAIR-94, 161-175.
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap.

    Examples
    --------
    >>> words = [("c", "aze", "Latn", "su", 1), ("c", "tur", "Latn", "su", 1)]
    >>> words = pd.DataFrame(words, columns=["corpus", "language", "script", "word", "count"])
    >>> codes = pd.DataFrame({"language": ["aze", "tur"], "state": ["AZE", "TUR"]})
    >>> spelling = pd.DataFrame(columns=["version", "cyrillic_lower", "latin_lower"])
    >>> text_similarity(words, spelling, codes, "AZE", "TUR")["cosine"].round(6).tolist()
    [1.0]
    """
    partners = [partner] if isinstance(partner, str) else list(partner)
    for state in partners:
        check_country(state)
        check_pair(country, state)
    language = by_state(languages)

    def written(texts: pd.DataFrame, state: str, scripts: set[str]) -> list[_Text]:
        of_state = texts[texts["language"] == language.get(state)]
        return _texts(of_state, kazakh_latin, scripts, draws, [seed, *state.encode()])

    rows = []
    for corpus, texts in word_form_counts.groupby("corpus"):
        if own := written(texts, country, {*texts["script"], LATIN}):
            used = {text.script for text in own}
            theirs = [(state, text) for state in partners for text in written(texts, state, used)]
            for first, (state, second) in itertools.product(own, theirs):
                scripts = {"country_script": first.script, "partner_script": second.script}
                row = {"partner": state, "corpus": corpus, **scripts}
                row["version"] = first.version or second.version
                rows.append({**row, **_compare(first, second)})
    order = {name: place for names in (partners, VERSIONS) for place, name in enumerate(names)}
    return frame(rows, _TEXT).sort_values(
        _TEXT_KEYS,
        key=lambda column: column.map(lambda name: order.get(name, name)),
        ignore_index=True,
    )


@dataclass(frozen=True)
class _Counts:
    """How often each unit, a word form or a trigram, is in a text: one row per unit.

    The first column counts the text itself, each other column a resampled text.
    """

    units: npt.NDArray[Any]
    counts: Integers


@dataclass(frozen=True)
class _Text:
    """One text in one way of writing, with the sum of the squared counts of its trigrams."""

    script: str
    version: str
    words: _Counts
    trigrams: _Counts
    trigram_squares: Floats


def _texts(
    texts: pd.DataFrame, kazakh_latin: pd.DataFrame, scripts: set[str], draws: int, seed: list[int]
) -> list[_Text]:
    """Give the texts of one language, one per script, Kazakh also in each Latin version.

    Only those in one of the scripts are resampled: the others are alike to no text.
    """
    given = []
    for script, rows in texts.sort_values("word").groupby("script"):
        written = {"": str(script)}
        if rows["language"].iloc[0] == KAZAKH:
            written = {CYRILLIC: str(script), **dict.fromkeys(LATIN_VERSIONS, LATIN)}
        words = rows["word"].tolist()
        counts = rows["count"].to_numpy(dtype=np.int64)
        # A stream of its own for each language and script: the same draws whatever it is compared
        # with and however it is written.
        random = np.random.default_rng([*seed, *str(script).encode()])
        size = draws if scripts & {*written.values()} else 0
        resampled = random.multinomial(int(counts.sum()), counts / counts.sum(), size=size)
        drawn = np.vstack([counts, resampled]).T.astype(np.int32, order="C")
        for version, name in written.items():
            spelled = words
            if version in LATIN_VERSIONS:
                spelled = transliterate(kazakh_latin, "\n".join(words), version).split("\n")
            counted = drawn if name in scripts else drawn[:, :1]
            given.append(_text(name, version, spelled, counted))
    return given


def _text(script: str, version: str, words: list[str], drawn: Integers) -> _Text:
    # With a blank before and after it, a word has as many trigrams as letters: each letter is the
    # middle of one. Three code points of at most 21 bits make one number.
    encoded = "".join(f" {word} " for word in words).encode("utf-32-le")
    signs = np.frombuffer(encoded, dtype="<u4").astype(np.int64)
    before = signs[:-2]
    middle = signs[1:-1]
    after = signs[2:]
    trigrams = (before << 42 | middle << 21 | after)[middle != ord(" ")]
    word = np.arange(len(words))
    trigram_counts = _counts(trigrams, np.repeat(word, [*map(len, words)]), drawn)
    # Two Cyrillic forms can become one in Latin, so forms are counted anew as well.
    forms = _counts(np.array(words), word, drawn)
    squares = _products(trigram_counts.counts, trigram_counts.counts)
    return _Text(script, version, forms, trigram_counts, squares)


def _counts(units: npt.NDArray[Any], word: npt.NDArray[np.int64], drawn: Integers) -> _Counts:
    """Count units, given with the word each is in, from the counts of the words."""
    known, place = np.unique(units, return_inverse=True)
    once = np.ones(len(units), dtype=np.int32)
    incidence = csr_array((once, (place, word)), shape=(len(known), len(drawn)))
    return _Counts(known, incidence @ drawn)


def _compare(first: _Text, second: _Text) -> dict[str, float]:
    words, partner_words = (int(text.words.counts[:, 0].sum()) for text in (first, second))
    cosines = identical = np.zeros(first.words.counts.shape[1])
    if first.script == second.script:
        alike = _products(*_shared(first.trigrams, second.trigrams))
        cosines = alike / np.sqrt(first.trigram_squares * second.trigram_squares)
        own, other = _shared(first.words, second.words)
        identical = _products(own, other > 0) / words
    result: dict[str, float] = {"words": words, "partner_words": partner_words}
    for name, values in (("cosine", cosines), ("identical", identical)):
        low, high = _normal_interval(values)
        result |= {name: float(values[0]), f"{name}_low": low, f"{name}_high": high}
    return result


def _shared(first: _Counts, second: _Counts) -> tuple[Integers, Integers]:
    """Give both texts' counts of the units that are in both, row by row."""
    units = first.units, second.units
    _, own, other = np.intersect1d(*units, assume_unique=True, return_indices=True)
    return first.counts[own], second.counts[other]


def _products(a: Integers, b: npt.NDArray[Any]) -> Floats:
    """Give the scalar product of each column of one table with the same column of the other."""
    products: Floats = np.einsum("ij,ij->j", a, b, dtype=np.float64)
    return products


def _normal_interval(values: Floats) -> tuple[float, float]:
    """Give the interval of the first value from the standard deviation of the resampled others."""
    estimate = float(values[0])
    resampled = values[1:]
    if len(resampled) < 2:
        return float("nan"), float("nan")
    margin = STANDARD_ERRORS * float(np.std(resampled, ddof=1))
    return max(0.0, estimate - margin), min(1.0, estimate + margin)


# -- words ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CognateShare:
    """The basic vocabulary two languages share, and how far the shared words differ.

    ``share`` is the share of the concepts known in both languages for which they have a word of the
    same cognate set; ``edit_distance`` the mean normalised edit distance of those words, 0 (alike)
    to 1 (no sound in place). The bounds hold 95 % of a bootstrap over concepts.
    """

    concepts: int
    shared: int
    share: float
    share_low: float
    share_high: float
    edit_distance: float
    edit_low: float
    edit_high: float


def cognate_share(
    cognates: pd.DataFrame,
    languages: pd.DataFrame,
    country: str,
    partner: str,
    draws: int = DRAWS,
    seed: int = 1,
) -> CognateShare | None:
    """Measure the shared basic vocabulary of two state languages.

    A concept counts as shared when any word of one language is in the cognate set of any word of
    the other. The distance of two words is their Levenshtein distance over sound segments divided
    by the length of the longer; a concept with several pairs of cognates counts with their mean.

    Parameters
    ----------
    cognates
        Columns language, concept, cognate_set, segments (sounds separated by blanks).
    languages
        Columns language, state.
    country, partner
        The two states.
    draws
        Bootstrap samples of the concepts.
    seed
        Seed of the random numbers.

    Returns
    -------
    CognateShare or None
        None when the languages have no concept in common.

    References
    ----------
    Swadesh, M. (1955). Towards greater accuracy in lexicostatistic dating. International Journal of
    American Linguistics 21(2), 121-137. Levenshtein, V. I. (1966). Binary codes capable of
    correcting deletions, insertions, and reversals. Soviet Physics Doklady 10(8), 707-710.

    Examples
    --------
    >>> words = [("kaz", "water", 1, "s u"), ("tur", "water", 1, "s u"), ("kaz", "fire", 2, "o t")]
    >>> words = pd.DataFrame(words, columns=["language", "concept", "cognate_set", "segments"])
    >>> codes = pd.DataFrame({"language": ["kaz", "tur"], "state": ["KAZ", "TUR"]})
    >>> result = cognate_share(words, codes, "KAZ", "TUR")
    >>> result.concepts, result.share, result.edit_distance
    (1, 1.0, 0.0)
    """
    check_country(partner)
    check_pair(country, partner)
    language = by_state(languages)
    own, other = (_forms(cognates, language.get(state)) for state in (country, partner))
    concepts = sorted(own.keys() & other.keys())
    if not concepts:
        return None
    distances = np.array([_distance(own[concept], other[concept]) for concept in concepts])
    is_shared = ~np.isnan(distances)
    share = _mean_with_interval(is_shared.astype(np.float64), draws, seed)
    edits = _mean_with_interval(distances[is_shared], draws, seed)
    return CognateShare(len(concepts), int(is_shared.sum()), *share, *edits)


def _forms(cognates: pd.DataFrame, language: str | None) -> Forms:
    """Give the words of a language by concept: cognate set and sounds."""
    forms: Forms = {}
    rows = cognates[cognates["language"] == language].sort_values(["cognate_set", "segments"])
    words = zip(rows["concept"], rows["cognate_set"], rows["segments"], strict=True)
    for concept, cognate_set, segments in words:
        forms.setdefault(concept, []).append((int(cognate_set), tuple(segments.split())))
    return forms


def _distance(
    own: Iterable[tuple[int, tuple[str, ...]]], other: list[tuple[int, tuple[str, ...]]]
) -> float:
    """Give the mean distance of the pairs of cognates for one concept; missing without a pair."""
    distances = []
    for (own_set, own_word), (other_set, other_word) in itertools.product(own, other):
        if own_set == other_set:
            distances.append(Levenshtein.normalized_distance(own_word, other_word))
    return sum(distances) / len(distances) if distances else float("nan")


def _mean_with_interval(values: Floats, draws: int, seed: int) -> tuple[float, float, float]:
    if not len(values):
        return float("nan"), float("nan"), float("nan")
    picked = np.random.default_rng(seed).integers(len(values), size=(draws, len(values)))
    return float(values.mean()), *percentile_interval(values[picked].mean(axis=1))


def language_distances(cognates: pd.DataFrame) -> pd.DataFrame:
    """Lay out how far apart the Turkic languages are in basic vocabulary.

    The distance is 1 minus the share of concepts, of those known in both, with a word of the same
    cognate set. Languages are ordered by average linkage, so that near ones are side by side.

    Parameters
    ----------
    cognates
        Columns language, concept, cognate_set.

    Returns
    -------
    pandas.DataFrame
        Square and symmetric: index and columns ``language`` in the order of the tree, values 0 to
        1, zero on the diagonal.

    References
    ----------
    Sokal, R. R. and Michener, C. D. (1958). A statistical method for evaluating systematic
    relationships. University of Kansas Science Bulletin 38, 1409-1438.

    Examples
    --------
    >>> words = [("kaz", "water", 1), ("kaz", "fire", 2), ("tur", "water", 1), ("tur", "fire", 3)]
    >>> words = pd.DataFrame(words, columns=["language", "concept", "cognate_set"])
    >>> float(language_distances(words).loc["kaz", "tur"])
    0.5
    """
    languages, known, shared = _shared_concepts(cognates)
    distance = 1 - np.divide(shared, known, out=np.zeros_like(shared), where=known > 0)
    np.fill_diagonal(distance, 0)
    order = np.arange(len(languages))
    if len(languages) > 2:
        tree = linkage(squareform(distance), method="average", optimal_ordering=True)
        order = leaves_list(tree)
    named = pd.Index(languages[order], name="language")
    return pd.DataFrame(distance[np.ix_(order, order)], index=named, columns=named)


def relatives(cognates: pd.DataFrame, language: str) -> pd.DataFrame:
    """Compare the basic vocabulary of one language with that of every other.

    The interval of a share is Wilson's: with p the share of n concepts and z = 1.96,
    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).

    Parameters
    ----------
    cognates
        Columns language, concept, cognate_set.
    language
        Code of the language; without words of it the result is empty.

    Returns
    -------
    pandas.DataFrame
        language, concepts (known in both), shared (with a word of one origin), share, share_low,
        share_high, overlaps (whether the interval reaches that of the language with the largest
        share: then their order is open); the largest share first, equal ones by code.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> words = [("kaz", "water", 1), ("kaz", "fire", 2), ("tur", "water", 1), ("tur", "fire", 3)]
    >>> words = pd.DataFrame(words, columns=["language", "concept", "cognate_set"])
    >>> relatives(words, "kaz")[["language", "concepts", "shared", "share"]].values.tolist()
    [['tur', 2, 1, 0.5]]
    """
    languages, known, shared = _shared_concepts(cognates)
    of_language = languages == language
    rows = pd.DataFrame({"language": languages.astype("str")})
    rows["concepts"] = known[of_language].sum(axis=0).astype("int64")
    rows["shared"] = shared[of_language].sum(axis=0).astype("int64")
    rows = rows[~of_language & (rows["concepts"] > 0)]
    rows["share"] = rows["shared"] / rows["concepts"]
    z2_by_n = STANDARD_ERRORS**2 / rows["concepts"]
    centre = (rows["share"] + z2_by_n / 2) / (1 + z2_by_n)
    spread = rows["share"] * (1 - rows["share"]) / rows["concepts"]
    margin = STANDARD_ERRORS * np.sqrt(spread + z2_by_n / rows["concepts"] / 4) / (1 + z2_by_n)
    rows["share_low"] = centre - margin
    rows["share_high"] = centre + margin
    rows = rows.sort_values(["share", "language"], ascending=[False, True], ignore_index=True)
    rows["overlaps"] = rows["share_high"] >= rows["share_low"].head(1).max()
    return rows


def _shared_concepts(cognates: pd.DataFrame) -> tuple[pd.Index[str], Floats, Floats]:
    """Count the concepts two languages know, and those with a word of one cognate set, for all."""
    language, languages = pd.factorize(cognates["language"], sort=True)
    # Sets are numbered concept by concept, and ``first_sets`` says where each concept begins.
    cognate_set = cognates.groupby(["concept", "cognate_set"]).ngroup()
    first_sets = np.sort(cognate_set.groupby(cognates["concept"]).min())
    has = np.zeros((len(languages), cognate_set.nunique()), dtype=bool)
    has[language, cognate_set] = True
    known = np.logical_or.reduceat(has, first_sets, axis=1).astype(np.float64)
    shared = np.zeros((len(languages), len(languages)))
    for i, sets in enumerate(has):
        shared[i] = np.logical_or.reduceat(has & sets, first_sets, axis=1).sum(axis=1)
    return languages, known @ known.T, shared
