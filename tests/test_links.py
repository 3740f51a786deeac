"""Pages that cards and themes point to: gone when two looks, a day apart, did not find them."""

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from flows.links import APART, checked, known_links
from warehouse.errors import DataFolderError, GrapevineError

PAGE = "https://agency.example/measles"
POINTED = {PAGE: ["card measles", "theme mmr_autism"]}


class Agencies:
    """The world's pages: each answers with its status, 200 unless told otherwise."""

    def __init__(self, **pages):
        self.pages = {f"/{path}": status for path, status in pages.items()}
        self.asked = []

    def __call__(self, request):
        self.asked.append((request.method, request.url.path))
        status = self.pages.get(request.url.path, 200)
        if isinstance(status, dict):
            status = status[request.method]
        if status is None:
            raise httpx.ConnectTimeout("no answer", request=request)
        if status == 301:
            return httpx.Response(301, headers={"Location": "/moved"})
        return httpx.Response(status)


def look(home, agencies, links=POINTED):
    """One look: (the lines said, the complaint or '')."""
    lines = []
    try:
        lines += checked(home, links, httpx.MockTransport(agencies))
    except GrapevineError as error:
        return lines, str(error)
    return lines, ""


def kept(home):
    return json.loads(home.links.read_text())


def missed(home, ago, *pages):
    """Pages that were first not found so long ago."""
    home.root.mkdir(parents=True, exist_ok=True)
    at = (datetime.now(UTC) - ago).isoformat(timespec="seconds")
    home.links.write_text(json.dumps(dict.fromkeys(pages, at)))
    return at


def test_every_link_of_the_catalogue_is_https_and_says_who_points_to_it():
    found = known_links()

    assert len(found) > 50
    assert {httpx.URL(url).scheme for url in found} == {"https"}
    assert {who.split()[0] for all_who in found.values() for who in all_who} == {
        "card",
        "theme",
    }


def test_a_look_says_how_many_are_there_and_how_many_not(home):
    agencies = Agencies(gone=404, shy=403, dead=None)
    links = {f"https://agency.example/{path}": [] for path in ("a", "gone", "shy", "dead")}

    told, complaint = look(home, agencies, links)

    assert told[0] == ("Links: 4 looked at, 1 there, 1 not found, 2 that gave no clear answer.")
    assert complaint == ""


def test_a_page_that_one_look_did_not_find_is_told_and_not_yet_gone(home):
    (_, line), complaint = look(home, Agencies(measles=404))

    assert line.endswith(f"{PAGE} (card measles, theme mmr_autism)")
    assert line.startswith(f"  not found since {datetime.now(UTC):%Y}")
    assert complaint == ""
    assert list(kept(home)) == [PAGE]


def test_a_page_not_found_again_a_day_later_is_gone(home):
    since = missed(home, APART, PAGE)

    told, complaint = look(home, Agencies(measles=410))

    assert "Gone for a day or more: https://agency.example/measles" in complaint
    assert f"  not found since {since[:10]}" in told[1]
    assert kept(home) == {PAGE: since}


def test_two_looks_within_an_hour_are_no_proof(home):
    missed(home, timedelta(hours=1), PAGE)

    _, complaint = look(home, Agencies(measles=404))

    assert complaint == ""


def test_a_page_that_is_found_again_begins_anew(home):
    missed(home, 9 * APART, PAGE)

    look(home, Agencies())

    assert kept(home) == {}


@pytest.mark.parametrize("unclear", [401, 403, 429, 500, None])
def test_an_unclear_answer_neither_proves_nor_clears_a_page(home, unclear):
    since = missed(home, 9 * APART, PAGE)

    told, complaint = look(home, Agencies(measles=unclear))

    assert (len(told), complaint) == (1, "")
    assert kept(home) == {PAGE: since}


def test_a_page_that_nobody_points_to_any_more_is_forgotten(home):
    missed(home, 9 * APART, "https://agency.example/old")

    _, complaint = look(home, Agencies())

    assert (kept(home), complaint) == ({}, "")


@pytest.mark.parametrize("to_head", [404, 405, 501])
def test_a_server_that_will_not_answer_without_the_page_is_asked_for_it(home, to_head):
    agencies = Agencies(measles={"HEAD": to_head, "GET": 200})

    told, _ = look(home, agencies)

    assert "1 there" in told[0]
    assert agencies.asked == [("HEAD", "/measles"), ("GET", "/measles")]


def test_a_page_that_moved_is_there(home):
    told, _ = look(home, Agencies(measles=301))

    assert "1 there" in told[0]


def test_one_host_is_asked_for_one_page_at_a_time(home):
    at_once, most, lock = Counter(), Counter(), threading.Lock()
    both = threading.Barrier(2)

    def answer(request):
        host = request.url.host
        with lock:
            at_once[host] += 1
            most[host] = max(most[host], at_once[host])
        both.wait(timeout=30)  # two hosts are asked side by side
        with lock:
            at_once[host] -= 1
        return httpx.Response(200)

    look(home, answer, {f"https://{host}.example/{n}": [] for host in "ab" for n in range(5)})

    assert most == {"a.example": 1, "b.example": 1}


@pytest.mark.parametrize("content", ["", "[]", "half {"])
def test_a_damaged_memory_of_links_is_one_plain_line(home, content):
    missed(home, APART)
    home.links.write_text(content)

    with pytest.raises(DataFolderError, match="is damaged"):
        list(checked(home, {}, httpx.MockTransport(Agencies())))
