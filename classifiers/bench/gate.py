"""Draw posts for the speed test: by checksum of their ids, in a given mix by the wide gate.

What the tagger does with a post depends on the gate: a stopped post costs a hundredth of one
that an encoder reads. So posts a second mean nothing without the share that passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifiers.collection import ask_collection
from classifiers.language import detect
from classifiers.linear.model import LinearModel
from classifiers.normalise import readable, tokens
from classifiers.tagger.routes import gates
from classifiers.tagger.tags import Gate
from warehouse.errors import InputError

BATCH = 2000
"""Posts that are asked at once."""

_POSTS = """
select arg_min(row_id, md5(row_id)), text
from read_parquet($posts)
where starts_with(dataset, $starts)
group by text
order by md5(arg_min(row_id, md5(row_id)))
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A post, its language, and how far the gate lets it come."""

    id: str
    text: str
    lang: str
    gate: Gate

    @property
    def is_read(self) -> bool:
        """Whether an encoder reads it: it passed, or was drawn by lot."""
        return self.gate != "stopped"


def drawn(posts: Path, starts: str = "") -> list[tuple[str, str]]:
    """(id, text) of the distinct texts of data sets whose name starts so, in drawn order.

    Raise `InputError` when the Parquet file `posts` cannot be read or holds none.
    """
    rows = ask_collection(posts, _POSTS, {"starts": starts})
    if not rows:
        raise InputError(
            f"{posts} holds no post of a data set named {starts}*. Give another file."
        )
    return [(str(row_id), str(text)) for row_id, text in rows]


def asked(posts: Sequence[tuple[str, str]], linear: LinearModel) -> Iterator[Asked]:
    """What the gate says of each post, batch by batch, as the tagger asks it."""
    for start in range(0, len(posts), BATCH):
        batch = posts[start : start + BATCH]
        texts = [readable(text) for _, text in batch]
        langs, plain = detect(texts), [tokens(text) for text in texts]
        found = gates(plain, langs, linear.read(plain).gate, linear.gate_from)
        for (row_id, text), lang, gate in zip(batch, langs, found, strict=True):
            yield Asked(row_id, text, lang, gate)


def mixed(posts: Iterable[Asked], count: int, share: float) -> list[Asked]:
    """`count` posts of which `share`, 0 to 1, pass the gate, in the order they come.

    Fewer where there are not enough of either; the share holds all the same.
    """
    room = {True: round(count * share), False: count - round(count * share)}
    taken: dict[bool, list[tuple[int, Asked]]] = {True: [], False: []}
    for place, post in enumerate(posts):
        lane = taken[post.gate == "passed"]
        if len(lane) < room[post.gate == "passed"]:
            lane.append((place, post))
        if all(len(taken[passed]) == room[passed] for passed in room):
            break
    filled = min(len(taken[passed]) / n for passed, n in room.items() if n)
    kept = [lane for passed, n in room.items() for lane in taken[passed][: int(n * filled)]]
    return [post for _, post in sorted(kept, key=lambda placed: placed[0])]
