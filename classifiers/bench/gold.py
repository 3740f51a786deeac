"""Part: tag the hand-labelled posts with the shipped tagger, or its tf-idf heads alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from classifiers.bench.first_post import POST
from classifiers.bench.parts import Scored, TagGold
from classifiers.evaluation.gold import Gold, read_gold
from classifiers.evaluation.scores import score
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import load
from classifiers.tagger import Tagger, Tags, load_tagger
from classifiers.tagger.calibration import of_linear
from classifiers.taxonomy import load_taxonomy

Way = Callable[[Sequence[str], Sequence[str | None]], list[Tags]]
"""Texts and their languages to tags."""


def answer(asked: TagGold) -> Scored:
    """Tag and score."""
    tagger = tfidf_alone() if asked.alone else load_tagger()
    return scored(tagger.name, tagger.tag, asked.gold, asked.gold_n)


def scored(name: str, tag: Way, gold: Path, gold_n: int) -> Scored:
    """Scores of `tag` on the first posts of `gold`, and its seconds once it is warm."""
    posts: list[Gold] = read_gold(gold, load_taxonomy())[:gold_n]
    texts, langs = [post.text for post in posts], [post.lang for post in posts]
    tag([POST], ["en"])
    started = time.monotonic()
    tags = tag(texts, langs)
    return Scored(name, len(posts), time.monotonic() - started, score(posts, tags))


def tfidf_alone() -> Tagger:
    """The shipped tf-idf heads with their own calibration, and no encoder."""
    weights, digest = load()
    return Tagger(
        name=f"tfidf-{digest[:8]}",
        taxonomy=load_taxonomy(),
        linear=LinearModel(weights),
        alone=of_linear(weights),
        encoders={},
    )
