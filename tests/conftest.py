"""Fixtures for all tests: where real captures and models lie, and a zoo of the test's own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import odd_models
import pytest
from loopback import Loopback, serving

from zoo.architecture import Recurrent
from zoo.snapshot import Metadata, Snapshot

if TYPE_CHECKING:
    from hub_server import Hub

ROOT = Path(__file__).resolve().parent.parent
RAY_NODE = {"num_cpus": 1, "object_store_memory": 80 << 20}


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real captures and models; the test skips where it is missing."""
    folder = Path(os.environ.get("TONEZOO_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real captures and models are not at {folder}; set TONEZOO_DATA")
    return folder


@pytest.fixture(scope="session")
def lstm() -> Callable[..., Snapshot]:
    """Makes small LSTM snapshots from a seed, a hidden size and metadata; one seed, one sound."""

    def make(seed: int = 0, hidden: int = 4, **metadata: Any) -> Snapshot:
        architecture = Recurrent("LSTM", hidden)
        rng = np.random.default_rng(seed)
        shapes = architecture.required_shapes()
        weights = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
        return Snapshot(architecture, weights, 44_100, metadata=Metadata(**metadata))

    return make


@pytest.fixture
def oscillator() -> Snapshot:
    """A model that never falls silent again."""
    return odd_models.oscillator()


@pytest.fixture
def leaning() -> Snapshot:
    """A model that puts out DC."""
    return odd_models.leaning()


@pytest.fixture
def mirror(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A server on this machine that has what is at hand of the public collections; `zoo pull` asks it."""
    from registry.collections import collections

    paths = [path for path in (data / "models").rglob("*") if path.suffix in (".json", ".nam")]
    at_hand = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in paths}
    with serving({}) as server:
        for entry in collections():
            root = "/" + entry.url.split("/", 3)[3]
            there = (file for file in entry.files if file.sha256 in at_hand)
            server.files.update({root + file.path: at_hand[file.sha256].read_bytes() for file in there})
        monkeypatch.setenv("TONEZOO_MIRROR", server.url)
        yield server


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A strict Hub on this machine, and the real client pointed at it, with a cache and token of its own.

    At the end nothing may have been asked that no sound client asks.
    """
    from hub_client import point_client_at
    from hub_server import serving_hub

    with serving_hub() as server:
        point_client_at(server.url, tmp_path_factory.mktemp("hf"), monkeypatch)
        yield server
    assert server.complaints == []


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[Any]:
    """The first machine of a Ray cluster, with one processor; a test adds others, and may kill them."""
    from ray.cluster_utils import Cluster

    calls = str(ROOT / "tests" / "executors")  # what the tests ask for must be there on all machines
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_worker_niceness", "0")  # else all that this machine does comes first
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (calls, os.environ.get("PYTHONPATH")))))
        head = {**RAY_NODE, "include_dashboard": False, "_system_config": {"health_check_period_ms": 500}}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        yield cluster
        cluster.shutdown()


class Machine(NamedTuple):
    """A machine of a cluster that can be killed."""

    node_id: str
    kill: Callable[[], None]


@pytest.fixture
def second_machine(ray_cluster: Any) -> Iterator[Machine]:
    """One more machine in the cluster, with one processor."""
    node = ray_cluster.add_node(**RAY_NODE)
    ray_cluster.wait_for_nodes()

    def kill() -> None:
        if node in ray_cluster.worker_nodes:
            ray_cluster.remove_node(node, allow_graceful=False)

    yield Machine(node.node_id, kill)
    kill()


@pytest.fixture(autouse=True)
def zoo_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh, empty zoo for every test: nothing reads or writes the user's own."""
    home = tmp_path_factory.mktemp("zoo-home")
    monkeypatch.setenv("ZOO_HOME", str(home))
    monkeypatch.setenv("TONEZOO_CONFIG", str(home.parent / f"{home.name}-config.json"))
    return home


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A run of everything is dealt to the processors, four at most; what is chosen runs in this process."""
    chosen = config.args_source is not pytest.Config.ArgsSource.TESTPATHS or config.option.keyword
    measured = config.option.markexpr != "not benchmark"
    return 0 if chosen or measured else min(4, os.cpu_count() or 1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With TONEZOO_FAIL_ON_SKIP set, a skipped test fails the run: CI has all that the tests need."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("TONEZOO_FAIL_ON_SKIP") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("a test was skipped, and TONEZOO_FAIL_ON_SKIP is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
