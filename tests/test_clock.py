"""What was entered last bears the latest time, whatever the machine's clock does."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from warehouse.clock import TICK, after


@pytest.fixture
def con():
    with duckdb.connect() as made:
        made.execute("set timezone = 'UTC'")
        made.execute("create table entries (entered_at timestamptz)")
        yield made


def test_the_first_entry_bears_the_time_of_now(con):
    before = datetime.now(UTC)

    assert before <= after(con, "entries", "entered_at") <= datetime.now(UTC)


def test_after_a_clock_that_went_back_entries_still_come_one_after_the_other(con):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    con.execute("insert into entries values (?)", [tomorrow])

    told = [after(con, "entries", "entered_at")]
    con.execute("insert into entries values (?)", told)
    told.append(after(con, "entries", "entered_at"))

    assert told == [tomorrow + TICK, tomorrow + 2 * TICK]


def test_an_older_entry_changes_nothing(con):
    con.execute("insert into entries values (?)", [datetime.now(UTC) - timedelta(days=1)])

    assert datetime.now(UTC) - after(con, "entries", "entered_at") < timedelta(minutes=1)
