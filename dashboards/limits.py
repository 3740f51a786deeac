"""Say what a page's figures cannot tell, in plain words, on the page itself."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.access import offline
from dashboards.published import PlaceFacts, Release
from dashboards.words import list_of

SEEN = (
    "Seen in public posts we collected; it is not what people in {place} believe. "
    "Most people never post."
)
NOT_SEEN = (
    "Hardly seen here: people who do not post in public, who write in languages other than "
    "English and Spanish, or who have no internet{offline}."
)
HIDDEN = (
    "A figure from fewer than 10 people is hidden, and so are some others, so that no small "
    "number can be worked out. Hidden does not mean none."
)
ERRORS = (
    "Posts are sorted by software, whose mistakes are not corrected for yet: a true share may "
    "lie outside the likely range."
)


def limits(release: Release, place: str, facts: PlaceFacts | None = None) -> list[str]:
    """The limits of a page about `place`; `facts` adds what is known of a county."""
    return list(_limits(release, place, facts))


def _limits(release: Release, place: str, facts: PlaceFacts | None) -> Iterator[str]:
    yield SEEN.format(place=place)
    share = offline(facts) if facts else None
    yield NOT_SEEN.format(offline=f" ({share} in this place)" if share else "")
    yield HIDDEN
    yield ERRORS
    yield _input(release)


def _input(release: Release) -> str:
    """Where the posts came from, how many could be placed, and which named no author."""
    sources = list_of(release.sources) or "no source of 10 people or more"
    parts = [f"Posts came from: {sources}; outages of a source are not tracked yet."]
    if release.posts_n is not None and release.placed_n is not None:
        parts.append(
            f"Of {release.posts_n:,} posts in {release.weeks_n} weeks, "
            f"{release.placed_n:,} could be placed in a state or county."
        )
    if release.no_author_n:
        parts.append(
            f"{release.no_author_n:,} named no author: each counts as one voice, near-copies "
            "as one together. A busy writer may count more than once."
        )
    return " ".join(parts)
