"""Hold what one edition of the site is written from, and name its places in words.

An edition is one release's published numbers, the taxonomy, the conversation cards, and the
names of places, in one language; every page is a function of it and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from classifiers.claims import Claim
from classifiers.taxonomy import Signal, Taxonomy, Theme
from dashboards.cards import Card, Lang
from dashboards.geo import NATION, Geo, Place, county_chain, region_of, state_of
from dashboards.language import LANGUAGES, Language
from dashboards.published import Numbers, PlaceFacts
from warehouse.weeks import Week


@dataclass(frozen=True)
class Edition:
    """All that the pages of one release are made from. Nothing in it changes."""

    numbers: Numbers
    taxonomy: Taxonomy
    cards: Mapping[str, Card]
    lang: Lang = "en"

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

    def place(self, geo: Geo) -> Place:
        """The place with the names that sentences need."""
        if geo.type == "county":
            county = self.numbers.counties[geo.value]
            return Place(geo, county.name, county.state_name)
        postal = geo.value.partition("-")[0]
        return Place(geo, state=self.states[postal]) if geo != NATION else Place(geo)

    def name(self, geo: Geo) -> str:
        """`Natrona County`, `rural Wyoming counties`, `Wyoming`, or all places."""
        return self.words.places.name(self.place(geo))

    def level(self, geo: Geo) -> str:
        """As `name`, but a county is `this county` (or parish, borough, …)."""
        return self.words.places.level(self.place(geo))

    def within(self, geo: Geo) -> str:
        """`in this county`, `in rural Wyoming counties`, or across all places."""
        return self.words.places.within(self.place(geo))

    def inside(self, geo: Geo) -> str:
        """`in Natrona County`: by its name."""
        return self.words.places.inside(self.place(geo))

    def state_name(self, postal: str) -> str:
        """`Wyoming`, `the District of Columbia`: the name as a sentence wants it."""
        return self.name(state_of(postal))
