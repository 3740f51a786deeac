"""How a run by the clock ends: well when others do the work, failed when people must mend."""

import pytest

from tests.fakes.clinic import FakeClinic
from tests.fakes.mastodon import FakeMastodon
from warehouse.errors import GrapevineError, InUseError
from warehouse.home import Home


@pytest.fixture
def deployments(prefect):
    """The flows, imported when a server is there: Prefect is slow to load."""
    from flows import deployments

    return deployments


@pytest.fixture
def run(deployments):
    """Run some work by the clock: the state that it ends with."""
    from prefect import flow

    def state_of(work):
        return flow(name="any-work")(lambda: deployments.ended(work))(return_state=True)

    return state_of


def saying(*lines, error=None):
    """Work that says these lines, and then perhaps fails."""

    def work(home):
        assert isinstance(home, Home)
        yield from lines
        if error:
            raise error

    return work


def test_work_that_is_done_ends_well_with_its_last_line(run, home):
    state = run(saying("one", "two"))

    assert (state.type.value, state.message) == ("COMPLETED", "two")


def test_with_nothing_to_do_it_says_so(run, home):
    assert run(saying()).message == "Nothing was to do."


def test_while_somebody_else_is_at_work_it_says_who_and_ends_well(run, home):
    state = run(saying("one", error=InUseError("Another run is using it.")))

    assert (state.type.value, state.message) == ("COMPLETED", "Another run is using it.")


def test_what_people_must_mend_fails_the_run_in_its_plain_line(run, home):
    state = run(saying("one", error=GrapevineError("Set KEY, then run again.")))

    assert state.type.value == "FAILED"
    assert "Set KEY, then run again." in state.message


def test_settings_written_since_are_those_that_count(run, home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRAPEVINE_HOME")
    (tmp_path / "grapevine.toml").write_text('home = "elsewhere"\n')

    state = run(lambda found: [str(found.root)])

    assert state.message.endswith("elsewhere")


def test_a_source_that_is_not_set_up_says_so_and_ends_well(deployments, home):
    state = deployments.collect("mastodon", return_state=True)

    assert state.type.value == "COMPLETED"
    assert "not set up" in state.message


def test_a_source_is_collected_by_the_clock(deployments, home, monkeypatch):
    with FakeMastodon() as fake:
        fake.seed(3)
        for name, value in fake.env.items():
            monkeypatch.setenv(name, value)

        state = deployments.collect("mastodon", return_state=True)

    assert state.type.value == "COMPLETED"
    assert state.message.startswith("mastodon")
    assert list(home.landing.rglob("*.parquet"))


def test_a_source_that_was_not_collected_to_the_end_fails_the_run(
    deployments, home, monkeypatch
):
    with FakeClinic() as fake:
        fake.seed(3)
        fake.fail("http_401", 9)
        for name, value in fake.env.items():
            monkeypatch.setenv(name, value)

        state = deployments.collect("clinic", return_state=True)

    assert state.type.value == "FAILED"
    assert "clinic was not collected to the end." in state.message


def test_a_backfill_of_no_weeks_fails_before_anything_is_begun(deployments, home):
    state = deployments.backfill("2024-10", return_state=True)

    assert state.type.value == "FAILED"
    assert "are no weeks" in state.message
    assert not home.root.exists()
