"""One Prefect server for all of pytest's processes: it takes ten CPU-seconds to start.

    python -m tests.shared_server URL HOME PID

runs it until the process PID, pytest's own, is gone: the one that happened to start it may
end long before the others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from flows.service import processes
from flows.service.server import answers
from flows.temporary_server import STARTUP_SECONDS, _free_port, _settings
from warehouse.files import alone, write_whole
from warehouse.home import Home

ROOT = Path(__file__).parents[1]
MARK = "the tests' own Prefect server"


def clients_environment(folder: Path, pid: int) -> dict[str, str]:
    """What whoever talks to the server is told; it is started if nobody has yet.

    folder  shared by all processes of the test run, whose first has the number `pid`
    """
    address, home = folder / "prefect.url", Home(folder / "prefect-of-all")
    with alone(folder / "prefect.lock"):
        if not address.exists():
            url = f"http://127.0.0.1:{_free_port()}/api"
            command = [sys.executable, "-m", "tests.shared_server", url, home.root, pid]
            home.root.mkdir()
            log = folder / "server.log"
            started = processes.start(list(map(str, command)), MARK, os.environ, ROOT, log)
            _wait(url, started, log)
            write_whole(address, url.encode())
    return _settings(home) | {"PREFECT_API_URL": address.read_text()}


def _wait(url: str, started: int, log: Path) -> None:
    until = time.monotonic() + STARTUP_SECONDS
    while not answers(url):
        is_late = time.monotonic() > until or not processes.is_running(started, MARK)
        assert not is_late, log.read_text()
        time.sleep(0.1)


def main(url: str, root: str, pid: str) -> None:
    """Run the server until pytest is gone."""
    server = subprocess.Popen(
        [sys.executable, "-m", "flows.temporary_server", url, str(os.getpid())],
        env=os.environ | _settings(Home(Path(root))),
    )
    while psutil.pid_exists(int(pid)) and server.poll() is None:
        time.sleep(0.5)
    server.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
