"""Measure how alike two wordings are, so that no claim enters the catalogue twice.

Likeness is the share of pieces of four letters that two texts have in common (Jaccard). It
sees the same words in another order or form, not the same thought in other words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from classifiers.claims.catalogue import Claim

TOO_ALIKE = 0.6
"""The limit the written corpus keeps too; the nearest two claims of the first 164 have .38."""

_PIECE = 4


def likeness(one: str, other: str) -> float:
    """0 (nothing in common) to 1 (the same letters); blind to case, accents, punctuation."""
    pieces, others = _pieces(one), _pieces(other)
    return len(pieces & others) / len(pieces | others)


def too_alike(claims: Iterable[Claim], text_en: str, text_es: str) -> Claim | None:
    """The claim that one of the wordings says already, or None when both are new."""
    for claim in claims:
        if likeness(claim.text_en, text_en) >= TOO_ALIKE:
            return claim
        if likeness(claim.text_es, text_es) >= TOO_ALIKE:
            return claim
    return None


def _pieces(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    spaced = " ".join(re.findall(r"[^\W_]+", letters))
    return {spaced[start : start + _PIECE] for start in range(max(1, len(spaced) - _PIECE + 1))}
