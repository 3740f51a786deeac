"""Attack the guard: every way we know to make a reader of feeds ask where it should not."""

import socket
import time

import httpcore
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.sources import news
from flows.sources.news.guard import (
    GuardedBackend,
    RefusedError,
    TimedStream,
    check_url,
    is_public,
    look_up,
)
from flows.sources.news.visit import FeedError, Validators, Visitor
from tests.fakes.news import FakeNews

NOWHERE = frozenset()


class Recorder(httpcore.NetworkBackend):
    """Connects nowhere, and remembers where it should have."""

    def __init__(self):
        self.asked = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.asked.append((host, port))
        raise httpcore.ConnectError("not here")


class Names:
    """A name server that gives one answer after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked_n = 0

    def __call__(self, host, port):
        self.asked_n += 1
        return self.answers.pop(0)


def soon():
    return time.monotonic() + 5


def feed(url):
    return news.Feed("courier", "The Courier", url, "Natrona County, WY")


@pytest.fixture
def fake(monkeypatch):
    with FakeNews() as fake:
        for name, value in fake.env.items():
            monkeypatch.setenv(name, value)
        yield fake


@pytest.fixture
def inside():
    """A second server of this machine, which nobody has allowed."""
    with FakeNews() as inside:
        inside.seed(1)
        yield inside


def visit(url, **options):
    settings = news.Settings.from_env()
    return Visitor(settings, **options).visit(feed(url), Validators())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "192.0.0.8", "203.0.113.9"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8%1"),
        *("::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "2002:7f00:1::", "fe80::1"),
        *("fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1"),
        *("2002:a9fe:a9fe::1", "100::1", "fec0::1", "64:ff9b:1::1", "2001:10::1"),
        *("", "localhost", "1", "127.1", "0x7f000001", "2130706433", "8.8.8.8 ", "8.8.8.8/8"),
    ],
)
def test_an_address_that_is_not_public_or_wraps_one_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111"])
def test_a_public_address_is_taken(address):
    assert is_public(address)


PRIVATE = ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "fc00::/7")


@settings(deadline=None)
@given(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network)))
def test_no_private_address_is_public_however_it_is_wrapped(address):
    assert not is_public(str(address))
    if address.version == 4:
        assert not is_public(f"::ffff:{address}")
        assert not is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://paper.example/feed",
        "gopher://paper.example/_x",
        "data:text/xml,<rss/>",
        "paper.example/feed",
        "http:///feed",
        "https://jo:secret@paper.example/feed",
        "https://paper.example:22/feed",
        "http://127.0.0.1:8080/feed",
        "http://[::1]:6379/",
    ],
)
def test_an_address_that_cannot_be_a_feed_is_refused_before_anything_is_looked_up(url):
    with pytest.raises(RefusedError) as refused:
        check_url(httpx.URL(url), NOWHERE)

    assert "secret" not in str(refused.value)
    assert "passwd" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "127.0.0.1", "localhost",
     "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0", "127.0.0.1."],
)  # fmt: skip
def test_no_spelling_of_this_machine_is_connected_to(fake, host):
    with pytest.raises(FeedError, match=r"not public|cannot be reached|is refused"):
        visit(f"http://{host}/feed")

    assert fake.asked == []


def test_decimal_and_hexadecimal_hosts_do_lead_here_so_that_the_test_above_means_something():
    assert look_up("2130706433", 80) == look_up("0x7f000001", 80) == ["127.0.0.1"]


def test_the_connection_goes_to_the_very_address_that_was_checked():
    names, inner = Names(["93.184.215.14"], ["127.0.0.1"]), Recorder()
    backend = GuardedBackend(soon(), NOWHERE, names, inner)

    with pytest.raises(httpcore.ConnectError):
        backend.connect_tcp("rebind.example", 80)

    assert inner.asked == [("93.184.215.14", 80)]
    assert names.asked_n == 1


def test_a_name_that_has_one_private_address_among_public_ones_is_refused():
    inner = Recorder()
    backend = GuardedBackend(soon(), NOWHERE, Names(["93.184.215.14", "10.0.0.1"]), inner)

    with pytest.raises(RefusedError, match="not public"):
        backend.connect_tcp("mixed.example", 443)

    assert inner.asked == []


def test_rebinding_between_two_connections_is_checked_again():
    names, inner = Names(["93.184.215.14"], ["169.254.169.254"]), Recorder()
    backend = GuardedBackend(soon(), NOWHERE, names, inner)

    with pytest.raises(httpcore.ConnectError):
        backend.connect_tcp("rebind.example", 80)
    with pytest.raises(RefusedError):
        backend.connect_tcp("rebind.example", 80)

    assert inner.asked == [("93.184.215.14", 80)]


def test_a_name_that_is_looked_up_for_ever_is_given_up(fake, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_NEWS_TIMEOUT_S", "0.3")

    def slow(host, port):
        time.sleep(3)
        return ["93.184.215.14"]

    started = time.monotonic()
    with pytest.raises(FeedError, match=r"within 0\.3 s"):
        visit("http://slow.example/feed", resolve=slow)

    assert time.monotonic() - started < 2.5


def test_a_name_that_does_not_exist_is_told(fake):
    def nothing(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FeedError, match="cannot be reached"):
        visit("http://none.example/feed", resolve=nothing)


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "//169.254.169.254/latest",
        "http://[::ffff:a9fe:a9fe]/",
        "http://2852039166/latest",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "https://jo:pw@paper.example/",
        "http://localhost/",
        "http://10.0.0.1:80/",
        "http://paper.example:8080/",
        "http://[",
        "https://xn--/",
    ],
)
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_to_where_it_should_not_go_is_refused(fake, location, code):
    fake.redirects["/rss"] = (code, location)

    with pytest.raises(FeedError, match="is refused"):
        visit(f"{fake.url}/rss")


def test_a_redirect_to_another_service_of_this_machine_is_refused(fake, inside):
    fake.redirects["/rss"] = (302, f"{inside.url}/rss")

    with pytest.raises(FeedError, match="is refused"):
        visit(f"{fake.url}/rss")

    assert inside.asked == []


def test_a_name_that_leads_to_another_service_of_this_machine_is_refused(inside, fake):
    with pytest.raises(FeedError, match="is refused"):
        visit("http://paper.example/rss", resolve=lambda host, port: ["127.0.0.1"])

    assert inside.asked == fake.asked == []


def test_a_chain_of_redirects_ends(fake):
    fake.redirects["/rss"] = (302, "/rss")

    with pytest.raises(FeedError, match="without end"):
        visit(f"{fake.url}/rss")

    assert len(fake.asked) == 6


def test_an_allowed_redirect_is_followed(fake):
    fake.seed(2)
    fake.redirects["/old"] = (301, "/rss")

    served = visit(f"{fake.url}/old")

    assert served.has_moved
    assert b"<rss" in served.body


def test_proxies_of_the_environment_are_not_asked(fake, inside, monkeypatch):
    fake.seed(1)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, inside.url)

    visit(f"{fake.url}/rss")

    assert inside.asked == []


@pytest.mark.parametrize("fault", ["huge", "huge_gzip"])
def test_a_feed_of_over_5_mb_is_refused_packed_or_not(fake, fault):
    fake.fail(fault)

    with pytest.raises(FeedError, match="over 5 MB"):
        visit(f"{fake.url}/rss")


@pytest.mark.parametrize("fault", ["slow", "timeout"])
def test_a_visit_ends_in_time_however_the_answer_drips(fake, fault, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_NEWS_TIMEOUT_S", "1")
    fake.seed(20)
    fake.fail(fault)

    started = time.monotonic()
    with pytest.raises(FeedError, match="within 1 s"):
        visit(f"{fake.url}/rss")

    assert time.monotonic() - started < 6


@pytest.mark.parametrize("packing", ["br", "deflate", "gzip, gzip", "zstd"])
def test_a_packing_that_we_did_not_ask_for_is_refused(fake, packing):
    fake.raw["/raw"] = b"x"
    fake.headers = {"Content-Encoding": packing}

    with pytest.raises(FeedError, match="packed in a way"):
        visit(f"{fake.url}/raw")


def test_a_broken_gzip_is_told(fake):
    fake.raw["/raw"] = b"This is not packed at all."
    fake.headers = {"Content-Encoding": "gzip"}

    with pytest.raises(FeedError, match="packed wrongly"):
        visit(f"{fake.url}/raw")


def test_a_certificate_is_held_to_the_name_and_not_to_the_number():
    asked = {}

    class Inner(httpcore.NetworkStream):
        def start_tls(self, ssl_context, server_hostname=None, timeout=None):
            asked.update(host=server_hostname, timeout=timeout)
            return self

        def close(self):
            pass

        def get_extra_info(self, info):
            return None

        def write(self, buffer, timeout=None):
            pass

        def read(self, max_bytes, timeout=None):
            raise httpcore.ReadError("far enough")

    class Backend(Recorder):
        def connect_tcp(self, host, port, *_args):
            self.asked.append((host, port))
            return Inner()

    inner = Backend()
    backend = GuardedBackend(soon(), NOWHERE, Names(["93.184.215.14"]), inner)
    with (
        pytest.raises(httpcore.ReadError),
        httpcore.ConnectionPool(network_backend=backend) as pool,
    ):
        pool.request("GET", "https://paper.example/feed")

    assert inner.asked == [("93.184.215.14", 443)]
    assert asked["host"] == "paper.example"
    assert 0 < asked["timeout"] <= 5


def test_nothing_is_read_once_the_time_is_over():
    backend = GuardedBackend(time.monotonic() - 1, NOWHERE, Names(["8.8.8.8"]), Recorder())

    with pytest.raises(httpcore.TimeoutException):
        backend.connect_tcp("paper.example", 80)
    with pytest.raises(httpcore.TimeoutException):
        TimedStream(httpcore.NetworkStream(), backend._left_s).read(1)


@pytest.mark.parametrize("location", ["//a.b[]", "////a.b[x", "http://a]"])
def test_a_redirect_to_what_is_no_address_costs_its_feed_only(fake, location):
    fake.redirects["/rss"] = (302, location)

    with pytest.raises(FeedError):
        visit(f"{fake.url}/rss")


@pytest.mark.parametrize(
    ("kind", "charset"),
    [
        ("text/xml; charset*=utf-8''x; charset*0=a", None),
        ('text/xml;charset="ISO-8859-1"', "ISO-8859-1"),
        ("text/xml; Charset = utf-8; x=y", "utf-8"),
        ("text/xml", None),
    ],
)
def test_whatever_the_kind_of_an_answer_says_it_is_read(fake, kind, charset):
    fake.raw["/raw"] = b"<rss/>"
    fake.kind = kind

    assert visit(f"{fake.url}/raw").charset == charset
