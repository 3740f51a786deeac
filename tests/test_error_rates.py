"""How often the tagger errs: counted on labelled posts, drawn with what is not known of it."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.evaluation.error_rates import FILE, counted, is_labelled, write
from classifiers.tagger import load_tagger
from classifiers.taxonomy import load_taxonomy
from dashboards.language.english.limits import ERRORS, KNOWN_FROM, TOLD_STALE, errors
from flows.error_rates import known_error_rates
from flows.error_rates import tags as every_tag
from tests.labelled import gold, tags
from warehouse.error_rates import ERROR_RATES, LANGUAGES, Card, ErrorRates, joined, read_card
from warehouse.errors import GrapevineError
from warehouse.rate_posteriors import FALSE_POSITIVE, SENSITIVITY, Rates

MILK, MASKS = ("theme", "raw_milk"), ("theme", "masks")
EN = {"en": 1.0}
NAMES = ("true_positive_n", "false_negative_n", "false_positive_n", "true_negative_n")


def row(tag=MILK, counts=(0, 0, 0, 0), lang="en", **changes):
    """Counts of one tag: found, missed, wrongly found, rightly left."""
    plain = {"ordinary_tagged_n": 0, "ordinary_n": 0, "origin": "audit", "is_own_model": True}
    named = {"kind": tag[0], "tag_id": tag[1], "lang": lang}
    return named | plain | dict(zip(NAMES, counts, strict=True)) | changes


def rates(*rows):
    return ErrorRates(pa.Table.from_pylist(list(rows), schema=ERROR_RATES))


def drawn(known, shares=EN, draws_n=2_000):
    return known.draws(np.random.default_rng(1), draws_n, shares)


def files(tmp_path):
    for name in ("gold.jsonl", "posts.parquet"):
        (tmp_path / name).write_bytes(b"")
    return tmp_path / "gold.jsonl", tmp_path / "posts.parquet"


def count(tmp_path, pairs, ordinary=()):
    posts, tagged = zip(*pairs, strict=True)
    found = counted("t-1", posts, tagged, ordinary, load_taxonomy(), *files(tmp_path))
    by_tag = {(one.kind, one.tag_id, one.lang): one for one in found.counts}
    return found, by_tag


# Counting


def test_only_promoting_a_theme_is_a_positive_and_rebutting_it_is_none(tmp_path):
    pairs = [
        (gold("1", {"raw_milk": "promotes"}), tags(raw_milk="promotes")),
        (gold("2", {"raw_milk": "promotes"}), tags(raw_milk="refutes")),
        (gold("3", {"raw_milk": "refutes"}), tags(raw_milk="promotes")),
        (gold("4", {"raw_milk": "refutes"}), tags(raw_milk="refutes")),
        (gold("5"), tags()),
    ]

    _, found = count(tmp_path, pairs)

    milk = found["theme", "raw_milk", "en"]
    assert [getattr(milk, name) for name in NAMES] == [1, 1, 1, 2]


def test_signals_are_counted_alike_and_each_language_apart(tmp_path):
    pairs = [
        (gold("1", signals=["hostility"]), tags(signals=["hostility"])),
        (gold("2", signals=["hostility"], lang="es"), tags()),
    ]

    _, found = count(tmp_path, pairs)

    assert found["signal", "hostility", "en"].true_positive_n == 1
    assert found["signal", "hostility", "es"].false_negative_n == 1


def test_posts_that_do_not_count_as_health_and_labels_unsure_are_left_out(tmp_path):
    pairs = [
        (gold("1"), tags(health=0.1)),
        (gold("2", unsure=["raw_milk"]), tags(raw_milk="promotes")),
        (gold("3", theme_only=["raw_milk"]), tags(raw_milk="promotes")),
        (gold("4"), tags(health=0.1, raw_milk="mentions")),
    ]

    found, by_tag = count(tmp_path, pairs)

    milk = by_tag["theme", "raw_milk", "en"]
    assert [getattr(milk, name) for name in NAMES] == [0, 0, 0, 1]
    assert found.gold_n == {"en": 3, "es": 0}
    assert is_labelled(gold("5", signals_unsure=["hostility"]), "signal", "hostility") is None


def test_ordinary_posts_are_counted_by_what_the_tagger_says_alone(tmp_path):
    ordinary = [tags(raw_milk="promotes"), tags(raw_milk="refutes"), tags(), tags(health=0)]

    found, by_tag = count(tmp_path, [(gold("1"), tags())], ordinary)

    assert found.ordinary_n == {"en": 3, "es": 0}
    assert by_tag["theme", "raw_milk", "en"].ordinary_tagged_n == 1


def test_the_file_is_read_back_as_it_was_counted_and_holds_no_text(tmp_path):
    found, _ = count(tmp_path, [(gold("1", text="Zyzzyva"), tags())], [tags()])

    file = write(found, tmp_path / "out" / "rates.json")

    card = read_card(file)
    assert "Zyzzyva" not in file.read_text()
    assert card.model == "t-1"
    assert card.rows[0]["ordinary_n"] == 1
    assert len(card.rows) == len(found.counts)


@pytest.mark.parametrize("content", [None, "", "[]", '{"model": "t"}'])
def test_a_file_that_cannot_be_read_says_how_to_make_it_again(tmp_path, content):
    file = tmp_path / "rates.json"
    if content is not None:
        file.write_text(content)

    with pytest.raises(GrapevineError, match="grapevine evaluate --error-rates"):
        read_card(file)


def test_the_counts_we_ship_are_of_the_tagger_and_the_taxonomy_we_ship():
    held = json.loads(FILE.read_text())

    assert held["model"] == load_tagger().name
    assert held["taxonomy"] == load_taxonomy().version
    assert {(one["kind"], one["tag_id"]) for one in held["counts"]} == set(every_tag())


# Which counts are used


def test_the_audit_replaces_the_model_card_half_by_half():
    card = Card("t-1", (row(counts=(30, 10, 5, 500), ordinary_tagged_n=2, ordinary_n=90),))
    audited = pa.Table.from_pylist([row(counts=(0, 0, 3, 900))], schema=ERROR_RATES)

    table = joined(card, audited, "t-1", [MILK])

    found = {(one["lang"], one["origin"]): one for one in table.to_pylist()}
    own, other = found["en", "audit"], found["en", "model card"]
    assert [own[name] + other[name] for name in NAMES] == [30, 10, 3, 900]
    assert other["ordinary_n"] == 0
    assert ErrorRates(table).origin == "audit and model card"


def test_a_model_card_of_another_tagger_is_used_and_told():
    card = Card("t-1", (row(counts=(30, 10, 5, 500)),))

    own = ErrorRates(joined(card, ERROR_RATES.empty_table(), "t-1", [MILK]))
    other = ErrorRates(joined(card, ERROR_RATES.empty_table(), "t-2", [MILK]))

    assert (own.is_own_model, other.is_own_model) == (True, False)
    assert drawn(own)[0].mean() == drawn(other)[0].mean()
    assert other.origin == "model card"


def test_a_run_knows_the_rates_of_every_tag_from_its_first_day(home):
    known = ErrorRates(known_error_rates(home, is_sample=False))

    assert list(known.tags) == every_tag()
    assert (known.origin, known.is_own_model) == ("model card", True)


def test_pages_say_what_shares_are_corrected_by():
    assert errors(None) == ERRORS
    assert "before any audit" in errors("model card")
    assert errors("audit") == f"{ERRORS} {KNOWN_FROM['audit']}"
    assert errors("model card, of another version").endswith(TOLD_STALE)


# Draws


def test_draws_of_a_tag_with_many_counts_keep_to_them():
    se, fp = drawn(rates(row(counts=(800, 200, 50, 9_950))))

    assert se.mean() == pytest.approx(0.8, abs=0.01)
    assert fp.mean() == pytest.approx(0.005, abs=0.0005)
    assert se.std() == pytest.approx(np.sqrt(0.8 * 0.2 / 1_000), rel=0.15)


def test_a_tag_with_few_counts_leans_on_the_others_and_says_less():
    many = [row(("theme", f"t{n}"), (80, 20, 2, 998)) for n in range(8)]
    se, fp = drawn(rates(*many, row(MASKS, (0, 2, 0, 20))))

    assert 0.3 < se[:, -1].mean() < 0.8
    assert se[:, -1].std() > 1.5 * se[:, 0].std()
    assert fp[:, -1].mean() < 0.01


def test_a_tag_of_which_nothing_is_known_gets_the_spread_of_the_others():
    alike = [row(("theme", f"t{n}"), (600, 400, 10, 990)) for n in range(6)]
    unlike = [row(("theme", f"t{n}"), (1_000 - 150 * n, 150 * n, 10, 990)) for n in range(6)]

    narrow, wide = (drawn(rates(*rows, row(MASKS)))[0][:, -1].std() for rows in (alike, unlike))

    assert narrow < wide


def test_signals_do_not_lean_on_themes():
    themes = [row(("theme", f"t{n}"), (990, 10, 0, 1_000)) for n in range(5)]
    signal = row(("signal", "hostility"), (1, 3, 0, 10))

    alone, beside = drawn(rates(signal))[0], drawn(rates(*themes, signal))[0]

    assert beside[:, -1].mean() == pytest.approx(alone[:, 0].mean(), abs=0.03)


def test_ordinary_posts_cap_the_false_positives_and_never_raise_them():
    counts = (30, 10, 5, 495)

    free = drawn(rates(row(counts=counts)))[1]
    capped = drawn(rates(row(counts=counts, ordinary_tagged_n=1, ordinary_n=2_000)))[1]
    uncapped = drawn(rates(row(counts=counts, ordinary_tagged_n=900, ordinary_n=2_000)))[1]

    assert capped.mean() < free.mean() / 2
    assert uncapped.mean() == pytest.approx(free.mean(), rel=0.05)


def test_rates_are_mixed_by_the_share_of_each_language():
    known = rates(row(counts=(900, 100, 0, 9_999)), row(counts=(300, 700, 0, 9_999), lang="es"))

    english, spanish, half = (
        drawn(known, shares)[0].mean() for shares in (EN, {"es": 1}, {"en": 2, "es": 2})
    )

    assert (english, spanish) == (pytest.approx(0.9, abs=0.02), pytest.approx(0.3, abs=0.02))
    assert half == pytest.approx(0.6, abs=0.02)


def test_languages_without_tags_are_passed_over_and_short_posts_are_read_as_english():
    known = rates(row(counts=(900, 100, 0, 9_999)), row(counts=(300, 700, 0, 9_999), lang="es"))

    for shares in ({"en": 0.5, "other": 0.5}, {"und": 1.0}, {"other": 1.0}, {}):
        assert drawn(known, shares)[0].mean() == pytest.approx(0.9, abs=0.02)


def test_the_same_seed_gives_the_same_draws_in_any_number_of_parts():
    known = rates(row(counts=(9, 3, 1, 80)), row(MASKS))

    first, again = drawn(known, draws_n=450), drawn(known, draws_n=450)

    assert first[0].shape == (450, 2)
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])


_counts = st.tuples(*[st.floats(0, 500)] * 4)


@settings(max_examples=30, deadline=None)
@given(st.lists(_counts, min_size=1, max_size=5), st.integers(0, 40), st.floats(0, 1))
def test_whatever_was_counted_a_tag_is_no_oftener_named_where_it_is_not(counts, tagged, share):
    rows = [
        row(("theme", f"t{n}"), one, lang, ordinary_tagged_n=tagged, ordinary_n=tagged + 10)
        for n, one in enumerate(counts)
        for lang in LANGUAGES
    ]

    se, fp = drawn(rates(*rows), {"en": share, "es": 1 - share}, 50)

    assert np.isfinite(se).all()
    assert np.isfinite(fp).all()
    assert ((fp > 0) & (fp <= se) & (se < 1)).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000))
def test_90_percent_intervals_hold_the_rate_that_made_the_counts_9_times_in_10(seed):
    rng = np.random.default_rng(seed)
    true = rng.beta(0.6 * 8, 0.4 * 8, 60)
    n = rng.integers(1, 40, 60)
    yes = rng.binomial(n, true).astype(float)
    none = np.zeros(60)

    draws = Rates(yes, n - yes, none, none, SENSITIVITY).draws(rng, 400)

    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    assert 45 <= ((low <= true) & (true <= high)).sum() <= 60


def test_false_positives_reach_as_low_as_they_are():
    none = np.zeros(3)
    draws = Rates(none, np.full(3, 5_000.0), none, none, FALSE_POSITIVE).draws(
        np.random.default_rng(0), 500
    )

    assert np.quantile(draws, 0.95) < 0.001
