"""Write the archive: a list of every published release, and a page of main figures for each.

The whole site of a past release is not kept: its figures are, and one command makes the site
again from them. The page of the newest release is there too, so that its address, once cited
or sent in a feed, stays good when the release is a past one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from jinja2 import Environment

from dashboards.archive.figures import main_figures
from dashboards.edition import Edition
from dashboards.published import Release
from dashboards.words import week_dates, week_number


@dataclass(frozen=True, slots=True)
class Told:
    """One release as the archive tells it; `is_shown`: the rest of the site is of it."""

    release: Release
    is_shown: bool

    @property
    def page(self) -> str:
        """The file name of its page in the archive."""
        return f"{self.release.release_id}.html"

    @property
    def week(self) -> str:
        """`Week 10 of 2024`."""
        return week_number(self.release.week).capitalize()

    @property
    def dates(self) -> str:
        """`March 3 to 9, 2024`."""
        return week_dates(self.release.week_start, self.release.week_end)

    @property
    def versions(self) -> str:
        """What made it, in one phrase."""
        return ", ".join(f"{part} {name}" for part, name in self.release.versions.items())


def editions(edition: Edition) -> list[Edition]:
    """The release itself and all published before it, the newest week and revision first."""
    past = [replace(edition, numbers=numbers) for numbers in edition.numbers.past]
    return sorted([edition, *past], key=lambda one: one.numbers.release.order, reverse=True)


def archive_pages(edition: Edition, pages: Environment) -> Iterator[tuple[str, str]]:
    """(file name, content) of the archive's list and of each release's page."""
    found = [(one, Told(one.numbers.release, one is edition)) for one in editions(edition)]
    weeks = [
        list(of) for _, of in groupby((told for _, told in found), lambda t: t.release.week)
    ]
    yield "archive/index.html", _render(pages, "archive.html.j2", weeks=weeks)
    for one, told in found:
        page = _render(pages, "archived.html.j2", told=told, figures=main_figures(one))
        yield f"archive/{told.page}", page


def _render(pages: Environment, template: str, **context: Any) -> str:  # noqa: ANN401
    return pages.get_template(template).render(up="../", **context)
