"""Find counties and towns named without their state, when the state is known from elsewhere.

A county needs its `County`, a town a word of place before it (`in Gillette`). A name that means
a far larger town elsewhere (`in Denver`, said in Iowa), or another thing (`in March`), is no
mention of the small town that shares it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifiers.place import foreign, gazetteer
from classifiers.place.found import Found, in_town
from classifiers.place.gazetteer import Town
from classifiers.place.names import key
from classifiers.place.states import read_state
from classifiers.place.words import load_words

MIN_POP = 1_000
"""A smaller town's name is more often another thing."""

FAR_LARGER = 10
"""A town elsewhere this many times larger is the likelier one meant."""

_CAPITAL = r"[A-ZÁÉÍÓÚÑ][\w'’]*(?:-[a-záéíóúñ][\w'’]*)*"
_NAME = rf"{_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}}"
_COUNTY = re.compile(
    rf"(?<![\w@#/])({_NAME} (?:County|Parish|Borough))\b|[Cc]ondado de ({_NAME})"
)
_TOWN = re.compile(
    rf"[\s(](?:[IiEe]n|[Nn]ear|[Oo]utside(?: of)?|[Cc]erca de) ((?:St\. )?{_NAME})(?![\w'’@-])"
    r"(?! [A-Z][a-z]|,? [A-Z]{2}\b|, [A-Z][a-z])"
)
_LEFT = re.compile(
    r"\b(?:born|raised|grew up|used to live|lived|nací|crecí|vivía)\b[^.!?\n]{0,20}$",
    re.IGNORECASE,
)


def places_in(text: str, home: str | None) -> Iterator[Found]:
    """Counties and towns of `home`; with no state known, counties named like no other."""
    has_county = any(kind in text for kind in ("County", "Parish", "Borough", "ondado"))
    for match in _COUNTY.finditer(text) if has_county else ():
        words = (match[1] or f"{match[2]} County").split()
        for first in range(len(words) - 1):
            county = _county(key(" ".join(words[first:])), home)
            if county:
                yield in_town(county, "mention_county" if home else "mention_lone_county")
                break
    if home:
        yield from _towns_in(text, home)


def _towns_in(text: str, home: str) -> Iterator[Found]:
    for match in _TOWN.finditer(text):
        folded = key(match[1])
        town = gazetteer.load_towns().get(home, {}).get(folded)
        before = text[max(0, match.start() - 40) : match.start()]
        if town and _is_meant(folded, town) and not _LEFT.search(before):
            yield in_town(town, "mention_town")


def _county(folded: str, home: str | None) -> Town | None:
    if home:
        return gazetteer.find_county(folded, home)
    return gazetteer.load_lone_counties().get(folded)


def _is_meant(folded: str, town: Town) -> bool:
    """Whether the name means this town: large enough, and nothing better known is so called."""
    if town.pop < MIN_POP or folded in load_words("other_things") or read_state(folded):
        return False
    if foreign.is_land(folded) or (foreign.is_city(folded) and town.pop < foreign.CITY_POP):
        return False
    rivals = [towns[folded].pop for towns in gazetteer.load_towns().values() if folded in towns]
    return max(rivals) < FAR_LARGER * town.pop
