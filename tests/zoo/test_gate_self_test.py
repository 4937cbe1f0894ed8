"""The test vector in an AIDA-X file: PyTorch, which trains such files, says what must come out."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from registry import Registry
from registry.importing import import_files
from zoo.exporting import export_model
from zoo.formats import read_model
from zoo.gate import Gate
from zoo.gate.self_test import pass_self_test

SAMPLES = 2048


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    module = importlib.import_module("recommender.fingerprint")  # the recommender's business, and slow
    monkeypatch.setattr(module, "fingerprint", lambda *_, **__: {})
    with Registry() as registry:
        yield Gate(registry)


def trained(cell: str = "LSTM", knobs: int = 0, gain_db: float = 0.0) -> dict[str, Any]:
    """A file as AIDA-X's trainer writes it, with a vector played by PyTorch, knobs at 0, gains included."""
    torch.manual_seed(1)
    recurrent = getattr(torch.nn, cell)(1 + knobs, 6, batch_first=True)
    dense = torch.nn.Linear(6, 1)
    dry = 0.5 * np.sin(np.arange(SAMPLES) ** 1.5 / 200)
    gain = 10 ** (gain_db / 20)
    with torch.no_grad():
        x = torch.zeros(1, SAMPLES, 1 + knobs)
        x[0, :, 0] = torch.from_numpy(gain * dry)
        wet = gain * (dense(recurrent(x)[0])[0, :, 0] + x[0, :, 0]).numpy()
    kernel, inner, bias, other = (w.detach().numpy() for w in recurrent.parameters())
    if cell == "GRU":  # r, z, n in PyTorch; z, r, h in Keras
        swap = np.r_[6:12, 0:6, 12:18]
        biases = np.stack([bias[swap], other[swap]])
        kernel, inner = kernel[swap], inner[swap]
    else:
        biases = bias + other
    shape = [None, None, 6]
    return {
        "in_shape": [None, None, 1 + knobs],
        "in_skip": 1,
        "in_gain": gain_db,
        "out_gain": gain_db,
        "metadata": {"samplerate": "48000"},
        "layers": [
            {"type": cell.lower(), "activation": "", "shape": shape,
             "weights": [kernel.T.tolist(), inner.T.tolist(), biases.tolist()]},
            {"type": "dense", "activation": "", "shape": [None, None, 1],
             "weights": [dense.weight.detach().T.tolist(), dense.bias.detach().tolist()]},
        ],
        "input_batch": dry.tolist(),
        "output_batch": wet.tolist(),
    }  # fmt: skip


def imported(gate: Gate, folder: Path, document: dict[str, Any]) -> Any:
    (folder / "amp.json").write_text(json.dumps(document))
    [verdict] = import_files(gate.registry, [folder / "amp.json"], gate=gate)
    return verdict


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("knobs", [0, 1])
@pytest.mark.parametrize("gain_db", [0.0, 4.5])
def test_what_pytorch_played_is_what_we_play(gate: Gate, tmp_path: Path, cell, knobs, gain_db) -> None:
    verdict = imported(gate, tmp_path, trained(cell, knobs, gain_db))
    assert verdict.status == "imported", verdict.reason
    assert not any("test vector" in sentence for sentence in verdict.findings)


def test_gains_that_were_set_by_hand_afterwards_are_no_damage(gate: Gate, tmp_path: Path) -> None:
    assert imported(gate, tmp_path, {**trained(), "in_gain": 6.0, "out_gain": -3.0}).status == "imported"


def _nudged(document: dict[str, Any]) -> None:
    document["layers"][0]["weights"][1][2][3] += 0.5


def _residual_lost(document: dict[str, Any]) -> None:
    document["in_skip"] = 0


def _of_another_model(document: dict[str, Any]) -> None:
    document["output_batch"] = trained("GRU")["output_batch"]


@pytest.mark.parametrize("damage", [_nudged, _residual_lost, _of_another_model])
def test_a_file_that_its_own_vector_contradicts_is_refused(
    gate: Gate, tmp_path: Path, damage: Callable[[dict[str, Any]], None]
) -> None:
    document = trained()
    damage(document)
    verdict = imported(gate, tmp_path, document)
    assert verdict.status == "refused"
    assert "it does not sound as its own file says: at sample " in verdict.reason
    assert "fetch the file again" in verdict.reason
    assert gate.registry.list() == []


@pytest.mark.parametrize(
    "vector",
    [
        {"input_batch": [0.5, 0.25], "output_batch": [0.1]},
        {"input_batch": [], "output_batch": []},
        {"input_batch": [[0.5], 0.25], "output_batch": [0.1, 0.1]},
        {"input_batch": ["loud"], "output_batch": [0.1]},
        {"input_batch": [1e300], "output_batch": [0.1]},
        {"input_batch": {"a": 1}, "output_batch": True},
        {"input_batch": None, "output_batch": [0.1]},
    ],
)
def test_a_vector_that_cannot_be_read_is_a_finding(gate: Gate, tmp_path: Path, vector) -> None:
    verdict = imported(gate, tmp_path, {**trained(), **vector})
    assert verdict.status == "imported"
    assert "the test vector in its file cannot be read, so nothing proves its sound" in verdict.findings


@pytest.mark.parametrize("hidden", [8, 13])  # as it is, and padded to a size that the player has
def test_what_we_export_for_aidax_passes(lstm, tmp_path: Path, hidden: int) -> None:
    exported = export_model(lstm(3, hidden), "aidax", tmp_path / "amp.json")
    assert pass_self_test(read_model(exported.path)) == "passed"


def test_a_knob_stands_at_0_in_what_we_export_for_aidax(tmp_path: Path) -> None:
    (tmp_path / "knob.json").write_text(json.dumps(trained(knobs=1)))
    exported = export_model(read_model(tmp_path / "knob.json"), "aidax", tmp_path / "again.json")
    assert pass_self_test(read_model(exported.path)) == "passed"


def test_a_model_without_a_vector_is_not_tested(lstm) -> None:
    assert pass_self_test(lstm()) == "none"
