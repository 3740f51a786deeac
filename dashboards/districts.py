"""Read `regions.toml`: the groups of counties that a health department wants a brief for.

[districts.big-horn-basin]
name     = "Big Horn Basin"
counties = ["56003", "56017", "Park County, WY", "Washakie County, WY"]

The file lies in the data folder, or where `GRAPEVINE_REGIONS` says. It is no part of a release:
the districts that a site was built with are kept beside the site's digest (`kept`), and a past
site is made again with those.

A district is no level of the numbers. Its own counts are never worked out: two districts, or a
district and its state, could be subtracted from each other until a hidden count stands alone.
Its brief is put together from published figures of its counties and of what lies around them.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from classifiers.entries import Entry, read_entry
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.reference import load_counties

SETTING = "GRAPEVINE_REGIONS"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class District:
    """Counties with one brief: `district/<slug>.html`.

    name      as readers know it, without the word *district* unless it is part of it
    counties  5-character codes, sorted
    """

    slug: str
    name: str
    counties: tuple[str, ...]


Districts = Mapping[str, District]
"""By slug, in order of the slug."""


def load_districts(home: Home) -> dict[str, District]:
    """The districts of this installation. Raises `GrapevineError` for any slip in the file."""
    named = os.environ.get(SETTING)
    if named and not Path(named).is_file():
        raise GrapevineError(
            f"{SETTING} names {named}, where no file is. Correct it, or take the setting away."
        )
    return read_districts(Path(named) if named else home.districts)


def read_districts(path: Path) -> dict[str, District]:
    """The districts of a file, none where there is no file; `GrapevineError` for any slip."""
    if not path.exists():
        return {}
    whole = read_entry(path)
    whole.allow({"districts"})
    tables = whole.table("districts").values
    found = [_district(whole.where, slug, tables[slug]) for slug in sorted(tables)]
    _hold_apart(whole.where, found)
    return {one.slug: one for one in found}


def kept(districts: Districts) -> str:
    """The districts as JSON text, to be kept with the site that shows them."""
    return json.dumps([asdict(one) for one in districts.values()], separators=(",", ":"))


def from_kept(text: str) -> dict[str, District]:
    """The districts that `kept` wrote; none for a site built before there were any."""
    rows = json.loads(text or "[]")
    return {row["slug"]: District(row["slug"], row["name"], tuple(row["counties"]))
            for row in rows}  # fmt: skip


def slug_of(name: str) -> str:
    """A name as a file name: `big-horn-basin`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST_LETTERS].strip("-")


def _district(file: str, slug: str, table: object) -> District:
    entry = Entry(
        f"{file}, district '{_shown(slug)}'", table if isinstance(table, dict) else {}
    )
    if not SLUG.fullmatch(slug) or len(slug) > MOST_LETTERS:
        raise entry.refuse(
            "a district's key is its address: small letters, digits and single dashes, "
            f"{MOST_LETTERS} at most. Write [districts.{slug_of(slug) or 'my-district'}]."
        )
    entry.allow({"name", "counties"})
    codes = [_code(entry, written) for written in entry.texts("counties")]
    twice = [code for code in codes if codes.count(code) > 1]
    if twice:
        raise entry.refuse(f"{_named(twice[0])} stands there twice. Take one out.")
    return District(slug, _name(entry), tuple(sorted(codes)))


def _name(entry: Entry) -> str:
    """The name, on one line and without signs that could make it read as something else."""
    name = entry.text("name")
    if any(unicodedata.category(sign)[0] == "C" or sign in "<>\u2028\u2029" for sign in name):
        plain = " ".join("".join(" " if _is_odd(sign) else sign for sign in name).split())
        raise entry.refuse(
            "its name holds signs that are no letters of a name (control signs, < or >). "
            f'Write name = "{plain[:MOST_LETTERS]}".'
        )
    if len(name) > MOST_LETTERS:
        raise entry.refuse(
            f"its name has {len(name)} letters; {MOST_LETTERS} fit on a page. "
            f'Write name = "{name[:MOST_LETTERS].rsplit(" ", 1)[0]}".'
        )
    return name


def _is_odd(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "CZ" or sign in "<>"


def _code(entry: Entry, written: str) -> str:
    """The county's code, from the code itself or `Park County, WY`."""
    codes = _codes()
    if code := codes.get(written.casefold()):
        return code
    near = difflib.get_close_matches(written.casefold(), codes, 1, 0.6)
    hint = f" Did you mean {_named(codes[near[0]])}?" if near else ""
    raise entry.refuse(
        f"no county is called '{_shown(written)}'.{hint} Write five digits, or the whole name "
        'with its state: "Park County, WY".'
    )


@cache
def _codes() -> dict[str, str]:
    """What a county may be called, in small letters → its code."""
    found = {}
    for county in load_counties().values():
        found[county.fips] = county.fips
        found[f"{county.name}, {county.state}".casefold()] = county.fips
    return found


def _named(code: str) -> str:
    county = load_counties()[code]
    return f"{code} ({county.name}, {county.state})"


def _shown(text: str) -> str:
    """Text from the file on one short line, so that an error stays one line."""
    return " ".join("".join(" " if _is_odd(sign) else sign for sign in text).split())[:80]


def _hold_apart(file: str, found: list[District]) -> None:
    """Refuse a county in two districts, and a name that two of them have."""
    owner, names = dict[str, str](), dict[str, str]()
    for one in found:
        if twin := names.get(one.name.casefold()):
            raise Entry(f"{file}, district '{one.slug}'", {}).refuse(
                f"district '{twin}' is called '{one.name}' as well. Rename one of them."
            )
        names[one.name.casefold()] = one.slug
        for code in one.counties:
            if other := owner.get(code):
                raise Entry(f"{file}, district '{one.slug}'", {}).refuse(
                    f"{_named(code)} is in district '{other}' already. Take it out of one."
                )
            owner[code] = one.slug
