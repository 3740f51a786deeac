import itertools
import json
from collections import Counter

from flows.sources.sample import BANK, OUTBREAKS, SOURCE, STATES, simulate
from warehouse.redact import mask
from warehouse.reference import load_counties
from warehouse.weeks import Week

WEEK = Week(2026, 46)


def first(count):
    return list(itertools.islice(simulate(WEEK, 2), count))


def test_the_same_weeks_give_the_same_posts():
    assert first(500) == first(500)


def test_every_post_says_it_is_a_sample_and_lies_in_the_weeks_asked_for():
    weeks = {Week.of(post.posted_at.date()) for post in simulate(WEEK, 2)}

    assert weeks == {WEEK, WEEK.back(1)}
    assert all(post.post_id.startswith(f"{SOURCE}:") for post in first(500))


def test_no_post_is_left_with_a_gap_to_fill():
    assert not [post for post in first(5_000) if "{" in post.text]


def test_posts_lie_in_the_five_states_and_each_of_their_counties_has_its_chance():
    counties = Counter(post.post_id.split(":")[1][:5] for post in simulate(WEEK, 2))
    states = {load_counties()[fips].state for fips in counties}

    assert states == set(STATES)
    assert len(counties) > 200


def test_a_planted_claim_is_said_more_often_in_its_last_weeks():
    planted = OUTBREAKS[0]
    rows = [
        json.loads(line)
        for file in BANK.glob("*.jsonl")
        for line in file.read_text().splitlines()
    ]
    promoting = {
        mask(row["text"]) for row in rows if row["themes"].get(planted.theme_id) == "promotes"
    }
    here = f"sample:{planted.geo}"
    posts = [post for post in simulate(WEEK, 6) if post.post_id.startswith(here)]

    def share_promoting(week):
        there = [post for post in posts if Week.of(post.posted_at.date()) == week]
        return sum(post.text in promoting for post in there) / len(there)

    assert share_promoting(WEEK) > planted.share / 2
    assert share_promoting(WEEK.back(4)) < planted.share / 2
