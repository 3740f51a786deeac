"""Random weeks, released three times while posts arrive late and are deleted, and attacked.

    python -m tests.attacked --write warehouse/HIDING.md

builds more of them than the suite does and writes what an attacker with linear programming
(`tests.linear`) finds in the published tables, and what he finds where only counts below 10 are
hidden.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from tests.attacked_country import ASKED, attack_country
from tests.linear import View, World, found
from tests.worlds import LONELY, PARENTS, PLACES, RURAL, URBAN, WEEK, Voices, scope, tags
from warehouse.database import open_database, transaction
from warehouse.home import Home
from warehouse.marts import build_tables
from warehouse.release import freeze
from warehouse.weeks import Week

VERSIONS = {"code": "c", "taxonomy": "t", "model": "m", "reference": "r"}
TREE: Mapping[str, str | None] = {**PARENTS, "US": None}
STATES = frozenset({"WY", "NJ"})
WEEKS = 39
"""Weeks of a release."""

KINDS = ("health", "health", "health", "chatter", "sunscreen:promotes", "sunscreen:refutes",
         "sunscreen:promotes", "access_barrier")  # fmt: skip
SIZES = (1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 14, 17, 20, 30, 45)

Series = tuple[str, str]
Counts = dict[tuple[Series, str], dict[str, int]]
"""Numbers by place, of each series (tag, stance) and week; of health authors, `HEALTH`."""

HEALTH: Series = ("health", "")
TRUE = """
    select 'health', '', week, geo_value, health_author_n from mart_volume_week
    union all select tag_id, stance, week, geo_value, author_n from mart_tag_week
"""
TOLD = """
    select 'health', '', week, geo_value, health_author_n from pub_volume_week
    union all select theme_id, stance, week, geo_value, author_n from pub_theme_week
    union all select signal_id, '', week, geo_value, author_n from pub_signal_week
"""


@dataclass(frozen=True)
class Kind:
    """How authors of a world behave.

    places  where posts lie
    crowds  who writes: '' is the people of the place, who post nowhere else
    """

    name: str
    places: tuple[str, ...]
    crowds: tuple[str, ...]

    def known(self) -> World:
        own = STATES if set(self.places) & STATES else frozenset()
        return World(TREE, own, is_settled=self.crowds == ("",))


COUNTIES = Kind("every post has a county", (*RURAL, *URBAN, LONELY), ("",))
PLACED = Kind("some posts have a state only", PLACES, ("",))
TRAVELLING = Kind("some authors post in several places", PLACES, ("", "", "travellers"))
KINDS_OF_WORLD = (COUNTIES, PLACED, TRAVELLING)


@dataclass(frozen=True)
class Telling:
    """One release: what is true, what it tells, and the total posts it names, if any."""

    counts: Counts
    told: Counts
    posts_n: int | None


def voices_of(kind: Kind, chance: random.Random, weeks: Sequence[Week]) -> list[Voices]:
    """Groups of voices, most of them near ten; some themes and places much larger."""
    return [
        Voices(
            place=chance.choice(kind.places),
            count=chance.choice(SIZES),
            tag=chance.choice(KINDS),
            first=chance.choice([0, 0, 5, 40]),
            week=week,
            crowd=chance.choice(kind.crowds),
        )
        for week in weeks
        for _ in range(chance.randrange(3, 18))
    ]


def changed(voices: list[Voices], chance: random.Random) -> list[Voices]:
    """The same a week later: late posts, deletions, now and then a whole backlog."""
    later = []
    for group in voices:
        change = chance.choice([0] * 12 + [1, 1, 2, -1, -1, -3])
        if chance.random() < 0.04:
            change = chance.choice([10, 15, 40, -12])
        if group.count + change > 0:
            later.append(replace(group, count=group.count + change))
    return later


def tellings(kind: Kind, seed: int, folder: Path, weeks: int = WEEKS) -> Iterator[Telling]:
    """A release, the next week's, and a revision of that, of one random world."""
    chance = random.Random(seed)
    home, groups = Home(folder), voices_of(kind, chance, WEEK.trailing(weeks))
    for week in (WEEK, WEEK.back(-1), WEEK.back(-1)):
        yield released(home, groups, week, weeks)
        groups = changed(groups, chance)
        if week == WEEK:
            groups += voices_of(kind, chance, [WEEK.back(-1)])


def released(home: Home, groups: Sequence[Voices], week: Week, weeks: int) -> Telling:
    """Build the marts of these voices and freeze them."""
    with open_database(home) as con, transaction(con):
        build_tables(con, scope(week, weeks), tags(groups))
    freeze(home, week, weeks, False, VERSIONS)
    with open_database(home) as con:
        (posts_n,) = con.execute(
            "select least(posts_n, placed_n, health_n) from pub_release"
        ).fetchone() or (None,)
        return Telling(_read(con, TRUE), _read(con, TOLD), posts_n)


def _read(con: duckdb.DuckDBPyConnection, question: str) -> Counts:
    counts: Counts = defaultdict(dict)
    for tag, stance, week, place, count in con.execute(question).fetchall():
        counts[(tag, stance), week][place] = count
    return counts


