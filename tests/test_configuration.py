import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.cli import main
from flows.configuration.environment import variable, variables, written
from flows.configuration.example import example
from flows.configuration.file import apply_configuration
from flows.configuration.keys import Configuration
from flows.configuration.reading import ConfigurationError, read_configuration

ROOT = Path(__file__).parents[1]
READ_ELSEWHERE = {
    "GRAPEVINE_CONFIG",  # names the file itself
    "GRAPEVINE_SERVICE_MARK",  # borne by what `grapevine up` started, so that `down` knows it
    "GRAPEVINE_REDDIT_SECRET_BLOCK",  # client_secret = "prefect-secret:NAME"
    "GRAPEVINE_SERVE_SECRET_BLOCK",  # password = "prefect-secret:NAME"
    "GRAPEVINE_WATCH_SECRET_BLOCK",  # webhook = "prefect-secret:NAME"
}


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A configuration named by the environment, which is put back as it was; write to it."""
    before = dict(os.environ)
    found = tmp_path / "grapevine.toml"
    found.write_text("")
    monkeypatch.setenv("GRAPEVINE_CONFIG", str(found))
    monkeypatch.delenv("GRAPEVINE_HOME", raising=False)
    yield found
    os.environ.clear()
    os.environ.update(before)


def applied(file, text, **env):
    file.write_text(text)
    env["GRAPEVINE_CONFIG"] = str(file)
    apply_configuration(env)
    return env


@pytest.fixture
def mask():
    """A process whose files anybody may read and write; put back as it was."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_what_is_written_once_it_is_applied_is_for_its_owner_alone(file, tmp_path, mask):
    applied(file, "")

    (tmp_path / "folder").mkdir()
    subprocess.run(["touch", tmp_path / "folder" / "of another program"], check=True)

    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "folder" / "of another program").stat().st_mode & 0o777 == 0o600


def refused(file, text):
    file.write_text(text)
    with pytest.raises(ConfigurationError) as error:
        read_configuration(file)
    return str(error.value)


def test_a_key_reaches_its_reader_as_an_environment_variable(file):
    env = applied(file, '[bluesky]\nurl = ["wss://one.example/x", "wss://two.example/x"]\n')

    assert env["GRAPEVINE_BLUESKY_URL"] == "wss://one.example/x,wss://two.example/x"


def test_what_the_environment_says_wins_over_the_file(file):
    env = applied(file, "[bluesky]\nback_h = 3\n", GRAPEVINE_BLUESKY_BACK_H="7")

    assert env["GRAPEVINE_BLUESKY_BACK_H"] == "7"


def test_files_are_looked_for_beside_the_configuration(file):
    env = applied(file, 'home = "numbers"\n[clinic]\nreport = "heard.csv"\n')

    assert env["GRAPEVINE_HOME"] == str(file.parent / "numbers")
    assert env["GRAPEVINE_CLINIC"] == str(file.parent / "heard.csv")


def test_an_address_is_no_file(file):
    env = applied(file, '[clinic]\nreport = "https://office.example/heard.csv"\n')

    assert env["GRAPEVINE_CLINIC"] == "https://office.example/heard.csv"


def test_hours_of_keeping_text_are_said_by_source(file):
    env = applied(file, "[keep_hours]\nbluesky = 240\nother = 720\n")

    assert env["GRAPEVINE_KEEP_HOURS"] == "bluesky=240,other=720"


def test_a_secret_is_taken_from_the_variable_it_names(file):
    env = applied(file, '[reddit]\nclient_secret = "env:OURS"\n', OURS="planted-9f2")

    assert env["GRAPEVINE_REDDIT_CLIENT_SECRET"] == "planted-9f2"


def test_of_a_prefect_block_only_the_name_is_handed_over(file):
    env = applied(file, '[reddit]\nclient_secret = "prefect-secret:reddit-app"\n')

    assert env["GRAPEVINE_REDDIT_SECRET_BLOCK"] == "reddit-app"
    assert "GRAPEVINE_REDDIT_CLIENT_SECRET" not in env


def test_a_secret_itself_is_refused_and_not_repeated(file):
    said = refused(file, '[reddit]\nclient_secret = "hunter2"\n')

    assert said.startswith("grapevine.toml, reddit.client_secret: must say where")
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[blueksy]\n", "grapevine.toml, blueksy: there is no such key. Write bluesky,"),
        ("[reddit]\nper_minut = 3\n", "reddit.per_minut: there is no such key. Write per_min"),
        ("[news]\nxyzzy = 3\n", "news.xyzzy: there is no such key. There are feeds, timeout_s"),
        ('[news]\ntimeout_s = "a"\n', "news.timeout_s: must be a number."),
        ("[reddit]\nper_minute = 1.5\n", "reddit.per_minute: must be a whole number."),
        ('[reddit]\nstates = "WY"\n', 'reddit.states: must be a list, as ["one", "two"].'),
        ("bluesky = 3\n", "grapevine.toml, bluesky: must be a table of keys."),
        ("keep_hours = 3\n", "keep_hours: must be a table, as { bluesky = 240"),
        ('home = ""\n', "grapevine.toml, home: is empty."),
        ("home = 3\n", "grapevine.toml, home: must be text in quotes."),
    ],
)
def test_a_mistake_is_told_with_the_path_of_its_key(file, text, said):
    assert said in refused(file, text)


def test_every_mistake_is_told_at_once(file):
    said = refused(file, '[blueksy]\n[news]\ntimeout_s = "a"\nfeed = "b"\n')

    assert len(said.splitlines()) == 3


