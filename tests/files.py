"""Write the kinds of files people feed to Grapevine, good and bad."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import zstandard

HEADER = ["Post ID", "Date (UTC)", "Text", "Author location", "Language", "Platform"]


def submission(number: int, **changes: object) -> dict[str, object]:
    """A plain submission of a Reddit dump; name only what the test is about."""
    return {
        "id": f"s{number}",
        "subreddit": "Wyoming",
        "author": f"reader_{number}",
        "created_utc": 1_709_500_000 + number,
        "title": f"Road {number} is closed",
        "selftext": "Snow again.",
    } | changes


def comment(number: int, **changes: object) -> dict[str, object]:
    """A plain comment of a Reddit dump."""
    return {
        "id": f"c{number}",
        "subreddit": "Wyoming",
        "author": f"reader_{number}",
        "created_utc": 1_709_500_000 + number,
        "body": f"Same here on mile {number}.",
    } | changes


def pack(file: Path, content: bytes) -> Path:
    """Write a `.zst` archive."""
    file.write_bytes(zstandard.ZstdCompressor().compress(content))
    return file


def repeat(byte: bytes, blocks: int, before: bytes = b"") -> bytes:
    """A zstd frame of `before` and then `blocks` times 128 KiB of one byte, 4 bytes each."""
    head = b"\x28\xb5\x2f\xfd\x00\x58"
    raw = (len(before) << 3).to_bytes(3, "little") + before
    run = (1 << 17 << 3 | 2).to_bytes(3, "little") + byte
    last = (1 << 17 << 3 | 3).to_bytes(3, "little") + byte
    return head + raw + run * (blocks - 1) + last


def dump(file: Path, rows: list[dict[str, object]]) -> Path:
    """Write a Reddit dump, one JSON object a line."""
    return pack(file, b"".join(json.dumps(row).encode() + b"\n" for row in rows))


def export_row(number: int, **changes: str) -> dict[str, str]:
    """A plain row of a listening tool's export."""
    return {
        "Post ID": str(number),
        "Date (UTC)": "2024-03-04T12:00:00Z",
        "Text": f"Clinic line was {number} people long today.",
        "Author location": "Casper, WY",
        "Language": "en",
        "Platform": "X",
    } | changes


def export(file: Path, rows: list[dict[str, str]], header: list[str] = HEADER) -> Path:
    """Write a CSV export."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file
