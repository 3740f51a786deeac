"""The posts written for the locator, what it must show on them, and what it does by kind."""

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.place import load_locator
from classifiers.place.directional import load_regions
from classifiers.place.evidence import FILE, STRINGS, main, posts_section, strings_section
from classifiers.place.foreign import load_cities, load_lands
from classifiers.place.written_posts import (
    NEVER_A_COUNTY,
    WrittenPost,
    is_right,
    load_written,
    locate_written,
    misses,
    tally,
    tally_by,
)
from warehouse.records import NOWHERE
from warehouse.reference import load_counties, load_states

REAL = Path(__file__).parents[2] / "shared" / "data" / "geo" / "place_strings_dev.csv"
POSTS = load_written()
CITIES = st.sampled_from(sorted(load_cities()))
LANDS = st.sampled_from(sorted(load_lands()))
HOMES = st.sampled_from([None, "texas", "ohio", "newyork", "washington", "newmexico", "maine"])
SHAPES = st.sampled_from([str.title, str.upper, str.lower, str.capitalize])


def placed(text, community=None):
    """The county of one post, or its state, or None."""
    place = load_locator().locate(text, community, None)
    return place.fips or place.state


def written(**changes):
    """A plain written post; name only what the test is about."""
    plain = {"id": "x", "kind": "town", "lang": "en", "community": "wyoming"}
    return WrittenPost(
        **plain | {"text": "the vet in Casper", "fips": "56025", "state": "WY"} | changes
    )


def test_there_are_posts_enough_of_every_kind_and_in_spanish():
    kinds = Counter(post.kind for post in POSTS)

    assert len(POSTS) >= 320
    assert min(kinds.values()) >= 20
    assert sum(post.lang == "es" for post in POSTS) >= 50
    assert len({post.id for post in POSTS}) == len({post.text for post in POSTS}) == len(POSTS)


def test_every_written_county_lies_in_its_state():
    for post in POSTS:
        assert post.fips is None or load_counties()[post.fips].state == post.state
        assert post.state is None or post.state in load_states()
        assert post.kind not in NEVER_A_COUNTY or post.fips is None


def test_about_half_of_the_posts_are_held_back_by_their_text_alone():
    held = [post for post in POSTS if post.is_held_back]

    assert 0.4 < len(held) / len(POSTS) < 0.6
    assert written(id="a").is_held_back == written(id="b", kind="none").is_held_back


@pytest.mark.parametrize("is_held_back", [True, False])
def test_of_the_posts_answered_from_their_text_95_in_100_are_right(is_held_back):
    seen = tally(post for post in POSTS if post.is_held_back == is_held_back)

    assert seen.right_n >= 0.95 * seen.answered_n
    assert seen.found_n >= 0.95 * seen.county_n
    assert seen.found_n >= 0.75 * seen.with_n


@pytest.mark.parametrize("kind", sorted(NEVER_A_COUNTY))
def test_no_written_post_about_a_place_abroad_or_a_direction_gets_a_county(kind):
    assert not [post for post in POSTS if post.kind == kind and locate_written(post).fips]


def test_an_answer_is_right_as_far_as_it_goes():
    county, state = placed_as("in Casper, WY"), placed_as("hello")

    assert is_right(written(), county)
    assert is_right(written(), state)
    assert not is_right(written(fips=None), county)
    assert not is_right(written(state="MT", fips=None), state)


def placed_as(text):
    return load_locator().locate(text, "wyoming", None)


def test_a_tally_counts_answers_apart_from_counties():
    posts = [
        written(),
        written(text="the vet in Cody"),
        written(text="our vet", fips=None),
        written(text="out in western Wyoming", community=None, fips=None),
    ]

    assert tally(posts) == (4, 3, 2, 2, 2, 1)
    assert tally_by(posts, lambda post: post.community or "none")["none"].right_n == 1


def test_misses_are_told_for_open_posts_and_never_for_those_held_back():
    wrong = [written(id=f"n{n}", text=f"{n} vets in Cody") for n in range(40)]
    told = list(misses(wrong))

    assert 0 < len(told) < 40
    assert len(told) == sum(not post.is_held_back for post in wrong)
    assert "56029, not 56025" in told[0]


def test_the_evidence_says_what_the_locator_does_now():
    assert FILE.read_text(encoding="utf-8").startswith(posts_section(POSTS))


@pytest.mark.skipif(
    not REAL.is_file(), reason="the real place strings are not beside this copy"
)
def test_the_evidence_says_what_the_real_strings_show():
    assert FILE.read_text(encoding="utf-8").endswith(strings_section(REAL))


