"""Run the stages of `flows.weekly` in their order, without Prefect: for tests that kill runs.

Usage: python -m tests.plain_run WEEK WEEKS [INPUT …]. Says `ready` once everything is loaded.
"""

import sys

from flows import stages
from flows.landed import was_collected
from warehouse.home import Home


def main(week: str, weeks: int, inputs: list[str]) -> None:
    """The same stages in the same order as the flow; a test holds the order."""
    is_sample = not inputs and not was_collected(Home.from_env())
    stages.read(week, weeks, inputs, None, is_sample)
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
