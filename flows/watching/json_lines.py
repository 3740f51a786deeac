"""Write the log as JSON, one line an event, with nothing in it that a person wrote.

`GRAPEVINE_LOG=json` turns it on; without it nothing is written here. An event has a name and
fields, and a field takes a number or a word of its own shape: there is none that text of a
post, a handle or an address fits into, so no mistake elsewhere can put one there. Of another
library's log line only its origin is kept, and of an error only its kind, for their words may
quote what was being read.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from warehouse.errors import DataFolderError, GrapevineError, InputError
from warehouse.redact import mask

SETTING = "GRAPEVINE_LOG"
KINDS = ("text", "json")

Value = str | int | float | None

_WORD = re.compile(r"[a-z][a-z_-]{0,30}")
SHAPES = {
    "stage": _WORD,
    "source": _WORD,
    "channel": _WORD,
    "answer": _WORD,
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "week": re.compile(r"\d{4}-W\d{2}"),
    "release": re.compile(r"\d{4}-W\d{2}\.\d{1,4}(-sample)?"),
    "how": re.compile(r"[a-z]{1,10}( [a-z]{1,10}){0,2}"),
    "error": re.compile(r"[A-Z][A-Za-z]{0,60}"),
    "logger": re.compile(r"[A-Za-z_.]{1,60}"),
    "level": re.compile(r"[a-z]{1,10}"),
    "where": re.compile(r"[a-z_/]{1,80}\.py:\d{1,5}"),
}
"""What the words of each field look like, whole."""

_NUMBERS = ("seconds", "status", "findings", "bytes")
"""Fields of numbers, besides every `…_n`."""

_lock = threading.Lock()
_ROOT = Path(__file__).parents[2]


def is_on(env: Mapping[str, str] = os.environ) -> bool:
    """Whether the log is JSON."""
    return env.get(SETTING, "").strip() == "json"


def event(name: str, **fields: Value) -> None:
    """Write one line about an event, when the log is JSON; empty fields are left out.

    Raise `ValueError` for a field or a word that has no place in a log.
    """
    if is_on():
        _write(name, {key: checked(key, value) for key, value in fields.items()})


def failed(error: GrapevineError) -> None:
    """Write that a command ended by `error`, and where it was raised.

    Its words go along where they are of settings or of the data folder: these quote no input.
    """
    if not is_on():
        return
    from flows.sources.collected import SettingsError  # takes time to load

    quotes_none = isinstance(error, (DataFolderError, SettingsError))
    told = mask(str(error)) if quotes_none else None
    where = _last_of_ours(error.__traceback__)
    _write("failed", {"error": type(error).__name__, "where": where, "told": told})


def checked(field: str, value: Value) -> Value:
    """The value, if it may stand in that field. Raise `ValueError` without repeating it."""
    if isinstance(value, str):
        if value and (field not in SHAPES or not SHAPES[field].fullmatch(value)):
            raise ValueError(f"a log line has no place for this in '{field}'")
    elif value is not None and field not in _NUMBERS and not field.endswith("_n"):
        raise ValueError(f"a log line has no number called '{field}'")
    return round(value, 3) if isinstance(value, float) else value


def _write(name: str, fields: Mapping[str, Value]) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    said = {key: value for key, value in fields.items() if value not in ("", None)}
    line = json.dumps({"at": at, "event": name, **said})
    with _lock:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


class Origins(logging.Handler):
    """Says of other libraries' log lines whose they are and how grave, and no word of them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line of a record."""
        kind = record.exc_info[0] if record.exc_info else None
        _write(
            "library",
            {
                "logger": record.name if SHAPES["logger"].fullmatch(record.name) else "other",
                "level": record.levelname.lower(),
                "error": kind.__name__ if kind else None,
            },
        )


def begin() -> None:
    """Take over what would be written as text: other libraries' lines, warnings, tracebacks.

    Does nothing unless the log is JSON. Prefect, which is loaded later, is told by its own
    setting, which programs started from here follow too. Raise `InputError` for a setting that
    is none of `KINDS`.
    """
    if (os.environ.get(SETTING, "").strip() or "text") not in KINDS:
        raise InputError(f"{SETTING} must be one of {', '.join(KINDS)}.")
    if not is_on():
        return
    logging.basicConfig(level=logging.WARNING, handlers=[Origins()], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _broke
    threading.excepthook = lambda broken: _broke(
        broken.exc_type, broken.exc_value, broken.exc_traceback
    )
    os.environ.setdefault(
        "PREFECT_LOGGING_SETTINGS_PATH", str(Path(__file__).with_name("prefect_logging.yml"))
    )


def _broke(
    kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None
) -> None:
    """Say of a mistake in the program its kind, and which of our lines it came through."""
    _write("broke", {"error": kind.__name__, "where": _last_of_ours(trace)})


def _last_of_ours(trace: TracebackType | None) -> str | None:
    found = None
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(_ROOT):
            found = f"{file.relative_to(_ROOT).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
