"""32 parents, one pass over 10 s each, LSTM-20: `micro_tune` against the plain PyTorch loop, in one run.

The plain loop does one epoch and one validation for a single parent; 32 times that is held against all of
ours, which validate too. What each pass achieves is printed beside what it costs.

Run by hand: ``python tests/benchmarks/bench_micro_tune.py``, or ``pytest -m benchmark``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.append(str(Path(__file__).parent))

from bench_training_epoch import RATE, playing, seconds
from plain_loop import PlainLoop, PlainLstm

from training.data import Split
from training.distil import from_scratch
from training.micro import micro_tune
from training.settings import Settings
from training.start import DEFAULT_ARCHITECTURE
from training.trainer import Trainer
from zoo.engine import processors
from zoo.snapshot import Snapshot

PARENTS, SECONDS, HELD_OUT, GOAL_SECONDS, ROUNDS = 32, 10, 3, 4.0, 3


def parents(count: int) -> list[Snapshot]:
    """Models of one other clipper, each trained for a moment from its own first weights."""
    other = playing(SECONDS, 5)
    other = replace(other, wet=tuple(np.tanh(2 * dry) for dry in other.dry))
    split = Split(other, other, other, RATE)
    starts = [from_scratch(DEFAULT_ARCHITECTURE, RATE, seed) for seed in range(count)]
    return [done.snapshot for done in micro_tune(starts, split)]


@pytest.mark.benchmark
def test_micro_tuning_against_the_plain_loop(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        main()


def main() -> None:
    split = Split(playing(SECONDS, 0), playing(HELD_OUT, 1), playing(1, 2), RATE)
    many = parents(PARENTS)
    ours, begun = [], time.process_time()
    for _ in range(ROUNDS):
        begun = time.process_time()
        ours.append(seconds(lambda: micro_tune(many, split)))
    busy = (time.process_time() - begun) / ours[-1]
    plain = PlainLoop(PlainLstm.of(many[0]), split.train, split.validation)
    theirs = PARENTS * min(seconds(lambda: (plain.epoch(), plain.validate())) for _ in range(ROUNDS))
    print(f"\n{PARENTS} parents x {SECONDS} s, LSTM-20, {processors()} processors, {busy:.1f} of them busy")
    print(f"  plain PyTorch / ours {theirs / min(ours):6.1f} x")
    print(f"  seconds / goal       {min(ours) / GOAL_SECONDS:6.2f}     (goal: below 1)")
    _achieved(many[:4], split)


def _achieved(few: list[Snapshot], split: Split) -> None:
    """The geometric mean of the validation losses that a pass leads to."""
    epoch = Settings(epochs=1, validate_every=1)
    micro = [done.validation for done in micro_tune(few, split)]
    starts, trained = [], []
    for parent in few:
        trainer = Trainer(parent, split, epoch)
        trainer.run()
        starts.append(trainer.history[0].validation)
        trained.append(trainer.history[1].validation)
    before, one_epoch, one_pass = (float(np.exp(np.mean(np.log(v)))) for v in (starts, trained, micro))
    print(
        f"  loss: {before:.3f} before, {one_epoch:.3f} after a trainer's epoch, {one_pass:.3f} after a pass"
    )


if __name__ == "__main__":
    torch.set_num_threads(processors())
    main()
