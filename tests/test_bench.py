"""The pieces of the tagger's benchmark; the benchmark itself is run by hand."""

import math
import platform
import random
import sys
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import duckdb
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.bench import parts
from classifiers.bench.__main__ import main
from classifiers.bench.disguises import FORMS
from classifiers.bench.draw import draw
from classifiers.bench.fuzz import Naming, attacked, disguised, is_in_range
from classifiers.bench.gate import Asked, asked, drawn, mixed
from classifiers.bench.gold import scored
from classifiers.bench.hostile import HEAVY, LIGHT, TEN_MB, hostile, kind_of, numbered
from classifiers.bench.processes import Cost, Speed, measured, middle
from classifiers.bench.report import NOT_MEASURED, machine, page
from classifiers.bench.run import FROZEN, Encoders, Results, Way
from classifiers.bench.sizes import PASSING, QUICK, WHOLE
from classifiers.jsonlines import TagLine, read_lines
from classifiers.linear.model import LinearModel
from classifiers.linear.weights import WEIGHTS, load
from classifiers.normalise import normalise
from classifiers.tagger import Tagger, Tags, ThemeTag
from classifiers.tagger.calibration import of_linear
from classifiers.taxonomy import load_taxonomy
from tests.tagging import RuleEncoder
from warehouse.errors import GrapevineError, InputError

LIGHT_NUMBERS = range(len(LIGHT))


@pytest.fixture(scope="module")
def linear():
    """The tf-idf heads that ship."""
    return LinearModel(load(WEIGHTS)[0])


@pytest.fixture(scope="module")
def tagger(linear):
    """A tagger with a gate, whose encoders follow rules."""
    alone = of_linear(linear.weights)
    encoders = {name: (RuleEncoder(), alone) for name in ("english", "spanish")}
    return Tagger("small", load_taxonomy(), linear, alone, encoders)


@pytest.fixture(scope="module")
def tfidf(linear):
    return Tagger("tfidf", load_taxonomy(), linear, of_linear(linear.weights), {})


def collection(folder, posts):
    """A Parquet file of (row_id, dataset, text)."""
    file = folder / "posts.parquet"
    with duckdb.connect() as con:
        con.execute("create table posts (row_id varchar, dataset varchar, text varchar)")
        con.executemany("insert into posts values (?, ?, ?)", posts)
        con.execute(f"copy posts to '{file}' (format parquet)")
    return file


CLAIM = "raw milk cured my asthma and fluoride in the water is poison, batch"
CHATTER = "the road by the lake is closed until friday and the dog slept, day"


def town(folder, posts_n=40):
    """Claims and chatter in turn, half of them from an ordinary collection."""
    return collection(
        folder,
        [
            (
                f"id{n}",
                "ordinary_town" if n % 4 < 2 else "other",
                f"{(CLAIM, CHATTER)[n % 2]} {n}",
            )
            for n in range(posts_n)
        ],
    )


def test_hostile_inputs_are_the_same_every_time():
    assert [numbered(n) for n in LIGHT_NUMBERS] == list(hostile(len(LIGHT)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), st.integers(0, 5))
def test_a_hostile_input_depends_on_its_number_and_the_seed_only(number, seed):
    first = numbered(number, seed)
    numbered(number + 200, seed)

    assert numbered(number, seed) == first


def test_another_seed_gives_other_inputs():
    assert [numbered(n, 1) for n in LIGHT_NUMBERS] != [numbered(n, 2) for n in LIGHT_NUMBERS]


@pytest.mark.parametrize("sizes", [WHOLE, QUICK], ids=["whole", "quick"])
def test_every_kind_of_hostile_input_comes_and_the_heavy_ones_seldom(sizes):
    counted = Counter(kind_of(number) for number in range(sizes.hostile_n))

    assert set(counted) == LIGHT.keys() | HEAVY.keys()
    assert sum(counted[kind] for kind in HEAVY) <= 0.01 * sizes.hostile_n
    assert min(counted[kind] for kind in LIGHT) >= 0.8 * sizes.hostile_n / len(LIGHT) - 2


