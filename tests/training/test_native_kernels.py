"""The native kernels give autograd's numbers, whatever the cell, the sizes, the threads and the lanes."""

from __future__ import annotations

import pytest
import torch

from training import native
from training.modules.recurrent import RecurrentModule, detached
from zoo.architecture import Recurrent
from zoo.engine import simd_paths


def pair(architecture: Recurrent) -> tuple[RecurrentModule, RecurrentModule]:
    torch.manual_seed(0)
    mine = RecurrentModule(architecture, "native")
    oracle = RecurrentModule(architecture, "torch").double()
    oracle.load_state_dict(mine.state_dict())
    return mine, oracle


def run(module: RecurrentModule, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Two truncated chunks with the state carried, and a loss that also sees the last state."""
    x = x.clone().to(module.lin.weight).detach().requires_grad_(True)
    half = x.shape[0] // 2
    y1, state = module(x[:half], module.initial_state(x.shape[1]))
    y2, state = module(x[half:], detached(state))
    loss = (y1.square().sum() + (y2 * torch.cos(y2)).sum()) + sum(
        part.square().sum() for s in state for part in s
    )
    loss.backward()
    gradients = {name: p.grad for name, p in module.named_parameters()}
    return {"y1": y1.detach(), "y2": y2.detach(), "x": x.grad, **gradients}


@pytest.mark.parametrize(
    ("architecture", "batch", "threads"),
    [
        (Recurrent("LSTM", 20), 48, 2),
        (Recurrent("LSTM", 1), 1, 1),
        (Recurrent("LSTM", 7, input_size=3, residual=True), 50, 3),
        (Recurrent("LSTM", 9, num_layers=2), 19, 2),
        (Recurrent("GRU", 13), 33, 2),
        (Recurrent("GRU", 6, input_size=2, num_layers=3, residual=True), 5, 1),
    ],
    ids=str,
)
@pytest.mark.parametrize("simd", simd_paths())
def test_output_and_gradients_are_those_of_autograd(architecture, batch, threads, simd, monkeypatch):
    monkeypatch.setattr(native, "native_threads", lambda: threads)
    monkeypatch.setattr(native, "native_simd", lambda: simd)
    mine, oracle = pair(architecture)
    x = torch.randn(70, batch, architecture.input_size)
    got, expected = run(mine, x), run(oracle, x)
    for name, value in expected.items():
        error = (got[name] - value).norm() / value.norm().clamp_min(1e-12)
        assert error < 1e-5, f"{name} is off by {error:.1e}"


def test_the_float64_oracle_passes_gradcheck():
    _, oracle = pair(Recurrent("LSTM", 3))
    x = torch.randn(6, 2, 1, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: oracle(x, oracle.initial_state(2))[0], (x,))


def test_a_kernel_that_waits_for_its_backward_is_not_given_to_another_forward():
    mine, oracle = pair(Recurrent("LSTM", 4))
    x = torch.randn(10, 3, 1)
    first, _ = mine(x, mine.initial_state(3))
    mine(2 * x, mine.initial_state(3))
    first.sum().backward()
    oracle(x.double(), oracle.initial_state(3))[0].sum().backward()
    torch.testing.assert_close(
        mine.rec.weight_hh_l0.grad.double(), oracle.rec.weight_hh_l0.grad, rtol=1e-5, atol=1e-5
    )


def test_a_second_backward_through_the_same_forward_is_refused():
    mine, _ = pair(Recurrent("LSTM", 4))
    y, _ = mine(torch.randn(10, 3, 1), mine.initial_state(3))
    y.sum().backward(retain_graph=True)
    with pytest.raises(ValueError, match="backward follows its forward"):
        y.sum().backward()
