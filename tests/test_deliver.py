"""The whole command: what is delivered, what never is, and what a kill in the middle does."""

import email
import json
import os
import random
import sqlite3
import stat
import time
from collections import Counter
from contextlib import closing
from email.policy import default

import pytest
from click.testing import CliRunner

from delivery import deliver, issue
from delivery.ledger import open_ledger
from flows.cli import main
from tests import snapshots
from tests.fakes.hook import SECRET
from tests.forked import begun
from tests.offices import OfficeFile, delivery, publish, put_pdf, states
from warehouse import publication
from warehouse.database import open_database


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(deliver, "PAUSES_S", (0.0, 0.0, 0.0))
    monkeypatch.setenv("HOOK_SECRET", SECRET)


def grapevine(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_release_goes_by_mail_and_webhook_and_the_command_says_to_how_many(
    home, server, hook
):
    publish(home)
    OfficeFile(server.port).add("nurse").add("hook", webhook=hook.url).write(home)

    first = grapevine("deliver", "--late")
    again = grapevine("deliver", "--late")

    assert first.output == "Release 2024-W10.1: 2 subscribers\n  sent      2, of which now 2\n"
    assert again.output == "Release 2024-W10.1: 2 subscribers\n  sent      2, of which now 0\n"
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert server.readers == ["nurse@clinic.example"]
    assert hook.posted[0].is_signed()


def test_a_dry_run_says_to_whom_and_sends_and_writes_nothing(home, server, hook):
    publish(home)
    OfficeFile(server.port).add("nurse").add("hook", webhook=hook.url).write(home)

    said = grapevine("deliver", "--dry-run")

    assert said.output.splitlines() == [
        "Dry run of release 2024-W10.1: nothing is sent.",
        "  would go  hook: county 56025, en, webhook",
        "  would go  nurse: county 56025, en, mail",
        "  in all    2 of 2 subscribers",
    ]
    assert (server.connections_n, hook.posted) == (0, [])
    assert not home.deliveries.exists()
    assert not (home.root / "delivering").exists()


def test_a_dry_run_can_write_the_messages_to_be_looked_at(home, server, hook, tmp_path):
    publish(home)
    OfficeFile(server.port).add("nurse").add("hook", webhook=hook.url).write(home)

    grapevine("deliver", "--dry-run", "--out", tmp_path / "out")

    mail = email.message_from_bytes((tmp_path / "out/nurse.eml").read_bytes(), policy=default)
    assert mail["Subject"] == "Natrona County, Wyoming: brief for week 10 of 2024"
    assert json.loads((tmp_path / "out/hook.json").read_text())["issue"] == "2024-W10.1"
    assert (server.connections_n, hook.posted) == (0, [])


def test_a_release_that_is_not_published_is_never_delivered(home, server):
    publish(home, is_published=False)
    OfficeFile(server.port).add("nurse").write(home)

    unchecked = grapevine("deliver", "--late")
    with open_database(home) as con:
        con.execute("insert into set_aside values ('2024-W10.1', now(), '[\"volume: low\"]')")
    aside = grapevine("deliver", "--late")

    assert "Release 2024-W10.1 is not checked yet, so it is not delivered" in unchecked.output
    assert "Release 2024-W10.1 is set aside, so it is not delivered" in aside.output
    assert (unchecked.exit_code, aside.exit_code, server.connections_n) == (1, 1, 0)


def test_a_release_published_in_spite_of_a_failed_check_is_delivered(home, server):
    publish(home, is_published=False)
    OfficeFile(server.port).add("nurse").write(home)
    with open_database(home) as con:
        con.execute(publication.TABLES)
        con.execute("insert into set_aside values ('2024-W10.1', now(), '[]')")
        publication.admit(con, "2024-W10.1", despite="a storm")

    assert grapevine("deliver", "--late").exit_code == 0
    assert server.readers == ["nurse@clinic.example"]


def test_the_sample_is_sent_only_when_it_is_meant_and_then_says_so(home, server):
    publish(home, snapshots.plenty(is_sample=True))
    OfficeFile(server.port).add("nurse").write(home)

    refused = grapevine("deliver", "--late")
    meant = grapevine("deliver", "--late", "--sample")

    assert "is made from sample data, so nobody is sent it" in refused.output
    assert meant.output.startswith("Release 2024-W10.1-sample (Sample data, written for")
    (mail,) = server.boxes
    assert (
        mail.message.get_body(("plain",))
        .get_content()
        .startswith("*** Sample data, written for")
    )


def test_a_week_long_past_is_not_sent_by_mistake(home, server):
    publish(home)
    OfficeFile(server.port).add("nurse").write(home)

    said = grapevine("deliver")

    assert "ended on 2024-03-09, over 21 days ago" in said.output
    assert server.connections_n == 0


def test_a_revised_release_is_sent_anew_and_says_that_it_is(home, server):
    publish(home)
    OfficeFile(server.port).add("nurse").write(home)
    grapevine("deliver", "--late")

    changes = {"release_id": "2024-W10.2", "changed": "3 figures were corrected."}
    publish(home, snapshots.plenty(release=changes))
    grapevine("deliver", "--late")

    first, second = (mail.message for mail in server.boxes)
    assert "revised" not in first["Subject"]
    assert second["Subject"].endswith("week 10 of 2024, revised")
    assert "3 figures were corrected." in second.get_body(("plain",)).get_content()


def test_who_waits_is_counted_and_the_command_fails_so_that_it_is_tried_again(home, server):
    publish(home)
    OfficeFile(server.port).add("a").add("b").write(home)
    server.refusals["b@clinic.example"] = "450 4.2.2 full"

    said = grapevine("deliver", "--late")

    assert said.exit_code == 1
    assert said.output.splitlines()[1:] == [
        "  sent      1, of which now 1",
        "         1  wait, to be tried again",
        "            b: 450 4.2.2",
        "Error: 1 subscribers still wait. Deliver again later.",
    ]
    assert "clinic.example" not in said.output


def test_a_place_that_the_release_does_not_know_is_said(home, server):
    publish(home)
    OfficeFile(server.port).add("a", county="01001").add("b").write(home)

    said = grapevine("deliver", "--late")

    assert "1  place not in this release\n            a\n" in said.output
    assert server.readers == ["b@clinic.example"]


def test_two_deliveries_never_run_at_once(home, server):
    from flows.delivering import _alone

    publish(home)
    OfficeFile(server.port).add("a").write(home)
    with _alone(home):
        said = grapevine("deliver", "--late")

    assert "Another delivery is using" in said.output
    assert server.connections_n == 0


def test_the_folder_is_free_for_a_run_while_mail_is_sent(home, server):
    from delivery.office import read_office
    from flows.delivering import _taken
    from flows.running import hold

    publish(home)
    office = read_office(OfficeFile(server.port).add("a").write(home))
    pdf = put_pdf(home, "county/56025", b"%PDF 2024-W10.1")

    with _taken(home, office) as taken, hold(home):
        part = pdf.with_name("new")  # a run writes the next site, as it does: by a rename
        part.write_bytes(b"%PDF 2024-W11.1")
        part.replace(pdf)
        (((place, lang), kept),) = taken.pdfs.items()
        assert kept.read_bytes() == b"%PDF 2024-W10.1"
        assert (place.value, lang) == ("56025", "en")

    assert not kept.exists()


def test_a_reader_leaves_with_the_token_of_the_mail_and_may_come_back(home, server):
    publish(home, snapshots.plenty(week="2024-W09"))
    OfficeFile(server.port, {"unsubscribe": "https://h.example/leave"}).add("a").write(home)
    grapevine("deliver", "--late")
    link = server.boxes[0].message["List-Unsubscribe"]
    token = link.partition("?id=")[2].partition(">")[0]

    left = grapevine("subscribers", "leave", token)
    publish(home)
    after = grapevine("deliver", "--late")
    back = grapevine("subscribers", "rejoin", "a")
    again = grapevine("deliver", "--late")

    assert left.output.startswith("This subscription is stopped.")
    assert "1  left the list" in after.output
    assert back.output == "'a' gets the next release.\n"
    assert "of which now 1" in again.output
    assert grapevine("subscribers", "leave", "0" * 32).exit_code == 1


def test_a_list_of_subscribers_says_how_each_stands_and_names_no_address(home, server):
    publish(home)
    OfficeFile(server.port).add("a").add("b").add("c", state="WY", language="es").write(home)
    server.refusals["b@clinic.example"] = "550 5.1.1 b@clinic.example"
    before = grapevine("subscribers", "list")
    grapevine("deliver", "--late")
    after = grapevine("subscribers", "list")

    assert before.output.splitlines()[0] == "a  county 56025, en, mail: nothing yet"
    assert after.output.splitlines() == [
        "a  county 56025, en, mail: 2024-W10.1 sent (250 2.0.0)",
        "b  county 56025, en, mail: 2024-W10.1 refused (550 5.1.1), 1 came back",
        "c  state WY, es, mail: 2024-W10.1 sent (250 2.0.0)",
    ]
    assert "clinic.example" not in after.output


def test_a_refused_one_is_tried_again_when_a_person_says_so(home, server):
    publish(home)
    OfficeFile(server.port).add("a").write(home)
    server.fail("rcpt", "550 5.7.1 blocked")
    grapevine("deliver", "--late")

    allowed = grapevine("subscribers", "again", "a")
    grapevine("deliver", "--late")

    assert "tried again by the next" in allowed.output
    assert server.readers == ["a@clinic.example"]
    assert "was neither refused" in grapevine("subscribers", "again", "a").output
    assert "No subscriber is called 'x'" in grapevine("subscribers", "again", "x").output


def test_the_ledger_names_nobody_and_belongs_to_its_owner(home, server):
    publish(home)
    OfficeFile(server.port).add("a").write(home)
    grapevine("deliver", "--late")

    assert b"clinic.example" not in home.deliveries.read_bytes()
    assert stat.S_IMODE(home.deliveries.stat().st_mode) == 0o600


def test_without_a_ledger_that_can_be_read_nothing_is_sent(home, server):
    publish(home)
    OfficeFile(server.port).add("a").write(home)
    home.deliveries.write_bytes(b"this is no ledger, whatever its name says" * 100)

    said = grapevine("deliver", "--late")

    assert "The delivery ledger" in said.output
    assert "Nothing is sent without it" in said.output
    assert server.connections_n == 0


def test_a_secret_that_is_not_set_is_named_by_its_variable(home, hook, monkeypatch):
    monkeypatch.delenv("HOOK_SECRET")
    publish(home)
    OfficeFile().add("a", webhook=hook.url).write(home)

    said = grapevine("deliver", "--late")

    assert "Subscriber 'a' names the variable HOOK_SECRET, which is not set" in said.output
    assert hook.posted == []


def test_an_error_while_the_answer_is_noted_leaves_the_mail_in_doubt(home, server, monkeypatch):
    publish(home)
    OfficeFile(server.port).add("a").add("b").write(home)
    with open_ledger(home.deliveries) as ledger:
        run = delivery(home, ledger)
        note = type(ledger).note

        def full(self, release_id, to, found, tries_n):
            if found.state == "sent":
                raise sqlite3.OperationalError("database or disk is full")
            note(self, release_id, to, found, tries_n)

        monkeypatch.setattr(type(ledger), "note", full)
        with pytest.raises(sqlite3.OperationalError):
            run.run()
        monkeypatch.undo()

        assert states(run) == {"a": "in doubt", "b": "new"}
    assert server.readers == ["a@clinic.example"]


def at_once(home, secret):
    """Deliver without pauses."""
    os.environ |= {"GRAPEVINE_HOME": str(home.root), "HOOK_SECRET": secret}
    deliver.PAUSES_S = (0.0, 0.0, 0.0)
    grapevine("deliver", "--late")


def start(home):
    """A delivery in a process of its own."""
    return begun(at_once, home, SECRET)


def kill(run):
    run.kill()
    run.join()


@pytest.mark.parametrize(
    ("moment", "readers", "state"),
    [("mail", ["a@clinic.example"], "sent"), ("rcpt", ["a@clinic.example"], "sent"),
     ("data", [], "in doubt"), ("taken", ["a@clinic.example"], "in doubt")],
)  # fmt: skip
def test_a_kill_while_a_mail_is_handed_over_never_makes_two(
    home, server, moment, readers, state
):
    publish(home)
    OfficeFile(server.port, {"timeout_s": 60}).add("a").write(home)
    server.fail(moment, "silent")

    run = start(home)
    assert server.reached.wait(60)
    kill(run)
    grapevine("deliver", "--late")

    assert server.readers == readers
    with open_ledger(home.deliveries) as ledger:
        assert states(delivery(home, ledger)) == {"a": state}


def test_a_delivery_killed_again_and_again_gives_everybody_one_at_most(home, server, hook):
    publish(home)
    file = OfficeFile(server.port)
    for number in range(40):
        file.add(f"m{number:02}").add(f"h{number:02}", webhook=f"{hook.url}/{number}")
    file.write(home)
    chance = random.Random(7)

    for _ in range(5):
        before, run = len(server.boxes), start(home)
        until = time.monotonic() + 60
        while len(server.boxes) == before and run.is_alive() and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.15))
        kill(run)
    grapevine("deliver", "--late")
    with open_ledger(home.deliveries) as ledger:
        stands = states(delivery(home, ledger))

    got = Counter(server.readers)
    assert max(got.values()) == 1
    for name in (name for name in stands if name.startswith("m")):
        assert stands[name] in ("sent", "in doubt")
        assert stands[name] == "in doubt" or got[f"{name}@clinic.example"] == 1
    assert {stands[name] for name in stands if name.startswith("h")} == {"sent"}
    assert len(set(hook.ids)) == 40  # one that drops an id it knows has each exactly once


def test_the_ledger_of_a_killed_delivery_is_whole(home, server):
    publish(home)
    OfficeFile(server.port, {"timeout_s": 60}).add("a").write(home)
    server.fail("taken", "silent")
    run = start(home)
    assert server.reached.wait(60)
    kill(run)

    with closing(sqlite3.connect(home.deliveries)) as con:
        assert con.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_release_is_only_old_when_its_week_is(home):
    assert issue.OLDEST.days == 21
