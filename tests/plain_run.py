"""Run the stages of `flows.weekly` in their order, without Prefect: for tests that kill runs.

Usage: python -m tests.plain_run WEEK WEEKS [INPUT …]. Says `ready` once everything is loaded.
"""

import sys

from flows import stages
from flows.landed import has_real
from warehouse.home import Home


def main(week: str, weeks: int, inputs: list[str]) -> None:
    """The week of these inputs, or of what is held, or of the sample."""
    weekly_briefs(week, weeks, inputs, None, not inputs and not has_real(Home.from_env()))


def weekly_briefs(
    week: str, weeks: int, inputs: list[str], column_map: str | None, is_sample: bool
) -> None:
    """The same stages in the same order as the flow; a test holds the order."""
    stages.read(week, weeks, inputs, column_map, is_sample)
    stages.locate(week)
    stages.tag(week)
    stages.lake(week)
    stages.marts(week, weeks, is_sample=is_sample)
    stages.release(week, weeks, is_sample=is_sample)
    stages.briefs(week)


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
