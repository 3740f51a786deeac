"""Say what a run has to read: inputs the lake does not hold yet, and what needs tagging anew.

An input that the ledger has for the same weeks is passed over. Days of the lake whose tags
were made by another model, gazetteer or catalogue of claims go through the inbox again, so that
a release never mixes two.
"""

from __future__ import annotations

import csv
import functools
import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.sources import sample
from flows.sources.columns import ColumnMap, parse_map
from flows.sources.files import find, fingerprint, reader_of
from flows.sources.reading import Reading, Rejected, shown
from flows.versions import code_fingerprint
from warehouse import ledger
from warehouse.errors import InputError
from warehouse.home import Home
from warehouse.lake import day_files, holds_simulated
from warehouse.ledger import InputRead
from warehouse.records import Post
from warehouse.weeks import Week


@dataclass(frozen=True, slots=True)
class Window:
    """The `weeks` weeks that end with `week`, both ends included."""

    week: Week
    weeks: int

    @property
    def first(self) -> Week:
        """The oldest week in it."""
        return self.week.back(self.weeks - 1)

    def holds(self, post: Post) -> bool:
        """Whether the post falls in the window (UTC)."""
        return self.first.start <= post.posted_at.date() <= self.week.end


def holds_real(home: Home, window: Window) -> bool:
    """Whether the lake holds anything real of the window."""
    first, last = window.first.start, window.week.end
    return bool(day_files(home, "tags", first, last, is_sample=False))


def none_of(window: Window, what: str, days: Collection[date]) -> InputError:
    """The plain line for a window of which `what` has no post, but only of these days."""
    if not days:
        return InputError(f"There is not one post in {what}. Check it, then run again.")
    oldest, newest = Week.of(min(days)), Week.of(max(days))
    return InputError(
        f"No post in {what} is of {_span(window.first, window.week)}: all are of "
        f"{_span(oldest, newest)}. Say --week {newest}, or backfill {newest}."
    )


