"""A week is made of its posts, its districts and the program: when one changes, it is not."""

import pytest

from flows import made
from flows.intake import Window
from tests.test_audit import CHATTER, MILK, NOON, WEEK, fill
from warehouse.audit import labels

WINDOW = Window(WEEK, 2)


@pytest.fixture
def entered(home):
    """A data folder whose week was just made."""
    fill(home, (2, MILK))
    made.enter(home, WINDOW)
    return home


def more_posts(home, _):
    fill(home, (1, CHATTER), source="news")


def another_program(_, monkeypatch):
    monkeypatch.setattr(made, "versions", lambda: {"code": "9.9.9"})


def a_district(home, _):
    (home.root / "regions.toml").write_text(
        '[districts.front-range]\nname = "Front Range"\ncounties = ["Albany County, WY"]\n'
    )


def an_answer_of_the_audit(_, monkeypatch):
    monkeypatch.setattr(labels, "fingerprint", lambda home: "answers")


def test_a_week_that_was_never_made_is_not(home):
    fill(home, (2, MILK))

    assert not made.is_made(home, WINDOW)


def test_a_week_that_was_made_of_these_posts_is_made(entered):
    assert made.is_made(entered, WINDOW)


def test_a_release_of_more_weeks_is_another(entered):
    assert not made.is_made(entered, Window(WEEK, 3))


@pytest.mark.parametrize(
    "change", [more_posts, another_program, a_district, an_answer_of_the_audit]
)
def test_what_decides_the_numbers_makes_it_anew(change, entered, monkeypatch):
    change(entered, monkeypatch)

    assert not made.is_made(entered, WINDOW)


def test_posts_of_later_weeks_change_nothing(entered):
    later = NOON.replace(day=NOON.day + 7)

    fill(entered, (3, MILK), source="news", at=later)

    assert made.is_made(entered, WINDOW)


def test_the_sample_changes_nothing(entered):
    fill(entered, (3, MILK), source="sample")

    assert made.is_made(entered, WINDOW)
