"""Say what clinics heard at a place this week, in one line beside what posts say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.edition import Edition
from dashboards.geo import Geo

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ClinicLine:
    """What was heard most, in clinics of the place itself or else of its state.

    geo     the place the counts are of
    counts  theme → times heard, most often first, at most `MOST_NAMED`
    text    the same, in words
    """

    geo: Geo
    counts: Mapping[str, int]
    text: str


def clinic_line(edition: Edition, geo: Geo) -> ClinicLine | None:
    """The line for a county or a state; None when nothing may be told.

    Themes are named whatever their grade: patients of this place have brought them up.
    """
    known = edition.taxonomy.themes
    for place in edition.chain(geo):
        heard = edition.numbers.clinics_now(place)
        counts = sorted(
            ((n, theme) for theme, n in heard.items() if theme in known),
            key=lambda found: (-found[0], found[1]),
        )[:MOST_NAMED]
        if counts:
            told = [(edition.title(known[theme]), n) for n, theme in counts]
            line = edition.words.brief.heard(told, edition.within(place))
            return ClinicLine(place, {theme: n for n, theme in counts}, line)
    return None
