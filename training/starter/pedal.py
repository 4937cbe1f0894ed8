"""The one model of the starter zoo that stands for a real device: a recorded orange distortion pedal.

Its recording is not part of the package: two takes of 21 s, published under the MIT licence (Copyright (c)
2024 ben kim) by github.com/benzoylperoxide/rnn-distortion-emulator, ``data/``; see ``zoo/starter/NOTICE``.
"""

from __future__ import annotations

from pathlib import Path

from training.data import Split, split_by_time
from training.starter.material import SAMPLE_RATE
from training.starter.plan import USUAL_UNITS
from zoo.capture import load_capture
from zoo.snapshot import Metadata

NAME, UNITS = "orange-distortion-recorded", USUAL_UNITS
LICENCE = "MIT"
SOURCE = "github.com/benzoylperoxide/rnn-distortion-emulator at a3c93825, data/"
METADATA = Metadata(
    name=NAME,
    author=f"The tonezoo authors, from a recording (c) 2024 ben kim, {SOURCE}",
    make="tonezoo",
    model="orange distortion, recorded",
    kind="pedal",
    licence=LICENCE,
    extra={"source": SOURCE},
)


def split(folder: Path) -> Split:
    """The recording, aligned, at the starter's rate; each take's last fifth is the test.

    Raises:
        CaptureError: there are no two takes, or they are not what they should be.
        AudioError: a file is unreadable.
    """
    return split_by_time(load_capture(folder, sample_rate=SAMPLE_RATE))
