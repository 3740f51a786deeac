"""The measuring command, and what it must show on real place strings."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers.jsonlines import LocateLine
from classifiers.place.locator import FOLDER, load_locator, load_scores
from classifiers.place.measure import (
    main,
    measure_communities,
    measure_strings,
    posts_per_second,
)

REAL = Path(__file__).parents[2] / "shared" / "data" / "geo" / "place_strings_dev.csv"

SAMPLE = """location,state,fips
"Casper, WY",WY,56025
casper wyoming,WY,56025
"Cody, WY",WY,56025
western Wyoming,WY,56039
Springfield,IL,17167
"""


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "strings.csv"
    path.write_text(SAMPLE)
    return path


def test_strings_are_counted_by_kind_of_evidence(sample):
    seen = measure_strings(sample)

    assert (seen.asked_n, seen.answered_n, seen.right_n) == (5, 3, 2)
    assert seen.by_kind == {"declared_town": (2, 3), "declared_region": (1, 1)}
    assert seen.answered_share == 3 / 5
    assert seen.right_share == 2 / 3


def test_a_community_is_compared_with_the_places_its_texts_name():
    lines = [
        LocateLine(id=1, text="in Casper, WY", community="Casper"),
        LocateLine(id=2, text="in Cody, WY", community="Casper"),
        LocateLine(id=3, text="in Cody", community="wyoming"),
        LocateLine(id=4, text="in Reno, NV", community="wyoming"),
        LocateLine(id=5, text="no place", community="wyoming"),
        LocateLine(id=6, text="in Casper, WY", community="nowhere known"),
        LocateLine(id=7),
    ]

    assert measure_communities(lines) == {"community_county": (1, 2), "community_state": (1, 2)}


def test_the_command_prints_shares_and_rows_as_evidence_has_them(sample, tmp_path):
    posts = tmp_path / "posts.jsonl"
    posts.write_text(json.dumps({"id": 1, "text": "in Casper, WY", "community": "Casper"}))

    result = CliRunner().invoke(main, [str(sample), str(posts)])

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "strings.csv: 5 strings, answered 60.0%, right when answered 66.67%"
    assert "declared_town,2,3" in lines
    assert "community_county,1,1" in lines


def test_the_command_names_a_broken_line(tmp_path):
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"id": 1}\nnot json\n')

    result = CliRunner().invoke(main, [str(posts)])

    assert result.exit_code == 1
    assert "posts.jsonl, line 2" in result.output


def test_a_score_is_the_share_right_with_two_cases_added():
    row = next(
        line.split(",")
        for line in (FOLDER / "evidence.csv").read_text().splitlines()
        if line.startswith("declared_town,")
    )
    right_n, read_n = int(row[1]), int(row[2])

    assert load_scores()["declared_town"] == round((right_n + 1) / (read_n + 2), 3)
    assert (
        load_locator().locate(None, None, "Casper, WY").score == load_scores()["declared_town"]
    )


def test_short_posts_are_placed_quickly():
    texts = ["Anyone know a dentist near me?", "The clinic in Casper, WY closed early."]
    lines = [LocateLine(id=n, text=texts[n % 2], community="wyoming") for n in range(2_000)]

    assert posts_per_second(lines) > 5_000  # a floor, on a busy machine


@pytest.mark.skipif(
    not REAL.is_file(), reason="the real place strings are not beside this copy"
)
def test_real_place_strings_resolve_as_promised():
    seen = measure_strings(REAL)

    assert seen.right_share >= 0.985
    assert seen.answered_share >= 0.92


@pytest.mark.skipif(
    not REAL.is_file(), reason="the real place strings are not beside this copy"
)
def test_the_evidence_of_declared_towns_is_what_the_real_strings_show():
    assert (
        f"declared_town,{'{},{}'.format(*measure_strings(REAL).by_kind['declared_town'])},"
        in (FOLDER / "evidence.csv").read_text()
    )
