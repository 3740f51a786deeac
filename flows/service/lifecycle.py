"""Bring the service up, take it down, and say how it stands; each may be repeated freely."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime

from flows.running import bring_forward
from flows.service import processes, record, schedule, server
from flows.service.record import Record
from flows.temporary_server import is_configured
from warehouse.errors import GrapevineError, InputError
from warehouse.files import alone_or_told
from warehouse.home import Home

AT_ONCE = 4
"""Runs that the worker has going at the same time; locks keep two of a kind apart."""

DUE = "due-briefs/briefs"
"""Run once when the service comes up: it makes what was missed, or says that nothing was."""


def up(home: Home) -> Iterator[str]:
    """Start what does not run yet: the server, the deployments, the worker.

    With a server configured for Prefect (`PREFECT_API_URL`), that one is used and none is
    started. Raise `GrapevineError` when something does not come up; nothing is left running.
    """
    bring_forward(home)
    with _alone(home):
        held = record.read(home)
        if held and _runs_whole(held):
            yield f"Grapevine runs already, since {held.began:%Y-%m-%d %H:%M} UTC."
            yield from _rescheduled(home, held)
        else:
            if held:  # the rest of one that was broken off
                processes.end(held.mark, last=held.server)
            yield from _brought_up(home)
    yield from told(home)


def schedule_only(home: Home) -> Iterator[str]:
    """Set the schedule on the configured server, and start nothing.

    Raise `GrapevineError` when none is configured, or it refuses.
    """
    if not is_configured():
        raise InputError(
            "--no-worker sets the schedule on a server of your own, and none is named. Set "
            "PREFECT_API_URL, or say 'grapevine up' alone."
        )
    file = schedule.schedule_file()
    gone = schedule.register(home, None, file)
    yield f"The schedule of {file.name} is set."
    yield from _gone(gone)


def _rescheduled(home: Home, held: Record) -> Iterator[str]:
    """Give the server the schedule again when its file has changed."""
    file = schedule.schedule_file()
    if schedule.digest(file) != held.schedule:
        gone = schedule.register(home, held.url or None, file)
        record.write(home, replace(held, schedule=schedule.digest(file)))
        yield f"The schedule of {file.name} has changed, and is set anew."
        yield from _gone(gone)


def _gone(names: list[str]) -> Iterator[str]:
    if names:
        yield f"No longer on it, and taken off the server: {', '.join(names)}."


def _brought_up(home: Home) -> Iterator[str]:
    begun = _begun(home)
    record.write(home, begun)  # before anything starts: a kill leaves nothing unknown
    try:
        if begun.url:
            begun = replace(begun, server=_server(home, begun))
            record.write(home, begun)
            server.wait(home, begun.server or 0, begun.mark, begun.url)
            yield "The Prefect server is up, on this machine only."
        file = schedule.schedule_file()
        gone = schedule.register(home, begun.url or None, file)
        begun = replace(begun, schedule=schedule.digest(file))
        yield f"The schedule of {file.name} is set."
        yield from _gone(gone)
        broken_n = schedule.break_off(home, begun.url) if begun.url else 0
        if broken_n:
            yield f"Runs that were broken off: {broken_n:,}. Later runs do their work again."
        record.write(home, replace(begun, worker=_worker(home, begun)))
        yield "The worker is up."
        if schedule.begin(home, begun.url or None, DUE):
            yield "If the last week, or one before it, has no brief yet, it is made now."
    except BaseException:
        processes.end(begun.mark, last=begun.server)
        record.forget(home)
        raise


def _begun(home: Home) -> Record:
    home.service.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    local = "" if is_configured() else f"http://{server.HOST}:{server.choose_port()}/api"
    return Record(secrets.token_hex(16), local, None, None, now, "")


def _server(home: Home, begun: Record) -> int:
    port = int(begun.page.rpartition(":")[2])
    return server.start(home, begun.mark, port, schedule.ROOT)


def _worker(home: Home, begun: Record) -> int:
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", schedule.POOL]
    return processes.start(
        [*command, "--type", "process", "--limit", str(AT_ONCE)],
        begun.mark,
        schedule.environment(home, begun.url or None),
        schedule.ROOT,
        home.service / "worker.log",
    )


def down(home: Home) -> Iterator[str]:
    """End everything that `up` started, and nothing else.

    A run in progress is broken off; what it did is kept, and the rest is done by a later run.
    """
    with _alone(home):
        held = record.read(home)
        ended_n = processes.end(held.mark, last=held.server) if held else 0
        record.forget(home)
    if ended_n:
        yield f"Grapevine is down: {ended_n} processes ended."
    else:
        yield "Nothing was running."


def told(home: Home) -> Iterator[str]:
    """How the service stands, and each deployment's last and next run."""
    held = record.read(home)
    if held is None or not processes.marked(held.mark):
        yield "service     down; 'grapevine up' starts it"
        return
    has_server = processes.is_running(held.server, held.mark) or not held.url
    has_worker = processes.is_running(held.worker, held.mark)
    yield f"service     up since {held.began:%Y-%m-%d %H:%M} UTC"
    yield f"page        {held.page or 'that of the server in PREFECT_API_URL'}"
    if not has_server or not has_worker:
        missing = "worker" if has_server else "server"
        raise GrapevineError(
            f"The {missing} is gone; {home.service / f'{missing}.log'} says why. "
            "'grapevine up' starts it again."
        )
    for one in schedule.scheduled(home, held.url or None):
        yield _line(one)


def _line(one: schedule.Scheduled) -> str:
    name = one.name.rpartition("/")[2]
    due = f"next {one.next_at:%a %m-%d %H:%M} UTC" if one.next_at else "on request"
    if one.last_at is None:
        return f"  {name:<18} {due:<24} has not run yet"
    ended = f"{one.state}: {one.told}" if one.told else one.state
    return f"  {name:<18} {due:<24} last {one.last_at:%a %m-%d %H:%M} {ended}"


def _runs_whole(held: Record) -> bool:
    has_server = processes.is_running(held.server, held.mark) or not held.url
    return has_server and processes.is_running(held.worker, held.mark)


def _alone(home: Home) -> AbstractContextManager[None]:
    told = f"Another 'grapevine up' or 'down' is at work in {home.root}. Wait until it ends."
    return alone_or_told(home.service / "up.lock", told)
