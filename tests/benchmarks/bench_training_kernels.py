"""Native LSTM kernels against `torch.nn.LSTM` with autograd: forward and backward of one batch, in one run.

Run by hand: ``python tests/benchmarks/bench_training_kernels.py``, or ``pytest -m benchmark``. Ratios only.
"""

from __future__ import annotations

import time

import pytest
import torch

from training.modules.recurrent import RecurrentModule
from zoo.architecture import Recurrent

STEPS, BATCH = 2048, 48
GOALS = {20: 10.0, 40: 8.0, 64: 6.0, 96: 4.0}


def seconds(module: RecurrentModule, x: torch.Tensor) -> float:
    start = time.perf_counter()
    y, _ = module(x, module.initial_state(BATCH))
    y.square().mean().backward()
    return time.perf_counter() - start


def ratio(hidden: int, cell: str = "LSTM", rounds: int = 7) -> float:
    """How many times faster the kernels are; the two take turns, and the minimum of each counts."""
    modules = [RecurrentModule(Recurrent(cell, hidden), backend) for backend in ("native", "torch")]  # type: ignore[arg-type]
    x = torch.randn(STEPS, BATCH, 1)
    times = [[seconds(module, x) for module in modules] for _ in range(rounds)]
    native, plain = (min(t[i] for t in times) for i in (0, 1))
    return plain / native


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
