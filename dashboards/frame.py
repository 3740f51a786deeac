"""Say what the frame of a brief needs of any place: templates/county.html.j2, for all kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards.brief import Brief
from dashboards.clinics import clinic_line
from dashboards.edition import Edition
from dashboards.language import ENGLISH, Language
from dashboards.limits import limits
from dashboards.sightings import Sighting

MOST_NAMED = 4
"""Further themes named in one line; the rest are on the state's page."""


def brief_context(edition: Edition, brief: Brief) -> dict[str, Any]:
    """What the frame of a brief (county.html.j2) says of any place in plain words."""
    geo, words, numbers = brief.geo, edition.words, edition.numbers
    facts = numbers.counties[geo.value] if geo.type == "county" else None
    return {
        "brief": brief,
        "more": more_themes(brief.more, edition),
        "clinics": clinic_line(edition, geo),
        "none_counted": words.brief.none_counted(edition.looked_at(geo)),
        "held_back": held_back(brief.held_back_n, words),
        "limits": limits(numbers.release, edition.name(geo), facts, words),
    }


def more_themes(more: Sequence[Sighting], edition: Edition) -> str:
    """Names of further themes in one phrase, or nothing."""
    titles = [edition.title(seen.theme) for seen in more[:MOST_NAMED]]
    return edition.words.brief.more(titles, len(more) - len(titles))


def held_back(count: int, language: Language = ENGLISH) -> str:
    """How many themes are not named, and why."""
    return language.brief.held_back(count)
