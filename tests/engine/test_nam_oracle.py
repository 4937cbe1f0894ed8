"""The ``nam`` package (PyPI: neural-amp-modeler) as a third-party oracle for NAM's WaveNets and LSTMs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from zoo import engine
from zoo.formats import read_model
from zoo.snapshot import Snapshot

from_nam = pytest.importorskip(
    "nam.models._from_nam", reason="neural-amp-modeler is not installed; pip install -e '.[test]'"
)

FILES = [
    "boss-six-architectures/BossLSTM-1x16.nam",
    "boss-six-architectures/BossLSTM-2x8.nam",
    "boss-six-architectures/BossWN-nano.nam",
    "boss-six-architectures/BossWN-feather.nam",
    "boss-six-architectures/BossWN-standard.nam",
    "nam/Peter N HM-2_SWEDE_Lite_ESR-0.0057.nam",
]


def oracle_output(model: dict[str, Any], dry: np.ndarray) -> np.ndarray:
    """What the oracle puts out. A1's older notation of a head is translated into the one that it reads."""
    if model["architecture"] == "WaveNet":
        for array in model["config"]["layers"]:
            if "head" not in array:
                size, bias = array.pop("head_size"), array.pop("head_bias")
                array["head"] = {"out_channels": size, "kernel_size": 1, "bias": bias}
                assert not array.pop("gated")
    net = from_nam.init_from_nam(model).eval()
    with torch.inference_mode():
        return net(torch.from_numpy(dry), pad_start=True).numpy()


@pytest.fixture(scope="module")
def dry(data: Path) -> np.ndarray:
    return soundfile.read(data / "di/mayer_guitar.wav", dtype="float32")[0][48_000:52_000]


def assert_agrees(snapshot: Snapshot, dry: np.ndarray, truth: np.ndarray, tolerance: float) -> None:
    """Within ``tolerance`` of the peak on every instruction set."""
    for simd in engine.simd_paths():
        wet = engine.render(snapshot, dry, simd=simd)
        assert np.abs(wet - truth).max() <= tolerance * np.abs(truth).max(), simd


@pytest.mark.parametrize("file", FILES)
def test_the_engine_agrees_with_nam(data: Path, dry: np.ndarray, file: str) -> None:
    path = data / "models" / file
    truth = oracle_output(json.loads(path.read_text()), dry)
    assert_agrees(read_model(path), dry, truth, 3e-5)


@pytest.mark.parametrize("index", [0, 1])
def test_both_sizes_of_a2_agree_with_nam(data: Path, dry: np.ndarray, index: int) -> None:
    path = data / "models/boss-six-architectures/BossWN-a2.nam"
    submodel = json.loads(path.read_text())["config"]["submodels"][index]
    truth = oracle_output(submodel["model"], dry)
    assert_agrees(read_model(path).at_size(submodel["max_value"]), dry, truth, 3e-6)
