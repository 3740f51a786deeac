"""Choose which posts an encoder reads, and which encoder: the wide gate and the languages.

The gate is a linear head learnt to let pass all that might carry a theme or a signal. Some of
what it stops is drawn by lot and read all the same, so that its misses are measured for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from classifiers.scores import Array, Indices
from classifiers.tagger.tags import Gate

TAGGED = ("en", "es", "und")
"""Languages that may carry themes; `und` holds too few words to tell, and is tried."""

ENCODER_OF = {"en": "english", "und": "english", "es": "spanish"}
"""Which encoder reads which language."""

DRAWN_OF = 64
"""One in so many of the stopped posts is drawn, by its text's checksum."""


def gates(
    tokens: Sequence[str], langs: Sequence[str], scores: Array, least: float
) -> list[Gate]:
    """How far each post comes; `scores` are the gate's log-odds, `least` its threshold."""
    return [_gate(*post, least) for post in zip(tokens, langs, scores, strict=True)]


def readers(langs: Sequence[str], came: Sequence[Gate]) -> dict[str, Indices]:
    """The posts that each encoder is to read, by its name."""
    chosen: dict[str, list[int]] = {name: [] for name in ENCODER_OF.values()}
    for post, (lang, gate) in enumerate(zip(langs, came, strict=True)):
        if gate != "stopped":
            chosen[ENCODER_OF[lang]].append(post)
    return {name: np.array(posts, np.int64) for name, posts in chosen.items() if posts}


def _gate(tokens: str, lang: str, score: float, least: float) -> Gate:
    if lang not in TAGGED:
        return "stopped"
    if score >= least:
        return "passed"
    drawn = crc32(tokens.encode("utf-8", "replace")) % DRAWN_OF == 0
    return "drawn" if tokens and drawn else "stopped"  # the checksum of nothing is 0
