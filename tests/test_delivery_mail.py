"""Mail is handed to a real mail server (aiosmtpd), which fails in every way we know of."""

import email
import smtplib
import ssl
from email.policy import default
from itertools import pairwise

import pytest
import trustme

from delivery.office import read_office
from delivery.outcome import ChannelDownError
from delivery.smtp import PER_CONNECTION, Postman
from tests.fakes.mail import FakeMailServer
from tests.offices import NOW, OfficeFile, delivery, publish, put_pdf, states
from warehouse.errors import GrapevineError


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def certificate(authority, name="127.0.0.1"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def offices(home, server, names="abc", **mail):
    file = OfficeFile(server.port, mail)
    for name in names:
        file.add(name)
    file.write(home)


def ran(home, ledger):
    run = delivery(home, ledger)
    run.run()
    return run


def test_every_subscriber_gets_the_release_once_however_often_it_is_delivered(
    home, ledger, server
):
    publish(home)
    offices(home, server)

    for _ in range(3):
        run = ran(home, ledger)

    assert server.readers == [f"{name}@clinic.example" for name in "abc"]
    assert states(run) == dict.fromkeys("abc", "sent")
    assert all(len(mail.to) == 1 for mail in server.boxes)  # nobody learns of another


def test_a_mail_holds_the_brief_as_text_and_as_html_with_the_sample_mark(home, ledger, server):
    from tests import snapshots

    publish(home, snapshots.plenty(is_sample=True))
    offices(home, server, "a")

    ran(home, ledger)

    (mail,) = server.boxes
    text = mail.message.get_body(("plain",)).get_content()
    html = mail.message.get_body(("html",)).get_content()
    for told in ("Natrona County, Wyoming", "Sample data", "raw milk said to be safer"):
        assert told in text
        assert told in html
    assert mail.message["Subject"].endswith("week 10 of 2024 (sample data)")
    assert list(mail.message.iter_attachments()) == []


def test_mail_says_who_it_is_from_and_how_to_leave_in_one_click(home, ledger, server):
    publish(home)
    offices(home, server, "a", unsubscribe="https://health.example/leave",
            reply_to="desk+x@health.example", bounces_to="bounces@health.example")  # fmt: skip

    ran(home, ledger)

    (mail,) = server.boxes
    (to,) = delivery(home, ledger).office.subscribers
    token = ledger.subscription(to)
    assert mail.sender == "bounces@health.example"
    assert mail.message["From"] == "County briefs <briefs@health.example>"
    assert mail.message["Reply-To"] == "desk+x@health.example"
    assert mail.message["List-Unsubscribe"] == (
        f"<https://health.example/leave?id={token}>, "
        f"<mailto:desk%2Bx@health.example?subject=unsubscribe%20{token}>"
    )
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Date"].datetime == NOW


def test_without_a_page_to_leave_on_a_mail_names_an_address_and_promises_no_click(
    home, ledger, server
):
    publish(home)
    offices(home, server, "a")

    ran(home, ledger)

    (mail,) = server.boxes
    assert mail.message["List-Unsubscribe"].startswith("<mailto:briefs@health.example?")
    assert "List-Unsubscribe-Post" not in mail.message


def test_the_pdf_of_the_release_goes_along_and_one_of_another_release_stays(
    home, ledger, server
):
    release_id = publish(home)
    put_pdf(home, "county/56025", f"%PDF {release_id} \x00\xff".encode("latin-1"))
    put_pdf(home, "county/56021", b"%PDF 2024-W09.1")
    OfficeFile(server.port).add("new").add("old", county="56021").write(home)

    ran(home, ledger)

    mails = {mail.to[0]: mail.message for mail in server.boxes}
    (pdf,) = mails["new@clinic.example"].iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_filename() == f"grapevine-56025-{release_id}.pdf"
    assert pdf.get_content() == f"%PDF {release_id} \x00\xff".encode("latin-1")
    assert "attached as a PDF" in mails["new@clinic.example"].get_body().get_content()
    assert list(mails["old@clinic.example"].iter_attachments()) == []
    assert "attached" not in mails["old@clinic.example"].get_body().get_content()


def test_a_mail_in_spanish_takes_the_spanish_pdf_along_and_never_the_english_one(
    home, ledger, server
):
    release_id = publish(home)
    for name in ("56025", "56025.es", "56021"):
        put_pdf(home, f"county/{name}", f"%PDF {name} {release_id}".encode())
    office = OfficeFile(server.port).add("both", language="es")
    office.add("english", county="56021", language="es").write(home)

    ran(home, ledger)

    mails = {mail.to[0]: mail.message for mail in server.boxes}
    (pdf,) = mails["both@clinic.example"].iter_attachments()
    assert pdf.get_filename() == f"grapevine-56025-{release_id}.es.pdf"
    assert pdf.get_content() == f"%PDF 56025.es {release_id}".encode()
    assert "va adjunto en PDF" in mails["both@clinic.example"].get_body().get_content()
    assert list(mails["english@clinic.example"].iter_attachments()) == []


def test_a_real_pdf_of_the_release_is_known_as_such_and_one_of_another_is_not(
    home, ledger, server, tmp_path
):
    from tests import snapshots
    from tests.test_pdf import pdf

    publish(home)
    offices(home, server, "a")
    earlier = snapshots.plenty(release={"release_id": "2024-W10.0"})
    for folder, made, n in (("old", earlier, 0), ("new", snapshots.plenty(), 1)):
        (tmp_path / folder).mkdir()
        content = pdf(snapshots.edition(made, tmp_path / folder))
        put_pdf(home, "county/56025", content)
        message = email.message_from_bytes(
            delivery(home, ledger).mail(delivery(home, ledger).office.subscribers[0]).content,
            policy=default,
        )

        assert [part.get_content() for part in message.iter_attachments()] == [content][:n]


def test_every_line_of_a_mail_is_one_that_any_server_takes(home, ledger, server):
    publish(home)
    put_pdf(home, "county/56025", b"2024-W10.1" + bytes(range(256)) * 40)
    offices(home, server, "a", unsubscribe=f"https://health.example/{'l' * 300}")

    ran(home, ledger)

    (mail,) = server.boxes
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
    assert max(mail.content) < 128


def test_an_address_that_is_refused_is_noted_as_a_bounce_and_not_tried_again(
    home, ledger, server
):
    server.refusals["b@clinic.example"] = "550 5.1.1 <b@clinic.example> is nobody here"
    publish(home)
    offices(home, server)

    run = ran(home, ledger)
    again = ran(home, ledger)

    assert states(again) == {"a": "sent", "b": "refused", "c": "sent"}
    (refused,) = [one for one in run.standings() if one.why == "refused"]
    assert refused.told == "550 5.1.1"  # not the server's words: they hold the address
    assert refused.tries_n == 1
    assert len(ledger.bounces()) == 1
    assert server.readers == ["a@clinic.example", "c@clinic.example"]


def test_an_address_is_left_alone_after_three_releases_came_back_in_a_row(home, ledger, server):
    from tests import snapshots

    server.refusals["b@clinic.example"] = "550 nobody"
    offices(home, server)

    for week in ("2024-W07", "2024-W08", "2024-W09", "2024-W10"):
        publish(home, snapshots.plenty(week=week))
        run = ran(home, ledger)

    assert states(run) == {"a": "sent", "b": "bounced", "c": "sent"}
    assert len(server.boxes) == 2 * 4


def test_a_server_that_says_later_is_asked_again_in_the_next_round(home, ledger, server):
    publish(home)
    offices(home, server)
    server.fail("rcpt", "450 4.2.0 come back later", 2)
    server.fail("data", "451 4.3.0 no room")

    run = ran(home, ledger)

    assert states(run) == dict.fromkeys("abc", "sent")
    assert sorted(one.tries_n for one in run.standings()) == [2, 2, 2]
    assert server.readers == [f"{name}@clinic.example" for name in "abc"]


def test_who_is_put_off_in_every_round_still_waits_for_the_next_delivery(home, ledger, server):
    publish(home)
    offices(home, server, "a")
    server.fail("rcpt", "450 come back later", 3)

    assert states(ran(home, ledger)) == {"a": "later"}
    assert states(ran(home, ledger)) == {"a": "sent"}


@pytest.mark.parametrize("moment", ["mail", "rcpt"])
@pytest.mark.parametrize("how", ["hang_up", "silent", "421 4.3.2 closing"])
def test_a_connection_lost_before_the_mail_was_sent_is_made_again(
    home, ledger, server, moment, how
):
    publish(home)
    offices(home, server, timeout_s=0.4)
    server.fail(moment, how)

    run = ran(home, ledger)

    assert states(run) == dict.fromkeys("abc", "sent")
    assert server.readers == [f"{name}@clinic.example" for name in "abc"]


@pytest.mark.parametrize("how", ["hang_up", "silent"])
def test_a_mail_whose_answer_is_lost_is_in_doubt_and_not_sent_again_by_itself(
    home, ledger, server, how
):
    publish(home)
    offices(home, server, timeout_s=0.4)
    server.fail("taken", how)

    for _ in range(2):
        run = ran(home, ledger)

    assert states(run) == {"a": "in doubt", "b": "sent", "c": "sent"}
    assert server.readers == [f"{name}@clinic.example" for name in "abc"]


def test_a_mail_in_doubt_is_sent_again_when_a_person_says_so_under_the_same_id(
    home, ledger, server
):
    publish(home)
    offices(home, server, "a", timeout_s=0.4)
    server.fail("taken", "hang_up")
    run = ran(home, ledger)
    (to,) = run.office.subscribers

    assert ledger.allow_again("2024-W10.1", to)
    assert states(ran(home, ledger)) == {"a": "sent"}
    assert not ledger.allow_again("2024-W10.1", to)

    first, second = (mail.message["Message-ID"] for mail in server.boxes)
    assert first == second  # by which a mail system can drop the second


def test_a_mail_refused_whole_is_refused_for_good(home, ledger, server):
    publish(home)
    offices(home, server, "a")
    server.fail("data", "554 5.7.1 not wanted here")

    assert states(ran(home, ledger)) == {"a": "refused"}


def test_a_server_that_hangs_up_over_a_refusal_has_refused(home, ledger, server):
    publish(home)
    offices(home, server, "ab")
    server.fail("rcpt", "421 4.7.0 too many")
    server.refusals["b@clinic.example"] = "521 5.7.1 no"

    assert states(ran(home, ledger)) == {"a": "sent", "b": "refused"}


def test_a_server_that_is_away_stops_the_mail_and_everybody_waits(home, ledger):
    with FakeMailServer() as gone:
        pass
    publish(home)
    offices(home, gone)

    run = ran(home, ledger)

    assert states(run) == dict.fromkeys("abc", "new")
    assert "127.0.0.1" in run.problems["mail"]
    assert "cannot be reached" in run.problems["mail"]


def test_after_a_few_mails_a_new_connection_is_made(home, ledger, server):
    publish(home)
    names = [f"n{number:02}" for number in range(PER_CONNECTION + 1)]
    offices(home, server, names)

    ran(home, ledger)

    assert len(server.boxes) == len(names)
    assert server.connections_n == 2


def test_mail_goes_encrypted_and_logged_in_to_a_server_whose_certificate_is_right(
    home, ledger, authority
):
    publish(home)
    home.root.mkdir(exist_ok=True)
    authority.cert_pem.write_to_path(home.root / "ca.pem")
    login = ("briefs", "p4ss wörd".encode("ascii", "replace").decode())
    with FakeMailServer(login, certificate(authority)) as server:
        offices(
            home, server, security="starttls", user="briefs", password="env:PW", ca="ca.pem"
        )
        run = delivery(home, ledger)
        run.secrets = lambda reference, who: login[1]
        run.run()

    assert states(run) == dict.fromkeys("abc", "sent")
    assert set(server.logins) == {login}


def test_mail_goes_to_a_server_that_is_encrypted_from_the_start(home, ledger, authority):
    publish(home)
    authority.cert_pem.write_to_path(home.root / "ca.pem")
    with FakeMailServer(tls=certificate(authority), is_wrapped=True) as server:
        offices(home, server, security="tls", ca="ca.pem")

        assert states(ran(home, ledger)) == dict.fromkeys("abc", "sent")


@pytest.mark.parametrize(
    ("name", "ca"), [("127.0.0.1", None), ("other.example", "ca.pem")], ids=["unknown", "name"]
)
def test_a_server_whose_certificate_is_wrong_gets_no_mail_and_no_password(
    home, ledger, authority, name, ca
):
    publish(home)
    authority.cert_pem.write_to_path(home.root / "ca.pem")
    trusted = {"ca": ca} if ca else {}
    with FakeMailServer(("briefs", "pw"), certificate(authority, name)) as server:
        offices(home, server, security="starttls", user="briefs", password="env:PW", **trusted)

        run = ran(home, ledger)

    assert "certificate that is not trusted" in run.problems["mail"]
    assert (server.boxes, server.logins, server.connections_n) == ([], [], 1)


def test_a_server_that_offers_no_encryption_gets_no_mail_and_no_password(home, ledger, server):
    publish(home)
    offices(home, server, security="starttls", user="briefs", password="env:PW")

    run = ran(home, ledger)

    assert "offers no encryption" in run.problems["mail"]
    assert (server.boxes, server.logins, server.connections_n) == ([], [], 1)


def test_a_password_that_is_refused_is_given_once_and_repeated_nowhere(home, ledger, authority):
    publish(home)
    authority.cert_pem.write_to_path(home.root / "ca.pem")
    with FakeMailServer(("briefs", "right"), certificate(authority)) as server:
        offices(
            home, server, security="starttls", user="briefs", password="env:PW", ca="ca.pem"
        )
        run = delivery(home, ledger)
        run.secrets = lambda reference, who: "planted-9f2"
        run.run()

    assert "does not accept the user and password" in run.problems["mail"]
    assert len(server.logins) == 1  # asking again would lock us out
    assert "planted" not in f"{run!r} {run.problems}"
    assert b"planted" not in home.deliveries.read_bytes()


def test_a_missing_secret_stops_the_delivery_before_anything_is_sent(home, ledger, server):
    publish(home)
    offices(home, server, security="starttls", user="briefs", password="env:PW")
    run = delivery(home, ledger)

    def missing(reference, who):
        raise GrapevineError(f"{who} is missing")

    run.secrets = missing
    with pytest.raises(GrapevineError, match=r"password in \[mail\] is missing"):
        run.run()

    assert server.connections_n == 0


def test_a_postman_tells_before_a_mail_can_have_been_taken_and_not_sooner(home, ledger, server):
    publish(home)
    offices(home, server, "a")
    run, seen = delivery(home, ledger), []
    office = read_office(home.delivery)
    postman = Postman(office.server, "", office.sender.domain)
    server.fail("rcpt", "450 later")

    for _ in range(2):
        mail = run.mail(office.subscribers[0])
        postman.hand_over(mail, lambda: seen.append(len(server.boxes)))
    postman.close()

    assert seen == [0]
    assert len(server.boxes) == 1


def test_a_line_of_a_single_dot_does_not_end_a_mail(home, ledger, server):
    publish(home)
    offices(home, server, "a")
    run = delivery(home, ledger)
    (to,) = run.office.subscribers
    mail = run.mail(to)
    dotted = type(mail)(
        mail.sender, mail.to, b"Subject: x\r\n\r\na\r\n.\r\nMAIL FROM:<x>\r\n..b\r\n"
    )
    postman = Postman(run.office.server, "", "health.example")

    postman.hand_over(dotted, lambda: None)
    postman.close()

    (taken,) = server.boxes
    assert taken.content.endswith(b"a\r\n.\r\nMAIL FROM:<x>\r\n..b\r\n")


def test_a_server_that_talks_nonsense_is_given_up(home, ledger):
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def chatter():
            for _ in range(3):
                client, _address = listening.accept()
                with client:
                    client.sendall(b"x" * 9_000 + b"\r\n")

        threading.Thread(target=chatter, daemon=True).start()
        office = type("Port", (), {"port": listening.getsockname()[1]})
        publish(home)
        offices(home, office, "a")
        run = ran(home, ledger)

    assert states(run) == {"a": "new"}
    assert "cannot be reached" in run.problems["mail"]


def test_the_error_of_a_lost_server_is_a_plain_line():
    error = ChannelDownError("The mail server is away.")

    assert isinstance(error, GrapevineError)
    assert not error.is_final
    assert issubclass(smtplib.SMTPException, OSError)


def test_mails_of_two_subscribers_have_ids_of_their_own(home, ledger, server):
    publish(home)
    offices(home, server)

    ran(home, ledger)

    ids = sorted(mail.message["Message-ID"] for mail in server.boxes)
    assert all(one != other for one, other in pairwise(ids))
    assert all("clinic" not in one for one in ids)
