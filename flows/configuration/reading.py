"""Read `grapevine.toml`, and refuse it whole when one key or value is wrong.

Every mistake is named at once, with the path of its key and, where a key does not exist, the
nearest one that does. Values are never repeated: one may be a secret in the wrong place.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from flows.configuration.file import SETTING
from flows.configuration.keys import Configuration
from warehouse.errors import InputError

_WORDS = {
    "string_type": "must be text in quotes",
    "string_too_short": "is empty",
    "string_pattern_mismatch": (
        'must say where the secret lies, as "env:NAME" or "prefect-secret:NAME"; never put '
        "the secret itself here"
    ),
    "bool_type": "must be true or false",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "list_type": 'must be a list, as ["one", "two"]',
    "model_type": "must be a table of keys",
    "dict_type": "must be a table, as { bluesky = 240, other = 720 }",
}


class ConfigurationError(InputError):
    """The configuration file has mistakes; the text has a line for each."""


def read_configuration(file: Path) -> Configuration:
    """What the file says. Raise `ConfigurationError` naming every mistake in it."""
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The configuration {file} cannot be read: {error.strerror}. Correct {SETTING}."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is no TOML: {error}. Mend that line.") from error
    try:
        return Configuration.model_validate(written)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_mistakes(file, error))) from None


def _mistakes(file: Path, error: ValidationError) -> Iterator[str]:
    for mistake in error.errors(include_input=False, include_url=False):
        path = [str(part) for part in mistake["loc"]]
        yield f"{file.name}, {'.'.join(path)}: {_told(path, mistake['type'], mistake['msg'])}."


def _told(path: list[str], kind: str, message: str) -> str:
    if kind != "extra_forbidden":
        return _WORDS.get(kind, message[:1].lower() + message[1:])
    keys = _keys_at(path[:-1])
    near = difflib.get_close_matches(path[-1], keys, 1, 0.4)
    return "there is no such key" + (
        f". Write {near[0]}, or take it out" if near else f". There are {', '.join(keys)}"
    )


def _keys_at(path: list[str]) -> list[str]:
    """The keys that may stand at a path."""
    model: Any = Configuration
    for part in path:
        model = model.model_fields[part].annotation
    if not issubclass(model, BaseModel):
        return []
    return list(model.model_fields)
