"""Find a Chromium, start it, and open pages of a built site in it.

Pages are opened as files of a folder, as a reader of a USB stick has them, and everything that
a page asks for or complains about is written down. Nothing is downloaded: the browser is the
system's own, and axe-core comes in the package that carries it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PROBES = Path(__file__).with_name("probes.js")
HEIGHT = 800


def missing() -> str:
    """Why no browser can be driven here, in a plain sentence; empty when one can."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return "Playwright is not installed; `make test-browser` installs it."
    if not any(map(shutil.which, NAMES)):
        return "There is no Chromium on this machine; `apt-get install chromium` installs it."
    return ""


@contextmanager
def started() -> Iterator[object]:
    """A running Chromium without a window (Playwright's `Browser`)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, NAMES)))
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@dataclass
class Tab:
    """One tab of a browser, and what its pages asked for and complained about.

    asked     addresses of everything asked for, whether the page's policy let it or not
    got       addresses of everything that came
    problems  lines of the console, and errors of scripts
    """

    page: object
    asked: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfinished", lambda request: self.got.append(request.url))
        self.page.on("console", lambda line: self.problems.append(line.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, file: Path | str, width: int = 1280) -> None:
        """Open a page and give it its probes."""
        self.resize(width)
        self.page.goto(file.as_uri() if isinstance(file, Path) else file)
        self.page.evaluate(f"window.probes = {PROBES.read_text(encoding='utf-8')}")

    def resize(self, width: int) -> None:
        """Make the window so many CSS pixels wide."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def probe(self, name: str, argument: object = None) -> object:
        """What one of the probes says of the page as it is now."""
        return self.page.evaluate("([name, given]) => probes[name](given)", [name, argument])


@contextmanager
def tab(browser: object, **settings: object) -> Iterator[Tab]:
    """A fresh tab; `settings` are those of a Playwright context."""
    context = browser.new_context(**settings)
    yield Tab(context.new_page())
    context.close()


def axe_source() -> str:
    """The script of axe-core."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
