"""How shares, dates and lists are said in Spanish."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.spanish import (
    about_es,
    cell_es,
    day_es,
    likely_es,
    list_es,
    range_es,
    week_dates_es,
    week_number_es,
)
from dashboards.words import Frequency, frequency


@pytest.mark.parametrize(
    ("share", "said", "cell"),
    [
        (
            Frequency(3, 2, 5, 100),
            "cerca de 3 de cada 100 (lo probable: de 2 a 5)",
            "3 (2 a 5)",
        ),
        (
            Frequency(3, 0, 5, 1_000),
            "cerca de 3 de cada 1,000 (lo probable: de menos de 1 a 5)",
            "3 (menos de 1 a 5)",
        ),
        (Frequency(4, 4, 4, 100), "cerca de 4 de cada 100", "4"),
        (Frequency(0, 0, 1, 100), "menos de 1 de cada 100", "menos de 1"),
    ],
)
def test_a_share_is_a_natural_frequency(share, said, cell):
    assert f"{about_es(share)}{range_es(share)}" == said
    assert cell_es(share) == cell


@given(rates=st.tuples(*[st.floats(0.01, 900)] * 3).map(sorted))
def test_spanish_tells_a_range_just_where_english_does(rates):
    low, middle, high = rates
    share = frequency(middle, low, high)

    assert bool(likely_es(share)) == bool(share.likely)
    assert ("menos de 1 de" in about_es(share)) == ("fewer than 1" in share.about)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2024, 3, 3), date(2024, 3, 9), "del 3 al 9 de marzo de 2024"),
        (date(2024, 3, 31), date(2024, 4, 6), "del 31 de marzo al 6 de abril de 2024"),
        (
            date(2024, 12, 29),
            date(2025, 1, 4),
            "del 29 de diciembre de 2024 al 4 de enero de 2025",
        ),
    ],
)
def test_a_week_is_said_with_no_word_twice(start, end, said):
    assert week_dates_es(start, end) == said


def test_a_day_and_a_week_have_their_names():
    assert day_es(date(2024, 8, 1)) == "1 de agosto de 2024"
    assert week_number_es("2024-W07") == "semana 7 de 2024"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["Texas"], "Texas"),
        (["Texas", "Utah"], "Texas y Utah"),
        (["Ohio", "Texas", "Utah"], "Ohio, Texas y Utah"),
        (["Texas", "Idaho"], "Texas e Idaho"),
        (["agua", "hielo"], "agua y hielo"),
    ],
)
def test_a_list_ends_in_y_or_before_the_sound_of_i_in_e(items, said):
    assert list_es(items) == said
