"""Train the tagger from the written corpus, the claims and label files: `grapevine train`.

Nothing is drawn at random and one thread does the sums, so the same rows give the same
weights. Thresholds and calibration come from cross-validation over the training rows alone;
the posts that the tagger is measured on are never read here, nor is the sample bank.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
from threadpoolctl import threadpool_limits

from classifiers.tagger.examples import Examples
from classifiers.tagger.learning import learn
from classifiers.tagger.rows import CORPUS, Row, claim_rows, read_rows
from classifiers.tagger.weights import VERSION, WEIGHTS, Weights, save
from classifiers.taxonomy import load_taxonomy


def train(labels: Sequence[Path], out: Path = WEIGHTS, corpus: Path = CORPUS) -> Weights:
    """Learn from the written corpus and `labels`; write `out` and the record beside it.

    Raise `InputError` for a file that cannot be read, a label the taxonomy does not know, or
    Reddit text. Takes about three minutes for 14,000 posts.
    """
    taxonomy = load_taxonomy()
    files = [*sorted(corpus.glob("*.jsonl")), *labels]
    by_file = {file: read_rows([file], taxonomy) for file in files}
    claims = claim_rows(taxonomy)
    rows = [*(row for rows in by_file.values() for row in rows), *claims]
    with threadpool_limits(1):
        weights = learn(Examples.of(rows), taxonomy)
    record = {
        "version": VERSION,
        "command": "grapevine train " + " ".join(f"--labels {file.name}" for file in labels),
        "randomness": "none: folds are checksums of the texts",
        "taxonomy": taxonomy.version,
        "trained_on": [_provenance(file, rows) for file, rows in by_file.items()],
        "claims_n": len(claims),
        "libraries": _libraries(),
        "features_n": weights.vocabulary.size,
        "thresholds": _thresholds(weights),
    }
    save(weights, out, record)
    return weights


def _provenance(file: Path, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "posts_n": len(rows),
        "with_theme_n": sum(bool(row.themes) for row in rows),
        "assumed_n": sum(row.assumed for row in rows),
        "datasets": sorted({row.dataset for row in rows if row.dataset}),
    }


def _libraries() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }


def _thresholds(weights: Weights) -> dict[str, float]:
    """By head; of the stances only `promotes` has one."""
    return {
        head: round(float(threshold), 4)
        for head, threshold in zip(weights.heads, weights.threshold, strict=True)
        if threshold
    }
