"""Which models a training starts from when the choice is left to the recommender."""

from __future__ import annotations

from collections.abc import Callable

from registry import Filter, Manifest, Registry
from zoo.capture import Capture
from zoo.snapshot import Snapshot
from zoo.suggesting import Answer, suggest_from
from zoo.tuning.folder import Wish
from zoo.upkeep import Progress

Remark = Callable[[str], None]


def chosen_parent(
    capture: Capture, wish: Wish, registry: Registry, remark: Remark, progress: Progress | None = None
) -> Snapshot | None:
    """The first of `suggested_parents`; None is "from scratch"."""
    return suggested_parents(capture, wish, registry, remark, progress)[0]


def warm_start(
    capture: Capture, wish: Wish, registry: Registry, remark: Remark, progress: Progress | None = None
) -> tuple[Snapshot | None, str | None]:
    """The first suggestion, as far as the choice has tuned it already, and its id; (None, None) is scratch.

    Raises:
        CaptureError: there is no dry signal to train on.
    """
    answer = _answer(capture, wish, registry, progress, count=1)
    models = _models(answer, remark)
    if not models:
        return None, None
    chosen = models[0].id
    return answer.tuned.get(chosen) or registry.load(chosen), chosen


def suggested_parents(
    capture: Capture,
    wish: Wish,
    registry: Registry,
    remark: Remark,
    progress: Progress | None = None,
    *,
    count: int = 1,
) -> list[Snapshot | None]:
    """The first suggestions among recurrent models of the wanted kind and size; [None] is "from scratch".

    Any size will do where the wish says to distil. WaveNets are left out: they train an order slower.

    Raises:
        CaptureError: there is no dry signal to train on.
    """
    models = _models(_answer(capture, wish, registry, progress, count), remark)
    return [registry.load(model.id) for model in models] or [None]


def _answer(
    capture: Capture, wish: Wish, registry: Registry, progress: Progress | None, count: int
) -> Answer:
    from training.data import require_dry

    require_dry(capture)
    hidden = None if wish.distil else wish.hidden
    wanted = Filter(arch=wish.cell or "LSTM", hidden=hidden)
    return suggest_from(registry, capture, count, wanted, progress, seconds=wish.seconds)


def _models(answer: Answer, remark: Remark) -> list[Manifest]:
    """The suggested parents; none where training had better start from scratch."""
    parents = answer.suggestion.parents
    if not parents or answer.suggestion.advice == "train from scratch":
        remark(f"no model among {answer.choice} promises to help; training starts from scratch")
        return []
    models = [answer.models[parent.id] for parent in parents]
    names = ", ".join(f"{model.name} ({model.short_id})" for model in models)
    remark(f"starting from {names}, the first of {answer.choice}")
    return models
