"""The app itself on this computer: what is heard, kept and refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from protocol import opened
from simulated import RATE, Stage, greatest_step, loudness

from zoo.audio import read_audio
from zoo.errors import BadRequest, StoreError
from zoo.simulating import Scene, Simulator, bench, building, host_program, play_once


def command(**members: object) -> str:
    return json.dumps(members)


def test_it_is_compiled_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_compile", lambda *_: pytest.fail("it is compiled again"))
    assert host_program(stage.program.parent) == stage.program


def test_without_a_compiler_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="no C\\+\\+ compiler"):
        host_program(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_same_recording_makes_the_same_sound_in_any_block(stage: Stage) -> None:
    sounds = []
    for block in (16, 64, 441):
        scene = stage.scene(f"block-{block}", block=block)
        play_once(stage.program, scene)
        assert scene.out is not None
        audio = read_audio(scene.out)
        assert audio.sample_rate == RATE
        assert audio.samples.shape == (2, RATE)
        sounds.append(audio.samples[0][RATE // 2 :])
    assert np.max(np.abs(sounds[0] - sounds[1])) < 1e-4
    # A block that is no divisor of the chord's period meets the gains' ramps elsewhere, not another sound.
    assert abs(loudness(sounds[0]).mean() - loudness(sounds[2]).mean()) < 0.01


def test_bypass_is_the_dry_sound(stage: Stage) -> None:
    scene = stage.scene("bypassed")
    play_once(stage.program, scene, (command(command="bypass", on=True),))
    assert scene.out is not None
    assert scene.recording is not None
    dry, wet = read_audio(scene.recording).mono(), read_audio(scene.out).samples[0]
    assert np.max(np.abs(dry - wet)[RATE // 10 :]) < 1e-5


def test_switching_by_every_kind_of_request_while_sound_runs(stage: Stage) -> None:
    """Two pages, one of them this test: both hear of every change, and the sound has no hole and no step."""
    alone = [stage.alone(model) for model in range(len(stage.names))]
    scene = stage.scene("switching")
    with Simulator(stage.program, scene) as pedal, opened(pedal.page) as one, opened(pedal.page) as two:
        for index in (1, 2, 3, 4, 0, 3, 1):
            one.say(command="model", index=index)
            for page in (one, two):
                page.until(model=index)
    assert scene.out is not None
    sound = read_audio(scene.out).samples[0][RATE // 2 :]
    levels, settled = loudness(sound), [loudness(one) for one in alone]
    assert levels.min() > min(level.min() for level in settled) - 1.0
    assert levels.max() < max(level.max() for level in settled) + 1.0
    assert greatest_step(sound) <= 1.01 * max(map(greatest_step, alone))


def test_presets_stay_from_one_time_to_the_next(stage: Stage) -> None:
    with Simulator(stage.program, stage.scene("kept")) as pedal, opened(pedal.page) as page:
        first = page.told("snapshot")
        page.say(command="model", index=2)
        page.say(command="save", slot=4, name="Loud")
        page.until(presets=[*[""] * 4, "Loud", *[""] * 11])
    with Simulator(stage.program, stage.scene("kept")) as pedal, opened(pedal.page) as page:
        then = page.told("snapshot")
    assert (first["state"]["model"], first["state"]["presets"][4]) == (0, "")
    assert (then["state"]["model"], then["state"]["presets"][4]) == (2, "Loud")


def test_every_model_is_timed(stage: Stage) -> None:
    timed = bench(stage.program, stage.scene("bench"))
    assert tuple(one.model for one in timed) == stage.names
    assert all(one.nanoseconds > 0 and one.share > 0 for one in timed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"block": 0}, "1 to 4096"),
        ({"out": Path("sound.xyz")}, "no sound file"),
        ({"out": Path("/nowhere/sound.wav")}, "no folder"),
        ({"out": None}, "--out"),
        ({"recording": None}, "--in"),
    ],
)
def test_nonsense_is_refused_before_anything_plays(
    stage: Stage, change: dict[str, object], words: str
) -> None:
    plain: dict[str, object] = {
        "bank": stage.bank,
        "memory": stage.folder / "no.txt",
        "recording": stage.chord,
        "out": stage.folder / "no.wav",
    }
    with pytest.raises(BadRequest, match=words):
        play_once(stage.program, Scene(**{**plain, **change}))  # type: ignore[arg-type]


def test_a_port_that_is_taken_is_one_sentence(stage: Stage) -> None:
    with Simulator(stage.program, stage.scene("first")) as pedal:
        port = int(pedal.page.split(":")[2].split("/")[0])
        with (
            pytest.raises(StoreError, match="port"),
            Simulator(stage.program, stage.scene("second", port=port)),
        ):
            pass


def test_the_command_plays_until_it_is_interrupted(stage: Stage, tmp_path: Path) -> None:
    arguments = ("--bank", str(stage.bank), "--in", str(stage.chord), "--out", str(tmp_path / "out.wav"))
    zoo = (sys.executable, "-m", "zoo.cli.main", "bela", "simulate")
    process = subprocess.Popen(
        [*zoo, *arguments, "--silent", "--no-open", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )
    assert process.stdout is not None
    said = ""
    while not said.endswith("}\n"):
        said += process.stdout.readline()
    with opened(json.loads(said)["page"]) as page:
        assert page.told("snapshot")["bank"]["name"] == "Test"
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert read_audio(tmp_path / "out.wav").samples.shape[0] == 2
