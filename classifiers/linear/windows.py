"""Cut long posts into overlapping windows, so that a claim is seen wherever it stands."""

from __future__ import annotations

from collections.abc import Sequence

WINDOW = 150
"""Tokens a window; posts up to this long are one window."""

STEP = 110
"""Tokens from one window to the next: the overlap keeps a sentence whole in one of them."""


def windows(tokens: str) -> list[str]:
    """The windows of one normalised post, in order; together they hold every token."""
    words = tokens.split(" ")
    if len(words) <= WINDOW:
        return [tokens]
    starts = range(0, len(words) - (WINDOW - STEP), STEP)
    return [" ".join(words[start : start + WINDOW]) for start in starts]


def cut(posts: Sequence[str]) -> tuple[list[str], list[int]]:
    """All windows of `posts`, and for each the index of its post."""
    texts: list[str] = []
    owners: list[int] = []
    for index, tokens in enumerate(posts):
        found = windows(tokens)
        texts += found
        owners += [index] * len(found)
    return texts, owners
