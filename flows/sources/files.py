"""Find the files to read under the paths given, and say which were left and why."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.sources.columns import ColumnMap
from flows.sources.dump import read_dump
from flows.sources.export import read_export
from flows.sources.reading import Reader
from warehouse.errors import InputError

DUMPS = (".zst", ".ndjson")
EXPORTS = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Found:
    """The files under the paths given.

    files  those that have a reader, in name order, each once
    left   those that have none
    """

    files: tuple[Path, ...]
    left: tuple[Path, ...]


def find(paths: Iterable[Path]) -> Found:
    """Every file under `paths`. Raises `InputError` for a path that is not there."""
    files: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist. Check the path after --from.")
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        files |= {file.resolve(): None for file in inside if file.is_file()}
    return Found(
        tuple(file for file in files if file.suffix in DUMPS + EXPORTS),
        tuple(file for file in files if file.suffix not in DUMPS + EXPORTS),
    )


def reader_of(file: Path, asked: ColumnMap | None) -> Reader:
    """How to read `file`, by its ending."""
    return read_dump if file.suffix in DUMPS else functools.partial(read_export, asked=asked)


def fingerprint(file: Path, asked: ColumnMap | None) -> str:
    """What makes reading `file` again give the same posts: its bytes and its column map."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    digest.update(repr(asked).encode())
    return digest.hexdigest()[:32]
