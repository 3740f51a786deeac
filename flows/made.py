"""Know whether a week's numbers are those that its posts and the program would give now."""

from __future__ import annotations

import hashlib
import json

from dashboards.districts import kept, load_districts
from flows import landed
from flows.intake import Asked, Window
from flows.versions import versions
from warehouse import week_ledger
from warehouse.home import Home


def request(home: Home, asked: Asked) -> str:
    """What decides a run's result: its weeks, its inputs and the lake's, districts, program."""
    read = [str(asked.window), *(intake.input_id for intake in asked.intakes())]
    held = [] if asked.is_sample else landed.state(home, asked.window)
    groups = kept(load_districts(home))
    return hashlib.sha256(json.dumps([read, held, groups, versions()]).encode()).hexdigest()


def of_the_lake(window: Window) -> Asked:
    """The run that would make these weeks of what the lake holds."""
    return Asked(window, [], None, is_sample=False)


def enter(home: Home, window: Window) -> None:
    """Enter that the week's release was made of what the lake holds now."""
    made = request(home, of_the_lake(window))
    week_ledger.record_made(home, window.week, window.weeks, made)


def is_made(home: Home, window: Window) -> bool:
    """Whether the week's release was made of what the lake holds now, by this program."""
    known = week_ledger.made_of(home, window.week, window.weeks)
    return known is not None and known == request(home, of_the_lake(window))
