"""Curves of what a device does: spectrum, transfer from dry to wet, level out over level in.

Signals are mono, shape (samples,). Every curve stays the same when the wet signal is scaled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.statistics import frame_levels
from zoo.reports.charts import FREQUENCY, Axis, Curve, Style

Array = npt.NDArray[Any]

FREQUENCIES = np.geomspace(FREQUENCY.low, FREQUENCY.high, 80)
SPECTRUM = Axis("dB", -60.0, 10.0, (-60, -40, -20, 0))
TRANSFER_IN = Axis("in", -1.0, 1.0, (-1, 0, 1))
TRANSFER_OUT = Axis("out", -1.05, 1.05, (-1, 0, 1))
LEVEL_IN = Axis("dB in", -54.0, 0.0, (-48, -36, -24, -12, 0))
LEVEL_OUT = Axis("dB out", -42.0, 3.0, (-36, -24, -12, 0))
QUANTILES = 0.5 - 0.4985 * np.cos(np.linspace(0.0, np.pi, 65))  # closer at the ends, where devices differ
STEP_DB, FEWEST_FRAMES = 3.0, 4
WINDOW = 8192
THIRD = 2.0 ** (1.0 / 6.0)  # half a third of an octave to either side


def spectrum(name: str, signal: Array, sample_rate: int, colour: int, style: Style = "plain") -> Curve:
    """Long-term spectrum in thirds of an octave, dB below the highest."""
    signal = np.pad(signal, (0, max(WINDOW - signal.size, 0)))
    frames = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[:: WINDOW // 2]
    power = np.mean(np.square(np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1))), axis=0)
    total = np.concatenate([[0.0], np.cumsum(power)])
    width = sample_rate / WINDOW
    edges = [np.clip(FREQUENCIES * f / width + 0.5, 0.0, power.size) for f in (1.0 / THIRD, THIRD)]
    low, high = (np.interp(edge, np.arange(total.size), total) for edge in edges)
    level = 10.0 * np.log10(np.maximum((high - low), 1e-20))
    return Curve(name, FREQUENCIES, level - level.max(), colour, style)


def transfer(name: str, dry: Array, wet: Array, colour: int, style: Style = "plain") -> Curve:
    """Which output is as frequent as which input: straight for a clean device, bent where it clips.

    Quantile over quantile, each in units of the largest, after the means are taken away.
    """
    x, y = (np.quantile(signal - np.mean(signal), QUANTILES) for signal in (dry, wet))
    return Curve(name, x / max(np.abs(x).max(), 1e-12), y / max(np.abs(y).max(), 1e-12), colour, style)


def levels(name: str, dry: Array, wet: Array, sample_rate: int, colour: int, style: Style = "plain") -> Curve:
    """Mean level of the output over that of the input, frames of 20 ms; flat where it compresses."""
    levels_in, levels_out = (frame_levels(signal.astype(np.float32), sample_rate) for signal in (dry, wet))
    x = np.arange(LEVEL_IN.low, LEVEL_IN.high + 1e-9, STEP_DB)
    y = np.full(x.size, np.nan)
    for i, at in enumerate(x):
        inside = np.abs(levels_in - at) <= STEP_DB / 2
        if inside.sum() >= FEWEST_FRAMES:
            y[i] = levels_out[inside].mean()
    return Curve(name, x, y - (np.nanmax(y) if np.isfinite(y).any() else 0.0), colour, style)
