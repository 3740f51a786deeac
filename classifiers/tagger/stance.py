"""Decide what a post does with a claim: promote it, refute it, ask about it, report it.

The same words serve all four, so besides the text's own features the stance heads see cues
(`cues.toml`): negation, verdicts, reported speech, questions, mockery, correction, worry.

A rebuttal counted as promotion harms the reader most, so `promotes` needs more than being the
likeliest stance: it must reach a threshold set on training data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

STANCES = ("promotes", "refutes", "asks", "mentions")
PROMOTES, MENTIONS = STANCES.index("promotes"), STANCES.index("mentions")

_SIGNS = ('"', "!", "?")
_MOST = 3
"""A cue counts up to three times."""

_LONG = 60
"""Spaces from which a post counts as long."""


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    either = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"\b(?:{either})\b")


_CUES = tomllib.loads(Path(__file__).with_name("cues.toml").read_text(encoding="utf-8"))
_PATTERNS = [_pattern(words) for words in _CUES.values()]

CUES_N = 2 * (len(_PATTERNS) + len(_SIGNS)) + 4


def cues(tokens: Sequence[str]) -> npt.NDArray[np.float32]:
    """One row a normalised post, `CUES_N` columns of 0 to 1: counts, presence, form."""
    return np.array([_cues(post) for post in tokens], np.float32).reshape(-1, CUES_N)


def _cues(post: str) -> list[float]:
    found = [len(pattern.findall(post)) for pattern in _PATTERNS]
    found += [post.count(sign) for sign in _SIGNS]
    form = [
        float(post.endswith("?")),
        min(post.count(" "), _LONG) / _LONG,
        float("@user" in post),
        float("[link]" in post),
    ]
    return [*(min(n, _MOST) / _MOST for n in found), *(float(n > 0) for n in found), *form]


def decide(
    probabilities: npt.NDArray[np.float32], promotes_from: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The stance (column) of each row and its probability; columns as in `STANCES`.

    Likeliest promotion that does not reach `promotes_from` is `mentions`: by the labelling
    guide, that is the word for a stance that cannot be told.
    """
    likeliest = probabilities.argmax(axis=1)
    unsure = (likeliest == PROMOTES) & (probabilities[:, PROMOTES] < promotes_from)
    stance = np.where(unsure, MENTIONS, likeliest)
    return stance, probabilities[np.arange(len(stance)), stance]
