"""Spot places abroad before anything is placed: `Ontario`, `London UK`, `Vancouver B.C.`.

A name abroad that is also an American town counts as American only with its state beside it
(`Paris, TX`, `Ontario, CA`), which the callers look up first. `Georgia` is never a marker by
itself: here it is the state, unless something else in the string is foreign.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import tomllib
from functools import cache
from pathlib import Path

from classifiers.place.names import key

FOLDER = Path(__file__).parent
CITY_POP = 50_000
"""A city abroad of this size is a marker of a foreign string."""

LONGEST = 5
"""Words in the longest name looked for at the end of a string."""

_WORDS = re.compile(r"[,(]? ?(?:[\w.'’-]+ ?){1,5}")
_CODE = re.compile(r",? \(?(?:[A-Z]{2,3}\b|[A-Z]\. ?[A-Z]\.)")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_OUR_FLAG = "\U0001f1fa\U0001f1f8"


@cache
def load_cities() -> frozenset[str]:
    """Folded names of cities abroad, of 50,000 people or more."""
    return frozenset(name for name, kind in _table() if kind == "city")


@cache
def load_lands() -> frozenset[str]:
    """Folded names of countries, provinces and regions abroad, and our own territories."""
    return load_regions() | {name for name, kind in _table() if kind == "country"}


@cache
def load_regions() -> frozenset[str]:
    """Those of our own list: provinces, regions, territories."""
    with (FOLDER / "foreign.toml").open("rb") as file:
        lists = tomllib.load(file)
    del lists["codes"]
    return frozenset(name.strip() for names in lists.values() for name in names.split(","))


@cache
def load_codes() -> frozenset[str]:
    """Short codes of provinces and countries, which mark only as a part of their own."""
    with (FOLDER / "foreign.toml").open("rb") as file:
        return frozenset(code.strip() for code in tomllib.load(file)["codes"].split(","))


def is_land(folded: str) -> bool:
    """Whether a whole key is a country or region abroad."""
    return folded in load_lands()


def is_city(folded: str) -> bool:
    """Whether a whole key is a city abroad; many are towns here too."""
    return folded in load_cities()


def are_cities(folded: str) -> bool:
    """Whether a key is several cities abroad in a row (`london paris`)."""
    words = folded.split()
    return len(words) > 1 and all(word in load_cities() for word in words)


def ends_abroad(folded: str) -> int:
    """Words in the longest land a key ends with (`toronto canada` → 1), or 0."""
    words = folded.split()
    for length in range(min(LONGEST, len(words)), 0, -1):
        if " ".join(words[-length:]) in load_lands():
            return length
    return 0


def begins_abroad(written: str) -> bool:
    """Whether a text goes on with a land or the code of one (`, canada and`, ` BC is`)."""
    coded = _CODE.match(written)
    if coded and key(coded[0]) in load_codes():
        return True
    return any(start in load_lands() for start in _starts(written))


def goes_on_abroad(written: str, name: str) -> bool:
    """Whether a text that begins with `name` begins with a longer city abroad's."""
    own = len(key(name).split())
    return any(start in load_cities() for start in _starts(written)[own:])


def is_coded_abroad(folded: str) -> bool:
    """Whether a key is a city abroad with the code of its province or country after it."""
    head, _, code = folded.rpartition(" ")
    return code in load_codes() and (is_city(head) or is_land(head))


def flies_abroad(text: str) -> bool:
    """Whether a string shows flags, and none of them ours."""
    flags = _FLAG.findall(text)
    return bool(flags) and _OUR_FLAG not in flags


def _starts(written: str) -> list[str]:
    """Keys of the first word of a text, of its first two words, and so on."""
    given = _WORDS.match(written)
    words = key(given[0]).split() if given else []
    return [" ".join(words[:length]) for length in range(1, len(words) + 1)]


@cache
def _table() -> tuple[tuple[str, str], ...]:
    data = gzip.decompress((FOLDER / "abroad.csv.gz").read_bytes()).decode()
    rows = csv.reader(io.StringIO(data))
    next(rows)
    return tuple((name, kind) for name, kind in rows)
