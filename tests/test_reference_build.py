"""Official files, in the agencies' layouts or cut down, become the reference tables."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from warehouse import reference
from warehouse.errors import InputError
from warehouse.reference.build import counties, places, sources
from warehouse.reference.build.__main__ import main
from warehouse.reference.build.assemble import assemble
from warehouse.reference.records import County

OFFICIAL = Path(__file__).parents[2] / "shared" / "data" / "geo"

needs_official_files = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="the folder of official files is not beside this clone"
)


PEP = """SUMLEV,STATE,COUNTY,STNAME,CTYNAME,POPESTIMATE2024
040,35,000,New Mexico,New Mexico,300
050,35,013,New Mexico,Doña Ana County,200
050,09,110,Connecticut,Capitol Planning Region,100
"""
RUCC = """FIPS,State,County_Name,Attribute,Value
35013,NM,Doña Ana County,Population_2020,210
35013,NM,Doña Ana County,RUCC_2023,3
35013,NM,Doña Ana County,Description,"Metro, small"
09110,CT,Capitol Planning Region,RUCC_2023,4
"""
GAZETTEER = (
    "USPS\tGEOID\tALAND\tINTPTLAT\tINTPTLONG     \n"
    "NM\t35013\t9000004999\t32.123456\t-106.654321     \n"
    "CT\t09110\t2000000000\t 41.5\t -72.5     \n"
)
ACCESS = """fips,pop_per_pcp_2021,pop_per_pcp_quality,hpsa_pc_2023,digital_access_share_2023,\
pct_no_internet_2019,pct_uninsured_2018,pct_65plus_2018,pct_hispanic_2018,\
pct_limited_english_2018
35013,0.0,3,part,0.5556,20.5,10.5,15.5,60.5,5.5
09110,1500.0,1,,,,,,,
"""


PREPARED = {
    "census_pep_v2024_county_pop.csv": "FIPS,state,county,pop_2024\n"
    "35000,New Mexico,New Mexico,300\n"
    "35013,New Mexico,Doña Ana County,200\n"
    "09001,Connecticut,Fairfield County,\n"
    "09110,Connecticut,Capitol Planning Region,100\n",
    "usda_rucc2023.csv": RUCC,
    "counties.csv": "fips,land_km2,lat,lon\n35013,9000.0,32.12346,-106.65432\n"
    "09110,2000.0,41.5,-72.5\n",
    "access.csv": ACCESS,
}
PLACES = """name,state,fips,place_fips,kind,pop,pop_year,county_share,primary
Mesa,NM,35013,3500200,cdp,40,2020,1.0,True
Río,NM,35001,3500300,city,90,2020,0.25,False
Río,NM,35013,3500300,city,90,2020,0.75,True
Mesa,NM,35001,3500100,village,30,2020,1.0,True
Alto,CO,08001,0800100,town,10,2020,1.0,True
"""


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def _zip(text: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("2023_Gaz_counties_national.txt", text)
    return data.getvalue()


def agency_files(**changes: bytes) -> dict[str, bytes]:
    """What the agencies serve, in their layouts; name only what the test is about."""
    files = {
        "population": PEP.encode("latin-1"),
        "rurality": RUCC.encode("latin-1"),
        "gazetteer": _zip(GAZETTEER),
    } | changes
    names = (sources.POPULATION, sources.RURALITY, sources.GAZETTEER)
    return {name.agency: data for name, data in zip(names, files.values(), strict=True)}


def agencies(files: dict[str, bytes], status: int = 200) -> httpx.Client:
    """The agencies' servers: a file at its address, and nothing else."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        return httpx.Response(status, content=files[request.url.path.split("/")[-1]])

    return httpx.Client(transport=httpx.MockTransport(answer))


def in_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def built(folder: Path) -> list[dict[str, str]]:
    table = assemble(folder, None, reference.FOLDER)["counties.csv"].decode()
    return list(csv.DictReader(io.StringIO(table)))


def test_the_agencies_own_files_become_the_table(tmp_path):
    sources.download(agencies(agency_files()), tmp_path)
    (tmp_path / "access.csv").write_text(ACCESS)

    capitol, ana = built(tmp_path)

    assert capitol["fips"] == "09110"
    assert capitol["is_rural"] == "true"
    assert capitol["pop_per_pcp_2021"] == "1500"
    assert capitol["digital_access_pct_2023"] == ""
    assert ana["name"] == "Doña Ana County"
    assert (ana["state"], ana["state_name"], ana["pop"]) == ("NM", "New Mexico", "200")
    assert (ana["land_km2"], ana["lat"], ana["lon"]) == ("9000.0", "32.12346", "-106.65432")
    assert (ana["pop_per_pcp_2021"], ana["has_pcp_2021"]) == ("", "false")
    assert (ana["pcp_quality_2021"], ana["digital_access_pct_2023"]) == ("", "55.6")


