"""Say who gets which brief: one TOML table, or one line of a CSV list, a subscriber.

A list is written by people, so every slip stops the delivery before anything is sent, and is
named with its file, its place in it and what to write instead. An address is never repeated,
not even a wrong one: what the command says ends in logs.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import httpx

from classifiers.entries import Entry
from dashboards.geo import Geo, state_of
from warehouse.errors import GrapevineError
from warehouse.network import is_loopback
from warehouse.reference import load_counties, load_states

Language = Literal["en", "es"]
Channel = Literal["mail", "webhook"]

COLUMNS = ("county", "state", "district", "language", "email", "webhook", "secret")
"""Keys of a subscriber's table; a CSV list has `id` before them."""

MAX_ADDRESS = 254
MAX_URL = 2_000

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One subscription: the brief of one place, in one language, to one address.

    id       what the list calls it; the only thing reports say of it
    place    a county, a state or a district
    address  an e-mail address or a URL
    secret   where a webhook's signing secret lies (`env:NAME`, `prefect-secret:NAME`), or empty
    """

    id: str
    place: Geo
    lang: Language
    channel: Channel
    address: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def identity(self) -> str:
        """What makes two subscriptions the same: the channel, the address and the place."""
        return (
            f"{self.channel}\n{self.address.casefold()}\n{self.place.type}\n{self.place.value}"
        )


def subscriber(entry: Entry, name: str) -> Subscriber:
    """The subscriber that a table or line describes. Raises `GrapevineError` naming it."""
    entry.allow(COLUMNS)
    if not _ID.fullmatch(name):
        raise entry.refuse(
            "a subscriber's name has 1 to 64 small letters, digits, dots, dashes or "
            "underscores. Rename it."
        )
    channel, address = _address(entry)
    return Subscriber(name, _place(entry), _language(entry), channel, address, _secret(entry))


def read_csv(path: Path) -> Iterator[Subscriber]:
    """The subscribers of a CSV list, whose first line names its columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            _check_columns(path, rows.fieldnames or ())
            for row in rows:
                yield _from_line(f"{path.name}, line {rows.line_num}", row)
    except OSError as error:
        raise GrapevineError(
            f"The list {path} cannot be read: {error.strerror}. Correct its name."
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise GrapevineError(
            f"{path.name} is no CSV in UTF-8. Save it as 'CSV UTF-8' from the spreadsheet."
        ) from error


def without_twins(found: Iterable[Subscriber]) -> tuple[Subscriber, ...]:
    """The subscribers, once it is sure that no name and no subscription is there twice."""
    names, known = set[str](), dict[str, str]()
    every = tuple(found)
    for one in every:
        if one.id in names:
            raise GrapevineError(f"Two subscribers are called '{one.id}'. Rename one of them.")
        if twin := known.get(one.identity):
            raise GrapevineError(
                f"Subscribers '{twin}' and '{one.id}' are the same address and the same place. "
                "Take one of them out."
            )
        names.add(one.id)
        known[one.identity] = one.id
    return every


def _check_columns(path: Path, names: Iterable[str]) -> None:
    found = {name.strip() for name in names}
    if "id" not in found:
        raise GrapevineError(
            f"{path.name} has no column 'id'. Its first line must name the columns: "
            f"id,{','.join(COLUMNS)}"
        )


def _from_line(where: str, row: dict[str, str | None]) -> Subscriber:
    entry = Entry(
        where, {k.strip(): v.strip() for k, v in row.items() if k and v and v.strip()}
    )
    if None in row:
        raise entry.refuse("it has more cells than the first line. Mend the commas.")
    return subscriber(entry, str(entry.values.pop("id", "")))


def _place(entry: Entry) -> Geo:
    if len({"county", "state", "district"} & entry.values.keys()) != 1:
        raise entry.refuse(
            'write either county = "56027" or state = "WY", or the key of a district in '
            "regions.toml."
        )
    if "district" in entry.values:
        return Geo("district", entry.text("district"))  # known only to an edition
    if "state" in entry.values:
        return state_of(entry.choice("state", tuple(load_states())))
    fips = entry.text("county")
    if fips not in load_counties():
        raise entry.refuse(
            "no county has this code. Codes are five digits with leading zeros, in quotes: "
            'county = "56027".'
        )
    return Geo("county", fips)


def _language(entry: Entry) -> Language:
    if "language" not in entry.values:
        return "en"
    return cast(Language, entry.choice("language", ("en", "es")))


def _address(entry: Entry) -> tuple[Channel, str]:
    if ("email" in entry.values) == ("webhook" in entry.values):
        raise entry.refuse('write either email = "…" or webhook = "https://…".')
    if "email" in entry.values:
        return "mail", check_email(entry, "email")
    url = entry.text("webhook")
    if not is_fit(url):
        raise entry.refuse(
            "the webhook is no https address (http is for this machine only), or carries a "
            "name or password. Correct it."
        )
    return "webhook", url


def check_email(entry: Entry, key: str) -> str:
    """The e-mail address at `key`, in ASCII. Raises `GrapevineError`, without the address."""
    address = entry.text(key)
    if len(address) > MAX_ADDRESS or not _EMAIL.fullmatch(address):
        raise entry.refuse(
            f"'{key}' is no e-mail address. Write it as name@office.example, alone and in "
            "plain letters."
        )
    return address


def is_fit(url: str) -> bool:
    """Whether an address may be posted to: https, or http on this machine; no password."""
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.host))
    is_plain = not (parts.userinfo or parts.fragment) and url.isascii() and " " not in url
    return bool(parts.host) and is_safe and is_plain and len(url) <= MAX_URL


def _secret(entry: Entry) -> str:
    if "webhook" not in entry.values:
        if "secret" in entry.values:
            raise entry.refuse("a secret is for a webhook; mail has none. Take it out.")
        return ""
    return reference(entry, "secret")


def reference(entry: Entry, key: str) -> str:
    """Where a secret lies, as written at `key`. Raises `GrapevineError`, without the value."""
    written = entry.text(key)
    if not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*|prefect-secret:[a-z0-9-]{1,100}", written):
        # not repeated: it may be the secret itself
        raise entry.refuse(
            f"'{key}' says where the secret lies, never the secret: env:NAME for a variable of "
            "the environment, prefect-secret:NAME for a Prefect Secret block."
        )
    return written
