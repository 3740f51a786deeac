"""The weekly run, from public posts to county briefs.

Read `weekly_briefs` as a table of contents: one line a stage, and each stage is a plain
function in `flows.stages` that can be run and tested without Prefect.
"""

from __future__ import annotations

from prefect import flow, task

from flows import stages
from flows.watching.accounting import accounted
from flows.watching.artifact import put_in_prefect

read = task(stages.read)
locate = task(stages.locate)
tag = task(stages.tag)
lake = task(stages.lake)
marts = task(stages.marts)
release = task(stages.release)
briefs = task(stages.briefs)


@flow(name="weekly-briefs")
@accounted(put_in_prefect)  # how it went: in the data folder, the log, and Prefect's artifacts
def weekly_briefs(
    week: str, weeks: int, inputs: list[str], column_map: str | None, is_sample: bool
) -> None:
    """Publish a brief for every county: from `inputs`, from what landed, or the sample."""
    read(week, weeks, inputs, column_map, is_sample)  # inbox: posts; bad rows set aside
    locate(week)  # inbox: place, basis and confidence of each post
    tag(week)  # inbox: health, themes with stance, signals
    lake(week)  # posts and tags by source and day; the inbox is empty again
    marts(week, weeks, is_sample)  # counts by place and week; small ones hidden
    release(week, weeks, is_sample)  # frozen numbers, snapshot swapped in
    briefs(week)  # one page a county
