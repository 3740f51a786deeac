import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.sources.markup import html_text
from warehouse.redact import mask


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Fever in Casper.</p><p>Who has a slot?</p>", "Fever in Casper. Who has a slot?"),
        ("vac<b>cine</b>s", "vaccines"),
        ("one<br>two<br/>three", "one two three"),
        ("salt &amp; sugar, 5 &lt; 6, caf&eacute;", "salt & sugar, 5 < 6, café"),
        ("5 < 6 and 7 > 3, <3", "5 < 6 and 7 > 3, <3"),
        ("before<script>var p = '<p>no</p>'</script>after", "beforeafter"),
        ("before<style>p {}</style> after", "before after"),
        ("a<!-- hidden <p> -->b<!-- open", "ab"),
        ("<!DOCTYPE html><?php echo 1 ?>text", "text"),
        ('<img src="x" alt="a > b">text', "text"),
        ("<script>never closed", ""),
        ("", ""),
    ],
)
def test_what_people_saw_is_what_is_read(markup, text):
    assert html_text(markup) == text


def test_a_mention_and_a_shortened_link_are_whole_again_and_so_are_masked():
    markup = (
        '<p><span class="h-card"><a href="https://valley.example/@jo" class="u-url mention">@'
        '<span>jo</span></a></span> read <a href="https://paper.example/2026/flu"><span '
        'class="invisible">https://www.</span><span class="ellipsis">paper.example/2026</span>'
        '<span class="invisible">/flu</span></a></p>'
    )

    assert mask(html_text(markup)) == "@user read [link]"


def test_the_link_in_front_of_a_quoted_post_is_left_out():
    markup = '<p class="quote-inline">RE: <a href="https://x.example/1">x</a></p><p>So true</p>'

    assert html_text(markup) == "So true"


@settings(deadline=None)
@given(st.text(max_size=300) | st.text("<>!-/\"' apscript=&;", max_size=300))
def test_any_text_is_read_without_an_error_into_one_line(markup):
    text = html_text(markup)

    assert text == " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a "', "<a '\"", "<!--", "<script>", "&", "<a b=", "</", "<p>"]
)
def test_markup_made_to_take_long_does_not(piece):
    started = time.process_time()

    html_text(piece * 100_000)

    assert time.process_time() - started < 3


def test_half_a_surrogate_pair_is_a_question_mark():
    assert html_text("Fever \ud83d in Casper \U0001f912") == "Fever ? in Casper \U0001f912"