def test_files_cut_down_to_our_columns_become_the_same_table(tmp_path):
    agency, prepared = tmp_path / "agency", tmp_path / "prepared"
    agency.mkdir(), prepared.mkdir()
    in_folder(agency, agency_files() | {"access.csv": ACCESS.encode()})
    in_folder(prepared, {name: text.encode() for name, text in PREPARED.items()})

    assert built(prepared) == built(agency)


def test_a_county_with_no_estimate_is_a_county_no_more(tmp_path):
    in_folder(tmp_path, {name: text.encode() for name, text in PREPARED.items()})

    assert [row["fips"] for row in built(tmp_path)] == ["09110", "35013"]


def test_the_agencys_own_file_goes_before_a_prepared_one(tmp_path):
    in_folder(tmp_path, {name: text.encode() for name, text in PREPARED.items()})
    newer = PEP.replace(",200", ",250").encode()
    in_folder(tmp_path, {sources.POPULATION.agency: newer})

    assert built(tmp_path)[1]["pop"] == "250"


def test_a_county_new_to_the_access_facts_gets_blanks(tmp_path):
    in_folder(tmp_path, agency_files() | {"access.csv": ACCESS.split("09110")[0].encode()})

    assert built(tmp_path)[0]["hpsa_primary_care_2023"] == ""


def test_the_same_names_come_from_utf8_and_latin1(tmp_path):
    files = agency_files(population=PEP.encode("utf-8"), rurality=RUCC.encode("utf-8"))

    rows = built(in_folder(tmp_path, files))

    assert rows[1]["name"] == "Doña Ana County"


def test_without_access_facts_the_columns_stay_as_they_were(tmp_path):
    rows = built(in_folder(tmp_path, agency_files()))

    was = next(r for r in _rows(reference.FOLDER / "counties.csv") if r["fips"] == "35013")
    assert rows[1]["uninsured_pct_2018"] == was["uninsured_pct_2018"]


def test_a_missing_file_is_named_with_the_address_to_fetch_it_from(tmp_path):
    with pytest.raises(InputError, match=r"co-est2024-alldata.csv.*https://www2.census.gov"):
        built(tmp_path)


def test_a_county_missing_from_one_file_is_named(tmp_path):
    files = agency_files(gazetteer=_zip(GAZETTEER[: GAZETTEER.index("CT\t")]))

    with pytest.raises(InputError, match=r"County 09110 .* not in 2023_Gaz.*same vintage"):
        built(in_folder(tmp_path, files))


@pytest.mark.parametrize("page", [b"<html>\n<p>moved, sorry</p></html>", b"not a zip"])
def test_a_web_page_in_place_of_a_file_is_said_plainly(tmp_path, page):
    files = agency_files(gazetteer=page)

    with pytest.raises(InputError, match=r"2023_Gaz.*not laid out as expected.*fetch it again"):
        built(in_folder(tmp_path, files))


def crafted(content: bytes = b"", **changed: int) -> bytes:
    """An archive of one file, with bytes of its parts written over."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.txt", content)
    made = bytearray(data.getvalue())
    for at, value in changed.items():
        made[int(at.removeprefix("at_"))] = value
    return bytes(made)


def central(data: bytes) -> int:
    """Where an archive's list of files begins."""
    return data.index(b"PK\1\2")


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(counties, "UNZIPPED_MAX", 100_000)
    bomb = crafted(b"0" * 10_000_000)
    assert len(bomb) < 20_000

    with pytest.raises(InputError, match=r"unpacks to more than 100,000 bytes.*fetch it again"):
        built(in_folder(tmp_path, agency_files(gazetteer=bomb)))


def test_nothing_of_an_archive_is_written_wherever_its_names_lead(tmp_path):
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    in_folder(folder, agency_files(gazetteer=crafted(GAZETTEER.encode())))
    before = sorted(tmp_path.rglob("*"))

    assert len(built(folder)) == 2
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "archive",
    [
        crafted(GAZETTEER.encode(), at_60=0xFF, at_61=0xFF),  # its packed bytes
        crafted(GAZETTEER.encode(), **{f"at_{central(crafted(GAZETTEER.encode())) + 8}": 1}),
        crafted(GAZETTEER.encode(), **{f"at_{central(crafted(GAZETTEER.encode())) + 10}": 99}),
        b"PK\5\6" + bytes(18),
    ],
    ids=["damaged", "locked", "packed in a way of its own", "empty"],
)
def test_an_archive_that_cannot_be_unpacked_is_said_plainly(tmp_path, archive):
    with pytest.raises(InputError, match=r"cannot be unpacked.*fetch it again"):
        built(in_folder(tmp_path, agency_files(gazetteer=archive)))


