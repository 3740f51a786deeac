"""Measure the locator: `python -m classifiers.place.measure FILE…`.

A `.csv` file holds place strings with their truth (columns location, state, fips): each is
given as a declared location, with nothing else. A `.jsonl` file holds posts (`text`,
`community`): it says how often a place named in the text lies in the community's own county or
state, which is the only truth such posts carry. Rows come out as evidence.csv has them: kind,
right, read.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from classifiers.jsonlines import LocateLine, read_lines
from classifiers.place.communities import find_community
from classifiers.place.found import Found
from classifiers.place.locator import load_locator
from classifiers.place.mentions import find_mention
from classifiers.place.strings import resolve
from warehouse.errors import GrapevineError

PASSES = 3
"""Passes over the posts when their speed is measured."""


class Measured(NamedTuple):
    """What one file showed.

    asked_n, answered_n, right_n  strings, those given a county, those given the right one
    by_kind                       kind of evidence to (right, read)
    """

    asked_n: int
    answered_n: int
    right_n: int
    by_kind: dict[str, tuple[int, int]]

    @property
    def answered_share(self) -> float:
        """0 to 1, of the strings asked."""
        return self.answered_n / self.asked_n

    @property
    def right_share(self) -> float:
        """0 to 1, of the strings answered with a county."""
        return self.right_n / self.answered_n


def measure_strings(path: Path) -> Measured:
    """How the declared locations of a CSV file resolve; counties and states are told apart."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [(resolve(row["location"]), row) for row in rows]
    kinds: list[tuple[str, bool]] = []
    for place, row in found:
        if place and place.state:
            is_right = place.fips == row["fips"] if place.fips else place.state == row["state"]
            kinds.append((place.kind, is_right))
    answered = [(place, row) for place, row in found if place and place.fips]
    right_n = sum(place.fips == row["fips"] for place, row in answered)
    return Measured(len(rows), len(answered), right_n, _count(kinds))


def measure_communities(lines: Iterable[LocateLine]) -> dict[str, tuple[int, int]]:
    """By kind of community: texts naming a place in its own county or state, and naming any.

    People name far places more than near ones, so this is a floor and not the share right.
    """
    return _count(_compared(lines))


def _compared(lines: Iterable[LocateLine]) -> Iterator[tuple[str, bool]]:
    for line in lines:
        home = find_community(line.community or "")
        named = find_mention(line.text or "", home.state) if home else None
        if home and named:
            yield home.kind, _is_inside(named, home)


def _is_inside(named: Found, home: Found) -> bool:
    return named.state == home.state and (not home.fips or named.fips in (None, home.fips))


def _count(kinds: Iterable[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    read: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for kind, is_right in kinds:
        read[kind] += 1
        right[kind] += is_right
    return {kind: (right[kind], read[kind]) for kind in sorted(read)}


def posts_per_second(lines: list[LocateLine]) -> float:
    """Posts placed in a second of processor time, tables read: the fastest of three passes.

    Other work on the machine only ever slows a pass; strings are resolved anew in each.
    """
    return len(lines) / max(min(_pass_seconds(lines) for _ in range(PASSES)), 1e-9)


def _pass_seconds(lines: list[LocateLine]) -> float:
    locator = load_locator()
    locator.locate("warm in Casper, WY", "wyoming", "Reno, NV")
    resolve.cache_clear()
    started = time.process_time()
    for line in lines:
        locator.locate(line.text, line.community, line.location)
    return time.process_time() - started


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(files: tuple[Path, ...]) -> None:
    """Measure place resolution on FILES (.csv place strings, .jsonl posts)."""
    for path in files:
        try:
            _report(path)
        except GrapevineError as error:
            raise click.ClickException(str(error)) from error


def _report(path: Path) -> None:
    if path.suffix == ".csv":
        seen = measure_strings(path)
        click.echo(
            f"{path.name}: {seen.asked_n} strings, answered {seen.answered_share:.1%}, "
            f"right when answered {seen.right_share:.2%}"
        )
        kinds = seen.by_kind
    else:
        lines = list(read_lines(path, LocateLine))
        click.echo(f"{path.name}: {len(lines)} posts, {posts_per_second(lines):,.0f} a second")
        kinds = measure_communities(lines)
    for kind, (right_n, read_n) in kinds.items():
        click.echo(f"{kind},{right_n},{read_n}")


if __name__ == "__main__":
    main()