def views(releases: Sequence[Telling], series: Series, week: str) -> list[View]:
    """What each release that covers the week tells of a series."""
    shown: list[View] = []
    seen: dict[str, int] = {}
    for release in releases:
        if not any(week == other for _, other in release.counts):
            continue
        told = release.told.get((series, week), {})
        fresh = {place for place, count in told.items() if seen.get(place) != count}
        shown.append(View(told, release.counts.get((series, week), {}), frozenset(fresh)))
        seen |= told
    return shown


def attack(kind: Kind, releases: Sequence[Telling], tally: Counter[str]) -> list[object]:
    """What he finds in every week of these releases; counts into `tally` what he attacked."""
    losses: list[object] = []
    weeks = sorted({week for release in releases for _, week in release.counts})
    all_series = sorted({series for release in releases for series, _ in release.counts})
    for week in weeks:
        tally["weeks"] += 1
        volumes = views(releases, HEALTH, week)
        most = nation_most(releases, week)
        for series in all_series:
            shares = None if series == HEALTH else views(releases, series, week)
            attacked = shares or volumes
            if not any(view.told for view in attacked):
                continue
            tally["told"] += sum(len(view.told) for view in attacked)
            tally["hidden"] += sum(len(TREE) - len(view.told) for view in attacked)
            hits = found(kind.known(), volumes, shares, most if shares is None else None)
            tally["found"] += len(hits)
            losses += [(week, series, hits)] if hits else []
    return losses


def nation_most(releases: Sequence[Telling], week: str) -> float | None:
    """The nation's health authors are at most the posts, less what other weeks must hold."""
    first = next(r for r in releases if any(week == other for _, other in r.counts))
    if first is not releases[0] or first.posts_n is None:
        return None  # later numbers may be those of earlier releases, and be none of its own
    told = {other: counts for (series, other), counts in first.told.items() if series == HEALTH}
    return first.posts_n - sum(_least(told[other]) for other in told if other != week)


def _least(told: Mapping[str, int], place: str = "US") -> int:
    """The fewest authors a place holds, given what is told in it."""
    if place in told:
        return told[place]
    return sum(_least(told, inner) for inner, outer in TREE.items() if outer == place)


def lone(release: Telling) -> Telling:
    """The same release as if it told all counts of 10 or more: what hiding alone achieves."""
    told: Counts = defaultdict(dict)
    for key, counts in release.counts.items():
        told[key] = {place: count for place, count in counts.items() if count >= 10}
    return Telling(release.counts, told, None)


HEAD = """# Hiding, attacked

Written by `make attack`; what is hidden and why is in [README.md](README.md#what-is-hidden).

An attacker with linear programming (`tests/linear.py`, `scipy.optimize.linprog`, HiGHS) gets
every published table, the totals of the release, all earlier releases and the rules; he is told
besides which hidden counts are below 10 and by how much at most any count moved between two
releases. He finds the least and greatest value each hidden count can have. A count is *found*
when they are no more than 8 apart, so that he knows it to within 4. Zeros count as hidden: a
place in which nobody posted is not told apart from one that is hidden.

## Random weeks, each in up to three releases
"""
WORLD_TABLE = """
Two states, six counties; counts mostly around ten; late posts, deletions and now and then a
backlog between releases. *Plain* is a first release that hides only counts below 10.

| world | weeks | told | hidden | plain: found of hidden | found |
|---|---:|---:|---:|---:|---:|
"""
COUNTRY_TABLE = """
## The whole country

3,144 counties in one week of one release, drawn at random; programs are solved for {asked}
hidden counts of each series.

| health authors | series | counts of 10 or more | of these told | attacked | found |
|---:|---|---:|---:|---:|---:|
"""


def report(worlds: int, folder: Path) -> str:
    """What the attacker finds, as a Markdown page."""
    page = [HEAD, WORLD_TABLE]
    for kind in KINDS_OF_WORLD:
        ours, plain = Counter[str](), Counter[str]()
        for seed in range(100, 100 + worlds):
            releases = list(tellings(kind, seed, folder / f"{kind.name}-{seed}"))
            attack(kind, releases, ours)
            attack(kind, [lone(releases[0])], plain)
        page.append(
            f"| {kind.name} | {ours['weeks']} | {ours['told']:,} | {ours['hidden']:,} "
            f"| {plain['found']:,} of {plain['hidden']:,} | {ours['found']:,} |\n"
        )
    page.append(COUNTRY_TABLE.format(asked=ASKED))
    for authors in (5_000, 50_000, 400_000):
        results = attack_country(authors, seed=authors)
        for series, result in zip(("health authors", "one stance"), results, strict=True):
            page.append(
                f"| {authors:,} | {series} | {result.large_n:,} | {result.told_n:,} "
                f"| {result.attacked_n:,} | {result.found_n:,} |\n"
            )
    return "".join(page)


def main() -> None:
    """Attack and write the page."""
    parser = argparse.ArgumentParser(description=report.__doc__)
    parser.add_argument("--write", type=Path, required=True)
    parser.add_argument("--worlds", type=int, default=5, help="of each kind, 40 weeks each")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen.write.write_text(report(chosen.worlds, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
