"""The flows that fill in past weeks: posts once for all of them, then a release a week.

What readers see stays up: a past week's release goes to the archive, and no page is built.
"""

from __future__ import annotations

from prefect import flow, task

from flows import stages
from flows.weekly import lake, locate, marts, read, tag

file = task(stages.file)


@flow(name="take-in")
def take_in(week: str, weeks: int, inputs: list[str], column_map: str | None) -> None:
    """Bring the posts of many weeks into the lake, from `inputs` or from what landed."""
    read(week, weeks, inputs, column_map, False)  # inbox: posts; bad rows set aside
    locate(week)  # inbox: place of each post
    tag(week)  # inbox: health, themes, signals
    lake(week)  # posts and tags by source and day


@flow(name="past-week")
def past_week(week: str, weeks: int) -> None:
    """Count one past week and freeze its release."""
    marts(week, weeks, False)  # counts by place and week; small ones hidden
    file(week, weeks)  # frozen numbers, in the archive
