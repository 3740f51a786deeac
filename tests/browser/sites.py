"""Choose which pages of the built sites a browser looks at: every kind, in every shape.

Kinds are found in the folder, so a page kind that is added tomorrow is tested tomorrow. Pages
of one folder and one ending are of one kind; of each kind those are chosen that together have
every element, class and part that any page of the kind has, in whatever release.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboards.site import write_site
from tests.pages import Page
from tests.releases import RELEASES, edition_of

EVERY_RELEASE = ("county",)
"""Folders of which each release shows its largest page, whether it has new parts or not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that the browser looks at.

    release  the name of its release (`tests.releases`)
    name     its path in the site
    kind     `county/*.html`: what stands for all pages of its kind
    """

    release: str
    name: str
    kind: str
    file: Path

    def __str__(self) -> str:
        return f"{self.release}: {self.name}"


def build_all(folder: Path) -> dict[str, Path]:
    """Build the site of every release into folders of their own."""
    sites = {}
    for name in RELEASES:
        own = folder / name.replace(" ", "-")
        own.mkdir()
        write_site(edition_of(name, own), own / "site")
        sites[name] = own / "site"
    return sites


def kind_of(name: str) -> str:
    """What stands for all pages like this one: `theme/*.es.html`, `index.html`."""
    *folders, file = name.split("/")
    stem, _, ending = file.partition(".")
    above = ["*" if re.search(r"\d", folder) else folder for folder in folders]
    return "/".join([*above, file if stem == "index" or not folders else f"*.{ending}"])


def chosen(sites: dict[str, Path]) -> list[Shown]:
    """The pages to look at, by kind."""
    kinds = defaultdict(list)
    for release, site in sites.items():
        pages = sorted(site.rglob("*.html"), key=lambda file: (-file.stat().st_size, file))
        for file in pages:
            name = str(file.relative_to(site))
            kinds[kind_of(name)].append(Shown(release, name, kind_of(name), file))
    return [page for kind in sorted(kinds) for page in _of_kind(kinds[kind])]


def _of_kind(pages: list[Shown]) -> Iterator[Shown]:
    covered: set[tuple[str, str]] = set()
    releases: set[str] = set()
    for page in pages:
        parts = _parts(Page(page.file.read_text(encoding="utf-8")))
        is_first = page.release not in releases and page.kind.startswith(EVERY_RELEASE)
        if is_first or not parts <= covered:
            covered |= parts
            releases.add(page.release)
            yield page


def _parts(page: Page) -> set[tuple[str, str]]:
    """Every kind of element on the page, and every headed section."""
    kinds = {(tag, found.get("class") or "") for tag, found in page.tags}
    heads = {("section", found.get("aria-labelledby") or "") for found in page.all("section")}
    return kinds | heads
