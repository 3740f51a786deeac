"""Part: tag hostile inputs alone and in company, and plain posts in every disguise."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from zlib import crc32

from classifiers.bench.disguises import FORMS, Form
from classifiers.bench.hostile import SEED, Hostile, hostile
from classifiers.bench.parts import Attack, Attacked, Disguise, Kind
from classifiers.tagger import Tagger, Tags, load_tagger
from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import CORPUS, read_rows
from classifiers.training.splits import rows_of

BATCH = 200
"""Hostile inputs tagged in company of one another."""


def answer(asked: Attack) -> Attacked:
    """Attack the shipped tagger; a bug in it stops the benchmark, naming the input."""
    return attacked(load_tagger(), asked)


def attacked(tagger: Tagger, asked: Attack) -> Attacked:
    """Attack `tagger`."""
    kinds: dict[str, Kind] = {}
    out_of_range_n = moved_n = 0
    inputs = enumerate(hostile(asked.hostile_n))
    while batch := list(islice(inputs, BATCH)):
        alone = [_alone(tagger, number, one, kinds) for number, one in batch]
        with Naming(f"inputs {batch[0][0]} to {batch[-1][0]} together"):
            together = tagger.tag([one.text for _, one in batch])
        both = list(zip(alone, together, strict=True))
        out_of_range_n += sum(not (is_in_range(a) and is_in_range(b)) for a, b in both)
        moved_n += sum(a != b for a, b in both)
    disguises = disguised(tagger, plain_posts(tagger, asked.disguised_n))
    return Attacked(kinds, disguises, out_of_range_n, moved_n)


class Naming:
    """Adds to an error which input it came from, and lets it go on."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Add the note."""
        if error is not None:
            error.add_note(f"It came from hostile {self._what}, seed {SEED}.")


def _alone(tagger: Tagger, number: int, one: Hostile, kinds: dict[str, Kind]) -> Tags:
    """Tag one input, and count it among its kind."""
    started = time.monotonic()
    with Naming(f"input {number}, {one.kind}"):
        (tags,) = tagger.tag([one.text])
    before = kinds.get(one.kind, Kind(0, 0, 0.0))
    kinds[one.kind] = Kind(
        before.inputs_n + 1,
        max(before.longest_n, len(one.text)),
        max(before.slowest_s, time.monotonic() - started),
    )
    return tags


def is_in_range(tags: Tags) -> bool:
    """Whether every score is from 0 to 1; a score that is no number is not."""
    of_themes = [s for tag in tags.themes.values() for s in (tag.score, tag.stance_score)]
    every = [tags.health, *of_themes, *tags.signals.values(), *tags.unsure.values()]
    return all(0 <= score <= 1 for score in every)


def plain_posts(tagger: Tagger, count: int) -> list[str]:
    """Written posts that no model learnt from and in which `tagger` finds a theme."""
    rows = rows_of("held_back", read_rows(sorted(CORPUS.glob("*.jsonl")), load_taxonomy()))
    texts = sorted((row.text for row in rows if row.themes), key=lambda t: crc32(t.encode()))
    found = zip(texts, tagger.tag(texts), strict=True)
    return [text for text, tags in found if tags.themes][:count]


def disguised(tagger: Tagger, texts: Sequence[str]) -> dict[str, Disguise]:
    """By form of disguise, how many of `texts` keep their tags."""
    plain = tagger.tag(texts)
    return {
        name: Disguise(len(texts), sum(_same(plain, tagger.tag(list(_worn(texts, form))))))
        for name, form in FORMS.items()
    }


def _worn(texts: Iterable[str], form: Form) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield form(text, random.Random(f"{SEED} {number}"))  # noqa: S311 not for secrets


def _same(plain: Sequence[Tags], worn: Sequence[Tags]) -> list[bool]:
    return [_said(a) == _said(b) for a, b in zip(plain, worn, strict=True)]


def _said(tags: Tags) -> tuple[dict[str, str], set[str]]:
    return {theme: tag.stance for theme, tag in tags.themes.items()}, set(tags.signals)
