"""Say what a page's figures cannot tell, in plain words, on the page itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dashboards.access import offline
from dashboards.published import PlaceFacts, Release
from dashboards.words import list_of, source_name, week_number

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
    "Posts are sorted by software that makes mistakes. Shares of those who pass a claim on are "
    "corrected for them, and the likely range is wider for it; questions and answers are not."
)

KNOWN_FROM = {
    "audit": "How often it errs is known from an audit of posts we collected.",
    "model card": (
        "How often it errs is taken, before any audit of posts we collected, from its model "
        "card."
    ),
    "audit and model card": (
        "How often it errs is known from an audit of posts we collected and, where that is too "
        "small, taken from its model card."
    ),
}
"""By `error_rates` of the table `pub_release`."""

STALE = ", of another version"
TOLD_STALE = " The model card is of another version of the software."


def limits(release: Release, place: str, facts: PlaceFacts | None = None) -> list[str]:
    """The limits of a page about `place`; `facts` adds what is known of a county."""
    return list(_limits(release, place, facts))


def _limits(release: Release, place: str, facts: PlaceFacts | None) -> Iterator[str]:
    yield SEEN.format(place=place)
    share = offline(facts) if facts else None
    yield NOT_SEEN.format(offline=f" ({share} in this place)" if share else "")
    yield HIDDEN
    yield errors(release.error_rates)
    yield _input(release)


def errors(error_rates: str | None) -> str:
    """What is known of the software's mistakes; `error_rates` as in the table `pub_release`."""
    if error_rates is None:
        return ERRORS
    told = KNOWN_FROM[error_rates.removesuffix(STALE)]
    return f"{ERRORS} {told}{TOLD_STALE if error_rates.endswith(STALE) else ''}"


def outages(release: Release) -> str:
    """Weeks without a source, and weeks with a changed mix, in one or two sentences."""
    silent = defaultdict[str, list[str]](list)
    for week, source, reason in release.outages:
        if reason == "outage":
            silent[source].append(week_number(week))
    mixed = sorted({week for week, _, reason in release.outages if reason != "outage"})
    said = [
        f"No data, or hardly any, from {source_name(source)} in {list_of(weeks)}."
        for source, weeks in silent.items()
    ]
    if mixed:
        weeks = list_of([week_number(week) for week in mixed])
        said.append(f"In {weeks} the sources gave very unlike parts of the posts.")
    if not said:
        return "No source was silent in these weeks."
    return " ".join([*said, "Such weeks are not compared with."])


def _input(release: Release) -> str:
    """Where the posts came from, how many could be placed, and which named no author."""
    sources = list_of(release.sources) or "no source of 10 people or more"
    parts = [f"Posts came from: {sources}.", outages(release)]
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
