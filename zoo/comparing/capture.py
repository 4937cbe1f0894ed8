"""A capture without a device: a model plays dry recordings in its stead.

Audio convention: mono float32, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.audio import read_audio, resample
from zoo.capture import Capture, Take
from zoo.engine import render
from zoo.snapshot import Snapshot


def rendered_capture(
    device: Snapshot,
    di: Sequence[Path],
    name: str,
    knobs: Sequence[float] | None = None,
    sample_rate: int | None = None,
) -> Capture:
    """What recording a device would give, with a model in its stead: each recording a take, from rest.

    Args:
        device: plays at its own rate.
        di: dry recordings of any rate; the mean of their channels is played.
        name: of the capture.
        knobs: of the device.
        sample_rate: Hz, of the capture; the device's by default.

    Raises:
        AudioError: a recording is missing, unreadable or not audio.
        BadRequest: the knobs do not fit the device.
    """
    drys, wets, takes, stop = [], [], [], 0
    rate = sample_rate or device.sample_rate
    for path in di:
        audio = read_audio(path)
        dry = resample(audio.mono(), audio.sample_rate, device.sample_rate)
        wet = render(device, dry, knobs=knobs)
        drys.append(resample(dry, device.sample_rate, rate))
        wets.append(resample(wet, device.sample_rate, rate))
        start, stop = stop, stop + drys[-1].size
        takes.append(Take(path.stem, start, stop))
    return Capture(np.concatenate(wets), np.concatenate(drys), rate, name, tuple(takes))
