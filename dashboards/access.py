"""Choose what a brief says of how hard it is to reach care: federal facts, each with its year.

A figure the source does not give is said to be missing; it never reads as "well served".
"""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.language import ENGLISH, Language
from dashboards.published import PlaceFacts

FIRM_ENOUGH = 2
"""A physician ratio of quality 3 rests on about one person and is not printed."""

EXTENTS = ("whole", "part", "none")
"""How much of a county may be a federal shortage area."""


def access_facts(place: PlaceFacts, language: Language = ENGLISH) -> list[str]:
    """One sentence a fact, physicians first."""
    return list(_facts(place, language))


def _facts(place: PlaceFacts, language: Language) -> Iterator[str]:
    words = language.limits
    yield _physicians(place, language)
    if place.hpsa_primary_care_2023 in EXTENTS:
        yield words.shortage(place.hpsa_primary_care_2023, place.name)
    if place.uninsured_pct_2018 is not None:
        yield words.uninsured(_in_100(place.uninsured_pct_2018))


def _physicians(place: PlaceFacts, language: Language) -> str:
    words = language.limits
    if place.has_pcp_2021 is False:
        return words.NO_PHYSICIAN
    ratio, quality = place.pop_per_pcp_2021, place.pcp_quality_2021
    if ratio is None or quality is None or quality > FIRM_ENOUGH:
        return words.NO_FIRM_FIGURE
    return words.physicians(_round(ratio))


def offline(place: PlaceFacts) -> int | None:
    """Of 100 households, about how many have no internet; None when not known."""
    pct = place.no_internet_pct_2019
    return None if pct is None else _in_100(pct)


def _in_100(pct: float) -> int:
    return max(1, int(pct + 0.5))


def _round(ratio: int) -> int:
    """To the nearest hundred, or ten below a thousand: the count behind it is no finer."""
    step = 100 if ratio >= 1_000 else 10
    return (ratio + step // 2) // step * step
