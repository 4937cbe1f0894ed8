"""What the benchmark captures: real devices, models of other architectures, circuits; none of them in a zoo.

Real recordings and models are found through TONEZOO_DATA and are no part of tonezoo; without them, the
circuits remain, whose playing is synthesised. Each target has playing for training and validation, and other
playing for the test: another recording, of another player where there is one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np

from zoo.capture import Capture, Take, load_capture
from zoo.comparing.capture import rendered_capture
from zoo.errors import BadRequest

DATA_VARIABLE = "TONEZOO_DATA"
RATE = 48_000
GUITARS = ("power", "mayer", "john", "jazz-hop", "pop-punk", "tomb")
MODEL_FOLDER = "models/nam"
# Name -> file of a WaveNet, what else its family is called. The devices are as different as the files allow.
MODELS: dict[str, tuple[str, str]] = {
    "hm2": ("Peter N HM-2_V5_L10_H10_D0_Std_ESR-0.0004", "hm2"),
    "ts9": ("Tim R TS9", "ts9 ts808 tubescreamer"),
    "ds1-other": ("Keith B DS1_g6_t5", "ds1"),
    "klon-clone": ("Keith B klone_g6_t6_o5", "klon"),
    "plumes": ("Keith B PlumesClone_maxG_t5_switch1", "plumes"),
    "jcm2000": ("Tim R JCM2000 Crunch", "jcm2000"),
    "jcm900": ("Tim R JCM90050WDualVerbChAG8", "jcm900"),
    "5152": ("Tim R 5152 Lead No Boost", "5152 5150"),
    "jet-city": ("Tim R Jet City G5", "jetcity soldano"),
    "splawn": ("Tim R Splawn Pro Mod G10 Gear 2", "splawn"),
    "twin-reverb": ("Tim R Fender TwinVerb Norm Bright", "twin"),
    "magnatone": ("Tim R Magnatone Super 59 Mkii Ch1 Norm", "magnatone"),
    "dirty-tree": ("Peter N DirtyTree DT-33_V7_Std_ESR-0.0001", "dirtytree"),
    "sd805": ("Tim R Seymour Duncan 805", "duncan805"),
}
# Name -> pairs for training, pair for the test, what the family is called.
CAPTURES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "boss-ds1": (("boss-ds1/val",), "boss-ds1/test", "ds1"),
    "boss-bd2": (("boss-bd2/take0", "boss-bd2/take1", "boss-bd2/take2"), "boss-bd2/take3", "bd2 bluesdriver"),
    "hudson-broadcast": (
        ("hudson-broadcast/guitar_1", "hudson-broadcast/bass_1"), "hudson-broadcast/guitar_2", "broadcast"
    ),
    "honeybee": (
        ("honeybee-mp3/guitar-funk", "honeybee-mp3/guitar-chords"),
        "honeybee-mp3/guitar-distorted", "honeybee",
    ),
}  # fmt: skip
CIRCUITS: dict[str, tuple[str, dict[str, float]]] = {
    "circuit-treble-booster": ("treble-booster", {}),
    "circuit-overdrive": ("green-overdrive", {"drive": 4.0, "tone": 3.0}),
    "circuit-orange": ("orange-distortion", {}),
    "circuit-black": ("black-distortion", {}),
    "circuit-metal": ("metal-distortion", {}),
    "circuit-silicon-fuzz": ("silicon-fuzz", {}),
    "circuit-lead-preamp": ("lead-preamp", {}),
    "circuit-american": ("american-combo", {}),
}
STYLES = (("strum", "humbucker-bridge"), ("melody", "single-coil-neck"), ("riff", "humbucker-dropped"),
          ("funk", "single-coil-bridge"), ("lead", "single-coil-bridge"))  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A device to be captured.

    Attributes:
        name: in the report.
        kind: "capture", "model" or "circuit".
        family: what it is called by, lower-case letters and digits; a parent whose name or device has any of
            these words in it is kin.
        make: its capture at 48 kHz; the last take is for the test.
    """

    name: str
    kind: str
    family: tuple[str, ...]
    make: Callable[[], Capture] = field(compare=False)

    def is_kin(self, *names: str) -> bool:
        """Whether a parent of these names is of the family."""
        letters = ["".join(re.findall("[a-z0-9]", name.lower())) for name in names]
        return any(word in name for word in self.family for name in letters)


