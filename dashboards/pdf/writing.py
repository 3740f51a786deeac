"""Put the PDFs of counties and districts beside their pages, and only where those are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from dashboards.cards import LANGS, Lang
from dashboards.edition import Edition
from dashboards.folder import Folder
from dashboards.geo import page_of
from dashboards.pdf.counties import Printed, county_pdfs, files_n, geo_of
from dashboards.site import Progress
from warehouse.errors import DataFolderError, UnknownPlaceError
from warehouse.files import readable_errors

ALL = "all"


def chosen(edition: Edition, asked: Sequence[str]) -> list[Printed]:
    """The places meant by FIPS codes, postal codes, keys of districts or `all`, each once.

    Counties by FIPS come before districts by key. Raise `UnknownPlaceError` for what names no
    county, state or district of the release.
    """
    found = {geo_of(place): place for word in asked for place in _meant(edition, word)}
    return [found[geo] for geo in sorted(found)]


def write_pdfs(
    edition: Edition,
    places: Sequence[Printed],
    site: Path,
    workers_n: int,
    progress: Progress,
    langs: Sequence[Lang] = LANGS,
) -> Folder:
    """Write the PDFs of each place beside its pages; the folder tells what was done.

    The next build of the site takes the PDFs away, so that none outlives its numbers. Raise
    `DataFolderError` when the site is not there or is of another release.
    """
    for place in places:
        _hold_to_site(edition, site, place)
    with Folder(site, adds=True) as folder:
        made = county_pdfs(edition, places, workers_n, langs)
        for done, (name, pdf) in enumerate(made, 1):
            folder.write(name, pdf)
            progress("PDFs", done, files_n(places, langs))
    return folder


def _meant(edition: Edition, word: str) -> Iterator[Printed]:
    counties = edition.numbers.counties
    if word == ALL:
        return chain(counties.values(), edition.districts.values())
    if word in edition.districts:
        return iter([edition.districts[word]])
    if word.upper() in edition.states:
        return iter(edition.counties_of[word.upper()])
    if word in counties:
        return iter([counties[word]])
    hint = f" Did you mean {word.zfill(5)}?" if word.zfill(5) in counties else ""
    raise UnknownPlaceError(
        f"No county or state of this release goes by '{word}'.{hint} "
        "Write a county as five digits, a state as two letters, a district by its key, or "
        "'all'."
    )


def _hold_to_site(edition: Edition, site: Path, place: Printed) -> None:
    """Refuse a PDF that would say other numbers than the page beside it."""
    release_id = edition.numbers.release.release_id
    with readable_errors(site):
        is_there = _is_of(release_id, site / page_of(geo_of(place)))
    if not is_there:
        raise DataFolderError(
            f"The pages of release {release_id} are not in {site}. "
            f"Run `grapevine release publish {release_id}`, then make the PDFs again."
        )


def _is_of(release_id: str, page: Path) -> bool:
    """Whether a page is there and of this release: a county's file says so, else the page."""
    record = page.with_suffix(".json")
    if record.exists():
        told: str = json.loads(record.read_text(encoding="utf-8")).get("issue", "")
        return told == release_id
    line = f"· release {release_id}<"
    return page.exists() and line in page.read_text(encoding="utf-8")
