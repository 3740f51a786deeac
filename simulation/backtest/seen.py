"""Count every week of a world, and hide what the product would hide.

Counting is by arrays (`simulation.counts`), hiding by the warehouse's own functions on arrays,
so that years of weeks take minutes. `tests/test_backtest.py` holds both to the tables that the
product builds of the same posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation import posts
from simulation.brigades import Brigade
from simulation.chance import Bools, Floats, Ints
from simulation.counts import Counts, copied, count
from simulation.places import LEVELS
from simulation.posts import STANCES, Posts
from simulation.world import World
from warehouse import hiding
from warehouse.hiding.steps import within

WINDOW = 12
"""Weeks in a release: which place is hidden first goes by its voices in all of them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted in a world, and what of it a reader is told.

    health       (weeks, places) health authors; told_health the same, 0 where hidden
    tagged       (weeks, places, tags) authors promoting a theme or giving a signal
    told         (weeks, places, tags) the same as told; NaN where hidden
    large_n      (weeks, levels, 2) counts of 10 or more, of any stance, in places whose health
                 authors are told; and how many of these counts are told
    repeats      (weeks, tags + 1, 2) posts and voices behind each tag, health last, in all
    """

    health: Ints
    tagged: Ints
    told_health: Ints
    told: Floats
    large_n: Ints
    repeats: Ints


@dataclass(frozen=True, slots=True)
class Added:
    """Brigades that are put into a world beside its own; `is_counted`: each name as a voice."""

    brigades: Sequence[Brigade] = ()
    is_counted: bool = False


def see(
    world: World,
    weeks: int | None = None,
    in_one_release: bool = False,
    added: Added | None = None,
) -> Seen:
    """Count and hide the first `weeks` weeks of a world (default: all).

    Each week is hidden as in its own release; `in_one_release`: all as in that of the last.
    """
    added = added or Added()
    weeks_n, tags_n = weeks or world.settings.weeks, len(world.tags)
    shape = (weeks_n, len(world.places.names))
    seen = Seen(
        np.zeros(shape, np.int64),
        np.zeros((*shape, tags_n), np.int64),
        np.zeros(shape, np.int64),
        np.full((*shape, tags_n), np.nan),
        np.zeros((weeks_n, len(LEVELS), 2), np.int64),
        np.zeros((weeks_n, tags_n + 1, 2), np.int64),
    )
    whole = _sizes(world, weeks_n) if in_one_release else None
    for week in range(weeks_n):
        drawn = _posts(world, week, added)
        found = count(drawn, world.places, tags_n, added.is_counted)
        seen.health[week], seen.tagged[week] = found.health, found.tagged[..., 0]
        own = seen.health[max(0, week - WINDOW + 1) : week + 1].sum(axis=0)
        tree = _tree(world, own if whole is None else whole)
        volume = _told(world, tree, found.health[None])
        seen.told_health[week] = volume[0]
        is_large = (found.tagged >= LEAST) & (volume[0] > 0)[:, None, None]
        told = _told_shares(world, tree, found.tagged, found.health, volume[0])
        seen.told[week] = np.where(told[..., 0] > 0, told[..., 0], np.nan)
        for column, cells in enumerate((is_large, told > 0)):
            large_n = np.bincount(world.places.level, cells.sum(axis=(1, 2)), len(LEVELS))
            seen.large_n[week, :, column] = large_n
        seen.repeats[week] = _repeats(drawn, found, tags_n, added.is_counted)
    return seen


def _posts(world: World, week: int, added: Added) -> Posts:
    drawn = posts.draw(world, week)
    first = 1 + int(drawn.cluster.max(initial=-1))
    for number, brigade in enumerate(one for one in added.brigades if one.week == week):
        drawn = posts.joined(drawn, brigade, first + number)
    return drawn


def _repeats(drawn: Posts, found: Counts, tags_n: int, is_counted: bool) -> Ints:
    """(tags + 1, 2) posts and voices of each tag, health last."""
    author = drawn.author[drawn.post]
    kept = (drawn.stance == 0) & (is_counted | ~copied(drawn)[author])
    tagged_n = np.bincount(drawn.tag[kept], minlength=tags_n)
    return np.column_stack(
        [np.append(tagged_n, found.posts[0]), np.append(found.tagged[0, :, 0], found.health[0])]
    )


LEAST = 10
"""A count of fewer is never told."""


def _sizes(world: World, weeks_n: int) -> Ints:
    """(places) voices of the last weeks, by which it is chosen whom to hide first."""
    sizes = np.zeros(len(world.places.names), np.int64)
    for week in range(max(0, weeks_n - WINDOW), weeks_n):
        sizes += count(posts.draw(world, week), world.places, len(world.tags)).health
    return sizes


def _tree(world: World, size: Ints) -> hiding.Places:
    """The places as the hiding knows them; `size` by place."""
    places = world.places
    around = {
        name: places.names[outer] if outer >= 0 else None
        for name, outer in zip(places.names, places.parent, strict=True)
    }
    states = {n for n, level in zip(places.names, places.level, strict=True) if level == 1}
    sizes = dict(zip(places.names, map(int, size), strict=True))
    return hiding.Places.of(around, sizes, states, {"US"})


def _columns(world: World, tree: hiding.Places) -> Ints:
    """For each column of the tree, the number of the place."""
    number = {name: n for n, name in enumerate(world.places.names)}
    return np.array([number[name] for name in tree.names])


def _told(world: World, tree: hiding.Places, counts: Ints) -> Ints:
    """(series, places) the counts of health authors that are told, 0 where hidden."""
    columns = _columns(world, tree)
    told = hiding.tell(tree, hiding.Counts.of(counts[:, columns]))
    found = np.zeros_like(counts)
    found[:, columns] = told.values
    return found


def _told_shares(
    world: World, tree: hiding.Places, tagged: Ints, true: Ints, volume: Ints
) -> Ints:
    """(places, tags, stances) authors with each tag and stance as told, 0 where hidden."""
    columns = _columns(world, tree)
    is_fit = _fit(tagged, volume)
    found = np.zeros_like(tagged)
    tag, stance = np.nonzero(is_fit.any(axis=0))
    if len(tag):
        counts = tagged[:, tag, stance].T[:, columns]
        beside = [np.broadcast_to(row[columns], counts.shape) for row in (volume, true)]
        fit = is_fit[:, tag, stance].T[:, columns]
        told = hiding.tell(tree, hiding.Counts(counts, fit, within(counts, *beside)))
        found[columns[:, None], tag, stance] = told.values.T
    return found


def _fit(tagged: Ints, volume: Ints) -> Bools:
    """(places, tags, stances) 10 or more, with 10 told outside it and all larger stances."""
    names = np.argsort(np.array(STANCES))  # ties in order of the stance's name
    order = np.argsort(-tagged[..., names], axis=-1, kind="stable")
    order = names[order]
    ranked = np.take_along_axis(tagged, order, axis=-1)
    leaves = volume[:, None, None] - np.cumsum(ranked, axis=-1) >= 10
    is_fit = np.zeros(tagged.shape, bool)
    np.put_along_axis(is_fit, order, (ranked >= 10) & leaves, axis=-1)
    return is_fit
