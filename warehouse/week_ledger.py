"""Keep book of what each stage did for each source and day, and which weeks were made.

`source_days` has a row a stage, part of the input, source and day; `release_days` a row a
release, source and day that it counted; `made_weeks` a row a week, with a digest of all that
decides its numbers, so that filling in past weeks goes on where it was stopped. Counts are of
posts, for the person who runs Grapevine; none is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb

from warehouse.database import open_database, transaction
from warehouse.days import SourceDay
from warehouse.home import Home
from warehouse.publication import TABLES as PUBLICATIONS
from warehouse.weeks import Week

_TABLES = """
create table if not exists source_days (
    stage text not null,
    part text not null,
    source text not null,
    day date not null,
    posts_n bigint not null,
    finished_at timestamptz not null,
    primary key (stage, part, source, day)
);
create table if not exists release_days (
    release_id text not null,
    source text not null,
    day date not null,
    posts_n bigint not null,
    primary key (release_id, source, day)
);
create table if not exists made_weeks (
    week text not null,
    weeks_n integer not null,
    request text not null,
    finished_at timestamptz not null,
    primary key (week, weeks_n)
);
"""


@dataclass(frozen=True, slots=True)
class DayRow:
    """What was done for one source and day.

    done     stage → posts: `read`, `locate` (placed somewhere), `tag`, `lake` (held after it)
    counted  release → posts that it counted
    """

    source: str
    day: date
    done: Mapping[str, int]
    counted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One release of real posts. state as in `warehouse.publication`; times in UTC."""

    week: str
    release_id: str
    state: str
    posts_n: int
    created_at: datetime


def record_days(
    home: Home, stage: str, part: str, posts: Mapping[SourceDay, int], at: datetime
) -> None:
    """Note what a stage did for each source and day of one part of its input.

    part  names the same posts when the work is done again, so that they are noted once; empty
          for what holds whatever part it came by
    """
    rows = [(stage, part, source, day, n, at) for (source, day), n in sorted(posts.items())]
    with open_database(home) as con, transaction(con):
        con.execute(_TABLES)
        if rows:
            con.executemany(
                "insert or replace into source_days values (?, ?, ?, ?, ?, ?)", rows
            )


def record_release(home: Home, release_id: str, posts: Mapping[SourceDay, int]) -> None:
    """Note the posts of each source and day that a release counted, once for all."""
    rows = [(release_id, source, day, n) for (source, day), n in sorted(posts.items())]
    with open_database(home) as con, transaction(con):
        con.execute(_TABLES)
        if rows:
            con.executemany("insert or ignore into release_days values (?, ?, ?, ?)", rows)


def record_made(home: Home, week: Week, weeks_n: int, request: str) -> None:
    """Note that a week's release was made of what `request` stands for."""
    with open_database(home) as con:
        con.execute(_TABLES)
        con.execute(
            "insert or replace into made_weeks values (?, ?, ?, ?)",
            [str(week), weeks_n, request, datetime.now(UTC)],
        )


def made_of(home: Home, week: Week, weeks_n: int) -> str | None:
    """What a week was last made of; None when it never was."""
    if not home.database.exists():
        return None
    with open_database(home) as con:
        con.execute(_TABLES)
        row = con.execute(
            "select request from made_weeks where week = ? and weeks_n = ?",
            [str(week), weeks_n],
        ).fetchone()
    return str(row[0]) if row else None


def days(home: Home, first: date, last: date) -> list[DayRow]:
    """Every source and day of these dates that anything was done for, by source and day."""
    if not home.database.exists():
        return []
    with open_database(home) as con:
        con.execute(_TABLES)
        done = con.execute(
            "select source, day, stage, sum(posts_n)::bigint from source_days "
            "where day between ? and ? group by all",
            [first, last],
        ).fetchall()
        counted = con.execute(
            "select source, day, release_id, posts_n from release_days "
            "where day between ? and ?",
            [first, last],
        ).fetchall()
    places = sorted({(source, day) for source, day, *_ in [*done, *counted]})
    return [DayRow(*place, _of(place, done), _of(place, counted)) for place in places]


def _of(place: SourceDay, rows: Iterable[tuple[str, date, str, int]]) -> dict[str, int]:
    return {name: n for source, day, name, n in sorted(rows) if (source, day) == place}


def last_releases(home: Home) -> list[WeekRow]:
    """The releases of real posts by week, of each week the last; latest week first.

    One that was frozen and neither published nor set aside is of a run that was broken off.
    """
    if not home.database.exists():
        return []
    with open_database(home) as con:
        con.execute(PUBLICATIONS)
        try:
            rows = con.execute(_RELEASES).fetchall()
        except duckdb.CatalogException:
            return []
    return [
        WeekRow(week, name, state, posts_n, datetime.fromtimestamp(us / 1_000_000, UTC))
        for week, name, state, posts_n, us in rows
    ]


_RELEASES = """
select
    week,
    release_id,
    case
        when publications.release_id is not null then 'published'
        when set_aside.release_id is not null then 'set aside'
        else 'broken off'
    end as state,
    posts_n,
    epoch_us(created_at)
from releases
left join publications using (release_id)
left join set_aside using (release_id)
where not is_sample
qualify row_number() over (partition by week order by revision desc) = 1
order by week desc
"""
