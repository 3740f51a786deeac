"""Remember what `grapevine up` started: one small file in the data folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from warehouse.errors import DataFolderError
from warehouse.files import readable_errors, write_whole
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Record:
    """What was started for one data folder.

    mark    carried by every process that was started, and by all that these start
    url     the server's API, `http://127.0.0.1:4200/api`
    server  its process id; None when the server is somebody else's
    worker  the worker's process id; None before it is started
    since   when `up` began (UTC, ISO 8601)
    schedule  digest of the file whose deployments the server was given last; empty before
    """

    mark: str
    url: str
    server: int | None
    worker: int | None
    since: str
    schedule: str = ""

    @property
    def page(self) -> str:
        """Where a person looks at the runs."""
        return self.url.removesuffix("/api")

    @property
    def began(self) -> datetime:
        """When `up` began."""
        return datetime.fromisoformat(self.since).astimezone(UTC)


def read(home: Home) -> Record | None:
    """What was started last, whether it still runs or not; None before the first.

    Raise `DataFolderError` when the file is damaged.
    """
    path = _path(home)
    with readable_errors(path):
        if not path.exists():
            return None
        content = path.read_bytes()
    try:
        said = json.loads(content)
        known = {field.name for field in fields(Record)}
        return Record(**{name: value for name, value in said.items() if name in known})
    except (ValueError, TypeError, AttributeError) as error:
        raise DataFolderError(
            f"{path} is damaged, so what 'grapevine up' started cannot be found. End its "
            "processes by hand, delete the file, then say 'grapevine up'."
        ) from error


def write(home: Home, record: Record) -> None:
    """Replace what is remembered."""
    with readable_errors(_path(home)):
        write_whole(_path(home), json.dumps(asdict(record)).encode())


def forget(home: Home) -> None:
    """Remember nothing."""
    with readable_errors(_path(home)):
        _path(home).unlink(missing_ok=True)


def _path(home: Home) -> Path:
    return home.service / "started.json"
