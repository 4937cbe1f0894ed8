"""Trials hold what they say: the reference, hidden and open, an anchor, every system, all equally loud."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zoo.api import listening_test
from zoo.audio import read_audio, write_audio
from zoo.errors import AudioError, BadRequest, CaptureError, NotInZoo
from zoo.formats import write_model
from zoo.listening.stimuli import ListeningTest
from zoo.reports.loudness import loudness_db


def names(test: ListeningTest) -> list[str]:
    return [condition.name for condition in test.conditions]


def test_a_trial_has_reference_hidden_reference_anchor_and_systems(listening: ListeningTest) -> None:
    assert names(listening) == ["hidden reference", "low anchor", "near", "far"]
    assert len(listening.trials) == 2
    for trial in listening.trials:
        assert trial.signals.shape == (5, 44_100)
        np.testing.assert_array_equal(trial.signals[0], trial.signals[1])


def test_all_are_equally_loud_and_none_clips(listening: ListeningTest) -> None:
    for trial in listening.trials:
        levels = [loudness_db(signal, trial.sample_rate) for signal in trial.signals]
        assert levels == pytest.approx([levels[0]] * 5, abs=0.01)
        assert np.abs(trial.signals).max() <= 0.9


def test_excerpts_are_of_different_places(listening: ListeningTest) -> None:
    first, second = (trial.start_seconds for trial in listening.trials)
    assert second - first >= 1.0


def test_the_anchor_is_a_tanh_of_the_dry_signal(listening: ListeningTest, recordings: Path) -> None:
    dry = read_audio(recordings / "dry.wav").samples[0]
    trial = listening.trials[1]
    start = round(trial.start_seconds * trial.sample_rate)
    bent = np.tanh(2.0 * dry / np.abs(dry).max())[start : start + trial.signals.shape[1]]
    assert np.corrcoef(trial.signals[2], bent)[0, 1] > 0.9999


def test_without_dry_the_anchor_is_the_reference_without_treble(recordings: Path) -> None:
    test = listening_test([recordings / "near.wav"], [recordings / "wet.wav"], excerpts=1, seconds=2.0)
    assert "3500 Hz" in test.anchor
    reference, _, anchor, _ = test.trials[0].signals
    spectra = [np.abs(np.fft.rfft(signal * np.hanning(signal.size))) ** 2 for signal in (reference, anchor)]
    treble = [s[10_000:].sum() / s.sum() for s in spectra]  # above 5 kHz
    assert treble[1] < 1e-4 * treble[0]


def test_a_model_plays_the_dry_signal(recordings: Path, tmp_path: Path, lstm) -> None:
    write_model(lstm(0, 8), tmp_path / "model")
    test = listening_test(
        [tmp_path / "model"], [recordings / "wet.wav"], dry=[recordings / "dry.wav"], excerpts=1, seconds=2.0
    )
    trial = test.trials[0]
    dry = read_audio(recordings / "dry.wav").samples[0]
    from zoo.engine import render

    played = render(lstm(0, 8), dry)
    start = round(trial.start_seconds * trial.sample_rate)
    excerpt = played[start : start + trial.signals.shape[1]]
    assert np.corrcoef(trial.signals[3], excerpt)[0, 1] > 0.9999


def test_a_recording_that_comes_late_is_put_in_time_with_the_others(recordings: Path, tmp_path: Path) -> None:
    wet = read_audio(recordings / "wet.wav").samples[0]
    late = np.concatenate([np.zeros(300, np.float32), wet[:-300]])
    write_audio(tmp_path / "late.wav", late[None], 44_100)
    test = listening_test(
        [tmp_path / "late.wav"],
        [recordings / "wet.wav"],
        dry=[recordings / "dry.wav"],
        excerpts=1,
        seconds=2.0,
    )
    reference, _, _, system = test.trials[0].signals
    assert np.corrcoef(reference, system)[0, 1] > 0.999


def test_a_folder_is_a_system_for_several_references(recordings: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("wet.wav", "near.wav"):
        (clone / name).write_bytes((recordings / name).read_bytes())
    test = listening_test([clone], [recordings / "wet.wav", recordings / "near.wav"], excerpts=1, seconds=1.0)
    assert [trial.reference for trial in test.trials] == ["wet", "near"]
    assert names(test)[2:] == ["clone"]
    for trial in test.trials:
        np.testing.assert_allclose(trial.signals[0], trial.signals[3], atol=1e-6)


def test_the_same_sounds_under_the_same_names_are_the_same_test(
    recordings: Path, listening: ListeningTest
) -> None:
    def made(*systems: str) -> str:
        files = [recordings / f"{name}.wav" for name in systems]
        dry, wet = [recordings / "dry.wav"], [recordings / "wet.wav"]
        return listening_test(files, wet, dry=dry, excerpts=2, seconds=1.0).id

    assert made("near", "far") == listening.id
    assert made("far", "near") != listening.id


@pytest.mark.parametrize(
    ("systems", "references", "dry", "error", "sentence"),
    [
        (["nothing.wav"], ["wet.wav"], [], AudioError, "nothing.wav"),
        (["no-such-model"], ["wet.wav"], ["dry.wav"], NotInZoo, "no-such-model"),
        (["model"], ["wet.wav"], [], BadRequest, "add --dry"),
        (["near.wav", "near.wav"], ["wet.wav"], [], BadRequest, "given twice"),
        (["near.wav"], ["wet.wav"], ["dry.wav", "dry.wav"], BadRequest, "one --dry for each"),
        (["near.wav"], ["wet.wav", "far.wav"], [], BadRequest, "give a folder"),
        (["near.wav"], ["short.wav"], [], CaptureError, "recordings of the same playing"),
        (["near.wav"], ["silent.wav"], [], CaptureError, "silent"),
        (["near.wav"], [], [], BadRequest, "0 references"),
        (["near.wav"], ["wet.wav"], ["unrelated.wav"], CaptureError, "wet"),
    ],
)
def test_what_makes_no_test_is_refused(
    recordings: Path, tmp_path: Path, lstm, systems, references, dry, error, sentence
) -> None:
    wet = read_audio(recordings / "wet.wav").samples
    noise = np.random.default_rng(5).standard_normal(wet.shape).astype(np.float32)
    write_audio(tmp_path / "short.wav", wet[:, :80_000], 44_100)
    write_audio(tmp_path / "silent.wav", 0 * wet, 44_100)
    write_audio(tmp_path / "unrelated.wav", 0.1 * noise, 44_100)
    write_model(lstm(0, 8), tmp_path / "model")

    def there(name: str) -> str | Path:
        found = [folder / name for folder in (recordings, tmp_path) if (folder / name).exists()]
        return found[0] if found else name

    made, wanted, played = ([there(name) for name in files] for files in (systems, references, dry))
    with pytest.raises(error, match=sentence):
        listening_test(made, wanted, dry=played)
