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
from classifiers.place.found import ABROAD, Found, agree, in_county, in_state, in_town
from classifiers.place.names import key
from classifiers.place.states import State, is_risky, mend_state, read_state, read_tail
from warehouse.reference import load_states

MAX_STRING = 200
"""Characters of a string that are read; a longer one is prose and not a place."""

MIN_NAMED_FOR_DIRECTION = 2_000
"""`Central, SC` is a town; a `Central` with fewer people than this is taken as a direction."""

_ALTERNATIVES = re.compile(r"[|/;•·&+~✈\u2190-\u21ff\u2794-\u27bf\u27f0-\u27ff\u2b00-\u2bff]|\s[-–—]+\s|\s(?:and|or|to|y|e|&)\s(?=.*,)")
_SEGMENTS = re.compile(r"[,()\[\]{}:\n\"“”]+")
_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")
_OURS = re.compile(
    r"(?:^| )(?:(?:the )?(?:usa|us|u s a?|united states?(?: of america)?|america|eeuu|ee uu|eua"
    r"|los estados unidos|estados unidos(?: de america)?))$"
)
_PART_OF_TOWN = re.compile(r"^(?:downtown|midtown|uptown|centro de) ")
_ADDRESS = re.compile(
    r"^.*\b(?:in|from|via|based|ave|avenue|blvd|boulevard|rd|road|hwy|highway|st|street|dr|drive|ct|"
    r"ln|lane|pkwy|plaza|hq|headquarters) "
)
_AROUND = re.compile(
    r"^(?:greater|metro|metropolitan|near|outside|outside of|around|just outside|suburban"
    r"|north|south|east|west|northern|southern|eastern|western|northeast|northwest|southeast"
    r"|southwest|cerca de|afueras de|area de) | (?:area|metro|metro area|metroplex|suburbs?"
    r"|region|burbs|vicinity|metropolitan area)$"
)


@lru_cache(maxsize=50_000)
def resolve(written: str) -> Found | None:
    """Where a declared string points: a county, a state, `ABROAD`, or None when it says nothing.

    Several places in one string (`Austin, TX / Reno, NV`) give what they have in common.
    """
    text = _ZIP.sub(" ", written[:MAX_STRING])
    parts = [part for part in _ALTERNATIVES.split(text) if key(part)]
    found = [_read_part(part, is_whole=len(parts) == 1) for part in parts]
    if not any(found):
        return ABROAD if foreign.flies_abroad(text) else None
    if any(not place and _is_some_town(part) for part, place in zip(parts, found, strict=True)):
        return None
    return agree([place for place in found if place])


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
        return _in_region(region, " ".join(keys))
    tail = read_tail(keys[-1])
    if tail:
        rest, state = tail
        heads = [head for head in [*keys[:-1], rest] if head]
        return _in_the_state(heads, state, segments[-1], is_whole, has_comma=not rest)
    return _state_first(keys) or _state_misspelled(keys) or _without_state(keys)


def _is_abroad(keys: Sequence[str]) -> bool:
    """Whether the end of the string, or a code or flag word in it, points abroad."""
    if not keys:
        return False
    if any(folded in foreign.load_codes() for folded in keys[1:]):
        return True
    if foreign.is_coded_abroad(keys[-1]):
        return True
    if directional.read_region(keys[-1]) is not None or keys[-1] in gazetteer.load_alone():
        return False
    abroad_n = foreign.ends_abroad(keys[-1])
    tail = read_tail(keys[-1])
    ours_n = len(keys[-1].split()) - len(tail[0].split()) if tail else 0
    return abroad_n > ours_n


def _in_region(code: str, folded: str) -> Found | None:
    if not code:
        return None
    if code.isdigit():
        return in_county(code, "declared_county")
    return in_state(code, "declared_region", f"{folded.title()}, {code}")


def _in_the_state(
    heads: Sequence[str], state: State, written: str, is_whole: bool, has_comma: bool
) -> Found | None:
    """The place in a known state, read from the segment nearest the state outwards."""
    if not heads:
        return _state_alone(state, written, is_whole)
    if any(foreign.is_land(head) for head in heads[:-1]):
        return ABROAD
    for head in reversed(heads):
        place = _named_in(head, state.code, has_comma)
        if place or foreign.is_city(head):
            break
    return place or _unknown_in(heads[-1], state, written, has_comma)


