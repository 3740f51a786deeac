"""Write what a county's page says for programs: `county/<fips>.json`.

Figures are as published. Of sentences only the main one and the action, in both languages.
"""

from __future__ import annotations

from typing import Any

from dashboards.brief import Brief, Trust
from dashboards.clinics import clinic_line
from dashboards.copies import copies_at
from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.language import ENGLISH
from dashboards.lead import Lead
from dashboards.published import PlaceFacts, Share
from dashboards.sightings import Sighting, by_share
from dashboards.tables import notice


def county_record(
    edition: Edition, place: PlaceFacts, brief: Brief, lead_es: Lead
) -> dict[str, Any]:
    """What the page says. Rates are per 1,000 health voices."""
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
        "copies": _copies_record(edition, brief.geo),
        "main": brief.lead.main,
        "main_es": lead_es.main,
        "action": brief.lead.action,
        "action_es": lead_es.action,
        "themes": [_theme_record(seen) for seen in brief.themes],
        "more": [{"theme_id": seen.theme.id, **_place(seen.geo)} for seen in brief.more],
        "held_back_n": brief.held_back_n,
        "asks": [
            {"theme_id": q.theme.id, **_place(q.geo), **_rates(q.asks)} for q in brief.questions
        ],
        "trust": _trust_record(edition, brief.trust),
        "clinics": _clinic_record(edition, brief.geo),
    }


def _copies_record(edition: Edition, geo: Geo) -> dict[str, str] | None:
    found = copies_at(edition, geo)
    return _place(found) if found else None


def _theme_record(seen: Sighting) -> dict[str, Any]:
    return {
        "theme_id": seen.theme.id,
        **_place(seen.geo),
        **_rates(seen.promotes),
        "direction": seen.direction,
        "risk_score": seen.risk.score,
        "verdict": seen.risk.verdict,
        "risk_parts": {
            ENGLISH.brief.RISK_PARTS[part.name]: part.points for part in seen.risk.parts
        },
    }


def _trust_record(edition: Edition, trust: Trust | None) -> list[dict[str, Any]]:
    if trust is None:
        return []
    shown = edition.numbers.signals_now(trust.geo)
    return [{"signal_id": i, **_place(trust.geo), **_rates(s)} for i, s in by_share(shown)]


def _clinic_record(edition: Edition, geo: Geo) -> list[dict[str, Any]]:
    line = clinic_line(edition, geo)
    if line is None:
        return []
    return [{"theme_id": i, **_place(line.geo), "heard_n": n} for i, n in line.counts.items()]


def _place(geo: Geo) -> dict[str, str]:
    return {"geo_type": geo.type, "geo_value": geo.value}


def _rates(share: Share) -> dict[str, float | None]:
    return {
        "author_n": share.author_n,
        "health_author_n": share.health_author_n,
        "share_per_1000": round(share.per_1000, 3),
        "low_per_1000": round(share.low, 3),
        "high_per_1000": round(share.high, 3),
    }
