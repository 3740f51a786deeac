"""Lay places out so that counts can be added up the tree with one call a level.

Columns of every array here and in the modules beside it are places in the order of `Places`:
the outermost first, level by level, and within a level those of one parent side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Level:
    """Places at one depth, 1 or more.

    inside   their columns
    starts   of them, the first of each parent, counted from the level's own first
    parents  the columns of those parents
    """

    inside: slice
    starts: Ints
    parents: Ints


@dataclass(frozen=True, slots=True)
class Places:
    """A tree of places, or several.

    names    geo_value of each
    parent   column of the place around it; -1 for the outermost
    depth    0 for the outermost
    rank     the smallest is hidden first
    has_own  a count may lie in it and in no place inside it
    yields   it is hidden, and not what is in it, when a single shown place is left there
    levels   depth 1 and deeper
    holds_any  there are places inside it
    """

    names: tuple[str, ...]
    parent: Ints
    depth: Ints
    rank: Ints
    has_own: Flags
    yields: Flags
    levels: tuple[Level, ...]
    holds_any: Flags

    @classmethod
    def of(
        cls,
        parents: Mapping[str, str | None],
        size: Mapping[str, int],
        has_own: Iterable[str] = (),
        yields: Iterable[str] = (),
    ) -> Places:
        """The tree in which `parents` names the place around each (None: outermost).

        Deeper places are hidden before those around them, then those of less `size` (default
        0), then by name. `size` is the same for every series of a release, so that the same
        place is hidden in every week and what a week hides tells little of that week.
        """
        depth: dict[str, int] = {}
        for name in parents:
            _set_depth(name, parents, depth)
        names = _by_level(parents, depth)
        column = {name: number for number, name in enumerate(names)}
        chosen = sorted(names, key=lambda name: (-depth[name], size.get(name, 0), name))
        rank = np.empty(len(names), np.int64)
        rank[[column[name] for name in chosen]] = np.arange(len(names))
        outer = [column[around] if (around := parents[n]) is not None else -1 for n in names]
        own, yielding = set(has_own), set(yields)
        return cls(
            tuple(names),
            np.array(outer, np.int64),
            np.array([depth[name] for name in names], np.int64),
            rank,
            np.array([name in own for name in names], np.bool_),
            np.array([name in yielding for name in names], np.bool_),
            _levels(np.array(outer, np.int64), [depth[name] for name in names]),
            np.isin(np.arange(len(names)), outer),
        )


def _set_depth(name: str, parents: Mapping[str, str | None], depth: dict[str, int]) -> int:
    if name not in depth:
        outer = parents[name]
        depth[name] = 0 if outer is None else 1 + _set_depth(outer, parents, depth)
    return depth[name]


def _by_level(parents: Mapping[str, str | None], depth: Mapping[str, int]) -> list[str]:
    """Level by level; within one, in the order of the parents."""
    names = sorted(name for name in parents if depth[name] == 0)
    level = names
    while level:
        place = {name: number for number, name in enumerate(level)}
        inner = [name for name, outer in parents.items() if outer in place]
        level = sorted(inner, key=lambda name: (place[parents[name] or ""], name))
        names = names + level
    return names


def _levels(parent: Ints, depth: list[int]) -> tuple[Level, ...]:
    levels = []
    first = 0
    for number, members in groupby(depth):
        size = len(list(members))
        if number > 0:
            inside = slice(first, first + size)
            parents, starts = np.unique(parent[inside], return_index=True)
            levels.append(Level(inside, starts.astype(np.int64), parents))
        first += size
    return tuple(levels)
