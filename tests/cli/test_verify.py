"""``zoo verify``: exit code 1 and a row for each thing that is damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry import Registry
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]
Zoo = Callable[..., Any]


@pytest.fixture
def folder(lstm: Lstm, monkeypatch: pytest.MonkeyPatch, zoo_home: Path) -> Path:
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))
    with Registry() as registry:
        for seed in range(2):
            registry.add(lstm(seed, name=f"model {seed}"))
    return zoo_home / "models" / lstm(1).digest


def test_a_sound_zoo_is_exit_code_0(run_zoo: Zoo, folder: Path) -> None:
    assert run_zoo("verify") == (0, "", "2 models, all sound\n")


def test_an_empty_zoo_is_sound(run_zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))
    assert run_zoo("verify") == (0, "", "0 models, all sound\n")


def test_damage_is_exit_code_1_a_row_and_advice(run_zoo: Zoo, folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"")
    code, out, err = run_zoo("verify")
    assert code == 1
    header, row = out.splitlines()
    assert header == "id\tname\tdamage"
    assert row.startswith(f"{folder.name[:12]}\tmodel 1\tmodel.safetensors has 0 bytes; ")
    assert f"`zoo remove {folder.name[:12]}` and import it again" in err


def test_json_tells_the_same(run_zoo: Zoo, folder: Path) -> None:
    (folder / "config.json").unlink()
    outcome = run_zoo("verify", "--json")
    assert outcome.code == 1
    report = json.loads(outcome.out)
    assert report["models"] == 2
    assert [(entry["id"], entry["name"]) for entry in report["damage"]] == [(folder.name, "model 1")]
