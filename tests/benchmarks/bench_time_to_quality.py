"""Time to quality: from a 30 s capture, how soon our training is as good as the plain loop's best.

The capture is the recipe ts9-to-mt2-30s: a real MT-2 model plays real recordings (TONEZOO_DATA). The plain
PyTorch loop trains from scratch, as its users do, for as many epochs as patience or --epochs let it. Counted
is the time until the validation loss is within 5 % of the plain loop's best of all: its own time against ours
from the parent and from scratch, with the defaults of `Settings`. A second ratio starts the plain loop from
the parent as well.

Run by hand: ``python tests/benchmarks/bench_time_to_quality.py [--epochs 120] [--seeds 1]``. Ratios only.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).parent))

from plain_loop import VALIDATE_EVERY, PlainLoop, PlainLstm

from training.compare import limited
from training.data import Split
from training.distil import from_scratch
from training.settings import Settings
from training.start import DEFAULT_ARCHITECTURE
from training.trainer import Trainer
from zoo.comparing import split_capture
from zoo.comparing.capture import rendered_capture
from zoo.comparing.question import Question
from zoo.formats import read_model
from zoo.snapshot import Snapshot

RECIPE, WITHIN, GOAL, PATIENCE = "ts9-to-mt2-30s", 1.05, 10.0, 25


@dataclass
class Run:
    """A training's seconds and validation losses, one after the other."""

    seconds: list[float]
    losses: list[float]

    @property
    def best(self) -> float:
        return min(self.losses)

    def seconds_to(self, loss: float) -> float:
        """Until the validation loss is that low; infinite if it never is."""
        return next(
            (s for s, found in zip(self.seconds, self.losses, strict=True) if found <= loss), math.inf
        )


def plain(start: Snapshot, split: Split, seed: int, epochs: int) -> Run:
    """The plain loop, until it stops improving."""
    loop, run = PlainLoop(PlainLstm.of(start), split.train, split.validation, seed), Run([], [])
    began = time.perf_counter()
    for epoch in range(1, epochs + 1):
        loop.epoch()
        if epoch % VALIDATE_EVERY == 0:
            run.losses.append(loop.validate())
            run.seconds.append(time.perf_counter() - began)
            if len(run.losses) - run.losses.index(run.best) > PATIENCE:
                break
    return run


def ours(start: Snapshot, split: Split, seed: int, epochs: int, target: float) -> Run:
    """Our trainer, until it is as good as ``target``."""
    began, run = time.perf_counter(), Run([], [])
    trainer = Trainer(start, split, Settings(epochs=epochs, seed=seed))

    class Reached(Exception):
        pass

    def note(trainer: Trainer) -> None:
        run.losses.append(trainer.history[-1].validation)
        run.seconds.append(time.perf_counter() - began)
        if run.best <= target:
            raise Reached

    with suppress(Reached):
        trainer.run(note)
    return run


def material() -> tuple[Snapshot, Split]:
    """The recipe's parent, and its capture split for training."""
    if not os.environ.get("TONEZOO_DATA"):
        raise SystemExit("set TONEZOO_DATA to the folder with the real models and recordings")
    question = Question.of_recipe(RECIPE)
    capture = rendered_capture(read_model(Path(str(question.device))), question.di, "device")
    return read_model(Path(question.parents[0])), limited(split_capture(capture, question), 30.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--epochs", type=int, default=120)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    parent, split = material()
    print(f"{RECIPE}, {torch.get_num_threads()} threads: time to {WITHIN:.2f} x the plain loop's best")
    for seed in range(options.seeds):
        scratch = from_scratch(DEFAULT_ARCHITECTURE, split.sample_rate, seed)
        for peer_name, peer_start in (("scratch", scratch), ("the parent", parent)):
            peer = plain(peer_start, split, seed, options.epochs)
            target = WITHIN * peer.best
            print(f"  seed {seed}: the plain loop from {peer_name} reaches {peer.best:.4f}")
            for name, start in (("the parent", parent), ("scratch", scratch)):
                run = ours(start, split, seed, 4 * options.epochs, target)
                ratio = peer.seconds_to(target) / run.seconds_to(target)
                said = f"{ratio:6.1f} x sooner" if ratio else f"never; best {run.best:.4f}"
                print(f"    ours from {name:10} {said}   (goal {GOAL:.0f} x)")


if __name__ == "__main__":
    main()
