"""List, show, compare, publish and rebuild releases: the lines that the commands print."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb

from dashboards.districts import from_kept, load_districts
from dashboards.site import SiteReport, build_site
from flows.stages import site_made
from flows.versions import versions
from warehouse.database import open_database
from warehouse.differences import compare
from warehouse.errors import GrapevineError
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.publication import SET_ASIDE, Site, record_site, sites, standing
from warehouse.release import Kept, find_release, kept_releases
from warehouse.snapshot import publish_snapshot, write_snapshot


def listed(home: Home) -> Iterator[str]:
    """One line a release, and one more for each reason it was set aside."""
    with _standing_database(home) as con:
        releases = kept_releases(con)
        for one in releases:
            found = standing(con, one.release_id)
            yield (
                f"{one.release_id}  {found.state}, {one.weeks_n} weeks, "
                f"{one.posts_n:,} posts, frozen {one.created_at:%Y-%m-%d %H:%M} UTC"
            )
            yield from (f"    {reason}" for reason in found.reasons)
            if found.despite:
                yield f"    published all the same: {found.despite}"
    if not releases:
        yield "There is no release yet. `grapevine run` makes one."


def shown(home: Home, name: str) -> Iterator[str]:
    """What a release rests on."""
    with _standing_database(home) as con:
        one = find_release(con, name)
        found = standing(con, name)
        yield f"release     {name}, {found.state}, frozen {one.created_at:%Y-%m-%d %H:%M} UTC"
        yield f"weeks       {one.weeks_n}, ending with {one.week}"
        yield (
            f"posts       {one.posts_n:,} read, {one.placed_n:,} placed, {one.health_n:,} "
            f"about health, {one.no_author_n:,} with no author named"
        )
        yield from (f"{part:<11} {made_by}" for part, made_by in one.versions.items())
        yield f"libraries   {one.libraries or 'not noted'}"
        yield f"seed        {one.seed if one.seed is not None else 'none'}"
        yield f"outages     {'; '.join(json.loads(one.outages)) or 'none'}"
        yield f"content     sha256 {one.content_sha256}"
        yield from _rows(con, name)
        yield f"changed     {one.changed or 'first published release of its week'}"
        yield from (f"set aside   {reason}" for reason in found.reasons)
        if found.despite:
            yield f"despite     {found.despite}"
        yield from (f"check       {finding}" for finding in found.findings)
        if not found.findings:
            yield "check       not checked yet; run its week again"


def compared(home: Home, earlier: str, later: str) -> Iterator[str]:
    """What differs between two releases."""
    with _standing_database(home) as con:
        for name in (earlier, later):
            find_release(con, name)
        found = compare(con, earlier, later)
    yield f"{later} beside {earlier}"
    yield f"figures     {found.total}"
    for table, counts in found.tables.items():
        if not counts.is_same:
            yield f"            {table}: {counts}"
    yield from (f"largest     {change}" for change in found.largest)
    for name, before, after in found.versions:
        yield f"version     {name.replace('_', ' ')}: {before} before, {after} after"
    for words, one, other in found.inputs:
        yield f"input       {words}: {_told(one)} before, {_told(other)} after"
    if not found.versions:
        yield "version     the same code, taxonomy, model, reference and correction"
    if not found.inputs:
        yield "input       as many weeks and posts, as far as that is published"


def publish_site(home: Home, name: str, despite: str) -> Iterator[str]:
    """Put a release where readers look, and build its site."""
    with _standing_database(home) as con:
        find_release(con, name)
    districts = load_districts(home)
    publish_snapshot(home, name, despite.strip())
    built = build_site(home.snapshot, home.site, districts=districts)
    record_site(home, name, site_made(built))
    (home.root / "last_run").unlink(missing_ok=True)  # the next run makes its own week again
    yield f"Release {name} is published: {home.site / 'index.html'}"


def rebuild(home: Home, name: str, out: Path | None) -> Iterator[str]:
    """Make the site of a release again, and say whether its bytes are those of then.

    Its districts are those of then; where no site was built before, those of now.
    """
    folder = out or home.root / "as-of" / name
    with _standing_database(home) as con:
        one, found = find_release(con, name), standing(con, name)
        built_before = sites(con, name)
    districts = from_kept(built_before[-1].districts) if built_before else load_districts(home)
    with readable_errors(home.root), tempfile.TemporaryDirectory(dir=home.root) as draft:
        snapshot = Path(draft) / "marts.duckdb"
        write_snapshot(home, name, snapshot)
        built = build_site(snapshot, folder, districts=districts)
    yield f"The site of release {name} is made again: {folder / 'index.html'}"
    if found.state == SET_ASIDE:
        yield "This release is set aside: no reader has seen it."
    yield _verdict(built_before, built, one)


def _verdict(before: list[Site], built: SiteReport, one: Kept) -> str:
    """Whether the bytes are the same, and which versions differ when they cannot be."""
    now = site_made(built)
    if any(site.sha256 == now.sha256 for site in before):
        return f"Its {built.files_n:,} files are byte for byte those of the site built then."
    if not before:
        return "No site was built of it before, so there is nothing to hold this one against."
    differing = _differing(before[0], one)
    if not differing:
        raise GrapevineError(
            f"The site differs from the one built of {one.release_id} then, though the "
            "versions are the same. The database may have been changed by hand: hold it "
            "against a copy."
        )
    return (
        "Its numbers are those of then, but its files differ, for it was made by another "
        f"version: {'; '.join(differing)}."
    )


def _differing(then: Site, one: Kept) -> list[str]:
    now = {"code": versions()["code"], "libraries": versions()["libraries"]}
    told = [
        f"{part} {was} then, {now[part]} now"
        for part, was in (("code", then.code), ("libraries", then.libraries))
        if was != now[part]
    ]
    told += [
        f"{part} {one.versions[part]} then, {versions()[part]} now"
        for part in ("taxonomy", "reference")
        if one.versions[part] != versions()[part]
    ]
    return told


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[str]:
    tables = con.execute(
        "select table_name from duckdb_tables() where schema_name = 'frozen' order by 1"
    ).fetchall()
    for (table,) in tables:
        (rows_n,) = con.execute(
            f"select count(*) from frozen.{table} where release_id = ?",  # noqa: S608 - ours
            [name],
        ).fetchone() or (0,)
        yield f"table       {table}: {rows_n:,} rows"


def _told(count: int | None) -> str:
    return "not told" if count is None else f"{count:,}"


def _standing_database(
    home: Home,
) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """The database, if there is one. Raise `GrapevineError` before the first run."""
    if not home.database.exists():
        raise GrapevineError(f"There is no release in {home.root} yet. Run `grapevine run`.")
    return open_database(home)
