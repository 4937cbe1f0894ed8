"""WaveNet snapshots as a torch module. Time comes first: x (time, batch, 1), y (time, batch)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from zoo.architecture import Activation, LayerArray, WaveNet
from zoo.snapshot import Snapshot, Weights

State: TypeAlias = tuple[tuple[Tensor, ...], ...]

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "Tanh": torch.tanh,
    "ReLU": F.relu,
    "Sigmoid": torch.sigmoid,
    "Softsign": F.softsign,
    "SiLU": F.silu,
    "Hardtanh": F.hardtanh,
    "HardSwish": F.hardswish,
}


def _activate(activation: Activation, z: Tensor) -> Tensor:
    if activation.name == "LeakyReLU":
        return F.leaky_relu(z, activation.negative_slope)
    return _ACTIVATIONS[activation.name](z)


class _Layer(nn.Module):
    """z = conv(x) + mixin(audio); a = act(z); the head hears a, the next layer x + layer1x1(a)."""

    def __init__(self, array: LayerArray, index: int) -> None:
        super().__init__()
        c = array.channels
        self.conv = nn.Conv1d(c, c, array.kernel_sizes[index], dilation=array.dilations[index])
        self.mixin = nn.Conv1d(1, c, 1, bias=False)
        self.layer1x1 = nn.Conv1d(c, c, 1)
        self.activation = array.activations[index]

    def forward(self, x: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
        z = self.conv(x)
        a = _activate(self.activation, z + self.mixin(audio)[..., -z.shape[-1] :])
        return x[..., -a.shape[-1] :] + self.layer1x1(a), a


class _Array(nn.Module):
    """A layer array; its head takes the sum of all activations and of the head before it."""

    def __init__(self, array: LayerArray) -> None:
        super().__init__()
        self.rechannel = nn.Conv1d(array.input_size, array.channels, 1, bias=False)
        self.layers = nn.ModuleList(_Layer(array, index) for index in range(len(array.dilations)))
        self.head = nn.Conv1d(array.channels, array.head_size, array.head_kernel_size, bias=array.head_bias)
        self.span = array.receptive_field - array.head_kernel_size

    def forward(self, x: Tensor, audio: Tensor, head: Tensor | None) -> tuple[Tensor, Tensor]:
        x = self.rechannel(x)
        length = x.shape[-1] - self.span
        total = head[..., -length:] if head is not None else torch.zeros((), device=x.device)
        for layer in self.layers:
            x, a = layer(x, audio)
            total = total + a[..., -length:]
        return x, self.head(total)


class WaveNetModule(nn.Module):
    """Layer arrays in series; parameters bear the names of a snapshot's tensors."""

    def __init__(self, architecture: WaveNet) -> None:
        super().__init__()
        self.architecture = architecture
        self.arrays = nn.ModuleList(_Array(array) for array in architecture.arrays)
        self.head_scale = nn.Parameter(torch.full((1,), 0.02))

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> WaveNetModule:
        """A module with the weights of a WaveNet snapshot; gains are the caller's business."""
        if not isinstance(snapshot.architecture, WaveNet):
            raise TypeError(f"{snapshot.architecture} is not a WaveNet")
        module = cls(snapshot.architecture)
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                parameter.copy_(torch.from_numpy(np.array(snapshot.weights[name])).reshape(parameter.shape))
        return module

    def weights(self) -> Weights:
        """The tensors of a snapshot, as float32 copies."""
        shapes = self.architecture.required_shapes()
        return {
            name: p.detach().cpu().numpy().astype(np.float32, copy=True).reshape(shapes[name])
            for name, p in self.named_parameters()
        }

    def initial_state(self, batch: int) -> State:
        """The audio before the first sample, as one tensor (receptive field - 1, batch): silence."""
        history = torch.zeros(self.architecture.receptive_field - 1, batch)
        return ((history.to(self.head_scale),),)

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Run on x (time, batch, 1), after the audio in ``state``: output (time, batch), new state."""
        audio = torch.cat([state[0][0], x[..., 0]])
        signal = audio.T[:, None]
        stream, head = signal, None
        for array in self.arrays:
            stream, head = array(stream, signal, head)
        assert head is not None
        history = audio[audio.shape[0] - state[0][0].shape[0] :]
        return (self.head_scale * head[:, 0]).T, ((history,),)
