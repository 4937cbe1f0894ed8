"""The starter zoo: copied once, checked, and never forced on a person who removed it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from registry import Registry
from registry.starter import install_starter
from zoo.api import open_registry
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture
def starter(tmp_path: Path, lstm: Lstm) -> Path:
    """Two models in the store's own layout, with fingerprints."""
    with Registry(tmp_path / "making") as registry:
        for seed in (1, 2):
            manifest, _ = registry.add(lstm(seed, name=f"starter {seed}"))
            registry.put_fingerprint(manifest.id, "k1", {"paired": np.full(2, seed)})
    shutil.copytree(tmp_path / "making" / "models", tmp_path / "starter" / "models")
    return tmp_path / "starter"


def test_the_starter_comes_with_its_fingerprints(starter: Path, lstm: Lstm) -> None:
    with Registry() as registry:
        assert install_starter(registry, starter) == 2
        assert [manifest.name for manifest in registry.list()] == ["starter 1", "starter 2"]
        assert registry.without_fingerprint("k1") == []
        assert registry.load("starter 2") == lstm(2)
        assert registry.verify() == ()
        assert install_starter(registry, starter) == 0


def test_a_removed_model_stays_away_until_another_starter_comes(starter: Path) -> None:
    with Registry() as registry:
        install_starter(registry, starter)
        registry.remove(["starter 1"])
        assert install_starter(registry, starter) == 0
        assert [manifest.name for manifest in registry.list()] == ["starter 2"]
        manifest = next(starter.glob("models/*/zoo.json"))
        manifest.write_text(manifest.read_text() + "\n")
        install_starter(registry, starter)
        assert len(registry.list()) == 2


def test_new_fingerprints_come_to_models_that_are_there(starter: Path, lstm: Lstm) -> None:
    with Registry() as registry:
        registry.add(lstm(1, name="mine"))
        install_starter(registry, starter)
        assert registry.find("mine").id == lstm(1).digest
        assert registry.fingerprint(lstm(1).digest, "k1") is not None


def test_an_empty_starter_is_nothing(tmp_path: Path) -> None:
    with Registry() as registry:
        assert install_starter(registry, tmp_path / "none") == 0
        assert not (registry.home / "starter.json").exists()


def test_a_damaged_starter_is_not_installed_and_says_so(starter: Path) -> None:
    weights = next(starter.glob("models/*/model.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"\xff")
    remarks: list[str] = []
    with Registry(remark=remarks.append) as registry:
        assert install_starter(registry, starter) == 0
        assert registry.verify() == ()
    assert "the starter zoo is not installed" in remarks[0]


def test_the_first_use_of_a_zoo_installs_the_starter(starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.api.home.STARTER", starter)
    with open_registry() as registry:
        assert len(registry.list()) == 2
