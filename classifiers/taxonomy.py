"""Load themes, their claims and trust signals from `taxonomy.toml`; refuse a broken file.

The file is data that public-health staff edit; this module holds every rule about it, so that
a slip is named in one plain line before any post is tagged. Retired themes are loaded too:
numbers of past weeks still name them. Whether one is still followed is `Theme.retired`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from classifiers.entries import Entry, read_entry

TAXONOMY = Path(__file__).with_name("taxonomy.toml")
MIN_CLAIMS = 4
MAX_CLAIM_WORDS = 20
MAX_HARM = 2

HarmClass = Literal["delays_care", "avoids_prevention", "dangerous_alternative"]

_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_THEME_KEYS = frozenset(
    ["title", "harm_class", "harm", "season_months", "added", "retired", "evidence", "claims"]
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that is being said, in our own words; never a quotation.

    id       `<theme id>-<number>`, for ever
    text_en  one sentence, at most 20 words
    text_es  the same in Spanish
    """

    id: str
    text_en: str
    text_es: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A family of misinformation claims.

    id             for ever
    title          a clinician's plain words
    harm_class     what believing it leads to
    harm           0 (little bodily harm) to 2 (death or lasting damage), if believed
    season_months  months 1 to 12 in which people act on it; empty = all year
    added          the day it was first followed
    retired        the day it stopped being followed, or None
    evidence       https addresses where a reader can check
    claims         at least 4
    """

    id: str
    title: str
    harm_class: HarmClass
    harm: int
    season_months: tuple[int, ...]
    added: date
    retired: date | None
    evidence: tuple[str, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign of broken trust, seen beside the themes.

    id           for ever
    title        a few words, for headings
    description  one sentence for readers
    """

    id: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All of `taxonomy.toml`.

    themes   by id, in the order of the file, retired ones included
    signals  by id, in the order of the file
    version  first 12 hex digits of the file's SHA-256; any change to the file changes it
    """

    themes: dict[str, Theme]
    signals: dict[str, Signal]
    version: str


@cache
def load_taxonomy() -> Taxonomy:
    """The project's taxonomy, read once a process. Raises `GrapevineError` if it is broken."""
    return read_taxonomy(TAXONOMY)


def read_taxonomy(path: Path) -> Taxonomy:
    """The taxonomy in the file at `path`. Raises `GrapevineError` naming the broken entry."""
    file = read_entry(path)
    file.allow({"themes", "signals"})
    themes = {entry_id: _theme(entry_id, entry) for entry_id, entry in _named(file, "theme")}
    signals = {entry_id: _signal(entry_id, entry) for entry_id, entry in _named(file, "signal")}
    for twice in themes.keys() & signals.keys():
        raise file.refuse(f"'{twice}' is both a theme and a signal. Give one a new id.")
    version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return Taxonomy(themes, signals, version)


def _named(file: Entry, kind: str) -> list[tuple[str, Entry]]:
    tables = file.table(f"{kind}s").values
    entries = [(key, Entry(f"{file.where}, {kind} '{key}'", tables[key])) for key in tables]
    for key, entry in entries:
        if not _ID.fullmatch(key):
            raise entry.refuse("an id is lower-case words joined by _. Write it like raw_milk.")
        if not isinstance(entry.values, dict):
            raise entry.refuse(f"this is not an entry. Write [{kind}s.{key}] on its own line.")
    return entries


def _theme(theme_id: str, entry: Entry) -> Theme:
    entry.allow(_THEME_KEYS)
    added = entry.day("added")
    retired = entry.day("retired") if "retired" in entry.values else None
    if retired and retired < added:
        raise entry.refuse(f"it retired on {retired}, before it was added. Mend one date.")
    return Theme(
        id=theme_id,
        title=entry.text("title"),
        harm_class=cast(HarmClass, entry.choice("harm_class", get_args(HarmClass))),
        harm=_harm(entry),
        season_months=_season_months(entry),
        added=added,
        retired=retired,
        evidence=_evidence(entry),
        claims=_claims(theme_id, entry),
    )


def _harm(entry: Entry) -> int:
    harm = entry.values.get("harm")
    if type(harm) is not int or not 0 <= harm <= MAX_HARM:
        raise entry.refuse(f"'harm' is {harm!r}. Write 0, 1 or 2.")
    return harm


def _season_months(entry: Entry) -> tuple[int, ...]:
    months = entry.values.get("season_months")
    if not isinstance(months, list) or not all(
        type(month) is int and 1 <= month <= 12 for month in months
    ):
        raise entry.refuse("'season_months' is not a list of months 1 to 12. [] = all year.")
    if len(set(months)) < len(months):
        raise entry.refuse("'season_months' names a month twice. Remove one.")
    return tuple(months)


def _evidence(entry: Entry) -> tuple[str, ...]:
    addresses = entry.texts("evidence")
    for address in addresses:
        if not address.startswith("https://"):
            raise entry.refuse(f"'{address}' does not start with https://. Write it in full.")
    return addresses


def _claims(theme_id: str, entry: Entry) -> tuple[Claim, ...]:
    claims = tuple(_claim(theme_id, item) for item in entry.tables("claims"))
    if len(claims) < MIN_CLAIMS:
        raise entry.refuse(f"it has {len(claims)} claims. Write at least {MIN_CLAIMS}.")
    ids = [claim.id for claim in claims]
    for claim_id in ids:
        if ids.count(claim_id) > 1:
            raise entry.refuse(f"claim id '{claim_id}' is used twice. Take the next number.")
    return claims


def _claim(theme_id: str, item: Entry) -> Claim:
    claim_id = item.text("id")
    entry = Entry(f"{item.where} '{claim_id}'", item.values)
    entry.allow({"id", "en", "es"})
    if not re.fullmatch(rf"{theme_id}-[1-9]\d*", claim_id):
        raise entry.refuse(f"its id is not '{theme_id}-' and a number. Mend the id.")
    claim = Claim(claim_id, entry.text("en"), entry.text("es"))
    for text in (claim.text_en, claim.text_es):
        if len(text.split()) > MAX_CLAIM_WORDS:
            raise entry.refuse(f"more than {MAX_CLAIM_WORDS} words. Say it shorter.")
    return claim


def _signal(signal_id: str, entry: Entry) -> Signal:
    entry.allow({"title", "description"})
    return Signal(signal_id, entry.text("title"), entry.text("description"))
