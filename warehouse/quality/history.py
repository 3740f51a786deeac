"""Read, from the marts just built, the release's week and the weeks before it.

Private numbers, small ones included: a check says what it saw to the team, not to readers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from warehouse.weeks import Week

Bins = Mapping[object, int]
"""How often each value was seen, of one week."""

FEWEST_WEEKS = 3
"""Trailing weeks with enough in them that a week must have to be held against."""


@dataclass(frozen=True, slots=True)
class SourceWeek:
    """Posts of one source in one week: read, placed, about health."""

    post_n: int
    placed_n: int
    health_n: int


@dataclass(frozen=True, slots=True)
class History:
    """What the checks read.

    week       the release's week; weeks lists all of the window, oldest first
    posts      (source, week) → posts
    figures_n  week → rows of the published counts
    bins       what is counted (`labels`, `languages`, `scores …`) → week → value → tags
    taggers    what made the tags of the window
    """

    week: str
    weeks: tuple[str, ...]
    posts: Mapping[tuple[str, str], SourceWeek]
    figures_n: Mapping[str, int]
    bins: Mapping[str, Mapping[str, Bins]]
    taggers: tuple[str, ...]

    @property
    def sources(self) -> list[str]:
        """Every source of the window."""
        return sorted({source for source, _ in self.posts})

    def total(self, week: str) -> SourceWeek:
        """Posts of all sources in one week."""
        held = [found for (_, one), found in self.posts.items() if one == week]
        return SourceWeek(
            sum(one.post_n for one in held),
            sum(one.placed_n for one in held),
            sum(one.health_n for one in held),
        )


def read(con: duckdb.DuckDBPyConnection) -> History:
    """The history of the marts in `con`."""
    release = con.execute("select week, weeks_n from pub_release").fetchone()
    week, weeks_n = release or ("", 0)
    posts = {
        (source, week): SourceWeek(*counts)
        for source, week, *counts in con.execute(
            "select source, week, post_n, placed_n, health_n from mart_source_week"
        ).fetchall()
    }
    weeks = tuple(str(one) for one in Week.parse(week).trailing(weeks_n))
    return History(week, weeks, posts, _figures(con), _bins(con), _taggers(con))


def _figures(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    rows = con.execute(
        "select week, count(*) from (select week from pub_volume_week union all "
        "select week from pub_theme_week union all select week from pub_signal_week) group by 1"
    )
    return dict(rows.fetchall())


def _bins(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Counter[object]]]:
    bins: dict[str, dict[str, Counter[object]]] = defaultdict(lambda: defaultdict(Counter))
    rows = con.execute(
        "select week, kind, tag_id, stance, lang, score_tenth, sum(tag_n)::bigint "
        "from mart_tagged_week group by all"
    ).fetchall()
    for week, kind, tag_id, stance, lang, tenth, tag_n in rows:
        bins[f"scores of {kind}"][week][tenth] += tag_n
        if kind == "health":
            bins["languages"][week][lang] += tag_n
        else:
            bins["labels"][week][kind, tag_id] += tag_n
        if kind == "theme":
            bins["stances"][week][stance] += tag_n
    return bins


def _taggers(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    rows = con.execute("select distinct made_by from mart_tagged_week order by 1")
    return tuple(name for (name,) in rows.fetchall())