def suite(chosen: Sequence[str] = ()) -> list[Target]:
    """The targets whose names fit one of the patterns, all by default; or captures of one's own, by path.

    Raises:
        BadRequest: nothing fits, or what fits needs data that are not here.
    """
    from fnmatch import fnmatch

    there = _with_data() if os.environ.get(DATA_VARIABLE) else []
    known = _mixed([*there, *_circuits()])
    if not chosen:
        return known
    targets = []
    for pattern in chosen:
        if Path(pattern).exists():
            targets.append(_own(Path(pattern)))
            continue
        fitting = [target for target in known if fnmatch(target.name, pattern)]
        if not fitting:
            raise BadRequest(
                f"no target is called {pattern}, and no file; here are {', '.join(t.name for t in known)}"
                + ("" if there else f" (set {DATA_VARIABLE} for real devices)")
            )
        targets += [target for target in fitting if target not in targets]
    return targets


def _mixed(targets: list[Target]) -> list[Target]:
    """In an order that has nothing to do with their kind: what is done first is a fair sample."""
    return sorted(targets, key=lambda target: sha256(target.name.encode()).digest())


def _with_data() -> list[Target]:
    data = Path(os.environ[DATA_VARIABLE])
    captures = [
        Target(name, "capture", tuple(family.split()), partial(_recorded, data, train, test))
        for name, (train, test, family) in CAPTURES.items()
    ]
    models = [
        Target(name, "model", tuple(family.split()), partial(_modelled, data, file, number))
        for number, (name, (file, family)) in enumerate(MODELS.items())
    ]
    return [*captures, *models]


def _circuits() -> list[Target]:
    return [
        Target(
            name,
            "circuit",
            (circuit.replace("-", ""),),
            partial(_solved, circuit, knobs, number),
        )
        for number, (name, (circuit, knobs)) in enumerate(CIRCUITS.items())
    ]


def _own(path: Path) -> Target:
    word = "".join(re.findall("[a-z0-9]", path.stem.lower())) or "own"
    return Target(path.stem, "capture", (word,), lambda: _with_test(load_capture(path, sample_rate=RATE)))


def _with_test(capture: Capture) -> Capture:
    """The last fifth as a take of its own, unless the capture has several takes."""
    if len(capture.takes) > 1:
        return capture
    cut, end = int(0.8 * capture.wet.size), capture.wet.size
    return Capture(
        capture.wet,
        capture.dry,
        capture.sample_rate,
        capture.name,
        (Take("train", 0, cut), Take("test", cut, end)),
    )


def _recorded(data: Path, train: Sequence[str], test: str) -> Capture:
    folder, takes = data / "captures", []
    for name in (*train, test):
        dry, wet = (
            next(folder.glob(f"{name}.{side}.*"), folder / f"{name}.{side}.wav") for side in ("dry", "wet")
        )
        takes.append(load_capture(dry=dry, wet=wet, sample_rate=RATE))
    return _joined(takes)


def _modelled(data: Path, file: str, number: int) -> Capture:
    """Two players for training, a third for the test; others for each target."""
    from zoo.formats import read_model

    device = read_model(data / MODEL_FOLDER / f"{file}.nam")
    players = [data / "di" / f"{GUITARS[(number + i) % len(GUITARS)]}_guitar.wav" for i in range(3)]
    return rendered_capture(device, players, file, sample_rate=RATE)


def _solved(circuit: str, knobs: dict[str, float], number: int) -> Capture:
    from training.circuits import find_circuit
    from zoo.playing import Phrase, perform

    device, takes = find_circuit(circuit).at(**knobs), []
    for i, (style, instrument) in enumerate((*STYLES, STYLES[number % len(STYLES)])):
        phrase = Phrase(style, instrument, 9_000 + 100 * number + i, 10.0, -4.0 - 2.0 * i)
        dry = perform(phrase, RATE)
        takes.append(Capture(device.play(dry, RATE), dry, RATE, style, (Take(style, 0, dry.size),)))
    peak = max(float(np.abs(take.wet).max()) for take in takes)
    joined = _joined(takes)
    return Capture(joined.wet * np.float32(0.7 / peak), joined.dry, RATE, circuit, joined.takes)


def _joined(captures: Sequence[Capture]) -> Capture:
    takes, start = [], 0
    for capture in captures:
        takes.append(Take(capture.name, start, start + capture.wet.size))
        start += capture.wet.size
    drys = [capture.dry for capture in captures if capture.dry is not None]
    wet = np.concatenate([capture.wet for capture in captures])
    return Capture(wet, np.concatenate(drys), captures[0].sample_rate, captures[0].name, tuple(takes))
