"""Native LSTM kernels against `torch.nn.LSTM` with autograd: forward and backward of one batch, in one run.

Run by hand: ``python tests/benchmarks/bench_training_kernels.py``, or ``pytest -m benchmark``. Ratios only.
"""

from __future__ import annotations

import time

import pytest
import torch

from training.modules.recurrent import RecurrentModule
from training.native import kernels_before_torch
from zoo.architecture import Recurrent

STEPS, BATCH = 2048, 48
GOALS = {20: 10.0, 40: 8.0, 64: 6.0, 96: 4.0}


def fastest(module: RecurrentModule, x: torch.Tensor, repeats: int) -> float:
    """Seconds of the quickest forward and backward."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        y, _ = module(x, module.initial_state(BATCH))
        y.square().mean().backward()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def ratio(hidden: int, cell: str = "LSTM", rounds: int = 3) -> float:
    """How many times faster the kernels are; the two take turns, and the quickest of each counts.

    PyTorch has all its threads; the kernels run as the trainer runs them.
    """
    native, plain = (RecurrentModule(Recurrent(cell, hidden), backend) for backend in ("native", "torch"))  # type: ignore[arg-type]
    x = torch.randn(STEPS, BATCH, 1)
    native_seconds, plain_seconds = [], []
    for _ in range(rounds):
        plain_seconds.append(fastest(plain, x, 3))
        with kernels_before_torch():
            native_seconds.append(fastest(native, x, 6))
    return min(plain_seconds) / min(native_seconds)


@pytest.mark.benchmark
def test_training_kernels_against_autograd(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        main()


def main() -> None:
    threads = torch.get_num_threads()
    print(f"\nforward + backward, {STEPS} steps x {BATCH} sequences, {threads} threads: torch / native")
    for hidden, goal in GOALS.items():
        print(f"  LSTM-{hidden:<3} {ratio(hidden):6.1f} x   (goal {goal:.0f} x)")
    for hidden in (20, 40):
        print(f"  GRU-{hidden:<3}  {ratio(hidden, 'GRU'):6.1f} x")


if __name__ == "__main__":
    main()
