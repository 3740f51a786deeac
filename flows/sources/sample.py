"""Lay the written sample posts out over real counties and weeks, with known truth.

This is a demonstration, not data: the posts were written for Grapevine
(`classifiers/corpus/sample/`), the counties are real, and who says what where is drawn by a
seeded generator. `OUTBREAKS` is the truth that was planted, so that anyone can check whether
the briefs find it. Everything built from source `sample` says that it is sample data.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warehouse.records import Post
from warehouse.redact import mask
from warehouse.reference import County, load_counties, load_places
from warehouse.weeks import Week

SOURCE = "sample"
STATES = ("MS", "MT", "NM", "WV", "WY")
BANK = Path(__file__).parents[2] / "classifiers" / "corpus" / "sample"
SEED = 20_261_122

VOICES_PER_1000_PEOPLE = 0.7
"""Posts a week for each 1,000 residents: enough for some counties to speak for themselves."""

HEALTH_SHARE, THEME_SHARE = 0.45, 0.30
"""Of all posts, how many are about health; of those, how many carry a claim."""

DECLARED = 0.8
"""Of posts that name no place, how many carry a location; the others only a state community."""


@dataclass(frozen=True, slots=True)
class Outbreak:
    """A claim planted to rise: in the last `weeks` weeks, `share` of a place's posts carry it.

    geo    a county's FIPS code or a state's postal code
    share  0 to 1, beside the little that is said of every theme everywhere
    """

    theme_id: str
    geo: str
    weeks: int
    share: float


OUTBREAKS = (
    Outbreak("sunscreen", "56025", 2, 0.45),  # Natrona and Laramie County, less in Wyoming
    Outbreak("sunscreen", "56021", 2, 0.30),
    Outbreak("sunscreen", "WY", 2, 0.06),
    Outbreak("raw_milk", "30031", 2, 0.25),  # Gallatin County, and less in all of Montana
    Outbreak("raw_milk", "MT", 2, 0.04),
    Outbreak("vaccine_autism", "28049", 2, 0.20),  # Hinds County, and less in Mississippi
    Outbreak("vaccine_autism", "MS", 2, 0.03),
    Outbreak("remedies_detox", "35013", 3, 0.15),  # Doña Ana County, and less in New Mexico
    Outbreak("remedies_detox", "NM", 3, 0.03),
    Outbreak("fluoride", "WV", 2, 0.06),  # all of West Virginia alike
)


@dataclass(frozen=True, slots=True)
class _Banked:
    """One written post: masked text, whether about health, and its themes with stance."""

    text: str
    is_health: bool
    themes: dict[str, str]


@functools.cache
def _bank() -> tuple[_Banked, ...]:
    rows = (
        json.loads(line)
        for file in sorted(BANK.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    return tuple(_Banked(mask(r["text"]), r["health"], r["themes"]) for r in rows)


def simulate(week: Week, weeks: int) -> Iterator[Post]:
    """Yield the sample's posts for the `weeks` weeks ending with `week`, oldest week first.

    The same weeks give the same posts for ever; the last weeks carry `OUTBREAKS`.
    """
    for back, one in reversed(list(enumerate(reversed(week.trailing(weeks))))):
        for county in load_counties().values():
            if county.state in STATES:
                yield from _county_week(county, one, back)


def _county_week(county: County, week: Week, back: int) -> Iterator[Post]:
    rng = np.random.default_rng([SEED, week.start.toordinal(), int(county.fips)])
    chances = _chances(
        frozenset(
            outbreak
            for outbreak in OUTBREAKS
            if outbreak.geo in (county.fips, county.state) and back < outbreak.weeks
        )
    )
    count = int(rng.poisson(VOICES_PER_1000_PEOPLE * county.pop / 1000))
    start = datetime.combine(week.start, time(), UTC)
    for number, index in enumerate(rng.choice(len(chances), size=count, p=chances)):
        native_id = f"{county.fips}-{week}-{number}"
        location, community, text = _placed(_bank()[index].text, county, rng)
        yield Post(
            post_id=f"{SOURCE}:{native_id}",
            source=SOURCE,
            posted_at=start + timedelta(seconds=int(rng.integers(7 * 86_400))),
            text=text,
            author=native_id,
            community=community,
            location=location,
        )


@functools.cache
def _chances(outbreaks: frozenset[Outbreak]) -> NDArray[np.float64]:
    """Chance of each banked post while `outbreaks` last; sums to 1."""
    group_n = Counter(_group(post) for post in _bank())
    shares = {
        "chatter": 1 - HEALTH_SHARE,
        "health": HEALTH_SHARE * (1 - THEME_SHARE),
        "theme": HEALTH_SHARE * THEME_SHARE,
    }
    usual = np.array([shares[_group(post)] / group_n[_group(post)] for post in _bank()])
    chances = usual * (1 - sum(outbreak.share for outbreak in outbreaks))
    for outbreak in outbreaks:
        promoting = np.array(
            [post.themes.get(outbreak.theme_id) == "promotes" for post in _bank()]
        )
        chances += outbreak.share * promoting / promoting.sum()
    return np.asarray(chances / chances.sum())


def _group(post: _Banked) -> str:
    return "theme" if post.themes else "health" if post.is_health else "chatter"


def _placed(
    text: str, county: County, rng: np.random.Generator
) -> tuple[str | None, str | None, str]:
    """A location, a community and the text: each post can be placed in one way."""
    if "{place}" in text:
        return None, None, text.replace("{place}", _town(county))
    if rng.random() < DECLARED:
        return _town(county), None, text
    return None, county.state_name.replace(" ", ""), text


def _town(county: County) -> str:
    return _largest_towns().get(county.fips, f"{county.name}, {county.state}")


@functools.cache
def _largest_towns() -> dict[str, str]:
    """`Casper, WY` for each county: the largest place that lies mostly in it."""
    primary = [place for place in load_places() if place.is_primary]
    ordered = sorted(primary, key=lambda place: place.pop)
    return {place.fips: f"{place.name}, {place.state}" for place in ordered}
