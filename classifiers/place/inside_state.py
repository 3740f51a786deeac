"""Read the rest of a declared string once its state is known: `canton`, Georgia.

The segment nearest the state counts first. What is no town of the state may be a slip of the
pen, a region, or nothing we know: then the state is as far as it goes, and where the state's
code may be a word or a degree, not even that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifiers.place import directional, foreign, gazetteer
from classifiers.place.found import ABROAD, Found, in_county, in_state, in_town
from classifiers.place.names import key
from classifiers.place.states import WORDS, State, is_risky, read_state, read_tail
from warehouse.reference import load_counties, load_states

MIN_NAMED_FOR_DIRECTION = 2_000
"""`Central, SC` is a town; a `Central` with fewer people than this is taken as a direction."""

_PART_OF_TOWN = re.compile(r"^(?:downtown|midtown|uptown|centro de) ")
_ADDRESS = re.compile(
    r"^.*\b(?:in|from|via|based|ave|avenue|blvd|boulevard|rd|road|hwy|highway|st|street|dr|drive"
    r"|ct|ln|lane|pkwy|plaza|hq|headquarters) "
)


def place_in_state(
    heads: Sequence[str], state: State, written: str, is_whole: bool, has_comma: bool
) -> Found | None:
    """The place that `heads`, keys from small to large, name in a known state.

    `written` is the segment that named the state, as typed; `is_whole` says that the string
    holds nothing else; `has_comma`, that a comma stood before the state.
    """
    if not heads:
        return _state_alone(state, written, is_whole)
    if any(foreign.is_land(head) for head in heads[:-1]):
        return ABROAD
    if len(heads) > 1 and all(foreign.is_city(head) for head in heads):
        return ABROAD
    place = None
    for head in reversed(heads):
        place = named_in(head, state.code, has_comma)
        if place or foreign.is_city(head):
            break
    return place or _unknown_in(heads[-1], state, written, has_comma)


def named_in(head: str, state: str, has_comma: bool) -> Found | None:
    """The direction, region, county or town of a state that a key names, or None."""
    town = gazetteer.find_town(head, state)
    is_large = has_comma and town and town.pop >= MIN_NAMED_FOR_DIRECTION
    if directional.is_direction(head) and not is_large:
        return in_state(state, "declared_region", f"{head.title()} {load_states()[state]}")
    region = directional.read_region(head)
    if region and (load_counties()[region].state if region.isdigit() else region) == state:
        return in_region(region, head)
    county = gazetteer.find_county(head, state)
    if county:
        return in_town(county, "declared_county")
    town = town or gazetteer.find_town(_PART_OF_TOWN.sub("", head), state)
    return in_town(town, "declared_town") if town else None


def in_region(code: str, folded: str) -> Found | None:
    """The state or county that a region's code says; None for one of several states."""
    if not code:
        return None
    if code.isdigit():
        return in_county(code, "declared_county")
    return in_state(code, "declared_region", f"{folded.title()}, {code}")


def is_some_town(written: str) -> bool:
    """Whether any state has a town or county of this name."""
    folded = key(written)
    return any(
        gazetteer.find_county(folded, state) or folded in towns
        for state, towns in gazetteer.load_towns().items()
    )


def _unknown_in(head: str, state: State, written: str, has_comma: bool) -> Found | None:
    """What is left to say when no town of the state has the name."""
    if _is_city_abroad(head, state):
        return ABROAD
    town = gazetteer.find_town(_ADDRESS.sub("", head), state.code)
    if not town and (has_comma or not is_risky(state, written)):
        town = gazetteer.mend_town(head, state.code)
    if town:
        return in_town(town, "declared_mended")
    if is_risky(state, written) or _is_doubtful(head, state, has_comma):
        return None
    county = gazetteer.find_county(head, state.code, needs_kind=False)
    if county:
        return in_town(county, "declared_county")
    return in_state(state.code, "declared_state")


def _is_city_abroad(head: str, state: State) -> bool:
    """Whether an unknown head is abroad: the code is then another country's (`Toronto, CA`).

    A state written out is believed over one word that is a city abroad, but for Georgia.
    """
    if state.how == "name" and state.code != "GA" and " " not in head:
        return False
    return foreign.is_city(head) or foreign.is_land(head) or foreign.are_cities(head)


def _is_doubtful(head: str, state: State, has_comma: bool) -> bool:
    """Whether the head names another state, or makes a town of another with this one's name."""
    words = head.split()
    telling = (
        words if len(words) == 1 else {words[0], words[-1]} - {word.lower() for word in WORDS}
    )
    others = [other for word in telling if (other := read_state(word))]
    tail = read_tail(head)
    if tail and tail[1].how == "name":
        others.append(tail[1])
    if any(other.code != state.code for other in others):
        return True
    return not has_comma and is_some_town(f"{head} {load_states()[state.code]}")


def _state_alone(state: State, written: str, is_whole: bool) -> Found | None:
    """A string that is only a state. `Washington` may be the capital, and `OK` a word."""
    if state.how == "name":
        is_unclear = key(written) == "washington"
        return None if is_unclear else in_state(state.code, "declared_state")
    is_unclear = state.how == "word" or is_risky(state, written.lower())
    if not is_whole or (is_unclear and state.code != "DC"):
        return None
    return in_state(state.code, "declared_state")
