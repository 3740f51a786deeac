"""Read Bluesky posts out of the JSON that its own interfaces answer with, no CAR file needed.

`com.atproto.repo.listRecords` gives records, `{"uri", "cid", "value": {…}}`, with nothing but
the author's word for their time. `app.bsky.feed.getPosts` (and `searchPosts`) give views,
`{"uri", "author", "record": {…}, "indexedAt", "labels"}`, whose `indexedAt` is the service's
own clock. Either may be a whole reply, `{"records": […]}` or `{"posts": […]}`.
"""

from __future__ import annotations

import msgspec

from flows.sources.bluesky.events import OPT_OUT, POST, WITHHELD
from flows.sources.reading import BadRowError, native_id
from flows.sources.times import read_time
from warehouse.records import Post
from warehouse.redact import mask

SOURCE = "import"
PLATFORM = "bluesky"


class _Label(msgspec.Struct):
    val: str
    src: str = ""
    neg: bool = False


class _SelfLabels(msgspec.Struct):
    values: list[_Label] = []


class _Record(msgspec.Struct):
    kind: str = msgspec.field(default=POST, name="$type")
    text: str = ""
    created_at: str = msgspec.field(default="", name="createdAt")
    labels: _SelfLabels | None = None


class _Author(msgspec.Struct):
    did: str
    labels: list[_Label] = []


class _Item(msgspec.Struct):
    uri: str
    value: _Record | None = None
    record: _Record | None = None
    author: _Author | None = None
    labels: list[_Label] = []
    indexed_at: str = msgspec.field(default="", name="indexedAt")


class _Reply(msgspec.Struct):
    records: list[msgspec.Raw] | None = None
    posts: list[msgspec.Raw] | None = None


class _Named(msgspec.Struct):
    uri: str


_decode = msgspec.json.Decoder(_Item).decode
_decode_reply = msgspec.json.Decoder(_Reply).decode
_decode_named = msgspec.json.Decoder(_Named).decode


def items(content: bytes) -> list[bytes] | None:
    """The records or views in one JSON object; None when it is nothing of Bluesky's."""
    try:
        reply = _decode_reply(content)
        found = reply.posts if reply.records is None else reply.records
        if found is not None:
            return [bytes(item) for item in found]
        return [content] if _decode_named(content).uri.startswith("at://") else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parse(item: bytes) -> Post:
    """The post in one record or view. Raises `BadRowError` with the reason when there is none.

    The time is the service's where it tells it, else what the author's program wrote.
    """
    try:
        found = _decode(item)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRowError("not a Bluesky record in JSON") from error
    record, (did, collection) = found.value or found.record, _address(found.uri)
    if record is None or not (collection == record.kind == POST):
        raise BadRowError("a Bluesky record that is no post")
    if found.author and found.author.did != did:
        raise BadRowError("a Bluesky post whose author is not the one in its address")
    _refuse_withheld(found, record, did)
    try:
        return Post(
            post_id=f"{SOURCE}:{native_id(found.uri)}",
            source=SOURCE,
            posted_at=read_time(found.indexed_at or record.created_at),
            text=mask(record.text),
            author=did,
            platform=PLATFORM,
        )
    except BadRowError:
        raise
    except ValueError as error:
        is_time = found.indexed_at or record.created_at
        raise BadRowError(str(error) if is_time else "no date in the record") from error


def _address(uri: str) -> tuple[str, str]:
    """The author and the collection in `at://did:plc:…/app.bsky.feed.post/3k…`."""
    did, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, key = rest.partition("/")
    if not (uri.startswith("at://did:") and key):
        raise BadRowError("no address of a Bluesky post (at://did:…)")
    return did, collection


def _refuse_withheld(found: _Item, record: _Record, did: str) -> None:
    """Honour what authors say of their own posts, as the live source does."""
    written = {label.val for label in record.labels.values} if record.labels else set()
    seen = [*found.labels, *(found.author.labels if found.author else [])]
    own = {label.val for label in seen if label.src == did and not label.neg}
    if OPT_OUT in written | own:
        raise BadRowError("its author asks not to be shown outside Bluesky")
    if (written | own) & WITHHELD:
        raise BadRowError("its author marks it as not for everybody")
