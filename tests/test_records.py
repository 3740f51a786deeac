from datetime import UTC, datetime

import pytest

from warehouse.records import MAX_TEXT, NOWHERE, Place, Post

WHEN = datetime(2024, 3, 4, tzinfo=UTC)


def post(**changes):
    plain = {"post_id": "import:1", "source": "import", "posted_at": WHEN, "text": "Hi"}
    return Post(**(plain | changes))


def test_an_author_is_never_shown_when_a_post_is_printed():
    assert "reader_1" not in repr(post(author="reader_1"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"posted_at": datetime(2024, 3, 4)}, "no zone"),  # noqa: DTZ001 the point of the test
        ({"post_id": "reddit:1"}, "does not start with 'import:'"),
        ({"text": "  "}, "empty"),
        ({"text": "x" * (MAX_TEXT + 1)}, "longer than"),
        ({"text": "half a smile \ud83d"}, "not valid Unicode"),
        ({"author": "\udc00"}, "not valid Unicode"),
    ],
)
def test_a_post_with_a_bad_value_is_refused_when_it_is_made(changes, reason):
    with pytest.raises(ValueError, match=reason):
        post(**changes)


def test_a_place_cannot_say_county_and_have_no_county():
    with pytest.raises(ValueError, match="level"):
        Place(None, "WY", "county", "declared", 0.9, "Casper, WY")


def test_nowhere_is_a_place_with_no_codes():
    assert (NOWHERE.fips, NOWHERE.state, NOWHERE.level) == (None, None, "none")
