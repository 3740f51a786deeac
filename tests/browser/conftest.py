"""A browser, and the pages it looks at; without a browser every test here is skipped."""

from __future__ import annotations

import pytest

from tests.browser import chromium
from tests.browser.audit import Audit
from tests.browser.sites import build_all, chosen


@pytest.fixture(scope="session")
def browser():
    """Chromium, running."""
    if why := chromium.missing():
        pytest.skip(why)
    with chromium.started() as running:
        yield running


@pytest.fixture(scope="session")
def sites(tmp_path_factory):
    """The sites of all releases, by name."""
    return build_all(tmp_path_factory.mktemp("sites"))


@pytest.fixture(scope="session")
def pages(browser, sites):
    """One page of every kind in every shape."""
    return chosen(sites)


@pytest.fixture
def audit(browser, pages):
    """Asks the browser about these pages."""
    return Audit(browser, pages)
