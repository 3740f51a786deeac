"""Find the configuration file and hand it over; without a file, no time is spent on it."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

SETTING = "GRAPEVINE_CONFIG"
USUAL = "grapevine.toml"


def configuration_file(env: Mapping[str, str] = os.environ) -> Path | None:
    """The file named in `GRAPEVINE_CONFIG`, else `grapevine.toml` here; None without either."""
    named = env.get(SETTING)
    file = Path(named or USUAL).absolute()
    return file if named or file.is_file() else None


def apply_configuration(env: MutableMapping[str, str] = os.environ) -> None:
    """Put what the file says into the environment; what is set there already wins.

    Every command and every flow begins here, so here too what they and the programs that they
    start write from now on is made to be for its owner alone.

    So a service manager or a container may change one setting without touching the file, and
    programs started from here see the same settings. Raise `ConfigurationError` for a file
    with mistakes.
    """
    os.umask(0o077)
    if (file := configuration_file(env)) is None:
        return
    from flows.configuration.environment import variables  # pydantic takes time to load
    from flows.configuration.reading import read_configuration

    for name, value in variables(read_configuration(file), file.parent, env):
        env.setdefault(name, value)
