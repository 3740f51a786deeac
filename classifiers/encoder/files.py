"""Keep an encoder in three files, and refuse any that its record does not vouch for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import GrapevineError

MODELS = Path(__file__).parents[1] / "models"
"""Where the shipped encoders lie."""


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """An encoder as it lies on disk, checked.

    weights    ONNX graph with int8 weights
    tokenizer  JSON of `tokenizers`
    prefix     words that the encoder expects before every text; may be empty
    sha256     of the weights
    """

    weights: bytes
    tokenizer: str
    prefix: str
    sha256: str


def exists(name: str, folder: Path = MODELS) -> bool:
    """Whether the weights of encoder `name` are there; without them tf-idf works alone."""
    return weights_path(name, folder).exists()


def vouched(name: str, folder: Path = MODELS) -> EncoderFiles:
    """The files of encoder `name`.

    Raise `GrapevineError` when one cannot be read or has not the checksum of the record.
    """
    try:
        weights = weights_path(name, folder).read_bytes()
        tokenizer = tokenizer_path(name, folder).read_bytes()
        record = json.loads(record_path(name, folder).read_text(encoding="utf-8"))
        expected = (str(record["sha256"]), str(record["tokenizer_sha256"]))
        prefix = str(record["prefix"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GrapevineError(
            f"The encoder '{name}' cannot be read from {folder}: a file of it is missing or "
            "broken. Restore its three files, or remove its weights to tag without it."
        ) from error
    found = (_sha256(weights), _sha256(tokenizer))
    if found != expected:
        raise GrapevineError(
            f"{weights_path(name, folder)} or its tokenizer is not the file its record vouches "
            f"for (checksum {found[0][:8]}, the record says {expected[0][:8]}). Restore it, or "
            "train again: `grapevine train`."
        )
    return EncoderFiles(weights, tokenizer.decode(), prefix, found[0])


def keep(name: str, weights: bytes, tokenizer: str, record: dict[str, Any], to: Path) -> None:
    """Write an encoder's files to folder `to`; the record gets both checksums."""
    to.mkdir(parents=True, exist_ok=True)
    checked = {
        "sha256": _sha256(weights),
        "tokenizer_sha256": _sha256(tokenizer.encode()),
        **record,
    }
    weights_path(name, to).write_bytes(weights)
    tokenizer_path(name, to).write_bytes(tokenizer.encode())
    record_path(name, to).write_text(json.dumps(checked, indent=1, ensure_ascii=False) + "\n")


def weights_path(name: str, folder: Path = MODELS) -> Path:
    """The ONNX file of an encoder."""
    return folder / f"{name}.onnx"


def tokenizer_path(name: str, folder: Path = MODELS) -> Path:
    """The tokenizer of an encoder."""
    return folder / f"{name}.tokenizer.json"


def reference_path(name: str, folder: Path = MODELS) -> Path:
    """What the network said before int8, of a few written posts."""
    return folder / f"{name}.reference.json"


def record_path(name: str, folder: Path = MODELS) -> Path:
    """The record of an encoder: checksums, and how it was made."""
    return folder / f"{name}.json"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
