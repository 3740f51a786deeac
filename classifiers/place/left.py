"""Know the places people have left: `moved from Casper`, `born in Butte`, `in Elko as a kid`.

A post is attached to the place it speaks of, and these posts speak of another.
"""

from __future__ import annotations

import re

AFTER = 45
"""Characters after a name in which it may turn out to be of the past."""

_LEFT = re.compile(
    r"(?:\bfrom(?: near| around| outside(?: of)?)?"
    r"|\b(?:mov|relocat)(?:ed|ing)(?: (?:here|up|down|over|out|back|away|to|in|near))*"
    r"|\b(?:left|leaving|fled|escaped)(?: (?:beautiful|sunny|home in|my home in))?"
    r"|\b(?:formerly|natives?|transplants?) of"
    r"|\b(?:mudé|mudamos|mudó|vengo|venimos|soy|somos|eres|es|son|era) (?:[a-z]+ )?de"
    r"|\b(?:born|raised|grew up|brought up|childhood|used to (?:live|work)|lived|homesteaded"
    r"|nací|nacimos|nació|crecí|crecimos|creció|vivía|vivíamos|viví)\b[^.!?\n]{0,20}"
    r"\b(?:in|en|near|around|outside(?: of)?|cerca de)) ?$",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"[^.!?\n]{0,20}?\b(?:before (?:we|i|she|he|they) (?:moved|left)|growing up|back in the"
    r"|as a (?:kid|child|boy|girl)|when i was (?:a|little|young|growing)|years ago"
    r"|de niñ[oa]|cuando era)\b",
    re.IGNORECASE,
)
_GUESSES = (
    "before",
    "growing",
    "back in",
    "as a",
    "when",
    "When",
    "years ago",
    "niñ",
    "cuando",
)


def is_left(before: str) -> bool:
    """Whether the words before a name, its preposition included, say that it is in the past."""
    return bool(_LEFT.search(before))


def is_past(text: str, end: int) -> bool:
    """Whether the words after a name, which ends at `end`, say so."""
    after = text[end : end + AFTER]
    return any(guess in after for guess in _GUESSES) and bool(_PAST.match(after))
