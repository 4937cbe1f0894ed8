"""Puts a capture as the model plays it.

A loaded capture has its latency and polarity put right, as for a device that neither delays nor inverts. A
model from elsewhere may have learned to do both; its own capture would then look like another device's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zoo.capture import Capture
from zoo.engine import render
from zoo.snapshot import Snapshot

Signal = npt.NDArray[np.float32]

MOST_SAMPLES = 32  # to either side
LISTENING_SECONDS = 10.0
BETTER = 0.5  # times the error as it is, at most, before anything is changed


def matched(capture: Capture, model: Snapshot) -> tuple[Capture, str]:
    """The capture with its wet signal turned over or moved where the model is far nearer to it then.

    Args:
        capture: with its dry signal, at the model's sample rate.
        model: that is said to be of its device.

    Returns:
        The capture, and a remark; empty where nothing was changed.
    """
    assert capture.dry is not None
    start = int(np.argmax(np.abs(capture.wet))) - round(LISTENING_SECONDS * capture.sample_rate / 2)
    window = slice(max(start, 0), max(start, 0) + round(LISTENING_SECONDS * capture.sample_rate))
    played, wet = render(model, capture.dry)[window].astype(np.float64), capture.wet[window]
    errors = {
        (lag, sign): float(np.square(sign * _moved(wet, lag) - played).sum())
        for lag in range(-MOST_SAMPLES, MOST_SAMPLES + 1)
        for sign in (1, -1)
    }
    lag, sign = min(errors, key=lambda change: (errors[change], abs(change[0])))
    if (lag, sign) == (0, 1) or errors[lag, sign] > BETTER * errors[0, 1]:
        return capture, ""
    said = [f"moved by {lag} samples"] * (lag != 0) + ["turned over"] * (sign < 0)
    changed = replace(capture, wet=np.float32(sign) * _moved(capture.wet, lag))
    return changed, f"the wet signal was {' and '.join(said)}, to be as the model plays it"


def _moved(signal: Signal, samples: int) -> Signal:
    """``signal`` later by ``samples``, of the same length, with silence where nothing is known."""
    moved = np.zeros_like(signal)
    if samples >= 0:
        moved[samples:] = signal[: signal.size - samples]
    else:
        moved[:samples] = signal[-samples:]
    return moved
