from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse import redact
from warehouse.records import MAX_TEXT
from warehouse.redact import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ask @dr_smith about it", "ask @user about it"),
        ("ask @jane.doe.bsky.social", "ask @user"),
        ("so says @josé@mastodon.social.", "so says @user."),
        ("Thanks@bob", "Thanks@user"),
        ("u/some_one-2 and /u/Other said", "u/user and u/user said"),
        ("write a.b+c@mail.co.uk now", "write [email] now"),
        ("see https://x.y/z?a=1&b=2 now", "see [link] now"),
        ("[text](https://a.b/c) next", "[text]([link]) next"),
        ("www.foo.com/bar or t.co/abc or cdc.gov", "[link] or [link] or [link]"),
        ("reddit.com/user/somebody", "[link]"),
        ("at://did:plc:abc/app.bsky.feed.post/3k", "[link]"),
        ("call (307) 555-1234", "call [phone]"),
        ("call 307-555-1234 or 307.555.1234", "call [phone] or [phone]"),
        ("call +1 307 555 1234 or 3075551234", "call [phone] or [phone]"),
        ("call +49 170 1234567", "call [phone]"),
        ("call 555-1234", "call [phone]"),
    ],
)
def test_what_points_at_a_person_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "ALT 45 U/L and vitamin D 5000 IU/day",
        "take 500-1000 mg, never 200-1000",
        "BP 120/80, pulse 60, on 2024-03-05 at 10:20:30",
        "and/or he/she, wait...what",
        "12 @ $5 each",
        "COVID-19, RFK Jr., 5G, St. Johns.",
    ],
)
def test_health_talk_is_left_as_it_is(text):
    assert mask(text) == text


def test_whitespace_and_invisible_signs_are_collapsed():
    assert mask("  one\n\ttwo\u00a0three\u200b\ufeff four ") == "one two three four"


def test_an_invisible_sign_does_not_save_a_handle():
    assert mask("@\u200bsomebody") == "@user"


def test_a_long_text_is_cut_and_stays_cut():
    masked = mask("a@b " * MAX_TEXT)

    assert len(masked) <= MAX_TEXT
    assert mask(masked) == masked


pieces = st.sampled_from(
    [
        "@",
        "u/",
        "/",
        ".",
        "-",
        " ",
        "+",
        "a",
        "bob",
        "com",
        "http://",
        "www.",
        "555",
        "1234",
        "(",
    ]
)


@given(st.one_of(st.text(), st.lists(pieces, max_size=30).map("".join)))
@example("@" + "a" * MAX_TEXT)
@example("1" * 10 + " " + "1" * MAX_TEXT)
@example("x" * (MAX_TEXT - 10) + " 30755512349")
@example("u/abc" * 10_000)
def test_masking_twice_changes_nothing(text):
    once = mask(text)

    assert mask(once) == once
    assert len(once) <= MAX_TEXT


@given(st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=30).map("".join))
@example("ten in one 3075551234")
@example("on example.com")
@example("www..")
@example("three 307-555")
def test_the_quick_looks_miss_nothing(text):
    with mock.patch.multiple(
        redact, _points_at_nobody=lambda _: False, _may_hold_telephone=lambda _: True
    ):
        slowly = mask(text)

    assert mask(text) == slowly


@given(st.from_regex(r"[A-Za-z0-9_]{4,15}", fullmatch=True), st.text(max_size=20))
def test_a_handle_never_survives(name, text):
    assert f"@{name}" not in mask(f"{text} @{name} {text}").replace("@user", "")


@pytest.mark.parametrize(
    "hostile", ["a.", "@", "a@", "1 ", "+1", "u/", "a-", "a.b@", "555-", "+12345678", "a@b.co%"]
)
@pytest.mark.timeout(20)
def test_a_hostile_text_costs_no_more_than_a_long_one(hostile):
    assert len(mask(hostile * 20_000)) <= MAX_TEXT


def test_half_a_pair_of_surrogates_becomes_a_question_mark_that_can_be_written():
    assert mask("milk \ud83d cures").encode() == b"milk ? cures"
