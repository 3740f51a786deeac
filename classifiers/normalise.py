"""Turn a post into plain lower-case tokens with one space between, the same for all disguises.

Masked and unmasked text give the same tokens, because the mask of `warehouse.redact` is laid
on first. Full-width letters, zero-width signs, struck-out letters, accents that people leave
out, curly quotes and Cyrillic or Greek letters inside a Latin word are all undone. Commas and
full stops go; signs that carry stance (`?`, `!`, quotation marks, emoji) stay as tokens.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from warehouse.records import MAX_TEXT
from warehouse.redact import mask

MAX_TOKEN = 30
"""Characters kept of one token; longer ones are noise."""

# Whatever `mask` could change holds one of these, once masks it left before are passed over.
# Most posts come masked from the lake, and looking is twenty times as fast as masking again.
_MAY_POINT = re.compile(
    r"[@＠+\x00\u200b\u2060\ufeff]|://|[uU]/|[dD][iI][dD]:|\.[^\W\d_]{2}|\d{3}\W{0,2}\d{3}"
)
_INVISIBLE = re.compile(
    "[\x00\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u20d0-\u20e2]")
# Only from a word's start: tried from every letter, one long word would take a minute.
_MIXED = re.compile(r"(?<!\w)\w*(?:[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z])\w*")
_LOOKALIKE = str.maketrans(
    "авеёкмнорстухіјѕԁһӏԛԝαβεζικνορςτυχ", "abeekmhopctyxijsdhlqwabezikvopctux"
)
# Letters with marks that neither English nor Spanish writes: piled-up marks leave them behind.
_FOREIGN = str.maketrans(
    {
        letter: base
        for letter in map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)])
        if letter not in "áéíóúüñ"
        and (base := unicodedata.normalize("NFD", letter)[0]).isascii()
    }
)
_PLAIN = str.maketrans("’‘´“”„«»¿¡ɑɡı", '\'\'\'"""""  agi')
_REPEATED = re.compile(r"(.)\1{2,}")
_TOKENS = re.compile(
    r"\[(?:link|email|phone)\]|@user|u/user"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[?!\"%$#]|[^\w\s\x00-\x7f]"
)


def normalise(text: str) -> str:
    """The tokens of `text`, joined by single spaces; empty when it holds nothing readable."""
    return tokens(readable(text))


def readable(text: str) -> str:
    """`text` in lower case, masked, all disguises undone; punctuation and accents are kept."""
    return " ".join(" ".join(map(_readable, _pieces(text))).split())


def tokens(readable_text: str) -> str:
    """The tokens of a text that is readable: no accents, no commas and full stops."""
    if not readable_text.isascii():
        decomposed = unicodedata.normalize("NFD", readable_text)
        readable_text = "".join([c for c in decomposed if not unicodedata.combining(c)])
    return " ".join([token[:MAX_TOKEN] for token in _TOKENS.findall(readable_text)])


def _pieces(text: str) -> list[str]:
    """Cut where masking would cut off, at a space if there is one, so that nothing is lost."""
    if len(text) <= MAX_TEXT:
        return [text]
    starts = [0]
    while len(text) - starts[-1] > MAX_TEXT:
        cut = text.rfind(" ", starts[-1] + 1, starts[-1] + MAX_TEXT)
        starts.append(cut if cut > 0 else starts[-1] + MAX_TEXT)
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _readable(text: str) -> str:
    if _MAY_POINT.search(text.replace("@user ", "").replace("u/user ", "")):
        text = mask(text)
    text = text.lower()
    if not text.isascii():
        text = _undisguised(text)
    return _REPEATED.sub(r"\1\1", text)


def _undisguised(text: str) -> str:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_PLAIN))
    text = _MARKS.sub("", text)  # those that belong to a letter are one sign with it by now
    text = _MIXED.sub(lambda word: word.group().translate(_LOOKALIKE), text.lower())
    text = text.translate(_FOREIGN)
    return text.encode("utf-8", "replace").decode()
