"""Playing for the recommender's tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from zoo.playing import Phrase, perform


@pytest.fixture(scope="session")
def guitar() -> npt.NDArray[np.float32]:
    """Eight seconds of strummed chords at 44.1 kHz."""
    return perform(Phrase("strum", "humbucker-bridge", 101, 8.0, -3.0, 110.0), 44_100)


@pytest.fixture(scope="session")
def melody() -> npt.NDArray[np.float32]:
    """Eight seconds of single notes at 44.1 kHz."""
    return perform(Phrase("melody", "single-coil-neck", 102, 8.0, -6.0, 100.0), 44_100)
