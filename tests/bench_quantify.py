"""Lay our corrected shares beside QuaPy's, on one protocol of label shift.

    python -m tests.bench_quantify --gold gold.jsonl --write warehouse/QUANTIFICATION.md

Posts with labels are split at random, class by class, into a half to learn the tagger's errors
from and a half to test on. From the second, samples are drawn without replacement in which the
share of positives is set anew, evenly between none and as many as the half has: only how
common the theme is changes, not how it is worded. Every method is given the same halves and the
same samples, and says the sample's share. Needs QuaPy: `make bench-quantify` installs it.
"""

from __future__ import annotations

import argparse
import hashlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from quapy import __version__ as quapy_version
from quapy.method.aggregative import ACC, CC, EMQ, PACC
from scipy.special import expit
from sklearn.base import BaseEstimator

from tests.held_out_scores import ANY, Held, held_out
from warehouse.error_rates import ERROR_RATES, ErrorRates
from warehouse.quantification import ScoreLine, shares_from_counts

SEED = 20_261_123
DRAWS_N = 200
OURS, SCORES = "Grapevine, counts", "Grapevine, scores"
METHODS = ("CC", "ACC", "PACC", "EMQ", OURS, SCORES)
LEAST_POSITIVE_N = 24


class Given(BaseEstimator):
    """A classifier whose answers are the columns it is given: probability, and decision."""

    def __init__(self) -> None:
        self.classes_ = np.array([0, 1])

    def fit(self, x, y):
        """Learn nothing."""
        return self

    def predict(self, x):
        """Decisions."""
        return (x[:, 1] > 0.5).astype(int)

    def predict_proba(self, x):
        """Probabilities."""
        return np.column_stack([1 - x[:, 0], x[:, 0]])


@dataclass
class Found:
    """How far each method was off, and whether our intervals held the truth."""

    off: dict[str, list[float]] = field(default_factory=lambda: {m: [] for m in METHODS})
    held: dict[str, list[bool]] = field(default_factory=lambda: {OURS: [], SCORES: []})

    def mean(self, method: str) -> float:
        """Mean absolute error."""
        return float(np.mean(self.off[method]))

    def coverage(self, method: str) -> float:
        """Share of samples whose truth lies in our 90 % interval."""
        return float(np.mean(self.held[method]))

    def add(self, other: Found) -> None:
        """Take in another's samples."""
        for method, values in other.off.items():
            self.off[method] += values
        for method, values in other.held.items():
            self.held[method] += values


HEAD = """# Corrected shares beside QuaPy's

Written by `{command}`; no figure here was typed. Labelled posts: checksum {sha256}. QuaPy
{quapy}, seed {seed}.

Figures are mean absolute errors of the share of a sample of 100 posts, 0 to 1; less is better.
Coverage: how often the sample's true share lay in our 90 % interval (aim: 87 to 93 %).

The protocol, the same for every method: labelled posts are split at random, class by class,
into a half to learn the tagger's errors from and a half to test on ({splits} times a tag;
simulated tags are made anew {worlds} times). From the second half {samples} samples are drawn
without replacement, whose share of positives is spread evenly between none and as many as the
half has, so that only how common the theme is changes. Tags with at least {least} positive
posts are here; *any theme* is whether a post promotes one of them.

- CC counts the tagged; ACC and PACC (QuaPy) correct the counts of tags and of probabilities;
  EMQ (QuaPy) is expectation maximisation from probabilities, with the half's share as prior.
- *Grapevine, counts* corrects the count of the tagged with draws of sensitivity and of false
  positives (`warehouse/error_rates.py`), as estimates do: what can be said from published
  counts, hence to be read beside CC and ACC, which know no more.
- *Grapevine, scores* (`warehouse/quantification.py`) reads the probabilities, as PACC and EMQ.
- Where simulated scores *hold*, they are true probabilities, as EMQ takes for granted; where
  they *stray*, their log-odds are shifted and stretched at random, tag by tag.
"""

