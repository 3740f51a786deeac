"""Secrets are planted in every setting that may hold one, then searched for everywhere.

Everywhere: what the commands say and log at the most talkative level, every file of the data
folder, Prefect's own, and each cell of Parquet, DuckDB and SQLite, since those are packed.
"""

import base64
import logging
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.collecting import live_sources
from tests.fakes import clinic, reddit
from tests.fakes.bluesky import FakeBluesky
from tests.fakes.mastodon import FakeMastodon
from tests.fakes.news import FakeNews
from tests.source_contract import Seen, once
from warehouse.home import Home

ROOT = Path(__file__).parents[1]
MARK = "zq7planted"
FAULTS = {
    "bluesky": ("reset", "half_body", "http_5xx", "strange_body"),
    "clinic": ("http_401", "reset", "half_body", "http_5xx", "strange_body", "redirect"),
    "mastodon": ("closed", "reset", "half_body", "http_5xx", "not_json", "strange_body"),
    "news": ("reset", "half_body", "http_5xx", "http_404", "not_xml", "strange_body"),
    "reddit": (
        *("expired_token", "token_5xx", "token_strange", "http_403", "reset", "half_body"),
        *("http_5xx", "not_json", "strange_body"),
    ),
}
"""What goes wrong once each before a source answers as it should."""


def planted(name):
    return f"{MARK}-{name}-5f0c"


def needles(text=MARK):
    """The mark as it is, and as base64 has it wherever in a longer secret it stands."""
    bare = [base64.b64encode(b"x" * shift + text.encode()).decode() for shift in range(3)]
    inner = [bare[0][:-4], bare[1][4:-4], bare[2][4:-4]]
    return re.compile("|".join(map(re.escape, [text, *inner])), re.I)


def cells(file):
    """What a packed file says: all cells of its tables; nothing for any other file."""
    head = file.read_bytes()[:16]
    if head[:4] == b"PAR1":
        return str(pq.ParquetFile(file).read().to_pydict())
    if head[8:12] == b"DUCK":
        with duckdb.connect(file, read_only=True) as con:
            named = con.execute("select schema_name, table_name from duckdb_tables()")
            tables = [f'"{schema}"."{table}"' for schema, table in named.fetchall()]
            return str([con.execute(f"from {table}").fetchall() for table in tables])
    if head[:15] == b"SQLite format 3":
        with closing(sqlite3.connect(file)) as con:
            named = con.execute("select name from sqlite_master where type = 'table'")
            tables = [f'select * from "{name}"' for (name,) in named.fetchall()]
            return str([con.execute(table).fetchall() for table in tables])
    return ""


def holding(folder, needle=None):
    """The files under a folder with the mark in them, in any form."""
    needle = needle or needles()
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    assert files
    return [
        str(file.relative_to(folder))
        for file in files
        if needle.search(file.read_bytes().decode("latin-1")) or needle.search(cells(file))
    ]


class PlantedReddit(reddit.FakeReddit):
    """Its tokens bear the mark."""

    def _token(self):
        token = planted(f"token-{self.tokens_n}")
        self.tokens_n += 1
        self._tokens.add(token)
        return {"access_token": token, "token_type": "bearer", "expires_in": 900, "scope": "*"}


class PlantedNews(FakeNews):
    """Its feeds want a subscriber's key."""

    def __enter__(self):
        super().__enter__()
        file = Path(self.env["GRAPEVINE_NEWS_FEEDS"])
        keyed = file.read_text().replace('/rss"', f'/rss?key={planted("feed")}"')
        file.write_text(keyed)
        return self

    def answer(self, target, headers):
        path, _, key = target.partition("?key=")
        assert key == planted("feed")
        return super().answer(path, headers)


class PlantedClinic(clinic.FakeClinic):
    """Its address holds a name, a password and a token."""

    @property
    def env(self):
        name, password = planted("name"), planted("password")
        url = self.url.replace("http://", f"http://{name}:{password}@")
        return {"GRAPEVINE_CLINIC": f"{url}?token={planted('clinic')}"}


