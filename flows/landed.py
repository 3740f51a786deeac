"""Bring what live sources landed into a run, and take it off the landing once the lake has it.

All files of a source that are there when a run reads are one input of it. Their posts go on
whatever week they are of: the landing is emptied by every run, and the lake keeps each week
for the run that asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows import inbox
from flows.intake import Asked, Window
from flows.progress import track
from warehouse import clinic, deletions, landing
from warehouse.audit import labels
from warehouse.home import Home
from warehouse.lake import day_files, real_days
from warehouse.ledger import InputRead
from warehouse.weeks import Week

LISTED = "landed.json"


@dataclass(slots=True)
class _Count:
    kept_n: int = 0
    outside_n: int = 0


def was_collected(home: Home) -> bool:
    """Whether anybody ever collected into this data folder."""
    return home.landing.is_dir()


def has_real(home: Home) -> bool:
    """Whether anybody ever collected here, or the lake holds posts of a file."""
    return was_collected(home) or any(real_days(home))


def newest_week(home: Home, now: datetime | None = None) -> Week:
    """The last full week by `now`, or the one after it when all that was collected is later.

    Who collects for the first time today sees a brief today, of a week that is not over. Where
    nobody collects it is the newest week of which the lake has posts.
    """
    full = Week.last_full(now)
    if not was_collected(home):
        return max(map(Week.of, real_days(home)), default=full)
    first = min(
        (day for source in landing.sources(home) for day in days(home, source)), default=None
    )
    return Week.of(first) if first and first > full.end else full


def days(home: Home, source: str) -> Iterator[date]:
    """The days of a source's posts, in the lake and in the landing."""
    for folder in (home.posts / f"source={source}").glob("day=*"):
        yield date.fromisoformat(folder.name.removeprefix("day="))
    for file in landing.files(home, source):
        if (first := pc.min(landing.read(file)["posted_at"]).as_py()) is not None:
            yield first.date()


def is_waiting(home: Home, asked: Asked) -> bool:
    """Whether something is to be read, or to be erased, that the lake does not know of yet."""
    if asked.is_live and any(landing.files(home, source) for source in landing.sources(home)):
        return True
    return not asked.is_sample and bool(deletions.sources_waiting(home))


def state(home: Home, window: Window) -> list[str]:
    """What the numbers rest on, less the sample: tags, what clinics heard, the audit."""
    files = day_files(home, "tags", window.first.start, window.week.end, is_sample=False)
    files += sorted(home.clinic.glob("week=*/*.parquet"))
    met = ((file, file.stat()) for file in files)
    found = [f"{file} {stat.st_size} {stat.st_mtime_ns}" for file, stat in met]
    return [*found, clinic.fingerprint(home), labels.fingerprint(home)]


def put_in(home: Home, window: Window, order: int) -> int:
    """Put everything that landed into the inbox, after `order` inputs; return the posts."""
    posts_n = 0
    for number, source in enumerate(landing.sources(home), start=order + 1):
        posts_n += _put_source(home, window, number, source)
    return posts_n


def _put_source(home: Home, window: Window, order: int, source: str) -> int:
    files, counted = landing.files(home, source), _Count()
    folder = inbox.open_input(home, order, input_id(source))
    tables = landing.batches(files, inbox.CHUNK, inbox.CHUNK_TEXT)
    for number, table in enumerate(track(tables, f"read {source}")):
        posts = deletions.kept(home, table)
        inbox.put_table(folder, number, posts)
        _count(counted, posts, window)
    (folder / LISTED).write_text(json.dumps(list(map(str, files))), encoding="utf-8")
    inbox.close(folder, _read(source, window, counted))
    return counted.kept_n + counted.outside_n


def _count(counted: _Count, posts: pa.Table, window: Window) -> None:
    days = posts["posted_at"].cast(pa.date32())
    is_in = pc.and_(
        pc.greater_equal(days, pa.scalar(window.first.start)),
        pc.less_equal(days, pa.scalar(window.week.end)),
    )
    inside_n = pc.sum(is_in).as_py() or 0
    counted.kept_n += inside_n
    counted.outside_n += posts.num_rows - inside_n


def post_sources(home: Home) -> list[str]:
    """The collected sources that gave posts; what clinics say is none."""
    return [name for name in landing.sources(home) if (home.posts / f"source={name}").exists()]


def input_id(source: str) -> str:
    """What the ledger knows the posts collected from a source by: the last run's count."""
    return f"collected-{source}"


def _read(source: str, window: Window, counted: _Count) -> InputRead:
    return InputRead(
        input_id=input_id(source),
        name=f"{source}, collected",
        week_from=str(window.first),
        week_to=str(window.week),
        read_n=counted.kept_n + counted.outside_n,
        kept_n=counted.kept_n,
        outside_n=counted.outside_n,
        quarantined_n=0,
    )


def take_off(folder: Path) -> None:
    """Remove the landed files that an input of the inbox was made from; the lake has them."""
    listed = folder / LISTED
    if listed.exists():
        landing.remove(Path(name) for name in json.loads(listed.read_text(encoding="utf-8")))