def texts_of(kind, tries=3):
    numbers = [n for n in range(100) if kind_of(n) == kind][:tries]
    return [numbered(number).text for number in numbers]


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("empty", lambda text: text == ""),
        ("blank", lambda text: not any(c.isprintable() and c != " " for c in text)),
        ("emoji only", lambda text: not any(c.isalpha() for c in text)),
        ("zero-width signs", lambda text: "\u200b" in text),
        ("look-alike letters", lambda text: any("\u0370" <= c <= "\u04ff" for c in text)),
        ("right to left", lambda text: any(c in "لקחחس" for c in text)),
        ("lone surrogates", lambda text: any("\ud800" <= c <= "\udfff" for c in text)),
        ("control signs", lambda text: "\x00" in text),
        ("towers of marks", lambda text: any(unicodedata.combining(c) for c in text)),
        ("random bytes", lambda text: "\ufffd" in text),
    ],
)  # fmt: skip
def test_a_kind_holds_what_it_is_named_for(kind, holds):
    assert all(holds(text) for text in texts_of(kind))


def test_the_heavy_kinds_are_heavy():
    mentions, claims, word, _, longest = (numbered(100 + place).text for place in range(5))

    assert mentions.count("@") == 100_000
    assert len(claims) == TEN_MB
    assert len(set(word)) == 1
    assert len(longest) > 39_000


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(st.characters(codec="utf-8"), max_size=40), seed=st.integers(0, 9))
def test_any_text_can_be_disguised_and_always_alike(form, text, seed):
    first, second = (FORMS[form](text, random.Random(seed)) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("form", FORMS)
def test_a_disguise_changes_the_post(form):
    assert FORMS[form](CLAIM, random.Random(1)) != CLAIM


@pytest.mark.parametrize("form", [*FORMS][:8])
def test_the_disguises_that_normalising_undoes_leave_the_same_tokens(form):
    text = "vaccines cause autism and the doctors know this"

    assert normalise(FORMS[form](text, random.Random(1))) == normalise(text)


def posts_of(passes):
    return [
        Asked(f"id{n}", f"text {n}", "en", "passed" if is_passing else "stopped")
        for n, is_passing in enumerate(passes)
    ]


@given(
    st.lists(st.booleans(), min_size=1, max_size=300),
    st.integers(10, 60),
    st.sampled_from([0.16, 0.5]),
)
def test_mixed_posts_have_the_wanted_share_and_keep_their_order(passes, count, share):
    found = mixed(posts_of(passes), count, share)

    passing_n = sum(post.gate == "passed" for post in found)
    assert len(found) <= count
    assert abs(passing_n - share * len(found)) <= 2
    assert found == sorted(found, key=lambda post: int(post.id[2:]))


def test_there_are_as_many_mixed_posts_as_wanted_where_there_are_enough():
    found = mixed(posts_of([True, False] * 100), 100, PASSING)

    assert len(found) == 100
    assert sum(post.gate == "passed" for post in found) == 16


def test_a_post_drawn_by_lot_does_not_count_as_passing():
    drawn_by_lot = [Asked("a", "x", "en", "drawn")] * 10

    assert mixed([*drawn_by_lot, *posts_of([True] * 5)], 10, 0.2).count(drawn_by_lot[0]) == 8


def test_posts_are_drawn_by_checksum_each_text_once(tmp_path):
    file = collection(
        tmp_path, [("a", "x_1", "same"), ("b", "x_2", "same"), ("c", "y_1", "other")]
    )

    assert {text for _, text in drawn(file)} == {"same", "other"}
    assert len(drawn(file)) == 2
    assert [text for _, text in drawn(file, "y_")] == ["other"]
    assert drawn(file) == drawn(file)


def test_the_draw_does_not_follow_the_order_of_the_file(tmp_path):
    ids = [row_id for row_id, _ in drawn(town(tmp_path))]

    assert ids != sorted(ids, key=lambda row_id: int(row_id[2:]))


def test_a_file_that_is_no_parquet_is_refused_in_one_line(tmp_path):
    file = tmp_path / "posts.parquet"
    file.write_text("no")

    with pytest.raises(InputError, match="cannot be read as Parquet") as refused:
        drawn(file)

    assert "\n" not in str(refused.value)


def test_a_collection_without_the_wanted_posts_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no post of a data set named policyposse_"):
        drawn(town(tmp_path), "policyposse_")


def test_the_gate_is_asked_as_the_tagger_asks_it(tagger, linear):
    texts = [numbered(n).text for n in LIGHT_NUMBERS]
    texts += [f"{CLAIM} {n}" for n in range(20)] + [f"{CHATTER} {n}" for n in range(200)]

    found = list(asked([(str(n), text) for n, text in enumerate(texts)], linear))

    assert [(post.gate, post.lang) for post in found] == [
        (tags.gate, tags.lang) for tags in tagger.tag(texts)
    ]
    assert {post.gate for post in found} >= {"passed", "stopped"}


def test_drawing_writes_three_files_that_do_not_tell_the_language(tmp_path, linear):
    narrow = LinearModel(linear.weights)
    narrow.gate_from = float(narrow.read([normalise(CLAIM), normalise(CHATTER)]).gate.mean())
    wanted = parts.Draw(
        posts=town(tmp_path), folder=tmp_path, mixed_n=10, share=0.5,
        ordinary="ordinary_", ordinary_n=12, encoder_n=6,
    )  # fmt: skip

    found = draw(wanted, narrow)

    assert found.mixed == parts.File(10, 5, found.mixed.read_n)
    assert found.ordinary.posts_n == 12
    assert found.english == parts.File(6, 6, 6)
    lines = list(read_lines(tmp_path / "english.jsonl", TagLine))
    assert all(line.text.startswith(CLAIM) for line in lines)
    assert {line.lang for line in lines} == {None}


def python(code):
    return [sys.executable, "-c", code]


def test_a_process_is_measured_by_clock_cpu_and_peak_memory():
    idle = measured(python("import time; time.sleep(0.3)"))
    busy = measured(python("x = bytearray(200_000_000); x[::4096] = b'1' * len(x[::4096])"))

    assert idle.wall_s >= 0.3
    assert idle.cpu_s < idle.wall_s
    assert 3 < idle.peak_mb < 60
    assert 200 < busy.peak_mb < 300


def test_the_memory_of_whoever_measures_does_not_count():
    ballast = bytearray(300_000_000)
    ballast[::4096] = b"1" * len(ballast[::4096])

    assert measured(python("pass")).peak_mb < 60


def test_a_command_that_fails_is_told_in_one_line_with_its_last_words():
    with pytest.raises(GrapevineError, match="ended with 3: out of hay") as failed:
        measured(python("import sys; sys.stderr.write('out of hay'); sys.exit(3)"))

    assert "\n" not in str(failed.value)


def test_of_several_runs_the_middle_counts_and_the_highest_peak():
    runs = [Cost(3, 1, 10), Cost(1, 2, 30), Cost(2, 3, 20)]

    assert middle(runs) == Cost(2, 3, 30)


def test_speed_is_posts_over_seconds():
    speed = Speed(100, Cost(wall_s=4, cpu_s=5, peak_mb=1))

    assert (speed.by_clock, speed.by_cpu) == (25, 20)


def test_what_is_asked_of_a_part_comes_through_json():
    wanted = parts.Fit("e5", [Path("a.jsonl")], Path("p"), Path("g"), 7, Path("f"))

    sent = msgspec.json.encode(wanted, enc_hook=str)

    assert msgspec.json.decode(sent, type=parts.Fit, dec_hook=parts.path) == wanted


def test_a_part_answers_from_a_process_of_its_own():
    named, cost = parts.ask("first_post", parts.Nothing(), parts.Named)

    assert named.tagger.startswith("tfidf")
    assert 40 < cost.peak_mb < 1000
    assert cost.wall_s > 0.1


def test_a_part_that_fails_says_why(tmp_path):
    missing = parts.ReadFile(tmp_path / "none.jsonl")

    with pytest.raises(GrapevineError, match=r"none\.jsonl cannot be read"):
        parts.ask("our_encoder", missing, parts.ReadIn)


def test_hostile_inputs_are_counted_by_kind_and_get_tags_in_range(tfidf):
    found = attacked(tfidf, parts.Attack(hostile_n=2 * len(LIGHT), disguised_n=2))

    assert {kind.inputs_n for kind in found.kinds.values()} == {2}
    assert found.kinds.keys() == LIGHT.keys()
    assert found.out_of_range_n == 0
    assert all(kind.slowest_s > 0 for kind in found.kinds.values())
    assert found.disguises.keys() == FORMS.keys()


def test_posts_that_keep_their_tags_in_disguise_are_counted(tfidf):
    found = disguised(tfidf, [CLAIM, "Those 5G towers make us all sick"])

    assert found["capitals"] == parts.Disguise(2, 2)
    assert found["zero-width spaces in words"] == parts.Disguise(2, 2)
    assert found["spaced letters"].same_n < 2


@pytest.mark.parametrize("score", [-0.1, 1.1, math.nan])
def test_a_score_outside_0_to_1_is_seen_wherever_it_stands(score):
    theme = {"masks": ThemeTag(0.5, "asks", score, None)}

    assert not is_in_range(Tags("en", score))
    assert not is_in_range(Tags("en", 0.5, theme))
    assert not is_in_range(Tags("en", 0.5, signals={"hostility": score}))
    assert not is_in_range(Tags("en", 0.5, unsure={"masks": score}))
    assert is_in_range(Tags("en", 0.0, signals={"hostility": 1.0}))


def test_a_bug_keeps_its_traceback_and_names_the_input():
    with pytest.raises(ZeroDivisionError) as bug, Naming("input 7, markup"):
        _ = 1 / 0

    assert bug.value.__notes__ == ["It came from hostile input 7, markup, seed 20261122."]


def test_a_way_to_tag_is_scored_and_timed(tmp_path):
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        '{"id": "a", "text": "x", "lang": "en", "themes": {"masks": "promotes"}}\n'
        '{"id": "b", "text": "y", "lang": "es", "themes": {}}\n'
        '{"id": "c", "text": "z", "lang": "es", "themes": {}}\n'
    )
    asked_of = []

    def tag(texts, langs):
        asked_of.append((texts, langs))
        theme = {"masks": ThemeTag(0.9, "promotes", 0.9, None)}
        return [Tags("en", 0.9, theme if text == "x" else {}) for text in texts]

    found = scored("made up", tag, gold, 2)

    assert asked_of[1:] == [(["x", "y"], ["en", "es"])]
    assert (found.tagger, found.posts_n) == ("made up", 2)
    assert found.scores["theme_micro_f1"] == 1
    assert found.tagging_s < 1


