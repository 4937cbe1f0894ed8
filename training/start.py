"""Where training begins: random weights, or a parent made to fit the architecture that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from training.data import Split
from training.distil import distilled, from_scratch
from training.knobs import nearest_knobs
from training.settings import Settings
from training.trainer import Trainer
from zoo.architecture import Architecture, Recurrent
from zoo.errors import BadRequest
from zoo.knobs import with_knobs_fixed
from zoo.snapshot import Snapshot

DEFAULT_ARCHITECTURE = Recurrent("LSTM", 20, residual=True)


def starting_point(
    parent: Snapshot | None,
    split: Split,
    settings: Settings,
    *,
    architecture: Architecture | None = None,
    distil: bool = False,
    device: str = "cpu",
    remark: Callable[[str], None] = lambda _: None,
    on_validation: Callable[[Trainer], None] | None = None,
) -> Snapshot:
    """The snapshot that training begins with.

    Args:
        parent: None starts from random weights.
        split: the capture, at the parent's sample rate.
        settings: their seed draws random weights; all of them steer a distillation.
        architecture: of the child; the parent's own, or LSTM-20, by default.
        distil: teach a student of ``architecture`` what the parent plays when the parent's own differs.
        device: for a distillation.
        remark: hears what was decided, such as the knob position found.
        on_validation: as `Trainer.run`'s, while distilling.

    Raises:
        BadRequest: the parent does not fit ``architecture`` and ``distil`` is off.
    """
    if parent is None:
        return from_scratch(architecture or DEFAULT_ARCHITECTURE, split.sample_rate, settings.seed)
    parent = parent.at_size()
    if parent.num_knobs:
        knobs = nearest_knobs(parent, split.train)
        remark(
            f"the parent's knobs are set to {', '.join(f'{k:.1f}' for k in knobs)}, where it sounds nearest"
        )
        parent = with_knobs_fixed(parent, knobs)
    if architecture is None or _same_weights(architecture, parent.architecture):
        return parent
    if not distil:
        raise BadRequest(
            f"the parent is {parent.architecture}, but {architecture} is wanted; choose another parent, "
            "leave the size to the parent, or add --distil to teach one of that size what the parent plays"
        )
    remark(f"teaching {architecture} what the parent ({parent.architecture}) plays")
    return distilled(parent, architecture, split, settings, on_validation, device)


def _same_weights(wanted: Architecture, found: Architecture) -> bool:
    """The residual is no weight: a parent with one can start a child that was asked for by size alone."""
    if isinstance(wanted, Recurrent) and isinstance(found, Recurrent):
        return replace(wanted, residual=found.residual) == found
    return wanted == found
