"""Run a Prefect server for the length of one command, when none is configured.

Prefect's own temporary server is imported into the command as well as started beside it, and
outlives a command that is killed. This one starts at once, while the command is still loading
(CHANGELOG.md, "Decisions"), and ends by itself when the command is gone. What it
remembers does not matter: correctness lives in Grapevine's own ledgers.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.watching.json_lines import is_on
from warehouse.errors import GrapevineError
from warehouse.home import Home

STARTUP_SECONDS = 180
_IDLE_SERVICES = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "SCHEDULER",
    "TASK_RUN_RECORDER",
    "TRIGGERS",
)
"""What a server does beside answering: of no use to one flow run, and slow to start."""


@contextmanager
def prefect_server(home: Home) -> Iterator[Callable[[], None]]:
    """Start a server if none is configured; yields a function that waits until it answers.

    The server listens on 127.0.0.1 only. On leaving, it is ended and forgotten.
    """
    if is_configured():
        yield lambda: None
        return
    url = f"http://127.0.0.1:{_free_port()}/api"
    server = subprocess.Popen(  # noqa: S603 our own module, our own Python
        [sys.executable, "-m", "flows.temporary_server", url, str(os.getpid())],
        env=os.environ | _settings(home),
    )
    os.environ |= _settings(home) | {"PREFECT_API_URL": url}
    import httpx  # slow to load: the server is starting meanwhile

    try:
        yield lambda: _wait(server, url, home)
    except httpx.TransportError as error:
        if server.poll() is None:
            raise
        raise GrapevineError(
            "The temporary Prefect server ended while the run was at work, most likely for "
            "want of memory. Free some memory, then run again: what is done stays done."
        ) from error
    finally:
        del os.environ["PREFECT_API_URL"]
        server.terminate()
        server.wait()


def is_configured() -> bool:
    """Whether somebody named a Prefect server, in the environment or in a profile."""
    if "PREFECT_API_URL" in os.environ:
        return True
    folder = Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect"))
    profiles = folder / "profiles.toml"
    return profiles.exists() and "PREFECT_API_URL" in profiles.read_text(encoding="utf-8")


def _settings(home: Home) -> dict[str, str]:
    quiet = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _IDLE_SERVICES}
    return quiet | {
        "DO_NOT_TRACK": "1",
        "PREFECT_CLIENT_MAX_RETRIES": "2",  # more waits minutes for a server that is gone
        "PREFECT_HOME": str(home.root / "prefect"),
        "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "CRITICAL"),
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT__SERVER_EPHEMERAL": "1",
        "PREFECT__SERVER_FINAL": "1",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], url: str, home: Home) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()  # noqa: S310 loopback
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    if server.poll() is not None:
        raise GrapevineError(
            "The temporary Prefect server could not start, most likely because the disk that "
            f"holds {home.root} is full or cannot be written. Free some space, then run again."
        )
    raise GrapevineError(
        f"The temporary Prefect server did not answer within {STARTUP_SECONDS} seconds. "
        "Run again, or start one with 'prefect server start' and set PREFECT_API_URL."
    )


def _end_with(parent: int) -> None:
    """End this process soon after the process that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def _serve(url: str, parent: int) -> None:
    import uvicorn  # only the server's process needs it

    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    port = int(url.rsplit(":", 1)[1].removesuffix("/api"))
    uvicorn.run(
        "prefect.server.api.server:create_app",
        factory=True,
        host="127.0.0.1",
        port=port,
        log_level="critical",  # that it did not start is told by `_wait`
        log_config=None if is_on() else uvicorn.config.LOGGING_CONFIG,  # None: Prefect's, ours
    )


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