SCORED = {
    "theme_micro_f1": 0.711,
    "theme_macro_f1": 0.612,
    "promotes_f1": 0.513,
    "refutes_called_promotes": 0.114,
    "signal_micro_f1": 0.415,
    "health_f1": 0.816,
    "theme_ece": 0.017,
}
RUN = Cost(wall_s=10.0, cpu_s=16.0, peak_mb=432.1)


def results(titles, **changes):
    """Made-up results; name only what the test is about."""
    way = Way(parts.Scored("made-up-1234", 700, 3.5, SCORED), RUN)
    found = {
        "tagger": parts.Named("made-up-1234", True),
        "start": Cost(0.912, 0.8, 261.7),
        "drawn": parts.Drawn(
            parts.File(20_000, 3_200, 3_460),
            parts.File(5_000, 1_000, 1_060),
            parts.File(9, 9, 9),
        ),
        "mixed": Speed(20_000, RUN),
        "ordinary": Speed(5_000, RUN),
        "ways": dict.fromkeys(["our tagger", "its tf-idf heads alone", *titles], way),
        "fitted": parts.Fitted(12_345, 1_234),
        "encoders": Encoders(parts.ReadIn(900, 3.0), RUN, parts.ReadIn(900, 12.0), RUN),
        "attack": parts.Attacked(
            {"empty": parts.Kind(9, 0, 0.001), "markup": parts.Kind(1, 4_321, 2.5)},
            {"capitals": parts.Disguise(20, 19)},
            out_of_range_n=0,
            moved_n=3,
        ),
        "attack_cost": Cost(600.0, 900.0, 555.5),
    }
    return Results(**(found | changes))


