"""Decide whether a Bluesky post is worth keeping: health or a place, in English or Spanish.

The gate is wide on purpose: what matters is decided later, by the tagger. It asks the cheap
question first. Bluesky's own language tags are not read, since they are often wrong.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from classifiers.language import detect
from classifiers.place.mentions import find_mention
from classifiers.place.patterns import exactly

FILE = Path(__file__).with_name("health_stems.toml")
LANGUAGES = frozenset({"en", "es"})

_FOLDED = str.maketrans("áàâäéèêëíìîïóòôöúùûüñç’", "aaaaeeeeiiiioooouuuunc'")


def is_wanted(text: str) -> bool:
    """Whether a text speaks of health or names a US place, and is English or Spanish."""
    if not is_of_health(text) and not names_place(text):
        return False
    return detect([text])[0] in LANGUAGES


def is_of_health(text: str) -> bool:
    """Whether a text holds a word of the health lexicon, in any case, accents or none."""
    folded = text.lower()
    if not folded.isascii():
        folded = folded.translate(_FOLDED)
    return health_expression().search(folded) is not None


def names_place(text: str) -> bool:
    """Whether a text names a county, a town with its state, or something in a US state."""
    place = find_mention(text)
    return place is not None and place.state is not None


@cache
def health_expression() -> re.Pattern[str]:
    """The lexicon as one expression over folded text."""
    with FILE.open("rb") as file:
        lists = tomllib.load(file)
    signs = "".join(lists.pop("signs"))
    entries = {entry for entries in lists.values() for entry in entries}
    stems = [entry.removesuffix("*") for entry in entries if entry.endswith("*")]
    words = [entry for entry in entries if not entry.endswith("*")]
    return re.compile(
        rf"(?<![a-z0-9])(?:{exactly(words)}(?![a-z0-9])|{exactly(stems)})|[{signs}]"
    )
