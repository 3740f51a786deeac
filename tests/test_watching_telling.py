"""What is wrong is told by a real mail server and a real receiver, once an event."""

import json
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from delivery.outcome import Outcome
from flows.cli import main
from flows.watching import telling
from flows.watching.account import end_account
from flows.watching.told import open_told
from tests import watched
from tests.offices import OfficeFile
from tests.watched import ASIDE, FAILED, NOW, WELL
from warehouse.errors import DataFolderError, GrapevineError

ANN, BO = "ann@health.example", "bo@health.example"


@pytest.fixture
def room(home, server, hook, monkeypatch):
    """A data folder that is well, with two people and a webhook to be told."""
    watched.well(home)
    OfficeFile(server.port).write(home)
    monkeypatch.setenv("GRAPEVINE_WATCH_MAIL_TO", f"{ANN},{BO}")
    monkeypatch.setenv("GRAPEVINE_WATCH_WEBHOOK", f"{hook.url}/services/planted")
    monkeypatch.setenv("GRAPEVINE_WATCH_DISK_GB", "0")
    return home


def watch(home, now=NOW, is_again=False):
    """One look: (the lines said, the complaint or '')."""
    lines = []
    try:
        telling.watch(home, now, lines.append, is_again)
    except GrapevineError as error:
        return lines, str(error)
    return lines, ""


def texts(hook):
    return [json.loads(one.body)["text"] for one in hook.posted]


def test_while_all_is_well_nobody_is_told(room, server, hook):
    assert watch(room) == (["All is well."], "")
    assert (server.boxes, hook.posted) == ([], [])


def test_a_failed_run_is_told_once_to_everybody_however_often_it_is_looked_at(
    room, server, hook
):
    end_account(room, FAILED)

    for minutes in range(5):
        lines, complaint = watch(room, NOW + timedelta(minutes=10 * minutes))

    assert (len(lines), complaint) == (1, "")
    assert server.readers == [ANN, BO]
    assert len(hook.posted) == 1
    (first, _) = server.boxes
    assert first.message["Subject"] == "Grapevine: run failed"
    assert first.message["Auto-Submitted"] == "auto-generated"
    assert first.message["To"] in (ANN, BO)
    body = first.message.get_content()
    assert "failed after briefs" in body
    assert "told once" in body
    assert texts(hook) == [f"Grapevine: run failed\n- {lines[0].removeprefix('run failed: ')}"]


def test_it_is_told_again_only_after_being_well_between(room, server, hook):
    for account in (FAILED, FAILED, WELL, FAILED):
        end_account(room, account)
        watch(room)
        watch(room)

    assert len(hook.posted) == 2
    assert server.readers == [ANN, ANN, BO, BO]


def test_a_new_event_is_told_without_the_ones_that_were(room, hook):
    end_account(room, FAILED)
    watch(room)
    watched.heard(room, "bluesky", 5)
    watch(room)

    assert [text.splitlines()[0] for text in texts(hook)] == [
        "Grapevine: run failed",
        "Grapevine: silent source",
    ]


def test_each_release_set_aside_is_an_event_of_its_own(room, hook):
    from msgspec.structs import replace

    for release in ("2024-W10.2", "2024-W10.2", "2024-W10.3"):
        end_account(room, replace(ASIDE, release=release))
        watch(room)

    assert len(hook.posted) == 2


def test_everything_wrong_at_once_is_one_message(room, hook):
    end_account(room, ASIDE)
    watched.heard(room, "news", 100)

    watch(room, NOW + timedelta(days=30))

    (text,) = texts(hook)
    assert text.splitlines()[0] == "Grapevine: set aside, stale, silent source"
    assert len(text.splitlines()) == 4


