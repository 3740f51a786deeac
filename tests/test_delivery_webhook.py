"""Briefs are posted to a real receiver on this machine, which answers in every way we know."""

import base64
import json
import ssl
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery import webhook
from delivery.webhook import outcome, sign, signing_key
from tests import snapshots
from tests.fakes.hook import SECRET, FakeHook, Posted
from tests.offices import NOW, OfficeFile, delivery, publish, put_pdf, states
from warehouse.errors import GrapevineError


def ran(home, ledger):
    run = delivery(home, ledger)
    run.run()
    return run


def hooked(home, hook, names="a", **keys):
    file = OfficeFile()
    for name in names:
        file.add(name, webhook=f"{hook.url}/{name}", **keys)
    file.write(home)


def test_a_brief_is_posted_once_and_signed(home, ledger, hook):
    publish(home)
    hooked(home, hook, "ab")

    for _ in range(2):
        run = ran(home, ledger)

    assert states(run) == {"a": "sent", "b": "sent"}
    assert sorted(one.path for one in hook.posted) == ["/a", "/b"]
    assert all(one.is_signed() for one in hook.posted)
    assert hook.posted[0].headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_a_brief_that_was_changed_on_its_way_is_no_longer_signed(home, ledger, hook):
    publish(home)
    hooked(home, hook)
    ran(home, ledger)
    (posted,) = hook.posted

    other = base64.b64encode(b"another secret of the same length..").decode()

    assert not Posted(posted.path, posted.headers, posted.body + b" ").is_signed()
    assert not Posted(
        posted.path, posted.headers | {"webhook-id": "x"}, posted.body
    ).is_signed()
    assert not posted.is_signed(other)


def test_a_signature_is_that_of_the_standards_own_example():
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "it")
    body = b'{"test": 2432232314}'

    signed = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_post_says_what_the_brief_says_and_which_release_it_is(home, ledger, hook):
    publish(home, snapshots.plenty(is_sample=True))
    hooked(home, hook)

    ran(home, ledger)

    (posted,) = hook.posted
    brief = posted.brief
    assert brief["type"] == "brief.published"
    assert (brief["issue"], brief["week"]) == ("2024-W10.1-sample", "2024-W10")
    assert (brief["geo_type"], brief["geo_value"], brief["language"]) == (
        "county",
        "56025",
        "en",
    )
    assert brief["is_sample"] is True
    assert brief["notice"] == "Sample data, written for demonstration"
    assert brief["main"] == "Raise this week: raw milk said to be safer or healing."
    assert brief["main"] in brief["text"]
    assert brief["themes"][0]["grade"] == "Raise it · 8 of 10"
    assert brief["url"] == "https://briefs.example/county/56025.html"


@pytest.mark.parametrize("how", [500, 503, 429, 408, "hang_up"])
def test_a_receiver_with_trouble_is_asked_again_under_the_same_id(home, ledger, hook, how):
    publish(home)
    hooked(home, hook)
    hook.answers.append(how)

    assert states(ran(home, ledger)) == {"a": "sent"}
    assert len(hook.posted) == 2
    assert len(set(hook.ids)) == 1


@pytest.mark.parametrize("how", ["silent", "drip"])
def test_a_receiver_that_takes_its_time_is_given_up_and_asked_again(
    home, ledger, hook, how, monkeypatch
):
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.3)
    publish(home)
    hooked(home, hook)
    run = delivery(home, ledger)
    post = run.post(run.office.subscribers[0], b"k" * 24)
    hook.answers.extend([how, 200])
    trust = ssl.create_default_context()

    started = time.monotonic()
    first = webhook.send(post, trust, 0.3)
    took_s = time.monotonic() - started

    assert first.state == "later"
    assert took_s < 5
    assert webhook.send(post, trust, 5).state == "sent"


@pytest.mark.parametrize("status", [400, 401, 404, 422, "redirect"])
def test_a_receiver_that_refuses_is_not_asked_again_and_no_redirect_is_followed(
    home, ledger, hook, status
):
    publish(home)
    hooked(home, hook)
    hook.answers.append(status)

    for _ in range(2):
        run = ran(home, ledger)

    assert states(run) == {"a": "refused"}
    assert [one.path for one in hook.posted] == ["/a"]


def test_a_receiver_that_is_gone_gets_no_later_release_either(home, ledger, hook):
    publish(home, snapshots.plenty(week="2024-W09"))
    hooked(home, hook, "ab")
    hook.answers.append(410)
    ran(home, ledger)

    publish(home)
    run = ran(home, ledger)

    assert sorted(states(run).values()) == ["gone", "sent"]
    assert len(hook.posted) == 3


def test_a_receiver_that_is_away_waits_for_the_next_delivery(home, ledger):
    with FakeHook() as gone:
        pass
    publish(home)
    hooked(home, gone)

    run = ran(home, ledger)

    assert states(run) == {"a": "later"}
    assert [one.told for one in run.standings()] == ["ConnectError"]


def test_many_receivers_are_posted_to_at_once(home, ledger, hook):
    publish(home)
    names = [f"n{number:03}" for number in range(100)]
    hooked(home, hook, names)

    run = ran(home, ledger)

    assert set(states(run).values()) == {"sent"}
    assert len(set(hook.ids)) == len(hook.posted) == 100


def test_a_pdf_in_the_site_is_not_posted(home, ledger, hook):
    publish(home)
    put_pdf(home, "county/56025", b"2024-W10.1 in a PDF")
    hooked(home, hook)

    ran(home, ledger)

    assert b"in a PDF" not in hook.posted[0].body


@pytest.mark.parametrize("secret", ["", "short", "whsec_", "not base64!" * 4, "QUJD"])
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret):
    with pytest.raises(GrapevineError, match="Subscriber 'a': its signing secret") as refused:
        signing_key(secret, "Subscriber 'a'")

    assert not secret or secret not in str(refused.value)


@given(st.integers(100, 599))
def test_every_answer_means_one_thing(status):
    found = outcome(status)

    assert found.told == str(status)
    assert (found.state == "sent") == (200 <= status < 300)
    assert found.state in ("sent", "later", "refused", "gone")


@given(st.text(max_size=60))
def test_a_body_of_any_words_is_json_in_one_piece(words):
    body = json.dumps({"place": words}, ensure_ascii=False).encode("utf-8", "replace")

    assert sign(base64.b64decode(SECRET), "id", 1, body).startswith("v1,")
    assert json.loads(body)["place"] == words.encode("utf-8", "replace").decode()
