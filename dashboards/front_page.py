"""Write the front page: what is rising, a map of the states, and the way to each county."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from classifiers.taxonomy import Theme
from dashboards.blocks import said
from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, state_of
from dashboards.limits import limits
from dashboards.maps import RISING, SHADE_WORDS, draw, shade
from dashboards.sightings import sighting
from dashboards.state_page import NOT_SHOWN, TOO_EARLY

MOST_THEMES = 10


@dataclass(frozen=True, slots=True)
class RisingRow:
    """One theme: its national share and direction, and the states where it rises or is new."""

    theme: Theme
    share: str
    direction: str
    states: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state: what can be said in words, and how many counties have figures of their own."""

    postal: str
    name: str
    words: str
    own_n: int
    counties_n: int


def front_page(edition: Edition, pages: Environment) -> str:
    """The page everything starts from."""
    rising = rising_rows(edition)
    is_rising = any(row.states or row.direction in RISING for row in rising)
    context: dict[str, Any] = {
        "up": "",
        "rising_title": "What is rising" if is_rising else "What was seen",
        "rising_note": _note(is_rising),
        "rising": rising,
        "map": draw(
            "nation",
            [(postal, name, state_of(postal)) for postal, name in edition.states.items()],
            edition.numbers,
            "state/{}.html".format,
        ),
        "states": [_state_row(edition, postal) for postal in edition.states],
        "limits": limits(edition.numbers.release, "a state"),
    }
    return pages.get_template("index.html.j2").render(context)


def _note(is_rising: bool) -> str:
    seen = "Health voices who passed these claims on, seen in public posts we collected."
    return seen if is_rising else f"{seen} No theme is rising, or it is too early to say."


def rising_rows(edition: Edition) -> list[RisingRow]:
    """Themes that rise somewhere, widest first; when none does, the most frequent ones."""
    rows = [_rising_row(edition, theme) for theme in edition.taxonomy.themes.values()]
    shown = [row for row in rows if row.states or row.share != NOT_SHOWN]
    risen = [row for row in shown if row.states or row.direction in RISING]
    return sorted(risen or shown, key=lambda row: _order(edition, row))[:MOST_THEMES]


def _order(edition: Edition, row: RisingRow) -> tuple[bool, int, float, str]:
    seen = sighting(edition.numbers, row.theme, NATION)
    share = seen.promotes.per_1000 if seen else 0.0
    return (row.direction not in RISING, -len(row.states), -share, row.theme.id)


def _rising_row(edition: Edition, theme: Theme) -> RisingRow:
    seen = sighting(edition.numbers, theme, NATION)
    risen = tuple(
        (postal, name)
        for postal, name in edition.states.items()
        if edition.numbers.changes.get(state_of(postal), {}).get(theme.id) in RISING
    )
    if seen is None:
        return RisingRow(theme, NOT_SHOWN, NOT_SHOWN, risen)
    return RisingRow(theme, str(said(seen.promotes)), seen.direction or TOO_EARLY, risen)


def _state_row(edition: Edition, postal: str) -> StateRow:
    counties = edition.counties_of[postal]
    own = (place for place in counties if edition.numbers.themes_now(Geo("county", place.fips)))
    return StateRow(
        postal=postal,
        name=edition.states[postal],
        words=SHADE_WORDS[shade(edition.numbers, state_of(postal))],
        own_n=sum(1 for _ in own),
        counties_n=len(counties),
    )
