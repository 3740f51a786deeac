"""What a letter says, in both languages, and what hostile names cannot do to it."""

import email
import re
from dataclasses import replace
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.cards import LANGS
from dashboards.county_page import CountyPages
from dashboards.geo import Geo
from dashboards.language import SUFFIX
from dashboards.rendering import page_environment
from delivery.bounces import bounce, note_bounces, read_bounces
from delivery.layout import as_html, as_text, one_line
from delivery.ledger import open_ledger
from delivery.letter import Letters
from delivery.mail import MAX_HEADER, Ids, make_mail, message_id
from delivery.office import Sender
from delivery.outcome import Outcome
from delivery.subscribers import Subscriber
from tests import snapshots
from tests.offices import NOW
from tests.pages import Page
from tests.snapshots import county
from warehouse.errors import InputError

NATRONA = Geo("county", "56025")
SENDER = Sender("County briefs", "b@health.example", "b@health.example", "b@health.example",
                "https://health.example/leave")  # fmt: skip
IDS = Ids("d" * 32, "5" * 32)
HOSTILE = 'Evil\r\nBcc: all@x.example\r\n\r\n<script>alert(1)</script>" \u202e{{ 7*7 }} County'


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return snapshots.edition(snapshots.plenty(), tmp_path_factory.mktemp("edition"))


@pytest.fixture(scope="module")
def letters(edition):
    return Letters(edition, "https://briefs.example/")


def mailed(letter, sender=SENDER, to="a@clinic.example"):
    mail = make_mail(letter, to, sender, IDS, NOW, None)
    return email.message_from_bytes(mail.content, policy=default)


def in_one_line(text):
    return " ".join(text.split())


def test_a_letter_in_english_is_as_it_was_looked_at(letters, golden):
    golden(
        "letter_plenty.txt", as_text(letters.letter(NATRONA, "en"), True, "https://l.example")
    )


def test_a_letter_in_spanish_is_as_it_was_looked_at(letters, golden):
    golden("letter_plenty.es.txt", as_text(letters.letter(NATRONA, "es")))


def test_a_letter_of_a_place_without_figures_says_so_in_both_languages(tmp_path):
    bare = Letters(snapshots.edition(snapshots.Snapshot(), tmp_path))

    english, spanish = (as_text(bare.letter(Geo("state", "MT"), lang)) for lang in ("en", "es"))

    assert "We can say nothing about Montana this week." in english
    assert "Esta semana no se puede decir nada de Montana." in spanish
    assert "una señal de que todo va bien" in in_one_line(spanish)


@pytest.mark.parametrize("lang", LANGS)
def test_a_letter_says_nothing_that_its_page_does_not(letters, edition, lang):
    pages = CountyPages(edition, page_environment(edition))
    files = dict(pages.files(edition.numbers.counties["56025"]))
    page = Page(files[f"county/56025{SUFFIX[lang]}.html"]).text.replace(" ", "")
    letter = letters.letter(NATRONA, lang)
    lines = [
        letter.main,
        letter.detail,
        *letter.facts,
        *letter.opening,
        f"{letter.label['do_this']} {letter.action}",
    ]
    lines += [
        part for theme in letter.themes for part in (theme.grade, theme.figures, theme.claim)
    ]
    lines += [words for theme in letter.themes for _, words in theme.spoken + theme.after]
    lines += [line for section in letter.sections for line in section.lines]

    lost = [line for line in lines if line.replace(" ", "").rstrip(".") not in page]

    assert lost == []


@pytest.mark.parametrize("lang", LANGS)
def test_text_and_html_say_the_same(letters, lang):
    letter = letters.letter(NATRONA, lang)
    html = in_one_line(Page(as_html(letter, True, "https://l.example")).text)

    text = re.sub(r"https://\S+", "", as_text(letter, True))

    assert [word for word in re.findall(r"[\w“”’]{2,}", text) if word not in html] == []


