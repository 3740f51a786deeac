"""Fold place names, so that one place written many ways has one key.

`St. Paul`, `SAINT PAUL` and `saint-paul` all become `st paul`. A key is for look-up only;
what readers see is the name as the gazetteer writes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_DROPPED = re.compile(r"['’‘`´ʻʼ.]")
_OTHER = re.compile(r"[^a-z0-9]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz "
_SAME = {
    "saint": "st",
    "sainte": "ste",
    "fort": "ft",
    "mount": "mt",
    "twp": "township",
    "hts": "heights",
    "bch": "beach",
    "spgs": "springs",
    "jct": "junction",
    "ctr": "center",
    "centre": "center",
    "vlg": "village",
    "cnty": "county",
}
_INITIALS = {"n": "north", "s": "south", "e": "east", "w": "west", "no": "north", "so": "south"}


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """The look-up key of a name: small letters, no accents or marks, short forms folded."""
    plain = name.lower() if name.isascii() else _plain(name)
    words = _OTHER.sub(" ", _DROPPED.sub("", plain)).split()
    return " ".join([_SAME.get(word, word) for word in words])


def spell_out_initial(folded: str) -> str:
    """`w palm beach` as `west palm beach`: a compass letter at the start of a key."""
    first, _, rest = folded.partition(" ")
    return f"{_INITIALS[first]} {rest}" if rest and first in _INITIALS else folded


def one_slip_away(folded: str) -> Iterator[str]:
    """Every key one typing slip from this one; the first letter is taken as right.

    A slip is a letter or space left out, added, changed, or swapped with its neighbour.
    """
    for at in range(1, len(folded) + 1):
        before, after = folded[:at], folded[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _plain(name: str) -> str:
    spread = unicodedata.normalize("NFKD", name.lower())
    return "".join(char for char in spread if not unicodedata.combining(char))
