"""Know regions from towns: `western Kansas` and `the Delta` are no county.

A direction beside a state gives the state and no more; so does a region that lies in one
state. A direction that is part of a name (`South Bend`, `West Virginia`) is for the callers to
see first: they look the whole name up before they ask here.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from classifiers.place.names import key
from classifiers.place.words import load_words

FILE = Path(__file__).parent / "regions.toml"


@cache
def load_regions() -> dict[str, str]:
    """State, 5-digit county code, or `""` for no single state, by folded region name."""
    with FILE.open("rb") as file:
        lists = tomllib.load(file)
    found = dict.fromkeys(map(key, lists["none"]["names"]), "")
    for kind in ("states", "counties"):
        found |= {key(name): code for code, names in lists[kind].items() for name in names}
    return found


def read_region(folded: str) -> str | None:
    """The state or county a region is, `""` when it is in several states, None when unknown."""
    return load_regions().get(folded)


def is_direction(folded: str) -> bool:
    """Whether a key is directions, perhaps with joining words (`el norte de`, `rural`)."""
    words, directions = set(folded.split()), load_words("directions")
    return not words.isdisjoint(directions) and words <= directions | load_words("joining")
