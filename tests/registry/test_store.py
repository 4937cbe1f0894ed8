"""The store: whole models or none, and nothing in it is trusted."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import load, save

from registry import Registry
from registry.home import home_folder
from registry.plain_files import record_of
from zoo.errors import StoreError
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_model_lies_under_the_digest_of_its_sound(zoo_home: Path, lstm: Lstm) -> None:
    with Registry() as registry:
        manifest, new = registry.add(lstm())
    folder = zoo_home / "models" / lstm().digest
    assert new
    assert manifest.id == lstm().digest
    assert names(folder) == ["config.json", "model.safetensors", "zoo.json"]
    assert manifest.files == {n: record_of(folder / n) for n in ("config.json", "model.safetensors")}


def test_the_same_sound_gives_the_same_bytes_in_another_zoo(tmp_path: Path, lstm: Lstm) -> None:
    contents = []
    for home in (tmp_path / "one", tmp_path / "two"):
        with Registry(home) as registry:
            manifest, _ = registry.add(lstm(author="Ann"))
        contents.append([p.read_bytes() for p in sorted((home / "models" / manifest.id).iterdir())])
    assert contents[0] == contents[1]


def test_what_was_stored_comes_back_to_the_bit(lstm: Lstm) -> None:
    with Registry() as registry:
        manifest, _ = registry.add(lstm(3, 8, name="A"))
        assert registry.load(manifest.id) == lstm(3, 8)
        assert registry.load("A").metadata.name == "A"


def test_home_is_the_argument_then_the_variable_then_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "variable"))
    assert home_folder(tmp_path / "argument") == tmp_path / "argument"
    assert home_folder() == tmp_path / "variable"
    monkeypatch.delenv("ZOO_HOME")
    assert home_folder().name == "tonezoo"


def test_weights_that_were_swapped_are_not_loaded(lstm: Lstm) -> None:
    with Registry() as registry:
        manifest, _ = registry.add(lstm())
        weights = registry.store.folder(manifest.id) / "model.safetensors"
        tensors = load(weights.read_bytes())
        weights.write_bytes(save({**tensors, "lin.bias": tensors["lin.bias"] + 1}))
        with pytest.raises(StoreError, match="not what its id says"):
            registry.load(manifest.id)


def test_a_model_behind_a_link_is_not_loaded(tmp_path: Path, lstm: Lstm) -> None:
    with Registry() as registry:
        manifest, _ = registry.add(lstm())
        weights = registry.store.folder(manifest.id) / "model.safetensors"
        (tmp_path / "elsewhere").write_bytes(weights.read_bytes())
        weights.unlink()
        weights.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(StoreError, match="links and special files are refused"):
            registry.load(manifest.id)


def test_a_full_disk_is_a_store_error_and_leaves_no_trace(
    zoo_home: Path, lstm: Lstm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Registry() as registry:
        registry.add(lstm(1))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(StoreError, match=r"No space left on device.*free space") as refused:
                registry.add(lstm(2))
        assert refused.value.exit_code == 3
        assert names(zoo_home / "models") == [lstm(1).digest]
        assert [m.id for m in registry.list()] == [lstm(1).digest]


def test_a_folder_that_may_not_be_written_is_a_store_error(
    lstm: Lstm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with Registry() as registry:
        monkeypatch.setattr(Path, "rename", denied)
        with pytest.raises(StoreError, match=r"Permission denied.*fix permissions"):
            registry.add(lstm())
        assert registry.list() == []


def test_what_a_killed_writer_left_is_cleared_by_the_next(zoo_home: Path, lstm: Lstm) -> None:
    with Registry() as registry:
        manifest, _ = registry.add(lstm(1))
        left = zoo_home / "models" / f".{'0' * 64}.1234abcd.tmp"
        left.mkdir()
        (left / "config.json").write_text("{")
        inner = registry.store.folder(manifest.id) / ".zoo.json.1234abcd.tmp"
        inner.write_text("{")
        (zoo_home / "writing").touch()
        registry.add(lstm(2))
        assert not left.exists()
        assert not inner.exists()
        assert not (zoo_home / "writing").exists()


def test_another_process_that_never_lets_go_is_reported(lstm: Lstm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.store.LOCK_SECONDS", 0.0)
    with (
        Registry() as one,
        Registry() as two,
        one.store.lock(),
        pytest.raises(StoreError, match="another process"),
    ):
        two.add(lstm())


def test_fingerprints_lie_beside_their_model_by_key(lstm: Lstm) -> None:
    import numpy as np

    with Registry() as registry:
        manifest, _ = registry.add(lstm())
        registry.put_fingerprint(
            manifest.id, "k1", {"paired": np.arange(3.0), "wet": np.ones((2, 2), np.float32)}
        )
        kept = registry.fingerprint(manifest.id, "k1")
        assert kept is not None
        assert kept["paired"].tolist() == [0.0, 1.0, 2.0]
        assert kept["wet"].dtype == np.float32
        assert registry.fingerprint(manifest.id, "k2") is None
        assert [m.id for m, _ in registry.fingerprints("k1")] == [manifest.id]
        assert registry.without_fingerprint("k1") == []
        assert [m.id for m in registry.without_fingerprint("k2")] == [manifest.id]


@pytest.mark.parametrize("damage", [b"", b"junk", b"\xff" * 64])
def test_a_damaged_fingerprint_counts_as_missing(lstm: Lstm, damage: bytes) -> None:
    import numpy as np

    with Registry() as registry:
        manifest, _ = registry.add(lstm())
        registry.put_fingerprint(manifest.id, "k1", {"paired": np.arange(3.0)})
        (registry.store.folder(manifest.id) / "fingerprint-k1.safetensors").write_bytes(damage)
        assert registry.fingerprint(manifest.id, "k1") is None


def test_no_fingerprint_is_kept_for_a_model_that_is_gone(lstm: Lstm) -> None:
    with Registry() as registry:
        registry.add(lstm())
        registry.remove([lstm().digest])
        with pytest.raises(StoreError, match="no longer in the zoo"):
            registry.put_fingerprint(lstm().digest, "k1", {})
        assert not registry.store.folder(lstm().digest).exists()
