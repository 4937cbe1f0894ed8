"""The combined recipe, step by step: whole units by their worth, then single weights in small steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.snapshot import Snapshot
from zoo.studying.plan import StudyPlan

if TYPE_CHECKING:
    from training.pruning import SearchSettings

UNITS_RATIO, WEIGHTS_RATIO = 0.3, 0.15
UNITS_EPOCHS, WEIGHTS_EPOCHS = 2, 4  # between two prunings


def next_search(model: Snapshot, plan: StudyPlan) -> SearchSettings | None:
    """What the next iteration prunes; None when the model is as small as the plan wants it.

    The last step of each kind ends at the number that is wanted.
    """
    from training.pruning import SearchSettings, mask_of
    from training.pruning.masks import num_alive, require_prunable

    hidden, alive = require_prunable(model).hidden_size, num_alive(mask_of(model))
    if hidden > plan.units:
        ratio = min(UNITS_RATIO, 1.0 - (plan.units / hidden) ** 2)
        return SearchSettings(ratio=ratio, k=UNITS_EPOCHS, fully_train_first=False, method="units")
    if alive > plan.weights:
        ratio = min(WEIGHTS_RATIO, 1.0 - plan.weights / alive)
        return SearchSettings(
            ratio=ratio, epsilon=1.0, k=WEIGHTS_EPOCHS, fully_train_first=False, score="sensitivity"
        )
    return None
