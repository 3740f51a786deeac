"""Write a post so that people still read it and filters should not."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_WORD = re.compile(r"[^\W\d_]{4,}")
_LOOKALIKES = str.maketrans("aeopcxi", "аеорсхі")
_LEET = str.maketrans("aeios", "43105")
_SMALL_BOLD = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz", "".join(chr(0x1D41A + letter) for letter in range(26))
)
_WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}
_MARKS = "\u0301\u0323\u0336\u0489\u035c"

Form = Callable[[str, random.Random], str]


def _every_word(change: Callable[[str, random.Random], str]) -> Form:
    """Change the words of four letters and more, and nothing else."""

    def form(text: str, chance: random.Random) -> str:
        return _WORD.sub(lambda word: change(word.group(), chance), text)

    return form


def _between(sign: str) -> Form:
    return _every_word(lambda word, _: sign.join(word))


def _lookalikes(word: str, chance: random.Random) -> str:
    """About one letter in two of those that have a look-alike."""
    return "".join(c.translate(_LOOKALIKES) if chance.random() < 0.5 else c for c in word)


def _marked(word: str, chance: random.Random) -> str:
    return "".join(c + "".join(chance.choices(_MARKS, k=3)) for c in word)


def _starred(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    return f"{word[:place]}*{word[place + 1 :]}"


FORMS: dict[str, Form] = {
    "zero-width spaces in words": _between("\u200b"),
    "soft hyphens in words": _between("\u00ad"),
    "joiners in words": _between("\u2060"),
    "left-to-right marks in words": _between("\u200e"),
    "text turned round and back": lambda text, _: f"\u202d{text}\u202c",
    "Cyrillic look-alikes": _every_word(_lookalikes),
    "full-width letters": lambda text, _: text.translate(_WIDE),
    "bold mathematical letters": lambda text, _: text.lower().translate(_SMALL_BOLD),
    "marks on every letter": _every_word(_marked),
    "capitals": lambda text, _: text.upper(),
    "digits for letters": _every_word(lambda word, _: word.translate(_LEET)),
    "a star in every word": _every_word(_starred),
    "spaced letters": _between(" "),
}
"""By name. The last three are undone by nobody but a reader."""
