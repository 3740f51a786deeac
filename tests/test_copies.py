"""Near-copies: fingerprints of texts, and what a burst of them does to the counts."""

import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.copies import BANDS, LEAST_WORDS, bands
from flows import stages
from flows.intake import Asked, Window
from flows.summary import summarise
from flows.tagging import near_marks
from tests.files import comment, dump
from tests.worlds import LONELY, RURAL, URBAN, WEEK, Voices, built, stances, volume
from warehouse.coverage import copies as copies_held
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.lake import posts_table
from warehouse.records import Post
from warehouse.weeks import Week

ROOT = Path(__file__).parents[1]
LONG = (
    "Our county water board will vote on Tuesday night about fluoride and nobody told the "
    "families on the east side, so come early and bring your neighbours with you"
)
OTHER = (
    "The clinic in town has a new nurse on Thursdays and she takes walk in patients until "
    "five, which is good news for everybody who works the early shift at the mine"
)
PROMOTES = "sunscreen:promotes"

words = st.lists(st.text("abcdefgh", min_size=1, max_size=5), min_size=8, max_size=40)


def shared(first, second):
    """How many bands two texts share."""
    one, other = bands([first, second])
    return sum(a == b for a, b in zip(one, other, strict=True))


# Fingerprints


def test_a_copy_shares_every_band_whatever_disguises_it():
    disguised = f"@user RT: {LONG.upper().replace('O', 'Ο')} !!! 😀 [link] u/user"

    assert shared(LONG, disguised.replace("RT: ", "")) == BANDS
    assert shared(LONG, disguised) > 0


def with_another_word(text, at):
    written = text.split()
    return " ".join([*written[:at], "elsewhere", *written[at + 1 :]])


def test_a_changed_word_mostly_leaves_a_band_and_another_text_shares_none():
    words_n = len(LONG.split())

    hits = sum(shared(LONG, with_another_word(LONG, at)) > 0 for at in range(words_n))

    assert hits >= 0.6 * words_n
    assert shared(LONG, OTHER) == 0


def test_two_texts_on_the_same_thing_in_other_words_share_none():
    first = "Fluoride in the water makes our children slow and sick, ask any mother"
    second = "Ask any mother here: the fluoride they put in makes children slow"

    assert shared(first, second) == 0


@pytest.mark.parametrize("count", [0, 1, LEAST_WORDS - 1, LEAST_WORDS])
def test_short_texts_have_no_bands(count):
    (found,) = bands([" ".join(["word"] * count) + " !! 😀 [link] @user ?"])

    assert (found is None) == (count < LEAST_WORDS)


@settings(max_examples=40, deadline=None)
@given(st.lists(words.map(" ".join), max_size=6), st.randoms(use_true_random=False))
def test_bands_depend_on_the_text_alone(texts, chance):
    alone = {text: bands([text])[0] for text in texts}
    mixed = [*texts, *texts]
    chance.shuffle(mixed)

    assert bands(mixed) == [alone[text] for text in mixed]


def test_another_process_makes_the_same_bands():
    script = f"from classifiers.copies import bands; print(bands([{LONG!r}])[0][0].hex())"
    run = [sys.executable, "-c", script]

    (first,) = bands([LONG])
    told = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True)

    assert told.stdout.strip() == first[0].hex()
    assert first[0].hex() == "b0f37303c5b4ca056f5b6b06db530d0c7e93d30220d16715de361400db28420b"


# Hashed with the week's key


def test_hashes_of_bands_hold_inside_a_week_and_a_folder_only(tmp_path):
    (own,) = bands([LONG])
    keys, others = AuthorKeys(Home(tmp_path / "a")), AuthorKeys(Home(tmp_path / "b"))

    hashed = keys.hash_bands(WEEK, own)

    assert hashed == AuthorKeys(Home(tmp_path / "a")).hash_bands(WEEK, own)
    assert all(-(2**63) <= one < 2**63 for one in hashed)
    assert not set(hashed) & set(keys.hash_bands(WEEK.back(1), own))
    assert not set(hashed) & set(others.hash_bands(WEEK, own))