def test_each_letter_leads_to_the_page_of_its_language_where_there_is_one(letters):
    county, state = NATRONA, Geo("state", "WY")

    assert letters.letter(county, "es").url == "https://briefs.example/county/56025.es.html"
    assert letters.letter(county, "en").url == "https://briefs.example/county/56025.html"
    assert letters.letter(state, "es").url == "https://briefs.example/state/WY.html"
    assert "(en inglés)" in letters.letter(state, "es").whole
    assert "inglés" not in letters.letter(county, "es").whole


def test_the_subject_says_what_is_out_of_the_ordinary_in_each_language(tmp_path):
    made = snapshots.plenty(is_sample=True, release={"changed": "One figure was mended."})
    both = Letters(snapshots.edition(made, tmp_path))
    english, spanish = (both.letter(NATRONA, lang) for lang in LANGS)

    assert english.subject.endswith("brief for week 10 of 2024, revised (sample data)")
    assert spanish.subject.endswith(
        "resumen de la semana 10 de 2024, revisado (datos de muestra)"
    )
    assert english.changed == "One figure was mended."
    assert spanish.changed.startswith("Corrige lo ya publicado")
    assert spanish.notice in spanish.footer


def test_the_html_is_whole_says_its_language_and_fetches_nothing(letters):
    for lang in ("en", "es"):
        page = Page(as_html(letters.letter(NATRONA, lang), True, "https://l.example"))

        assert page.problems == []
        assert page.all("html") == [{"lang": lang}]
        assert page.all("img") + page.all("script") + page.all("link") == []
        assert all(link.startswith("https://") for link in page.links)


def test_no_line_of_the_text_is_wide_but_an_address(letters):
    for lang in ("en", "es"):
        text = as_text(letters.letter(NATRONA, lang), True)
        assert [
            line for line in text.splitlines() if len(line) > 72 and "://" not in line
        ] == []


def test_a_hostile_name_of_a_county_stays_a_name_everywhere(tmp_path):
    evil = county("56027", HOSTILE, "WY", "Wyoming")
    found = snapshots.edition(snapshots.plenty(counties=(evil,)), tmp_path)
    letter = Letters(found).letter(Geo("county", "56027"), "en")

    message = mailed(letter)

    assert message["Bcc"] is None
    assert message["Subject"].startswith("Evil Bcc: all@x.example <script>")
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "49" not in html.partition("</h1>")[0].partition("<h1>")[2]
    assert "\u202e" not in as_text(letter)
    assert Page(html).problems == []


@given(st.text(max_size=300), st.text(max_size=80))
def test_no_words_break_out_of_a_header(place, name):
    from delivery.english import LABELS
    from delivery.letter import Letter

    letter = Letter("en", LABELS, place, place, "", "", (), place, "", "", (), (), (), "", "")
    mail = make_mail(letter, "a@b.example", replace(SENDER, name=name), IDS, NOW, None)
    message = email.message_from_bytes(mail.content, policy=default)

    expected = one_line(place)
    shown = expected if len(expected) <= MAX_HEADER else f"{expected[: MAX_HEADER - 1]}…"
    assert message["Subject"] == shown
    assert message["From"].addresses[0].addr_spec == SENDER.address
    assert message["To"] == "a@b.example"
    assert set(message.keys()) <= {
        *("To", "Reply-To", "Message-ID", "List-Id", "List-Unsubscribe"),
        *("List-Unsubscribe-Post", "From", "Subject", "Date", "Content-Language"),
        *("Auto-Submitted", "Content-Type", "MIME-Version"),
    }
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_long_address_is_never_cut_or_encoded(local, domain):
    to = f"{'a' * local}@{'b' * domain}.{'c' * domain}.{'d' * domain}.example"
    sender = replace(SENDER, unsubscribe=f"https://health.example/{'l' * 400}")
    from delivery.english import LABELS
    from delivery.letter import Letter

    letter = Letter("en", LABELS, "P", "S", "", "", (), "", "", "", (), (), (), "", "")
    content = make_mail(letter, to, sender, IDS, NOW, None).content.decode()

    assert f"\r\nTo: {to}\r\n" in f"\r\n{content}"
    assert f"List-Unsubscribe: <{sender.unsubscribe}?id={IDS.subscription}>,\r\n" in content


