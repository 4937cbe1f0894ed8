"""Fits what zoo/bela/cost.py estimates for LSTM and GRU to instructions counted by the emulator.

Needs g++-arm-linux-gnueabihf and qemu-user. Run: python bela/tools/fit_cost.py
"""
# ruff: noqa: T201

from __future__ import annotations

from typing import Literal

import numpy as np

from zoo.architecture import Recurrent
from zoo.benching import architecture_macs
from zoo.benching.arm import instructions_per_sample
from zoo.snapshot import Snapshot

HIDDEN = (8, 16, 20, 32, 40, 64, 96)


def counted(architecture: Recurrent) -> float:
    """Instructions for one sample; they do not depend on weights."""
    shapes = architecture.required_shapes()
    weights = {name: np.full(shape, 0.1, np.float32) for name, shape in shapes.items()}
    return instructions_per_sample(Snapshot(architecture, weights, 44_100))


def fit(cell: Literal["LSTM", "GRU"]) -> None:
    """Print both factors and the largest relative error, by least squares of relative errors."""
    shapes = [Recurrent(cell, hidden, residual=True) for hidden in HIDDEN] + [Recurrent(cell, 16, 1, 2)]
    rows = np.array([(architecture_macs(a), a.hidden_size * a.num_layers) for a in shapes], float)
    counts = np.array([counted(a) for a in shapes])
    factors = np.linalg.lstsq(rows / counts[:, None], np.ones(len(shapes)), rcond=None)[0]
    worst = np.abs(rows @ factors / counts - 1.0).max()
    print(f"{cell}: {factors[0]:.2f} a multiplication, {factors[1]:.0f} a unit; within {worst:.0%}")


if __name__ == "__main__":
    fit("LSTM")
    fit("GRU")
