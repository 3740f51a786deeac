"""Part posts by language, platform, data set and length, to see where the tagger does worse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classifiers.evaluation.gold import Gold
from classifiers.tagger import Tags

LANGUAGES = {"en": "English", "es": "Spanish"}
PLATFORMS = {
    "reddit": "Reddit",
    "youtube": "YouTube",
    "fact-check": "several, with fact-checkers",
    "twitter": "X",
}
LENGTHS = (8, 20, 40, 80)
"""Words at which one band ends and the next begins."""


@dataclass(frozen=True, slots=True)
class Group:
    """Posts and their tags, in the same order."""

    posts: list[Gold]
    tags: list[Tags]


def grouped(
    posts: Sequence[Gold], tags: Sequence[Tags], group_of: Callable[[Gold], str]
) -> dict[str, Group]:
    """The groups by name, in order; names that start with a number are ordered by it."""
    groups: dict[str, Group] = {}
    for post, tagged in zip(posts, tags, strict=True):
        group = groups.setdefault(group_of(post), Group([], []))
        group.posts.append(post)
        group.tags.append(tagged)
    return dict(sorted(groups.items(), key=lambda item: _order(item[0])))


def language(post: Gold) -> str:
    """English, Spanish, or the code as it stands."""
    return LANGUAGES.get(post.lang, post.lang)


def platform(post: Gold) -> str:
    """A plain name for the many ways in which collections name a platform."""
    named = post.platform.lower()
    found = (title for word, title in PLATFORMS.items() if word in named)
    return next(found, post.platform or "not named")


def dataset(post: Gold) -> str:
    """The collection a post comes from."""
    return post.dataset or "not named"


def length(post: Gold) -> str:
    """A band of words."""
    words_n = len(post.text.split())
    starts = [0, *LENGTHS]
    band = sum(words_n >= start for start in LENGTHS)
    ends = f" to {LENGTHS[band] - 1}" if band < len(LENGTHS) else " and more"
    return f"{starts[band]}{ends} words"


def _order(name: str) -> tuple[int, str]:
    first = name.split(" ")[0]
    return (int(first) if first.isdigit() else 0, name)
