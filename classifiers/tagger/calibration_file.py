"""Keep the encoders' calibrations in `calibration.json`, beside the models they belong to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from classifiers.tagger.calibration import Calibration
from warehouse.errors import GrapevineError

FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Joined:
    """What the file says.

    calibrations  one an encoder, by its name
    claims        ids of the claims that the models learnt from
    sha256        of the file
    """

    calibrations: dict[str, Calibration]
    claims: frozenset[str]
    sha256: str


def write_calibrations(
    calibrations: dict[str, Calibration], folder: Path, record: dict[str, Any]
) -> None:
    """Write one calibration an encoder; `record` says how, and from which `claims` (ids)."""
    by_encoder = {name: _plain(asdict(one)) for name, one in calibrations.items()}
    text = json.dumps({**record, "encoders": by_encoder}, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_calibrations(folder: Path, names: Sequence[str]) -> Joined:
    """The calibration of each encoder of `names`, and the claims that the models know.

    Raise `GrapevineError` when the file cannot be read or lacks one.
    """
    try:
        content = (folder / FILE).read_bytes()
        written = json.loads(content)
        found = {
            name: msgspec.convert(written["encoders"][name], Calibration, dec_hook=_array)
            for name in names
        }
        claims = frozenset(msgspec.convert(written["claims"], list[str]))
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise GrapevineError(
            f"{folder / FILE} cannot be read, so the encoders' scores mean nothing. Restore "
            "it, or train again: `grapevine train`."
        ) from error
    return Joined(found, claims, hashlib.sha256(content).hexdigest())


def _plain(value: object) -> object:
    """The value with arrays as lists of numbers of six digits."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return [float(f"{number:.6g}") for number in value]
    return value


def _array(_: type, value: object) -> object:
    return np.array(value, np.float32)
