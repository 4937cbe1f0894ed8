"""Runs a batch that kills itself with SIGKILL. Run by test_batch.py.

Usage: batch_killed.py WHERE ARGUMENTS...: the arguments of ``zoo batch``; WHERE is ``epoch:N``, in the N-th
epoch that any of its trainings begins, or ``finish``, when the first model lies complete in its folder.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from typing import Any

from training.trainer import Trainer
from zoo.cli.main import run
from zoo.tuning.folder import TrainingFolder


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_in_epoch(number: int) -> None:
    """Let the process die as it begins its ``number``-th epoch."""
    epoch, epochs = Trainer.train_epoch, count(1)

    def train_epoch(trainer: Trainer) -> float:
        if next(epochs) == number:
            die()
        return epoch(trainer)

    Trainer.train_epoch = train_epoch  # type: ignore[method-assign]


if __name__ == "__main__":
    where, *arguments = sys.argv[1:]
    if where == "finish":
        TrainingFolder.clear = die  # type: ignore[method-assign]
    else:
        die_in_epoch(int(where.removeprefix("epoch:")))
    sys.argv = ["zoo", "batch", *arguments]
    run()
