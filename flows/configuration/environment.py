"""Say a configuration as the environment variables that the parts of Grapevine read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from flows.configuration.keys import Configuration

PATHS = {
    *("home", "regions", "mastodon.instances", "news.feeds", "clinic.report"),
    *("serve.certificate", "serve.key"),
    *("service.schedule", "backup.folder"),
}
"""Keys that name files: beside the configuration, unless written from the root or a URL."""

_OTHER_NAMES = {"clinic.report": "GRAPEVINE_CLINIC"}


def variable(path: str) -> str:
    """The environment variable of a key: `bluesky.url` is `GRAPEVINE_BLUESKY_URL`."""
    return _OTHER_NAMES.get(path, f"GRAPEVINE_{path.replace('.', '_').upper()}")


def variables(
    said: Configuration, beside: Path, env: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(variable, value) of each key that the file has; `beside` is the folder it lies in.

    A secret of the environment is copied under the name its reader knows, when it is there; of
    a Prefect block only the name is handed over.
    """
    for path, value in written(said):
        if isinstance(value, str) and value.startswith("env:"):
            if found := env.get(value.removeprefix("env:")):
                yield variable(path), found
        elif isinstance(value, str) and value.startswith("prefect-secret:"):
            yield _block_variable(path), value.removeprefix("prefect-secret:")
        elif path in PATHS and "://" not in str(value):
            yield variable(path), str(beside / str(value))
        else:
            yield variable(path), _as_text(value)


def written(said: BaseModel, above: str = "") -> Iterator[tuple[str, object]]:
    """(path, value) of each key that was written, in the order of the sections."""
    for name in type(said).model_fields:
        value = getattr(said, name)
        if isinstance(value, BaseModel):
            yield from written(value, f"{above}{name}.")
        elif value is not None:
            yield f"{above}{name}", value


def _block_variable(path: str) -> str:
    """`reddit.client_secret` → `GRAPEVINE_REDDIT_SECRET_BLOCK`: whose reader asks Prefect."""
    section = path.partition(".")[0]
    return f"GRAPEVINE_{section.upper()}_SECRET_BLOCK"


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dict):
        return ",".join(f"{key}={part}" for key, part in value.items())
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)
