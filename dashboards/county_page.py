"""Write a county's brief: a page for people in each language, a file for programs, a feed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from jinja2 import Environment, Template

from dashboards.access import access_facts
from dashboards.blocks import question_lines, theme_block, trust_lines
from dashboards.brief import Brief, Findings, find, make_brief
from dashboards.cards import LANGS, Lang
from dashboards.conversation.pages import ENDS
from dashboards.county_file import county_record
from dashboards.edition import Edition
from dashboards.feeds.places import Feeds
from dashboards.frame import brief_context
from dashboards.geo import Geo
from dashboards.published import PlaceFacts
from dashboards.rendering import page_environment
from dashboards.side_by_side import side_by_side
from dashboards.sightings import Sighting

Chain = tuple[Geo, ...]
"""The places that tell something of a county, finest first."""


@dataclass(frozen=True)
class InLanguage:
    """Writes the counties' pages in the edition's language; what many share, only once.

    questions, trust  laid out, by the chain of telling places; themes by (place, theme)
    """

    edition: Edition
    pages: Environment
    _questions: dict[Chain, str] = field(default_factory=dict)
    _trust: dict[Chain, str] = field(default_factory=dict)
    _themes: dict[tuple[Geo, str], str] = field(default_factory=dict)

    def brief(self, place: PlaceFacts, found: Findings) -> Brief:
        """The county's brief in this language."""
        return make_brief(self.edition, Geo("county", place.fips), found)

    def page(self, place: PlaceFacts, brief: Brief, chain: Chain) -> str:
        """The county's page."""
        context = self._context(place, brief) | {
            "questions": self._asked(brief, chain),
            "trust": self._blamed(brief, chain),
        }
        return self._template.render(context)

    def _asked(self, brief: Brief, chain: Chain) -> str:
        if chain not in self._questions:
            lines = question_lines(self.edition, brief.questions)
            self._questions[chain] = self._parts.questions(lines)
        return self._questions[chain]

    def _blamed(self, brief: Brief, chain: Chain) -> str:
        if chain not in self._trust:
            self._trust[chain] = self._parts.trust(trust_lines(self.edition, brief.trust))
        return self._trust[chain]

    def _theme(self, seen: Sighting) -> str:
        key = (seen.geo, seen.theme.id)
        if key not in self._themes:
            self._themes[key] = self._parts.theme(theme_block(self.edition, seen))
        return self._themes[key]

    @cached_property
    def _template(self) -> Template:
        return self.pages.get_template("county.html.j2")

    @cached_property
    def _parts(self) -> Any:  # noqa: ANN401 - a template's macros have no types
        return self.pages.get_template("parts.html.j2").module

    def _context(self, place: PlaceFacts, brief: Brief) -> dict[str, Any]:
        words, release = self.edition.words, self.edition.numbers.release
        name = self.edition.heading(brief.geo)
        return brief_context(self.edition, brief) | {
            "up": "../",
            "county": place,
            "end_there": ENDS[words.other],
            "title": words.head.page_title(name, release.week, release.is_sample),
            "described": words.places.described(place),
            "themes": [self._theme(seen) for seen in brief.themes],
            "access_lead": words.places.access_lead(place.name),
            "access": access_facts(place, words),
        }


@dataclass(frozen=True)
class CountyPages:
    """Writes all files of the counties; what a chain of places tells is found only once."""

    edition: Edition
    pages: Environment
    _found: dict[Chain, Findings] = field(default_factory=dict)
    _written: dict[Lang, InLanguage] = field(default_factory=dict)

    def files(self, place: PlaceFacts) -> Iterator[tuple[str, str]]:
        """(file name, content) of the county's pages, its JSON file and its feed."""
        chain = self.edition.telling(Geo("county", place.fips))
        briefs = {lang: self._in(lang).brief(place, self._find(chain)) for lang in LANGS}
        for lang, brief in briefs.items():
            page = self._in(lang).page(place, brief, chain)
            yield f"county/{place.fips}{ENDS[lang]}", page
        record = county_record(self.edition, place, briefs["en"], briefs["es"].lead)
        yield f"county/{place.fips}.json", f"{json.dumps(record, ensure_ascii=False)}\n"
        yield self._feeds.county(place, briefs["en"])

    @cached_property
    def _feeds(self) -> Feeds:
        return Feeds(self.edition)

    def _find(self, chain: Chain) -> Findings:
        if chain not in self._found:
            self._found[chain] = find(self.edition, chain)
        return self._found[chain]

    def _in(self, lang: Lang) -> InLanguage:
        if lang not in self._written:
            edition = self.edition.in_language(lang)
            is_own = lang == self.edition.lang
            pages = self.pages if is_own else page_environment(edition)
            self._written[lang] = InLanguage(edition, pages)
        return self._written[lang]


CHUNK = 64
"""Counties handed to a process at a time."""

Files = list[tuple[str, str]]
"""File names, each with its content."""


def counties_files(edition: Edition) -> AbstractContextManager[Iterator[Files]]:
    """As `CountyPages.files` of every county, made on every core."""
    places = list(edition.numbers.counties.values())
    return side_by_side(partial(_writing, edition), places, CHUNK)


def _writing(edition: Edition) -> Callable[[PlaceFacts], Files]:
    pages = CountyPages(edition, page_environment(edition))
    return lambda place: list(pages.files(place))
