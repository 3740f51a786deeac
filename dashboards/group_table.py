"""Write the table for public-health staff: every theme in each group of counties, with counts.

One page and one CSV file a state (the state, its rural and its urban counties) and one for the
nation (all places, all rural counties). A hidden figure says so; nothing here is finer or
other than what the release publishes. Sorting takes the script `table.js`, reading does not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment

from classifiers.taxonomy import Theme
from dashboards.blocks import said
from dashboards.edition import Edition
from dashboards.geo import NATION, RURAL, Geo, page_of, state_of
from dashboards.language.english.brief import times
from dashboards.place_page import ESTIMATED, TOO_FEW
from dashboards.published import Share
from dashboards.state_page import NOT_SHOWN
from dashboards.tables import notice, safe_cell

COLUMNS = (
    *("week", "theme_id", "theme", "geo_type", "geo_value", "place"),
    *(
        "figure",
        "promotes_n",
        "health_voices_n",
        "share_per_1000",
        "low_per_1000",
        "high_per_1000",
    ),
    *("rests_on", "direction", "alarm", "times_expected", "issue", "is_sample", "notice"),
)
"""Columns of the CSV file. Shares are those the pages say: corrected and pooled where the
tagger's errors are known (`rests_on` names the level), else as counted. `figure` says whether
there is one: `shown`, `not shown` or `too few posts to say`; cells without one are empty."""

BASE = 1_000
"""Shares are said out of so many health voices, in every table and every week."""

HEADS = (
    *("Place", "Voices passing it on", "Health voices", f"Of {BASE:,}", "Likely range"),
    *("Change", "Alarm"),
)
NOT_COUNTED = "not counted"
ALARM_WORDS = {"unusual": "unusual", "usual": "no", "": "not judged"}

Cell = tuple[str, float | str]
"""What a cell says, and what it is sorted by; the empty text sorts last."""


@dataclass(frozen=True, slots=True)
class Line:
    """One theme in one group. `share` is None where none is shown."""

    theme: Theme
    geo: Geo
    voices_n: int | None
    share: Share | None
    direction: str | None
    fold: float | None
    is_judged: bool

    @property
    def alarm(self) -> str:
        """`unusual`, `usual`, or nothing where it could not be judged."""
        return "unusual" if self.fold else "usual" if self.is_judged else ""


def table_files(edition: Edition, pages: Environment) -> Iterator[tuple[str, str]]:
    """(file name, content) of every table: its page and its CSV file."""
    for postal in edition.states:
        yield from _files(edition, pages, state_of(postal), edition.regions(postal))
    yield from _files(edition, pages, NATION, [RURAL])


def table_lines(edition: Edition, groups: Sequence[Geo]) -> list[Line]:
    """Every theme in every group, in the order of the taxonomy."""
    themes = (theme for theme in edition.taxonomy.themes.values() if theme.retired is None)
    return [_line(edition, theme, geo) for theme in themes for geo in groups]


def table_csv(edition: Edition, lines: Sequence[Line]) -> str:
    """The lines as CSV text; a cell that a spreadsheet might run has a quote before it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in _record(edition, line)] for line in lines)
    return text.getvalue()


def _files(
    edition: Edition, pages: Environment, geo: Geo, inner: Sequence[Geo]
) -> Iterator[tuple[str, str]]:
    stem = page_of(geo).removesuffix(".html")
    lines = table_lines(edition, [geo, *inner])
    yield (
        f"{stem}-table.html",
        pages.get_template("table.html.j2").render(
            up="../" * stem.count("/"),
            place=edition.heading(geo),
            page=page_of(geo),
            file=f"{stem.rpartition('/')[2]}-table.csv",
            base=BASE,
            heads=HEADS,
            rows=[(line.theme, _cells(edition, line)) for line in lines],
            note=ESTIMATED if RURAL in inner else "",
        ),
    )
    yield f"{stem}-table.csv", table_csv(edition, lines)


def _line(edition: Edition, theme: Theme, geo: Geo) -> Line:
    numbers, key = edition.numbers, (geo, theme.id)
    folds = [
        alarm.fold
        for alarm in numbers.alarms.get(geo, ())
        if (alarm.kind, alarm.tag_id) == ("theme", theme.id)
    ]
    return Line(
        theme=theme,
        geo=geo,
        voices_n=numbers.volume.get(geo, {}).get(numbers.release.week),
        share=numbers.themes_now(geo).get(theme.id, {}).get("promotes"),
        direction=numbers.changes.get(geo, {}).get(theme.id),
        fold=folds[0] if folds else None,
        is_judged=key in numbers.judged,
    )


def _cells(edition: Edition, line: Line) -> list[Cell]:
    share = line.share if line.share and line.share.has_numbers else None
    as_said = said(share, BASE) if share else None
    unsaid = TOO_FEW if line.share else NOT_SHOWN
    middle, low, _ = share.said if share else ("", "", "")
    return [
        (edition.heading(line.geo), edition.heading(line.geo)),
        _count(line, line.share.author_n if line.share else None),
        _count(line, line.voices_n),
        (as_said.number if as_said else unsaid, middle),
        (as_said.range if as_said else unsaid, low),
        (line.direction or (TOO_FEW if share else NOT_SHOWN), line.direction or ""),
        (_alarm(line), line.fold or ("" if not line.alarm else 0)),
    ]


def _count(line: Line, count: int | None) -> Cell:
    if count is None:
        return NOT_COUNTED if line.geo == RURAL else NOT_SHOWN, ""
    return f"{count:,}", count


def _alarm(line: Line) -> str:
    told = ALARM_WORDS[line.alarm]
    return f"{told}: {times(line.fold)} as often as expected" if line.fold else told


def _record(edition: Edition, line: Line) -> list[object]:
    release, share = edition.numbers.release, line.share
    rates = share.said if share and share.has_numbers else (None, None, None)
    figure = NOT_SHOWN if share is None else "shown" if share.has_numbers else TOO_FEW
    rests_on = share.estimate.rests_on if share and share.estimate else None
    return [
        *(release.week, line.theme.id, line.theme.title, *line.geo, edition.heading(line.geo)),
        *(figure, share.author_n if share else None, line.voices_n),
        *(None if rate is None else round(rate, 3) for rate in rates),
        *(rests_on, line.direction, line.alarm or None),
        *(line.fold and round(line.fold, 2), release.release_id, release.is_sample),
        notice(release),
    ]
