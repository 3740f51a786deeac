"""What all that speak over a network share."""

import threading
import time

import pytest

from warehouse.network import ended_after, is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_goes_by_several_names(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "example.org", "localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "::"],
)
def test_any_other_host_is_not_this_machine(host):
    assert not is_loopback(host)


def test_what_takes_too_long_is_ended_while_it_goes_on():
    ended = threading.Event()

    with ended_after(0.01, ended.set):
        assert ended.wait(10)


def test_what_is_done_in_time_is_left_alone_though_it_fails():
    ended = threading.Event()

    with pytest.raises(OSError, match="reset"), ended_after(0.05, ended.set):
        raise OSError("reset")

    time.sleep(0.1)
    assert not ended.is_set()
