"""Lists are written by people: every slip is named, and no address is ever repeated."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.geo import Geo
from delivery.office import read_office
from delivery.subscribers import is_fit
from tests.offices import OfficeFile
from warehouse.errors import GrapevineError

CSV = "id,county,state,language,email,webhook,secret\n"


def refusal(home, file):
    with pytest.raises(GrapevineError) as refused:
        read_office(file.write(home))
    return str(refused.value)


def with_list(home, text, name="clinics.csv"):
    file = OfficeFile(top=f'lists = ["{name}"]')
    home.root.mkdir(parents=True, exist_ok=True)
    (home.root / "clinics.csv").write_text(text, encoding="utf-8")
    return file


def test_a_list_says_who_gets_which_brief_how_and_in_which_language(home):
    file = OfficeFile().add("nurse").add("state-office", state="WY", language="es")
    file.add("intranet", county="56027", webhook="https://intranet.example/hook?x=1")

    office = read_office(file.write(home))

    nurse, state, intranet = office.subscribers
    assert (nurse.place, nurse.lang, nurse.channel) == (Geo("county", "56025"), "en", "mail")
    assert (state.place, state.lang) == (Geo("state", "WY"), "es")
    assert (intranet.channel, intranet.secret) == ("webhook", "env:HOOK_SECRET")
    assert office.site == "https://briefs.example/"


def test_a_spreadsheet_can_hold_further_subscribers(home):
    lines = (
        "one,56025,,,a@clinic.example,,\n"
        "two,,WY,es,,https://hook.example/x,prefect-secret:hook\n"
        " three , 56027 ,,, b@clinic.example ,,\n"
    )
    file = with_list(home, f"\ufeff{CSV}{lines}").add("zero")

    office = read_office(file.write(home))

    assert [one.id for one in office.subscribers] == ["zero", "one", "two", "three"]
    assert office.subscribers[3].address == "b@clinic.example"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("one,5602,,,a@b.example,,", "line 2: no county has this code"),
        ("one,,Wyoming,,a@b.example,,", "line 2: 'state' is 'Wyoming'"),
        ("one,56025,WY,,a@b.example,,", "either county"),
        ("one,,,,a@b.example,,", "either county"),
        ("one,56025,,fr,a@b.example,,", "'language' is 'fr'"),
        ("one,56025,,,,,", "either email"),
        ("one,56025,,,a@b.example,https://x.example,env:A", "either email"),
        ("one,56025,,,planted at b.example,,", "no e-mail address"),
        ("one,56025,,,a@b.example,,env:A", "a secret is for a webhook"),
        ("one,56025,,,,https://planted.example,", "'secret' is missing"),
        ("one,56025,,,,https://x.example,planted", "never the secret"),
        ("one,56025,,,,http://planted.example,env:A", "no https address"),
        ("one,56025,,,,https://u:planted@x.example,env:A", "no https address"),
        ("One Two,56025,,,a@b.example,,", "small letters"),
        (",56025,,,a@b.example,,", "small letters"),
        ("one,56025,,,a@b.example,,,more", "more cells"),
        ('one,56025,,,"a@b.example', "no CSV in UTF-8"),
    ],
)
def test_a_slip_in_a_line_is_named_with_its_place_and_no_address(home, line, told):
    said = refusal(home, with_list(home, f"{CSV}{line}\n"))

    assert told in said
    assert said.startswith("clinics.csv")
    assert "planted" not in said
    assert "\n" not in said


def test_a_list_without_ids_or_that_is_not_there_or_not_text_is_said(home):
    assert "no column 'id'" in refusal(
        home, with_list(home, "county,email\n56025,a@b.example\n")
    )
    assert "cannot be read" in refusal(home, with_list(home, CSV, "other.csv"))
    file = with_list(home, CSV)
    (home.root / "clinics.csv").write_bytes(b"id\xff\n")
    assert "no CSV in UTF-8" in refusal(home, file)


def test_an_address_that_is_there_twice_for_one_place_is_refused_by_name_only(home):
    file = OfficeFile().add("a", email="Desk@planted.example")
    file.add("b", email="desk@PLANTED.example", language="es")

    said = refusal(home, file)

    assert said.startswith("Subscribers 'a' and 'b' are the same address and the same place.")
    assert "planted" not in said.lower()


def test_one_address_may_have_two_places_and_two_lists_may_not_share_a_name(home):
    two = OfficeFile().add("a", email="x@y.example").add("b", email="x@y.example", state="WY")
    assert len(read_office(two.write(home)).subscribers) == 2

    file = with_list(home, f"{CSV}a,56025,,,other@y.example,,\n").add("a")
    assert "Two subscribers are called 'a'" in refusal(home, file)


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        ({"security": "none", "server": "smtp.example"}, "on this machine"),
        ({"security": "none", "user": "u", "password": "env:P"}, "never sent in the clear"),
        ({"security": "ssl"}, "'security' is 'ssl'"),
        ({"security": "starttls", "user": "u", "password": "planted"}, "never the secret"),
        ({"security": "starttls", "user": "u"}, "'password' is missing"),
        ({"port": 0}, "'port' is no number"),
        ({"port": "25"}, "'port' is no number"),
        ({"timeout_s": 1000}, "'timeout_s' is no number"),
        ({"from": "planted"}, "'from' is no e-mail address"),
        ({"reply_to": "a@b\nBcc: planted@c.example"}, "'reply_to' is no e-mail address"),
        ({"unsubscribe": "http://planted.example/"}, "'unsubscribe' is no plain https"),
        ({"unsubscribe": "https://planted.example/?a=1"}, "'unsubscribe' is no plain https"),
        ({"ca": "nowhere.pem"}, "'ca' names no file"),
        ({"sever": "x"}, "there is no 'sever' here"),
    ],
)
def test_a_slip_about_the_mail_server_is_named_and_nothing_secret_repeated(home, mail, told):
    said = refusal(home, OfficeFile(mail=mail).add("a"))

    assert told in said
    assert said.startswith("delivery.toml, [mail]")
    assert "planted" not in said


def test_mail_needs_a_mail_server_and_webhooks_alone_do_not(home):
    home.root.mkdir(parents=True)
    hook = '[subscribers.a]\nstate = "WY"\nwebhook = "https://x.example"\nsecret = "env:S"\n'
    home.delivery.write_text(hook)
    assert read_office(home.delivery).server is None

    home.delivery.write_text('[subscribers.a]\nstate = "WY"\nemail = "a@b.example"\n')
    with pytest.raises(GrapevineError, match=r"the part \[mail\] is missing"):
        read_office(home.delivery)


def test_settings_that_are_not_there_are_said_to_be_missing(home):
    with pytest.raises(GrapevineError, match=r"no \S+delivery\.toml yet; delivery/README"):
        read_office(home.delivery)


def test_a_subscriber_shows_no_address_when_it_is_printed(home):
    file = OfficeFile().add("a", email="planted@x.example")
    file.add("b", webhook="https://planted.example/", secret="env:PLANTED")

    office = read_office(file.write(home))

    assert "planted" not in repr(office.subscribers).lower()


@given(st.text(max_size=40))
def test_nothing_with_a_line_end_or_a_blank_is_an_address_to_post_to(text):
    assert not is_fit(f"https://x.example/{text}\n")
    assert not is_fit(f"https://x.example/ {text}")
    assert not is_fit(f"javascript:{text}")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80/x", "http://[::1]/x", "http://localhost/"]
)
def test_this_machine_may_be_posted_to_without_encryption(url):
    assert is_fit(url)


@given(st.from_regex(re.compile(r"[a-z.!+]{1,12}@[a-z.-]{1,12}\.[a-z]{2,4}"), fullmatch=True))
def test_an_address_is_taken_as_it_is_or_refused_and_never_mended(address):
    from classifiers.entries import Entry
    from delivery.subscribers import check_email

    entry = Entry("list, line 2", {"email": address})
    said = ""
    try:
        taken = check_email(entry, "email")
    except GrapevineError as refused:
        taken, said = address, str(refused)

    assert taken == address
    assert address not in said
