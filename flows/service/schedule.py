"""Give a Prefect server the deployments, and ask it what runs next and how the last run ended.

Prefect reads its settings when it is imported, so its address is put into the environment
first and it is imported here, inside the functions, after that.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from flows.service.server import settings
from warehouse.errors import GrapevineError, InputError
from warehouse.home import Home

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

SETTING = "GRAPEVINE_SERVICE_SCHEDULE"
POOL = "grapevine"
OUR_CODE = "flows/"
"""Where the entry points of our deployments lie: others in the pool are somebody else's."""

ROOT = Path(__file__).parents[2]

BROKEN_OFF = "Grapevine was stopped while this ran. Its work is done again by a later run."


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One deployment as the server has it; times in UTC, None where there is none.

    name          `flow/deployment`
    next_at       when it runs next
    last_at       when its last run ended; state and told: how, and its plain line
    """

    name: str
    next_at: datetime | None
    last_at: datetime | None
    state: str
    told: str


def environment(home: Home, url: str | None) -> dict[str, str]:
    """The environment of everything that talks to the server; `url` None: as configured."""
    return {
        **os.environ,
        **(settings(home) | {"PREFECT_API_URL": url} if url else {}),
        "GRAPEVINE_HOME": str(home.root),
    }


def schedule_file(env: Mapping[str, str] = os.environ) -> Path:
    """The file of deployments, the one set or ours. Raise `InputError` when it is absent."""
    file = Path(env.get(SETTING) or ROOT / "prefect.yaml").absolute()
    if not file.is_file():
        raise InputError(f"There is no {file}. Set {SETTING} to a prefect.yaml, or to nothing.")
    return file


def digest(file: Path) -> str:
    """What tells one schedule from another."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def register(home: Home, url: str | None, file: Path) -> list[str]:
    """Make the pool, and give the server the deployments of the file and no others of ours.

    Return the names of those that the file no longer has. A deployment made anew has no runs
    left over from before. Raise `GrapevineError` when the server refuses.
    """
    env = environment(home, url)
    _prefect(env, "work-pool", "create", POOL, "--type", "process", "--overwrite")
    _prefect(env, "--no-prompt", "deploy", "--all", "--prefect-file", str(file))
    return take_out(home, url, file)


def take_out(home: Home, url: str | None, file: Path) -> list[str]:
    """Delete those of our deployments that the file does not have; their names."""
    written = yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    kept = {(one["entrypoint"], one["name"]) for one in written}
    with _client(home, url) as client:
        found = [one for one in client.read_deployments() if one.work_pool_name == POOL]
        ours = [one for one in found if (one.entrypoint or "").startswith(OUR_CODE)]
        gone = [one for one in ours if (one.entrypoint, one.name) not in kept]
        for one in gone:
            client.delete_deployment(one.id)
    return sorted(one.name for one in gone)


def _prefect(env: Mapping[str, str], *words: str) -> None:
    done = subprocess.run(  # noqa: S603 our own Python and words
        [sys.executable, "-m", "prefect", *words],
        cwd=ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = " ".join((done.stdout + done.stderr).split())[-300:]
        raise GrapevineError(
            f"Prefect refused '{' '.join(words[:2])}': {said}. Mend it, then 'grapevine up'."
        )


def break_off(home: Home, url: str | None) -> int:
    """Mark runs as crashed that the server takes for running though no worker runs them."""
    with _client(home, url) as client:
        from prefect.states import Crashed

        left = list(_runs(client, ["RUNNING", "PENDING", "CANCELLING"]))
        for run in left:
            client.set_flow_run_state(run.id, Crashed(message=BROKEN_OFF), force=True)
    return len(left)


def begin(home: Home, url: str | None, name: str) -> bool:
    """Let a deployment (`flow/deployment`) run once, now; False when the schedule has none."""
    with _client(home, url) as client:
        from prefect.exceptions import ObjectNotFound

        try:
            found = client.read_deployment_by_name(name)
        except ObjectNotFound:
            return False
        client.create_flow_run_from_deployment(found.id)
    return True


def scheduled(home: Home, url: str | None) -> Iterator[Scheduled]:
    """Each deployment of the pool, by name."""
    with _client(home, url) as client:
        flows = {flow.id: flow.name for flow in client.read_flows()}
        waiting = _first(_runs(client, ["SCHEDULED"], "EXPECTED_START_TIME_ASC"))
        for one in sorted(client.read_deployments(), key=lambda found: found.name):
            if one.work_pool_name != POOL:
                continue
            ended = _last(client, one.id)
            state = ended.state if ended else None
            yield Scheduled(
                f"{flows[one.flow_id]}/{one.name}",
                _utc(waiting[one.id].expected_start_time) if one.id in waiting else None,
                _utc(ended.end_time) if ended else None,
                str(state.name) if state else "",
                " ".join((state.message or "").split()) if state else "",
            )


def _first(runs: Iterator[FlowRun]) -> dict[UUID, FlowRun]:
    found: dict[UUID, FlowRun] = {}
    for run in runs:
        if run.deployment_id:
            found.setdefault(run.deployment_id, run)
    return found


def _last(client: SyncPrefectClient, deployment: UUID) -> FlowRun | None:
    ended = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
    return next(_runs(client, ended, "END_TIME_DESC", deployment, limit=1), None)


def _runs(
    client: SyncPrefectClient,
    states: list[str],
    order: str = "END_TIME_DESC",
    deployment: UUID | None = None,
    limit: int = 200,
) -> Iterator[FlowRun]:
    """Runs of the pool in these states."""
    from prefect.client.schemas.filters import (
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
        WorkPoolFilter,
        WorkPoolFilterName,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import FlowRunSort

    kinds = [StateType(state) for state in states]
    found = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=kinds))
        ),
        deployment_filter=(
            DeploymentFilter(id=DeploymentFilterId(any_=[deployment])) if deployment else None
        ),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
        sort=FlowRunSort(order),
        limit=limit,
    )
    yield from found


def _client(home: Home, url: str | None) -> SyncPrefectClient:
    if url is None:
        from prefect.client.orchestration import get_client

        return get_client(sync_client=True)
    os.environ |= settings(home)
    from prefect.client.orchestration import SyncPrefectClient

    return SyncPrefectClient(url)


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None
