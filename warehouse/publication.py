"""Decide which releases readers see: hold each to the checks, set a failing one aside.

A frozen release is either *published*, *set aside* with its reasons, or *not checked yet*. What
is published once stays so. A release that was set aside is published only by a person who
gives a reason, which is kept and printed. Nothing here changes a number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import duckdb

from warehouse.clock import after
from warehouse.database import open_database, transaction
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.quality.finding import FAILED, Finding, in_words

TABLES = """
create table if not exists publications (
    release_id text primary key,
    published_at timestamptz not null,
    despite text not null
);
create table if not exists set_aside (
    release_id text primary key,
    set_aside_at timestamptz not null,
    reasons text not null
);
create table if not exists quality_checks (
    release_id text not null,
    name text not null,
    outcome text not null,
    threshold text not null,
    told text not null,
    primary key (release_id, name)
);
create table if not exists sites (
    release_id text not null,
    code text not null,
    libraries text not null,
    files_n bigint not null,
    sha256 text not null,
    districts text default '',
    primary key (release_id, code, libraries)
);
"""
"""`despite`: why it was published though set aside, else empty; `reasons`: a JSON list. `sites`
has a row a site that was built of a release, and by what."""

PUBLISHED, SET_ASIDE, NOT_CHECKED = "published", "set aside", "not checked yet"


class SetAsideError(GrapevineError):
    """A release failed a check before publication. The text says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site that was built of a release.

    code, libraries  what it was built with
    files_n, sha256  its files, and the digest of their names and bytes
    districts        the groups of counties it shows, as JSON text: no part of a release
    """

    code: str
    libraries: str
    files_n: int
    sha256: str
    districts: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a release stands.

    state     `published`, `set aside` or `not checked yet`
    reasons   the failed checks in words, also when it was published all the same
    despite   why it was published all the same, else empty
    findings  every check
    """

    state: str
    reasons: tuple[str, ...]
    despite: str
    findings: tuple[Finding, ...]


def last_published(
    con: duckdb.DuckDBPyConnection, week: str | None, is_sample: bool
) -> str | None:
    """The release published last (of this week, when one is named), or None."""
    con.execute(TABLES)
    row = con.execute(
        "select release_id from publications inner join releases using (release_id) "
        "where is_sample = ? and coalesce(week = ?, true) "
        "order by published_at desc, revision desc limit 1",
        [is_sample, week],
    ).fetchone()
    return str(row[0]) if row else None


def settle(home: Home, release_id: str, findings: Sequence[Finding]) -> None:
    """Enter what the checks found, unless the release is published already.

    Raise `SetAsideError` when one failed; the release is then set aside, and a release that was
    set aside before and fails no more is so no longer.
    """
    refusal = _settled(home, release_id, findings)
    if refusal:  # raised out here: an error that is kept would keep the connection
        raise SetAsideError(refusal)


def _settled(home: Home, release_id: str, findings: Sequence[Finding]) -> str:
    """Enter the findings; the words of the refusal, empty when none failed."""
    failed = [finding for finding in findings if finding.outcome == FAILED]
    with open_database(home) as con:
        with transaction(con):
            con.execute(TABLES)
            if _published_at(con, release_id):
                return ""
            _enter(con, release_id, findings)
            con.execute("delete from set_aside where release_id = ?", [release_id])
            if failed:
                reasons = json.dumps([f"{one.name}: {one.told}" for one in failed])
                con.execute(
                    "insert into set_aside values (?, ?, ?)",
                    [release_id, after(con, "set_aside", "set_aside_at"), reasons],
                )
        return _refusal(con, release_id, failed) if failed else ""


