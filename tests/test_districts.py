"""What a hand-written regions.toml may say, and how a slip in it is named."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dashboards.districts import (
    SLUG,
    District,
    from_kept,
    kept,
    load_districts,
    read_districts,
    slug_of,
)
from dashboards.site import build_site
from flows.cli import main
from flows.releases import rebuild
from flows.stages import site_made
from flows.versions import versions
from tests.snapshots import Snapshot
from warehouse import publication
from warehouse.database import connected, open_database
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.layout.forward import bring_database
from warehouse.marts import build_marts
from warehouse.publication import Site, record_site, sites
from warehouse.release import freeze
from warehouse.snapshot import publish_snapshot
from warehouse.weeks import Week

GOOD = """
[districts.big-horn-basin]
name = "Big Horn Basin"
counties = ["56043", "Park County, WY", "big horn county, wy"]

[districts.corner]
name = "Corner"
counties = ["56027"]
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "regions.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(file, text):
    with pytest.raises(GrapevineError) as caught:
        read_districts(file(text))
    told = str(caught.value)
    assert "\n" not in told
    return told


def test_counties_may_be_written_as_codes_or_by_name_and_state(file):
    assert read_districts(file(GOOD)) == {
        "big-horn-basin": District(
            "big-horn-basin", "Big Horn Basin", ("56003", "56029", "56043")
        ),
        "corner": District("corner", "Corner", ("56027",)),
    }


def test_the_sample_in_the_documentation_is_a_good_file(file):
    told = (Path(__file__).parents[1] / "dashboards/DISTRICTS.md").read_text(encoding="utf-8")
    sample = re.search(r"```toml\n(.*?)```", told, re.DOTALL)[1]

    assert read_districts(file(sample))["big-horn-basin"].counties == (
        *("56003", "56017", "56029", "56043"),
    )


def test_no_file_means_no_district(tmp_path):
    assert load_districts(Home(tmp_path)) == {}


def test_a_setting_names_another_file(tmp_path, monkeypatch, file):
    path = file(GOOD)
    monkeypatch.setenv("GRAPEVINE_REGIONS", str(path))
    assert set(load_districts(Home(tmp_path / "elsewhere"))) == {"big-horn-basin", "corner"}

    path.unlink()
    with pytest.raises(GrapevineError, match=r"GRAPEVINE_REGIONS names .* Correct it"):
        load_districts(Home(tmp_path))


@pytest.mark.parametrize(
    ("counties", "told"),
    [
        ('["56099"]', "Did you mean 56039 (Teton County, WY)?"),
        ('["Nartona County, WY"]', "Did you mean 56025 (Natrona County, WY)?"),
        ('["Natrona"]', "no county is called 'Natrona'."),
        ('["56025", "Natrona County, WY"]', "56025 (Natrona County, WY) stands there twice."),
        ("[]", "'counties' is missing or empty."),
        ("[56025]", "'counties' holds something that is not text."),
    ],
)
def test_a_wrong_county_is_named_with_the_nearest_right_one(file, counties, told):
    text = f'[districts.here]\nname = "Here"\ncounties = {counties}\n'

    assert told in refused(file, text)
    assert refused(file, text).startswith("regions.toml, district 'here': ")


def test_a_county_in_two_districts_is_named_with_both(file):
    text = GOOD + '\n[districts.more]\nname = "More"\ncounties = ["56027"]\n'

    assert refused(file, text) == (
        "regions.toml, district 'more': 56027 (Niobrara County, WY) is in district 'corner' "
        "already. Take it out of one."
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "'name' is empty."),
        ("   ", "'name' is empty."),
        ("<script>alert(1)</script>", 'Write name = "script alert(1) /script".'),
        ("Basin\\u202egnp", 'Write name = "Basin gnp".'),
        ("Two\\nlines", 'Write name = "Two lines".'),
        ("x" * 30 + " " + "y" * 40, f'Write name = "{"x" * 30}".'),
    ],
)
def test_an_empty_or_hostile_name_is_refused_with_one_that_would_do(file, name, told):
    assert told in refused(file, f'[districts.here]\nname = "{name}"\ncounties = ["56025"]\n')


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('"Big Horn"', "Write [districts.big-horn]."),
        ('"../../index"', "Write [districts.index]."),
        ('"a/b"', "Write [districts.a-b]."),
        ('"<b>"', "Write [districts.b]."),
        ('"…"', "Write [districts.my-district]."),
    ],
)
def test_a_key_that_is_no_address_is_refused_with_one_that_is(file, key, told):
    text = f'[districts.{key}]\nname = "Here"\ncounties = ["56025"]\n'

    assert told in refused(file, text)


