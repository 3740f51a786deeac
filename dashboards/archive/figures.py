"""Say a release's main figures in words: its themes across all places, and each of its states.

Only what any release carries into the snapshots of later ones is used, so an old release and
the newest are said alike: who passed a claim on in the release's own week, and the direction.
Grades are left out: they would rest on today's taxonomy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from classifiers.taxonomy import Theme
from dashboards.blocks import base_of, said
from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, state_of
from dashboards.maps import RISING
from dashboards.published import TOO_FEW, Share
from dashboards.state_page import NOT_SHOWN
from dashboards.words import opening

MOST_NAMED = 3
"""Themes named in a state's row."""


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """One theme: its share across all places, its direction, the states where it rose."""

    theme: Theme
    share: str
    direction: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateLine:
    """One state: its most frequent themes with their shares, and those rising or new."""

    postal: str
    name: str
    most: tuple[str, ...]
    risen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MainFigures:
    """A release in two tables; shares are said out of `base` health voices."""

    base: int
    themes: tuple[ThemeLine, ...]
    states: tuple[StateLine, ...]


def main_figures(edition: Edition) -> MainFigures:
    """The main figures of an edition's release, most frequent first, states by name."""
    places = [NATION, *map(state_of, edition.states)]
    base = base_of(share for geo in places for _, share in shares(edition, geo))
    return MainFigures(
        base,
        tuple(_theme_lines(edition, base)),
        tuple(_state_lines(edition, base)),
    )


def shares(edition: Edition, geo: Geo) -> list[tuple[Theme, Share]]:
    """The themes of which a number can be said at one place, most frequent first."""
    held = edition.numbers.themes_now(geo)
    found = [
        (theme, share)
        for theme in edition.taxonomy.themes.values()
        if (share := held.get(theme.id, {}).get("promotes")) and share.has_numbers
    ]
    return sorted(found, key=lambda item: (-item[1].said[0], item[0].id))


def risen(edition: Edition, geo: Geo) -> list[str]:
    """Titles of the themes that are rising or new at one place, in the taxonomy's order."""
    directions = edition.numbers.changes.get(geo, {})
    return [
        opening(theme.title)
        for theme in edition.taxonomy.themes.values()
        if directions.get(theme.id) in RISING
    ]


def risen_in(edition: Edition, theme_id: str) -> list[str]:
    """Names of the states in which a theme is rising or new."""
    changes = edition.numbers.changes
    return [
        name
        for postal, name in edition.states.items()
        if changes.get(state_of(postal), {}).get(theme_id) in RISING
    ]


def _theme_lines(edition: Edition, base: int) -> Iterator[ThemeLine]:
    """Those with a national figure, most frequent first; then those that rose in some state."""
    told = {theme.id: share for theme, share in shares(edition, NATION)}
    changes, themes = edition.numbers.changes, edition.taxonomy.themes
    for theme_id in [*told, *(name for name in themes if name not in told)]:
        theme, states = themes[theme_id], tuple(risen_in(edition, theme_id))
        if theme.id in told:
            direction = changes.get(NATION, {}).get(theme.id, TOO_FEW)
            yield ThemeLine(theme, said(told[theme.id], base).cell, direction, states)
        elif states:
            yield ThemeLine(theme, NOT_SHOWN, NOT_SHOWN, states)


def _state_lines(edition: Edition, base: int) -> Iterator[StateLine]:
    for postal, name in edition.states.items():
        geo = state_of(postal)
        if found := shares(edition, geo)[:MOST_NAMED]:
            most = (
                f"{opening(theme.title)}, {said(share, base).cell}" for theme, share in found
            )
            yield StateLine(postal, name, tuple(most), tuple(risen(edition, geo)))
