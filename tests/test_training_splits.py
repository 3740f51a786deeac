"""A row's part is its own: it never moves, and what is measured on is never learnt from."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import CORPUS, Row, claim_rows, read_rows
from classifiers.training.splits import part_of, rows_of

PARTS = ("learn", "calibrate", "held_back")
WRITTEN = [Row(f"written-{number}", "x") for number in range(5000)]
LABELLED = [Row(f"D{number:06}", "x", dataset="tweets_en") for number in range(5000)]
IDS = st.lists(st.text(min_size=1), unique=True, max_size=30)


def ids(rows):
    return [row.id for row in rows]


@settings(deadline=None)
@given(IDS, IDS)
def test_a_rows_part_never_changes_when_rows_are_added(first, more):
    before = [Row(one, "x") for one in first]
    after = [Row(one, "x") for one in [*more, *first]]

    for part in PARTS:
        assert set(ids(rows_of(part, before))) <= set(ids(rows_of(part, after)))


@settings(deadline=None)
@given(IDS, st.sampled_from(["", "tweets_en"]))
def test_every_row_belongs_to_one_part_and_keeps_its_place(found, dataset):
    rows = [Row(one, "x", dataset=dataset) for one in found]

    parted = [row for part in PARTS for row in rows_of(part, rows)]

    assert sorted(ids(parted)) == sorted(ids(rows))
    for part in PARTS:
        assert rows_of(part, rows) == [row for row in rows if part_of(row) == part]


@settings(deadline=None)
@given(st.text(min_size=1), st.text(), st.sampled_from([{}, {"masks": "asks"}]))
def test_the_part_hangs_on_the_id_and_not_on_what_the_row_says(row_id, text, themes):
    assert part_of(Row(row_id, text, themes=themes)) == part_of(Row(row_id, "other"))


def test_about_a_tenth_of_the_written_posts_calibrates_and_a_tenth_is_held_back():
    found = Counter(map(part_of, WRITTEN))

    assert 400 <= found["calibrate"] <= 600
    assert 400 <= found["held_back"] <= 600
    assert found["learn"] == 5000 - found["calibrate"] - found["held_back"]


def test_labelled_posts_are_never_held_back_and_a_tenth_of_them_calibrates():
    found = Counter(map(part_of, LABELLED))

    assert found.keys() == {"learn", "calibrate"}
    assert 400 <= found["calibrate"] <= 600


def test_claims_are_always_learnt_from():
    assert {part_of(row) for row in claim_rows(load_taxonomy())} == {"learn"}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_held_back_tenth_of_the_corpus_shows_most_themes_in_both_languages(lang):
    rows = read_rows(sorted(CORPUS.glob("*.jsonl")), load_taxonomy())

    held_back = [row for row in rows_of("held_back", rows) if row.lang == lang]

    assert len(held_back) >= 100
    assert len({theme for row in held_back for theme in row.themes}) >= 15
