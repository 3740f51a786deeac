"""Write the front page: what is rising, a map of the states, and the way to each county."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from classifiers.taxonomy import Theme
from dashboards.blocks import base_of, said
from dashboards.copies import copies_anywhere
from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, state_of
from dashboards.limits import limits
from dashboards.maps import RISING, SHADE_WORDS, draw, shade
from dashboards.sightings import Sighting, sighting, sightings
from dashboards.state_page import NOT_SHOWN, TOO_FEW
from dashboards.unusual import unusual_anywhere

MOST_THEMES = 10

States = tuple[tuple[str, str], ...]
"""(postal code, name) of some states."""


@dataclass(frozen=True, slots=True)
class RisingRow:
    """One theme: its national share and direction, and the states where it rises or is new."""

    theme: Theme
    share: str
    direction: str
    states: States


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
    rising, is_rising, base = rising_rows(edition)
    context: dict[str, Any] = {
        "up": "",
        "rising_title": "What is rising" if is_rising else "What was seen",
        "is_rising": is_rising,
        "rising": rising,
        "copies": copies_anywhere(edition),
        "unusual": unusual_anywhere(edition),
        "base": base,
        "map": draw(
            "nation",
            [(postal, name, state_of(postal)) for postal, name in edition.states.items()],
            edition.numbers,
            "state/{}.html".format,
        ),
        "told": state_rows(edition),
        "states": [
            (p, name, len(edition.counties_of[p])) for p, name in edition.states.items()
        ],
        "limits": limits(edition.numbers.release, "a state or county"),
    }
    return pages.get_template("index.html.j2").render(context)


def rising_rows(edition: Edition) -> tuple[list[RisingRow], bool, int]:
    """Themes that rise somewhere, the nation first; when none does, the most frequent ones.

    Also whether any rises, and the base at which the shares are said.
    """
    found = [
        (theme, sighting(edition.numbers, theme, NATION), _risen_in(edition, theme))
        for theme in edition.taxonomy.themes.values()
    ]
    risen = [row for row in found if row[2] or (row[1] and row[1].direction in RISING)]
    shown = risen or [row for row in found if row[1]]
    shown.sort(key=lambda row: _order(*row))
    base = base_of(seen.promotes for _, seen, _ in shown if seen)
    return [_rising_row(*row, base) for row in shown[:MOST_THEMES]], bool(risen), base


def _risen_in(edition: Edition, theme: Theme) -> States:
    changes = edition.numbers.changes
    return tuple(
        (postal, name)
        for postal, name in edition.states.items()
        if changes.get(state_of(postal), {}).get(theme.id) in RISING
    )


def _order(theme: Theme, seen: Sighting | None, states: States) -> tuple[bool, int, float, str]:
    """Rising across the nation first, then in most states, then most frequent."""
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
        if shade(edition.numbers, state_of(postal)) != "few"
    ]


def _state_row(edition: Edition, postal: str) -> StateRow:
    counties, geo = edition.counties_of[postal], state_of(postal)
    seen = sightings(edition.numbers, edition.taxonomy, [geo])
    own = [p for p in counties if edition.numbers.themes_now(Geo("county", p.fips))]
    return StateRow(
        postal=postal,
        name=edition.states[postal],
        words=SHADE_WORDS[shade(edition.numbers, geo)],
        gravest=seen[0].theme.title if seen else "none shown",
        own_n=len(own),
        counties_n=len(counties),
    )
