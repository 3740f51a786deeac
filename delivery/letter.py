"""Write down what one brief says in a mail: the same words as its page, without the layout.

A letter is plain text in parts. Mail, its HTML and a webhook's JSON are laid out from it, so
that all three say the same. It is a function of the release: no clock, no reader's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboards.blocks import ThemeBlock, theme_block
from dashboards.brief import Brief, Findings, find, make_brief
from dashboards.edition import Edition
from dashboards.geo import Geo
from delivery.english import English
from delivery.parts import Labels, Section, ThemePart
from delivery.spanish import Spanish
from delivery.subscribers import Language

WORDS: dict[Language, type[English] | type[Spanish]] = {"en": English, "es": Spanish}


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
    """

    lang: Language
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


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes the letters of one edition; what many places share is found only once.

    site  address of the site, ending in a slash, or empty
    """

    edition: Edition
    site: str = ""
    _found: dict[tuple[Geo, ...], Findings] = field(default_factory=dict)
    _letters: dict[tuple[Geo, Language], Letter] = field(default_factory=dict)

    def letter(self, geo: Geo, lang: Language) -> Letter:
        """The brief of a county or a state that is in the edition."""
        if (geo, lang) not in self._letters:
            self._letters[geo, lang] = self._write(geo, lang)
        return self._letters[geo, lang]

    def has(self, geo: Geo) -> bool:
        """Whether the edition knows the place."""
        known = self.edition.states if geo.type == "state" else self.edition.numbers.counties
        return geo.value in known

    def _write(self, geo: Geo, lang: Language) -> Letter:
        brief, words = self._brief(geo), WORDS[lang](self.edition)
        blocks = [theme_block(self.edition, seen) for seen in brief.themes]
        main, detail, action = words.lead(brief, blocks)
        return Letter(
            lang=lang,
            labels=words.labels,
            place=words.place(geo),
            subject=words.subject(geo),
            notice=words.notice(),
            changed=words.changed(),
            facts=words.facts(brief),
            main=main,
            detail=detail,
            action=action,
            opening=words.opening(brief),
            themes=_themes(words, blocks),
            sections=words.sections(brief),
            footer=words.footer(),
            url=f"{self.site}{geo.type}/{geo.value}.html" if self.site else "",
        )

    def _brief(self, geo: Geo) -> Brief:
        chain = self.edition.telling(geo)
        if chain not in self._found:
            self._found[chain] = find(self.edition, chain)
        return make_brief(self.edition, geo, self._found[chain])


def _themes(words: English | Spanish, blocks: Sequence[ThemeBlock]) -> tuple[ThemePart, ...]:
    return tuple(words.theme(block) for block in blocks)
