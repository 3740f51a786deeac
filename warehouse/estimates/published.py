"""Read published counts into arrays: places as a tree, weeks, and one series a tag.

Everything here is what a reader of the published tables has. The one exception is
`true_weeks`, by which the strength of pooling is estimated, and nothing else.

US-rural is no place of the tree: its regions lie in their states. Its counts are those of the
published rural regions (or their counties) added up, so it tells nothing that these do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.estimates.counts import HIDDEN_MOST, Counts, Floats, Ints, filled

RURAL = ("rural", "US-rural")

Series = tuple[str, str]
"""(kind, tag_id). Kind: `theme` (promoting it), `signal`, or `asks` or `refutes` of a theme."""


@dataclass(frozen=True, slots=True)
class Places:
    """Every place, by code; US-rural is the last and not in the tree.

    names    (geo_type, geo_value), `(places_n + 1,)`
    parents  index of the place around each, -1 for the nation: `(places_n,)`
    regions  the rural regions
    """

    names: list[tuple[str, str]]
    parents: Ints
    regions: Ints

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection) -> Places:
        """The places of `stg_geographies`."""
        rows = con.execute(
            "select geo_type, geo_value, parent_value from stg_geographies order by geo_value"
        ).fetchall()
        number = {value: index for index, (_, value, _) in enumerate(rows)}
        regions = [
            number[value]
            for kind, value, _ in rows
            if kind == "region" and value.endswith("-rural")
        ]
        return cls(
            [*((kind, value) for kind, value, _ in rows), RURAL],
            np.array([number.get(outer, -1) for _, _, outer in rows], np.int64),
            np.array(regions, np.int64),
        )

    def with_rural(self, counts: Counts) -> Counts:
        """Counts of all places, that of US-rural made: the rural regions added up.

        A region that is hidden is known by its published counties.
        """
        tree = np.arange(len(self.parents))
        known = filled(counts[tree], self.parents)
        sums = (part[self.regions].sum() for part in known.parts)
        whole = (
            np.append(part[tree], added) for part, added in zip(counts.parts, sums, strict=True)
        )
        return Counts(*whole)

    def around(self, chosen: NDArray[np.bool_]) -> Ints:
        """The chosen places of the tree and all places around them, by index."""
        chosen = chosen[: len(self.parents)].copy()
        while True:
            outer = self.parents[chosen]
            outer = outer[outer >= 0]
            if chosen[outer].all():
                return np.flatnonzero(chosen)
            chosen[outer] = True


@dataclass(frozen=True)
class Told:
    """Counts by week and place: published ones, or (`true_weeks`) all.

    weeks   oldest first
    volume  health authors, 0 where hidden: `(weeks_n, places_n + 1)`
    series  series → (week, place, authors) of every known count, by index
    """

    places: Places
    weeks: list[str]
    volume: Floats
    series: dict[Series, tuple[Ints, Ints, Floats]]

    def counts(self, series: Series, weeks: Ints) -> Counts:
        """Of one series, summed over these weeks (by index), for every place and US-rural."""
        shown = self._shown(series, weeks)
        volume = self.volume[weeks]
        is_hidden = np.isnan(shown) & (volume > 0)
        least = np.where(np.isnan(shown), 0, shown)
        most = least + np.where(is_hidden, np.minimum(HIDDEN_MOST, volume), 0)
        return self.places.with_rural(
            Counts(least.sum(axis=0), most.sum(axis=0), volume.sum(axis=0))
        )

    def is_shown(self, series: Series, weeks: Ints) -> NDArray[np.bool_]:
        """Which places have a count in any of these weeks."""
        seen = np.asarray(~np.isnan(self._shown(series, weeks)).all(axis=0), bool)
        inside = np.isin(self.places.parents, self.places.regions)
        seen[-1] = seen[self.places.regions].any() or seen[:-1][inside].any()
        return seen

    def _shown(self, series: Series, weeks: Ints) -> Floats:
        """Counts of these weeks, NaN where there is none: `(weeks, places_n + 1)`."""
        found = np.full((len(self.weeks), self.volume.shape[1]), np.nan)
        week, place, count = self.series.get(series, _NOTHING)
        found[week, place] = count
        return found[weeks]


_NOTHING: tuple[Ints, Ints, Floats] = (
    np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
)  # fmt: skip


def published_weeks(con: duckdb.DuckDBPyConnection, places: Places) -> Told:
    """What the release publishes of all its weeks."""
    return _read(con, places, "pub_volume_week", "mart_shown_week")


def true_weeks(con: duckdb.DuckDBPyConnection, places: Places) -> Told:
    """The counts before hiding, for the strength of pooling alone."""
    return _read(con, places, "mart_volume_week", "mart_tag_week")


def _read(con: duckdb.DuckDBPyConnection, places: Places, volumes: str, counts: str) -> Told:
    rows = con.execute("select week from ref_weeks order by week_start").fetchall()
    weeks = [week for (week,) in rows]
    values = [value for _, value in places.names[:-1]]
    con.register("places_n", _numbered("geo_value", values))
    con.register("weeks_n", _numbered("week", weeks))
    numbered = "inner join places_n using (geo_value) inner join weeks_n using (week)"
    found = con.execute(
        f"select week_n, geo_value_n, health_author_n from {volumes} {numbered}"  # noqa: S608 - names of ours
    ).fetchnumpy()
    volume = np.zeros((len(weeks), len(places.names)))
    volume[found["week_n"], found["geo_value_n"]] = found["health_author_n"]
    for week in volume:
        week[-1] = places.with_rural(Counts(week, week, week)).health_n[-1]
    listed = con.execute(
        "select if(stance in ('asks', 'refutes'), stance, kind) as series, tag_id, "  # noqa: S608 - names of ours
        f"list(week_n), list(geo_value_n), list(author_n) from {counts} {numbered} "
        "where stance <> 'mentions' group by series, tag_id order by series, tag_id"
    ).fetchall()
    con.unregister("places_n")
    con.unregister("weeks_n")
    series = {
        (kind, tag_id): (np.array(week), np.array(place), np.array(count, float))
        for kind, tag_id, week, place, count in listed
    }
    return Told(places, weeks, volume, series)


def _numbered(column: str, values: list[str]) -> pa.Table:
    return pa.table({column: pa.array(values, pa.string()), f"{column}_n": range(len(values))})
