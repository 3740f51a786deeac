"""The site is asked for over real sockets: as browsers ask, and as those who mean harm do."""

import base64
import gzip
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.serving.pages import _PART, parts_of
from flows.serving.server import Bounds
from tests.serving import read_all, running

PAGE = b"<!doctype html><title>Natrona</title>" + b"<p>Seen in public posts</p>" * 200
PASSWORD = "correct horse battery"
OUTSIDE = b"the keys of the week"


@pytest.fixture
def site(home):
    """A site with a page, tables and things that are not for readers."""
    (home.site / "county").mkdir(parents=True)
    (home.site / "index.html").write_bytes(PAGE)
    (home.site / "county/56025.html").write_bytes(PAGE)
    for suffix in ("json", "csv", "xml", "svg", "bib", "pdf", "parquet", "js"):
        (home.site / f"a.{suffix}").write_bytes(b"x")
    (home.site / ".files").write_text("index.html\n")
    (home.site / "big.parquet").write_bytes(os.urandom(3_000_000))
    (home.root / "secret.txt").write_bytes(OUTSIDE)
    return home


@pytest.fixture
def served(site):
    with running(site) as found:
        yield found


def basic(password, user="reader"):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("target", ["/", "/index.html", "/county/56025.html", "/?lang=es"])
def test_a_page_is_served_as_it_lies_there(served, target):
    status, headers, body = served.ask(target)

    assert (status, body) == (200, PAGE)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-length"] == str(len(PAGE))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.json", "application/json"),
        ("a.csv", "text/csv; charset=utf-8"),
        ("a.xml", "application/atom+xml; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.bib", "text/plain; charset=utf-8"),
        ("a.pdf", "application/pdf"),
        ("a.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_each_kind_of_file_says_what_it_is_and_is_not_guessed_at(served, name, kind):
    status, headers, _ = served.ask(f"/{name}")

    assert (status, headers["content-type"]) == (200, kind)
    assert headers["x-content-type-options"] == "nosniff"


def test_every_answer_bears_a_policy_and_may_not_be_framed(served):
    for target in ("/", "/a.json", "/nowhere.html", "/healthz", "/metrics"):
        _, headers, _ = served.ask(target)

        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
    assert "sandbox" in served.ask("/a.svg")[1]["content-security-policy"]


def test_a_reader_who_has_the_page_is_not_sent_it_again(served, site):
    etag = served.ask("/")[1]["etag"]

    status, headers, body = served.ask("/", If_None_Match=f'"other", W/{etag}')

    assert (status, body, headers["etag"]) == (304, b"", etag)
    (site.site / "index.html").write_bytes(b"a new release")
    assert served.ask("/", If_None_Match=etag)[0] == 200


def test_pages_are_packed_for_who_takes_it(served):
    status, headers, body = served.ask("/", Accept_Encoding="br, gzip;q=0.5")

    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == PAGE
    assert len(body) < len(PAGE) / 5
    assert headers["vary"] == "Accept-Encoding"
    assert headers["etag"] != served.ask("/")[1]["etag"]  # other bytes, another name


@pytest.mark.parametrize("said", ["", "identity", "gzip;q=0", "br"])
def test_who_takes_no_gzip_gets_the_page_as_it_is(served, said):
    _, headers, body = served.ask("/", Accept_Encoding=said)

    assert "content-encoding" not in headers
    assert body == PAGE


def test_head_says_the_same_without_the_page(served):
    status, headers, body = served.ask("/", method="HEAD")

    assert (status, body) == (200, b"")
    assert headers["content-length"] == str(len(PAGE))


def test_a_large_file_arrives_whole(served, site):
    assert served.ask("/big.parquet")[2] == (site.site / "big.parquet").read_bytes()


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/county/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "//secret.txt",
        "//etc/passwd",
        "/county//56025.html",
        "/./index.html",
        "/index.html%00.json",
        "/index.html/",
        "/%c0%ae%c0%ae/secret.txt",
        "/.files",
        "/county/.files",
        "/%2efiles",
    ],
)
def test_nothing_outside_the_site_can_be_reached(served, target):
    status, _, body = served.ask(target)

    assert status == 404
    assert OUTSIDE not in body
    assert target.encode() not in body  # what was asked is not repeated


@pytest.mark.parametrize("target", ["/county", "/county/", "/data/", "/%2f"])
def test_folders_are_not_listed(served, target):
    status, _, body = served.ask(target)

    assert (status, body) == (404, b"There is no such page.\n")


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_no_path_has_parts_that_lead_elsewhere(written):
    parts = parts_of(f"/{written}")

    if parts is not None:
        assert all(_PART.fullmatch(part) and part not in (".", "..") for part in parts)
        assert "/".join(parts).isprintable()


def test_links_are_not_followed_wherever_they_lead(served, site):
    (site.site / "leak.txt").symlink_to(site.root / "secret.txt")
    (site.site / "up").symlink_to(site.root)
    (site.site / "twin.html").symlink_to(site.site / "index.html")

    for target in ("/leak.txt", "/up/secret.txt", "/twin.html"):
        assert served.ask(target)[0] == 404


def test_a_pipe_or_a_file_nobody_may_read_holds_nobody_up(served, site):
    os.mkfifo(site.site / "pipe.html")

    assert served.ask("/pipe.html")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
