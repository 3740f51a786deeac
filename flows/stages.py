"""Do the work of a weekly run, one plain function a stage, without knowing Prefect.

Each stage can be killed at any instruction and run again with the same result: the inbox is
emptied before it is filled, the lake keeps one row a post, and an input is in the ledger only
once the lake holds all of it. Stages take plain data and find the data folder themselves.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import ParamSpec

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from classifiers.place import load_locator
from classifiers.tagger import Tags, load_tagger
from classifiers.taxonomy import load_taxonomy
from dashboards.districts import load_districts
from dashboards.site import SiteReport, build_site
from flows import bookkeeping, inbox, landed
from flows.error_rates import known_error_rates
from flows.intake import Intake, Window, holds_real, new_intakes, none_of, stale_days
from flows.progress import bar, track
from flows.runner import spread
from flows.tagging import near_marks, newest_of_each, tag_rows
from flows.versions import made_by, versions
from flows.watching.json_lines import event
from warehouse import ledger
from warehouse.bulk import merge_files
from warehouse.erasure import erase
from warehouse.errors import InputError
from warehouse.home import Home
from warehouse.keys import AuthorKeys
from warehouse.ledger import InputRead
from warehouse.marts import build_marts
from warehouse.publication import Site, publish_behind, record_site, settle
from warehouse.quality.gate import examine
from warehouse.records import Place
from warehouse.release import Release, freeze
from warehouse.snapshot import publish_snapshot
from warehouse.weeks import Week

PLACES = pa.schema(
    [
        ("state", pa.string()),
        ("county_fips", pa.string()),
        ("level", pa.string()),
        ("basis", pa.string()),
        ("place_score", pa.float32()),
    ]
)
"""One row a post, in the order of its chunk."""

SAID = ["text", "community", "location"]
"""What a post says of where it comes from."""


P = ParamSpec("P")


def recorded(stage: Callable[P, int]) -> Callable[P, int]:
    """Enter in the ledger that a stage ended, for which `week`, and how many rows it made."""
    parameters = inspect.signature(stage)

    @functools.wraps(stage)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        week = parameters.bind(*args, **kwargs).arguments["week"]
        started_at = datetime.now(UTC)
        rows_n = stage(*args, **kwargs)
        ended = ledger.StageRun(stage.__name__, week, started_at, datetime.now(UTC), rows_n)
        ledger.record_stage(Home.from_env(), ended)
        seconds = (ended.finished_at - ended.started_at).total_seconds()
        event("stage ended", stage=ended.stage, week=week, rows_n=rows_n, seconds=seconds)
        return rows_n

    return run


@recorded
def read(
    week: str, weeks: int, inputs: list[str], column_map: str | None, is_sample: bool = False
) -> int:
    """Put every post that the lake lacks in the inbox; set bad rows aside.

    Without `inputs` that is the sample, or else what live sources landed. What sources took
    back leaves the data folder first.
    """
    home, window = Home.from_env(), Window(Week.parse(week), weeks)
    inbox.empty(home)
    erase(home)
    inbox.put_again(home, stale_days(home, window, made_by()))
    if not inputs and not is_sample:
        read_n = landed.put_in(home, window, order=0)
    else:
        intakes = new_intakes(home, window, inputs, column_map, is_sample)
        read_n = _read_files(home, window, intakes)
    bookkeeping.enter(home, "read")
    return read_n


def _read_files(home: Home, window: Window, intakes: Iterable[Intake]) -> int:
    """Put the posts of these inputs in the inbox.

    Raise `InputError` if none can be read, or if there is no post of the window, here or held.
    """
    keys, counted = AuthorKeys(home), list[InputRead]()
    outside, rejected = set[date](), list[str]()
    for order, intake in enumerate(intakes, start=1):
        folder = inbox.open_input(home, order, intake.input_id)
        inbox.put(folder, track(intake.posts(window), f"read {window.week}"), keys)
        intake.write_quarantine(home.quarantine)
        counted.append(intake.count(window))
        inbox.close(folder, counted[-1])
        outside |= intake.outside
        rejected += [row.told(intake.name) for row in intake.rejected[:1]]
    read_n = sum(one.kept_n + one.outside_n for one in counted)
    if rejected and not read_n:
        raise InputError(f"Nothing could be read. {rejected[0]}")
    is_empty = not any(one.kept_n for one in counted)
    if counted and is_empty and not holds_real(home, window):
        what = counted[0].name if len(counted) == 1 else f"these {len(counted)} files"
        raise none_of(window, what, outside)
    return read_n


@recorded
def locate(week: str) -> int:
    """Write the place of each post of the inbox beside its chunk."""
    home, placed_n = Home.from_env(), 0
    chunks = inbox.all_chunks(home)
    said = (pq.read_table(chunk.posts, columns=SAID) for chunk in chunks)
    placed = zip(chunks, spread(place_posts, said), strict=True)
    for chunk, places in track(placed, f"locate {week}", len(chunks)):
        inbox.write(places, chunk.places)
        placed_n += places.num_rows - pc.sum(pc.equal(places["level"], "none")).as_py()
    bookkeeping.enter(home, "locate")
    return placed_n


def place_posts(said: pa.Table) -> pa.Table:
    """The place of each post, in shape `PLACES`; `said` has the columns `SAID`."""
    locator = load_locator()
    rows = [_place_row(locator.locate(**row)) for row in said.to_pylist()]
    return pa.Table.from_pylist(rows, PLACES)


def _place_row(place: Place) -> dict[str, object]:
    return {
        "state": place.state,
        "county_fips": place.fips,
        "level": place.level,
        "basis": place.basis,
        "place_score": place.score,
    }


@recorded
def tag(week: str) -> int:
    """Write the tags of each post of the inbox, with its place, beside its chunk."""
    home, tagged_n = Home.from_env(), 0
    chunks, keys = inbox.all_chunks(home), AuthorKeys(home)
    texts = (_newest(chunk)[0]["text"].to_pylist() for chunk in chunks)
    tagged = zip(chunks, spread(tag_texts, texts), strict=True)
    for chunk, tags in track(tagged, f"tag {week}", len(chunks)):
        posts, places = _newest(chunk)
        near = near_marks(posts, keys)
        inbox.write(tag_rows(posts, places, tags, made_by(), near), chunk.tags)
        tagged_n += len(tags)
    bookkeeping.enter(home, "tag")
    return tagged_n


def tag_texts(texts: list[str]) -> list[Tags]:
    """The tags of each text; one that comes again is read once."""
    return load_tagger().tag(texts)


def _newest(chunk: inbox.Chunk) -> tuple[pa.Table, pa.Table]:
    """The posts of a chunk, each once, and their places."""
    posts, places = pq.read_table(chunk.posts), pq.read_table(chunk.places)
    is_newest = newest_of_each(posts)
    return posts.filter(is_newest), places.filter(is_newest)


@recorded
def lake(week: str) -> int:
    """Merge each input of the inbox into the lake, and enter it in the ledger."""
    home, days_n = Home.from_env(), 0
    for folder in track(inbox.inputs(home), f"lake {week}"):
        chunks = inbox.chunks(folder)
        days_n += merge_files(home, [(chunk.posts, chunk.tags) for chunk in chunks])
        if counted := inbox.count_of(folder):
            bookkeeping.enter_lake(home, folder)
            ledger.record_input(home, counted)
        landed.take_off(folder)
        inbox.take_out(folder)
    return days_n


@recorded
def marts(week: str, weeks: int, is_sample: bool) -> int:
    """Count authors by place and week, and hide what is too small to publish."""
    home, taxonomy = Home.from_env(), load_taxonomy()
    counted = build_marts(
        home,
        Week.parse(week),
        weeks,
        is_sample,
        theme_ids=list(taxonomy.themes),
        signal_ids=list(taxonomy.signals),
        error_rates=known_error_rates(home, is_sample),
    )
    return counted.posts_n


@recorded
def release(week: str, weeks: int, is_sample: bool) -> int:
    """Freeze the numbers as a release, hold it to the checks, and swap the snapshot.

    Raise `SetAsideError` when a check fails: the release that was up stays up.
    """
    home = Home.from_env()
    frozen = _frozen(home, Week.parse(week), weeks, is_sample)
    publish_snapshot(home, frozen.release_id)
    return frozen.revision


@recorded
def file(week: str, weeks: int) -> int:
    """As `release`, of a past week: it goes to the archive, and what readers see stays up."""
    home = Home.from_env()
    frozen = _frozen(home, Week.parse(week), weeks, is_sample=False)
    publish_behind(home, frozen.release_id)
    return frozen.revision


def _frozen(home: Home, week: Week, weeks: int, is_sample: bool) -> Release:
    """Freeze a week's numbers, enter what they counted, and hold them to the checks."""
    frozen = freeze(home, week, weeks, is_sample, versions())
    bookkeeping.enter_release(home, frozen.release_id, week, weeks, is_sample)
    settle(home, frozen.release_id, examine(home, frozen.release_id))
    return frozen


@recorded
def briefs(week: str) -> int:
    """Build the site from the snapshot: unchanged pages are left alone."""
    home = Home.from_env()
    with bar() as progress:
        pages = progress.add_task(f"briefs {week}", total=None)

        def show(_part: str, done_n: int, total_n: int) -> None:
            progress.update(pages, completed=done_n, total=total_n)

        built = build_site(home.snapshot, home.site, show, load_districts(home))
    record_site(home, built.release_id, site_made(built))
    return built.files_n


def site_made(built: SiteReport) -> Site:
    """What is entered of a site that was built."""
    made_by = versions()
    return Site(
        made_by["code"], made_by["libraries"], built.files_n, built.sha256, built.districts
    )
