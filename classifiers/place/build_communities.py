"""Build communities.csv, our reviewed table of local communities, from a list of subreddits.

Run it as `python -m classifiers.place.build_communities --from FOLDER`, where FOLDER holds
`subreddits.csv` (columns subreddit, level, state, fips, place, point_fips). The list is a seed:
community_review.toml overrules it; an `area` goes to its state only; a town keeps its county
when at least three in four of its people live there, by our own gazetteer and not the list's.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import click

from classifiers.place.gazetteer import find_town
from classifiers.place.names import key
from warehouse.errors import InputError
from warehouse.reference import load_counties, load_places, load_states

FOLDER = Path(__file__).parent
COLUMNS = ("community", "level", "state", "fips", "why")
MIN_SHARE = 0.75
"""The part of a town's people in one county for its community to count there."""

Row = tuple[str, ...]


def community_rows(seed: Path, review: Path) -> list[Row]:
    """Every community, reviewed, as a row of COLUMNS, sorted by name.

    Raise `InputError` when the seed is not there or lacks a column.
    """
    listed = {_name(row): _placed(_name(row), row) for row in _read(seed)}
    return sorted((listed | dict(_reviewed(review))).values())


def _name(row: Mapping[str, str]) -> str:
    return row["subreddit"].lower()


def _placed(name: str, row: Mapping[str, str]) -> Row:
    """One row of the list, as far as we believe it."""
    state, fips = row["state"], row["fips"]
    if row["level"] == "county" and fips in load_counties():
        return name, "county", state, fips, "list: county"
    if row["level"] == "place":
        return _town(name, row)
    return name, "state", state, "", f"list: {row['level']}"


def _town(name: str, row: Mapping[str, str]) -> Row:
    """A town's community: its county if gazetteer and shares allow, else its state."""
    state, fips = row["state"], row["fips"]
    town = find_town(key(row["place"]), state)
    if town is None and fips == row["point_fips"]:
        return name, "county", state, fips, "list: part of a town"
    shares = _shares().get((state, key(row["place"])), {})
    if town and town.fips == fips and shares.get(fips, 1.0) >= MIN_SHARE:
        return name, "county", state, fips, "list: town"
    return name, "state", state, "", "list: town in several counties"


@cache
def _shares() -> dict[tuple[str, str], dict[str, float]]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    for place in load_places():
        found.setdefault((place.state, key(place.name)), {})[place.fips] = place.county_share
    return found


def _reviewed(path: Path) -> Iterator[tuple[str, Row]]:
    """Name and row of every community in the review file."""
    with path.open("rb") as file:
        blocks = tomllib.load(file)
    for block in blocks["none"]:
        for name in block["names"].split():
            yield name, (name, "none", "", "", f"review: {block['why']}")
    for block in blocks["state"]:
        for name, state in block["names"].items():
            _ = load_states()[state]
            yield name, (name, "state", state, "", f"review: {block['why']}")
    for block in blocks["county"]:
        for name, fips in block["names"].items():
            state = load_counties()[fips].state
            yield name, (name, "county", state, fips, f"review: {block['why']}")


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise InputError(f"There is no {path}. Name the folder that holds subreddits.csv.")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = {"subreddit", "level", "state", "fips", "place", "point_fips"} - set(rows[0])
    if missing:
        raise InputError(
            f"{path} has no column {', '.join(sorted(missing))}. Take the whole list."
        )
    return rows


def pack(rows: list[Row]) -> bytes:
    """The table as CSV bytes, the same every time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


@click.command()
@click.option(
    "--from", "folder", type=click.Path(file_okay=False, path_type=Path), required=True
)
def main(folder: Path) -> None:
    """Rebuild communities.csv from FOLDER/subreddits.csv and our review, and count it."""
    try:
        rows = community_rows(folder / "subreddits.csv", FOLDER / "community_review.toml")
    except InputError as error:
        raise click.ClickException(str(error)) from error
    (FOLDER / "communities.csv").write_bytes(pack(rows))
    for level in ("county", "state", "none"):
        click.echo(f"{level}: {sum(row[1] == level for row in rows)}")


if __name__ == "__main__":
    main()
