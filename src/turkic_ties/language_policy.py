"""Measures of language policy: alphabets, likeness of texts and words, and the use of languages.

Compatibility has three layers, and each is measured on its own: letters (`measures.alphabets`),
running text and words (`measures.likeness`). Who speaks, learns and plans what is in
`measures.language_use`.
"""

from turkic_ties.measures import alphabets, likeness
from turkic_ties.measures import language_use as use
from turkic_ties.measures.alphabets import (
    LetterOverlap,
    alphabet_of,
    alphabet_overlaps,
    letters_shared,
)
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.common import CYRILLIC, LATIN_VERSIONS, VERSIONS, by_state
from turkic_ties.measures.language_use import (
    REMAINDER,
    Share,
    completion_dates,
    latest_share,
    students_between,
)
from turkic_ties.measures.likeness import CognateShare, language_distances, transliterate

cognate_share = cached_measure(likeness.cognate_share)
language_changes = cached_measure(use.language_changes)
language_use = cached_measure(use.language_use)
letter_table = cached_measure(alphabets.letter_table)
lost_distinctions = cached_measure(likeness.lost_distinctions)
online_presence = cached_measure(use.online_presence)
relatives = cached_measure(likeness.relatives)
scholarship_destinations = cached_measure(use.scholarship_destinations)
shared_letter_sounds = cached_measure(alphabets.shared_letter_sounds)
students_abroad = cached_measure(use.students_abroad)
text_similarity = cached_measure(likeness.text_similarity)

__all__ = [
    "CYRILLIC",
    "LATIN_VERSIONS",
    "REMAINDER",
    "VERSIONS",
    "CognateShare",
    "LetterOverlap",
    "Share",
    "alphabet_of",
    "alphabet_overlaps",
    "by_state",
    "cognate_share",
    "completion_dates",
    "language_changes",
    "language_distances",
    "language_use",
    "latest_share",
    "letter_table",
    "letters_shared",
    "lost_distinctions",
    "online_presence",
    "relatives",
    "scholarship_destinations",
    "shared_letter_sounds",
    "students_abroad",
    "students_between",
    "text_similarity",
    "transliterate",
]
