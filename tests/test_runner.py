"""Work is spread over a cluster or done here, in order, and what is wrong is said plainly."""

import builtins
import sys

import pytest

from flows.runner import ADDRESS, RUNNER, checked, spread
from flows.versions import made_by
from warehouse.errors import GrapevineError


def double(number):
    return 2 * number


@pytest.mark.parametrize("runner", ["", "local"])
def test_without_a_cluster_the_work_is_done_here_and_one_at_a_time(monkeypatch, runner):
    monkeypatch.setenv(RUNNER, runner)
    begun = []

    made = spread(double, (begun.append(n) or n for n in range(5)))

    assert next(made) == 0
    assert begun == [0]
    assert list(made) == [2, 4, 6, 8]


def test_an_unknown_runner_is_named(monkeypatch):
    monkeypatch.setenv(RUNNER, "spark")

    with pytest.raises(GrapevineError, match="Set it to local or dask"):
        spread(double, [])


def test_a_cluster_without_an_address_asks_for_it(monkeypatch):
    pytest.importorskip("distributed", reason="the extra part `dask` is not installed")
    monkeypatch.setenv(RUNNER, "dask")
    monkeypatch.delenv(ADDRESS, raising=False)

    with pytest.raises(GrapevineError, match="Set GRAPEVINE_DASK"):
        list(spread(double, [1]))


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "tcp://dask.example:8786", "tcp://[2001:db8::1]:1",
     "ws://10.0.0.5:8786", "ucx://10.0.0.5:8786", "tcp://127.0.0.1.example:8786", "tcp://[bad"],
)  # fmt: skip
def test_posts_are_sent_to_no_other_machine_in_the_clear(monkeypatch, address):
    monkeypatch.setenv(RUNNER, "dask")
    monkeypatch.setenv(ADDRESS, address)

    with pytest.raises(GrapevineError, match=r"in the clear.*tls://.*tunnel"):
        list(spread(double, [1]))


@pytest.mark.parametrize(
    "address",
    ["tls://10.0.0.5:8786", "tcp://127.0.0.1:8786", "127.0.0.1:8786", "tcp://localhost:1",
     "tcp://[::1]:8786"],
)  # fmt: skip
def test_a_cluster_with_certificates_or_of_this_machine_is_asked(monkeypatch, address):
    monkeypatch.setenv(RUNNER, "dask")
    monkeypatch.setenv(ADDRESS, address)
    monkeypatch.setitem(sys.modules, "distributed", None)  # nothing is connected to

    with pytest.raises(GrapevineError, match=r"grapevine\[dask\]"):
        list(spread(double, [1]))


def test_a_cluster_without_the_extra_part_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv(RUNNER, "dask")
    usual = builtins.__import__

    def absent(name, *rest, **how):
        if name == "distributed":
            raise ImportError(name)
        return usual(name, *rest, **how)

    monkeypatch.setattr(builtins, "__import__", absent)

    with pytest.raises(GrapevineError, match=r"grapevine\[dask\]"):
        list(spread(double, [1]))


def test_a_worker_that_joins_late_works_only_when_it_runs_the_same_program():
    assert checked(double, made_by(), 4) == 8

    with pytest.raises(GrapevineError, match="joined late runs another version"):
        checked(double, "another tagger", 4)
