"""Look up local communities: which subreddit is whose county or state.

The table is our own reviewed one, built by `classifiers.place.build_communities`. A community
that is listed with no place has been considered and places nothing.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from pathlib import Path

from classifiers.place.found import Found

FILE = Path(__file__).parent / "communities.csv"

_PREFIX = re.compile(r"^/?r/")


@cache
def load_communities() -> dict[str, Found | None]:
    """What each listed community places, by its name in small letters. Do not change it."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["community"]: _place(row) for row in csv.DictReader(file)}


@lru_cache(maxsize=10_000)
def find_community(name: str) -> Found | None:
    """The county or state of a community (`Casper`, `r/casper`), or None."""
    folded = _PREFIX.sub("", name.strip().lower()).rstrip("/")
    found = load_communities().get(folded)
    return found._replace(matched=name.strip()) if found else None


def _place(row: dict[str, str]) -> Found | None:
    if row["level"] == "none":
        return None
    kind = f"community_{row['level']}"
    return Found(row["fips"] or None, row["state"], row["community"], kind)
