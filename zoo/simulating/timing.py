"""How long each model of a bank takes on this computer."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import StoreError
from zoo.simulating.scene import Scene, basic_arguments

SECONDS = 600.0


@dataclass(frozen=True)
class Bench:
    """How long one model takes here.

    Attributes:
        model, kind: its name; LSTM, GRU or WaveNet.
        hidden, frame: units, and samples that it takes at a time.
        nanoseconds: for one sample.
        share: of real time, 1.0 = all there is.
    """

    model: str
    kind: str
    hidden: int
    frame: int
    nanoseconds: float
    share: float


def bench(program: Path, scene: Scene) -> list[Bench]:
    """Time every model of the scene's bank on this computer.

    Raises:
        StoreError: the pedal ended with an error.
    """
    done = subprocess.run(  # noqa: S603
        [program, "--bench", *basic_arguments(scene)],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if done.returncode != 0 or not done.stdout:
        raise StoreError(
            f"the pedal cannot time its models: {(done.stderr.splitlines() or ['no reason'])[-1]}"
        )
    return [_bench(line) for line in done.stdout.splitlines()[1:]]


def _bench(line: str) -> Bench:
    name, kind, hidden, frame, nanoseconds, share = line.rsplit(maxsplit=5)
    return Bench(name.strip(), kind, int(hidden), int(frame), float(nanoseconds), float(share[:-1]) / 100.0)
