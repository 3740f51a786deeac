"""Take what is published now: its numbers, and the PDFs that lie in the site.

Only the release that readers see is ever delivered, and only when the database says that it is
published: one that was set aside is not, whatever lies in the data folder. PDFs are linked into
a folder of the delivery's own, so that a run which builds the next site does not change what
is being sent.
"""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import LANGS, Lang, load_cards
from dashboards.districts import load_districts
from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.language import SUFFIX
from dashboards.published import Release
from dashboards.snapshot import read_snapshot
from delivery.layout import one_line
from warehouse.database import open_database
from warehouse.errors import GrapevineError
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.publication import PUBLISHED, standing
from warehouse.release import find_release

OLDEST = timedelta(days=21)
"""After its week a brief is news for so long; older ones come from filling in past weeks."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A published release ready to be delivered, with the PDFs that there are."""

    edition: Edition
    pdfs: dict[tuple[Geo, Lang], Path]

    @property
    def release(self) -> Release:
        """The release that is delivered."""
        return self.edition.numbers.release


def take(home: Home, places: Collection[Geo], folder: Path) -> Issue:
    """What is published, and in `folder` (emptied first) the PDFs of these places.

    Call it while no run writes the data folder. Raise `GrapevineError` when nothing is
    published, or what lies there is not.
    """
    numbers, districts = read_snapshot(home.snapshot), load_districts(home)
    edition = Edition(numbers, load_taxonomy(), load_cards(), districts=districts)
    release_id = edition.numbers.release.release_id
    with open_database(home) as con:
        find_release(con, release_id)
        state = standing(con, release_id).state
    if state != PUBLISHED:
        raise GrapevineError(
            f"Release {release_id} is {state}, so it is not delivered. `grapevine release show "
            f"{release_id}` says why."
        )
    with readable_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        found = {
            (place, lang): _linked(home.site, place, lang, release_id, folder)
            for place in places
            for lang in LANGS
        }
    return Issue(edition, {one: path for one, path in found.items() if path})


def check_district(edition: Edition, name: str, place: Geo) -> None:
    """Raise `GrapevineError` when subscriber `name` asks for a district that is none."""
    if place.type != "district" or place.value in edition.districts:
        return
    near = difflib.get_close_matches(place.value, edition.districts, 1, 0.4)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise GrapevineError(
        f"Subscriber '{name}': no district has the key '{one_line(place.value)[:80]}'.{hint} "
        "The keys stand in regions.toml, as in [districts.KEY]."
    )


def check(release: Release, today: date, is_sample_meant: bool, is_late_meant: bool) -> None:
    """Raise `GrapevineError` for a release that is hardly meant to go out."""
    if release.is_sample and not is_sample_meant:
        raise GrapevineError(
            f"Release {release.release_id} is made from sample data, so nobody is sent it. To "
            "try a delivery out, say --sample."
        )
    if release.week_end + OLDEST < today and not is_late_meant:
        raise GrapevineError(
            f"The week of release {release.release_id} ended on {release.week_end}, over "
            f"{OLDEST.days} days ago, so nobody is sent it. If it is meant, say --late."
        )


def pdf_name(release: Release, place: Geo, lang: Lang) -> str:
    """What the attached file is called: `grapevine-56027-2024-W10.1.es.pdf`."""
    return f"grapevine-{place.value}-{release.release_id}{SUFFIX[lang]}.pdf"


def _linked(site: Path, place: Geo, lang: Lang, release_id: str, folder: Path) -> Path | None:
    """The place's PDF in `folder`, when the site has one and it is of this release."""
    name = f"{place.value}{SUFFIX[lang]}.pdf"
    pdf, linked = site / place.type / name, folder / name
    if not pdf.is_file() or release_id.encode() not in pdf.read_bytes():
        return None
    os.link(pdf, linked)
    return linked
