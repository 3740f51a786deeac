"""Map the work of a stage over its chunks: in this process, or on a cluster of many machines.

`GRAPEVINE_RUNNER=dask` sends chunks to the Dask scheduler at `GRAPEVINE_DASK`. Workers need the
same version of Grapevine and nothing else: no data folder, no keys, no Prefect. What they give
back is written here, by one process, in order; so a worker that dies costs the time of its
chunk and nothing is there twice.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from typing import Any, TypeVar

from flows.versions import made_by
from warehouse.errors import GrapevineError

RUNNER, ADDRESS = "GRAPEVINE_RUNNER", "GRAPEVINE_DASK"
LOCAL, DASK = "local", "dask"
CONNECT_S = 30
TRIES = 3
"""Times that a chunk is tried again when its work fails; of a worker that dies Dask tries anew
by itself, three times unless its scheduler is told otherwise."""

AHEAD = 2
"""Chunks under way for each thread of the cluster: one at work, one waiting beside it."""

Given = TypeVar("Given")
Made = TypeVar("Made")


def spread(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """What `work`, a function of a module, makes of each thing, in order.

    Raise `GrapevineError` when the runner is unknown, or its cluster cannot be used.
    """
    runner = os.environ.get(RUNNER) or LOCAL
    if runner == LOCAL:
        return map(work, given)
    if runner == DASK:
        return _on_cluster(work, given)
    raise GrapevineError(f"{RUNNER} is '{runner}'. Set it to {LOCAL} or {DASK}.")


def _on_cluster(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    with _client() as client:
        most = AHEAD * max(1, sum(client.nthreads().values()))
        waiting: deque[Any] = deque()
        for one in given:
            chunk = client.submit(checked, work, made_by(), one, pure=False, retries=TRIES)
            waiting.append(chunk)
            if len(waiting) >= most:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())


def checked(work: Callable[[Given], Made], version: str, given: Given) -> Made:
    """Do the work, on a worker, which may have joined after the others were looked at.

    Raise `GrapevineError` when the worker runs another version than asked for.
    """
    if made_by() != version:
        raise GrapevineError(
            "A Dask worker that joined late runs another version of Grapevine. Install the "
            "same one on all, then run again: nothing of this run is in the lake yet."
        )
    return work(given)


def _refuse_in_the_clear(address: str) -> None:
    """Posts cross another network than this machine's own under TLS, or not at all."""
    scheme, _, rest = address.rpartition("://")
    host = rest.rpartition(":")[0].strip("[]") or rest
    if not address or scheme == "tls" or host == "localhost" or _is_own(host):
        return
    raise GrapevineError(
        f"The Dask scheduler at {host} would be sent posts in the clear, and take anybody's "
        f"word. Give it certificates and set {ADDRESS} to tls://{host}:…, or lead a tunnel "
        "from 127.0.0.1 to it."
    )


def _is_own(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _client() -> Any:  # noqa: ANN401 - the library is an extra, and ships no types
    """A connection to the cluster, whose workers all run what runs here."""
    address = os.environ.get(ADDRESS, "")
    _refuse_in_the_clear(address)
    try:
        from distributed import Client
    except ImportError as error:
        raise GrapevineError(
            f"{RUNNER}={DASK} needs an extra part. Install it with "
            "`uv pip install 'grapevine[dask]'`."
        ) from error
    if not address:
        raise GrapevineError(
            f"{RUNNER}={DASK} needs the scheduler's address. Set {ADDRESS}, as "
            "tcp://127.0.0.1:8786."
        )
    try:
        client = Client(address, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        raise GrapevineError(
            f"The Dask scheduler at {address} does not answer ({error}). Start it with "
            f"`dask scheduler`, or unset {RUNNER}."
        ) from error
    _check(client)
    return client


def _check(client: Any) -> None:  # noqa: ANN401
    """Workers that run another program would make other tags."""
    there = client.run(made_by)
    if not there:
        client.close()
        raise GrapevineError("The Dask cluster has no worker. Start one with `dask worker`.")
    others = sorted(worker for worker, version in there.items() if version != made_by())
    if others:
        client.close()
        raise GrapevineError(
            f"{len(others)} Dask workers run another version of Grapevine ({others[0]}). "
            "Install the same one on all, then run again."
        )


def _result(future: Any) -> Any:  # noqa: ANN401
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        raise GrapevineError(
            "Several Dask workers died over one chunk, most likely for want of memory. Give "
            "them more, then run again: nothing of this run is in the lake yet."
        ) from error
