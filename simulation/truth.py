"""Write what is true in a world as Parquet, for whoever wants to hold numbers against it.

`truth/` in the data folder:

shares       geo_type, geo_value, week, kind, tag_id, share_per_1000 (true share of the health
             authors expected in the place), usual_per_1000 (as it would be without outbreaks)
outbreaks    geo_type, geo_value, kind, tag_id, first_week, weeks_n, multiple
brigades     week, county_fips, tag_id, names_n, posts_n
outages      source, first_week, weeks_n
error_rates  kind, tag_id, lang, sensitivity, false_positive (0 to 1, true), and what an audit
             found: true_positive_n, false_negative_n, false_positive_n, true_negative_n
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.chance import Ints
from simulation.places import LEVELS
from simulation.sources import NAMES
from simulation.tagger import LANGUAGES
from simulation.world import World
from warehouse.home import Home

FOLDER = "truth"


def write_truth(world: World, home: Home) -> Path:
    """Write every table of a world's truth; return their folder."""
    folder = home.root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    shares = shares_of(world, 0)
    with pq.ParquetWriter(folder / "shares.parquet", shares.schema, compression="zstd") as out:
        out.write_table(shares)
        for week in range(1, world.settings.weeks):
            out.write_table(shares_of(world, week))
    for name, columns in _small(world).items():
        pq.write_table(pa.table(dict(columns)), folder / f"{name}.parquet")
    return folder


def shares_of(world: World, week: int) -> pa.Table:
    """The true shares of a week, counted from 0, for every place and tag."""
    places, tags_n = world.places, len(world.tags)
    true = world.by_place(world.true_shares(week))
    usual = world.by_place(world.usual_shares(week))
    place = np.repeat(np.arange(len(places.names)), tags_n)
    tag = np.tile(np.arange(tags_n), len(places.names))
    kinds, ids = zip(*world.tags, strict=True)
    return pa.table(
        {
            "geo_type": _words(LEVELS, places.level[place]),
            "geo_value": _words(places.names, place),
            "week": pa.repeat(str(world.settings.window[week]), len(place)),
            "kind": _words(kinds, tag),
            "tag_id": _words(ids, tag),
            "share_per_1000": pa.array((1000 * true).ravel().astype(np.float32)),
            "usual_per_1000": pa.array((1000 * usual).ravel().astype(np.float32)),
        }
    )


def _small(world: World) -> dict[str, Mapping[str, Any]]:
    names, weeks = world.places.names, [str(week) for week in world.settings.window]
    first, tags = world.places.first, world.tags
    return {
        "outbreaks": {
            "geo_type": [LEVELS[world.places.level[one.place]] for one in world.outbreaks],
            "geo_value": [names[one.place] for one in world.outbreaks],
            "kind": [tags[one.tag][0] for one in world.outbreaks],
            "tag_id": [tags[one.tag][1] for one in world.outbreaks],
            "first_week": [weeks[one.start] for one in world.outbreaks],
            "weeks_n": [one.length for one in world.outbreaks],
            "multiple": [one.multiple for one in world.outbreaks],
        },
        "brigades": {
            "week": [weeks[one.week] for one in world.brigades],
            "county_fips": [names[first + one.county] for one in world.brigades],
            "tag_id": [tags[one.tag][1] for one in world.brigades],
            "names_n": [one.names for one in world.brigades],
            "posts_n": [one.posts for one in world.brigades],
        },
        "outages": {
            "source": [NAMES[one.source] for one in world.outages],
            "first_week": [weeks[one.start] for one in world.outages],
            "weeks_n": [one.length for one in world.outages],
        },
        "error_rates": _error_rates(world),
    }


def _error_rates(world: World) -> Mapping[str, Any]:
    tagger, languages_n = world.tagger, len(LANGUAGES)
    kinds, ids = zip(*world.tags, strict=True)
    tag = np.repeat(np.arange(len(ids)), languages_n)
    return {
        "kind": _words(kinds, tag),
        "tag_id": _words(ids, tag),
        "lang": _words(LANGUAGES, np.tile(np.arange(languages_n), len(ids))),
        "sensitivity": pa.array(tagger.sensitivity.ravel()),
        "false_positive": pa.array(tagger.false_positive.ravel()),
        "true_positive_n": pa.array(tagger.found.ravel()),
        "false_negative_n": pa.array(tagger.missed.ravel()),
        "false_positive_n": pa.array(tagger.mistaken.ravel()),
        "true_negative_n": pa.array(tagger.passed.ravel()),
    }


def _words(words: Sequence[str], numbers: Ints) -> pa.Array:
    """A word for each number."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(words)).cast(pa.string())
