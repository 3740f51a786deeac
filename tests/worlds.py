"""Lay out small worlds of tagged posts: a test names who said what, where and when.

Two states of a few counties, so that building every mart takes a moment. `Voices` is the
unit: so many authors, one post each, in one place and week, with one tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

import duckdb
import pyarrow as pa

from warehouse import marts
from warehouse.lake import TAGS
from warehouse.reference import load_counties
from warehouse.weeks import Week

WEEK = Week(2024, 10)
RURAL = ("56003", "56009", "56011")
URBAN = ("56021", "56025")
LONELY = "34001"
"""Three rural and two urban counties of Wyoming, and one of New Jersey, which has no rural."""

PARENTS = {
    **dict.fromkeys(RURAL, "WY-rural"),
    **dict.fromkeys(URBAN, "WY-urban"),
    LONELY: "NJ-urban",
    "WY-rural": "WY",
    "WY-urban": "WY",
    "NJ-urban": "NJ",
    "WY": "US",
    "NJ": "US",
}
"""Each place and the one around it."""

PLACES = (*RURAL, *URBAN, LONELY, "WY", "NJ")
"""Where a post can be placed: in a county, or in a state only."""


@dataclass(frozen=True)
class Voices:
    """`count` authors with a post each, numbered from `first`, in `place` in `week`.

    tag is `health`, `chatter` (not about health), `theme:stance` or a signal; two groups of
    one place and week whose numbers overlap share those authors.
    """

    place: str
    count: int
    tag: str = "health"
    first: int = 0
    week: Week = WEEK
    source: str = "import"
    has_author: bool = True
    crowd: str = ""
    """Who they are: by default people of this place; the same crowd may post in several."""
    near: tuple[int, ...] | None = None
    """The bands of what all of them wrote."""

    def rows(self, number: int) -> Iterator[dict[str, object]]:
        """The tags of their posts; `number` sets this group's post ids apart."""
        for author in range(self.first, self.first + self.count):
            post = {
                "post_id": f"{self.source}:{number}-{author}",
                "source": self.source,
                "posted_at": datetime.combine(self.week.start, time(12), UTC),
                "author_key": author_key(self.crowd or self.place, author),
                "has_author": self.has_author,
                "state": self.place if len(self.place) == 2 else PARENTS[self.place][:2],
                "county_fips": self.place if len(self.place) == 5 else None,
                "level": "county" if len(self.place) == 5 else "state",
                "basis": "community",
                "place_score": 0.9,
                "lang": "en",
                "model": "test",
                "stance": None,
                "stance_score": None,
                "claim_id": None,
            }
            health = 0.1 if self.tag == "chatter" else 0.9
            near = list(self.near) if self.near else None
            yield {
                **post, "kind": "health", "tag_id": "health", "score": health, "near": near
            }  # fmt: skip
            if ":" in self.tag:
                theme_id, stance = self.tag.split(":")
                tag = {"kind": "theme", "tag_id": theme_id, "stance": stance}
                yield {**post, **tag, "score": 0.8, "stance_score": 0.7}
            elif self.tag not in ("health", "chatter"):
                yield {**post, "kind": "signal", "tag_id": self.tag, "score": 0.8}


def author_key(crowd: str, number: int) -> str:
    """16 hexadecimal characters for one author of a crowd."""
    return f"{PLACES.index(crowd) if crowd in PLACES else 255:02x}{number:014x}"


def tags(voices: Iterable[Voices]) -> pa.Table:
    """The tags of all these posts, in the lake's shape."""
    rows = [row for number, group in enumerate(voices) for row in group.rows(number)]
    return pa.Table.from_pylist(rows, schema=TAGS)


THEMES = ("sunscreen", "raw_milk")
SIGNALS = ("access_barrier",)


def scope(week: Week = WEEK, weeks: int = 1, is_sample: bool = False) -> marts.Scope:
    """What is counted in the small world."""
    counties = {fips: load_counties()[fips] for fips in (*RURAL, *URBAN, LONELY)}
    return marts.Scope(week.trailing(weeks), is_sample, THEMES, SIGNALS, counties)


def built(
    voices: Iterable[Voices], weeks: int = 1, rows: Iterable[dict[str, object]] = ()
) -> duckdb.DuckDBPyConnection:
    """Every mart of the small world, in a database of its own; `rows` are further tags."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    con.execute("set timezone = 'UTC'")
    table = pa.concat_tables([tags(voices), pa.Table.from_pylist(list(rows), schema=TAGS)])
    marts.build_tables(con, scope(weeks=weeks), table)
    return con


def volume(con: duckdb.DuckDBPyConnection, week: Week = WEEK) -> dict[str, int]:
    """Published health authors by place, in one week."""
    found = con.execute(
        "select geo_value, health_author_n from pub_volume_week where week = ?", [str(week)]
    )
    return dict(found.fetchall())


def stances(
    con: duckdb.DuckDBPyConnection, theme_id: str = "sunscreen", week: Week = WEEK
) -> dict[tuple[str, str], int]:
    """Published authors of a theme by place and stance, in one week."""
    found = con.execute(
        "select geo_value, stance, author_n from pub_theme_week "
        "where theme_id = ? and week = ?",
        [theme_id, str(week)],
    )
    return {(place, stance): count for place, stance, count in found.fetchall()}
