"""Write down what one brief says in a mail: the same words as its page, without the layout.

A letter is plain text in parts. Mail, its HTML and a webhook's JSON are laid out from it, so
that all three say the same. It is a function of the release: no clock, no reader's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboards.blocks import theme_block
from dashboards.brief import Brief, Findings, find, make_brief
from dashboards.cards import Lang
from dashboards.conversation.pages import ENDS
from dashboards.edition import Edition
from dashboards.geo import Geo, page_of
from dashboards.language import LANGUAGES
from dashboards.language.names import Words
from delivery import contents, english, spanish
from delivery.parts import Labels, Section, ThemePart

LABELS: dict[Lang, Labels] = {"en": english.LABELS, "es": spanish.LABELS}
IN_BOTH = ("county",)
"""Kinds of places whose page is in both languages; the others have one in English."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One place's brief in one language, in the order it is read.

    subject   the place and the week
    notice    the sample mark; empty for a real release
    changed   what differs from the release of this week published before; empty: the first
    facts     the week, and how good the evidence is
    main, detail, action  the lead of the brief
    opening   what to know before the claims; sections, what comes after them
    url       the brief's page; empty where the site is on no web host
    whole     what leads there
    """

    lang: Lang
    labels: Labels
    place: str
    subject: str
    notice: str
    changed: str
    facts: tuple[str, ...]
    main: str
    detail: str
    action: str
    opening: tuple[str, ...]
    themes: tuple[ThemePart, ...]
    sections: tuple[Section, ...]
    footer: str
    url: str
    whole: str = ""

    @property
    def label(self) -> Words:
        """What its page calls the parts that the layout names."""
        return LANGUAGES[self.lang].labels.BRIEF


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes the letters of one edition; what many places share is found only once.

    site  address of the site, ending in a slash, or empty
    """

    edition: Edition
    site: str = ""
    _found: dict[tuple[Geo, ...], Findings] = field(default_factory=dict)
    _letters: dict[tuple[Geo, Lang], Letter] = field(default_factory=dict)

    def letter(self, geo: Geo, lang: Lang) -> Letter:
        """The brief of a county, a state or a district that is in the edition."""
        if (geo, lang) not in self._letters:
            self._letters[geo, lang] = self._write(geo, lang)
        return self._letters[geo, lang]

    def has(self, geo: Geo) -> bool:
        """Whether the edition knows the place."""
        edition = self.edition
        known = {
            "county": edition.numbers.counties,
            "district": edition.districts,
            "state": edition.states,
        }
        return geo.value in known[geo.type]

    def _write(self, geo: Geo, lang: Lang) -> Letter:
        edition, labels = self.edition.in_language(lang), LABELS[lang]
        if geo.type == "district":  # it is about several counties, so it calls each by its name
            edition = edition.by_name
        brief, release = self._brief(edition, geo), edition.numbers.release
        end = ENDS[lang] if geo.type in IN_BOTH else ENDS["en"]
        return Letter(
            lang=lang,
            labels=labels,
            place=edition.heading(geo),
            subject=_subject(edition, geo, labels),
            notice=edition.words.labels.SAMPLE if release.is_sample else "",
            changed=(labels.changed or edition.titled(release.changed))
            if release.changed
            else "",
            facts=contents.facts(edition, brief),
            main=brief.lead.main,
            detail=brief.lead.detail,
            action=brief.lead.action,
            opening=contents.opening(edition, brief),
            themes=tuple(
                contents.theme(edition, theme_block(edition, seen)) for seen in brief.themes
            ),
            sections=contents.sections(edition, brief, labels),
            footer=contents.footer(edition),
            url=f"{self.site}{page_of(geo).replace('.html', end)}" if self.site else "",
            whole=labels.whole if geo.type in IN_BOTH else labels.elsewhere,
        )

    def _brief(self, edition: Edition, geo: Geo) -> Brief:
        chain = edition.telling(geo)
        if chain not in self._found:
            self._found[chain] = find(edition, chain)
        return make_brief(edition, geo, self._found[chain])


def _subject(edition: Edition, geo: Geo, labels: Labels) -> str:
    """The place, the week, and what is out of the ordinary about the release."""
    release, words = edition.numbers.release, edition.words
    week = words.head.week(release.week)
    told = labels.subject.format(place=edition.heading(geo), week=week)
    revised = labels.revised if release.changed else ""
    return f"{told}{revised}{words.labels.BRIEF['sample'] if release.is_sample else ''}"
