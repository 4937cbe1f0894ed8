"""The pedal itself, compiled for this computer, with a bank of the starter zoo and a steady chord to play."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoo.api.home import open_registry
from zoo.api.pedal import pack_bank
from zoo.audio import read_audio, write_audio
from zoo.bela.packing import Wishes
from zoo.simulating import Scene, play_once

RATE = 44_100
WINDOW = RATE // 20
Sound = npt.NDArray[np.float32]
PATTERNS = ("overdrive", "fuzz", "distortion", "preamp", "booster")


@dataclass(frozen=True)
class Stage:
    """A program, a bank, a recording, and room for more.

    Attributes:
        program, bank, chord, folder: files.
        names: of the bank's models, in its order.
    """

    program: Path
    bank: Path
    chord: Path
    folder: Path
    names: tuple[str, ...]

    def scene(self, name: str, **more: object) -> Scene:
        """With presets and recording of this name."""
        memory, out = self.folder / f"{name}.txt", self.folder / f"{name}.wav"
        return Scene(self.bank, memory, self.chord, out, silent=True, **more)  # type: ignore[arg-type]

    def alone(self, model: int) -> Sound:
        """A second of one model that has settled, left channel."""
        scene = self.scene(f"alone-{model}")
        play_once(self.program, scene, (json.dumps({"command": "model", "index": model}),))
        assert scene.out is not None
        return read_audio(scene.out).samples[0][-RATE:]


def furnish(program: Path, folder: Path) -> Stage:
    """Models of different kinds; a chord of whole periods in a second, so that it has no seam."""
    with open_registry(folder / "zoo") as registry:
        listed = registry.list()
        chosen = [next(m for m in listed if word in m.name and m.sample_rate == RATE) for word in PATTERNS]
        bank = pack_bank(
            [m.id for m in chosen],
            folder / "bank.bin",
            name="Test",
            wishes=Wishes(count=False),
            registry=registry,
        )
    t = np.arange(RATE) / RATE
    chord = sum(0.08 * np.sin(2 * np.pi * hertz * t) for hertz in (110, 165, 220))
    write_audio(folder / "chord.wav", np.asarray(chord, np.float32), RATE, encoding="FLOAT")
    return Stage(
        program, folder / "bank.bin", folder / "chord.wav", folder, tuple(m.name for m in bank.models)
    )


def loudness(sound: Sound) -> Sound:
    """RMS in dB of windows of 50 ms, every 10 ms."""
    places = range(0, sound.size - WINDOW, RATE // 100)
    return np.array([10 * np.log10(np.mean(np.square(sound[at : at + WINDOW])) + 1e-12) for at in places])


def greatest_step(sound: Sound) -> float:
    """From one sample to the next."""
    return float(np.max(np.abs(np.diff(sound))))
