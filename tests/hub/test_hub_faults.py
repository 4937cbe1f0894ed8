"""Pulls that die, meet each other, or find a disk full: the zoo has the model or has it not."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hub_server import Hub
from hub_words import at, statuses

import zoo
from registry import Registry
from zoo.api import pull_from_hub
from zoo.errors import StoreError
from zoo.hub.lockfile import Lockfile, read_lockfile
from zoo.hub.pushing import Pushed

STARTER = Path(zoo.__file__).parent / "starter"
PULL = [sys.executable, "-m", "zoo.cli.main", "pull", "me/plexi", "--lock"]


def sound(home: Path) -> int:
    """How many models are in a zoo, which must verify clean and agree with its catalogue."""
    remarks: list[str] = []
    with Registry(home, remark=remarks.append) as registry:
        assert registry.verify() == ()
        assert sorted(model.id for model in registry.list()) == registry.store.ids()
        assert remarks == []
        return len(registry.list())


def killed_at(request: str, hub: Hub, registry: Registry) -> None:
    """A pull in a process of its own, which the Hub kills as it asks for this."""
    children: list[int] = []
    hub.faults = {request: [lambda: os.kill(children[0], signal.SIGKILL)]}
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(ready, 1)
        pull_from_hub(at("me/plexi"), registry=registry)
        os._exit(0)
    children.append(child)
    os.write(go, b"g")
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), request
    hub.faults = {}


def test_a_pull_that_is_killed_at_any_request_leaves_a_whole_zoo(
    hub: Hub, pushed: Pushed, tmp_path: Path, elsewhere: Registry
) -> None:
    for request in ("GET /api/models", "POST .*/paths-info", "HEAD .*/zoo.json", "GET .*/zoo.json",
                    "GET .*/config.json", "GET .*/model.safetensors"):  # fmt: skip
        killed_at(request, hub, elsewhere)
        assert sound(elsewhere.home) == 0
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]
    assert sound(elsewhere.home) == 1


def test_a_line_that_dies_is_taken_up_at_the_byte_where_it_died(
    hub: Hub, pushed: Pushed, elsewhere: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client keeps what it has in pieces of ten million bytes; here they are smaller."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 16)
    size = len(hub.repos["me/plexi"].files["model.safetensors"])
    hub.faults = {"GET .*/model.safetensors": ["cut"]}
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]
    assert hub.ranges == [f"bytes={size // 2 // 16 * 16}-"]


def test_after_a_kill_the_next_pull_fetches_only_what_was_not_whole(
    hub: Hub, pushed: Pushed, elsewhere: Registry
) -> None:
    killed_at("GET .*/model.safetensors", hub, elsewhere)
    hub.asked.clear()
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]
    bodies = [asked.rsplit("/", 1)[1] for asked in hub.asked if asked.startswith("GET /me/plexi/resolve")]
    assert bodies == ["model.safetensors"]


def test_two_processes_that_pull_the_same_model_store_it_once(
    hub: Hub, pushed: Pushed, tmp_path: Path
) -> None:
    environment = {**os.environ, "ZOO_HOME": str(tmp_path / "zoo")}
    both = [
        subprocess.Popen(PULL, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = sorted(process.communicate(timeout=120)[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert told in (["1 already there\n", "imported 1\n"], ["imported 1\n", "imported 1\n"])
    assert sound(tmp_path / "zoo") == 1 + len(list((STARTER / "models").iterdir()))
    assert len(read_lockfile(tmp_path / "zoo.lock").models) == 1


@pytest.mark.parametrize("room", [0, 500])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    hub: Hub, pushed: Pushed, elsewhere: Registry, room: int
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(StoreError):
            pull_from_hub(at("me/plexi"), registry=elsewhere)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sound(elsewhere.home) == 0
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]


def test_a_cache_that_cannot_be_written_is_said(
    hub: Hub, pushed: Pushed, elsewhere: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "file" / "hub"))
    with pytest.raises(StoreError, match=r"the Hub's cache cannot be written.*set HF_HOME"):
        pull_from_hub(at("me/plexi"), registry=elsewhere)
    assert sound(elsewhere.home) == 0


def test_a_cache_that_may_only_be_read_is_enough_for_what_it_holds(
    hub: Hub, pushed: Pushed, elsewhere: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull_from_hub(at("me/plexi"), registry=elsewhere)
    written: list[object] = []
    make: Callable[..., None] = Path.mkdir

    def refuse(path: Path, *arguments: object, **more: object) -> None:
        if "/hub/" in str(path):
            written.append(path)
            raise PermissionError(13, "Permission denied", str(path))
        make(path, *arguments, **more)

    with Registry(tmp_path / "third") as third:
        monkeypatch.setattr(Path, "mkdir", refuse)
        assert statuses(pull_from_hub(at("me/plexi"), registry=third, offline=True)) == ["imported"]
    assert written == []


def test_the_lockfile_is_written_for_what_came_in_before_a_failure(
    hub: Hub, pushed: Pushed, elsewhere: Registry, tmp_path: Path
) -> None:
    lock = tmp_path / "zoo.lock"
    verdicts = pull_from_hub(at("me/plexi", "me/none"), registry=elsewhere, lock=lock)
    assert statuses(verdicts) == ["imported", "refused"]
    assert [model.repo for model in read_lockfile(lock).models] == ["me/plexi"]
    assert Lockfile() == Lockfile().with_models([])
