"""How often outbreaks are found in their first week, and at what price: `make bench-alarms`.

Prints, by number of outbreaks planted a week in 98 regions: the part found (a share times
three where about ten authors are expected) and false alarms a region and year.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from tests.alarm_worlds import a_world, by_detector


def main(weeks: int) -> None:
    """Simulate `weeks` weeks for each number of outbreaks."""
    for planted in (1, 5, 20):
        found, false, begun = {}, {}, time.process_time()
        for seed in range(weeks):
            world = a_world(1000 * planted + seed, planted)
            for name, alarms in by_detector(world).items():
                found.setdefault(name, []).extend(alarms[world.is_planted])
                false.setdefault(name, []).append(alarms[~world.is_planted].sum())
        seconds = (time.process_time() - begun) / weeks
        print(f"{planted} outbreaks a week, {weeks} weeks, {seconds:.1f} CPU-s each")  # noqa: T201
        for name in found:
            rate = 52 * np.mean(false[name]) / len(world.regions)
            part = np.mean(found[name])
            print(f"  {name:15} found {part:5.0%}  false a region-year {rate:6.2f}")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
