"""Read the parts of a card that the brief has no room for: facts, the whole talk, the handout.

They stand in the card's own file (`dashboards.cards`), in both languages. A part that only one
language has is refused: a clinic must be able to say the same to every patient. Checking a
fact's address is a person's work; until `checked_on` is filled in, pages say that nobody did.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date
from typing import cast

from classifiers.claims import ATTITUDE_ROOTS, AttitudeRoot
from classifiers.entries import Entry

MOST_FULL_WORDS = 250
MOST_HANDOUT_WORDS = 230

_TALK = ("kernel", "trick", "recommendation", "if_no", "raise_when", "raise_not")
_FIRST = ("announce", "safety_first")
_HANDOUT = ("title", "fact", "claim", "why", "do", "help")
TALK_KEYS = frozenset([*_TALK, *_FIRST, "affirm"])


@dataclass(frozen=True, slots=True)
class Fact:
    """One certain fact in both languages, and the agency's page that says it.

    source      who says it (`FDA`)
    url         https address of the agency's page
    checked_on  when a person of ours last opened the page and found the fact there; None: never
    """

    en: str
    es: str
    source: str
    url: str
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class Talk:
    """The whole conversation in one language; the short card's parts go between these.

    announce        said before all else when a routine vaccine is due; else empty
    safety_first    a dangerous remedy: poisoning and delay of care first; else empty
    kernel          what is true in the claim, or fair in the complaint
    trick           how the claim misleads, or what lies behind the words
    recommendation  what the clinician advises
    if_no           what to say to a no
    raise_when      for the clinician: when to bring it up
    raise_not       for the clinician: when not to
    affirm          (attitude root, one affirming sentence), in the order of the file
    """

    announce: str
    safety_first: str
    kernel: str
    trick: str
    recommendation: str
    if_no: str
    raise_when: str
    raise_not: str
    affirm: tuple[tuple[AttitudeRoot, str], ...]


@dataclass(frozen=True, slots=True)
class Handout:
    """One page for the patient: the fact first, the false claim named once, after it."""

    title: str
    fact: str
    claim: str
    why: str
    do: str
    help: str


def read_facts(entry: Entry) -> tuple[Fact, ...]:
    """The card's facts, in the order of the file."""
    return tuple(_fact(item) for item in entry.tables("facts"))


def read_talk(entry: Entry, facts: tuple[str, ...]) -> Talk:
    """The talk in one language; with its `facts` it has at most 250 words."""
    said = {key: entry.text(key) if key in entry.values else "" for key in _FIRST}
    said |= {key: entry.text(key) for key in _TALK}
    affirm = _affirm(entry.table("affirm"))
    hold(
        entry, "the full card", MOST_FULL_WORDS, *said.values(), *facts, *dict(affirm).values()
    )
    return Talk(**said, affirm=affirm)


def read_handout(entry: Entry) -> Handout:
    """The handout in one language, at most 230 words: one printed page."""
    entry.allow(_HANDOUT)
    handout = Handout(*(entry.text(key) for key in _HANDOUT))
    hold(entry, "the handout", MOST_HANDOUT_WORDS, *astuple(handout))
    return handout


def hold_together(card: Entry, en: Talk, es: Talk) -> None:
    """Refuse a talk of which a part stands in one language only."""
    for key in _FIRST:
        if bool(getattr(en, key)) != bool(getattr(es, key)):
            raise card.refuse(f"'{key}' is in one language only. Write it in the other too.")
    if {root for root, _ in en.affirm} != {root for root, _ in es.affirm}:
        raise card.refuse("[en.affirm] and [es.affirm] name other roots. Name the same ones.")


def hold(entry: Entry, what: str, most: int, *texts: str) -> None:
    """Refuse texts that have more than `most` words together."""
    words = len(" ".join(texts).split())
    if words > most:
        raise entry.refuse(f"too long: {what}, {words} words. Cut to {most}.")


def read_day(entry: Entry, key: str) -> date | None:
    """The date in quotes at `key`, or None when it is left empty."""
    written = entry.text(key, may_be_empty=True)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise entry.refuse(f"'{key}' is '{written}'. Write a date like 2027-03-31.") from error


def https_address(entry: Entry) -> str:
    """The address at `url`; it starts with https://."""
    url = entry.text("url")
    if not url.startswith("https://"):
        raise entry.refuse(f"'{url}' does not start with https://. Write it in full.")
    return url


def _fact(entry: Entry) -> Fact:
    entry.allow({"en", "es", "source", "url", "checked_on"})
    return Fact(
        en=entry.text("en"),
        es=entry.text("es"),
        source=entry.text("source"),
        url=https_address(entry),
        checked_on=read_day(entry, "checked_on"),
    )


def _affirm(entry: Entry) -> tuple[tuple[AttitudeRoot, str], ...]:
    entry.allow(ATTITUDE_ROOTS)
    return tuple((cast(AttitudeRoot, root), entry.text(root)) for root in entry.values)
