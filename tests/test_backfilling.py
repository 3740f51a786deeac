"""Past weeks are made, the latest first and each once; readers keep the latest."""

from datetime import UTC, datetime

import duckdb
import pytest
from click.testing import CliRunner

from flows import backfilling
from flows.backfilling import backfill, fill_in, has_posts, is_shown_later, span
from flows.cli import main
from flows.running import hold
from tests import small_country
from tests.files import export, export_row
from tests.test_audit import MILK, fill
from warehouse import marts, week_ledger
from warehouse.errors import GrapevineError, InputError, InUseError
from warehouse.home import Home
from warehouse.publication import SetAsideError
from warehouse.weeks import Week

ASKED = [Week(2024, 10), Week(2024, 9), Week(2024, 8)]


def test_weeks_are_read_from_first_to_last_and_made_the_other_way_round():
    assert span("2024-W08..2024-W10") == ASKED
    assert span("2024-W10") == ASKED[:1]


def test_weeks_go_on_over_the_turn_of_the_year():
    assert list(map(str, span("2020-W52..2021-W01"))) == ["2021-W01", "2020-W53", "2020-W52"]


@pytest.mark.parametrize("written", ["", "2024-8", "W08..W10", "2024-W08-2024-W10", "x..y"])
def test_what_are_no_weeks_is_said_in_one_line(written):
    with pytest.raises(InputError, match="are no weeks"):
        span(written)


def test_weeks_that_end_before_they_begin_are_turned_round():
    with pytest.raises(InputError, match=r"Write 2024-W08\.\.2024-W10"):
        span("2024-W10..2024-W08")


def shown(home):
    """The bytes that readers have: the snapshot and the front page."""
    return home.snapshot.read_bytes(), (home.site / "index.html").read_bytes()


@pytest.fixture(scope="module")
def filled(prefect, tmp_path_factory):
    """Three weeks filled in, stopped after the first and said again.

    The data folder, the lines of both, and what readers had after the first.
    """
    folder = tmp_path_factory.mktemp("past")
    home, days = Home(folder / "data"), ("02-20", "02-27", "03-05")
    rows = [export_row(n, **{"Date (UTC)": f"2024-{days[n % 3]}T12:00:00Z"}) for n in range(60)]
    inputs = [str(export(folder / "export.csv", rows))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAPEVINE_HOME", str(home.root))
        patch.setattr(marts, "load_counties", lambda: small_country.counties("WY"))
        stopped = backfill(home, ASKED, 2, inputs, None)
        first = next(stopped)
        stopped.close()
        before = shown(home)
        lines = [first, *backfill(home, ASKED, 2, inputs, None)]
    return home, lines, before


@pytest.mark.whole
def test_each_week_is_made_the_latest_first_and_once(filled):
    _, (stopped, *again), _ = filled

    assert stopped.startswith("  1 of 3  2024-W10  2024-W10.1, 40 posts (")
    assert [line.rpartition(" (")[0] for line in again] == [
        "  1 of 3  2024-W10  made before",
        "  2 of 3  2024-W09  2024-W09.1, 40 posts",
        "  3 of 3  2024-W08  2024-W08.1, 20 posts",
    ]


@pytest.mark.whole
def test_readers_keep_the_latest_week(filled):
    home, _, before = filled

    assert shown(home) == before
    with duckdb.connect(home.snapshot, read_only=True) as con:
        assert con.execute("select week from pub_release").fetchall() == [("2024-W10",)]


@pytest.mark.whole
def test_the_weeks_behind_it_are_published_too(filled, monkeypatch):
    home, _, _ = filled
    monkeypatch.setenv("GRAPEVINE_HOME", str(home.root))

    listed = CliRunner().invoke(main, ["release", "list"]).output

    assert [(one.week, one.state) for one in week_ledger.last_releases(home)] == [
        (str(week), "published") for week in ASKED
    ]
    assert all(f"{week}.1" in listed for week in ASKED)


@pytest.mark.whole
def test_what_is_made_is_passed_over_and_a_week_without_posts_is_said(filled):
    home, _, _ = filled

    told = fill_in(home, [*ASKED, Week(2024, 7)], 2, pytest.fail)

    assert [line.split("  ")[-1].rpartition(" (")[0] for line in told] == [
        *["made before"] * 3,
        "no posts of this week are held",
    ]


def test_a_week_set_aside_stops_no_other_and_is_named_at_the_end(home, monkeypatch):
    made = []

    def make(_home, window, _ready):
        if str(window.week) == "2024-W09":
            raise SetAsideError("Too few posts.")
        made.append(str(window.week))
        return "made"

    monkeypatch.setattr(backfilling, "_make", make)
    told = fill_in(home, ASKED, 2, pytest.fail)

    assert [next(told).split("  ")[-1].rpartition(" (")[0] for _ in ASKED] == [
        "made",
        "set aside. Too few posts.",
        "made",
    ]
    with pytest.raises(GrapevineError, match="Set aside: 2024-W09"):
        next(told)
    assert made == ["2024-W10", "2024-W08"]


def test_who_begins_while_another_run_is_at_work_is_told(home, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")  # nobody is asked

    with hold(home), pytest.raises(InUseError, match="Another run is using"):
        next(backfill(home, ASKED, 2, [], None))


def test_only_real_posts_of_the_week_itself_count_as_held(home):
    fill(home, (1, MILK), at=datetime(2024, 3, 5, tzinfo=UTC))
    fill(home, (1, MILK), source="sample", at=datetime(2024, 2, 27, tzinfo=UTC))

    assert [has_posts(home, week) for week in ASKED] == [True, False, False]


def test_nothing_is_shown_later_where_nothing_is_shown(home):
    assert not is_shown_later(home, Week(2024, 8))


@pytest.mark.whole
def test_a_week_is_behind_only_where_readers_have_a_later_one(filled):
    home, _, _ = filled

    assert [is_shown_later(home, week) for week in ASKED] == [False, True, True]