def test_a_file_that_is_no_toml_is_told_with_the_line(file):
    assert "is no TOML" in refused(file, "home = data\n")
    assert "line 1" in refused(file, "home = data\n")


def test_a_file_that_is_named_but_not_there_is_an_error(file, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_CONFIG", str(file.with_name("none.toml")))

    said = CliRunner().invoke(main, ["config", "check"])

    assert said.exit_code == 1
    assert "none.toml cannot be read: No such file or directory" in said.output


def test_without_a_file_the_environment_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    env = {}

    apply_configuration(env)

    assert env == {}


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3))
def test_no_value_of_a_refused_file_is_ever_repeated(wrong):
    secret = "planted-9f2"
    body = {"client_secret": secret, **wrong}

    with pytest.raises(ValidationError) as error:
        Configuration.model_validate({"reddit": body})

    assert secret not in str(error.value)


def test_the_example_names_every_key_and_sets_none(file):
    file.write_text(example())

    assert list(written(read_configuration(file))) == []
    assert example() == (ROOT / "grapevine.example.toml").read_text()


def test_every_key_of_the_example_works_once_its_mark_is_taken_off(file):
    keys = [
        line.removeprefix("# ") if " = " in line else line
        for line in example().splitlines()
        if " = " in line or line.startswith("[")
    ]
    file.write_text("\n".join(keys).replace('"…"', '"words"'))

    assert len(list(written(read_configuration(file)))) == sum(" = " in key for key in keys)


def test_every_variable_that_the_program_reads_is_a_key_or_explained():
    rooms = ("flows", "warehouse", "classifiers", "dashboards", "delivery", "simulation")
    text = "".join(path.read_text() for room in rooms for path in (ROOT / room).rglob("*.py"))
    keys = {line.rpartition("(")[2].rstrip(")") for line in example().splitlines()}
    read = {
        name
        for name in re.findall(r'"(GRAPEVINE_[A-Z_]+[A-Z])"', text)
        if not name.endswith("_")
    }

    assert read - READ_ELSEWHERE <= keys


def test_checking_says_what_is_set_and_no_value(file, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_BLUESKY_API", "https://mirror.example")
    file.write_text(
        '[bluesky]\napi = "https://other.example"\nback_h = 2\n'
        '[reddit]\nclient_secret = "env:NOT_THERE"\n'
    )

    said = CliRunner().invoke(main, ["config", "check"]).output

    assert "bluesky.api: the environment's GRAPEVINE_BLUESKY_API wins" in said
    assert "bluesky.back_h: set" in said
    assert "reddit.client_secret: env:NOT_THERE is not set" in said
    assert "example" not in said.replace(str(file), "")


def test_checking_refuses_what_a_source_would_refuse(file):
    file.write_text("[bluesky]\nback_h = 900\n[keep_hours]\nreddit = 70\n")

    said = CliRunner().invoke(main, ["config", "check"])

    assert said.exit_code == 1
    assert "[bluesky] GRAPEVINE_BLUESKY_BACK_H must be a number from 0 to 36." in said.output
    assert "its terms allow 48" in said.output


def test_a_broken_file_stops_every_command_before_it_does_anything(file, tmp_path):
    file.write_text('hom = "x"\n')

    said = CliRunner().invoke(main, ["run", "--week", "2024-W10"])

    assert said.exit_code == 1
    assert "hom: there is no such key. Write home" in said.output
    assert not (tmp_path / "data").exists()


def test_a_variable_is_named_after_its_key():
    assert variable("news.feeds") == "GRAPEVINE_NEWS_FEEDS"
    assert dict(variables(Configuration(home="d"), Path("/etc"), {})) == {
        "GRAPEVINE_HOME": "/etc/d"
    }


def test_the_shipped_example_is_toml():
    tomllib.loads((ROOT / "grapevine.example.toml").read_text())


def test_the_keys_of_the_server_and_the_watch_reach_those_who_read_them(file):
    from flows.serving.settings import Served
    from flows.watching.settings import Limits, Told

    env = applied(
        file,
        'log = "json"\n'
        '[serve]\nhost = "0.0.0.0"\nport = 8443\npassword = "env:SITE_PASSWORD"\n'
        'hosts = ["briefs.health.example"]\ncertificate = "a.pem"\nkey = "a.key"\n'
        '[watch]\nmail_to = ["ann@health.example"]\nwebhook = "env:HOOK"\nstale_h = 48\n'
        "silent_h = { bluesky = 1, other = 12 }\ndisk_gb = 2.5\nreview_days = 30\n",
        SITE_PASSWORD="correct horse battery",
        HOOK="https://hooks.example/services/T0",
    )

    served, limits, told = (
        Served.from_env(None, None, env),
        Limits.from_env(env),
        Told.from_env(env),
    )

    assert (served.host, served.port, served.hosts) == (
        "0.0.0.0",
        8443,
        frozenset({"briefs.health.example"}),
    )
    assert served.password == "correct horse battery"
    assert served.certificate == file.parent / "a.pem"
    assert (limits.stale_h, limits.silent_after_h("bluesky")) == (48, 1)
    assert (limits.disk_gb, limits.review_days) == (2.5, 30)
    assert told.mail_to == ("ann@health.example",)
    assert told.webhook == "https://hooks.example/services/T0"
    assert env["GRAPEVINE_LOG"] == "json"


def test_a_server_that_would_stand_open_is_found_by_the_check(file):
    file.write_text('[serve]\nhost = "0.0.0.0"\n')

    said = CliRunner().invoke(main, ["config", "check"])

    assert said.exit_code == 1
    assert "so a password is needed" in said.output
