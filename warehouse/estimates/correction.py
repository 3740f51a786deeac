"""Draw the tagger's error rates for each series, in the nation's mix of languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from warehouse.error_rates import ErrorRates
from warehouse.estimates.counts import Floats
from warehouse.estimates.pooling import DRAWS_N
from warehouse.estimates.published import Series
from warehouse.estimates.voices import Voices, of_voices

_LANGUAGES = """
    select lang, round(10 * sum(tag_n) / sum(sum(tag_n)) over ()) / 10
    from mart_tagged_week where kind = 'health' and score_tenth >= 5
    group by lang
"""
"""Shares of the health posts, rounded to a tenth: no few posts can be told from these."""

_REPEATS = """
    select kind, tag_id, sum(post_n)::bigint, sum(author_n)::bigint from mart_repeat_week
    group by kind, tag_id
"""
"""A voice is an author in a week, so those of all weeks add up."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Draws of (sensitivity, false positive rate) by series, `(DRAWS_N,)` each."""

    rates: dict[Series, tuple[Floats, Floats]]

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection, seed: int) -> Corrections:
        """From `ref_error_rates`; the same seed gives the same draws."""
        known = ErrorRates(con.table("ref_error_rates").to_arrow_table())
        if not known.tags:
            return cls({})
        shares = dict(con.execute(_LANGUAGES).fetchall())
        found = known.draws(np.random.default_rng(seed), DRAWS_N, shares)
        counted = {(kind, tag): pair for kind, tag, *pair in con.execute(_REPEATS).fetchall()}
        return cls.drawn(known.tags, found, counted)

    @classmethod
    def drawn(
        cls,
        tags: Sequence[Series],
        found: tuple[Floats, Floats],
        counted: Mapping[Series, Sequence[int]],
    ) -> Corrections:
        """From draws of the rates of posts, `(DRAWS_N, tags)` each.

        counted  (posts, voices) of each series and of `("health", "health")`
        """
        health = _pair(counted, ("health", "health"))
        return cls(
            {
                tag: of_voices(
                    (found[0][:, place], found[1][:, place]),
                    Voices.counted(health, _pair(counted, tag)),
                )
                for place, tag in enumerate(tags)
            }
        )

    def of(self, series: Series) -> tuple[Floats, Floats]:
        """Of one series; where nothing is known, the tags stand as they are."""
        perfect = np.ones(DRAWS_N), np.zeros(DRAWS_N)
        return self.rates.get(series, perfect)


def _pair(counted: Mapping[Series, Sequence[int]], series: Series) -> tuple[int, int]:
    posts_n, voices_n = counted.get(series, (0, 0))
    return posts_n, voices_n
