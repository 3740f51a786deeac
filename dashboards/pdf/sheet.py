"""Write down what the PDF of a county or district says, as data that a typesetter lays out.

The sentences are those of its page (templates/county.html.j2, parts.html.j2), made
from the same brief and the same blocks; a test holds the two together word for word. Left out
is what paper cannot use: the way through the site, and the cards in the other language.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.access import access_facts
from dashboards.blocks import question_lines, trust_lines
from dashboards.brief import Brief
from dashboards.clinics import clinic_line
from dashboards.edition import Edition
from dashboards.frame import held_back, more_themes
from dashboards.geo import Geo
from dashboards.limits import limits
from dashboards.pdf.parts import Part
from dashboards.place_page import county_lines, place_facts
from dashboards.published import PlaceFacts

AUTHOR = "Grapevine"
POINTS = 9.4
"""The size of the letters; a brief with three themes takes two pages in it."""


def brief_sheet(edition: Edition, brief: Brief, themes: Sequence[Part]) -> Part:
    """All that the PDF of one brief says; `themes` are those of the brief, as `theme_part`."""
    release, words, label = edition.numbers.release, edition.words, edition.words.labels.BRIEF
    geo, name = brief.geo, edition.heading(brief.geo)
    county = edition.numbers.counties[geo.value] if geo.type == "county" else None
    return {
        "lang": edition.lang,
        "points": POINTS,
        "author": AUTHOR,
        "date": _date(edition),
        "title": words.head.page_title(name, release.week, release.is_sample),
        "notice": words.labels.SAMPLE if release.is_sample else "",
        "release": release.release_id,
        "footer": _footer(edition),
        "place": name,
        "facts": _facts(edition, geo, county),
        "evidence": _evidence(brief),
        "lead": _lead(edition, brief),
        "claims": _claims(edition, brief, themes),
        "questions": _questions(edition, brief),
        "tables": _tables(edition, brief),
        "trust": _trust(edition, county, brief),
        "held_back": _section(label["hold"], _words(held_back(brief.held_back_n, words))),
        "limits": _section(
            label["limits"], _list("", limits(release, edition.name(geo), county, words))
        ),
        "method": _method(edition),
    }


def _footer(edition: Edition) -> str:
    """Which release this is, with its mark: the foot of base.html.j2."""
    release, words = edition.numbers.release, edition.words.labels
    marked = f". {words.SAMPLE}" if release.is_sample else ""
    named = f"{words.CHROME['release']} {release.release_id}{marked}"
    return f"{AUTHOR}, {named}. {words.CHROME['never']}"


def _date(edition: Edition) -> Part:
    """The last day of the week: a PDF's date is of its numbers, not of the day it was made."""
    end = edition.numbers.release.week_end
    return {"year": end.year, "month": end.month, "day": end.day}


def _facts(edition: Edition, geo: Geo, county: PlaceFacts | None) -> list[str]:
    release, words = edition.numbers.release, edition.words
    dates = release.week_start, release.week_end
    return [
        words.head.week_line(*dates, release.week, release.release_id),
        words.places.described(county) if county else place_facts(edition, geo),
    ]


def _tables(edition: Edition, brief: Brief) -> list[Part]:
    """A district's figures county by county; nothing for a county."""
    if brief.geo.type != "district":
        return []
    first, *lines = county_lines(edition, brief)
    return [_section("County by county", _list(first, lines))]


def _evidence(brief: Brief) -> Part:
    found = brief.evidence
    copies = f" {brief.copies}" if brief.copies else ""
    return {"letter": found.letter, "head": found.head, "reason": f"{found.reason}.{copies}"}


def _lead(edition: Edition, brief: Brief) -> Part:
    label = edition.words.labels.BRIEF
    return {
        "heading": label["this_week"],
        "main": brief.lead.main,
        "detail": brief.lead.detail,
        "do": f"{label['do_this']} {brief.lead.action}",
    }


def _claims(edition: Edition, brief: Brief, themes: Sequence[Part]) -> Part:
    label, clinics = edition.words.labels.BRIEF, clinic_line(edition, brief.geo)
    return {
        "heading": label["claims"],
        "opening": [brief.unusual, label["seen"], *([] if themes else _none(edition, brief))],
        "themes": themes,
        "closing": _more(edition, brief),
        "clinics": [(label["clinics"], f"{clinics.text}. {label['apart']}")] if clinics else [],
    }


def _none(edition: Edition, brief: Brief) -> list[str]:
    label = edition.words.labels.BRIEF
    none = edition.words.brief.none_counted(edition.looked_at(brief.geo))
    cards = f"{label['cards_are']} {label['cards_link']} {label['cards_there']}"
    return [none, f"{label['any_week']} {cards}"]


def _more(edition: Edition, brief: Brief) -> list[str]:
    if not brief.more:
        return []
    label, named = edition.words.labels.BRIEF, more_themes(brief.more, edition)
    return [f"{label['more']} {named}. {label['more_are']} {label['more_link']}."]


def _questions(edition: Edition, brief: Brief) -> Part:
    label = edition.words.labels.BRIEF
    lines = [line.text for line in question_lines(edition, brief.questions)]
    asked = _list("", lines) if lines else _words(label["no_questions"])
    return _section(label["questions"], asked)


def _trust(edition: Edition, county: PlaceFacts | None, brief: Brief) -> Part:
    label, found = edition.words.labels.BRIEF, trust_lines(edition, brief.trust)
    blamed = (
        _list(
            label["voices"].format(found.where), [f"{name}: {n}" for name, n in found.signals]
        )
        if found
        else _words(label["no_trust"])
    )
    if county is None:
        return _section("Trust", blamed)
    lead = edition.words.places.access_lead(county.name)
    return _section(label["trust"], blamed, _list(lead, access_facts(county, edition.words)))


def _method(edition: Edition) -> Part:
    label = edition.words.labels.BRIEF
    told = edition.words.head.versions(edition.numbers.release.versions)
    versions = _words(f"{label['versions']} {told}.")
    return _section(label["method"], versions, _words(label["contact"]))


def _section(heading: str, *groups: Part) -> Part:
    return {"heading": heading, "groups": groups}


def _words(text: str) -> Part:
    return _list(text, [])


def _list(lead: str, lines: Sequence[str]) -> Part:
    """A line, a list under it, or both."""
    return {"lead": lead, "lines": lines}
