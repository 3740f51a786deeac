"""Find the states written in running text: `Wyoming`, `WY`, `Wyo.`, `nuevo méxico`, `, wy`.

Most texts name no state, so most of the time goes to finding that out: names are looked for in
the text folded to small letters, and codes only where something has the looks of one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from classifiers.place.patterns import any_case, exactly
from classifiers.place.states import DEGREES, WORDS, load_writings
from warehouse.reference import load_states

LONGEST_LINK = 30
"""Characters after a state in which the next one of a list begins."""

DOTTED = (
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
    "W.Va.",
)
"""Codes of several letters as newspapers write them."""

CLIPPED = ("Ga", "Ia", "Ky", "La", "Md", "Mo", "Pa", "Va", "Vt")
"""Codes that newspapers write with a full stop; only after a comma."""

SPANISH = frozenset(["MI", "VA"])
"""Codes that are Spanish words when written small (`mi hermana`, `va mejor`)."""

MORE_THAN_STATES = frozenset(["CT", "MT"])
"""Codes that are a court and a mountain when not in capitals."""

_ACCENTS = (("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ñ", "n"))
_BLANKS = bytes(code if chr(code).isalnum() else 32 for code in range(256))
_LINK = re.compile(r",? ?(?:(?:and|or|y|o) |& ?)?", re.IGNORECASE)


class Written(NamedTuple):
    """One state in a text, from `start` to `end`.

    how  `name`, `code` in capitals or `short` before a full stop, or `loose`: a code after a
         comma in any other way (`, Tx`, `, wy`, `, Mo.`)
    """

    start: int
    end: int
    how: str


def written_states(text: str) -> list[Written]:
    """Every state in a text, in its order; each stands after a blank, a comma or a bracket."""
    folded = _folded(text)
    found = [
        Written(match.start() + 1, match.end(), "name")
        for match in (_name_expression().finditer(folded) if _may_name(folded) else ())
    ]
    codes = [
        Written(match.start() + 1, match.end(), match.lastgroup or "code")
        for guess in _code_guess().finditer(text)
        if (match := state_expression(False).match(text, _before_code(guess)))
    ]
    return sorted(found + codes) if codes else found


def _before_code(guess: re.Match[str]) -> int:
    """Where the blank, comma or bracket before a guessed code stands."""
    return guess.start() + 1 if guess[0][0] == "," else max(0, guess.start() - 1)


def is_state_next(text: str, end: int) -> bool:
    """Whether a state follows at once, with or without a comma."""
    if text[end : end + 1] not in (",", " "):
        return False
    states = state_expression(True)
    return bool(states.match(text, end) or states.match(text, end + 1))


def begins_list(text: str, end: int) -> bool:
    """Whether the state that ends at `end` is one of several (`in Indiana, Ohio and`)."""
    following = state_expression(True).search(text, end, end + LONGEST_LINK)
    return bool(following and _LINK.fullmatch(text[end : following.start() + 1]))


@cache
def state_expression(has_names: bool) -> re.Pattern[str]:
    """Every state worth a look; without `has_names`, the names themselves are left out."""
    writings = load_writings().items()
    short = [way.capitalize() for way, state in writings if state.how in ("short", "word")]
    return re.compile(
        rf"[\s,(](?:(?P<name>{any_case(_names()) if has_names else '(?!)'})"
        rf"|(?=[A-Z])(?:(?P<code>{exactly([*load_states(), *DOTTED])})"
        rf"|(?P<short>{any_case(short)})\.)"
        rf"|(?<=, )(?P<loose>{_loose()}))(?![\w'’@-])"
    )


def _folded(text: str) -> str:
    """The text in small letters without accents, each character in its place."""
    if text.isascii():
        return text.lower()
    small = text.replace("İ", "I").lower()  # the one letter that two small ones stand for
    for accented, plain in _ACCENTS:
        small = small.replace(accented, plain)
    return small


def _may_name(folded: str) -> bool:
    """Whether the longest word of any name is there: sooner known than where a name stands."""
    if not folded.isascii():
        return True
    return not _longest_words().isdisjoint(folded.encode().translate(_BLANKS).split())


@cache
def _longest_words() -> frozenset[bytes]:
    names = (name.removesuffix(" state").split() for name in _names())
    return frozenset(max(words, key=len).encode() for words in names)


@cache
def _name_expression() -> re.Pattern[str]:
    names = exactly(_names()).replace(r"\ ", r"\.? ")
    return re.compile(rf"[\s,(](?:{names})(?![\w'’@-])")


@cache
def _code_guess() -> re.Pattern[str]:
    """What every code needs: a capital beside another or a stop, or a comma and the code."""
    return re.compile(rf"[A-Z,](?:(?<!,)(?:[A-Z.]|[a-z]{{2,5}}\.)| (?:{_loose()})(?![\w'’@-]))")


def _loose() -> str:
    """Codes after a comma, not in capitals (`, Tx`, `, wy`) or have a stop (`, Mo.`)."""
    risky = WORDS | DEGREES | SPANISH | MORE_THAN_STATES
    codes = [code for code in load_states() if code not in risky]
    small = exactly([*map(str.lower, codes), *map(str.capitalize, codes)])
    return rf"{small}|(?:{exactly(CLIPPED)})(?=\.)"


def _names() -> list[str]:
    """The names of states that texts are searched for; `DC` is one of the codes."""
    return [
        way
        for way, state in load_writings().items()
        if state.how == "name"
        and state.code != "DC"
        and not way.startswith(("state of", "estado"))
    ]
