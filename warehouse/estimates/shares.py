"""Estimate the share of every tag in every place and week: the table `est_share_week`.

Themes and signals are treated alike. Of the release's own week every place gets an estimate,
and the probability that the share is above that of the weeks before; of earlier weeks the
places whose count is published. Questions and rebuttals are estimated where questions are
shown at all; nothing is known of the tagger's errors in telling these apart.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.build import Computed
from warehouse.estimates.change import (
    FEWEST_WEEKS,
    MANY_FOLD,
    Change,
    alike,
    change_columns,
    per_1000,
)
from warehouse.estimates.correction import Corrections
from warehouse.estimates.counts import Counts, Floats
from warehouse.estimates.pooling import DRAWS_N
from warehouse.estimates.published import Series
from warehouse.estimates.scene import Scene
from warehouse.estimates.strength import strengths
from warehouse.estimates.weekly import Estimate, Rates, estimate

HISTORY_N = 8
"""Weeks, the release's own the last, from which the strength of pooling is estimated."""

TAILS = (0.05, 0.95)
EARLIER_DRAWS_N = DRAWS_N // 2
THREADS_MAX = 4

Draws = NDArray[np.float32]

_ROWS = pa.schema(
    [
        ("geo_type", pa.string()),
        ("geo_value", pa.string()),
        ("week", pa.string()),
        ("kind", pa.string()),
        ("tag_id", pa.string()),
        ("share_per_1000", pa.float64()),
        ("low_per_1000", pa.float64()),
        ("high_per_1000", pa.float64()),
        ("rests_on", pa.string()),
        ("own_evidence", pa.float64()),
        ("past_least_per_1000", pa.float64()),
        ("past_most_per_1000", pa.float64()),
        ("rise_probability", pa.float64()),
        ("many_fold_probability", pa.float64()),
        ("fall_probability", pa.float64()),
        ("alike_probability", pa.float64()),
        ("weeks_n", pa.int64()),
        ("weeks_left_out", pa.int64()),
    ]
)


