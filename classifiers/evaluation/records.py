"""Read what the files of a trained tagger say of themselves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.encoder.files import exists, record_path, tokenizer_path, weights_path
from classifiers.tagger.calibration_file import FILE
from classifiers.tagger.routes import ENCODER_OF
from warehouse.errors import GrapevineError


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One shipped file: its name, size in bytes and checksum."""

    name: str
    bytes_n: int
    sha256: str


def encoder_names(folder: Path) -> list[str]:
    """The encoders whose weights are there."""
    return [name for name in dict.fromkeys(ENCODER_OF.values()) if exists(name, folder)]


def linear_record(folder: Path) -> dict[str, Any]:
    """How the tf-idf heads were made."""
    return _read(folder / "tagger.json")


def encoder_records(folder: Path) -> dict[str, dict[str, Any]]:
    """How each encoder that is there was made."""
    return {name: _read(record_path(name, folder)) for name in encoder_names(folder)}


def calibration_record(folder: Path) -> dict[str, Any] | None:
    """How the encoders were joined with the heads; None where there is no encoder."""
    return _read(folder / FILE) if encoder_names(folder) else None


def all_records(folder: Path) -> list[dict[str, Any]]:
    """The record of every part that is there."""
    joined = calibration_record(folder)
    found = [linear_record(folder), *encoder_records(folder).values()]
    return [*found, joined] if joined else found


def model_files(folder: Path) -> list[ModelFile]:
    """Every file that the tagger needs to run."""
    names = encoder_names(folder)
    files = [folder / "tagger.npz"]
    files += [path(name, folder) for name in names for path in (weights_path, tokenizer_path)]
    files += [folder / FILE] if names else []
    return [_file(file) for file in files]


def sha256(file: Path) -> str:
    """The checksum of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _file(file: Path) -> ModelFile:
    return ModelFile(file.name, file.stat().st_size, sha256(file))


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise GrapevineError(
            f"{file} cannot be read, so nothing says how the model was made. Restore it, or "
            "train again: `grapevine train`."
        ) from error
