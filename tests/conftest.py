"""What every test can ask for: an empty data folder, a Prefect server, golden files."""

import difflib
import os
from pathlib import Path

import pytest
from hypothesis import settings

from delivery.ledger import open_ledger
from tests import small_country
from tests.fakes.hook import FakeHook
from tests.fakes.mail import FakeMailServer
from tests.offices import NOW
from tests.shared_server import clients_environment
from warehouse import marts
from warehouse.home import Home

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_collection_modifyitems(items):
    """Begin with the files that take minutes, so that no core waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("minutes") is None)


@pytest.fixture
def golden(request):
    """Compare text with `tests/golden/<name>`, and show a diff when it has changed."""

    def check(name: str, actual: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(actual, encoding="utf-8")
        if not file.exists():
            pytest.fail(f"no golden file {name}; look at the output, then run --update-golden")
        expected = file.read_text(encoding="utf-8")
        diff = difflib.unified_diff(
            expected.splitlines(), actual.splitlines(), "golden", "actual", lineterm=""
        )
        assert actual == expected, "\n".join(["the page has changed:", *diff])

    return check


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty data folder that the command finds by itself."""
    monkeypatch.setenv("GRAPEVINE_HOME", str(tmp_path / "data"))
    return Home.from_env()


@pytest.fixture
def small(monkeypatch):
    """A country of two states: enough to count in."""
    monkeypatch.setattr(marts, "load_counties", lambda: small_country.counties("WY", "NJ"))


@pytest.fixture
def server():
    """A mail server on this machine."""
    with FakeMailServer() as running:
        yield running


@pytest.fixture
def hook():
    """A receiver of webhooks on this machine."""
    with FakeHook() as running:
        yield running


@pytest.fixture
def ledger(home):
    """The ledger of deliveries, opened on the Monday after the week of the snapshots."""
    with open_ledger(home.deliveries, now=lambda: NOW) as opened:
        yield opened


@pytest.fixture(scope="session")
def of_all(tmp_path_factory):
    """A folder that all processes of the test run share, and the first one's number."""
    own = tmp_path_factory.getbasetemp()
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    return (own.parent, os.getppid()) if is_one_of_many else (own, os.getpid())


@pytest.fixture(scope="session")
def prefect(of_all):
    """One Prefect server for every test that runs a flow: it takes long to start."""
    for name in ("PREFECT_API_URL", "PREFECT_HOME"):
        os.environ.pop(name, None)
    os.environ |= clients_environment(*of_all)
    # A test file that imports Prefect at its top has made it read its settings already.
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: os.environ["PREFECT_API_URL"]}):
        yield os.environ["PREFECT_API_URL"]
    del os.environ["PREFECT_API_URL"]
