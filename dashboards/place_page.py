"""Write the brief of a region, a district, all rural counties or the nation, in one frame.

The frame is that of the county's brief: same parts, same order, same words for the same thing.
The kinds differ in what stands on top and in which smaller and wider places their themes are
looked up. A brief names in its tables only themes it names anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from dashboards.blocks import base_of, question_lines, said, theme_block, trust_lines
from dashboards.brief import Brief, find, make_brief
from dashboards.edition import Edition
from dashboards.frame import brief_context
from dashboards.geo import NATION, RURAL, Geo, page_of, state_around, state_of
from dashboards.published import PlaceFacts
from dashboards.rural import rural_regions
from dashboards.sightings import Sighting, sighting
from dashboards.words import count_of, list_of

TOO_FEW = "too few posts to say"
ESTIMATED = (
    "A share for all rural counties together is an estimate from the figures of each state's "
    "rural counties. No count of people is made for them as one, and a person who posts in two "
    "states counts in both."
)
NO_TOTAL = (
    "No total is made for this district. Counts of groups that overlap could be taken from "
    "each other until a small number stands alone. So a figure here is always that of one "
    "county, of the rural or urban counties of a state, or of a state."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One theme at one smaller or wider place, in words."""

    href: str
    place: str
    theme: str
    share: str
    direction: str
    grade: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A table of the brief's themes at other places, and those of them without a figure.

    base  out of how many health voices the shares are said
    """

    rows: tuple[Row, ...]
    base: int
    without: str


def laid_out(edition: Edition, pages: Environment, brief: Brief, up: str) -> dict[str, Any]:
    """Themes, questions and trust of a brief as HTML."""
    parts: Any = pages.get_template("parts.html.j2").module
    return {
        "themes": [parts.theme(theme_block(edition, seen), up) for seen in brief.themes],
        "questions": parts.questions(question_lines(edition, brief.questions)),
        "trust": parts.trust(trust_lines(edition, brief.trust)),
    }


def place_pages(edition: Edition, pages: Environment) -> Iterator[tuple[str, str]]:
    """(file name, content) of the briefs of regions, districts, rural counties, the nation."""
    for geo in places(edition):
        yield page_of(geo), place_page(edition, pages, geo)


def places(edition: Edition) -> list[Geo]:
    """Every place with a brief in this frame, by name of its state."""
    regions = [region for postal in edition.states for region in edition.regions(postal)]
    return [*regions, *(Geo("district", slug) for slug in edition.districts), RURAL, NATION]


def place_page(edition: Edition, pages: Environment, geo: Geo) -> str:
    """The brief of one place that is neither a county nor a state."""
    named = edition.by_name
    brief = make_brief(named, geo, find(named, named.telling(geo)))
    up = "../" * page_of(geo).count("/")
    context = brief_context(named, brief) | laid_out(named, pages, brief, up)
    context["limits"] += [ESTIMATED] if geo == RURAL else []
    within, around = compared(named, brief, up)
    return pages.get_template("place.html.j2").render(
        up=up,
        place=named.heading(geo),
        crumbs=_crumbs(named, geo),
        facts=[place_facts(named, geo)],
        note=NO_TOTAL if geo.type == "district" else "",
        inside=within,
        inside_title=_inside_title(geo),
        around=around,
        listed=_listed(named, geo),
        table=_table_page(geo),
        **({"feed": "nation"} if geo == NATION else {}),
        **context,
    )


def counties_of(edition: Edition, geo: Geo) -> list[PlaceFacts]:
    """The counties of any place, by state and name."""
    if geo.type == "district":
        return edition.counties_in(geo.value)
    if geo.type == "region":
        is_rural = geo.value.endswith("-rural")
        counties = edition.counties_of[state_around(geo).value]
        return [place for place in counties if place.is_rural == is_rural]
    every = (place for postal in edition.states for place in edition.counties_of[postal])
    return [place for place in every if place.is_rural or geo != RURAL]


def inside(edition: Edition, geo: Geo) -> list[Geo]:
    """The smaller places that a brief is compared with: counties, rural regions or states."""
    if geo == RURAL:
        known = set(rural_regions(edition.numbers))
        regions = (region for postal in edition.states for region in edition.regions(postal))
        return [region for region in regions if region in known]
    if geo == NATION:
        return [state_of(postal) for postal in edition.states]
    return [Geo("county", place.fips) for place in counties_of(edition, geo)]


def compared(edition: Edition, brief: Brief, up: str) -> tuple[Compared, Compared]:
    """The brief's own themes in the places inside it and around it, all at one base.

    Where these are many, only the gravest themes.
    """
    shown = brief.themes if brief.geo in (RURAL, NATION) else (*brief.themes, *brief.more)
    within, beyond = (
        {
            geo: [
                found for one in shown if (found := sighting(edition.numbers, one.theme, geo))
            ]
            for geo in geos
        }
        for geos in (inside(edition, brief.geo), _around(edition, brief.geo))
    )
    base = base_of(
        seen.promotes for found in (within, beyond) for some in found.values() for seen in some
    )
    return _table(edition, within, base, up), _table(edition, beyond, base, up)


def _table(
    edition: Edition, found: Mapping[Geo, Sequence[Sighting]], base: int, up: str
) -> Compared:
    rows = tuple(_row(edition, seen, base, up) for some in found.values() for seen in some)
    without = [_short(edition, geo) for geo, some in found.items() if not some]
    return Compared(rows, base, _without(without) if rows else "")


def county_lines(edition: Edition, brief: Brief) -> Iterator[str]:
    """What the tables of a district's brief say, a line a figure, for paper and mail."""
    yield NO_TOTAL
    for found in compared(edition, brief, ""):
        for row in found.rows:
            yield (
                f"{row.place}: {row.theme}. Of {found.base:,} health voices: {row.share}; "
                f"{row.direction}; {row.grade}."
            )
        if found.without:
            yield found.without


