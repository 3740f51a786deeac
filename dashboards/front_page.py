"""Write the front page: what is rising in rural America, a map, and the way to each county.

When nothing can be said of all rural counties together, the page says so and shows what all
places show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from classifiers.taxonomy import Theme
from dashboards.blocks import base_of, said
from dashboards.copies import copies_anywhere
from dashboards.edition import Edition
from dashboards.geo import NATION, RURAL, Geo, page_of, region_of, state_of
from dashboards.limits import limits
from dashboards.maps import RISING, STATE_WORDS, draw, state_shade
from dashboards.place_page import TOO_FEW
from dashboards.sightings import Sighting, sighting, sightings
from dashboards.state_page import NOT_SHOWN
from dashboards.unusual import unusual_anywhere

MOST_THEMES = 10
MOST_STATES = 8
"""Named of those in which a theme rises; the others are counted."""

States = tuple[tuple[str, str], ...]
"""(address from the top, name) of some states, or of their rural counties."""


@dataclass(frozen=True, slots=True)
class RisingRow:
    """One theme: its share and direction, and the states where it rises or is new."""

    theme: Theme
    share: str
    direction: str
    states: States

    @property
    def more_n(self) -> int:
        """States that are not named."""
        return max(0, len(self.states) - MOST_STATES)


@dataclass(frozen=True, slots=True)
class Rising:
    """What rises, or else what was seen, in all rural counties or all places.

    where      the place in words
    is_rising  whether any theme rises
    base       out of how many health voices the shares are said
    """

    where: str
    rows: tuple[RisingRow, ...]
    is_rising: bool
    base: int


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state that something can be said about, in words."""

    postal: str
    name: str
    words: str
    gravest: str
    own_n: int
    counties_n: int


def front_page(edition: Edition, pages: Environment) -> str:
    """The page everything starts from."""
    rural = rising(edition, RURAL)
    context: dict[str, Any] = {
        "up": "",
        "most_states": MOST_STATES,
        "is_rising": rural.is_rising or not rural.rows,
        "rising": [rural] if rural.rows else [rising(edition, NATION)],
        "is_rural": bool(rural.rows),
        "copies": copies_anywhere(edition),
        "unusual": unusual_anywhere(edition),
        "map": draw(
            "nation",
            [(postal, name, state_of(postal)) for postal, name in edition.states.items()],
            edition.numbers,
            "state/{}.html".format,
            state_shade,
            STATE_WORDS,
        ),
        "told": state_rows(edition),
        "states": [
            (p, name, len(edition.counties_of[p])) for p, name in edition.states.items()
        ],
        "counties_n": len(edition.numbers.counties),
        "limits": limits(edition.numbers.release, "a state or county"),
    }
    return pages.get_template("index.html.j2").render(context)


def rising(edition: Edition, geo: Geo) -> Rising:
    """Themes that rise in all rural counties, or everywhere, or in one of their states.

    Where none does, the most frequent ones.
    """
    found = [
        (theme, sighting(edition.numbers, theme, geo), _risen_in(edition, theme, geo))
        for theme in edition.taxonomy.themes.values()
    ]
    risen = [row for row in found if row[2] or (row[1] and row[1].direction in RISING)]
    shown = risen or [row for row in found if row[1]]
    shown.sort(key=lambda row: _order(*row))
    base = base_of(seen.promotes for _, seen, _ in shown if seen)
    rows = tuple(_rising_row(*row, base) for row in shown[:MOST_THEMES])
    return Rising(edition.name(geo), rows, bool(risen), base)


def _risen_in(edition: Edition, theme: Theme, geo: Geo) -> States:
    changes = edition.numbers.changes
    places = (
        (region_of(postal, is_rural=True) if geo == RURAL else state_of(postal), name)
        for postal, name in edition.states.items()
    )
    return tuple(
        (page_of(place), name)
        for place, name in places
        if changes.get(place, {}).get(theme.id) in RISING
    )


def _order(theme: Theme, seen: Sighting | None, states: States) -> tuple[bool, int, float, str]:
    """Rising across all places first, then in most states, then most frequent."""
    is_rising = seen is not None and seen.direction in RISING
    return (not is_rising, -len(states), -seen.promotes.per_1000 if seen else 0.0, theme.id)


def _rising_row(theme: Theme, seen: Sighting | None, states: States, base: int) -> RisingRow:
    if seen is None:
        return RisingRow(theme, NOT_SHOWN, NOT_SHOWN, states)
    return RisingRow(theme, said(seen.promotes, base).cell, seen.direction or TOO_FEW, states)


def state_rows(edition: Edition) -> list[StateRow]:
    """The states of which more can be said than that too few health voices were seen."""
    return [
        _state_row(edition, postal)
        for postal in edition.states
        if state_shade(edition.numbers, state_of(postal)) != "few"
    ]


def _state_row(edition: Edition, postal: str) -> StateRow:
    counties, geo = edition.counties_of[postal], state_of(postal)
    places = [geo, *edition.regions(postal)]
    seen = sightings(edition.numbers, edition.taxonomy, places)
    own = [p for p in counties if edition.numbers.themes_now(Geo("county", p.fips))]
    return StateRow(
        postal=postal,
        name=edition.states[postal],
        words=STATE_WORDS[state_shade(edition.numbers, geo)],
        gravest=seen[0].theme.title if seen else "none shown",
        own_n=len(own),
        counties_n=len(counties),
    )
