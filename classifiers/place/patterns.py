"""Write many names as one fast expression.

A plain alternation of a hundred names tries each of them at every word of a text; a tree of
their letters gives up at the first letter that fits none. Time is what counts here: most texts
name no state. (`python -m classifiers.place.measure FILE.jsonl` prints posts a second.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_ACCENTED = {"a": "á", "e": "é", "i": "í", "o": "ó", "u": "ú", "n": "ñ"}

Tree = dict[str, Any]
"""Letter to the tree of what may follow; the empty string marks the end of a name."""


def any_case(names: Iterable[str]) -> str:
    """An expression for any of the folded names, in any case, with or without accents."""
    return _render(_grow(names), folds=True)


def exactly(names: Iterable[str]) -> str:
    """An expression that finds any of the names as they are written."""
    return _render(_grow(names), folds=False)


def _grow(names: Iterable[str]) -> Tree:
    root: Tree = {}
    for name in names:
        tree = root
        for letter in name:
            tree = tree.setdefault(letter, {})
        tree[""] = {}
    return root


def _render(tree: Tree, folds: bool) -> str:
    """The tree as nested groups; a longer name is tried before the one it starts with."""
    branches = [
        _letter(letter, folds) + _render(below, folds)
        for letter, below in sorted(tree.items())
        if letter
    ]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{body})?" if "" in tree else body


def _letter(letter: str, folds: bool) -> str:
    if not folds:
        return re.escape(letter)
    if letter == " ":
        return r"\.? "
    if not letter.isalpha():
        return re.escape(letter)
    both = _ACCENTED.get(letter, "")
    return f"[{letter}{letter.upper()}{both}{both.upper()}]"
