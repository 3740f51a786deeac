"""Make the PDFs of counties and districts: write their sheets here, set them on every core."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dashboards.brief import Brief, Findings, find, make_brief
from dashboards.cards import LANGS, Lang
from dashboards.districts import District
from dashboards.edition import Edition
from dashboards.geo import Geo, page_of
from dashboards.language import SUFFIX
from dashboards.pdf.parts import Part, theme_part
from dashboards.pdf.sheet import brief_sheet
from dashboards.pdf.typesetting import Typesetter, written
from dashboards.published import PlaceFacts
from dashboards.side_by_side import side_by_side
from dashboards.sightings import Sighting

Printed = PlaceFacts | District
"""A place that can be had on paper."""

CHUNK = 16
"""Sheets handed to a process at a time."""


@dataclass(frozen=True, slots=True)
class CountySheets:
    """Writes the counties' sheets in the edition's language; what many share, only once."""

    edition: Edition
    _found: dict[tuple[Geo, ...], Findings] = field(default_factory=dict)
    _themes: dict[tuple[Geo, str], Part] = field(default_factory=dict)

    def sheet(self, place: Printed) -> Part:
        """The sheet of one county or district."""
        geo = geo_of(place)
        if geo.type == "district":  # it is about several counties, so it calls each by its name
            named = self.edition.by_name
            brief = make_brief(named, geo, find(named, named.telling(geo)))
            return brief_sheet(named, brief, [theme_part(named, seen) for seen in brief.themes])
        brief = self._brief(geo)
        return brief_sheet(self.edition, brief, [self._theme(seen) for seen in brief.themes])

    def _brief(self, geo: Geo) -> Brief:
        chain = self.edition.telling(geo)
        if chain not in self._found:
            self._found[chain] = find(self.edition, chain)
        return make_brief(self.edition, geo, self._found[chain])

    def _theme(self, seen: Sighting) -> Part:
        key = (seen.geo, seen.theme.id)
        if key not in self._themes:
            self._themes[key] = theme_part(self.edition, seen)
        return self._themes[key]


def geo_of(place: Printed) -> Geo:
    """The place as the published tables, and addresses, key it."""
    if isinstance(place, District):
        return Geo("district", place.slug)
    return Geo("county", place.fips)


def files_n(places: Sequence[Printed], langs: Sequence[Lang]) -> int:
    """How many PDFs that makes."""
    return sum(lang in _langs(place) for place in places for lang in langs)


def _langs(place: Printed) -> Sequence[Lang]:
    """The languages of a place's brief: of a district's, English alone."""
    return ("en",) if isinstance(place, District) else LANGS


def county_pdfs(
    edition: Edition,
    places: Sequence[Printed],
    workers_n: int,
    langs: Sequence[Lang] = LANGS,
) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of the PDFs of each place: by language, then in order."""
    texts: dict[str, str] = {}
    for lang in langs:  # one language after the other: a compiler keeps what pages share
        sheets = CountySheets(edition.in_language(lang))
        for place in (one for one in places if lang in _langs(one)):
            name = page_of(geo_of(place)).replace(".html", f"{SUFFIX[lang]}.pdf")
            texts[name] = written(sheets.sheet(place))
    with side_by_side(_typesetting, list(texts.values()), CHUNK, workers_n) as pdfs:
        yield from zip(texts, pdfs, strict=True)


def _typesetting() -> Callable[[str], bytes]:
    return Typesetter().pdf