def test_two_bands_with_the_same_numbers_differ_by_their_place(tmp_path):
    hashed = AuthorKeys(Home(tmp_path)).hash_bands(WEEK, [b"same", b"same"])

    assert hashed[0] != hashed[1]


def test_without_the_weeks_key_a_text_cannot_be_found_again(tmp_path):
    home, (own,) = Home(tmp_path), bands([LONG])
    before = AuthorKeys(home).hash_bands(WEEK, own)

    (home.keys / f"{WEEK}.key").unlink()

    assert not set(before) & set(AuthorKeys(home).hash_bands(WEEK, own))


def table(home, *posts):
    return posts_table(posts, AuthorKeys(home))


def post(number, text=LONG, source="import", day=5, **changes):
    at = datetime(2024, 3, day, 12, tzinfo=UTC)
    made = {"post_id": f"{source}:{number}", "source": source, "posted_at": at, "text": text}
    return Post(**made | changes)


def test_marks_are_made_with_the_key_of_the_week_of_each_post(tmp_path):
    home = Home(tmp_path)
    posts = table(home, post(1), post(2), post(3, day=15), post(4, "Too short to tell."))

    first, same, later, short = near_marks(posts, AuthorKeys(home))

    assert first == same == AuthorKeys(home).hash_bands(WEEK, bands([LONG])[0])
    assert later == AuthorKeys(home).hash_bands(Week(2024, 11), bands([LONG])[0])
    assert short is None


def test_the_sample_has_no_marks_since_it_repeats_its_bank(tmp_path):
    posts = table(Home(tmp_path), post(1, source="sample"), post(2))

    sample, real = near_marks(posts, AuthorKeys(Home(tmp_path)))

    assert sample is None
    assert real


# What counts


def posts_of(con):
    found = con.execute(
        "select tags.post_id, posts.author_key, posts.is_copied from raw_tags as tags "
        "join stg_posts as posts on hash(tags.post_id) = posts.post_key "
        "where tags.kind = 'health' order by tags.post_id"
    )
    return {post_id: (key, is_copied) for post_id, key, is_copied in found.fetchall()}


def copied_n(con):
    return sum(is_copied for _, is_copied in posts_of(con).values())


@pytest.mark.parametrize(("names", "is_copied"), [(9, False), (10, True), (11, True)])
def test_near_copies_are_coordinated_from_ten_names_on(names, is_copied):
    con = built([Voices("WY", names, near=(1, 2)), Voices("WY", 40, first=100)])

    assert copied_n(con) == names * is_copied


def test_names_are_put_together_over_every_text_that_shares_a_band_and_over_places():
    con = built(
        [
            Voices("WY", 4, near=(1, 2)),
            Voices("NJ", 3, near=(2, 3)),
            Voices("WY", 3, first=50, near=(9, 2)),
            Voices("NJ", 9, first=70, near=(3, 4)),
        ]
    )

    assert copied_n(con) == 4 + 3 + 3 + 9


def test_ten_names_count_in_one_week_only():
    con = built(
        [Voices("WY", 6, near=(1,)), Voices("WY", 6, first=20, week=WEEK.back(1), near=(1,))],
        weeks=2,
    )

    assert copied_n(con) == 0


def test_papers_that_print_the_same_words_are_no_campaign():
    con = built([Voices("WY", 20, source="news", near=(1, 2))])

    assert copied_n(con) == 0


def test_copies_by_one_author_count_once():
    same = [Voices("WY", 1, PROMOTES, near=(1, 2)) for _ in range(30)]
    con = built([*same, Voices("WY", 40, first=100)])

    assert volume(con)["WY"] == 41
    assert stances(con) == {}
    assert copied_n(con) == 0


def test_copies_under_ten_names_move_no_count_and_under_nine_each_name_counts():
    others = [Voices("WY", 40, first=100), Voices("WY", 12, PROMOTES, first=200)]
    brigade, nine = (Voices("WY", names, PROMOTES, near=(1, 2)) for names in (25, 9))

    alone, painted, passed_on = built(others), built([brigade, *others]), built([nine, *others])

    counts = "select * from {} order by all"
    for table in ("mart_volume_week", "mart_tag_week", "pub_theme_week"):
        asked = counts.format(table)
        assert painted.execute(asked).fetchall() == alone.execute(asked).fetchall()
    assert volume(passed_on)["WY"] == 61
    assert stances(passed_on)["WY", "promotes"] == 21