def test_nothing_but_reading_is_done(served, method):
    status, headers, _ = served.ask("/", method=method)

    assert status == 405
    assert headers["allow"] == "GET, HEAD"
    assert headers["connection"] == "close"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nsmuggled!", 413),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            413,
        ),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            413,
        ),
        (b"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nA b: c\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_a_request_that_no_browser_makes_is_refused_and_the_line_closed(served, said, status):
    answer = served.raw(said)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1") == 1  # what was smuggled in is no second request
    assert served.ask("/")[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.9"),
        *("", "localhost:99999999", "localhost/../", "[::ffff", "localhost evil", "a" * 300),
    ],
)
def test_on_this_machine_only_its_own_names_are_answered(served, host):
    assert served.ask("/", Host=host)[0] in (400, 421)
    assert served.ask("/healthz", Host=host)[0] in (400, 421)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:8000"])
def test_this_machines_own_names_are_answered(served, host):
    assert served.ask("/", Host=host)[0] == 200


def test_a_name_that_was_set_is_answered(site):
    with running(site, hosts=frozenset({"briefs.health.example"})) as served:
        assert served.ask("/", Host="briefs.health.example")[0] == 200
        assert served.ask("/", Host="www.health.example")[0] == 421


def test_several_pages_come_over_one_connection(served):
    with served.open() as line:
        line.sendall(b"GET /a.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3)
        line.sendall(b"GET /a.csv HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert read_all(line).count(b"200 OK") == 4


def test_a_browser_that_never_ends_its_request_is_let_go(site):
    with running(site, Bounds(head_s=0.5)) as served, served.open() as line:
        began = time.monotonic()
        line.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        for _ in range(3):
            time.sleep(0.1)
            line.sendall(b"a")  # a byte now and then buys no time
        answer = read_all(line)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < 5


def test_a_browser_that_says_nothing_is_let_go_without_a_word(site):
    with running(site, Bounds(head_s=0.2)) as served, served.open() as line:
        assert read_all(line) == b""


def test_a_browser_that_takes_no_answer_is_let_go(site):
    (site.site / "huge.parquet").write_bytes(bytes(30_000_000))
    with running(site, Bounds(answer_s=0.3, least_bps=1e9)) as served, served.open() as line:
        line.sendall(b"GET /huge.parquet HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(1.0)
        assert len(read_all(line)) < 30_000_000
        assert served.ask("/")[0] == 200


def test_many_slow_browsers_from_one_address_leave_room_for_others(site):
    with running(site, Bounds(head_s=5.0, peer_n=3)) as served:
        lines = [served.open() for _ in range(3)]
        for line in lines:
            line.sendall(b"GET")
        time.sleep(0.2)
        with served.open() as one_more:
            assert read_all(one_more) == b""  # torn down at once
        for line in lines:
            line.close()
        time.sleep(0.2)
        assert served.ask("/")[0] == 200


def test_a_connection_ends_after_so_many_requests(site):
    with running(site, Bounds(requests_n=2)) as served:
        answer = served.raw(b"GET /a.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 5)

    assert answer.count(b"200 OK") == 2


def test_with_a_password_nothing_is_shown_without_it(site):
    with running(site, password=PASSWORD) as served:
        for target in ("/", "/a.json", "/metrics", "/nowhere"):
            status, headers, body = served.ask(target)
            assert (status, body) == (401, b"Please give the password.\n")
            assert headers["www-authenticate"].startswith('Basic realm="Grapevine"')
        assert served.ask("/", Authorization=basic(PASSWORD))[2] == PAGE
        assert served.ask("/", Authorization=basic(PASSWORD, "whoever"))[0] == 200


@pytest.mark.parametrize(
    "said",
    [
        *("Basic", "Basic !!!", "Basic cmVhZGVy", f"Bearer {PASSWORD}", PASSWORD, "basic \xff"),
        *(basic(""), basic(PASSWORD[:-1]), basic(PASSWORD + " "), basic(PASSWORD.upper())),
    ],
)
def test_what_is_not_quite_the_password_is_not_the_password(site, said):
    with running(site, password=PASSWORD) as served:
        assert served.ask("/", Authorization=said)[0] == 401


def test_two_passwords_at_once_are_none(site):
    with running(site, password=PASSWORD) as served:
        line = f"Authorization: {basic(PASSWORD)}\r\n"
        asked = f"GET / HTTP/1.1\r\nHost: localhost\r\n{line}{line}Connection: close\r\n\r\n"
        assert b" 401 " in served.raw(asked.encode())


def test_who_guesses_too_often_waits_even_with_the_right_one(site):
    with running(site, password=PASSWORD) as served:
        guessed = [served.ask("/", Authorization=basic(f"guess {n}"))[0] for n in range(12)]

        assert guessed == [401] * 10 + [429] * 2
        assert served.ask("/", Authorization=basic(PASSWORD))[0] == 429


def test_behind_a_proxy_only_who_it_names_is_let_in(site):
    from ipaddress import ip_network

    own = {"proxy_header": "x-remote-user", "proxies": (ip_network("127.0.0.1/32"),)}
    other = own | {"proxies": (ip_network("10.0.0.7/32"),)}
    with running(site, **own) as served:
        assert served.ask("/", X_Remote_User="ann")[0] == 200
        assert served.ask("/")[0] == 403
        assert served.ask("/", X_Remote_User=" ")[0] == 403
    with running(site, **other) as served:  # the header from somebody else counts for nothing
        assert served.ask("/", X_Remote_User="ann")[0] == 403
        assert served.ask("/", X_Remote_User="ann", X_Forwarded_For="10.0.0.7")[0] == 403
