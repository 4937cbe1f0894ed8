"""Losses that training minimises. Signals are (time, batch), full scale = 1.0, as (target, prediction).

``zoo.metrics`` measures finished models with the same formulas in numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

Loss = Callable[[Tensor, Tensor], Tensor]

# Keeps a silent segment from dividing by zero; far below any playing (the value of Wright et al., DAFx 2019).
EPSILON = 1e-5
PRE_EMPHASIS = 0.85


def pre_emphasise(signal: Tensor, coefficient: float = PRE_EMPHASIS) -> Tensor:
    """``y[n] = x[n] - coefficient x[n-1]`` along time; the first sample has no predecessor and is dropped."""
    return signal[1:] - coefficient * signal[:-1]


def esr_loss(target: Tensor, prediction: Tensor) -> Tensor:
    """Mean squared error over mean power of the target, of the whole batch (Wright et al., DAFx 2019)."""
    return (target - prediction).square().mean() / (target.square().mean() + EPSILON)


def emphasised_esr_loss(target: Tensor, prediction: Tensor) -> Tensor:
    """ESR after pre-emphasis (Wright & Välimäki, ICASSP 2020): linear, so the error is filtered once."""
    error = pre_emphasise(target - prediction)
    return error.square().mean() / (pre_emphasise(target).square().mean() + EPSILON)


def dc_loss(target: Tensor, prediction: Tensor) -> Tensor:
    """Squared difference of the means over the target's mean power (Wright & Välimäki, ICASSP 2020)."""
    difference = (target - prediction).mean(dim=0)
    return difference.square().mean() / (target.square().mean() + EPSILON)


@cache
def mr_stft_loss() -> Loss:
    """Multi-resolution STFT loss (Yamamoto et al., ICASSP 2020), by auraloss; for segments from 0.1 s up."""
    from auraloss.freq import MultiResolutionSTFTLoss  # slow to import, and few need it

    module: Any = MultiResolutionSTFTLoss()

    def loss(target: Tensor, prediction: Tensor) -> Tensor:
        value: Tensor = module(prediction.T.unsqueeze(1), target.T.unsqueeze(1))
        return value

    return loss


@dataclass(frozen=True)
class WeightedLoss:
    """A weighted sum; the defaults are those of Automated-GuitarAmpModelling and of the pruning paper.

    Attributes:
        esr: weight of the pre-emphasised ESR.
        dc: weight of the DC term.
        mr_stft: weight of the multi-resolution STFT; 0 leaves it out.
    """

    esr: float = 0.75
    dc: float = 0.25
    mr_stft: float = 0.0

    def __call__(self, target: Tensor, prediction: Tensor) -> Tensor:
        """The sum for signals of shape (time, batch)."""
        total: Tensor = _EsrAndDc.apply(target, prediction, self.esr, self.dc)  # type: ignore[no-untyped-call]
        if self.mr_stft:
            total = total + self.mr_stft * mr_stft_loss()(target, prediction)
        return total


class _EsrAndDc(torch.autograd.Function):
    """``esr * emphasised_esr_loss + dc * dc_loss`` with its gradient by hand: a third of autograd's steps.

    With e = target - prediction (T, B), p[n] = e[n+1] - 0.85 e[n], and m = mean of e over time:
    loss = a sum(p^2) + b sum(m^2), so d loss / d e[n] = 2 a (p[n-1] - 0.85 p[n]) + 2 b m / T.
    """

    @staticmethod
    def forward(ctx: Any, target: Tensor, prediction: Tensor, esr: float, dc: float) -> Tensor:
        error = target - prediction
        p, emphasised = (torch.sub(s[1:], s[:-1], alpha=PRE_EMPHASIS) for s in (error, target))
        m = error.mean(dim=0)
        samples = max(p.numel(), 1)  # one sample has no predecessor, and so no emphasised error
        a = esr / (_energy(emphasised) + EPSILON * samples)
        b = dc / ((_energy(target) / target.numel() + EPSILON) * m.numel())
        ctx.save_for_backward(p, m)
        ctx.weights = a, b
        return prediction.new_tensor(a * _energy(p) + b * _energy(m))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_loss: Tensor) -> tuple[None, Tensor, None, None]:
        p, m = ctx.saved_tensors
        a, b = (2.0 * float(d_loss) * weight for weight in ctx.weights)
        gradient = p.new_empty(p.shape[0] + 1, p.shape[1])
        gradient[:] = m * (-b / gradient.shape[0])
        gradient[1:].sub_(p, alpha=a)
        gradient[:-1].add_(p, alpha=a * PRE_EMPHASIS)
        return None, gradient, None, None


def _energy(signal: Tensor) -> float:
    """Sum of squares, in one pass; a Python number, since arithmetic on tensors of one number is slow."""
    flat = signal.detach().reshape(-1)
    return float(torch.dot(flat, flat))
