"""Grade how well a page's main finding is founded, A to D, and say why in words.

A  the county's own posts: 100 or more health voices, from two sources or more
B  the county's own posts, but fewer or from one source; or 100 or more in counties like it
C  fewer in counties like it, or the state; or own posts, where the nation's weigh more
D  the nation only, or nothing

A figure of the county's own that leans mainly on a wider place is graded as that place's.
On the page of another place read that place where this says *county*. A district has no posts
of its own: one of its counties with 100 health voices or more gives it a B, with fewer a C.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboards.geo import Geo
from dashboards.language import ENGLISH, Language
from dashboards.published import Numbers

Letter = Literal["A", "B", "C", "D"]

MANY_BANDS = ("100 to 499", "500 or more")
FEWEST = "fewer than 10"
ENOUGH_SOURCES = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """A letter, the same with its name in a word, and what it rests on."""

    letter: Letter
    head: str
    reason: str


def grade_evidence(
    numbers: Numbers,
    page: Geo,
    rests_on: Geo | None,
    where: str,
    has_clinics: bool = False,
    is_borrowed: bool = False,
    language: Language = ENGLISH,
) -> Evidence:
    """Grade the evidence of a page whose main theme rests on `rests_on` (None: no theme).

    page         the place the page is about, a county or a state
    where        `rests_on` in words (`rural Wyoming counties`)
    is_borrowed  whether `rests_on` only lends to a place with a figure of its own
    has_clinics  whether the page shows what clinics heard; that never changes the grade
    """
    words, release = language.head, numbers.release
    apart = words.AND_CLINICS if has_clinics else ""
    letter: Letter = "D"
    if rests_on is None:
        reason = _nothing_said(numbers, page, language)
    else:
        voices = numbers.bands_of(rests_on).health_voices
        reason = words.rests_on(where, voices, release.weeks_n, release.sources)
        letter = _letter(numbers, page, rests_on, voices in MANY_BANDS, is_borrowed)
    return Evidence(letter, words.evidence_head(letter), reason + apart)


def _nothing_said(numbers: Numbers, page: Geo, language: Language) -> str:
    heard, release = numbers.bands_of(page).health_voices, numbers.release
    if heard == FEWEST:
        return language.head.too_few_posts(release.sources)
    return language.head.voices_here(heard, release.weeks_n, release.sources)


def _letter(
    numbers: Numbers, page: Geo, rests_on: Geo, is_many: bool, is_borrowed: bool
) -> Letter:
    if rests_on == page:
        is_broad = len(numbers.release.sources) >= ENOUGH_SOURCES
        return "A" if is_many and is_broad else "B"
    if rests_on.type in ("county", "region") and is_many:
        return "B"
    return "D" if rests_on.type == "nation" and not is_borrowed else "C"
