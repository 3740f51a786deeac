"""Say how hard it is to reach care in a county: federal facts, each with its year.

A figure the source does not give is said to be missing; it never reads as "well served".
"""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.published import PlaceFacts

FIRM_ENOUGH = 2
"""A physician ratio of quality 3 rests on about one person and is not printed."""

SHORTAGE = {
    "whole": "The whole {kind} is a federal shortage area for primary care (2023).",
    "part": "Part of the {kind} is a federal shortage area for primary care (2023).",
    "none": "Not a federal shortage area for primary care (2023).",
}


def access_facts(place: PlaceFacts, kind: str) -> list[str]:
    """One sentence a fact, physicians first; `kind` is `county`, `parish` and so on."""
    return list(_facts(place, kind))


def _facts(place: PlaceFacts, kind: str) -> Iterator[str]:
    yield _physicians(place)
    if place.hpsa_primary_care_2023 in SHORTAGE:
        yield SHORTAGE[place.hpsa_primary_care_2023].format(kind=kind)
    if place.uninsured_pct_2018 is not None:
        share = _in_100(place.uninsured_pct_2018)
        yield f"About {share} residents have no health insurance (2014–18)."


def _physicians(place: PlaceFacts) -> str:
    if place.has_pcp_2021 is False:
        return "No primary care physician was counted here (2021)."
    ratio, quality = place.pop_per_pcp_2021, place.pcp_quality_2021
    if ratio is None or quality is None or quality > FIRM_ENOUGH:
        return "There is no firm figure for primary care physicians."
    return f"One primary care physician for about {_round(ratio):,} residents (2021)."


def offline(place: PlaceFacts) -> str | None:
    """`about 17 in 100 households`: those without internet, or None when not known."""
    if place.no_internet_pct_2019 is None:
        return None
    return f"about {_in_100(place.no_internet_pct_2019)} households"


def _in_100(pct: float) -> str:
    return f"{max(1, int(pct + 0.5))} in 100"


def _round(ratio: int) -> int:
    """To the nearest hundred, or ten below a thousand: the count behind it is no finer."""
    step = 100 if ratio >= 1_000 else 10
    return (ratio + step // 2) // step * step