def test_two_districts_of_one_name_are_told_apart_by_nobody(file):
    text = GOOD + '\n[districts.twin]\nname = "corner"\ncounties = ["56025"]\n'

    assert "district 'corner' is called 'corner' as well" in refused(file, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("districts = 3", "the part [districts] is missing"),
        ("[district.x]", "there is no 'district' here. Known: districts."),
        ("[districts.x]\nname = ", "is not valid TOML"),
        ('[districts.x]\nname = "X"\ncounty = ["56025"]', "there is no 'county' here."),
        ("[districts]\nx = 3", "'counties' is missing"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_one_line(file, text, told):
    assert told in refused(file, text)


@given(st.text(max_size=80))
def test_any_name_gives_an_address_or_nothing(name):
    assert slug_of(name) == "" or SLUG.fullmatch(slug_of(name))


def test_what_is_kept_with_a_site_gives_the_same_districts_back(file):
    found = read_districts(file(GOOD))

    assert from_kept(kept(found)) == found
    assert json.loads(kept(found))[0]["slug"] == "big-horn-basin"
    assert from_kept("") == from_kept(kept({})) == {}


def build(folder, districts):
    snapshot = folder / "marts.duckdb"
    if not snapshot.exists():
        Snapshot().write(snapshot)
    return build_site(snapshot, folder / "site", districts=districts)


def test_a_site_says_which_districts_it_shows(tmp_path):
    corner = {"corner": District("corner", "Corner", ("56027",))}

    with_it, without = build(tmp_path, corner), build(tmp_path, {})

    assert from_kept(with_it.districts) == corner
    assert without.districts == "[]"
    assert with_it.sha256 != without.sha256
    assert not (tmp_path / "site/district/corner.html").exists()


def site(sha256, districts):
    return Site("code 1", "jinja2 3", 10, sha256, districts)


def kept_sites(home):
    with open_database(home) as con:
        return [(one.sha256, one.districts) for one in sites(con, "2024-W10.1")]


def test_the_newest_districts_of_a_release_count_and_the_first_site_with_them(home):
    for sha256, districts in (("a", "[]"), ("b", "[]"), ("c", "[1]"), ("d", "[1]")):
        record_site(home, "2024-W10.1", site(sha256, districts))

    assert kept_sites(home) == [("c", "[1]")]


def test_sites_recorded_before_there_were_districts_stay(home):
    with connected(home) as con:
        con.execute(
            "create table sites (release_id text, code text, libraries text, files_n bigint, "
            "sha256 text, primary key (release_id, code, libraries))"
        )
        con.execute("insert into sites values ('2024-W10.1', 'old', 'old', 3, 'aa')")
    bring_database(home)

    record_site(home, "2024-W10.1", site("b", "[]"))

    assert kept_sites(home) == [("aa", ""), ("b", "[]")]
    assert publication.Site("c", "l", 1, "s").districts == ""


def test_checking_the_settings_looks_at_the_districts_too(home):
    home.root.mkdir(parents=True)
    home.districts.write_text(GOOD.replace("56027", "99999"), encoding="utf-8")

    said = CliRunner().invoke(main, ["config", "check"])

    assert said.exit_code == 1
    assert "regions.toml, district 'corner': no county is called '99999'." in said.output


def test_a_past_site_is_made_again_with_the_districts_of_then_byte_for_byte(
    home, small, tmp_path
):
    week = Week.parse("2024-W10")
    build_marts(home, week, 2, False, theme_ids=["raw_milk"], signal_ids=[])
    name = freeze(home, week, 2, False, versions()).release_id
    home.districts.write_text(GOOD, encoding="utf-8")
    publish_snapshot(home, name, despite="a test")
    built = build_site(home.snapshot, home.site, districts=load_districts(home))
    record_site(home, name, site_made(built))

    home.districts.write_text(GOOD.replace('"Corner"', '"Another name"'), encoding="utf-8")
    told = list(rebuild(home, name, tmp_path / "again"))

    assert any("byte for byte those of the site built then" in line for line in told)
    assert "Corner" in (tmp_path / "again/district/corner.html").read_text(encoding="utf-8")
