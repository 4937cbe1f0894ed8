"""Adam that also keeps a running average of the weights: what is validated and kept is the average."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from training.updates import Moments

YOUNG = 10  # updates for which the average is hardly one: it begins with the weights themselves


class AveragedAdam(torch.optim.Adam):
    """Adam with gradient clipping and an exponential moving average of the weights.

    At a constant learning rate the weights wander around the optimum; their average does not (Polyak &
    Juditsky 1992). So the rate can stay high, and a validation sees what a lower one would have reached.
    The average is part of the optimizer's state, so that a checkpoint keeps it.

    Args:
        parameters: to train.
        learning_rate: Adam's.
        weight_decay: Adam's L2 term.
        clip_norm: the gradient's norm is cut to this before a step.
        averaging: share of the old average in the new one, below 1; 0 keeps the weights themselves.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        learning_rate: float,
        weight_decay: float,
        clip_norm: float,
        averaging: float,
    ) -> None:
        super().__init__(parameters, lr=learning_rate, weight_decay=weight_decay, fused=True)
        self._clip_norm, self._averaging = clip_norm, averaging

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Clip, update, average."""
        weights = self._weights()
        clip_grad_norm_(weights, self._clip_norm)
        super().step(closure)
        if not self._averaging:
            return
        averages = self._averages(weights)
        updates = float(self.state[weights[0]]["step"])
        share = min(self._averaging, updates / (updates + YOUNG))
        torch._foreach_lerp_(averages, weights, 1.0 - share)

    def moments(self) -> Moments:
        """What is kept of each parameter, for updates that are made elsewhere and told by `made`."""
        weights = self._weights()
        for weight in weights:
            state = self.state[weight]
            if "step" not in state:  # as torch.optim.Adam begins
                state["step"] = torch.zeros((), dtype=torch.float32)
                state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(weight), torch.zeros_like(weight)
        return Moments(
            means=[self.state[weight]["exp_avg"] for weight in weights],
            squares=[self.state[weight]["exp_avg_sq"] for weight in weights],
            averages=self._averages(weights) if self._averaging else (),
            updates=int(self.state[weights[0]]["step"]),
            young=YOUNG,
        )

    def made(self, updates: int) -> None:
        """Count updates that were made, or skipped, on `moments`."""
        for weight in self._weights():
            self.state[weight]["step"] += updates

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Inside, the module's weights are their average."""
        weights = self._weights()
        if not self._averaging or "average" not in self.state.get(weights[0], {}):
            yield
            return
        kept = [weight.detach().clone() for weight in weights]
        with torch.no_grad():
            torch._foreach_copy_(weights, self._averages(weights))
        try:
            yield
        finally:
            with torch.no_grad():
                torch._foreach_copy_(weights, kept)

    def _weights(self) -> list[Tensor]:
        return [weight for group in self.param_groups for weight in group["params"]]

    def _averages(self, weights: list[Tensor]) -> list[Tensor]:
        for weight in weights:
            if "average" not in self.state[weight]:
                self.state[weight]["average"] = weight.detach().clone()
        return [self.state[weight]["average"] for weight in weights]
