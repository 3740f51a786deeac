"""Say where the posts come from that the tagger learnt from, and under which terms."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from classifiers.training.rows import Row
from warehouse.errors import GrapevineError

SOURCES = Path(__file__).with_name("sources.toml")


@dataclass(frozen=True, slots=True)
class Collection:
    """Where a collection of real posts comes from, and the terms it is used under."""

    origin: str
    terms: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is learnt from one collection: numbers of posts.

    assumed_n  posts that nobody read, taken to carry nothing
    """

    posts_n: int
    spanish_n: int
    with_theme_n: int
    assumed_n: int
    of: Collection


def read_collections(path: Path = SOURCES) -> dict[str, Collection]:
    """All collections by name, from `sources.toml`."""
    blocks = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Collection(**block) for name, block in blocks.items()}


def learnt_from(rows: Iterable[Row], known: dict[str, Collection]) -> dict[str, Learnt]:
    """The real collections among the rows, by name.

    Raise `GrapevineError` for a collection that is not `known`.
    """
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.dataset:
            by_name[row.dataset].append(row)
    for name in by_name.keys() - known.keys():
        raise GrapevineError(
            f"The tagger learns from '{name}', and {SOURCES.name} does not say where that "
            "comes from. Add a block with its origin and terms, then run again."
        )
    return {name: _learnt(by_name[name], known[name]) for name in sorted(by_name)}


def _learnt(rows: list[Row], of: Collection) -> Learnt:
    return Learnt(
        posts_n=len(rows),
        spanish_n=sum(row.lang == "es" for row in rows),
        with_theme_n=sum(bool(row.themes) for row in rows),
        assumed_n=sum(row.assumed for row in rows),
        of=of,
    )
