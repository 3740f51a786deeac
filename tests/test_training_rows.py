"""Rows to learn from: never Reddit's, never an unknown label, each claim in both languages."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.stances import STANCES
from classifiers.taxonomy import load_taxonomy
from classifiers.training.rows import CORPUS, Row, checked, claim_rows, read_rows
from warehouse.errors import InputError

TAXONOMY = load_taxonomy()


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_rows_come_in_the_order_of_the_files(tmp_path):
    first = write(tmp_path / "b.jsonl", {"id": "2", "text": "x"}, {"id": "1", "text": "y"})
    second = write(tmp_path / "a.jsonl", {"id": "0", "text": "z", "themes": {"masks": "asks"}})

    found = read_rows([first, second], TAXONOMY)

    assert [row.id for row in found] == ["2", "1", "0"]
    assert found[2].themes == {"masks": "asks"}


def test_what_a_row_does_not_say_is_not_known():
    row = Row("a", "text")

    assert row.health is None
    assert not row.assumed
    assert row.sure == 3


@pytest.mark.parametrize(
    "origin",
    [
        {"dataset": "policyposse_state_subreddit_posts_en"},
        {"dataset": "h5n1_us_local_subreddits_en"},
        {"dataset": "reddit_vaccinemyths"},
        {"platform": "Reddit comment"},
        {"platform": "reddit", "dataset": "anything"},
    ],
)
def test_reddit_text_is_refused_with_a_plain_line(tmp_path, origin):
    labels = write(tmp_path / "labels.jsonl", {"id": "r1", "text": "x", **origin})

    with pytest.raises(InputError, match="post r1 comes from Reddit") as refused:
        read_rows([labels], TAXONOMY)

    assert "\n" not in str(refused.value)
    assert str(labels) in str(refused.value)


@pytest.mark.parametrize(
    "label",
    [{"themes": {"moon": "promotes"}}, {"themes": {"masks": "likes"}}, {"signals": ["sad"]}],
)
def test_an_unknown_label_is_named(tmp_path, label):
    labels = write(tmp_path / "labels.jsonl", {"id": "p1", "text": "x", **label})

    with pytest.raises(InputError, match=r"post p1 has the label '(moon|likes|sad)'"):
        read_rows([labels], TAXONOMY)


THEMES = st.dictionaries(st.sampled_from(list(TAXONOMY.themes)), st.sampled_from(STANCES))
SIGNALS = st.lists(st.sampled_from(list(TAXONOMY.signals)), unique=True)


@settings(deadline=None)
@given(st.lists(st.tuples(THEMES, SIGNALS), max_size=5))
def test_rows_with_known_labels_pass_as_they_are(tmp_path_factory, labels):
    rows = [Row(str(n), "x", themes=t, signals=s) for n, (t, s) in enumerate(labels)]

    assert list(checked(rows, tmp_path_factory.getbasetemp() / "x.jsonl", TAXONOMY)) == rows


def test_each_claim_promotes_its_theme_in_english_and_spanish():
    found = claim_rows(TAXONOMY)

    claims = [claim for theme in TAXONOMY.themes.values() for claim in theme.claims]
    assert len(found) == 2 * len(claims)
    assert {row.lang for row in found} == {"en", "es"}
    for row in found:
        ((theme_id, stance),) = row.themes.items()
        assert stance == "promotes"
        assert row.id in {claim.id for claim in TAXONOMY.themes[theme_id].claims}
        assert row.is_claim
        assert row.health


def test_the_written_corpus_can_be_learnt_from():
    rows = read_rows(sorted(CORPUS.glob("*.jsonl")), TAXONOMY)

    assert len(rows) >= 3000
    assert all(row.health is not None and not row.assumed for row in rows)
