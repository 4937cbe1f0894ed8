"""Work on this machine and on a Ray cluster: the same calls, whatever happens to a machine."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from cluster_calls import fail, other_process, wait_for_go

from zoo.engine import processors
from zoo.errors import AudioError, ClusterError, NotInZoo, PackageMissing
from zoo.executors import LOCAL, Executor, executor


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def cluster(ray_cluster, heard) -> Iterator[Executor]:
    with executor(ray_cluster.address, heard.append) as connected:
        yield connected


def test_this_machine_works_on_the_thread_that_asks() -> None:
    with executor(None) as local:
        assert local is LOCAL
    assert LOCAL.call(os.getpid) == os.getpid()
    assert LOCAL.slots == processors()


def _begun(folder: Path, count: int) -> dict[str, int]:
    """As soon as so many calls have begun: the machine of each, and its number."""
    deadline = time.monotonic() + 60
    while len(marks := list(folder.glob("begun-*"))) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return {node: int(number) for _, number, node in (path.name.split("-") for path in marks)}


def test_a_machine_that_is_killed_loses_nothing(second_machine, cluster, heard, tmp_path) -> None:
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(cluster.call, wait_for_go, tmp_path, number) for number in range(2)]
        lost = _begun(tmp_path, 2)[second_machine.node_id]
        second_machine.kill()
        (tmp_path / f"go-{1 - lost}").touch()
        assert calls[1 - lost].result() == 1 - lost
        _begun(tmp_path, 3)  # what the dead machine had begun is begun again
        (tmp_path / f"go-{lost}").touch()
        assert calls[lost].result() == lost
    deadline = time.monotonic() + 60
    while not heard and time.monotonic() < deadline:  # Ray waits a while before it gives a machine up
        cluster.call(other_process)
    assert [sentence.split(";")[0] for sentence in heard] == ["of 2 machines of the cluster 1 are left"]


def test_the_work_is_done_elsewhere_and_stdout_stays_for_data(ray_cluster, capsys) -> None:
    with executor(ray_cluster.address) as cluster:
        assert cluster.call(other_process) != os.getpid()
        assert cluster.slots == 2
        print("what Ray says of its machines")
    print("data")
    assert capsys.readouterr().out == "data\n"


def test_models_and_failures_travel_whole(cluster, lstm) -> None:
    model = lstm(3, name="a", extra={"b": [1]})
    again = cluster.call(type(model).with_metadata, model)
    assert again == model
    assert again.metadata == model.metadata
    assert all(not array.flags.writeable for array in again.weights.values())
    with pytest.raises(AudioError, match="it is empty"):
        cluster.call(fail, "file")
    with pytest.raises(NotInZoo, match="no plexi is here"):
        cluster.call(fail, "zoo")
    with pytest.raises(ZeroDivisionError):
        cluster.call(fail, "bug")


def test_the_same_model_sounds_the_same_there(cluster, lstm) -> None:
    from zoo.engine import render

    signal = np.random.default_rng(0).uniform(-1, 1, 1000).astype(np.float32)
    assert np.array_equal(cluster.call(render, lstm(1), signal), render(lstm(1), signal))


def test_another_version_over_there_is_refused(cluster, monkeypatch) -> None:
    monkeypatch.setattr("zoo.executors.ray_cluster.own_version", lambda: "0.0.0")
    with pytest.raises(ClusterError, match="install the same"):
        cluster.call(other_process)


def test_without_ray_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(PackageMissing, match=r"tonezoo\[cluster\]"), executor("auto"):
        pass


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:1", "no Ray cluster answers at 127.0.0.1:1"),
        ("ray://127.0.0.1:1", "no Ray cluster answers at ray://127.0.0.1:1"),
        ("nonsense", "no address of a Ray cluster"),
        ("host:nonsense", "no address of a Ray cluster"),
    ],
)
def test_an_address_where_no_cluster_is_is_said_at_once(address, said) -> None:
    with pytest.raises(ClusterError, match=said), executor(address):
        pass
