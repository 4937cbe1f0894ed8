"""Many trainings as one batch: every capture from every parent, several side by side, on one thread each.

A batch survives Ctrl-C, a kill and a power cut: the same command goes on where it stopped, and what comes out
is what an uninterrupted batch would have made, to the bit. Models enter the registry in the order of the
jobs, whichever is trained first.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Manifest, Registry
from registry.manifest import manifest_from_bytes
from zoo.batches.plan import BatchPlan, Job, Request, audio_digest, folder_of, parent_of
from zoo.capture import Capture, load_capture
from zoo.engine import processors
from zoo.errors import CaptureError, ZooError
from zoo.tuning import Remark, Trained, enter, train
from zoo.tuning.folder import MANIFEST, Plan
from zoo.upkeep import Progress, open_index, update_fingerprints

if TYPE_CHECKING:
    from training.trainer import Trainer


@dataclass(frozen=True)
class Listeners:
    """Who hears what happens; ``on_validation`` and ``on_end`` are called from the threads of the jobs.

    Attributes:
        remark: of what was decided, and of jobs that failed.
        progress: of the preparation.
        on_validation: a job has come so far.
        on_end: a job is trained, or has failed.
        on_done: so many jobs of so many are done for good.
    """

    remark: Remark = lambda _: None
    progress: Progress | None = None
    on_validation: Callable[[Job, Trainer], None] = lambda _job, _trainer: None
    on_end: Callable[[Job], None] = lambda _job: None
    on_done: Callable[[int, int], None] = lambda _done, _jobs: None


@dataclass(frozen=True)
class Outcome:
    """What became of one job.

    Attributes:
        job: the job.
        manifest: of its model; None when it is not done.
        problem: why it failed; empty when it is done, or waits.
    """

    job: Job
    manifest: Manifest | None = None
    problem: str = ""

    @property
    def test_esr(self) -> float:
        """On the part that nothing was trained on; infinite when there is no model."""
        record = self.manifest.training if self.manifest else None
        return float("inf") if record is None or record.test_esr is None else record.test_esr


@dataclass(frozen=True)
class Batch:
    """A batch as it stands.

    Attributes:
        folder: of the batch.
        outcomes: of all jobs, the best test ESR first, then what failed, then what waits.
        interrupted: some wait for the same command to be given again.
    """

    folder: Path
    outcomes: tuple[Outcome, ...]
    interrupted: bool = False


def run_batch(
    plan: BatchPlan,
    folder: Path,
    registry: Registry,
    *,
    threads: int | None = None,
    listeners: Listeners | None = None,
) -> Batch:
    """Do what is left of a batch. Ctrl-C stops it after the next validation of each running job.

    Args:
        plan: from `zoo.batches.planning.plan_batch`.
        folder: of the batch.
        registry: where the models go.
        threads: jobs side by side; None is one for each processor.
        listeners: hear of progress.

    Raises:
        StoreError: the disk is full or may not be written; the same command goes on later.
    """
    from threadpoolctl import threadpool_limits

    listeners = listeners or Listeners()
    outcomes = {job.name: Outcome(job, _finished(folder, job)) for job in plan.jobs}
    left = [job for job in plan.jobs if outcomes[job.name].manifest is None]
    done, interrupted = len(plan.jobs) - len(left), False
    listeners.on_done(done, len(plan.jobs))
    work = _Work(folder, plan.request, listeners)
    with threadpool_limits(1, user_api="blas"), _Pool(threads or processors()) as pool:
        waiting = deque((job, pool.submit(work, job)) for job in left)
        try:
            while waiting:
                job, future = waiting.popleft()
                outcomes[job.name] = _entered(job, future, registry, listeners)
                done += 1
                listeners.on_done(done, len(plan.jobs))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            work.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    update_fingerprints(registry)
    open_index(registry)
    ranked = sorted(outcomes.values(), key=lambda o: (o.test_esr, not o.problem, o.job.name))
    return Batch(folder, tuple(ranked), interrupted)


class _Pool(ThreadPoolExecutor):
    """Threads whose every PyTorch operation stays on its own thread."""

    def __init__(self, threads: int) -> None:
        import torch

        super().__init__(threads, initializer=torch.set_num_threads, initargs=(1,))


class _Stopped(Exception):
    """A job was asked to stop; its checkpoint is written."""


@dataclass
class _Work:
    """Trains one job, on whatever thread it is called.

    Attributes:
        stop: set to make all jobs end soon.
    """

    folder: Path
    request: Request
    listeners: Listeners
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._capture = lru_cache(maxsize=processors() + 1)(self._loaded)

    def __call__(self, job: Job) -> Trained:
        from training.native import kernel_threads
        from training.settings import Settings

        def on_validation(trainer: Trainer) -> None:
            self.listeners.on_validation(job, trainer)
            if self.stop.is_set():
                raise _Stopped

        try:
            parent, place = parent_of(self.folder, job), folder_of(self.folder, job)
            resume = place.is_begun
            capture = self._capture(job.capture, job.audio, parent.sample_rate if parent else None)
            wish = replace(self.request.wish, name=job.child)
            plan = Plan.read(place.path) if resume else Plan.of(capture, parent, wish)
            with kernel_threads(1):
                return train(
                    capture, parent, place.path, Settings.from_json(self.request.settings), wish, plan,
                    resume=resume, device="cpu", on_validation=on_validation,
                )  # fmt: skip
        finally:
            self.listeners.on_end(job)

    @staticmethod
    def _loaded(path: str, audio: str, sample_rate: int | None) -> Capture:
        if audio_digest(path) != audio:
            raise CaptureError(f"{path} has changed since the batch began; begin it anew in another --out")
        return load_capture(path, sample_rate=sample_rate)


def _entered(job: Job, future: Future[Trained], registry: Registry, listeners: Listeners) -> Outcome:
    """Wait for a job and put its model into the zoo; a job that cannot be done leaves the others alone."""
    try:
        made = enter(future.result(), registry, index=False)
    except ZooError as error:
        if error.exit_code != 2:
            raise
        listeners.remark(f"{job.child}: {error}")
        return Outcome(job, problem=str(error))
    return Outcome(job, made.manifest)


def _finished(folder: Path, job: Job) -> Manifest | None:
    """The manifest of a job that is done; what is left of its training is cleared away."""
    place = folder_of(folder, job)
    if not place.is_complete:
        return None
    place.clear()
    return manifest_from_bytes((place.path / MANIFEST).read_bytes())
