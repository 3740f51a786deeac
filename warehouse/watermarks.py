"""Remember how far each live source was read: one small JSON file a source.

A mark is written after the posts and deletions it stands for, never before: a kill in between
repeats at most the last batch, and the lake keeps one row a post.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import DataFolderError
from warehouse.files import alone_or_told, readable_errors, write_whole
from warehouse.home import Home


def read(home: Home, source: str) -> dict[str, Any]:
    """The mark of the last batch kept; empty before the first.

    Raise `DataFolderError` when the file is damaged.
    """
    path = _path(home, source)
    with readable_errors(path):
        if not path.exists():
            return {}
        content = path.read_bytes()
    try:
        mark = json.loads(content)
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(mark, dict):
        raise _damaged(path)
    return mark


def write(home: Home, source: str, mark: Mapping[str, Any]) -> None:
    """Replace the mark whole. Raise `ValueError` when it is not plain JSON."""
    content = json.dumps(mark, allow_nan=False, sort_keys=True).encode()
    if json.loads(content) != mark:
        raise ValueError(f"the mark of {source} is not plain JSON")
    path = _path(home, source)
    with readable_errors(path):
        write_whole(path, content)


def written_at(home: Home, source: str) -> datetime | None:
    """When the mark was last written (UTC); None when nothing was ever collected."""
    path = _path(home, source)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None


def held(home: Home, source: str) -> AbstractContextManager[None]:
    """Hold a source for one collector; a second one is told with a `DataFolderError`."""
    return alone_or_told(
        home.watermarks / f"{source}.lock",
        f"{source} is being collected into {home.root} already. Let that collector go on, or "
        "stop it first.",
    )


def _path(home: Home, source: str) -> Path:
    return home.watermarks / f"{source}.json"


def _damaged(path: Path) -> DataFolderError:
    return DataFolderError(
        f"The watermark {path} is damaged. Put it back from a copy; without one, delete it: "
        "the source is then read from its start, and no post is counted twice."
    )
