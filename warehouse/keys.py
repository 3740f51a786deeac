"""Count authors without knowing them: a keyed hash of each, with a new random key every week.

Inside a week the same author of the same source always gets the same hash, so distinct
voices can be counted; across weeks nothing connects them. Without the key file a hash says
nothing, so the keys stay in the data folder, readable by its owner only, and in no release.
The bands of a post's text (`classifiers.copies`) are hashed alike: what is left of a text that
has expired tells whether a given text was posted only to who holds the week's key.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.errors import DataFolderError
from warehouse.files import readable_errors
from warehouse.home import Home
from warehouse.weeks import Week

KEY_BYTES = 32
HASH_CHARACTERS = 16


@dataclass(slots=True)
class AuthorKeys:
    """The key of each week, made when first asked for and kept in `home.keys`."""

    home: Home
    _known: dict[Week, bytes] = field(default_factory=dict, repr=False)

    def hash(self, week: Week, source: str, author: str) -> str:
        """16 hexadecimal characters that stand for `author` of `source` in `week`."""
        return self._digest(week, "author", source, author)

    def hash_post(self, week: Week, post_id: str) -> str:
        """The same for a post whose source gave no author: it counts as one voice."""
        return self._digest(week, "post", post_id)

    def hash_bands(self, week: Week, bands: Sequence[bytes]) -> list[int]:
        """Each band of a text as a whole number of 64 bits, signed, of use in `week` alone."""
        key = self._key(week)
        digests = (
            hmac.digest(key, b"near\0%d\0%b" % (number, band), "sha256")
            for number, band in enumerate(bands)
        )
        return [int.from_bytes(digest[:8], "little", signed=True) for digest in digests]

    def _digest(self, week: Week, *parts: str) -> str:
        message = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._key(week), message, "sha256").hexdigest()[:HASH_CHARACTERS]

    def _key(self, week: Week) -> bytes:
        if week not in self._known:
            path = self.home.keys / f"{week}.key"
            with readable_errors(path):
                self._known[week] = _read_or_make(path)
        return self._known[week]


def _read_or_make(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise DataFolderError(
            f"The author key {path} is damaged ({len(key)} bytes, not {KEY_BYTES}). Put it "
            "back from a copy; without one, delete it and read that week's posts in again."
        )
    return key


def _make(path: Path) -> None:
    """Write a whole key under another name, then link it: the first of two runs wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another run was faster; its key is the week's key
    finally:
        draft.unlink(missing_ok=True)
