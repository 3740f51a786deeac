"""Fingerprint posts so that near-copies can be found without their text: `bands`.

A post's words, three at a time, are a set; MinHash keeps 64 numbers of it, cut into 8 bands of
8. Two posts share a band when these sets are nearly the same: of two that share 90 % of their
threes 99 in 100 do, at 80 % three in four, at 50 % three in 100. A band says nothing of one
text alone, so no index is kept, and the order in which posts come makes no difference.

The bands returned here can be made by anybody from a text; `warehouse.keys` hashes them with
the week's key before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from datasketch import MinHash

from classifiers.normalise import normalise

PERMUTATIONS = 64
BANDS = 8
SHINGLE = 3
"""Words taken together."""

LEAST_WORDS = 8
"""Shorter posts have no bands: they are alike without anybody copying."""

SEED = 20_261_122
MASKED = "u/user"

VERSION = "copies-1"
"""To be raised with any change here: bands of two versions must not be compared."""


def bands(texts: Sequence[str]) -> list[tuple[bytes, ...] | None]:
    """The bands of each text, 32 bytes each; None for one of fewer than `LEAST_WORDS` words.

    The same on every machine, in any company and order. Links, masks, signs and emoji do not
    count, nor do capitals and accents.
    """
    sketch = MinHash(PERMUTATIONS, SEED, hashfunc=crc32)
    distinct = {text: _bands(text, sketch) for text in dict.fromkeys(texts)}
    return [distinct[text] for text in texts]


def _bands(text: str, sketch: MinHash) -> tuple[bytes, ...] | None:
    words = [sign for sign in normalise(text).split() if sign[0].isalnum() and sign != MASKED]
    if len(words) < LEAST_WORDS:
        return None
    sketch.clear()
    sketch.update_batch(_shingles(words))
    written = sketch.hashvalues.astype("<u4").tobytes()
    size = len(written) // BANDS
    return tuple(written[at : at + size] for at in range(0, len(written), size))


def _shingles(words: Sequence[str]) -> Iterator[bytes]:
    for start in range(len(words) - SHINGLE + 1):
        yield " ".join(words[start : start + SHINGLE]).encode()
