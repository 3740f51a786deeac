"""Say whether the configuration as a whole would work, without asking any source anything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from dashboards.districts import load_districts
from flows.backing_up import Copies
from flows.collecting import live_sources
from flows.configuration.environment import variable, variables, written
from flows.configuration.reading import read_configuration
from flows.serving.settings import Served
from flows.sources.collected import SettingsError
from flows.watching.settings import Limits as Watched
from flows.watching.settings import Told
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.retention import Limits


def check(file: Path | None) -> Iterator[str]:
    """Yield what is set where, by key, and which sources are set up; no value is repeated.

    Raise `GrapevineError` naming everything that a source, the retention or the districts
    refuse about the settings written. A source that nobody set up is told, and is no mistake.
    """
    yield f"Configuration: {file or 'none; the environment and the defaults count'}"
    yield from _told(file) if file else ()
    wrong = list(_refused(_sections(file)))
    yield f"Sources set up: {', '.join(_set_up()) or 'none'}"
    if wrong:
        raise GrapevineError("\n".join(wrong))


def _told(file: Path) -> Iterator[str]:
    said = read_configuration(file)
    values = dict(variables(said, file.parent, os.environ))
    for path, value in written(said):
        name = variable(path)
        if isinstance(value, str) and value.startswith("env:") and name not in values:
            yield f"  {path}: {value} is not set in the environment"
        elif values.get(name, os.environ.get(name)) != os.environ.get(name):
            yield f"  {path}: the environment's {name} wins"
        else:
            yield f"  {path}: set"


def _sections(file: Path | None) -> set[str]:
    """The sections that the file has keys of."""
    said = written(read_configuration(file)) if file else ()
    return {path.partition(".")[0] for path, _ in said}


def _refused(sections: set[str]) -> Iterator[str]:
    """Why settings that somebody wrote cannot be used."""
    try:
        Limits.from_env()
    except GrapevineError as error:
        yield str(error)
    try:
        load_districts(Home.from_env())
    except GrapevineError as error:
        yield str(error)
    served = partial(Served.from_env, None, None)
    for read in (served, Watched.from_env, Told.from_env, Copies.from_env):
        try:
            read()
        except GrapevineError as error:
            yield str(error)
    for name, module in live_sources().items():
        try:
            module.Settings.from_env()
        except SettingsError as error:
            if name in sections:
                yield f"[{name}] {error}"


def _set_up() -> Iterator[str]:
    for name, module in live_sources().items():
        try:
            module.Settings.from_env()
        except SettingsError:
            continue
        yield name
