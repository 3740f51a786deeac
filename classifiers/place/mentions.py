"""Find places named in running text: `in Casper, WY`, `Natrona County`, `western Kansas`.

One compiled expression looks for states; only where one stands is the text before it read. With
no state in the text, a county or town counts only when the state is known from elsewhere.
Precision comes first: a name that someone moved from, a doctor's `MD` and a town that runs on
into another name (`Lincoln Park`) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifiers.place import directional, foreign, gazetteer
from classifiers.place.found import Found, agree, in_state, in_town
from classifiers.place.known_state import places_in
from classifiers.place.left import is_left, is_past
from classifiers.place.names import key
from classifiers.place.states import DEGREES, WORDS, State, read_state
from classifiers.place.words import load_words
from classifiers.place.written_states import begins_list, written_states
from warehouse.reference import load_states

MAX_TEXT = 5_000
"""Characters of a text that are read."""

BEFORE = 60
"""Characters before a state that may hold the name of its town."""

MIN_POP_NO_COMMA = 5_000
"""A town with no comma before its state must be of this size (`Lake Michigan` is no town)."""

CAPITAL = r"(?:d['’])?[A-ZÁÉÍÓÚÑ][\w'’.]*(?:-[a-záéíóúñ][\w'’.]*)*"
NAME = rf"{CAPITAL}(?:[ -](?:(?:of|de|del|la|las|los|the|du) )?{CAPITAL}){{0,3}}"
"""A name as people write it: one to four capitalised words, small words between them."""

_BEFORE_STATE = re.compile(rf"(?<![\w@#/])({NAME})(,)? ?$")
_SMALL_BEFORE_STATE = re.compile(r"(?<![\w@#/.])((?:[a-z'-]+ ){0,2}[a-z'-]+), ?$")
_INSIDE = re.compile(r"\b(?:in|across|throughout|around|en) (?:rural )?$", re.IGNORECASE)
_COMPASS = re.compile(
    r"\b(?:(?:north|south)?(?:east|west)(?:ern)?|(?:north|south)(?:ern)?|central|upstate"
    r"|downstate|rural|coastal|parts? of"
    r"|(?:norte|sur|este|oeste|noreste|noroeste|sureste|suroeste) de) $",
    re.IGNORECASE,
)
_RUNS_ON = re.compile(r" [A-Z][a-z]")


def find_mention(text: str, home: str | None = None) -> Found | None:
    """The place a text names, or None. `home` is the state known from elsewhere, or None.

    Names inside `home` come first, with their state or without; then names with their state.
    Several that count must agree.
    """
    text = f" {text[:MAX_TEXT]}"
    named = list(_with_state(text))
    towns = [place for place in named if place.kind != "mention_state"]
    inside = [place for place in towns if place.state == home]
    inside += places_in(text, home) if home or not towns else ()
    return agree(inside or towns or ([] if home else named))


def _with_state(text: str) -> Iterator[Found]:
    """Every town or county named with its state, and every state something is said to be in."""
    for start, end, how in written_states(text):
        state = read_state(key(text[start:end]))
        if state is None:
            continue
        before = text[max(0, start - BEFORE) : start]
        runs_on = bool(_RUNS_ON.match(text, end))
        place = _before_state(before, state._replace(how=how), runs_on)
        if place is None and how == "name" and not runs_on and not begins_list(text, end):
            place = _state_alone(before, state.code, key(text[start:end]))
        if place and not is_left(before) and not is_past(text, end):
            yield place


def _before_state(before: str, state: State, runs_on: bool) -> Found | None:
    """The town or county that the words before a state name, or None.

    With no comma between them, a state that runs on into another name is part of that name
    (`Dallas Texas Rangers`).
    """
    match = _BEFORE_STATE.search(before) if _ends_in_capitals(before) else None
    if match is None:
        return _small_before_state(before, state)
    name, comma = match.groups()
    words = name.split()
    while words and words[0].lower() in load_words("leads"):
        del words[0]
    if not words or words[0] == "From" or is_left(before[: match.start()]):
        return None
    is_joined = not comma and (runs_on or state.how == "loose")
    if is_joined and not directional.is_direction(key(name)):
        return None
    if state.how != "name" and state.code in WORDS | DEGREES and (not comma or name.isupper()):
        return None
    if _is_another(name, before[: match.start()], state):
        return None
    return _named_in(" ".join(words), state.code, 0 if comma else MIN_POP_NO_COMMA)


def _ends_in_capitals(before: str) -> bool:
    """Whether the last word may end a name; to look further back takes long."""
    last = before.rstrip(" ,").rpartition(" ")[2].lstrip("([{\"“'‘*_-")
    return last[:1].isupper() or last[1:2] in ("'", "’")


def _is_another(name: str, before: str, state: State) -> bool:
    """Whether the name is a state, or a province after its town (`York, Ontario, CA`)."""
    other = read_state(key(name))
    if state.how == "name" and other and other.code != state.code:
        return True
    return before.endswith(", ") and foreign.is_land(key(name))


def _small_before_state(before: str, state: State) -> Found | None:
    """The same in small letters (`casper, wyoming`; `casper, wy`): needs its comma."""
    has_comma = state.how in ("name", "loose") and before.rstrip(" ").endswith(",")
    match = _SMALL_BEFORE_STATE.search(before) if has_comma else None
    if match is None:
        return None
    words = match[1].split()
    for first in range(len(words)):
        place = _named_in(" ".join(words[first:]), state.code)
        if place:
            return None if is_left(" ".join(words[:first]) + " ") else place
    return None


def _named_in(name: str, state: str, min_pop: int = 0) -> Found | None:
    folded = key(name)
    if directional.is_direction(folded):
        return in_state(state, "mention_state", f"{folded.title()} {load_states()[state]}")
    if directional.read_region(folded) == state:
        return in_state(state, "mention_state", f"{folded.title()}, {state}")
    county = gazetteer.find_county(folded, state)
    if county:
        return in_town(county, "mention_county_state")
    town = gazetteer.find_town(folded, state)
    return in_town(town, "mention_town_state") if town and town.pop >= min_pop else None


def _state_alone(before: str, state: str, written: str) -> Found | None:
    """A state on its own, where the word before it says that something is in it.

    The list of words is only there to save time: most states have none of them before.
    """
    last = before.rstrip(" ").rpartition(" ")[2].lower()
    if last not in load_words("before_states"):
        return None
    if _COMPASS.search(before):
        return in_state(state, "mention_state")
    is_unclear = written == "washington"
    return (
        in_state(state, "mention_state") if _INSIDE.search(before) and not is_unclear else None
    )
