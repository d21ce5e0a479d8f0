"""Measures of language policy: alphabets, likeness of texts and words, and the use of languages.

Compatibility has three layers, and each is measured on its own: letters (`measures.alphabets`),
running text and words (`measures.likeness`). Who speaks, learns and plans what is in
`measures.language_use`.
"""

from turkic_ties.measures import likeness
from turkic_ties.measures.alphabets import (
    LetterOverlap,
    alphabet_of,
    alphabet_overlaps,
    letter_table,
    letters_shared,
    shared_letter_sounds,
)
from turkic_ties.measures.cache import cached_measure
from turkic_ties.measures.common import CYRILLIC, LATIN_VERSIONS, VERSIONS, by_state
from turkic_ties.measures.language_use import (
    REMAINDER,
    Share,
    completion_dates,
    language_changes,
    language_use,
    latest_share,
    online_presence,
    scholarship_destinations,
    students_abroad,
    students_between,
)
from turkic_ties.measures.likeness import (
    CognateShare,
    cognate_share,
    language_distances,
    lost_distinctions,
    relatives,
    transliterate,
)

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
