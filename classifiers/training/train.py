"""Train the tagger, part by part: `grapevine train`.

Each part is written when it is done and can be made again alone: the tf-idf heads, an encoder
a language, the calibration that joins them. The posts that the tagger is measured on are never
read here, nor the sample bank, nor the tenth of the written corpus that is held back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from classifiers.encoder.files import MODELS
from classifiers.linear.examples import Examples
from classifiers.linear.learning import learn
from classifiers.linear.weights import VERSION, save
from classifiers.tagger.routes import ENCODER_OF
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.training.gather import Gathered, gather
from classifiers.training.splits import rows_of
from classifiers.training.versions import libraries

PARTS = ("tfidf", "english", "spanish", "calibration")
Report = Callable[[str], None]


def train(
    labels: Sequence[Path],
    posts: Path | None,
    report: Report,
    parts: Sequence[str] = PARTS,
    out: Path = MODELS,
    besides: Sequence[Path] = (),
) -> None:
    """Train `parts` from the corpus, `labels` and the labelled `posts`; write them to `out`.

    Posts of `besides` are never learnt from. The encoders need the `[train]` extra. Raise
    `InputError` as `gather` does.
    """
    taxonomy = load_taxonomy()
    gathered = gather(labels, posts, taxonomy, besides)
    record = {
        "command": _command(labels, posts, parts, besides),
        "taxonomy": taxonomy.version,
        "trained_on": gathered.sources,
        "learnt_from_n": len(rows_of("learn", gathered.rows)),
    }
    if "tfidf" in parts:
        report("tf-idf heads")
        train_linear(gathered, taxonomy, record, out)
    for name in dict.fromkeys(ENCODER_OF.values()):
        if name in parts:
            from classifiers.training.encoders import train_encoder

            train_encoder(name, gathered, taxonomy, record, out, report)
    if "calibration" in parts:
        from classifiers.training.calibrate import calibrate

        report("calibration")
        calibrate(gathered, taxonomy, record, out)


def train_linear(
    gathered: Gathered, taxonomy: Taxonomy, record: dict[str, Any], out: Path
) -> None:
    """Fit the tf-idf heads; one thread does the sums and no chance is in them."""
    with threadpool_limits(1):
        weights = learn(Examples.of(rows_of("learn", gathered.rows)), taxonomy)
    thresholds = {
        head: round(float(threshold), 4)
        for head, threshold in zip(weights.heads, weights.threshold, strict=True)
        if threshold
    }
    more = {
        "version": VERSION,
        "randomness": "none: folds are checksums of the texts",
        "libraries": libraries("numpy", "scipy", "scikit-learn"),
        "features_n": weights.vocabulary.size,
        "thresholds": thresholds,
    }
    save(weights, out / "tagger.npz", {**record, **more})


def _command(
    labels: Sequence[Path], posts: Path | None, parts: Sequence[str], besides: Sequence[Path]
) -> str:
    words = ["grapevine train", *(f"--labels {file.name}" for file in labels)]
    words += [f"--posts {posts.name}"] if posts else []
    words += [f"--besides {file.name}" for file in besides]
    words += [] if tuple(parts) == PARTS else [f"--part {part}" for part in parts]
    return " ".join(words)
