"""Makes the plan of a batch: which captures are trained from which parents, decided once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from registry import Registry
from zoo.batches.plan import BATCH, PARENTS, BatchPlan, Job, Request
from zoo.capture import Capture, load_capture
from zoo.capture.findings import Severity
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot
from zoo.tuning import Remark, suggested_parents
from zoo.upkeep import Progress

Load = Callable[[str], Snapshot]


def plan_batch(
    request: Request | None,
    folder: Path,
    registry: Registry,
    load: Load,
    remark: Remark = lambda _: None,
    progress: Progress | None = None,
) -> BatchPlan:
    """The plan of the batch in ``folder``; a new one is made of ``request`` and written down.

    Suggestions are made here, once: models that the batch itself puts into the zoo are not among them.

    Args:
        request: None goes on with what was asked for before.
        folder: of the batch.
        registry: where suggestions come from.
        load: gives a parent by its name, id or file.
        remark: hears what was decided.
        progress: hears of fingerprints that had to be computed first.

    Raises:
        BadRequest: the folder holds another batch or something else, or a parent is missing.
        CaptureError: a capture cannot be trained on.
        AudioError: a capture cannot be read.
        WriteError: the disk is full or may not be written.
    """
    if (folder / BATCH).exists() or request is None:
        plan = BatchPlan.read(folder)
        if request is not None and request != plan.request:
            raise BadRequest(
                f"{folder} holds a batch of other captures, parents or settings; choose another --out"
            )
        return plan
    if _holds_other_files(folder):
        raise BadRequest(f"{folder} holds other files; choose another --out")
    named = {name: load(name) for name in request.parents if name not in ("auto", "scratch")}
    jobs: dict[str, Job] = {}
    parents: dict[str, Snapshot] = {}
    for path in request.captures:
        capture = load_capture(path)
        for finding in capture.findings:
            if finding.severity is Severity.WARNING:
                remark(finding.sentence)
        for parent in _parents(request, capture, named, registry, remark, progress):
            job = Job.of(path, capture.name, parent)
            jobs.setdefault(job.name, job)
            if parent is not None:
                parents[parent.digest] = parent
    plan = BatchPlan(request, tuple(jobs.values()))
    plan.write(folder, parents)
    return plan


def _parents(
    request: Request,
    capture: Capture,
    named: dict[str, Snapshot],
    registry: Registry,
    remark: Remark,
    progress: Progress | None,
) -> list[Snapshot | None]:
    """What one capture is trained from, in the order it was asked for."""
    parents: list[Snapshot | None] = []
    for name in request.parents:
        if name == "auto":
            parents += suggested_parents(
                capture, request.wish, registry, remark, progress, count=request.count
            )
        else:
            parents.append(named.get(name))
    return parents


def _holds_other_files(folder: Path) -> bool:
    """Whether anything is there that a batch which was killed while it was planned would not leave."""
    if not folder.is_dir():
        return folder.exists()
    return any(entry.name != PARENTS and not entry.name.startswith(".") for entry in folder.iterdir())