def test_a_folder_that_cannot_be_read_for_once_makes_nothing_told_twice(room, hook):
    end_account(room, FAILED)
    watch(room)
    kept = (room.watch / "runs.json").read_bytes()
    (room.watch / "runs.json").write_bytes(b"{")
    watch(room)
    (room.watch / "runs.json").write_bytes(kept)
    watch(room)

    assert [text.splitlines()[0] for text in texts(hook)] == [
        "Grapevine: run failed",
        "Grapevine: unreadable",
    ]


@pytest.mark.parametrize("how", [500, 503, 429])
def test_a_receiver_with_trouble_is_told_at_the_next_look(room, hook, how):
    end_account(room, FAILED)
    hook.answers.append(how)

    _, complaint = watch(room)
    again = watch(room)

    assert "was not taken" in complaint
    assert "tried again at the next look" in complaint
    assert again[1] == ""
    assert len(hook.posted) == 2


@pytest.mark.parametrize("how", [400, 403, 404, 410, "redirect"])
def test_a_receiver_that_refuses_is_not_asked_again_until_somebody_says_so(room, hook, how):
    end_account(room, FAILED)
    hook.answers.append(how)

    complaints = [watch(room)[1] for _ in range(3)]
    assert len(hook.posted) == 1
    assert all("refused for good" in one for one in complaints)  # it stays known

    assert watch(room, is_again=True)[1] == ""
    assert len(hook.posted) == 2


def test_a_receiver_that_may_have_taken_it_is_not_told_twice(room, hook):
    end_account(room, FAILED)
    hook.answers.append("hang_up")

    first, second = watch(room)[1], watch(room)[1]

    assert "may have arrived or not" in first
    assert second == ""
    assert len(hook.posted) == 1


def test_a_mail_server_that_is_away_keeps_nobody_else_from_being_told(
    room, server, hook, monkeypatch
):
    end_account(room, FAILED)
    OfficeFile(1).write(room)  # nobody listens there

    _, complaint = watch(room)

    assert complaint
    assert ANN not in complaint
    assert len(hook.posted) == 1
    OfficeFile(server.port).write(room)
    assert watch(room)[1] == ""
    assert server.readers == [ANN, BO]
    assert len(hook.posted) == 1


def test_an_address_that_the_mail_server_refuses_is_told_to_who_runs_it(room, server):
    server.refusals[ANN] = "550 5.1.1 no such user"
    end_account(room, FAILED)

    complaints = [watch(room)[1] for _ in range(2)]

    assert server.readers == [BO]
    assert all("by mail was refused for good" in one for one in complaints)
    assert all(ANN not in one for one in complaints)


def test_a_mail_whose_fate_is_unknown_is_not_sent_again(room, server):
    end_account(room, FAILED)
    server.fail("taken", "hang_up")

    watch(room)
    watch(room)

    assert server.readers == [ANN, BO]


def test_a_password_for_the_mail_server_is_looked_up_where_it_lies(room, server, monkeypatch):
    mail = {"user": "u", "password": "env:NO_SUCH_VARIABLE", "security": "starttls"}
    OfficeFile(server.port, mail).write(room)
    end_account(room, FAILED)

    assert watch(room)[1].count("NO_SUCH_VARIABLE, which is not set") == 1


def test_settings_of_the_mail_that_are_wrong_keep_no_webhook_from_being_told(room, hook):
    room.delivery.write_text("[mail")
    end_account(room, FAILED)

    assert watch(room)[1]
    assert len(hook.posted) == 1


def test_mail_without_a_mail_server_in_the_settings_is_said(room, hook):
    room.delivery.write_text('[site]\nurl = "https://briefs.example/"\n')
    end_account(room, FAILED)

    assert "delivery.toml has no part [mail]" in watch(room)[1]
    assert len(hook.posted) == 1


def test_a_kill_between_the_telling_and_its_note_tells_nobody_twice(room, hook, monkeypatch):
    end_account(room, FAILED)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("flows.watching.channels.post_once", killed)
        with pytest.raises(KeyboardInterrupt):
            telling.watch(room, NOW, lambda _line: None)
    watch(room)

    assert hook.posted == []  # in doubt: it may have gone out


