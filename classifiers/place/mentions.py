"""Find places named in running text: `in Casper, WY`, `Natrona County`, `western Kansas`.

One compiled expression looks for states; only where one stands is the text before it read. With
no state in the text, a county or town counts only when the state is known from elsewhere.
Precision comes first: a name that someone moved from, a doctor's `MD` and a town that runs on
into another name (`Lincoln Park`) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from classifiers.place import directional, gazetteer
from classifiers.place.found import Found, agree, in_state, in_town
from classifiers.place.known_state import places_in
from classifiers.place.names import key
from classifiers.place.patterns import any_case, exactly
from classifiers.place.states import DEGREES, WORDS, State, load_writings, read_state
from classifiers.place.words import load_words
from warehouse.reference import load_states

MAX_TEXT = 5_000
"""Characters of a text that are read."""

BEFORE = 60
"""Characters before a state that may hold the name of its town."""

LONGEST_LINK = 30
"""Characters after a state in which the next one of a list begins."""

MIN_POP_NO_COMMA = 5_000
"""A town with no comma before its state must be of this size (`Lake Michigan` is no town)."""

CAPITAL = r"(?:d['’])?[A-ZÁÉÍÓÚÑ][\w'’.]*(?:-[a-záéíóúñ][\w'’.]*)*"
NAME = rf"{CAPITAL}(?:[ -](?:(?:of|de|del|la|las|los|the|du) )?{CAPITAL}){{0,3}}"
"""A name as people write it: one to four capitalised words, small words between them."""

_BEFORE_STATE = re.compile(rf"(?<![\w@#/])({NAME})(,)? ?$")
_SMALL_BEFORE_STATE = re.compile(r"(?<![\w@#/.])((?:[a-z'-]+ ){0,2}[a-z'-]+), ?$")
_LEFT = re.compile(
    r"(?:\bfrom|\b(?:moved|moving|fled|escaped|left|leaving|mudé|vengo|soy|somos)\b[^.!?\n]{0,16}"
    r"|\b(?:born|raised|grew up|used to live|lived|nací|crecí|vivía)\b[^.!?\n]{0,20}"
    r"\b(?:in|en)) ?$",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"\b(?:in|across|throughout|around|en) (?:rural )?$", re.IGNORECASE)
_COMPASS = re.compile(
    r"\b(?:(?:north|south)?(?:east|west)(?:ern)?|(?:north|south)(?:ern)?|central|upstate"
    r"|downstate|rural|coastal|parts? of"
    r"|(?:norte|sur|este|oeste|noreste|noroeste|sureste|suroeste) de) $",
    re.IGNORECASE,
)
_LINK = re.compile(r",? ?(?:(?:and|or|y|o) |& ?)?", re.IGNORECASE)
_RUNS_ON = re.compile(r" [A-Z][a-z]")


@cache
def state_expression() -> re.Pattern[str]:
    """Every state worth a look: names in any case, codes in capitals, `Wyo.` with its stop."""
    clipped = [way for way, state in load_writings().items() if state.how in ("short", "word")]
    codes = [
        *load_states(),
        "D.C.",
        "N.C.",
        "N.D.",
        "N.H.",
        "N.J.",
        "N.M.",
        "N.Y.",
        "R.I.",
        "S.C.",
        "S.D.",
    ]
    return re.compile(
        rf"[\s,(](?:({any_case(_names())})|({exactly(codes)})|({any_case(clipped)})\.)"
        r"(?![\w'’@-])"
    )


def _names() -> list[str]:
    """The names of states that texts are searched for; `DC` is one of the codes."""
    writings = load_writings().items()
    return [
        way
        for way, state in writings
        if state.how == "name"
        and state.code != "DC"
        and not way.startswith(("state of", "estado"))
    ]


def find_mention(text: str, home: str | None = None) -> Found | None:
    """The place a text names, or None. `home` is the state known from elsewhere, or None.

    Names with their state come first. Of several, those inside `home` win; else all must agree.
    """
    text = f" {text[:MAX_TEXT]}"
    named = list(_with_state(text))
    towns = [place for place in named if place.kind != "mention_state"]
    if towns:
        return agree([place for place in towns if place.state == home] or towns)
    return agree(list(places_in(text, home)) or ([] if home else named))


def _with_state(text: str) -> Iterator[Found]:
    """Every town or county named with its state, and every state something is said to be in."""
    for match in state_expression().finditer(text):
        name = match[1]
        state = read_state(key(match[0]))
        start = match.start() + 1
        before = text[max(0, start - BEFORE) : start]
        if state is None or _LEFT.search(before):
            continue
        place = _before_state(before, state._replace(how="name" if name else "code"))
        if place is None and name and not _goes_on(text, match.end()):
            place = _state_alone(before, state.code, key(name))
        if place:
            yield place


def _goes_on(text: str, end: int) -> bool:
    """Whether a state runs on into another name, or into a list of states."""
    following = state_expression().search(text, end, end + LONGEST_LINK)
    between = text[end : following.start() + 1] if following else "."
    return bool(_RUNS_ON.match(text, end) or _LINK.fullmatch(between))


def _before_state(before: str, state: State) -> Found | None:
    """The town or county that the words before a state name, or None."""
    match = _BEFORE_STATE.search(before)
    if match is None:
        return _small_before_state(before, state)
    name, comma = match.groups()
    words = name.split()
    while words and words[0].lower() in load_words("leads"):
        del words[0]
    if not words or words[0] == "From" or _LEFT.search(before[: match.start()]):
        return None
    if state.how == "code" and state.code in WORDS | DEGREES and (not comma or name.isupper()):
        return None
    other = read_state(key(name))
    if state.how == "name" and other and other.code != state.code:
        return None
    return _named_in(" ".join(words), state.code, 0 if comma else MIN_POP_NO_COMMA)


def _small_before_state(before: str, state: State) -> Found | None:
    """The same in small letters (`casper, wyoming`): needs a comma and the state in full."""
    match = _SMALL_BEFORE_STATE.search(before)
    if match is None or state.how != "name":
        return None
    words = match[1].split()
    for first in range(len(words)):
        place = _named_in(" ".join(words[first:]), state.code)
        if place:
            return None if _LEFT.search(" ".join(words[:first])) else place
    return None


def _named_in(name: str, state: str, min_pop: int = 0) -> Found | None:
    folded = key(name)
    if directional.is_direction(folded):
        return in_state(state, "mention_state", f"{folded.title()} {load_states()[state]}")
    county = gazetteer.find_county(folded, state)
    if county:
        return in_town(county, "mention_county_state")
    town = gazetteer.find_town(folded, state)
    return in_town(town, "mention_town_state") if town and town.pop >= min_pop else None


def _state_alone(before: str, state: str, written: str) -> Found | None:
    """A state on its own, where the word before it says that something is in it."""
    if _COMPASS.search(before):
        return in_state(state, "mention_state")
    is_unclear = written == "washington"
    return (
        in_state(state, "mention_state") if _INSIDE.search(before) and not is_unclear else None
    )
