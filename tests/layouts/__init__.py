"""Data folders as earlier programs left them."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import zstandard

from warehouse.home import Home

FOLDERS = {file.name.partition(".")[0]: file for file in Path(__file__).parent.glob("*.zst")}
"""Commit → the folder that its program left."""


def unpacked(commit: str, home: Home) -> Home:
    """Put the folder of an earlier program at `home`."""
    packed = FOLDERS[commit].read_bytes()
    content = zstandard.ZstdDecompressor().stream_reader(packed).read()
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(home.root, filter="data")
    return home
