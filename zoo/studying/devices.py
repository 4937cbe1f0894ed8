"""The devices of the study: recordings of real ones, and real models that play in a device's stead."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.errors import BadRequest

if TYPE_CHECKING:
    from training.data import Split

DI = ("jazz-hop", "john", "mayer", "nam-plugin", "pop-punk", "power", "tomb")
DIS = (*(f"di/{name}_guitar.wav" for name in DI), "di/downtown_bass.wav")
RENDERED = {
    "HT-1": "models/automated-gam/ht1-ht12.json",
    "Big Muff": "models/automated-gam/muff-muff2.json",
    "Mesa": "models/neuralpi/MesaBoogie_Studio22_Clean.json",
    "HT-40": "models/proteus/BlackstarHT40_AmpHighGain.json",
}
RECORDED = {"DS-1": "captures/boss-ds1", "Broadcast": "captures/hudson-broadcast"}


@dataclass(frozen=True, eq=False)
class Device:
    """What is modelled.

    Attributes:
        name: in tables, figures and file names.
        about: where its sound comes from.
        split: its capture as training, validation and test parts that share no sample.
    """

    name: str
    about: str
    split: Callable[[], Split]

    @property
    def key(self) -> str:
        """The name as a part of file names."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")[:40] or "device"


def chosen_devices(names: Sequence[str], captures: Sequence[Path], seconds: float | None) -> list[Device]:
    """The devices that are asked for; by default all of the study.

    Args:
        names: of devices of the study.
        captures: of the user's own devices.
        seconds: train on so much, an equal share of every take, where there is more; None is all.

    Raises:
        BadRequest: there is no such device, the study's data are not here, or two are called the same.
    """
    known = (*RENDERED, *RECORDED)
    if unknown := [name for name in names if name not in known]:
        raise BadRequest(f"{unknown[0]} is none of {', '.join(known)}; a capture of your own is --capture")
    wanted = names or (() if captures else known)
    found = [_known(name, seconds) for name in wanted]
    found += [Device(path.stem, "recorded", partial(_recorded, path, seconds)) for path in captures]
    keys = [device.key for device in found]
    if double := [key for key in keys if keys.count(key) > 1]:
        raise BadRequest(f"two devices are called {double[0]}; rename one of the captures")
    return found


def _known(name: str, seconds: float | None) -> Device:
    from training.recipes import data_folder

    data = data_folder()
    for path in (RENDERED[name], *DIS) if name in RENDERED else (RECORDED[name],):
        if not (data / path).exists():
            raise BadRequest(f"the study needs {path}, which is not in {data}; point TONEZOO_DATA to it")
    if name in RECORDED:
        return Device(name, "recorded", partial(_recorded, data / RECORDED[name], seconds))
    model, di = data / RENDERED[name], [data / path for path in DIS]
    return Device(name, f"played by {model.stem}", partial(_rendered, name, model, di, seconds))


def _recorded(path: Path, seconds: float | None) -> Split:
    from training.datasets import split_capture
    from zoo.capture import load_capture

    return _limited(split_capture(load_capture(path)), seconds)


def _rendered(name: str, model: Path, di: Sequence[Path], seconds: float | None) -> Split:
    from training.data import split_by_time
    from zoo.comparing.capture import rendered_capture
    from zoo.formats import read_model

    return _limited(split_by_time(rendered_capture(read_model(model), di, name)), seconds)


def _limited(split: Split, seconds: float | None) -> Split:
    from training.compare import limited

    available = split.train.samples / split.sample_rate
    return limited(split, None if seconds is None or seconds > available else seconds)
