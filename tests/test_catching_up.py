"""What is due and what was missed is made by itself: the latest first, each once."""

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows import catching_up
from flows.catching_up import due_week, make_due, missed_weeks, weeks_told
from tests.test_audit import MILK, fill
from tests.test_retention import post
from warehouse import landing, publication, release
from warehouse.database import open_database
from warehouse.errors import GrapevineError, InUseError
from warehouse.weeks import Week

DUE = Week(2024, 10)
NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)
"""Monday six o'clock in Denver, after the week that is due."""


def denver(*local):
    return datetime(*local, tzinfo=ZoneInfo("America/Denver")).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (denver(2024, 3, 11, 4, 59), "2024-W09"),
        (denver(2024, 3, 11, 5), "2024-W10"),
        (denver(2024, 3, 10, 23), "2024-W09"),
        (denver(2024, 3, 17, 23), "2024-W10"),
        (denver(2024, 11, 4, 4, 59), "2024-W43"),
        (denver(2024, 11, 4, 5), "2024-W44"),
    ],
)
def test_a_brief_is_due_on_monday_at_five_in_denver_summer_and_winter(now, week):
    assert str(due_week(now)) == week


def held(home, *weeks):
    """Posts of these weeks are in the lake."""
    for week in weeks:
        at = datetime.combine(week.start + timedelta(days=2), time(12), UTC)
        fill(home, (2, MILK), at=at)
    home.landing.mkdir(exist_ok=True)  # somebody collects here


def released(home, week, state="published"):
    """The week has a release."""
    name = f"{week}.1"
    with open_database(home) as con:
        con.execute(release._TABLES)
        con.execute(publication.TABLES)
        con.execute(
            "insert into releases (release_id, week, revision, is_sample, weeks_n, created_at, "
            "content_sha256, code, taxonomy, model, reference, posts_n, placed_n, health_n, "
            "no_author_n) values (?, ?, 1, false, 12, now(), '', '', '', '', '', 2, 1, 1, 0)",
            [name, str(week)],
        )
        if state == "published":
            publication.admit(con, name)
        if state == "set aside":
            con.execute("insert into set_aside values (?, now(), 'too few')", [name])


def test_missed_are_weeks_with_posts_and_without_a_release_the_latest_first(home):
    held(home, DUE, DUE.back(1), DUE.back(2), DUE.back(4))
    released(home, DUE.back(2))

    assert missed_weeks(home, DUE, back=8) == [DUE.back(1), DUE.back(4)]


def test_weeks_further_back_than_asked_are_left(home):
    held(home, DUE.back(2), DUE.back(3))

    assert missed_weeks(home, DUE, back=3) == [DUE.back(2)]


@pytest.mark.parametrize(
    ("state", "is_missed"), [("published", False), ("set aside", False), ("broken off", True)]
)
def test_what_was_set_aside_is_not_made_again_and_what_was_broken_off_is(
    home, state, is_missed
):
    held(home, DUE.back(1))
    released(home, DUE.back(1), state)

    assert bool(missed_weeks(home, DUE, back=8)) == is_missed


class Made(list):
    """The weeks that were made, in order; `wrong` has what goes wrong with one."""

    def __init__(self):
        super().__init__()
        self.wrong = {}

    def make(self, week):
        self.append(str(week))
        if error := self.wrong.get(str(week)):
            raise error


@pytest.fixture
def made(monkeypatch):
    """What was made, without making it."""
    made = Made()

    def run_week(week, *_):
        made.make(week)
        return f"Briefs for {week} are made."

    def fill_in(home, asked, *_):
        for week in asked:
            made.make(week)
            yield f"{week} is filled in"

    @contextmanager
    def no_server(home):
        yield pytest.fail

    monkeypatch.setattr(catching_up, "run_week", run_week)
    monkeypatch.setattr(catching_up, "fill_in", fill_in)
    monkeypatch.setattr(catching_up, "prefect_server", no_server)
    return made


def due(home):
    """The lines said, and the complaint or ''."""
    lines = []
    try:
        lines += make_due(home, 12, 8, NOW)
    except InUseError:
        raise
    except GrapevineError as error:
        return lines, str(error)
    return lines, ""


def test_the_due_week_is_made_first_then_what_was_missed_from_the_latest_on(home, made):
    held(home, DUE, DUE.back(1), DUE.back(2))

    lines, complaint = due(home)

    assert made == ["2024-W10", "2024-W09", "2024-W08"]
    assert lines[0] == "Briefs for 2024-W10 are made."
    assert complaint == ""


def test_what_is_made_is_not_made_again(home, made):
    held(home, DUE, DUE.back(1))
    released(home, DUE)
    released(home, DUE.back(1), "set aside")

    assert due(home) == (["The brief of 2024-W10 is made.", "No earlier week was missed."], "")
    assert made == []


def test_where_nothing_was_collected_nothing_is_made(home, made):
    lines, _ = due(home)

    assert lines[0] == "Nothing was collected that a brief of 2024-W10 could rest on."
    assert made == []


def test_posts_that_have_only_landed_are_enough_for_the_due_week(home, made):
    landing.put(home, "news", [post(1, "news", posted_at=datetime(2024, 3, 5, tzinfo=UTC))])

    due(home)

    assert made == ["2024-W10"]


@pytest.mark.parametrize(("back", "weeks"), [(0, ["2024-W10"]), (1, ["2024-W09"])])
def test_where_nobody_collects_only_weeks_of_which_a_file_has_posts_are_made(
    home, made, back, weeks
):
    held(home, DUE.back(back))
    home.landing.rmdir()

    due(home)

    assert made == weeks


def test_a_due_week_that_fails_does_not_keep_the_missed_ones_from_being_made(home, made):
    held(home, DUE, DUE.back(1))
    made.wrong["2024-W10"] = GrapevineError("The disk is full.")

    _, complaint = due(home)

    assert made == ["2024-W10", "2024-W09"]
    assert complaint == "The disk is full."


def test_all_that_went_wrong_is_said_at_the_end(home, made):
    held(home, DUE, DUE.back(1))
    made.wrong["2024-W10"] = GrapevineError("The disk is full.")
    made.wrong["2024-W09"] = GrapevineError("Set aside: 2024-W09.")

    assert due(home)[1] == "The disk is full. Set aside: 2024-W09."


def test_while_another_run_is_at_work_nothing_else_is_begun(home, made):
    held(home, DUE, DUE.back(1))
    made.wrong["2024-W10"] = InUseError("Another run is using it.")

    with pytest.raises(InUseError, match="Another run is using it"):
        due(home)
    assert made == ["2024-W10"]


def test_a_due_week_behind_what_readers_see_is_filled_in_and_their_week_stays(
    home, made, monkeypatch
):
    held(home, DUE)
    monkeypatch.setattr(catching_up, "is_shown_later", lambda home, week: True)

    lines, _ = due(home)

    assert lines[0] == "2024-W10 is filled in"


def test_status_tells_of_weeks_without_a_release_and_of_those_with_one(home, monkeypatch):
    monkeypatch.setattr(catching_up, "due_week", lambda now: DUE)
    held(home, DUE, DUE.back(1), DUE.back(2))
    released(home, DUE.back(2), "set aside")

    lines = list(weeks_told(home))

    assert lines[:2] == ["2024-W10    no release yet", "2024-W09    no release yet"]
    assert lines[2].startswith("2024-W08    2024-W08.1, set aside, 2 posts, frozen ")
