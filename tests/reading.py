"""Count words, syllables and sentences, and grade how hard a text is to read.

Two formulas from print, small enough to check by hand. Tokens with a digit (`911`, `H5N1`) are
left out of both counts, since neither formula says how to read them.
"""

from __future__ import annotations

import re
from itertools import pairwise

_SENTENCE_END = re.compile(r"[.!?]+(?=\s+[¿¡\"]?[A-ZÁÉÍÓÚÑ0-9]|\s*$)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SILENT_E = re.compile(
    r"(?:[^aeiouyl]|[aeiouy]l)e$|[^aeiouytd]ed$|(?:[^aeiouysxzcghl]|[aeiouy]l)es$"
)
_HIATUS = re.compile(r"(?<![ctsg])i[aou]|(?<![ctsg])ie(?=t|nc)|(?<=..)ea$|eo$|ua")
_STRONG = "aeoáéóíú"  # an accent on i or u breaks the diphthong, so they count as strong


def flesch_kincaid_grade(text: str) -> float:
    """US school grade of an English text (Kincaid and others, 1975)."""
    words = _words(text)
    syllables = sum(english_syllables(word) for word in words)
    return 0.39 * len(words) / _sentences(text) + 11.8 * syllables / len(words) - 15.59


def fernandez_huerta(text: str) -> float:
    """Ease of a Spanish text, 0 to 100 (Fernández Huerta, 1959, in the corrected form).

    70 and more is easier than grade 7, 60 to 70 is grade 7 to 8, below 60 is harder.
    """
    words = _words(text)
    syllables = sum(spanish_syllables(word) for word in words)
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / _sentences(text)


def english_syllables(word: str) -> int:
    """Syllables of one English word, by rule; off by one now and then, without a lean."""
    word = word.lower().replace("’", "'").removesuffix("'s").removesuffix("n't")
    stem = re.fullmatch(r"(.{3,}?)(?:less|ly|ful|ness|ment)s?", word)
    if stem:
        return english_syllables(stem[1]) + 1
    groups = len(re.findall(r"[aeiouy]+", word)) + len(_HIATUS.findall(word))
    return max(1, groups - bool(_SILENT_E.search(word)))


def spanish_syllables(word: str) -> int:
    """Syllables of one Spanish word: its vowel groups, with each hiatus counted."""
    word = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "k", word.lower())
    word = re.sub(r"y$", "i", word)
    groups = re.findall(r"[aeiouáéíóúü]+", word)
    hiatus = sum(
        first in _STRONG and second in _STRONG
        for group in groups
        for first, second in pairwise(group)
    )
    return max(1, len(groups) + hiatus)


def _words(text: str) -> list[str]:
    tokens = [token for token in text.split() if not re.search(r"\d", token)]
    return [word for token in tokens for word in _WORD.findall(token)]


def _sentences(text: str) -> int:
    return max(1, len(_SENTENCE_END.findall(text)))
