"""One training epoch of 30 s, LSTM-20: ours against the plain PyTorch loop, end to end, in one run.

An epoch is all that one costs: drawing batches, forward, loss, backward, optimizer, and half of a validation
on 30 s (both validate every second epoch). Both do the same number of updates on the same segments.

Run by hand: ``python tests/benchmarks/bench_training_epoch.py [--profile]``, or ``pytest -m benchmark``.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.append(str(Path(__file__).parent))

from plain_loop import PlainLoop, PlainLstm

from training.data import Part, Split
from training.distil import from_scratch
from training.settings import Settings
from training.start import DEFAULT_ARCHITECTURE
from training.trainer import Trainer

RATE, SECONDS, GOAL, ROUNDS = 44_100, 30, 8.0, 5


def playing(seconds: int, seed: int) -> Part:
    """Noise of changing level through a soft clipper: the time of an epoch does not depend on the music."""
    rng = np.random.default_rng(seed)
    dry = (rng.standard_normal(seconds * RATE) * np.repeat(rng.uniform(0.01, 0.3, seconds), RATE)).astype(
        "f4"
    )
    return Part((dry,), (np.tanh(4 * dry),))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ours() -> Trainer:
    split = Split(playing(SECONDS, 0), playing(SECONDS, 1), playing(1, 2), RATE)
    return Trainer(from_scratch(DEFAULT_ARCHITECTURE, RATE, 0), split, Settings(batch=50, tbptt=1_000))


@pytest.mark.benchmark
def test_an_epoch_against_the_plain_loop(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        main()


def main() -> None:
    trainer = ours()
    plain = PlainLoop(PlainLstm.of(trainer.start), trainer.split.train, trainer.split.validation)
    works = [trainer.train_epoch, lambda: trainer.validate(0.0), plain.epoch, plain.validate]
    times = np.min([[seconds(work) for work in works] for _ in range(ROUNDS)], axis=0)
    per_epoch = [train + validation / 2 for train, validation in times.reshape(2, 2)]
    threads = torch.get_num_threads()
    print(f"\none epoch of {SECONDS} s, LSTM-20, {threads} threads: plain PyTorch / ours")
    print(f"  training alone {times[2] / times[0]:6.1f} x")
    print(f"  validation     {times[3] / times[1]:6.1f} x")
    print(f"  together       {per_epoch[1] / per_epoch[0]:6.1f} x   (goal {GOAL:.0f} x)")


def profile() -> None:
    """Where our epoch's time goes, by function."""
    trainer = ours()
    trainer.train_epoch()
    with cProfile.Profile() as profiler:
        for _ in range(ROUNDS):
            trainer.train_epoch()
            trainer.validate(0.0)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(20)


if __name__ == "__main__":
    profile() if "--profile" in sys.argv else main()
