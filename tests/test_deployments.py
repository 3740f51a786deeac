"""How a run by the clock ends: well when others do the work, failed when people must mend."""

from prefect import flow

from flows import deployments
from tests.fakes.clinic import FakeClinic
from tests.fakes.mastodon import FakeMastodon
from warehouse.errors import GrapevineError, InUseError
from warehouse.home import Home


def run(work):
    """The state that a flow of this work ends with."""

    @flow(name="any-work")
    def by_the_clock():
        return deployments.ended(work)

    return by_the_clock(return_state=True)


def saying(*lines, error=None):
    """Work that says these lines, and then perhaps fails."""

    def work(home):
        assert isinstance(home, Home)
        yield from lines
        if error:
            raise error

    return work


def test_work_that_is_done_ends_well_with_its_last_line(prefect, home):
    state = run(saying("one", "two"))

    assert (state.type.value, state.message) == ("COMPLETED", "two")


def test_with_nothing_to_do_it_says_so(prefect, home):
    assert run(saying()).message == "Nothing was to do."


def test_while_somebody_else_is_at_work_it_says_who_and_ends_well(prefect, home):
    state = run(saying("one", error=InUseError("Another run is using it.")))

    assert (state.type.value, state.message) == ("COMPLETED", "Another run is using it.")


def test_what_people_must_mend_fails_the_run_in_its_plain_line(prefect, home):
    state = run(saying("one", error=GrapevineError("Set KEY, then run again.")))

    assert state.type.value == "FAILED"
    assert "Set KEY, then run again." in state.message


def test_settings_written_since_are_those_that_count(prefect, home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRAPEVINE_HOME")
    (tmp_path / "grapevine.toml").write_text('home = "elsewhere"\n')

    state = run(lambda found: [str(found.root)])

    assert state.message.endswith("elsewhere")


def test_a_source_that_is_not_set_up_says_so_and_ends_well(prefect, home):
    state = deployments.collect("mastodon", return_state=True)

    assert state.type.value == "COMPLETED"
    assert "not set up" in state.message


def test_a_source_is_collected_by_the_clock(prefect, home, monkeypatch):
    with FakeMastodon() as fake:
        fake.seed(3)
        for name, value in fake.env.items():
            monkeypatch.setenv(name, value)

        state = deployments.collect("mastodon", return_state=True)

    assert state.type.value == "COMPLETED"
    assert state.message.startswith("mastodon")
    assert list(home.landing.rglob("*.parquet"))


def test_a_source_that_was_not_collected_to_the_end_fails_the_run(prefect, home, monkeypatch):
    with FakeClinic() as fake:
        fake.seed(3)
        fake.fail("http_401", 9)
        for name, value in fake.env.items():
            monkeypatch.setenv(name, value)

        state = deployments.collect("clinic", return_state=True)

    assert state.type.value == "FAILED"
    assert "clinic was not collected to the end." in state.message


def test_a_backfill_of_no_weeks_fails_before_anything_is_begun(prefect, home):
    state = deployments.backfill("2024-10", return_state=True)

    assert state.type.value == "FAILED"
    assert "are no weeks" in state.message
    assert not home.root.exists()
