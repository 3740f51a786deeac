"""Put one question to all pages in a browser; the answers that are not as they should be.

Each answer is keyed by the page and how it was looked at, so that a failed test and the
benchmark page say the same.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pypdf import PdfReader

from tests.browser.chromium import Tab, axe_source, tab
from tests.browser.sites import Shown

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
LETTER_PX = 739
"""Width of what is printed on Letter: 7.7 inches between the margins, 96 pixels each."""

MANY_STOPS = 600
"""More stops of the Tab key than any page has: past it the focus goes round in a circle."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Questions about all pages; each answers with what is wrong, by page and view."""

    browser: object
    pages: Sequence[Shown]

    def axe(self, scheme: str) -> dict[str, object]:
        """What axe-core finds wrong, by page and width."""
        source, found = axe_source(), {}
        with tab(self.browser, color_scheme=scheme) as one:
            for page in self.pages:
                one.open(page.file)
                one.page.evaluate(source)
                for width in WIDTHS:
                    one.resize(width)
                    found[f"{page} at {width} px, {scheme}"] = one.probe("axe")
        return _wrong(found)

    def faint(self, scheme: str) -> dict[str, object]:
        """Words that are hard to tell from what is behind them, on the screen and on paper."""
        found = {}
        with tab(self.browser, color_scheme=scheme) as one:
            for page in self.pages:
                one.open(page.file, LETTER_PX)
                for medium in ("screen", "print"):
                    one.page.emulate_media(media=medium)
                    found[f"{page} on {medium}, {scheme}"] = one.probe("faint")
                one.page.emulate_media(media="screen")
        return _wrong(found)

    def overflow(self, width: int, is_spaced: bool = False) -> dict[str, object]:
        """What sticks out sideways; `is_spaced`: with the wide text of WCAG 1.4.12."""

        def look(one: Tab) -> object:
            if is_spaced:
                one.probe("space_out")
            return one.probe("overflow")

        return self._asked(look, width)

    def keyboard(self, width: int) -> dict[str, object]:
        """What Tab does not reach, or reaches unseen."""
        return self._asked(_walk, width)

    def moving(self) -> dict[str, object]:
        """What moves, though the reader asked for less of it, and though not."""
        calm = self._asked(lambda one: one.probe("moving"), 1280, reduced_motion="reduce")
        return calm | self._asked(lambda one: one.probe("moving"), 1280)

    def asked_or_complained(self) -> dict[str, object]:
        """What a page fetches from elsewhere, and what the browser's console says."""
        found = {}
        for page in self.pages:
            with tab(self.browser) as one:
                one.open(page.file)
                root = page.file.parents[page.name.count("/")].as_uri()
                strange = [url for url in one.asked if not url.startswith(f"{root}/")]
                found[str(page)] = strange + one.problems
        return _wrong(found)

    def _asked(
        self, look: Callable[[Tab], object], width: int, **settings: object
    ) -> dict[str, object]:
        with tab(self.browser, **settings) as one:
            found = {}
            for page in self.pages:
                one.open(page.file, width)
                found[str(page)] = look(one)
        return _wrong(found)


def printed_pages(one: Tab) -> int:
    """Sheets of Letter that the open page takes when a reader prints it."""
    data = one.page.pdf(prefer_css_page_size=True, format="Letter")
    return len(PdfReader(io.BytesIO(data)).pages)


def _walk(one: Tab) -> list[str]:
    """Press Tab from the top until the focus leaves the page."""
    wanted, reached, wrong = one.probe("interactive"), [], []
    for _ in range(MANY_STOPS):
        one.page.keyboard.press("Tab")
        stop = one.probe("focused")
        if stop is None:
            break
        reached.append(stop["name"])
        wrong += [f"{stop['name']}: {fault}" for fault in stop["wrong"]]
    missed = [name for name in wanted if name not in reached]
    return [*wrong, *(f"{name}: not reached" for name in missed)]


def _wrong(found: dict[str, object]) -> dict[str, object]:
    return {name: answer for name, answer in found.items() if answer}
