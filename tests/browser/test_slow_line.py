"""A brief over a slow line: little enough comes, and in one piece."""

import gzip

import pytest

from tests.browser.chromium import tab
from tests.browser.slow_line import KBIT_S, LATENCY_MS, served, timed

SOON_MS = 1_000
FRONT_BYTES = 60_000


def test_a_brief_can_be_read_in_a_second_however_it_is_reckoned(sites):
    """Two ways across the line and the bytes: what a quiet browser needs, it cannot beat."""
    for site in sites.values():
        for file in site.glob("county/*.html"):
            sent_n = len(gzip.compress(file.read_bytes()))
            assert 2 * LATENCY_MS + sent_n * 8 / KBIT_S <= SOON_MS, file


def test_a_page_comes_whole_with_its_style_in_one_request(browser, sites):
    with served(sites["plenty"]) as address, tab(browser) as one:
        one.open(f"{address}/county/56025.html")

        assert one.got == [f"{address}/county/56025.html"]
        assert one.problems == []


@pytest.mark.parametrize("page", ["county/56025.html", "index.html"])
def test_the_time_and_the_bytes_of_a_page_are_measured(browser, sites, page):
    with served(sites["plenty"]) as address:
        shown = timed(browser, f"{address}/{page}")

    assert LATENCY_MS <= shown.first_ms <= 20 * SOON_MS  # the machine may be busy
    assert 3_000 < shown.sent_n <= FRONT_BYTES
