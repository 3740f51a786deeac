"""Say in numbers and in words what differs between two releases.

A figure is a row of a published table, named by the table's grain. It is new, gone, changed or
the same. Only published tables are compared, so nothing is said here that a reader who holds
both releases could not work out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from warehouse.headers import Header, published

MOST_LARGEST = 5
MADE_BY = ("code", "taxonomy", "model", "reference", "correction")
INPUTS = {"weeks_n": "weeks", "posts_n": "posts read", "health_n": "posts about health"}
"""Columns of pub_release that are compared one by one, and their words."""

_MEASURES = {
    "pub_clinic_week": ("heard_n", ""),
    "pub_estimate_week": ("share_per_1000", " per 1,000"),
    "pub_volume_week": ("health_author_n", " health voices"),
}
"""Table → the column by which its changes are ranked, and its unit; of other tables none is
named. A share as counted is not: pages say the estimate made from it."""

_SHOWN = """(
    select * from frozen.pub_estimate_week
    where has_numbers and (release_id, geo_value, week, kind, tag_id) in (
        select (release_id, geo_value, week, 'theme', theme_id) from frozen.pub_theme_week
        where stance = 'promotes'
        union all
        select (release_id, geo_value, week, 'signal', signal_id) from frozen.pub_signal_week
    )
)"""
"""Estimates of which pages say a number: enough posts, and a count that is told."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of one table, or of all, by what became of them."""

    same_n: int = 0
    new_n: int = 0
    gone_n: int = 0
    changed_n: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            self.same_n + other.same_n,
            self.new_n + other.new_n,
            self.gone_n + other.gone_n,
            self.changed_n + other.changed_n,
        )

    @property
    def is_same(self) -> bool:
        """Whether nothing is new, gone or changed."""
        return not (self.new_n or self.gone_n or self.changed_n)

    def __str__(self) -> str:
        return (
            f"{self.new_n:,} new, {self.gone_n:,} gone, {self.changed_n:,} changed, "
            f"{self.same_n:,} the same"
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that both releases have with another value.

    figure  its grain in words, `Natrona County, 2024-W09, theme, sunscreen`
    unit    ` per 1,000`, ` health voices` or nothing
    """

    figure: str
    before: float
    after: float
    unit: str

    def __str__(self) -> str:
        return f"{self.figure}: from {self.before:,.4g} to {self.after:,.4g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two releases.

    tables    counts by table, those with any figure
    largest   the changes that are largest beside the figure itself, largest first
    versions  (name, before, after) of what made the numbers, where it differs
    inputs    (words, before, after) of what went in, where it differs; None: not told
    """

    earlier: str
    later: str
    tables: Mapping[str, Counts]
    largest: tuple[Change, ...]
    versions: tuple[tuple[str, str, str], ...]
    inputs: tuple[tuple[str, int | None, int | None], ...]

    @property
    def total(self) -> Counts:
        """All tables together."""
        return sum(self.tables.values(), Counts())


def compare(con: duckdb.DuckDBPyConnection, earlier: str, later: str) -> Difference:
    """What differs between two frozen releases, both found before (`release.find_release`)."""
    tables, largest = {}, list[tuple[float, Change]]()
    for header in published():
        if header.name == "pub_release" or not _is_frozen(con, header.name):
            continue
        counts = _counts(con, header, earlier, later)
        if counts != Counts():
            tables[header.name] = counts
        if counts.changed_n:
            largest += _largest(con, header, earlier, later)
    largest.sort(key=lambda found: (-found[0], found[1].figure))
    return Difference(
        earlier,
        later,
        tables,
        tuple(change for _, change in largest[:MOST_LARGEST]),
        tuple(_versions(con, earlier, later)),
        tuple(_inputs(con, earlier, later)),
    )


def in_words(found: Difference) -> str:
    """One short paragraph for readers: how much changed since, the largest change, and why."""
    total = found.total
    if total.is_same:
        return f"Since release {found.earlier} no figure changed. {_why(found)}"
    largest = f" The largest change: {found.largest[0]}." if found.largest else ""
    return f"Since release {found.earlier}: {total} figures.{largest} {_why(found)}"


def _why(found: Difference) -> str:
    """The reasons that can be named."""
    reasons = [f"another version of the {name}" for name, _, _ in found.versions]
    reasons += [f"other {words}" for words, _, _ in found.inputs]
    if not reasons:
        return "Versions and numbers of posts are the same; posts or reports differ."
    return f"What differs: {', '.join(reasons)}.".replace("_", " ")


def _is_frozen(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'frozen' and table_name = ?", [table]
    )
    return found.fetchone() is not None


def _measured(
    con: duckdb.DuckDBPyConnection, header: Header, earlier: str, later: str
) -> list[str]:
    """Columns outside the grain that both releases have; a later version may add some."""
    held = set(con.table(f"frozen.{header.name}").columns)
    names = [name for name in header.names if name in held and name not in header.grain]
    if not names:
        return []
    filled = ", ".join(f"count({name})" for name in names)
    before, after = (
        con.execute(
            f"select {filled}, count(*) from frozen.{header.name} where release_id = ?", [one]
        ).fetchone()
        or ()
        for one in (earlier, later)
    )
    is_empty = not before[-1] or not after[-1]
    return [
        name
        for name, one, other in zip(names, before, after, strict=False)
        if is_empty or bool(one) == bool(other)
    ]


def _joined(header: Header, values: Sequence[str], rows: str = "") -> str:
    """Both releases' rows of a table side by side; takes the two names as parameters.

    rows  the rows to take, in SQL, where not all of them
    """
    grain = ", ".join(header.grain)
    held = ", ".join([grain, *values])
    one = f"(select {held} from {rows or f'frozen.{header.name}'} where release_id = ?)"
    on = " and ".join(f"before.{g} is not distinct from after.{g}" for g in header.grain)
    return f"{one} as before full join {one} as after on {on}"


def _counts(con: duckdb.DuckDBPyConnection, header: Header, earlier: str, later: str) -> Counts:
    measured = _measured(con, header, earlier, later)
    value = f"to_json(struct_pack({', '.join(f'{m} := {m}' for m in measured)}))"
    # A row without anything measured is told from its absence by `true`.
    joined = _joined(header, [f"{value if measured else 'true'} as held", "true as is_there"])
    row = con.execute(
        f"""
        select
            count(*) filter (before.is_there and after.is_there and before.held = after.held),
            count(*) filter (before.is_there is null),
            count(*) filter (after.is_there is null),
            count(*) filter (before.is_there and after.is_there and before.held <> after.held)
        from {joined}
        """,
        [earlier, later],
    ).fetchone()
    return Counts(*(row or ()))


def _largest(
    con: duckdb.DuckDBPyConnection, header: Header, earlier: str, later: str
) -> Iterator[tuple[float, Change]]:
    if header.name not in _MEASURES:
        return
    measure, unit = _MEASURES[header.name]
    shown = _SHOWN if header.name == "pub_estimate_week" else ""
    grain = ", ".join(f"after.{name}" for name in header.grain)
    rows = con.execute(
        f"""
        select before.{measure}, after.{measure}, {grain}
        from {_joined(header, [measure], shown)}
        where before.{measure} <> after.{measure}
        order by
            abs(before.{measure} - after.{measure})
            / greatest(before.{measure}, after.{measure}) desc,
            {grain}
        limit {MOST_LARGEST}
        """,
        [earlier, later],
    ).fetchall()
    for before, after, *figure in rows:
        said = ", ".join(_place(con, later, str(part)) for part in figure)
        share = abs(before - after) / max(before, after)
        yield share, Change(said, before, after, unit)


def _place(con: duckdb.DuckDBPyConnection, release_id: str, part: str) -> str:
    """A county by its name; anything else as it is."""
    if not (len(part) == 5 and part.isdigit()):
        return part
    found = con.execute(
        "select name || ', ' || state from frozen.pub_county where release_id = ? and fips = ?",
        [release_id, part],
    ).fetchone()
    return str(found[0]) if found else part


def _versions(
    con: duckdb.DuckDBPyConnection, earlier: str, later: str
) -> Iterator[tuple[str, str, str]]:
    before, after = (
        con.execute(
            f"select {', '.join(MADE_BY)} from releases where release_id = ?", [one]
        ).fetchone()
        or ()
        for one in (earlier, later)
    )
    for name, one, other in zip(MADE_BY, before, after, strict=True):
        if one != other:
            yield name, str(one), str(other)


def _inputs(
    con: duckdb.DuckDBPyConnection, earlier: str, later: str
) -> Iterator[tuple[str, int | None, int | None]]:
    before, after = (
        con.execute(
            f"select {', '.join(INPUTS)} from frozen.pub_release where release_id = ?", [one]
        ).fetchone()
        or ()
        for one in (earlier, later)
    )
    for words, one, other in zip(INPUTS.values(), before, after, strict=True):
        if one != other:
            yield words, one, other
