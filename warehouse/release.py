"""Freeze a week's published numbers as a release, immutable and named.

A release is the `pub_` tables as they stood, kept for ever in the schema `frozen` under a
name such as `2024-W10.1`, and a row of `releases` with the versions, input counts, outages and
seed behind it. The same numbers from the same versions are the same release, so a run repeated
changes nothing; anything else is a revision, `2024-W10.2`. Whether a release is also published
is another matter: see `warehouse.publication`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

import duckdb

from warehouse.clock import after
from warehouse.database import open_database, read_database, transaction
from warehouse.differences import compare, in_words
from warehouse.errors import GrapevineError
from warehouse.estimates.shares import seed_of
from warehouse.home import Home
from warehouse.publication import last_published
from warehouse.snapshot import PUBLISHED, VERSIONS, fingerprint
from warehouse.weeks import Week

_TABLES = """
create schema if not exists frozen;
create table if not exists releases (
    release_id text primary key,
    week text not null,
    revision integer not null,
    is_sample boolean not null,
    weeks_n integer not null,
    created_at timestamptz not null,
    content_sha256 text not null,
    code text not null,
    taxonomy text not null,
    model text not null,
    reference text not null,
    posts_n bigint not null,
    placed_n bigint not null,
    health_n bigint not null,
    no_author_n bigint not null,
    correction text default 'none',
    libraries text default '',
    seed bigint,
    outages text default '[]',
    changed text default ''
);
"""
"""`libraries` wrote the pages; `outages` is a JSON list of words; `changed` says what changed
since the release of the same week that was published last, empty when it is the first."""


@dataclass(frozen=True, slots=True)
class Release:
    """One immutable set of published numbers.

    release_id      `2024-W10.1`; of the sample `2024-W10.1-sample`
    week            the last of its weeks
    revision        1 for the first release of that week, then 2, …
    is_sample       made from posts written for demonstration
    content_sha256  of every published table
    """

    release_id: str
    week: str
    revision: int
    is_sample: bool
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of `releases`: all that a release rests on.

    versions   of code, taxonomy, model, reference and correction
    libraries  what wrote the pages besides
    outages    JSON list of words
    changed    what changed since the release of its week published before; empty if first
    """

    release_id: str
    week: str
    weeks_n: int
    is_sample: bool
    created_at: datetime
    content_sha256: str
    posts_n: int
    placed_n: int
    health_n: int
    no_author_n: int
    libraries: str
    seed: int | None
    outages: str
    changed: str
    versions: Mapping[str, str]


_FIELDS = "release_id, week, revision, is_sample, content_sha256"


def freeze(
    home: Home, week: Week, weeks: int, is_sample: bool, versions: Mapping[str, str]
) -> Release:
    """Keep the published tables as a release; return the latest one if nothing changed.

    `versions` names `code`, `taxonomy`, `model` and `reference`, and may name `libraries`.
    Raise `GrapevineError` when the marts are not those of these weeks.
    """
    with open_database(home) as con:
        _check_window(con, week, weeks, is_sample)
        known = {**versions, "correction": _correction(con)}
        made_by = {name: known[name] for name in VERSIONS}
        content = fingerprint(con, PUBLISHED)
        with transaction(con):
            con.execute(_TABLES)
            latest = _latest(con, str(week), is_sample)
            if latest and _is_same(con, latest, content, list(made_by.values())):
                return latest
            revision = latest.revision + 1 if latest else 1
            release_id = f"{week}.{revision}{'-sample' if is_sample else ''}"
            release = Release(release_id, str(week), revision, is_sample, content)
            made_by["libraries"] = versions.get("libraries", "")
            _keep(con, release, weeks, made_by)
    return release


def latest_release(home: Home) -> Release | None:
    """The release made last, or None before the first. Raise as `read_database` does."""
    if not home.database.exists():
        return None
    with read_database(home) as con:
        try:
            row = con.execute(
                f"select {_FIELDS} from releases order by created_at desc, release_id limit 1"
            ).fetchone()
        except duckdb.CatalogException:
            return None
    return Release(*row) if row else None


def kept_releases(con: duckdb.DuckDBPyConnection) -> list[Kept]:
    """Every release, in the order they were frozen."""
    con.execute(_TABLES)
    own = [part.name for part in fields(Kept) if part.name != "versions"]
    rows = con.execute(
        f"select {', '.join([*own, *VERSIONS])} from releases order by created_at, release_id"
    ).fetchall()
    cut = len(own)
    return [
        Kept(
            **dict(zip(own, row[:cut], strict=True)),
            versions=dict(zip(VERSIONS, row[cut:], strict=True)),
        )
        for row in rows
    ]


