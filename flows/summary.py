"""Say in a few lines what a run read, placed, tagged and made."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from flows import landed
from flows.intake import Asked, Window
from flows.sources.files import DUMPS, EXPORTS, find
from flows.sources.reading import Rejected
from warehouse import ledger
from warehouse.coverage import Coverage, copies, coverage
from warehouse.home import Home


def summarise(home: Home, asked: Asked, seconds: float) -> Iterator[str]:
    """The lines for a person: inputs, posts, places, tags, pages, seconds, and the site."""
    window = asked.window
    for intake in asked.intakes():
        yield from _input_lines(home, window, intake.input_id)
    for source in landed.post_sources(home) if asked.is_live else ():
        yield from _input_lines(home, window, landed.input_id(source))
    yield from _left_lines(asked.inputs)
    first, last = window.first.start, window.week.end
    held = coverage(home, first, last, asked.is_sample)
    yield f"  weeks     {window.first} to {window.week} ({first} to {last})"
    yield f"  posts     {held.post_n:,} in these weeks"
    yield _placed_line(held)
    yield (
        f"  tagged    {held.health_n:,} about health, {held.themed_n:,} with a claim, "
        f"{held.promoting_n:,} promoting one"
    )
    copied_n, names_n = copies(home)
    if copied_n:
        yield (
            f"  copies    {copied_n:,} posts are near-copies put up under 10 or more names "
            f"({names_n:,} in all): a campaign, or news passed on"
        )
    yield f"  evidence  {held.counties_n:,} counties, {held.states_n} states with any post"
    yield f"  briefs    {_county_pages(home):,} counties briefed"
    yield f"  seconds   {seconds:.1f}"
    yield f"  site      {home.site / 'index.html'}"


def _input_lines(home: Home, window: Window, input_id: str) -> Iterator[str]:
    read = ledger.find_input(home, input_id, window.first, window.week)
    if read is None:
        return
    yield (
        f"  read      {read.name}: {read.read_n:,} rows, {read.kept_n:,} in these weeks, "
        f"{read.outside_n:,} in others, {read.quarantined_n:,} set aside"
    )
    listed = home.quarantine / f"{input_id}.csv"
    if read.quarantined_n and listed.exists():
        yield f"  set aside {_first_reason(listed, read.name)} (all: {listed})"


def _first_reason(listed: Path, name: str) -> str:
    with listed.open(newline="", encoding="utf-8") as stream:
        row = next(csv.DictReader(stream))
    return Rejected(int(row["line"]), row["reason"]).told(name)


def _left_lines(inputs: list[str]) -> Iterator[str]:
    left = find(map(Path, inputs)).left if inputs else ()
    if left:
        names = ", ".join(file.name for file in left[:5])
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        yield f"  left      {names}{more}: not {', '.join(DUMPS + EXPORTS)}"


def _placed_line(held: Coverage) -> str:
    bases = ", ".join(f"{count:,} by {basis}" for basis, count in held.bases) or "none"
    return (
        f"  placed    {held.county_n:,} in a county, {held.state_n:,} in a state only, "
        f"{held.post_n - held.county_n - held.state_n:,} nowhere ({bases})"
    )


def _county_pages(home: Home) -> int:
    return len(list((home.site / "county").glob("*.json")))
