"""Write a county's brief: a page for people and a small file for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment

from dashboards.access import access_facts
from dashboards.blocks import question_lines, theme_block, trust_lines
from dashboards.brief import Brief, Findings, Trust, find, make_brief
from dashboards.clinics import clinic_line
from dashboards.copies import copies_at
from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.lead import opening
from dashboards.limits import limits
from dashboards.published import PlaceFacts, Share
from dashboards.sightings import Sighting, by_share
from dashboards.tables import notice
from dashboards.words import count_of, kind_of, list_of, rurality

MOST_NAMED = 4
"""Further themes named in one line; the rest are on the state's page."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What counties with the same chain of telling places share, laid out as HTML."""

    found: Findings
    questions: str
    trust: str


@dataclass(frozen=True, slots=True)
class CountyPages:
    """Writes the counties' pages; what many counties share is found and laid out only once."""

    edition: Edition
    pages: Environment
    _shared: dict[tuple[Geo, ...], Shared] = field(default_factory=dict)
    _themes: dict[tuple[Geo, str], str] = field(default_factory=dict)

    def files(self, place: PlaceFacts) -> Iterator[tuple[str, str]]:
        """(file name, content) of the county's page and of its JSON file."""
        brief = self.brief(place)
        page = self.pages.get_template("county.html.j2").render(self._context(place, brief))
        yield f"county/{place.fips}.html", page
        record = county_record(self.edition, place, brief)
        yield f"county/{place.fips}.json", f"{json.dumps(record, ensure_ascii=False)}\n"

    def brief(self, place: PlaceFacts) -> Brief:
        """The county's brief."""
        geo = Geo("county", place.fips)
        return make_brief(self.edition, geo, self._share(geo).found)

    def _share(self, geo: Geo) -> Shared:
        chain = self.edition.telling(geo)
        if chain not in self._shared:
            found = find(self.edition, chain)
            self._shared[chain] = Shared(
                found,
                self._parts.questions(question_lines(self.edition, found.questions)),
                self._parts.trust(trust_lines(self.edition, found.trust)),
            )
        return self._shared[chain]

    def _theme(self, seen: Sighting) -> str:
        key = (seen.geo, seen.theme.id)
        if key not in self._themes:
            self._themes[key] = self._parts.theme(theme_block(self.edition, seen))
        return self._themes[key]

    @property
    def _parts(self) -> Any:  # noqa: ANN401 - a template's macros have no types
        return self.pages.get_template("parts.html.j2").module

    def _context(self, place: PlaceFacts, brief: Brief) -> dict[str, Any]:
        edition = self.edition
        return {
            "up": "../",
            "county": place,
            "rurality": rurality(place.rucc_2023, place.is_rural),
            "brief": brief,
            "themes": [self._theme(seen) for seen in brief.themes],
            "more": more_themes(brief.more),
            "clinics": clinic_line(edition, brief.geo),
            "levels": list_of([edition.name(geo) for geo in edition.chain(brief.geo)], "or"),
            "questions": self._share(brief.geo).questions,
            "trust": self._share(brief.geo).trust,
            "kind": kind_of(place.name),
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
        f"{count_of(count, 'theme').capitalize()} seen this week, here or elsewhere, graded "
        "too low to act on, and not named here: naming a fringe claim spreads it. If a patient "
        "brings one up, ask openly and listen."
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
        "copies": _copies_record(edition, brief.geo),
        "main": brief.lead.main,
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
        "risk_parts": {part.name: part.points for part in seen.risk.parts},
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


def _rates(share: Share) -> dict[str, float]:
    return {
        "author_n": share.author_n,
        "health_author_n": share.health_author_n,
        "share_per_1000": round(share.per_1000, 3),
        "low_per_1000": round(share.low, 3),
        "high_per_1000": round(share.high, 3),
    }
