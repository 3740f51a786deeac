"""Serve a built site as a web host would, and time its pages over a slow line.

The line is Chromium's own emulation: so many bits a second, and so long until a page begins to
come. Looking the host's name up and shaking hands with it come on top, for any page on the web.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

from tests.browser.chromium import tab

KBIT_S = 780
LATENCY_MS = 300
TRIES = 5
PACKED = (".html", ".json", ".js", ".csv", ".svg", ".xml")


@dataclass(frozen=True, slots=True)
class Shown:
    """How long a page took, in milliseconds: the middle of some tries, from an empty cache.

    first_ms  until the first words stood on the screen
    whole_ms  until all of it was there
    sent_n    bytes that came over the line
    """

    first_ms: float
    whole_ms: float
    sent_n: int


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send_head(self):
        """Send a text file packed, whoever asks: every browser takes gzip."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file():
            return super().send_head()
        data = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return BytesIO(data)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The site on a free port of this machine; its address, without the last slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def timed(browser: object, url: str) -> Shown:
    """How long a page takes over the slow line."""
    tries = sorted((_one(browser, url) for _ in range(TRIES)), key=lambda shown: shown.first_ms)
    return tries[TRIES // 2]


def _one(browser: object, url: str) -> Shown:
    with tab(browser) as one:
        line = one.page.context.new_cdp_session(one.page)
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": KBIT_S * 1_000 / 8,
                "uploadThroughput": KBIT_S * 1_000 / 8,
            },
        )
        sent = []
        line.on("Network.loadingFinished", lambda told: sent.append(told["encodedDataLength"]))
        one.open(url, 360)
        first, whole = one.probe("timings")
        return Shown(first, whole, int(sum(sent)))
