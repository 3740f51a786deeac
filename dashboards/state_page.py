"""Write a state's page: its figures beside those of its rural and urban counties, and a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from classifiers.taxonomy import Theme
from dashboards.blocks import base_of, question_lines, said, trust_lines
from dashboards.brief import find, make_brief
from dashboards.clinics import clinic_line
from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, state_of
from dashboards.limits import limits
from dashboards.maps import Map, draw
from dashboards.published import PlaceFacts
from dashboards.sightings import Sighting, sighting
from dashboards.words import count_of

NOT_SHOWN = "not shown"
TOO_FEW = "too few posts to say"


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme across the columns of a state's table, each cell in words."""

    theme: Theme
    cells: tuple[str, ...]
    direction: str
    grade: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rural or the urban counties: (county, evidence band) by name."""

    id: str
    title: str
    counties: tuple[tuple[PlaceFacts, str], ...]


def state_page(edition: Edition, pages: Environment, postal: str) -> str:
    """The page of the state with this postal code."""
    return pages.get_template("state.html.j2").render(_context(edition, postal))


def _context(edition: Edition, postal: str) -> dict[str, Any]:
    geo = state_of(postal)
    brief = make_brief(edition, geo, find(edition, edition.telling(geo)))
    columns = [geo, *edition.regions(postal), NATION]
    rows, base = theme_rows(edition, columns)
    return {
        "up": "../",
        "name": edition.states[postal],
        "in_name": edition.state_name(postal),
        "counts": _counts(edition, postal),
        "brief": brief,
        "map": state_map(edition, postal),
        "columns": [_heading(edition, column) for column in columns],
        "rows": rows,
        "clinics": clinic_line(edition, geo),
        "base": base,
        "questions": question_lines(edition, brief.questions),
        "trust": trust_lines(edition, brief.trust),
        "groups": county_groups(edition, postal),
        "limits": limits(edition.numbers.release, edition.state_name(postal)),
    }


def _counts(edition: Edition, postal: str) -> str:
    counties = edition.counties_of[postal]
    rural_n = sum(place.is_rural for place in counties)
    pop = sum(place.pop for place in counties)
    return (
        f"{count_of(len(counties), 'county', 'counties')}, {rural_n} rural · {pop:,} residents"
    )


def _heading(edition: Edition, geo: Geo) -> str:
    if geo.type == "region":
        return "Rural counties" if geo.value.endswith("-rural") else "Urban counties"
    return "All places" if geo.type == "nation" else edition.states[geo.value]


def theme_rows(edition: Edition, columns: list[Geo]) -> tuple[list[ThemeRow], int]:
    """Every theme shown in the state or one of its regions, gravest first; and the base.

    `columns` starts with the state and ends with the nation, which alone makes no row. All
    shares of the table are said at one base, so that they can be read against each other.
    """
    found = [
        [sighting(edition.numbers, theme, geo) for geo in columns]
        for theme in edition.taxonomy.themes.values()
    ]
    rows = [row for row in found if any(row[:-1])]
    base = base_of(seen.promotes for row in rows for seen in row if seen)
    return [_theme_row(row, base) for row in sorted(rows, key=_gravest)], base


def _own(row: list[Sighting | None]) -> Sighting:
    """The state's own sighting, else that of its first region with one."""
    return next(seen for seen in row if seen)


def _gravest(row: list[Sighting | None]) -> tuple[int, float, str]:
    own = _own(row)
    return (-own.risk.score, -own.promotes.per_1000, own.theme.id)


def _theme_row(row: list[Sighting | None], base: int) -> ThemeRow:
    own = _own(row)
    return ThemeRow(
        theme=own.theme,
        cells=tuple(said(seen.promotes, base).cell if seen else NOT_SHOWN for seen in row),
        direction=own.direction or TOO_FEW,
        grade=f"{own.risk.verdict}, {own.risk.score} of 10",
    )


def state_map(edition: Edition, postal: str) -> Map:
    """The state's counties, each leading to its brief."""
    areas = [
        (place.fips, place.name, Geo("county", place.fips))
        for place in edition.counties_of[postal]
    ]
    return draw(postal, areas, edition.numbers, "../county/{}.html".format)


def county_groups(edition: Edition, postal: str) -> list[Group]:
    """Rural counties, then urban ones; a group that has none is left out."""
    groups = []
    for is_rural, name in ((True, "Rural"), (False, "Urban")):
        counties = tuple(
            (place, edition.numbers.bands_of(Geo("county", place.fips)).health_voices)
            for place in edition.counties_of[postal]
            if place.is_rural == is_rural
        )
        if counties:
            groups.append(Group(name.lower(), f"{name} counties", counties))
    return groups
