"""The audit: posts drawn for a reader, answers entered once, counts weighted as drawn."""

import csv
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.tagger import Tags, ThemeTag
from flows.cli import main
from flows.intake import Window
from flows.landed import state
from flows.tagging import tag_rows
from tests.test_retention import content
from warehouse import deletions
from warehouse.audit import labels
from warehouse.audit.answers import add
from warehouse.audit.counts import Answers, Stratum, _row, audited
from warehouse.audit.drawing import COLUMNS, Plan, draw
from warehouse.erasure import erase
from warehouse.errors import DataFolderError, InputError
from warehouse.keys import AuthorKeys
from warehouse.lake import merge, posts_table
from warehouse.records import Post
from warehouse.weeks import Week

WEEK = Week(2024, 10)
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
TODAY = date(2024, 3, 12)
NOWHERE = {
    "state": None, "county_fips": None, "level": "none", "basis": "none", "place_score": 0.0,
}  # fmt: skip
KNOWN = {"theme": ["raw_milk", "fluoride"], "signal": ["hostility"]}
PLAIN = Tags("en", 0.9)
MILK = Tags("en", 0.9, themes={"raw_milk": ThemeTag(0.9, "promotes", 0.9, None)})
REBUTS = Tags("en", 0.9, themes={"raw_milk": ThemeTag(0.9, "refutes", 0.9, None)})
UNSURE = Tags("en", 0.9, unsure={"raw_milk": 0.3})
ANGRY = Tags("en", 0.9, signals={"hostility": 0.8})
CHATTER = Tags("en", 0.1)
FRENCH = Tags("other", 0.9)
WORD = "Zyzzyva"
USUAL = Plan()


def fill(home, *groups, model="tagger-1 locator claims copies", source="import", at=NOON):
    """Put groups of (how many, tags) into the lake; posts are numbered through."""
    tagged = [tags for posts_n, tags in groups for _ in range(posts_n)]
    posts = [
        Post(f"{source}:n{n}", source, posted_at=at, text=f"{WORD}{n}z said", author=f"a{n}")
        for n, _ in enumerate(tagged)
    ]
    table = posts_table(posts, AuthorKeys(home))
    places = pa.Table.from_pylist([NOWHERE] * len(posts))
    merge(home, table, tag_rows(table, places, tagged, model))


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def questions(home, tmp_path, plan=USUAL, **changes):
    draw(home, WEEK, plan, tmp_path / "q.csv", KNOWN, **changes)
    return read(tmp_path / "q.csv")


