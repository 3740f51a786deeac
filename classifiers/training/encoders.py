"""Train one encoder and write its int8 file (`[train]` extra)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zlib import crc32

import torch

from classifiers.encoder.export import exported
from classifiers.encoder.files import keep
from classifiers.encoder.learning import BATCH, SEED, Recipe, Report, fine_tune
from classifiers.encoder.pretrained import E5, MINILM, open_e5, open_minilm
from classifiers.encoder.reference import keep_reference
from classifiers.normalise import readable
from classifiers.taxonomy import Taxonomy
from classifiers.training.gather import Gathered
from classifiers.training.rows import Row
from classifiers.training.splits import rows_of
from classifiers.training.versions import libraries

RECIPES = {
    "english": Recipe(layers=4, epochs=4, rate=2e-4),
    "spanish": Recipe(layers=12, epochs=3, rate=2e-4),
}

ASSUMED_SHARE = 0.25
"""Of the ordinary posts nobody read, the share that the encoders see."""

BORROWED = {True: 0.3, False: 0.05}
"""Of the English posts with and without a theme, the share that the Spanish encoder sees."""


def train_encoder(
    name: str,
    gathered: Gathered,
    taxonomy: Taxonomy,
    record: dict[str, Any],
    out: Path,
    report: Report,
) -> None:
    """Fine-tune encoder `name` (`english` or `spanish`), export it and write its files."""
    started = time.monotonic()
    rows = rows_for(name, rows_of("learn", gathered.rows))
    base = MINILM if name == "english" else E5
    encoder, tokenizer = (
        open_minilm()
        if name == "english"
        else open_e5([base.prefix + readable(row.text) for row in gathered.rows])
    )
    recipe = RECIPES[name]
    report(f"{name} encoder: {len(rows)} posts, {recipe.epochs} times")
    network = fine_tune(encoder, tokenizer, base, rows, taxonomy, recipe, report)
    held_back = [r for r in rows_of("held_back", gathered.rows) if _is_own(name, r)]
    keep_reference(name, network, tokenizer, base.prefix, held_back, out)
    tokenizer.no_truncation()
    more = {
        "prefix": base.prefix,
        "base": {"source": base.source, "terms": base.terms, "sha256": base.sha256},
        "recipe": {**asdict(recipe), "batch": BATCH, "seed": SEED},
        "rows_n": len(rows),
        "minutes": round((time.monotonic() - started) / 60),
        "threads": torch.get_num_threads(),
        "device": "GPU" if torch.cuda.is_available() else "CPU",
        "libraries": libraries("torch", "transformers", "tokenizers", "onnx", "onnxruntime"),
    }
    keep(name, exported(network), tokenizer.to_str(), {**more, **record}, out)


def rows_for(name: str, rows: Sequence[Row]) -> list[Row]:
    """The rows an encoder learns from: its language's, and a share of what helps beside."""
    return [row for row in rows if _drawn(row) < _share(name, row)]


def _share(name: str, row: Row) -> float:
    if row.is_claim:
        return 1.0
    own = _is_own(name, row)
    if row.assumed:
        return ASSUMED_SHARE if own else 0.0
    if own:
        return 1.0
    return BORROWED[bool(row.themes)] if name == "spanish" else 0.0


def _is_own(name: str, row: Row) -> bool:
    return (row.lang == "es") == (name == "spanish")


def _drawn(row: Row) -> float:
    """A number from 0 to 1 that the row's id decides."""
    return crc32(f"drawn {row.id}".encode()) / 2**32
