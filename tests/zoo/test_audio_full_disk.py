"""A disk that is full from the start or fills up on the way: a sentence, and no file."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.errors import WriteError


@pytest.fixture
def limited() -> Iterator[Callable[[int], None]]:
    """Lets no file grow beyond some bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda room: resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 10_000])
def test_a_full_disk_is_a_write_error_and_leaves_no_file(
    room: int, tmp_path: Path, limited: Callable[[int], None]
) -> None:
    limited(room)
    with pytest.raises(WriteError, match=r"a\.wav"):
        write_audio(tmp_path / "a.wav", np.zeros(200_000), 44_100)
    limited(resource.RLIM_INFINITY)
    assert list(tmp_path.iterdir()) == []