def report(about, action="failed", status="5.1.1", kind="message/rfc822"):
    """A report as mail servers send it (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mx.example\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nSorry.\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; a@clinic.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"\r\n--b\r\nContent-Type: {kind}\r\n\r\nMessage-ID: {about}\r\nSubject: x\r\n\r\n"
        "\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_of_a_mail_that_came_back_names_the_mail_and_the_reason(kind):
    found = bounce(report(message_id(IDS, SENDER), kind=kind))

    assert (found.delivery_id, found.told) == ("d" * 32, "5.1.1")


@pytest.mark.parametrize(
    "content",
    [
        report("<x@health.example>"),
        report(message_id(IDS, SENDER), "delayed", "4.4.1"),
        report(message_id(IDS, SENDER), "delivered", "2.0.0"),
        b"Subject: I am on holiday\r\n\r\n5.1.1 failed",
        b"",
        b"\xff\xfe",
        report(message_id(IDS, SENDER))[:250],
    ],
)
def test_other_mail_is_no_bounce(content):
    assert bounce(content) is None


@given(st.binary(max_size=600))
def test_no_mail_breaks_the_reading(content):
    assert bounce(content) is None
    bounce(report("<x>") + content)


def test_a_mailbox_is_read_whatever_its_form(tmp_path):
    bounced = report(message_id(IDS, SENDER))
    (tmp_path / "box.mbox").write_bytes(b"From x Mon Jan 01 00:00:00 2024\n" + bounced)
    for name in ("maildir/cur", "maildir/new", "maildir/tmp", "files"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "maildir/new/1").write_bytes(bounced)
    (tmp_path / "files/1.eml").write_bytes(bounced)

    for name in ("box.mbox", "maildir", "files"):
        assert [found.told for found in read_bounces(tmp_path / name)] == ["5.1.1"]
    with pytest.raises(InputError, match="does not exist"):
        list(read_bounces(tmp_path / "none"))


def test_a_bounce_of_our_mail_is_noted_once_and_a_forged_one_never(tmp_path):
    to = Subscriber("a", NATRONA, "en", "mail", "a@clinic.example")
    box = tmp_path / "box"
    box.mkdir()
    with open_ledger(tmp_path / "ledger", now=lambda: NOW) as ledger:
        ledger.note("2024-W10.1", to, Outcome("sent", "250"), 1)
        key = ledger.subscription(to)
        ours = Ids(ledger.delivery_id("2024-W10.1", key), key)
        (box / "1.eml").write_bytes(report(message_id(ours, SENDER)))
        (box / "2.eml").write_bytes(report(message_id(ours, SENDER)))
        (box / "3.eml").write_bytes(report(message_id(IDS, SENDER)))

        assert note_bounces(ledger, box) == (2, 1)
        assert ledger.bounces() == {key: 1}


def test_what_was_sent_is_never_noted_as_anything_else(tmp_path):
    to = Subscriber("a", NATRONA, "en", "mail", "a@clinic.example")
    with open_ledger(tmp_path / "ledger", now=lambda: NOW) as ledger:
        ledger.note("2024-W10.1", to, Outcome("sent", "250"), 1)

        for state in ("in doubt", "later", "refused", "sent"):
            with pytest.raises(ValueError, match="was sent to a already"):
                ledger.note("2024-W10.1", to, Outcome(state, ""), 2)


def test_two_ledgers_have_tokens_of_their_own(tmp_path):
    to = Subscriber("a", NATRONA, "en", "mail", "a@clinic.example")
    tokens = set()
    for name in ("one", "two", "one"):
        with open_ledger(tmp_path / name) as ledger:
            tokens.add(ledger.subscription(to))
            tokens.add(ledger.subscription(replace(to, id="b", address="A@CLINIC.example")))

    assert len(tokens) == 2