def _without(names: Sequence[str]) -> str:
    """The places that have none of the figures: by name while they are few."""
    if not names:
        return ""
    most = 12
    told = list_of(names) if len(names) <= most else count_of(len(names), "other")
    return f"No figure of these can be shown for: {told}."


def _row(edition: Edition, seen: Sighting, base: int, up: str) -> Row:
    return Row(
        href=f"{up}{page_of(seen.geo)}",
        place=_short(edition, seen.geo),
        theme=seen.theme.title,
        share=said(seen.promotes, base).cell,
        direction=seen.direction or TOO_FEW,
        grade=f"{seen.risk.verdict}, {seen.risk.score} of 10",
    )


def _short(edition: Edition, geo: Geo) -> str:
    """`Natrona County`, `Rural counties of Wyoming`: the place in a table."""
    return edition.name(geo) if geo.type == "county" else edition.heading(geo)


def _around(edition: Edition, geo: Geo) -> list[Geo]:
    """What lies around a place: its states and their groups of counties, and the nation."""
    if geo == NATION:
        return [RURAL]
    return [wider for wider in edition.chain(geo) if wider.type != "county" and wider != geo]


def _inside_title(geo: Geo) -> str:
    return "State by state" if geo in (RURAL, NATION) else "County by county"


def _crumbs(edition: Edition, geo: Geo) -> list[tuple[str, str]]:
    """(address from the top, name) of the pages above this one."""
    if geo == NATION:
        return []
    if geo == RURAL:
        return [(page_of(NATION), edition.heading(NATION))]
    states = dict.fromkeys(place.state for place in counties_of(edition, geo))
    if len(states) != 1:
        return []
    (postal,) = states
    return [(page_of(state_of(postal)), edition.states[postal])]


def place_facts(edition: Edition, geo: Geo) -> str:
    """`4 counties, 2 rural · 105,553 residents`: what stands under the name of a place."""
    counties = counties_of(edition, geo)
    states = dict.fromkeys(place.state_name for place in counties)
    where = f" in {count_of(len(states), 'state')}" if len(states) > 1 else ""
    rural_n = sum(place.is_rural for place in counties)
    kind = f", {rural_n:,} rural" if geo.type in ("district", "nation") else ""
    counted = count_of(len(counties), "county", "counties")
    return f"{counted}{where}{kind} · {sum(place.pop for place in counties):,} residents"


def _listed(edition: Edition, geo: Geo) -> list[tuple[str, str, str]]:
    """(address from the top, name, evidence band) of the places inside, as a list of links."""
    return [
        (page_of(place), _short(edition, place), edition.numbers.bands_of(place).health_voices)
        for place in inside(edition, geo)
    ]


def _table_page(geo: Geo) -> str:
    """The page with the counts: the state's, or the nation's."""
    if geo.type == "region":
        return f"state/{state_around(geo).value}-table.html"
    return "" if geo.type == "district" else "nation-table.html"
