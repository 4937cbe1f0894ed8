"""What LSTMs and GRUs of any size cost on a Bela's Cortex-A8: instructions counted, cycles estimated.

The engine, compiled as the board compiles it, runs under qemu, which counts its instructions in blocks of 64
samples. The cycles are those of an in-order model of the processor (zoo/benching/a8_pipeline.py), with every
load in the first-level cache: no board has confirmed them, and beyond 40 units they are too low.

The goals: at most 1400 and 4000 instructions a sample for LSTMs of 20 and 40 units (the best library takes
2850 and 8664), and no size at which the cost of a multiplication jumps.

Run by hand: ``python tests/benchmarks/bench_board.py [SIZE ...]``, or ``pytest -m benchmark``; all sizes
from 4 to 96 take some minutes.
"""

from __future__ import annotations

import sys

import pytest

from zoo.architecture import Recurrent
from zoo.benching.arm import Playing, estimated_cycles, instructions

SIZES = (4, 5, 6, 7, 8, 12, 16, 17, 20, 21, 23, 24, 32, 33, 40, 41, 48, 63, 64, 65, 80, 95, 96)
CELLS = ("LSTM", "GRU")


def multiplications(network: Recurrent) -> int:
    """For one sample: the weights of the inputs, of h and of the output layer."""
    hidden = network.hidden_size
    return network.gates * hidden * (1 + hidden) + hidden


def row(hidden: int) -> str:
    """Per cell: instructions, instructions for one multiplication, estimated cycles."""
    columns = []
    for cell in CELLS:
        network = Recurrent(cell, hidden)
        count = instructions(Playing(network))
        columns += [f"{count:12.0f}", f"{count / multiplications(network):8.2f}"]
        columns += [f"{estimated_cycles(network):9.0f}"]
    return f"{hidden:6}{''.join(columns)}"


@pytest.mark.benchmark
def test_every_size_on_a_board(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        main(SIZES)


def main(sizes: tuple[int, ...]) -> None:
    print("\nper sample: instructions, the same for each multiplication, cycles by the model (no board)")
    print("hidden" + "".join(f"{cell:>12}{'each':>8}{'cycles':>9}" for cell in CELLS))
    for hidden in sizes:
        print(row(hidden), flush=True)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