def find_release(con: duckdb.DuckDBPyConnection, release_id: str) -> Kept:
    """One release by its name. Raise `GrapevineError` when there is none."""
    kept = {one.release_id: one for one in kept_releases(con)}
    if release_id in kept:
        return kept[release_id]
    then = "`grapevine release list` shows those there are."
    if f"{release_id}-sample" in kept:
        then = f"Did you mean {release_id}-sample?"
    raise GrapevineError(f"There is no release '{release_id}'. {then}")


def resting_on(home: Home, weeks: Collection[Week], is_sample: bool) -> list[str]:
    """The releases that counted posts of any of these weeks, oldest first."""
    if not home.database.exists():
        return []
    with open_database(home) as con:
        try:
            rows = con.execute(
                "select release_id, week, weeks_n from releases where is_sample = ? "
                "order by created_at, release_id",
                [is_sample],
            ).fetchall()
        except duckdb.CatalogException:
            return []
    asked = set(weeks)
    return [name for name, week, n in rows if asked & set(Week.parse(week).trailing(n))]


def _check_window(
    con: duckdb.DuckDBPyConnection, week: Week, weeks: int, is_sample: bool
) -> None:
    """Refuse to put one week's name on another week's numbers."""
    asked = (str(week), weeks, is_sample)
    try:
        built = con.execute("select week, weeks_n, is_sample from pub_release").fetchone()
    except duckdb.CatalogException:
        built = None
    if built != asked:
        raise GrapevineError(
            f"The marts are not those of {week} over {weeks} weeks"
            f"{' of the sample' if is_sample else ''}. Run that week again from the start."
        )


def _latest(con: duckdb.DuckDBPyConnection, week: str, is_sample: bool) -> Release | None:
    row = con.execute(
        f"select {_FIELDS} from releases where week = ? and is_sample = ? "
        "order by revision desc limit 1",
        [week, is_sample],
    ).fetchone()
    return Release(*row) if row else None


def _is_same(
    con: duckdb.DuckDBPyConnection, latest: Release, content: str, made_by: list[str]
) -> bool:
    versions = con.execute(
        f"select {', '.join(VERSIONS)} from releases where release_id = ?", [latest.release_id]
    ).fetchone()
    return latest.content_sha256 == content and versions == tuple(made_by)


def _correction(con: duckdb.DuckDBPyConnection) -> str:
    """`audit and model card 1a2b3c4d5e6f`: where the error rates are from, and a digest."""
    rows = con.execute("select to_json(rates) from mart_error_rates as rates order by 1")
    held = [row for (row,) in rows.fetchall()]
    origins = sorted({json.loads(row)["origin"] for row in held})
    if not origins:
        return "none"
    return f"{' and '.join(origins)} {hashlib.sha256(''.join(held).encode()).hexdigest()[:12]}"


def _keep(
    con: duckdb.DuckDBPyConnection, release: Release, weeks: int, made_by: Mapping[str, str]
) -> None:
    for table in PUBLISHED:
        _freeze_table(con, table, release.release_id)
    counts = dict(con.execute("select part, post_n from mart_input").fetchall())
    row = {
        "release_id": release.release_id,
        "week": release.week,
        "revision": release.revision,
        "is_sample": release.is_sample,
        "weeks_n": weeks,
        "created_at": after(con, "releases", "created_at"),
        "content_sha256": release.content_sha256,
        **made_by,
        **{f"{part}_n": counts[part] for part in ("placed", "health", "no_author")},
        "posts_n": counts["all"],
        "seed": seed_of(release.week),
        "outages": _outages(con),
    }
    con.execute(
        f"insert into releases ({', '.join(row)}) values ({', '.join('?' * len(row))})",
        list(row.values()),
    )
    if earlier := last_published(con, release.week, release.is_sample):
        con.execute(
            "update releases set changed = ? where release_id = ?",
            [in_words(compare(con, earlier, release.release_id)), release.release_id],
        )


def _freeze_table(con: duckdb.DuckDBPyConnection, table: str, release_id: str) -> None:
    # A later version may add columns; older releases have NULL there.
    con.execute(
        f"create table if not exists frozen.{table} as "
        f"select cast(null as text) as release_id, * from {table} limit 0"
    )
    for column, kind in zip(con.table(table).columns, con.table(table).types, strict=True):
        con.execute(f"alter table frozen.{table} add column if not exists {column} {kind}")
    con.execute(
        f"insert into frozen.{table} by name select ? as release_id, * from {table}",
        [release_id],
    )


def _outages(con: duckdb.DuckDBPyConnection) -> str:
    """The weeks of outage or of a changed mix, as a JSON list of words."""
    rows = con.execute(
        "select source, week, reason from pub_outage_week order by week, source"
    ).fetchall()
    return json.dumps([f"{source} in {week}: {reason}" for source, week, reason in rows])
