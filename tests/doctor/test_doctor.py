"""`zoo doctor` says what is wrong, and only what is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from zoo import doctor, engine
from zoo.api.home import STARTER
from zoo.doctor import bela, self_test, software
from zoo.doctor.checkup import Checkup
from zoo.doctor.places import look_at_places


def of(checkups: object, name: str) -> Checkup:
    return next(checkup for checkup in checkups if checkup.name == name)  # type: ignore[attr-defined]


def test_this_machine_is_well(zoo_home: Path) -> None:
    found = list(doctor.examine())
    assert [checkup for checkup in found if checkup.state == "trouble"] == []
    models = len(list((STARTER / "models").iterdir()))
    assert of(found, "zoo").found.startswith(f"{models} models")


def test_every_instruction_set_is_put_to_the_test() -> None:
    names = [checkup.name for checkup in self_test.run_self_test()]
    assert names == [*(f"engine {path}" for path in engine.simd_paths()), "training kernels"]


def test_an_engine_that_computes_wrongly_is_in_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    right = engine.render
    monkeypatch.setattr(engine, "render", lambda *a, **k: right(*a, **k) + np.float32(1e-3))
    assert {c.state for c in self_test.run_self_test() if c.name.startswith("engine")} == {"trouble"}


def test_kernels_that_compute_wrongly_are_in_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "kernel_error", lambda: 0.3)
    kernels = of(self_test.run_self_test(), "training kernels")
    assert kernels.state == "trouble"
    assert "3.0e-01" in kernels.found


def test_a_missing_package_is_trouble_and_an_optional_one_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    there = software._version
    gone = {"librosa", "onnx"}
    monkeypatch.setattr(software, "_version", lambda name: None if name in gone else there(name))
    found = list(software.look_at_software())
    assert (of(found, "librosa").state, of(found, "onnx").state) == ("trouble", "note")
    assert "pip install" in of(found, "onnx").mend


def test_what_the_pedal_lacks_is_a_note_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    found = list(bela.look_at_tools())
    assert {checkup.state for checkup in found} == {"note"}
    assert all("install" in checkup.mend for checkup in found)


def test_a_zoo_that_cannot_be_made_is_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "file"))
    assert of(look_at_places(), "zoo").state == "trouble"


def test_a_damaged_index_is_a_note(zoo_home: Path) -> None:
    list(look_at_places())
    (zoo_home / "index.safetensors").write_bytes(b"damage")
    index = of(look_at_places(), "index")
    assert (index.state, "damaged" in index.found) == ("note", True)


def test_a_wrong_endpoint_of_the_hub_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "ftp://hub.example")
    assert of(look_at_places(), "Hub").state == "trouble"


def test_a_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_canary")
    hub = of(look_at_places(), "Hub")
    assert "logged in" in hub.found
    assert "hf_canary" not in repr(hub)
    assert json.dumps(hub.__dict__)
