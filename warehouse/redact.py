"""Mask what points at a person in a post's text: handles, links, e-mails, telephone numbers.

Sources mask while they parse, so nothing later, the lake included, ever sees the original.
Masking twice changes nothing, and so does masking a text that is already clean. It is made
to lose a harmless word (`meet @5pm`) rather than to keep a name; names written out in words
stay, which is one reason why no text is ever published.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from warehouse.records import MAX_TEXT

_UNSEEN = "\u200b\u2060\ufeff\x00"
"""Signs that show nothing and would split a handle or a link in two."""

_PASSES = 10
"""Ordinary texts settle in two passes; a text made to take thousands would take minutes."""

_RULES: tuple[tuple[Callable[[str], object], re.Pattern[str], str], ...] = (
    # a link with its scheme, a bare address with a path, and the commonest bare domains
    (
        lambda text: "://" in text or "d:" in text,
        re.compile(r"\b(?:https?|ftp)://[^\s)\]>]+|\bat://\S+|\bdid:[a-z]+:\S+", re.I),
        "[link]",
    ),
    (
        lambda text: "www." in text,
        re.compile(r"(?<![\w@.+-])(?:www\.)[^\s)\]>]+", re.I),
        "[link]",
    ),
    (
        lambda text: "@" in text or "＠" in text,
        re.compile(r"(?<![\w.+%@＠-])[\w.+%-]+[@＠][\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.I),
        "[email]",
    ),
    (
        re.compile(r"\.[^\s.]{2,}/").search,
        re.compile(r"(?<![\w@＠.-])(?:[\w-]+\.)+[a-z]{2,}/[^\s)\]>]+", re.I),
        "[link]",
    ),
    (
        re.compile(r"\.(?:com|org|net|gov|edu|..?nfo)").search,  # İ in lower case is two signs
        re.compile(r"(?<![\w@＠.-])(?:[\w-]+\.)+(?:com|org|net|gov|edu|info)\b(?![@＠])", re.I),
        "[link]",
    ),
    (
        lambda text: "@" in text or "＠" in text,
        re.compile(r"[@＠]\w+(?:[.-]\w+)*(?:[@＠]\w+(?:[.-]\w+)*)*"),
        "@user",
    ),
    (lambda text: "u/" in text, re.compile(r"(?<![\w/])/?u/[\w-]{3,}", re.I), "u/user"),
    (
        lambda text: "+" in text,
        re.compile(r"(?<![\w.])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\w)"),
        "[phone]",
    ),
)
"""A quick look at the text in lower case, false when nothing in it can match; what is masked;
its mark. Looking first is ten times as fast, since most posts point at nobody."""

_HARMLESS = (string.ascii_letters + " .,;!?'\"()-").encode()
_DOT_BEFORE_SIGN = re.compile(r"\.\S")

_SEVEN_DIGITS = re.compile(r"\d{3}[ .-]?\d{4}")
_SHAPE = bytes.maketrans(b"123456789 .", b"000000000--")
_TELEPHONES = (
    # three blocks, ten digits in one, and seven digits that are no dose range
    re.compile(r"(?<![\w.])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]?\d{4}(?!\w)"),
    re.compile(r"(?<![\w.])1?\d{10}(?!\w)"),
    re.compile(r"(?<![\w.-])[2-9]\d{2}-(?!\d\d00)\d{4}(?![\w-])"),
)


def mask(text: str) -> str:
    """`text` in one line, masked, at most `MAX_TEXT` characters.

    `@name` becomes `@user`, `u/name` `u/user`, and the rest `[link]`, `[email]`, `[phone]`.
    Nothing is kept of a text that does not settle: numbers strung together by the thousand.
    """
    for _ in range(_PASSES):
        plain = _collapsed(text)
        text = _marked(plain)[:MAX_TEXT].rstrip()
        # Cutting can bare a new match at the end (half a long number is a telephone number),
        # and so can a mask beside another, hence again until nothing changes.
        if text == plain:
            return text
    return ""


def _collapsed(text: str) -> str:
    """In one line, without what shows nothing; half a pair of surrogates becomes `?`."""
    if text.isprintable() and "  " not in text and text == text.strip(" "):
        return text
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    for sign in _UNSEEN:
        text = text.replace(sign, "")
    return " ".join(text.split())


def _marked(text: str) -> str:
    if _points_at_nobody(text):
        return text
    lowered = text.lower()
    for may_match, pattern, mark in _RULES:
        if may_match(lowered):
            text = pattern.sub(mark, text)
            lowered = text.lower()
    if _may_hold_telephone(text):
        for pattern in _TELEPHONES:
            text = pattern.sub("[phone]", text)
    return text


def _points_at_nobody(text: str) -> bool:
    """Whether it is words and a few digits: most posts are, and looking is soon done."""
    if not text.isascii():
        return False
    signs = text.encode().translate(None, _HARMLESS)
    return (not signs or (len(signs) < 7 and signs.isdigit())) and not _DOT_BEFORE_SIGN.search(
        text
    )


def _may_hold_telephone(text: str) -> bool:
    """Whether it holds seven digits, three and four; in ASCII five times as fast as by `re`."""
    if not text.isascii():
        return _SEVEN_DIGITS.search(text) is not None
    shape = text.encode().translate(_SHAPE)
    return b"000-0000" in shape or b"0000000" in shape
