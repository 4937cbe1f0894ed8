"""The largest LSTM for each Bela block and model block within a budget of instructions; no board takes part.

Tables 1 and 2 of Colombo and Superbo, "A tiny machine learning case study: Bela-based guitar distortions"
(2023), done again. Theirs are the largest that played on a board. Their engine takes 2587 instructions a
sample for LSTM-6, the largest there at one sample in a step and blocks of 16: that is the budget here, for
the same board, and qemu counts this engine's instructions, those of the frames' queue included. An
instruction is not a cycle, and what they could spend grew with the block (3672 at 256), which this does not:
see --budget.

Run by hand: ``python tests/benchmarks/bench_board_largest.py [--budget 2587]``, or ``pytest -m benchmark``.
"""

from __future__ import annotations

import argparse

import pytest

from zoo.architecture import Recurrent
from zoo.benching.arm import Playing, instructions

BUDGET = 2587.0
BLOCKS = (16, 32, 64, 128, 256)
THEIRS = {1: (6, 6, 6, 6, 8), 16: (64, 92, 128, 192, 256)}
MOST = 512


def cost(hidden: int, block: int, model_block: int) -> float:
    return instructions(Playing(Recurrent("LSTM", hidden, input_size=model_block), block, model_block))


def largest(block: int, model_block: int, budget: float) -> int:
    """Units of the largest LSTM within the budget; the cost grows with every unit."""
    fits, too_many = 0, MOST + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if cost(middle, block, model_block) <= budget:
            fits = middle
        else:
            too_many = middle
    return fits


@pytest.mark.benchmark
def test_the_tables_done_again(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        main(BUDGET)


def main(budget: float) -> None:
    for model_block, theirs in THEIRS.items():
        print(f"\nmodel block {model_block}, at most {budget:.0f} instructions a sample (qemu, not a board)")
        print(f"{'Bela block':>12}" + "".join(f"{block:8}" for block in BLOCKS))
        print(f"{'theirs':>12}" + "".join(f"{hidden:8}" for hidden in theirs))
        ours = [largest(block, model_block, budget) for block in BLOCKS]
        print(f"{'here':>12}" + "".join(f"{hidden:8}" for hidden in ours), flush=True)
        costs = [cost(hidden, block, model_block) for hidden, block in zip(ours, BLOCKS, strict=True)]
        print(f"{'its cost':>12}" + "".join(f"{count:8.0f}" for count in costs), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--budget", type=float, default=BUDGET, help="instructions a sample")
    main(parser.parse_args().budget)