@pytest.fixture
def world(prefect, monkeypatch, tmp_path):
    """The five fakes with planted secrets, by name; the environment points at them."""
    from prefect.blocks.system import Secret

    monkeypatch.setenv("GRAPEVINE_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(reddit, "CLIENT_ID", planted("id"))
    monkeypatch.setattr(reddit, "CLIENT_SECRET", planted("secret"))
    Secret(value=planted("secret")).save("planted-app", overwrite=True)
    made = {
        "bluesky": FakeBluesky,
        "clinic": PlantedClinic,
        "mastodon": FakeMastodon,
        "news": PlantedNews,
        "reddit": PlantedReddit,
    }
    with ExitStack() as stack:
        found = {name: stack.enter_context(make()) for name, make in made.items()}
        for fake in found.values():
            for name, value in fake.env.items():
                monkeypatch.setenv(name, value)
        monkeypatch.setenv("GRAPEVINE_REDDIT_APPROVAL", planted("approval"))
        monkeypatch.setenv("GRAPEVINE_REDDIT_CLIENT_ID", planted("id"))
        monkeypatch.setenv("GRAPEVINE_REDDIT_SECRET_BLOCK", "planted-app")
        monkeypatch.delenv("GRAPEVINE_REDDIT_CLIENT_SECRET")
        monkeypatch.setenv("GRAPEVINE_REDDIT_STATES", "WY")
        yield found


def grapevine(*arguments, **env):
    """What a command says and logs, with every logger at its most talkative."""
    code = (
        "import logging, sys\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "from tests import small_country\n"
        "small_country.settle()\n"
        "from flows.cli import main\n"
        "main()\n"
    )
    talkative = {"PREFECT_LOGGING_LEVEL": "DEBUG", "PREFECT_LOGGING_TO_API_ENABLED": "true"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | talkative | env,
        capture_output=True,
        text=True,
        check=False,
    )


def said_of(ran):
    return f"{ran.stdout}{ran.stderr}"


def test_the_search_finds_a_secret_that_is_packed(tmp_path):
    rows = pa.table({"text": [MARK[:4] + "a", planted("cell")]})  # kept as what the first lacks
    packed = {"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY"}
    pq.write_table(rows, tmp_path / "a.parquet", write_statistics=False, **packed)
    pair = base64.b64encode(f"id:{planted('secret')}".encode()).decode()
    (tmp_path / "b.log").write_text(f"Authorization: Basic {pair}")
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as con:
        con.execute("create table t as select ? as one", [planted("row")])
        con.commit()
    (tmp_path / "d.txt").write_text("nothing of the kind")

    assert holding(tmp_path) == ["a.parquet", "b.log", "c.sqlite"]
    assert MARK.encode() not in (tmp_path / "a.parquet").read_bytes()


@pytest.mark.whole
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_nothing_that_goes_wrong_brings_a_secret_into_the_open(name, world, caplog):
    home, fake, seen = Home.from_env(), world[name], Seen()
    fake.seed(12)
    caplog.set_level(logging.DEBUG)
    told = [repr(live_sources()[name].Settings.from_env())]
    problems = []

    for fault in FAULTS[name]:
        fake.fail(fault, 2)
        tally = once(home, name, seen)
        problems.append(tally.problem)
        told += [tally.told, repr(tally)]
    once(home, name, seen)

    logged = [str(record.__dict__) + record.getMessage() for record in caplog.records]
    assert caplog.records  # the libraries were listened to
    assert not needles().search("\n".join([*told, *seen.lines, *logged]))
    assert any(problems) or seen.lines
    assert holding(home.root) == []


def test_a_secret_that_is_refused_is_not_repeated(world, monkeypatch):
    monkeypatch.delenv("GRAPEVINE_REDDIT_SECRET_BLOCK")
    monkeypatch.setenv("GRAPEVINE_REDDIT_CLIENT_SECRET", planted("wrong"))
    world["clinic"].fail("http_401", 1)
    for name, value in {
        "GRAPEVINE_BLUESKY_URL": f"wss://me:{planted('pw')}@h.example/subscribe",
        "GRAPEVINE_MASTODON_INSTANCES": str(listed(Home.from_env().root, "instances")),
        "GRAPEVINE_NEWS_FEEDS": str(listed(Home.from_env().root, "feeds")),
    }.items():
        monkeypatch.setenv(name, value)

    refused = grapevine("collect", "all", "--once")

    assert refused.returncode == 1
    assert "Reddit does not accept the client id and secret" in said_of(refused)
    assert "does not let us in" in said_of(refused)
    assert said_of(refused).count("not set up") == 3
    assert "Traceback" not in said_of(refused)
    assert not needles().search(said_of(refused))


def listed(folder, kind):
    """A list of one entry whose address holds a name and a password."""
    url = f'url = "https://me:{planted("pw")}@paper.example/feed"\n'
    more = {
        "instances": f'["a.example"]\nnote = "read"\n{url}',
        "feeds": f'[courier]\noutlet = "The Courier"\nstate = "WY"\n{url}',
    }
    file = folder.with_name(f"{kind}.toml")
    file.write_text(more[kind], encoding="utf-8")
    return file


@pytest.mark.whole
def test_five_sources_collected_and_run_leave_no_secret_anywhere_and_a_brief_names_all(world):
    home = Home.from_env()
    for fake in world.values():
        fake.seed(150)
    commands = (
        ("collect", "all", "--once"),
        ("run", "--weeks", "2"),
        ("sweep",),
        ("compliance",),
        ("doctor",),
    )

    ran = [grapevine(*command) for command in commands]

    assert [one.returncode for one in ran] == [0] * len(commands), said_of(ran[0])[-2_000:]
    assert world["reddit"].tokens_n  # the secret of the block was used
    assert not needles().search("\n".join(map(said_of, ran)))
    assert holding(home.root) == []
    assert holding(Path(os.environ["PREFECT_HOME"])) == []
    page = " ".join((home.site / "county" / "56025.html").read_text().split())
    named = "from 4 sources (Bluesky, Mastodon, local news and Reddit)"
    assert f"{named}, and reports from clinics, counted apart" in page
