"""Playing for the recommender's tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from small_devices import make_device

from recommender.fingerprint import fingerprint
from recommender.index import Index, id_of
from recommender.library import Library
from recommender.nominate import Candidate
from recommender.vectors import place, size
from zoo.playing import Phrase, perform


@pytest.fixture(scope="session")
def guitar() -> npt.NDArray[np.float32]:
    """Eight seconds of strummed chords at 44.1 kHz."""
    return perform(Phrase("strum", "humbucker-bridge", 101, 8.0, -3.0, 110.0), 44_100)


@pytest.fixture(scope="session")
def melody() -> npt.NDArray[np.float32]:
    """Eight seconds of single notes at 44.1 kHz."""
    return perform(Phrase("melody", "single-coil-neck", 102, 8.0, -6.0, 100.0), 44_100)


@pytest.fixture(scope="session")
def library() -> Library:
    """Six small devices, one with a knob and one at 48 kHz, heard and indexed."""
    devices = [make_device(seed) for seed in range(4)]
    devices += [make_device(4, knobs=1), make_device(5, rate=48_000)]
    by_id = {device.digest: device for device in devices}
    heard = {i: fingerprint(device) for i, device in by_id.items()}
    index = Index("test", (size("paired"), size("wet")))
    places = {kind: np.stack([place(kind, heard[i]) for i in by_id]) for kind in ("paired", "wet")}
    index.add([id_of(i) for i in by_id], places["paired"], places["wet"])
    candidates = {i: Candidate(i, i) for i in by_id}
    return Library(index, candidates, by_id.__getitem__, heard.__getitem__)
