"""Decide where a post belongs from its declared location, its text and its community.

The order of evidence, and why:

1. A declared location that names a county. Someone filled in a column for this purpose.
2. A declared location abroad: the post belongs nowhere here, whatever places its text names.
3. A town or county named in the text with its state; and, where the state is known from the
   declared location or the community, one named without it.
4. What the declared location or the community gives.

A community that is itself a county yields only to a town written with its state: readers of a
town's community mention the next town all the time. A post is attached to a place that was
named, never to a person's home.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from classifiers.place.communities import find_community
from classifiers.place.found import ABROAD, Found
from classifiers.place.mentions import find_mention
from classifiers.place.strings import resolve
from warehouse.records import NOWHERE, Basis, Level, Place

FOLDER = Path(__file__).parent

TABLES = ("towns.csv.gz", "abroad.csv.gz", "communities.csv", "evidence.csv")
"""The built tables that decide an answer, beside the code and the lists in *.toml."""

_BASIS: Mapping[str, Basis] = {
    "declared": "declared",
    "mention": "mention",
    "community": "community",
}


class Locator:
    """Places posts. Make one with `load_locator`; it holds only tables and may be shared.

    version  12 hexadecimal digits that change when a table, a list or the code here does
    """

    def __init__(self, version: str, scores: Mapping[str, float]) -> None:
        self.version = version
        self._scores = scores

    def locate(self, text: str | None, community: str | None, location: str | None) -> Place:
        """The place of one post; `NOWHERE` when nothing names one, or when it is abroad.

        Any of the three may be None or blank. Never raises on any text.
        """
        said = resolve(location) if location else None
        if said is not None and (said.fips or said is ABROAD):
            return self._place(said)
        home = said or (find_community(community) if community else None)
        named = self._named(text, home) if text else None
        return self._place(named or home)

    def _named(self, text: str, home: Found | None) -> Found | None:
        """The place a text names, when it says more than `home` does."""
        if home is None:
            return find_mention(text)
        if home.fips:
            named = find_mention(text)
            return named if named and named.kind.endswith(WITH_STATE) and named.fips else None
        named = find_mention(text, home.state)
        is_declared = home.kind.startswith("declared")
        return None if named and is_declared and named.state != home.state else named

    def _place(self, found: Found | None) -> Place:
        if found is None or found.state is None:
            return NOWHERE
        level: Level = "county" if found.fips else "state"
        basis = _BASIS[found.kind.split("_")[0]]
        score = self._scores[found.kind]
        return Place(found.fips, found.state, level, basis, score, found.matched)


WITH_STATE = ("_town_state", "_county_state")
"""Ends of the kinds of mention that carry their own state."""


@cache
def load_locator() -> Locator:
    """The locator with the project's own tables; read once."""
    return Locator(_version(), load_scores())


@cache
def load_scores() -> dict[str, float]:
    """Share found right by kind of evidence: (right + 1) / (read + 2) of evidence.csv.

    The two added cases keep a kind that was right every time below certainty.
    """
    with (FOLDER / "evidence.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: round((int(row["right_n"]) + 1) / (int(row["read_n"]) + 2), 3)
            for row in csv.DictReader(file)
        }


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(
        [*FOLDER.glob("*.toml"), *FOLDER.glob("*.py"), *map(FOLDER.joinpath, TABLES)]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
