"""Write down what one county's PDF says, as plain data that a typesetter lays out.

The sentences are those of the county's page (templates/county.html.j2, parts.html.j2), made
from the same brief and the same blocks; a test holds the two together word for word. Left out
is what paper cannot use: the way through the site, and the Spanish of the cards.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.access import access_facts
from dashboards.blocks import question_lines, trust_lines
from dashboards.brief import Brief
from dashboards.clinics import clinic_line
from dashboards.county_page import held_back, more_themes
from dashboards.edition import Edition
from dashboards.limits import limits
from dashboards.pdf.parts import Part, question_text
from dashboards.published import PlaceFacts
from dashboards.rendering import CONTACT
from dashboards.tables import notice
from dashboards.words import kind_of, list_of, rurality, week_dates, week_number

AUTHOR = "Grapevine"
POINTS = 9.4
"""The size of the letters; a brief with three themes takes two pages in it."""

SEEN = (
    "Seen in public posts we collected. A health voice is one person who posted about health "
    "in the week."
)
ANY_WEEK = (
    "What helps in any week: ask what the patient has heard, take the worry seriously before "
    "you explain, and agree on one next step. The conversation cards are there for every "
    "topic, in English and Spanish."
)
TOO_FEW_QUESTIONS = "Too few questions to count this week."
TOO_FEW_SIGNALS = "Too few posts to say who is blamed or what keeps people from care."


def county_sheet(
    edition: Edition, place: PlaceFacts, brief: Brief, themes: Sequence[Part]
) -> Part:
    """All that the PDF of one county says; `themes` are those of the brief, as `theme_part`."""
    release = edition.numbers.release
    marked = f". {notice(release)}" if release.is_sample else ""
    return {
        "lang": "en",
        "points": POINTS,
        "author": AUTHOR,
        "date": _date(edition),
        "title": f"{place.name}, {place.state_name}: brief for {release.week}"
        f"{' (sample data)' if release.is_sample else ''}",
        "notice": notice(release),
        "release": release.release_id,
        "footer": f"{AUTHOR}, release {release.release_id}{marked}. "
        "Numbers of a release never change.",
        "place": f"{place.name}, {place.state_name}",
        "facts": _facts(edition, place),
        "evidence": _evidence(brief),
        "lead": _lead(brief),
        "claims": _claims(edition, brief, themes),
        "questions": _questions(edition, brief),
        "trust": _trust(edition, place, brief),
        "held_back": _section("Do not raise", _words(held_back(brief.held_back_n))),
        "limits": _section("Limits", _list("", limits(release, place.name, place))),
        "method": _method(edition),
    }


def _date(edition: Edition) -> Part:
    """The last day of the week: a PDF's date is of its numbers, not of the day it was made."""
    end = edition.numbers.release.week_end
    return {"year": end.year, "month": end.month, "day": end.day}


def _facts(edition: Edition, place: PlaceFacts) -> list[str]:
    release = edition.numbers.release
    dates = week_dates(release.week_start, release.week_end)
    return [
        f"Week of {dates} ({week_number(release.week)}) · release {release.release_id}",
        f"{rurality(place.rucc_2023, place.is_rural)} · {place.pop:,} residents "
        f"({place.pop_year})",
    ]


def _evidence(brief: Brief) -> Part:
    found = brief.evidence
    copies = f" {brief.copies}" if brief.copies else ""
    return {
        "letter": found.letter,
        "head": f"Evidence {found.letter} ({found.name}):",
        "reason": f"{found.reason}.{copies}",
    }


def _lead(brief: Brief) -> Part:
    return {
        "heading": "This week",
        "main": brief.lead.main,
        "detail": brief.lead.detail,
        "do": f"Do this: {brief.lead.action}",
    }


def _claims(edition: Edition, brief: Brief, themes: Sequence[Part]) -> Part:
    clinics = clinic_line(edition, brief.geo)
    heard = f"{clinics.text}. Counted apart from posts." if clinics else ""
    return {
        "heading": "Claims to be ready for",
        "opening": [brief.unusual, *([SEEN] if themes else _none(edition, brief))],
        "themes": themes,
        "closing": _more(brief),
        "clinics": [("Heard in clinics:", heard)] if heard else [],
    }


def _none(edition: Edition, brief: Brief) -> list[str]:
    levels = list_of([edition.name(geo) for geo in edition.chain(brief.geo)], "or")
    return [f"No claim was counted that is worth preparing for, in {levels}.", ANY_WEEK]


def _more(brief: Brief) -> list[str]:
    if not brief.more:
        return []
    names = more_themes(brief.more)
    return [f"Also worth being ready for: {names}. Their cards are on the cards page."]


def _questions(edition: Edition, brief: Brief) -> Part:
    lines = [question_text(line) for line in question_lines(edition, brief.questions)]
    asked = _list("", lines) if lines else _words(TOO_FEW_QUESTIONS)
    return _section("Questions people ask", asked)


def _trust(edition: Edition, place: PlaceFacts, brief: Brief) -> Part:
    kind, found = kind_of(place.name), trust_lines(edition, brief.trust)
    blamed = (
        _list(f"Of health voices {found.where}:", [f"{name}: {n}" for name, n in found.signals])
        if found
        else _words(TOO_FEW_SIGNALS)
    )
    access = _list(f"Access to care in this {kind}:", access_facts(place, kind))
    return _section("Trust and access", blamed, access)


def _method(edition: Edition) -> Part:
    versions = edition.numbers.release.versions.items()
    told = ", ".join(f"{part} {name}" for part, name in versions)
    return _section("Method and contact", _words(f"Versions: {told}."), _words(CONTACT))


def _section(heading: str, *groups: Part) -> Part:
    return {"heading": heading, "groups": groups}


def _words(text: str) -> Part:
    return _list(text, [])


def _list(lead: str, lines: Sequence[str]) -> Part:
    """A line, a list under it, or both."""
    return {"lead": lead, "lines": lines}
