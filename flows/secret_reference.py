"""Look a secret up where a list says it lies: `env:NAME`, or `prefect-secret:NAME`, a block."""

from __future__ import annotations

import os
from collections.abc import Mapping

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


def secret_of(setting: str, block_setting: str, env: Mapping[str, str] = os.environ) -> str:
    """The secret in the variable `setting`, or in the Prefect block that the other names.

    Empty when neither is set. So `key = "env:NAME"` of grapevine.toml and `prefect-secret:NAME`
    reach whoever needs them.
    """
    block = env.get(block_setting, "").strip()
    return read_secret(block, block_setting) if block else env.get(setting, "").strip()
