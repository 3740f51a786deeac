"""Read built pages the way a browser would: links, ids, tags, and the words in between."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

VOID = {"meta", "input", "link", "br", "img", "hr"}
"""Tags that never close. SVG shapes close themselves (`<path/>`)."""


@dataclass
class Page(HTMLParser):
    """One parsed page. `problems` names tags that do not match."""

    html: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        if self._open:
            self.problems.append(f"never closed: {self._open}")

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"unexpected </{tag}>")

    def handle_data(self, data):
        if not self._open or self._open[-1] not in ("style", "script"):
            self.words.append(data)

    def all(self, tag):
        """Attributes of every such tag, in order."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def ids(self):
        """Every id on the page, in order."""
        return [found["id"] for _, found in self.tags if found.get("id")]

    @property
    def links(self):
        """Every address the page names, in links and sources."""
        return [
            value
            for _, found in self.tags
            for name, value in found.items()
            if name in ("href", "src", "action", "xlink:href", "srcset", "data") and value
        ]

    @property
    def text(self):
        """What a reader sees, as one line."""
        return " ".join(" ".join(self.words).split())


def pages_of(folder: Path) -> dict[str, Page]:
    """Every page of a site by its name."""
    return {
        str(file.relative_to(folder)): Page(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.html"))
    }


def dead_links(folder: Path) -> list[str]:
    """Links between pages of the site that lead nowhere, or to a missing place on a page."""
    pages, dead = pages_of(folder), []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            path = unquote(parts.path)
            target = (folder / name).parent / path if path else folder / name
            if not target.is_file():
                dead.append(f"{name}: {link}")
            elif parts.fragment:
                there = pages[str(target.resolve().relative_to(folder.resolve()))]
                if parts.fragment not in there.ids:
                    dead.append(f"{name}: {link} (no such place)")
    return dead


def contrast(first: str, second: str) -> float:
    """WCAG contrast of two colours written `#rgb` or `#rrggbb`."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colours(css: str) -> list[dict[str, str]]:
    """The colour names of each `:root` block of a style sheet."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", css)
    return [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]+)", block)) for block in blocks]


class _Tree(HTMLParser):
    """Hangs the elements of a page into each other."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = ElementTree.TreeBuilder()

    def handle_starttag(self, tag, attrs):
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)

    def handle_startendtag(self, tag, attrs):
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        self.builder.end(tag)

    def handle_endtag(self, tag):
        self.builder.end(tag)

    def handle_data(self, data):
        self.builder.data(data)


def tree(html: str) -> Element:
    """A well-formed page as a tree of elements, to be searched by path."""
    parser = _Tree()
    parser.feed(html.partition("<!doctype html>")[2].strip())
    return parser.builder.close()
