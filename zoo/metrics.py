"""How far a prediction is from its target. Signals are mono, shape (samples,), full scale = 1.0.

The order of arguments is always (target, prediction).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoo.errors import SilentTarget

Signal = npt.NDArray[np.floating]


def esr(target: Signal, prediction: Signal) -> float:
    """Error-to-signal ratio: 0 is a perfect copy, 1 is what silence scores.

    ESR = sum((target - prediction)^2) / sum(target^2)      (Wright et al., DAFx 2019)

    Not symmetric: only ``target`` sets the denominator.

    Args:
        target: recorded device output, shape (samples,), full scale = 1.0.
        prediction: model output, same shape.

    Raises:
        SilentTarget: the target has no energy, so no ratio exists.

    >>> round(esr(np.array([0.0, 1.0, 0.0, -1.0]), np.array([0.0, 0.9, 0.0, -0.9])), 12)
    0.01
    """
    target = np.asarray(target, dtype=np.float64)
    energy = float(np.dot(target, target))
    if energy == 0.0:
        raise SilentTarget(
            "the target is silent, so no error ratio exists; use a part where the device plays"
        )
    error = target - np.asarray(prediction, dtype=np.float64)
    return float(np.dot(error, error)) / energy


def pre_emphasise(signal: Signal, coefficient: float = 0.85) -> npt.NDArray[np.float64]:
    """First-order high-pass ``y[n] = x[n] - coefficient * x[n-1]`` (Wright & Välimäki, ICASSP 2020).

    >>> pre_emphasise(np.array([1.0, 1.0, 0.0])).tolist()
    [1.0, 0.15000000000000002, -0.85]
    """
    signal = np.asarray(signal, dtype=np.float64)
    previous = np.concatenate([np.zeros(1), signal[:-1]])
    emphasised: npt.NDArray[np.float64] = signal - coefficient * previous
    return emphasised


def pre_emphasised_esr(target: Signal, prediction: Signal, coefficient: float = 0.85) -> float:
    """ESR after pre-emphasis of both signals: weighs the treble as the ear does.

    Raises:
        SilentTarget: the target has no energy.
    """
    return esr(pre_emphasise(target, coefficient), pre_emphasise(prediction, coefficient))


def dc_error(target: Signal, prediction: Signal) -> float:
    """Squared difference of the means over the target's mean power (Wright & Välimäki, ICASSP 2020).

    Raises:
        SilentTarget: the target has no energy.

    >>> dc_error(np.array([1.0, -1.0]), np.array([1.5, -0.5]))
    0.25
    """
    target = np.asarray(target, dtype=np.float64)
    power = float(np.mean(target * target)) if target.size else 0.0
    if power == 0.0:
        raise SilentTarget(
            "the target is silent, so no error ratio exists; use a part where the device plays"
        )
    return float(np.mean(target - np.asarray(prediction, dtype=np.float64))) ** 2 / power


def to_db(power_ratio: float) -> float:
    """``10 log10`` of a ratio of powers, with a floor of -300 dB for zero.

    >>> to_db(0.01)
    -20.0
    """
    return 10.0 * float(np.log10(max(power_ratio, 1e-30)))
