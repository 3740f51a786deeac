"""Turn tokens into tf-idf features of words and letters, with no text kept anywhere.

A feature is the hash of a piece of text: one or two words, or three to five letters inside a
word (its outer spaces count as letters). Hashes of all pieces come from one running sum: with
code(c) random and B odd, sum of code(c_j) * B^j over a piece, divided by B^i (in 64-bit
arithmetic every odd number has an inverse), does not depend on where the piece stands. So a
batch is hashed by a few array operations, forty times as fast as slicing strings.

A model keeps the hashes seen in training, not the pieces, and so ships no training text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

LETTERS = (3, 4, 5)
WORDS = (1, 2)
BATCH = 500
"""Posts hashed at once; more would leave the processor's cache."""

Hashes = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_SPACE, _BREAK = 32, 10


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features a model knows: one column each, words first, then letters.

    word_hashes, letter_hashes  sorted
    idf                         weight of each column: ln((1 + n) / (1 + df)) + 1 for n posts
    """

    word_hashes: Hashes
    letter_hashes: Hashes
    idf: npt.NDArray[np.float32]

    @classmethod
    def learn(cls, tokens: Sequence[str], min_df: int = 2) -> Vocabulary:
        """The features standing in at least `min_df` of the posts."""
        counted = [_document_frequency(pieces) for pieces in _both_kinds(tokens)]
        kept = [(hashes[df >= min_df], df[df >= min_df]) for hashes, df in counted]
        df = np.concatenate([df for _, df in kept])
        idf = (np.log((1 + len(tokens)) / (1 + df)) + 1).astype(np.float32)
        return cls(kept[0][0], kept[1][0], idf)

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.idf)

    def features(self, tokens: Sequence[str]) -> sparse.csr_array:
        """One row a post, `size` columns, float32; words and letters each of length 1."""
        batches = [tokens[n : n + BATCH] for n in range(0, len(tokens), BATCH)]
        if not batches:
            return sparse.csr_array((0, self.size), dtype=np.float32)
        return sparse.vstack([self._batch(batch) for batch in batches], format="csr")

    def _batch(self, tokens: Sequence[str]) -> sparse.csr_array:
        words, letters = hashed_pieces(tokens)
        split = len(self.word_hashes)
        blocks = [
            _tf_idf(words, self.word_hashes, self.idf[:split], len(tokens)),
            _tf_idf(letters, self.letter_hashes, self.idf[split:], len(tokens)),
        ]
        return sparse.hstack(blocks, format="csr")


def hashed_pieces(tokens: Sequence[str]) -> tuple[tuple[Rows, Hashes], tuple[Rows, Hashes]]:
    """(post, hash) of every piece of words, and of every piece of letters, of `tokens`."""
    text = "".join(f" {post} \n" for post in tokens)
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    posts = np.cumsum(signs == _BREAK) - (signs == _BREAK)
    sums = _RunningSums(signs)
    starts, ends = _words(signs, posts)
    words = (posts[starts], sums.hashes(starts, ends, salt=977))
    starts, ends = _letters(signs)
    return words, (posts[starts], sums.hashes(starts, ends, salt=11))


class _RunningSums:
    """Hashes of any pieces of one text, each in constant time."""

    def __init__(self, signs: npt.NDArray[np.uint32]) -> None:
        powers = _powers(_BASE, len(signs))
        self._inverse = _powers(pow(_BASE, -1, 2**64), len(signs))
        self._sums = np.zeros(len(signs) + 1, np.uint64)
        np.cumsum(_codes()[signs] * powers, dtype=np.uint64, out=self._sums[1:])

    def hashes(self, starts: Rows, ends: Rows, salt: int) -> Hashes:
        """The hash of each piece from start up to end; `salt` keeps kinds of pieces apart."""
        moved = (self._sums[ends] - self._sums[starts]) * self._inverse[starts]
        return (_mix(moved + np.uint64(salt)) >> np.uint64(32)).astype(np.uint32)


def _words(signs: npt.NDArray[np.uint32], posts: Rows) -> tuple[Rows, Rows]:
    spaces = np.flatnonzero(signs == _SPACE)
    starts, ends = [], []
    for length in WORDS:
        first, last = spaces[:-length], spaces[length:]
        inside = (posts[first] == posts[last]) & (last - first > 1)
        starts.append(first[inside] + 1)
        ends.append(last[inside])
    return np.concatenate(starts), np.concatenate(ends)


def _letters(signs: npt.NDArray[np.uint32]) -> tuple[Rows, Rows]:
    blank = (signs == _SPACE) | (signs == _BREAK)
    blanks_before = np.concatenate([[0], np.cumsum(blank)])
    breaks = signs == _BREAK
    starts, ends = [], []
    for length in LETTERS:
        first = np.arange(max(0, len(signs) - length + 1))
        last = first + length - 1
        inside = blanks_before[last] == blanks_before[first + 1]
        inside &= ~(breaks[first] | breaks[last])
        starts.append(first[inside])
        ends.append(last[inside] + 1)
    return np.concatenate(starts), np.concatenate(ends)


def _both_kinds(tokens: Sequence[str]) -> list[tuple[Rows, Hashes]]:
    batches = [hashed_pieces(tokens[n : n + BATCH]) for n in range(0, len(tokens), BATCH)]
    kinds = []
    for kind in range(2):
        posts = [batch[kind][0] + BATCH * n for n, batch in enumerate(batches)]
        kinds.append((np.concatenate(posts), np.concatenate([b[kind][1] for b in batches])))
    return kinds


def _document_frequency(pieces: tuple[Rows, Hashes]) -> tuple[Hashes, Rows]:
    posts, hashes = pieces
    once = np.unique(hashes.astype(np.uint64) << np.uint64(32) | posts.astype(np.uint64))
    return np.unique((once >> np.uint64(32)).astype(np.uint32), return_counts=True)


def _tf_idf(
    pieces: tuple[Rows, Hashes], known: Hashes, idf: npt.NDArray[np.float32], posts_n: int
) -> sparse.csr_array:
    posts, hashes = pieces
    columns = np.searchsorted(known, hashes)
    columns[columns == len(known)] = 0
    found = known[columns] == hashes if len(known) else np.zeros(len(hashes), bool)
    ones = np.ones(int(found.sum()), np.float32)
    shape = (posts_n, len(known))
    counts = sparse.coo_array((ones, (posts[found], columns[found])), shape=shape).tocsr()
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    squares = np.add.reduceat(np.append(counts.data**2, 0), counts.indptr[:-1])
    lengths = np.sqrt(np.where(np.diff(counts.indptr) > 0, squares, 1))
    counts.data /= np.repeat(lengths, np.diff(counts.indptr)).astype(np.float32)
    return counts


def _powers(base: int, count: int) -> npt.NDArray[np.uint64]:
    powers = np.full(count, base, dtype=np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


@cache
def _codes() -> npt.NDArray[np.uint64]:
    """A fixed random number for every sign of Unicode."""
    return _mix(np.arange(1, 0x110001, dtype=np.uint64) * np.uint64(_BASE))


def _mix(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scatter 64-bit numbers (the finaliser of splitmix64, Steele et al. 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