def test_an_empty_file_is_said_plainly(tmp_path):
    with pytest.raises(InputError, match="no county in it"):
        built(in_folder(tmp_path, agency_files(population=b"")))


def test_access_facts_with_other_columns_are_said_plainly(tmp_path):
    folder = in_folder(tmp_path, agency_files() | {"access.csv": b"fips,doctors\n35013,1\n"})

    with pytest.raises(InputError, match=r"access.csv is not laid out as expected"):
        built(folder)


def test_a_refused_download_says_what_to_fetch_by_hand(tmp_path):
    with pytest.raises(InputError, match=r"403.*find co-est2024.*--from"):
        sources.download(agencies(agency_files(), status=403), tmp_path)


def place_bytes(folder: Path, text: str = PLACES) -> bytes:
    (folder / "places.csv.gz").write_bytes(gzip.compress(text.encode()))
    return places.write_places(places.place_rows(folder / "places.csv.gz"))


def test_places_are_sorted_with_the_main_county_first_and_namesakes_apart(tmp_path):
    lines = gzip.decompress(place_bytes(tmp_path)).decode().splitlines()

    assert lines == [
        "name,state,fips,kind,pop,county_share,is_primary",
        "Alto,CO,08001,town,10,1,true",
        "Mesa,NM,35001,village,30,1,true",
        "Mesa,NM,35013,cdp,40,1,true",
        "Río,NM,35013,city,90,0.75,true",
        "Río,NM,35001,city,90,0.25,false",
    ]


@given(order=st.permutations(PLACES.splitlines()[1:]))
def test_the_order_of_the_official_list_changes_no_byte(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("places")
    shuffled = "\n".join([PLACES.splitlines()[0], *order]) + "\n"

    assert place_bytes(folder, shuffled) == place_bytes(folder)


def test_a_place_reads_back_as_it_was_written(tmp_path):
    lines = csv.reader(io.StringIO(gzip.decompress(place_bytes(tmp_path)).decode()))
    next(lines)

    *_, main_county, other = map(reference.CensusPlace.from_line, lines)

    assert main_county == ("Río", "NM", "35013", "city", 90, 0.75, True)
    assert other.is_primary is False


def test_a_row_reads_back_as_a_county_and_blanks_as_not_known(tmp_path):
    in_folder(tmp_path, agency_files() | {"access.csv": ACCESS.encode()})

    capitol, ana = map(County.from_row, built(tmp_path))

    assert (capitol.fips, capitol.pop, capitol.is_rural) == ("09110", 100, True)
    assert (capitol.pop_per_pcp_2021, capitol.has_pcp_2021) == (1500, True)
    assert (capitol.hpsa_primary_care_2023, capitol.uninsured_pct_2018) == (None, None)
    assert (ana.pop_per_pcp_2021, ana.has_pcp_2021, ana.pcp_quality_2021) == (None, False, None)
    assert (ana.digital_access_pct_2023, ana.no_internet_pct_2019) == (55.6, 20.5)
    assert (ana.age_65_plus_pct_2018, ana.hispanic_pct_2018) == (15.5, 60.5)


def test_with_nothing_to_keep_the_access_facts_are_asked_for(tmp_path):
    in_folder(tmp_path, agency_files())

    with pytest.raises(InputError, match=r"no access.csv.*data.hrsa.gov"):
        assemble(tmp_path, None, tmp_path / "nowhere")


def test_the_command_writes_the_tables_and_says_what_it_left(tmp_path):
    official, out = tmp_path / "official", tmp_path / "out"
    official.mkdir(), out.mkdir()
    in_folder(official, agency_files())

    done = CliRunner().invoke(main, ["--from", str(official), "--out", str(out)])

    assert done.exit_code == 0
    assert "counties.csv: 2 counties, 1 rural" in done.output
    assert "no places.csv.gz: places left as they were" in done.output
    assert [file.name for file in out.iterdir()] == ["counties.csv"]


def test_the_command_turns_a_missing_file_into_one_line_and_writes_nothing(tmp_path):
    done = CliRunner().invoke(main, ["--from", str(tmp_path), "--out", str(tmp_path)])

    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@needs_official_files
def test_the_official_files_give_the_tables_of_the_repository_byte_for_byte():
    files = assemble(OFFICIAL, None, reference.FOLDER)

    assert files["counties.csv"] == (reference.FOLDER / "counties.csv").read_bytes()
    made, kept = files["places.csv.gz"], (reference.FOLDER / "places.csv.gz").read_bytes()
    assert gzip.decompress(made) == gzip.decompress(kept)  # zlib packs differently by version
    assert made[4:8] == kept[4:8] == b"\0\0\0\0"  # no time in the header
