import contextlib
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.sources import news
from flows.sources.collected import SettingsError
from flows.sources.news.entries import read_entries
from flows.sources.news.slim import MalformedError, slim
from flows.sources.reading import Rejected
from tests.fakes.news import ARTICLE, FakeNews
from warehouse.records import Post

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
COURIER = news.Feed("courier", "The Courier", "https://c.example/feed", "Natrona County, WY")


@pytest.fixture
def fake(monkeypatch):
    with FakeNews(formats=("rss", "atom", "rdf")) as fake:
        use(fake.list_feeds("/rss"), monkeypatch)
        yield fake


def use(env, monkeypatch):
    for name, value in env.items():
        monkeypatch.setenv(name, value)


def collect(mark=None, notices=None, stop=lambda: False):
    said = notices if notices is not None else []
    return list(news.fetch(news.Settings.from_env(), mark or {}, said.append, stop))


def ids(batches):
    return [post.post_id for batch in batches for post in batch.posts]


def reasons(batches):
    return [row.reason for batch in batches for row in batch.rejected]


def rss(*items):
    return ("<rss version='2.0'><channel>" + "".join(items) + "</channel></rss>").encode()


def item(title="Flu shots", summary="Out by noon.", date="Mon, 09 Nov 2026 10:00:00 -0700",
         guid="https://c.example/1", more=""):  # fmt: skip
    return (
        f"<item><title>{title}</title><description>{summary}</description><guid>{guid}</guid>"
        f"<pubDate>{date}</pubDate>{more}</item>"
    )


def only(body, charset=None):
    (entry,) = read_entries(body, charset)
    return news.parse(entry, COURIER, NOW)


def test_an_entry_is_a_post_of_its_outlet():
    post = only(rss(item(summary="&lt;p&gt;Ask jo@paper.com &amp;amp; wait.&lt;/p&gt;")))

    assert post == Post(
        post_id=post.post_id,
        source="news",
        posted_at=datetime(2026, 11, 9, 17, tzinfo=UTC),
        text="Flu shots Ask [email] & wait.",
        author="courier",
        community="courier",
        platform="news",
        location="Natrona County, WY",
    )
    assert len(post.post_id) == len("news:") + 32
    assert "example" not in post.post_id


def test_one_outlet_is_one_voice_and_no_journalist_is_named():
    post = only(rss(item(more="<author>jo@c.example (Jo Byline)</author>")))

    assert post.author == "courier"
    assert "Byline" not in post.text


@pytest.mark.parametrize(
    "more",
    [
        "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>The article"
        "</content:encoded>",
        "<content>The article</content>",
        "<media:description xmlns:media='http://search.yahoo.com/mrss/'>The article"
        "</media:description>",
        "<source><title>The article</title></source>",
    ],
)
def test_the_article_is_never_read_even_where_there_is_no_summary(more):
    post = only(rss(item(summary="", more=more)))

    assert post.text == "Flu shots"
    assert b"article" not in slim(rss(item(more=more)), None)


def test_a_summary_as_long_as_an_article_is_cut_at_a_word():
    post = only(rss(item(summary="measles " * 2_000)))

    assert len(post.text) < 2_050
    assert post.text.endswith("measles")


def test_what_a_publishing_system_adds_is_left_out():
    said = "Out by noon. The post Flu shots appeared first on The Courier."

    assert only(rss(item(summary=said))).text == "Flu shots Out by noon."


def test_a_title_that_is_repeated_as_the_summary_is_read_once():
    assert only(rss(item(summary="Flu shots"))).text == "Flu shots"


@pytest.mark.parametrize("kind", ["rss", "atom", "rdf"])
def test_every_format_gives_the_same_posts(fake, monkeypatch, kind):
    use(fake.list_feeds(f"/{kind}"), monkeypatch)
    fake.seed(20)

    batches = collect()

    assert sorted(ids(batches)) == sorted(fake.post_id(e, f"/{kind}") for e in fake.entries)
    assert {post.posted_at for post in batches[0].posts} == {e.at for e in fake.entries}
    assert not any(ARTICLE.strip() in post.text for post in batches[0].posts)


def test_atom_s_titles_are_text_unless_they_say_otherwise():
    body = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id>"
        "<updated>2026-11-09T10:00:00Z</updated><title>Risk &lt; 5 &amp; falling</title>"
        "<summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p><p>vac"
        "<b>cine</b></p></div></summary></entry></feed>"
    )

    assert only(body.encode()).text == "Risk < 5 & falling One vaccine"


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("", "no date"),
        ("soon", "no date"),
        ("Mon, 09 Nov 2037 10:00:00 GMT", "in the future"),
        ("Mon, 99 Nov 99999 10:00:00 GMT", "no date"),
    ],
)
def test_an_entry_without_a_usable_date_is_rejected(date, reason):
    found = only(rss(item(date=date)))

    assert isinstance(found, Rejected)
    assert reason in found.reason
    assert found.reason.startswith("courier: ")


