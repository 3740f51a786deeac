"""Find counties and towns named without their state, when the state is known from elsewhere.

A county needs its `County`; a town a word of place before it (`in Gillette`) or a thing that
towns have after it (`the Gillette hospital`). A name that means a far larger town elsewhere
(`in Denver`, said in Iowa), or another thing (`in March`), is no mention of the small town that
shares it; beside one that counts it still casts doubt, and leaves no more than the state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from classifiers.place import directional, foreign, gazetteer
from classifiers.place.found import Found, in_town
from classifiers.place.gazetteer import Town
from classifiers.place.left import is_left, is_past
from classifiers.place.names import key
from classifiers.place.patterns import exactly
from classifiers.place.states import read_state
from classifiers.place.words import load_words
from classifiers.place.written_states import is_state_next

MIN_POP = 1_000
"""A smaller town's name is more often another thing."""

FAR_LARGER = 10
"""A town elsewhere this many times larger is the likelier one meant."""

BEFORE = 45
"""Characters before a name that may say it is another thing."""

_CAPITAL = r"[A-ZÁÉÍÓÚÑ][\w'’]*(?:-[a-záéíóúñ][\w'’]*)*"
_NAME = rf"(?:Ste?\. )?{_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}}"
_COUNTY = re.compile(
    rf"(?<![\w@#/])({_NAME} (?:County|Parish|Borough))\b|[Cc]ondado de ({_NAME})"
    r"|(?<![\w@#/])((?:[a-z'’.]+ ){1,2}county)\b"
)
_IN = r"[\s(](?:[IiEe]n|[Nn]ear|[Oo]utside(?: of)?|[Cc]erca de)"
_TOWN = re.compile(
    rf"{_IN} (?:({_NAME})(?![\w'’@-])(?! [A-Z][a-z]|, [A-Z][a-z]|,? [A-Z]\.)"
    r"|([a-z'’-]+(?: [a-z'’-]+){0,2}))"
)
_AND = re.compile(rf"(?:,? (?:and|or|y|o|&)|[/,]) ?(?:(?:in|near|en) )?({_NAME})")
_THINGS = (
    *("folks", "people", "residents", "hospital", "clinic", "ER", "schools", "library"),
    *("pharmacy", "pharmacies", "nursing home", "doctors", "dentists", "nurses", "police"),
    *("city council", "post office"),
)
_ADJECTIVES = ("local ", "area ", "new ", "old ", "city ", "public ", "rural ", "free ", "")
_HAS = re.compile(
    rf" (?:{exactly(word + thing for word in _ADJECTIVES for thing in _THINGS)})\b"
)
_BEFORE_HAS = re.compile(rf"(?<![\w@#/])({_NAME})$")
_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|Rev|Nurse|Pastor|Sister|Brother|Doctor)\.? ?$")
_BELIEF = re.compile(
    r"\b(?:believed?|believes|trust|trusts|faith|confidence|confío|creo|fe) (?:in|en) ?$", re.I
)
_TRUST = re.compile(r" (?:we trust|i trust|confío|confiamos|creo|creemos)\b", re.I)


class _Name(NamedTuple):
    """A name in a text: its key, where it starts and ends, and the town of it, if one is."""

    folded: str
    start: int
    end: int
    town: Town


def places_in(text: str, home: str | None) -> Iterator[Found]:
    """Counties and towns of `home`; with no state known, counties named like no other."""
    for match in _COUNTY.finditer(text) if _has_county(text) else ():
        county = _county_in(match, home)
        if county and not is_state_next(text, match.end()):
            yield in_town(county, "mention_county" if home else "mention_lone_county")
    if home:
        names = [*_after_preposition(text, home), *_before_thing(text, home)]
        if any(_is_meant(name) for name in names):
            yield from (in_town(name.town, "mention_town") for name in names)


def _has_county(text: str) -> bool:
    return any(kind in text for kind in ("ounty", "Parish", "Borough", "ondado"))


