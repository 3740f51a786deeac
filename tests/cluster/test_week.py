"""A week run on four workers with its lake in S3 is the week run on one machine."""

import hashlib
import itertools
import os
import threading
import time

import pytest
import s3fs

from flows.sources.sample import simulate
from tests.faults import processes
from tests.faults.left import differing, digests, left
from tests.faults.steps import ENVIRONMENT, WEEK, WEEKS
from tests.files import comment, dump
from warehouse import object_store
from warehouse.home import Home
from warehouse.weeks import Week

pytestmark = pytest.mark.timeout(900)

FILES_N, POSTS_N = 8, 200
EPOCH_DAY = 719_163


def write_posts(folder):
    """Files of posts, each a partition of its own."""
    first = (Week.back(WEEK, 1).start.toordinal() - EPOCH_DAY) * 86_400
    texts = [p.text for p in itertools.islice(simulate(WEEK, WEEKS), FILES_N * POSTS_N)]
    folder.mkdir()
    for number in range(FILES_N):
        own = range(number * POSTS_N, (number + 1) * POSTS_N)
        rows = [comment(n, body=texts[n], created_utc=first + n * 750) for n in own]
        dump(folder / f"{number}.ndjson.zst", rows)
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The data folder of one machine's run."""
    home = write_posts(tmp_path_factory.mktemp("one") / "alone") / "data"
    assert processes.run(home, ["run"]) == ""
    return home


def on_many(tmp_path, alone, **settings):
    """The data folder of a run of these settings, with the keys of the store among them."""
    folder = write_posts(tmp_path / "many")
    to_store = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    lines = "".join(f"{name}={value}\n" for name, value in (settings | to_store).items())
    (folder / ENVIRONMENT).write_text(lines, encoding="utf-8")
    keys = folder / "data" / "keys"
    keys.mkdir(parents=True)
    for file in (alone / "keys").iterdir():
        (keys / file.name).write_bytes(file.read_bytes())
    return folder / "data"


def objects(address):
    store, root = s3fs.S3FileSystem(), address.removeprefix("s3://")
    return {
        name.removeprefix(f"{root}/"): hashlib.sha256(store.cat_file(name)).hexdigest()
        for name in store.find(root)
        if not name.endswith(f"/{object_store.OWNER}")
    }


def held(home):
    found = digests(home / "lake")
    return {name: digest for name, digest in found.items() if "/." not in f"/{name}"}


def test_a_week_on_four_workers_with_its_lake_in_s3_is_that_of_one_machine(
    cluster, s3, alone, tmp_path
):
    home = on_many(tmp_path, alone, GRAPEVINE_RUNNER="dask", GRAPEVINE_DASK=cluster.address,
                   GRAPEVINE_LAKE=s3)  # fmt: skip

    assert processes.run(home, ["run"]) == ""

    assert held(home) == held(alone) == objects(s3)
    assert differing(left(home) | {"lake": {}}, left(alone) | {"lake": {}}) == ""


def test_a_worker_killed_in_the_middle_costs_time_and_nothing_else(cluster, alone, tmp_path):
    home = on_many(tmp_path, alone, GRAPEVINE_RUNNER="dask", GRAPEVINE_DASK=cluster.address)
    running = processes.Running(home, ["run"])
    killed = threading.Event()

    with cluster.client() as client:
        until = time.monotonic() + 300
        while time.monotonic() < until and not killed.is_set():
            if any(client.processing().values()):
                busy = next(name for name, keys in client.processing().items() if keys)
                pid = client.scheduler_info(n_workers=-1)["workers"][busy]["name"]
                cluster.workers[int(str(pid).rpartition("-")[2])].kill()
                killed.set()
            time.sleep(0.01)

    assert killed.is_set()
    assert running.end() == ""
    assert differing(left(home), left(alone)) == ""


def test_a_new_machine_takes_the_lake_from_s3_and_counts_the_same(s3, alone, tmp_path):
    store = Home(alone)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(object_store.ADDRESS, s3)
        object_store.send(store)
        new = Home(tmp_path / "new")
        fetched = object_store.fetch(new)

    assert fetched.fetched_n == len(held(alone))
    assert held(new.root) == held(alone)


def test_a_cluster_that_is_not_there_is_one_plain_line(tmp_path, alone):
    home = on_many(tmp_path, alone, GRAPEVINE_RUNNER="dask", GRAPEVINE_DASK="tcp://127.0.0.1:1")

    assert "does not answer" in processes.run(home, ["run"])