def answer(path, rows, **by_tag):
    """Write rows with an answer by tag_id (`none` unless told), as the reader `ana`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            said = {"label_true": by_tag.get(row["tag_id"], "none"), "labeller": "ana"}
            writer.writerow({**row, **said})
    return path


def counted(home):
    return {(row["kind"], row["tag_id"], row["lang"]): row for row in
            audited(home, "tagger-1", False).to_pylist()}  # fmt: skip


# The draw


def test_posts_are_drawn_by_what_the_tagger_said_of_them_and_for_all_tags_at_once(
    home, tmp_path
):
    fill(home, (20, MILK), (20, REBUTS), (20, UNSURE), (20, ANGRY), (20, CHATTER))

    drawn = questions(home, tmp_path, Plan(each_n=3, near_n=2, any_n=5))

    kinds = [(row["kind"], row["tag_id"]) for row in drawn]
    assert kinds.count(("theme", "raw_milk")) == 3 + 2
    assert kinds.count(("signal", "hostility")) == 3
    assert kinds.count(("any", "any")) == 5
    assert len(kinds) == 13


def test_each_question_keeps_how_likely_its_post_was_to_be_drawn(home, tmp_path):
    fill(home, (30, MILK), (10, UNSURE), (10, CHATTER))

    questions(home, tmp_path, Plan(each_n=3, near_n=20, any_n=8))

    rows = labels.read(home).to_pylist()
    likely = {row["stratum"]: (row["stratum_n"], row["inclusion_probability"]) for row in rows}
    assert likely == {"tagged": (30, 0.1), "near": (10, 1.0), "any": (40, 0.2)}


def test_the_same_week_draws_the_same_posts_and_another_week_others(home, tmp_path):
    fill(home, (40, MILK))
    fill(home, (40, MILK), at=NOON + timedelta(days=7))

    plan = Plan(each_n=8, any_n=0)
    first = questions(home, tmp_path, plan)
    again = questions(home, tmp_path, plan)

    assert again == first
    assert draw(home, Week(2024, 11), plan, tmp_path / "next.csv", KNOWN) == 8
    assert {row["post_id"] for row in read(tmp_path / "next.csv")} != {
        row["post_id"] for row in first
    }


def test_each_language_is_drawn_apart_and_posts_in_others_are_not(home, tmp_path):
    spanish = Tags("es", 0.9, themes=MILK.themes)
    fill(home, (50, MILK), (2, spanish), (9, FRENCH), (3, Tags("und", 0.9)))

    drawn = questions(home, tmp_path, Plan(each_n=4, near_n=0, any_n=0))

    assert sorted(row["lang"] for row in drawn) == ["en"] * 4 + ["es"] * 2


def test_the_reader_is_not_told_what_the_tagger_said(home, tmp_path):
    fill(home, (5, MILK), (5, UNSURE))

    drawn = questions(home, tmp_path)

    assert tuple(drawn[0]) == COLUMNS
    assert {row["label_true"] + row["labeller"] for row in drawn} == {""}
    assert not any(
        word in column for word in ("score", "stratum", "probab") for column in COLUMNS
    )


def test_only_the_owner_may_read_the_questions_and_no_text_becomes_a_formula(home, tmp_path):
    post = Post("import:1", "import", posted_at=NOON, text="=1+1", author="a")
    table = posts_table([post], AuthorKeys(home))
    merge(home, table, tag_rows(table, pa.Table.from_pylist([NOWHERE]), [MILK], "m"))

    (drawn, *_) = questions(home, tmp_path)

    assert drawn["text"] == "'=1+1"
    assert (tmp_path / "q.csv").stat().st_mode & 0o077 == 0


def test_a_place_that_cannot_be_written_is_named(home, tmp_path):
    with pytest.raises(DataFolderError, match="cannot be written"):
        draw(home, WEEK, Plan(), tmp_path / "missing" / "q.csv", KNOWN)


def test_a_week_without_posts_asks_nothing(home, tmp_path):
    assert questions(home, tmp_path) == []


# Answers


def test_answers_are_entered_and_adding_them_again_changes_no_byte(home, tmp_path):
    fill(home, (12, MILK), (12, PLAIN))
    file = answer(tmp_path / "a.csv", questions(home, tmp_path), raw_milk="promotes")

    first = add(home, file, KNOWN, TODAY)
    before = home.audit_labels.read_bytes()
    again = add(home, file, KNOWN, TODAY + timedelta(days=3))

    assert (first.added_n, first.unusable) == (8 + 24, [])
    assert (again.added_n, again.same_n) == (0, 32)
    assert home.audit_labels.read_bytes() == before


def test_a_drawn_week_asks_only_what_has_no_answer_yet(home, tmp_path):
    fill(home, (12, MILK))
    drawn = questions(home, tmp_path, Plan(each_n=6, any_n=0))
    add(home, answer(tmp_path / "a.csv", drawn[:4]), KNOWN, TODAY)

    left = questions(home, tmp_path, Plan(each_n=6, any_n=0))

    assert [row["post_id"] for row in left] == [row["post_id"] for row in drawn[4:]]
    assert sum(row["label_true"] == "none" for row in labels.read(home).to_pylist()) == 4


def test_an_answer_given_anew_replaces_the_old_one(home, tmp_path):
    fill(home, (2, MILK))
    drawn = questions(home, tmp_path, Plan(any_n=0))
    add(home, answer(tmp_path / "a.csv", drawn), KNOWN, TODAY)

    add(home, answer(tmp_path / "a.csv", drawn, raw_milk=" Promotes "), KNOWN, TODAY)

    said = {row["label_true"] for row in labels.read(home).to_pylist()}
    assert said == {"promotes"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"label_true": "yes"}, "label_true must be one of promotes, refutes"),
        ({"post_id": "import:n999"}, "was not drawn for this question"),
        ({"tag_id": "fluoride"}, "was not drawn for this question"),
        ({"labeller": ""}, "labeller must be a short name"),
        ({"labeller": "a reader with a whole story"}, "labeller must be a short name"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line_and_the_others_are_entered(
    home, tmp_path, change, reason
):
    fill(home, (3, MILK))
    drawn = questions(home, tmp_path, Plan(any_n=0))
    file = answer(tmp_path / "a.csv", drawn)
    rows = read(file)
    rows[1] |= change
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)

    added = add(home, file, KNOWN, TODAY)

    assert added.added_n == 2
    assert len(added.unusable) == 1
    assert added.unusable[0].startswith("line 3: ")
    assert reason in added.unusable[0]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("raw_milk hostility", "hostility raw_milk"),
        ("Hostility; raw_milk", "hostility raw_milk"),
        ("none", "none"),
        ("raw_milk none", None),
        ("sunshine", None),
    ],
)
def test_an_open_question_is_answered_with_the_ids_of_what_the_post_carries(
    home, tmp_path, said, kept
):
    fill(home, (1, PLAIN))
    drawn = questions(home, tmp_path)

    added = add(home, answer(tmp_path / "a.csv", drawn, any=said), KNOWN, TODAY)

    assert [row["label_true"] for row in labels.read(home).to_pylist()] == [kept]
    assert len(added.unusable) == (kept is None)


@pytest.mark.parametrize("content", [b"", b"post_id,kind\n", b"\xff\xfe\x00", b"\x00" * 30])
def test_a_file_that_is_none_of_ours_is_refused_in_one_line(home, tmp_path, content):
    file = tmp_path / "a.csv"
    file.write_bytes(content)

    with pytest.raises(InputError, match=r"a\.csv"):
        add(home, file, KNOWN, TODAY)


def test_a_file_that_is_not_there_is_named(home, tmp_path):
    with pytest.raises(InputError, match=r"cannot be read: No such file"):
        add(home, tmp_path / "a.csv", KNOWN, TODAY)


def test_the_labels_hold_no_text(home, tmp_path):
    fill(home, (12, MILK))
    drawn = questions(home, tmp_path)

    add(home, answer(tmp_path / "a.csv", drawn, raw_milk="promotes"), KNOWN, TODAY)

    assert WORD not in content(home.audit_labels)
    assert "text" not in labels.LABELS.names


def test_a_damaged_file_of_labels_is_named(home):
    home.audit_labels.parent.mkdir(parents=True)
    home.audit_labels.write_bytes(b"PAR1 no")

    with pytest.raises(DataFolderError, match=r"labels\.parquet is damaged"):
        labels.read(home)


# What is taken back


def held(home, number):
    """The files of the audit in which a post is found, by any of its bytes."""
    files = [file for file in home.audit_labels.parent.rglob("*") if file.is_file()]
    return [file.name for file in files if f"n{number}'" in content(file)]


def test_labels_of_a_post_that_was_taken_back_go_to_the_last_byte(home, tmp_path):
    fill(home, (3, MILK))
    add(home, answer(tmp_path / "a.csv", questions(home, tmp_path)), KNOWN, TODAY)
    draft = home.audit_labels.with_name(".labels.parquet.draft")
    draft.write_bytes(home.audit_labels.read_bytes())  # as a killed run leaves one
    assert held(home, 1)

    deletions.record(home, "import", [("import:n1", None, datetime.now(UTC), "deleted")])
    erase(home)

    assert held(home, 1) == []
    assert held(home, 2) == ["labels.parquet"]


def test_labels_of_an_author_who_left_go_too(home, tmp_path):
    fill(home, (3, MILK))
    questions(home, tmp_path)

    deletions.record(home, "import", [(None, "a2", datetime.now(UTC), "account deleted")])
    erase(home)

    assert held(home, 2) == []
    assert held(home, 0) == ["labels.parquet"]


@pytest.mark.parametrize(
    "options", [("--source", "import"), ("--before", "2024-03-06"), ("--post", "import:n1")]
)
def test_labels_of_posts_that_a_person_forgets_go_too(home, tmp_path, options):
    fill(home, (3, MILK))
    fill(home, (3, MILK), source="news", at=NOON + timedelta(days=2))
    questions(home, tmp_path)

    told = CliRunner().invoke(main, ["forget", *options])

    assert told.exit_code == 0, told.output
    assert ("import", "n1") not in {
        tuple(one.split(":")) for one in labels.read(home)["post_id"].to_pylist()
    }
    assert labels.sources(home)[-1] == "news"


# Counts


def test_answers_of_a_simple_case_give_the_counts_they_stand_for(home, tmp_path):
    fill(home, (100, MILK), (900, PLAIN))
    drawn = questions(home, tmp_path, Plan(each_n=100, near_n=0, any_n=300))
    wrong = {row["post_id"] for row in drawn if row["tag_id"] == "raw_milk"}
    wrong = set(sorted(wrong)[:50])
    file = answer(tmp_path / "a.csv", drawn, raw_milk="promotes")
    rows = read(file)
    for row in rows:
        if row["tag_id"] == "raw_milk" and row["post_id"] in wrong:
            row["label_true"] = "refutes"
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    add(home, file, KNOWN, TODAY)

    found = counted(home)["theme", "raw_milk", "en"]

    share = found["false_positive_n"] / (found["false_positive_n"] + found["true_negative_n"])
    assert share == pytest.approx(50 / 950, rel=0.1)


def test_too_few_answers_count_for_nothing_and_neither_do_those_of_another_tagger(
    home, tmp_path
):
    fill(home, (40, MILK), model="tagger-0 locator")
    add(
        home,
        answer(tmp_path / "a.csv", questions(home, tmp_path, Plan(each_n=30))),
        KNOWN,
        TODAY,
    )
    assert counted(home) == {}

    fill(home, (40, MILK))
    add(
        home,
        answer(tmp_path / "a.csv", questions(home, tmp_path, Plan(each_n=5))),
        KNOWN,
        TODAY,
    )
    assert counted(home) == {}


@settings(max_examples=25, deadline=None)
@given(
    sensitivity=st.floats(0.3, 0.9),
    true_share=st.floats(0.01, 0.1),
    precision=st.floats(0.3, 0.9),
    seed=st.integers(0, 99),
)
def test_a_large_audit_finds_the_rates_that_made_it(sensitivity, true_share, precision, seed):
    rng, posts_n = np.random.default_rng(seed), 50_000
    found_n = round(posts_n * true_share * sensitivity)
    tagged_n = round(found_n / precision)
    missed_n = round(found_n / sensitivity) - found_n
    near_n, near_true_n = 2_000, missed_n // 2
    rest_n = posts_n - tagged_n - near_n
    answers = Answers(
        Stratum(tagged_n, 2_000, rng.binomial(2_000, found_n / tagged_n)),
        Stratum(near_n, 1_000, rng.binomial(1_000, min(near_true_n / near_n, 1))),
        Stratum(rest_n, 20_000, rng.binomial(20_000, (missed_n - near_true_n) / rest_n)),
    )

    row = _row(("theme", "raw_milk", "en"), answers)

    tp, fn = row["true_positive_n"], row["false_negative_n"]
    fp, tn = row["false_positive_n"], row["true_negative_n"]
    assert tp / (tp + fn) == pytest.approx(sensitivity, abs=0.1)
    wrong = (tagged_n - found_n) / (posts_n - found_n - missed_n)
    assert fp / (fp + tn) == pytest.approx(wrong, rel=0.15)


def test_the_fewer_are_read_the_less_the_counts_weigh():
    def weight(answered_n):
        answers = Answers(
            Stratum(1_000, answered_n, answered_n // 2),
            Stratum(500, answered_n, answered_n // 5),
            Stratum(50_000, answered_n, 0),
        )
        row = _row(("theme", "raw_milk", "en"), answers)
        return (
            row["true_positive_n"] + row["false_negative_n"],
            row["false_positive_n"] + row["true_negative_n"],
        )

    small, large = weight(20), weight(200)

    assert small[0] < large[0] <= 200 * 3
    assert small[1] < large[1] <= 51_500


# The commands


def test_the_commands_say_what_to_do_next_and_what_was_entered(home, tmp_path):
    fill(home, (3, MILK))
    file = tmp_path / "q.csv"

    listed = CliRunner().invoke(main, ["audit", "list", "--week", "2024-W10", str(file)])
    answer(file, read(file), raw_milk="promotes")
    added = CliRunner().invoke(main, ["audit", "add", str(file)])

    assert "Questions: 6. Written to" in listed.output
    assert "keep it among yourselves" in listed.output
    assert added.output == (
        "Answers added: 6; entered before: 0; rows without an answer: 0; "
        "rows that cannot be used: 0.\n"
    )


def test_new_answers_make_the_next_run_count_anew(home, tmp_path):
    fill(home, (3, MILK))
    drawn = questions(home, tmp_path)
    before = state(home, Window(WEEK, 1))

    add(home, answer(tmp_path / "a.csv", drawn), KNOWN, TODAY)

    assert state(home, Window(WEEK, 1)) != before
