"""Say how often a theme or a trust signal was seen this week, in the nation and in each state.

A figure that is hidden or absent is not told; the page says that it is, never how many it was.
All shares of the table are said at one base, so that they can be read against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.blocks import base_of, said, trend_label
from dashboards.edition import Edition
from dashboards.geo import NATION, Geo, state_of
from dashboards.published import Share
from dashboards.trend import WIDE, Trend, trend

STANCES = ("promotes", "refutes", "asks")


YEAR = 52
"""Weeks drawn at most."""


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
    trend   the nation's shares over the weeks of `drawn`; None: a signal, or too few shown
    trend_label  the same in words
    drawn   the release's weeks, at most a year of them, oldest first
    states  those with a figure, by name
    base    out of how many health voices the states' shares are said
    """

    nation: tuple[str, ...]
    states: tuple[StateFigure, ...]
    base: int
    trend: Trend | None
    trend_label: str
    drawn: tuple[str, ...]


def figures(edition: Edition, tag_id: str) -> Figures:
    """The figures of a theme or signal; the national ones as sentences, the states' as rows."""
    shown = {
        postal: share
        for postal in edition.states
        if (share := share_at(edition, state_of(postal), tag_id, "promotes"))
    }
    base, words = base_of(shown.values()), edition.words.figures
    drawn = _trend(edition, tag_id)
    return Figures(
        tuple(nation_told(edition, tag_id)),
        tuple(
            StateFigure(
                postal,
                edition.states[postal],
                words.cell(said(share, base)),
                words.DIRECTIONS[_direction(edition, state_of(postal), tag_id)],
            )
            for postal, share in shown.items()
        ),
        base,
        drawn,
        trend_label(edition, drawn) if drawn else "",
        tuple(edition.weeks[-YEAR:]),
    )


def _trend(edition: Edition, tag_id: str) -> Trend | None:
    numbers = edition.numbers
    silent = {week for week, *_ in numbers.release.outages}
    weeks = edition.weeks[-YEAR:]
    return trend(numbers.themes.get(NATION, {}), weeks, tag_id, silent, WIDE)


def nation_told(edition: Edition, tag_id: str) -> Iterator[str]:
    """What the nation tells, a sentence a stance, all at one base."""
    is_theme = tag_id in edition.taxonomy.themes
    found = {
        stance: share
        for stance in (STANCES if is_theme else STANCES[:1])
        if (share := share_at(edition, NATION, tag_id, stance))
    }
    base, where = base_of(found.values()), edition.within(NATION)
    for stance, share in found.items():
        kind = stance if is_theme else "signal"
        direction = _direction(edition, NATION, tag_id)
        yield edition.words.figures.told(kind, where, said(share, base), direction)


def share_at(edition: Edition, geo: Geo, tag_id: str, stance: str) -> Share | None:
    """The share of one stance (of a signal: its only one) that a number can be said of."""
    numbers = edition.numbers
    if tag_id in edition.taxonomy.themes:
        share = numbers.themes_now(geo).get(tag_id, {}).get(stance)
    else:
        share = numbers.signals_now(geo).get(tag_id)
    return share if share and share.has_numbers else None


def _direction(edition: Edition, geo: Geo, tag_id: str) -> str | None:
    return edition.numbers.changes.get(geo, {}).get(tag_id)