def test_the_page_shows_what_was_measured():
    written = page(results(FROZEN.values()), WHOLE, is_quick=False)

    for shown in (
        "made-up-1234",
        "0.91 s by the clock",
        "262 MB",
        "| mixed posts | 20,000 | 16.0 % | 17.3 % | 2,000 | 1,250 | 10.0 | 432 |",
        "| our tagger | 0.71 | 0.61 | 0.51 | 0.11 | 0.41 | 0.82 | 0.02 | 200 | 10.0 |",
        "learnt from 12,345 rows",
        "Our tagger's posts a second are 1.0 times those of frozen all-MiniLM-L6-v2",
        "4.0 times as many posts",
        "10 inputs",
        "The slowest took 2.5 s (markup",
        "| capitals | 20 | 95 % |",
    ):
        assert shown in written
    assert "$" not in written
    assert "This run: whole." in written


def test_the_page_says_what_could_not_be_measured_without_the_train_extra():
    written = page(results([], fitted=None, encoders=None), WHOLE, is_quick=False)

    assert written.count(NOT_MEASURED) == len(FROZEN) + 2
    assert all(f"| {title} | {NOT_MEASURED} |" in written for title in FROZEN.values())


def test_the_page_says_when_no_encoder_is_shipped():
    written = page(results(FROZEN.values(), encoders=None), WHOLE, is_quick=False)

    assert "no English encoder is shipped" in written
    assert NOT_MEASURED not in written


