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
from flows.sources.json_export import read_json
from flows.sources.reading import Reader, shown
from warehouse.errors import InputError

JSON = ".json"
DUMPS = (".zst", ".ndjson", ".jsonl", JSON)
EXPORTS = (".csv", ".tsv", ".parquet")


@dataclass(frozen=True, slots=True)
class Found:
    """The files under the paths given.

    files  those that have a reader, in name order, each once
    left   those that have none
    """

    files: tuple[Path, ...]
    left: tuple[Path, ...]


def find(paths: Iterable[Path]) -> Found:
    """Every file under `paths`, links followed.

    Raises `InputError` for a path that is not there or is neither file nor folder, and when
    no file at all can be read.
    """
    files: dict[Path, None] = {}
    for path in paths:
        try:
            files |= dict.fromkeys(_inside(path))
        except OSError as error:
            raise InputError(
                f"{shown(str(path))} cannot be opened: {error.strerror}. Check the path "
                "after --from."
            ) from error
    found = Found(
        tuple(file for file in files if file.suffix.lower() in DUMPS + EXPORTS),
        tuple(file for file in files if file.suffix.lower() not in DUMPS + EXPORTS),
    )
    if not found.files:
        raise InputError(
            "There is no file to read under --from. It reads files that end in "
            f"{', '.join(DUMPS + EXPORTS)}."
        )
    return found


def _inside(path: Path) -> list[Path]:
    if path.is_dir():
        return [file.resolve() for file in sorted(path.rglob("*")) if file.is_file()]
    if path.is_file():
        return [path.resolve()]
    told = shown(str(path))
    if path.exists():
        raise InputError(
            f"{told} is neither a file nor a folder. Save what comes out of it as a file, "
            "then name that after --from."
        )
    raise InputError(f"{told} does not exist. Check the path after --from.")


def reader_of(file: Path, asked: ColumnMap | None) -> Reader:
    """How to read `file`, by its ending."""
    if file.suffix.lower() == JSON:
        return read_json
    is_dump = file.suffix.lower() in DUMPS
    return read_dump if is_dump else functools.partial(read_export, asked=asked)


def fingerprint(file: Path, asked: ColumnMap | None) -> str:
    """What makes reading `file` again give the same posts: its bytes and its column map."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    digest.update(repr(asked).encode())
    return digest.hexdigest()[:32]
