"""Make inputs that nobody should send: by kind, from a seed, the same on every machine.

Posts come from strangers. Some are broken by software on the way, some are made to slip past
filters, and some to stop whoever reads them. Claims of our own wording stand among the noise,
so that such posts pass the wide gate and reach the encoders.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from classifiers.encoder.encoder import MAX_PIECES
from classifiers.linear.windows import WINDOW
from warehouse.records import MAX_TEXT

SEED = 20261122
HEAVY_FROM, HEAVY_EVERY = 100, 1000
"""From the hundredth input each heavy kind comes once, and then one input in a thousand."""

TEN_MB = 10_000_000
MENTIONS_N = 100_000

CLAIMS = (
    "vaccines cause autism and they know it",
    "raw milk cured her asthma",
    "fluoride in the water makes kids slow",
    "la vacuna te deja estéril",
    "el cloro mata el cáncer",
    "ivermectin beats any flu shot",
    "those 5G towers make us sick",
    "don't let the doctor near my baby",
)
_WORDS = " ".join(CLAIMS).split()
_SPACES = " \t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2003\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
_EMOJI = ("😀", "🤡", "💉", "👩🏽‍⚕️", "👨‍👩‍👧‍👦", "🇺🇸", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "1️⃣", "🫠")
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2063\ufe0f\ufeff"
_LOOKALIKES = {"a": "аα", "c": "сϲ", "e": "еε", "i": "іι", "o": "оο", "p": "рρ", "x": "хχ"}
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
_RIGHT_TO_LEFT = ("لقاح", "آمن", "الأطباء", "يكذبون", "חיסון", "רופאים", "שקר", "مردم", "ٹیکا")
_SCRIPTS = ("вакцина", "εμβόλιο", "疫苗", "ワクチン", "백신", "วัคซีน", "टीका", "וירוס", "ክትባት")
_EXPANDING = "ﷺﷻ㍿㌀ﬃŉΐİßẞǰ℻№⑩㏒ſﬆ𝐯ⅷ½"
_POINTERS = (
    "@a",
    "@a.b@c",
    "u/abc",
    "a@b.co",
    "http://",
    "www.",
    "a.b.c/d",
    "1-800-",
    "+1 ",
    "555-0123 ",
)
_MARKUP = (
    "<script>",
    "</div>",
    "&amp;",
    "<!--",
    "]]>",
    "%s%n",
    "{0}",
    "${x}",
    "'; drop--",
    "\\u0000",
)

Maker = Callable[[random.Random], str]


class Hostile(NamedTuple):
    """One input and the kind it is of."""

    kind: str
    text: str


def hostile(count: int, seed: int = SEED) -> Iterator[Hostile]:
    """`count` inputs in turn."""
    return (numbered(number, seed) for number in range(count))


def numbered(number: int, seed: int = SEED) -> Hostile:
    """The input numbered so, from 0; the same whatever else is made."""
    kind = kind_of(number)
    chance = random.Random(f"{seed} {number}")  # noqa: S311 not for secrets
    return Hostile(kind, (HEAVY | LIGHT)[kind](chance))


def kind_of(number: int) -> str:
    """Of what kind the input numbered so is."""
    heavy, light = list(HEAVY), list(LIGHT)
    if 0 <= number - HEAVY_FROM < len(heavy):
        return heavy[number - HEAVY_FROM]
    turn, place = divmod(number, HEAVY_EVERY)
    return heavy[turn % len(heavy)] if turn and not place else light[number % len(light)]


def _some(chance: random.Random, most: int) -> int:
    """A count up to `most`, small more often than large."""
    return int(most ** chance.random())


def _from(of: str | tuple[str, ...] | list[str], joined: str, most: int) -> Maker:
    return lambda chance: joined.join(chance.choices(of, k=_some(chance, most)))


def _claim(chance: random.Random) -> str:
    return chance.choice(CLAIMS)


def _among(chance: random.Random, text: str, signs: str, share: float) -> str:
    """`text` with one of `signs` after a share of its letters."""
    return "".join(c + (chance.choice(signs) if chance.random() < share else "") for c in text)


def _homoglyphs(chance: random.Random) -> str:
    text = " ".join(chance.choices(CLAIMS, k=_some(chance, 8)))
    return "".join(chance.choice(_LOOKALIKES.get(c, c) + c) for c in text)


def _tower(chance: random.Random) -> str:
    marks = [chr(mark) for mark in range(0x300, 0x370)]
    height = _some(chance, 300)
    return "".join(c + "".join(chance.choices(marks, k=height)) for c in _claim(chance))


def _surrogates(chance: random.Random) -> str:
    broken = "".join(chr(chance.randrange(0xD800, 0xE000)) for _ in range(_some(chance, 200)))
    return _among(chance, _claim(chance), broken, 0.3) + chance.choice(("", broken))


def _controls(chance: random.Random) -> str:
    signs = "".join(map(chr, (*range(32), *range(0x7F, 0xA0))))
    return _among(chance, _claim(chance), signs, chance.random()) + "\x00" * _some(chance, 5000)


def _long_word(chance: random.Random) -> str:
    word = "".join(chance.choices("abcdefgaeiouñé", k=_some(chance, 100_000)))
    return f"{_claim(chance)} {word} {_claim(chance)}"


def _json(chance: random.Random) -> str:
    depth = _some(chance, 2000)
    whole = json.dumps({"id": chance.random(), "text": _claim(chance), "themes": {"x": [None]}})
    return "[" * depth + chance.choice((whole, whole[: len(whole) // 2])) + "]" * depth


def _markup(chance: random.Random) -> str:
    return " ".join(chance.choices([*_MARKUP, *CLAIMS], k=_some(chance, 400)))


def _repeated(chance: random.Random) -> str:
    return f"{chance.choice(_WORDS)}{chance.choice(' -.!')}" * _some(chance, 5000)


def _bytes(chance: random.Random) -> str:
    noise = chance.randbytes(_some(chance, 2000))
    return (noise + _claim(chance).encode("utf-16") + noise).decode("utf-8", "replace")


def _any_signs(chance: random.Random) -> str:
    """Any code points, those that mean nothing too."""
    return "".join(chr(chance.randrange(0x110000)) for _ in range(_some(chance, 2000)))


def _at_window(chance: random.Random) -> str:
    words_n = chance.choice((1, 2, 10)) * chance.choice((WINDOW, MAX_PIECES))
    words = chance.choices(_WORDS, k=words_n + chance.randrange(-3, 4))
    return " ".join(words)


def _at_text(chance: random.Random) -> str:
    words = " ".join(chance.choices(_WORDS, k=MAX_TEXT // 3))
    return words[: chance.choice((1, 2)) * MAX_TEXT + chance.randrange(-2, 3)]


LIGHT: dict[str, Maker] = {
    "empty": lambda _: "",
    "blank": _from(_SPACES, "", 3000),
    "emoji only": _from(_EMOJI, "", 500),
    "zero-width signs": lambda c: _among(c, " ".join(c.choices(CLAIMS, k=3)), _INVISIBLE, 0.7),
    "look-alike letters": _homoglyphs,
    "bidirectional controls": lambda c: _among(c, _claim(c), _BIDI, c.random()),
    "right to left": _from(_RIGHT_TO_LEFT + CLAIMS[:3], " ", 200),
    "mixed scripts": _from(_SCRIPTS + CLAIMS, " ", 200),
    "towers of marks": _tower,
    "lone surrogates": _surrogates,
    "control signs": _controls,
    "one long word": _long_word,
    "like JSON": _json,
    "markup": _markup,
    "repeated word": _repeated,
    "random bytes": _bytes,
    "any code points": _any_signs,
    "letters that expand": _from(_EXPANDING, "", 2000),
    "half-made links and numbers": _from(_POINTERS, "", 400),
    "a digit string": _from("0123456789-. ()+", "", 3000),
    "at the end of a window": _at_window,
}
"""Kinds that come in turn."""

HEAVY: dict[str, Maker] = {
    "100,000 mentions": lambda c: f"@{c.choice(_WORDS)} " * MENTIONS_N + _claim(c),
    "10 MB of claims": lambda c: ((_claim(c) + ". ") * (TEN_MB // 15))[:TEN_MB],
    "10 MB in one word": lambda c: c.choice("a1é😀") * TEN_MB,
    "10 MB of chance words": lambda c: " ".join(c.choices(_WORDS, k=TEN_MB // 6)),
    "at the length of the longest post": _at_text,
}
"""Kinds that come once each and then seldom: each takes as long as a thousand others."""
