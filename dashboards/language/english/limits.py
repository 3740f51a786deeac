"""Say in English what the figures cannot tell, and how hard care is to reach."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.words import kind_of, list_of, source_name, week_number

HIDDEN = (
    "A figure from fewer than 10 people is hidden, and so are some others, so that no small "
    "number can be worked out. Hidden does not mean none."
)
SHIFTED = "Such weeks are not compared with."
NO_OUTAGE = "No source was silent in these weeks."
NO_PHYSICIAN = "No primary care physician was counted here (2021)."
NO_FIRM_FIGURE = "There is no firm figure for primary care physicians."

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

SHORTAGE = {
    "whole": "The whole {kind} is a federal shortage area for primary care (2023).",
    "part": "Part of the {kind} is a federal shortage area for primary care (2023).",
    "none": "Not a federal shortage area for primary care (2023).",
}


def seen(place: str) -> str:
    return (
        f"Seen in public posts we collected; it is not what people in {place} believe. "
        "Most people never post."
    )


def not_seen(offline: int | None) -> str:
    share = f" (about {offline} in 100 households in this place)" if offline else ""
    return (
        "Hardly seen here: people who do not post in public, who write in languages other than "
        f"English and Spanish, or who have no internet{share}."
    )


def errors(error_rates: str | None) -> str:
    if error_rates is None:
        return ERRORS
    told = KNOWN_FROM[error_rates.removesuffix(STALE)]
    return f"{ERRORS} {told}{TOLD_STALE if error_rates.endswith(STALE) else ''}"


def posts_from(sources: Sequence[str]) -> str:
    named = list_of([source_name(source) for source in sources])
    return f"Posts came from: {named or 'no source of 10 people or more'}."


def silent(source: str, weeks: Sequence[str]) -> str:
    named = list_of([week_number(week) for week in weeks])
    return f"No data, or hardly any, from {source_name(source)} in {named}."


def mixed(weeks: Sequence[str]) -> str:
    named = list_of([week_number(week) for week in weeks])
    return f"In {named} the sources gave very unlike parts of the posts."


def placed(posts_n: int, weeks_n: int, placed_n: int) -> str:
    return (
        f"Of {posts_n:,} posts in {weeks_n} weeks, {placed_n:,} could be placed in a state or "
        "county."
    )


def no_author(posts_n: int) -> str:
    return (
        f"{posts_n:,} named no author: each counts as one voice, near-copies as one together. "
        "A busy writer may count more than once."
    )


def physicians(residents_n: int) -> str:
    return f"One primary care physician for about {residents_n:,} residents (2021)."


def shortage(extent: str, county_name: str) -> str:
    return SHORTAGE[extent].format(kind=kind_of(county_name))


def uninsured(in_100: int) -> str:
    return f"About {in_100} in 100 residents have no health insurance (2014–18)."