Say = Callable[[Held, np.ndarray], float]


def _quapy(learnt: Held) -> dict[str, Say]:
    """QuaPy's methods, fitted to labelled posts."""
    x, y = _columns(learnt), learnt.true.astype(int)
    plain = {"fit_classifier": False}
    methods = {
        "CC": CC(Given(), **plain),
        "ACC": ACC(Given(), **plain, val_split=None),
        "PACC": PACC(Given(), **plain, val_split=None),
        "EMQ": EMQ(Given(), **plain),
    }
    fitted = {name: method.fit(x, y) for name, method in methods.items()}
    return {
        name: lambda held, at, one=one: float(one.predict(_columns(held, at))[1])
        for name, one in fitted.items()
    }


def _columns(held: Held, at: np.ndarray | slice = slice(None)) -> np.ndarray:
    return np.column_stack([held.score[at], held.tagged[at]]).astype(float)


def _rates(learnt: Held) -> ErrorRates:
    """What the product makes of the labelled posts."""
    true, tagged = learnt.true, learnt.tagged
    counts = dict.fromkeys(("ordinary_tagged_n", "ordinary_n"), 0.0) | {
        "true_positive_n": (true & tagged).sum(), "false_negative_n": (true & ~tagged).sum(),
        "false_positive_n": (~true & tagged).sum(), "true_negative_n": (~true & ~tagged).sum(),
    }  # fmt: skip
    row = {"kind": "theme", "tag_id": "one", "lang": "en", "origin": "audit",
           "is_own_model": True}  # fmt: skip
    return ErrorRates(pa.Table.from_pylist([row | counts], schema=ERROR_RATES))


def _ours(learnt: Held, rng: np.random.Generator) -> dict[str, Callable]:
    """Our two, each giving draws of the sample's share."""
    se, fp = (one[:, 0] for one in _rates(learnt).draws(rng, DRAWS_N, {"en": 1.0}))
    line = ScoreLine.learnt(learnt.score, learnt.true, rng, DRAWS_N)

    def counts(held: Held, at: np.ndarray) -> np.ndarray:
        tagged_n, posts_n = int(held.tagged[at].sum()), len(at)
        return shares_from_counts(tagged_n, posts_n, se, fp, rng)

    return {OURS: counts, SCORES: lambda held, at: line.shares(held.score[at], rng)}


def compare(held: Held, splits_n: int, samples_n: int, size: int, rng) -> Found:
    """Split the posts `splits_n` times, and draw `samples_n` samples each time."""
    found = Found()
    for _ in range(splits_n):
        learn, test = _halves(held.true, rng)
        learnt = Held(held.score[learn], held.tagged[learn], held.true[learn])
        theirs, ours = _quapy(learnt), _ours(learnt, rng)
        for at in _samples(test, held.true, samples_n, size, rng):
            _measure(found, held, at, theirs, ours)
    return found


def _measure(found: Found, held: Held, at: np.ndarray, theirs: dict, ours: dict) -> None:
    share = held.true[at].mean()
    for name, say in theirs.items():
        found.off[name].append(abs(say(held, at) - share))
    for name, draw in ours.items():
        draws = draw(held, at)
        low, high = np.quantile(draws, [0.05, 0.95])
        found.off[name].append(abs(float(np.median(draws)) - share))
        found.held[name].append(bool(low <= share <= high))


