"""Start the local Prefect server with its page, on this machine's loopback only."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from flows.service import processes
from warehouse.errors import GrapevineError, InputError
from warehouse.home import Home

HOST = "127.0.0.1"
PORT_SETTING = "GRAPEVINE_SERVICE_PORT"
USUAL_PORT = 4200
PORTS_TRIED = 20
STARTUP_S = 300.0


def choose_port(env: Mapping[str, str] = os.environ) -> int:
    """The port set, or else the first free one from 4200 on.

    Raise `InputError` when the one set is no port or is taken.
    """
    if written := env.get(PORT_SETTING):
        return _set(written)
    for port in range(USUAL_PORT, USUAL_PORT + PORTS_TRIED):
        if _is_free(port):
            return port
    raise InputError(
        f"No port from {USUAL_PORT} to {USUAL_PORT + PORTS_TRIED - 1} is free. Set "
        f"{PORT_SETTING} to one that is."
    )


def _set(written: str) -> int:
    if not written.isdigit() or not 1 <= int(written) <= 65_535:
        raise InputError(f"{PORT_SETTING} must be a number from 1 to 65535.")
    if not _is_free(int(written)):
        raise InputError(
            f"Port {written} is taken by another program. Set {PORT_SETTING} to a free one."
        )
    return int(written)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def settings(home: Home) -> dict[str, str]:
    """What the server and everything that talks to it is told: files here, nothing sent out."""
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(home.root / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home.root / "prefect" / "page"),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_CLI_PROMPT": "false",
    }


def start(home: Home, mark: str, port: int, cwd: Path) -> int:
    """Start the server; its process id. It does not answer yet."""
    env = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    command = [sys.executable, "-m", "prefect", "server", "start"]
    return processes.start(
        [*command, "--host", HOST, "--port", str(port), "--log-level", "WARNING"],
        mark,
        env | settings(home) | {"PREFECT_UI_API_URL": f"http://{HOST}:{port}/api"},
        cwd,
        home.service / "server.log",
    )


def answers(url: str) -> bool:
    """Whether a server answers at this API address."""
    try:
        urllib.request.urlopen(f"{url}/health", timeout=5).close()  # noqa: S310 our own server
    except (urllib.error.URLError, OSError):
        return False
    return True


def wait(home: Home, pid: int, mark: str, url: str) -> None:
    """Wait until the server answers. Raise `GrapevineError` when it ends or takes too long."""
    until = time.monotonic() + STARTUP_S
    while time.monotonic() < until and processes.is_running(pid, mark):
        if answers(url):
            return
        time.sleep(0.2)
    raise GrapevineError(
        f"The Prefect server did not come up. {home.service / 'server.log'} says why; mend it "
        "and say 'grapevine up' again."
    )