def test_a_quick_page_says_that_it_is_not_to_be_quoted():
    assert "not to be quoted" in page(results(FROZEN.values()), QUICK, is_quick=True)


def test_the_page_tells_the_machine_by_cores_and_processor_only():
    written = page(results(FROZEN.values()), WHOLE, is_quick=False)

    assert machine() in written
    assert platform.node() not in written
    assert str(Path(__file__).parents[1]) not in written


def test_every_row_of_a_table_has_as_many_cells_as_its_header():
    for found in (results(FROZEN.values()), results([], fitted=None, encoders=None)):
        lines = page(found, WHOLE, is_quick=False).splitlines()
        tables = [line.count("|") if line.startswith("|") else 0 for line in lines]

        assert all(a == b for a, b in pairwise(tables) if a and b)


def test_the_command_names_the_file_that_is_missing(tmp_path):
    shown = CliRunner().invoke(main, ["--gold", str(tmp_path / "gold.jsonl"), "--posts", "x"])

    assert shown.exit_code == 2
    assert "gold.jsonl" in shown.output


def test_a_wrong_gold_file_is_refused_before_anything_is_measured(tmp_path):
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": 1}\n')

    shown = CliRunner().invoke(main, ["--gold", str(gold), "--posts", str(gold)])

    assert shown.exit_code == 1
    assert shown.output.startswith("Error: ")
    assert "line 1 is not a post" in shown.output
