"""Say how often a theme or a trust signal was seen this week, in the nation and in each state.

A figure that is hidden or absent is not told; the page says that it is, never how many it was.
All shares of the table are said at one base, so that they can be read against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboards.blocks import base_of, said
from dashboards.cards import Lang
from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, state_of
from dashboards.lead import DIRECTION_WORDS
from dashboards.published import Share
from dashboards.spanish import about_es, cell_es, range_es, trend_label_es
from dashboards.trend import Trend, trend
from dashboards.words import Frequency, sentence

STANCES = ("promotes", "refutes", "asks")

WIDEST: dict[Lang, str] = {
    "en": "across all places we collected from",
    "es": "en todos los lugares de donde reunimos mensajes",
}
TOLD: dict[Lang, dict[str, str]] = {
    "en": {
        "promotes": "{where}, {about} health voices{range} passed such a claim on, {change}",
        "signal": "{where}, {about} health voices{range} gave this sign",
        "asks": "{about} health voices{range} asked about it",
        "refutes": "{about} health voices{range} said that it is false",
    },
    "es": {
        "promotes": "{where}, {about} voces de salud{range} difundieron una idea así, {change}",
        "signal": "{where}, {about} voces de salud{range} dieron esta señal",
        "asks": "{about} voces de salud{range} preguntaron por eso",
        "refutes": "{about} voces de salud{range} dijeron que es falso",
    },
}
DIRECTION_WORDS_ES: dict[str | None, str] = {
    "rising": "más que en las semanas anteriores",
    "falling": "menos que en las semanas anteriores",
    "steady": "más o menos igual que en las semanas anteriores",
    "new": "después de casi nadie en las semanas anteriores",
    None: "con muy pocos mensajes para decir si sube",
}
SHORT_DIRECTIONS: dict[Lang, dict[str | None, str]] = {
    "en": {
        **{word: word for word in ("rising", "falling", "steady", "new")},
        None: "too few posts to say",
    },
    "es": {
        "rising": "sube",
        "falling": "baja",
        "steady": "sigue igual",
        "new": "nuevo",
        None: "muy pocos mensajes para decirlo",
    },
}


@dataclass(frozen=True, slots=True)
class StateFigure:
    """One state's share, at the table's base, and its direction, in words."""

    postal: str
    name: str
    share: str
    direction: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What was seen of one theme or signal in the release's week.

    nation  sentences; empty when no national figure can be shown
    trend   the nation's shares over the release's weeks; None: a signal, or too few weeks shown
    states  those with a figure, by name
    base    out of how many health voices the states' shares are said
    """

    nation: tuple[str, ...]
    states: tuple[StateFigure, ...]
    base: int
    trend: Trend | None


def figures(edition: Edition, tag_id: str, lang: Lang) -> Figures:
    """The figures of a theme or signal; the national ones as sentences, the states' as rows."""
    shown = {
        postal: share
        for postal in edition.states
        if (share := _share(edition, state_of(postal), tag_id, "promotes"))
    }
    base = base_of(shown.values())
    return Figures(
        tuple(_nation(edition, tag_id, lang)),
        tuple(
            StateFigure(
                postal,
                edition.states[postal],
                _cell(said(share, base), lang),
                SHORT_DIRECTIONS[lang][_direction(edition, state_of(postal), tag_id)],
            )
            for postal, share in shown.items()
        ),
        base,
        _trend(edition, tag_id, lang),
    )


def _trend(edition: Edition, tag_id: str, lang: Lang) -> Trend | None:
    numbers = edition.numbers
    silent = {week for week, *_ in numbers.release.outages}
    line = trend(numbers.themes.get(NATION, {}), edition.weeks, tag_id, silent)
    if line and lang == "es":
        return replace(line, label=trend_label_es(line, numbers.release.weeks_n))
    return line


def _nation(edition: Edition, tag_id: str, lang: Lang) -> Iterator[str]:
    """What the nation tells, a sentence a stance, all at one base."""
    is_theme = tag_id in edition.taxonomy.themes
    found = {
        stance: share
        for stance in (STANCES if is_theme else STANCES[:1])
        if (share := _share(edition, NATION, tag_id, stance))
    }
    base, around = base_of(found.values()), _around(edition, tag_id, lang)
    for stance, share in found.items():
        told = TOLD[lang][stance if is_theme else "signal"]
        yield sentence(told.format(**_words(said(share, base), lang), **around))


def _around(edition: Edition, tag_id: str, lang: Lang) -> dict[str, str]:
    """What stands around a national share: the place, and the change against earlier weeks."""
    words = DIRECTION_WORDS_ES if lang == "es" else DIRECTION_WORDS
    return {"where": WIDEST[lang], "change": words[_direction(edition, NATION, tag_id)]}


def _words(share: Frequency, lang: Lang) -> dict[str, str]:
    if lang == "es":
        return {"about": about_es(share), "range": range_es(share)}
    return {"about": share.about, "range": f" ({share.likely})" if share.likely else ""}


def _share(edition: Edition, geo: Geo, tag_id: str, stance: str) -> Share | None:
    """The share of one stance (of a signal: its only one) that a number can be said of."""
    numbers = edition.numbers
    if tag_id in edition.taxonomy.themes:
        share = numbers.themes_now(geo).get(tag_id, {}).get(stance)
    else:
        share = numbers.signals_now(geo).get(tag_id)
    return share if share and share.has_numbers else None


def _direction(edition: Edition, geo: Geo, tag_id: str) -> str | None:
    return edition.numbers.changes.get(geo, {}).get(tag_id)


def _cell(share: Frequency, lang: Lang) -> str:
    return cell_es(share) if lang == "es" else share.cell
