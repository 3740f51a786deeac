"""Make any text fit to be set: no control signs, no letter the font lacks, no endless word.

Names come from outside. A sign that turns the direction of writing could make a name read as
another, a letter without a glyph would print as nothing, and a word without an end would run
off the paper. So signs of control go, a missing letter is shown to be missing, and a long word
may be broken. The text stays text: nothing in it is ever read as markup.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

HELD = (
    (0x20, 0x7E),  # English
    (0xA0, 0xAC),
    (0xAE, 0x17E),  # the other languages of Europe; 0xAD is the soft hyphen
    (0x218, 0x21B),
    (0x2BB, 0x2BC),  # the marks of Hawaiian and Navajo names
    (0x1EA0, 0x1EF9),
    (0x2012, 0x2015),  # dashes, quotation marks, bullets
    (0x2018, 0x201A),
    (0x201C, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2122, 0x2122),
    (0x2212, 0x2212),
)
"""Ranges of letters of which the font has every one: a test sets them all."""

MISSING = "?"
BREAK_HERE = "\N{ZERO WIDTH SPACE}"
LONGEST_WORD = 40

_ENDLESS = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")


def legible(data: Any) -> Any:  # noqa: ANN401 - plain data of any shape, returned in that shape
    """The same data with every string in it fit to be set; tuples become lists, as in JSON."""
    if isinstance(data, str):
        return fit(data)
    if isinstance(data, dict):
        return {key: legible(value) for key, value in data.items()}
    return [legible(item) for item in data] if isinstance(data, list | tuple) else data


@cache
def fit(text: str) -> str:
    """`text` with nothing in it that paper cannot show."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    shown = " ".join("".join(map(_shown, spaced)).split())
    return _ENDLESS.sub(lambda run: f"{run[0]}{BREAK_HERE}", shown)


@cache
def _shown(letter: str) -> str:
    """The letter itself, nothing for a sign of control, or `MISSING`."""
    if any(first <= ord(letter) <= last for first, last in HELD):
        return letter
    return "" if unicodedata.category(letter).startswith("C") else MISSING
