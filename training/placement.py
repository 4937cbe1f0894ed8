"""Where training runs: the processor with the native kernels, or a GPU with PyTorch."""

from __future__ import annotations

from typing import Literal

import torch

from zoo.architecture import Architecture, Recurrent
from zoo.errors import BadRequest

Device = Literal["auto", "cpu", "cuda", "mps"]


def chosen_device(wanted: Device, architecture: Architecture) -> str:
    """The device to train ``architecture`` on, as PyTorch names it.

    "auto" keeps LSTM and GRU on the processor: the native kernels are faster there than step after step of a
    small network on a GPU, and give the same bytes every time. WaveNets go to a GPU if there is one.

    Raises:
        BadRequest: this machine has no such device.
    """
    there = available_devices()
    if wanted == "auto":
        return "cpu" if isinstance(architecture, Recurrent) else there[-1]
    if wanted not in there:
        others = " or ".join(f"--device {name}" for name in reversed(there))
        raise BadRequest(f"PyTorch finds no {wanted} device on this machine; take {others}")
    return wanted


def available_devices() -> list[str]:
    """Devices of this machine, the fastest last."""
    mps, cuda = torch.backends.mps.is_available(), torch.cuda.is_available()
    return ["cpu", *(["mps"] if mps else []), *(["cuda"] if cuda else [])]
