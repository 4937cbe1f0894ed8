"""What the engine does for any architecture: many at once, and refusals in a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from recurrents import noise, with_random_weights

from zoo import engine
from zoo.architecture import Recurrent
from zoo.errors import BadRequest, EngineMissing

KNOBLESS = with_random_weights(Recurrent("LSTM", 8))
TWO_KNOBS = with_random_weights(Recurrent("GRU", 8, input_size=3))


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_many_snapshots_on_one_signal_sound_as_each_alone(threads: int | None) -> None:
    snapshots = [with_random_weights(Recurrent("LSTM", 4 + n), seed=n) for n in range(7)]
    many = engine.render_many(snapshots, noise(500), threads=threads)
    assert all(np.array_equal(m, engine.render(s, noise(500))) for s, m in zip(snapshots, many, strict=True))


def test_each_snapshot_may_have_its_own_signal() -> None:
    signals = [noise(50), noise(70, seed=1)]
    many = engine.render_many([KNOBLESS, KNOBLESS], signals)
    assert [len(wet) for wet in many] == [50, 70]
    assert np.array_equal(many[1], engine.render(KNOBLESS, signals[1]))


def test_no_snapshots_make_no_signals() -> None:
    assert engine.render_many([], noise(50)) == []


def test_knobs_stand_in_the_middle_unless_told() -> None:
    middle = engine.render(TWO_KNOBS, noise(50), knobs=[0.5, 0.5])
    assert np.array_equal(engine.render(TWO_KNOBS, noise(50)), middle)
    assert not np.array_equal(engine.render(TWO_KNOBS, noise(50), knobs=[0.5, 0.6]), middle)


def test_the_fastest_path_is_taken_unless_told() -> None:
    assert engine.simd_paths()[0] == "baseline"
    fastest = engine.render(KNOBLESS, noise(50), simd=engine.simd_paths()[-1])
    assert np.array_equal(engine.render(KNOBLESS, noise(50)), fastest)


@pytest.mark.parametrize(
    ("audio", "sentence"),
    [
        ([], "the audio is empty"),
        (np.zeros((2, 5)), r"the audio has shape \(2, 5\); one channel"),
        (0.5, r"the audio has shape \(\)"),
        ([0.0, np.nan], "the audio holds NaN or infinity"),
        ([np.inf], "the audio holds NaN or infinity"),
    ],
)
def test_audio_that_is_none_is_refused(audio: object, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        engine.render(KNOBLESS, audio)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ([0.5], "1 knob values were given, but GRU-8 with 2 knobs takes 2"),
        ([0.5, 1.5], "out of range; 0 to 1 is expected"),
        ([0.5, np.nan], "out of range"),
    ],
)
def test_knobs_that_do_not_fit_are_refused(knobs: list[float], sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        engine.render(TWO_KNOBS, noise(5), knobs=knobs)


def test_knobs_for_a_model_without_any_are_refused() -> None:
    with pytest.raises(BadRequest, match="LSTM-8 takes 0"):
        engine.render(KNOBLESS, noise(5), knobs=[0.5])


def test_an_unknown_instruction_set_is_refused_by_name() -> None:
    with pytest.raises(BadRequest, match=r"'mmx'.*baseline"):
        engine.render(KNOBLESS, noise(5), simd="mmx")


def test_as_many_signals_as_snapshots_are_asked_for() -> None:
    with pytest.raises(BadRequest, match="1 signals were given for 2 snapshots"):
        engine.render_many([KNOBLESS, KNOBLESS], [noise(5)])


def test_weights_that_no_arithmetic_survives_are_refused() -> None:
    huge = with_random_weights(Recurrent("LSTM", 2), scale=1e20)
    with pytest.raises(BadRequest, match="the engine refuses this LSTM-2"):
        engine.render(huge, noise(5))


def test_a_missing_engine_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(engine, "import_module", gone)
    engine.simd_paths.cache_clear()
    engine._import.cache_clear()
    try:
        with pytest.raises(EngineMissing, match=r"pip install"):
            engine.render(KNOBLESS, noise(5))
    finally:
        engine.simd_paths.cache_clear()
        engine._import.cache_clear()
