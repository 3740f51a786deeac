"""Keep a trained model in two files: the numbers, and the record that vouches for them.

`tagger.npz` holds arrays only and is read with `allow_pickle=False`, so that a weights file can
never run code. `tagger.json` beside it says how the numbers were made and names their SHA-256;
a weights file that does not have that checksum is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from classifiers.linear.features import Vocabulary
from warehouse.errors import GrapevineError

WEIGHTS = Path(__file__).parents[1] / "models" / "tagger.npz"
VERSION = "tfidf-2"

KINDS = ("health", "gate", "theme", "signal", "stance")
LOG_ODDS = np.linspace(-8, 8, 33)

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """All numbers of a model; H heads over F features.

    vocabulary     the F features
    heads          (H) `health`, `gate`, theme ids, signal ids, stances, in this order
    kinds          (H) one of `KINDS`
    weights, bias  (F, H) and (H): score = features @ weights + bias
    slope, offset  (H): log-odds = slope * score + offset, clipped to the grid of `LOG_ODDS`
    curves         (5, 33) for each of `KINDS`, the probability at each log-odds of the grid
    threshold      (H): probability from which the head says yes
    cue_weights    (C, S) what each cue of `cues.py` adds to each stance's score
    theme_weights  (T, S) what the theme adds
    gate_weights   (3) how the features of `gate.py` make the gate's score
    """

    vocabulary: Vocabulary
    heads: tuple[str, ...]
    kinds: tuple[str, ...]
    weights: Array
    bias: Array
    slope: Array
    offset: Array
    curves: Array
    threshold: Array
    cue_weights: Array
    theme_weights: Array
    gate_weights: Array

    def columns(self, kind: str) -> list[int]:
        """The heads of one kind, in order."""
        return [column for column, found in enumerate(self.kinds) if found == kind]

    def log_odds(self, scores: Array, kind: str) -> Array:
        """Log-odds of the heads of one kind, whose scores these are (last axis)."""
        columns = self.columns(kind)
        return np.asarray(scores * self.slope[columns] + self.offset[columns], np.float32)

    def curve(self, kind: str) -> Array:
        """(33) the probability at each of `LOG_ODDS`."""
        return np.asarray(self.curves[KINDS.index(kind)])


def save(weights: Weights, path: Path, record: dict[str, Any]) -> None:
    """Write `path` and its record; the same numbers give the same bytes.

    Weights are kept as whole numbers of -127 to 127 with one scale a head: a quarter of the
    size, and no F1 of the model card moved by more than .003 when it was tried.
    """
    scale = np.abs(weights.weights).max(axis=0) / 127 + 1e-12
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        word_hashes=weights.vocabulary.word_hashes,
        letter_hashes=weights.vocabulary.letter_hashes,
        idf=weights.vocabulary.idf.astype(np.float16),
        weights=np.rint(weights.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        heads=np.array(weights.heads),
        kinds=np.array(weights.kinds),
        **{name: getattr(weights, name) for name in _PLAIN},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    record = {"sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), **record}
    record_path(path).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


_PLAIN = (
    "bias",
    "slope",
    "offset",
    "curves",
    "threshold",
    "cue_weights",
    "theme_weights",
    "gate_weights",
)


def load(path: Path = WEIGHTS) -> tuple[Weights, str]:
    """The model at `path`, and its checksum.

    Raise `GrapevineError` when a file is missing, the checksum is not the record's, or the
    numbers are those of another version.
    """
    try:
        content = path.read_bytes()
        expected = json.loads(record_path(path).read_text()).get("sha256")
    except (OSError, ValueError, AttributeError) as error:
        raise GrapevineError(
            f"The tagger's weights cannot be read from {path} and its record "
            f"{record_path(path).name}. Restore both files, or train again: `grapevine train`."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise GrapevineError(
            f"{path} is not the file its record vouches for (checksum {found[:8]}, the record "
            f"says {str(expected)[:8]}). Restore it, or train again: `grapevine train`."
        )
    try:
        return _unpack(content), found
    except (KeyError, ValueError) as error:  # of a pickle numpy says ValueError, and loads none
        raise GrapevineError(
            f"{path} was made by another version of Grapevine: {error.args[0]}. "
            "Restore it, or train again: `grapevine train`."
        ) from error


def record_path(path: Path) -> Path:
    """Where the record of a weights file lies."""
    return path.with_suffix(".json")


def _unpack(content: bytes) -> Weights:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        vocabulary = Vocabulary(
            file["word_hashes"], file["letter_hashes"], file["idf"].astype(np.float32)
        )
        return Weights(
            vocabulary=vocabulary,
            heads=tuple(file["heads"].tolist()),
            kinds=tuple(file["kinds"].tolist()),
            weights=file["weights"].astype(np.float32) * file["scale"],
            **{name: file[name] for name in _PLAIN},
        )
