"""What the pedal plays on this computer, and as which arguments its program is told so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zoo.errors import BadRequest
from zoo.simulating.sound import encoding_of, pour

BELA_RATE = 44_100  # Hz
MOST_BLOCK = 4096
IN, OUT = "in.f32", "out.f32"


@dataclass(frozen=True)
class Scene:
    """What the pedal plays.

    Attributes:
        bank: of models.
        memory: the pedal's presets; made when they are first saved.
        recording: what is played through it, mono or stereo, over and over; None for the sound device.
        out: where the sound that comes out is kept; None for nowhere.
        block: samples in one call, 1 to 4096.
        sample_rate: Hz. The board's is 44.1 kHz.
        port: of the page; 0 takes one that is free.
        everyone: other computers and phones can open the page too, not this one alone.
        silent: leave the sound device alone.
        seconds: to play; None plays until it is stopped.
        midi: a raw MIDI port or pipe, such as /dev/snd/midiC1D0.
    """

    bank: Path
    memory: Path
    recording: Path | None = None
    out: Path | None = None
    block: int = 16
    sample_rate: int = BELA_RATE
    port: int = 0
    everyone: bool = False
    silent: bool = False
    seconds: float | None = None
    midi: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.block <= MOST_BLOCK:
            raise BadRequest(f"a block of {self.block} samples; 1 to {MOST_BLOCK} are possible")


def basic_arguments(scene: Scene) -> list[str]:
    """Bank, presets, rate and block."""
    scene.memory.parent.mkdir(parents=True, exist_ok=True)
    return [
        "--bank", str(scene.bank), "--memory", str(scene.memory),
        "--rate", str(scene.sample_rate), "--block", str(scene.block),
    ]  # fmt: skip


def arguments(scene: Scene, folder: Path) -> list[str]:
    """Of the program; the recording is put into ``folder`` as it wants it."""
    said = basic_arguments(scene)
    if scene.recording is None:
        said.append("--device")
    else:
        channels = pour(scene.recording, folder / IN, scene.sample_rate)
        said += ["--in", str(folder / IN), "--channels", str(channels)]
    if scene.out is not None:
        encoding_of(scene.out)  # a name that no file can have is said before, and not after an hour
        said += ["--out", str(folder / OUT)]
    if scene.seconds is not None:
        said += ["--seconds", str(scene.seconds)]
    if scene.midi is not None:
        said += ["--midi", scene.midi]
    return [*said, *["--listen"] * scene.everyone, *["--silent"] * scene.silent]
