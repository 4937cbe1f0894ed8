"""One training of an experiment: what it is, what came of it, and its files, so that none is done twice."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from training.checkpoint import data_digest
from training.data import Split
from training.settings import Settings
from training.tune import Tuned
from zoo.errors import BadRequest, StoreError
from zoo.files import write_atomically
from zoo.snapshot import Snapshot


@dataclass(frozen=True)
class Cell:
    """One training.

    Attributes:
        start: "scratch" or the parent's name.
        seconds: of training data; None is all.
        seed: draws the order of segments and, from scratch, the first weights.
    """

    start: str
    seconds: float | None
    seed: int

    @property
    def amount(self) -> str:
        """The amount of data in words."""
        return amount_label(self.seconds)

    @property
    def key(self) -> str:
        """A file name for it: names of parents come from strangers, so only their harmless part is shown."""
        harmless = re.sub(r"[^A-Za-z0-9_-]+", "-", self.start)[:40]
        mark = hashlib.sha256(self.start.encode()).hexdigest()[:6]
        return f"{self.amount.replace(' ', '')}-{harmless}-{mark}-seed{self.seed}"


def amount_label(seconds: float | None) -> str:
    """How reports call an amount of training data."""
    return "full" if seconds is None else f"{seconds:g} s"


@dataclass(frozen=True)
class CellResult:
    """What came of one training.

    Attributes:
        start, seconds, seed: the cell.
        data_seconds: trained on.
        epochs: trained.
        best_epoch: of the lowest validation loss.
        best_loss: that loss.
        start_loss: validation loss before training; None if infinite.
        first_loss: at the first validation after training began; None if infinite.
        test_esr, test_emphasised_esr, test_mr_stft: of the best model, on the test part.
        wall_seconds: spent on it, interruptions left out.
        curve: (epoch, validation loss or None) of every validation.
        inputs: hash of all that decides the result.
    """

    start: str
    seconds: float | None
    seed: int
    data_seconds: float
    epochs: int
    best_epoch: int
    best_loss: float
    start_loss: float | None
    first_loss: float | None
    test_esr: float
    test_emphasised_esr: float
    test_mr_stft: float
    wall_seconds: float
    curve: tuple[tuple[int, float | None], ...]
    inputs: str = field(repr=False)

    @classmethod
    def of(cls, cell: Cell, tuned: Tuned, wall_seconds: float, inputs: str) -> CellResult:
        """The result of a finished training."""
        best = min(tuned.history, key=lambda v: v.validation)
        curve = tuple((v.epoch, _finite(v.validation)) for v in tuned.history)
        return cls(
            **asdict(cell),
            data_seconds=tuned.data_seconds,
            epochs=tuned.epochs,
            best_epoch=best.epoch,
            best_loss=best.validation,
            start_loss=curve[0][1],
            first_loss=curve[1][1],
            test_esr=tuned.scores.esr,
            test_emphasised_esr=tuned.scores.emphasised_esr,
            test_mr_stft=tuned.scores.mr_stft,
            wall_seconds=round(wall_seconds, 3),
            curve=curve,
            inputs=inputs,
        )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> CellResult:
        """The inverse of `dataclasses.asdict`; ValueError, TypeError or KeyError if it is none."""
        curve = tuple((int(epoch), None if loss is None else float(loss)) for epoch, loss in values["curve"])
        result = cls(**{**values, "curve": curve})
        numbers = (result.best_loss, result.test_esr, result.wall_seconds, result.data_seconds)
        if len(curve) < 2 or not all(math.isfinite(n) for n in numbers):
            raise ValueError("numbers are missing")
        return result


def _finite(loss: float) -> float | None:
    """JSON knows no infinity: a loss that is not finite is None."""
    return loss if math.isfinite(loss) else None


def inputs_digest(start: Snapshot, split: Split, settings: Settings) -> str:
    """Sha-256 of all that decides a training's result."""
    test = data_digest(Split(split.test, split.test, split.test, split.sample_rate))
    document = [start.digest, data_digest(split), test, settings.to_json()]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


class CellFiles:
    """The results in an experiment's folder."""

    def __init__(self, folder: Path, remark: Callable[[str], None]) -> None:
        self.folder, self.remark = folder / "cells", remark
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder} cannot be made ({error.strerror}); choose another --out") from error

    def read(self, cell: Cell, inputs: str) -> CellResult | None:
        """The result of a finished cell; None if there is none, or a damaged one.

        Raises:
            BadRequest: it is a result of another experiment.
        """
        path = self.folder / f"{cell.key}.json"
        try:
            result = CellResult.from_json(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            self.remark(f"{path} is damaged ({error}); that training is done again")
            return None
        if result.inputs != inputs:
            raise BadRequest(
                f"{path} comes from another capture, parent or setting than this; choose another --out"
            )
        return result

    def write(self, cell: Cell, result: CellResult) -> CellResult:
        """Keep a result, and let go of what only an interrupted training needs."""
        write_atomically(self.folder / f"{cell.key}.json", json.dumps(asdict(result), indent=1).encode())
        for ending in (".safetensors", ".clock"):
            (self.folder / f"{cell.key}{ending}").unlink(missing_ok=True)
        return result

    def clock(self, cell: Cell, inputs: str) -> Clock:
        """The clock of a cell's training, which may have been running before."""
        return Clock(self.folder / f"{cell.key}.safetensors", self.folder / f"{cell.key}.clock", inputs)


class Clock:
    """Time spent on a training across interruptions.

    Attributes:
        checkpoint: of the training.
        resumes: a checkpoint of the very same training is there.
    """

    def __init__(self, checkpoint: Path, path: Path, inputs: str) -> None:
        self.checkpoint, self._path, self._inputs = checkpoint, path, inputs
        self._before, self._began = 0.0, time.perf_counter()
        self.resumes = False
        try:
            kept = json.loads(path.read_bytes())
            if kept["inputs"] == inputs and checkpoint.is_file():
                self._before, self.resumes = float(kept["seconds"]), True
        except (OSError, ValueError, TypeError, KeyError):
            pass  # no training was interrupted here, or its clock is lost: it begins anew

    @property
    def seconds(self) -> float:
        """Spent so far."""
        return self._before + time.perf_counter() - self._began

    def save(self) -> None:
        """Keep the time; called when the checkpoint has just been written."""
        write_atomically(self._path, json.dumps({"inputs": self._inputs, "seconds": self.seconds}).encode())
