"""Read the word lists of words.toml, each as a set."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "words.toml"


@cache
def load_words(name: str) -> frozenset[str]:
    """One list by its name: `directions`, `joining`, `leads` and so on."""
    with FILE.open("rb") as file:
        return frozenset(tomllib.load(file)[name].split())
