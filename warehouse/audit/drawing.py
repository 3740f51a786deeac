"""Draw posts of a week for the audit: some of each theme and signal, some of all.

The draw is stratified, because a theme is rare: posts tagged as promoting it, posts tagged
near it, and, for all themes and signals at once, posts about health whatever their tags. In
each stratum every post is as likely as any other; which are drawn is settled by a checksum of
week, question and post, so the same week draws the same posts, and one that is taken back only
lets the next one in. Only posts whose text is still held can be drawn.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.audit import labels
from warehouse.errors import DataFolderError
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.lake import day_files
from warehouse.review import harmless
from warehouse.weeks import Week

COLUMNS = ("post_id", "kind", "tag_id", "label_true", "labeller", "lang", "text")
"""Of the file to fill in. What the tagger said is not in it: it would lead the reader."""

_DRAW = """
with tags as (
    select *, if(lang = 'und', 'en', lang) as language, split_part(model, ' ', 1) as made_by
    from read_parquet($tags, union_by_name = true)
    qualify posted_at = max(posted_at) over (partition by post_id)
),

health as (
    select * from tags
    where kind = 'health' and language in ('en', 'es') and (
        score >= 0.5
        or post_id in (select post_id from tags where kind = 'theme' and tag_id in $themes)
    )
),

near as (
    select
        post_id,
        if(kind = 'signal', 'signal', 'theme') as kind,
        tag_id,
        if(kind = 'signal' or (kind = 'theme' and stance = 'promotes'), 'tagged', 'near')
            as stratum
    from tags
    where
        (kind in ('theme', 'unsure') and tag_id in $themes)
        or (kind = 'signal' and tag_id in $signals)
),

asked as (
    select health.post_id, near.kind, near.tag_id, near.stratum
    from health inner join near using (post_id)
    union all
    select post_id, 'any', 'any', 'any' from health
),

counted as (
    select
        asked.*,
        health.* exclude (post_id, kind, tag_id, lang, model, language, made_by),
        health.language as lang,
        health.made_by as model,
        count(*) over (partition by asked.kind, asked.tag_id, asked.stratum, health.language)
            as stratum_n
    from asked inner join health using (post_id)
),

ranked as (
    select
        counted.*,
        posts.text,
        row_number() over (
            partition by counted.kind, counted.tag_id, counted.stratum, counted.lang
            order by
                md5(concat_ws('|', $week, counted.kind, counted.tag_id, counted.post_id)),
                counted.post_id
        ) as place
    from counted
    inner join read_parquet($posts, union_by_name = true) as posts
        on counted.post_id = posts.post_id and counted.posted_at = posts.posted_at
),

drawn as (
    select * from ranked
    where place <= case stratum when 'any' then $any_n when 'near' then $near_n else $each_n end
),

told as (
    select post_id, list(kind || ':' || tag_id order by kind, tag_id) as sorted_out
    from near
    group by post_id
)

select
    drawn.post_id, drawn.kind, drawn.tag_id, drawn.source, drawn.posted_at, drawn.author_key,
    coalesce(drawn.community, '') as community, $week as week, drawn.lang, drawn.model,
    drawn.stratum, drawn.stratum_n,
    count(*) over (partition by drawn.kind, drawn.tag_id, drawn.stratum, drawn.lang)
        / drawn.stratum_n as inclusion_probability,
    if(drawn.stratum = 'any', coalesce(told.sorted_out, []), []) as sorted_out,
    drawn.text
from drawn left join told using (post_id)
order by md5(concat_ws('|', $week, drawn.post_id)), drawn.post_id, drawn.kind, drawn.tag_id
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many posts to draw at most, of each language.

    each_n  of each theme and signal, posts tagged with it
    near_n  of each theme, posts tagged near it
    any_n   of all posts about health
    """

    each_n: int = 8
    near_n: int = 4
    any_n: int = 60


def draw(
    home: Home,
    week: Week,
    plan: Plan,
    to: Path,
    tags: Mapping[str, Iterable[str]],
    is_sample: bool = False,
) -> int:
    """Write a week's questions that wait for an answer, with the posts' text; their number.

    tags  ids by kind: `theme`, `signal`

    The file is readable by its owner alone. Drawing again adds what the plan adds; answers
    stay. Raise `DataFolderError` when the file cannot be written.
    """
    waiting = _drawn(home, week, plan, tags, is_sample)
    _write(to, waiting)
    return len(waiting)


def draw_ahead(home: Home, week: Week, plan: Plan, tags: Mapping[str, Iterable[str]]) -> int:
    """Enter a week's questions while its text is held, and write none of it; their number.

    A post whose text has gone when the reader comes is drawn no more.
    """
    return len(_drawn(home, week, plan, tags, is_sample=False))


def _drawn(
    home: Home, week: Week, plan: Plan, tags: Mapping[str, Iterable[str]], is_sample: bool
) -> list[dict[str, object]]:
    """Enter the questions of a draw; those that wait for an answer, with their text."""
    found = _found(home, week, plan, tags, is_sample)
    texts = {str(row["post_id"]): str(row.pop("text")) for row in found}
    kept = labels.change(home, lambda old: _entered(old, found, str(week), is_sample))
    done = {labels.key(row) for row in kept.to_pylist() if row["label_true"] is not None}
    waiting = [row for row in found if labels.key(row) not in done]
    return [{**row, "text": texts[str(row["post_id"])]} for row in waiting]


def _found(
    home: Home, week: Week, plan: Plan, tags: Mapping[str, Iterable[str]], is_sample: bool
) -> list[dict[str, object]]:
    """The questions of the draw with the posts' text, in the order to be read in."""
    files = {
        half: [str(file) for file in day_files(home, half, week.start, week.end, is_sample)]
        for half in ("posts", "tags")
    }
    if not files["posts"] or not files["tags"]:
        return []
    asked = {
        **files,
        **asdict(plan),
        "week": str(week),
        "themes": list(tags["theme"]),
        "signals": list(tags["signal"]),
    }
    with readable_errors(home.posts), duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        found = con.execute(_DRAW, asked)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _entered(
    old: pa.Table, found: list[dict[str, object]], week: str, is_sample: bool
) -> pa.Table:
    """The questions with those of this draw; answers stay, and so do other weeks."""
    held = {labels.key(row): row for row in old.to_pylist()}
    drawn = {labels.key(row) for row in found}
    answers = ("label_true", "labelled_on", "labeller")
    rows = [
        row
        for key, row in held.items()
        if key not in drawn
        and (
            row["week"] != week
            or row["is_sample"] != is_sample
            or row["label_true"] is not None
        )
    ]
    for row in found:
        before = held.get(labels.key(row), {})
        is_same = before.get("model") == row["model"]
        said = {name: before.get(name) if is_same else None for name in answers}
        rows.append(row | said | {"is_sample": is_sample})
    return pa.Table.from_pylist(rows, schema=labels.LABELS)


def _write(to: Path, rows: Sequence[Mapping[str, object]]) -> None:
    try:
        to.touch(mode=0o600)
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**row, "text": harmless(str(row["text"]))} for row in rows)
    except OSError as error:
        raise DataFolderError(
            f"{to} cannot be written: {error.strerror}. Free some space or choose another."
        ) from error
