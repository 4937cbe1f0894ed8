"""All that the page of a demonstration tells, and what its models are called there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.manifest import Manifest
from zoo.capture import Capture
from zoo.demonstrating.folder import Plan
from zoo.demonstrating.steps import MADE
from zoo.exporting import Exported
from zoo.snapshot import Snapshot
from zoo.suggesting import Answer

STAGES = MADE
NAMES = {"scratch": "from scratch", "tuned": "from a parent", "pruned": "from a parent, pruned"}
COLOURS = {"scratch": 2, "tuned": 1, "pruned": 3}


@dataclass(frozen=True, eq=False)
class Shown:
    """All that the page tells.

    Attributes:
        plan: what was asked for.
        capture: of the device.
        answer: the suggestion.
        models, manifests: by stage.
        exports: of the pruned model.
    """

    plan: Plan
    capture: Capture
    answer: Answer
    models: Mapping[str, Snapshot]
    manifests: Mapping[str, Manifest]
    exports: tuple[Exported, ...]

    @property
    def parent(self) -> Manifest:
        """The model that tuning started from."""
        return self.answer.models[self.answer.suggestion.parents[0].id]

    @property
    def device(self) -> str:
        """The device, as one says it."""
        return self.plan.device

    @property
    def kind(self) -> str:
        """What it is: a pedal, preamp, amp or cabinet."""
        from training.circuits import find_circuit

        return find_circuit(self.plan.circuit).kind

    def esr(self, stage: str) -> float:
        """On playing that no training heard."""
        training = self.manifests[stage].training
        assert training is not None
        assert training.test_esr is not None
        return training.test_esr

    def losses(self, stage: str) -> tuple[tuple[int, float], ...]:
        """(epoch, validation loss)."""
        training = self.manifests[stage].training
        return training.losses if training else ()
