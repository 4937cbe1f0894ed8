"""What a model costs: parameters, multiplications, memory, and the time it takes on this machine.

Real-time factor (RTF) = processing time / audio time, on one core; the minimum of several runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoo.architecture import LayerArray, Recurrent, WaveNet
from zoo.engine import Player
from zoo.snapshot import Snapshot

BLOCK_SIZES = tuple(2**power for power in range(12))  # 1 to 2048 samples
ROUNDS, LEAST_SAMPLES = 5, 4096
FLOAT = 4  # bytes


@dataclass(frozen=True)
class Counts:
    """What a model holds and does, whatever the machine.

    Attributes:
        parameters: numbers in its weights and biases; an LSTM's two biases count as the one they add up to.
        nonzero: of them, those that are not zero.
        macs: multiplications and additions for one sample.
        weight_bytes: the parameters as 32-bit floats.
        state_bytes: what is remembered from one sample to the next, as 32-bit floats.
    """

    parameters: int
    nonzero: int
    macs: int
    weight_bytes: int
    state_bytes: int


def count(snapshot: Snapshot) -> Counts:
    """The counts of a snapshot; of a slimmable one, of its largest size."""
    snapshot = snapshot.at_size()
    architecture = snapshot.architecture
    arrays = dict(snapshot.weights)
    for name in [n for n in arrays if n.startswith(("rec.h0", "rec.c0"))]:
        del arrays[name]  # where it starts from is state
    if isinstance(architecture, Recurrent):
        if architecture.cell == "LSTM":
            for name in [n for n in arrays if n.startswith("rec.bias_hh")]:
                arrays[name.replace("hh", "ih")] = arrays[name.replace("hh", "ih")] + arrays.pop(name)
        state = _recurrent_state(architecture)
    else:
        assert isinstance(architecture, WaveNet)
        state = sum(_array_state(array) for array in architecture.arrays)
    parameters = sum(int(array.size) for array in arrays.values())
    nonzero = sum(int(np.count_nonzero(array)) for array in arrays.values())
    return Counts(parameters, nonzero, architecture_macs(architecture), FLOAT * parameters, FLOAT * state)


def architecture_macs(architecture: Recurrent | WaveNet) -> int:
    """Multiplications and additions for one sample."""
    if isinstance(architecture, Recurrent):
        return _recurrent_macs(architecture)
    return 1 + sum(_array_macs(array) for array in architecture.arrays)


def real_time_factors(
    snapshot: Snapshot, block_sizes: tuple[int, ...] = BLOCK_SIZES, seconds: float = 0.5, simd: str = "auto"
) -> dict[int, float]:
    """The RTF for each block size.

    Args:
        snapshot: the model.
        block_sizes: samples in each call of the engine.
        seconds: audio for one run.
        simd: as `zoo.engine.render`'s.
    """
    samples = max(LEAST_SAMPLES, round(seconds * snapshot.sample_rate))
    audio = _playing(samples)
    player = Player(snapshot, simd=simd)
    player.process(audio)  # the first time, memory is fetched
    best = dict.fromkeys(block_sizes, math.inf)
    for _ in range(ROUNDS):
        for block in block_sizes:
            best[block] = min(best[block], player.seconds(audio, block))
    return {block: elapsed * snapshot.sample_rate / samples for block, elapsed in best.items()}


def real_time_factor(snapshot: Snapshot, block: int = 64) -> float:
    """The RTF in blocks of 64 samples."""
    return real_time_factors(snapshot, (block,))[block]


def _playing(samples: int) -> npt.NDArray[np.float32]:
    """Noise that swells and fades."""
    envelope = np.abs(np.sin(np.linspace(0.0, 20.0, samples)))
    noise = np.random.default_rng(0).standard_normal(samples)
    return (0.3 * envelope * noise).astype(np.float32)


def _recurrent_macs(a: Recurrent) -> int:
    inputs = [a.input_size] + [a.hidden_size] * (a.num_layers - 1)
    return a.hidden_size + sum(a.gates * a.hidden_size * (size + a.hidden_size) for size in inputs)


def _recurrent_state(a: Recurrent) -> int:
    return a.num_layers * a.hidden_size * (2 if a.cell == "LSTM" else 1)


def _array_macs(array: LayerArray) -> int:
    c = array.channels
    layers = sum(c * c * taps + c + c * c for taps in array.kernel_sizes)
    return array.input_size * c + layers + array.head_size * c * array.head_kernel_size


def _array_state(array: LayerArray) -> int:
    past = zip(array.kernel_sizes, array.dilations, strict=True)
    layers = sum((taps - 1) * dilation for taps, dilation in past)
    return array.channels * (layers + array.head_kernel_size - 1)
