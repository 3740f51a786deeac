"""Look a secret up where a list says it lies: `env:NAME`, or `prefect-secret:NAME`, a block."""

from __future__ import annotations

import os

from flows.secret_block import read_secret
from flows.sources.collected import SettingsError


def look_up(reference: str, who: str) -> str:
    """The secret itself. Raises `SettingsError`, naming `who` asks; it is in no message."""
    kind, _, name = reference.partition(":")
    if kind == "prefect-secret":
        return read_secret(name, who)
    value = os.environ.get(name, "").strip()
    if not value:
        raise SettingsError(
            f"{who} names the variable {name}, which is not set. Set it where the command runs."
        )
    return value
