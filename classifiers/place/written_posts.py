"""Hold the locator to posts written for it: `mention_posts.jsonl`, each with its right answer.

Half of the posts are held back: their misses are never printed, so that nobody mends the
locator by looking at them. Which half a post is in follows from the checksum of its text and
cannot be chosen. What the held-back half shows is the figure to believe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from classifiers.place.locator import load_locator
from warehouse.records import Place

FILE = Path(__file__).parent / "mention_posts.jsonl"

NEVER_A_COUNTY = frozenset(["foreign", "region"])
"""Kinds of post that must not get a county, whatever else goes wrong."""


class WrittenPost(msgspec.Struct, frozen=True):
    """One post with where it belongs. Shape: one line of mention_posts.jsonl.

    kind       what makes it hard: `town`, `foreign`, `person` and so on
    lang       `en` or `es`
    community  the subreddit it would stand in, which tells its state; None for no community
    fips       the county of what it speaks of, or None where it names none
    state      the state it belongs to, from its text or else its community; None for nowhere
    """

    id: str
    kind: str
    lang: str
    community: str | None
    text: str
    fips: str | None
    state: str | None

    @property
    def is_held_back(self) -> bool:
        """Whether this post is in the half that nobody mends by."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 0


class Tally(NamedTuple):
    """What the locator made of some posts; all are numbers of posts.

    post_n      posts
    answered_n  those whose text, not community, gave the place
    right_n     of those, the county is right, or the state where only a state was given
    with_n      posts that name a county or a town
    county_n    posts given a county
    found_n     posts given the county they name
    """

    post_n: int
    answered_n: int
    right_n: int
    with_n: int
    county_n: int
    found_n: int


def load_written() -> list[WrittenPost]:
    """Every post written for the locator, in the order of the file."""
    return [
        msgspec.json.decode(line, type=WrittenPost) for line in FILE.read_bytes().splitlines()
    ]


def locate_written(post: WrittenPost) -> Place:
    """Where the locator puts a post, from its text and community."""
    return load_locator().locate(post.text, post.community, None)


def is_right(post: WrittenPost, place: Place) -> bool:
    """Whether an answer agrees with the truth, as far as the answer goes."""
    return place.fips == post.fips if place.fips else place.state == post.state


def tally(posts: Iterable[WrittenPost]) -> Tally:
    """Locate posts and count the answers."""
    seen = [(post, locate_written(post)) for post in posts]
    answered = [(post, place) for post, place in seen if place.basis == "mention"]
    return Tally(
        post_n=len(seen),
        answered_n=len(answered),
        right_n=sum(is_right(post, place) for post, place in answered),
        with_n=sum(post.fips is not None for post, _ in seen),
        county_n=sum(place.fips is not None for _, place in seen),
        found_n=sum(place.fips is not None and place.fips == post.fips for post, place in seen),
    )


def tally_by(
    posts: Iterable[WrittenPost], group: Callable[[WrittenPost], str]
) -> dict[str, Tally]:
    """A tally for each group of posts, in the order in which the groups first appear."""
    groups: dict[str, list[WrittenPost]] = {}
    for post in posts:
        groups.setdefault(group(post), []).append(post)
    return {name: tally(members) for name, members in groups.items()}


def misses(posts: Iterable[WrittenPost]) -> Iterator[str]:
    """A line for each open post that got a wrong place, or no county where it names one."""
    for post in posts:
        place = locate_written(post)
        if not post.is_held_back and (place.fips, place.state) != (post.fips, post.state):
            got, want = place.fips or place.state, post.fips or post.state
            yield f"{post.id} {post.kind} [{post.community}] {got}, not {want}: {post.text}"
