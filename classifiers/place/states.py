"""Read the states: every way of writing one, and how far each way can be trusted.

Half the postal codes are words (`in`, `or`, `me`, `hi`, `ok`) or degrees (`MD`, `PA`), so a
code counts for less than a name: callers ask `is_risky` before they take one on its own.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from classifiers.place.names import key, one_slip_away
from warehouse.reference import load_states

FILE = Path(__file__).parent / "states.toml"

WORDS = frozenset(
    ["AL", "CO", "DE", "HI", "ID", "IN", "LA", "MA", "ME", "MO", "OH", "OK", "OR", "PA"]
)
"""Codes that are words or interjections in English or Spanish when written small."""

DEGREES = frozenset(["MD", "PA", "MA", "DC", "ND", "MS", "CA", "DE", "LA"])
"""Codes that follow people's names as a degree, or are a country or a Spanish article."""

LONGEST = 4
"""Words in the longest way to write a state (`washington district of columbia`)."""


class State(NamedTuple):
    """One way of writing a state: its postal code, and what kind of writing it was.

    how  `name` (Wyoming, Nuevo México), `code` (WY), `short` (Wyo.), `word` (Miss.), and in
         running text `loose` (`, wy`)
    """

    code: str
    how: str


@cache
def load_writings() -> dict[str, State]:
    """Every way of writing a state, by its folded key. Do not change it."""
    with FILE.open("rb") as file:
        ways = tomllib.load(file)
    found: dict[str, State] = {}
    for code, name in load_states().items():
        found |= {word: State(code, "word") for word in ways[code].get("word", [])}
        found |= {short: State(code, "short") for short in ways[code].get("short", [])}
        found |= {key(other): State(code, "name") for other in ways[code].get("other", [])}
        found[key(name)] = State(code, "name")
        found[f"state of {key(name)}"] = found[f"estado de {key(name)}"] = State(code, "name")
        found[code.lower()] = State(code, "code")
    return found


@cache
def load_names() -> dict[str, str]:
    """Postal code by the folded name of each state, for mending misspelled ones."""
    return {key(name): code for code, name in load_states().items()}


def read_state(folded: str) -> State | None:
    """The state a whole key stands for, or None."""
    return load_writings().get(folded)


def read_tail(folded: str) -> tuple[str, State] | None:
    """The rest of a key and the state it ends with (`canton ga` → `canton`, GA), or None.

    The longest ending wins: `western north carolina` ends with North Carolina.
    """
    words = folded.split()
    for length in range(min(LONGEST, len(words)), 0, -1):
        state = load_writings().get(" ".join(words[-length:]))
        if state:
            return " ".join(words[:-length]), state
    return None


def mend_state(folded: str) -> State | None:
    """The one state whose name is a typing slip away (`illinios`), or None."""
    if len(folded) < 6:
        return None
    codes = _slips().get(folded, frozenset())
    return State(min(codes), "name") if len(codes) == 1 else None


@cache
def _slips() -> dict[str, frozenset[str]]:
    """The states that each misspelling may mean; slips work both ways."""
    found: dict[str, frozenset[str]] = {}
    for name, code in load_names().items():
        for slip in (name, *one_slip_away(name)):
            found[slip] = found.get(slip, frozenset()) | {code}
    return found


def is_risky(state: State, written: str) -> bool:
    """Whether this writing may be a word or a degree and needs a known town before it."""
    if state.how != "code":
        return state.how == "word"
    return state.code in DEGREES or (state.code in WORDS and not written.isupper())
