"""The optimizer is PyTorch's Adam with clipping, and what it averages is what it says."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from training.optimizer import YOUNG, AveragedAdam


def parameters() -> list[nn.Parameter]:
    torch.manual_seed(0)
    return [nn.Parameter(torch.randn(3, 2)), nn.Parameter(torch.randn(4))]


def descend(weights: list[nn.Parameter], optimizer: torch.optim.Optimizer, steps: int, clip: bool) -> None:
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        for weight in weights:
            weight.grad = 5 * torch.randn(weight.shape, generator=generator)
        if clip:
            clip_grad_norm_(weights, 1.0)
        optimizer.step()


@pytest.mark.parametrize("averaging", [0.0, 0.9])
def test_the_weights_take_the_steps_of_adam_with_clipping(averaging):
    ours, peers = parameters(), parameters()
    descend(ours, AveragedAdam(ours, 0.01, 1e-4, 1.0, averaging), 20, clip=False)
    descend(peers, torch.optim.Adam(peers, lr=0.01, weight_decay=1e-4), 20, clip=True)
    for our, peer in zip(ours, peers, strict=True):
        torch.testing.assert_close(our, peer)


def test_the_average_is_the_running_mean_of_the_weights_and_goes_when_the_look_is_over():
    weights = parameters()
    optimizer = AveragedAdam(weights, 0.01, 0.0, 1.0, averaging=0.5)
    expected, live = weights[0].detach().clone(), weights[0].detach().clone()
    for update in range(1, 30):
        descend(weights, optimizer, 1, clip=False)
        live = weights[0].detach().clone()
        share = min(0.5, update / (update + YOUNG))
        expected = live if update == 1 else share * expected + (1 - share) * live
    with optimizer.averaged():
        torch.testing.assert_close(weights[0], expected)
    torch.testing.assert_close(weights[0], live, rtol=0, atol=0)


def test_without_averaging_or_before_the_first_update_the_weights_are_looked_at():
    weights = parameters()
    before = weights[0].detach().clone()
    with AveragedAdam(weights, 0.01, 0.0, 1.0, averaging=0.9).averaged():
        assert torch.equal(weights[0], before)
    optimizer = AveragedAdam(weights, 0.01, 0.0, 1.0, averaging=0.0)
    descend(weights, optimizer, 1, clip=False)
    live = weights[0].detach().clone()
    with optimizer.averaged():
        assert torch.equal(weights[0], live)


def test_the_average_survives_in_the_optimizers_state():
    weights, others = parameters(), parameters()
    optimizer = AveragedAdam(weights, 0.01, 0.0, 1.0, averaging=0.9)
    descend(weights, optimizer, 5, clip=False)
    other = AveragedAdam(others, 0.01, 0.0, 1.0, averaging=0.9)
    other.load_state_dict(optimizer.state_dict())
    with optimizer.averaged(), other.averaged():
        assert all(torch.equal(a, b) for a, b in zip(weights, others, strict=True))
