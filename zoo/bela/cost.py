"""What a model costs on the board: instructions that a Cortex-A8 executes for one sample.

Counted where the cross tools are (`zoo.benching.arm`), else estimated from multiplications and units; the
factors of LSTM and GRU are fitted to such counts by ``python bela/tools/fit_cost.py``, and those of WaveNets
agree with counts of the bank's own reader within a third from four channels on. Instructions are not cycles:
no board has confirmed them.
"""

from __future__ import annotations

from functools import cache

from zoo.architecture import Recurrent, WaveNet
from zoo.benching import architecture_macs
from zoo.snapshot import Snapshot

# For a multiplication and for a unit's activations, of LSTM and GRU.
RECURRENT = {"LSTM": (0.37, 38.0), "GRU": (0.36, 29.0)}
# Of WaveNets: for a multiplication, for a unit with one of CURVED, for one with a straight activation.
CONVOLUTION, CURVED_UNIT, STRAIGHT_UNIT = 0.88, 12.0, 2.0
CURVED = ("Tanh", "Sigmoid", "SiLU")
FRAME_OVERHEAD = 1.05  # a queue in front of the network, for one that takes frames


def instructions(snapshot: Snapshot, *, count: bool = True) -> tuple[int, bool]:
    """Instructions for one sample, and whether they were counted rather than estimated.

    Args:
        snapshot: without knobs; no slimmable one.
        count: try to count first.
    """
    architecture = snapshot.architecture
    if count and isinstance(architecture, Recurrent):
        counted = _counted(architecture, snapshot)
        if counted is not None:
            return counted, True
    return max(1, round(estimate(architecture))), False


def estimate(architecture: object) -> float:
    """The fitted estimate for one sample."""
    if isinstance(architecture, Recurrent):
        per_mac, per_unit = RECURRENT[architecture.cell]
        return per_mac * architecture_macs(architecture) + per_unit * (
            architecture.hidden_size * architecture.num_layers
        )
    assert isinstance(architecture, WaveNet)
    units = sum(
        array.channels * (CURVED_UNIT if function.name in CURVED else STRAIGHT_UNIT)
        for array in architecture.arrays
        for function in array.activations
    )
    return CONVOLUTION * architecture_macs(architecture) + units


_known: dict[Recurrent, int | None] = {}


def _counted(architecture: Recurrent, snapshot: Snapshot) -> int | None:
    """The count for a shape, once in a process: weights do not change it."""
    if architecture not in _known:
        _known[architecture] = _count(snapshot) if _countable() else None
    return _known[architecture]


@cache
def _countable() -> bool:
    from zoo.benching.arm import is_countable

    return is_countable()


def _count(snapshot: Snapshot) -> int | None:
    from zoo.benching.arm import NotCountable, instructions_per_sample

    try:
        return round(instructions_per_sample(snapshot))
    except NotCountable:
        return None
