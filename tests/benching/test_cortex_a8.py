"""The model of a Cortex-A8 that estimates cycles: sequences whose cost the processor's manual tells."""

from __future__ import annotations

import pytest

from zoo.benching.a8_instructions import UnknownInstruction, understand
from zoo.benching.a8_pipeline import Pipeline


def cycles(*lines: str, times: int = 1) -> int:
    """The sequence's cycles, executed so many times."""
    pipeline = Pipeline()
    pipeline.feed([understand(*line.split(maxsplit=1)) for line in lines] * times)
    return pipeline.cycles


def each(*lines: str) -> float:
    """Cycles of one execution among many."""
    return (cycles(*lines, times=300) - cycles(*lines, times=100)) / 200


def test_four_products_at_once_take_the_multiplier_two_cycles() -> None:
    assert each(*(f"vmla.f32 q{n}, q0, d2[0]" for n in range(8, 16))) == 16


def test_loads_go_beside_products() -> None:
    products = [f"vmla.f32 q{n}, q0, d8[0]" for n in range(8, 16)]
    loads = ["vld1.32 {d4-d7}, [r1 :128]!"] * 4
    together = [line for n in range(4) for line in (*products[2 * n : 2 * n + 2], loads[n])]
    assert each(*together) == 16


def test_a_product_waits_for_the_sum_that_it_adds_to() -> None:
    assert each("vmla.f32 q8, q0, q1") == 7  # ready after N9, wanted in N3
    assert each("vmla.f32 q8, q0, q1", "vmla.f32 q9, q0, q1") == 7


def test_a_sum_waits_for_a_product() -> None:
    assert each("vmul.f32 q8, q2, q0", "vadd.f32 q9, q3, q1") == 4
    assert each("vmul.f32 q8, q9, q0", "vadd.f32 q9, q8, q1") == 8  # twice: ready after N5, wanted in N2


def test_a_core_issues_two_instructions_and_one_load() -> None:
    assert each("add r0, r1, r2", "add r3, r4, r5") == 1
    assert each("ldr r0, [r1]", "ldr r2, [r3]") == 2
    assert each("ldr r0, [r0]") == 3


def test_what_comes_back_from_neon_comes_late() -> None:
    assert each("vmov.32 r0, d0[0]", "vdup.32 q0, r0") >= 20


def test_double_precision_is_not_pipelined() -> None:
    assert each("vmul.f64 d0, d1, d2") == 17


@pytest.mark.parametrize(
    ("line", "reads", "results"),
    [
        ("vld1.32 {d0-d3}, [r2 :128]!", ["r2"], [0, 1, 2, 3]),
        ("vldmia r3!, {d16-d18}", ["r3"], [16, 17, 18]),
        ("vldr s5, [sp, #4]", ["sp"], [2]),
        ("vmla.f32 q8, q0, d8[0]", [], [16, 17]),
        ("vmovne.f32 s16, s15", [], [8]),
    ],
)
def test_registers_are_read_from_the_text(line: str, reads: list[str], results: list[int]) -> None:
    it = understand(*line.split(maxsplit=1))
    assert it.reads == reads
    assert [register for register, _ in it.results] == results


def test_an_instruction_that_it_does_not_know_is_refused_not_guessed() -> None:
    with pytest.raises(UnknownInstruction, match=r"vfma\.f32 q0, q1, q2"):
        understand("vfma.f32", "q0, q1, q2")
