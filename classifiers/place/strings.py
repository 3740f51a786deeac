"""Resolve a declared place string: `Casper, WY`, `canton ga`, `el norte de Nuevo México`.

People write anything here. A town counts only with its state, or when its bare name means one
place in the country; a direction, a metro area or an unknown town goes as far as its state;
anything that points abroad is abroad, even where a town here has the same name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from classifiers.place import directional, foreign, gazetteer
from classifiers.place.found import ABROAD, Found, agree, in_state, in_town
from classifiers.place.inside_state import in_region, is_some_town, named_in, place_in_state
from classifiers.place.names import key
from classifiers.place.states import mend_state, read_state, read_tail

MAX_STRING = 200
"""Characters of a string that are read; a longer one is prose and not a place."""

_ALTERNATIVES = re.compile(
    r"[|/;•·&+~✈\u2190-\u21ff\u2794-\u27bf\u27f0-\u27ff\u2b00-\u2bff]|\s[-–—]+\s"
    r"|\s(?:and|y)\s(?=.*,)"
)
_SEGMENTS = re.compile(r"[,()\[\]{}:\n\"“”]+")
_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")
_OURS = re.compile(
    r"(?:^| )(?:(?:the )?(?:usa|us|u s a?|united states?(?: of america)?|america|eeuu|ee uu|eua"
    r"|los estados unidos|estados unidos(?: de america)?))$"
)
_PART_OF_TOWN = re.compile(r"^(?:downtown|midtown|uptown|centro de) ")
_AROUND = re.compile(
    r"^(?:greater|metro|metropolitan|near|outside|around|just outside|suburban|north|south|east"
    r"|west|northern|southern|eastern|western|northeast|northwest|southeast|southwest|cerca de"
    r"|afueras de|area de)(?: of| de)? "
    r"| (?:area|metro|metro area|metroplex|suburbs?|region|burbs|vicinity|metropolitan area)$"
)


@lru_cache(maxsize=50_000)
def resolve(written: str) -> Found | None:
    """Where a declared string points: a county, a state, `ABROAD`, or None for nowhere.

    Several places in one string (`Austin, TX / Reno, NV`) give what they have in common.
    """
    text = _ZIP.sub(" ", written[:MAX_STRING])
    parts = [part for part in _ALTERNATIVES.split(text) if key(part)]
    found = [_read_part(part, is_whole=len(parts) == 1) for part in parts]
    if not any(found):
        return ABROAD if foreign.flies_abroad(text) else None
    places = [place for place in found if place]
    unread = [part for part, place in zip(parts, found, strict=True) if not place]
    states = {place.state for place in places}
    return None if any(_contradicts(part, states) for part in unread) else agree(places)


def _contradicts(part: str, states: set[str | None]) -> bool:
    """Whether a part we could not place still names a place, other than the states found."""
    state = read_state(key(part))
    return state.code not in states if state else is_some_town(part)


def _read_part(part: str, is_whole: bool) -> Found | None:
    """One place, as comma-separated segments from small to large."""
    segments = [segment.strip() for segment in _SEGMENTS.split(part)]
    keys = [folded for segment in segments if (folded := key(segment))]
    if _is_abroad(keys):
        return ABROAD
    keys = [bare for folded in keys if (bare := _OURS.sub("", folded))]
    if not keys:
        return None
    region = directional.read_region(" ".join(keys))
    if region is not None:
        return in_region(region, " ".join(keys))
    tail = read_tail(keys[-1])
    if tail and not (len(keys) == 1 and keys[0] in gazetteer.load_alone()):
        rest, state = tail
        heads = [head for head in [*keys[:-1], rest] if head]
        return place_in_state(heads, state, segments[-1], is_whole, has_comma=not rest)
    return _state_first(keys) or _state_misspelled(keys) or _without_state(keys)


def _is_abroad(keys: Sequence[str]) -> bool:
    """Whether the end of the string, or a code of its own in it, points abroad."""
    if not keys:
        return False
    last = keys[-1]
    if any(folded in foreign.load_codes() for folded in keys[1:]):
        return True
    if foreign.is_coded_abroad(last):
        return True
    if directional.read_region(last) is not None or last in gazetteer.load_alone():
        return False
    if len(keys) == 1 and " " in last and foreign.is_city(last):
        return True
    tail = read_tail(last)
    ours_n = len(last.split()) - len(tail[0].split()) if tail else 0
    return foreign.ends_abroad(last) > ours_n


def _state_first(keys: Sequence[str]) -> Found | None:
    """`California, Los Angeles`, and `Texas panhandle`."""
    state = read_state(keys[0])
    if state and state.how == "name" and len(keys) == 2:
        return named_in(keys[1], state.code, has_comma=True)
    words = keys[0].split()
    for length in (3, 2, 1):
        state = read_state(" ".join(words[:length]))
        rest = " ".join(words[length:])
        if state and state.how == "name" and rest and directional.is_direction(rest):
            return in_state(state.code, "declared_region", keys[0].title())
    return None


def _state_misspelled(keys: Sequence[str]) -> Found | None:
    """`Casper, Wyomming`; beside a land abroad no slip of ours is looked for."""
    if len(keys) == 1 or any(foreign.is_land(folded) for folded in keys):
        return None
    state = mend_state(keys[-1])
    if not state:
        return None
    town = named_in(keys[-2], state.code, has_comma=True)
    return town or in_state(state.code, "declared_state")


def _without_state(keys: Sequence[str]) -> Found | None:
    """A bare name that means one place in the country, or a place abroad."""
    if any(foreign.is_land(folded) or foreign.ends_abroad(folded) for folded in keys):
        return ABROAD
    alone = gazetteer.load_alone()
    others = [folded for folded in keys if folded not in alone]
    if any(foreign.is_city(folded) or foreign.are_cities(folded) for folded in others):
        return ABROAD
    named = [in_town(alone[folded], "declared_alone") for folded in keys if folded in alone]
    if named:
        return named[0] if len({place.state for place in named}) == 1 else None
    return _around(keys[-1])


def _around(folded: str) -> Found | None:
    """`downtown chicago`, `greater houston`, `natrona county`."""
    alone = gazetteer.load_alone()
    county = gazetteer.load_lone_counties().get(folded)
    if county:
        return in_town(county, "declared_county")
    inner = alone.get(_PART_OF_TOWN.sub("", folded))
    if inner:
        return in_town(inner, "declared_alone")
    outer = alone.get(_AROUND.sub("", folded))
    return in_state(outer.state, "declared_region", folded.title()) if outer else None
