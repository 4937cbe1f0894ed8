"""Banks for tests: one of every kind of network, small, and damage in all shapes."""

from __future__ import annotations

import struct
import zlib
from functools import cache

import numpy as np

from zoo.architecture import Activation, LayerArray, Recurrent, WaveNet
from zoo.bela.bank import Bank, Cab
from zoo.bela.layout import CHECKED_FROM, encode
from zoo.bela.packing import Wishes, pack_model
from zoo.snapshot import Metadata, Snapshot

ESTIMATED = Wishes(count=False)


def made(architecture, seed=0, rate=44_100, scale=0.3, **gains):
    """A snapshot of random weights."""
    rng = np.random.default_rng(seed)
    shapes = architecture.required_shapes()
    weights = {name: rng.normal(0, scale, shape).astype(np.float32) for name, shape in shapes.items()}
    metadata = Metadata(name=f"Model {seed}", make="Maker", model="Box", tone="crunch")
    return Snapshot(architecture, weights, rate, metadata=metadata, **gains)


def wavenet(channels=4, head=2):
    """Two layer arrays, five layers in each."""
    layers = ((3,) * 5, (1, 2, 4, 8, 16))
    first = LayerArray(1, channels, head, 1, False, *layers, (Activation("Tanh"),) * 5)
    last = LayerArray(channels, head, 1, 1, True, *layers, (Activation("LeakyReLU", 0.125),) * 5)
    return WaveNet((first, last))


SNAPSHOTS = (
    made(Recurrent("LSTM", 8, residual=True), 1, input_gain_db=6.0, output_gain_db=-3.0),
    made(Recurrent("GRU", 5, num_layers=2), 2),
    made(wavenet(), 3),
)


@cache
def small_bank() -> Bank:
    """An LSTM, a GRU of two layers, a WaveNet, a cabinet."""
    models = tuple(pack_model(snapshot, wishes=ESTIMATED).model for snapshot in SNAPSHOTS)
    taps = np.random.default_rng(4).normal(0, 0.1, 40).astype(np.float32)
    return Bank("Bänk", models, (Cab("Box", 44_100, taps),))


def sealed(data: bytes) -> bytes:
    """``data`` with a checksum that fits: what a hostile writer would send."""
    return data[:12] + struct.pack("<I", zlib.crc32(data[CHECKED_FROM:])) + data[CHECKED_FROM:]


def with_word(data: bytes, at: int, word: int) -> bytes:
    """One word of the file replaced, and the checksum made to fit."""
    return sealed(data[:at] + struct.pack("<I", word & 0xFFFFFFFF) + data[at + 4 :])


def small_bytes() -> bytes:
    """The file of `small_bank`."""
    return encode(small_bank())
