"""Hold what one edition of the site is written from, and name its places in words.

An edition is one release's published numbers, the taxonomy, the conversation cards, and the
names of places; every page is a function of it and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from classifiers.taxonomy import Taxonomy
from dashboards.cards import Card
from dashboards.geo import NATION, Geo, county_chain, region_of
from dashboards.published import Numbers, PlaceFacts
from dashboards.words import kind_of
from warehouse.weeks import Week

EVERYWHERE = "all places we collected from"
"""The widest level in words: few installations hear the whole nation, so none claims to."""


@dataclass(frozen=True)
class Edition:
    """All that the pages of one release are made from. Nothing in it changes."""

    numbers: Numbers
    taxonomy: Taxonomy
    cards: Mapping[str, Card]

    @cached_property
    def states(self) -> dict[str, str]:
        """Postal code → name of each state, in order of the names."""
        names = {place.state: place.state_name for place in self.numbers.counties.values()}
        return dict(sorted(names.items(), key=lambda item: item[1]))

    @cached_property
    def counties_of(self) -> dict[str, list[PlaceFacts]]:
        """Postal code → the state's counties by name."""
        grouped: dict[str, list[PlaceFacts]] = defaultdict(list)
        for place in sorted(self.numbers.counties.values(), key=lambda p: (p.name, p.fips)):
            grouped[place.state].append(place)
        return dict(grouped)

    def chain(self, geo: Geo) -> tuple[Geo, ...]:
        """A county or a state and the wider places behind it, finest first."""
        if geo.type == "county":
            place = self.numbers.counties[geo.value]
            return county_chain(place.fips, place.state, place.is_rural)
        return (geo, NATION) if geo.type == "state" else (NATION,)

    def telling(self, geo: Geo) -> tuple[Geo, ...]:
        """The chain of `geo` without the places that have no figure this week."""
        numbers = self.numbers
        return tuple(
            g for g in self.chain(geo) if numbers.themes_now(g) or numbers.signals_now(g)
        )

    @cached_property
    def weeks(self) -> list[str]:
        """The weeks of the release, oldest first."""
        release = self.numbers.release
        return [str(week) for week in Week.parse(release.week).trailing(release.weeks_n)]

    def regions(self, postal: str) -> list[Geo]:
        """The rural and the urban counties of a state; one of them where it has no other."""
        kinds = {place.is_rural for place in self.counties_of[postal]}
        return [region_of(postal, is_rural) for is_rural in (True, False) if is_rural in kinds]

    def name(self, geo: Geo) -> str:
        """`Natrona County`, `rural Wyoming counties`, `Wyoming`, or `EVERYWHERE`."""
        if geo.type == "county":
            return self.numbers.counties[geo.value].name
        if geo.type == "region":
            postal, _, group = geo.value.partition("-")
            return f"{group} {self.states[postal]} counties"
        return self.state_name(geo.value) if geo.type == "state" else EVERYWHERE

    def level(self, geo: Geo) -> str:
        """As `name`, but a county is `this county` (or parish, borough, …)."""
        if geo.type == "county":
            return f"this {kind_of(self.numbers.counties[geo.value].name)}"
        return self.name(geo)

    def within(self, geo: Geo) -> str:
        """`in this county`, `in rural Wyoming counties`, or across `EVERYWHERE`."""
        return f"{'across' if geo.type == 'nation' else 'in'} {self.level(geo)}"

    def state_name(self, postal: str) -> str:
        """`Wyoming`, `the District of Columbia`: the name as a sentence wants it."""
        name = self.states[postal]
        return f"the {name}" if name.startswith("District") else name
