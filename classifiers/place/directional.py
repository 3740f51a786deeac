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

FILE = Path(__file__).parent / "regions.toml"

_DIRECTIONS = frozenset(
    """
    north south east west northern southern eastern western northeast northwest southeast
    southwest northeastern northwestern southeastern southwestern ne nw se sw n s e w central
    upstate downstate outstate upper lower middle mid inland coastal rural far deep interior
    panhandle delta coast shore mountains plains peninsula backwoods countryside suburban
    suburbs statewide metro greater tierwest tidewater piedmont highlands badlands valley
    norte sur este oeste noreste noroeste sureste suroeste nororiente oriente occidente centro
    oriental occidental septentrional meridional norteno zona region area corner somewhere
    nowhere beautiful sunny great rainy snowy cold hot small town farm country boonies middle
    """.split()
)

_JOINING = frozenset(
    """
    of in the a an part parts state de del el la los las en al lo and y side end hills my
    up down out near around just over here from living lives live born raised based located
    """.split()
)


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
    """Whether a key is nothing but directions and joining words (`el norte de`, `rural`)."""
    words = folded.split()
    return bool(words) and all(word in _DIRECTIONS or word in _JOINING for word in words)