def test_signals_of_coordinated_copies_count_nowhere():
    con = built([Voices("WY", 25, "access_barrier", near=(1,)), Voices("WY", 40, first=100)])

    assert con.execute("select * from mart_tag_week").fetchall() == []
    assert volume(con)["WY"] == 40


def test_who_puts_up_a_copy_still_counts_for_what_else_he_said():
    copies_and_more = [Voices("WY", 25, near=(1,)), Voices("WY", 25, PROMOTES)]
    con = built([*copies_and_more, Voices("WY", 40, first=100)])

    assert volume(con)["WY"] == 65
    assert stances(con)["WY", "promotes"] == 25


def nameless(count, near, first=0, **changes):
    """Posts of which each had a key of its own, since their source named no author."""
    return Voices("WY", count, first=first, has_author=False, near=near, **changes)


def test_near_copies_of_no_named_author_are_one_voice():
    con = built([nameless(30, (1, 2)), nameless(5, (2, 3), 40), Voices("WY", 40, first=100)])

    assert volume(con)["WY"] == 41
    assert copied_n(con) == 0


def test_posts_of_no_named_author_that_are_no_copies_are_a_voice_each():
    con = built([nameless(10, None), *(nameless(1, (n, n + 100), 50 + n) for n in range(10))])

    assert volume(con)["WY"] == 20


def test_chains_of_near_copies_without_a_name_hang_together():
    chain = [nameless(1, (n, n + 1), n) for n in range(5)]
    con = built([*chain, Voices("WY", 40, first=100)])

    assert volume(con)["WY"] == 41


def test_one_text_of_named_and_nameless_posts_is_a_voice_a_name_and_one_more():
    named, unnamed = Voices("WY", 8, near=(1,)), nameless(50, (1,), 200)

    con = built([named, unnamed, Voices("WY", 30, first=400)])
    one_more = built([Voices("WY", 9, near=(1,)), unnamed, Voices("WY", 30, first=400)])

    assert volume(con)["WY"] == 39
    assert copied_n(con) == 0
    assert volume(one_more)["WY"] == 30
    assert copied_n(one_more) == 59


def test_nameless_copies_of_two_weeks_are_two_voices():
    con = built([nameless(20, (1,)), nameless(20, (2,), 40, week=WEEK.back(1))], weeks=2)

    (voices_n,) = con.execute("select voice_n from mart_input where part = 'all'").fetchone()

    assert voices_n == 2


@pytest.mark.whole
@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(1, 12), min_size=1, max_size=3),
            st.booleans(),
            st.integers(1, 4),
        ),
        max_size=12,
    )
)
def test_whatever_was_copied_nobody_is_counted_who_did_not_post(groups):
    made = [
        Voices("WY", count, first=10 * n, has_author=named, near=tuple(sorted(near)))
        for n, (near, named, count) in enumerate(groups)
    ]
    plain = [Voices("WY", 30, first=900)]

    con = built([*made, *plain])

    voices = {key for key, _ in posts_of(con).values()}
    named_n = 30 + sum(group.count for group in made if group.has_author)
    nameless = [set(group.near) for group in made if not group.has_author]
    hanging = [
        one for one in components([g.near for g in made]) if any(map(one.__ge__, nameless))
    ]
    assert len(posts_of(con)) == 30 + sum(group.count for group in made)
    assert len(voices) == named_n + len(hanging)


def components(texts):
    """Texts that hang together by bands, as sets of bands: worked out another way."""
    found = []
    for text in texts:
        near = [one for one in found if one & set(text)]
        found = [one for one in found if one not in near] + [set(text).union(*near)]
    return found


def test_thirty_names_that_each_change_a_word_are_found_out(tmp_path):
    home, keys = Home(tmp_path), AuthorKeys(Home(tmp_path))
    words_n = len(LONG.split())
    texts = [with_another_word(LONG, n % words_n) for n in range(30)]
    posts = table(home, *(post(n, text) for n, text in enumerate([*texts, OTHER])))

    con = built([Voices("WY", 1, first=n, near=tuple(near))
                 for n, near in enumerate(near_marks(posts, keys))])  # fmt: skip

    assert 24 <= copied_n(con) <= 30


