"""Read a lock: what it pins, and the hashes of the files that may be installed."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
_PIN = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?P<marker> ; [^\\]+?)?(?: --hash|$)"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?: |$)")


@dataclass(frozen=True)
class Pin:
    """One package of a lock."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pins(lock):
    """Every package of a lock, in its order. Raise `ValueError` for a line that pins none."""
    joined = re.sub(r" *\\\n +", " ", lock.read_text(encoding="utf-8"))
    for line in joined.splitlines():
        found = _PIN.match(line)
        if not found:
            raise ValueError(f"{lock.name} has a line that pins nothing: {line[:60]}")
        yield Pin(found["name"], found["version"], tuple(_HASH.findall(line)))