def share_rows(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """All rows of `est_share_week`; the same tables give the same rows."""
    scene = Scene.read(con)
    corrections = Corrections.read(con, seed_of(scene.told.weeks[scene.now]))
    with ThreadPoolExecutor(min(os.cpu_count() or 1, THREADS_MAX)) as pool:
        made = pool.map(
            lambda one: Estimator(scene, one, corrections.of(one)).rows(), _wanted(scene)
        )
        return pa.concat_tables([_ROWS.empty_table(), *made])


def seed_of(week: str) -> int:
    """The seed of a week's randomness: 202410 for `2024-W10`."""
    return int(week.replace("-W", ""))


def _wanted(scene: Scene) -> Iterator[Series]:
    """Every theme and signal, and questions and rebuttals of themes that are asked about."""
    yield from scene.tags
    for kind, tag_id in scene.tags:
        if (
            kind == "theme"
            and scene.told.is_shown(("asks", tag_id), np.array([scene.now])).any()
        ):
            yield "asks", tag_id
            yield "refutes", tag_id


@dataclass(frozen=True)
class Estimator:
    """The estimates of one series in all weeks."""

    scene: Scene
    series: Series
    rates: Rates

    def rows(self) -> pa.Table:
        """Rows of the release's week, then of earlier ones."""
        scene, tables = self.scene, [self.present_rows()]
        for week in range(scene.now if self.series[0] in ("theme", "signal") else 0):
            shown = scene.told.is_shown(self.series, np.array([week]))
            if shown.any():
                counts = scene.told.counts(self.series, np.array([week]))
                past = self._estimate(counts, shown, week, 0, EARLIER_DRAWS_N)
                tables.append(self._table(week, shown, past, None))
        return pa.concat_tables(tables)

    def present_rows(self) -> pa.Table:
        """Rows of the release's own week; of questions and rebuttals, where askers are told."""
        scene, (kind, tag_id) = self.scene, self.series
        chosen = np.ones(len(scene.places.names), bool)
        if kind in ("asks", "refutes"):
            chosen = scene.told.is_shown(("asks", tag_id), np.array([scene.now]))
        counts = scene.told.counts(self.series, np.array([scene.now]))
        present = self._estimate(counts, chosen, scene.now, 0, DRAWS_N)
        return self._table(scene.now, chosen, present, self._change(present, chosen))

    def _estimate(
        self,
        counts: Counts,
        chosen: NDArray[np.bool_],
        week: int,
        part: int,
        draws_n: int,
        weeks_n: int = 1,
    ) -> Estimate:
        """Estimate these counts; week and part (0: the week, else to compare) are the seed.

        weeks_n  weeks that are added up in them. A place's voices of eight weeks count for no
                 more beside its parent's than those of one week: otherwise a high place, which
                 leans on its parent more in one week than in eight, would always seem to fall.
        """
        scene = self.scene
        rates = (self.rates[0][:draws_n], self.rates[1][:draws_n])
        name = crc32("/".join(self.series).encode())
        rng = np.random.default_rng([seed_of(scene.told.weeks[week]), name, part])
        known = self._strengths * weeks_n
        return estimate(scene.places, counts, chosen, rates, known, scene.large_hidden, rng)

    @cached_property
    def _strengths(self) -> Floats:
        """The strength of pooling, from the true counts of the latest weeks."""
        scene, means = self.scene, tuple(float(rate.mean()) for rate in self.rates)
        recent = range(max(scene.now + 1 - HISTORY_N, 0), scene.now + 1)
        tree = np.arange(len(scene.places.parents))
        history = [scene.true.counts(self.series, np.array([week]))[tree] for week in recent]
        return strengths(history, scene.places.parents, (means[0], means[1]))

    def _change(self, present: Estimate, estimated: NDArray[np.bool_]) -> Change | None:
        """Against the weeks before, where this place has voices now and then."""
        scene = self.scene
        if scene.is_now_left_out or not len(scene.past):
            return None
        volume = scene.told.volume
        weeks_n = (volume[scene.past] > 0).sum(axis=0)
        shown = scene.told.is_shown(self.series, np.array([*scene.past, scene.now]))
        chosen = (volume[scene.now] > 0) & (weeks_n >= FEWEST_WEEKS) & shown & estimated
        if not chosen.any():
            return None
        now = scene.told.counts(self.series, np.array([scene.now]))
        is_told = now.least == now.most
        low = high = present.draws
        if not is_told[chosen].all():
            high = self._estimate(now.at_most(), chosen, scene.now, 3, DRAWS_N).draws
        least, most = self._past(chosen)
        rise = np.where(is_told, (low > most).mean(axis=1), 0.0)
        many_fold = np.where(is_told, (low > MANY_FOLD * most).mean(axis=1), 0.0)
        fall = (np.where(is_told[:, None], low, high) < least).mean(axis=1)
        same = np.where(is_told, alike(low, least, most), 0.0)
        found = (least.mean(axis=1), most.mean(axis=1), rise, many_fold, fall, same)
        known = [np.where(chosen, part, np.nan) for part in found]
        return Change(known[0], known[1], known[2], known[3], known[4], known[5], weeks_n)

    def _past(self, chosen: NDArray[np.bool_]) -> tuple[Draws, Draws]:
        """Draws of the share of the weeks before, at its least and at its most.

        At the most, a hidden count is nine, or as large as the model takes it to be when counts
        of ten or more are hidden for the sake of others.
        """
        scene, weeks_n = self.scene, len(self.scene.past)
        before = scene.told.counts(self.series, scene.past)
        how = (chosen, scene.now)
        most = self._estimate(before.at_most(), *how, 1, DRAWS_N, weeks_n).draws
        if not (before.least < before.most)[chosen].any():
            return most, most
        least = self._estimate(before.at_least(), *how, 2, DRAWS_N, weeks_n).draws
        likely = self._estimate(before, *how, 4, DRAWS_N).draws
        is_open = (before.least < before.most)[:, None]
        return least, np.where(is_open, np.maximum(most, likely), most)

    def _table(
        self, week: int, chosen: NDArray[np.bool_], found: Estimate, change: Change | None
    ) -> pa.Table:
        """Rows of the chosen places in one week."""
        names = self.scene.places.names
        places = np.flatnonzero(chosen)
        share = found.draws[places].mean(axis=1, dtype=float)
        low, high = np.quantile(found.draws[places], TAILS, axis=1)
        columns = {
            "geo_type": [names[place][0] for place in places],
            "geo_value": [names[place][1] for place in places],
            "week": [self.scene.told.weeks[week]] * len(places),
            "kind": [self.series[0]] * len(places),
            "tag_id": [self.series[1]] * len(places),
            "share_per_1000": per_1000(share),
            "low_per_1000": per_1000(np.minimum(low, share)),
            "high_per_1000": per_1000(np.maximum(high, share)),
            "rests_on": [names[place][0] for place in found.rests_on[places]],
            "own_evidence": np.round(found.own[places], 2),
            **change_columns(change, places),
            "weeks_left_out": [self.scene.past_left_out_n] * len(places),
        }
        return pa.table(columns, schema=_ROWS)


SHARES = Computed(
    (
        "mart_repeat_week",
        "mart_shown_week",
        "mart_tag_week",
        "mart_tagged_week",
        "mart_volume_week",
        "pub_volume_week",
        "ref_outages",
        "stg_geographies",
    ),
    share_rows,
)
