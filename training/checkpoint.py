"""A trainer on disk: one safetensors file to go on from to the bit. Nothing is unpickled."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from training.data import Split
from training.settings import Settings
from training.trainer import Trainer, Validation
from zoo.errors import BadRequest, ModelFileError
from zoo.files import write_atomically
from zoo.snapshot import Snapshot

VERSION = 1


def save_checkpoint(trainer: Trainer, path: Path) -> None:
    """Write all that training needs to go on; the file is whole or not there.

    Raises:
        OSError: the disk is full or not writable; an older checkpoint stays.
    """
    kept = trainer.state()
    tensors = {f"module.{n}": p.detach().cpu().contiguous() for n, p in trainer.module.named_parameters()}
    tensors |= {f"best.{n}": torch.from_numpy(np.array(w)) for n, w in trainer.best.weights.items()}
    for index, moments in kept["optimizer"]["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value.detach().cpu() for name, value in moments.items()}
    tensors["generator"] = kept["generator"]
    record = {
        "version": VERSION,
        "start": trainer.start.digest,
        "data": data_digest(trainer.split),
        "settings": trainer.settings.to_json(),
        "epoch": trainer.epoch,
        "best_epoch": trainer.best_epoch,
        "history": [_finite(asdict(v)) for v in trainer.history],
        "plateau": _finite(kept["plateau"]),
        "learning_rate": kept["optimizer"]["param_groups"][0]["lr"],
    }
    write_atomically(path, save(tensors, {"tonezoo": json.dumps(record, sort_keys=True)}))


def load_checkpoint(path: Path, start: Snapshot, split: Split, device: str = "cpu") -> Trainer:
    """A trainer that goes on where ``path`` was written.

    Args:
        path: a checkpoint.
        start: the snapshot that training began from.
        split: the same capture, split as before.
        device: as `Trainer`'s; only on the processor it goes on to the bit.

    Raises:
        ModelFileError: the file is damaged or not a checkpoint.
        BadRequest: it belongs to another capture or another start.
    """
    tensors, record = _read(path)
    if record["data"] != data_digest(split):
        raise BadRequest(
            f"{path} belongs to another capture; resume with its own, or start anew without --resume"
        )
    if record["start"] != start.digest:
        raise BadRequest(f"{path} began from another model ({record['start'][:12]}); resume with that one")
    try:
        trainer = Trainer(start, split, Settings.from_json(record["settings"]), device)
        _restore(trainer, tensors, record)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelFileError(path, f"is damaged ({error}); start anew without --resume") from error
    return trainer


def data_digest(split: Split) -> str:
    """Sha-256 of the samples that training and validation use, and of their rate."""
    sha = hashlib.sha256(str(split.sample_rate).encode())
    for part in (split.train, split.validation):
        for signal in (*part.dry, *part.wet):
            sha.update(f"\0{signal.size}\0".encode())
            sha.update(np.ascontiguousarray(signal, dtype="<f4").tobytes())
    return sha.hexdigest()


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    from safetensors import safe_open

    if not path.is_file():
        raise ModelFileError(path, "does not exist; start anew without --resume")
    try:
        tensors = load_file(path)
        with safe_open(path, framework="pt") as file:
            record = json.loads((file.metadata() or {})["tonezoo"])
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelFileError(path, f"is not a checkpoint ({error}); start anew without --resume") from error
    if not isinstance(record, dict) or record.get("version") != VERSION:
        raise ModelFileError(path, f"is not a checkpoint of version {VERSION}; start anew without --resume")
    return tensors, record


def _restore(trainer: Trainer, tensors: dict[str, Tensor], record: dict[str, Any]) -> None:
    trainer.module.load_state_dict(_under("module.", tensors))
    best = {name: w.numpy() for name, w in _under("best.", tensors).items()}
    trainer.best = replace(trainer.start, weights=best)
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _under("optimizer.", tensors).items():
        index, _, key = name.partition(".")
        moments.setdefault(int(index), {})[key] = value
    optimizer = trainer.optimizer.state_dict()
    optimizer["state"] = moments
    optimizer["param_groups"][0]["lr"] = record["learning_rate"]
    trainer.optimizer.load_state_dict(optimizer)
    trainer.plateau.load_state_dict(_numbers(record["plateau"]))
    trainer.generator.set_state(tensors["generator"])
    trainer.epoch, trainer.best_epoch = record["epoch"], record["best_epoch"]
    trainer.history = [Validation(**_numbers(v)) for v in record["history"]]


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no infinity and no NaN: they become their names."""
    odd = {k: str(v) for k, v in values.items() if isinstance(v, float) and not math.isfinite(v)}
    return {**values, **odd}


def _numbers(values: dict[str, Any]) -> dict[str, Any]:
    return {k: float(v) if v in ("inf", "-inf", "nan") else v for k, v in values.items()}
