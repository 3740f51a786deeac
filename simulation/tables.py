"""Turn a week's posts into rows of the lake's tags, as the tagger would have written them."""

from __future__ import annotations

from datetime import UTC, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulation import sources
from simulation.chance import Bools, Ints, stream
from simulation.posts import STANCES, Posts
from simulation.tagger import LANGUAGES
from simulation.world import World
from warehouse.lake import TAGS
from warehouse.weeks import Week

BANDS = 8
SECONDS_A_WEEK = 7 * 86_400
MODEL = "simulated"

Unsigned = NDArray[np.uint64]
Columns = dict[str, pa.Array]


def tags_table(world: World, week: int, posts: Posts) -> pa.Table:
    """The tags of a week (shape `lake.TAGS`): its health posts and those beside them."""
    random = stream(world.settings.seed, "rows", week)
    beside_n = int(len(posts.county) * world.settings.volume.beside)
    who = np.concatenate([np.arange(len(posts.county)), _alike(random, posts, beside_n)])
    author = np.concatenate([posts.author, np.arange(len(posts.county), len(who))])
    columns = _posts(world, week, posts, random, who, author)
    posts_n = len(author)
    is_health = np.arange(posts_n) < len(posts.author)
    health = _rows(columns, np.arange(posts_n)) | {
        "kind": _same("health", posts_n),
        "tag_id": _same("health", posts_n),
        "score": pa.array(np.where(is_health, 0.9, 0.1).astype(np.float32)),
        "near": _near(world, random, posts, author, week),
    }
    return pa.concat_tables([_shaped(health), _shaped(_tagged(world, posts, columns))])


def _alike(random: np.random.Generator, posts: Posts, beside_n: int) -> Ints:
    """Authors whom those of posts beside health are like: in place, source and language."""
    usual = np.flatnonzero(posts.cluster < 0)
    return random.choice(usual, beside_n) if len(usual) else np.zeros(0, np.int64)


def _posts(
    world: World, week: int, posts: Posts, random: np.random.Generator, who: Ints, author: Ints
) -> Columns:
    """What every tag says of its post, one row a post."""
    like = who[author]
    places, source = world.places, pa.array(sources.NAMES).take(pa.array(posts.source[like]))
    keys = random.integers(2**64, size=len(who), dtype=np.uint64)
    ids = random.integers(2**64, size=len(author), dtype=np.uint64)
    state = pa.array(places.names).take(pa.array(places.state_of[posts.county[like]]))
    fips = pa.array(places.names).take(pa.array(places.first + posts.county[like]))
    state_only = pa.array(posts.state_only[like])
    began = datetime.combine(_week(world, week).start, time(), UTC)
    at = int(began.timestamp()) + random.integers(SECONDS_A_WEEK, size=len(author))
    return {
        "post_id": pc.binary_join_element_wise(source, _hex(ids), ":"),
        "source": source,
        "posted_at": pa.array(at).cast(pa.timestamp("s", tz="UTC")),
        "author_key": _hex(keys).take(pa.array(author)),
        "has_author": pa.array(posts.named[like]),
        "state": state,
        "county_fips": pc.if_else(state_only, pa.scalar(None, pa.string()), fips),
        "level": pc.if_else(state_only, "state", "county"),
        "lang": pa.array(LANGUAGES).take(pa.array(posts.language[like])),
    }


def _week(world: World, week: int) -> Week:
    return world.settings.window[week]


def _rows(columns: Columns, numbers: Ints) -> Columns:
    taken = pa.array(numbers)
    return {name: column.take(taken) for name, column in columns.items()}


def _tagged(world: World, posts: Posts, columns: Columns) -> Columns:
    """A row for each tag of a post but `health`."""
    kinds, ids = zip(*world.tags, strict=True)
    is_theme = pa.array(posts.tag < world.themes_n)
    stance = pa.array(STANCES).take(pa.array(posts.stance))
    tag, tags_n = pa.array(posts.tag), len(posts.tag)
    none = pa.scalar(None, pa.string())
    sure = pa.array(np.full(tags_n, 0.7, np.float32))
    return _rows(columns, posts.post) | {
        "kind": pa.array(kinds).take(tag),
        "tag_id": pa.array(ids).take(tag),
        "score": pa.array(np.full(tags_n, 0.8, np.float32)),
        "stance": pc.if_else(is_theme, stance, none),
        "stance_score": pc.if_else(is_theme, sure, pa.scalar(None, pa.float32())),
    }


def _shaped(columns: Columns) -> pa.Table:
    """The rows in the lake's shape; what a world does not tell is the same in every row."""
    rows_n = len(columns["post_id"])
    always = {
        "basis": _same("community", rows_n),
        "place_score": pa.array(np.full(rows_n, 0.9, np.float32)),
        "model": _same(MODEL, rows_n),
    }
    held = always | columns
    return pa.table(
        [
            held[field.name].cast(field.type)
            if field.name in held
            else pa.nulls(rows_n, field.type)
            for field in TAGS
        ],
        schema=TAGS,
    )


def _same(word: str, rows_n: int) -> pa.Array:
    return pa.repeat(word, rows_n)


def _near(
    world: World, random: np.random.Generator, posts: Posts, author: Ints, week: int
) -> pa.Array:
    """The bands of every post: a brigade's share six of eight, other texts none."""
    values = random.integers(-(2**63), 2**63, size=(len(author), BANDS), dtype=np.int64)
    has_bands: Bools = random.random(len(author)) < world.settings.volume.with_bands
    cluster = np.full(len(author), -1)
    cluster[: len(posts.author)] = posts.cluster[posts.author]
    for number in np.unique(cluster[cluster >= 0]):
        of_brigade = cluster == number
        kept = stream(world.settings.seed, f"bands {number}", week).integers(
            -(2**63), 2**63, size=BANDS - 2, dtype=np.int64
        )
        values[of_brigade, : BANDS - 2] = kept
        has_bands |= of_brigade
    offsets = np.concatenate([[0], np.cumsum(has_bands * BANDS)]).astype(np.int32)
    flat = pa.array(values[has_bands].ravel())
    return pa.ListArray.from_arrays(pa.array(offsets), flat, mask=pa.array(~has_bands))


_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)


def _hex(numbers: Unsigned) -> pa.Array:
    """Each number as 16 hexadecimal characters."""
    shifts = np.arange(60, -4, -4, dtype=np.uint64)
    digits = (numbers[:, None] >> shifts) & np.uint64(15)
    text = np.ascontiguousarray(_DIGITS[digits.astype(np.int64)]).tobytes()
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(numbers), [None, pa.py_buffer(text)]
    )
    return fixed.cast(pa.binary()).cast(pa.string())