def test_with_nobody_to_tell_it_says_how_to_name_somebody(room, monkeypatch, server):
    monkeypatch.delenv("GRAPEVINE_WATCH_MAIL_TO")
    monkeypatch.delenv("GRAPEVINE_WATCH_WEBHOOK")
    end_account(room, FAILED)

    lines, _ = watch(room)

    assert lines[-1].startswith("Nobody is told: set mail_to or webhook")


def test_who_is_named_later_is_told_of_what_still_lasts(room, server, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_WATCH_MAIL_TO", ANN)
    end_account(room, FAILED)
    watch(room)
    monkeypatch.setenv("GRAPEVINE_WATCH_MAIL_TO", f"{ANN},{BO}")
    watch(room)

    assert server.readers == [ANN, BO]


def test_the_ledger_names_nobody_and_is_for_its_owner_alone(room):
    end_account(room, FAILED)
    watch(room)
    file = room.watch / "told.sqlite"

    content = file.read_bytes()
    assert all(word not in content for word in (b"ann", b"health.example", b"planted"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with closing(sqlite3.connect(file)) as con:
        assert con.execute("select count(*) from told").fetchone() == (3,)


def test_a_damaged_ledger_stops_the_telling_and_says_so(room, hook):
    end_account(room, FAILED)
    (room.watch / "told.sqlite").write_bytes(b"no database" * 500)

    _, complaint = watch(room)

    assert "Nobody is told without it" in complaint
    assert hook.posted == []


def test_two_watches_at_once_are_one(room):
    with telling._alone(room), pytest.raises(DataFolderError, match="Somebody else is looking"):
        telling.watch(room, NOW, lambda _line: None)


def command(*arguments):
    return CliRunner().invoke(main, ["watch", *arguments])


def test_a_dry_run_says_who_would_be_told_what_and_tells_nobody(room, server, hook):
    end_account(room, FAILED)

    said = command("--dry-run")

    assert said.exit_code == 0, said.output
    assert "run failed: The run of 2024-W10" in said.output
    assert "would be told by webhook (3): run failed" in said.output
    assert "would be told by mail (1): run failed" in said.output
    assert ANN not in said.output
    assert (server.boxes, hook.posted) == ([], [])
    assert not (room.watch / "told.sqlite").exists()


def test_a_trial_reaches_everybody_and_is_no_event(room, server, hook):
    said = command("--trial")

    assert said.output == "Trial messages sent: 3 of 3\n"
    assert server.readers == [ANN, BO]
    assert not (room.watch / "told.sqlite").exists()


def test_a_trial_that_does_not_arrive_fails(room, hook):
    hook.answers.append(404)

    said = command("--trial")

    assert said.exit_code == 1
    assert "sent: 2 of 3" in said.output
    assert "refused for good" in said.output
    assert "planted" not in said.output


def test_the_flow_of_a_deployment_tells_the_same(prefect, room, hook, monkeypatch, tmp_path):
    from flows.watching.flow import watch_flow

    monkeypatch.chdir(tmp_path)
    end_account(room, FAILED)

    watch_flow()
    watch_flow()

    assert texts(hook)[0].startswith("Grapevine: run failed")
    assert len(hook.posted) == 1


events = st.lists(st.sets(st.sampled_from("abc")), max_size=12)


@given(events)
def test_whatever_comes_and_goes_each_event_is_told_once_for_as_long_as_it_lasts(looks):
    told, expected, before = [], [], set()
    with open_told(None) as ledger:
        for wrong in looks:
            ledger.forget_others(wrong)
            due = wrong - ledger.settled("who")
            ledger.note(sorted(due), "who", Outcome("sent", "200"))
            told.append(due)
            expected.append(wrong - before)
            before = wrong

    assert told == expected
