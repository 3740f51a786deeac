"""Let text expire by source, by rewriting the lake's posts without it; tags and counts stay.

Reddit's text is held for 48 hours at most, any other for 30 days unless a setting says
otherwise. The clock of a post in the lake is its own time, which is never later than when it
came; the clock of one that waits in the landing is when it landed, so that an old post is not
lost before it is counted. Call what writes while no run is reading (`flows.running`): every
step can be killed and done again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import lake, landing, watermarks
from warehouse.backup import staging
from warehouse.errors import DataFolderError, InputError
from warehouse.files import alone, readable_errors
from warehouse.home import Home

SETTING = "GRAPEVINE_KEEP_HOURS"
"""For instance `bluesky=240,other=720`: hours to keep text, by source."""

OTHER = "other"
MOST_H = {"reddit": 48}
"""Hours that terms allow at most; no setting goes above, and no copy of ours has that text."""

DEFAULT_H = 30 * 24
AHEAD = timedelta(days=1)
"""How far ahead of our clock a post's time may be; beyond it, it says nothing about age."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many hours text is kept, by source and for any other."""

    by_source: Mapping[str, int] = field(default_factory=dict)
    other_h: int = DEFAULT_H

    @classmethod
    def from_env(cls) -> Limits:
        """From `GRAPEVINE_KEEP_HOURS`. Raise `InputError` in one plain line."""
        said = dict[str, int]()
        for part in filter(None, os.environ.get(SETTING, "").replace(" ", "").split(",")):
            match = re.fullmatch(r"([a-z][a-z0-9_]*)=([0-9]{1,6})", part)
            if not match:
                raise InputError(
                    f"{SETTING} has '{part}'. Write source=hours, as bluesky=240,{OTHER}=720."
                )
            said[match[1]] = int(match[2])
        for source, most_h in MOST_H.items():
            if said.get(source, 0) > most_h:
                raise InputError(
                    f"{SETTING} keeps text of {source} for {said[source]} hours; its terms "
                    f"allow {most_h}. Set {source}={most_h} or less."
                )
        return cls(said, said.pop(OTHER, DEFAULT_H))

    def hours(self, source: str) -> int:
        """Hours that text of this source is kept."""
        other_h = min(self.other_h, MOST_H.get(source, self.other_h))
        return self.by_source.get(source, other_h)


@dataclass(frozen=True, slots=True)
class Held:
    """A post whose text is here. posted_at: its own time; since: by which it expires."""

    posted_at: datetime
    since: datetime


def sources(home: Home) -> list[str]:
    """The sources of which something may be here, by name; never the sample."""
    found = {path.name for part in _parts(home) for path in part.glob("source=*")}
    return sorted({name.removeprefix("source=") for name in found} - {lake.SAMPLE})


def _parts(home: Home) -> tuple[Path, Path, Path]:
    return (home.landing, home.posts, home.tags)


def held(home: Home, source: str) -> dict[str, Held]:
    """The posts of a source whose text is here, by id: in the landing and in the lake."""
    found = dict[str, Held]()
    with readable_errors(home.root):
        for file, landed_at in _files(home, source):
            for post_id, posted_at in _ids(file):
                since = landed_at or posted_at
                if post_id not in found or since < found[post_id].since:
                    found[post_id] = Held(posted_at, since)
    return found


def _files(home: Home, source: str) -> Iterator[tuple[Path, datetime | None]]:
    """The files with text, and when each landed; None for those of the lake."""
    for file in landing.files(home, source):
        with suppress(FileNotFoundError):  # a run has just put it into the lake
            yield file, datetime.fromtimestamp(file.stat().st_mtime, UTC)
    for file in sorted((home.posts / f"source={source}").glob("day=*/posts.parquet")):
        yield file, None


def _ids(file: Path) -> list[tuple[str, datetime]]:
    try:
        table = pq.ParquetFile(file).read(columns=["post_id", "posted_at"], use_threads=False)
    except FileNotFoundError:
        return []
    except pa.ArrowInvalid as error:
        raise DataFolderError(
            f"{file} is damaged ({error}). Put it back from a copy; without one, delete it."
        ) from error
    return list(zip(table["post_id"].to_pylist(), table["posted_at"].to_pylist(), strict=True))


def expire(home: Home, limits: Limits, now: datetime) -> dict[str, int]:
    """Remove the text that was kept long enough; return the posts by source, if any went."""
    gone = {source: _expire(home, source, limits, now) for source in sources(home)}
    return {source: posts_n for source, posts_n in gone.items() if posts_n}


def _expire(home: Home, source: str, limits: Limits, now: datetime) -> int:
    before = now - timedelta(hours=limits.hours(source))
    gone_n = 0
    with readable_errors(home.landing):
        for file in landing.files(home, source):
            if datetime.fromtimestamp(file.stat().st_mtime, UTC) <= before:
                gone_n += pq.ParquetFile(file).metadata.num_rows
                landing.remove([file])

    def stays(table: pa.Table) -> pa.Array:
        posted_at = table["posted_at"]
        is_young = pc.greater(posted_at, _seconds(before))
        return pc.and_(is_young, pc.less(posted_at, _seconds(now + AHEAD)))

    return gone_n + lake.keep(home, source, stays, parts=("posts",))


def _seconds(at: datetime) -> pa.Scalar:
    return pa.scalar(at.replace(microsecond=0), pa.timestamp("s", tz="UTC"))


def clear_half_done(home: Home) -> None:
    """Throw away what killed runs and collectors left half done: it may hold text, or ids."""
    rmtree(home.inbox, ignore_errors=True)
    rmtree(home.spill, ignore_errors=True)
    staging.clear(home)
    with readable_errors(home.posts.parent):
        if home.posts.parent.exists():
            with alone(home.posts.parent / ".lock"):
                rmtree(home.posts.parent / ".drafts", ignore_errors=True)
    for source in landing.sources(home):
        with suppress(DataFolderError), watermarks.held(home, source):  # or it clears itself
            landing.prepare(home, source)
