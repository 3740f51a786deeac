"""Scores of tags against hand labels, and the figures promised on real posts."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from classifiers.jsonlines import read_lines
from classifiers.tagger import Tags, ThemeTag, load_tagger
from classifiers.tagger.card import write_card
from classifiers.tagger.evaluate import Gold, Hits, score

SHARED = Path(__file__).parents[2] / "shared"
GOLD = SHARED / "data" / "posts" / "gold_dev.jsonl"
SCRIPT = SHARED / "checks" / "score_tags.py"
SAMPLE = sorted((Path(__file__).parents[1] / "classifiers" / "corpus" / "sample").glob("*"))

beside = pytest.mark.skipif(not GOLD.exists(), reason="hand-labelled posts are not beside")


def gold(post_id, themes=None, **changes):
    return Gold(id=post_id, text="x", lang="en", health=True, themes=themes or {}, **changes)


def tags(signals=(), health=0.9, **themes):
    return Tags(
        "en",
        health,
        {theme: ThemeTag(0.8, stance, 0.9, None) for theme, stance in themes.items()},
        dict.fromkeys(signals, 0.7),
    )


def test_themes_found_wrongly_found_and_missed_are_counted():
    found = score(
        [gold("a", {"masks": "promotes"}), gold("b"), gold("c", {"masks": "refutes"})],
        [tags(masks="promotes"), tags(masks="promotes"), tags()],
    )

    assert found.themes == Hits(right_n=1, wrong_n=1, missed_n=1)
    assert found.themes.f1 == pytest.approx(0.5)
    assert found.promotes == Hits(1, 1, 0)


def test_a_refutation_called_promotion_is_counted():
    found = score(
        [gold("a", {"masks": "refutes"}), gold("b", {"masks": "refutes"})],
        [tags(masks="promotes"), tags(masks="mentions")],
    )

    assert found.refutes_called_promotes == 0.5
    assert found.refuted_n == 2


def test_what_the_reader_was_unsure_of_is_left_out_there_only():
    found = score(
        [gold("a", theme_only=["masks"], unsure=["fluoride"], signals_unsure=["hostility"])],
        [tags(masks="promotes", fluoride="promotes", signals=["hostility"])],
    )

    assert found.themes == Hits(1, 0, 0)
    assert found.promotes == Hits()
    assert found.signals == Hits()


def test_calibration_error_is_the_distance_of_probability_and_truth():
    found = score(
        [gold("a", {"masks": "promotes"}), gold("b")],
        [tags(masks="promotes"), tags(masks="asks")],
    )

    assert found.theme_ece == pytest.approx(0.3)


def test_no_posts_score_nothing():
    found = score([], [])

    assert (found.posts_n, found.themes.f1, found.theme_ece) == (0, 0.0, 0.0)


def sample_as_gold():
    return [post for file in SAMPLE for post in read_lines(file, Gold)]


def test_posts_written_apart_from_training_are_tagged_rightly_more_often_than_not():
    posts = sample_as_gold()

    found = score(posts, load_tagger().tag([post.text for post in posts]))

    assert found.themes.f1 >= 0.7
    assert found.promotes.precision >= 0.7
    assert found.refutes_called_promotes <= 0.1


@beside
def test_the_figures_on_real_posts_hold_and_agree_with_the_scoring_script(tmp_path):
    posts = list(read_lines(GOLD, Gold))
    found = load_tagger().tag([post.text for post in posts], [post.lang for post in posts])
    file = tmp_path / "tags.jsonl"
    rows = [{"id": post.id, **asdict(t)} for post, t in zip(posts, found, strict=True)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    ours = score(posts, found)

    command = [sys.executable, SCRIPT, GOLD, file, "--json"]
    theirs = json.loads(subprocess.check_output(command))["all"]
    assert ours.themes.f1 == pytest.approx(theirs["theme_micro_f1"], abs=6e-4)
    assert ours.theme_macro_f1 == pytest.approx(theirs["theme_macro_f1"], abs=6e-4)
    assert ours.promotes.f1 == pytest.approx(theirs["promotes_f1"], abs=6e-4)
    assert ours.signals.f1 == pytest.approx(theirs["signal_micro_f1"], abs=6e-4)
    assert ours.health.f1 == pytest.approx(theirs["health_f1"], abs=6e-4)
    assert ours.theme_ece == pytest.approx(theirs["theme_ece"], abs=6e-4)
    assert ours.refutes_called_promotes == pytest.approx(
        theirs["refutes_called_promotes"], abs=6e-4
    )
    assert ours.themes.f1 >= 0.61
    assert ours.promotes.f1 >= 0.55
    assert ours.refutes_called_promotes < 0.22


def test_the_card_names_the_model_its_sources_and_its_figures(tmp_path):
    import duckdb

    measured, ordinary = tmp_path / "gold.jsonl", tmp_path / "posts.parquet"
    measured.write_text(
        '{"id": "a", "lang": "en", "platform": "x/twitter", "text": "raw milk cures asthma", '
        '"health": true, "themes": {"raw_milk": "promotes"}}\n'
        '{"id": "b", "lang": "es", "platform": "reddit", "text": "hola", "health": false}\n'
    )
    duckdb.execute(
        "copy (select 'policyposse_state_subreddit_x' as dataset, 'hay' as text, "
        f"1 as row_id) to '{ordinary}' (format parquet)"
    )

    write_card(measured, ordinary, tmp_path / "card.md")

    card = (tmp_path / "card.md").read_text()
    for words in (
        load_tagger().name,
        "trust.jsonl",
        "| raw_milk | 1 |",
        "Spanish",
        "on Reddit",
    ):
        assert words in card
    assert "Not for judging people" in card
    assert "$" not in card
