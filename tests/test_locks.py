"""A lock that others hold is waited for as long as was said, and no longer."""

import pytest

from warehouse import files
from warehouse.errors import DataFolderError, InUseError
from warehouse.files import STEP_S, alone_or_told

TOLD = "Somebody else is at work."


class Clock:
    """Time that passes only while somebody sleeps; `then` happens at a given second."""

    def __init__(self, at_s=float("inf"), then=None):
        self.now_s, self.at_s, self.then = 1_000.0, 1_000.0 + at_s, then

    def monotonic(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds
        if self.now_s >= self.at_s:
            self.at_s = float("inf")
            self.then()


@pytest.fixture
def held(tmp_path):
    """A lock that another one holds: (the file, how he lets go)."""
    lock = tmp_path / "folder" / "work.lock"
    other = alone_or_told(lock, "never told")
    other.__enter__()
    return lock, lambda: other.__exit__(None, None, None)


def set_clock(monkeypatch, **how):
    clock = Clock(**how)
    monkeypatch.setattr(files, "time", clock)
    return clock


def test_who_does_not_wait_is_told_at_once(held, monkeypatch):
    clock = set_clock(monkeypatch)

    with pytest.raises(InUseError, match=TOLD), alone_or_told(held[0], TOLD):
        pytest.fail("two hold it")

    assert clock.now_s == 1_000.0


def test_who_waits_goes_on_when_the_other_lets_go(held, monkeypatch):
    lock, let_go = held
    clock = set_clock(monkeypatch, at_s=7, then=let_go)

    with alone_or_told(lock, TOLD, wait_s=60):
        assert 1_007 <= clock.now_s <= 1_007 + STEP_S


def test_who_waited_as_long_as_was_said_is_told(held, monkeypatch):
    clock = set_clock(monkeypatch)

    with pytest.raises(InUseError, match=TOLD), alone_or_told(held[0], TOLD, wait_s=60.2):
        pytest.fail("two hold it")

    assert clock.now_s == pytest.approx(1_060.2)


def test_a_lock_let_go_in_the_last_moment_is_had(held, monkeypatch):
    lock, let_go = held
    set_clock(monkeypatch, at_s=60, then=let_go)

    with alone_or_told(lock, TOLD, wait_s=60):
        pass


def test_an_error_of_who_holds_it_lets_go(tmp_path):
    lock = tmp_path / "work.lock"
    with pytest.raises(ValueError, match="bug"), alone_or_told(lock, TOLD):
        raise ValueError("bug")

    with alone_or_told(lock, TOLD):
        assert lock.exists()


def test_a_folder_that_cannot_be_made_is_one_plain_line(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with (
        pytest.raises(DataFolderError, match="cannot be read or written"),
        alone_or_told(tmp_path / "file" / "work.lock", TOLD),
    ):
        pytest.fail("held nothing")
