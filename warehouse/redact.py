"""Mask what points at a person in a post's text: handles, links, e-mails, telephone numbers.

Sources mask while they parse, so nothing later, the lake included, ever sees the original.
Masking twice changes nothing, and so does masking a text that is already clean. It is made
to lose a harmless word (`meet @5pm`) rather than to keep a name; names written out in words
stay, which is one reason why no text is ever published.
"""

from __future__ import annotations

import re

from warehouse.records import MAX_TEXT

_INVISIBLE = dict.fromkeys(map(ord, "\x00\u200b\u2060\ufeff"))
"""Signs that show nothing and would split a handle or a link in two."""

_RULES = (
    # a link with its scheme, a bare address with a path, and the commonest bare domains
    (re.compile(r"\b(?:https?|ftp)://[^\s)\]>]+|\bat://\S+|\bdid:[a-z]+:\S+", re.I), "[link]"),
    (re.compile(r"(?<![\w@.+-])(?:www\.)[^\s)\]>]+", re.I), "[link]"),
    (
        re.compile(r"(?<![\w.+%@＠-])[\w.+%-]+[@＠][\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.I),
        "[email]",
    ),
    (re.compile(r"(?<![\w@＠.-])(?:[\w-]+\.)+[a-z]{2,}/[^\s)\]>]+", re.I), "[link]"),
    (
        re.compile(r"(?<![\w@＠.-])(?:[\w-]+\.)+(?:com|org|net|gov|edu|info)\b(?![@＠])", re.I),
        "[link]",
    ),
    (re.compile(r"[@＠]\w+(?:[.-]\w+)*(?:[@＠]\w+(?:[.-]\w+)*)*"), "@user"),
    (re.compile(r"(?<![\w/])/?u/[\w-]{3,}", re.I), "u/user"),
    # a leading plus, three blocks, ten digits in one, and seven digits that are no dose range
    (re.compile(r"(?<![\w.])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\w)"), "[phone]"),
    (
        re.compile(
            r"(?<![\w.])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]?\d{4}(?!\w)"
        ),
        "[phone]",
    ),
    (re.compile(r"(?<![\w.])1?\d{10}(?!\w)"), "[phone]"),
    (re.compile(r"(?<![\w.-])[2-9]\d{2}-(?!\d\d00)\d{4}(?![\w-])"), "[phone]"),
)


def mask(text: str) -> str:
    """`text` in one line, masked, at most `MAX_TEXT` characters.

    `@name` becomes `@user`, `u/name` `u/user`, and the rest `[link]`, `[email]`, `[phone]`.
    """
    masked = _once(text)
    # Cutting can bare a new match at the end (half a long number is a telephone number), and
    # so can a mask beside another, hence again until nothing changes.
    while (again := _once(masked)) != masked:
        masked = again
    return masked


def _once(text: str) -> str:
    text = " ".join(text.translate(_INVISIBLE).split())
    for pattern, mark in _RULES:
        text = pattern.sub(mark, text)
    return text[:MAX_TEXT].rstrip()
