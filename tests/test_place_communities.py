"""The table of communities, its builder, and the README's figures."""

import csv
import gzip
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers.place import build_communities, towns_at_home
from classifiers.place.communities import find_community, load_communities
from classifiers.place.gazetteer import load_alone, load_towns
from classifiers.place.locator import FOLDER, load_scores
from warehouse.errors import InputError
from warehouse.reference import load_counties, load_states

README = (FOLDER / "README.md").read_text()


def test_every_state_has_its_community():
    states = {place.state for place in load_communities().values() if place and not place.fips}

    assert states | {"DC"} == set(load_states())
    assert find_community("washingtondc").fips == "11001"


def test_every_community_lies_in_its_state():
    counties = load_counties()

    for place in filter(None, load_communities().values()):
        assert place.state in load_states()
        assert not place.fips or counties[place.fips].state == place.state


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("Casper", "56025"),
        ("r/casper", "56025"),
        ("/r/Casper/", "56025"),
        ("WestVirginia", "WV"),
        ("Denver", "08031"),
        ("nyc", "NY"),
        ("bayarea", "CA"),
        ("lehighvalley", "PA"),
        ("westtexas", "TX"),
        ("centrallouisiana", "LA"),
        ("RhodeIsland", "RI"),
        ("CapitolHillSea", "53033"),
        ("Appalachia", None),
        ("PNW", None),
        ("kansascity", None),
        ("tijuana", None),
        ("yellowstone", None),
        ("no such community", None),
        ("", None),
    ],
)
def test_a_community_gives_its_county_or_state_as_reviewed(name, want):
    place = find_community(name)

    assert (place and (place.fips or place.state)) == want


def test_a_community_is_matched_by_the_name_the_post_gave():
    assert find_community("r/Casper").matched == "r/Casper"


SEED = """subreddit,level,state,fips,place,point_fips
Casper,place,WY,56025,Casper,56025
Amarillo,place,TX,48375,Amarillo,48375
WrongTown,place,WY,56025,Cody,56029
BackBay,place,MA,25025,No Such Place,25025
TetonCounty,county,WY,56039,,56039
Basin,area,WY,,,56043
Wyoming,state,WY,,,
Border,area,TX,,,48141
Renamed,area,WY,,,56043
"""
REVIEW = """
[[none]]
why = "abroad"
names = "border"
[[state]]
why = "a state"
[state.names]
newstate = "MT"
[[county]]
why = "a county"
[county.names]
renamed = "56039"
"""


def test_the_review_overrules_the_list_and_the_list_is_not_believed_blindly(tmp_path):
    (tmp_path / "subreddits.csv").write_text(SEED)
    (tmp_path / "review.toml").write_text(REVIEW)

    rows = build_communities.community_rows(
        tmp_path / "subreddits.csv", tmp_path / "review.toml"
    )

    assert [row[:4] for row in rows] == [
        ("amarillo", "state", "TX", ""),
        ("backbay", "county", "MA", "25025"),
        ("basin", "state", "WY", ""),
        ("border", "none", "", ""),
        ("casper", "county", "WY", "56025"),
        ("newstate", "state", "MT", ""),
        ("renamed", "county", "WY", "56039"),
        ("tetoncounty", "county", "WY", "56039"),
        ("wrongtown", "state", "WY", ""),
        ("wyoming", "state", "WY", ""),
    ]
    assert build_communities.pack(rows) == build_communities.pack(rows)


def test_a_missing_list_or_column_is_one_plain_line(tmp_path):
    with pytest.raises(InputError, match=r"There is no .*subreddits\.csv\. Name the folder"):
        build_communities.community_rows(tmp_path / "subreddits.csv", tmp_path)
    (tmp_path / "subreddits.csv").write_text("subreddit,level\nCasper,place\n")
    (tmp_path / "review.toml").write_text(REVIEW)
    with pytest.raises(InputError, match="has no column fips, place"):
        build_communities.community_rows(tmp_path / "subreddits.csv", tmp_path / "review.toml")


def test_the_command_says_what_is_missing(tmp_path):
    result = CliRunner().invoke(build_communities.main, ["--from", str(tmp_path)])

    assert result.exit_code == 1
    assert result.output.startswith("Error: There is no ")


def test_the_table_is_what_the_builder_makes_of_the_list():
    folder = Path(__file__).parents[2] / "shared" / "data" / "geo"
    if not (folder / "subreddits.csv").is_file():
        pytest.skip("the list of subreddits is not beside this copy")

    rows = build_communities.community_rows(
        folder / "subreddits.csv", FOLDER / "community_review.toml"
    )

    assert build_communities.pack(rows) == (FOLDER / "communities.csv").read_bytes()


def test_every_kind_of_evidence_has_a_score_below_certainty():
    code = "".join(path.read_text() for path in FOLDER.glob("*.py"))
    named = set(re.findall(r'"((?:declared|mention)_[a-z_]+)"', code))
    named |= {"community_county", "community_state"}

    assert named == set(load_scores())
    assert all(0.5 < score < 1 for score in load_scores().values())


def test_evidence_never_counts_more_right_than_read():
    with (FOLDER / "evidence.csv").open() as file:
        rows = list(csv.DictReader(file))

    assert all(0 < int(row["right_n"]) <= int(row["read_n"]) for row in rows)
    assert all(row["how"] for row in rows)


def test_the_counts_in_the_readme_are_those_of_the_tables():
    levels = [place and (place.fips or place.state) for place in load_communities().values()]
    counts = {
        "towns": sum(map(len, load_towns().values())),
        "alone": len(load_alone()),
        "abroad": _rows_abroad(),
        "communities": len(levels),
        "county": sum(1 for level in levels if level and level.isdigit()),
        "state": sum(1 for level in levels if level and not level.isdigit()),
        "none": levels.count(None),
        "evidence": len(load_scores()),
    }

    for name, count in counts.items():
        assert re.search(rf"(?<![\d,]){count:,}(?![\d,])", README), name


def _rows_abroad():
    return gzip.decompress((FOLDER / "abroad.csv.gz").read_bytes()).count(b"\n") - 1


def test_the_readme_gives_the_thresholds_the_code_uses():
    assert f"at least {towns_at_home.MIN_COUNTY_SHARE:.0%}".replace("%", " %") in README
    assert "of 50,000 people" in README
