"""Keep what the tagger learnt from apart from what it is measured on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from classifiers.evaluation.gold import Gold
from classifiers.normalise import normalise
from classifiers.training.rows import Row
from classifiers.training.splits import rows_of
from warehouse.errors import InputError


def kept_out(records: Iterable[Mapping[str, Any]], gold: Path) -> list[Path]:
    """The gold file, if every part's training was told by name to learn nothing from it."""
    commands = [str(record["command"]).split() for record in records]
    return (
        [gold] if all(("--besides", gold.name) in pairwise(words) for words in commands) else []
    )


def refuse_learnt(gold: Sequence[Gold], rows: Iterable[Row]) -> None:
    """Raise `InputError` when a post to measure on is among those to learn from."""
    both = {post.id for post in gold} & {row.id for row in rows}
    if both:
        raise InputError(
            f"{len(both)} of the posts to measure on were learnt from, the first is "
            f"{min(both)}. Train again with `--besides` and the file to measure on."
        )


def repeats(rows: Sequence[Row]) -> Callable[[Gold], str]:
    """A way to part posts by whether a training post has the very same words.

    Copies of one text are common online: under other ids, they get past `refuse_learnt`.
    """
    learnt = {normalise(row.text) for row in rows_of("learn", rows)}

    def repeated(post: Gold) -> str:
        return (
            "same words as a training post" if normalise(post.text) in learnt else "new words"
        )

    return repeated
