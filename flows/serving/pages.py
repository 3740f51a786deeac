"""Find a file of the site for a path that a browser asked for, and answer with it.

Nothing outside the folder can be reached: each part of the path is opened inside the part
before it, and no link is followed, so there is no moment between looking and opening. Folders
are not listed, and what begins with a dot is not there.
"""

from __future__ import annotations

import gzip
import os
import re
import stat
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from flows.serving.asked import CLOSED, Answer, Asked, Headers, refusal

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""On top of each page's own policy, which names its style by hash: what a page cannot say."""

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/atom+xml; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".bib": "text/plain; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".parquet": "application/vnd.apache.parquet",
}
UNKNOWN = "application/octet-stream"

PACKED = frozenset({".html", ".js", ".json", ".xml", ".csv", ".svg", ".txt", ".bib"})
LEAST, MOST = 1_000, 4_000_000
"""Bytes of a file that is worth packing, and of one that may lie in memory."""
KEPT = 32_000_000
"""Bytes of packed files kept for the next reader."""

_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}")
"""Parts of a path as the site has them; a dot in front, a slash or a NUL is none."""


class Pages:
    """The files under `root`, as answers."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._packed: OrderedDict[str, bytes] = OrderedDict()

    def answer(self, asked: Asked) -> Answer:
        """The file asked for; 304 when the reader has it, 404 when there is none."""
        parts = parts_of(asked.target)
        file = _open(self._root, parts) if parts else None
        if parts is None or file is None:
            return refusal(404)
        found = os.fstat(file.fileno())
        tag, suffix = f"{found.st_mtime_ns:x}-{found.st_size:x}", Path(parts[-1]).suffix
        may_pack = suffix in PACKED and LEAST <= found.st_size <= MOST
        is_packed = may_pack and _takes_gzip(asked.header("accept-encoding"))
        etag = f'"{tag}-gz"' if is_packed else f'"{tag}"'
        headers = _headers(suffix, etag, may_pack)
        if is_same(asked.header("if-none-match"), etag):
            file.close()
            return Answer(304, headers)
        if not is_packed:
            return Answer(200, headers, file=file, size=found.st_size)
        with file:
            body = self._pack(f"{'/'.join(parts)} {tag}", file)
        return Answer(200, (*headers, ("Content-Encoding", "gzip")), body)

    def _pack(self, key: str, file: BinaryIO) -> bytes:
        if key in self._packed:
            self._packed.move_to_end(key)
            return self._packed[key]
        packed = self._packed[key] = gzip.compress(file.read(), 6, mtime=0)
        while sum(map(len, self._packed.values())) > KEPT:
            self._packed.popitem(last=False)
        return packed


def parts_of(target: str) -> list[str] | None:
    """`/county/56025.html?x` → its parts; None for what can be no file of the site."""
    path = target.partition("?")[0]
    if not path.startswith("/"):
        return None
    try:
        plain = unquote_to_bytes(path).decode("ascii")  # once: what is coded twice stays so
    except UnicodeDecodeError:
        return None
    parts = plain[1:].split("/")
    if parts[-1] == "":
        parts[-1] = "index.html"
    return parts if all(_PART.fullmatch(part) for part in parts) else None


def is_same(said: str, etag: str) -> bool:
    """Whether If-None-Match names this very file."""
    tags = {one.strip().removeprefix("W/") for one in said.split(",")}
    return etag in tags or tags == {"*"}


def _headers(suffix: str, etag: str, may_pack: bool) -> Headers:
    policy = PAGE if suffix == ".html" else CLOSED
    if suffix == ".pdf":  # a sandbox would keep a browser's own reader from showing it
        policy = "frame-ancestors 'none'"
    return (
        ("Content-Type", KINDS.get(suffix, UNKNOWN)),
        ("Content-Security-Policy", policy),
        ("Cache-Control", "private, no-cache"),
        ("ETag", etag),
        *((("Vary", "Accept-Encoding"),) if may_pack else ()),
    )


def _open(root: Path, parts: list[str]) -> BinaryIO | None:
    """The plain file at this path under `root`; None when there is none."""
    inside = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    held: list[int] = []
    try:
        held.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        for part in parts[:-1]:
            held.append(os.open(part, inside | os.O_DIRECTORY, dir_fd=held[-1]))
        found = os.open(parts[-1], inside | os.O_NONBLOCK, dir_fd=held[-1])
    except OSError:
        return None
    finally:
        for folder in held:
            os.close(folder)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        return None
    return os.fdopen(found, "rb")


def _takes_gzip(said: str) -> bool:
    for one in said.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
