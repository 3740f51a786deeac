"""Start every fake that exists and print the settings that point the real clients at them.

Usage: python -m tests.fakes [POSTS]. Paste the printed `export` lines into another terminal,
then `grapevine collect all --once` and `grapevine run`. It runs until Ctrl-C.
"""

from __future__ import annotations

import shlex
import sys
import threading
from contextlib import ExitStack

from tests.source_contract import fakes

POSTS_N = 300
"""Posts of each source, unless said otherwise: enough voices for its name on a brief."""


def main(posts_n: int) -> None:
    """Run the fakes until interrupted."""
    with ExitStack() as stack:
        for make in fakes().values():
            fake = stack.enter_context(make())
            fake.seed(posts_n)
            for name, value in fake.env.items():
                say(f"export {name}={shlex.quote(value)}")
        say("export GRAPEVINE_HOME=$(mktemp -d)")
        say("# then: grapevine collect all --once; grapevine run")
        say("# Ctrl-C ends the fakes.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("# ended")


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else POSTS_N)