def _halves(true: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    order = rng.permutation(len(true))
    parts = [np.array_split(order[true[order] == one], 2) for one in (True, False)]
    first, second = (np.concatenate([part[half] for part in parts]) for half in (0, 1))
    return first, second


def _samples(test, true, samples_n: int, size: int, rng) -> Iterator[np.ndarray]:
    """Samples whose share of positives is spread evenly over what the half can give."""
    positive, other = test[true[test]], test[~true[test]]
    least_n, most_n = max(0, size - len(other)), min(size, len(positive))
    for positive_n in rng.integers(least_n, most_n + 1, samples_n):
        yield np.concatenate(
            [
                rng.choice(positive, positive_n, replace=False),
                rng.choice(other, size - positive_n, replace=False),
            ]
        )


@dataclass(frozen=True)
class World:
    """Simulated posts: scores whose log-odds are two normal curves a distance apart.

    strays  how far the line of the scores' calibration strays (standard deviations of its
            place and slope); 0: scores hold as they are, which is what EMQ takes for granted
    """

    name: str
    positive_n: int
    other_n: int
    distance: float
    strays: tuple[float, float]

    def posts(self, rng: np.random.Generator) -> Held:
        """Posts of a new tag."""
        true = np.arange(self.positive_n + self.other_n) < self.positive_n
        place = rng.normal(np.where(true, 0.5, -0.5) * self.distance)
        odds = self.distance * place + np.log(self.positive_n / self.other_n)
        a, b = rng.normal([0, 1], self.strays)
        return Held(expit((odds - a) / max(b, 0.2)), odds > 0, true)


WORLDS = (
    World("common, scores hold", 300, 300, 2.0, (0, 0)),
    World("common, scores stray", 300, 300, 2.0, (0.5, 0.25)),
    World("rare, scores hold", 60, 700, 2.5, (0, 0)),
    World("rare, scores stray", 60, 700, 2.5, (0.5, 0.25)),
)


def _simulated(world: World, splits_n: int, samples_n: int, rng) -> Found:
    found = Found()
    for _ in range(splits_n):
        found.add(compare(world.posts(rng), 1, samples_n, 100, rng))
    return found


def main() -> None:
    """Run the comparison and write its table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--splits", type=int, default=25)
    parser.add_argument("--samples", type=int, default=8)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(SEED)
    np.random.seed(SEED)  # QuaPy has no generator of its own
    real, simulated = {}, {}
    for (kind, tag_id), held in held_out(given.gold).items():
        if held.true.sum() >= LEAST_POSITIVE_N:
            name = f"{kind} `{tag_id}`" if (kind, tag_id) != ANY else "any theme"
            real[name] = compare(held, given.splits, given.samples, 100, rng)
            print(name, real[name].mean(OURS), real[name].mean(SCORES), flush=True)  # noqa: T201
    for world in WORLDS:
        simulated[world.name] = _simulated(world, 2 * given.splits, given.samples, rng)
        print(world.name, flush=True)  # noqa: T201
    text = _document(given, real, simulated)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201


def _document(given, real: dict[str, Found], simulated: dict[str, Found]) -> str:
    blocks = [
        ("Our tagger's scores on labelled posts it did not learn from", real),
        ("Simulated scores", simulated),
    ]
    parts = [HEAD.format(
        command=f"make bench-quantify GOLD={given.gold.name}",
        sha256=hashlib.sha256(given.gold.read_bytes()).hexdigest()[:12],
        quapy=quapy_version,
        splits=given.splits,
        worlds=2 * given.splits,
        samples=given.samples,
        seed=SEED,
        least=LEAST_POSITIVE_N,
    )]  # fmt: skip
    for title, found in blocks:
        whole = Found()
        for one in found.values():
            whole.add(one)
        rows = {**found, "all of these": whole}
        parts.append(f"## {title}\n\n{_table(rows)}\n")
    return "\n".join(parts)


def _table(rows: dict[str, Found]) -> str:
    coverage = [f"coverage, {method.split()[-1]}" for method in (OURS, SCORES)]
    header = ["", "samples", *METHODS, *coverage]
    lines = [header, ["---"] * len(header)]
    for name, found in rows.items():
        errors = [f"{found.mean(method):.4f}" for method in METHODS]
        held = [f"{100 * found.coverage(method):.1f} %" for method in (OURS, SCORES)]
        lines.append([name, str(len(found.off["CC"])), *errors, *held])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
