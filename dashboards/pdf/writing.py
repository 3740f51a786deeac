"""Put the PDFs of counties beside their pages, and only where those pages are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from dashboards.cards import LANGS, Lang
from dashboards.edition import Edition
from dashboards.folder import Folder
from dashboards.pdf.counties import county_pdfs
from dashboards.published import PlaceFacts
from dashboards.site import Progress
from warehouse.errors import DataFolderError, UnknownPlaceError
from warehouse.files import readable_errors

ALL = "all"


def chosen(edition: Edition, asked: Sequence[str]) -> list[PlaceFacts]:
    """The counties meant by FIPS codes, postal codes or `all`, each once, in order of FIPS.

    Raise `UnknownPlaceError` for what names no county and no state of the release.
    """
    found = {place.fips: place for word in asked for place in _meant(edition, word)}
    return [found[fips] for fips in sorted(found)]


def write_pdfs(
    edition: Edition,
    places: Sequence[PlaceFacts],
    site: Path,
    workers_n: int,
    progress: Progress,
    langs: Sequence[Lang] = LANGS,
) -> Folder:
    """Write `county/<fips>.pdf` and `.es.pdf` of each place; the folder tells what was done.

    The next build of the site takes the PDFs away, so that none outlives its numbers. Raise
    `DataFolderError` when the site is not there or is of another release.
    """
    for place in places:
        _hold_to_site(edition, site, place)
    with Folder(site, adds=True) as folder:
        made = county_pdfs(edition, places, workers_n, langs)
        for done, (name, pdf) in enumerate(made, 1):
            folder.write(name, pdf)
            progress("PDFs", done, len(places) * len(langs))
    return folder


def _meant(edition: Edition, word: str) -> Iterator[PlaceFacts]:
    counties = edition.numbers.counties
    if word == ALL:
        return iter(counties.values())
    if word.upper() in edition.states:
        return iter(edition.counties_of[word.upper()])
    if word in counties:
        return iter([counties[word]])
    hint = f" Did you mean {word.zfill(5)}?" if word.zfill(5) in counties else ""
    raise UnknownPlaceError(
        f"No county or state of this release goes by '{word}'.{hint} "
        "Write a county as five digits, a state as two letters, or 'all'."
    )


def _hold_to_site(edition: Edition, site: Path, place: PlaceFacts) -> None:
    """Refuse a PDF that would say other numbers than the page beside it."""
    record, release_id = (
        site / "county" / f"{place.fips}.json",
        edition.numbers.release.release_id,
    )
    with readable_errors(site):
        told = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    if told.get("issue") != release_id:
        raise DataFolderError(
            f"The pages of release {release_id} are not in {site}. "
            f"Run `grapevine release publish {release_id}`, then make the PDFs again."
        )
