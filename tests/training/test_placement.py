"""Where training runs: what is there, what is not, and what "auto" makes of it."""

from __future__ import annotations

import pytest
import torch

from training.placement import chosen_device
from zoo.architecture import Activation, LayerArray, Recurrent, WaveNet
from zoo.errors import BadRequest

LSTM = Recurrent("LSTM", 20)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """``machine(cuda=True)``: a machine on which PyTorch finds just that."""

    def make(cuda: bool = False, mps: bool = False) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return make


@pytest.fixture(scope="module")
def wavenet() -> WaveNet:
    return WaveNet((LayerArray(1, 2, 1, 1, True, (3,), (1,), (Activation("Tanh"),)),))


@pytest.mark.parametrize(("cuda", "mps", "expected"), [(0, 0, "cpu"), (1, 0, "cuda"), (0, 1, "mps")])
def test_auto_leaves_lstm_to_the_kernels_and_gives_wavenets_the_gpu(machine, wavenet, cuda, mps, expected):
    machine(bool(cuda), bool(mps))
    assert chosen_device("auto", LSTM) == "cpu"
    assert chosen_device("auto", wavenet) == expected


def test_what_is_asked_for_is_taken_where_it_is_there(machine):
    machine(cuda=True)
    assert chosen_device("cuda", LSTM) == "cuda"
    assert chosen_device("cpu", LSTM) == "cpu"


def test_a_device_that_is_not_there_is_refused_with_those_that_are(machine):
    machine(mps=True)
    with pytest.raises(
        BadRequest, match="finds no cuda device on this machine; take --device mps or --device cpu"
    ):
        chosen_device("cuda", LSTM)
