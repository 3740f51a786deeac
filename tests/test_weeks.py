from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import GrapevineError
from warehouse.weeks import Week

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def test_a_week_runs_from_sunday_to_saturday():
    week = Week.parse("2024-W10")

    assert (week.start, week.end) == (date(2024, 3, 3), date(2024, 3, 9))


def test_the_first_days_of_a_year_can_belong_to_the_last_week_of_the_one_before():
    assert str(Week.of(date(2021, 1, 2))) == "2020-W53"


def test_the_last_full_week_has_ended():
    sunday = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)

    assert str(Week.last_full(sunday)) == "2026-W46"
    assert str(Week.last_full(sunday - timedelta(seconds=1))) == "2026-W45"


@pytest.mark.parametrize("written", ["2024-10", "W10", "2024-W54", "2023-W53", "2024-W00", ""])
def test_a_week_that_is_none_says_how_to_write_one(written):
    with pytest.raises(GrapevineError, match="week"):
        Week.parse(written)


@given(day=DAYS)
def test_every_day_lies_in_its_week(day):
    week = Week.of(day)

    assert week.start <= day <= week.end
    assert Week.parse(str(week)) == week


@given(day=DAYS, weeks=st.integers(1, 60))
def test_trailing_weeks_follow_each_other_without_a_gap(day, weeks):
    trailing = Week.of(day).trailing(weeks)

    assert len(trailing) == weeks
    starts = [week.start for week in trailing]
    assert starts == [starts[0] + timedelta(weeks=n) for n in range(weeks)]
    assert trailing == sorted(trailing)
