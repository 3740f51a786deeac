"""Write a state's brief: in the frame of a county's, with a map and its groups of counties."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment

from classifiers.taxonomy import Theme
from dashboards.blocks import base_of, said
from dashboards.brief import find, is_worth, make_brief
from dashboards.edition import Edition
from dashboards.frame import brief_context, held_back
from dashboards.geo import NATION, Geo, page_of, state_of
from dashboards.maps import Map, draw
from dashboards.place_page import TOO_FEW, laid_out
from dashboards.published import PlaceFacts
from dashboards.sightings import Sighting, sighting
from dashboards.words import count_of

NOT_SHOWN = "not shown"
MOST_THEMES = 12
"""In a state's own table; the page with counts has all."""


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
    geo = state_of(postal)
    brief = make_brief(edition, geo, find(edition, edition.telling(geo)))
    context = brief_context(edition, brief) | laid_out(edition, pages, brief, "../")
    columns = [geo, *edition.regions(postal), NATION]
    rows, base = theme_rows(edition, columns)
    named = {row.theme.id for row in rows}
    context["held_back"] = held_back(sum(one.theme.id not in named for one in brief.held_back))
    return pages.get_template("state.html.j2").render(
        **context,
        up="../",
        postal=postal,
        name=edition.states[postal],
        in_name=edition.state_name(postal),
        counts=_counts(edition, postal),
        narrower=_narrower(edition, postal),
        map=state_map(edition, postal),
        columns=[_heading(edition, column) for column in columns],
        rows=rows,
        base=base,
        groups=county_groups(edition, postal),
    )


def _narrower(edition: Edition, postal: str) -> list[tuple[str, str]]:
    """(address from the top, name) of the briefs of its regions and districts."""
    own = {place.fips for place in edition.counties_of[postal]}
    districts = [
        Geo("district", slug)
        for slug, district in edition.districts.items()
        if own.intersection(district.counties)
    ]
    return [
        *((page_of(geo), _heading(edition, geo).lower()) for geo in edition.regions(postal)),
        *((page_of(geo), edition.name(geo)) for geo in districts),
    ]


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
    """Every theme worth preparing for in the state or a region, gravest first; and the base.

    `columns` starts with the state and ends with the nation, which alone makes no row. All
    shares of the table are said at one base, so that they can be read against each other.
    """
    found = [
        [sighting(edition.numbers, theme, geo) for geo in columns]
        for theme in edition.taxonomy.themes.values()
    ]
    rows = [row for row in found if any(seen and is_worth(seen) for seen in row[:-1])]
    rows = sorted(rows, key=_gravest)[:MOST_THEMES]
    base = base_of(seen.promotes for row in rows for seen in row if seen)
    return [_theme_row(row, base) for row in rows], base


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
