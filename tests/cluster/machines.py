"""A Dask scheduler with worker processes, and an S3 server, on 127.0.0.1."""

import logging
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import s3fs
from distributed import Client
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
CORES = os.cpu_count() or 1


class Cluster:
    """A scheduler and its workers, each a process as on machines of their own."""

    def __init__(self, folder: Path, workers_n: int) -> None:
        self._file = folder / "scheduler.json"
        command = ["distributed.cli.dask_scheduler", "--scheduler-file", str(self._file),
                   "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]  # fmt: skip
        self._processes = [_start(folder, command)]
        self.workers = [self._worker(folder, number) for number in range(workers_n)]
        with self.client() as client:
            client.wait_for_workers(workers_n, timeout=180)
            self.address = client.scheduler.address

    def _worker(self, folder, number):
        command = ["distributed.cli.dask_worker", "--scheduler-file", str(self._file),
                   "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                   "--name", f"worker-{number}", "--local-directory", str(folder)]  # fmt: skip
        started = _start(folder, command)
        os.sched_setaffinity(started.pid, {number % CORES})  # as on machines of one core each
        self._processes.append(started)
        return started

    def client(self):
        until = time.monotonic() + 180
        while not self._file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        return Client(scheduler_file=str(self._file), timeout=180)

    def end(self):
        for one in reversed(self._processes):
            one.kill()
            one.wait()


def _start(folder, command):
    log = (folder / f"{command[0]}-{len(list(folder.iterdir()))}.log").open("wb")
    with log:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
        )


@contextmanager
def s3_bucket() -> Iterator[str]:
    """The address of an empty bucket; the environment holds its server and keys meanwhile."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patched.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        bucket = f"lake-{uuid.uuid4().hex}"  # servers of one process share what they hold
        s3fs.S3FileSystem().mkdir(bucket)
        yield f"s3://{bucket}/county"
    server.stop()
