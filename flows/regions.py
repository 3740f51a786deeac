"""Read regions.toml: which Reddit communities are collected, and regions of several counties.

Where a community lies is not said there but in `classifiers/place/communities.csv`, so that a
post's place has one truth; a community that table does not know, or knows in another state, is
refused here. Counties are named as people say them and turned into codes.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classifiers.place.communities import load_communities
from warehouse.errors import InputError
from warehouse.reference import load_counties, load_states

FILE = Path(__file__).parent / "regions.toml"

_KEYS = {"name", "state", "communities", "counties"}


@dataclass(frozen=True, slots=True)
class Region:
    """Several counties of one state that people speak of by one name.

    region_id    for ever, as in regions.toml
    counties     5-character codes, sorted
    communities  subreddits in small letters
    """

    region_id: str
    name: str
    state: str
    counties: tuple[str, ...]
    communities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regions:
    """What is collected. Shape: regions.toml.

    states   postal code to the communities of the state as a whole
    towns    postal code to the communities of its towns and counties
    regions  by region_id
    """

    states: Mapping[str, tuple[str, ...]]
    towns: Mapping[str, tuple[str, ...]]
    regions: Mapping[str, Region]

    def communities(self, states: Iterable[str] | None = None) -> tuple[str, ...]:
        """The communities of these states (None: all), each once: states, towns, regions."""
        wanted = set(self.states if states is None else states)
        named = [
            name
            for by_state in (self.states, self.towns)
            for state, names in by_state.items()
            if state in wanted
            for name in names
        ]
        for region in self.regions.values():
            if region.state in wanted:
                named += region.communities
        return tuple(dict.fromkeys(named))


@cache
def load_regions(file: Path = FILE) -> Regions:
    """Read and check a regions file.

    Raises `InputError` for a file that is no TOML of this shape, a state left out, a community
    whose place is not known, and a county its state does not have.
    """
    read = _read(file)
    states = {state: _listed(state, names) for state, names in read["states"].items()}
    if missing := sorted(load_states().keys() - states):
        raise InputError(f"{file.name}: no community for {', '.join(missing)} under [states].")
    return Regions(
        states,
        {state: _listed(state, names) for state, names in read["towns"].items()},
        {name: _region(name, table) for name, table in read["regions"].items()},
    )


def _read(file: Path) -> dict[str, dict[str, object]]:
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"{file.name} is no TOML: {error}") from error
    if set(read) != {"states", "towns", "regions"} or not all(
        isinstance(table, dict) for table in read.values()
    ):
        raise InputError(f"{file.name} must hold [states], [towns] and [regions.…], no more.")
    return read


def _region(region_id: str, table: object) -> Region:
    if not isinstance(table, dict) or set(table) != _KEYS:
        raise InputError(f"Region '{region_id}' must have {', '.join(sorted(_KEYS))}, no more.")
    state = str(table["state"])
    communities = _listed(state, table["communities"])  # first: it knows what a state is
    counties = sorted(_county(state, name) for name in _texts(region_id, table["counties"]))
    return Region(region_id, str(table["name"]), state, tuple(counties), communities)


def _listed(state: str, names: object) -> tuple[str, ...]:
    if state not in load_states():
        raise InputError(f"regions.toml names the state '{state}', which is no postal code.")
    for name in _texts(state, names):
        _check(name, state)
    return tuple(_texts(state, names))


def _check(name: str, state: str) -> None:
    """Refuse a community whose place we do not know, or that lies in another state."""
    found = load_communities().get(name)
    if found is None:
        near = difflib.get_close_matches(name, load_communities(), 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise InputError(
            f"regions.toml names r/{name}, which communities.csv places nowhere.{hint} "
            "Add it to classifiers/place/community_review.toml first."
        )
    if found.state != state:
        raise InputError(
            f"regions.toml has r/{name} under {state}, but communities.csv under {found.state}."
        )


def _county(state: str, name: str) -> str:
    """The code of `Floyd`, `Floyd County` or `Radford city` in a state."""
    names = {name, f"{name} County", f"{name} Parish"}
    found = [c.fips for c in load_counties().values() if c.state == state and c.name in names]
    if len(found) != 1:
        raise InputError(
            f"regions.toml names '{name}' in {state}, which is {len(found)} counties. Write "
            "the whole name, as warehouse/reference/counties.csv does."
        )
    return found[0]


def _texts(where: str, names: object) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"regions.toml: '{where}' must list names in quotes.")
    return names