def _county_in(match: re.Match[str], home: str | None) -> Town | None:
    """The county that the last words of a match name; in small letters only one of `home`."""
    capital, spanish, small = match.groups()
    if small and not home:
        return None
    words = (capital or small or f"{spanish} County").split()
    for first in range(len(words) - 1):
        folded = key(" ".join(words[first:]))
        county = (
            gazetteer.find_county(folded, home)
            if home
            else gazetteer.load_lone_counties().get(folded)
        )
        if county:
            return county
    return None


def _after_preposition(text: str, home: str) -> Iterator[_Name]:
    """Towns after `in` and the like, with those that are listed after them."""
    for match in _TOWN.finditer(text):
        start, end = match.span(match.lastindex or 0)
        if match[1] is None:
            yield from _in_small_letters(text, start, match[2], home)
            continue
        names = list(_listed(text, match[1], start, home))
        if names and not _leads_elsewhere(text, start, end):
            yield from names


def _listed(text: str, written: str, start: int, home: str) -> Iterator[_Name]:
    """The towns of `home` in a name and those that follow it (`Casper, Cody and Lander`)."""
    end = start + len(written)
    yield from _known(key(written), start, end, home)
    while listed := _AND.match(text, end):
        end = listed.end()
        yield from _known(key(listed[1]), listed.start(1), end, home)


def _in_small_letters(text: str, start: int, words: str, home: str) -> Iterator[_Name]:
    """A town in small letters, when its name needs no state (`in kalispell`)."""
    given = words.split(" ")
    if given[0] not in _first_words(home):
        return
    for length in range(len(given), 0, -1):
        written = " ".join(given[:length])
        town = gazetteer.load_alone().get(key(written))
        end = start + len(written)
        if town and town.state == home and not _leads_elsewhere(text, start, end):
            yield _Name(key(written), start, end, town)
            return


@cache
def _first_words(home: str) -> frozenset[str]:
    """First words of the towns of a state whose names need no state."""
    alone = gazetteer.load_alone().items()
    return frozenset(name.split()[0] for name, town in alone if town.state == home)


def _before_thing(text: str, home: str) -> Iterator[_Name]:
    """Towns before what towns have: `the Gillette hospital`, `Safford people`."""
    for match in _HAS.finditer(text):
        end = match.start()
        named = _BEFORE_HAS.search(text, max(0, end - BEFORE), end)
        if named is None or _TITLE.search(text[max(0, named.start() - 10) : named.start()]):
            continue
        words = named[1].split()
        if len(words) > 1 and words[0].lower() in load_words("leads"):
            del words[0]
        yield from _known(key(" ".join(words)), named.start(), end, home)


def _known(folded: str, start: int, end: int, home: str) -> Iterator[_Name]:
    """The name, when a town of `home` bears it and it is not first of all another thing."""
    town = gazetteer.load_towns().get(home, {}).get(folded)
    is_thing = folded in load_words("other_things") or read_state(folded)
    if town and not is_thing and directional.read_region(folded) is None:
        yield _Name(folded, start, end, town)


def _leads_elsewhere(text: str, start: int, end: int) -> bool:
    """Whether the words round a name say that it is of the past, believed in, or far away."""
    before = text[max(0, start - BEFORE) : start]
    return (
        is_left(before)
        or bool(_BELIEF.search(before))
        or bool(_TRUST.match(text, end))
        or is_past(text, end)
        or is_state_next(text, end)
        or foreign.begins_abroad(text[end : end + BEFORE])
        or foreign.goes_on_abroad(text[start : start + BEFORE], text[start:end])
    )


def _is_meant(name: _Name) -> bool:
    """Whether a name means its town: large enough, and nothing better known is so called."""
    folded, town = name.folded, name.town
    if town.pop < MIN_POP or foreign.is_land(folded):
        return False
    if foreign.is_city(folded) and town.pop < foreign.CITY_POP:
        return False
    return _largest_pop(folded) < FAR_LARGER * town.pop


@lru_cache(maxsize=10_000)
def _largest_pop(folded: str) -> int:
    """Residents of the largest town of this name in any state."""
    named = (towns.get(folded) for towns in gazetteer.load_towns().values())
    return max(town.pop for town in named if town)
