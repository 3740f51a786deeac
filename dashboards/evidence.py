"""Grade how well a page's main finding is founded, A to D, and say why in words.

A  the county's own posts: 100 or more health voices, from two sources or more
B  the county's own posts, but fewer or from one source; or 100 or more in counties like it
C  fewer in counties like it, or the state
D  the nation only, or nothing

For a state's page read *state* where this says *county*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboards.geo import Geo
from dashboards.published import Numbers, Release
from dashboards.words import count_of, list_of, source_name

Letter = Literal["A", "B", "C", "D"]

MANY_BANDS = ("100 to 499", "500 or more")
FEWEST = "fewer than 10"
CLINICS = ", and reports from clinics, counted apart"
ENOUGH_SOURCES = 2

NAMES: dict[Letter, str] = {"A": "good", "B": "fair", "C": "thin", "D": "none of its own"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A letter, its name in a word, and what it rests on."""

    letter: Letter
    reason: str

    @property
    def name(self) -> str:
        """`good`, `fair`, `thin` or `none of its own`."""
        return NAMES[self.letter]


def grade_evidence(
    numbers: Numbers, page: Geo, rests_on: Geo | None, where: str, has_clinics: bool = False
) -> Evidence:
    """Grade the evidence of a page whose main theme rests on `rests_on` (None: no theme).

    page         the place the page is about, a county or a state
    where        `rests_on` in words (`rural Wyoming counties`)
    has_clinics  whether the page shows what clinics heard; that never changes the grade
    """
    apart = CLINICS if has_clinics else ""
    if rests_on is None:
        return Evidence("D", _nothing_said(numbers, page) + apart)
    voices = numbers.bands_of(rests_on).health_voices
    release = numbers.release
    reason = (
        f"rests on {where}: {voices} health voices in {release.weeks_n} weeks, "
        f"from {_sources(release)}{apart}"
    )
    return Evidence(_letter(numbers, page, rests_on, voices in MANY_BANDS), reason)


def _nothing_said(numbers: Numbers, page: Geo) -> str:
    heard = numbers.bands_of(page).health_voices
    listened = _sources(numbers.release)
    if heard == FEWEST:
        return f"too few posts to say anything; posts came from {listened}"
    weeks = numbers.release.weeks_n
    return (
        f"{heard} health voices here in {weeks} weeks, too few on any one theme this week; "
        f"posts came from {listened}"
    )


def _sources(release: Release) -> str:
    """`2 sources (Bluesky and local news)`: those the release may name, in all places."""
    named = list_of([source_name(source) for source in release.sources])
    return count_of(len(release.sources), "source") + (f" ({named})" if named else "")


def _letter(numbers: Numbers, page: Geo, rests_on: Geo, is_many: bool) -> Letter:
    if rests_on == page:
        is_broad = len(numbers.release.sources) >= ENOUGH_SOURCES
        return "A" if is_many and is_broad else "B"
    if rests_on.type == "region" and is_many:
        return "B"
    return "D" if rests_on.type == "nation" else "C"
