"""LSTM and GRU snapshots as a torch module. Time comes first: x (time, batch, inputs), y (time, batch)."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from training.native import recurrence
from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot, Weights

State: TypeAlias = tuple[tuple[Tensor, ...], ...]
Backend = Literal["auto", "native", "torch"]


class RecurrentModule(nn.Module):
    """Recurrent layers, a linear output and the residual, with parameters named as a snapshot's tensors.

    Args:
        architecture: sizes, cell and residual.
        backend: "native" runs the CPU kernels, "torch" runs `nn.LSTM`/`nn.GRU` (the oracle, and the only
            path on a GPU), "auto" takes the kernels for float32 on the CPU.
    """

    def __init__(self, architecture: Recurrent, backend: Backend = "auto") -> None:
        super().__init__()
        self.architecture = architecture
        self.backend = backend
        make = nn.LSTM if architecture.cell == "LSTM" else nn.GRU
        self.rec = make(architecture.input_size, architecture.hidden_size, architecture.num_layers)
        self.lin = nn.Linear(architecture.hidden_size, 1)
        self._start: dict[str, Tensor] = {}
        self._summed_biases = False

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, backend: Backend = "auto") -> RecurrentModule:
        """A module with the weights of a recurrent snapshot; gains are the caller's business."""
        if not isinstance(snapshot.architecture, Recurrent):
            raise TypeError(f"{snapshot.architecture} is not recurrent")
        module = cls(snapshot.architecture, backend)
        parameters = dict(module.named_parameters())
        with torch.no_grad():
            for name, parameter in parameters.items():
                if name in snapshot.weights:
                    parameter.copy_(torch.from_numpy(np.array(snapshot.weights[name])))
                else:  # an LSTM that came with the sum of its two biases goes back with the sum
                    parameter.zero_()
                    module._summed_biases = True
        module._start = {
            name: torch.from_numpy(np.array(w))
            for name, w in snapshot.weights.items()
            if name not in parameters
        }
        return module

    def weights(self) -> Weights:
        """The tensors of a snapshot, as float32 copies."""
        tensors: dict[str, Tensor] = {**dict(self.named_parameters()), **self._start}
        if self._summed_biases:
            for layer in range(self.architecture.num_layers):
                tensors[f"rec.bias_ih_l{layer}"] = tensors[f"rec.bias_ih_l{layer}"] + tensors.pop(
                    f"rec.bias_hh_l{layer}"
                )
        return {name: t.detach().cpu().numpy().astype(np.float32, copy=True) for name, t in tensors.items()}

    def initial_state(self, batch: int) -> State:
        """For each layer (h, c) or (h,), each (batch, hidden): zero, or what the snapshot starts from."""
        names = ("h0", "c0") if self.architecture.cell == "LSTM" else ("h0",)
        like = self.lin.weight

        def one(name: str) -> Tensor:
            start = self._start.get(name, torch.zeros(self.architecture.hidden_size))
            return start.to(like).expand(batch, -1).contiguous()

        layers = range(self.architecture.num_layers)
        return tuple(tuple(one(f"rec.{name}_l{layer}") for name in names) for layer in layers)

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Run from ``state``.

        Args:
            x: audio and knobs, shape (time, batch, inputs).
            state: as `initial_state` gives it.

        Returns:
            the output, shape (time, batch), and the state after it.
        """
        y, last = self._native(x, state) if self._is_native(x) else self._torch(x, state)
        return (y + x[..., 0] if self.architecture.residual else y), last

    def _is_native(self, x: Tensor) -> bool:
        fits = x.device.type == "cpu" and x.dtype == torch.float32
        return self.backend == "native" or (self.backend == "auto" and fits)

    def _native(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        last: list[tuple[Tensor, ...]] = []
        top = self.architecture.num_layers - 1
        for layer in range(top + 1):
            names = (f"weight_ih_l{layer}", f"weight_hh_l{layer}", f"bias_ih_l{layer}", f"bias_hh_l{layer}")
            w_ih, w_hh, b_ih, b_hh = (getattr(self.rec, name) for name in names)
            head = (self.lin.weight, self.lin.bias) if layer == top else None
            x, after = recurrence(self.architecture.cell, x, state[layer], (w_ih, w_hh, b_ih, b_hh), head)
            last.append(after)
        return x, tuple(last)

    def _torch(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        stacked = tuple(torch.stack(parts) for parts in zip(*state, strict=True))
        if self.architecture.cell == "LSTM":
            sequence, after = self.rec(x, stacked)
        else:
            sequence, h = self.rec(x, stacked[0])
            after = (h,)
        layers = range(self.architecture.num_layers)
        return self.lin(sequence)[..., 0], tuple(tuple(part[layer] for part in after) for layer in layers)


def detached(state: State) -> State:
    """The same state, cut from the graph: where truncated backpropagation stops."""
    return tuple(tuple(part.detach() for part in layer) for layer in state)
