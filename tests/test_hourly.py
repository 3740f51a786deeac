"""The sweep as Prefect runs it by the clock; tests/test_service.py has its deployment."""

import pytest

from flows.sources.collected import SettingsError
from tests.test_retention import Asked, into_lake, land, post, texts, where
from warehouse import deletions
from warehouse.errors import GrapevineError


@pytest.fixture
def sources(monkeypatch):
    """The only live sources there are, by name."""
    known = {}
    monkeypatch.setattr("flows.collecting.live_sources", lambda: known)
    return known


def test_an_hourly_sweep_erases_what_is_gone_and_old_text(prefect, home, sources):
    from flows.hourly import hourly_sweep

    sources["reddit"] = Asked(gone=["reddit:t3_2"])
    into_lake(home, post(1), post(2), post(3, age_h=49))
    land(home, post(4))

    hourly_sweep()

    assert where(home, 2) == []
    assert texts(home, 3) == []
    assert texts(home, 1)
    assert texts(home, 4)
    assert deletions.counts(home, "reddit") == (1, 0, 1)


def test_an_hourly_sweep_that_could_not_ask_lets_go_all_the_same_and_fails(
    prefect, home, sources
):
    from flows.hourly import hourly_sweep

    sources["reddit"] = Asked(settings_error=SettingsError("Set KEY."))
    into_lake(home, post(1), post(3, age_h=49))

    with pytest.raises(GrapevineError, match="Not asked to the end: reddit"):
        hourly_sweep()

    assert texts(home, 3) == []
