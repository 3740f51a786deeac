"""Count distinct authors of a week's posts by place, as the marts do, without a database.

`tests/test_simulation_counts.py` holds these counts to those that the marts make of the same
posts in the lake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.chance import Bools, Ints
from simulation.places import Places
from simulation.posts import STANCES, Posts
from simulation.world import summed


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct authors of one week.

    health  (places) authors of health posts
    tagged  (places, tags, stances) of them, those whose posts have the tag with the stance
    posts   (places) health posts
    """

    health: Ints
    tagged: Ints
    posts: Ints


def count(posts: Posts, places: Places, tags_n: int, with_copies: bool = False) -> Counts:
    """The counts of a week. Copies under ten names or more count nowhere unless asked for."""
    stances_n = len(STANCES)
    stays = np.ones(len(posts.county), bool) if with_copies else ~copied(posts)
    who = np.flatnonzero(stays)
    health = _by_place(places, posts, who, np.ones((len(who), 1), np.int64))
    written = np.bincount(posts.author, minlength=len(posts.county))[who]
    posts_n = _by_place(places, posts, who, written[:, None])
    cells_n = tags_n * stances_n
    said = np.unique(posts.author[posts.post] * cells_n + posts.tag * stances_n + posts.stance)
    said = said[stays[said // cells_n]]
    tagged = _cells_by_place(places, posts, said // cells_n, said % cells_n, cells_n)
    shape = (len(places.names), tags_n, stances_n)
    return Counts(health[:, 0], tagged.reshape(shape), posts_n[:, 0])


LEAST_NAMES = 10
"""Copies under so many names count nowhere (`stg_copies.sql`)."""


def copied(posts: Posts) -> Bools:
    """(authors) whether each belongs to a brigade whose copies count nowhere."""
    named = posts.cluster[posts.cluster >= 0]
    sizes = np.bincount(named) if len(named) else np.zeros(1, np.int64)
    return np.asarray((posts.cluster >= 0) & (sizes[posts.cluster] >= LEAST_NAMES))


def _by_place(places: Places, posts: Posts, who: Ints, amounts: Ints) -> Ints:
    cells = np.arange(amounts.shape[1])
    authors, columns = np.repeat(who, len(cells)), np.tile(cells, len(who))
    return _cells_by_place(places, posts, authors, columns, len(cells), amounts.ravel())


def _cells_by_place(
    places: Places,
    posts: Posts,
    author: Ints,
    cell: Ints,
    cells_n: int,
    amount: Ints | None = None,
) -> Ints:
    """(places, cells) sums of one (or `amount`) for each author and cell, states' own added."""
    state_only, county = posts.state_only[author], posts.county[author]
    amount = np.ones(len(author), np.int64) if amount is None else amount
    shape = places.counties_n * cells_n
    near, far = ~state_only, state_only
    near_sums = np.bincount(county[near] * cells_n + cell[near], amount[near], shape)
    far_sums = np.bincount(county[far] * cells_n + cell[far], amount[far], shape)
    found = summed(places, near_sums.reshape(-1, cells_n))
    outside = summed(places, far_sums.reshape(-1, cells_n))
    found[places.level <= 1] += outside[places.level <= 1]
    return np.asarray(found, np.int64)