def _named_in(head: str, state: str, has_comma: bool) -> Found | None:
    """A direction, region, county or town of the state that a key names, or None."""
    town = gazetteer.find_town(head, state)
    if directional.is_direction(head):
        if not (has_comma and town and town.pop >= MIN_NAMED_FOR_DIRECTION):
            return in_state(state, "declared_region", f"{head.title()} {load_states()[state]}")
    region = directional.read_region(head)
    if region and (region == state or in_county(region, "declared_county").state == state):
        return _in_region(region, head)
    county = gazetteer.find_county(head, state)
    if county:
        return in_town(county, "declared_county")
    town = town or gazetteer.find_town(_PART_OF_TOWN.sub("", head), state)
    if town:
        return in_town(town, "declared_town")
    return None


def _unknown_in(head: str, state: State, written: str, has_comma: bool) -> Found | None:
    """What is left to say when no town of the state has the name."""
    if foreign.is_city(head) or foreign.is_land(head) or foreign.are_cities(head):
        if state.how != "name" or state.code == "GA" or " " in head:
            return ABROAD
    town = gazetteer.find_town(_ADDRESS.sub("", head), state.code)
    if not town and (has_comma or not is_risky(state, written)):
        town = gazetteer.mend_town(head, state.code)
    if town:
        return in_town(town, "declared_mended")
    if is_risky(state, written) or _is_doubtful(head, state, has_comma):
        return None
    county = gazetteer.find_county(head, state.code, needs_kind=False)
    return in_town(county, "declared_county") if county else in_state(state.code, "declared_state")


def _is_doubtful(head: str, state: State, has_comma: bool) -> bool:
    """Whether the words before a state name another state, or make a town of another with it."""
    words = head.split()
    ends = [read_state(word) for word in (words[0], words[-1])]
    if any(other.code != state.code for other in ends if other):
        return True
    tail = read_tail(head)
    if tail and tail[1].code != state.code and tail[1].how == "name":
        return True
    return not has_comma and _is_some_town(f"{head} {load_states()[state.code]}")


def _state_alone(state: State, written: str, is_whole: bool) -> Found | None:
    """A string that is only a state. `Washington` may be the capital, and `OK` a word."""
    if state.how == "name":
        is_unclear = state.code == "WA" and key(written) == "washington"
        return None if is_unclear else in_state(state.code, "declared_state")
    is_unclear = state.how == "word" or is_risky(state, written.lower())
    if not is_whole or (is_unclear and state.code != "DC"):
        return None
    return in_state(state.code, "declared_state")


def _state_first(keys: Sequence[str]) -> Found | None:
    """`California, Los Angeles`, and `Texas panhandle`."""
    state = read_state(keys[0])
    if state and state.how == "name" and len(keys) == 2:
        return _named_in(keys[1], state.code, has_comma=True)
    words = keys[0].split()
    for length in (3, 2, 1):
        state = read_state(" ".join(words[:length]))
        rest = " ".join(words[length:])
        if state and state.how == "name" and rest and directional.is_direction(rest):
            return in_state(state.code, "declared_region", keys[0].title())
    return None


def _state_misspelled(keys: Sequence[str]) -> Found | None:
    state = mend_state(keys[-1]) if len(keys) > 1 else None
    if not state:
        return None
    return _named_in(keys[-2], state.code, has_comma=True) or in_state(state.code, "declared_state")


def _without_state(keys: Sequence[str]) -> Found | None:
    """A bare name that means one place in the country, or a place abroad."""
    alone = gazetteer.load_alone()
    for folded in reversed(keys):
        if foreign.is_land(folded) or foreign.ends_abroad(folded):
            return ABROAD
    named = [folded for folded in keys if folded in alone]
    others = [folded for folded in keys if folded not in alone]
    if any(foreign.is_city(folded) or foreign.are_cities(folded) for folded in others):
        return ABROAD
    if named:
        places = [in_town(alone[folded], "declared_alone") for folded in named]
        return places[0] if len({place.state for place in places}) == 1 else None
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


def _is_some_town(written: str) -> bool:
    """Whether any state has a town of this name."""
    folded = key(written)
    return any(folded in towns for towns in gazetteer.load_towns().values())
