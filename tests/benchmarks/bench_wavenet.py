"""WaveNets against their arithmetic floor, and against torch, in one run on one core.

The floor: the network's multiplications alone, as fast as a bare loop of them runs on this core in the same
run. Activations, history and all else come on top, so 1.0 is out of reach; the goal is 2 for NAM's standard.
The peer is the ``nam`` package (torch, one thread). Ratios only, of the minimum of many.

Run by hand: ``python tests/benchmarks/bench_wavenet.py``, or ``pytest -m benchmark``.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from zoo import engine
from zoo.architecture import WaveNet
from zoo.engine.reference import render_reference
from zoo.snapshot import Snapshot

sys.path.append(str(Path(__file__).resolve().parents[1] / "engine"))
from wavenets import NAMED, noise, with_random_weights

SAMPLES, BLOCK, ROUNDS = 12_000, 64, 15


def multiplications(architecture: WaveNet) -> int:
    """For one sample: every weight but biases, the scale and the last layer's 1x1, which nothing hears."""
    shapes = architecture.required_shapes()
    counted = sum(
        math.prod(shape) for name, shape in shapes.items() if "bias" not in name and name != "head_scale"
    )
    return counted - architecture.arrays[-1].channels ** 2


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def torch_player(snapshot: Snapshot) -> Callable[[torch.Tensor], object]:
    """The same network, as the ``nam`` package builds it. Random weights: only its speed is asked for."""
    from nam.models.wavenet import WaveNet as NamWaveNet

    assert isinstance(snapshot.architecture, WaveNet)
    arrays = [
        {
            "input_size": array.input_size,
            "condition_size": 1,
            "channels": array.channels,
            "head": {
                "out_channels": array.head_size,
                "kernel_size": array.head_kernel_size,
                "bias": array.head_bias,
            },
            "kernel_sizes": list(array.kernel_sizes),
            "dilations": list(array.dilations),
            "activation": array.activations[0].name,
        }
        for array in snapshot.architecture.arrays
    ]
    net = NamWaveNet.init_from_config({"layers_configs": arrays, "head": None, "head_scale": 0.02}).eval()
    return lambda dry: net(dry, pad_start=True)


def player(snapshot: Snapshot, simd: str, block: int) -> Callable[[np.ndarray], None]:
    native = engine.Player(snapshot, simd=simd)._net
    return lambda dry: [native.process(dry[at : at + block]) for at in range(0, len(dry), block)] and None


def times_of_floor(snapshot: Snapshot, simd: str, dry: np.ndarray) -> tuple[float, float, float]:
    """The ratio to the floor in blocks of 64 and all at once, and the latter's seconds; they take turns."""
    assert isinstance(snapshot.architecture, WaveNet)
    macs = multiplications(snapshot.architecture) * len(dry)
    floor = engine._module(simd).multiply_floor
    blocks, whole = player(snapshot, simd, BLOCK), player(snapshot, simd, len(dry))
    times = [(floor(macs), seconds(lambda: blocks(dry)), seconds(lambda: whole(dry))) for _ in range(ROUNDS)]
    least, in_blocks, at_once = (min(column) for column in zip(*times, strict=True))
    return in_blocks / least, at_once / least, at_once


def error_of(snapshot: Snapshot, simd: str, dry: np.ndarray) -> float:
    """The largest difference to double precision, as a part of the peak."""
    truth = render_reference(snapshot, dry)
    return float(np.abs(engine.render(snapshot, dry, simd=simd) - truth).max() / np.abs(truth).max())


def report(name: str) -> str:
    """One line: ratios and errors on every instruction set, and how many times torch's speed the best has."""
    snapshot, dry = with_random_weights(NAMED[name]), noise(SAMPLES)
    columns, fastest = [], math.inf
    for simd in engine.simd_paths():
        in_blocks, at_once, elapsed = times_of_floor(snapshot, simd, dry)
        error = error_of(snapshot, simd, dry[:4000])
        columns.append(f"{simd} {in_blocks:5.2f} {at_once:5.2f} ({error:.0e})")
        fastest = min(fastest, elapsed)
    peer, signal = torch_player(snapshot), torch.from_numpy(dry)
    with torch.inference_mode():
        torch_time = min(seconds(lambda: peer(signal)) for _ in range(3))
    return f"{name:9} {'   '.join(columns)}   torch {torch_time / fastest:5.1f} x"


@pytest.mark.benchmark
def test_wavenets_against_their_floor(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        main()


def main() -> None:
    torch.set_num_threads(1)
    print("\ntimes the floor in blocks of 64 and at once (error of the peak); torch: times the fastest path")
    for name in NAMED:
        print(report(name), flush=True)


if __name__ == "__main__":
    main()
