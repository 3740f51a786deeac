"""Draw the posts of one week: who posts where, what their posts carry, what the tagger says.

Everything is arrays: authors, posts of authors, tags of posts. Authors post in one place in a
week. One who carries a tag shows it in the first of the week's posts and in some of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation import sources
from simulation.brigades import Brigade
from simulation.chance import Bools, Floats, Ints, stream
from simulation.world import World

STANCES = ("promotes", "refutes", "asks", "mentions")
STANCE_PARTS = np.array([0.5, 0.3, 0.2])
"""Authors who refute, ask and mention, for one who promotes the theme."""

AGAIN = 0.4
"""Chance that a further post of one who carries a tag shows it too."""

MORE_POSTS = 0.45
"""Chance of no further post after the second, and after each that follows."""

AT_ONCE_N = 200_000
"""Authors whose tags are drawn together."""


@dataclass(frozen=True, slots=True)
class Posts:
    """The health posts of a week as the tagger gives them, with who wrote them.

    county, source, language, cluster  (authors) numbers; cluster -1: in no brigade
    state_only, named                  (authors) placed in a state only; named by the source
    author                             (posts) number of the author, in order
    post, tag, stance                  (tags) what the tagger said, by post and tag; a signal's
                                       stance is 0 and means nothing
    """

    county: Ints
    source: Ints
    language: Ints
    cluster: Ints
    state_only: Bools
    named: Bools
    author: Ints
    post: Ints
    tag: Ints
    stance: Ints


def draw(world: World, week: int, with_brigades: bool = True) -> Posts:
    """The health posts of a week, counted from 0."""
    random = stream(world.settings.seed, "posts", week)
    county, source = _authors(world, week, random)
    volume = world.settings.volume
    spanish = random.random(len(county)) < world.places.spanish[county]
    state_only = random.random(len(county)) < volume.state_only
    named = random.random(len(county)) < volume.named
    posts_n = np.where(named, _posts_n(random, len(county), volume.one_post), 1)
    author = np.repeat(np.arange(len(county)), posts_n)
    post, tag, stance = _tags(world, week, random, (county, source, spanish, author))
    drawn = Posts(
        county,
        source,
        spanish.astype(np.int64),
        np.full(len(county), -1),
        state_only,
        named,
        author,
        post,
        tag,
        stance,
    )
    own = [one for one in world.brigades if one.week == week] if with_brigades else []
    for number, brigade in enumerate(own):
        drawn = joined(drawn, brigade, number)
    return drawn


def _authors(world: World, week: int, random: np.random.Generator) -> tuple[Ints, Ints]:
    """County and source of each health author of a week."""
    parts = sources.parts(world.settings, list(world.outages), week)
    drawn_n = random.poisson(world.authors[:, None] * parts)
    cells = np.repeat(np.arange(drawn_n.size), drawn_n.ravel())
    return cells // len(parts), cells % len(parts)


def _posts_n(random: np.random.Generator, authors_n: int, one_post: float) -> Ints:
    more = random.random(authors_n) >= one_post
    return np.where(more, 1 + np.minimum(20, random.geometric(MORE_POSTS, authors_n)), 1)


Authors = tuple[Ints, Ints, Bools, Ints]
"""County, source and whether Spanish, by author; and the author of each post."""


def _tags(
    world: World, week: int, random: np.random.Generator, who: Authors
) -> tuple[Ints, Ints, Ints]:
    """What the tagger says of the posts: found of what they carry, and its mistakes."""
    tags_n, usual = len(world.tags), world.usual_shares(week)
    county, source, spanish, author = who
    truth = world.true_shares(week)
    post, tag = _shown(random, _carried(random, truth, county, source), author)
    is_found = random.random(len(post)) < _rate(
        world.tagger.sensitivity, spanish, author, post, tag
    )
    mistaken = _mistakes(world, random, spanish[author])
    promoted = np.concatenate([post[is_found] * tags_n + tag[is_found], mistaken])
    promoted = np.unique(promoted)
    others = usual[:, : world.themes_n] * STANCE_PARTS.sum()
    post, tag = _shown(random, _carried(random, others, county, source), author)
    said = np.setdiff1d(post * tags_n + tag, promoted)
    stance = 1 + random.choice(3, len(said), p=STANCE_PARTS / STANCE_PARTS.sum())
    cells = np.concatenate([promoted, said])
    order = np.argsort(cells, kind="stable")
    stances = np.concatenate([np.zeros(len(promoted), np.int64), stance])[order]
    return cells[order] // tags_n, cells[order] % tags_n, stances


def _carried(
    random: np.random.Generator, share: Floats, county: Ints, source: Ints
) -> tuple[Ints, Ints]:
    """Pairs of an author and a tag that the author carries, drawn with the place's shares."""
    found = []
    for first in range(0, len(county), AT_ONCE_N):
        part = slice(first, first + AT_ONCE_N)
        chances = share[county[part]] * sources.TILT[source[part], None]
        author, tag = np.nonzero(random.random(chances.shape) < chances)
        found.append((author + first, tag))
    authors, tags = zip(*found, strict=True) if found else ((), ())
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *authors]), np.concatenate([none, *tags])


def _shown(
    random: np.random.Generator, carried: tuple[Ints, Ints], author: Ints
) -> tuple[Ints, Ints]:
    """Pairs of a post and a tag it carries: an author's first post, and some of the others."""
    who, tag = carried
    first = np.searchsorted(author, who)
    posts_n = np.searchsorted(author, who, side="right") - first
    pair = np.repeat(np.arange(len(who)), posts_n)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(posts_n) - posts_n, posts_n)
    is_shown = (offset == 0) | (random.random(len(pair)) < AGAIN)
    return first[pair][is_shown] + offset[is_shown], tag[pair][is_shown]


def _rate(rates: Floats, spanish: Bools, author: Ints, post: Ints, tag: Ints) -> Floats:
    return np.asarray(rates[tag, spanish[author[post]].astype(np.int64)])


def _mistakes(world: World, random: np.random.Generator, spanish: Bools) -> Ints:
    """Posts and tags (post * tags + tag) of the tagger's false positives.

    Drawn among all posts: on one that carries the tag the mistake changes nothing, or mends
    a miss, which raises the sensitivity by less than the rate itself.
    """
    tags_n, found = len(world.tags), [np.zeros(0, np.int64)]
    for language in (False, True):
        posts = np.flatnonzero(spanish == language)
        for tag, rate in enumerate(world.tagger.false_positive[:, int(language)]):
            drawn_n = random.binomial(len(posts), rate)
            found.append(random.choice(posts, drawn_n, replace=False) * tags_n + tag)
    return np.concatenate(found)


def joined(drawn: Posts, brigade: Brigade, number: int) -> Posts:
    """A week's posts with those of a brigade; its accounts take turns at putting them up."""
    names, copies = brigade.names, brigade.posts
    authors_n, posts_n = len(drawn.county), len(drawn.author)
    more = Posts(
        np.full(names, brigade.county),
        np.zeros(names, np.int64),
        np.zeros(names, np.int64),
        np.full(names, number),
        np.zeros(names, bool),
        np.ones(names, bool),
        authors_n + np.sort(np.arange(copies) % names),
        posts_n + np.arange(copies),
        np.full(copies, brigade.tag),
        np.zeros(copies, np.int64),
    )
    return Posts(
        *(
            np.concatenate([getattr(drawn, name), getattr(more, name)])
            for name in Posts.__slots__
        )
    )
