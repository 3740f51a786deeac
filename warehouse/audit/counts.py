"""Turn the answers of the audit into counts of right and wrong tags, weighted as drawn.

A theme's posts are drawn far more often where the tagger named it than elsewhere, so answers
cannot just be added up. Per tag and language, the share of true posts among those tagged, and
how many posts were tagged of all, give the rate of false positives. For sensitivity the posts
that were missed must be guessed at from those near the tag and from all others: each value of
it says how many missed posts should have been met there, and the answers say which values
agree. Both are then written as the counts of a simple sample that would say the same (same
mean, same spread), so that one way of correcting serves audit and model card.

Posts count alike whatever their week; those drawn by the tags of another tagger do not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import binom

from warehouse.audit import labels
from warehouse.audit.answers import PRESENT, PROMOTES
from warehouse.error_rates import AUDIT, ERROR_RATES
from warehouse.home import Home
from warehouse.rate_posteriors import Floats

ENOUGH_N = 10
"""Tagged posts with an answer (all, where there are fewer) from which the audit replaces the
model card's false positives, and the size of simple sample from which its sensitivity."""

_DRAWS_N = 2_000
_SEED = 20_261_122
_SENSITIVITY = np.linspace(0.005, 0.995, 100)
_LEAST_N = 0.5
"""Half a post either way, before any answer (Jeffreys)."""

_POSITIVE = (PROMOTES, PRESENT)
_DRAW = ("week", "kind", "tag_id", "stratum", "lang")

Cell = tuple[str, str, str]
"""Kind, tag_id, language."""


@dataclass(slots=True)
class Stratum:
    """Posts in it, those with an answer, and those of them that are positive."""

    posts_n: int = 0
    answered_n: int = 0
    positive_n: int = 0


@dataclass(slots=True)
class Answers:
    """What was found for one tag in one language: tagged, near it, and all other posts."""

    tagged: Stratum = field(default_factory=Stratum)
    near: Stratum = field(default_factory=Stratum)
    rest: Stratum = field(default_factory=Stratum)


def audited(home: Home, model: str, is_sample: bool) -> pa.Table:
    """The counts of the audit of this tagger, in shape `ERROR_RATES`, where they say enough."""
    rows = [
        row
        for row in labels.read(home).to_pylist()
        if row["model"] == model and row["is_sample"] == is_sample
    ]
    found = [_row(cell, answers) for cell, answers in sorted(_answers(rows).items())]
    return pa.Table.from_pylist([row for row in found if row], schema=ERROR_RATES)


def _answers(rows: Iterable[Mapping[str, Any]]) -> dict[Cell, Answers]:
    """The strata of every tag and language that posts were drawn for."""
    rows = list(rows)
    found: dict[Cell, Answers] = defaultdict(Answers)
    for (_, kind, tag_id, stratum, lang), of_draw in _draws(rows).items():
        if kind != labels.ANY:
            into: Stratum = getattr(found[kind, tag_id, lang], stratum)
            into.posts_n += max(row["stratum_n"] for row in of_draw)
            said = [row["label_true"] for row in of_draw if row["label_true"]]
            into.answered_n += len(said)
            into.positive_n += sum(one in _POSITIVE for one in said)
    for cell, answers in found.items():
        answers.rest = _rest(cell, answers, rows)
    return found


def _draws(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], list[Mapping[str, Any]]]:
    """The rows by week, question, stratum and language."""
    draws = defaultdict(list)
    for row in rows:
        draws[tuple(row[name] for name in _DRAW)].append(row)
    return draws


def _rest(cell: Cell, answers: Answers, rows: Sequence[Mapping[str, Any]]) -> Stratum:
    """All posts about health that are neither tagged nor near it, from the open questions."""
    kind, tag_id, lang = cell
    weeks = {row["week"] for row in rows if (row["kind"], row["tag_id"], row["lang"]) == cell}
    of_all = [
        row
        for row in rows
        if row["kind"] == labels.ANY and row["lang"] == lang and row["week"] in weeks
    ]
    posts_n = sum(max(row["stratum_n"] for row in one) for one in _draws(of_all).values())
    said = [
        tag_id in row["label_true"].split()
        for row in of_all
        if row["label_true"] and f"{kind}:{tag_id}" not in row["sorted_out"]
    ]
    sorted_n = answers.tagged.posts_n + answers.near.posts_n
    return Stratum(max(posts_n - sorted_n, 0), len(said), sum(said))


def _row(cell: Cell, answers: Answers) -> dict[str, object]:
    """The counts of one tag and language; empty where the answers say too little."""
    rng = np.random.default_rng([_SEED, *"|".join(cell).encode()])
    tagged, posts_n = answers.tagged, _posts_n(answers)
    if not posts_n or tagged.answered_n < min(ENOUGH_N, tagged.posts_n):
        return {}
    true = rng.beta(
        tagged.positive_n + _LEAST_N,
        tagged.answered_n - tagged.positive_n + _LEAST_N,
        _DRAWS_N,
    )
    weight = _agreement(answers, true, rng)
    se = float(weight @ _SENSITIVITY)
    found_n, missed_n = _simple(se, float(weight @ (_SENSITIVITY - se) ** 2))
    rate = rng.beta(tagged.posts_n + _LEAST_N, posts_n - tagged.posts_n + _LEAST_N, _DRAWS_N)
    having = np.minimum(rate * true / se, 0.99)
    wrong = np.minimum(rate * (1 - true) / (1 - having), 1)
    wrong_n, right_n = _simple(float(wrong.mean()), float(wrong.var()))
    has_enough = found_n + missed_n >= ENOUGH_N
    return {
        "kind": cell[0],
        "tag_id": cell[1],
        "lang": cell[2],
        "true_positive_n": found_n if has_enough else 0.0,
        "false_negative_n": missed_n if has_enough else 0.0,
        "false_positive_n": wrong_n,
        "true_negative_n": right_n,
        "ordinary_tagged_n": 0.0,
        "ordinary_n": 0.0,
        "origin": AUDIT,
        "is_own_model": True,
    }


def _posts_n(answers: Answers) -> int:
    return answers.tagged.posts_n + answers.near.posts_n + answers.rest.posts_n


def _agreement(answers: Answers, true: Floats, rng: np.random.Generator) -> Floats:
    """(100) how well each sensitivity agrees with what was met outside the tagged posts.

    true  (D) shares of true posts among the tagged

    With sensitivity s, of all true posts 1 - s were missed; what part of them lies near the
    tag is not known, and any is as likely.
    """
    found_n = answers.tagged.posts_n * true
    missed_n = found_n[:, None] * (1 - _SENSITIVITY) / _SENSITIVITY
    is_near = rng.random(len(true))[:, None] if answers.near.posts_n else 0.0
    agreed = np.ones_like(missed_n)
    for stratum, part in ((answers.near, is_near), (answers.rest, 1 - is_near)):
        share = missed_n * part / max(stratum.posts_n, 1)
        agreed *= binom.pmf(stratum.positive_n, stratum.answered_n, np.minimum(share, 1))
        agreed *= share <= 1
    weight = agreed.mean(axis=0)
    whole = weight.sum()
    return np.asarray(weight / whole if whole > 0 else np.full(len(weight), 1 / len(weight)))


def _simple(mean: float, variance: float) -> tuple[float, float]:
    """Counts for and against of a simple sample after which a share is so likely.

    The flat share before any sample stands for one of each.
    """
    size = mean * (1 - mean) / max(variance, 1e-12) - 1
    return max(mean * size - 1, 0.0), max((1 - mean) * size - 1, 0.0)
