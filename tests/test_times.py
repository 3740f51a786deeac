from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.times import read_time

NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
MIDNIGHT = datetime(2024, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-04T12:00:00Z",
        "2024-03-04T12:00:00.123456789Z",
        "2024-03-04 12:00:00 UTC",
        "2024-03-04 05:00:00 -0700",
        "2024-03-04T05:00:00-07:00",
        "2024-03-04 12:00 PM",
        "2024/03/04 12:00",
        "3/4/2024 12:00",
        "03/04/2024 12:00:00 PM",
        "3/4/24 12:00 pm",
        "3/4/2024, 12:00:00 PM",
        "3/4/2024 7:00 AM EST",
        "Mar 4, 2024 12:00 PM",
        "March 4, 2024 at 12:00 PM",
        "Mon, 04 Mar 2024 12:00:00 GMT",
        "Mon Mar 04 12:00:00 +0000 2024",
        "04-Mar-2024 12:00PM",
        "4 March 2024 12:00",
        "1709553600",
        "1709553600.0",
        "1709553600000",
        "1709553600000000",
        "1709553600000000000",
        "  3/4/2024\u00a0 12:00 ",
    ],
)
def test_a_time_is_understood_in_the_ways_exports_write_it(written):
    assert read_time(written) == NOON


@pytest.mark.parametrize(
    "written", ["2024-03-04", "20240304", "3/4/2024", "3/4/24", "March 4, 2024", "04-Mar-24"]
)
def test_a_day_alone_is_its_midnight(written):
    assert read_time(written) == MIDNIGHT


@pytest.mark.parametrize(
    ("written", "hour"), [("12:00 AM", 0), ("1:00 AM", 1), ("12:00 PM", 12), ("11:00 PM", 23)]
)
def test_hours_of_a_twelve_hour_clock(written, hour):
    assert read_time(f"3/4/2024 {written}").hour == hour


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "31/31/2024",
        "2024-02-30",
        "3/4/2024 25:00",
        "3/4/2024 13:00 PM",
        "3/4/2024 0:30 AM",
        "3/4/2024 12:00 XYZ",
        "3-4-2024",
        "Foo 4, 2024",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "²",
        "٣/٤/٢٠٢٤",
        "-1",
        "1.70955E+09",
    ],
)
def test_what_is_no_time_is_refused(written):
    with pytest.raises(ValueError, match=r"\w"):
        read_time(written)


@pytest.mark.parametrize("written", ["2024", "45355", "45355.5", "17095536001", "1" * 5000])
def test_a_number_that_is_no_unix_time_is_not_taken_for_one(written):
    with pytest.raises(ValueError, match=r"\w"):
        read_time(written)


def test_a_format_given_is_the_only_one_understood():
    assert read_time("04.03.2024 12:00", "%d.%m.%Y %H:%M") == NOON
    with pytest.raises(ValueError, match="does not match"):
        read_time("3/4/2024", "%d.%m.%Y")


@given(st.integers(631_152_000, 4_070_908_800).map(lambda n: datetime.fromtimestamp(n, UTC)))
def test_every_time_survives_being_written(when):
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y %I:%M:%S %p", "%a %b %d %H:%M:%S +0000 %Y"):
        assert read_time(when.strftime(form)) == when


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(written):
    with suppress(ValueError):
        assert read_time(written).tzinfo is UTC
