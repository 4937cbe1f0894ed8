"""Which model to start from, and how good that answer is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Filter, Registry
from zoo.api.home import opened
from zoo.executors import executor
from zoo.suggesting import Answer, suggest_from
from zoo.upkeep import Progress, update_fingerprints

if TYPE_CHECKING:
    from zoo.capture import Capture
    from zoo.evaluating.report import Evaluated


def suggest(
    capture: Capture,
    *,
    k: int = 5,
    wanted: Filter | None = None,
    registry: Registry | None = None,
    progress: Progress | None = None,
    quick: bool = False,
    ray: str | None = None,
) -> Answer:
    """Which models to start from for a capture (see `zoo.capture.load_capture`), best first.

    Args:
        capture: dry and wet, or wet alone.
        k: how many to suggest.
        wanted: only models that fit.
        registry: where they are; the user's own zoo when absent.
        progress: hears of fingerprints that had to be computed first.
        quick: do not tune the most promising for a moment; the order is less sure.
        ray: address of a Ray cluster that computes the fingerprints that are missing.

    Raises:
        BadRequest: ``k`` is below 1.
        ClusterError: no cluster answers at ``ray``, or a machine of it has another tonezoo.
        EngineMissing: the native engine is not installed.
        StoreError: the zoo cannot be read.
    """
    with opened(registry) as zoo:
        if ray is not None:
            with executor(ray, zoo.remark) as hands:
                update_fingerprints(zoo, progress=progress, executor=hands)
        return suggest_from(zoo, capture, k, wanted, progress, quick=quick)


def write_report(answer: Answer, path: str | Path, *, registry: Registry | None = None) -> None:
    """Write the page that explains a suggestion: one HTML file to hear, see and mail.

    Args:
        answer: of `suggest`.
        path: ends in .html.
        registry: where the models are; the user's own zoo when absent.

    Raises:
        BadRequest: ``path`` ends in something else.
        WriteError: it cannot be written; what was there is as before.
    """
    from zoo.explaining import explain
    from zoo.reports.page import check_page_path, write_page

    path = check_page_path(path)
    with opened(registry) as zoo:
        write_page(path, explain(answer, zoo))


def evaluate(
    out: str | Path,
    *,
    targets: Sequence[str] = (),
    parents: Sequence[str] = (),
    seeds: int = 3,
    amounts: Sequence[float] = (10.0, 30.0),
    epochs: int = 8,
    report_only: bool = False,
    ray: str | None = None,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Evaluated:
    """The oracle benchmark: fine-tune every parent on every target, and score the suggestions against that.

    Args:
        out: folder of the job; what it holds is not trained again.
        targets: patterns for names of `zoo.evaluating.targets.suite`, or paths of captures; all by default.
        parents: patterns for names of LSTMs; all by default.
        seeds: trainings of each pair.
        amounts: seconds of training material.
        epochs: of every training.
        report_only: train nothing; score what ``out`` holds.
        ray: address of a Ray cluster whose machines train; this machine alone when absent.
        registry: the user's own zoo when absent.
        remark: hears what a person should know.
        progress: hears of trainings and rankings.

    Raises:
        BadRequest: no target or fewer than two parents fit, or ``out`` holds another evaluation.
        ClusterError: no cluster answers at ``ray``, or a machine of it has another tonezoo.
        PackageMissing: Ray is not installed.
        StoreError: ``out`` cannot be written.
    """
    from zoo.evaluating.job import Listeners, Plan
    from zoo.evaluating.report import chosen_parents, evaluate_plan, report_on
    from zoo.evaluating.targets import suite

    if report_only:
        return report_on(Path(out))
    with opened(registry) as zoo, executor(ray, remark) as hands:
        plan = Plan(tuple(suite(targets)), chosen_parents(zoo, parents), seeds, tuple(amounts), epochs)
        hears = Listeners(remark, progress) if progress else Listeners(remark)
        return evaluate_plan(plan, Path(out), zoo, hears, hands)
