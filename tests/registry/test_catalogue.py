"""The catalogue is a cache: whatever happens to it, it comes back from the store, and says so."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from registry import Registry
from zoo.errors import StoreError
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture
def filled(zoo_home: Path, lstm: Lstm) -> Path:
    """A zoo with three models; the path of its catalogue."""
    with Registry() as registry:
        for seed in range(3):
            registry.add(lstm(seed, name=f"model {seed}"))
    return zoo_home / "catalogue.sqlite"


def listed(remarks: list[str]) -> list[str]:
    with Registry(remark=remarks.append) as registry:
        return [manifest.name for manifest in registry.list()]


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"junk" * 1000),
        lambda path: overwrite(path, 0, b"\0" * 100),
        lambda path: overwrite(path, 4096, b"\xa5" * 20_000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 99"),
        lambda path: sqlite3.connect(path).execute("DROP TABLE names"),
    ],
    ids=["junk", "header", "pages", "truncated", "other version", "table gone"],
)
def test_a_damaged_catalogue_is_rebuilt_and_says_so(filled: Path, damage: Callable[[Path], object]) -> None:
    damage(filled)
    remarks: list[str] = []
    with Registry(remark=remarks.append) as registry:
        assert [manifest.name for manifest in registry.list()] == ["model 0", "model 1", "model 2"]
        assert registry.find("model 1").name == "model 1"
    assert any("rebuilt from the store" in remark for remark in remarks)
    quiet: list[str] = []
    assert len(listed(quiet)) == 3
    assert quiet == []


def test_a_deleted_catalogue_is_made_again_without_a_word(filled: Path) -> None:
    filled.unlink()
    remarks: list[str] = []
    assert listed(remarks) == ["model 0", "model 1", "model 2"]
    assert remarks == []


def test_rebuilding_on_request_changes_nothing(filled: Path) -> None:
    with Registry() as registry:
        before = registry.list()
        registry.rebuild()
        assert registry.list() == before


def test_a_model_whose_folder_came_or_went_is_noticed(filled: Path, tmp_path: Path, lstm: Lstm) -> None:
    folder = filled.parent / "models" / lstm(1).digest
    shutil.move(folder, tmp_path)
    assert listed([]) == ["model 0", "model 2"]
    shutil.move(tmp_path / folder.name, folder)
    assert listed([]) == ["model 0", "model 1", "model 2"]


def test_a_model_with_a_damaged_manifest_is_left_out_with_a_remark(filled: Path, lstm: Lstm) -> None:
    (filled.parent / "models" / lstm(1).digest / "zoo.json").write_text("{}")
    for _ in range(2):  # remembered, and said each time
        remarks: list[str] = []
        assert listed(remarks) == ["model 0", "model 2"]
        assert len(remarks) == 1
        assert lstm(1).digest[:12] in remarks[0]


def test_the_manifest_of_another_model_counts_as_damage(filled: Path, lstm: Lstm) -> None:
    models = filled.parent / "models"
    shutil.copy(models / lstm(0).digest / "zoo.json", models / lstm(1).digest / "zoo.json")
    remarks: list[str] = []
    assert listed(remarks) == ["model 0", "model 2"]
    assert "of another model" in remarks[0]


def test_a_zoo_that_cannot_be_written_can_still_be_listed(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise StoreError("the zoo cannot be written")

    monkeypatch.setattr("registry.store.Store.lock", denied)
    remarks: list[str] = []
    assert listed(remarks) == ["model 0", "model 1", "model 2"]
    assert "kept in memory" in remarks[0]


def test_a_home_that_cannot_be_made_is_an_empty_zoo(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remarks: list[str] = []
    with Registry(tmp_path / "file" / "zoo", remark=remarks.append) as registry:
        assert registry.list() == []
    assert "Not a directory" in remarks[0]


def test_one_registry_sees_what_another_does(zoo_home: Path, lstm: Lstm) -> None:
    with Registry() as one, Registry() as two:
        one.add(lstm(name="A"))
        assert two.find("A").id == lstm().digest
        two.remove(["A"])
        assert one.list() == []
