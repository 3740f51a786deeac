"""Write the pages that explain: the method, all conversation cards, and the data files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment

from dashboards.blocks import card_status
from dashboards.cards import Card
from dashboards.county_schema import county_lines
from dashboards.delphi import SIGNAL_LEVELS
from dashboards.dictionary import COMMON, HEADERS, SIGNAL_SHAPE, TABLES
from dashboards.edition import Edition
from dashboards.language import ENGLISH
from dashboards.limits import limits
from dashboards.risk import HARM_REASONS
from dashboards.tables import row_count
from dashboards.words import size_of

ENDS = ("csv", "parquet", "json")

COUNTY_SCHEMA = "county.schema.json"

HARM_CLASS_WORDS = {
    "delays_care": "delays care",
    "avoids_prevention": "avoids prevention",
    "dangerous_alternative": "chooses a dangerous alternative",
}


def method_page(edition: Edition, pages: Environment) -> str:
    """How figures and grades are made, with what went into this release."""
    themes = [
        (
            theme,
            HARM_CLASS_WORDS[theme.harm_class],
            ENGLISH.brief.REASONS[HARM_REASONS[theme.harm]],
        )
        for theme in edition.taxonomy.themes.values()
        if theme.retired is None
    ]
    return pages.get_template("method.html.j2").render(
        up="",
        themes=themes,
        signals=list(edition.taxonomy.signals.values()),
        evidence_names=ENGLISH.head.EVIDENCE,
        limits=limits(edition.numbers.release, "a place"),
    )


def cards_page(edition: Edition, pages: Environment) -> str:
    """Every conversation card, those of themes first, in the order of the taxonomy."""
    taxonomy = edition.taxonomy
    groups = [
        ("Claims", _titled(edition, {i: theme.title for i, theme in taxonomy.themes.items()})),
        ("Trust", _titled(edition, {i: sign.title for i, sign in taxonomy.signals.items()})),
    ]
    return pages.get_template("cards.html.j2").render(up="", groups=groups)


def _titled(edition: Edition, titles: dict[str, str]) -> list[tuple[str, Card, str]]:
    return [
        (title, edition.cards[key], card_status(edition, edition.cards[key]))
        for key, title in titles.items()
        if key in edition.cards
    ]


def data_page(edition: Edition, pages: Environment, bytes_of: Mapping[str, int]) -> str:
    """The files with their sizes, and the meaning of every column in them."""
    tables: list[dict[str, Any]] = [
        {
            "name": name,
            "what": what,
            "notes": HEADERS[name].notes,
            "columns": (*columns, *(one for one in COMMON if one[0] not in dict(columns))),
            "files": [(f"{name}.{end}", size_of(bytes_of[f"{name}.{end}"])) for end in ENDS],
            "rows_n": row_count(edition.numbers, name),
        }
        for name, (what, columns) in TABLES.items()
    ]
    return pages.get_template("data.html.j2").render(
        up="../",
        tables=tables,
        signal_shape=SIGNAL_SHAPE,
        county_lines=county_lines(),
        county_schema_size=size_of(bytes_of[COUNTY_SCHEMA]),
        signals=[
            (name, size_of(bytes_of[name]))
            for name in (f"signals_{level}.json" for level in SIGNAL_LEVELS[::-1])
        ],
    )
