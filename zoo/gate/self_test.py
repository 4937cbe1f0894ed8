"""Whether a model sounds as its own file says: AIDA-X files bring what goes in and what must come out.

Mono float32, shape (samples,). AIDA-X plays its vector from the rest state, all knobs at 0, gains included,
and logs a difference above 1e-5; the vectors of files whose gains were set by hand were made without.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoo.engine import render
from zoo.errors import RefusedModel
from zoo.formats.aidax import SELF_TEST_KEYS
from zoo.snapshot import Snapshot

TOLERANCE = 1e-4  # of full scale, or of the vector's peak where that is higher: float32 all over again

LOUDEST = 1e6  # full scale = 1; nobody means more, and float32 must hold it

SelfTest = Literal["none", "passed", "unreadable"]
Signal = npt.NDArray[np.float32]


def pass_self_test(snapshot: Snapshot) -> SelfTest:
    """Play the test vector in a model's file, if it has one that can be read.

    Raises:
        RefusedModel: something else comes out.
        EngineMissing: the native engine is not installed.
    """
    given = [snapshot.metadata.extra.get(key) for key in SELF_TEST_KEYS]
    if given == [None, None]:
        return "none"
    dry, wet = (_signal(value) for value in given)
    if dry is None or wet is None or dry.size != wet.size:
        return "unreadable"
    without_gains = replace(snapshot, input_gain_db=0.0, output_gain_db=0.0)
    differences = [_difference(model, dry, wet) for model in (snapshot, without_gains)]
    if min(error for error, _ in differences) <= TOLERANCE:
        return "passed"
    error, at = differences[0]
    raise RefusedModel(
        f"it does not sound as its own file says: at sample {at} of the test vector in the file, its output "
        f"is {error:.2g} of full scale away; the weights were damaged or changed, or the vector is another "
        f"model's: fetch the file again, or take {' and '.join(SELF_TEST_KEYS)} out of it"
    )


def _difference(snapshot: Snapshot, dry: Signal, wet: Signal) -> tuple[float, int]:
    """The largest, and at which sample."""
    played = render(snapshot, dry, knobs=(0.0,) * snapshot.num_knobs)
    apart = np.abs(played - wet) / max(1.0, float(np.abs(wet).max()))
    apart = np.nan_to_num(apart, nan=np.inf)
    at = int(np.argmax(apart))
    return float(apart[at]), at


def _signal(value: Any) -> Signal | None:
    """One signal from lists of numbers, however nested; None where it is something else."""
    try:
        numbers = np.asarray(value, dtype=np.float64).ravel()
    except (ValueError, TypeError, OverflowError):
        return None
    return numbers.astype(np.float32) if numbers.size and (np.abs(numbers) <= LOUDEST).all() else None
