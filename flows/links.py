"""Check that the pages which cards and themes point to are still there.

One look may fail for many reasons, so a page counts as gone when two looks in a row, a day or
more apart, did not find it. A site that turns programs away (401, 403, 429) is not judged, and
neither is one that does not answer. Only our own catalogue's https addresses are asked for,
one at a time for each host; no page's content is read or kept.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import load_cards
from warehouse.errors import DataFolderError, GrapevineError
from warehouse.files import readable_errors, write_whole
from warehouse.home import Home

TIMEOUT_S = 30.0
HOSTS_AT_ONCE = 8
APART = timedelta(hours=20)
GONE = (404, 410)
NOT_OFFERED = (405, 501)
AGENT = "grapevine-link-check/1"

Links = Mapping[str, Sequence[str]]
"""Address → the cards and themes that point to it."""

Missing = dict[str, str]
"""Address → when it was first not found (UTC, ISO 8601), until it is found again."""


def known_links() -> dict[str, list[str]]:
    """Every address that pages give to readers, by address."""
    found: dict[str, list[str]] = defaultdict(list)
    for card in load_cards().values():
        for url in {link.url for link in card.links} | {fact.url for fact in card.facts}:
            found[url].append(f"card {card.id}")
    for theme in load_taxonomy().themes.values():
        for url in theme.evidence:
            found[url].append(f"theme {theme.id}")
    return dict(sorted(found.items()))


def checked(
    home: Home, links: Links | None = None, transport: httpx.BaseTransport | None = None
) -> Iterator[str]:
    """Look at every link; a line of how many there are, and one for each page not found.

    Raise `GrapevineError` when a page was not found twice, a day apart.
    """
    asked = known_links() if links is None else links
    statuses = _look(list(asked), transport)
    missing = {url for url, status in statuses.items() if status in GONE}
    there_n = sum(status is not None and status < 400 for status in statuses.values())
    yield (
        f"Links: {len(asked):,} looked at, {there_n:,} there, {len(missing):,} not found, "
        f"{len(asked) - there_n - len(missing):,} that gave no clear answer."
    )
    now, before = datetime.now(UTC), _read(home)
    since = {url: before.get(url, now.isoformat(timespec="seconds")) for url in sorted(missing)}
    unjudged = {url for url, status in statuses.items() if status is None or status >= 400}
    _write(home, since | {url: before[url] for url in unjudged & before.keys()})
    gone = [url for url in since if now - datetime.fromisoformat(since[url]) >= APART]
    for url in since:
        yield f"  not found since {since[url][:10]}: {url} ({', '.join(asked[url])})"
    if gone:
        raise GrapevineError(
            f"Gone for a day or more: {', '.join(gone)}. Put another page of the same agency "
            "in the cards and themes named above."
        )


def _look(urls: Sequence[str], transport: httpx.BaseTransport | None) -> dict[str, int | None]:
    """The status that each address ends with; None when nothing answers."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[httpx.URL(url).host].append(url)
    with (
        httpx.Client(
            transport=transport,
            timeout=TIMEOUT_S,
            follow_redirects=True,
            headers={"User-Agent": AGENT},
        ) as client,
        ThreadPoolExecutor(HOSTS_AT_ONCE) as pool,
    ):
        found = pool.map(
            lambda own: [(url, _status(client, url)) for url in own], hosts.values()
        )
        return {url: status for own in found for url, status in own}


def _status(client: httpx.Client, url: str) -> int | None:
    """The status without the page; a server that does not offer that is asked for the page."""
    try:
        status = client.head(url).status_code
        if status in (*GONE, *NOT_OFFERED):  # some answer so to a question without a page
            with client.stream("GET", url) as answer:
                status = answer.status_code
    except httpx.HTTPError:
        return None
    return status


def _read(home: Home) -> Missing:
    with readable_errors(home.links):
        content = home.links.read_bytes() if home.links.exists() else b"{}"
    try:
        return {str(url): str(at) for url, at in json.loads(content).items()}
    except (ValueError, AttributeError) as error:
        raise DataFolderError(
            f"{home.links} is damaged. Delete it: links are looked at anew."
        ) from error


def _write(home: Home, missing: Missing) -> None:
    with readable_errors(home.links):
        write_whole(home.links, json.dumps(missing, indent=1, sort_keys=True).encode())
