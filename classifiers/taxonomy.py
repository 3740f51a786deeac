"""Load themes and trust signals from `taxonomy.toml`, and join the claims of `claims.toml`.

Both files are data that public-health staff edit. This module holds every rule about themes
and signals, `classifiers.claims` those about claims, so that a slip is named in one plain line
before any post is tagged. Retired themes are loaded too: numbers of past weeks still name
them. Whether one is still followed is `Theme.retired`. Retired claims are in the catalogue
only: no theme has them, so nothing is matched with them.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast

from classifiers.claims import (
    CATALOGUE,
    HARM_CLASSES,
    Catalogue,
    Claim,
    HarmClass,
    read_catalogue,
)
from classifiers.entries import Entry, read_entry
from warehouse.errors import GrapevineError

TAXONOMY = Path(__file__).with_name("taxonomy.toml")
MIN_CLAIMS = 6
MAX_HARM = 2

_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_TRANSLATED = re.compile(rb"^(?:# )?title_es\b.*\n", re.MULTILINE)
_THEME_KEYS = frozenset(
    ["title", "title_es", "harm_class", "harm", "season_months", "added", "retired", "evidence"]
)


@dataclass(frozen=True, slots=True)
class Theme:
    """A family of misinformation claims.

    id             for ever
    title          a clinician's plain words; title_es: in Spanish
    harm_class     what believing it leads to
    harm           0 (little bodily harm) to 2 (death or lasting damage), if believed
    season_months  months 1 to 12 in which people act on it; empty = all year
    added          the day it was first followed
    retired        the day it stopped being followed, or None
    evidence       https addresses where a reader can check
    claims         those that posts are matched with, at least 6
    """

    id: str
    title: str
    title_es: str
    harm_class: HarmClass
    harm: int
    season_months: tuple[int, ...]
    added: date
    retired: date | None
    evidence: tuple[str, ...]
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign of broken trust, seen beside the themes.

    id           for ever
    title        a few words, for headings; title_es: in Spanish
    description  one sentence for readers
    """

    id: str
    title: str
    title_es: str
    description: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All of `taxonomy.toml` and `claims.toml`.

    themes     by id, in the order of the file, retired ones included, with their claims
    signals    by id, in the order of the file
    catalogue  every claim, retired ones included
    version    12 hex digits of a SHA-256; any change to either file changes it, but for
               titles in Spanish: no tag and no number depends on how they are translated
    """

    themes: dict[str, Theme]
    signals: dict[str, Signal]
    catalogue: Catalogue
    version: str


@cache
def load_taxonomy() -> Taxonomy:
    """The project's taxonomy, read once a process. Raises `GrapevineError` if it is broken."""
    return read_taxonomy(TAXONOMY, CATALOGUE)


def read_taxonomy(path: Path, claims: Path) -> Taxonomy:
    """The taxonomy of two files. Raises `GrapevineError` naming the broken theme or claim."""
    file = read_entry(path)
    themes = _themes(file)
    signals = {entry_id: _signal(entry_id, entry) for entry_id, entry in _named(file, "signal")}
    for twice in themes.keys() & signals.keys():
        raise file.refuse(f"'{twice}' is both a theme and a signal. Give one a new id.")
    catalogue = read_catalogue(claims, {one.id: one.harm_class for one in themes.values()})
    themes = {one.id: _with_claims(one, catalogue, claims) for one in themes.values()}
    content = _TRANSLATED.sub(b"", path.read_bytes()) + catalogue.version.encode()
    return Taxonomy(themes, signals, catalogue, hashlib.sha256(content).hexdigest()[:12])


def read_themes(path: Path) -> dict[str, Theme]:
    """The themes by id without their claims: what can be known before there are enough."""
    return _themes(read_entry(path))


def find_theme(themes: Mapping[str, Theme], theme_id: str) -> Theme:
    """The theme of that id. Raises `GrapevineError` naming the likeliest slip."""
    if theme_id not in themes:
        close = difflib.get_close_matches(theme_id, themes, 1)
        hint = f"Did you mean {close[0]}?" if close else f"Themes: {', '.join(themes)}."
        raise GrapevineError(f"There is no theme '{theme_id}'. {hint}")
    return themes[theme_id]


def _themes(file: Entry) -> dict[str, Theme]:
    file.allow({"themes", "signals"})
    return {entry_id: _theme(entry_id, entry) for entry_id, entry in _named(file, "theme")}


def _with_claims(theme: Theme, catalogue: Catalogue, path: Path) -> Theme:
    claims = catalogue.live(theme.id)
    if len(claims) < MIN_CLAIMS:
        raise GrapevineError(
            f"{path.name}: theme '{theme.id}' has {len(claims)} claims that are not retired. "
            f"Add one with 'grapevine claims add --theme {theme.id}' until it has {MIN_CLAIMS}."
        )
    return replace(theme, claims=claims)


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
        title_es=entry.text("title_es"),
        harm_class=cast(HarmClass, entry.choice("harm_class", HARM_CLASSES)),
        harm=_harm(entry),
        season_months=_season_months(entry),
        added=added,
        retired=retired,
        evidence=_evidence(entry),
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


def _signal(signal_id: str, entry: Entry) -> Signal:
    entry.allow({"title", "title_es", "description"})
    titles = entry.text("title"), entry.text("title_es")
    return Signal(signal_id, *titles, entry.text("description"))
