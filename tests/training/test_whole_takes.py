"""Short takes are dealt whole: no note, no octave of it and no sample of it is in two parts."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from training.data import Part, Split
from training.datasets import split_capture
from training.datasets.pitch import pitch_of
from training.datasets.whole_takes import in_blocks, order_of_use, spread
from zoo.capture import Capture, Take, load_capture
from zoo.errors import CaptureError

RATE = 16_000


def note(midi: float, seconds: float = 1.0, seed: int = 0) -> np.ndarray:
    """A decaying string of eight harmonics, struck anew for every seed."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    hz = 440.0 * 2 ** ((midi - 69) / 12)
    tones = [np.sin(2 * np.pi * (h * hz * t + rng.random())) / h for h in range(1, 9) if h * hz < RATE / 2]
    return (0.2 * np.exp(-2 * t) * np.sum(tones, axis=0)).astype(np.float32)


def capture_of(*drys: np.ndarray) -> Capture:
    """The wet signal counts the samples, so that every sample tells where it came from."""
    stops = np.cumsum([dry.size for dry in drys])
    takes = tuple(
        Take(f"take{i}", int(b - dry.size), int(b))
        for i, (dry, b) in enumerate(zip(drys, stops, strict=True))
    )
    wet = np.arange(1, stops[-1] + 1, dtype=np.float32)
    return Capture(wet=wet, dry=np.concatenate(drys), sample_rate=RATE, name="set", takes=takes)


def takes_of(capture: Capture, part: Part) -> set[str]:
    """The takes that a part has samples of."""
    spans = {take.name: capture.wet[take.start : take.stop] for take in capture.takes}
    return {name for name, span in spans.items() if any(np.shares_memory(span, wet) for wet in part.wet)}


def parts_of(split: Split) -> tuple[Part, Part, Part]:
    return split.train, split.validation, split.test


@pytest.mark.parametrize("midi", [40.0, 52.3, 64.0, 76.0, 83.9])
def test_a_single_note_has_its_pitch_class(midi: float) -> None:
    found = pitch_of(note(midi), RATE)
    assert found is not None
    assert abs((found - midi + 6) % 12 - 6) < 0.1


def test_a_run_a_chord_noise_and_silence_are_not_single_notes() -> None:
    run = np.concatenate([note(m, 0.25) for m in (52, 55, 57, 59)])
    chord = note(48) + note(52) + note(55)
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    for signal in (run, chord, noise, np.zeros(RATE, np.float32), np.zeros(3, np.float32)):
        assert pitch_of(signal, RATE) is None


def test_a_fretboard_is_dealt_by_pitch_class_and_every_part_hears_all_registers() -> None:
    strings = (64, 59, 55, 50, 45, 40)
    frets = [(string + fret, 7 * string + fret) for string in strings for fret in range(0, 13, 2)]
    capture = capture_of(*(note(midi + 0.2, seed=seed) for midi, seed in frets))
    midi = {take.name: m for take, (m, _) in zip(capture.takes, frets, strict=True)}
    dealt = [takes_of(capture, part) for part in parts_of(split_capture(capture))]
    assert set.union(*dealt) == set(midi)
    for one, other in combinations(dealt, 2):
        assert not one & other
        assert not {midi[name] % 12 for name in one} & {midi[name] % 12 for name in other}
    for names in dealt:
        assert min(midi[n] for n in names) < 52
        assert max(midi[n] for n in names) > 64
    shares = [len(names) / len(frets) for names in dealt]
    assert shares == pytest.approx([0.6, 0.2, 0.2], abs=0.1)


def test_whole_takes_stay_whole_and_the_same_set_gives_the_same_split() -> None:
    capture = capture_of(*(note(m, 1.0 + m / 100) for m in range(50, 60)))
    one, two = split_capture(capture), split_capture(capture)
    for a, b in zip(parts_of(one), parts_of(two), strict=True):
        assert [wet.tobytes() for wet in a.wet] == [wet.tobytes() for wet in b.wet]
    lengths = {take.stop - take.start for take in capture.takes}
    assert all(wet.size in lengths for part in parts_of(one) for wet in part.wet)
    assert one.how == "6/2/2 whole notes are for training/validation/test"


def test_one_pitch_only_is_dealt_by_takes() -> None:
    drys = [note(57, seed=i) for i in range(5)]
    assert sorted(i for part in spread(drys, [57.0] * 5) for i in part) == [0, 1, 2, 3, 4]
    assert all(spread(drys, [57.0] * 5))


def test_notes_that_hold_the_same_samples_stay_together_whatever_they_are_called() -> None:
    drys = [note(57, seed=i) for i in range(6)]
    drys[4] = drys[0][2_000:]
    parts = spread(drys, [None] * 6)
    assert any({0, 4} <= set(part) for part in parts)


def test_loose_fragments_are_dealt_in_blocks_in_their_order() -> None:
    rng = np.random.default_rng(0)
    drys = [rng.standard_normal(RATE).astype(np.float32) for _ in range(10)]
    assert in_blocks(drys) == ([0, 1, 2, 3, 4, 5], [6, 7], [8, 9])
    capture = capture_of(*drys)
    assert takes_of(capture, split_capture(capture).test) == {"take8", "take9"}


def test_takes_that_all_overlap_are_refused() -> None:
    track = np.random.default_rng(0).standard_normal(3 * RATE).astype(np.float32)
    with pytest.raises(CaptureError, match="repeat one another's samples"):
        in_blocks([track[:RATE], track[8_000:24_000], track[20_000:]])


def test_long_takes_are_cut_in_time_as_before() -> None:
    rng = np.random.default_rng(0)
    capture = capture_of(*(rng.standard_normal(4 * RATE).astype(np.float32) for _ in range(4)))
    split = split_capture(capture)
    assert [len(part.wet) for part in parts_of(split)] == [4, 4, 4]
    assert split.how == ""


def test_a_limit_in_seconds_takes_notes_from_all_over_the_set() -> None:
    assert order_of_use([10, 20, 30, 40, 50]) == [10, 50, 30, 20, 40]
    capture = capture_of(*(note(m) for m in range(48, 72)))
    whole, limited = (split_capture(capture, seconds=s) for s in (None, 4.5))
    assert limited.train.samples == int(4.5 * RATE)
    assert takes_of(capture, limited.train) < takes_of(capture, whole.train)
    assert limited.test.samples == whole.test.samples


def test_a_real_set_of_single_notes_is_dealt_by_pitch_class(data: Path) -> None:
    capture = load_capture(data / "captures" / "boss-bd2")
    pitches = [pitch_of(capture.dry[t.start : t.stop], capture.sample_rate) for t in capture.takes]
    assert [round(p) for p in pitches] == [59, 63, 67, 43]
    split = split_capture(capture)
    assert [takes_of(capture, part) for part in parts_of(split)] == [{"take2", "take3"}, {"take0"}, {"take1"}]
