"""Which files make a take: pairs, stereo files, wet alone, folders, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.capture.takes import find_takes, read_take
from zoo.errors import AudioError, BadRequest, CaptureError

Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """``put("a.wav", 2)``: a short file with so many channels, each at its own level."""

    def write(name: str, channels: int = 1) -> Path:
        levels = 0.1 * np.arange(1, channels + 1, dtype=np.float32)
        write_audio(tmp_path / name, np.tile(levels[:, None], (1, 100)), 8000)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("dry", "wet", "name"),
    [
        ("take0.dry.wav", "take0.wet.wav", "take0"),
        ("x-dry.flac", "x-wet.flac", "x"),
        ("lead_input.wav", "lead_output.wav", "lead"),
        ("riff DI.wav", "riff wet.wav", "riff"),
        ("dry.wav", "wet.wav", "take"),
        ("A.Input.wav", "A.target.wav", "A"),
    ],
)
def test_a_folder_pairs_files_by_name(put: Put, tmp_path: Path, dry: str, wet: str, name: str) -> None:
    put(dry), put(wet)
    [take] = find_takes(tmp_path)
    assert (take.name, take.dry, take.wet) == (name, tmp_path / dry, tmp_path / wet)


def test_takes_come_in_the_order_of_their_names_and_other_files_do_not_matter(
    put: Put, tmp_path: Path
) -> None:
    for take in ("b", "a"):
        put(f"{take}.dry.wav"), put(f"{take}.wet.wav")
    (tmp_path / "notes.txt").write_text("gain at noon")
    (tmp_path / ".hidden.wav").write_bytes(b"")
    assert [take.name for take in find_takes(tmp_path)] == ["a", "b"]


def test_stereo_is_left_dry_right_wet(put: Put) -> None:
    [take] = find_takes(put("both.wav", 2))
    recording = read_take(take)
    assert recording.dry is not None
    assert recording.dry[0] == pytest.approx(0.1, abs=1e-6)
    assert recording.wet[0] == pytest.approx(0.2, abs=1e-6)


def test_mono_is_wet_only(put: Put) -> None:
    assert read_take(find_takes(put("amp.wav"))[0]).dry is None


def test_a_folder_of_stereo_files_is_a_take_each(put: Put, tmp_path: Path) -> None:
    put("one.wav", 2), put("two.wav", 2)
    assert [take.name for take in find_takes(tmp_path)] == ["one", "two"]


def test_a_folder_of_wet_files_is_wet_only(put: Put, tmp_path: Path) -> None:
    put("one.wet.wav"), put("two.wet.wav")
    assert [take.dry for take in find_takes(tmp_path)] == [None, None]


def test_two_stereo_files_give_the_channel_that_has_something_or_the_mean(tmp_path: Path) -> None:
    one = np.array([[0.5] * 100, [0.0] * 100], np.float32)
    write_audio(tmp_path / "dry.wav", one, 8000)
    write_audio(tmp_path / "wet.wav", one + np.array([[0.0], [0.25]]), 8000)
    recording = read_take(find_takes(tmp_path)[0])
    assert recording.dry is not None
    assert recording.dry[0] == 0.5
    assert recording.wet[0] == pytest.approx(0.375)
    assert [finding.code for finding in recording.findings] == ["stereo"]


def test_a_stereo_file_of_one_signal_is_wet_only_and_says_so(tmp_path: Path) -> None:
    write_audio(tmp_path / "amp.wav", np.full((2, 100), 0.5, np.float32), 8000)
    recording = read_take(find_takes(tmp_path / "amp.wav")[0])
    assert recording.dry is None
    assert [finding.code for finding in recording.findings] == ["same-channels"]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a.dry.wav": 1}, "a.dry.wav has no partner; name the takes in pairs"),
        ({"a.dry.wav": 1, "b.wet.wav": 1}, "a.dry.wav has no partner, nor have 1 others"),
        ({"a.dry.wav": 1, "a.wet.wav": 1, "solo.wav": 1}, "solo.wav has no partner"),
        ({"a.dry.wav": 1, "a_di.wav": 1, "a.wet.wav": 1}, "the same side of one take"),
        ({"one.wav": 1, "two.wav": 2}, "both stereo files and mono files"),
        ({}, "holds no audio"),
    ],
)
def test_a_folder_that_does_not_pair_up_is_refused(
    put: Put, tmp_path: Path, files: dict[str, int], sentence: str
) -> None:
    for name, channels in files.items():
        put(name, channels)
    with pytest.raises(CaptureError, match=sentence):
        find_takes(tmp_path)


def test_three_channels_are_refused(put: Put) -> None:
    with pytest.raises(AudioError, match="has 3 channels"):
        read_take(find_takes(put("band.wav", 3))[0])


def test_a_folder_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(AudioError, match=r"cannot be read \(Permission denied\); check its permissions"):
        find_takes(tmp_path)


def test_a_path_and_two_files_are_one_too_many() -> None:
    with pytest.raises(BadRequest, match="not both"):
        find_takes("a.wav", wet="b.wav")


@pytest.mark.parametrize("given", [{}, {"dry": "a.wav"}])
def test_without_a_wet_signal_there_is_no_capture(given: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match="give a capture"):
        find_takes(**given)
