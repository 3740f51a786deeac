"""Every live source's real client against its fake, through everything that goes wrong.

`python -m pytest tests/test_fault_plan.py -s` prints the table.
"""

import itertools
import json
import resource
import sys
from contextlib import closing, contextmanager

import pytest

from flows.collecting import live_sources
from tests.source_contract import FAULTS, Seen, fakes, knows, names, once, outcome, stored
from warehouse import landing, watermarks
from warehouse.home import Home
from warehouse.redact import mask

pytestmark = pytest.mark.whole

POSTS_N = 60
SECRET_WORDS = ("SECRET", "TOKEN", "PASSWORD", "KEY", "CLIENT_ID", "APPROVAL")


@pytest.fixture
def fake(request, monkeypatch):
    """A seeded fake, with the environment pointing the real client at it."""
    with fakes()[request.param]() as made:
        made.seed(POSTS_N)
        for name, value in made.env.items():
            monkeypatch.setenv(name, value)
        yield made


def of_every_source(test):
    pairs = [(name, name) for name in names()]
    return pytest.mark.parametrize(("name", "fake"), pairs, indirect=["fake"], ids=names())(
        test
    )


def homes(tmp_path):
    return Home(tmp_path / "home"), Home(tmp_path / "fresh")


def check(found, capsys):
    with capsys.disabled():
        sys.stdout.write(f"\n{found}")
    assert (found.lost_n, found.twice_n) == (0, 0)
    assert found.stored_n > 0


@pytest.mark.parametrize("fault", FAULTS)
@of_every_source
def test_nothing_is_lost_and_nothing_is_there_twice_after(name, fake, fault, tmp_path, capsys):
    if not knows(fake, fault):
        pytest.skip(f"the protocol of {name} has no '{fault}'")
    fake.fail(fault, 3)

    found = outcome(fault, name, fake, *homes(tmp_path))

    check(found, capsys)


@of_every_source
def test_a_kill_between_posts_and_mark_repeats_and_loses_nothing(name, fake, tmp_path, capsys):
    home, fresh = homes(tmp_path)
    source = live_sources()[name]
    for _ in range(2):  # two collectors killed, one after the other, at the same spot
        batches = source.fetch(source.Settings.from_env(), {}, lambda line: None, lambda: False)
        with closing(batches):
            landing.put(home, name, next(batches).posts)

    check(outcome("kill", name, fake, home, fresh), capsys)


@contextmanager
def full_disk():
    """No file may grow past a few bytes: what a full disk does to a writer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@of_every_source
def test_a_full_disk_is_one_plain_line_and_loses_nothing(name, fake, tmp_path, capsys):
    home, fresh = homes(tmp_path)

    with full_disk():
        stopped = once(home, name)

    assert "cannot be" in stopped.problem
    assert "free space" in stopped.problem
    assert watermarks.read(home, name) == {}
    assert not [file for file in home.root.rglob("*.parquet*") if file.stat().st_size]
    check(outcome("disk full", name, fake, home, fresh), capsys)


@of_every_source
def test_a_second_collector_of_the_same_source_is_told(name, fake, tmp_path, capsys):
    home, fresh = homes(tmp_path)

    with watermarks.held(home, name):
        second = once(home, name)

    assert "is being collected" in second.problem
    check(outcome("two at once", name, fake, home, fresh), capsys)


@of_every_source
def test_batches_are_small_marks_plain_posts_masked_and_nothing_secret_is_said(
    name, fake, tmp_path
):
    home, seen = Home(tmp_path / "home"), Seen()
    source, settings = live_sources()[name], live_sources()[name].Settings.from_env()

    batches = list(source.fetch(settings, {}, seen.say, lambda: False))
    once(home, name, seen)

    posts = list(itertools.chain.from_iterable(batch.posts for batch in batches))
    assert sum(batch.offered_n for batch in batches) >= len(posts)
    for batch in batches:
        assert len(batch.posts) <= 1_000
        assert json.loads(json.dumps(batch.mark, allow_nan=False)) == batch.mark
    for post in posts:
        assert post.post_id.startswith(f"{name}:")
        assert post.text == mask(post.text)
    secrets = [value for key, value in fake.env.items() if any(w in key for w in SECRET_WORDS)]
    said = repr(settings) + "\n".join(seen.lines)
    kept = b"".join(file.read_bytes() for file in home.root.rglob("*") if file.is_file())
    for secret in secrets:
        assert secret not in said
        assert secret.encode() not in kept
    for post in posts:
        assert post.text not in "\n".join(seen.lines)


@of_every_source
def test_a_second_collection_brings_nothing_twice(name, fake, tmp_path):
    home = Home(tmp_path / "home")
    once(home, name)
    first = stored(home, name)

    once(home, name)

    assert stored(home, name) == first
