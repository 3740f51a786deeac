"""Hold a bill of materials to the lock that it was made from: every package, every hash.

python -m tests.materials grapevine.cdx.json requirements.lock
"""

import json
import sys
from pathlib import Path

from tests.pins import Pin, pins


def named(bill):
    """What a CycloneDX bill lists, as the pins of a lock."""
    for part in bill["components"]:
        hashes = (
            one["content"]
            for reference in part.get("externalReferences", ())
            for one in reference.get("hashes", ())
        )
        yield Pin(part["name"], part["version"], tuple(hashes))


def missing(bill, lock):
    """The pins of a lock that a bill does not list as they are."""
    listed = {(one.name, one.version): set(one.hashes) for one in named(bill)}
    return [one for one in pins(lock) if listed.get((one.name, one.version)) != set(one.hashes)]


def main(bill, lock):
    """Print what was found; 1 when something is missing."""
    absent = missing(json.loads(Path(bill).read_text(encoding="utf-8")), Path(lock))
    count = sum(1 for _ in pins(Path(lock)))
    if absent:
        print(f"{bill} lacks {', '.join(one.name for one in absent)}.")  # noqa: T201
        return 1
    print(f"{bill} lists the {count} packages of {lock}, with their hashes.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
