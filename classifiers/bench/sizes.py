"""How much the benchmark measures: all of it, or little for a quick look."""

from __future__ import annotations

from dataclasses import dataclass

PASSING = 0.16
"""Share of the mixed posts that pass the gate."""

ORDINARY = "policyposse_"
"""How the names of data sets of ordinary state-subreddit posts start."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of each part.

    starts_n, runs_n  times that start-up and tagging are measured; the middle one counts
    mixed_n           posts of the mixed file
    ordinary_n        ordinary posts at most
    encoder_n         posts that encoders alone read, ours and the plain one
    learn_n           rows that heads on frozen encoders learn from, at most
    gold_n            hand-labelled posts at most
    hostile_n         hostile inputs
    disguised_n       plain posts that are disguised
    """

    starts_n: int
    runs_n: int
    mixed_n: int
    ordinary_n: int
    encoder_n: int
    learn_n: int
    gold_n: int
    hostile_n: int
    disguised_n: int


WHOLE = Sizes(
    starts_n=5,
    runs_n=3,
    mixed_n=20_000,
    ordinary_n=1_000_000,
    encoder_n=1_000,
    learn_n=6_000,
    gold_n=1_000_000,
    hostile_n=10_000,
    disguised_n=200,
)
QUICK = Sizes(
    starts_n=1,
    runs_n=1,
    mixed_n=2_000,
    ordinary_n=500,
    encoder_n=100,
    learn_n=1_200,
    gold_n=120,
    hostile_n=500,
    disguised_n=20,
)