def test_the_command_keeps_the_section_of_strings_when_it_is_given_none(tmp_path):
    out, strings = tmp_path / "evidence.md", tmp_path / "strings.csv"
    strings.write_text('location,state,fips\n"Casper, WY",WY,56025\n')

    first = CliRunner().invoke(main, [str(strings), "--out", str(out)])
    both = out.read_text()
    CliRunner().invoke(main, ["--out", str(out)])

    assert first.exit_code == 0
    assert f"{STRINGS}\n`strings.csv`: 1 strings with known county; 1 given" in both
    assert out.read_text() == both


def test_the_command_prints_misses_and_writes_nothing(tmp_path):
    result = CliRunner().invoke(main, ["--misses", "--out", str(tmp_path / "evidence.md")])

    assert result.output.splitlines() == list(misses(POSTS))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "community", "want"),
    [
        ("the Gillette hospital is full", "wyoming", "56005"),
        ("Any Safford folks awake?", "arizona", "04009"),
        ("Dr. Gillette people say is gone", "wyoming", "WY"),
        ("anybody in kalispell know", "montana", "30029"),
        ("in hope of rain", "arkansas", "AR"),
        ("ozark county health is shut", "missouri", "29153"),
        ("St. James Parish plants", "louisiana", "22093"),
        ("in Casper and Cody", "wyoming", "WY"),
        ("in Gillette, in Casper", "wyoming", "WY"),
        ("in Vancouver B.C. it is free", "washington", "WA"),
        ("in Vancouver BC it is free", "washington", "WA"),
        ("in Vancouver canada", "washington", "WA"),
        ("in Vancouver now", "washington", "53011"),
        ("Orange County, NY schools", "florida", "36071"),
        ("worse in Casper than in Rapid City, SD", "wyoming", "56025"),
        ("I believe in Casper", "wyoming", "WY"),
        ("In Casper we trust", "wyoming", "WY"),
        ("en Socorro confío", "newmexico", "NM"),
        ("raised near Casper, mostly", "wyoming", "WY"),
        ("in Casper when I was a kid", "wyoming", "WY"),
        ("I left the ER in Casper after nine hours", "wyoming", "56025"),
        ("Austin is nine and has a cough", "texas", "TX"),
        ("at Lincoln Elementary", "nebraska", "NE"),
        ("in the Delta nobody has a car", "mississippi", "MS"),
        ("Kansas City Chiefs", "missouri", "MO"),
    ],
)
def test_a_name_counts_where_its_words_make_it_a_place_of_the_state(text, community, want):
    assert placed(text, community) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Haskell, Tx is dry", "48207"),
        ("haskell, tx is dry", "48207"),
        ("the clinic at Kennett, Mo. shut", "29069"),
        ("Welch, W.Va. is dry", "54047"),
        ("En Lansing, mi hermana", None),
        ("London, Ontario, CA", None),
        ("Western Wyoming, wy", "WY"),
        ("the Dallas Texas Rangers", None),
        ("in Acadiana, Louisiana", "LA"),
        ("formerly of Casper, WY", None),
        ("natives of Casper, Wyoming", None),
        ("Casper, WY growing up was", None),
        ("Soy de Gallup, NM", None),
    ],
)
def test_a_state_may_be_written_as_newspapers_and_hasty_people_do(text, want):
    assert placed(text) == want


@example("bosque saude", "germany", str.capitalize, "newmexico", "in ")
@given(CITIES, LANDS, SHAPES, HOMES, st.sampled_from(["in ", "near ", "En ", "the ER in "]))
def test_a_city_and_land_abroad_never_give_a_text_a_county(city, land, shape, home, lead):
    for written_so in (f"{city}, {land}", f"{city} ({land})", f"{city} {land}"):
        place = load_locator().locate(f"{lead}{shape(written_so)} it is free", home, None)
        assert place.fips is None, written_so


@given(
    st.sampled_from(
        [
            *("northern", "south", "eastern", "western", "central", "rural", "upstate"),
            *("southwest", "el norte de", "the west of", "the rest of", "parts of"),
        ]
    ),
    st.sampled_from(sorted(load_states().values())),
    HOMES,
    st.sampled_from(["in ", "out in ", "all over ", ""]),
)
def test_a_direction_and_a_state_never_give_a_text_a_county(direction, state, home, lead):
    for text in (f"{lead}{direction} {state} it rains", f"{lead}{direction} {state}".title()):
        place = load_locator().locate(text, home, None)
        assert place.fips is None or place.state == "DC", text


REGIONS = [
    (name, code)
    for name, code in sorted(load_regions().items())
    if not name.endswith("county")  # in a state that has one of that name it is that county
]


@given(st.sampled_from(REGIONS), HOMES, SHAPES)
def test_a_region_never_gives_a_text_a_county(named, home, shape):
    name, code = named
    place = load_locator().locate(f"out in the {shape(name)} it rains", home, None)

    assert place.fips is None or place.fips == code


def test_a_post_with_no_place_and_no_community_is_nowhere():
    for post in POSTS:
        if post.kind == "none" and post.community is None:
            assert locate_written(post) == NOWHERE
