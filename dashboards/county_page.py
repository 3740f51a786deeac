"""Write a county's brief: a page for people and a small file for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment

from dashboards.access import access_facts
from dashboards.blocks import question_lines, theme_block, trust_lines
from dashboards.brief import Brief, make_brief, opening
from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.limits import limits
from dashboards.published import PlaceFacts, Share
from dashboards.sightings import Sighting
from dashboards.tables import notice
from dashboards.words import count_of, kind_of, list_of, rurality

MOST_NAMED = 4
"""Further themes named in one line; the rest are on the state's page."""


def county_files(edition: Edition, pages: Environment, place: PlaceFacts) -> dict[str, str]:
    """File name → content: the county's page and its JSON file."""
    brief = make_brief(edition, Geo("county", place.fips))
    page = pages.get_template("county.html.j2").render(_context(edition, place, brief))
    return {
        f"county/{place.fips}.html": page,
        f"county/{place.fips}.json": json.dumps(
            county_record(edition, place, brief), ensure_ascii=False, indent=1
        )
        + "\n",
    }


def _context(edition: Edition, place: PlaceFacts, brief: Brief) -> dict[str, Any]:
    return {
        "up": "../",
        "county": place,
        "rurality": rurality(place.rucc_2023, place.is_rural),
        "brief": brief,
        "blocks": [theme_block(edition, seen) for seen in brief.themes],
        "more": more_themes(brief.more),
        "levels": list_of([edition.name(geo) for geo in edition.chain(brief.geo)], "or"),
        "questions": question_lines(edition, brief.questions),
        "trust": trust_lines(edition, brief.trust),
        "access": access_facts(place, kind_of(place.name)),
        "held_back": held_back(brief.held_back_n),
        "limits": limits(edition.numbers.release, place.name, place),
    }


def more_themes(more: Sequence[Sighting]) -> str:
    """Names of further themes in one phrase, or nothing."""
    names = [opening(seen.theme.title) for seen in more[:MOST_NAMED]]
    left = len(more) - len(names)
    return "; ".join([*names, *([count_of(left, "other")] if left else [])])


def held_back(count: int) -> str:
    """How many themes are not named, and why."""
    if not count:
        return (
            "Nothing is held back this week. Still, do not bring up a claim that a patient has "
            "not heard."
        )
    return (
        f"{count_of(count, 'theme').capitalize()} seen this week graded too low to act on, and "
        "not named here: naming a fringe claim spreads it. If a patient brings one up, ask "
        "openly and listen."
    )


def county_record(edition: Edition, place: PlaceFacts, brief: Brief) -> dict[str, Any]:
    """What the page says, for programs. Rates are per 1,000 health voices."""
    release = edition.numbers.release
    return {
        "fips": place.fips,
        "name": place.name,
        "state": place.state,
        "is_rural": place.is_rural,
        "rucc_2023": place.rucc_2023,
        "week": release.week,
        "issue": release.release_id,
        "is_sample": release.is_sample,
        "notice": notice(release),
        "evidence": brief.evidence.letter,
        "main": brief.lead.main,
        "themes": [_theme_record(seen) for seen in (*brief.themes, *brief.more)],
        "held_back_n": brief.held_back_n,
        "asks": [
            {"theme_id": q.theme.id, **_place(q.geo), **_rates(q.asks)} for q in brief.questions
        ],
        "trust_level": _place(brief.trust.geo) if brief.trust else None,
    }


def _theme_record(seen: Sighting) -> dict[str, Any]:
    return {
        "theme_id": seen.theme.id,
        **_place(seen.geo),
        **_rates(seen.promotes),
        "direction": seen.direction,
        "risk_score": seen.risk.score,
        "verdict": seen.risk.verdict,
        "risk_parts": {part.name: part.points for part in seen.risk.parts},
    }


def _place(geo: Geo) -> dict[str, str]:
    return {"geo_type": geo.type, "geo_value": geo.value}


def _rates(share: Share) -> dict[str, float]:
    return {
        "author_n": share.author_n,
        "health_author_n": share.health_author_n,
        "share_per_1000": round(share.per_1000, 3),
        "low_per_1000": round(share.low, 3),
        "high_per_1000": round(share.high, 3),
    }
