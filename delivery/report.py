"""Say in a few lines how a delivery stands; subscribers by the name their list gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dashboards.published import Release
from dashboards.tables import notice
from delivery.plan import Standing, Why

WORDS: dict[Why, str] = {
    "new": "wait, not tried yet",
    "later": "wait, to be tried again",
    "refused": "refused",
    "in doubt": "in doubt, not sent again by itself",
    "gone": "want no more (webhook)",
    "bounced": "stopped, mail came back",
    "left": "left the list",
    "no brief": "place not in this release",
}
"""What is said of those who did not get it, in this order."""

WAITING: frozenset[Why] = frozenset(["new", "later"])


def told(
    release: Release, before: Sequence[Standing], after: Sequence[Standing]
) -> Iterator[str]:
    """The lines behind a delivery, from how it stood before and after."""
    had = {one.to.id for one in before if one.why == "sent"}
    sent = [one for one in after if one.why == "sent"]
    now_n = sum(one.to.id not in had for one in sent)
    mark = f" ({notice(release)})" if release.is_sample else ""
    yield f"Release {release.release_id}{mark}: {len(after):,} subscribers"
    yield f"  sent      {len(sent):,}, of which now {now_n:,}"
    yield from _others(after)


def planned(release: Release, found: Sequence[Standing]) -> Iterator[str]:
    """The lines of a dry run: to whom it would go, and to whom not."""
    due = [one for one in found if one.is_due]
    mark = f" ({notice(release)})" if release.is_sample else ""
    yield f"Dry run of release {release.release_id}{mark}: nothing is sent."
    for one in sorted(due, key=lambda one: one.to.id):
        to = one.to
        yield f"  would go  {to.id}: {to.place.type} {to.place.value}, {to.lang}, {to.channel}"
    yield f"  in all    {len(due):,} of {len(found):,} subscribers"
    yield from _others([one for one in found if not one.is_due])


def waiting_n(found: Sequence[Standing]) -> int:
    """How many still wait."""
    return sum(one.why in WAITING for one in found)


def _others(found: Sequence[Standing]) -> Iterator[str]:
    counts = Counter(one.why for one in found)
    for why, words in WORDS.items():
        if counts[why]:
            yield f"  {counts[why]:>8,}  {words}"
            yield from (
                f"            {one.to.id}{f': {one.told}' if one.told else ''}"
                for one in sorted(found, key=lambda one: one.to.id)
                if one.why == why
            )
