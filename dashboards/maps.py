"""Draw a map as the parts of an inline SVG: one linked outline an area, in one of four shades.

The shade says how much can be said about the place, never how ill or how misled its people
are. Pattern and outline differ as well as colour, so that the map can be read in black and
white; a table or list on the same page says the same in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from dashboards.geo import Geo, region_of
from dashboards.published import FEWER, Numbers
from warehouse.reference import load_shapes

Shade = Literal["rising", "seen", "voices", "few"]

SHADE_WORDS: dict[Shade, str] = {
    "rising": "Own figures, and at least one theme is rising or new",
    "seen": "Own figures, and no theme is rising",
    "voices": "10 or more health voices, but too few on any one theme",
    "few": "Fewer than 10 health voices, or not shown",
}
STATE_WORDS: dict[Shade, str] = SHADE_WORDS | {
    "rising": "Figures of the state, or of its rural or urban counties; at least one theme "
    "is rising or new",
    "seen": "Figures of the state, or of its rural or urban counties; no theme is rising",
}
RISING = {"rising", "new"}


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a map: where it leads, its name, its shade and its SVG path."""

    href: str
    name: str
    shade: Shade
    path: str


@dataclass(frozen=True, slots=True)
class Map:
    """An SVG `viewBox`, the areas in it, and the shades that occur, in order."""

    viewbox: str
    areas: tuple[Area, ...]
    legend: tuple[tuple[Shade, str], ...]


def shade(numbers: Numbers, geo: Geo) -> Shade:
    """How much the release says about a place in its week."""
    if any("promotes" in stances for stances in numbers.themes_now(geo).values()):
        risen = RISING & set(numbers.changes.get(geo, {}).values())
        return "rising" if risen else "seen"
    return "few" if numbers.bands_of(geo).health_voices == FEWER else "voices"


def state_shade(numbers: Numbers, state: Geo) -> Shade:
    """How much it says about a state, or else about its rural or urban counties."""
    regions = (region_of(state.value, is_rural) for is_rural in (True, False))
    shades = {shade(numbers, geo) for geo in (state, *regions)}
    return next(one for one in SHADE_WORDS if one in shades)


def draw(
    shapes_of: str,
    places: Iterable[tuple[str, str, Geo]],
    numbers: Numbers,
    href: Callable[[str], str],
    shade_of: Callable[[Numbers, Geo], Shade] = shade,
    words: Mapping[Shade, str] = SHADE_WORDS,
) -> Map:
    """The map named `shapes_of` (a postal code, or `nation`).

    places  (code in the shapes file, name, place) of each area; one without a shape is left
            to the list behind the map
    href    from the code to the page
    shade_of, words  how a place is shaded, and what each shade says
    """
    shapes = load_shapes(shapes_of)
    areas = tuple(
        Area(href(code), name, shade_of(numbers, geo), shapes.paths[code])
        for code, name, geo in places
        if code in shapes.paths
    )
    present = {area.shade for area in areas}
    legend = tuple(item for item in words.items() if item[0] in present)
    return Map(shapes.viewbox, areas, legend)
