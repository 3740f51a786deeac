"""The audit's questions are drawn by the clock, while the text of their posts is held."""

import pytest

from flows import drawing
from flows.running import hold
from tests.test_audit import (
    ANGRY,
    CHATTER,
    KNOWN,
    MILK,
    TODAY,
    USUAL,
    WEEK,
    WORD,
    answer,
    fill,
    read,
)
from tests.test_retention import NOW
from warehouse.audit import labels
from warehouse.audit.answers import add
from warehouse.audit.drawing import draw, draw_ahead
from warehouse.errors import InUseError
from warehouse.retention import Limits, expire


def entered(home):
    return sorted(labels.key(row) for row in labels.read(home).to_pylist())


def test_what_is_drawn_ahead_is_what_the_reader_gets(home, tmp_path):
    fill(home, (20, MILK), (20, ANGRY), (20, CHATTER))

    waiting_n = draw_ahead(home, WEEK, USUAL, KNOWN)
    ahead = entered(home)
    draw(home, WEEK, USUAL, tmp_path / "q.csv", KNOWN)

    assert len(read(tmp_path / "q.csv")) == waiting_n == len(ahead)
    assert entered(home) == ahead


def test_no_text_is_written_by_drawing_ahead(home):
    fill(home, (20, MILK))
    before = {file for file in home.root.rglob("*") if file.is_file()}

    draw_ahead(home, WEEK, USUAL, KNOWN)

    made = [file for file in home.root.rglob("*") if file.is_file() and file not in before]
    assert made
    assert not any(WORD.encode() in file.read_bytes() for file in made)
    assert "text" not in labels.read(home).column_names


def test_questions_drawn_ahead_and_answered_wait_no_more(home, tmp_path):
    fill(home, (20, MILK))
    waiting_n = draw_ahead(home, WEEK, USUAL, KNOWN)
    draw(home, WEEK, USUAL, tmp_path / "q.csv", KNOWN)
    rows = read(tmp_path / "q.csv")[:3]
    add(home, answer(tmp_path / "a.csv", rows), KNOWN, TODAY)

    assert draw_ahead(home, WEEK, USUAL, KNOWN) == waiting_n - 3


def test_a_post_whose_text_has_gone_is_drawn_no_more(home):
    fill(home, (20, MILK))

    expire(home, Limits(), NOW)

    assert draw_ahead(home, WEEK, USUAL, KNOWN) == 0


def test_the_clocks_draw_says_how_a_reader_gets_the_questions(home):
    fill(home, (20, MILK))

    told = list(drawing.due(home, WEEK))

    assert told == [
        f"Questions of {WEEK} that wait for a reader: {len(entered(home))}.",
        f"With their text: grapevine audit list --week {WEEK} questions.csv",
    ]


def test_a_week_without_posts_asks_nothing(home):
    assert list(drawing.due(home, WEEK)) == [f"Questions of {WEEK} that wait for a reader: 0."]


def test_a_draw_waits_for_a_run_and_then_says_who_is_at_work(home, monkeypatch):
    monkeypatch.setattr(drawing, "WAIT_S", 0.01)
    fill(home, (20, MILK))

    with hold(home), pytest.raises(InUseError, match="Another run is using"):
        list(drawing.due(home, WEEK))

    assert entered(home) == []
