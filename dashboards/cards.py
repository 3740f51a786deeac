"""Load the conversation cards that a clinician reads from, and refuse one that is broken.

A card is one TOML file in `dashboards/cards/`, named for its theme or signal. Its three spoken
parts keep the order acknowledge, explain, follow up; the brief shows no more. The facts, the
whole talk and the patient handout are in the same file (`dashboards.conversation`). A card is
a draft until a named clinician has signed it, and pages must say so: `Card.is_draft`. To sign
one, set `status = "reviewed"` and fill in `reviewed_by`, `reviewed_on` and `review_due`; half a
signature is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, cast

from classifiers.entries import Entry, read_entry
from classifiers.taxonomy import load_taxonomy
from dashboards.conversation.full_card import (
    TALK_KEYS,
    Fact,
    Handout,
    Talk,
    hold,
    hold_together,
    https_address,
    read_day,
    read_facts,
    read_handout,
    read_talk,
)

CARDS = Path(__file__).with_name("cards")
MAX_SPOKEN_WORDS = 60
MAX_ASK_WORDS = 15

Status = Literal["draft", "reviewed"]
Lang = Literal["en", "es"]
LANGS: tuple[Lang, ...] = ("en", "es")

_SPOKEN = ("acknowledge", "explain", "follow_up")
_CARD_KEYS = {"status", "reviewed_by", "reviewed_on", "review_due", "links", "facts", *LANGS}
_WORDING_KEYS = {"topic", *_SPOKEN, "ask", "avoid", "red_flag", *TALK_KEYS, "handout"}


@dataclass(frozen=True, slots=True)
class Link:
    """Where a reader can check.

    title  what the page is, in the page's language
    url    https address of an agency's stable page
    lang   language of the page: `en` or `es`
    """

    title: str
    url: str
    lang: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What to say, in one language.

    topic        what it is about in a few words that claim nothing
    acknowledge  take the worry seriously
    explain      the kernel of truth, and where the claim goes wrong
    follow_up    the next concrete step; the three together have at most 60 words
    ask          one open question to hear more, at most 15 words
    avoid        words not to use
    red_flag     when it needs urgent care; empty when there is nothing to watch for
    talk         the rest of the conversation
    handout      what the patient takes home
    """

    topic: str
    acknowledge: str
    explain: str
    follow_up: str
    ask: str
    avoid: tuple[str, ...]
    red_flag: str
    talk: Talk
    handout: Handout

    @property
    def spoken(self) -> tuple[tuple[str, str], ...]:
        """(part, what is said), in the order it is said."""
        return (
            ("ask", self.ask),
            ("acknowledge", self.acknowledge),
            ("explain", self.explain),
            ("follow_up", self.follow_up),
        )


@dataclass(frozen=True, slots=True)
class Card:
    """One conversation card.

    id           a theme's or a signal's id
    en, es       the wording in English and Spanish
    links        where to check, in both languages
    facts        what is certain, each with the page that says it
    status       `draft` until a named clinician has reviewed it
    reviewed_by  who reviewed it; empty for a draft
    reviewed_on  when; None for a draft
    review_due   when it must be looked at again; None for a draft
    """

    id: str
    en: Wording
    es: Wording
    links: tuple[Link, ...]
    facts: tuple[Fact, ...]
    status: Status
    reviewed_by: str
    reviewed_on: date | None
    review_due: date | None

    @property
    def is_draft(self) -> bool:
        """True until a named clinician has reviewed the wording; pages then say so."""
        return self.status == "draft"

    def links_for(self, lang: Lang) -> list[Link]:
        """Where to check, pages in this language first."""
        return sorted(self.links, key=lambda link: link.lang != lang)

    def wording(self, lang: Lang) -> Wording:
        """The wording in one language."""
        return self.es if lang == "es" else self.en


@cache
def load_cards() -> dict[str, Card]:
    """The project's cards by id, read once a process; `GrapevineError` if one is broken."""
    return read_cards(CARDS)


def read_cards(folder: Path) -> dict[str, Card]:
    """The cards in `folder` by id, in order of id. Raises `GrapevineError` naming the card."""
    return {path.stem: _card(path) for path in sorted(folder.glob("*.toml"))}


def _card(path: Path) -> Card:
    entry = read_entry(path)
    entry.allow(_CARD_KEYS)
    taxonomy = load_taxonomy()
    if path.stem not in taxonomy.themes.keys() | taxonomy.signals.keys():
        raise entry.refuse("no theme or signal has this name. Rename the file to its id.")
    status = cast(Status, entry.choice("status", ("draft", "reviewed")))
    by, on, due = _signature(entry, status)
    links = tuple(_link(item) for item in entry.tables("links"))
    facts = read_facts(entry)
    en = _wording(entry.table("en"), tuple(fact.en for fact in facts))
    es = _wording(entry.table("es"), tuple(fact.es for fact in facts))
    hold_together(entry, en.talk, es.talk)
    return Card(path.stem, en, es, links, facts, status, by, on, due)


def _signature(entry: Entry, status: Status) -> tuple[str, date | None, date | None]:
    by = entry.text("reviewed_by", may_be_empty=True)
    on, due = read_day(entry, "reviewed_on"), read_day(entry, "review_due")
    if status == "draft":
        if by or on or due:
            raise entry.refuse("a draft names no reviewer and no date. Empty them, or sign it.")
        return "", None, None
    if not (by and on and due):
        raise entry.refuse("a reviewed card needs reviewed_by, reviewed_on and review_due.")
    if due <= on:
        raise entry.refuse("review_due is not after reviewed_on. Mend one of the dates.")
    return by, on, due


def _wording(entry: Entry, facts: tuple[str, ...]) -> Wording:
    entry.allow(_WORDING_KEYS)
    acknowledge, explain, follow_up = (entry.text(key) for key in _SPOKEN)
    ask = entry.text("ask")
    hold(entry, "the three spoken parts", MAX_SPOKEN_WORDS, acknowledge, explain, follow_up)
    hold(entry, "'ask'", MAX_ASK_WORDS, ask)
    return Wording(
        topic=entry.text("topic"),
        acknowledge=acknowledge,
        explain=explain,
        follow_up=follow_up,
        ask=ask,
        avoid=entry.texts("avoid"),
        red_flag=entry.text("red_flag", may_be_empty=True),
        talk=read_talk(entry, facts),
        handout=read_handout(entry.table("handout")),
    )


def _link(entry: Entry) -> Link:
    entry.allow({"title", "url", "lang"})
    return Link(entry.text("title"), https_address(entry), entry.choice("lang", LANGS))