# What is told


def test_a_burst_goes_all_the_way_to_the_release_and_the_person_at_the_keyboard(home, tmp_path):
    said = [comment(n, body=LONG, subreddit="wyoming") for n in range(12)]
    said += [comment(50 + n, body=f"{OTHER} {n}", author="one_reader") for n in range(12)]
    stages.read(str(WEEK), 1, [str(dump(tmp_path / "posts.ndjson.zst", said))], None)
    for stage in (stages.locate, stages.tag, stages.lake):
        stage(str(WEEK))
    stages.marts(str(WEEK), 1, is_sample=False)

    lines = list(summarise(home, Asked(Window(WEEK, 1), [], None, is_sample=False), 1.0))

    assert copies_held(home) == (12, 12)
    assert [line for line in lines if line.startswith("  copies")] == [
        "  copies    12 posts are near-copies put up under 10 or more names (12 in all): a "
        "campaign, or news passed on"
    ]


def test_before_the_first_marts_there_are_no_copies_to_tell_of(home):
    assert copies_held(home) == (0, 0)


def copies(con):
    found = con.execute("select geo_value, copies from pub_evidence order by geo_value")
    assert {words for _, words in found.fetchall()} <= {"none shown", "10 names or more"}
    told = con.execute("select geo_value from pub_evidence where copies <> 'none shown'")
    return {place for (place,) in told.fetchall()}


def test_a_place_is_flagged_with_ten_copiers_and_ten_others():
    burst = Voices(URBAN[0], 10, near=(1,))
    usual = [Voices(place, 60, first=100) for place in (URBAN[1], *RURAL, "WY", "NJ", LONELY)]

    flagged = copies(built([burst, Voices(URBAN[0], 30, first=50), *usual]))
    nine = Voices(URBAN[0], 9, near=(1,))

    assert flagged == {URBAN[0], "WY-urban", "WY", "US"}
    assert copies(built([nine, Voices(URBAN[0], 30, first=50), *usual])) == set()


def test_a_place_is_not_flagged_when_all_but_nine_put_up_copies():
    burst = Voices("WY", 30, near=(1,))

    assert copies(built([burst, Voices("WY", 9, first=50), Voices("NJ", 60)])) <= {"US"}


def test_a_state_is_flagged_by_copies_scattered_over_its_counties():
    con = built([*(Voices(county, 4, near=(1,)) for county in (*RURAL, *URBAN)),
                 Voices("WY", 40, first=50), Voices("NJ", 40)])  # fmt: skip

    assert copies(con) == {"WY", "US"}


def test_copies_that_are_not_about_health_are_not_told():
    con = built([Voices("WY", 20, "chatter", near=(1,)), Voices("WY", 40, first=50)])

    assert copies(con) == set()
    assert copied_n(con) == 20


def test_nine_copiers_of_a_place_look_the_same_as_none():
    elsewhere = [Voices("NJ", 20, near=(1,)), Voices("NJ", 40, first=50)]
    nine = built([Voices(RURAL[0], 9, near=(1,)), Voices(RURAL[0], 31, first=50), *elsewhere])
    none = built([Voices(RURAL[0], 40, first=50), *elsewhere])

    question = "select * from pub_evidence order by all"
    assert RURAL[0] not in copies(nine)
    assert nine.execute(question).fetchall() == none.execute(question).fetchall()


@pytest.mark.whole
def test_a_flag_never_says_more_than_that_ten_did_and_ten_did_not():
    chance = random.Random(7)
    for _ in range(12):
        groups = [
            Voices(
                place=chance.choice([*RURAL, *URBAN, "WY", "NJ"]),
                count=chance.choice([3, 9, 10, 14, 30]),
                first=50 * n,
                near=chance.choice([None, (1,), (2,)]),
            )
            for n in range(8)
        ]
        con = built(groups)
        for place in copies(con):
            (found,) = con.execute(
                "select least(copied.author_n, copied.other_author_n) "
                "from mart_copied_week as copied join pub_volume_week as shown "
                "using (geo_value, week) where geo_value = ?", [place]
            ).fetchone()  # fmt: skip
            assert found >= 10
