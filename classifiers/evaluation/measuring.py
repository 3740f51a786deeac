"""Tag every set of posts that the tagger is measured on, with and without the encoders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from classifiers.evaluation.gold import Gold, sample_bank
from classifiers.evaluation.leave_out import alone
from classifiers.linear.weights import load
from classifiers.tagger import Tagger, Tags, load_tagger
from classifiers.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Tagged:
    """Labelled posts with what the shipped tagger and the tf-idf heads alone say of them."""

    posts: list[Gold]
    joined: list[Tags]
    alone: list[Tags]

    def of(self, lang: str) -> Tagged:
        """The posts in one language."""
        kept = [number for number, post in enumerate(self.posts) if post.lang == lang]
        return Tagged(
            [self.posts[number] for number in kept],
            [self.joined[number] for number in kept],
            [self.alone[number] for number in kept],
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything the card is written from.

    ordinary, ordinary_alone  tags of ordinary posts, which have no labels
    """

    name: str
    gold: Tagged
    held_back: Tagged
    bank: Tagged
    ordinary: list[Tags]
    ordinary_alone: list[Tags]


def measure(
    gold: Sequence[Gold],
    written: Sequence[Gold],
    ordinary: Sequence[str],
    models: Path,
    taxonomy: Taxonomy,
) -> Measured:
    """Tag labelled posts, the held-back `written` ones, the sample bank, ordinary texts."""
    joined, linear = load_tagger(models), alone(load(models / "tagger.npz")[0], taxonomy)
    return Measured(
        name=joined.name,
        gold=tag_twice(gold, joined, linear),
        held_back=tag_twice(written, joined, linear),
        bank=tag_twice(sample_bank(taxonomy), joined, linear),
        ordinary=joined.tag(ordinary),
        ordinary_alone=linear.tag(ordinary),
    )


def tag_twice(posts: Sequence[Gold], joined: Tagger, linear: Tagger) -> Tagged:
    """The posts with the tags of both taggers."""
    texts, langs = [post.text for post in posts], [post.lang for post in posts]
    return Tagged(list(posts), joined.tag(texts, langs), linear.tag(texts, langs))
