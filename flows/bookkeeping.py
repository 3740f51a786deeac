"""Enter in the week ledger what a stage did, counted from what it left in the data folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows import inbox, landed
from flows.inbox import Chunk
from warehouse import week_ledger
from warehouse.database import open_database
from warehouse.days import SourceDay, halves
from warehouse.home import Home
from warehouse.lake import day_files
from warehouse.weeks import Week

_STAGES = {"read": "read", "locate": "placed", "tag": "tagged", "lake": "in lake"}
"""Stage → what its count is called."""

_HEAD = " ".join(f"{called:>9}" for called in _STAGES.values())


def enter(home: Home, stage: str) -> None:
    """Note what `read`, `locate` or `tag` did, from the inbox, an input at a time."""
    count = {"read": _read, "locate": _placed, "tag": _tagged}[stage]
    for folder in inbox.inputs(home):
        if inbox.count_of(folder) is None:
            continue  # days tagged anew were read before
        posts = sum((count(chunk) for chunk in inbox.chunks(folder)), Counter[SourceDay]())
        week_ledger.record_days(home, stage, _part(folder), posts, datetime.now(UTC))


def enter_lake(home: Home, folder: Path) -> None:
    """Note how many posts the lake holds of each day that one input of the inbox gave to."""
    met = {place for chunk in inbox.chunks(folder) for place in _read(chunk)}
    held = {
        place: pq.read_metadata(halves(home)["posts"].path(*place)).num_rows for place in met
    }
    week_ledger.record_days(home, "lake", "", held, datetime.now(UTC))


def enter_release(home: Home, release_id: str, week: Week, weeks: int, is_sample: bool) -> None:
    """Note how many posts of each source and day a release counted."""
    window = week.trailing(weeks)
    files = day_files(home, "tags", window[0].start, window[-1].end, is_sample)
    week_ledger.record_release(home, release_id, _counted(home, files))


def _counted(home: Home, files: Iterable[Path]) -> dict[SourceDay, int]:
    named = [str(file) for file in files]
    if not named:
        return {}
    with open_database(home) as con:
        rows = con.execute(
            "select source, posted_at::date, count(*) "
            "from read_parquet(?, union_by_name = true) "
            "where kind = 'health' group by all",  # each post has one such row
            [named],
        ).fetchall()
    return {(source, day): posts_n for source, day, posts_n in rows}


def _part(folder: Path) -> str:
    """The same for the same posts, when they are read again: its files, or the first landed."""
    listed = folder / landed.LISTED
    name = folder.name.partition("-")[2]
    if not listed.exists():
        return name
    files = json.loads(listed.read_text(encoding="utf-8"))
    return f"{name} {Path(files[0]).stem}" if files else name


def _read(chunk: Chunk) -> Counter[SourceDay]:
    return _by_day(pq.read_table(chunk.posts, columns=["source", "posted_at"]))


def _placed(chunk: Chunk) -> Counter[SourceDay]:
    posts = pq.read_table(chunk.posts, columns=["source", "posted_at"])
    levels = pq.read_table(chunk.places, columns=["level"])["level"]
    return _by_day(posts.filter(pc.not_equal(levels, "none")))


def _tagged(chunk: Chunk) -> Counter[SourceDay]:
    tags = pq.read_table(chunk.tags, columns=["source", "posted_at", "kind"])
    return _by_day(tags.filter(pc.equal(tags["kind"], "health")))  # each post has one


def _by_day(posts: pa.Table) -> Counter[SourceDay]:
    days = posts.append_column("day", posts["posted_at"].cast(pa.date32()))
    met = days.group_by(["source", "day"]).aggregate([([], "count_all")]).to_pylist()
    return Counter({(row["source"], row["day"]): row["count_all"] for row in met})


def told(home: Home, week: Week) -> Iterator[str]:
    """The ledger of one week as lines: its release, then a row a source and day."""
    known = week_ledger.last_releases(home)
    release = next((one for one in known if one.week == str(week)), None)
    standing = f"{release.release_id}, {release.state}" if release else "no release"
    yield f"{week} ({week.start} to {week.end}): {standing}"
    rows = week_ledger.days(home, week.start, week.end)
    if not rows:
        yield "  Nothing was done for any of its days."
        return
    yield f"  {'source':<12} {'day':<10} {_HEAD}  counted by"
    for row in rows:
        yield f"  {row.source:<12} {row.day} {_cells(row.done)}  {_releases(row.counted)}"


def _cells(done: Mapping[str, int]) -> str:
    return " ".join(f"{done[one]:>9,}" if one in done else f"{'-':>9}" for one in _STAGES)


def _releases(counted: Mapping[str, int]) -> str:
    """The releases that counted the day: the last few, by name."""
    named = [f"{name}: {n:,}" for name, n in sorted(counted.items())]
    more = f" and {len(named) - 2} more" if len(named) > 2 else ""
    return (", ".join(named[-2:]) + more) or "-"
