"""What happens to a recording on its way here must not change what is suggested for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from small_devices import capture_of, make_device

from recommender.halving import Halving
from recommender.suggest import suggest
from zoo.audio import resample, write_audio
from zoo.capture import load_capture
from zoo.suggesting.workbench import Workbench

RATE = 44_100
Signal = npt.NDArray[np.float32]
Way = Callable[[Signal, Signal], tuple[Signal, Signal, int]]


def _late(dry: Signal, wet: Signal) -> tuple[Signal, Signal, int]:
    return dry, np.concatenate([np.zeros(700, np.float32), wet]), RATE


def _early(dry: Signal, wet: Signal) -> tuple[Signal, Signal, int]:
    return dry, wet[900:], RATE


def _inverted(dry: Signal, wet: Signal) -> tuple[Signal, Signal, int]:
    return dry, -wet, RATE


def _noisy(dry: Signal, wet: Signal) -> tuple[Signal, Signal, int]:
    """Noise 60 dB below the playing."""
    noise = np.random.Generator(np.random.PCG64(0)).normal(0.0, 1e-3 * np.std(wet), wet.size)
    return dry, (wet + noise).astype(np.float32), RATE


def _resampled(dry: Signal, wet: Signal) -> tuple[Signal, Signal, int]:
    return resample(dry, RATE, 48_000), resample(wet, RATE, 48_000), 48_000


def _cut_off(dry: Signal, wet: Signal) -> tuple[Signal, Signal, int]:
    """The second half is missing, and it ends in the middle of a note."""
    return dry, wet[: wet.size // 2 + 123], RATE


def _softer(dry: Signal, wet: Signal) -> tuple[Signal, Signal, int]:
    return dry, wet * np.float32(10 ** (-12 / 20)), RATE


WAYS: tuple[Way, ...] = (_late, _early, _inverted, _noisy, _resampled, _cut_off, _softer)


@pytest.fixture(scope="module")
def sides(guitar) -> tuple[Signal, Signal]:
    """Of the third device of the library, the wet side within full scale."""
    capture = capture_of(make_device(2), guitar)
    return guitar, (0.5 * capture.wet / np.abs(capture.wet).max()).astype(np.float32)


def _suggested(library, folder: Path, dry: Signal, wet: Signal, rate: int, suffix: str = "wav") -> list[str]:
    """From files, as a user has them: the parents in order."""
    encoding = "MPEG_LAYER_III" if suffix == "mp3" else "PCM_24"
    for name, signal in (("dry", dry), ("wet", wet)):
        write_audio(folder / f"{name}.{suffix}", signal, rate, encoding=encoding)
    capture = load_capture(dry=folder / f"dry.{suffix}", wet=folder / f"wet.{suffix}")
    return [parent.id for parent in suggest(capture, library).parents]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_the_device_itself_is_first_whatever_the_recorder_did(library, tmp_path, sides, way: Way) -> None:
    assert _suggested(library, tmp_path, *way(*sides))[0] == make_device(2).digest


@pytest.mark.parametrize("way", [_late, _early, _inverted, _softer], ids=lambda way: way.__name__.strip("_"))
def test_what_can_be_undone_leaves_no_trace_in_the_order(library, tmp_path, sides, way: Way) -> None:
    plain = _suggested(library, tmp_path, *sides, RATE)
    assert _suggested(library, tmp_path, *way(*sides))[:3] == plain[:3]


def test_mp3_on_both_sides_leaves_the_device_first(library, tmp_path, sides) -> None:
    assert _suggested(library, tmp_path, *sides, RATE, "mp3")[0] == make_device(2).digest


def test_another_guitar_finds_the_same_device_and_most_of_the_same_parents(
    library, tmp_path, guitar, melody
) -> None:
    heard = [
        [parent.id for parent in suggest(capture_of(make_device(2), dry), library).parents]
        for dry in (guitar, melody)
    ]
    assert heard[0][0] == heard[1][0] == make_device(2).digest
    assert len(set(heard[0]) & set(heard[1])) >= 4


def test_noise_at_minus_60_db_costs_the_tuned_first_suggestion_nothing(library, sides) -> None:
    def first(way: Way) -> str:
        dry, wet, rate = way(*sides)
        device = capture_of(make_device(2), dry)
        capture = type(device)(wet, dry, rate, "test", device.takes)
        halving: Halving = Workbench(capture).halving()
        return suggest(capture, library, halving=halving).parents[0].id

    assert first(_noisy) == first(lambda dry, wet: (dry, wet, RATE)) == make_device(2).digest
