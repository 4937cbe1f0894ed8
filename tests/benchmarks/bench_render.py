"""LSTMs against their arithmetic floor, onnxruntime and torch, in one run on one core.

The floor: as many multiplications and additions as a sample needs, their float32 weights streamed from
memory, by a bare loop of the same instruction set in the same run. Gates, state and all else come on top, and
at small sizes nearly all the time is the wait from one sample's h to the next, so 1.0 is out of reach; the
goals, for AVX2, are 2.05, 1.38, 1.06 and 1.06 at 20, 40, 64 and 96. Weights beyond the first-level cache are
read to and fro, which the floor does not: there it can be undercut. Ratios only, of the minimum of many.

Run by hand: ``python tests/benchmarks/bench_render.py``, or ``pytest -m benchmark``. The peers come with
``pip install -e '.[bench]'``.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from zoo import engine
from zoo.architecture import Recurrent
from zoo.engine.reference import render_reference
from zoo.snapshot import Snapshot

sys.path.append(str(Path(__file__).resolve().parents[1] / "engine"))
from recurrents import noise, with_random_weights

ROOT = Path(__file__).resolve().parents[2]
SIZES = (8, 16, 20, 24, 32, 40, 64, 96)
SAMPLES, ROUNDS, PEER_ROUNDS = 4096, 40, 5


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def dry_signal() -> np.ndarray:
    """A second into a real guitar; noise where the recordings are missing."""
    folder = Path(os.environ.get("TONEZOO_DATA", ROOT.parent / "shared" / "data"))
    path = folder / "di/mayer_guitar.wav"
    if not path.is_file():
        return noise(SAMPLES)
    import soundfile

    return soundfile.read(path, dtype="float32")[0][48_000 : 48_000 + SAMPLES]


def multiplications(architecture: Recurrent) -> int:
    """For one sample: the weights of the inputs, of h and of the output layer."""
    hidden = architecture.hidden_size
    return architecture.gates * hidden * (architecture.input_size + hidden) + hidden


def times_of_floor(snapshot: Snapshot, simd: str, dry: np.ndarray) -> tuple[float, float]:
    """The ratio to the floor, and the floor's seconds; both take turns."""
    assert isinstance(snapshot.architecture, Recurrent)
    macs, floor = multiplications(snapshot.architecture), engine._module(simd).fma_floor
    least = ours = math.inf
    for _ in range(ROUNDS):
        net = engine.Player(
            snapshot, simd=simd
        )._net  # anew: where its memory lies matters, as the floor's does
        least = min(least, floor(macs, len(dry)))
        ours = min(ours, seconds(lambda net=net: net.process(dry)))  # type: ignore[misc]
    return ours / least, least


def torch_player(snapshot: Snapshot, dry: np.ndarray) -> Callable[[], object]:
    """The same shape in torch: speed does not depend on the weights."""
    assert isinstance(snapshot.architecture, Recurrent)
    lstm, lin = (
        torch.nn.LSTM(1, snapshot.architecture.hidden_size),
        torch.nn.Linear(snapshot.architecture.hidden_size, 1),
    )
    signal = torch.from_numpy(dry)[:, None, None]

    def play() -> object:
        with torch.inference_mode():
            return lin(lstm(signal)[0])

    return play


def onnx_player(snapshot: Snapshot, dry: np.ndarray) -> Callable[[], object]:
    """The same shape in onnxruntime, one thread."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    assert isinstance(snapshot.architecture, Recurrent)
    hidden, weights = snapshot.architecture.hidden_size, snapshot.weights
    tensors = {
        "w": weights["rec.weight_ih_l0"][None],
        "r": weights["rec.weight_hh_l0"][None],
        "b": np.concatenate([weights["rec.bias_ih_l0"], weights["rec.bias_hh_l0"]])[None],
        "head": weights["lin.weight"].T,
        "bias": weights["lin.bias"],
    }
    nodes = [
        helper.make_node("LSTM", ["x", "w", "r", "b"], ["h"], hidden_size=hidden),
        helper.make_node("MatMul", ["h", "head"], ["wet"]),
        helper.make_node("Add", ["wet", "bias"], ["y"]),
    ]
    signal = helper.make_tensor_value_info("x", TensorProto.FLOAT, [len(dry), 1, 1])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [len(dry), 1, 1, 1])
    initial = [numpy_helper.from_array(np.ascontiguousarray(t), name) for name, t in tensors.items()]
    graph = helper.make_graph(nodes, "lstm", [signal], [output], initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    inputs: dict[str, Any] = {"x": dry[:, None, None]}
    return lambda: session.run(None, inputs)


def report(hidden: int, dry: np.ndarray) -> str:
    """One line: every instruction set's ratio to its floor and error; the peers' ratios to the last floor."""
    snapshot = with_random_weights(Recurrent("LSTM", hidden), seed=hidden)
    truth = render_reference(snapshot, dry)
    columns, least = [], 1.0
    for simd in engine.simd_paths():
        ratio, least = times_of_floor(snapshot, simd, dry)
        error = float(np.abs(engine.render(snapshot, dry, simd=simd) - truth).max())
        columns.append(f"{ratio:9.2f} ({error:.0e})")
    for player in (onnx_player, torch_player):
        try:
            play = player(snapshot, dry)
        except ImportError:
            columns.append(f"{'missing':>12}")
            continue
        columns.append(f"{min(seconds(play) for _ in range(PEER_ROUNDS)) / least:12.2f}")
    return f"{hidden:6}{''.join(columns)}"


@pytest.mark.benchmark
def test_lstms_against_their_floor(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        main()


def main() -> None:
    torch.set_num_threads(1)
    dry = dry_signal()
    print("\ntimes the floor (largest error against double precision); peers: times the last path's floor")
    print(
        "hidden"
        + "".join(f"{simd:>17}" for simd in engine.simd_paths())
        + f"{'onnxruntime':>12}{'torch':>12}"
    )
    for hidden in SIZES:
        print(report(hidden, dry), flush=True)


if __name__ == "__main__":
    main()
