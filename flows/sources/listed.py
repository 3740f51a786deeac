"""Read the lists of what may be collected: one TOML table an instance or feed.

Nothing is collected that a person did not write down. An entry that makes no sense stops the
source before it asks anybody anything, with the file, the entry and the mistake. An address of
this machine is taken only when a setting names it: that is how the fakes are reached.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classifiers.place.strings import resolve
from flows.sources.collected import SettingsError
from flows.sources.reading import shown
from warehouse.reference import load_counties, load_places, load_states

Address = tuple[str, int]
"""An IP address in its usual spelling, and a port."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a list.

    file, name  where it stands, for the errors
    fields      what it says, as TOML gives it
    """

    file: str
    name: str
    fields: dict[str, object]

    def wrong(self, what: str) -> SettingsError:
        """The plain line about this entry."""
        return SettingsError(f"{self.file}, [{shown(self.name, 80)}]: {what}")

    def allow(self, *keys: str) -> None:
        """Refuse a key that means nothing here: it may be a misspelt one."""
        for key in self.fields:
            if key not in keys:
                raise self.wrong(f"there is no key '{shown(key, 40)}'; use {', '.join(keys)}.")

    def text(self, key: str) -> str | None:
        """The text under `key`, or None when it is not there or blank."""
        value = self.fields.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong(f'{key} is not text. Write {key} = "…".')
        return value.strip() or None

    def needed(self, key: str, why: str) -> str:
        """The text under `key`; without it the error says `why` it is needed."""
        if (found := self.text(key)) is None:
            raise self.wrong(f"{key} is missing: {why}.")
        return found

    def location(self) -> str | None:
        """The place under `county` or `state`, in words that always give that place."""
        county, state = self.text("county"), self.text("state")
        if county:
            if county not in load_counties():
                raise self.wrong(
                    f"no county has the code '{shown(county, 20)}'. Codes are five digits with "
                    'leading zeros, in quotes: county = "56025".'
                )
            if state and load_counties()[county].state != state:
                raise self.wrong(f"county {county} is not in {shown(state, 20)}. Keep one.")
            return county_words(county)
        if state and state not in load_states():
            raise self.wrong(
                f"'{shown(state, 20)}' is no state. Write its two letters: \"WY\"."
            )
        return f"{load_states()[state]}, USA" if state else None


@cache
def county_words(fips: str) -> str:
    """A county as a location that places there: its name or, failing that, a town of it."""
    county = load_counties()[fips]
    towns = (place.name for place in load_places() if place.fips == fips and place.is_primary)
    for name in (county.name, *towns):
        found = resolve(words := f"{name}, {county.state}")
        if found is not None and found.fips == fips:
            return words
    return f"{county.state_name}, USA"


def read_list(setting: str, shipped: Path) -> Iterator[Entry]:
    """Yield each entry of the list that the environment names in `setting`, or of `shipped`."""
    file = Path(os.environ.get(setting) or shipped)
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The list {file} cannot be read: {error.strerror}. Correct {setting}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file.name} is no TOML: {shown(str(error))}.") from error
    for name, fields in tables.items():
        entry = Entry(file.name, name, fields if isinstance(fields, dict) else {})
        if not isinstance(fields, dict):
            raise entry.wrong("this is no table. Put [brackets] round its name.")
        yield entry


def named_loopback(setting: str) -> frozenset[Address]:
    """The addresses of this machine that `setting` allows (`127.0.0.1:8123, [::1]:80`)."""
    written = [part.strip() for part in os.environ.get(setting, "").split(",")]
    return frozenset(_loopback(setting, part) for part in written if part)


def _loopback(setting: str, written: str) -> Address:
    host, _, port = written.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
        if address.is_loopback and 0 < int(port) < 65536:
            return str(address), int(port)
    except ValueError:
        pass
    raise SettingsError(
        f"{setting} names '{shown(written, 60)}', which is no address of this machine with a "
        "port. Write 127.0.0.1:8123, or leave it out."
    )


def seconds(setting: str, usual: float, most: float) -> float:
    """The number of seconds in `setting`, above 0 and at most `most`; `usual` without one."""
    written = os.environ.get(setting)
    try:
        value = float(written) if written else usual
    except ValueError:
        value = 0.0
    if not 0 < value <= most:
        raise SettingsError(f"{setting} is no number of seconds from 0 to {most:g}.")
    return value
