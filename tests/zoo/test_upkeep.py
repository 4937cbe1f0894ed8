"""Fingerprints and the index follow the models: computed once, dropped with them, made again when damaged."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from recommender.encoder import network
from recommender.index import id_of
from recommender.space import space
from recommender.vectors import place
from registry import Registry
from zoo.errors import EngineMissing, SnapshotError, StoreError
from zoo.snapshot import Snapshot
from zoo.upkeep import open_index, update_fingerprints

Lstm = Callable[..., Snapshot]
RAW = {kind: space(kind).mean.size for kind in ("paired", "wet")}  # type: ignore[arg-type]
RAW["heard"] = network().size


@pytest.fixture
def remarks() -> list[str]:
    return []


@pytest.fixture
def registry(lstm: Lstm, remarks: list[str]) -> Iterator[Registry]:
    with Registry(remark=remarks.append) as registry:
        for seed in range(3):
            registry.add(lstm(seed, name=f"model {seed}"))
        yield registry


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Puts another ear in place of the real one; the digests that it hears."""

    def use(ear: Callable[[Snapshot], dict[str, Any]]) -> list[str]:
        heard: list[str] = []
        module = importlib.import_module("recommender.fingerprint")
        monkeypatch.setattr(module, "fingerprint", lambda s: heard.append(s.digest) or ear(s))
        return heard

    return use


def imaginary(snapshot: Snapshot) -> dict[str, Any]:
    rng = np.random.default_rng(int(snapshot.digest[:8], 16))
    return {kind: rng.normal(size=(2, size)).astype(np.float32) for kind, size in RAW.items()}


def test_each_model_is_heard_once(registry: Registry, listen: Any) -> None:
    heard = listen(imaginary)
    progress: list[tuple[str, int, int]] = []
    update_fingerprints(registry, progress=lambda *step: progress.append(step))
    update_fingerprints(registry)
    assert sorted(heard) == sorted(model.id for model in registry.list())
    assert progress == [("listening", 1, 3), ("listening", 2, 3), ("listening", 3, 3)]


def test_the_index_follows_models_that_come_and_go(registry: Registry, listen: Any, lstm: Lstm) -> None:
    listen(imaginary)
    update_fingerprints(registry)
    assert set(open_index(registry).ids) == {id_of(lstm(seed).digest) for seed in range(3)}
    registry.remove(["model 1"])
    registry.add(lstm(7))
    update_fingerprints(registry)
    assert set(open_index(registry).ids) == {id_of(lstm(seed).digest) for seed in (0, 2, 7)}


def test_a_model_is_its_own_nearest_neighbour(registry: Registry, listen: Any, lstm: Lstm) -> None:
    listen(imaginary)
    update_fingerprints(registry)
    query = place("wet", imaginary(lstm(2)))
    assert open_index(registry).search("wet", query, 1)[0][0] == id_of(lstm(2).digest)


@pytest.mark.parametrize("damage", [b"", b"junk" * 100])
def test_a_damaged_index_is_made_again_and_says_so(
    registry: Registry, listen: Any, remarks: list[str], damage: bytes
) -> None:
    listen(imaginary)
    update_fingerprints(registry)
    before = open_index(registry)
    (registry.home / "index.safetensors").write_bytes(damage)
    after = open_index(registry)
    assert "made again" in remarks[0]
    assert after.ids.tolist() == before.ids.tolist()
    assert np.array_equal(after.vectors("paired"), before.vectors("paired"))


def test_a_model_that_cannot_be_heard_is_left_out_with_a_remark(
    registry: Registry, listen: Any, lstm: Lstm, remarks: list[str]
) -> None:
    def half_deaf(snapshot: Snapshot) -> dict[str, Any]:
        if snapshot == lstm(1):
            raise SnapshotError("its output is not finite")
        return imaginary(snapshot)

    listen(half_deaf)
    update_fingerprints(registry)
    assert len(open_index(registry)) == 2
    assert len(remarks) == 1
    assert "model 1" in remarks[0]


def test_a_fingerprint_of_another_shape_is_left_out_with_a_remark(
    registry: Registry, listen: Any, remarks: list[str]
) -> None:
    listen(lambda _: {"paired": np.zeros((2, 3)), "wet": np.zeros((2, 3))})
    update_fingerprints(registry)
    assert len(open_index(registry)) == 0
    assert all("not of the expected shape" in remark for remark in remarks)


def test_without_an_engine_nothing_can_be_heard_at_all(registry: Registry, listen: Any) -> None:
    def no_engine(_: Snapshot) -> dict[str, Any]:
        raise EngineMissing("the native engine is not installed")

    listen(no_engine)
    with pytest.raises(EngineMissing):
        update_fingerprints(registry)


def test_a_full_disk_ends_it_and_keeps_what_was_heard(
    registry: Registry, listen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(imaginary)
    real, calls = registry.put_fingerprint, []

    def once(*arguments: Any) -> None:
        if calls:
            raise StoreError("the disk is full")
        calls.append(arguments)
        real(*arguments)

    monkeypatch.setattr(registry, "put_fingerprint", once)
    with pytest.raises(StoreError):
        update_fingerprints(registry)
    assert len(open_index(registry)) == 1


def test_a_model_removed_meanwhile_is_no_error(registry: Registry, listen: Any, remarks: list[str]) -> None:
    def remove_and_listen(snapshot: Snapshot) -> dict[str, Any]:
        with Registry(registry.home) as other:
            if other.get(snapshot.digest) is not None:
                other.remove([snapshot.digest])
        return imaginary(snapshot)

    listen(remove_and_listen)
    update_fingerprints(registry)
    assert registry.list() == []
    assert len(open_index(registry)) == 0
    assert remarks == []
