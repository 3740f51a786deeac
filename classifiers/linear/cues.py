"""Count the signs that tell what a post does with a claim.

The same words serve promotion, rebuttal, question and report, so besides the text's own
features the stance heads see cues (`cues.toml`): negation, verdicts, reported speech,
questions, mockery, correction, worry.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
