"""Gather what the estimates of one release are made from, and which weeks are compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np

from warehouse.estimates.counts import Floats, Ints
from warehouse.estimates.published import (
    Places,
    Series,
    Told,
    published_weeks,
    true_weeks,
)

LEVELS = ("nation", "state", "region", "county")
CHANCES = np.array([0.02, 0.05, 0.1, 0.2, 0.35, 0.5])

_LARGE = """
    select volume.geo_type, 1 - count(shown.tag_id) / count(*) from mart_tag_week as tags
    inner join pub_volume_week as volume using (geo_value, week)
    left join mart_shown_week as shown using (geo_value, week, kind, tag_id, stance)
    where tags.author_n >= 10
    group by volume.geo_type
"""

PAST_WEEKS, GAP_WEEKS = 8, 1
"""A week is compared with so many before it, with so many left between."""


@dataclass(frozen=True)
class Scene:
    """All that the estimates of one release are made from.

    left_out      weeks (by index) in which a source was out or the mix changed
    large_hidden  part of the counts of 10 or more that are hidden, by depth (nation, state,
                  region, county), rounded to one of `CHANCES`
    """

    places: Places
    told: Told
    true: Told
    tags: list[Series]
    left_out: Ints
    large_hidden: Floats

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection) -> Scene:
        """Everything from the tables of a build under way."""
        places = Places.read(con)
        told, true = published_weeks(con, places), true_weeks(con, places)
        tags = con.execute(
            "select 'signal', signal_id from ref_signals "
            "union all select 'theme', theme_id from ref_themes order by all"
        ).fetchall()
        rows = con.execute("select distinct week from ref_outages").fetchall()
        left_out = [told.weeks.index(week) for (week,) in rows if week in told.weeks]
        hidden = dict(con.execute(_LARGE).fetchall())
        parts = np.array([hidden.get(level, 0.0) for level in LEVELS])
        chances = CHANCES[np.abs(CHANCES - parts[:, None]).argmin(axis=1)]
        return cls(places, told, true, tags, np.array(sorted(left_out), np.int64), chances)

    @cached_property
    def now(self) -> int:
        """The release's own week, by index: the last."""
        return len(self.told.weeks) - 1

    @cached_property
    def past(self) -> Ints:
        """Weeks to compare with: the trailing eight with a week between, less any left out."""
        window = np.arange(*self._window)
        return np.setdiff1d(window, self.left_out)

    @cached_property
    def past_left_out_n(self) -> int:
        """How many of the trailing eight weeks are left out."""
        first, end = self._window
        return int(((self.left_out >= first) & (self.left_out < end)).sum())

    @property
    def is_now_left_out(self) -> bool:
        """Whether the release's own week can be compared with no other."""
        return self.now in self.left_out

    @property
    def _window(self) -> tuple[int, int]:
        end = max(self.now - GAP_WEEKS, 0)
        return max(end - PAST_WEEKS, 0), end
