"""Forget posts by choice: their text, tags and audit labels, wherever they lie.

A whole source, or all before a day, goes file by file; the same command goes on after a kill.
That is to start over: what is collected or imported again afterwards is taken in again. Single
posts and communities are first entered in the ledger of deletions, so that a kill forgets
nothing and they never come back. What was released stays as it was frozen, and `releases` says
which releases counted the posts. Call it while no run is reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import clinic, deletions, lake, landing, ledger, retention, verified
from warehouse.audit import labels
from warehouse.erasure import erase
from warehouse.errors import InputError
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.release import resting_on
from warehouse.weeks import Week

CLINIC = "clinic"
"""What clinics report: no posts, and forgotten only when it is named."""

IMPORT = "import"
"""Posts of files: the ledger of inputs would pass over a file that is named again."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to forget: everything that all of these say.

    source     all sources but the sample, when None
    post_id    `<source>:<own id>`
    community  as the source writes it: `wyoming` or `r/wyoming`, an instance, an outlet; case
               is no matter
    before     posted before this day (UTC)
    """

    source: str | None = None
    post_id: str | None = None
    community: str | None = None
    before: date | None = None

    def __post_init__(self) -> None:
        """Refuse to forget everything by saying nothing."""
        if not (self.source or self.post_id or self.community or self.before):
            raise InputError("Say what to forget: --source, --post, --community or --before.")
        if self.post_id and not all(self.post_id.partition(":")):
            raise InputError("--post wants a source and an id: --post reddit:t3_1abc.")

    @property
    def is_bulk(self) -> bool:
        """Whether the tags alone tell which posts are meant."""
        return self.post_id is None and self.community is None

    @property
    def absent(self) -> dict[str, set[str]]:
        """The one post that is named, by its source; it may be offered when it is not here."""
        if self.post_id is None or self.community or self.before:
            return {}
        source = self.post_id.partition(":")[0]
        return {source: {self.post_id}} if self.source in (None, source) else {}

    def meets(self, table: pa.Table, source: str, ids: pa.Array) -> pa.Array:
        """Which rows are meant; `ids` are posts known to be of the community."""
        met = pa.array([True] * table.num_rows, pa.bool_())
        if self.before:
            midnight = datetime.combine(self.before, time(), UTC)
            times = table["posted_at"].cast(pa.timestamp("s", tz="UTC"))
            met = pc.and_(met, pc.less(times, pa.scalar(midnight, times.type)))
        if self.post_id:
            met = pc.and_(met, pc.equal(table["post_id"], self.post_id))
        if self.community:
            named = pc.starts_with(table["post_id"], f"{source}:{self.community}/")
            named = pc.or_(named, pc.is_in(table["post_id"], value_set=ids))
            if "community" in table.column_names:
                said = pc.equal(_plain(table["community"]), _plain(self.community))
                named = pc.or_(named, pc.fill_null(said, fill_value=False))
            met = pc.and_(met, named)
        return met


def _plain(community: str | pa.ChunkedArray) -> pa.Scalar | pa.ChunkedArray:
    """A community's name in small letters, without the `r/` that Reddit's may begin with."""
    return pc.replace_substring_regex(pc.utf8_lower(community), "^/?r/", "")


@dataclass(slots=True)
class Found:
    """What a choice means here.

    texts_n     rows with text, in the landing and the lake; tagged_n posts with tags
    nameless_n  posts of which only tags are left, from before tags knew the community
    ids         the posts by source, when the choice is not in bulk
    weeks       the weeks they were posted in; sample_weeks those of the sample
    heard       the weeks of clinics' reports
    """

    texts_n: int = 0
    tagged_n: int = 0
    nameless_n: int = 0
    ids: dict[str, set[str]] = field(default_factory=dict)
    weeks: set[Week] = field(default_factory=set)
    sample_weeks: set[Week] = field(default_factory=set)
    heard: list[Week] = field(default_factory=list)


def find(home: Home, choice: Choice) -> Found:
    """What the choice means here; changes nothing."""
    found = Found()
    with readable_errors(home.root):
        for source in _sources(home, choice):
            _find_in(home, choice, source, found)
    if choice.source == CLINIC and choice.is_bulk:
        weeks = clinic.reported(home)
        found.heard = [w for w in weeks if choice.before is None or w.end < choice.before]
    return found


def _sources(home: Home, choice: Choice) -> list[str]:
    if choice.source is not None:
        return [choice.source]
    return sorted({*retention.sources(home), *labels.sources(home)})


def _find_in(home: Home, choice: Choice, source: str, found: Found) -> None:
    ids, with_text = set[str](), set[str]()
    weeks = found.sample_weeks if source == lake.SAMPLE else found.weeks
    for file in _texts(home, source):
        table = pq.ParquetFile(file).read(columns=["post_id", "posted_at", "community"])
        met = table.filter(choice.meets(table, source, _strings(set())))
        found.texts_n += met.num_rows
        _note(met, weeks)
        if not choice.is_bulk:
            ids.update(met["post_id"].to_pylist())
            with_text.update(table["post_id"].to_pylist())
    of_community = _strings(ids)
    for file in sorted((home.tags / f"source={source}").glob("day=*/tags.parquet")):
        columns = ["post_id", "posted_at", "kind", "community"]  # older files lack the last
        table = pq.ParquetFile(file).read(columns=columns)
        table = table.filter(pc.equal(table["kind"], "health"))  # exactly one a post
        met = table.filter(choice.meets(table, source, of_community))
        found.tagged_n += met.num_rows
        _note(met, weeks)
        if choice.community:
            known = pc.is_in(table["post_id"], value_set=_strings(with_text))
            if "community" in table.column_names:
                known = pc.or_(known, pc.is_valid(table["community"]))
            found.nameless_n += table.num_rows - (pc.sum(known).as_py() or 0)
        if not choice.is_bulk:
            ids.update(met["post_id"].to_pylist())
    if ids:
        found.ids[source] = ids


def _texts(home: Home, source: str) -> Iterator[Path]:
    yield from landing.files(home, source)
    yield from sorted((home.posts / f"source={source}").glob("day=*/posts.parquet"))


def _strings(values: set[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())


def _note(met: pa.Table, weeks: set[Week]) -> None:
    days = pc.unique(met["posted_at"].cast(pa.timestamp("s", tz="UTC")).cast(pa.date32()))
    weeks.update(Week.of(day) for day in days.to_pylist())


def releases(home: Home, found: Found) -> list[str]:
    """The releases that rest on what was found; they stay as they were frozen."""
    real = resting_on(home, {*found.weeks, *found.heard}, is_sample=False)
    return real + resting_on(home, found.sample_weeks, is_sample=True)


def forget(home: Home, choice: Choice, found: Found) -> None:
    """Remove what was found. After a kill, find and forget again."""
    retention.clear_half_done(home)
    if found.heard:
        clinic.forget(home, found.heard)
    if choice.is_bulk:
        for source in _sources(home, choice):
            _forget_bulk(home, choice, source)
        return
    now = datetime.now(UTC)
    for source, post_ids in (found.ids or choice.absent).items():
        gone = ((post_id, None, now, deletions.FORGOTTEN) for post_id in sorted(post_ids))
        deletions.record(home, source, gone)
    erase(home)


def _forget_bulk(home: Home, choice: Choice, source: str) -> None:
    if source == IMPORT:
        ledger.forget_inputs(home)

    def stays(table: pa.Table) -> pa.Array:
        return pc.invert(choice.meets(table, source, _strings(set())))

    landing.keep(home, source, stays)
    lake.keep(home, source, stays)
    labels.keep(home, source, stays)
    verified.forget_all_but(home, source, retention.held(home, source))
