"""Say what the feeds of counties, states, themes and the nation hold.

A county's own sentence is known of the newest release alone, so of those before its feed names
the release and leads to the archive; it names no theme there, for what a county's page holds
back as too low to act on is held back in its feed. A county's feed stays under 2 kB: there are
3,144 of them, and feed readers ask for theirs every hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dashboards.archive.figures import risen, risen_in, shares
from dashboards.archive.pages import editions
from dashboards.blocks import said
from dashboards.brief import Brief, find, make_brief
from dashboards.conversation.figures import nation_told
from dashboards.edition import Edition
from dashboards.feeds.atom import Entry, Feed, write_feed
from dashboards.geo import NATION, Geo, state_of
from dashboards.published import PlaceFacts
from dashboards.words import list_of, opening, sentence

MOST_PAST, MOST_PAST_OF_COUNTY = 25, 3
"""Earlier releases in a feed."""

MOST_NAMED = 3
"""Themes and states named in an entry."""

File = tuple[str, str]
"""A file name and its content."""


@dataclass(frozen=True)
class Feeds:
    """Writes the feeds of one edition."""

    edition: Edition

    def county(self, place: PlaceFacts, brief: Brief) -> File:
        """The feed of one county, whose brief says the newest release's sentence."""
        page = f"../../county/{place.fips}.html"
        feed = Feed(f"county/{place.fips}", f"{place.name}, {place.state_name}", page)
        return _file(feed, [self._newest(brief, page), *self._past_of_county])

    def others(self) -> Iterator[File]:
        """The feeds of the nation, of every state and of every theme with a page."""
        yield self._place(Feed("nation", "all places", "../index.html"), NATION, "../")
        for postal, name in self.edition.states.items():
            feed = Feed(f"state/{postal}", name, f"../../state/{postal}.html")
            yield self._place(feed, state_of(postal), "../../")
        for theme in self.edition.taxonomy.themes.values():
            if theme.id in self.edition.cards:
                yield self._theme(theme.id, theme.title)

    def _place(self, feed: Feed, geo: Geo, up: str) -> File:
        brief = make_brief(self.edition, geo, find(self.edition, self.edition.telling(geo)))
        past = [
            Entry(one.numbers.release, *_told(one, geo), _archived(one, up))
            for one in self._past[:MOST_PAST]
        ]
        return _file(feed, [self._newest(brief, feed.href), *past])

    def _theme(self, theme_id: str, title: str) -> File:
        page = f"../../theme/{theme_id}.html"
        newest, *past = [
            Entry(one.numbers.release, *_seen(one, theme_id), _archived(one, "../../"))
            for one in [self.edition, *self._past[:MOST_PAST]]
        ]
        entry = Entry(newest.release, newest.main, newest.summary, page)
        return _file(Feed(f"theme/{theme_id}", title, page), [entry, *past])

    def _newest(self, brief: Brief, page: str) -> Entry:
        lead = brief.lead
        summary = f"{lead.detail} Do this: {lead.action}"
        return Entry(self.edition.numbers.release, lead.main, summary, page)

    @cached_property
    def _past(self) -> list[Edition]:
        """Earlier releases, the newest first."""
        return [one for one in editions(self.edition) if one is not self.edition]

    @cached_property
    def _past_of_county(self) -> list[Entry]:
        return [
            Entry(
                one.numbers.release,
                "",
                f"Release {one.numbers.release.release_id}: main figures in the archive.",
                _archived(one, "../../"),
            )
            for one in self._past[:MOST_PAST_OF_COUNTY]
        ]


def _file(feed: Feed, entries: list[Entry]) -> File:
    return f"feed/{feed.name}.xml", write_feed(feed, entries)


def _archived(edition: Edition, up: str) -> str:
    return f"{up}archive/{edition.numbers.release.release_id}.html"


def _told(edition: Edition, geo: Geo) -> tuple[str, str]:
    """What a past release said of the nation or a state: a sentence, and what changed."""
    found = [
        f"{opening(theme.title)}, {said(share)}"
        for theme, share in shares(edition, geo)[:MOST_NAMED]
    ]
    main = f"passed on most: {found[0]}" if found else "no figure could be shown"
    parts = [f"Of health voices. Then came: {'; '.join(found[1:])}."] if found[1:] else []
    if up := risen(edition, geo):
        parts.append(f"Rising or new: {'; '.join(up)}.")
    return sentence(main), " ".join([*parts, *_revised(edition)])


def _seen(edition: Edition, theme_id: str) -> tuple[str, str]:
    """What a release said of one theme: the national sentence, and where it rose."""
    told, states = list(nation_told(edition, theme_id)), risen_in(edition, theme_id)
    main, *more = told or ["No figure can be shown for all places together."]
    if states:
        left = len(states) - MOST_NAMED
        named = [*states[:MOST_NAMED], *([f"{left} more"] if left > 0 else [])]
        more.append(f"Rising or new in {list_of(named)}.")
    return main, " ".join([*more, *_revised(edition)])


def _revised(edition: Edition) -> list[str]:
    changed = edition.numbers.release.changed
    return [edition.titled(changed)] if changed else []
