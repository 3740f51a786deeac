"""Refit the tf-idf heads without one collection of real posts, and measure them on it.

A tagger is scored on collections like those it learnt from; a town's posts are of none of
them. What is lost on a collection when it is left out says how much of a score is knowing the
collection. Calibration and thresholds stay those of the shipped heads, so no cross-validation
is needed; the encoders are not trained again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits

from classifiers.evaluation.gold import Gold
from classifiers.evaluation.intervals import Interval
from classifiers.evaluation.scores import measured
from classifiers.evaluation.tally import tally
from classifiers.linear.cues import CUES_N
from classifiers.linear.examples import FORM_SCALE, Examples, Pairs
from classifiers.linear.fitting import Bools, Head, fit
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import Weights
from classifiers.stances import STANCES
from classifiers.tagger import Tagger
from classifiers.tagger.calibration import of_linear
from classifiers.taxonomy import Taxonomy
from classifiers.training.rows import Row
from classifiers.training.splits import rows_of

MIN_POSTS = 20
"""Collections with fewer posts to measure on are passed over."""

FIGURES = ("theme_micro_f1", "promotes_f1", "refutes_called_promotes", "signal_micro_f1")
Figures = dict[str, Interval]
"""Those of `FIGURES` that the posts define."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One collection, measured by heads that learnt from it and by heads that did not.

    learnt_n  posts of it that the shipped heads learnt from
    posts_n   posts of it to measure on, which neither learnt from
    """

    dataset: str
    learnt_n: int
    posts_n: int
    knowing: Figures
    without: Figures


def leave_each_out(
    rows: Sequence[Row],
    gold: Sequence[Gold],
    shipped: Weights,
    taxonomy: Taxonomy,
    report: Callable[[str], None],
) -> list[LeftOut]:
    """Every real collection that the heads learnt labels from, about a minute each.

    A collection's posts to measure on are its gold posts and its rows kept for calibration.
    """
    learnt = rows_of("learn", rows)
    unlearnt = [Gold.of(row) for row in rows_of("calibrate", rows) if not row.assumed]
    found = []
    for name in sorted({row.dataset for row in learnt if row.dataset and not row.assumed}):
        posts = [post for post in (*gold, *unlearnt) if post.dataset == name]
        if len(posts) < MIN_POSTS:
            continue
        report(f"without {name}")
        rest = [row for row in learnt if row.dataset != name]
        with threadpool_limits(1):
            refitted = refit(Examples.of(rest), shipped, taxonomy)
        found.append(
            LeftOut(
                name,
                len(learnt) - len(rest),
                len(posts),
                _figures(alone(shipped, taxonomy), posts),
                _figures(alone(refitted, taxonomy), posts),
            )
        )
    return found


def refit(examples: Examples, shipped: Weights, taxonomy: Taxonomy) -> Weights:
    """The heads learnt from `examples`, with the calibration and thresholds of `shipped`."""
    text_n = examples.vocabulary.size
    labels = {
        ("health", "health"): examples.health(),
        ("gate", "gate"): examples.anything(),
        **{("theme", theme_id): examples.theme(theme_id) for theme_id in taxonomy.themes},
        **{("signal", signal): examples.signal(signal) for signal in taxonomy.signals},
    }
    heads = {key: _fit(examples, *of_head) for key, of_head in labels.items()}
    pairs = Pairs.of(examples, list(taxonomy.themes))
    stances = [fit(pairs.features, pairs.stances == stance, text_n) for stance in STANCES]
    heads |= {("stance", s): head for s, head in zip(STANCES, stances, strict=True)}
    learnt = [heads[key] for key in zip(shipped.kinds, shipped.heads, strict=True)]
    form = FORM_SCALE * np.stack([head.weights[text_n:] for head in stances], axis=1)
    return replace(
        shipped,
        vocabulary=examples.vocabulary,
        weights=np.stack([head.weights[:text_n] for head in learnt], axis=1).astype(np.float32),
        bias=np.array([head.bias for head in learnt], np.float32),
        cue_weights=form[:CUES_N].astype(np.float32),
        theme_weights=form[CUES_N:].astype(np.float32),
    )


def alone(weights: Weights, taxonomy: Taxonomy) -> Tagger:
    """The tagger that the tf-idf heads make without any encoder."""
    return Tagger("tfidf", taxonomy, LinearModel(weights), of_linear(weights), {})


def keep(found: Sequence[LeftOut], weights_sha256: str, file: Path) -> None:
    """Write the results, so that the card can be written again without refitting."""
    content = {"weights_sha256": weights_sha256, "left_out": [asdict(one) for one in found]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def kept(file: Path) -> tuple[list[LeftOut], str]:
    """The results kept and the checksum of their weights; nothing where none are kept."""
    if not file.exists():
        return [], ""
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return msgspec.convert(content["left_out"], list[LeftOut]), content["weights_sha256"]


def _fit(examples: Examples, is_yes: Bools, known: Bools) -> Head:
    return fit(examples.features[known], is_yes[known], examples.vocabulary.size)


def _figures(tagger: Tagger, posts: Sequence[Gold]) -> Figures:
    tags = tagger.tag([post.text for post in posts], [post.lang for post in posts])
    every = measured(tally(posts, tags))
    return {name: every[name] for name in FIGURES if not np.isnan(every[name].estimate)}
