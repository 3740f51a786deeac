"""Ask pip-audit for known holes in a lock; a source that knows nothing is no good news.

pip-audit ends well when its source has not heard of a package at all, and badly both when there
is a hole and when there is no network. This says which: 0 none is known, 1 there are some, 2 it
was not checked.

    python -m tests.known_holes pip-audit requirements.lock
"""

import json
import subprocess
import sys

OPTIONS = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
CLEAN, HOLES, NOT_CHECKED = 0, 1, 2


def told(said, lock):
    """(status, lines) of what pip-audit wrote; it writes nothing where it had no answer."""
    if not said.strip():
        return NOT_CHECKED, [
            f"{lock} was not checked: the source of advisories gave no answer."
        ]
    packages = json.loads(said)["dependencies"]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in "
        f"{', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in packages
        for hole in one.get("vulns", ())
    ]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if holes:
        return HOLES, [f"{lock} pins known holes. Raise these, then `make lock`:", *holes]
    if unknown or not packages:
        return NOT_CHECKED, [
            f"{lock} was not checked: the source of advisories knows nothing of "
            f"{len(unknown)} of {len(packages)} packages. Ask where the package index itself "
            "can be reached."
        ]
    return CLEAN, [f"No hole is known in the {len(packages)} packages of {lock}."]


def main(program, lock):
    """Ask, print, and give the status."""
    asked = subprocess.run(
        [program, *OPTIONS, "--requirement", lock], capture_output=True, text=True, check=False
    )
    status, lines = told(asked.stdout, lock)
    print("\n".join(lines))  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
