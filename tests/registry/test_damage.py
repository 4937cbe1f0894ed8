"""Verifying: every kind of damage has its sentence, and a sound zoo has none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from registry import Facts, Registry
from registry.verify import Damage
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture
def registry(lstm: Lstm) -> Iterator[Registry]:
    with Registry(remark=lambda _: None) as registry:
        for seed in range(3):
            registry.add(lstm(seed, name=f"model {seed}"))
        yield registry


@pytest.fixture
def folder(registry: Registry, lstm: Lstm) -> Path:
    return registry.store.folder(lstm(1).digest)


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def test_a_sound_zoo_has_no_damage_and_progress_counts_every_model(registry: Registry) -> None:
    heard: list[tuple[int, int]] = []
    assert registry.verify(progress=lambda done, total: heard.append((done, total))) == ()
    assert heard == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda f: flip_a_bit(f / "model.safetensors"), "model.safetensors was changed"),
        (lambda f: (f / "model.safetensors").write_bytes(b""), "has 0 bytes"),
        (lambda f: (f / "config.json").unlink(), "cannot be read (No such file"),
        (lambda f: link(f / "config.json"), "is not a plain file"),
        (lambda f: (f / "extra.bin").write_bytes(b"x"), "the manifest does not list it"),
        (lambda f: (f / "zoo.json").write_text("{}"), "the manifest is damaged"),
        (lambda f: (f / "zoo.json").write_bytes(b" " * 2_000_000), "at most 1048576 are expected"),
        (lambda f: (f / "zoo.json").unlink(), "cannot be read"),
        (lambda f: os.mkfifo(f / "pipe"), "the manifest does not list it"),
    ],
)
def test_damage_is_found_and_named(
    registry: Registry, folder: Path, damage: Callable[[Path], object], reason: str
) -> None:
    damage(folder)
    found = registry.verify()
    assert {entry.id for entry in found} == {folder.name}
    assert any(reason in entry.reason for entry in found)


def rewrite(folder: Path, **fields: Any) -> None:
    path = folder / "zoo.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_manifest_that_points_outside_is_refused(registry: Registry, folder: Path) -> None:
    rewrite(folder, files={"../../../etc/passwd": {"sha256": "0" * 64, "bytes": 1}})
    assert "not a plain path inside" in registry.verify()[0].reason


def test_a_file_behind_a_linked_folder_is_refused(registry: Registry, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model.nam").write_bytes(b"")
    (folder / "exports").symlink_to(tmp_path)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    rewrite(folder, files={"exports/model.nam": {"sha256": empty, "bytes": 0}})
    assert any("lies behind a link" in entry.reason for entry in registry.verify())


def test_a_model_whose_folder_is_a_link_is_refused(registry: Registry, folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert registry.verify() == (Damage(folder.name, f"{folder}: is not a folder; links are refused"),)
    registry.remove([folder.name])
    assert (tmp_path / "elsewhere" / "zoo.json").exists()
    assert registry.verify() == ()


def test_what_is_no_model_does_not_belong_in_the_store(registry: Registry, folder: Path) -> None:
    (folder.parent / "notes.txt").write_text("")
    (folder.parent / ".DS_Store").write_text("")
    assert [entry.id for entry in registry.verify()] == ["notes.txt"]


def test_weights_with_a_matching_manifest_are_still_not_another_model(
    registry: Registry, folder: Path, lstm: Lstm
) -> None:
    other = registry.store.folder(lstm(2).digest)
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_bytes((other / name).read_bytes())
    rewrite(folder, files=json.loads((other / "zoo.json").read_text())["files"])
    assert "not what its id says" in registry.verify()[0].reason


def test_parents_in_a_circle_are_damage_to_each_in_it(lstm: Lstm) -> None:
    ids = [lstm(seed).digest for seed in range(3)]
    with Registry() as registry:
        registry.add(lstm(0), facts=Facts(parent=ids[1]))
        registry.add(lstm(1), facts=Facts(parent=ids[0]))
        registry.add(lstm(2), facts=Facts(parent=ids[0]))
        found = registry.verify()
    assert {entry.id for entry in found} == set(ids[:2])
    assert "parents go in a circle" in found[0].reason


def test_a_damaged_model_can_be_removed_and_imported_again(
    registry: Registry, folder: Path, lstm: Lstm
) -> None:
    (folder / "zoo.json").write_text("{}")
    with Registry(remark=lambda _: None) as later:
        assert later.remove([folder.name[:12]]) == ((folder.name, None),)
    assert registry.add(lstm(1))[1]
    assert registry.verify() == ()


def test_importing_over_a_damaged_model_repairs_it(registry: Registry, folder: Path, lstm: Lstm) -> None:
    flip_a_bit(folder / "model.safetensors")
    assert registry.add(lstm(1))[1]
    assert registry.verify() == ()
