"""Load the conversation cards that a clinician reads from, and refuse one that is broken.

A card is one TOML file in `dashboards/cards/`, named for its theme or signal. Its three spoken
parts keep the order acknowledge, explain, follow up. A card is a draft until a named clinician
has signed it, and pages must say so: `Card.is_draft`. To sign one, set `status = "reviewed"`
and fill in `reviewed_by`, `reviewed_on` and `review_due`; half a signature is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, cast

from classifiers.entries import Entry, read_entry
from classifiers.taxonomy import load_taxonomy

CARDS = Path(__file__).with_name("cards")
MAX_SPOKEN_WORDS = 60
MAX_ASK_WORDS = 15

Status = Literal["draft", "reviewed"]

_SPOKEN = ("acknowledge", "explain", "follow_up")
_CARD_KEYS = {"status", "reviewed_by", "reviewed_on", "review_due", "links", "en", "es"}


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

    acknowledge  take the worry seriously
    explain      the kernel of truth, and where the claim goes wrong
    follow_up    the next concrete step; the three together have at most 60 words
    ask          one open question to hear more, at most 15 words
    avoid        words not to use
    red_flag     when it needs urgent care; empty when there is nothing to watch for
    """

    acknowledge: str
    explain: str
    follow_up: str
    ask: str
    avoid: tuple[str, ...]
    red_flag: str


@dataclass(frozen=True, slots=True)
class Card:
    """One conversation card.

    id           a theme's or a signal's id
    en, es       the wording in English and Spanish
    links        where to check, in both languages
    status       `draft` until a named clinician has reviewed it
    reviewed_by  who reviewed it; empty for a draft
    reviewed_on  when; None for a draft
    review_due   when it must be looked at again; None for a draft
    """

    id: str
    en: Wording
    es: Wording
    links: tuple[Link, ...]
    status: Status
    reviewed_by: str
    reviewed_on: date | None
    review_due: date | None

    @property
    def is_draft(self) -> bool:
        """True until a named clinician has reviewed the wording; pages then say so."""
        return self.status == "draft"


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
    return Card(
        id=path.stem,
        en=_wording(entry.table("en")),
        es=_wording(entry.table("es")),
        links=tuple(_link(item) for item in entry.tables("links")),
        status=status,
        reviewed_by=by,
        reviewed_on=on,
        review_due=due,
    )


def _signature(entry: Entry, status: Status) -> tuple[str, date | None, date | None]:
    written = [
        entry.text(key, may_be_empty=True)
        for key in ("reviewed_by", "reviewed_on", "review_due")
    ]
    if status == "draft":
        if any(written):
            raise entry.refuse("a draft names no reviewer and no date. Empty them, or sign it.")
        return "", None, None
    if not all(written):
        raise entry.refuse("a reviewed card needs reviewed_by, reviewed_on and review_due.")
    on, due = _day(entry, "reviewed_on"), _day(entry, "review_due")
    if due <= on:
        raise entry.refuse("review_due is not after reviewed_on. Mend one of the dates.")
    return written[0], on, due


def _day(entry: Entry, key: str) -> date:
    written = entry.text(key)
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise entry.refuse(f"'{key}' is '{written}'. Write a date like 2027-03-31.") from error


def _wording(entry: Entry) -> Wording:
    entry.allow({*_SPOKEN, "ask", "avoid", "red_flag"})
    acknowledge, explain, follow_up = (entry.text(key) for key in _SPOKEN)
    ask = entry.text("ask")
    _hold(entry, "the three spoken parts", MAX_SPOKEN_WORDS, acknowledge, explain, follow_up)
    _hold(entry, "'ask'", MAX_ASK_WORDS, ask)
    red_flag = entry.text("red_flag", may_be_empty=True)
    return Wording(acknowledge, explain, follow_up, ask, entry.texts("avoid"), red_flag)


def _hold(entry: Entry, what: str, most: int, *texts: str) -> None:
    words = len(" ".join(texts).split())
    if words > most:
        raise entry.refuse(f"too long: {what}, {words} words. Cut to {most}.")


def _link(entry: Entry) -> Link:
    entry.allow({"title", "url", "lang"})
    url = entry.text("url")
    if not url.startswith("https://"):
        raise entry.refuse(f"'{url}' does not start with https://. Write it in full.")
    return Link(entry.text("title"), url, entry.choice("lang", ("en", "es")))