def test_an_entry_with_neither_id_nor_link_or_without_text_is_rejected():
    assert "neither id nor link" in only(rss(item(guid=""))).reason
    assert "neither title nor summary" in only(rss(item("", ""))).reason


def test_an_entry_without_an_id_goes_by_its_link():
    first = only(rss(item(guid="", more="<link>https://c.example/1</link>")))

    assert first.post_id == only(rss(item(guid="https://c.example/1"))).post_id


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: st.lists(inner, max_size=9) | st.tuples(inner, inner),
    max_leaves=9,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "link", "title", "summary", "published_parsed", "updated_parsed"]
        ),
        values | st.tuples(*[st.integers(-9, 99_999)] * 9),
    )
)
def test_reading_an_entry_never_fails_whatever_it_holds(raw):
    assert isinstance(news.parse(raw, COURIER, NOW), Post | Rejected)


@settings(deadline=None)
@given(
    st.binary(max_size=200) | st.text("<>/rsitemchanl &;'\"=![]", max_size=200).map(str.encode)
)
def test_any_body_is_a_feed_or_malformed(body):
    for sent in (body, rss(body.decode("latin-1"))):
        with contextlib.suppress(MalformedError):
            assert isinstance(read_entries(sent, None), list)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"<?xml version='1.0' encoding='iso-8859-1'?>{}", None),
        (b"\xef\xbb\xbf{}", None),
        (b"{}", "windows-1252"),
        (b"\n  <?xml version='1.0' encoding='windows-1252'?>{}", "utf-8"),
    ],
)
def test_a_feed_is_read_in_the_encoding_that_it_names(body, charset):
    is_utf8 = body.startswith(b"\xef")
    sent = rss(item("Café")).decode().encode("utf-8" if is_utf8 else "cp1252")

    assert only(body.replace(b"{}", sent), charset).text.startswith("Café ")


def test_a_feed_in_utf_16_is_read():
    text = "<?xml version='1.0' encoding='utf-16'?>" + rss(item("Café")).decode()

    assert only(text.encode("utf-16")).text.startswith("Café ")


def test_common_slips_are_mended():
    assert only(rss(item("Flu&nbsp;shots\x0b&rsquo;26"))).text.startswith("Flu shots’26 ")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no element found"),
        (b"<html><body>Subscribe!</body></html>", "neither RSS nor Atom"),
        (rss(item())[:-30], "line 1: "),
        (b"{}", "line 1: not well-formed"),
        (rss(item("a < b")), "line 1: not well-formed"),
        (b"<?xml version='1.0' encoding='punycode'?>" + rss(item()), "do not read"),
        (b"<?xml version='1.0' encoding='hex'?>" + rss(item()), "encoding"),
        (rss(item("\u00e9")).decode().encode("latin-1"), "not in the encoding"),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss(item("&a;")), "entities of its own"),
        (b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + rss(item("&a;")),
         "entities of its own"),
        (b"<!DOCTYPE rss [<!ATTLIST b a CDATA 'x'>]>" + rss(item()), "attributes of its own"),
        (b"<rss xmlns:a='" + b"x" * 501 + b"'/>", "line 1: names a namespace too long"),
        (rss("<b>" * 200), "nested too deep"),
        (rss(item() * 1_001), "over 1,000 entries"),
    ],
)  # fmt: skip
def test_a_malformed_feed_is_named_with_its_line(body, why):
    with pytest.raises(MalformedError, match=why):
        slim(body if isinstance(body, bytes) else body.encode(), None)


