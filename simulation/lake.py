"""Write a world into a data folder: its posts as tags into the lake, its truth beside it.

The posts have no text, so nothing is read, placed or tagged: the lake is as the stages before
it would have left it. Weeks are written one after another, each source and day once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulation import posts
from simulation.tables import tags_table
from simulation.truth import write_truth
from simulation.world import World
from warehouse.days import in_memory, rows_by_day
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.lake import merge_day

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows of tags, health posts, their authors; each summed over weeks."""

    tags_n: int
    posts_n: int
    authors_n: int


def write(world: World, home: Home, report: Report) -> Written:
    """Write every week of a world, and its truth, into a data folder that has no posts yet.

    Writing the same world again changes no byte. Raise `GrapevineError` when the folder holds
    anything else: real posts and made-up ones must not share a folder.
    """
    _refuse_others(world, home)
    write_truth(world, home)
    tags_n = posts_n = authors_n = 0
    for number, week in enumerate(world.settings.window):
        drawn = posts.draw(world, number)
        table = tags_table(world, number, drawn)
        for place, rows in sorted(rows_by_day(table).items(), key=lambda item: item[0]):
            merge_day(home, "tags", place, [in_memory(rows)])
        tags_n += table.num_rows
        posts_n += len(drawn.author)
        authors_n += len(drawn.county)
        report(f"{week}  {len(drawn.county):,} health authors, {table.num_rows:,} tags")
    return Written(tags_n, posts_n, authors_n)


MARK = "simulated"
"""Names the world that a folder was made for."""


def _refuse_others(world: World, home: Home) -> None:
    """Keep one world a folder, and no real post beside it."""
    mark, own = home.root / MARK, f"{world.settings}\n"
    if not mark.exists() and home.root.exists() and any(home.root.iterdir()):
        raise GrapevineError(
            f"{home.root} holds files that are not simulated. Name an empty folder with --out."
        )
    if mark.exists() and mark.read_text(encoding="utf-8") != own:
        raise GrapevineError(
            f"{home.root} holds another simulated world. Name another folder with --out, or "
            "delete this one."
        )
    home.root.mkdir(parents=True, exist_ok=True)
    mark.write_text(own, encoding="utf-8")
