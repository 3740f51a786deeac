"""Four machines and a store, made of processes of this one."""

import pytest

from tests.cluster.machines import Cluster, s3_bucket


@pytest.fixture
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"), workers_n=4)
    yield made
    made.end()


@pytest.fixture
def s3():
    with s3_bucket() as address:
        yield address
