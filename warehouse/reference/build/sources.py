"""Name the official files, find them in a folder, or fetch them from the agency.

A folder may hold a file as the agency serves it, or the same facts already cut down to the
columns used here ("prepared"). The readers in `counties` know both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import httpx

from warehouse.errors import InputError


@dataclass(frozen=True, slots=True)
class Source:
    """One official file.

    agency    its name as the agency serves it
    prepared  its name when already cut down
    url       where the agency serves it
    page      where a person finds it should the address move
    """

    agency: str
    prepared: str
    url: str
    page: str


POPULATION = Source(
    agency="co-est2024-alldata.csv",
    prepared="census_pep_v2024_county_pop.csv",
    url="https://www2.census.gov/programs-surveys/popest/datasets/2020-2024/counties/totals/"
    "co-est2024-alldata.csv",
    page="https://www.census.gov/programs-surveys/popest.html",
)
RURALITY = Source(
    agency="Ruralurbancontinuumcodes2023.csv",
    prepared="usda_rucc2023.csv",
    url="https://ers.usda.gov/sites/default/files/_laserfiche/DataFiles/53251/"
    "Ruralurbancontinuumcodes2023.csv",
    page="https://www.ers.usda.gov/data-products/rural-urban-continuum-codes",
)
GAZETTEER = Source(
    agency="2023_Gaz_counties_national.zip",
    prepared="counties.csv",
    url="https://www2.census.gov/geo/docs/maps-data/data/gazetteer/2023_Gazetteer/"
    "2023_Gaz_counties_national.zip",
    page="https://www.census.gov/geographies/reference-files/time-series/geo/"
    "gazetteer-files.html",
)
FETCHED = (POPULATION, RURALITY, GAZETTEER)

ACCESS = "access.csv"
ACCESS_PAGES = (
    "https://data.hrsa.gov/data/download (physicians, shortage areas) and "
    "https://data.census.gov (American Community Survey)"
)
PLACES = "places.csv.gz"
PLACES_PAGE = "https://data.census.gov (2020 Census, places by county)"


def find(folder: Path, source: Source) -> Path:
    """The file of `source` in `folder`, the agency's own before a prepared one.

    Raise `InputError` naming both names and the agency's address when neither is there.
    """
    for name in (source.agency, source.prepared):
        if (folder / name).is_file():
            return folder / name
    raise InputError(
        f"{folder} has neither {source.agency} nor {source.prepared}: "
        f"fetch it from {source.url}, put it there and run again."
    )


def download(http: httpx.Client, folder: Path) -> None:
    """Save every file of `FETCHED` in `folder`, as served.

    Raise `InputError` saying which file to fetch by hand, and where, when one cannot be had.
    """
    for source in FETCHED:
        try:
            reply = http.get(source.url, follow_redirects=True).raise_for_status()
        except httpx.HTTPError as error:
            raise InputError(
                f"Could not fetch {source.url} ({error}): find {source.agency} at "
                f"{source.page}, put it in a folder and name the folder with --from."
            ) from error
        (folder / source.agency).write_bytes(reply.content)
