"""The peer of the training benchmarks: a plain PyTorch loop with Automated-GuitarAmpModelling's defaults.

Segments of half a second in batches of 50, 200 samples of warm-up, an update every 1000 samples, Adam at
5e-3 with weight decay 1e-4, 0.75 ESR after pre-emphasis + 0.25 DC, validation of the whole held-out part
every second epoch, the learning rate halved after five validations without improvement.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from training.data import Part
from zoo.snapshot import Snapshot

SEGMENT, BATCH, WARM_UP, TBPTT, CHUNK = 22_050, 50, 200, 1_000, 100_000
VALIDATE_EVERY = 2


class PlainLstm(nn.Module):
    """An LSTM, a linear output, and the input added to it."""

    def __init__(self, hidden: int = 20) -> None:
        super().__init__()
        self.rec = nn.LSTM(1, hidden)
        self.lin = nn.Linear(hidden, 1)

    @classmethod
    def of(cls, snapshot: Snapshot) -> PlainLstm:
        """The same network as an LSTM snapshot of one layer."""
        model = cls(snapshot.architecture.hidden_size)  # type: ignore[union-attr]
        model.load_state_dict({name: torch.from_numpy(np.array(w)) for name, w in snapshot.weights.items()})
        return model

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (time, batch, 1) and a state to output (time, batch, 1) and the state after it."""
        hidden, state = self.rec(x, state)
        return self.lin(hidden) + x, state


class PlainLoop:
    """Trains on ``train``, validates on ``validation``; both as `training.data.Part`."""

    def __init__(self, model: PlainLstm, train: Part, validation: Part, seed: int = 0) -> None:
        self.model = model
        self.x, self.y = (segments(signals) for signals in (train.dry, train.wet))
        self.held_out = [
            tuple(torch.from_numpy(np.array(s))[:, None, None] for s in pair)
            for pair in zip(validation.dry, validation.wet, strict=True)
        ]
        self.optimizer = torch.optim.Adam(model.parameters(), lr=5e-3, weight_decay=1e-4)
        self.plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(self.optimizer, factor=0.5, patience=5)
        self.generator = torch.Generator().manual_seed(seed)

    def epoch(self) -> None:
        """Every segment once."""
        order = torch.randperm(self.x.shape[1], generator=self.generator)
        for chosen in order.split(BATCH):
            x, y = self.x[:, chosen], self.y[:, chosen]
            _, state = self.model(x[:WARM_UP], None)
            self.optimizer.zero_grad()
            for begin in range(WARM_UP, SEGMENT, TBPTT):
                state = (state[0].detach(), state[1].detach())
                prediction, state = self.model(x[begin : begin + TBPTT], state)
                loss_of(y[begin : begin + TBPTT], prediction).backward()  # type: ignore[no-untyped-call]
                self.optimizer.step()
                self.optimizer.zero_grad()

    def validate(self) -> float:
        """The loss on the held-out part, each of its stretches from rest, weighted by length."""
        total, samples = 0.0, 0
        with torch.no_grad():
            for x, y in self.held_out:
                state, outputs = None, []
                for part in x.split(CHUNK):
                    output, state = self.model(part, state)
                    outputs.append(output)
                total += float(loss_of(y, torch.cat(outputs))) * y.shape[0]
                samples += y.shape[0]
        self.plateau.step(total / samples)
        return total / samples


def segments(signals: tuple[np.ndarray, ...]) -> Tensor:
    """Whole segments of every signal: (time, segment, 1)."""
    whole = [s[: s.size // SEGMENT * SEGMENT].reshape(-1, SEGMENT) for s in signals]
    return torch.from_numpy(np.concatenate(whole)).T[..., None].contiguous()


def loss_of(target: Tensor, prediction: Tensor) -> Tensor:
    """0.75 ESR after pre-emphasis + 0.25 DC, of signals (time, batch, 1)."""
    high_target, high_prediction = (torch.cat([s[:1], s[1:] - 0.85 * s[:-1]]) for s in (target, prediction))
    esr = (high_target - high_prediction).square().mean() / (high_target.square().mean() + 1e-5)
    dc = (target.mean(0) - prediction.mean(0)).square().mean() / (target.square().mean() + 1e-5)
    return 0.75 * esr + 0.25 * dc
