"""Hold what one edition of the site is written from, and name its places in words.

An edition is one release's published numbers, the taxonomy, the conversation cards, and the
names of places, in one language; every page is a function of it and nothing else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from classifiers.claims import Claim
from classifiers.taxonomy import Signal, Taxonomy, Theme
from dashboards.cards import Card, Lang
from dashboards.districts import Districts
from dashboards.geo import (
    NATION,
    RURAL,
    Geo,
    Place,
    county_chain,
    joined,
    region_of,
    state_around,
    state_of,
)
from dashboards.language import LANGUAGES, Language
from dashboards.published import Numbers, PlaceFacts
from dashboards.words import opening
from warehouse.weeks import Week

_NAMED = re.compile(r"\b(?:theme|signal), (\w+)")
"""How `warehouse.differences` names a theme or signal, which it knows by the id alone."""


@dataclass(frozen=True)
class Edition:
    """All that the pages of one release are made from. Nothing in it changes.

    districts       groups of counties with a brief of their own
    names_counties  whether a county is called by its name also where it is the page's own, as
                    a page about several of them must
    """

    numbers: Numbers
    taxonomy: Taxonomy
    cards: Mapping[str, Card]
    lang: Lang = "en"
    districts: Districts = field(default_factory=dict)
    names_counties: bool = False

    @property
    def words(self) -> Language:
        """How this edition says things."""
        return LANGUAGES[self.lang]

    def in_language(self, lang: Lang) -> Edition:
        """The same edition in this language."""
        return self if lang == self.lang else replace(self, lang=lang)

    def title(self, known: Theme | Signal) -> str:
        """The title of a theme or a trust signal."""
        return known.title_es if self.lang == "es" else known.title

    def claim(self, claim: Claim) -> str:
        """A catalogued claim."""
        return claim.text_es if self.lang == "es" else claim.text_en

    def titled(self, changed: str) -> str:
        """What changed since another release, with titles for ids (`theme, raw_milk`)."""
        known = self.taxonomy.themes | self.taxonomy.signals
        return _NAMED.sub(
            lambda found: (
                opening(self.title(known[found[1]])) if found[1] in known else found[0]
            ),
            changed,
        )

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
        """A place and the wider places behind it, finest first.

        Those behind a district are its counties, most health voices first, and theirs.
        """
        if geo.type == "county":
            place = self.numbers.counties[geo.value]
            return county_chain(place.fips, place.state, place.is_rural)
        if geo.type == "district":
            return (geo, *joined(self.chain(county) for county in self._by_voices(geo.value)))
        if geo.type == "region":
            return (geo, state_around(geo), NATION)
        return (NATION,) if geo == NATION else (geo, NATION)

    def looked_at(self, geo: Geo) -> list[str]:
        """The chain of a place by name; a district stands for its counties."""
        chain = self.chain(geo)
        return [self.name(one) for one in chain if one.type != "county" or one == geo]

    def counties_in(self, slug: str) -> list[PlaceFacts]:
        """The counties of a district that the release knows, by name."""
        known = self.numbers.counties
        found = [known[fips] for fips in self.districts[slug].counties if fips in known]
        return sorted(found, key=lambda place: (place.name, place.fips))

    def _by_voices(self, slug: str) -> list[Geo]:
        week, volume = self.numbers.release.week, self.numbers.volume
        found = [Geo("county", place.fips) for place in self.counties_in(slug)]
        return sorted(found, key=lambda geo: -volume.get(geo, {}).get(week, 0))

    def telling(self, geo: Geo) -> tuple[Geo, ...]:
        """The chain of `geo` without the places that have no figure this week."""
        numbers = self.numbers
        return tuple(
            g for g in self.chain(geo) if numbers.themes_now(g) or numbers.signals_now(g)
        )

    @cached_property
    def by_name(self) -> Edition:
        """The same edition, calling every county by its name."""
        return replace(self, names_counties=True)

    @cached_property
    def weeks(self) -> list[str]:
        """The weeks of the release, oldest first."""
        release = self.numbers.release
        return [str(week) for week in Week.parse(release.week).trailing(release.weeks_n)]

    def regions(self, postal: str) -> list[Geo]:
        """The rural and the urban counties of a state; one of them where it has no other."""
        kinds = {place.is_rural for place in self.counties_of[postal]}
        return [region_of(postal, is_rural) for is_rural in (True, False) if is_rural in kinds]

    def place(self, geo: Geo) -> Place:
        """The place with the names that sentences need."""
        if geo.type == "county":
            county = self.numbers.counties[geo.value]
            return Place(geo, county.name, county.state_name)
        if geo.type == "district":
            return Place(geo, self.districts[geo.value].name)
        if geo in (RURAL, NATION):
            return Place(geo)
        return Place(geo, state=self.states[geo.value.partition("-")[0]])

    def heading(self, geo: Geo) -> str:
        """What stands on top of a place's brief: `Natrona County, Wyoming`, `Wyoming`."""
        if geo.type == "county":
            county = self.numbers.counties[geo.value]
            return f"{county.name}, {county.state_name}"
        if geo.type == "region":
            postal, _, group = geo.value.partition("-")
            return f"{group.capitalize()} counties of {self.state_name(postal)}"
        if geo.type == "district":
            states = dict.fromkeys(one.state_name for one in self.counties_in(geo.value))
            return ", ".join([self.name(geo), *states])
        if geo.type == "state":
            return self.states[geo.value]
        return "Rural United States" if geo == RURAL else "United States"

    def name(self, geo: Geo) -> str:
        """`Natrona County`, `rural Wyoming counties`, `Wyoming`, or all places."""
        return self.words.places.name(self.place(geo))

    def level(self, geo: Geo) -> str:
        """As `name`, but a county is `this county` (or parish, borough, …)."""
        if self.names_counties:
            return self.name(geo)
        return self.words.places.level(self.place(geo))

    def within(self, geo: Geo) -> str:
        """`in this county`, `in rural Wyoming counties`, or across all places."""
        if self.names_counties:
            return self.inside(geo)
        return self.words.places.within(self.place(geo))

    def inside(self, geo: Geo) -> str:
        """`in Natrona County`: by its name."""
        return self.words.places.inside(self.place(geo))

    def state_name(self, postal: str) -> str:
        """`Wyoming`, `the District of Columbia`: the name as a sentence wants it."""
        return self.name(state_of(postal))
