"""Draw a share over the weeks of a release as a line small enough to sit in a sentence.

A week without a published figure is a gap: the line is never drawn across it, since a hidden
week may be low, or may be one in which nothing was collected. Nor is it drawn across a week in
which a source was out or the mix of sources changed: that cannot be told from a rise or a fall.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboards.published import Share
from dashboards.words import Frequency, frequency

FEWEST = 3
"""Below this many weeks a line would show a trend that nobody can see."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width, height and the margin inside them, in units of the SVG."""

    width: int
    height: int
    margin: int


SMALL, WIDE = Size(132, 30, 3), Size(640, 150, 6)
"""A line in a sentence, and a drawing that stands alone."""

WIDTH, HEIGHT = SMALL.width, SMALL.height


@dataclass(frozen=True, slots=True)
class Trend:
    """The parts of a small SVG, and what a language needs to say it to those who cannot see it.

    lines    `points` of each unbroken run of weeks
    dots     (x, y) of every shown week, the last one last
    band     `points` of the 90 % interval of each unbroken run
    ends     the first and the last share shown
    weeks_n  weeks of the line; hidden_n: those without a share
    top      the highest end of an interval, as a share: where the drawing ends
    """

    lines: tuple[str, ...]
    band: tuple[str, ...]
    dots: tuple[tuple[int, int], ...]
    ends: tuple[Frequency, Frequency]
    weeks_n: int
    hidden_n: int
    top: Frequency
    size: Size = SMALL


def trend(
    by_week: Mapping[str, Mapping[str, Mapping[str, Share]]],
    weeks: Sequence[str],
    theme_id: str,
    outages: Collection[str] = (),
    size: Size = SMALL,
) -> Trend | None:
    """Shares of a theme's promoters over `weeks`, or None when too few of them are shown.

    by_week  week → theme → stance → share, of one place
    outages  weeks in which a source was out or the mix changed: never drawn
    """
    shown = _shown(by_week, [week if week not in outages else "" for week in weeks], theme_id)
    return _draw(shown, len(weeks), size) if len(shown) >= FEWEST else None


def _shown(
    by_week: Mapping[str, Mapping[str, Mapping[str, Share]]],
    weeks: Sequence[str],
    theme_id: str,
) -> dict[int, Share]:
    found = {
        place: by_week.get(week, {}).get(theme_id, {}).get("promotes")
        for place, week in enumerate(weeks)
    }
    return {place: share for place, share in found.items() if share and share.has_numbers}


def _draw(shown: Mapping[int, Share], weeks_n: int, size: Size) -> Trend:
    top, margin = max(share.said[2] for share in shown.values()), size.margin
    step = (size.width - 2 * margin) / max(1, weeks_n - 1)
    x = {n: round(margin + n * step) for n in shown}

    def y(per_1000: float) -> int:
        return round(size.height - margin - per_1000 / top * (size.height - 2 * margin))

    runs = list(_runs(shown))
    return Trend(
        lines=tuple(_points((x[n], y(shown[n].said[0])) for n in run) for run in runs),
        band=tuple(
            _points(
                [(x[n], y(shown[n].said[2])) for n in run]
                + [(x[n], y(shown[n].said[1])) for n in reversed(run)]
            )
            for run in runs
            if len(run) > 1
        ),
        dots=tuple((x[n], y(share.said[0])) for n, share in shown.items()),
        ends=_ends(shown),
        weeks_n=weeks_n,
        hidden_n=weeks_n - len(shown),
        top=frequency(top, top, top),
        size=size,
    )


def _runs(places: Mapping[int, Share]) -> Iterator[list[int]]:
    """Runs of weeks with none missing between them."""
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        yield [place for _, place in run]


def _points(pairs: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in pairs)


def _ends(shown: Mapping[int, Share]) -> tuple[Frequency, Frequency]:
    first, *_, last = shown.values()
    return frequency(*first.said), frequency(*last.said)
