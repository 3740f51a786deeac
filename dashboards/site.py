"""Build the static site of one release from its published snapshot.

Nothing but the snapshot, the taxonomy, the cards and the reference is read: no post, no tag,
no clock, no network. The same snapshot and districts give the same bytes, and a second build
writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from classifiers.taxonomy import load_taxonomy
from dashboards.archive.pages import archive_pages
from dashboards.cards import load_cards
from dashboards.conversation.pages import card_pages
from dashboards.county_list import county_list
from dashboards.county_page import counties_files
from dashboards.county_schema import county_schema
from dashboards.delphi import SIGNAL_LEVELS, signal_file
from dashboards.dictionary import TABLES
from dashboards.districts import Districts, kept
from dashboards.edition import Edition
from dashboards.explaining.pages import explaining_pages
from dashboards.feeds.places import Feeds
from dashboards.folder import Folder
from dashboards.front_page import front_page
from dashboards.group_table import table_files
from dashboards.package import data_package
from dashboards.place_page import place_pages
from dashboards.reference_pages import COUNTY_SCHEMA, cards_page, data_page, method_page
from dashboards.rendering import TEMPLATES, page_environment
from dashboards.search import county_index, town_shards, zip_shards
from dashboards.snapshot import read_snapshot
from dashboards.state_page import state_page
from dashboards.tables import csv_file, json_file, parquet_file

Progress = Callable[[str, int, int], None]
"""Called with what is being written, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What a build did.

    release_id            the release shown
    states_n, counties_n  pages of each kind
    files_n, bytes_n      all files of the site, and their size
    written_n, removed_n  files new or changed; files of an earlier build that are gone
    sha256                of the names and bytes of all files
    districts             the districts shown, as `dashboards.districts.kept` writes them
    """

    release_id: str
    states_n: int
    counties_n: int
    files_n: int
    bytes_n: int
    written_n: int
    removed_n: int
    sha256: str
    districts: str


def build_site(
    snapshot: Path,
    out: Path,
    progress: Progress | None = None,
    districts: Districts | None = None,
) -> SiteReport:
    """Write the site of the release in `snapshot` into the folder `out`.

    Raise `DataFolderError` when the snapshot cannot be read or the folder not written.
    """
    numbers = read_snapshot(snapshot)
    return write_site(
        Edition(numbers, load_taxonomy(), load_cards(), districts=districts or {}),
        out,
        progress,
    )


def write_site(edition: Edition, out: Path, progress: Progress | None = None) -> SiteReport:
    """Write every file of one edition into the folder `out`; remove what it no longer has."""
    with Folder(out) as folder:
        for name, content in site_files(edition, progress or _silent):
            folder.write(name, content)
    return SiteReport(
        release_id=edition.numbers.release.release_id,
        states_n=len(edition.states),
        counties_n=len(edition.numbers.counties),
        files_n=folder.made_n,
        bytes_n=folder.bytes_n,
        written_n=folder.written_n,
        removed_n=folder.removed_n,
        sha256=folder.sha256,
        districts=kept(edition.districts),
    )


def site_files(edition: Edition, progress: Progress) -> Iterator[tuple[str, str | bytes]]:
    """Every file of the site as (name, content); the front page last, when all is there."""
    with counties_files(edition) as counties:
        yield from _other_files(edition, progress)
        for done, files in enumerate(counties, 1):
            yield from files
            progress("county pages", done, len(edition.numbers.counties))
    yield "index.html", front_page(edition, page_environment(edition))


def _other_files(edition: Edition, progress: Progress) -> Iterator[tuple[str, str | bytes]]:
    """Every file but the counties' own and the front page."""
    pages = page_environment(edition)
    for done, postal in enumerate(edition.states, 1):
        yield f"state/{postal}.html", state_page(edition, pages, postal)
        progress("state pages", done, len(edition.states))
    yield from place_pages(edition, pages)
    yield from table_files(edition, pages)
    yield from card_pages(edition, pages)
    yield from Feeds(edition).others()
    yield from archive_pages(edition, pages)
    yield from explaining_pages(edition, pages)
    data = dict(_data_files(edition))
    yield from ((f"data/{name}", content) for name, content in data.items())
    yield from _search_files(edition)
    yield "data/index.html", data_page(edition, pages, {n: len(d) for n, d in data.items()})
    yield "cards.html", cards_page(edition, pages)
    yield "method.html", method_page(edition, pages)
    yield "counties.html", county_list(edition, pages)


def _data_files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    numbers, tables = edition.numbers, dict[str, bytes]()
    for name in TABLES:
        tables[f"{name}.csv"] = csv_file(numbers, name).encode()
        tables[f"{name}.parquet"] = parquet_file(numbers, name)
        tables[f"{name}.json"] = json_file(numbers, name).encode()
    yield from tables.items()
    yield COUNTY_SCHEMA, county_schema(numbers.release).encode()
    yield "datapackage.json", data_package(numbers, tables).encode()
    for level in SIGNAL_LEVELS:
        yield f"signals_{level}.json", signal_file(numbers, level).encode()


def _search_files(edition: Edition) -> Iterator[tuple[str, str]]:
    counties = edition.numbers.counties
    for script in ("search.js", "table.js"):
        yield script, (TEMPLATES / script).read_text(encoding="utf-8")
    yield "search/counties.js", county_index(counties)
    for prefix, shard in zip_shards(counties).items():
        yield f"search/{prefix}.js", shard
    for prefix, shard in town_shards(counties).items():
        yield f"search/town-{prefix}.js", shard  # `con.js` alone is no file name on Windows


def _silent(what: str, done: int, of: int) -> None:
    """Report nothing."""