N = 200_000


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>" + "&amp;" * N + "</title></item>"),
        rss("<item><title>" + "&lt;" * N + "</title></item>"),
        rss("<item>" + "<category>x</category>" * (N // 4) + "</item>"),
        rss("<item><description>" + "a\n" * N + "</description></item>"),
        rss("<item><pubDate>" + "Mon, 02 " * (N // 4) + "</pubDate></item>"),
        rss("<item><pubDate>" + "1:" * N + "</pubDate></item>"),
        rss("<item><title>" * (N // 8)),
        rss("<" * N),
        rss("&" * N),
        rss("<a b='" * (N // 4)),
        b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>" * (N // 8) + b"]>" + rss(),
        b"<rss " + b" ".join(b"xmlns:a%d='u'" % n for n in range(N // 8)) + b"></rss>",
        rss(item(summary="x &lt;b&gt; y " * 400) * 400),
        b"<!DOCTYPE rss [<!ATTLIST b a CDATA '%b'>]>" % (b"x" * 2_000_000)
        + rss("<b/>" * 700_000),
        b"<rss xmlns='%b'>" % (b"x" * 2_000_000) + b"<b/>" * 700_000 + b"</rss>",
        rss("<item>" + "<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>1</dc:date>" * N),
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
        + b"<link/>" * 700_000
        + b"</entry></feed>",
    ],
    ids=range(17),
)
def test_a_feed_made_to_keep_a_reader_busy_does_not(body):
    started = time.process_time()

    try:
        for entry in read_entries(body[:5_000_000], None):
            news.parse(entry, COURIER, NOW)
    except MalformedError:
        pass

    assert time.process_time() - started < 20


def test_an_unchanged_feed_costs_one_short_answer(fake):
    fake.seed(10)
    mark = json.loads(json.dumps(collect()[-1].mark))
    fake.asked.clear()

    batches = collect(mark)

    assert ids(batches) == []
    ((_, headers),) = fake.asked
    assert headers["if-none-match"].startswith('"')
    assert "gmt" in headers["if-modified-since"].lower()
    assert batches[-1].offered_n == 0


def test_only_new_entries_are_handed_over_and_a_changed_date_moves_none(fake):
    fake.seed(10)
    mark = collect()[-1].mark
    fake.entries[0].at += timedelta(days=1)
    new = fake.publish("A new one", "About the flu.")

    batches = collect(mark)

    assert ids(batches) == [fake.post_id(new)]
    assert batches[-1].offered_n == 11


def test_an_entry_dated_ahead_is_taken_once_its_day_has_come(fake):
    ahead = fake.publish("Clinic opens", "Soon.", datetime.now(UTC) + timedelta(days=9))
    batches = collect()
    assert reasons(batches) == ["herald_rss: an entry with a date in the future"]

    ahead.at = datetime.now(UTC)

    assert ids(collect(batches[-1].mark)) == [fake.post_id(ahead)]


@pytest.mark.parametrize(
    "fault", ["reset", "half_body", "http_5xx", "http_429", "duplicate", "reorder",
              "delete_while_paging"]
)  # fmt: skip
def test_what_passes_is_tried_again_in_the_same_run(fake, fault):
    seeded = fake.seed(20)[:20]
    fake.fail(fault)

    assert sorted(ids(collect())) == sorted(seeded)


@pytest.mark.parametrize("fault", ["strange_body", "not_xml", "truncated"])
def test_a_malformed_feed_is_set_aside_once_and_read_again_when_mended(fake, fault):
    seeded = fake.seed(20)[:20]
    fake.fail(fault, 2)

    first = collect()
    second = collect(first[-1].mark)
    third = collect(second[-1].mark)

    assert [len(reasons(batches)) for batches in (first, second, third)] == [1, 0, 0]
    assert reasons(first)[0].startswith("herald_rss: the feed cannot be read, ")
    assert ids(first) == ids(second) == []
    assert sorted(ids(third)) == sorted(seeded)


@pytest.mark.parametrize("fault", ["http_404", "http_5xx", "huge", "strange_body", "reset"])
def test_one_bad_feed_never_stops_the_rest(fake, monkeypatch, fault):
    use(fake.list_feeds("/rss", "/atom"), monkeypatch)
    fake.seed(5)
    real = fake.next_fault
    fake.next_fault = lambda: real() if fake.asked[-1][0] == "/rss" else None
    fake.fail(fault, 9)
    notices = []

    batches = collect(notices=notices)

    assert sorted(ids(batches)) == sorted(fake.post_id(e, "/atom") for e in fake.entries)
    assert len(notices) + len(reasons(batches)) == 1
    assert not any("http" in line for line in notices)


def test_an_outlet_that_asks_for_a_long_wait_is_left_alone_for_that_long(fake):
    fake.seed(3)
    fake.retry_after = "7200"
    fake.fail("http_429")

    batches = collect()
    fake.asked.clear()

    assert ids(batches) == []
    assert collect(batches[-1].mark) == []
    assert fake.asked == []
    waited = batches[-1].mark["herald_rss"] | {"wait_until": int(time.time()) - 1}
    assert len(ids(collect({"herald_rss": waited}))) == 3


def test_feeds_that_waited_longest_go_first_so_that_short_slices_reach_all(fake, monkeypatch):
    use(fake.list_feeds("/rss", "/atom", "/rdf"), monkeypatch)
    fake.seed(3)
    mark, visited = {}, []
    for _ in range(3):
        looks = iter([False, True])
        fake.asked.clear()
        mark = collect(mark, stop=lambda looks=looks: next(looks))[-1].mark
        visited += [target for target, _ in fake.asked]
        time.sleep(1.1)

    assert sorted(visited) == ["/atom", "/rdf", "/rss"]


def test_a_feed_that_moved_for_good_is_told(fake, monkeypatch):
    use(fake.list_feeds("/old"), monkeypatch)
    fake.redirects["/old"] = (301, "/rss")
    fake.seed(2)
    notices = []

    batches = collect(notices=notices)

    assert len(ids(batches)) == 2
    assert notices == ["herald_old says that its feed has moved for good. Correct its url."]


def test_ids_are_remembered_beyond_what_a_feed_holds_but_not_for_ever(fake):
    fake.seed(450)
    batches = collect()
    kept = fake.entries[:]
    fake.entries = kept[-5:]
    fewer = collect(batches[-1].mark)
    fake.entries = kept[-100:]

    assert ids(collect(fewer[-1].mark)) == []
    assert len(fewer[-1].mark["herald_rss"]["seen"]) == 305


def test_batches_hold_no_more_than_a_thousand_posts(fake, monkeypatch):
    use(fake.list_feeds("/rss", "/atom", "/rdf"), monkeypatch)
    fake.seed(390)

    batches = collect()

    assert sum(len(batch.posts) for batch in batches) == 3 * 390
    assert max(len(batch.posts) for batch in batches) <= 1_000


@pytest.mark.parametrize(
    "mark",
    [
        {"herald_rss": 5},
        {"herald_rss": {"seen": 5, "etag": 5}},
        {"herald_rss": {"wait_until": "x", "failed_n": None}},
    ],
)
def test_a_mark_that_makes_no_sense_starts_anew(fake, mark):
    fake.seed(2)

    assert len(ids(collect(mark))) == 2


def test_the_shipped_list_is_empty_and_says_what_to_do(monkeypatch):
    monkeypatch.delenv("GRAPEVINE_NEWS_FEEDS", raising=False)

    with pytest.raises(SettingsError, match=r"No news feed is listed yet.*feeds\.toml"):
        news.Settings.from_env()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[Casper-C]\n", "an id has small letters"),
        ("[c1]\nurl = 'https://c.example'\nstate = 'WY'\n", "outlet is missing"),
        ("[c1]\noutlet = 'C'\nstate = 'WY'\n", "url is missing"),
        ("[c1]\noutlet = 'C'\nurl = 'https://c.example'\n", "county or state is missing"),
        ("[c1]\noutlet = 'C'\nurl = 'file:///etc/passwd'\nstate = 'WY'\n", "only http and"),
        ("[c1]\noutlet = 'C'\nurl = 'https://u:pw@c.example'\nstate = 'WY'\n", "a password"),
        ("[c1]\noutlet = 'C'\nurl = 'http://127.0.0.1:8080'\nstate = 'WY'\n", "only ports"),
        ("[c1]\noutlet = 'C'\nurl = 'http://[:'\nstate = 'WY'\n", "the url is refused"),
        ("[c1]\noutlet='C'\nurl='https://c.example'\nstate='WY'\n" * 1
         + "[c2]\noutlet='D'\nurl='https://c.example'\nstate='WY'\n", "same url"),
    ],
)  # fmt: skip
def test_an_entry_that_makes_no_sense_is_refused(tmp_path, monkeypatch, written, said):
    file = tmp_path / "feeds.toml"
    file.write_text(written)
    monkeypatch.setenv("GRAPEVINE_NEWS_FEEDS", str(file))

    with pytest.raises(SettingsError, match=said) as refused:
        news.Settings.from_env()

    assert "pw" not in str(refused.value)


def test_the_address_of_a_feed_is_in_no_repr_for_some_carry_a_key():
    assert "c.example" not in repr(COURIER)


def test_by_default_the_fake_has_outlets_enough_in_several_states_to_be_counted(monkeypatch):
    with FakeNews() as fake:
        use(fake.env, monkeypatch)
        seeded = fake.seed(24)
        posts = [post for batch in collect() for post in batch.posts]
        feeds = news.Settings.from_env().feeds

    assert sorted(post.post_id for post in posts) == sorted(seeded)
    assert len(seeded) == 24
    assert len({post.author for post in posts}) == len(feeds) >= 12
    assert len({feed.location.rpartition(", ")[2] for feed in feeds}) >= 5


def test_an_entry_dated_ahead_is_read_again_though_the_feed_has_not_changed(fake):
    fake.publish("Clinic opens", "Soon.", datetime.now(UTC) + timedelta(days=9))
    mark = collect()[-1].mark
    fake.asked.clear()

    collect(mark)

    ((_, headers),) = fake.asked
    assert not {"if-none-match", "if-modified-since"} & headers.keys()


def test_a_clock_that_was_wrong_once_keeps_no_feed_away_for_years(fake):
    fake.seed(2)
    in_2100 = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())

    batches = collect({"herald_rss": {"wait_until": in_2100, "visited_at": in_2100}})

    assert len(ids(batches)) == 2