def _span(first: Week, last: Week) -> str:
    return str(first) if first == last else f"{first} to {last}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for.

    inputs      files and folders; none for what live sources landed, or for the sample
    column_map  of the exports among them, or None
    """

    window: Window
    inputs: list[str]
    column_map: str | None
    is_sample: bool

    @property
    def is_live(self) -> bool:
        """Whether it reads what live sources landed."""
        return not self.inputs and not self.is_sample

    def intakes(self) -> Iterator[Intake]:
        """Each file to read, or the sample; what landed is read by `flows.landed`."""
        return find_intakes(self.window, self.inputs, self.column_map, self.is_sample)


MAX_LISTED = 100_000
"""Rows set aside that are listed one by one; the others are counted."""

MAX_BAD_RUN = 1_000_000
"""Bad rows one after the other before a file is given up: nothing in it is what we read."""


@dataclass(slots=True)
class Intake:
    """One input while it is read.

    input_id  fingerprint of its content and of how it is read
    name      file name, without its folder
    open      starts reading from the beginning
    outside   the days of the posts outside the window, `outside_n` in number
    rejected  the first `MAX_LISTED` rows set aside, of `rejected_n`
    """

    input_id: str
    name: str
    open: Callable[[], Reading]
    kept_n: int = 0
    outside_n: int = 0
    rejected_n: int = 0
    outside: set[date] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)

    def posts(self, window: Window) -> Iterator[Post]:
        """Yield the posts of the window; count the others, and list the rows rejected."""
        for row in self._rows():
            if isinstance(row, Rejected):
                self.rejected_n += 1
                if len(self.rejected) < MAX_LISTED:
                    self.rejected.append(row)
            elif window.holds(row):
                self.kept_n += 1
                yield row
            else:
                self.outside_n += 1
                self.outside.add(row.posted_at.date())

    def _rows(self) -> Reading:
        """What its reader yields, to the end or to where going on makes no sense.

        Raises `InputError` when the disk fails: the run is to be repeated, not the file mended.
        """
        bad_run_n = 0
        try:
            for row in self.open():
                yield row
                bad_run_n = bad_run_n + 1 if isinstance(row, Rejected) else 0
                if bad_run_n == MAX_BAD_RUN:
                    yield Rejected(0, f"{self.name}: {bad_run_n:,} bad rows on end; given up")
                    return
        except InputError as error:
            yield Rejected(0, str(error))
        except OSError as error:
            raise InputError(
                f"{self.name} cannot be read: {error.strerror}. Put it back, then run again."
            ) from error

    def count(self, window: Window) -> InputRead:
        """What became of its rows; complete once `posts` is exhausted."""
        return InputRead(
            input_id=self.input_id,
            name=self.name,
            week_from=str(window.first),
            week_to=str(window.week),
            read_n=self.kept_n + self.outside_n + self.rejected_n,
            kept_n=self.kept_n,
            outside_n=self.outside_n,
            quarantined_n=self.rejected_n,
        )

    def write_quarantine(self, folder: Path) -> None:
        """List the rows rejected, by file, line and reason; no list when there are none."""
        if self.rejected:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{self.input_id}.csv").open(
                "w", newline="", encoding="utf-8"
            ) as out:
                writer = csv.writer(out)
                writer.writerow(["file", "line", "reason"])
                writer.writerows((self.name, row.line, row.reason) for row in self.rejected)
                if unlisted_n := self.rejected_n - len(self.rejected):
                    writer.writerow((self.name, 0, f"and {unlisted_n:,} more rows, not listed"))


def find_intakes(
    window: Window, inputs: list[str], column_map: str | None, is_sample: bool = False
) -> Iterator[Intake]:
    """Each input of a run: the files found under `inputs`, or the sample.

    None when there are no `inputs` and it is not of the sample: `flows.landed` has them.
    """
    if inputs:
        return _files(inputs, column_map)
    return iter([_sample(window)] if is_sample else [])


def new_intakes(
    home: Home, window: Window, inputs: list[str], column_map: str | None, is_sample: bool
) -> Iterator[Intake]:
    """Each input of a run that the ledger does not have for the window yet.

    A simulated world is read as it lies; the sample would only stand between its posts.
    """
    if is_sample and holds_simulated(home):
        return
    for intake in find_intakes(window, inputs, column_map, is_sample):
        if not ledger.find_input(home, intake.input_id, window.first, window.week):
            yield intake


def stale_days(home: Home, window: Window, made_by: str) -> Iterator[Path]:
    """The lake's posts files of the window whose tags were not made by what `made_by` names."""
    for is_sample in (False, True):
        for file in day_files(home, "posts", window.first.start, window.week.end, is_sample):
            tags = home.tags / file.relative_to(home.posts).with_name("tags.parquet")
            if tags.exists() and _makers(file, tags) - {made_by}:
                yield file


def _makers(posts: Path, tags: Path) -> set[str]:
    """Who made the tags of the posts still held: without its text none can be made anew."""
    held = pq.ParquetFile(posts).read(columns=["post_id"])["post_id"]
    made = pq.ParquetFile(tags).read(columns=["post_id", "model"])
    is_held = pc.is_in(made["post_id"], value_set=held.combine_chunks())
    return set(made.filter(is_held)["model"].unique().to_pylist())


def _files(inputs: list[str], column_map: str | None) -> Iterator[Intake]:
    """An intake for each file, once for files with the same content."""
    asked = parse_map(column_map) if column_map else None
    met: set[str] = set()
    for file in find(map(Path, inputs)).files:
        intake = _file(file, asked)
        if intake.input_id not in met:
            met.add(intake.input_id)
            yield intake


def _file(file: Path, asked: ColumnMap | None) -> Intake:
    name = shown(file.name)
    try:
        content = fingerprint(file, asked)
    except OSError as error:
        why = Rejected(0, f"{name} cannot be opened: {error.strerror}. Check who may read it.")
        return Intake(_identity(f"{file} {error}"), name, lambda: iter([why]))
    return Intake(_identity(content), name, functools.partial(reader_of(file, asked), file))


def _sample(window: Window) -> Intake:
    bank = b"".join(file.read_bytes() for file in sorted(sample.BANK.glob("*.jsonl")))
    return Intake(
        _identity(hashlib.sha256(bank).hexdigest()),
        "built-in sample",
        functools.partial(sample.simulate, window.week, window.weeks),
    )


def _identity(content: str) -> str:
    """What is read is decided by the content and by the code that reads it."""
    return hashlib.sha256(f"{content} {code_fingerprint()}".encode()).hexdigest()[:32]
