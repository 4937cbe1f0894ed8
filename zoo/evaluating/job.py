"""The oracle benchmark: what fine-tuning every parent on every target gives, and who foretold it.

A job in a folder: every finished training is a line of ``cells.jsonl``, every ranking a file; the same
command goes on after any interruption, and a line that was cut short is done again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recommender.evaluation.matrix import SCRATCH, Cell, Prediction, to_csv
from registry import Manifest, Registry
from zoo.engine import render
from zoo.errors import CaptureError
from zoo.evaluating.log import append, read_cells
from zoo.evaluating.material import Material
from zoo.evaluating.targets import RATE, Target
from zoo.executors import LOCAL, Executor
from zoo.files import write_atomically
from zoo.metrics import esr
from zoo.suggesting import family_of
from zoo.upkeep import Progress

if TYPE_CHECKING:
    from training.data import Split
    from training.micro import MicroSettings
    from zoo.snapshot import Snapshot

# Samples between two updates: with fewer, devices that remember long stay far above what they can reach.
TBPTT = 160
SHARES = 3
CELLS, MATRIX, PREDICTIONS = "cells.jsonl", "matrix.csv", "predictions.csv"


@dataclass(frozen=True)
class Plan:
    """What to train.

    Attributes:
        targets: to capture.
        parents: to start from; scratch is always among the starts.
        seeds: trainings of each pair.
        amounts: seconds of training material.
        epochs: of every training.
    """

    targets: tuple[Target, ...]
    parents: tuple[Manifest, ...]
    seeds: int = 3
    amounts: tuple[float, ...] = (10.0, 30.0)
    epochs: int = 8

    def settings(self, seed: int) -> MicroSettings:
        """Every training is as long as every other, and its learning rate falls to nothing at the end.

        So a few epochs are a whole training in small; with a rate that stays high, chance decides.
        """
        from training.micro import MicroSettings

        return MicroSettings(epochs=self.epochs, tbptt=TBPTT, seed=seed)

    def jobs(self) -> list[Job]:
        """All trainings, so that what is done first is a smaller matrix, not a corner of a large one.

        Scratch and a share of the parents, other ones for each target, come first; then the next share.
        """
        return [
            Job(target, start, seconds, seed)
            for seed in range(self.seeds)
            for seconds in self.amounts
            for share in range(SHARES)
            for target in self.targets
            for start in self._starts(target)[share::SHARES]
        ]

    def _starts(self, target: Target) -> list[Manifest | None]:
        drawn = sorted(self.parents, key=lambda p: sha256(f"{target.name} {p.id}".encode()).digest())
        return [None, *drawn]


@dataclass(frozen=True)
class Job:
    """One training; a parent of None is scratch."""

    target: Target
    parent: Manifest | None
    seconds: float
    seed: int

    @property
    def key(self) -> tuple[str, str, float, int]:
        """What a cell of this job is found by."""
        return self.target.name, self.parent.id if self.parent else SCRATCH, self.seconds, self.seed


@dataclass
class Listeners:
    """Who hears what happens."""

    remark: Callable[[str], None] = lambda _: None
    progress: Progress = field(default=lambda _what, _done, _of: None)


def train_matrix(
    plan: Plan, folder: Path, registry: Registry, listeners: Listeners, executor: Executor = LOCAL
) -> tuple[list[Cell], bool]:
    """Train what is not trained yet; the cells of the plan, and whether Ctrl-C left some of them out.

    Raises:
        ClusterError: the executor is a cluster, and a machine of it has another tonezoo.
        StoreError: the folder cannot be written.
    """
    from threadpoolctl import threadpool_limits

    jobs = plan.jobs()
    done = read_cells(folder / CELLS, listeners.remark)
    left = [job for job in jobs if job.key not in done]
    work, interrupted = _Work(plan, Material(folder / "targets"), registry, executor), False
    listeners.progress("trainings", len(jobs) - len(left), len(jobs))
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(executor.slots) as pool,
        (folder / CELLS).open("a") as log,
    ):
        try:
            for job, future in _finished(pool, work, left, 2 * executor.slots):
                cell = _result(job, future, listeners)
                if cell is not None:
                    done[job.key] = cell
                    append(log, cell)
                listeners.progress("trainings", sum(j.key in done for j in jobs), len(jobs))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            work.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    cells = [done[job.key] for job in jobs if job.key in done]
    write_atomically(folder / MATRIX, to_csv(cells, Cell))
    return cells, interrupted


def is_kin(target: Target, parent: Manifest, registry: Registry) -> bool:
    """Whether a parent is of the target's family, by its name, its device or, without one, its ancestor's."""
    return target.is_kin(parent.name, str(parent.device), family_of(parent, registry))


def write_predictions(folder: Path, predictions: Iterable[Prediction]) -> None:
    """Keep how the predictors ranked the parents."""
    write_atomically(folder / PREDICTIONS, to_csv(predictions, Prediction))


def _finished(
    pool: ThreadPoolExecutor, work: _Work, left: list[Job], queue: int
) -> Iterable[tuple[Job, Future[Cell]]]:
    """Jobs as they end, no more than ``queue`` of them under way at a time."""
    waiting: dict[Future[Cell], Job] = {}
    coming = iter(left)
    while True:
        while len(waiting) < queue and (job := next(coming, None)) is not None:
            waiting[pool.submit(work, job)] = job
        if not waiting:
            return
        ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ended:
            yield waiting.pop(future), future


def _result(job: Job, future: Future[Cell], listeners: Listeners) -> Cell | None:
    try:
        return future.result()
    except CaptureError as error:
        listeners.remark(f"{job.target.name}: {error}")
        return None


class _Work:
    """Has one job trained by the executor, on whatever thread it is called."""

    def __init__(self, plan: Plan, material: Material, registry: Registry, executor: Executor) -> None:
        self.plan, self.material, self.registry, self.executor = plan, material, registry, executor
        self.stop = threading.Event()
        self._reading = threading.Lock()

    def __call__(self, job: Job) -> Cell:
        if self.stop.is_set():
            raise KeyboardInterrupt
        with self._reading:
            parent = None if job.parent is None else self.registry.load(job.parent.id)
            split = self.material.split(job.target, parent.sample_rate if parent else RATE, job.seconds)
        loss, test_esr = self.executor.call(train, parent, split, self.plan.settings(job.seed))
        name = job.parent.name if job.parent else SCRATCH
        kin = job.parent is not None and is_kin(job.target, job.parent, self.registry)
        return Cell(
            job.target.name, job.target.kind, job.target.family[0], job.key[1], name, kin,
            job.seconds, job.seed, self.plan.epochs, loss, test_esr,
        )  # fmt: skip


def train(parent: Snapshot | None, split: Split, settings: MicroSettings) -> tuple[float, float]:
    """What becomes of a parent, or of None: its loss on the validation part, its ESR on the test part."""
    import torch

    from training.micro import micro_tune
    from training.settings import Settings
    from training.start import starting_point

    torch.set_num_threads(1)  # on each of the threads, or machines, that train at the same time
    start = starting_point(parent, split, Settings(seed=settings.seed))
    made = micro_tune([start], split, settings, threads=1)[0]
    played = np.concatenate([render(made.snapshot, dry) for dry in split.test.dry])
    return made.validation, esr(np.concatenate(split.test.wet), played)
