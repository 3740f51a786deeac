"""Turn a template and plain values into a page: escaped, with its own style, locked down.

Every value is escaped when it is written. The style is written into each page and named in the
page's Content-Security-Policy by its hash, so that a saved page stands alone and nothing else
may style it, run in it or be fetched by it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboards.edition import Edition
from dashboards.language import LANGUAGES
from dashboards.words import week_dates, week_number

TEMPLATES = Path(__file__).with_name("templates")


def page_environment(edition: Edition) -> Environment:
    """A Jinja environment that knows the release and its language; make one for a whole site.

    Every value is escaped, and a name that a template misspells is an error.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["titled"] = edition.titled
    style = read_style()
    release, words = edition.numbers.release, edition.words
    environment.globals.update(
        release=release,
        week_dates=week_dates(release.week_start, release.week_end),
        week_words=week_number(release.week),
        week_told=words.head.week_line(
            release.week_start, release.week_end, release.week, release.release_id
        ),
        versions=words.head.versions(release.versions),
        style=Markup(style),  # noqa: S704 - our own file, no value goes into it
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        lang=words.lang,
        other=words.other,
        language=words,
        chrome=words.labels.CHROME,
        label=words.labels.BRIEF,
        label_there=LANGUAGES[words.other].labels.BRIEF,
    )
    return environment


def read_style() -> str:
    """The style sheet without comments and line breaks: it is in every page."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", style)).strip()
