"""Say who a release cannot see, with the release's own facts, in words.

Nothing here is worked out from what is hidden: a county counts as told or not told, and the
share of households offline comes from the reference table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.limits import outages
from dashboards.published import FEWER, PlaceFacts
from dashboards.words import list_of, source_name


def gaps(edition: Edition) -> list[str]:
    """What this release cannot see, one or two sentences each."""
    return list(_gaps(edition))


def _gaps(edition: Edition) -> Iterator[str]:
    counties = list(edition.numbers.counties.values())
    yield _silent(edition, counties, "counties")
    if rural := [place for place in counties if place.is_rural]:
        yield _silent(edition, rural, "rural counties")
    yield _of_their_own(edition, counties)
    yield _sources(edition)
    yield from _unplaced(edition)
    yield from _offline(counties)


def _silent(edition: Edition, places: Sequence[PlaceFacts], kind: str) -> str:
    bands = edition.numbers.bands_of
    silent_n = sum(bands(Geo("county", one.fips)).health_voices == FEWER for one in places)
    return (
        f"{silent_n:,} of {len(places):,} {kind} ({_in_100(silent_n / len(places))}) had fewer "
        f"than 10 health voices in {edition.numbers.release.weeks_n} weeks, or a number that "
        "must stay hidden."
    )


def _of_their_own(edition: Edition, places: Sequence[PlaceFacts]) -> str:
    own_n = sum(bool(edition.numbers.themes_now(Geo("county", one.fips))) for one in places)
    return (
        f"In {own_n:,} of {len(places):,} counties a theme could be counted from the county's "
        "own posts this week. All other pages show what places like them, the state or the "
        "nation show."
    )


def _sources(edition: Edition) -> str:
    release = edition.numbers.release
    named = list_of([source_name(source) for source in release.sources])
    return f"Posts came from {named or 'no source of 10 people or more'}. {outages(release)}"


def _unplaced(edition: Edition) -> Iterator[str]:
    release = edition.numbers.release
    if release.posts_n and release.placed_n is not None:
        placed = _in_100(release.placed_n / release.posts_n)
        yield f"Of all posts read, {placed} named a place we know. The rest count nowhere."


def _offline(places: Sequence[PlaceFacts]) -> Iterator[str]:
    """Households without internet, counties weighted by their residents."""
    shares = [
        (kind, share)
        for kind, is_rural in (("rural", True), ("urban", False))
        if (share := _mean_offline([p for p in places if p.is_rural is is_rural])) is not None
    ]
    if shares:
        told = list_of([f"{_in_100(share)} in {kind} counties" for kind, share in shares])
        yield f"Of all households, {told} have no internet (Census survey of 2015–19)."


def _mean_offline(places: Sequence[PlaceFacts]) -> float | None:
    known = [
        (p.no_internet_pct_2019, p.pop) for p in places if p.no_internet_pct_2019 is not None
    ]
    people = sum(pop for _, pop in known)
    return sum(pct * pop for pct, pop in known) / people / 100 if people else None


def _in_100(share: float) -> str:
    """`about 12 in 100`; the ends are said only where they are exact."""
    whole = int(share * 100 + 0.5)
    if 0 < share < 1 and whole in (0, 100):
        return "fewer than 1 in 100" if whole == 0 else "more than 99 in 100"
    return f"{'about ' if 0 < share < 1 else ''}{whole} in 100"
