"""A claim added today is caught today, on posts that say it in other words."""

import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.claims import CATALOGUE
from classifiers.claims.add import Draft, add_claim
from classifiers.encoder import Reading
from classifiers.encoder.files import MODELS
from classifiers.scores import Scores
from classifiers.tagger.fresh import COUNTS_FROM, UNSURE_FROM, raised
from classifiers.tagger.shipped import load_tagger, read_tagger
from classifiers.taxonomy import TAXONOMY, load_taxonomy, read_taxonomy
from classifiers.training.rows import CORPUS, read_rows
from tests.tagging import SIGNALS, THEMES, calibration

WRITTEN = Path(__file__).parents[1] / "classifiers" / "corpus" / "fresh_claims.toml"
FRESH = tomllib.loads(WRITTEN.read_text(encoding="utf-8"))["claim"]
MILK, MASKS = THEMES.index("raw_milk"), THEMES.index("masks")
BY = calibration()


def reading(*likeness):
    """Posts of one window whose meaning is so like the claim's, which is the first axis."""
    posts_n = len(likeness)
    nothing = np.zeros((posts_n, len(THEMES)), np.float32)
    scores = Scores(
        nothing,
        np.zeros((posts_n, len(SIGNALS)), np.float32),
        np.zeros((posts_n, 1), np.float32),
        np.zeros((posts_n, len(THEMES), 4), np.float32),
    )
    like = np.array(likeness, np.float32)
    meaning = np.stack([like, np.sqrt(1 - like**2)], axis=1)
    where = np.tile(np.arange(posts_n)[:, None], (1, len(THEMES)))
    return Reading(scores, meaning, where)


CLAIM = np.array([[1, 0]], np.float32)


def lifted(themes, *likeness, meanings=CLAIM, theme_of=(MILK,)):
    return raised(themes, reading(*likeness), meanings, np.array(theme_of), BY)


def unlikely(posts_n):
    return np.full((posts_n, len(THEMES)), 0.01, np.float32)


def test_a_post_near_a_fresh_claim_gets_the_least_score_that_counts():
    themes, because = lifted(unlikely(1), COUNTS_FROM + 0.01)

    assert themes[0, MILK] == BY.theme_from[MILK]
    assert because[0, MILK] == 0


def test_a_post_less_near_is_left_to_a_reader():
    themes, because = lifted(unlikely(1), (COUNTS_FROM + UNSURE_FROM) / 2)

    assert themes[0, MILK] == BY.unsure_from[MILK] < BY.theme_from[MILK]
    assert because[0, MILK] == -1


def test_a_post_far_from_it_and_every_other_theme_stay_as_they_were():
    before = unlikely(2)

    themes, because = lifted(before, UNSURE_FROM - 0.01, 0.99)

    assert themes[0].tolist() == before[0].tolist()
    assert np.delete(themes[1], MILK).tolist() == np.delete(before[1], MILK).tolist()
    assert (np.delete(because[1], MILK) == -1).all()


def test_a_theme_that_the_models_found_keeps_its_higher_score():
    sure = np.full((1, len(THEMES)), 0.97, np.float32)

    themes, _ = lifted(sure, 0.99)

    assert themes[0, MILK] == np.float32(0.97)


def test_of_two_fresh_claims_of_a_theme_the_nearer_is_named():
    meanings = np.array([[0.8, 0.6], [1, 0]], np.float32)

    _, because = lifted(unlikely(1), 0.98, meanings=meanings, theme_of=(MILK, MILK))

    assert because[0, MILK] == 1


def test_each_fresh_claim_raises_its_own_theme():
    meanings = np.array([[1, 0], [0, 1]], np.float32)

    _, because = lifted(unlikely(2), 1.0, 0.0, meanings=meanings, theme_of=(MILK, MASKS))

    assert (because[0, MILK], because[1, MASKS]) == (0, 1)
    assert (because[0, MASKS], because[1, MILK]) == (-1, -1)


@given(st.floats(-1, 1, width=32), st.floats(0, 1, width=32))
def test_no_fresh_claim_ever_lowers_a_score_or_puts_it_out_of_range(likeness, before):
    themes, _ = lifted(np.full((1, len(THEMES)), before, np.float32), likeness)

    assert before <= themes[0, MILK] <= 1


@pytest.fixture(scope="module")
def monday(tmp_path_factory):
    """The shipped models, after the fresh claims were added to a copy of the catalogue."""
    catalogue = tmp_path_factory.mktemp("monday") / "claims.toml"
    catalogue.write_bytes(CATALOGUE.read_bytes())
    ids = [_added(new, catalogue) for new in FRESH]
    return read_tagger(MODELS, read_taxonomy(TAXONOMY, catalogue)), ids


def _added(new, catalogue):
    draft = Draft(new["theme"], new["en"], new["es"])
    return add_claim(draft, date(2026, 11, 23), catalogue).id


def caught(tagger, ids, kind):
    """For each fresh claim, how many of its posts carry it."""
    return [
        sum(
            tag.claim_id == claim_id
            for tags in tagger.tag(new[kind])
            for tag in tags.themes.values()
        )
        for new, claim_id in zip(FRESH, ids, strict=True)
    ]


def test_a_claim_added_today_is_caught_today_on_posts_that_word_it_differently(monday):
    passed_on = caught(*monday, "pass_it_on")

    assert sum(found > 0 for found in passed_on) >= 0.6 * len(FRESH)
    assert sum(passed_on) >= 0.4 * sum(len(new["pass_it_on"]) for new in FRESH)


def test_posts_on_the_same_things_that_do_not_make_the_claim_are_mostly_left_alone(monday):
    wrongly = caught(*monday, "do_not")

    assert sum(wrongly) <= 0.2 * sum(len(new["do_not"]) for new in FRESH)


def test_more_posts_have_the_claims_theme_than_the_day_before(monday):
    today, _ = monday

    def themed(tagger):
        return sum(
            new["theme"] in tags.themes
            for new in FRESH
            for tags in tagger.tag(new["pass_it_on"])
        )

    assert themed(today) >= themed(load_tagger()) + 5


def test_the_measured_claims_are_in_no_catalogue_and_share_no_post_with_the_corpus():
    taxonomy = load_taxonomy()
    claims = taxonomy.catalogue.claims
    known = {text for claim in claims for text in (claim.text_en, claim.text_es)}
    posts = {post for new in FRESH for kind in ("pass_it_on", "do_not") for post in new[kind]}

    assert not known & {new[lang] for new in FRESH for lang in ("en", "es")}
    written = read_rows(sorted(CORPUS.glob("*.jsonl")), taxonomy)
    assert not posts & {row.text for row in written}
