"""Find places named in running text: `in Casper, WY`, `Natrona County`, `western Kansas`.

A state is looked for first, with one compiled expression; only where one stands is the text
before it read. Without a state in the text, a county or town counts only when the state is known
from elsewhere. Precision comes first: a name someone moved away from, a doctor's `MD`, a town that
runs on into another name (`Lincoln Park`) are all left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from classifiers.place import directional, foreign, gazetteer
from classifiers.place.found import Found, agree, in_state, in_town
from classifiers.place.names import key
from classifiers.place.states import DEGREES, State, load_writings, read_state
from warehouse.reference import load_states

MAX_TEXT = 5_000
"""Characters of a text that are read."""

BEFORE = 48
"""Characters before a state that may hold the name of its town."""

_CAPITAL = r"[A-ZÁÉÍÓÚÑ][\w'’.-]*"
_NAME = rf"{_CAPITAL}(?:[ -](?:(?:of|de|del|la|las|los|the|du|in) )?{_CAPITAL}){{0,3}}"
_BEFORE_STATE = re.compile(rf"(?<![\w@#/])({_NAME})(,)? ?$")
_LOW_BEFORE_STATE = re.compile(r"(?<![\w@#/])((?:[a-zñáéíóú.'-]+ ){0,2}[a-zñáéíóú.'-]+), ?$")
_LEFT = re.compile(
    r"(?:\b(?:moved|moving|move|came|come|fled|escaped|originally|relocated|transferred|left|leaving"
    r"|mudé|mude|mudamos|vine|vengo|soy|somos)\b[^.!?\n]{0,16}?|\b(?:from|de)\b"
    r"|\b(?:born|raised|grew up|used to live|lived|nací|naci|crecí|creci|vivía|vivia)\b[^.!?\n]{0,20}?"
    r"\b(?:in|en)) ?$",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?:\b(?:in|across|throughout|around|near|of|for|en|por|de)|[.!?:(]|^) ?(?:rural )?$",
    re.IGNORECASE,
)
_COUNTY = re.compile(rf"(?<![\w@#/])({_NAME}) (County|Parish|Borough)\b(?! (?:FC|Cork|Sheriff s))")
_CONDADO = re.compile(rf"\b[Cc]ondado de ({_NAME})")
_TOWN = re.compile(
    rf"\b(?:[Ii]n|[Nn]ear|[Aa]round|[Oo]utside(?: of)?|[Ee]n|[Cc]erca de) ({_NAME})"
    rf"(?=[\s,.;:!?)]|$)(?! [A-Z])(?!,? (?:[A-Z]{{2}}\b|[A-Z][a-z]))"
)


@cache
def state_expression() -> re.Pattern[str]:
    """One expression that finds every state worth a look: names in any case, codes in capitals."""
    names = [way for way, state in load_writings().items() if state.how == "name"]
    shorts = [way for way, state in load_writings().items() if state.how in ("short", "word")]
    spaced = "|".join(_loose(name) for name in sorted(names, key=len, reverse=True))
    clipped = "|".join(_loose(short) for short in sorted(shorts, key=len, reverse=True))
    codes = "|".join(code for code in load_states())
    return re.compile(
        rf"(?<=[\s,(])(?:((?i:{spaced}))|({codes}|[A-Z]\.[A-Z]\.)|((?i:{clipped}))\.)(?![\w'’@-])"
    )


def find_mention(text: str, home: str | None = None) -> Found | None:
    """The place a text names, or None. `home` is the state known from elsewhere, or None.

    Names with their state come first. Of several, those inside `home` win; else all must agree.
    """
    text = text[:MAX_TEXT]
    named = list(_with_state(text))
    towns = [place for place in named if place.kind != "mention_state"]
    at_home = [place for place in towns if place.state == home]
    if at_home or towns:
        return agree(at_home or towns)
    if home:
        return agree(list(_with_home(text, home)))
    return agree([*_lone_counties(text), *named])


def _with_state(text: str) -> Iterator[Found]:
    """Every county, town or state that a text names with its state."""
    for match in state_expression().finditer(text):
        name, code, short = match.groups()
        state = read_state(key(name or code or short))
        if state is None:
            continue
        before = text[max(0, match.start() - BEFORE) : match.start()]
        place = _before_state(before, state) if name or code else None
        if place is None and short:
            place = _before_state(before, state._replace(how="code"))
        if place is None and name:
            place = _state_named(before, name, state.code)
        if place:
            yield place


def _before_state(before: str, state: State) -> Found | None:
    """The town or county that the words before a state name, or None."""
    match = _BEFORE_STATE.search(before)
    if not match:
        return _low_before_state(before, state)
    name, comma = match.groups()
    left = before[: match.start()]
    if _LEFT.search(left):
        return None
    words = name.split()
    for first in range(len(words)):
        if first and state.how == "code" and (not comma or state.code in DEGREES):
            return None
        place = _in_state_named(" ".join(words[first:]), state.code)
        if place:
            return place
    return None


def _low_before_state(before: str, state: State) -> Found | None:
    """The same in small letters (`casper, wyoming`): a comma, and a state written out."""
    match = _LOW_BEFORE_STATE.search(before)
    if not match or state.how != "name":
        return None
    words = match[1].split()
    for first in range(len(words)):
        left = before[: match.start()] + " ".join(words[:first])
        place = _in_state_named(" ".join(words[first:]), state.code)
        if place:
            return None if _LEFT.search(left) else place
    return None


def _in_state_named(name: str, state: str) -> Found | None:
    folded = key(name)
    if directional.is_direction(folded):
        return in_state(state, "mention_state", f"{folded.title()} {load_states()[state]}")
    county = gazetteer.find_county(folded, state)
    if county:
        return in_town(county, "mention_county_state")
    town = gazetteer.find_town(folded, state)
    return in_town(town, "mention_town_state") if town else None


def _state_named(before: str, written: str, state: str) -> Found | None:
    """A state on its own, where the words before it say that something is there."""
    if state == "WA" and key(written) == "washington":
        return None
    words = before.split()[-3:]
    for length in range(1, len(words) + 1):
        if directional.is_direction(key(" ".join(words[-length:]))) and length == 1:
            return in_state(state, "mention_state")
    return in_state(state, "mention_state") if _INSIDE.search(before) else None
