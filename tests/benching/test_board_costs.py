"""What networks cost on a board's Cortex-A8: counted by qemu, so the same on every machine."""

from __future__ import annotations

import pytest

from zoo.architecture import Recurrent
from zoo.benching.arm import NotCountable, Playing, estimated_cycles, instructions


def cost(hidden: int, cell: str = "LSTM", block: int = 64) -> float:
    try:
        return instructions(Playing(Recurrent(cell, hidden), block))
    except NotCountable as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(("hidden", "most"), [(20, 1400), (40, 4000)])
def test_an_lstm_costs_half_of_what_the_best_library_takes(hidden: int, most: int) -> None:
    assert cost(hidden) <= most


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("hidden", [4, 8, 20, 28, 40, 64])
def test_no_odd_size_costs_more_than_the_next_group_of_four(cell: str, hidden: int) -> None:
    costs = [cost(hidden + more, cell) for more in range(5)]
    assert costs == sorted(costs)


def test_a_gru_costs_three_quarters_of_an_lstm() -> None:
    assert 0.7 < cost(40, "GRU") / cost(40) < 0.8


def test_sixteen_samples_in_one_step_cost_little_more_than_one_in_one() -> None:
    one = cost(40)
    sixteen = instructions(Playing(Recurrent("LSTM", 40, input_size=16), 16, 16))
    assert 1 / 16 < sixteen / one < 2 / 16


def test_longer_blocks_cost_no_more() -> None:
    assert cost(8, block=256) <= cost(8, block=64) < cost(8, block=16)


def test_a_sample_takes_more_cycles_than_its_products_and_fewer_than_its_instructions_one_by_one() -> None:
    cost(40)
    network = Recurrent("LSTM", 40)
    products = 4 * 40 * 41 / 4 * 2  # four at a time, two cycles each
    assert products < estimated_cycles(network) < 2 * products
