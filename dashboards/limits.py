"""Choose what a page says of what its figures cannot tell, on the page itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dashboards.access import offline
from dashboards.language import ENGLISH, Language
from dashboards.published import PlaceFacts, Release


def limits(
    release: Release,
    place: str,
    facts: PlaceFacts | None = None,
    language: Language = ENGLISH,
) -> list[str]:
    """The limits of a page about `place`; `facts` adds what is known of a county."""
    words = language.limits
    return [
        words.seen(place),
        words.not_seen(offline(facts) if facts else None),
        words.HIDDEN,
        words.errors(release.error_rates),
        " ".join(_input(release, language)),
    ]


def outages(release: Release, language: Language = ENGLISH) -> str:
    """Weeks without a source, and weeks with a changed mix, in one or two sentences."""
    silent = defaultdict[str, list[str]](list)
    for week, source, reason in release.outages:
        if reason == "outage":
            silent[source].append(week)
    mixed = sorted({week for week, _, reason in release.outages if reason != "outage"})
    words = language.limits
    said = [words.silent(source, weeks) for source, weeks in silent.items()]
    if mixed:
        said.append(words.mixed(mixed))
    return " ".join([*said, words.SHIFTED]) if said else words.NO_OUTAGE


def _input(release: Release, language: Language) -> Iterator[str]:
    """Where the posts came from, how many could be placed, and which named no author."""
    words = language.limits
    yield words.posts_from(release.sources)
    yield outages(release, language)
    if release.posts_n is not None and release.placed_n is not None:
        yield words.placed(release.posts_n, release.weeks_n, release.placed_n)
    if release.no_author_n:
        yield words.no_author(release.no_author_n)
