"""The spaces in which devices are compared: raw vectors, so weighed that devices differ and playing does not.

Linear discriminant analysis (Fisher 1936) on imaginary devices that all play many things: every axis is
scaled so that a change of playing moves a device by about 1, and the axes are those along which devices lie
furthest apart. The axes are constants in ``space.safetensors``, made by `recommender.learn`:
so a zoo of eight models has the same space as one of a million, and importing one more moves no other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["paired", "wet"]
Array = npt.NDArray[Any]

SPACE_FILE = Path(__file__).with_name("space.safetensors")
FURTHEST = 6.0  # standard deviations at which a raw number is held, so that no oddity outweighs the rest
SHRINKAGE = 0.02


@dataclass(frozen=True, slots=True)
class Space:
    """Axes of one kind of vector.

    Attributes:
        mean, deviation: of every raw number over devices and playing, shape (raw,).
        axes: shape (raw, size).
    """

    mean: Array
    deviation: Array
    axes: Array

    @property
    def size(self) -> int:
        """Numbers in a vector of this space."""
        return int(self.axes.shape[1])

    def project(self, raw: Array) -> npt.NDArray[np.float32]:
        """Raw vectors, shape (..., raw), in this space, shape (..., size); NaN counts as the average."""
        standard = np.nan_to_num((raw.astype(np.float64) - self.mean) / self.deviation)
        return np.asarray(np.clip(standard, -FURTHEST, FURTHEST) @ self.axes, dtype=np.float32)

    def place(self, raw: Array) -> npt.NDArray[np.float32]:
        """One point for a device from its raw vectors on several signals, shape (signals, raw)."""
        return np.asarray(self.project(raw).mean(axis=0, dtype=np.float64), dtype=np.float32)


def learn_space(raw: Array, devices: Array, size: int) -> Space:
    """The ``size`` axes that tell devices apart best.

    Args:
        raw: vectors, shape (recordings, raw).
        devices: which device each is of, shape (recordings,).
        size: how many axes.
    """
    mean, deviation = np.nanmean(raw, axis=0), np.nanstd(raw, axis=0) + 1e-6
    standard = np.clip(np.nan_to_num((raw - mean) / deviation), -FURTHEST, FURTHEST)
    names, device = np.unique(devices, return_inverse=True)
    centres = np.stack([standard[device == d].mean(axis=0) for d in range(len(names))])
    rest = standard - centres[device]
    within = rest.T @ rest / (len(raw) - len(names))
    between = np.cov(centres.T) - within * len(names) / len(raw)
    within = (1.0 - SHRINKAGE) * within + SHRINKAGE * np.diag(np.diag(within)) + 0.01 * np.eye(len(within))
    scales, directions = np.linalg.eigh(within)
    whiten = directions / np.sqrt(scales)
    _, order = np.linalg.eigh(whiten.T @ between @ whiten)
    return Space(mean, deviation, whiten @ order[:, ::-1][:, :size])


@cache
def space(kind: Kind) -> Space:
    """The committed space of paired or of wet-only vectors."""
    from safetensors.numpy import load_file

    tensors = load_file(SPACE_FILE)
    return Space(*(tensors[f"{kind}.{name}"] for name in ("mean", "deviation", "axes")))


def space_hash() -> str:
    """Sha-256 of the committed spaces."""
    return hashlib.sha256(SPACE_FILE.read_bytes()).hexdigest()
