"""Lay a letter out as plain text and as HTML: the same words, no picture, nothing fetched."""

from __future__ import annotations

import textwrap
import unicodedata
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from delivery.letter import Letter

TEMPLATES = Path(__file__).with_name("templates")
WIDTH = 72


def as_text(letter: Letter, is_attached: bool = False, leave: str = "") -> str:
    """The letter as plain text in lines of at most 72 characters, long addresses aside.

    is_attached  whether the PDF goes with it
    leave        where its reader leaves the list, or empty
    """
    return _laid_out("letter.txt.j2", letter, is_attached, leave)


def as_html(letter: Letter, is_attached: bool = False, leave: str = "") -> str:
    """The letter as one HTML page; every value is escaped."""
    return _laid_out("letter.html.j2", letter, is_attached, leave)


def one_line(text: str) -> str:
    """Text on one line, without signs that control a line, its direction or a header."""
    kept = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join("".join(kept).split())


def _laid_out(template: str, letter: Letter, is_attached: bool, leave: str) -> str:
    page = _environment().get_template(template)
    return page.render(letter=letter, is_attached=is_attached, leave=leave)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(wrapped=_wrapped, heading=_heading, one_line=one_line)
    return environment


def _wrapped(text: str, later: str = "") -> str:
    """Text cut into lines; those behind the first start with `later`."""
    first = text[: len(text) - len(text.lstrip(" "))]
    return textwrap.fill(
        one_line(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _heading(text: str) -> str:
    line = one_line(text)
    return f"{line}\n{'-' * len(line)}"