def admit(con: duckdb.DuckDBPyConnection, release_id: str, despite: str = "") -> None:
    """Enter a release as published, the first time with its reason.

    Raise `SetAsideError` when it is set aside and no reason is given.
    """
    with transaction(con):
        con.execute(TABLES)
        if _published_at(con, release_id):
            return
        aside = con.execute(
            "select 1 from set_aside where release_id = ?", [release_id]
        ).fetchone()
        if aside and not despite:
            raise SetAsideError(
                f"Release {release_id} is set aside; `grapevine release show {release_id}` "
                "says why. To publish it all the same, say why: grapevine release publish "
                f"{release_id} --despite 'why'"
            )
        con.execute(
            "insert into publications values (?, ?, ?)",
            [
                release_id,
                after(con, "publications", "published_at"),
                despite if aside else "",
            ],
        )


def publish_behind(home: Home, release_id: str) -> None:
    """Enter a release as published, behind the one that readers see: it is in the archive.

    Raise `SetAsideError` when it is set aside.
    """
    with open_database(home) as con:
        admit(con, release_id)


def standing(con: duckdb.DuckDBPyConnection, release_id: str) -> Standing:
    """Where a frozen release stands."""
    con.execute(TABLES)
    checked = con.execute(
        "select name, outcome, threshold, told from quality_checks "
        "where release_id = ? order by rowid",
        [release_id],
    ).fetchall()
    published = con.execute(
        "select despite from publications where release_id = ?", [release_id]
    ).fetchone()
    aside = con.execute(
        "select reasons from set_aside where release_id = ?", [release_id]
    ).fetchone()
    state = PUBLISHED if published else SET_ASIDE if aside else NOT_CHECKED
    return Standing(
        state,
        tuple(json.loads(aside[0])) if aside else (),
        str(published[0]) if published else "",
        tuple(Finding(*row) for row in checked),
    )


def checked_in_words(con: duckdb.DuckDBPyConnection, release_id: str) -> str:
    """What readers are told of the checks: how many held, the names of others, no number."""
    found = standing(con, release_id)
    if not found.findings:
        return ""
    despite = f" Published all the same: {found.despite.rstrip('.')}." if found.despite else ""
    return in_words(found.findings) + despite


def record_site(home: Home, release_id: str, site: Site) -> None:
    """Enter the site built of a release.

    What was entered first for the same program and the same districts stays.
    """
    with open_database(home) as con:
        con.execute(TABLES)
        con.execute(
            "delete from sites where release_id = ? and code = ? and libraries = ? "
            "and districts <> ?",
            [release_id, site.code, site.libraries, site.districts],
        )
        con.execute(
            "insert or ignore into sites values (?, ?, ?, ?, ?, ?)",
            [release_id, *astuple(site)],
        )


def sites(con: duckdb.DuckDBPyConnection, release_id: str) -> list[Site]:
    """The sites that were built of a release, in the order they were entered."""
    con.execute(TABLES)
    rows = con.execute(
        "select code, libraries, files_n, sha256, districts from sites where release_id = ? "
        "order by rowid",
        [release_id],
    )
    return [Site(*row) for row in rows.fetchall()]


def _published_at(con: duckdb.DuckDBPyConnection, release_id: str) -> object:
    row = con.execute(
        "select published_at from publications where release_id = ?", [release_id]
    ).fetchone()
    return row[0] if row else None


def _enter(
    con: duckdb.DuckDBPyConnection, release_id: str, findings: Sequence[Finding]
) -> None:
    con.execute("delete from quality_checks where release_id = ?", [release_id])
    for one in findings:
        con.execute(
            "insert into quality_checks values (?, ?, ?, ?, ?)",
            [release_id, one.name, one.outcome, one.threshold, one.told],
        )


def _refusal(con: duckdb.DuckDBPyConnection, release_id: str, failed: Sequence[Finding]) -> str:
    (is_sample,) = con.execute(
        "select is_sample from releases where release_id = ?", [release_id]
    ).fetchone() or (False,)
    up = last_published(con, None, is_sample)
    stays = f"{up} stays up" if up else "nothing is published yet"
    reasons = "; ".join(f"{one.name}: {one.told}" for one in failed)
    return (
        f"Release {release_id} is set aside and {stays}. {reasons}. Mend it and run again, or "
        f"publish it with: grapevine release publish {release_id} --despite 'why'"
    )
