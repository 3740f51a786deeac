"""Turn one item of a Reddit listing into a post, or into what Reddit took back.

The text of a submission is its title and its body. PRAW asks for `raw_json`, so texts carry no
HTML entities, and none are undone: what looks like one was typed. Removed and deleted items
are taken back here, whatever their title still says; an author whose account is gone is an
unknown author, as in the dumps.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from flows.sources.collected import Deleted
from flows.sources.dump import GONE, NOT_A_VOICE, DumpRow
from flows.sources.reading import Rejected, name_of
from warehouse.records import Post
from warehouse.redact import mask

SOURCE = "reddit"

_FIRST_S = 1_104_537_600  # 2005, when there was no Reddit yet
_LAST_S = 4_102_444_800  # 2100

_KINDS = {"t1", "t3"}
_ID = re.compile(r"[0-9a-z]{1,13}")

_BY_AUTHOR = {"deleted", "author"}
"""What `removed_by_category` says when the author took a submission back."""


class Item(DumpRow):
    """A submission or comment as in a dump, and by whom it was taken away since."""

    removed_by_category: str | None = None


class Thing(msgspec.Struct):
    """Reddit's wrapper: `t1` is a comment, `t3` a submission."""

    kind: str
    data: Item

    @property
    def fullname(self) -> str:
        """Reddit's own id, `t3_abc`."""
        return f"{self.kind}_{self.data.id}"

    @property
    def number(self) -> int:
        """The id as a number: Reddit counts up as items are made."""
        return int(self.data.id, 36)

    @property
    def taken_back(self) -> str | None:
        """Why the content is gone (`deleted`, `removed`), or None while it is there."""
        text = self.data.body if self.kind == "t1" else self.data.selftext
        by = self.data.removed_by_category
        if by in _BY_AUTHOR or text in {"[deleted]", "[deleted by user]"}:
            return "deleted"
        return "removed" if by or text == "[removed]" else None

    @property
    def has_author(self) -> bool:
        """Whether the account that wrote it is still there."""
        return self.data.author is not None and self.data.author not in GONE


def read(raw: object) -> Thing | Rejected:
    """The submission or comment in `raw`, as JSON read it, or why there is none."""
    try:
        thing = msgspec.convert(raw, Thing, strict=False)
    except msgspec.ValidationError as error:
        return Rejected(0, f"not a Reddit submission or comment: {error}")
    if thing.kind not in _KINDS:
        return Rejected(0, "neither a submission nor a comment")
    if not _ID.fullmatch(thing.data.id):
        return Rejected(0, "an id that Reddit does not give")
    if _time(thing) is None:
        return Rejected(0, "no time that a calendar has")
    return thing


def parse(raw: object, learnt_at: datetime) -> Post | Deleted | Rejected | None:
    """What `raw`, one item of a listing, is; None for AutoModerator, which is no person.

    `learnt_at` is when the answer came: Reddit does not say when something was taken back.
    """
    thing = read(raw)
    if isinstance(thing, Rejected):
        return thing
    if reason := thing.taken_back:
        return Deleted(f"{SOURCE}:{thing.fullname}", None, learnt_at, reason)
    if thing.data.author in NOT_A_VOICE:
        return None
    return _post(thing)


def _post(thing: Thing) -> Post | Rejected:
    data = thing.data
    parts = (data.body,) if thing.kind == "t1" else (data.title, data.selftext)
    posted_at = _time(thing)
    if posted_at is None:
        return Rejected(0, "no time that a calendar has")
    try:
        return Post(
            post_id=f"{SOURCE}:{thing.fullname}",
            source=SOURCE,
            posted_at=posted_at,
            text=mask(_whole("\n".join(part for part in parts if part))),
            author=name_of(_whole(data.author)) if data.author and thing.has_author else None,
            community=name_of(_whole(data.subreddit)),
            platform=SOURCE,
        )
    except ValueError as error:
        return Rejected(0, str(error))


def _time(thing: Thing) -> datetime | None:
    if not _FIRST_S <= thing.data.created_utc < _LAST_S:
        return None
    return datetime.fromtimestamp(int(thing.data.created_utc), UTC)


def _whole(text: str) -> str:
    """`text` without halves of signs, which JSON allows and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
